"""What people declared of themselves, beside their votes; and of how few nothing is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]

TOLD: Final = 10
"""People below whom nothing is told, nor what would be left beside something that is."""
DIGITS: Final = 3
"""Decimals of a figure that rests on what people declared. More would say nothing to anyone, and
who holds the votes one by one could solve the figures of many statements for who declared what."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One attribute of the people of a matrix of votes."""

    values: tuple[str, ...]
    """What may be declared, each once."""
    code: Int64
    """The place in ``values`` of what each participant declared, shape (P,); -1 for nothing."""


def rounded(value: float) -> float:
    """A figure as it is told, without a minus before zero."""
    return round(float(value), DIGITS) + 0.0


def without_few(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Counts that add up to a number that is known, as they may be told.

    Args:
        counts: ``inside`` and the others, who stand outside for different reasons.

    Returns:
        None for each that is not told: the others where one of them is few, and ``inside`` too
        where the others together are. Not the small one alone: the rest would give it away.
    """
    others = {name: n for name, n in counts.items() if name != "inside"}
    few = any(0 < n < TOLD for n in others.values())
    all_few = 0 < sum(others.values()) < TOLD
    told: dict[str, int | None] = {"inside": None if all_few else counts["inside"]}
    return told | {name: None if few or all_few else n for name, n in others.items()}
