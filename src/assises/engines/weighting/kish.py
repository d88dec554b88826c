"""What unequal weights cost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def effective_n(weights: npt.ArrayLike) -> float:
    """How many people of equal weight would know as much: (sum w)^2 / sum w^2 (Kish 1965).

    Args:
        weights: shape (P,); NaN and 0 do not count. In any order, to the last bit.
    """
    w = np.asarray(weights, dtype=np.float64)
    w = np.sort(w[w > 0.0])
    if not len(w):
        return 0.0
    w = w / w[-1]
    return min(float(w.sum()) ** 2 / float((w * w).sum()), float(len(w)))


def design_effect(weights: npt.ArrayLike) -> float:
    """People who count over :func:`effective_n`: 1 where all weigh the same; NaN without anyone.

    Args:
        weights: shape (P,); NaN and 0 do not count.
    """
    n = effective_n(weights)
    count = int((np.asarray(weights, dtype=np.float64) > 0.0).sum())
    return count / n if n else float("nan")
