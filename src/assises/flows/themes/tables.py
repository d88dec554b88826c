"""The tables of a bundle of themes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.copies.families import NEVER, Families, bursts
from assises.engines.themes.copies.nearness import Proposals
from assises.engines.themes.result import ThemeMap
from assises.flows.themes.counting import theme_counts
from assises.formats.bundle.dictionary import MISSING, Table
from assises.formats.bundle.theme_tables import LABELLED
from assises.formats.contributions import Contributions

BETWEEN: Final = ", "
"""Stands between the words of a name."""
KINDS: Final = ("paraphrase", "translation")

Tables = dict[str, Table]


def tables_of(
    given: Contributions, found: ThemeMap, texts: Sequence[str] | None, links: Proposals | None
) -> Tables:
    """All tables, each in the order of its keys.

    Args:
        given: the contributions, in the order of ``found``.
        found: their themes.
        texts: as they may be published; None to leave them out.
        links: pairs for a person to judge; None where they were not looked for.
    """
    deepest = [found.themes[at].id if at >= 0 else "" for at in found.theme.tolist()]
    parents = {theme.id: theme.parent for theme in found.themes}
    families = family_ids(found.families, found.ids)
    return {
        "contributions": _contributions(found, deepest, families, texts),
        "themes": _themes(found),
        "theme_quotes": _quotes(found),
        "ideas": _ideas(found),
        "families": _families(given, found, families),
        "proposed_links": _links(found.ids, links),
        "theme_counts": theme_counts(deepest, parents, found.languages.tags, given.attributes),
    }


def family_ids(families: Families, ids: Sequence[str]) -> list[str]:
    """The id of each family: of the contribution that stands for it."""
    return [
        f"f{hashlib.sha256(ids[shown].encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
        for shown in families.shown.tolist()
    ]


def paths_of(found: ThemeMap) -> list[str]:
    """Of each theme the ids from the top down to it, joined by /; parents come first."""
    paths: dict[str, str] = {"": ""}
    for theme in found.themes:
        above = paths[theme.parent]
        paths[theme.id] = f"{above}/{theme.id}" if above else theme.id
    return [paths[theme.id] for theme in found.themes]


def _contributions(
    found: ThemeMap, deepest: Sequence[str], families: Sequence[str], texts: Sequence[str] | None
) -> Table:
    order = sorted(range(len(found.ids)), key=found.ids.__getitem__)
    paths, family = paths_of(found), found.families.family
    at = np.array(order, dtype=np.int64)
    table: Table = {
        "contribution_id": [found.ids[one] for one in order],
        "language": [found.languages.tags[one] for one in order],
        "declared": found.languages.declared[at],
        "mixed": found.languages.mixed[at],
        "status": [found.status[one].value for one in order],
        "theme_id": [deepest[one] for one in order],
        "theme_path": [paths[found.theme[one]] if found.theme[one] >= 0 else "" for one in order],
        "sure": found.sure[at].astype(np.float64),
        "family_id": [families[family[one]] if family[one] >= 0 else "" for one in order],
        "ideas": np.bincount(found.ideas.of, minlength=len(order))[at].astype(np.int64),
    }
    if texts is not None:
        table["text"] = [texts[one] for one in order]
    return table


def _themes(found: ThemeMap) -> Table:
    themes = sorted(found.themes, key=lambda theme: theme.id)
    names = [
        {one.tag: BETWEEN.join(term.text for term in one.terms) for one in theme.names}
        for theme in themes
    ]
    used = {tag for mine in names for tag, words in mine.items() if words}
    return {
        "theme_id": [theme.id for theme in themes],
        "parent_id": [theme.parent for theme in themes],
        "level": _whole([theme.level for theme in themes]),
        **{
            column: [mine.get(tag, "") for mine in names]
            for tag, column in LABELLED.items()
            if tag in used
        },
        "named_by": ["words"] * len(themes),
        "locked": np.zeros(len(themes), dtype=np.bool_),
        "n": _whole([theme.n for theme in themes]),
        "ideas": _whole([theme.ideas for theme in themes]),
    }


def _quotes(found: ThemeMap) -> Table:
    rows = sorted(
        (theme.id, one.tag, found.ids[one.quote])
        for theme in found.themes
        for one in theme.names
        if one.quote is not None
    )
    return {
        "theme_id": [row[0] for row in rows],
        "language": [row[1] for row in rows],
        "place": np.ones(len(rows), dtype=np.int64),
        "contribution_id": [row[2] for row in rows],
    }


def _ideas(found: ThemeMap) -> Table:
    ideas = found.ideas
    order = np.array(
        sorted(
            range(len(ideas.of)), key=lambda at: (found.ids[ideas.of[at]], int(ideas.begin[at]))
        ),
        dtype=np.int64,
    )
    theme = ideas.theme[order]
    return {
        "contribution_id": [found.ids[at] for at in ideas.of[order].tolist()],
        "begin": ideas.begin[order].astype(np.int64),
        "end": ideas.end[order].astype(np.int64),
        "theme_id": [found.themes[at].id if at >= 0 else "" for at in theme.tolist()],
        "sure": ideas.sure[order].astype(np.float64),
    }


def _families(given: Contributions, found: ThemeMap, names: Sequence[str]) -> Table:
    of = found.families
    table: Table = {
        "family_id": list(names),
        "n": of.size.astype(np.int64),
        "exact": of.exact.astype(np.int64),
        "shown": [found.ids[at] for at in of.shown.tolist()],
    }
    if given.times is not None:
        table |= _when(given, of)
    order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
    return {
        name: [values[at] for at in order] if isinstance(values, list) else values[order]
        for name, values in table.items()
    }


def _when(given: Contributions, of: Families) -> Table:
    """When copies came, where that is known of at least two."""
    times = np.array(
        [NEVER if one is None else round(one.timestamp() * 1000) for one in given.times or ()],
        dtype=np.int64,
    )
    first, last = np.full((2, len(of.shown)), MISSING, dtype=np.int64)
    densest = np.full(len(of.shown), np.nan)
    for burst in bursts(of, times, 2):
        first[burst.family], last[burst.family] = burst.first, burst.last
        densest[burst.family] = burst.densest
    return {"first": first, "last": last, "densest": densest}


def _links(ids: Sequence[str], links: Proposals | None) -> Table:
    rows = []
    if links is not None:
        for left, right, kind, cosine in zip(
            links.left.tolist(),
            links.right.tolist(),
            links.kind.tolist(),
            links.cosine.tolist(),
            strict=True,
        ):
            one, other = sorted((ids[left], ids[right]))
            rows.append((one, other, KINDS[kind], cosine))
    rows.sort()
    return {
        "contribution_id": [row[0] for row in rows],
        "other_id": [row[1] for row in rows],
        "kind": [row[2] for row in rows],
        "similarity": np.array([row[3] for row in rows], dtype=np.float64),
    }


def _whole(values: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.array(values, dtype=np.int64)
