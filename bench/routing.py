"""Routing: what a vote tells, how fairly statements are shown, and whether shares come out right.

    ./run bench routing [RUNS]

A simulated consultation: 2,000 people one after the other, 20 statements each of 150, of which 50
are added when half of the people have been. The estimate is refreshed after every 100 people. All
collected votes are read by the same model at the end, so that only the routing differs. *AUC*: of
20 held-out answers of each person, passes left out. *places*: share of the variance of people's
true positions that the estimate explains, after their first 5, 10 and all 20 votes. *Gini* and
*max / min*: of how often each statement was shown, for the first hundred; *late*: the least shown
of those added, against 133 if the second half of the people had shared all alike. *share RMSE*: of
the shares of agreement against those of everyone, as cast and corrected, in points. Most statements
tell little of people and a few a lot; people pass on those that tell little; a fifth agree with
anything more readily.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import VoteMatrix, analyse, factors, statistics
from assises.engines.opinion import routing as r

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

PEOPLE, STATEMENTS, LATE, EACH, REFRESH = 2000, 150, 50, 20, 100
HELD = 20


@dataclass
class Truth:
    """What everyone would answer to everything."""

    place: Float64
    vote: npt.NDArray[np.int8]
    held: npt.NDArray[np.bool_]


def truth(seed: int) -> Truth:
    rng = np.random.default_rng([seed, 4])
    camp = rng.choice([-1.0, 0.2, 1.2], PEOPLE, p=[0.3, 0.5, 0.2])
    place = np.stack([camp + rng.normal(0, 0.5, PEOPLE), rng.normal(0, 0.8, PEOPLE)], axis=1)
    bent = rng.normal(0, 0.4, PEOPLE) + 0.8 * (rng.random(PEOPLE) < 0.2)
    # Most statements tell little, some a lot.
    load = rng.normal(0, 1, (STATEMENTS, 2)) * rng.gamma(1.5, 0.8, (STATEMENTS, 1))
    logit = rng.normal(0.4, 1.0, STATEMENTS) + bent[:, None] + place @ load.T
    vote = np.where(rng.random(logit.shape) < 1 / (1 + np.exp(-logit)), 1, -1).astype(np.int8)
    skip = 1 / (1 + np.exp(1.6 + 0.4 * np.abs(load).sum(axis=1) + rng.normal(0, 0.5, STATEMENTS)))
    vote[rng.random(vote.shape) < skip] = 0
    held = np.zeros(vote.shape, dtype=np.bool_)
    for i in range(PEOPLE):
        held[i, rng.choice(STATEMENTS, HELD, replace=False)] = True
    return Truth(place, vote, held)


@dataclass
class Log:
    """What was shown, by person, in order."""

    shown: Int64
    probability: Float64

    def matrix(self, t: Truth, people: int, first: int = EACH) -> VoteMatrix:
        rows = np.repeat(np.arange(people), first)
        at = self.shown[:people, :first].ravel()
        return VoteMatrix.from_arrays(rows, at, t.vote[rows, at], universe=np.arange(STATEMENTS))


Router = Callable[[VoteMatrix | None, Int64], Callable[[int, Int64, Int64, int], tuple[int, float]]]


def uniform(_votes: VoteMatrix | None, _counts: Int64) -> Callable[..., tuple[int, float]]:
    return lambda i, left, _seen, step: _draw(np.ones(len(left)), left, i, step)


def polis(votes: VoteMatrix | None, counts: Int64) -> Callable[..., tuple[int, float]]:
    far = np.zeros(STATEMENTS)
    if votes is not None:
        far = analyse(votes, method="polis").extremity
    weight = statistics.priority(counts, far, np.zeros(0, dtype=np.int64))
    return lambda i, left, _seen, step: _draw(weight[left], left, i, step)


def ours(mixture: r.Mixture) -> Router:
    def make(votes: VoteMatrix | None, counts: Int64) -> Callable[..., tuple[int, float]]:
        model = r.RoutingEstimate.cold(counts) if votes is None else fitted(votes, counts)

        def choose(i: int, left: Int64, seen: Int64, step: int, vote: Int64) -> tuple[int, float]:
            accepted = np.zeros(STATEMENTS, dtype=np.bool_)
            accepted[left] = True
            here = r.RoutingEstimate(
                model.counts, accepted, model.intercept, model.loadings, model.spread
            )
            at = r.locate(here, seen, vote)
            c = r.next_statements(
                here, seen, 1, key=b"bench:%d" % i, step=step, at=at, mixture=mixture
            )
            return int(c.statements[0]), float(c.probabilities[0])

        return choose

    return make


def fitted(votes: VoteMatrix, counts: Int64) -> r.RoutingEstimate:
    """The estimate of everyone's opinions so far, on two axes."""
    model = factors.fit(votes, dimensions=2, threads=1)
    return r.RoutingEstimate.of_factors(
        counts, model.statement_intercept, model.loading, model.intercept_variance
    )


def _draw(weight: Float64, left: Int64, i: int, step: int) -> tuple[int, float]:
    p = weight / weight.sum()
    number = np.random.default_rng([i, step]).random()
    at = min(int(np.searchsorted(np.cumsum(p), number, side="right")), len(left) - 1)
    return int(left[at]), float(p[at])


