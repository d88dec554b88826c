"""Near-identical ballots, shown as campaigns; nothing is deleted.

A campaign is a set of people whose ballots are copies of one ballot beyond what their opinions
explain. The claim is a bet against a null model and is made only when the bet is won:

* *Null.* Each person has a bent to agree, a bent to pass and a place on two axes; given these,
  their answers are independent. So popular ballots are common and like-minded people vote alike.
* *Bet.* People are taken in order of arrival. Before each ballot is read, its answers are bet on by
  the ballot that those before it share, each answer kept with probability 1 - e. The stake grows by
  P(ballot | copy) / P(ballot | null), where the null may choose the person's own best place: under
  the null, whatever the places, its expectation is at most one (universal inference: Wasserman,
  Ramdas and Balakrishnan 2020).
* *Look elsewhere.* Any set of people could have been named, so that the stake is divided by how
  many there are: few if the arrivals of the set follow each other closely, many if it is spread
  out (the number of false alarms of Desolneux, Moisan and Morel 2000). Only the order of arrivals
  enters: a burst of diverse ballots is no campaign and, at a busy hour, evidence counts for less.

The result, ``expected``, bounds the expected number of sets as surprising among independent people.
Candidates are found in near linear time by MinHash (Broder 1997) of (statement, vote) in bands,
each ballot being compared with the next in order of arrival within a bucket.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.kernels import Cells, compiled
from assises.engines.opinion.matrix import Float64, Int64, VoteMatrix
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

EXPECTED: Final = 0.01
"""A claim needs fewer coincidences than this among independent people."""
FEWEST: Final = 5
"""People in a campaign: twins and households are none."""
SHORTEST: Final = 5
"""Votes of a ballot that can be a copy: three agreements say nothing."""

_UNSEEN: Final = -1
_NOISES: Final = (0.02, 0.1, 0.25)
_PAIR: Final = 6.0
"""Nats by which two ballots must be likelier copies than not to be joined."""
_TRIPLES: Final = 8
_HASHES: Final = 3 * _TRIPLES
_SAMPLE: Final = 1 << 14
_STRETCHES: Final = 8
_AXES: Final = 2
_ROUNDS: Final = 14
_PRUNINGS: Final = 8
_SWEPT: Final = 50
"""Claims for which everyone is looked at once more."""
_MOST: Final = 400
"""Candidates that are examined, the most connected first."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """People whose ballots are copies of one ballot."""

    members: Int64
    """Participant indices in order of arrival, shape (m,)."""
    statements: Int64
    """Statement indices of the shared ballot, ascending, shape (n,)."""
    ballot: npt.NDArray[np.int8]
    """What it says to each: -1, 0 or +1, shape (n,)."""
    first: int | None
    """When its first member arrived, in the unit that was given; None without times."""
    last: int | None
    """When its last member arrived."""
    arrivals: int
    """Everyone who arrived in between, members included; everyone without times."""
    kept: float
    """Share of the members' answers to these statements that are those of the ballot."""
    evidence: float
    """Natural logarithm of the stake: how much likelier copies are than independent people."""
    expected: float
    """Bound on the expected number of sets as surprising; at most :data:`EXPECTED`. May be 0.0
    where it is below the smallest number."""

    @property
    def size(self) -> int:
        """People in it."""
        return len(self.members)


