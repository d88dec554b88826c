"""Themes under the ids they keep, with what people have put where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

import numpy as np

from assises.engines.themes.discovery import kept, stamp
from assises.engines.themes.finding import Found
from assises.engines.themes.result import By, Int32


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier run, and what people made of it."""

    paths: Mapping[str, tuple[str, ...]]
    """Of each contribution in a theme the ids of its themes, from the top down, by its own id."""
    shaped: Set[str] = frozenset()
    """Ids of themes that people merged, split or locked: not taken apart again."""
    pinned: Set[str] = frozenset()
    """Ids of contributions that stay in the theme they are in: moved there by a person, or in a
    theme that is locked."""
    anew: bool = False
    """Whether themes are looked for anew, though most contributions are known (``returning``)."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """Themes as they are known."""

    ids: tuple[str, ...]
    parent: Int32
    """Place of the theme above, -1 at the top."""
    by: tuple[By, ...]
    place: Int32
    """Of each theme found, its place here; two may have become one."""
    pinned: dict[int, int] = field(default_factory=dict)
    """Place of the theme of a contribution that stays where it was, by the contribution's."""
    kept: float | None = None


def arranged(found: Found, main: Int32, names: Sequence[str], before: Before | None) -> Arranged:
    """Give themes their ids.

    Args:
        found: themes.
        main: of each contribution its theme among them, -1 for none.
        names: id of each contribution.
        before: an earlier run, or None.
    """
    ids = [""] * len(found.parent)
    deepest = int(found.level.max()) + 1 if len(found.level) else 0
    shares = [_named_at(level, found, main, names, before, ids) for level in range(deepest)]
    _told_apart(ids, found.parent)
    result = _unique(ids, found)
    if before is None:
        return result
    return _with_pinned(result, names, before, shares[-1] if shares else 1.0)


def _named_at(
    level: int,
    found: Found,
    main: Int32,
    names: Sequence[str],
    before: Before | None,
    ids: list[str],
) -> float:
    """Ids of the themes of one level, by the contributions in each; the share that stayed."""
    up = found.at(level)
    own = np.flatnonzero(found.level == level)
    top = up[main[main >= 0]]
    # Numbers without a gap: those of the themes that contributions are mainly about.
    number = {theme: at for at, theme in enumerate(np.unique(top[top >= 0]).tolist())}
    now = {
        names[at]: number.get(int(up[theme]), -1) if theme >= 0 else -1
        for at, theme in enumerate(main.tolist())
    }
    was = (
        {name: path[level] for name, path in before.paths.items() if len(path) > level}
        if before
        else {}
    )
    result = kept(was, now, before.shaped if before else frozenset())
    for at, theme in enumerate(own.tolist()):
        # A theme that no contribution is mainly about: its place tells it from the others.
        ids[theme] = (
            result.names[number[theme]] if theme in number else stamp([f"{level:x}", f"{at:x}"])
        )
    return result.share


def _told_apart(ids: list[str], parent: Int32) -> None:
    """A theme within a theme that holds all of it has the same members, and not the same id."""
    for theme, above in enumerate(parent.tolist()):
        if above >= 0 and ids[theme] == ids[above]:
            ids[theme] += "i"


def _unique(ids: list[str], found: Found) -> Arranged:
    first: dict[str, int] = {}
    place = np.empty(len(ids), dtype=np.int32)
    kept_of = []
    for theme, name in enumerate(ids):
        if name not in first:
            first[name] = len(first)
            kept_of.append(theme)
        place[theme] = first[name]
    parent = [
        int(place[found.parent[theme]]) if found.parent[theme] >= 0 else -1 for theme in kept_of
    ]
    return Arranged(
        tuple(first),
        np.array(parent, dtype=np.int32),
        tuple(found.by[theme] for theme in kept_of),
        place,
    )


def _with_pinned(of: Arranged, names: Sequence[str], before: Before, share: float) -> Arranged:
    """Contributions back where people put them, and the themes for it if they are gone."""
    ids, parent, by = list(of.ids), of.parent.tolist(), list(of.by)
    place = {name: at for at, name in enumerate(ids)}
    pinned = {}
    for at, name in enumerate(names):
        if name not in before.pinned or name not in before.paths:
            continue
        above = -1
        for theme in before.paths[name]:
            if theme not in place:
                place[theme] = len(ids)
                ids.append(theme)
                parent.append(above)
                by.append(By.MEANING)
            above = place[theme]
        pinned[at] = above
    return Arranged(tuple(ids), np.array(parent, np.int32), tuple(by), of.place, pinned, share)
