"""Pages about the house itself: what became of things, checking, searching, promises, method."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from assises import __version__
from assises.fronts.portal.archive import source_of_this
from assises.fronts.portal.promises import promises as all_promises
from assises.fronts.portal.wording import (
    contribution_of,
    edition_url,
    statement_of,
)
from assises.look.pages.shapes import Contribution, Field, Statement
from assises.look.speech import Speech
from assises.rooms.consultations.queries import Edition, editions
from assises.rooms.contributions.queries import contributions_by_id, statements_by_uid
from assises.rooms.insights.queries import public_tallies, published
from assises.rooms.journal.acting import OFFICIAL, SIMULATION
from assises.rooms.journal.queries import last_about, newest_sealed
from assises.rooms.search.queries import LONGEST, find
from assises.rooms.texts.queries import original
from assises.web.acts import names_of_acts
from assises.web.forms import whole_number
from assises.web.identity import voice_in
from assises.web.pages import page, words_in
from assises.web.routes import route

PAGE = 20


@route("consultations.read")
def follow(request: HttpRequest, language: str) -> HttpResponse:
    """What became of it: one's own words first, then every edition's thread."""
    shelves = editions(language)
    return page(
        request,
        "follow.html.j2",
        language,
        current="follow",
        own=[
            (e.title, f"{edition_url(e, language)}me")
            for e in shelves
            if e.row.kind in ("own", "simulated") and voice_in(request, e.row)
        ],
        editions=[(e, edition_url(e, language)) for e in shelves],
    )


@route("consultations.read")
def check(request: HttpRequest, language: str) -> HttpResponse:
    """How anyone verifies, on their own machine, what is published here."""
    shelves = editions(language)
    return page(
        request,
        "check.html.j2",
        language,
        current="check",
        origin=_origin(request),
        example=_example(words_in(language)),
        logs=[(name, _checkpoint(name)) for name in (OFFICIAL, SIMULATION)],
        editions=[(e, edition_url(e, language)) for e in shelves],
        bundles=_bundles(language),
    )


@route("consultations.read")
def data(request: HttpRequest, language: str) -> HttpResponse:
    """Every file that can be taken away, and what programs may ask."""
    return page(
        request,
        "data.html.j2",
        language,
        current="check",
        bundles=_bundles(language),
        origin=_origin(request),
        addresses=_addresses(words_in(language)),
    )


@route("search.find")
def search(request: HttpRequest, language: str) -> HttpResponse:
    """By words of any language, or nearly."""
    s = words_in(language)
    asked = request.GET.get("q", "")[: LONGEST * 2]
    start = whole_number(request.GET.get("from", "")) or 0
    found = find(asked, limit=PAGE + 1, offset=min(start, 10_000)) if asked.strip() else []
    shown = found[:PAGE]
    public = {e.id: e for e in editions(language)}
    shown = [m for m in shown if m.consultation in public]
    put = statements_by_uid([m.id for m in shown if m.kind == "statement"], language)
    said = contributions_by_id([m.id for m in shown if m.kind == "contribution"], language)
    first = original([*(p.row.words for p in put.values()), *(c.row.words for c in said.values())])
    cards: list[tuple[str, Statement | Contribution, Edition]] = []
    for match in shown:
        if match.id in put:
            p = put[match.id]
            tally = public_tallies(p.row.consultation_id, [p.row.id])[p.row.id]
            card = statement_of(p, language, tally=tally, original=first.get(p.row.words))
            cards.append(("statement", card, public[p.row.consultation_id]))
        elif match.id in said:
            c = said[match.id]
            said_card = contribution_of(s, c, original=first.get(c.row.words))
            cards.append(("contribution", said_card, public[c.row.consultation_id]))
    return page(
        request,
        "search.html.j2",
        language,
        current="search",
        asked=asked,
        field=Field(
            "q", s.say("Words to look for"), "search", asked, attributes={"maxlength": LONGEST}
        ),
        cards=cards,
        after=start + PAGE if len(found) > PAGE else None,
    )


@route("consultations.read")
def promises(request: HttpRequest, language: str) -> HttpResponse:
    """Each promise of the Assises, and what keeps it, or "not yet"."""
    return page(request, "promises.html.j2", language, promises=all_promises(words_in(language)))


@route("consultations.read")
def about(request: HttpRequest, language: str) -> HttpResponse:
    """What this is."""
    return page(request, "about.html.j2", language, version=__version__)


@route("consultations.read")
def method(request: HttpRequest, language: str) -> HttpResponse:
    """How the figures are made."""
    return page(request, "method.html.j2", language)


@route("consultations.read")
def source(request: HttpRequest, language: str) -> HttpResponse:
    """Where the program is, and its licence."""
    return page(request, "source.html.j2", language, version=__version__)


@route("consultations.read")
def source_archive(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001
    """The very program that runs here, as an archive."""
    response = HttpResponse(source_of_this(), content_type="application/gzip")
    response["Content-Disposition"] = f'attachment; filename="assises-{__version__}.tar.gz"'
    return response


@dataclass(frozen=True)
class Published:
    """The results of an edition that everyone sees, and where they are sealed.

    Attributes:
        whole: whether single votes may be taken too.
        digest: SHA-256 of the counts, as the event of their publishing has it.
    """

    edition: Edition
    url: str
    whole: bool
    sealed: bool
    bundle: str
    digest: str
    leaf: int | None
    proof: str | None


@dataclass(frozen=True)
class Example:
    """A line of a journal of this installation, to be checked."""

    log: str
    leaf: int
    name: str


def _bundles(language: str) -> list[Published]:
    shown = {e.id: published(e.id) for e in editions(language)}
    ids = [snapshot.id for snapshot in shown.values() if snapshot is not None]
    events = last_about("snapshot", ids, "insights.publish")
    found = []
    for edition in editions(language):
        snapshot = shown[edition.id]
        if snapshot is None:
            continue
        event = events.get(snapshot.id)
        leaf = None if event is None else event.leaf
        found.append(
            Published(
                edition,
                edition_url(edition, language),
                edition.row.votes_published,
                event is not None,
                snapshot.id,
                "" if event is None else str(event.payload["counts"]),
                leaf,
                None if leaf is None else f"/log/{edition.row.log}/proof/{leaf}",
            )
        )
    return found


def _example(s: Speech) -> Example | None:
    """The newest sealed act of an office or of the software in an edition that all may see."""
    seen = [e.row for e in editions(s.language)]
    for log in (OFFICIAL, SIMULATION):
        for row in newest_sealed(log, [place.id for place in seen if place.log == log]):
            return Example(log, row.leaf or 0, names_of_acts(s).get(row.act, row.act))
    return None


def _addresses(s: Speech) -> list[tuple[str, str]]:
    edition = "/api/v1/editions/{edition}"
    return [
        ("/api/v1/editions", s.say("The editions.")),
        (f"{edition}/statements", s.say("What is put to everyone, with the counts.")),
        (f"{edition}/refused", s.say("What was refused, and why.")),
        (f"{edition}/contributions", s.say("What was said.")),
        (f"{edition}/results", s.say("The newest results.")),
        (f"{edition}/journal", s.say("What offices and the software did, with the proofs.")),
        ("/api/v1/search?q=…", s.say("Statements and contributions, by their words.")),
    ]


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _checkpoint(name: str) -> str | None:
    """The newest signed statement of a log, as text; None before its first entry."""
    file = Path(settings.DATA) / "ledger" / name / "checkpoint"
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        return None
