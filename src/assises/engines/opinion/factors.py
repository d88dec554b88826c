"""A latent-factor model of votes: where people stand, what statements tell apart, what bridges.

    P(person i agrees with statement j) = logistic(a_i + b_j + theta_i . lambda_j)

a_i is how readily a person agrees with anything, theta_i the ideal point, lambda_j the
discrimination of a statement, b_j its intercept: the log-odds that someone in the middle of all
opinions agrees, which is the bridging score of Community Notes (Wojcik et al. 2022): agreement that
the factors do not explain. It is the multidimensional two-parameter item response model (Reckase
2009) with a person intercept. Passes say nothing of agreement here and are left out, and so is
what nobody saw.

Fitted by variational Bayes with the bound of Jaakkola and Jordan (2000): normal posteriors of
persons and statements in turn, each in closed form. After each turn the factors are brought back to
mean zero, unit covariance and no correlation with the intercept, which changes no log-odds and
spares many turns (parameter expansion; Qi and Jaakkola 2006), and turned to principal axes. The
prior of the statements is estimated with them, but no dimension is let shrink below a fixed spread:
variational estimates of such variances go to zero too readily (Nakajima and Sugiyama 2011), and
votes held out are foretold better with the floor (`./run bench heldout`).

The start is made of counts of the votes. There is no chance in it, sums over people are whole
numbers, and the same votes give the same bytes in any order of people and on any number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.engines.linear.eigen import inner
from assises.engines.opinion import factor_kernels as kernels
from assises.engines.opinion.factor_model import (
    FactorModel,
    Places,
    packed_moments,
    prior_moments,
    square,
    width_of,
)
from assises.engines.opinion.factor_start import first_loadings
from assises.engines.opinion.kernels import in_threads
from assises.engines.opinion.matrix import Float64, Int64, VoteMatrix, Votes
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

Floats = npt.NDArray[np.floating[Any]]

DIMENSIONS: Final = 8
"""More foretell votes no better: `./run bench heldout`."""
DIMENSIONS_OF_MANY: Final = 4
"""A little less well at half the cost and memory."""
MANY_VOTES: Final = 500_000
MOST_DIMENSIONS: Final = 12
LEAST_SPREAD: Final = 0.5
"""Smallest prior variance of a loading in any direction."""
TURNS: Final = 60
TOLERANCE: Final = 5e-3
"""Root mean square change of the statements, relative to their size, at which turns end."""
ENOUGH_VOTES: Final = 2_000_000
_PLACING: Final = 30
_LEAST_VARIANCE: Final = 1e-4
_WIDE: Final = 4.0
"""Prior variance of statements before there is an estimate."""
_BELIEF: Final = 2.0
_BELIEVED: Final = 0.1
"""The prior covariance of statements counts as if this many more of this variance were seen."""


def fit(
    votes: VoteMatrix,
    *,
    dimensions: int | None = None,
    weights: npt.ArrayLike | None = None,
    left_out: Iterable[int] = (),
    threads: int | None = None,
    progress: Progress = SILENT,
) -> FactorModel:
    """Fit the model.

    Args:
        votes: last vote of each person on each statement; passes are not counted.
        dimensions: K, from 1 to 12; no more than there are statements is used. By default eight,
            four from half a million votes on.
        weights: of each person in what is said of the statements, shape (P,), any scale. Someone
            of weight 0 is placed and counts for nothing.
        left_out: ids of statements whose votes are not counted.
        threads: how many at most; they change no byte.
        progress: told of the turns; may raise to stop.

    Raises:
        InputError: for a number of dimensions out of range and weights that are not a number of 0
            or more for each person, one at least above 0.
    """
    if dimensions is None:
        dimensions = DIMENSIONS if len(votes) < MANY_VOTES else DIMENSIONS_OF_MANY
    if not 1 <= dimensions <= MOST_DIMENSIONS:
        raise InputError(
            f"the number of dimensions is from 1 to {MOST_DIMENSIONS}",
            column="dimensions",
            value=dimensions,
            next_step="Two draw a map; eight foretell votes best.",
        )
    out = votes.index_of(list(left_out))
    weight = _weights(votes, weights)
    fitting = _Fitting(votes, dimensions, weight, out, threads)
    few = _some(votes, fitting.lean)
    if few is None:
        fitting.begin()
    else:
        progress.step("ideal points of some", TURNS)
        first = _Fitting(votes.of_people(few), dimensions, weight[few], out, threads)
        first.begin()
        first.run(progress)
        fitting.follow(first)
    progress.step("ideal points", TURNS)
    turns, converged = fitting.run(progress)
    return fitting.model(turns, converged)


def place(
    model: FactorModel,
    votes: Votes,
    *,
    left_out: Iterable[int] = (),
    threads: int | None = None,
) -> Places:
    """Where people stand by their votes, the statements being known.

    The people of the fit get the places they have in it, byte for byte.

    Args:
        model: of a conversation.
        votes: of any people; votes on statements that the model does not know are not counted.
        left_out: ids of statements whose votes are not counted.
        threads: how many at most.
    """
    known = np.searchsorted(model.statements, votes.statements)
    known = np.minimum(known, len(model.statements) - 1)
    strange = model.statements[known] != votes.statements
    lean = _lean(votes, np.union1d(votes.index_of(list(left_out)), np.flatnonzero(strange)))
    table = packed_moments(
        model.statement_intercept, model.loading, model.statement_covariance, known
    )
    return _place(votes, lean, table, model.intercept_variance, model.dimensions, threads)


class _Fitting:
    """The state between turns. Statements are y = (b, lambda), people u = (1, a, theta)."""

    def __init__(
        self,
        votes: VoteMatrix,
        dimensions: int,
        weight: Float64,
        out: Int64,
        threads: int | None,
    ) -> None:
        self.votes, self.weight, self.threads = votes, weight, threads
        self.k, self.n = dimensions, dimensions + 2
        self.lean = _lean(votes, out)
        self.counts = votes.counts().astype(np.float64)
        self.counts[out] = 0.0
        self.cast = self.counts[:, 0] + self.counts[:, 1]
        self.voted = self.cast > 0
        self.a_variance = 1.0
        self.frame = np.eye(self.n)

    def begin(self) -> None:
        """From counts of the votes."""
        size = len(self.cast)
        self.mean = np.zeros((size, self.k + 1))
        self.mean[:, 0] = np.log((self.counts[:, 0] + 1) / (self.counts[:, 1] + 1))
        self.mean[:, 1:] = first_loadings(self.votes, self.counts, self.lean, self.k, self.threads)
        self.covariance = np.tile(np.eye(self.k + 1) * 0.1, (size, 1, 1))
        self.prior_mean = np.zeros(self.k + 1)
        self.prior_mean[0] = self.mean[self.voted, 0].mean() if self.voted.any() else 0.0
        self.prior = np.eye(self.k + 1) * _WIDE

    def follow(self, first: _Fitting) -> None:
        """From where another fit of the same statements ended."""
        self.mean, self.covariance = first.mean, first.covariance
        self.prior_mean, self.prior = first.prior_mean, first.prior
        self.a_variance = first.a_variance

    def run(self, progress: Progress) -> tuple[int, bool]:
        """Turns until the statements settle; how many, and whether they did."""
        start = prior_moments(self.n, self.a_variance, width_of(self.n))
        self.people = np.tile(start, (len(self.votes.participants), 1))
        turns, converged = 0, False
        while turns < TURNS and not converged:
            before = self.mean
            self.turn(rounds=1 if turns else 2)
            turns += 1
            converged = self.change(before) < TOLERANCE
            progress.advance(1)
        return turns, converged

    def turn(self, rounds: int) -> None:
        """People, then statements, then the frame and the priors."""
        by_statement, linear, whole, weight = self._sweep(rounds)
        self._update_statements(by_statement, linear)
        if weight > 0:
            self._standardise(whole / weight)
        self._learn()

    def change(self, before: Float64) -> float:
        """Root mean square change of the statements since, relative, weighted by votes.

        Loadings are compared up to a rotation (orthogonal Procrustes): axes between which the
        votes do not choose may turn for ever, and no log-odds with them.
        """
        size = float((self.cast[:, None] * self.mean**2).sum())
        if size == 0:
            return 0.0
        heavy = self.cast[:, None] * self.mean[:, 1:]
        shared = inner(heavy, np.ascontiguousarray(before[:, 1:]))
        rotated = float(np.linalg.svd(shared, compute_uv=False).sum())
        both = float((heavy * self.mean[:, 1:]).sum())
        both += float((self.cast[:, None] * before[:, 1:] ** 2).sum())
        moved = float((self.cast * (self.mean[:, 0] - before[:, 0]) ** 2).sum())
        return math.sqrt(max(moved + both - 2.0 * rotated, 0.0) / size)

    def model(self, turns: int, converged: bool) -> FactorModel:
        """What the fit says, people placed from their votes alone."""
        self.people = np.empty((0, 0))  # a large part of the memory, and placed anew below
        b, loading = np.ascontiguousarray(self.mean[:, 0]), np.ascontiguousarray(self.mean[:, 1:])
        sign = np.array([_sign(self.cast * loading[:, k]) for k in range(self.k)])
        loading = loading * sign
        both = np.concatenate([[1.0], sign])
        covariance = self.covariance * both[:, None] * both
        everything = np.arange(len(b))
        table = packed_moments(b, loading, covariance, everything)
        total = max(float(self.cast.sum()), 1.0)
        return FactorModel(
            statements=self.votes.statements,
            people=_place(self.votes, self.lean, table, self.a_variance, self.k, self.threads),
            statement_intercept=b,
            loading=loading,
            statement_covariance=covariance,
            intercept_variance=self.a_variance,
            explained=(self.cast[:, None] * loading**2).sum(axis=0) / total,
            votes=self.cast.astype(np.int64),
            prior_mean=self.prior_mean * both,
            prior_covariance=self.prior * both[:, None] * both,
            turns=turns,
            converged=converged,
        )

    def _sweep(self, rounds: int) -> tuple[Float64, Float64, Float64, float]:
        votes, width = self.votes, width_of(self.n)
        everything = np.arange(len(votes.statements))
        table = packed_moments(self.mean[:, 0], self.mean[:, 1:], self.covariance, everything)
        precision = _precision(self.a_variance, self.k)

        def work(begin: int, end: int) -> Int64:
            sums = np.zeros((len(table) + 1, width + self.n), dtype=np.int64)
            kernels.sweep(
                votes.indptr, votes.cells, self.lean, self.weight, table, precision, self.frame,
                rounds, self.n, begin, end, self.people, sums,
            )  # fmt: skip
            return sums

        parts = in_threads(work, len(votes.participants), len(votes), self.threads)
        sums = reduce(np.add, parts) / kernels.UNIT
        squares = square(sums[:, :width], self.n)
        return squares[:-1], sums[:-1, width:], squares[-1], float(sums[-1, width])

    def _update_statements(self, by_statement: Float64, linear: Float64) -> None:
        of_y = np.array([0, *range(2, self.n)])
        inverse = np.linalg.inv(self.prior)
        precision = by_statement[:, of_y[:, None], of_y] + inverse
        right = linear[:, of_y] - by_statement[:, 1, of_y] + (inverse * self.prior_mean).sum(axis=1)
        self.covariance = np.linalg.inv(precision)
        self.mean = (self.covariance * right[:, None, :]).sum(axis=2)

    def _standardise(self, moments: Float64) -> None:
        """Factors of mean 0, covariance I, uncorrelated with a: no log-odds changes."""
        middle = moments[0, 1:]
        spread = moments[1:, 1:] - middle[:, None] * middle
        root = np.linalg.cholesky(spread[1:, 1:])
        slope = np.linalg.solve(spread[1:, 1:], spread[1:, 0])
        left = float(spread[0, 0] - (slope * spread[1:, 0]).sum())
        self.a_variance = max(left, _LEAST_VARIANCE)
        of_y = np.zeros((self.k + 1, self.k + 1))
        of_y[0, 0] = 1.0
        of_y[0, 1:] = middle[1:]
        of_y[1:, 1:] = root.T
        shift = np.concatenate([[middle[0]], _times(root.T, slope[:, None])[:, 0]])
        of_u = np.zeros((self.k + 1, self.k + 1))
        of_u[0, 0] = 1.0
        of_u[0, 1:] = -slope
        of_u[1:, 1:] = np.linalg.inv(root)
        self._move_statements(of_y, shift)
        turn = self._principal()
        self._move_statements(turn, np.zeros(self.k + 1))
        self.frame = np.eye(self.n)
        self.frame[1:, 1:] = _times(turn, of_u)
        self.frame[1:, 0] = -_times(self.frame[1:, 1:], middle[:, None])[:, 0]

    def _move_statements(self, by: Float64, shift: Float64) -> None:
        self.mean = _times(self.mean, by.T) + shift
        self.covariance = kernels.turned(self.covariance, by)

    def _principal(self) -> Float64:
        """The rotation to axes of descending explained variance, near to the present axes."""
        loading = self.mean[:, 1:]
        moment = (self.cast[:, None, None] * (loading[:, :, None] * loading[:, None, :])).sum(
            axis=0
        )
        _, axes = np.linalg.eigh(moment)
        axes = axes[:, ::-1]
        turn = np.eye(self.k + 1)
        turn[1:, 1:] = (axes * np.where(np.diag(axes) < 0, -1.0, 1.0)).T
        return turn

    def _learn(self) -> None:
        """The prior of the statements, from those that have votes."""
        count = int(self.voted.sum())
        if count == 0:
            return
        y = self.mean[self.voted]
        self.prior_mean = y.mean(axis=0)
        off = y - self.prior_mean
        scatter = (off[:, :, None] * off[:, None, :] + self.covariance[self.voted]).sum(axis=0)
        scatter += np.eye(self.k + 1) * (_BELIEF * _BELIEVED)
        prior: Float64 = scatter / (count + _BELIEF)
        values, axes = np.linalg.eigh(prior[1:, 1:])
        lift = np.maximum(LEAST_SPREAD - values, 0.0)
        prior[1:, 1:] += ((axes * lift)[:, None, :] * axes[None, :, :]).sum(axis=2)
        self.prior = np.asarray((prior + prior.T) / 2, dtype=np.float64)


def _some(votes: VoteMatrix, lean: Float64) -> npt.NDArray[np.bool_] | None:
    """Who a long fit begins with: about two million votes, drawn by what the ballots say.

    No id and no chance decides, and statements learn nearly as much from some as from all. None if
    there are too few votes for that to pay.
    """
    parts = len(votes) // ENOUGH_VOTES
    if parts < 3:
        return None
    number = np.empty(len(votes.participants), dtype=np.uint64)
    kernels.ballots(votes.indptr, votes.cells, lean, number)
    return np.asarray(number % np.uint64(parts) == 0)


def _place(
    votes: Votes,
    lean: Float64,
    table: Float64,
    a_variance: float,
    dimensions: int,
    threads: int | None,
) -> Places:
    precision = _precision(a_variance, dimensions)
    return Places(votes.placed(lean, table, precision, _PLACING, threads=threads), dimensions)


def _weights(votes: VoteMatrix, weights: npt.ArrayLike | None) -> Float64:
    people = len(votes.participants)
    if weights is None:
        return np.ones(people)
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (people,) or not np.isfinite(given).all() or (given < 0).any():
        raise InputError(
            "a weight is a number of 0 or more for each person",
            column="weights",
            value=f"shape {given.shape}, {people} people",
            next_step="Give one weight for each participant, in order of id.",
        )
    # fsum is exact, so that the mean does not know the order of people.
    total = math.fsum(given.tolist())
    if total <= 0:
        raise InputError("every weight is 0", column="weights", next_step="Give someone a weight.")
    scaled = given * (np.count_nonzero(given) / total)
    unit = kernels.ROUND_WEIGHT / 2
    return np.asarray(np.minimum(np.rint(scaled * unit) / unit, kernels.HEAVIEST))


def _lean(votes: Votes, out: Int64) -> Float64:
    """Half the vote by cell, 0 for a pass and for the statements ``out``; shape (4 S,)."""
    lean = np.tile([-0.5, 0.0, 0.5, 0.0], (len(votes.statements), 1))
    lean[out] = 0.0
    return np.ascontiguousarray(lean.ravel())


def _precision(a_variance: float, dimensions: int) -> Float64:
    return np.concatenate([[1.0 / a_variance], np.ones(dimensions)])


def _times(left: Floats, right: Floats) -> Float64:
    """Matrix product in a fixed order, for small ``right``."""
    out = np.zeros((*left.shape[:-1], right.shape[1]))
    for k in range(right.shape[0]):
        out += left[..., k, None] * right[k]
    return out


def _sign(axis: Float64) -> float:
    total = float(axis.sum())
    if abs(total) > 1e-9 * float(np.abs(axis).sum()):
        return 1.0 if total > 0 else -1.0
    return 1.0 if axis[int(np.argmax(np.abs(axis)))] >= 0 else -1.0
