"""What would change without each college, each channel, each value of anything people declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion.sensitivity import Sensitivity, leave_out_counts, without_counts
from assises.flows.declared import TOLD, Declared, Int64

Mask = npt.NDArray[np.bool_]
Key = tuple[str, str]
"""An attribute and a value of it; the empty value is of those whom nobody vouches for."""

ASSURANCE = "assurance"
UNASSURED = frozenset({"none", "no", "0"})
"""What says, of assurance, that nobody vouches for the person; so does an empty cell."""


def hanging(
    matrix: VoteMatrix, group: Int64, listed: Int64, declared: Mapping[str, Declared]
) -> list[dict[str, Any]]:
    """The headline results that hang on each value of each attribute; nothing is left out.

    Headlines are the ones that counts decide (see :func:`.count_headlines`), over everyone
    (``majority``) and over the opinion groups as they are (``agreed``, ``rejected``, ``division``):
    groups are not formed anew. Whoever has no ``assurance`` is one set.

    Left out are sets of fewer than ten, and those that leave fewer than ten; of a statement nothing
    is said that fewer than ten of a set, or of the others, have answered.

    Args:
        matrix: votes.
        group: opinion group of each participant, -1 for none, shape (P,).
        listed: statement indices that may be named.
        declared: attributes of its participants, by name.

    Returns:
        for each set, by attribute and value: ``attribute``, ``value`` and ``changes``, statements
        by headline.
    """
    sets = _sets(declared, len(matrix.participants))
    named = {f"{attribute}\0{value}": out for (attribute, value), out in sets.items()}
    everyone = np.zeros(len(matrix.participants), dtype=np.int64)
    full, left = leave_out_counts(matrix, everyone, named)
    overall = without_counts(matrix, everyone, named, listed=listed)
    several = int(group.max(initial=-1)) > 0
    groups = without_counts(matrix, group, named, listed=listed) if several else None
    found = []
    for (attribute, value), name in zip(sets, named, strict=True):
        rest = left[name].sum(axis=(0, 2))
        gone = full.sum(axis=(0, 2)) - rest
        enough = (gone >= TOLD) & (rest >= TOLD)
        told = set(matrix.statements[enough].tolist())
        found.append(
            {
                "attribute": attribute,
                "value": value,
                "changes": {
                    "majority": _flipped(overall, name, ("agreed", "rejected"), told),
                    **{
                        kind: [] if groups is None else _flipped(groups, name, (kind,), told)
                        for kind in ("agreed", "rejected", "division")
                    },
                },
            }
        )
    return found


def _sets(declared: Mapping[str, Declared], people: int) -> dict[Key, Mask]:
    """Everyone of each value, and those of no assurance, where they and the others are enough."""
    sets: dict[Key, Mask] = {}
    for name in sorted(declared):
        one = declared[name]
        for at in sorted(range(len(one.values)), key=one.values.__getitem__):
            if name != ASSURANCE or not _is_none(one.values[at]):
                sets[name, one.values[at]] = one.code == at
        if name == ASSURANCE:
            none = [at for at, value in enumerate(one.values) if _is_none(value)]
            sets[name, ""] = np.isin(one.code, [-1, *none])
    return {
        key: out
        for key, out in sets.items()
        if int(out.sum()) >= TOLD and people - int(out.sum()) >= TOLD
    }


def _is_none(value: str) -> bool:
    return value.casefold() in UNASSURED


def _flipped(table: Sensitivity, name: str, kinds: tuple[str, ...], told: set[int]) -> list[int]:
    """Statements of which another thing would be said, ascending."""
    parts = [flip.partition(":") for flip in table.flipped(name)]
    return sorted({int(number) for kind, _, number in parts if kind in kinds} & told)
