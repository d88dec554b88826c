"""Three lotteries in one: what tells most of the person, what is least known, and all alike."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.matrix import Float64, Int64
from assises.engines.opinion.routing.estimate import (
    Place,
    RoutingEstimate,
    indices,
    person_information,
    share_information,
)
from assises.lib.errors import InputError

_ONE: Final = 1 << 36
"""Tickets in a lottery: 2 ** 14 statements and more fit into 63 bits."""


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
    open_to[indices(seen, len(open_to))] = False
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
    open_to[indices(seen, len(open_to))] = False
    left = np.flatnonzero(open_to)
    out = np.zeros(len(open_to))
    tickets = _tickets(estimate, left, at, mixture)
    out[left] = tickets / max(int(tickets.sum()), 1)
    return out


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
