"""What the report of themes says, in numbers and in people's words: ``results.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from assises.engines.themes.result import Status, Theme, ThemeMap, Why
from assises.flows.themes.quoting import Quoting
from assises.formats.bundle.dictionary import MISSING, Table
from assises.formats.bundle.theme_tables import LABELLED, LANGUAGE
from assises.formats.contributions import Contributions
from assises.lib.canonical import published
from assises.lib.errors import InputError

SCHEMA: Final = "assises/themes-results/1"
QUOTES: Final = 6
"""Contributions that are quoted for a theme."""
FAMILIES: Final = 20
"""Sets of copies that are told, the largest."""

Tables = Mapping[str, Table]
Counts = dict[str, int | None]


def results_of(
    contributions: Contributions,
    themes: ThemeMap,
    public: Sequence[str],
    *,
    title: str,
    simulation: bool,
    tables: Tables,
) -> dict[str, Any]:
    """The whole of ``results.json``.

    Args:
        contributions: as they were read.
        themes: of these, in the same order.
        public: their texts as they may be published, masked, in the same order.
        title: of the report.
        simulation: whether the texts were written for a demonstration and not by participants.
        tables: of the bundle; what is quoted, counted and named by a person is what these say.

    Raises:
        InputError: if the three are not of the same contributions.
    """
    if not len(contributions) == len(themes.ids) == len(public):
        raise InputError(
            "each contribution needs its theme and its public text",
            value=f"{len(contributions)} contributions, {len(themes.ids)} placed, "
            f"{len(public)} texts",
            next_step="Give all three in the same order.",
        )
    quoting = Quoting(contributions, themes, public)
    declared = _declared(tables["theme_counts"])
    spoken = declared.pop(LANGUAGE, {}).get("", {})
    return {
        "schema": SCHEMA,
        "title": title,
        "simulation": simulation,
        "source": {
            "layout": contributions.layout,
            "left_out": contributions.left_out,
            "refused": len(contributions.rejects),
            "repeated": contributions.repeated,
            "notes": list(contributions.notes),
        },
        "times": _times(contributions.times),
        "counts": _counts(themes),
        "languages": spoken,
        "language_declared": int(themes.languages.declared.sum()),
        "mixed": int(themes.languages.mixed.sum()),
        "masked": sum(quoting.masked(at) for at in range(len(public))),
        "undecidable": _reasons(themes),
        "unsure": _unsure(themes),
        "themes": _themes(themes, quoting, tables),
        "declared": _values(declared),
        "families": _families(quoting, tables["families"]),
        "method": {
            "embedder": themes.embedder,
            "stranger": published(themes.stranger),
            "kept": None if themes.kept is None else published(themes.kept),
        },
    }


def _times(times: Sequence[datetime | None] | None) -> dict[str, str] | None:
    """When the first and the last came; None where no time is known."""
    known = [one for one in times or () if one is not None]
    return {"first": _moment(min(known)), "last": _moment(max(known))} if known else None


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _counts(themes: ThemeMap) -> dict[str, int]:
    status = Counter(themes.status)
    return {
        "contributions": len(themes.ids),
        "classified": status[Status.CLASSIFIED],
        "unclassified": status[Status.UNCLASSIFIED],
        "undecidable": status[Status.UNDECIDABLE],
        "ideas": len(themes.ideas.of),
        "themes": len(themes.themes),
        "families": len(themes.families.size),
        "in_families": int(themes.families.size.sum()),
    }


def _reasons(themes: ThemeMap) -> dict[str, int]:
    """Of those that could not be read, how many for each reason."""
    why = Counter(
        reason
        for status, reason in zip(themes.status, themes.why, strict=True)
        if status is Status.UNDECIDABLE
    )
    return {reason.value: why[reason] for reason in Why if reason is not Why.READ}


def _unsure(themes: ThemeMap) -> int:
    """Of those in a theme, how many of which less than half speaks for it."""
    return int(((themes.theme >= 0) & (themes.sure < 0.5)).sum())


def _declared(table: Table) -> dict[str, dict[str, Counts]]:
    """Counts by attribute, theme (empty for all) and value; None where they are not told."""
    found: dict[str, dict[str, Counts]] = {}
    for theme, attribute, value, n in zip(
        table["theme_id"], table["attribute"], table["value"], table["n"], strict=True
    ):
        counts = found.setdefault(str(attribute), {}).setdefault(str(theme), {})
        counts[str(value)] = None if n == MISSING else int(n)
    return found


def _values(declared: Mapping[str, Mapping[str, Counts]]) -> list[dict[str, Any]]:
    """What was declared, over all contributions: the commonest first, what was not declared last.

    Of each theme its counts stand beside them.
    """
    return [
        {
            "attribute": attribute,
            "values": [
                {"value": value, "n": n}
                for value, n in sorted(
                    of[""].items(), key=lambda one: (not one[0], -(one[1] or 0), one[0])
                )
            ],
            "themes": {theme: counts for theme, counts in of.items() if theme},
        }
        for attribute, of in sorted(declared.items())
    ]


def _themes(themes: ThemeMap, quoting: Quoting, tables: Tables) -> list[dict[str, Any]]:
    """Parents before their parts, the larger first."""
    quotes = _quotes(tables["theme_quotes"])
    person = _named_by_a_person(tables["themes"])
    spoken = _declared(tables["theme_counts"]).get(LANGUAGE, {})
    within = _within(themes)
    return [
        {
            "theme": one.id,
            "parent": one.parent,
            "level": one.level,
            "by": one.by.value,
            "named_by": "person" if one.id in person else "words",
            "n": one.n,
            "ideas": one.ideas,
            "names": _names(one, person.get(one.id, {})),
            "languages": spoken.get(one.id, {}),
            "quotes": [
                quoting.quoted(quoting.place[contribution], within[one.id])
                for contribution in _some(one, quotes.get(one.id, []))
                if quoting.public[quoting.place[contribution]]
            ],
        }
        for one in themes.themes
    ]


def _names(one: Theme, person: Mapping[str, str]) -> list[dict[str, Any]]:
    """In each language, the largest first; those by a person before others."""
    given = [{"language": tag, "words": [words]} for tag, words in sorted(person.items())]
    return given + [
        {"language": name.tag, "words": [term.text for term in name.terms]}
        for name in one.names
        if name.terms and name.tag not in person
    ]


def _named_by_a_person(table: Table) -> dict[str, dict[str, str]]:
    """By theme and language."""
    labels = {tag: table[name] for tag, name in LABELLED.items() if name in table}
    return {
        str(theme): {tag: str(words[at]) for tag, words in labels.items() if words[at]}
        for at, (theme, by) in enumerate(zip(table["theme_id"], table["named_by"], strict=True))
        if by == "person"
    }


def _quotes(table: Table) -> dict[str, list[tuple[int, str, str]]]:
    """Place, language and contribution, by theme."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for theme, tag, place, contribution in zip(
        table["theme_id"], table["language"], table["place"], table["contribution_id"], strict=True
    ):
        found.setdefault(str(theme), []).append((int(place), str(tag), str(contribution)))
    return found


