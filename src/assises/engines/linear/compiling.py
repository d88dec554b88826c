"""Loops in machine code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]

P = ParamSpec("P")
R = TypeVar("R")

WIDTH: Final = 4
"""Columns that a pass carries together: one register."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """A loop in machine code that lets other threads run; kept on disk between processes."""
    return cast("Callable[P, R]", numba.njit(cache=True, nogil=True)(function))