def consult(t: Truth, router: Router, *, votes_too: bool) -> Log:
    """Everyone in turn."""
    log = Log(np.zeros((PEOPLE, EACH), dtype=np.int64), np.zeros((PEOPLE, EACH)))
    counts = np.zeros((STATEMENTS, 3), dtype=np.int64)
    choose = router(None, counts)
    for i in range(PEOPLE):
        if i and i % REFRESH == 0:
            choose = router(log.matrix(t, i), counts.copy())
        open_to = ~t.held[i]
        if i < PEOPLE // 2:
            open_to[-LATE:] = False
        for step in range(EACH):
            left, seen = np.flatnonzero(open_to), log.shown[i, :step]
            extra = (t.vote[i, seen].astype(np.int64),) if votes_too else ()
            s, log.probability[i, step] = choose(i, left, seen, step, *extra)
            log.shown[i, step] = s
            open_to[s] = False
            counts[s, {1: 0, -1: 1, 0: 2}[int(t.vote[i, s])]] += 1
    return log


def judge(t: Truth, log: Log) -> list[float]:
    """The figures of one row."""
    everyone = log.matrix(t, PEOPLE)
    model = fitted(everyone, everyone.counts())
    explained = []
    for first in (5, 10, EACH):
        place = np.stack(
            [
                r.locate(model, log.shown[i, :first], t.vote[i, log.shown[i, :first]]).position
                for i in range(PEOPLE)
            ]
        )
        design = np.column_stack([np.ones(PEOPLE), place])
        fit = design @ np.linalg.lstsq(design, t.place, rcond=None)[0]
        explained.append(
            1 - float(((t.place - fit) ** 2).sum() / t.place.var(axis=0).sum() / PEOPLE)
        )
    guess = (model.intercept + place @ model.loadings.T)[t.held]
    auc = _auc(guess[t.vote[t.held] != 0], t.vote[t.held][t.vote[t.held] != 0] > 0)
    shown = np.bincount(log.shown.ravel(), minlength=STATEMENTS)
    early = shown[:-LATE]
    rows, step = np.divmod(np.arange(PEOPLE * EACH), EACH)
    at, p = log.shown.ravel(), log.probability.ravel()
    found = r.shares(
        at, t.vote[rows, at], p, step.astype(float), np.full(len(at), EACH), size=STATEMENTS
    )
    # Late statements are corrected for the later half, held-out cells are nobody's to show.
    half = rows >= PEOPLE // 2
    later = r.shares(
        at[half], t.vote[rows, at][half], p[half], step[half].astype(float),
        np.full(int(half.sum()), EACH), size=STATEMENTS,
    )  # fmt: skip
    corrected = np.where(
        np.arange(STATEMENTS) < STATEMENTS - LATE, found.corrected, later.corrected
    )
    true = np.array([(t.vote[~t.held[:, s], s] > 0).mean() for s in range(STATEMENTS)])
    return [
        auc,
        *explained,
        r.gini(early),
        float(early.max() / max(early.min(), 1)),
        float(shown[-LATE:].min()),
        100 * float(np.sqrt(np.nanmean((found.naive - true) ** 2))),
        100 * float(np.sqrt(np.nanmean((corrected - true) ** 2))),
    ]


def _auc(score: Float64, positive: npt.NDArray[np.bool_]) -> float:
    rank = np.empty(len(score))
    rank[np.argsort(score, kind="stable")] = np.arange(1, len(score) + 1)
    n = int(positive.sum())
    return float((rank[positive].sum() - n * (n + 1) / 2) / (n * (len(score) - n)))


def main(arguments: list[str]) -> int:
    """Print the tables."""
    runs = int(arguments[0]) if arguments else 3
    routers: dict[str, tuple[Router, bool]] = {
        "uniform": (uniform, False),
        "polis priority": (polis, False),
        "ours": (ours(r.USUAL), True),
        "ours, half even": (ours(r.Mixture(even=0.5)), True),
        "ours, softer (temperature 1)": (ours(r.Mixture(temperature=1.0)), True),
        "ours, greedy (temperature .2)": (ours(r.Mixture(temperature=0.2)), True),
    }
    print(f"mean of {runs} runs\n")
    print(
        "| routing | AUC | places, 5 | 10 | 20 | Gini | max / min | late"
        " | share RMSE | corrected | CPU s |"
    )
    print("|---|" + "---:|" * 10)
    for name, (router, votes_too) in routers.items():
        begin = time.process_time()
        rows = [
            judge(t := truth(seed), consult(t, router, votes_too=votes_too)) for seed in range(runs)
        ]
        spent = (time.process_time() - begin) / runs
        m = np.mean(rows, axis=0)
        print(
            f"| {name} | {m[0]:.3f} | {m[1]:.3f} | {m[2]:.3f} | {m[3]:.3f} | {m[4]:.3f} |"
            f" {m[5]:.1f} | {m[6]:.0f} | {m[7]:.2f} | {m[8]:.2f} | {spent:.1f} |",
            flush=True,
        )
    _speed()
    return 0


def _speed() -> None:
    print("\n| statements | ms a choice of 1 | of 10 |")
    print("|---:|---:|---:|")
    rng = np.random.default_rng(0)
    for size in (150, 2000, 16_000):
        model = r.RoutingEstimate(
            rng.integers(0, 500, (size, 3)),
            np.ones(size, dtype=np.bool_),
            rng.normal(0, 1, size),
            rng.normal(0, 1, (size, 2)),
            np.eye(2),
        )
        seen = np.arange(20)
        at = r.locate(model, seen, np.ones(20, dtype=int))
        cells = []
        for count in (1, 10):
            begin = time.process_time()
            for i in range(200):
                r.next_statements(model, seen, count, key=b"%d" % i, at=at)
            cells.append(f"{(time.process_time() - begin) / 200 * 1000:.2f}")
        print(f"| {size:,} | {cells[0]} | {cells[1]} |", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
