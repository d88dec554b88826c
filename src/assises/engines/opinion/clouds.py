"""Clouds of ideal points: groups within which people may differ.

A latent class says that all of its people stand in one place; where they stand around a middle,
each its own way, it takes several classes to say so, the more the more votes there are. A cloud is
normal in ideal-point space instead: places are a mixture of K normals with one covariance for all,
and what is seen of a place is what the votes of the person say of it, with its uncertainty
(deconvolution by expectation and maximisation: Dempster, Laird and Rubin 1977; Bovy, Hogg and
Roweis 2011). Someone who cast few votes blurs no cloud.

The places are those of :mod:`.factors`, one dimension for each line along which votes hang
together. What votes say of one is taken as normal, by slope and curvature of their likelihood where
the factor model puts the person (Laplace; Tierney and Kadane 1986). The bound by which that model
is fitted would claim to know more of people than their votes say, and what is left would look like
clusters.

Two normals of one covariance have a valley between them only if their centres are more than two
standard deviations apart, however many people there are (Ashman, Bird and Zepf 1994; Ray and
Lindsay 2005): nearer ones are one cloud, as far as anyone can see.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import cloud_kernels as loops
from assises.engines.opinion import factors
from assises.engines.opinion.kernels import Float64, Int64, in_threads
from assises.engines.opinion.matrix import VoteMatrix

ENOUGH_VOTES: Final = 500_000
"""Above it some of the people are asked, evenly spaced: the answer is plain by then."""
ENOUGH_PEOPLE: Final = 20_000
"""To whom clouds are fitted: a group of three in a hundred is six hundred of them."""
_ROUNDS: Final = 48
_FAIR: Final = 15
"""Rounds that every fit is given."""
_SETTLED: Final = 0.2
"""Nats of likelihood, of everyone together, that three rounds must gain."""
_FURTHER: Final = 20
"""Times three rounds as good as the last three that a fit is given to reach what it aims at."""
_LONGEST: Final = 32.0
_WIDEST: Final = 6.0
"""Of logarithms of roots of variances, either way."""
_NARROWEST: Final = 0.02
"""Variance that one person more would have in each direction: no cloud is a point."""
_NOBODY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Sightings:
    """What votes say of the places of P people: exp(h'x - x'Lx / 2), E coordinates."""

    known: Float64
    """L, lower triangle by rows, shape (P, E (E + 1) / 2)."""
    pull: Float64
    """h, shape (P, E)."""

    def of_people(self, keep: npt.NDArray[np.bool_]) -> Sightings:
        """The same of some people, shape (P,)."""
        return Sightings(self.known[keep], self.pull[keep])


@dataclass(frozen=True, slots=True)
class Clouds:
    """K clouds in E coordinates."""

    centre: Float64
    """Shape (K, E)."""
    spread: Float64
    """Covariance of the places within each, shape (E, E)."""
    share: Float64
    """Of the people, shape (K,)."""
    people: int
    """To whom they were fitted."""
    likelihood: float
    """Its logarithm, in nats, up to what is the same for any clouds."""
    rounds: int

    @property
    def evidence(self) -> float:
        """Approximate logarithm of the evidence, in nats (Schwarz 1978)."""
        count, size = self.centre.shape
        free = count * size + count - 1 + size * (size + 1) / 2
        return float(self.likelihood - 0.5 * free * math.log(max(self.people, 1)))

    @property
    def apart(self) -> float:
        """Standard deviations between the two nearest centres; infinite for one cloud."""
        off = self.centre[:, None] - self.centre
        tight = np.linalg.inv(self.spread)
        square = ((off[:, :, :, None] * tight).sum(axis=2) * off).sum(axis=2)
        square[np.diag_indices(len(square))] = np.inf
        return math.sqrt(float(square.min()))


def sight(
    votes: VoteMatrix, dimensions: int, *, readiness: bool = False, threads: int | None = None
) -> Sightings:
    """Where the votes of people say that they stand.

    Args:
        votes: of the people.
        dimensions: of ideal points.
        readiness: whether how readily someone agrees is a coordinate too, the first; else its part
            in their votes is integrated out, as a normal one.
        threads: how many at most; they change no byte.
    """
    some = enough(votes)
    of = votes if some.all() else votes.of_people(some)
    model = factors.fit(of, dimensions=dimensions, threads=threads)
    people = model.people if some.all() else factors.place(model, votes, threads=threads)
    statement = np.column_stack(
        [model.statement_intercept, np.ones(len(model.loading)), model.loading]
    )
    place = np.column_stack([people.intercept, people.position])
    return sight_at(votes, statement, place, 1.0 / model.intercept_variance, readiness, threads)


def sight_at(
    votes: VoteMatrix,
    statement: Float64,
    place: Float64,
    hold: float,
    readiness: bool,
    threads: int | None,
) -> Sightings:
    """The same, by statements and places that are known.

    Args:
        votes: of the people.
        statement: intercept, 1, loadings of each, shape (S, D + 2).
        place: readiness and ideal point of each person, near to the likeliest, shape (P, D + 1).
        hold: precision of readiness beforehand.
        readiness: whether it is a coordinate.
        threads: how many at most; they change no byte.
    """
    people, size = place.shape
    size -= not readiness
    known, pull = np.zeros((people, size * (size + 1) // 2)), np.zeros((people, size))

    def work(begin: int, end: int) -> None:
        loops.sight(
            votes.indptr, votes.cells, np.ascontiguousarray(statement), np.ascontiguousarray(place),
            hold, readiness, begin, end, known, pull,
        )  # fmt: skip

    in_threads(work, people, len(votes), threads)
    return Sightings(known, pull)


def enough(votes: VoteMatrix, people: int | None = None) -> npt.NDArray[np.bool_]:
    """Who is asked: everyone, or as many as cast enough votes, evenly spaced, shape (P,).

    Args:
        votes: of everyone.
        people: how many at most, if votes are not all that costs.
    """
    count = len(votes.participants)
    share = min(1.0, ENOUGH_VOTES / max(len(votes), 1))
    if people is not None:
        share = min(share, people / max(count, 1))
    at = np.arange(count)
    return np.asarray(np.floor((at + 1) * share) > np.floor(at * share))


def fit_clouds(
    seen: Sightings, start: Float64, *, aim: float = -math.inf, threads: int | None = None
) -> Clouds:
    """Fit clouds from a start, in leaps (SQUAREM: Varadhan and Roland 2008, scheme 3).

    Where votes are few, rounds of expectation and maximisation alone creep: hundreds for what forty
    do with leaps. A leap that ends below where it began is not taken.

    Args:
        seen: of the people.
        start: membership to begin with, shape (P, K), rows summing to one.
        aim: evidence to be reached; the fit ends once it is out of reach.
        threads: how many at most; they change no byte.
    """
    people, size = seen.pull.shape
    membership = np.array(start, dtype=np.float64, order="C")
    nowhere = _Form(np.zeros((start.shape[1], size)), np.eye(size), np.ones(start.shape[1]))
    at, _ = _round(seen, nowhere, membership, threads, fresh=False)
    likelihood = -math.inf
    for made in range(1, _ROUNDS, 3):
        first, reached = _round(seen, at, membership, threads)
        gain, likelihood = reached - likelihood, reached
        found = Clouds(*at, people, likelihood, made)
        hopeless = made > _FAIR and found.evidence + _FURTHER * gain < aim
        if gain < _SETTLED or hopeless:
            break
        second, before = _round(seen, first, membership, threads)
        after, reached = _round(seen, _leap(at, first, second), membership, threads)
        at = after if reached >= before else second
    return found


class _Form(NamedTuple):
    """What clouds are, as in :class:`Clouds`."""

    centre: Float64
    spread: Float64
    share: Float64


def _leap(first: _Form, second: _Form, third: _Form) -> _Form:
    """Where a sequence of three leads that nears its end by the same ratio in every step."""
    a, b, c = _flat(first), _flat(second), _flat(third)
    step, bend = b - a, c - 2.0 * b + a
    ratio = math.sqrt(float((step * step).sum()) / max(float((bend * bend).sum()), 1e-300))
    far = min(max(ratio, 1.0), _LONGEST)
    to = a + 2.0 * far * step + far * far * bend
    count, size = first.centre.shape
    centre, logs, lower, share = np.split(
        to, np.cumsum([count * size, size, size * (size - 1) // 2])
    )
    root = np.diag(np.exp(np.clip(logs, -_WIDEST, _WIDEST)))
    root[np.tril_indices(size, -1)] = lower
    share = np.exp(share - share.max()) + _NOBODY
    spread = (root[:, None] * root).sum(axis=2)
    return _Form(centre.reshape(count, size).copy(), spread, share / share.sum())


def _flat(form: _Form) -> Float64:
    """In numbers that any leap leaves sound: the root of the covariance, logarithms of shares."""
    root = np.linalg.cholesky(form.spread)
    size = len(root)
    parts = form.centre.ravel(), np.log(np.diag(root)), root[np.tril_indices(size, -1)]
    return np.concatenate([*parts, np.log(form.share)])


def put_into(seen: Sightings, clouds: Clouds, *, threads: int | None = None) -> Float64:
    """Probability of each cloud for each person, shape (P, K)."""
    membership = np.empty((len(seen.pull), len(clouds.centre)))
    _round(seen, _Form(clouds.centre, clouds.spread, clouds.share), membership, threads)
    return membership


def _round(
    seen: Sightings, form: _Form, membership: Float64, threads: int | None, *, fresh: bool = True
) -> tuple[_Form, float]:
    """The clouds that follow from the memberships, which are made anew if so asked.

    The likelihood, in nats, is that of the clouds that were given.
    """
    people, size = seen.pull.shape
    centre, spread, share = form
    inverse = np.linalg.inv(spread)
    tight: Float64 = np.asarray((inverse + inverse.T) / 2, dtype=np.float64)
    square = (centre[:, :, None] * tight * centre[:, None]).sum(axis=(1, 2))
    offset: Float64 = np.log(share) + 0.5 * (float(np.linalg.slogdet(tight)[1]) - square)

    def work(begin: int, end: int) -> Int64:
        width = len(offset) * (1 + size) + size * (size + 1) // 2 + 1
        sums = np.zeros(width, dtype=np.int64)
        loops.reckon(
            seen.known, seen.pull, centre, tight, offset, fresh, begin, end, membership, sums
        )
        return sums

    # A person costs about as much as ten votes do in other passes.
    sums = reduce(np.add, in_threads(work, people, 10 * people, threads))
    return _moments(sums[:-1] / loops.STEP, centre.shape), float(sums[-1]) / loops.FIT


def _moments(total: Float64, shape: tuple[int, ...]) -> _Form:
    """Centres, covariance and shares from what memberships sum to."""
    count, size = shape
    of_clouds = total[: count * (1 + size)].reshape(count, 1 + size)
    mass = of_clouds[:, 0] + _NOBODY
    people = float(mass.sum())
    centre = np.ascontiguousarray(of_clouds[:, 1:] / mass[:, None])
    lower = np.zeros((size, size))
    lower[np.tril_indices(size)] = total[count * (1 + size) :]
    square = lower + lower.T - np.diag(np.diag(lower))
    square -= (mass[:, None, None] * centre[:, :, None] * centre[:, None]).sum(axis=0)
    spread = (square + _NARROWEST * np.eye(size)) / (people + 1.0)
    return _Form(centre, spread, np.asarray(mass / people))
