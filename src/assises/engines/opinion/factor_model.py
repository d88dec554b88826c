"""What a fit of the latent-factor model says: where people and statements stand, and how surely."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.kernels import Float64, Int64

_CHUNK: Final = 1 << 16
_NOISE: Final = 5.0
_NEGLIGIBLE: Final = 0.02
"""Variance of the log-odds: less than four points of agreement between people."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where people stand: a normal posterior of (a, theta) for each, n = K + 2."""

    moments: Float64
    """Upper triangle by rows of E[u u'], u = (1, a, theta), padded; shape (P, W)."""
    dimensions: int

    @property
    def intercept(self) -> Float64:
        """How readily each agrees with anything, in log-odds, shape (P,)."""
        return self.moments[:, 1]

    @property
    def position(self) -> Float64:
        """Ideal points, shape (P, K); mean 0 and variance 1 over the people, prior included."""
        return self.moments[:, 2 : self.dimensions + 2]

    @property
    def position_sd(self) -> Float64:
        """Posterior standard deviation along each axis, shape (P, K); 1 without votes."""
        n = self.dimensions + 2
        at = [place_of(n, r, r) for r in range(2, n)]
        return np.asarray(np.sqrt(np.maximum(self.moments[:, at] - self.position**2, 0.0)))

    def covariance(self, people: npt.ArrayLike) -> Float64:
        """Posterior covariance of theta of some people, shape (len(people), K, K)."""
        full = square(self.moments[np.asarray(people)], self.dimensions + 2)
        points = full[:, 0, 2:]
        return np.asarray(full[:, 2:, 2:] - points[:, :, None] * points[:, None, :])


@dataclass(frozen=True, slots=True)
class FactorModel:
    """The model of one conversation: P people, S statements, K dimensions.

    Axes are in descending order of what they explain; the loadings of an axis, weighted by votes,
    sum to zero or more.
    """

    statements: Int64
    """Ids, shape (S,)."""
    people: Places
    statement_intercept: Float64
    """b, the bridging score in log-odds, shape (S,)."""
    loading: Float64
    """lambda, shape (S, K)."""
    statement_covariance: Float64
    """Posterior covariance of (b, lambda), shape (S, K + 1, K + 1)."""
    intercept_variance: float
    """Variance of a over the people."""
    explained: Float64
    """Variance of the log-odds over people along each axis, mean over votes, shape (K,)."""
    votes: Int64
    """Agreements and disagreements that counted, shape (S,)."""
    prior_mean: Float64
    """Of (b, lambda), shape (K + 1,)."""
    prior_covariance: Float64
    """Of (b, lambda), shape (K + 1, K + 1)."""
    turns: int
    converged: bool

    @property
    def dimensions(self) -> int:
        """K."""
        return int(self.loading.shape[1])

    @property
    def strength(self) -> Float64:
        """What each axis explains against what the votes leave open of its loadings, shape (K,).

        A ratio of variances. Noise gives up to about 4.6 along the first axes, opinions of which
        the votes say enough more than that.
        """
        left = (self.votes[:, None] * self.loading_sd**2).sum(axis=0)
        left /= max(float(self.votes.sum()), 1.0)
        return np.asarray(self.explained / left)

    @property
    def supported(self) -> int:
        """Axes stronger than noise: of those fitted, how many there is reason to look at.

        A rule of thumb, and no test. Where 1, 2, 3, 5 and 8 groups were planted (2,000 to 10,000
        people, 5 to 20 % density) eight axes gave 0, 1, 2, 4 and, the sparsest apart, 7.
        """
        found = (self.strength > _NOISE) & (self.explained > _NEGLIGIBLE)
        return int(np.cumprod(found).sum())

    @property
    def person_intercept(self) -> Float64:
        """See :attr:`Places.intercept`."""
        return self.people.intercept

    @property
    def position(self) -> Float64:
        """See :attr:`Places.position`."""
        return self.people.position

    @property
    def position_sd(self) -> Float64:
        """See :attr:`Places.position_sd`."""
        return self.people.position_sd

    @property
    def statement_intercept_sd(self) -> Float64:
        """Posterior standard deviation of b, shape (S,)."""
        return np.asarray(np.sqrt(self.statement_covariance[:, 0, 0]))

    @property
    def loading_sd(self) -> Float64:
        """Posterior standard deviation of lambda, shape (S, K)."""
        diagonal = np.arange(1, self.dimensions + 1)
        return np.asarray(np.sqrt(self.statement_covariance[:, diagonal, diagonal]))

    def probability(
        self, person: npt.ArrayLike, statement: npt.ArrayLike, people: Places | None = None
    ) -> Float64:
        """How likely people agree with statements, if they agree or disagree.

        The uncertainty of both is in it (MacKay 1992: logistic(m / sqrt(1 + pi v / 8))).

        Args:
            person: indices of people, shape (n,); -1 for someone of whom nothing is known.
            statement: indices of statements, shape (n,).
            people: to whom the indices refer; by default those of the fit.

        Returns:
            Shape (n,), each between 0 and 1.
        """
        who, what = np.atleast_1d(np.asarray(person)), np.atleast_1d(np.asarray(statement))
        moments = (self.people if people is None else people).moments
        out = np.empty(len(who))
        for begin in range(0, len(who), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            out[part] = self._probability(moments, who[part], what[part])
        return out

    def _probability(self, moments: Float64, person: Int64, statement: Int64) -> Float64:
        n = self.dimensions + 2
        nobody = prior_moments(n, self.intercept_variance, moments.shape[1])
        u = np.where((person < 0)[:, None], nobody, moments[np.maximum(person, 0)])
        mean = self.statement_intercept[statement] + u[:, 1]
        for k in range(self.dimensions):
            mean += u[:, k + 2] * self.loading[statement, k]
        y = packed_moments(
            self.statement_intercept, self.loading, self.statement_covariance, statement
        )
        variance = np.maximum((u * y).sum(axis=1) - mean * mean, 0.0)
        eta = mean / np.sqrt(1.0 + math.pi / 8.0 * variance)
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * eta)))


