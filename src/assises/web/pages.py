"""How a page is made: template, language, frame."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

import jinja2
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from markupsafe import Markup

from assises.look.pages.render import environment, speaking
from assises.look.pages.shapes import Frame
from assises.look.speech import LANGUAGES, Speech, speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.texts.queries import said
from assises.web.accounts import role_bar
from assises.web.identity import presence, voice_in

Current = Literal["say", "follow", "check", "search", ""]
SOURCE: Final = "https://github.com/assises/assises"


def page(
    request: HttpRequest,
    template: str,
    language: str,
    *,
    status: int = 200,
    place: Consultation | None = None,
    current: Current = "",
    **given: Any,
) -> HttpResponse:
    """A page of the house.

    Args:
        language: of the page: ``fr``, ``ar``, ``zgh`` or ``en``.
        place: the consultation it belongs to, which decides its name and whether it is simulated.
        current: which entry of the navigation it belongs to.
        given: what the template asks for.
    """
    text = (
        templates()
        .get_template(template)
        .render(
            **speaking(language),
            frame=frame(request, language, place, current),
            static=static,
            csrf=_Csrf(request),
            presence=presence(request),
            demonstration=settings.DEMONSTRATION,
            htmx=bool(getattr(request, "htmx", False)),
            path=request.get_full_path(),
            bar=role_bar(request, language),
            way_in=_way_in(request, language),
            **given,
        )
    )
    response = HttpResponse(text, status=status)
    response["Content-Language"] = speech(language).tag
    if status >= 400:
        response["Cache-Control"] = "no-store"
    return response


@cache
def templates() -> jinja2.Environment:
    """The templates of every front, on top of the look's."""
    fronts = Path(str(resources.files("assises.fronts")))
    folders = [folder for name in ("portal", "office") if (folder := fronts / name / "templates")]
    return environment(*folders, Path(__file__).parent / "templates")


def language_of(request: HttpRequest) -> str:
    """The language at the head of the path, else the first that the browser wants, else French."""
    head = request.path.split("/", 2)[1] if "/" in request.path else ""
    if head in LANGUAGES:
        return head
    asked = request.headers.get("Accept-Language", "")
    for part in asked.split(","):
        code = part.split(";")[0].strip().casefold().split("-")[0]
        code = {"ber": "zgh", "tzm": "zgh", "shi": "zgh", "ary": "ar"}.get(code, code)
        if code in LANGUAGES:
            return code
    return "fr"


def words_in(language: str) -> Speech:
    """The language in which a view says something itself."""
    return speech(language)


def frame(
    request: HttpRequest, language: str, place: Consultation | None, current: Current
) -> Frame:
    """What stands around a page."""
    home = f"/{language}/"
    inside = home if place is None else f"{home}editions/{place.short}/"
    return Frame(
        site=_site(language, place),
        home=inside if place is not None else home,
        say=f"{inside}say",
        follow=f"{home}follow",
        check=f"{home}check",
        search=f"{home}search",
        promises=f"{home}promises",
        method=f"{home}method",
        about=f"{home}about",
        source=f"{home}source",
        data=f"{home}data",
        languages={code: _same_page(request, language, code) for code in LANGUAGES},
        current=current,
        own=f"{inside}me" if place is not None and voice_in(request, place) else f"{home}me",
        simulated=place is not None and place.simulated,
    )


class _Csrf:
    """The hidden field of a form; made, and its cookie set, only by pages that have one."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __html__(self) -> str:
        return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(
            get_token(self._request)
        )

    def __str__(self) -> str:
        return self.__html__()


def _way_in(request: HttpRequest, language: str) -> list[tuple[str, str]]:
    """What the foot of a page offers to those who hold an office, or want to enter it."""
    s, here = speech(language), f"/{language}/"
    if presence(request).account is None:
        return [(s.say("Enter"), f"{here}enter")]
    return [
        (s.say("Office"), f"{here}office/"),
        (s.say("Notices"), f"{here}notices"),
        (s.say("Leave"), f"{here}leave"),
    ]


def _site(language: str, place: Consultation | None) -> str:
    if place is None:
        return "assises"
    return said([place.title], language)[place.title].words


def _same_page(request: HttpRequest, language: str, code: str) -> str:
    path = request.get_full_path() if request.method == "GET" else request.path
    head = f"/{language}/"
    return f"/{code}/{path.removeprefix(head)}" if path.startswith(head) else f"/{code}/"
