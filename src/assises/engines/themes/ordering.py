"""What was found of contributions in one order, told in another.

Of texts that are the same, one is shown and one is quoted: the first. So that the order in which
they were given decides nothing, they are read in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from assises.engines.themes.copies.families import Families
from assises.engines.themes.result import Ideas, Languages, Theme, ThemeMap

Int64 = npt.NDArray[np.int64]
T = TypeVar("T")


def by_id(ids: Sequence[str]) -> Int64:
    """Places of ids in their own order, shape (n,)."""
    return np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)


def taken(values: Sequence[T], order: Int64) -> list[T]:
    """Values in another order."""
    return [values[at] for at in order.tolist()]


def as_given(found: ThemeMap, order: Int64) -> ThemeMap:
    """What was found, in the order that the contributions were given in.

    Args:
        found: of contributions that were put in order.
        order: the place in which each of them was given, shape (n,).
    """
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return replace(
        found,
        ids=tuple(taken(found.ids, back)),
        languages=Languages(
            tuple(taken(found.languages.tags, back)),
            found.languages.declared[back],
            found.languages.mixed[back],
        ),
        status=tuple(taken(found.status, back)),
        why=tuple(taken(found.why, back)),
        theme=found.theme[back],
        sure=found.sure[back],
        families=_families(found.families, order, back),
        ideas=_ideas(found.ideas, order),
        themes=tuple(_theme(one, order) for one in found.themes),
    )


def _families(found: Families, order: Int64, back: Int64) -> Families:
    return replace(
        found,
        family=found.family[back],
        kind=found.kind[back],
        likeness=found.likeness[back],
        shown=order[found.shown].astype(found.shown.dtype),
        different=order[found.different].astype(found.different.dtype),
    )


def _ideas(found: Ideas, order: Int64) -> Ideas:
    of = order[found.of].astype(np.int32)
    at = np.argsort(of, kind="stable")
    return Ideas(of[at], found.begin[at], found.end[at], found.theme[at], found.sure[at])


def _theme(found: Theme, order: Int64) -> Theme:
    names = tuple(
        one if one.quote is None else replace(one, quote=int(order[one.quote]))
        for one in found.names
    )
    return replace(found, names=names, quotes=tuple(int(order[one]) for one in found.quotes))