def width_of(n: int) -> int:
    """Length of a packed row: the upper triangle, padded to a multiple of four."""
    return -(-(n * (n + 1) // 2) // 4) * 4


def place_of(n: int, r: int, c: int) -> int:
    """Where row r and column c >= r of an n x n triangle stand when packed by rows."""
    return r * n - r * (r - 1) // 2 + c - r


def square(packed: Float64, n: int) -> Float64:
    """Packed upper triangles, shape (m, W), as symmetric matrices, shape (m, n, n)."""
    out = np.empty((len(packed), n, n))
    for r in range(n):
        for c in range(r, n):
            out[:, r, c] = out[:, c, r] = packed[:, place_of(n, r, c)]
    return out


def packed_moments(b: Float64, loading: Float64, covariance: Float64, which: Int64) -> Float64:
    """E[y y'] of statements, y = (b, 1, lambda), what is off the diagonal twice."""
    n = loading.shape[1] + 2
    y = np.empty((len(which), n))
    y[:, 0], y[:, 1], y[:, 2:] = b[which], 1.0, loading[which]
    spread = np.zeros((len(which), n, n))
    of_y = np.array([0, *range(2, n)])
    spread[:, of_y[:, None], of_y] = covariance[which]
    out = np.zeros((len(which), width_of(n)))
    for r in range(n):
        for c in range(r, n):
            twice = 1.0 if r == c else 2.0
            out[:, place_of(n, r, c)] = twice * (y[:, r] * y[:, c] + spread[:, r, c])
    return out


def prior_moments(n: int, a_variance: float, width: int) -> Float64:
    """E[u u'] of someone of whom nothing is known, packed, shape (width,)."""
    out = np.zeros(width)
    out[0], out[place_of(n, 1, 1)] = 1.0, a_variance
    for r in range(2, n):
        out[place_of(n, r, r)] = 1.0
    return out
