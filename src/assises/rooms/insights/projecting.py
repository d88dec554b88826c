"""From a bundle to the tables that pages read: as it may be shown, under the names people know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db import connection
from django.db.models import Q

from assises.flows.results import drawing
from assises.flows.tables import Tables, integers, numbers, texts
from assises.lib.canonical import published as rounded
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import Statement
from assises.rooms.insights.carrying import Float64, Names, Standing, carried, renamed, turn
from assises.rooms.insights.hearing import declared
from assises.rooms.insights.limits import STEP, STILL
from assises.rooms.insights.models import Position, Snapshot, StatementResult
from assises.rooms.insights.queries import published
from assises.rooms.votes.queries import CurrentVotes, voices_since

_ANSWERED_SINCE: Final = """
SELECT c.statement, count(DISTINCT c.voice)
FROM insights_statementresult r JOIN votes_cast c ON c.statement = r.statement AND c.id > r.as_of
WHERE r.snapshot_id = %s AND c.consultation = %s GROUP BY c.statement"""


@dataclass(frozen=True)
class Input:
    """What one computation starts from."""

    place: Consultation
    statements: list[Statement]
    votes: CurrentVotes
    last_cast: int


def project(
    start: Input, names: list[int], tables: Tables, results: dict[str, Any], uid: str, at: datetime
) -> Snapshot:
    """Write the tables of one bundle, in place of those it replaces."""
    shown = published(start.place.id)
    # Of one last cast there is one, whose bundle stands where the one before it stood; and votes
    # that were changed and changed back may amount to the very same bundle as before.
    same = Q(id=uid) | Q(last_cast=start.last_cast)
    replaced = Snapshot.objects.filter(same, consultation=start.place, published=True)
    public = may_be_published(start.place, at=at) or replaced.exists()
    held = _held(start.place, shown, at) if public else {}
    now = _standing(start, names, tables, results)
    before, known = _standing_before(shown)
    called = carried(before, known, now, len(results["groups"]))
    way = turn(before, now)
    now = Standing(now.voices, now.points @ way.T, now.group)
    whole, each = declared(start.place.id, start.votes)
    as_shown = _as_shown(results, called, way, now)
    Snapshot.objects.filter(same, consultation=start.place).delete()
    counts = results["counts"]
    snapshot = Snapshot.objects.create(
        id=uid,
        consultation=start.place,
        computed_at=at,
        last_cast=start.last_cast,
        published=public,
        people=counts["participants"],
        grouped=counts["grouped"],
        votes=counts["votes"],
        groups=[
            {"letter": name, "bundle": g["letter"], "hue": hue, "people": g["people"]}
            for g, name, hue in zip(results["groups"], called.letters, called.hues, strict=True)
        ],
        letters=called.used,
        drawing=as_shown["map"],
        results=as_shown,
        heard=whole,
    )
    rows = _statements(snapshot, start, tables)
    for row, number in rows:
        row.heard = each[number]
    _hold_still([row for row, _ in rows], held, set(called.letters), at)
    StatementResult.objects.bulk_create([row for row, _ in rows])
    Position.objects.bulk_create(_positions(snapshot, now), batch_size=5000)
    return snapshot


def may_be_published(place: Consultation, *, at: datetime) -> bool:
    """Whether what everyone sees may move on: by ten voices that came or left, or after a day."""
    shown = published(place.id)
    if shown is None or at - shown.computed_at >= STILL:
        return True
    return voices_since(place.id, shown.last_cast) >= STEP


def _held(place: Consultation, shown: Snapshot | None, at: datetime) -> dict[int, StatementResult]:
    """What everyone sees of the statements on which too few answered since, by row id."""
    if shown is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED_SINCE, (shown.id, place.id))
        since = dict(cursor.fetchall())
    rows = StatementResult.objects.filter(snapshot=shown)
    few = (r for r in rows if 0 < since.get(r.statement, 0) < STEP)
    return {r.statement: r for r in few if r.held_since is None or at - r.held_since < STILL}


def _hold_still(
    rows: list[StatementResult], held: dict[int, StatementResult], letters: set[str], at: datetime
) -> None:
    """A count moves by ten answers or not at all: ten voices may have answered ten statements."""
    for row in rows:
        before = held.get(row.statement)
        if before is not None:
            row.agrees, row.disagrees, row.passes = before.agrees, before.disagrees, before.passes
            same = {g["letter"] for g in before.by_group} == letters
            row.by_group, row.heard = before.by_group if same else [], before.heard
            row.as_of, row.held_since = before.as_of, before.held_since or at


def _standing(start: Input, names: list[int], tables: Tables, results: dict[str, Any]) -> Standing:
    """Where the bundle puts each voice."""
    table, at = tables["positions"], {g["letter"]: i for i, g in enumerate(results["groups"])}
    voice = {number: start.votes.voices[i] for i, number in enumerate(names)}
    return Standing(
        [voice[number] for number in integers(table, "participant").tolist()],
        np.stack([numbers(table, "x"), numbers(table, "y")], axis=1),
        np.array([at.get(name, -1) for name in texts(table, "group")], dtype=np.int64),
    )


def _standing_before(shown: Snapshot | None) -> tuple[Standing, Names]:
    """Where everyone stood in the result that is published now, and what its groups are called."""
    rows = Position.objects.filter(snapshot=shown).values_list("voice", "x", "y", "group")
    found = [] if shown is None else list(rows)
    stood = Standing(
        [voice for voice, *_ in found],
        np.array([(x, y) for _, x, y, _ in found], dtype=np.float64).reshape(-1, 2),
        np.array([-1 if g is None else g for *_, g in found], dtype=np.int64),
    )
    if shown is None:
        return stood, Names()
    groups = shown.groups
    return stood, Names([g["letter"] for g in groups], [g["hue"] for g in groups], shown.letters)


def _as_shown(results: dict[str, Any], called: Names, way: Float64, now: Standing) -> Any:
    """``results.json`` under the letters and on the axes that people know."""
    letters = {g["letter"]: name for g, name in zip(results["groups"], called.letters, strict=True)}
    shown = renamed(results, letters)
    for group in shown["groups"]:
        group["centre"] = [rounded(float(v)) for v in way @ np.array(group["centre"])]
    inside, groups = now.group >= 0, len(shown["groups"])
    shown["map"] = drawing(
        now.points[inside], now.group[inside], groups=groups, people=len(now.voices)
    )
    return shown


def _statements(
    snapshot: Snapshot, start: Input, tables: Tables
) -> list[tuple[StatementResult, int]]:
    """The rows of the statements, each with its number."""
    ids = {s.number: s.id for s in start.statements}
    letters = {g["bundle"]: g["letter"] for g in snapshot.groups}
    table, groups = tables["statement_results"], tables["group_statements"]
    by_group: dict[int, list[dict[str, Any]]] = {}
    for name, number, agrees, disagrees, passes in zip(
        groups["group"],
        groups["statement"],
        groups["agrees"],
        groups["disagrees"],
        groups["passes"],
        strict=True,
    ):
        by_group.setdefault(int(number), []).append(
            {
                "letter": letters[str(name)],
                "agrees": int(agrees),
                "disagrees": int(disagrees),
                "passes": int(passes),
            }
        )
    return [
        (
            StatementResult(
                snapshot=snapshot,
                statement=ids[int(number)],
                agrees=int(table["agrees"][i]),
                disagrees=int(table["disagrees"][i]),
                passes=int(table["passes"][i]),
                as_of=start.last_cast,
                by_group=by_group.get(int(number), []),
                consensus=_finite(float(table["group_informed_consensus"][i])),
                divisiveness=_finite(float(table["divisiveness"][i])),
            ),
            int(number),
        )
        for i, number in enumerate(table["statement"])
    ]


def _positions(snapshot: Snapshot, now: Standing) -> list[Position]:
    return [
        Position(snapshot=snapshot, voice=voice, x=x, y=y, group=None if group < 0 else group)
        for voice, (x, y), group in zip(
            now.voices, now.points.tolist(), now.group.tolist(), strict=True
        )
    ]


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
