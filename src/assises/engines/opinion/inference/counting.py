"""Answers by group and statement, with the weights behind them, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.kernels import Float64, Int64
from assises.engines.opinion.matrix import Votes
from assises.lib.errors import InputError

SIDES: Final = ("agree", "disagree", "pass")
AGREE: Final = 0
DISAGREE: Final = 1
COUNT, W, W2, W3 = range(4)
"""Places in :attr:`Tally.moments`: people, and the sums of their weight, its square, its cube."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers by group and statement, with the moments of the weights behind them.

    Sums are of integers: the weight of a person, its square and its cube are rounded once to a step
    of ``scale``, as shares of the largest weight. Any order, threads and shards give the same.
    """

    moments: Int64
    """Shape (G, S, 3, 4): for each group, statement and answer (agree, disagree, pass) the number
    of people and the sums of their w, w^2 and w^3 in steps of ``scale``, w at most 1."""
    mass: Float64
    """Weight of the people of each group, whether they saw the statement or not, shape (G, S)."""
    scale: float
    """Steps in the largest weight; 1 where nobody is weighted."""

    def __add__(self, other: Tally) -> Tally:
        """Both together: shards of the same people under the same weights.

        Raises:
            InputError: where the weights were rounded to different steps.
        """
        if self.scale != other.scale:
            raise InputError(
                "the two tallies were weighted to different steps",
                value=(self.scale, other.scale),
                next_step="Give both the same scale.",
            )
        return Tally(self.moments + other.moments, self.mass + other.mass, self.scale)

    @property
    def counts(self) -> Int64:
        """People who agreed, disagreed and passed, unweighted, shape (G, S, 3)."""
        return self.moments[..., COUNT]

    @property
    def seen(self) -> Int64:
        """People who answered, unweighted, shape (G, S)."""
        return np.asarray(self.counts.sum(axis=-1))

    @property
    def rest(self) -> Tally:
        """Everyone but each group: the other labelled people, same shape."""
        total, mass = self.moments.sum(axis=0), self.mass.sum(axis=0)
        return Tally(total - self.moments, mass - self.mass, self.scale)

    @property
    def total(self) -> Tally:
        """All labelled people as one group, shape (1, S, 3, 4)."""
        return Tally(
            self.moments.sum(axis=0, keepdims=True),
            self.mass.sum(axis=0, keepdims=True),
            self.scale,
        )

    @classmethod
    def of_counts(cls, counts: npt.ArrayLike, sizes: npt.ArrayLike | None = None) -> Tally:
        """From published counts, everyone weighing the same.

        Args:
            counts: agreements, disagreements, passes, shape (G, S, 3), whole numbers.
            sizes: people of each group, shape (G,); by default those who saw each statement.
        """
        n = np.asarray(counts)
        if (
            n.ndim != 3
            or n.shape[2] != 3
            or not np.issubdtype(n.dtype, np.integer)
            or (n < 0).any()
        ):
            raise InputError(
                "counts are whole numbers of people by group, statement and answer",
                value=f"{n.dtype} of shape {n.shape}",
                next_step="Give agreements, disagreements, passes, shape (groups, statements, 3).",
            )
        moments = np.repeat(n.astype(np.int64)[..., None], 4, axis=3)
        by_statement = n.sum(axis=-1) if sizes is None else np.asarray(sizes)[:, None]
        mass = np.broadcast_to(by_statement, n.shape[:2]).astype(np.float64)
        return cls(moments, mass, 1.0)


def tally(
    votes: Votes,
    label: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    groups: int | None = None,
    scale: float | None = None,
    heaviest: float | None = None,
    threads: int | None = None,
) -> Tally:
    """Count the answers of each group, weighted or not.

    Args:
        votes: last votes.
        label: group of each participant, shape (P,): whole numbers from 0; -1 for those of none.
        weights: of each participant, shape (P,), any unit; 0 or NaN leaves a person out (outside
            the frame of a census).
        groups: how many there are, G; by default one more than the largest label.
        scale: steps in the heaviest weight; by default as many as this number of people can never
            overflow. Shards that are to be added up give the scale of the whole.
        heaviest: the largest weight of all shards; by default of these people.
        threads: how many at most; the sums are exact whatever their number.

    Raises:
        InputError: for labels or weights of another shape, labels below -1, negative or infinite
            weights, and if nobody has a label.
    """
    rows, columns = len(votes.participants), len(votes.statements)
    people = labels_of(label, rows)
    q, unit = _quantised(weights, rows, scale, heaviest)
    people = np.where(q[:, 0] > 0, people, -1)
    count = int(people.max(initial=-1)) + 1 if groups is None else groups
    if count < 1 or people.max(initial=-1) >= count:
        raise InputError(
            "there is nobody in the groups" if count < 1 else "a label is beyond the groups",
            column="label",
            value=int(people.max(initial=-1)),
            next_step="Number the groups from 0; -1 is for those of none.",
        )

    sums = votes.moments(people, q, count, threads=threads)
    inside = people >= 0
    mass = np.zeros(count, dtype=np.int64)
    np.add.at(mass, people[inside], q[inside, 0])
    # The code of a vote is 0, 1, 2 for disagree, pass, agree.
    return Tally(
        moments=np.ascontiguousarray(sums[:, :, [2, 0, 1]]),
        mass=np.repeat((mass / unit)[:, None], columns, axis=1),
        scale=unit,
    )


def _quantised(
    weights: npt.ArrayLike | None, people: int, scale: float | None, heaviest: float | None
) -> tuple[Int64, float]:
    """w, w^2, w^3 of each person in whole steps, shape (P, 3), w at most 1; and steps in 1."""
    if weights is None:
        return np.ones((people, 3), dtype=np.int64), 1.0
    w = np.nan_to_num(np.asarray(weights, dtype=np.float64), nan=0.0, posinf=-1.0, neginf=-1.0)
    if w.shape != (people,) or (w < 0.0).any() or not w.any():
        raise InputError(
            "weights are finite and not negative, one for each participant, and not all zero",
            column="weights",
            value=f"shape {w.shape}, smallest {w.min(initial=0.0)}",
            next_step="Give one weight for each participant; 0 or NaN for those who do not count.",
        )
    unit = 2.0 ** min(52, 62 - max(1, people).bit_length()) if scale is None else scale
    u = w / (w.max() if heaviest is None else heaviest)
    q = np.rint(np.stack([u, u * u, u * u * u], axis=1) * unit).astype(np.int64)
    # Someone who weighs next to nothing still counts as a person.
    return np.maximum(q, (w > 0.0)[:, None]), unit


def labels_of(label: npt.ArrayLike, people: int) -> Int64:
    """Labels as they were given, or an InputError: from -1, one for each participant."""
    given = np.asarray(label)
    whole = np.issubdtype(given.dtype, np.integer)
    if given.shape != (people,) or not whole or given.min(initial=0) < -1:
        raise InputError(
            "labels are whole numbers from -1, one for each participant",
            column="label",
            value=f"{given.dtype} of shape {given.shape} for {people}",
            next_step="Number the groups from 0; -1 is for those of none.",
        )
    return given.astype(np.int64)
