"""How often intervals, guarantees and tests of the opinion engine are right, by simulation.

    ./run bench intervals [--quick] [--speed]

Truth is drawn, people are sampled from it, and what the engine says is held against it. Shares are
drawn within a range, since at a single share no interval of a count can keep its level: the number
of people who agree is whole (the last column says how low a fixed share can fall). Weights
are those of raking cells: a person's cell gives the weight, and the share who agree differs between
cells by the odds ``weight ** slope``. The true share is that of the weighted population.

Last, what it costs for a million people, two thousand statements and five groups; ``--speed`` shows
only that.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import VoteMatrix, inference
from assises.engines.opinion.beta import beta_cdf
from assises.engines.opinion.inference import Tally
from assises.engines.opinion.intervals import beta_interval
from assises.engines.weighting import rake

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

CUTS = (0.02, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.98)
RANGES = tuple(itertools.pairwise(CUTS))
SIZES = (10, 20, 30, 60, 120, 300, 1000, 5000)
SLOPES = (0.0, 0.7, -0.7)
SCALE = 2.0**36
T = TypeVar("T")


@dataclass(frozen=True)
class Cells:
    """Weighting cells: how many of the sampled are of each and what they weigh."""

    name: str
    frequency: Float64
    weight: Float64

    @property
    def design_effect(self) -> float:
        """Of an endless sample."""
        mean = (self.frequency * self.weight).sum()
        return float((self.frequency * self.weight**2).sum() / mean**2)


def cells() -> list[Cells]:
    """Nobody weighted, three crossed raking factors, few heavy, many light, a trimmed lognormal."""
    factors = (
        ([0.5, 0.3, 0.2], [0.45, 1.2, 2.7]),
        ([0.6, 0.4], [0.5, 1.8]),
        ([0.7, 0.3], [0.7, 1.5]),
    )
    crossed = [np.array(list(itertools.product(*(f[i] for f in factors)))).prod(1) for i in (0, 1)]
    normal = np.sort(np.random.default_rng(0).normal(0, 1.0, 100_000)).reshape(50, -1).mean(axis=1)
    return [
        Cells("none", np.ones(1), np.ones(1)),
        Cells("raked", crossed[0], crossed[1]),
        Cells("few heavy", np.array([0.85, 0.15]), np.array([1.0, 9.0])),
        Cells("many light", np.array([0.6, 0.4]), np.array([0.05, 1.0])),
        Cells("lognormal", np.full(50, 0.02), np.minimum(np.exp(normal), 8.0)),
    ]


def in_cells(c: Cells, slope: float, share: Float64) -> Float64:
    """Share who agree in each cell so that the weighted share is as given, shape (n, cells)."""
    if slope == 0.0:
        return np.repeat(share[:, None], len(c.weight), axis=1)
    mass = c.frequency * c.weight / (c.frequency * c.weight).sum()
    p = np.empty((len(share), len(c.weight)))
    low, high = np.full(len(share), -30.0), np.full(len(share), 30.0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        p = 1 / (1 + np.exp(-(middle[:, None] + slope * np.log(c.weight))))
        under = (p * mass).sum(axis=1) < share
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return p


def drawn(rng: np.random.Generator, c: Cells, slope: float, n: int, share: Float64) -> Tally:
    """One group, one statement for each share: n people who agree or disagree."""
    people = rng.multinomial(n, c.frequency / c.frequency.sum(), size=len(share))
    distinct, each = np.unique(share, return_inverse=True)
    agree = rng.binomial(people, in_cells(c, slope, distinct)[each])
    u = c.weight / c.weight.max()
    powers = np.stack([u**k for k in range(4)], axis=1)
    steps = np.rint(powers * ([1] + [SCALE] * 3)).astype(np.int64)
    if (c.weight == c.weight[0]).all():
        return Tally.of_counts(
            np.stack([agree.sum(1), n - agree.sum(1), 0 * agree.sum(1)], axis=1)[None]
        )
    moments = np.zeros((1, len(share), 3, 4), dtype=np.int64)
    moments[0, :, 0] = agree @ steps
    moments[0, :, 1] = (people - agree) @ steps
    mass = moments[..., 1].sum(axis=2) / SCALE
    return Tally(moments, mass, SCALE)


def interval_coverage(
    rng: np.random.Generator,
    c: Cells,
    slope: float,
    n: int,
    between: tuple[float, float],
    runs: int,
) -> float:
    """Share of intervals that hold the true share; NaN where most cannot be said."""
    share = np.repeat(rng.uniform(*between, runs // 10), 10)
    table = inference.shares(drawn(rng, c, slope, n, share))
    low, high = table.low[0, :, 0], table.high[0, :, 0]
    said = ~np.isnan(low)
    held = (low <= share) & (share <= high)
    return float(held[said].mean()) if said.mean() > 0.5 else float("nan")


def worst_point(n: int) -> float:
    """Lowest exact coverage of the unweighted interval at one share from .02 to .98."""
    s = np.arange(n + 1.0)
    low, high = beta_interval(s, np.full(n + 1, float(n)))
    share = np.linspace(0.02, 0.98, 1921)
    # The binomial probability of a to b successes is a difference of incomplete betas.
    first = np.searchsorted(high, share)
    last = np.searchsorted(low, share, side="right") - 1
    below = np.where(first > 0, beta_cdf(n - first + 1.0, np.maximum(first, 1), 1 - share), 0)
    upto = np.where(last < n, beta_cdf(np.maximum(n - last, 1), last + 1.0, 1 - share), 1)
    return float((upto - below).min())


def guarantee_level(rng: np.random.Generator, c: Cells, groups: int, n: int, runs: int) -> float:
    """Share of guarantees at .95 that hold, all groups at the same share: the hardest case."""
    share = np.repeat(rng.uniform(0.1, 0.9, runs // 10), 10)
    parts = [drawn(rng, c, 0.0, n, share) for _ in range(groups)]
    joined = Tally(
        np.concatenate([p.moments for p in parts]),
        np.concatenate([p.mass for p in parts]),
        parts[0].scale,
    )
    bound = inference.guarantee(joined).bound
    said = ~np.isnan(bound)
    return float((bound[said] <= share[said]).mean()) if said.mean() > 0.5 else float("nan")


def test_level(
    rng: np.random.Generator, c: Cells, slope: float, n1: int, n2: int, runs: int
) -> float:
    """Share of p-values below .05 when group and rest agree equally."""
    share = np.repeat(rng.uniform(0.05, 0.95, runs // 10), 10)
    one, other = drawn(rng, c, slope, n1, share), drawn(rng, c, slope, n2, share)
    joined = Tally(
        np.concatenate([one.moments, other.moments]),
        np.concatenate([one.mass, other.mass]),
        one.scale,
    )
    p = inference.representative(joined).p[0, :, 0]
    said = ~np.isnan(p)
    return float((p[said] <= 0.05).mean()) if said.mean() > 0.5 else float("nan")


def divisiveness_coverage(
    rng: np.random.Generator, groups: int, n: int, apart: float, runs: int
) -> tuple[float, float, float]:
    """Coverage, mean of the value and mean of its unbiased square, for a true value."""
    lean = np.linspace(-1, 1, groups)
    lean = lean / np.sqrt((lean**2).mean())
    p = 0.5 + 0.5 * apart * lean[:, None]
    agree = rng.binomial(n, np.broadcast_to(p, (groups, runs)))
    found = inference.divisiveness(Tally.of_counts(np.stack([agree, n - agree, 0 * agree], axis=2)))
    held = (found.low <= apart + 1e-12) & (found.high >= apart - 1e-12)
    return float(held.mean()), float(found.value.mean()), float(found.squared.mean())


def _shown(value: float) -> str:
    if np.isnan(value):
        return "cannot be said"
    return f"{value:.3f}" + ("" if 0.93 <= value <= 0.97 else " *")


def _intervals(runs: int) -> None:
    rng, again = np.random.default_rng(4), np.random.default_rng(8)
    print("Coverage of 95 % intervals of a share; * outside .93 to .97.\n")
    heads = [*(f"{a} to {b}" for a, b in RANGES), f"{CUTS[0]} to {CUTS[-1]}"]
    print("| weights | slope | n | " + " | ".join(heads) + " | worst fixed share |")
    print("|---|---:|---:|" + "---:|" * (len(heads) + 1))
    for c in cells():
        for slope in SLOPES if len(c.weight) > 1 else (0.0,):
            for n in SIZES:
                row = [_shown(interval_coverage(rng, c, slope, n, r, runs)) for r in RANGES]
                whole = CUTS[0], CUTS[-1]
                row.append(_shown(interval_coverage(again, c, slope, n, whole, 4 * runs)))
                worst = f"{worst_point(n):.3f}" if len(c.weight) == 1 else ""
                name = c.name if len(c.weight) == 1 else f"{c.name} ({c.design_effect:.2f})"
                print(
                    f"| {name} | {slope} | {n:,} | " + " | ".join(row) + f" | {worst} |", flush=True
                )


def _others(runs: int) -> None:
    rng = np.random.default_rng(5)
    print("\nGuarantees at .95 that hold, all groups at one share.\n")
    print("| weights | n | 1 group | 2 | 5 | 11 |\n|---|---:|---:|---:|---:|---:|")
    for c in cells():
        for n in (10, 30, 100, 1000):
            held = [guarantee_level(rng, c, k, n, runs) for k in (1, 2, 5, 11)]
            shown = ["cannot be said" if np.isnan(h) else f"{h:.3f}" for h in held]
            print(f"| {c.name} | {n:,} | " + " | ".join(shown) + " |", flush=True)
    print("\nTests of a group against the rest at .05 that reject, nothing differing.\n")
    sizes = ((3, 30), (10, 10), (10, 300), (30, 30), (100, 1000), (1000, 4000))
    print("| weights | slope | " + " | ".join(f"{a} and {b:,}" for a, b in sizes) + " |")
    print("|---|---:|" + "---:|" * len(sizes))
    for c in cells():
        for slope in SLOPES if len(c.weight) > 1 else (0.0,):
            rates = [test_level(rng, c, slope, a, b, runs) for a, b in sizes]
            shown = ["cannot be said" if np.isnan(r) else f"{r:.3f}" for r in rates]
            print(f"| {c.name} | {slope} | " + " | ".join(shown) + " |", flush=True)
    print("\nDivisiveness: coverage of its 95 % interval / mean / mean square.\n")
    print("| groups | n each | true 0 | .1 | .3 | .8 (2), .55 |\n|---:|---:|---:|---:|---:|---:|")
    for groups in (2, 3, 5, 11):
        for n in (15, 50, 500):
            found = [
                divisiveness_coverage(rng, groups, n, d, runs)
                for d in (0.0, 0.1, 0.3, 0.8 if groups == 2 else 0.55)
            ]
            shown = [f"{c:.3f} / {m:.3f} / {s:.4f}" for c, m, s in found]
            print(f"| {groups} | {n} | " + " | ".join(shown) + " |", flush=True)


def _speed() -> None:
    people, statements, share = 1_000_000, 2000, 0.02
    rng = np.random.default_rng(6)
    cast = rng.binomial(statements, share, people)
    indptr = np.concatenate([[0], np.cumsum(cast)]).astype(np.int64)
    # Statements at equal steps from a random first one: distinct and ascending without a sort.
    step = statements // np.maximum(cast, 1)
    at = np.arange(indptr[-1]) - np.repeat(indptr[:-1], cast)
    column = at * np.repeat(step, cast) + np.repeat(rng.integers(0, step), cast)
    cells_ = (column << 2 | rng.integers(0, 3, len(column))).astype(np.uint16)
    ids = np.arange(people)
    votes = VoteMatrix(ids, np.arange(statements), indptr, cells_, len(cells_))
    label = rng.integers(0, 5, people)
    crowd = {"region": rng.integers(0, 12, people), "age": rng.integers(0, 14, people)}
    crowd |= {"area": rng.integers(0, 2, people), "sex": rng.integers(0, 2, people)}
    census = {k: rng.dirichlet(np.full(int(c.max()) + 1, 20.0)) for k, c in crowd.items()}
    joint = ((crowd["region"] * 2 + crowd["area"]) * 2 + crowd["sex"]) * 14 + crowd["age"]
    print(f"\nCPU seconds: {people:,} people, {statements:,} statements, {len(votes):,} votes\n")
    print("| what | CPU s |\n|---|---:|")
    weight = _timed("rake, four margins", lambda: rake(crowd, census)).weight
    _timed("rake, 672 joint cells", lambda: rake({"cell": joint}, {"cell": np.ones(672)}))
    _timed("rake, four margins, cap 3", lambda: rake(crowd, census, cap=3.0))
    inference.tally(votes, label, weight, threads=1)
    counted = _timed("tally, unweighted", lambda: inference.tally(votes, label, threads=1))
    heavy = _timed("tally, weighted", lambda: inference.tally(votes, label, weight, threads=1))
    functions: list[tuple[str, Callable[[Tally], object]]] = [
        ("shares with intervals", inference.shares),
        ("guarantee", inference.guarantee),
        ("representative", inference.representative),
        ("consensus", inference.consensus),
        ("divisiveness", inference.divisiveness),
    ]
    for name, function in functions:
        function(counted)
        _timed(f"{name}, unweighted", partial(function, counted))
        _timed(f"{name}, weighted", partial(function, heavy))
    _timed(
        "cross-fitting, but for the grouping",
        lambda: inference.cross_fit(
            votes, lambda part: label[part.participants], seed=1, threads=1
        ),
    )


def _timed(name: str, work: Callable[[], T]) -> T:
    begin = time.process_time()
    result = work()
    print(f"| {name} | {time.process_time() - begin:.2f} |", flush=True)
    return result


def main(arguments: list[str]) -> int:
    """Print the tables."""
    runs = 2000 if "--quick" in arguments else 8000
    if "--speed" not in arguments:
        _intervals(runs)
        _others(runs)
    _speed()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