def _some(one: Theme, quotes: Sequence[tuple[int, str, str]]) -> list[str]:
    """A contribution in each language, the largest first; then another in each."""
    size = {name.tag: at for at, name in enumerate(one.names)}
    order = sorted(quotes, key=lambda row: (row[0], size.get(row[1], len(size)), row[1]))
    return [contribution for _, _, contribution in order[:QUOTES]]


def _within(themes: ThemeMap) -> dict[str, list[int]]:
    """Of each theme its own place and those of its parts."""
    found: dict[str, list[int]] = {one.id: [] for one in themes.themes}
    parent = {one.id: one.parent for one in themes.themes}
    for at, one in enumerate(themes.themes):
        above = one.id
        while above:
            found[above].append(at)
            above = parent[above]
    return found


def _families(quoting: Quoting, table: Table) -> list[dict[str, Any]]:
    """The largest sets of copies."""
    size = np.asarray(table["n"], dtype=np.int64)
    order = sorted(range(len(size)), key=lambda at: (-int(size[at]), table["family_id"][at]))
    return [
        {
            "family": str(table["family_id"][at]),
            "n": int(size[at]),
            "exact": int(table["exact"][at]),
            "shown": quoting.quoted(quoting.place[str(table["shown"][at])]),
            "when": _burst(table, at),
        }
        for at in order[:FAMILIES]
    ]


def _burst(table: Table, at: int) -> dict[str, Any] | None:
    """From when to when copies came, and how many within the fullest hour; None if not known."""
    if "first" not in table or table["first"][at] == MISSING:
        return None
    return {
        end: _moment(datetime.fromtimestamp(int(table[end][at]) / 1000, UTC))
        for end in ("first", "last")
    } | {"densest": published(float(table["densest"][at]))}
