"""How likely a label is, given what a classifier and a list of words say.

One logistic model for all labels (Platt 1999, "Probabilistic Outputs for Support Vector Machines"),
of the score of the label, of the scores of its rivals together, and of the words of it and of a
rival that were found; then what is said to be likely is compared with what was so once more (beta
calibration; Kull, Silva Filho and Flach 2017), since scores are not right at their ends. It is
fitted on texts that the scores were not learnt from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_SHARP: Final = 6.0
"""The greater, the more the strongest rival alone counts."""
_PRIOR: Final = 1e-3
_STEPS: Final = 50
_ENOUGH: Final = 1e-10
_LEAST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Chances:
    """What turns scores into chances; make it with :func:`fitted`."""

    first: Float64
    """Shape (6,)."""
    second: Float64
    """Shape (3,)."""

    def of(self, scores: Float64, words: Float64) -> Float64:
        """The chance of each label, shape (n, K), each between 0 and 1.

        Args:
            scores: of a classifier, shape (n, K).
            words: how many of each label's words were found, shape (n, K).
        """
        plain = _logistic(_evidence(scores, words), self.first)
        return _logistic(_ends(plain), self.second)


def fitted(scores: Float64, words: Float64, has: Bools) -> Chances:
    """Learn how scores and words become chances.

    Args:
        scores: of texts that were not learnt from, shape (n, K).
        words: how many of each label's words were found, shape (n, K).
        has: whether each text has each label, shape (n, K).
    """
    target = has.astype(np.float64).ravel()
    evidence = _evidence(scores, words)
    first = _regression(evidence, target)
    second = _regression(_ends(_logistic(evidence, first)), target)
    return Chances(first, second)


def threshold(chances: Float64, has: Bools, precision: float, fewest: int) -> float:
    """The least chance from which on labels are right as often as asked; 2 if there is none.

    It is never below the precision itself: what is surely right must not make up for what is less
    likely right than was promised.

    Args:
        chances: of texts that were not learnt from, shape (n, K).
        has: whether each has each label.
        precision: share of right ones among those from the threshold on.
        fewest: labels that must be there from the threshold on.
    """
    flat, right = chances.ravel(), has.ravel()
    order = np.argsort(-flat, kind="stable")
    ordered = flat[order]
    count = np.arange(1, len(order) + 1)
    share = np.cumsum(right[order]) / count
    last = np.append(ordered[1:] < ordered[:-1], True)[: len(order)]
    good = last & (share >= precision) & (count >= fewest) & (ordered >= precision)
    found = np.flatnonzero(good)
    return float(ordered[found[-1]]) if len(found) else 2.0


def _evidence(scores: Float64, words: Float64) -> Float64:
    """What each text says of each label, shape (n, K, 6)."""
    said = np.log1p(words)
    return np.stack(
        [scores, _rivals(scores), (words > 0).astype(np.float64), said, _other(said),
         np.ones_like(scores)],
        axis=2,
    )  # fmt: skip


def _rivals(scores: Float64) -> Float64:
    """Of each label the others together: their smooth maximum."""
    top = scores.max(axis=1, keepdims=True, initial=0.0)
    raised = np.exp(_SHARP * (scores - top))
    others = np.add.accumulate(raised, axis=1)[:, -1:] - raised
    return np.asarray(top + np.log(np.maximum(others, _LEAST)) / _SHARP)


def _other(values: Float64) -> Float64:
    """Of each label the greatest of the others, zero if it is alone."""
    if values.shape[1] < 2:
        return np.zeros_like(values)
    ordered = np.sort(values, axis=1)
    best, next_ = ordered[:, -1:], ordered[:, -2:-1]
    return np.where(values == best, next_, best)


def _ends(chance: Float64) -> Float64:
    inside = np.clip(chance, _LEAST, 1.0 - _LEAST)
    return np.stack([np.log(inside), -np.log1p(-inside), np.ones_like(inside)], axis=-1)


def _logistic(evidence: Float64, weights: Float64) -> Float64:
    said = np.zeros(evidence.shape[:-1])
    for at, weight in enumerate(weights):
        said += weight * evidence[..., at]
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(said, -700.0, 700.0))))


def _regression(evidence: Float64, target: Float64) -> Float64:
    """Logistic regression by Newton's method; each sum runs over the rows in their order."""
    columns = np.ascontiguousarray(evidence.reshape(-1, evidence.shape[-1]).T)
    size = len(columns)
    weights = np.zeros(size)
    for _ in range(_STEPS):
        chance = _logistic(columns.T, weights)
        spread = chance * (1.0 - chance)
        slope = np.array([np.add.reduce(one * (chance - target)) for one in columns])
        slope += _PRIOR * weights
        bend = _PRIOR * np.eye(size)
        for i in range(size):
            for j in range(i + 1):
                bend[i, j] += np.add.reduce(columns[i] * spread * columns[j])
                bend[j, i] = bend[i, j]
        step = np.linalg.solve(bend, slope)
        weights -= step
        if float(np.abs(step).max()) < _ENOUGH:
            break
    return weights
