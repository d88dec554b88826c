"""What those agree on who are different by their own word: across colleges, regions, languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion.evidence import evidence
from assises.engines.opinion.inference import Guarantee
from assises.flows.declared import TOLD, Declared, Int64, rounded

MAJORITY: Final = 0.5


def across(
    matrix: VoteMatrix, declared: Mapping[str, Declared], listed: Int64
) -> dict[str, dict[str, Any]]:
    """Statements that more than half of those of every value of an attribute answer alike.

    Of each statement those values count of whom ten have answered it, where there are two at least.
    Bounds are the one-sided ones at 95 % of the one that is most reluctant; they hold for all of
    these at once, whatever their number (see :func:`.guarantee`).

    Args:
        matrix: votes.
        declared: attributes of its participants, by name.
        listed: statement indices that may be named.

    Returns:
        for each attribute of which ten voted of two values at least: ``counted`` values, and for
        ``agree`` and ``disagree`` the statements, their bounds and of how many, the surest first.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(declared):
        one = declared[name]
        kept = counted(one)
        if len(kept) < 2:
            continue
        number = np.full(len(one.values) + 1, -1, dtype=np.int64)
        number[kept] = np.arange(len(kept))
        # Whoever declared nothing is -1, and the last of the numbers too.
        told = evidence(matrix, number[one.code], groups=len(kept))
        found[name] = {
            "counted": [one.values[k] for k in kept.tolist()],
            "agree": _above(matrix, listed, told.agreed),
            "disagree": _above(matrix, listed, told.rejected),
        }
    return found


def counted(declared: Declared) -> Int64:
    """The values that enough of those who voted declared, ascending."""
    size = np.bincount(declared.code[declared.code >= 0], minlength=len(declared.values))
    return np.flatnonzero(size >= TOLD)


def _above(matrix: VoteMatrix, listed: Int64, told: Guarantee) -> list[dict[str, Any]]:
    heard = ~told.unheard
    bound = np.where(heard, told.bounds, np.inf).min(axis=0)
    of = heard.sum(axis=0)
    above = [s for s in listed.tolist() if of[s] > 1 and bound[s] > MAJORITY]
    ordered = sorted(above, key=lambda s: (-rounded(bound[s]), s))
    return [
        {
            "statement": int(matrix.statements[s]),
            "bound": rounded(bound[s]),
            "of": int(of[s]),
        }
        for s in ordered
    ]
