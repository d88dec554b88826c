"""Who is called what: a group keeps its letter and its colour, and the map its axes.

The engine names groups by their size and turns the map by its own rule, so that the same votes give
the same bundle whatever came before. People who come back would then find their group under another
letter after one vote. What is shown is therefore carried over from what was shown before; the
bundle's own letter stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.matching import matched
from assises.flows.tables import letter
from assises.look.charts import HUES

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_LETTERED: Final = ("letter", "our_groups")
"""Keys of ``results.json`` under which letters of groups stand."""
# As it is, mirrored, upside down, both; then the same with the axes exchanged.
_TURNS: Final = tuple(
    np.array([[x, 0], [0, y]], dtype=np.float64) @ swap
    for swap in (np.eye(2), np.eye(2)[::-1])
    for x, y in ((1, 1), (-1, 1), (1, -1), (-1, -1))
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where voices stand: positions of shape (n, 2), the group of each or -1, shape (n,)."""

    voices: Sequence[UUID]
    points: Float64
    group: Int64


@dataclass(frozen=True, slots=True)
class Names:
    """Letter and hue of each group; ``used`` letters have been given out so far."""

    letters: Sequence[str] = ()
    hues: Sequence[int] = ()
    used: int = 0


def carried(before: Standing, names: Names, now: Standing, groups: int) -> Names:
    """The names of ``groups`` groups: those of before where their voices are, new ones elsewhere.

    Of all ways to hand the letters on, the one by which most voices keep theirs. A letter is kept
    only where most of its old group stand together, or most of the new group come from it; one that
    is not kept is never given to another group.
    """
    shared = _overlap(before, names, now, groups)
    letters: list[str | None] = [None] * groups
    hues: list[int | None] = [None] * groups
    for old, new in _kept(shared):
        letters[new], hues[new] = names.letters[old], names.hues[old]
    used = names.used
    for new in range(groups):
        if letters[new] is None:
            free = [h for h in range(HUES) if h not in hues]
            letters[new] = letter(used)
            hues[new] = used % HUES if used % HUES in free or not free else free[0]
            used += 1
    return Names([str(x) for x in letters], [int(h or 0) for h in hues], used)


def turn(before: Standing, now: Standing) -> Float64:
    """Of the eight ways to lay the map down, shape (2, 2), the one that moves people least."""
    old, new = _both(before, now)
    # The distances squared are least where this is most; of equals the map stays as it is.
    lying = before.points[old].T @ now.points[new]
    return max(_TURNS, key=lambda way: float((way * lying).sum()))


def renamed(part: Any, letters: dict[str, str]) -> Any:
    """A part of ``results.json`` with the letters that are shown in place of the bundle's."""
    if isinstance(part, dict):
        return {
            key: _in_letters(value, letters) if key in _LETTERED else renamed(value, letters)
            for key, value in part.items()
        }
    return [renamed(one, letters) for one in part] if isinstance(part, list) else part


def _in_letters(value: Any, letters: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_in_letters(one, letters) for one in value]
    return letters.get(value, value)


def _both(before: Standing, now: Standing) -> tuple[Int64, Int64]:
    """Rows, before and now, of the voices that stand in both."""
    rows = {voice: row for row, voice in enumerate(before.voices)}
    pairs = [(rows[voice], row) for row, voice in enumerate(now.voices) if voice in rows]
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _overlap(before: Standing, names: Names, now: Standing, groups: int) -> Int64:
    """How many voices went from each group to each, shape (before, now)."""
    old, new = _both(before, now)
    shared = np.zeros((len(names.letters), groups), dtype=np.int64)
    grouped = (before.group[old] >= 0) & (now.group[new] >= 0)
    np.add.at(shared, (before.group[old][grouped], now.group[new][grouped]), 1)
    return shared


def _kept(shared: Int64) -> list[tuple[int, int]]:
    """Which old group goes on as which new one, by the most voices in all."""
    most = (2 * shared > shared.sum(axis=1, keepdims=True)) | (
        2 * shared > shared.sum(axis=0, keepdims=True)
    )
    worth = np.where(most, shared, 0)
    to = matched(worth).tolist()
    return [(old, new) for old, new in enumerate(to) if new >= 0 and worth[old, new]]
