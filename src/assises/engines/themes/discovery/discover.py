"""From vectors to a tree of themes, every text somewhere, and said where nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from assises.engines.themes.discovery.graph import Float32, Int32
from assises.engines.themes.discovery.parting import parted
from assises.engines.themes.discovery.placing import Placed, placed
from assises.engines.themes.discovery.steps import LENGTH, Int16
from assises.lib.progress import SILENT, Progress

SAMPLE: Final = 8192
"""Texts that the first themes are found from; all others are placed by them."""
WITHIN: Final = 3072
"""The same inside a theme."""
LEVELS: Final = 3
_DEEP: Final = 5000
"""Texts that a theme of the second level has before it is parted again."""
_MIDDLE: Final = 3
"""Rank of the middle one of the five nearest."""
_PAIRS: Final = 1 << 18

Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Themes:
    """A tree of themes and where each text stands. Themes are numbered parents first, then the
    larger first."""

    parent: Int32
    """Of each theme, the one above it, -1 at the top; shape (T,)."""
    level: Int32
    """0 at the top; shape (T,)."""
    theme: Int32
    """Of each text its theme at the lowest level, -1 if unclassified; shape (n,)."""
    sure: Float32
    """Share of a text's neighbourhood that is in its theme, 0 to 1; shape (n,)."""
    near: Float32
    """Mean cosine of the five nearest texts; shape (n,)."""
    stranger: float
    """The cosine that a text's five nearest would have among texts of other themes alone: one whose
    nearest are no nearer is unclassified."""

    def tops(self) -> Int32:
        """The theme of each text at the top, -1 if none; shape (n,)."""
        above = np.arange(len(self.parent), dtype=np.int32)
        for theme in range(len(self.parent)):
            if self.parent[theme] >= 0:
                above[theme] = above[self.parent[theme]]
        tops = np.full(len(self.theme), -1, dtype=np.int32)
        known = self.theme >= 0
        tops[known] = above[self.theme[known]]
        return tops


def discover(
    steps: Int16,
    *,
    fewest: int | None = None,
    levels: int = 2,
    progress: Progress = SILENT,
) -> Themes:
    """Themes of texts.

    The result depends on the order of the rows: give them in an order of their own, such as that of
    their hashes, once each.

    Args:
        steps: vectors of distinct texts in whole steps, each language's mean taken out, shape
            (n, d).
        fewest: texts of a theme, at least; the square root of n unless told, and 5.
        levels: 1 to 3; the third only inside themes of 5,000 texts.
        progress: told of texts.
    """
    if not 1 <= levels <= LEVELS:
        raise ValueError(f"levels: {levels}; from 1 to {LEVELS}")
    n = len(steps)
    least = fewest if fewest is not None else max(5, round(n**0.5))
    progress.step("themes", n)
    found = _parted(steps, least, SAMPLE, progress)
    stranger = stranger_of(steps, found.part)
    nowhere = found.near < stranger
    parts = np.where(nowhere, np.int32(-1), found.part)
    tree = _Tree(parts)
    for level in range(1, levels):
        for theme, members in tree.at(level - 1):
            if len(members) >= (max(2 * least, 2) if level == 1 else _DEEP):
                progress.step("themes within themes", len(members))
                inside = _parted(steps[members], least, WITHIN, progress)
                tree.grow(theme, members, inside.part)
    parent, level_of, theme_of = tree.numbered()
    return Themes(parent, level_of, theme_of, found.sure, found.near, stranger)


def _parted(all_steps: Int16, least: int, sample: int, progress: Progress) -> Placed:
    """Parts of the first ``sample`` texts, and of all others by those."""
    first = all_steps[:sample]
    # Of a part of all, the sample has its share.
    fewest = max(2, round(least * len(first) / max(len(all_steps), 1)))
    parts = parted(first, max(fewest, min(least, 5)), progress)
    if not len(first):
        nothing = np.zeros(0, dtype=np.float32)
        return Placed(parts, nothing, nothing)
    known = placed(first, first, parts, same=True)
    rest = placed(all_steps[sample:], first, known.part, progress=progress)
    return Placed(
        np.concatenate([known.part, rest.part]),
        np.concatenate([known.sure, rest.sure]),
        np.concatenate([known.near, rest.near]),
    )


def stranger_of(all_steps: Int16, parts: Int32) -> float:
    """The cosine that the five nearest of a text would have if all the others were of other themes:
    of so many strangers the third nearest. Below every cosine if there is one part alone. Pairs are
    drawn by a fixed rule, the same each time."""
    n = len(all_steps)
    if n < 2 or int(parts.max()) < 1:
        return -1.0
    near = np.full(_PAIRS, np.inf)
    _strangers(all_steps, parts, near)
    told = near[np.isfinite(near)] / (LENGTH * LENGTH)
    return float(np.quantile(told, 1.0 - min(_MIDDLE / min(n, SAMPLE), 1.0))) if len(told) else -1.0


@numba.njit(cache=True, nogil=True)
def _strangers(all_steps: Int16, parts: Int32, near: npt.NDArray[np.float64]) -> None:
    n, d = all_steps.shape
    state = np.uint64(1)
    for pair in range(len(near)):
        # Knuth's linear congruence (MMIX); the upper bits are the random ones.
        state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        one = np.int64((state >> np.uint64(33)) % np.uint64(n))
        state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        other = np.int64((state >> np.uint64(33)) % np.uint64(n))
        if parts[one] == parts[other]:
            continue
        total = 0.0
        for c in range(d):
            total += np.float64(all_steps[one, c]) * np.float64(all_steps[other, c])
        near[pair] = total


class _Tree:
    """Themes as they are found; numbered at the end."""

    def __init__(self, parts: Int32) -> None:
        self._members: list[npt.NDArray[np.int64]] = []
        self._parent: list[int] = []
        self._level: list[int] = []
        self._theme = np.full(len(parts), -1, dtype=np.int32)
        self._add(-1, 0, np.arange(len(parts)), parts)

    def at(self, level: int) -> list[tuple[int, npt.NDArray[np.int64]]]:
        return [
            (theme, self._members[theme])
            for theme in range(len(self._parent))
            if self._level[theme] == level
        ]

    def grow(self, theme: int, members: npt.NDArray[np.int64], parts: Int32) -> None:
        """Part a theme; one part is the theme itself."""
        if len(members) and int(parts.max()) > 0:
            self._add(theme, self._level[theme] + 1, members, parts)

    def _add(self, above: int, level: int, members: npt.NDArray[np.int64], parts: Int32) -> None:
        counts = np.bincount(parts[parts >= 0]) if len(parts) else np.zeros(0, np.int64)
        for part in np.argsort(-counts, kind="stable"):
            if counts[part]:
                mine = members[parts == part]
                self._theme[mine] = len(self._parent)
                self._parent.append(above)
                self._level.append(level)
                self._members.append(mine)

    def numbered(self) -> tuple[Int32, Int32, Int32]:
        return (
            np.array(self._parent, dtype=np.int32),
            np.array(self._level, dtype=np.int32),
            self._theme,
        )
