"""What people think of the statements: the map with oneself on it, and what it rests on."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse

from assises.fronts.portal.wording import FEWEST, edition_url, statement_of
from assises.lib.csvio import neutralise
from assises.lib.errors import NotFound
from assises.look import charts
from assises.look.pages.shapes import Column, Statement, Table
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import edition_of
from assises.rooms.contributions.queries import statements, statements_by_number
from assises.rooms.insights.computing import bundles
from assises.rooms.insights.models import Snapshot
from assises.rooms.insights.queries import newest, position, public_tallies, published
from assises.rooms.texts.queries import original
from assises.rooms.votes.queries import Tally, mine
from assises.web.identity import voice_in
from assises.web.pages import page, words_in
from assises.web.routes import route_in


@route_in("insights.read")
def opinion(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """The map, the groups, what is shared and what divides."""
    s = words_in(language)
    snapshot = newest(edition.id)
    found = edition_of(edition.id, language)
    own = voice_in(request, edition)
    here = position(snapshot, own[1]) if snapshot and own else None
    return page(
        request,
        "opinion.html.j2",
        language,
        place=edition,
        current="follow",
        edition=found,
        base=edition_url(found, language),
        snapshot=snapshot,
        here=here,
        answered=len(mine(edition.id, own[1])) if own else 0,
        letter=snapshot.groups[here.group]["letter"]
        if snapshot and here and here.group is not None
        else None,
        drawing=None
        if snapshot is None
        else charts.opinion_map(
            snapshot.drawing,
            [g["letter"] for g in snapshot.groups],
            _label(s, snapshot),
            oneself=(here.x, here.y) if here else None,
        ),
        twin=None if snapshot is None else _twin(s, snapshot),
        shared=[] if snapshot is None else _shared(snapshot, language),
        divisive=[] if snapshot is None else _divisive(snapshot, language),
        groups=[] if snapshot is None else _groups(snapshot, language),
        fewest=FEWEST,
    )


@route_in("insights.read")
def counts(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:  # noqa: ARG001
    """The counts of every statement, as CSV; small ones are left empty and say so."""
    put = statements(edition.id, language)
    counted = public_tallies(edition.id, [p.row.id for p in put])
    words = original(p.row.words for p in put)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["simulation", "statement", "language", "words", "agrees", "disagrees", "passes", "note"]
    )
    for p in put:
        said, tally = words[p.row.words], counted[p.row.id]
        enough = tally.answered >= FEWEST
        shown = [tally.agrees, tally.disagrees, tally.passes] if enough else ["", "", ""]
        writer.writerow(
            [
                "yes" if edition.simulated else "no",
                p.row.number,
                said.language,
                neutralise(said.words),
                *shown,
                "" if enough else f"fewer than {FEWEST} answers",
            ]
        )
    name = f"{'simulation-' if edition.simulated else ''}{edition.short}-counts.csv"
    return _file(out.getvalue().encode(), "text/csv; charset=utf-8", name)


@route_in("insights.read")
def bundle(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:  # noqa: ARG001
    """The whole bundle of the newest results, where single votes may be published."""
    snapshot = published(edition.id)
    if snapshot is None or not edition.votes_published:
        raise NotFound(
            "the single votes of this edition are not published",
            next_step="Take the counts instead; they are in counts.csv.",
        )
    folder = bundles() / str(edition.id) / f"{snapshot.last_cast}.bundle"
    name = f"{'simulation-' if edition.simulated else ''}{edition.short}-{snapshot.last_cast}"
    return _file(_zip(folder, f"{name}.bundle"), "application/zip", f"{name}.bundle.zip")


def _zip(folder: Path, inside: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                # One date for all: the same bundle is the same file.
                entry = zipfile.ZipInfo(f"{inside}/{path.relative_to(folder).as_posix()}")
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return out.getvalue()


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _label(s: Speech, snapshot: Snapshot) -> str:
    groups = [
        s.say("group {letter}: {n}", letter=g["letter"], n=_size(s, g["people"]))
        for g in snapshot.groups
    ]
    return s.say(
        "Map of {people} people by their answers; {groups}.",
        people=s.number(snapshot.grouped),
        groups=s.say(", ").join(groups),
    )


def _size(s: Speech, people: int) -> str:
    return s.number(people) if people >= FEWEST else s.say("fewer than ten")


def _twin(s: Speech, snapshot: Snapshot) -> Table:
    return Table(
        s.say("The groups and how many people are in each"),
        [Column(s.say("Group")), Column(s.say("People"), numeric=True)],
        [[g["letter"], _size(s, g["people"])] for g in snapshot.groups],
    )


def _shared(snapshot: Snapshot, language: str) -> list[Statement]:
    rows = snapshot.results["agreed_in_every_group"][:5]
    return _cards(snapshot, [r["statement"] for r in rows], language)


def _divisive(snapshot: Snapshot, language: str) -> list[Statement]:
    rows = snapshot.results["divisive"][:5]
    return _cards(snapshot, [r["statement"] for r in rows], language)


def _groups(snapshot: Snapshot, language: str) -> list[tuple[str, int, list[Statement]]]:
    """Each group with the three statements that most set it apart, and how the group answers."""
    groups = snapshot.results["groups"]
    told = [(g, [r for r in g["statements"] if r["trials"] >= FEWEST][:3]) for g in groups]
    put = statements_by_number(
        snapshot.consultation_id, {r["statement"] for _, rows in told for r in rows}, language
    )
    first = original(p.row.words for p in put.values())
    return [
        (
            g["letter"],
            g["people"],
            [
                statement_of(
                    put[r["statement"]],
                    language,
                    tally=_in_group(r, g["letter"]),
                    original=first.get(put[r["statement"]].row.words),
                )
                for r in rows
                if r["statement"] in put
            ],
        )
        for g, rows in told
    ]


def _in_group(row: Mapping[str, Any], letter: str) -> Tally:
    counts = next(c for c in row["by_group"] if c["letter"] == letter)
    return Tally(counts["agrees"], counts["disagrees"], counts["passes"])


def _cards(snapshot: Snapshot, numbers: list[int], language: str) -> list[Statement]:
    put = statements_by_number(snapshot.consultation_id, numbers, language)
    counted = public_tallies(snapshot.consultation_id, [p.row.id for p in put.values()])
    first = original(p.row.words for p in put.values())
    return [
        statement_of(
            put[n],
            language,
            tally=counted[put[n].row.id],
            original=first.get(put[n].row.words),
        )
        for n in numbers
        if n in put
    ]
