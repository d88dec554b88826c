"""What the contributions of an edition are about, where one of them stands, and by whose hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from assises.countries import ma
from assises.fronts.portal.wording import (
    FEWEST,
    contribution_of,
    edition_url,
    put_nodes,
    spoken_nodes,
    statement_of,
    threads_of,
    whole_thread,
)
from assises.look.languages import language_name
from assises.look.pages import words
from assises.look.pages.shapes import Column, Contribution, Statement, Step, Table
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import edition_of, sectors
from assises.rooms.contributions.queries import Put, Spoken, statements_by_uid
from assises.rooms.insights.models import Theme
from assises.rooms.insights.queries import public_tallies
from assises.rooms.insights.themes import queries
from assises.rooms.insights.themes.queries import Branch, Name, Placed
from assises.rooms.texts.queries import original
from assises.web.forms import uuid_of
from assises.web.pages import page, words_in
from assises.web.routes import address, route, route_in

PAGE: Final = 20
GROWN: Final = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A theme as a page shows it. ``many`` says how much is in it, nothing exact of few."""

    title: str
    tag: str
    direction: str
    quoted: bool
    url: str
    many: str
    languages: str
    by: str
    checked: bool
    parts: Sequence[Shown] = ()


@route_in("insights.read")
def themes(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """Every theme that stands, and what stands in none."""
    s = words_in(language)
    found, stands = queries.tree(edition.id, language), queries.standing(edition.id)
    run = stands.run
    return page(
        request,
        "themes.html.j2",
        language,
        place=edition,
        base=edition_url(edition_of(edition.id, language), language),
        themes=[shown(s, one) for one in found],
        read=stands.classified + stands.unclassified + sum(stands.undecidable.values()),
        classified=stands.classified,
        unclassified=_many(s, stands.unclassified) if stands.unclassified else None,
        undecidable=[(_why(s, why), _many(s, n)) for why, n in sorted(stands.undecidable.items())],
        waiting=stands.waiting,
        run=run,
        on=None if run is None else edition.day_of(run.at),
    )


@route("insights.read")
def theme(request: HttpRequest, language: str, theme: str) -> HttpResponse:
    """One theme: who says so, in their words; how many; what is beside it; what grew out of it."""
    s = words_in(language)
    gone = queries.ended(theme)
    if gone is not None:
        return _ended(request, s, gone)
    one, above, beside = queries.branch(theme, language)
    edition = edition_of(one.row.consultation_id, language)
    inside = [branch.row.id for branch in one.all()]
    after = uuid_of(request.GET.get("after", ""))
    rows = queries.members(inside, language, after=after, limit=PAGE + 1)
    quoted = queries.quotes(one.row, language)
    grown = list(statements_by_uid(queries.grown(inside), language).values())
    url = theme_url(one, language)
    return page(
        request,
        "theme.html.j2",
        language,
        place=edition.row,
        base=edition_url(edition, language),
        theme=shown(s, one),
        row=one.row,
        above=[shown(s, each) for each in above],
        beside=[shown(s, each) for each in beside],
        quotes=[
            (language_name(s, quote.language), card)
            for quote, card in zip(
                quoted, _contributions(s, [q.spoken for q in quoted], steps=False), strict=True
            )
        ],
        contributions=_contributions(s, rows[:PAGE]),
        first=after is None,
        after=f"{url}?after={rows[PAGE - 1].row.id}" if len(rows) > PAGE else None,
        tables=_tables(s, edition.row, one, inside),
        grown=_grown(s, edition.id, grown[:GROWN]),
        more=max(len(grown) - GROWN, 0),
        thread=_thread(s, one, grown, edition.id),
    )


def placed_of(s: Speech, placed: Placed | None) -> dict[str, Any] | None:
    """Where one contribution stands, in words; None where no run has read it yet."""
    if placed is None:
        return None
    if placed.theme is None:
        return {"theme": None, "says": _why(s, placed.why), "by": placed.by}
    return {"theme": shown(s, placed.theme), "says": "", "by": placed.by}


def shown(s: Speech, branch: Branch) -> Shown:
    """A theme with its parts, in the language of the page where it has a name in it."""
    row, name = branch.row, branch.name
    return Shown(
        name.words or s.say("Theme {code}", code=row.short[:4].upper()),
        name.tag if name.words else s.tag,
        name.direction if name.words else s.direction,
        name.source == "quote",
        theme_url(branch, s.language),
        _many(s, branch.n),
        _languages(s, branch.languages),
        _by(s, row, name),
        row.named_by != "" or row.locked,
        [shown(s, part) for part in branch.parts],
    )


def theme_url(branch: Branch, language: str) -> str:
    """The address of a theme's page; of a quotation no words are in it: they may be withdrawn."""
    kept = branch.name.words if branch.name.source == "person" else ""
    short = branch.row.short
    return f"/{language}/themes/{address(short, kept) if kept else short}"


def _by(s: Speech, row: Theme, name: Name) -> str:
    if name.source == "person" and row.named_on is not None:
        return s.say("named by a person on {day}", day=s.day(row.named_on))
    if row.locked:
        return s.say("found by software, held as it is by a person")
    if row.named_by:
        return s.say("found by software, named by a person in another language")
    if row.by == "words":
        return s.say("found by software by its words alone, checked by nobody yet")
    return s.say("found by software, checked by nobody yet")


def _why(s: Speech, why: str) -> str:
    """Why a contribution stands in no theme."""
    return {
        "": s.say("It was read and is near no other: it is in no theme, and counts all the same."),
        "empty": s.say("There is no word in it to read."),
        "language": s.say("The software does not know its language."),
        "few": s.say(
            "The software knows its language by words alone, and there are too few others to "
            "compare it with."
        ),
        "nothing": s.say("The software knows none of its words."),
    }.get(why, s.say("The software could not read it."))


def _many(s: Speech, n: int) -> str:
    if n < FEWEST:
        return s.say("fewer than ten contributions")
    return s.count("{n} contribution", "{n} contributions", n)


def _languages(s: Speech, counts: Counter[str]) -> str:
    """Its languages, the largest first, with how many where there are ten."""
    said = []
    for tag, n in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        name = language_name(s, tag)
        said.append(name if n < FEWEST else s.say("{what} {n}", what=name, n=s.number(n)))
    return s.say(", ").join(said)


def _contributions(s: Speech, rows: Sequence[Spoken], *, steps: bool = True) -> list[Contribution]:
    first = original(r.row.words for r in rows)
    nodes = spoken_nodes(rows)
    threads = threads_of(s, "contribution", nodes) if steps else {}
    return [
        contribution_of(s, row, original=first.get(row.row.words), steps=threads.get(node, ()))
        for row, node in zip(rows, nodes, strict=True)
    ]


def _grown(s: Speech, consultation: UUID, put: Sequence[Put]) -> list[Statement]:
    counted = public_tallies(consultation, [p.row.id for p in put])
    first = original(p.row.words for p in put)
    threads = threads_of(s, "statement", put_nodes(put))
    return [
        statement_of(
            p,
            s.language,
            tally=counted[p.row.id],
            original=first.get(p.row.words),
            steps=threads[node],
        )
        for p, node in zip(put, put_nodes(put), strict=True)
    ]


def _thread(s: Speech, one: Branch, grown: Sequence[Put], consultation: UUID) -> list[Step]:
    tallies = public_tallies(consultation, [p.row.id for p in grown])
    votes = sum(tally.answered for tally in tallies.values())
    said = one.n if one.n >= FEWEST else 0
    told = whole_thread(
        {
            "contribution": (said, "#said"),
            "statement": (len(grown), "#grown"),
            "vote": (votes if votes >= FEWEST else 0, "#grown"),
        }
    )
    few = Step("contribution", "past", title=s.say("fewer than ten"), url="#said")
    steps = [Step(step.kind, "here") if step.kind == "theme" else step for step in told]
    return steps if said or not one.n else [few, *steps[1:]]


def _tables(s: Speech, place: Consultation, one: Branch, inside: Sequence[UUID]) -> list[Table]:
    """Its contributions by what stands with each, and its voices by what they declared."""
    by_vertical, by_channel = queries.attributes(inside)
    names = {sector.id: sector.name.words for sector in sectors(place.id, s.language)}
    none = s.say("None was chosen")
    counts = s.say("Contributions")
    return [
        _table(
            s,
            s.say("Language"),
            counts,
            [(language_name(s, tag), n) for tag, n in one.languages.items()],
        ),
        _table(
            s,
            s.say("Sector"),
            counts,
            [(names.get(uid, none) if uid else none, n) for uid, n in by_vertical.items()],
        ),
        _table(
            s,
            s.say("Channel"),
            counts,
            [(words.channel(s, code), n) for code, n in by_channel.items()],
        ),
        *_colleges(s, place, one.row),
    ]


def _table(s: Speech, title: str, counts: str, rows: Sequence[tuple[str, int]]) -> Table:
    """Those that count ten or more, and in one row the names of the others."""
    few = sorted(name for name, n in rows if n < FEWEST)
    many = sorted((row for row in rows if row[1] >= FEWEST), key=lambda each: (-each[1], each[0]))
    cells = [[name, s.number(n)] for name, n in many]
    if few:
        cells.append([s.say(", ").join(few), s.say("fewer than ten each")])
    return Table(title, [Column(title), Column(counts, numeric=True)], cells)


def _colleges(s: Speech, place: Consultation, row: Theme) -> list[Table]:
    """What was declared is told of themes at the top alone, as it was when ten voices had come."""
    told = row.told.get("college") if row.parent_id is None else None
    if not told:
        return []
    names = {c.code: c.name.best(s.language)[0] for c in ma.MA.colleges()}
    hidden, on = s.say("not shown"), s.day(date.fromisoformat(row.told["on"]))
    title = s.say("College")
    rows = [
        (names.get(code, s.say("Did not say")), n)
        for code, n in sorted(told.items(), key=lambda each: (-(each[1] or 0), each[0]))
        if code in place.colleges or n or not code
    ]
    return [
        Table(
            s.say(
                "{title}: voices that speak in it, on {day}; what would speak of fewer than ten is "
                "not shown.",
                title=title,
                day=on,
            ),
            [Column(title), Column(s.say("Voices"), numeric=True)],
            [[name, hidden if n is None else s.number(n)] for name, n in rows],
        )
    ]


def _ended(request: HttpRequest, s: Speech, gone: Theme) -> HttpResponse:
    """Where a theme stood that was merged into another, or that runs do not find any more."""
    edition = edition_of(gone.consultation_id, s.language)
    into = gone.into
    known = queries.tree(edition.id, s.language) if into is not None else []
    led = [b for top in known for b in top.all() if into is not None and b.row.id == into.id]
    return page(
        request,
        "theme_gone.html.j2",
        s.language,
        place=edition.row,
        base=edition_url(edition, s.language),
        row=gone,
        into=shown(s, led[0]) if led else None,
    )
