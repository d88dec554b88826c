"""What a route demands: each view names its line of the permission table, and is refused by it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from assises.lib.errors import NotFound
from assises.lib.ids import slug
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.permissions import demand
from assises.web.identity import presence, reader_in

Arguments = ParamSpec("Arguments")
View = Callable[..., HttpResponse]
KEEP: Final = "consultations.keep"


class Address:
    """``{short}-{slug}`` in a path: only the first ten letters count; the rest is for people."""

    regex = r"[0-9a-z]{10}(?:-[^/]*)?"

    def to_python(self, value: str) -> str:
        """The short id."""
        return value[:10]

    def to_url(self, value: str) -> str:
        """As it was given, readable in any script."""
        return quote(value, safe="-")


class Tongue:
    """The language at the head of a path."""

    regex = "fr|ar|zgh|en"

    def to_python(self, value: str) -> str:
        """The code."""
        return value

    to_url = to_python


def address(short: str, words: str) -> str:
    """The last part of a thing's address: its short id and a few of its words."""
    return f"{short}-{slug(words, longest=48)}"


def route(
    permission: str, *, methods: str = "GET"
) -> Callable[[Callable[Concatenate[HttpRequest, Arguments], HttpResponse]], View]:
    """A view that anyone may ask for who the table lets do ``permission`` somewhere."""

    def wrap(view: Callable[Concatenate[HttpRequest, Arguments], HttpResponse]) -> View:
        @wraps(view)
        def guarded(
            request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs
        ) -> HttpResponse:
            refused = _refuse_method(request, methods)
            if refused is not None:
                return refused
            demand(presence(request).actor, permission)
            return view(request, *args, **kwargs)

        return _mark(guarded, permission, None, methods)

    return wrap


def route_in(
    permission: str, *, methods: str = "GET", kept: bool = False
) -> Callable[[Callable[..., HttpResponse]], View]:
    """A view inside one consultation, whose short id is the path's ``edition``.

    The view receives the consultation itself as ``edition``. A draft exists only for those who
    keep it. ``kept``: the view belongs to an office, and drafts are its daily work.
    """

    def wrap(view: Callable[..., HttpResponse]) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *, edition: str, **kwargs: Any) -> HttpResponse:
            refused = _refuse_method(request, methods)
            if refused is not None:
                return refused
            place = Consultation.objects.filter(short=edition).first()
            actor = presence(request).actor if place is None else reader_in(request, place)
            if place is None or (place.state == "draft" and not actor.may(KEEP, place.id)):
                raise NotFound(
                    "there is no such edition", next_step="Begin at the list of the editions."
                )
            demand(actor, permission, place.id)
            return view(request, edition=place, **kwargs)

        return _mark(guarded, permission, "edition", methods, kept=kept)

    return wrap


def _refuse_method(request: HttpRequest, methods: str) -> HttpResponse | None:
    known = methods.split()
    allowed = [*known, *(["HEAD"] if "GET" in known else []), "OPTIONS"]
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ", ".join(allowed)})
    return None if request.method in allowed else HttpResponseNotAllowed(allowed)


def _mark(
    view: View, permission: str, place: str | None, methods: str, *, kept: bool = False
) -> View:
    # What the walk of the routes reads: a view without these marks is outside the table.
    view.permission = permission  # type: ignore[attr-defined]
    view.place = place  # type: ignore[attr-defined]
    view.methods = methods  # type: ignore[attr-defined]
    view.kept = kept  # type: ignore[attr-defined]
    return view
