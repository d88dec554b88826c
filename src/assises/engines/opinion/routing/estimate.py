"""What is known of statements and of a person, and what one more answer would tell of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.matrix import Float64, Int64
from assises.lib.errors import InputError

_ROUNDS: Final = 6


@dataclass(frozen=True, slots=True)
class RoutingEstimate:
    """What is known of S statements, and of people in general along D axes.

    The model is P(agree | no pass) = logistic(intercept + loadings . position), positions being
    spread as a normal with covariance ``spread``. With D = 0 there is no estimate of opinions yet.
    """

    counts: Int64
    """Agreements, disagreements, passes, shape (S, 3); zeros at first."""
    accepted: npt.NDArray[np.bool_]
    """Which may be shown, shape (S,)."""
    intercept: Float64
    """Log-odds of agreeing in the middle, shape (S,)."""
    loadings: Float64
    """Shape (S, D)."""
    spread: Float64
    """Covariance of positions, shape (D, D)."""

    @classmethod
    def cold(cls, counts: Int64, accepted: npt.NDArray[np.bool_] | None = None) -> RoutingEstimate:
        """Before any estimate of opinions: only the counts, shape (S, 3), are known."""
        size = len(counts)
        return cls(
            counts=counts,
            accepted=np.ones(size, dtype=np.bool_) if accepted is None else accepted,
            intercept=np.zeros(size),
            loadings=np.zeros((size, 0)),
            spread=np.zeros((0, 0)),
        )

    @classmethod
    def of_factors(
        cls,
        counts: Int64,
        intercept: Float64,
        loadings: Float64,
        bent: float,
        accepted: npt.NDArray[np.bool_] | None = None,
    ) -> RoutingEstimate:
        """From a latent-factor model in which people also have a bent to agree.

        The bent is one more axis, the first, on which every statement loads 1.

        Args:
            counts: shape (S, 3).
            intercept: of the statements, shape (S,).
            loadings: on axes of unit variance, shape (S, D - 1).
            bent: variance of the bent over people, above 0.
            accepted: which may be shown, shape (S,); by default all.
        """
        size, axes = loadings.shape
        return cls(
            counts=counts,
            accepted=np.ones(size, dtype=np.bool_) if accepted is None else accepted,
            intercept=intercept,
            loadings=np.column_stack([np.ones(size), loadings]),
            spread=np.diag([bent, *[1.0] * axes]),
        )

    def __post_init__(self) -> None:
        size, axes = len(self.counts), self.loadings.shape[-1]
        wanted = ((size, 3), (size,), (size,), (size, axes), (axes, axes))
        arrays = (self.counts, self.accepted, self.intercept, self.loadings, self.spread)
        if tuple(a.shape for a in arrays) != wanted:
            raise InputError(
                "an estimate has a row for each statement and a column for each axis",
                value=[a.shape for a in arrays],
                next_step="Give (S, 3) counts, (S,) flags and intercepts, (S, D) and (D, D).",
            )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person stands as far as is known: a normal over the axes."""

    position: Float64
    """Shape (D,)."""
    covariance: Float64
    """Shape (D, D)."""


def locate(estimate: RoutingEstimate, seen: npt.ArrayLike, values: npt.ArrayLike) -> Place:
    """Where a person stands by their votes so far.

    Newton steps to the most likely position under the model and its normal prior, and the inverse
    of the information there (Laplace's approximation). Passes say nothing of the position.

    Args:
        estimate: what is known of the statements.
        seen: statement indices, shape (n,).
        values: votes -1, 0 or +1 on these, shape (n,).
    """
    at, vote = indices(seen, len(estimate.counts)), np.asarray(values)
    if vote.shape != at.shape or not np.isin(vote, (-1, 0, 1)).all():
        raise InputError(
            "there is one vote of -1, 0 or 1 for each statement seen",
            value=vote.tolist(),
            next_step="Leave out statements without an answer.",
        )
    axes = estimate.loadings.shape[1]
    position = np.zeros(axes)
    if axes == 0:
        return Place(position, estimate.spread)
    at, yes = at[vote != 0], vote[vote != 0] > 0
    load, base = estimate.loadings[at], estimate.intercept[at]
    prior = np.linalg.inv(estimate.spread)
    curve = prior
    for _ in range(_ROUNDS):
        p = _logistic(base + (load * position).sum(axis=1))
        slope = ((yes - p)[:, None] * load).sum(axis=0) - prior @ position
        curve = np.einsum("s,sa,sb->ab", p * (1 - p), load, load) + prior
        position = position + np.clip(np.linalg.solve(curve, slope), -2.0, 2.0)
    return Place(position, np.linalg.inv(curve))


def person_information(estimate: RoutingEstimate, at: Place | None = None) -> Float64:
    """What an answer is expected to tell of the person, in nats, shape (S,).

    (1 - r) 1/2 log(1 + p (1 - p) l' C l): the log-determinant by which a vote shrinks the
    covariance C of a position, by the Fisher information p (1 - p) l l' of a logistic item (Segall
    1996), times the chance 1 - r that it is not a pass.
    """
    place = Place(np.zeros(len(estimate.spread)), estimate.spread) if at is None else at
    if place.position.shape != estimate.loadings.shape[1:]:
        raise InputError(
            "the person stands on other axes than the statements",
            value=place.position.shape,
            next_step="Locate the person with this estimate.",
        )
    if not len(place.position):
        return np.zeros(len(estimate.counts))
    load = estimate.loadings
    p = _logistic(estimate.intercept + (load * place.position).sum(axis=1))
    spread = np.einsum("sa,ab,sb->s", load, place.covariance, load)
    return np.asarray(_answered(estimate) * 0.5 * np.log1p(p * (1 - p) * np.maximum(spread, 0.0)))


def share_information(estimate: RoutingEstimate) -> Float64:
    """By how much an answer is expected to shrink the variance of the share, shape (S,).

    Of Beta(1 + agreements, 1 + others), whose variance is v: v / (a + b + 1).
    """
    a = estimate.counts[:, 0] + 1.0
    b = estimate.counts[:, 1] + estimate.counts[:, 2] + 1.0
    n = a + b
    return np.asarray(a * b / (n * n * (n + 1.0)) / (n + 1.0))


def _answered(estimate: RoutingEstimate) -> Float64:
    """Chance of an answer that is not a pass, one more of each."""
    counts = estimate.counts
    return np.asarray((counts[:, 0] + counts[:, 1] + 1.0) / (counts.sum(axis=1) + 2.0))


def _logistic(x: Float64) -> Float64:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def indices(values: npt.ArrayLike, size: int) -> Int64:
    """Statement indices as an array, or an InputError if one is not below ``size``."""
    at = np.atleast_1d(np.asarray(values))
    if at.size == 0:
        return np.zeros(0, dtype=np.int64)
    if at.ndim != 1 or not np.issubdtype(at.dtype, np.integer) or at.min() < 0 or at.max() >= size:
        raise InputError(
            "a statement is given by its index",
            value=at.ravel()[:5].tolist(),
            next_step=f"Give whole numbers from 0 to {size - 1}.",
        )
    return at.astype(np.int64)