def find_campaigns(
    votes: VoteMatrix,
    *,
    first_times: npt.ArrayLike | None = None,
    expected: float = EXPECTED,
    fewest: int = FEWEST,
    shortest: int = SHORTEST,
    progress: Progress = SILENT,
) -> Sequence[Campaign]:
    """The sets of near-identical ballots that independent people would not cast.

    Same votes and times, same result: hashes and starts are fixed. Equal times go by participant
    id. Without times a set may be anyone, and only long or odd ballots can be claimed.

    Args:
        votes: last vote of each person on each statement.
        first_times: first vote of each person, integers in any unit, shape (P,).
        expected: a claim needs fewer coincidences than this among independent people.
        fewest: people in a campaign.
        shortest: votes of a ballot that can be a member.
        progress: told of the steps.

    Returns:
        campaigns, the most surprising first; no person is in two.

    Raises:
        InputError: for times that are not one integer a person, or limits below 2, 1 and 0.
    """
    times = _times(votes, first_times)
    if fewest < 2 or shortest < 1 or not 0 < expected <= 1:
        raise InputError(
            "a campaign has at least 2 people with at least 1 vote, and a bound within (0, 1]",
            value=(fewest, shortest, expected),
            next_step="Leave the limits as they are, or raise them.",
        )
    people = np.arange(len(votes.participants))
    order = people if times is None else np.argsort(times, kind="stable").astype(np.int64)
    # From here on a person is their place in the order of arrival.
    arrived = _arranged(votes, order)
    long = arrived.votes_per_participant >= shortest
    if int(long.sum()) < fewest:
        return ()
    progress.step("near-identical ballots")
    usual = np.log(_usual(arrived, stretches=1 if times is None else _STRETCHES))
    indptr, partner = _edges(arrived, np.flatnonzero(long), usual)
    leaders = _leaders(indptr, fewest)
    if not len(leaders):
        return ()
    progress.step("what opinions explain")
    weight = _weights(indptr, partner, ordered=times is not None)
    model = _fit(arrived, np.flatnonzero(long), weight)
    progress.step("what they do not", len(leaders))
    judge = _Judge(arrived, model, usual, times is not None, expected, fewest)
    found: list[Campaign] = []
    free = long
    for leader in leaders.tolist():
        progress.advance(1)
        if not free[leader]:
            continue
        grown = _grow(leader, indptr, partner, free, arrived.indptr, arrived.cells, usual)
        claim = judge.claim(np.sort(grown))
        if claim is not None and len(found) < _SWEPT:
            claim = judge.swept(claim, free)
        # Whoever was examined leads no other candidate; who was not named may still join one.
        free[grown if claim is None else claim.members] = False
        if claim is not None:
            found.append(judge.campaign(claim, order, times))
    return tuple(sorted(found, key=lambda c: (-c.evidence, int(c.members[0]))))


def _arranged(votes: VoteMatrix, order: Int64) -> VoteMatrix:
    """The same people in another order."""
    count = votes.votes_per_participant[order]
    indptr = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    cells = np.empty_like(votes.cells)
    _move(votes.indptr, votes.cells, order, indptr, cells)
    return VoteMatrix(votes.participants[order], votes.statements, indptr, cells, votes.casts)


@compiled
def _move(
    starts: Int64, cells: Cells, order: Int64, into: Int64, out: Cells
) -> None:  # pragma: no cover
    for i in range(len(order)):
        for k in range(into[i + 1] - into[i]):
            out[into[i] + k] = cells[starts[order[i]] + k]


def _times(votes: VoteMatrix, first_times: npt.ArrayLike | None) -> Int64 | None:
    if first_times is None:
        return None
    times = np.asarray(first_times)
    if times.shape != votes.participants.shape or not np.issubdtype(times.dtype, np.integer):
        raise InputError(
            "first_times needs one whole number for each participant",
            value=f"{times.dtype} of shape {times.shape}",
            next_step="Give the time of each one's first vote, in the order of participants.",
        )
    return times.astype(np.int64)


def _usual(arrived: VoteMatrix, stretches: int) -> Float64:
    """Share of disagreement, pass, agreement by statement at most times, shape (S, 3).

    The median over stretches of as many arrivals each, so that a burst does not make itself usual;
    each share leans on the whole as if by two more votes.
    """
    counts = arrived.counts()[:, [1, 2, 0]] + 0.5
    whole = counts / counts.sum(axis=1, keepdims=True)
    tally = _by_stretch(arrived.indptr, arrived.cells, stretches, len(whole))
    share = (tally + 2.0 * whole) / (tally.sum(axis=2, keepdims=True) + 2.0)
    usual = np.median(share, axis=0)
    return np.asarray(usual / usual.sum(axis=1, keepdims=True))


