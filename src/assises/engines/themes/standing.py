"""Where each contribution stands, from where its ideas do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assises.engines.themes.finding import Found
from assises.engines.themes.result import Float32, Ideas, Int32, Status, Why
from assises.engines.themes.units import Cut

Float64 = npt.NDArray[np.float64]


def ideas_of(parts: Cut, found: Found) -> Ideas:
    """The ideas, each with the theme of its unit."""
    return Ideas(
        parts.of,
        np.array([begin for begin, _ in parts.spans], dtype=np.int32),
        np.array([end for _, end in parts.spans], dtype=np.int32),
        found.theme[parts.unit],
        found.sure[parts.unit],
    )


def mains(parts: Cut, found: Found, ideas: Ideas) -> tuple[Int32, Float32]:
    """The theme of each contribution, and how surely: of a short one as a whole; of a long one, or
    where the whole fits nowhere, that of most of its ideas.

    Returns:
        theme, -1 for none, and share of its neighbourhood there; shape (n,) each.
    """
    main, sure = _of_most(len(parts.whole), ideas)
    whole = np.flatnonzero(parts.whole >= 0)
    whole = whole[found.theme[parts.whole[whole]] >= 0]
    main[whole] = found.theme[parts.whole[whole]]
    sure[whole] = found.sure[parts.whole[whole]]
    return main, sure


def _of_most(count: int, ideas: Ideas) -> tuple[Int32, Float32]:
    """The theme of most of the length of each, of equals the first, and the share of the length
    that neighbours place there."""
    length = (ideas.end - ideas.begin).astype(np.int64)
    whole = np.bincount(ideas.of, weights=length, minlength=count)
    theme = ideas.theme
    told = np.flatnonzero(theme >= 0)
    main = np.full(count, -1, dtype=np.int32)
    sure = np.zeros(count)
    if not len(told):
        return main, sure.astype(np.float32)
    most = int(theme.max()) + 1
    pairs, place = np.unique(
        ideas.of[told].astype(np.int64) * most + theme[told], return_inverse=True
    )
    size = np.bincount(place, weights=length[told])
    surely = np.bincount(place, weights=length[told] * ideas.sure[told].astype(np.float64))
    # The largest last, and of equals the one with the lowest number.
    order = np.lexsort((-(pairs % most), size, pairs // most))
    of = pairs[order] // most
    last = order[np.append(of[1:] != of[:-1], True)]
    at = pairs[last] // most
    main[at] = pairs[last] % most
    sure[at] = surely[last] / np.maximum(whole[at], 1)
    return main, sure.astype(np.float32)


def central_of(parts: Cut, found: Found, main: Int32) -> Float64:
    """How near each contribution is to the middle of its theme at the top: of a long one, its
    longest idea there; shape (n,)."""
    count, top = len(main), found.at(0)
    unit = parts.unit
    mine = np.flatnonzero((found.theme[unit] >= 0) & (main[parts.of] >= 0))
    mine = mine[top[found.theme[unit[mine]]] == top[main[parts.of[mine]]]]
    length = np.array([end - begin for begin, end in parts.spans], dtype=np.int64)[mine]
    order = np.lexsort((-mine, length, parts.of[mine]))
    central = np.zeros(count)
    # Written in this order, the longest of each contribution stands in the end.
    central[parts.of[mine[order]]] = found.central[unit[mine[order]]]
    whole = parts.whole >= 0
    central[whole] = found.central[parts.whole[whole]]
    return central


def statuses(parts: Cut, found: Found, main: Int32) -> tuple[tuple[Status, ...], tuple[Why, ...]]:
    """Where each contribution stands, and of what could not be read why."""
    count = len(main)
    why = [Why.EMPTY] * count
    for at in range(len(parts.of) - 1, -1, -1):
        contribution, reason = int(parts.of[at]), found.why[parts.unit[at]]
        # One idea that could be read is enough; else the first says why not.
        if why[contribution] is not Why.READ:
            why[contribution] = reason
    status = [
        Status.CLASSIFIED
        if main[at] >= 0
        else Status.UNCLASSIFIED
        if why[at] is Why.READ
        else Status.UNDECIDABLE
        for at in range(count)
    ]
    return tuple(status), tuple(why)
