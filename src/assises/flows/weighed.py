"""What would be said if people counted by the census: shares as answered, and weighted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import numpy as np

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion.inference import Shares, shares, tally
from assises.engines.weighting import (
    ABROAD,
    IS_ABROAD,
    NOT_SAID,
    UNCOUNTED,
    Frame,
    Weighting,
    weigh,
)
from assises.flows.declared import TOLD, Declared, Int64, rounded, without_few
from assises.lib.errors import InputError

CAP: Final = 5.0
"""Nobody speaks for more than five: beyond it one voice would be an opinion of a region."""
_LEVEL: Final = 0.95

Uncounted = Mapping[str, Collection[str]]


def weighed(
    matrix: VoteMatrix,
    declared: Mapping[str, Declared],
    frame: Frame,
    listed: Int64,
    uncounted: Uncounted | None = None,
) -> dict[str, Any] | None:
    """Shares as they were answered and as they would be, side by side.

    The frame is held to the variables that were asked, and of those after the first to the ones
    that half of those who are still inside have told: one that few told would leave few inside.

    Args:
        matrix: votes.
        declared: attributes of its participants, by name; those the frame does not have are not
            looked at.
        frame: the population.
        listed: statement indices that may be named.
        uncounted: for each variable what may be declared and the frame does not count.

    Returns:
        None where fewer than ten are inside. Else the variables (``by``), the source, who is inside
        and why others are not (see :func:`.without_few`), Kish's effective number of people, for
        each margin the share of the population of whom nobody spoke, the largest weight and by how
        much a share misses its target for it; and for each statement the share of agreement, low,
        high (95 %), plain and weighted: None where it cannot be said.

    Raises:
        InputError: where the frame has none of the attributes, for a value that is none of its
            categories, and what :func:`.weigh` refuses.
    """
    codes = {
        v: _codes(declared[v], frame.categories(v), (uncounted or {}).get(v, ()), v)
        for v in frame.variables
        if v in declared
    }
    kept = _told_by_half(codes)
    if not kept:
        raise InputError(
            "nothing that was declared is a variable of the frame",
            value=", ".join(sorted(declared)),
            next_step=f"Its variables are: {', '.join(frame.variables)}.",
        )
    if _inside([codes[v] for v in kept]).sum() < TOLD:
        return None
    found = weigh({v: codes[v] for v in kept}, _held_to(frame, kept), cap=CAP)
    return {
        **_how(found),
        "statements": _statements(matrix, found, listed),
    }


def _how(found: Weighting) -> dict[str, Any]:
    missing = found.weights.unrepresented_share
    trimming = found.weights.trimming
    return {
        "by": list(found.frame.variables),
        "source": found.frame.source,
        "counts": without_few({k.replace(" ", "_"): n for k, n in found.counts.items()}),
        "effective": rounded(found.weights.effective_n),
        "unrepresented": {m.name: rounded(missing[m.name]) for m in found.frame.margins},
        "cap": CAP,
        "missed": 0.0 if trimming is None else rounded(trimming.cost),
    }


def _statements(matrix: VoteMatrix, found: Weighting, listed: Int64) -> dict[str, Any]:
    everyone = np.zeros(len(matrix.participants), dtype=np.int64)
    plain = shares(tally(matrix, everyone, groups=1), _LEVEL)
    heavy = shares(tally(matrix, everyone, found.weight, groups=1), _LEVEL)
    # Equal weights have an interval from the first answer on; so few are not told all the same.
    few = heavy.effective[0] < TOLD
    return {
        str(matrix.statements[s]): {
            "plain": _share(plain, s),
            "weighted": None if few[s] else _share(heavy, s),
        }
        for s in listed.tolist()
    }


def _codes(
    declared: Declared, known: tuple[str, ...], uncounted: Collection[str], name: str
) -> Int64:
    """What was declared, in the numbers that :func:`.weigh` takes, shape (P,)."""
    code_of = dict.fromkeys(uncounted, UNCOUNTED)
    code_of |= {label: at for at, label in enumerate(known)}
    code_of[ABROAD] = IS_ABROAD
    codes = np.full(len(declared.values) + 1, NOT_SAID, dtype=np.int64)
    for at, value in enumerate(declared.values):
        if value in code_of:
            codes[at] = code_of[value]
        elif (declared.code == at).any():
            raise InputError(
                "the frame does not have this category",
                column=name,
                value=value,
                next_step=f"It has: {', '.join(known[:20])}.",
            )
    return np.asarray(codes[declared.code])


def _told_by_half(codes: Mapping[str, Int64]) -> list[str]:
    kept: list[str] = []
    for name in codes:
        before = _inside([codes[v] for v in kept]) if kept else None
        after = _inside([codes[v] for v in (*kept, name)])
        if before is None or 2 * int(after.sum()) >= int(before.sum()):
            kept.append(name)
    return kept


def _inside(codes: list[Int64]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(np.all([code >= 0 for code in codes], axis=0))


def _held_to(frame: Frame, variables: list[str]) -> Frame:
    """The frame on what is left of its margins, each once."""
    parts = [tuple(v for v in m.variables if v in variables) for m in frame.margins]
    return frame.on(*dict.fromkeys(part for part in parts if part))


def _share(found: Shares, at: int) -> list[float] | None:
    """Share of agreement and interval; None where it cannot be said."""
    parts = found.share[0, at, 0], found.low[0, at, 0], found.high[0, at, 0]
    return None if np.isnan(parts).any() else [rounded(part) for part in parts]