@compiled
def _by_stretch(
    indptr: Int64, cells: Cells, stretches: int, size: int
) -> Float64:  # pragma: no cover
    out = np.zeros((stretches, size, 3))
    people = len(indptr) - 1
    for i in range(people):
        into = out[i * stretches // people]
        for at in range(indptr[i], indptr[i + 1]):
            into[cells[at] >> 2, cells[at] & 3] += 1.0
    return out


# -- candidates -----------------------------------------------------------------------------------


def _edges(votes: VoteMatrix, people: Int64, usual: Float64) -> tuple[Int64, Int64]:
    """Pairs of ballots that look like copies, as a symmetric graph: indptr (P + 1,), partners."""
    sketch = _sketch(votes.indptr, votes.cells, people)
    left, right = [], []
    for width in (1, 2):
        for band in range(_TRIPLES):
            key = sketch[band].copy()
            for more in range(1, width):
                key = (key * np.uint64(0x9E3779B97F4A7C15)) ^ sketch[(band + more) % _TRIPLES]
            # Stable, so that a bucket stays in order of arrival.
            sorted_at = np.argsort(key, kind="stable")
            a, b = _compare(key[sorted_at], people[sorted_at], votes.indptr, votes.cells, usual)
            left.append(a)
            right.append(b)
    one, two = np.concatenate(left), np.concatenate(right)
    size = len(votes.participants)
    pairs = np.unique(np.concatenate([one * size + two, two * size + one]))
    degree = np.bincount(pairs // size, minlength=size)
    return np.concatenate([[0], np.cumsum(degree)]).astype(np.int64), pairs % size


@compiled
def _sketch(
    indptr: Int64, cells: Cells, people: Int64
) -> npt.NDArray[np.uint64]:  # pragma: no cover
    """Bands of MinHashes, shape (triples, people), uint64."""
    out = np.zeros((_TRIPLES, len(people)), dtype=np.uint64)
    least = np.empty(_HASHES, dtype=np.uint64)
    multiplier = np.empty(_HASHES, dtype=np.uint64)
    state = np.uint64(0x853C49E6748FEA9B)
    for h in range(_HASHES):
        state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        multiplier[h] = state | np.uint64(1)
    for i in range(len(people)):
        least[:] = np.uint64(0xFFFFFFFFFFFFFFFF)
        for at in range(indptr[people[i]], indptr[people[i] + 1]):
            token = np.uint64(cells[at]) + np.uint64(1)
            token = (token ^ (token << np.uint64(21))) * np.uint64(0xBF58476D1CE4E5B9)
            token ^= token >> np.uint64(29)
            for h in range(_HASHES):
                x = token * multiplier[h]
                x ^= x >> np.uint64(32)
                x *= np.uint64(0x94D049BB133111EB)
                least[h] = min(least[h], x)
        for h in range(_HASHES):
            band = h // 3
            out[band, i] = (out[band, i] * np.uint64(0xD6E8FEB86659FD93)) ^ least[h]
    return out


@compiled
def _compare(
    key: npt.NDArray[np.uint64], person: Int64, indptr: Int64, cells: Cells, usual: Float64
) -> tuple[Int64, Int64]:  # pragma: no cover
    """Pairs within a bucket, each with the next two, that are likelier copies than not."""
    left = np.empty(2 * len(key), dtype=np.int64)
    right = np.empty(2 * len(key), dtype=np.int64)
    n = 0
    for i in range(len(key)):
        for j in range(i + 1, min(i + 3, len(key))):
            if key[j] != key[i]:
                break
            if _pair(person[i], person[j], indptr, cells, usual) >= _PAIR:
                left[n], right[n] = person[i], person[j]
                n += 1
    return left[:n], right[:n]


@compiled
def _pair(
    one: int, two: int, indptr: Int64, cells: Cells, usual: Float64
) -> float:  # pragma: no cover
    """Log of how much likelier copies are, by the margins of the statements alone."""
    i, j, total = indptr[one], indptr[two], 0.0
    while i < indptr[one + 1] and j < indptr[two + 1]:
        s, t = cells[i] >> 2, cells[j] >> 2
        if s < t:
            i += 1
        elif t < s:
            j += 1
        else:
            total += _score(cells[i] == cells[j], usual[s, cells[i] & 3], 0.15)
            i += 1
            j += 1
    return total


@compiled
def _score(same: bool, log_q: float, noise: float) -> float:  # pragma: no cover
    # (1 - e) [same] + e q, over q.
    return math.log((1.0 - noise) * math.exp(-log_q) + noise) if same else math.log(noise)


def _leaders(indptr: Int64, fewest: int) -> Int64:
    """Those with the most near copies first; equal counts by index."""
    degree = np.diff(indptr)
    leaders = np.flatnonzero(degree >= min(2, fewest - 1))
    return np.asarray(leaders[np.argsort(-degree[leaders], kind="stable")][:_MOST])


def _weights(indptr: Int64, partner: Int64, *, ordered: bool) -> Float64:
    """How much each ballot says of what opinions there are, shape (P,).

    A ballot with many near copies speaks once, or a campaign would pass for an opinion. Copies that
    come at any time may be a group of one mind: each counts by its own number of partners. Where
    those linked come together, the middle half of them being half of the arrivals between, all of
    them count as one: an opinion would have shown at another time too.
    """
    weight = 1.0 / (1.0 + np.diff(indptr))
    if not ordered:
        return np.asarray(weight)
    root = _roots(indptr, partner)
    linked = np.flatnonzero(np.diff(indptr))
    linked = linked[np.argsort(root[linked], kind="stable")]
    starts = np.flatnonzero(np.diff(root[linked], prepend=-1))
    size = np.diff(np.append(starts, len(linked)))
    low, high = starts + size // 4, starts + (3 * size) // 4 - 1
    high = np.maximum(low, high)
    burst = 2 * (high - low + 1) >= linked[high] - linked[low] + 1
    weight[linked] = np.where(np.repeat(burst, size), 1.0 / np.repeat(size, size), weight[linked])
    return np.asarray(weight)


@compiled
def _roots(indptr: Int64, partner: Int64) -> Int64:  # pragma: no cover
    """The least index of those that each person is linked to, directly or not."""
    root = np.full(len(indptr) - 1, -1)
    stack = np.empty(len(indptr) - 1, dtype=np.int64)
    for start in range(len(root)):
        if root[start] >= 0:
            continue
        root[start], stack[0], top = start, start, 1
        while top > 0:
            top -= 1
            one = stack[top]
            for at in range(indptr[one], indptr[one + 1]):
                other = partner[at]
                if root[other] < 0:
                    root[other], stack[top] = start, other
                    top += 1
    return root


@compiled
def _grow(
    leader: int,
    indptr: Int64,
    partner: Int64,
    free: npt.NDArray[np.bool_],
    starts: Int64,
    cells: Cells,
    usual: Float64,
) -> Int64:  # pragma: no cover
    """Everyone reached from the leader whose ballot looks like a copy of what they share."""
    tally = np.zeros((len(usual), 3), dtype=np.int64)
    inside = {leader: True}
    members = [leader]
    _tally(leader, starts, cells, tally, 1)
    for at in range(indptr[leader], indptr[leader + 1]):
        if free[partner[at]]:
            inside[partner[at]] = True
            members.append(partner[at])
            _tally(partner[at], starts, cells, tally, 1)
    done = 0
    while done < len(members):
        one = members[done]
        done += 1
        for at in range(indptr[one], indptr[one + 1]):
            other = partner[at]
            if other in inside or not free[other]:
                continue
            inside[other] = True
            if _against(other, starts, cells, tally, usual, 0.15) >= _PAIR:
                members.append(other)
                _tally(other, starts, cells, tally, 1)
    return np.array(members)


@compiled
def _tally(
    person: int, starts: Int64, cells: Cells, tally: Int64, by: int
) -> None:  # pragma: no cover
    for at in range(starts[person], starts[person + 1]):
        tally[cells[at] >> 2, cells[at] & 3] += by


@compiled
def _shared(tally: Int64) -> int:  # pragma: no cover
    """The code with the most votes; unseen without votes or where two have as many."""
    most = max(tally[0], tally[1], tally[2])
    found = _UNSEEN
    for code in range(3):
        if tally[code] == most and most > 0:
            if found != _UNSEEN:
                return _UNSEEN
            found = code
    return found


@compiled
def _against(
    person: int, starts: Int64, cells: Cells, tally: Int64, usual: Float64, noise: float
) -> float:  # pragma: no cover
    total = 0.0
    for at in range(starts[person], starts[person + 1]):
        s, code = cells[at] >> 2, cells[at] & 3
        script = _shared(tally[s])
        if script != _UNSEEN:
            total += _score(script == code, usual[s, code], noise)
    return total


# -- the null model -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Model:
    """P(agree | not a pass) = logistic(b_s + a_j + l_s . x_j); passes likewise, by r_s + q_j."""

    answer: Float64
    """By statement: intercept, then 1 for the bent to agree, then loadings; shape (S, 2 + D)."""
    passing: Float64
    """By statement: log-odds of a pass, shape (S,)."""


def _fit(votes: VoteMatrix, people: Int64, weight: Float64) -> _Model:
    """Penalised alternating Newton steps from a fixed start, on at most 16,384 people.

    ``weight``, shape (P,): a ballot with many near copies speaks once, or a campaign would pass for
    an opinion, its ballot for an axis.
    """
    if len(people) > _SAMPLE:
        # Chosen by a hash of the ids, so that the choice does not follow the order of arrival.
        mixed = votes.participants[people].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        people = np.sort(people[np.argsort(mixed, kind="stable")[:_SAMPLE]])
    counts = _weighted_counts(votes.indptr, votes.cells, weight, len(votes.statements))
    disagree, skip, agree = counts.T
    answer = np.zeros((len(counts), 2 + _AXES))
    answer[:, 0] = np.log((agree + 0.5) / (disagree + 0.5))
    answer[:, 1] = 1.0
    at = np.arange(1, len(counts) + 1)[:, None]
    answer[:, 2:] = np.cos(at * np.sqrt(2.0 + np.arange(_AXES)))
    _alternate(answer, people, weight, votes.indptr, votes.cells, _ROUNDS)
    return _Model(answer, np.log((skip + 0.5) / (agree + disagree + 0.5)))


@compiled
def _weighted_counts(
    indptr: Int64, cells: Cells, weight: Float64, size: int
) -> Float64:  # pragma: no cover
    out = np.zeros((size, 3))
    for i in range(len(weight)):
        for at in range(indptr[i], indptr[i + 1]):
            out[cells[at] >> 2, cells[at] & 3] += weight[i]
    return out


@compiled
def _alternate(
    answer: Float64, people: Int64, weight: Float64, indptr: Int64, cells: Cells, rounds: int
) -> None:  # pragma: no cover
    size, width = len(answer), answer.shape[1] - 1
    place = np.zeros((len(people), width))
    for _ in range(rounds):
        for i in range(len(people)):
            _place(people[i], indptr, cells, answer, place[i], 2)
        # One Newton step for each statement: intercept and loadings, the bent to agree held at 1.
        slope = np.zeros((size, width))
        curve = np.zeros((size, width, width))
        x = np.empty(width)
        for i in range(len(people)):
            x[0] = 1.0
            x[1:] = place[i, 1:]
            once = weight[people[i]]
            for at in range(indptr[people[i]], indptr[people[i] + 1]):
                code = cells[at] & 3
                if code == 1:
                    continue
                s = cells[at] >> 2
                p = 1.0 / (1.0 + math.exp(-_logit(answer[s], place[i])))
                w = once * p * (1.0 - p)
                for a in range(width):
                    slope[s, a] += once * ((code == 2) - p) * x[a]
                    for b in range(a + 1):
                        curve[s, a, b] += w * x[a] * x[b]
        for s in range(size):
            now = np.empty(width)
            now[0] = answer[s, 0]
            now[1:] = answer[s, 2:]
            for a in range(width):
                ridge = 0.1 if a == 0 else 1.0
                slope[s, a] -= ridge * now[a]
                curve[s, a, a] += ridge
            _solve(curve[s], slope[s])
            for a in range(width):
                now[a] += min(max(slope[s, a], -1.0), 1.0)
            answer[s, 0] = now[0]
            answer[s, 2:] = now[1:]


@compiled
def _logit(statement: Float64, place: Float64) -> float:  # pragma: no cover
    total = float(statement[0])
    for a in range(len(place)):
        total += statement[a + 1] * place[a]
    return total


@compiled
def _place(
    person: int, indptr: Int64, cells: Cells, answer: Float64, place: Float64, rounds: int
) -> None:  # pragma: no cover
    """Newton steps to a person's most likely bent and place, the prior of variance 1."""
    width = len(place)
    for _ in range(rounds):
        slope = -place.copy()
        curve = np.eye(width)
        for at in range(indptr[person], indptr[person + 1]):
            code = cells[at] & 3
            if code == 1:
                continue
            s = cells[at] >> 2
            p = 1.0 / (1.0 + math.exp(-_logit(answer[s], place)))
            w = p * (1.0 - p)
            for a in range(width):
                slope[a] += ((code == 2) - p) * answer[s, a + 1]
                for b in range(a + 1):
                    curve[a, b] += w * answer[s, a + 1] * answer[s, b + 1]
        _solve(curve, slope)
        for a in range(width):
            place[a] += min(max(slope[a], -1.5), 1.5)


@compiled
def _solve(matrix: Float64, right: Float64) -> None:  # pragma: no cover
    """Cholesky of the lower half, in place; the answer replaces the right side."""
    n = len(right)
    for a in range(n):
        for b in range(a + 1):
            total = matrix[a, b]
            for c in range(b):
                total -= matrix[a, c] * matrix[b, c]
            matrix[a, b] = math.sqrt(total) if a == b else total / matrix[b, b]
    for a in range(n):
        for c in range(a):
            right[a] -= matrix[a, c] * right[c]
        right[a] /= matrix[a, a]
    for a in range(n - 1, -1, -1):
        for c in range(a + 1, n):
            right[a] -= matrix[c, a] * right[c]
        right[a] /= matrix[a, a]


# -- the claim ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Claim:
    """Members in order of arrival, and how surprising they are."""

    members: Int64
    evidence: float
    log_expected: float


@dataclass(frozen=True, slots=True)
class _Judge:
    """What a set of people must be surprising against; people are places in order of arrival."""

    votes: VoteMatrix
    model: _Model
    usual: Float64
    """Logarithms of the usual shares of disagreement, pass, agreement, shape (S, 3)."""
    ordered: bool
    """Whether the order of people means anything."""
    expected: float
    fewest: int

    def claim(self, members: Int64) -> _Claim | None:
        """The campaign among these people, ascending, if there is one."""
        logs = self._logs(members)
        for _ in range(_PRUNINGS):
            if len(members) < self.fewest:
                return None
            # Each must be worth more, beside the others, than the choice of naming them costs.
            worth = self._stakes(members, logs, beside=True)
            kept = worth[:, int(worth.sum(axis=0).argmax())] > self._cost(members) / len(members)
            if kept.all():
                break
            members, logs = members[kept], [x for x, k in zip(logs, kept, strict=True) if k]
        if len(members) < self.fewest:
            return None
        totals = self._stakes(members, logs, beside=False).sum(axis=0)
        evidence = float(totals.max() + np.log(np.exp(totals - totals.max()).mean()))
        log_expected = self._cost(members) - evidence
        if log_expected > math.log(self.expected):
            return None
        return _Claim(members, evidence, log_expected)

    def swept(self, claim: _Claim, free: npt.NDArray[np.bool_]) -> _Claim:
        """The claim with those of everyone who also copied, if it is the better for them."""
        more = _akin(claim.members, free, self.votes.indptr, self.votes.cells, self.usual)
        wider = self.claim(np.union1d(claim.members, more))
        return claim if wider is None or wider.log_expected > claim.log_expected else wider

    def _logs(self, members: Int64) -> list[Float64]:
        return [
            _null(m, self.votes.indptr, self.votes.cells, self.model.answer, self.model.passing)
            for m in members.tolist()
        ]

    def _stakes(self, members: Int64, logs: list[Float64], *, beside: bool) -> Float64:
        """Log of how much likelier each ballot is as a copy, shape (m, noises).

        Of those before it, which is a fair bet; or ``beside``, of all others.
        """
        starts = np.concatenate([[0], np.cumsum([len(x) for x in logs])])
        return _bets(
            members,
            self.votes.indptr,
            self.votes.cells,
            np.concatenate(logs),
            starts,
            self.usual,
            np.array(_NOISES),
            beside,
        )

    def _cost(self, members: Int64) -> float:
        """Log of how many sets as narrow in the order of arrival could have been named."""
        people, m = len(self.votes.participants), len(members)
        size = math.log(m * (m + 1))
        if not self.ordered:
            return _log_choose(people, m) + size
        span = int(members[-1] - members[0]) + 1
        # Where it begins, how far it reaches, and who of those between; or gap by gap, which is
        # cheaper for several bursts.
        together = math.log(span * (span + 1)) + _log_choose(max(span - 2, 0), m - 2)
        gaps = np.diff(members).astype(np.float64)
        apart = float(np.log(gaps * (gaps + 1)).sum())
        return math.log(people) + size + math.log(2) + min(together, apart)

    def campaign(self, claim: _Claim, order: Int64, times: Int64 | None) -> Campaign:
        """The claim in the words of those who asked."""
        tally = np.zeros((len(self.usual), 3), dtype=np.int64)
        for m in claim.members.tolist():
            _tally(m, self.votes.indptr, self.votes.cells, tally, 1)
        # Of the ballot is what most members who saw it, and a quarter of all, answered alike.
        seen, top = tally.sum(axis=1), tally.max(axis=1)
        at = np.flatnonzero((top >= 2) & (top * 2 > seen) & (seen * 4 >= len(claim.members)))
        members = order[claim.members]
        span = int(claim.members[-1] - claim.members[0]) + 1
        return Campaign(
            members=members,
            statements=at,
            ballot=(tally[at].argmax(axis=1) - 1).astype(np.int8),
            first=None if times is None else int(times[members[0]]),
            last=None if times is None else int(times[members[-1]]),
            arrivals=len(order) if times is None else span,
            kept=float(top[at].sum() / max(int(seen[at].sum()), 1)),
            evidence=claim.evidence,
            expected=math.exp(claim.log_expected) if claim.log_expected > -745.0 else 0.0,
        )


@compiled
def _akin(
    members: Int64, free: npt.NDArray[np.bool_], starts: Int64, cells: Cells, usual: Float64
) -> Int64:  # pragma: no cover
    """Everyone free whose ballot looks like a copy of what the members share."""
    tally = np.zeros((len(usual), 3), dtype=np.int64)
    for i in range(len(members)):
        _tally(members[i], starts, cells, tally, 1)
    found = [
        i
        for i in range(len(free))
        if free[i] and _against(i, starts, cells, tally, usual, 0.15) >= _PAIR
    ]
    return np.array(found, dtype=np.int64)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) if 0 < k < n else 0.0


@compiled
def _null(
    person: int, indptr: Int64, cells: Cells, answer: Float64, passing: Float64
) -> Float64:  # pragma: no cover
    """Log-probability of each vote of a person at their own best place."""
    place = np.zeros(answer.shape[1] - 1)
    _place(person, indptr, cells, answer, place, 8)
    bent = 0.0
    for _ in range(8):
        slope, curve = -bent, 1.0
        for at in range(indptr[person], indptr[person + 1]):
            p = 1.0 / (1.0 + math.exp(-passing[cells[at] >> 2] - bent))
            slope += ((cells[at] & 3) == 1) - p
            curve += p * (1.0 - p)
        bent += min(max(slope / curve, -1.5), 1.5)
    out = np.empty(indptr[person + 1] - indptr[person])
    for at in range(indptr[person], indptr[person + 1]):
        s, code = cells[at] >> 2, cells[at] & 3
        skip = 1.0 / (1.0 + math.exp(-passing[s] - bent))
        yes = 1.0 / (1.0 + math.exp(-_logit(answer[s], place)))
        p = skip if code == 1 else (1.0 - skip) * (yes if code == 2 else 1.0 - yes)
        out[at - indptr[person]] = math.log(max(p, 1e-9))
    return out


@compiled
def _bets(
    members: Int64,
    indptr: Int64,
    cells: Cells,
    logs: Float64,
    starts: Int64,
    usual: Float64,
    noises: Float64,
    beside: bool,
) -> Float64:  # pragma: no cover
    tally = np.zeros((len(usual), 3), dtype=np.int64)
    out = np.zeros((len(members), len(noises)))
    if beside:
        for i in range(len(members)):
            _tally(members[i], indptr, cells, tally, 1)
    for i in range(len(members)):
        begin = indptr[members[i]]
        if beside:
            _tally(members[i], indptr, cells, tally, -1)
        for at in range(begin, indptr[members[i] + 1]):
            s, code = cells[at] >> 2, cells[at] & 3
            script = _shared(tally[s])
            if script == _UNSEEN:
                continue
            for e in range(len(noises)):
                p = noises[e] * math.exp(usual[s, code])
                if script == code:
                    p += 1.0 - noises[e]
                out[i, e] += math.log(p) - logs[starts[i] + at - begin]
        _tally(members[i], indptr, cells, tally, 1)
    return out
