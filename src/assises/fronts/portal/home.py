"""The first page: three doors, the shelves, the verticals, who has not been heard."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from assises.fronts.portal.lately import counts_lately
from assises.fronts.portal.unheard import unheard
from assises.fronts.portal.wording import edition_url, vertical_url
from assises.lib.clock import now
from assises.look.pages.shapes import Door, Kind, Vertical
from assises.look.speech import Speech
from assises.rooms.consultations.queries import Edition, editions, sectors
from assises.rooms.insights.queries import heard_by_everyone
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
        unheard=None if current is None else unheard(s, current.row, heard_by_everyone(current.id)),
        opinion=None if current is None else f"{edition_url(current, language)}opinion",
    )


@route("consultations.read")
def say(request: HttpRequest, language: str) -> HttpResponse:
    """Which of the open editions to speak in."""
    at, found = now(), []
    for one in editions(language):
        base = edition_url(one, language)
        if one.opening("listen", at).is_open:
            found.append((one, f"{base}say"))
        elif one.opening("vote", at).is_open:
            found.append((one, f"{base}vote"))
    return page(request, "say_where.html.j2", language, current="say", editions=found)


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
    """The edition whose doors stand open: one where somebody spoke, and real before simulated."""
    open_now = [e for e in shelves if e.row.state == "open"]

    def rank(edition: Edition) -> tuple[bool, bool]:
        return not heard_by_everyone(edition.id), edition.row.kind == "simulated"

    return min(open_now, key=rank, default=None)


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
