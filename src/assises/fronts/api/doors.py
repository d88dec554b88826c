"""The one decorator of every operation: its line of the permission table, its place, its answer."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Annotated, Any, Final, Literal, get_type_hints

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Path, Router
from ninja.operation import Operation, PathView
from ninja.utils import replace_path_param_notation

from assises.fronts.api.bodies import demand_json
from assises.fronts.api.callers import owner, speaker
from assises.fronts.api.refusing import Refusal, answer, invalid
from assises.lib.errors import NotFound
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.permissions import VISITOR, Actor, demand

Who = Literal["anyone", "speaker", "owner"]
"""Anyone reads the same; a speaker may begin a voice by it; an owner has one already."""
Short = Annotated[str, Path(..., pattern=r"^[0-9a-z]{10}$", description="Short id.")]
ROUTER: Final = Router()
"""Every operation: two on one path must stand in one router."""
_SHORT: Final = re.compile(r"[0-9a-z]{10}")
_PLACE: Final = "_api_place"


class Guard:
    """What stands before one operation. Runs before any value of the request is read."""

    def __init__(self, permission: str, who: Who) -> None:
        self.permission = permission
        self.who = who
        self.names: frozenset[str] = frozenset()
        self.has_body = False

    def watch(self, operation: Operation) -> None:
        """Learn from the operation's signature which parameters it has."""
        for model in operation.models:
            source = model.__ninja_param_source__
            if source == "query":
                self.names |= set(getattr(model, "__ninja_flatten_map__", ()))
            self.has_body |= source == "body"

    def __call__(self, request: HttpRequest) -> Literal[True]:
        """Let pass, or refuse.

        Raises:
            Refusal, NotFound, NotAllowed: with nothing read and nothing changed.
        """
        if self.has_body:
            demand_json(request)
        place = _place(request)
        demand(self._actor(request, place), self.permission, None if place is None else place.id)
        # A misspelt filter that is passed over answers another question than was asked.
        unknown = sorted(request.GET.keys() - self.names)
        if unknown:
            raise invalid("query", unknown[0], "there is no such parameter here")
        setattr(request, _PLACE, place)
        return True

    def _actor(self, request: HttpRequest, place: Consultation | None) -> Actor:
        if self.who == "anyone" or place is None:
            return VISITOR
        return speaker(request, place) if self.who == "speaker" else owner(request, place).actor


def operation(
    method: str,
    route: str,
    permission: str,
    answers: Any,
    *,
    tag: str,
    who: Who = "anyone",
    status: int = 200,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An operation that is in the permission table.

    Inside an edition (``{edition}`` in the route) the view receives the consultation itself as
    ``place``. Its remaining parameters are read, checked and documented by their types.
    """

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        guard = Guard(permission, who)
        summary, _, more = (inspect.getdoc(view) or "").partition("\n")
        ROUTER.add_api_operation(
            route,
            [method],
            _placed(view) if "{edition}" in route else view,
            auth=guard,
            response={status: answers},
            operation_id=view.__name__,
            summary=summary.rstrip("."),
            description=more.strip(),
            tags=[tag],
        )
        guard.watch(ROUTER.path_operations[route].operations[-1])
        return view

    return wrap


def guards_of(api: NinjaAPI) -> Iterator[tuple[str, PathView, dict[str, Guard]]]:
    """Every path of the API with its guards by method.

    Raises:
        TypeError: an operation that was not declared through :func:`operation`.
    """
    for bound in api._get_bound_routers():
        for route, view in bound.path_operations.items():
            guards: dict[str, Guard] = {}
            for each in view.operations:
                guard = next(iter(each.auth_callbacks), None)
                if not isinstance(guard, Guard):
                    raise TypeError(f"{each.methods} {route} is outside the permission table")
                guards |= dict.fromkeys(each.methods, guard)
            yield f"{bound.prefix}{route}", view, guards


def permissions_of(api: NinjaAPI) -> dict[tuple[str, str], str]:
    """The line of the permission table of each operation: method and path -> act."""
    return {
        (method, route): guard.permission
        for route, _, guards in guards_of(api)
        for method, guard in guards.items()
    }


def patterns_of(api: NinjaAPI) -> list[URLPattern]:
    """One address for each path; its view carries ``permissions``, by method, for who walks."""
    return [
        path(replace_path_param_notation(route).lstrip("/"), _door(view.get_view(), guards))
        for route, view, guards in guards_of(api)
    ]


def _door(view: Callable[..., Any], guards: dict[str, Guard]) -> Callable[..., HttpResponse]:
    open_to_all = "GET" in guards and guards["GET"].who == "anyone"

    @csrf_exempt  # callers.recognise checks it, where a cookie speaks
    def door(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = request.method
        request.method = "GET" if asked == "HEAD" else asked
        try:
            response: HttpResponse = view(request, **kwargs)
        finally:
            request.method = asked
        if response.status_code == 405:
            response = _other_method(asked, guards)
        return _finish(response, public=open_to_all and asked in {"GET", "HEAD", "OPTIONS"})

    door.permissions = {m: g.permission for m, g in guards.items()}  # type: ignore[attr-defined]
    return door


def _other_method(asked: str | None, guards: dict[str, Guard]) -> HttpResponse:
    allowed = sorted({*guards, "OPTIONS", *(["HEAD"] if "GET" in guards else [])})
    if asked == "OPTIONS":
        response = HttpResponse(status=204)
        del response["Content-Type"]
    else:
        response = answer(
            Refusal(
                "method-not-allowed",
                "this address does not know this method",
                f"Use one of {', '.join(allowed)}.",
            )
        )
    response["Allow"] = ", ".join(allowed)
    return response


def _finish(response: HttpResponse, *, public: bool) -> HttpResponse:
    if public:
        # Open data: any page may read it, and none with its visitor's cookies.
        response["Access-Control-Allow-Origin"] = "*"
    if not public or response.status_code >= 400:
        response["Cache-Control"] = "no-store"
    return response


def _place(request: HttpRequest) -> Consultation | None:
    """The edition of the path. A draft is nobody's here: offices have pages."""
    match = request.resolver_match
    short = None if match is None else match.kwargs.get("edition")
    if short is None:
        return None
    found = None
    if _SHORT.fullmatch(short):
        found = Consultation.objects.filter(short=short).exclude(state="draft").first()
    if found is None:
        raise NotFound(
            "there is no such edition", next_step="Choose one of the list of the editions."
        )
    return found


def _placed(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view as the framework sees it: the path's ``edition`` where ours has ``place``."""
    signature = inspect.signature(view)
    hints = get_type_hints(view, include_extras=True)

    @wraps(view)
    def placed(request: HttpRequest, *, edition: str, **kwargs: Any) -> Any:  # noqa: ARG001
        return view(request, place=getattr(request, _PLACE), **kwargs)

    placed.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[
            each.replace(kind=each.KEYWORD_ONLY, name="edition", annotation=Short)
            if name == "place"
            else each.replace(annotation=hints[name])
            for name, each in signature.parameters.items()
        ]
    )
    return placed
