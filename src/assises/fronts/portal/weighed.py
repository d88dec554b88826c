"""Shares as they were answered beside shares weighted by the census, as everyone may see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup

from assises.fronts.portal.wording import FEWEST
from assises.look.pages.shapes import Column, Table
from assises.look.report import words
from assises.look.speech import Speech
from assises.rooms.contributions.queries import Put, statements_by_number
from assises.rooms.insights.models import Snapshot
from assises.rooms.insights.queries import results
from assises.rooms.texts.queries import Said

_LISTED: Final = 5


def weighed(s: Speech, snapshot: Snapshot) -> dict[str, Any] | None:
    """Shares as answered and as they would be if regions counted by their people."""
    told = snapshot.results.get("weighed")
    if told is None:
        return None
    counts = told["counts"]
    shown = [
        (number, row)
        for number, row in told["statements"].items()
        if row["plain"] is not None and row["weighted"] is not None
    ]
    # Those that weighing moves most come first: there it matters.
    shown.sort(key=lambda one: (-abs(one[1]["weighted"][0] - one[1]["plain"][0]), int(one[0])))
    put = statements_by_number(snapshot.consultation_id, [int(n) for n, _ in shown], s.language)
    moved = moving(snapshot, put)
    rows = [
        [
            _quoted(put[int(n)].words),
            *(_with_interval(s, row[way]) for way in ("plain", "weighted")),
        ]
        for n, row in shown
        if int(n) in moved
    ]
    return {
        "by": s.say("Weighted by region, and by town and country, as the census of 2024 counts.")
        if "area" in told["by"]
        else s.say("Weighted by region, as the census of 2024 counts."),
        "inside": inside_of(s, counts, s.number(round(told["effective"]))),
        "missing": ""
        if not told["unrepresented"]["region"]
        else s.say(
            "Nobody spoke from regions where {share} of the people live: of them nothing is said.",
            share=s.percent(told["unrepresented"]["region"]),
        ),
        "table": Table(
            s.say("Who agrees, as answered and weighted"),
            [
                Column(s.say("Statement")),
                # Not numeric, so that on a phone the interval goes to a line of its own.
                Column(s.say("As answered")),
                Column(s.say("Weighted")),
            ],
            rows[:_LISTED],
        ),
    }


def inside_of(s: Speech, counts: Mapping[str, int | None], effective: str) -> str:
    """Who is weighed: what :func:`assises.flows.declared.without_few` leaves of it."""
    inside, abroad, silent = counts["inside"], counts["abroad"], counts["not_said"]
    if inside is None:
        return s.say(
            "Nearly everyone who voted told where in Morocco they live. After weighing, what they "
            "say is worth the answers of {effective}.",
            effective=effective,
        )
    if abroad is None or silent is None:
        return s.say(
            "{inside} of those who voted told where in Morocco they live; the others live abroad "
            "or did not say: they count in the first column alone. After weighing, what they say "
            "is worth the answers of {effective}.",
            inside=s.number(inside),
            effective=effective,
        )
    return s.say(
        "{inside} of those who voted told where in Morocco they live; {abroad} live abroad and "
        "{silent} did not say: they count in the first column alone. After weighing, what they "
        "say is worth the answers of {effective}.",
        inside=s.number(inside),
        abroad=s.number(abroad),
        silent=s.number(silent),
        effective=effective,
    )


def moving(snapshot: Snapshot, put: Mapping[int, Put]) -> set[int]:
    """Those on which enough answered, and whose counts do not stand still for want of ten more."""
    found = results(snapshot)
    return {
        n
        for n, p in put.items()
        if p.row.id in found
        and found[p.row.id].held_since is None
        and found[p.row.id].agrees + found[p.row.id].disagrees + found[p.row.id].passes >= FEWEST
    }


def _quoted(said: Said) -> Markup:
    return Markup('<span lang="{}" dir="auto">{}</span>').format(said.language, said.words)


def _with_interval(s: Speech, parts: list[float]) -> str:
    value, low, high = parts
    return f"{s.percent(value)} {words.interval(s, (low, high))}"
