"""What changed between two bundles of the same conversation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np

from assises.flows.compare import compare
from assises.flows.tables import Tables, facts_of, integers, texts
from assises.formats import bundle
from assises.formats.bundle import MISSING

MOST_LINES: Final = 20
"""Lines shown of one kind; the rest is counted."""

Section = tuple[str, list[str]]


def diff(left: Path, right: Path) -> list[Section]:
    """Sections of (what, lines), those that changed only; empty for equal content.

    Environments and the layout of files do not count: two bundles are equal when they say the
    same.

    Raises:
        InputError: if one of them is not a bundle.
    """
    a, b = bundle.read(left), bundle.read(right)
    with bundle.fitting(right):
        return _sections(a, b)


def _sections(a: bundle.Bundle, b: bundle.Bundle) -> list[Section]:
    sections = [
        ("method", _of_mappings(a.manifest["parameters"], b.manifest["parameters"])),
        ("conversation", _of_mappings(facts_of(a.tables), facts_of(b.tables))),
        ("statements", _statements(a.tables, b.tables)),
        ("votes", _votes(a.tables, b.tables)),
        ("counts", _of_mappings(a.results["counts"], b.results["counts"])),
        ("consensus", _lists(a.results, b.results)),
        ("groups", _groups(a.results, b.results)),
        ("people", _people(a.tables, b.tables)),
        ("results", _results(a.results, b.results)),
    ]
    return [(name, lines) for name, lines in sections if lines]


def _of_mappings(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    return [
        f"{key}: {_shown(a.get(key))} → {_shown(b.get(key))}"
        for key in sorted(a.keys() | b.keys())
        if a.get(key) != b.get(key)
    ]


def _statements(a: Tables, b: Tables) -> list[str]:
    one, two = _rows(a), _rows(b)
    lines = [f"{n} was added: {two[n][0]!r}" for n in sorted(two.keys() - one.keys())]
    lines += [f"{n} was removed: {one[n][0]!r}" for n in sorted(one.keys() - two.keys())]
    for n in sorted(one.keys() & two.keys()):
        if one[n][0] != two[n][0]:
            lines.append(f"{n} was reworded: {one[n][0]!r} → {two[n][0]!r}")
        if one[n][1] != two[n][1]:
            lines.append(f"{n}: moderation {_shown(one[n][1])} → {_shown(two[n][1])}")
    return _short(lines)


def _rows(tables: Tables) -> dict[int, tuple[str, int]]:
    table = tables["statements"]
    return {
        n: (text, moderated)
        for n, text, moderated in zip(
            integers(table, "statement").tolist(),
            texts(table, "text"),
            integers(table, "moderated").tolist(),
            strict=True,
        )
    }


def _votes(a: Tables, b: Tables) -> list[str]:
    one, two = _casts(a), _casts(b)
    added, removed = two - one, one - two
    lines = []
    for word, casts in (("added", added), ("removed", removed)):
        total = sum(casts.values())
        if total:
            lines.append(f"{total} votes were {word}")
            lines += [
                f"  participant {_shown(person)} on statement {_shown(statement)}: "
                f"{vote:+d} at {_shown(time)}"
                for (statement, person, time, vote) in sorted(casts)[:MOST_LINES]
            ]
            if len(casts) > MOST_LINES:
                lines.append(f"  and {len(casts) - MOST_LINES} more")
    return lines


def _casts(tables: Tables) -> Counter[tuple[int, int, int, int]]:
    votes = tables["votes"]
    # To the second, since one generation of exports knows no more.
    factor = 1000 if facts_of(tables)["time_unit"] == "milliseconds" else 1
    return Counter(
        zip(
            integers(votes, "statement").tolist(),
            integers(votes, "participant").tolist(),
            [MISSING if t == MISSING else t // factor for t in integers(votes, "time").tolist()],
            integers(votes, "vote").tolist(),
            strict=True,
        )
    )


def _lists(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    lines = []
    for side in ("agree", "disagree"):
        one, two = (
            [item["statement"] for item in r["consensus"][side]["strongest"]] for r in (a, b)
        )
        lines += [f"statement {n} is a consensus to {side} no more" for n in one if n not in two]
        lines += [f"statement {n} is now a consensus to {side}" for n in two if n not in one]
    return lines


def _groups(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    one = {group["letter"]: group["people"] for group in a["groups"]}
    two = {group["letter"]: group["people"] for group in b["groups"]}
    return _of_mappings(one, two)


def _results(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    """Everything else in results.json, figure by figure."""
    told = ("counts", "consensus", "groups")
    one, two = ({k: v for k, v in r.items() if k not in told} for r in (a, b))
    return _short([line for line in compare("", one, two) if line])


def _people(a: Tables, b: Tables) -> list[str]:
    one, two = _letters(a), _letters(b)
    both = one.keys() & two.keys()
    moved = Counter((one[p], two[p]) for p in both if one[p] != two[p])
    lines = [
        f"{n} from {x or 'no group'} to {y or 'no group'}" for (x, y), n in sorted(moved.items())
    ]
    for word, count in (
        ("only in the first", len(one.keys() - two.keys())),
        ("only in the second", len(two.keys() - one.keys())),
    ):
        if count:
            lines.append(f"{count} {word}")
    return lines


def _letters(tables: Tables) -> dict[int, str]:
    table = tables["positions"]
    people: list[int] = np.asarray(table["participant"]).tolist()
    return dict(zip(people, texts(table, "group"), strict=True))


def _short(lines: list[str]) -> list[str]:
    rest = len(lines) - MOST_LINES
    return lines if rest <= 0 else [*lines[:MOST_LINES], f"and {rest} more"]


def _shown(value: object) -> str:
    if value == MISSING:
        return "empty"
    return "nothing" if value is None else str(value)
