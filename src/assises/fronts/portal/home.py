"""The first page: three doors, the shelves, the verticals, who has not been heard."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from assises.fronts.portal.lately import counts_lately, heard_lately
from assises.fronts.portal.unheard import unheard
from assises.fronts.portal.wording import edition_url, vertical_url
from assises.look.pages.shapes import Door, Kind, Vertical
from assises.look.speech import Speech
from assises.rooms.consultations.queries import Edition, editions, sectors
from assises.web.pages import page, words_in
from assises.web.routes import route


@route("consultations.read")
def home(request: HttpRequest, language: str) -> HttpResponse:
    """Three doors, and behind them what is open now."""
    s = words_in(language)
    shelves = editions(language)
    current = _current(shelves)
    return page(
        request,
        "home.html.j2",
        language,
        doors=_doors(s, current),
        running=current,
        shelves=[(e, edition_url(e, language)) for e in shelves],
        verticals=[] if current is None else cards(current, language),
        unheard=None if current is None else unheard(s, current.row, heard_lately(current.id)),
    )


@route("consultations.read")
def say(request: HttpRequest, language: str) -> HttpResponse:
    """Which of the open editions to speak in."""
    open_now = [e for e in editions(language) if e.row.state == "open"]
    return page(
        request,
        "say_where.html.j2",
        language,
        current="say",
        editions=[(e, f"{edition_url(e, language)}say") for e in open_now],
    )


def cards(edition: Edition, language: str) -> list[Vertical]:
    """The verticals of an edition with what was said in each."""
    counts = counts_lately(edition.id)
    return [
        Vertical(
            sector.number,
            sector.name.words,
            vertical_url(sector, language),
            counts.get(sector.id, (0, 0))[0],
            _reached(*counts.get(sector.id, (0, 0))),
        )
        for sector in sectors(edition.id, language)
    ]


def _reached(contributions: int, statements: int) -> Kind | None:
    if statements:
        return "statement"
    return "contribution" if contributions else None


def _current(shelves: list[Edition]) -> Edition | None:
    """The edition whose doors stand open: a real one before a simulated one."""
    open_now = [e for e in shelves if e.row.state == "open"]
    return min(open_now, key=lambda e: e.row.kind == "simulated", default=None)


def _doors(s: Speech, current: Edition | None) -> list[Door]:
    home = f"/{s.language}/"
    inside = home if current is None else edition_url(current, s.language)
    return [
        Door(
            s.say("Say something"),
            s.say(
                "In your words and your language, without an account. Or answer what others say."
            ),
            f"{inside}say",
            "say",
        ),
        Door(
            s.say("See what became of it"),
            s.say("From your sentence to what is done about it, and back."),
            f"{home}follow",
            "follow",
        ),
        Door(
            s.say("Check it"),
            s.say("Every act is sealed in a log. Verify it on your own machine."),
            f"{home}check",
            "check",
        ),
    ]
