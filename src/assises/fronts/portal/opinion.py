"""What people think of the statements: the map with oneself on it, and what it rests on."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from markupsafe import Markup

from assises.countries import ma
from assises.fronts.portal.drawn import CORRECTED, as_cells, drawn
from assises.fronts.portal.hanging import hangs
from assises.fronts.portal.weighed import moving, weighed
from assises.fronts.portal.wording import FEWEST, edition_url, statement_of
from assises.lib.csvio import neutralise
from assises.lib.errors import NotFound
from assises.look import charts
from assises.look.pages.shapes import Column, Statement, Table
from assises.look.report import declared, words
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import edition_of
from assises.rooms.contributions.queries import statements, statements_by_number
from assises.rooms.insights.computing import bundles
from assises.rooms.insights.models import Snapshot
from assises.rooms.insights.queries import (
    Place,
    by_group,
    in_groups,
    place_of,
    public_tallies,
    published,
    results,
)
from assises.rooms.texts.queries import original
from assises.rooms.votes.queries import mine
from assises.web.identity import voice_in
from assises.web.pages import page, words_in
from assises.web.routes import route_in

_LISTED: Final = 5


@route_in("insights.read")
def opinion(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """The map, the groups, what is shared and what divides.

    What everyone sees is of the published results; the reader's own star stands where it is now.
    """
    s = words_in(language)
    snapshot = _shown(edition)
    found = edition_of(edition.id, language)
    own = voice_in(request, edition)
    here = place_of(edition.id, own[1]) if snapshot and own else None
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
        drawing=None if snapshot is None else _drawing(s, edition, snapshot, here),
        twin=None if snapshot is None else _twin(s, snapshot),
        placed=None if snapshot is None else placed(s, snapshot.people, in_groups(snapshot)),
        shared=[] if snapshot is None else _shared(snapshot, language),
        divisive=[] if snapshot is None else _divisive(snapshot, language),
        groups=[] if snapshot is None else _groups(snapshot, language),
        sure=None if snapshot is None else _sureness(s, snapshot),
        across=[] if snapshot is None else _across(s, snapshot),
        weighed=None if snapshot is None else weighed(s, snapshot),
        drawn=None if snapshot is None else drawn(s, snapshot),
        hangs=None if snapshot is None else hangs(s, snapshot),
        otherwise=[] if snapshot is None else _named_otherwise(snapshot),
        fewest=FEWEST,
    )


def placed(s: Speech, answered: int, in_a_group: int | None) -> str:
    """Where those are who stand in no group; empty where everyone stands in one."""
    if in_a_group is None:
        return s.say("Whoever answered too few statements to be placed is in no group.")
    if in_a_group == answered:
        return ""
    return s.say(
        "{n} of the {total} who answered are in a group; the other {rest} answered too few "
        "statements to be placed.",
        n=s.number(in_a_group),
        total=s.number(answered),
        rest=s.number(answered - in_a_group),
    )


@route_in("insights.read")
def counts(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:  # noqa: ARG001
    """The counts of every statement, as CSV; small ones are left empty and say so.

    Beside them the share that agrees corrected for what was shown to whom, where it can be said.
    """
    put = statements(edition.id, language)
    counted = public_tallies(edition.id, [p.row.id for p in put])
    words = original(p.row.words for p in put)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    fair, nothing = as_cells(published(edition.id)), [""] * len(CORRECTED)
    writer.writerow(
        [
            *("simulation", "statement", "language", "words", "agrees", "disagrees", "passes"),
            *("note", *CORRECTED),
        ]
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
                *(fair.get(p.row.id, nothing) if enough else nothing),
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


def _shown(edition: Consultation) -> Snapshot | None:
    """The published results, from ten voices on: of fewer a map would show each."""
    snapshot = published(edition.id)
    return None if snapshot is None or snapshot.people < FEWEST else snapshot


def _drawing(s: Speech, edition: Consultation, snapshot: Snapshot, here: Place | None) -> Markup:
    return charts.opinion_map(
        snapshot.drawing,
        [g["letter"] for g in snapshot.groups],
        _label(s, snapshot),
        hues=[g["hue"] for g in snapshot.groups],
        oneself=None if here is None else (here.x, here.y),
        simulation=s.say("Simulation") if edition.simulated else "",
    )


def _label(s: Speech, snapshot: Snapshot) -> str:
    groups = [
        s.say("group {letter}: {n}", letter=g["letter"], n=_size(s, g["people"]))
        for g in _by_letter(snapshot)
    ]
    return s.say("Map of the voices by their answers; {groups}.", groups=s.say(", ").join(groups))


def _size(s: Speech, people: int) -> str:
    return s.number(people) if people >= FEWEST else s.say("fewer than ten")


def _by_letter(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The groups in the order of their letters, which stays; their sizes do not."""
    return sorted(snapshot.groups, key=lambda g: (len(g["letter"]), g["letter"]))


