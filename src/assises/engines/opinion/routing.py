"""Which statement to show next: informative, fair in exposure, and logged with its probability.

    place = locate(estimate, seen, values)
    choices = next_statements(estimate, seen, 5, key=b"consultation voice", step=20, at=place)

A statement is drawn from three lotteries: one that asks what tells most about the person, one that
asks where a statement's share is least known, and one in which every statement has the same chance.
Their parts are :class:`Mixture`; the last is a floor that nothing takes away. Everything is a pure
function of its arguments: the draw comes from a keyed hash of ``key`` and ``step``, and chances are
whole numbers, so that the probability that is logged is exactly the one that was used.

Those who like a statement may be likelier to be shown it. :func:`shares` undoes this with the
logged probabilities.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.matrix import Float64, Int64
from assises.lib.errors import InputError

_ONE: Final = 1 << 36
"""Tickets in a lottery: 2 ** 14 statements and more fit into 63 bits."""
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


@dataclass(frozen=True, slots=True)
class Mixture:
    """Parts of the three lotteries; what remains of 1 tells most about the person."""

    even: float = 0.25
    """Every statement alike: no statement has less than this over their number."""
    scarce: float = 0.25
    """Where the share is least known: new statements catch up."""
    temperature: float = 0.5
    """Chance goes with information ** (1 / temperature): small is greedy, large is even."""

    def __post_init__(self) -> None:
        parts = (self.even, self.scarce)
        if not (self.even > 0 and self.scarce >= 0 and sum(parts) <= 1 and self.temperature > 0):
            raise InputError(
                "a mixture has an even part above 0, parts that sum to at most 1, and a"
                " temperature above 0",
                value=(*parts, self.temperature),
                next_step="An even part of 0.25 is usual.",
            )


USUAL: Final = Mixture()


@dataclass(frozen=True, slots=True)
class Choices:
    """Statements to show, in order, n of them."""

    statements: Int64
    """Indices, shape (n,), distinct and unseen; fewer than asked for where no more are left."""
    probabilities: Float64
    """Of each at its draw, given those drawn before it and seen, shape (n,). To be logged."""
    steps: Int64
    """Number of each draw in the life of the person, from ``step``, shape (n,). To be logged."""


def next_statements(
    estimate: RoutingEstimate,
    seen: npt.ArrayLike,
    count: int,
    *,
    key: bytes,
    step: int = 0,
    at: Place | None = None,
    mixture: Mixture = USUAL,
) -> Choices:
    """Draw what a person is shown next, one after the other without replacement.

    Each draw is from the accepted statements that the person has not been shown, with chances in
    proportion to the mixture over those at the beginning of the call. About half a millisecond for
    2,000 statements.

    Args:
        estimate: what is known.
        seen: statement indices that the person has been shown, answered or not.
        count: how many are wanted.
        key: names the consultation and the voice; the same key and step draw the same number.
        step: how many the person has been shown before.
        at: where the person stands; by default anywhere (see :func:`locate`).
        mixture: of the three lotteries.

    Raises:
        InputError: for a negative count or step, or a statement that does not exist.
    """
    if count < 0 or step < 0:
        raise InputError(
            "counts and steps are not negative",
            value=(count, step),
            next_step="Count the draws of a person from 0.",
        )
    open_to = estimate.accepted.copy()
    open_to[_indices(seen, len(open_to))] = False
    left = np.flatnonzero(open_to)
    tickets = _tickets(estimate, left, at, mixture)
    chosen, chances = [], []
    for draw in range(min(count, len(left))):
        upto = np.cumsum(tickets)
        total = int(upto[-1])
        # Of 2 ** 64 numbers each ticket gets its share, to one part in 2 ** 13 of a ticket.
        number = _hashed(key, step + draw) * total >> 64
        winner = int(np.searchsorted(upto, number, side="right"))
        chosen.append(int(left[winner]))
        chances.append(int(tickets[winner]) / total)
        tickets[winner] = 0
    return Choices(
        statements=np.array(chosen, dtype=np.int64),
        probabilities=np.array(chances, dtype=np.float64),
        steps=np.arange(step, step + len(chosen), dtype=np.int64),
    )


def chances(
    estimate: RoutingEstimate,
    seen: npt.ArrayLike,
    *,
    at: Place | None = None,
    mixture: Mixture = USUAL,
) -> Float64:
    """Probability of each statement at the next draw, shape (S,); 0 for the seen and refused."""
    open_to = estimate.accepted.copy()
    open_to[_indices(seen, len(open_to))] = False
    left = np.flatnonzero(open_to)
    out = np.zeros(len(open_to))
    tickets = _tickets(estimate, left, at, mixture)
    out[left] = tickets / max(int(tickets.sum()), 1)
    return out


def locate(estimate: RoutingEstimate, seen: npt.ArrayLike, values: npt.ArrayLike) -> Place:
    """Where a person stands by their votes so far.

    Newton steps to the most likely position under the model and its normal prior, and the inverse
    of the information there (Laplace's approximation). Passes say nothing of the position.

    Args:
        estimate: what is known of the statements.
        seen: statement indices, shape (n,).
        values: votes -1, 0 or +1 on these, shape (n,).
    """
    at, vote = _indices(seen, len(estimate.counts)), np.asarray(values)
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


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of agreement by statement, as cast and corrected for who was shown what, shape (S,).

    NaN where nobody was shown the statement.
    """

    naive: Float64
    """Of those who were shown it."""
    corrected: Float64
    """Of everyone."""
    n: Int64
    """How many were shown it."""
    effective_n: Float64
    """Kish's (1965): (sum of weights) squared over the sum of their squares."""
    clipped: Int64
    """Weights that were cut down."""


def shares(
    statements: npt.ArrayLike,
    values: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    steps: npt.ArrayLike,
    draws: npt.ArrayLike,
    *,
    size: int,
    clip: float = 20.0,
) -> Shares:
    """Shares of agreement with what routing did undone, from its log.

    A person shown a statement at their draw j of K, with probability p, weighs (1 / p + K - 1 - j)
    / K. At each draw before, the statement could have been drawn and was not; at this one it stands
    for 1 / p; from then on the vote is known: the mean over the draws estimates the vote without
    bias, whatever the routing learnt meanwhile (Des Raj 1956), if the number of draws does not
    depend on the votes. Shares are ratios of weighted sums (Hajek 1971). Weights above ``clip``
    times the median of their statement are cut down to it: a little bias for much less variance.

    Args:
        statements: index of each statement shown and answered, shape (n,).
        values: the votes, -1, 0 or +1, shape (n,).
        probabilities: of :class:`Choices`, shape (n,).
        steps: of :class:`Choices`, from 0, shape (n,).
        draws: how many the person was shown in all, shape (n,).
        size: number of statements.
        clip: see above.

    Raises:
        InputError: for columns of unequal length, and for probabilities outside (0, 1] or steps
            outside the draws.
    """
    at, vote = _indices(statements, size), np.asarray(values)
    p, j, k = (np.asarray(x, dtype=np.float64) for x in (probabilities, steps, draws))
    if not at.shape == vote.shape == p.shape == j.shape == k.shape:
        raise InputError(
            "the columns of the log are of unequal length",
            value=[x.shape for x in (at, vote, p, j, k)],
            next_step="Give one row for each statement shown.",
        )
    if not ((p > 0) & (p <= 1) & (j >= 0) & (j < k)).all():
        raise InputError(
            "a probability is within (0, 1], and a step within the draws of its person",
            next_step="Give the log of routing as it was written.",
        )
    raw = inverse_probability(p, j, k)
    limit = clip * _medians(at, raw, size)[at]
    weight = np.minimum(raw, limit)
    n = np.bincount(at, minlength=size)
    sums = np.bincount(at, weights=weight, minlength=size)
    yes = np.bincount(at, weights=weight * (vote > 0), minlength=size)
    squares = np.bincount(at, weights=weight * weight, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Shares(
            naive=np.bincount(at, weights=(vote > 0).astype(np.float64), minlength=size) / n,
            corrected=yes / sums,
            n=n.astype(np.int64),
            effective_n=np.where(n > 0, sums * sums / np.where(n > 0, squares, 1.0), 0.0),
            clipped=np.bincount(at[raw > limit], minlength=size).astype(np.int64),
        )


def inverse_probability(probability: Float64, step: Float64, draws: Float64) -> Float64:
    """(1 / p + K - 1 - j) / K: weight of an answer; see :func:`shares`."""
    return np.asarray((1.0 / probability + draws - 1.0 - step) / draws)


def gini(exposures: npt.ArrayLike) -> float:
    """Gini coefficient (1912) of how often each statement was shown: 0 alike, 1 only one."""
    x = np.sort(np.asarray(exposures, dtype=np.float64))
    if not len(x) or x.sum() == 0:
        return 0.0
    order = np.arange(1, len(x) + 1)
    return float(((2 * order - len(x) - 1) * x).sum() / (len(x) * x.sum()))


def _tickets(estimate: RoutingEstimate, left: Int64, at: Place | None, mixture: Mixture) -> Int64:
    """Whole chances of the statements left, each at least its part of the even lottery."""
    if not len(left):
        return np.zeros(0, dtype=np.int64)
    person = _lottery(person_information(estimate, at)[left], mixture.temperature)
    scarce = _lottery(share_information(estimate)[left], mixture.temperature)
    telling = 1.0 - mixture.even - mixture.scarce
    if not person.any():
        # Nothing is known of opinions yet, or all of this person: what is left goes evenly.
        person = np.full(len(left), 1.0 / len(left))
    chance = telling * person + mixture.scarce * scarce + mixture.even / len(left)
    return np.maximum(np.ceil(chance * _ONE), 1).astype(np.int64)


def _lottery(information: Float64, temperature: float) -> Float64:
    most = information.max()
    if most <= 0:
        return np.zeros(len(information))
    power = (information / most) ** (1.0 / temperature)
    return np.asarray(power / power.sum())


def _hashed(key: bytes, step: int) -> int:
    """64 bits that depend on nothing else: BLAKE2b of the step, keyed by a digest of the key."""
    name = hashlib.blake2b(key, digest_size=32, person=b"routing").digest()
    digest = hashlib.blake2b(step.to_bytes(8, "big"), digest_size=8, key=name).digest()
    return int.from_bytes(digest, "big")


def _answered(estimate: RoutingEstimate) -> Float64:
    """Chance of an answer that is not a pass, one more of each."""
    counts = estimate.counts
    return np.asarray((counts[:, 0] + counts[:, 1] + 1.0) / (counts.sum(axis=1) + 2.0))


def _medians(at: Int64, weight: Float64, size: int) -> Float64:
    """Median weight by statement (the upper one of two); 0 where there is none."""
    order = np.lexsort((weight, at))
    n = np.bincount(at, minlength=size)
    middle = np.cumsum(n) - n + n // 2
    out = np.zeros(size)
    out[n > 0] = weight[order][middle[n > 0]]
    return out


def _logistic(x: Float64) -> Float64:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def _indices(values: npt.ArrayLike, size: int) -> Int64:
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