def _named_otherwise(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Letter here and letter in the bundle, if any group has another one there."""
    names = [(g["letter"], g["bundle"]) for g in _by_letter(snapshot)]
    return names if any(here != there for here, there in names) else []


def _twin(s: Speech, snapshot: Snapshot) -> Table:
    rows = [[g["letter"], _size(s, g["people"])] for g in _by_letter(snapshot)]
    inside = in_groups(snapshot)
    if inside is not None and inside < snapshot.people:
        rows.append([s.say("In no group"), s.number(snapshot.people - inside)])
    return Table(
        s.say("The groups and how many voices are in each"),
        [Column(s.say("Group")), Column(s.say("Voices"), numeric=True)],
        rows,
    )


def _shared(snapshot: Snapshot, language: str) -> list[Statement]:
    """What every group answers alike: for sure, where the results say how sure they are."""
    sure = snapshot.results.get("sure")
    if sure is None:
        rows = snapshot.results["agreed_in_every_group"]
    else:
        sides = sure["guaranteed"]
        rows = _surest([*sides["agree"]["strongest"], *sides["disagree"]["strongest"]])
    return _cards(snapshot, [r["statement"] for r in rows[:_LISTED]], language)


def _surest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda r: (-r["bound"], r["statement"]))


def _divisive(snapshot: Snapshot, language: str) -> list[Statement]:
    sure = snapshot.results.get("sure")
    rows = snapshot.results["divisive"] if sure is None else sure["divided"]["strongest"]
    return _cards(snapshot, [r["statement"] for r in rows[:_LISTED]], language)


def _sureness(s: Speech, snapshot: Snapshot) -> dict[str, Any]:
    """Whether there are groups, and whether they would be found again, in sentences."""
    sure = snapshot.results.get("sure") or {}
    found, again = sure.get("verdict"), sure.get("stability")
    several = len(snapshot.groups) > 1
    return {
        "verdict": None if found is None else words.verdict(s, found),
        "again": None if again is None or not several else words.found_again(s, again),
        "twin": None if again is None or not several else _found_again(s, snapshot, again),
        "campaigns": None
        if "campaigns" not in sure
        else {
            "title": words.campaigns(s, len(sure["campaigns"])),
            "items": [words.campaign(s, one, fewest=FEWEST) for one in sure["campaigns"]],
        },
    }


def _found_again(s: Speech, snapshot: Snapshot, again: dict[str, Any]) -> Table:
    people, on_statements = again["people"]["groups"], again["statements"]["groups"]
    at = {g["letter"]: i for i, g in enumerate(snapshot.groups)}
    return Table(
        s.say("Whether each group is found again"),
        [
            Column(s.say("Group")),
            Column(s.say("Among halves of the people")),
            Column(s.say("On halves of the statements")),
        ],
        [
            [
                g["letter"],
                words.similar(s, people[at[g["letter"]]]),
                words.similar(s, on_statements[at[g["letter"]]]),
            ]
            for g in _by_letter(snapshot)
        ],
    )


def _across(s: Speech, snapshot: Snapshot) -> list[dict[str, Any]]:
    """What every college, and every region, answers alike."""
    told = snapshot.results.get("across", {})
    names = {
        "college": {c.code: c.name.best(s.language)[0] for c in ma.MA.colleges()},
        "region": {
            **{r.iso: r.name.best(s.language)[0] for r in ma.MA.regions()},
            "abroad": s.say("Abroad"),
        },
    }
    titles = {
        "college": s.say("What every college answers alike"),
        "region": s.say("What every region answers alike"),
    }
    return [
        {
            "id": what,
            "title": titles[what],
            "counted": s.say(
                "Counted, since at least ten of their voices voted: {names}.",
                names=s.say(", ").join(names[what].get(c, c) for c in told[what]["counted"]),
            ),
            "statements": _bounded(s, snapshot, told[what]),
        }
        for what in titles
        if what in told
    ]


def _bounded(s: Speech, snapshot: Snapshot, told: dict[str, Any]) -> list[tuple[Statement, str]]:
    rows = declared.surest(told)[:_LISTED]
    cards = _cards_by_number(snapshot, [r["statement"] for r in rows], s.language)
    put = statements_by_number(snapshot.consultation_id, cards, s.language)
    moved = moving(snapshot, put)
    return [
        (cards[r["statement"]], declared.in_each(s, r))
        for r in rows
        if r["statement"] in cards and r["statement"] in moved
    ]


def _groups(snapshot: Snapshot, language: str) -> list[tuple[dict[str, Any], list[Statement]]]:
    """Each group with the three statements that most set it apart, and how the group answers."""
    told = {g["letter"]: g["statements"] for g in snapshot.results["groups"]}
    numbers = {row["statement"] for rows in told.values() for row in rows}
    put = statements_by_number(snapshot.consultation_id, numbers, language)
    first = original(p.row.words for p in put.values())
    found = results(snapshot)
    parts = {n: by_group(found.get(p.row.id)) for n, p in put.items()}
    return [
        (
            group,
            [
                statement_of(
                    put[n],
                    language,
                    tally=parts[n][group["letter"]],
                    original=first.get(put[n].row.words),
                )
                for n in (row["statement"] for row in told[group["letter"]])
                if group["letter"] in parts.get(n, {})
            ][:3],
        )
        for group in _by_letter(snapshot)
    ]


def _cards(snapshot: Snapshot, numbers: list[int], language: str) -> list[Statement]:
    return list(_cards_by_number(snapshot, numbers, language).values())


def _cards_by_number(snapshot: Snapshot, numbers: list[int], language: str) -> dict[int, Statement]:
    put = statements_by_number(snapshot.consultation_id, numbers, language)
    counted = public_tallies(snapshot.consultation_id, [p.row.id for p in put.values()])
    first = original(p.row.words for p in put.values())
    return {
        n: statement_of(
            put[n],
            language,
            tally=counted[put[n].row.id],
            original=first.get(put[n].row.words),
        )
        for n in numbers
        if n in put
    }
