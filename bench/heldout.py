"""How well each method foretells votes it has not seen, on real conversations.

    ./run bench heldout [FOLDER ...]

A fifth of the agreements and disagreements of a conversation is held out at random, each method
learns from the rest (passes stay), and says how likely each held-out vote is an agreement. The
figure is the AUC, over the held-out votes of a split together: the chance that an agreement was
given a higher probability than a disagreement. Mean of five splits with fixed seeds. It is asked of
the people in the conversation, who cast seven votes or more, held-out ones included: those whom
maps and groups are of. Below stands what it is over everyone's votes, and of those who have seven
left to learn from. Where a peer
has a strength of regularisation, it is chosen for that peer, conversation and split on votes held
out of the *training* votes; ours has nothing to choose. The last line is
the CPU time.

*statement mean*: the share of agreement with the statement. *Polis groups*: that share within
the group of the person, the nearest one if they are in none. *Polis PCA*: mean vote plus position
times axes, positions scaled for sparsity as the server does; *without the scale*: as a PCA does.
*one / two factors*: least squares on 0 and 1 with intercepts of persons and statements, the form of
Community Notes. *IRT*: two-dimensional two-parameter logistic model, maximum a posteriori.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import VoteMatrix, analyse, factors, pca
from assises.flows.tables import from_export, vote_matrix
from assises.formats import polis

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "polis"
SEEDS = (1, 2, 3, 4, 5)
SHARE = 0.2
INNER_SEED = 77
ENOUGH_VOTES = 7
"""Who is in the conversation."""
ROUNDS = 60
STRENGTHS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
DISCRIMINATIONS = (0.25, 0.5, 1.0, 2.0, 4.0)

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Split:
    """What a method learns from, and what it is asked. Indices are those of the conversation."""

    shape: tuple[int, int]
    rows: Int64
    columns: Int64
    values: npt.NDArray[np.int8]
    asked_rows: Int64
    asked_columns: Int64
    agreed: npt.NDArray[np.bool_]

    @property
    def known(self) -> tuple[Int64, Int64, Float64]:
        """Agreements and disagreements to learn from: person, statement, 1 or 0."""
        cast = self.values != 0
        return self.rows[cast], self.columns[cast], (self.values[cast] > 0).astype(np.float64)

    def matrix(self) -> VoteMatrix:
        """The same as the engine takes it; participant ids are the indices."""
        return VoteMatrix.from_arrays(
            self.rows, self.columns, self.values, universe=np.arange(self.shape[1])
        )


Method = Callable[[Split], Float64]


def split(
    rows: Int64,
    columns: Int64,
    values: npt.NDArray[np.int8],
    shape: tuple[int, int],
    seed: int,
) -> Split:
    """Hold out a fifth of the agreements and disagreements."""
    cast = np.flatnonzero(values != 0)
    order = np.random.default_rng(seed).permutation(len(cast))
    out = cast[order[: round(SHARE * len(cast))]]
    rest = np.ones(len(values), dtype=bool)
    rest[out] = False
    return Split(
        shape, rows[rest], columns[rest], values[rest], rows[out], columns[out], values[out] > 0
    )


def inner(of: Split) -> Split:
    """A split of the training votes, to choose by."""
    return split(of.rows, of.columns, of.values, of.shape, INNER_SEED)


def auc(score: Float64, agreed: npt.NDArray[np.bool_]) -> float:
    """Area under the receiver's curve, ties counting one half (Mann and Whitney 1947)."""
    _, at, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[at]
    yes, no = int(agreed.sum()), int((~agreed).sum())
    return float((rank[agreed].sum() - yes * (yes + 1) / 2) / (yes * no))


# The peers.


def statement_mean(s: Split) -> Float64:
    """Share of agreement with one more of each."""
    _, columns, y = s.known
    agrees = np.bincount(columns, weights=y, minlength=s.shape[1])
    cast = np.bincount(columns, minlength=s.shape[1])
    return np.asarray(((agrees + 1) / (cast + 2))[s.asked_columns], dtype=np.float64)


def polis_groups(s: Split) -> Float64:
    """Share of agreement within the group, two votes' worth of everyone's share added."""
    matrix = s.matrix()
    opinion = analyse(matrix, "polis")
    squares = ((opinion.positions[:, None, :] - opinion.centres[None]) ** 2).sum(axis=2)
    label = np.where(opinion.group >= 0, opinion.group, squares.argmin(axis=1))
    counts = np.stack([matrix.counts(label == g) for g in range(len(opinion.centres))])
    whole = counts.sum(axis=0)
    everyone = (whole[:, 0] + 1) / (whole[:, 0] + whole[:, 1] + 2)
    share = (counts[..., 0] + 2 * everyone) / (counts[..., 0] + counts[..., 1] + 2)
    group = _of_people(s, matrix, label.astype(np.float64), -1.0).astype(np.int64)
    within = np.where(group >= 0, share[group, s.asked_columns], everyone[s.asked_columns])
    return np.asarray(within, dtype=np.float64)


def polis_pca(s: Split) -> Float64:
    """Mean vote plus position times axes, with the server's scale for sparsity."""
    return _pca(s, scaled=True)


def plain_pca(s: Split) -> Float64:
    """The same without the scale."""
    return _pca(s, scaled=False)


def _pca(s: Split, *, scaled: bool) -> Float64:
    matrix = s.matrix()
    z = pca.centre(matrix, np.empty(0, dtype=np.int64))
    axes, _ = pca.components(z)
    positions = pca.project(z, axes) if scaled else z.times(axes.T)
    score = z.mean[s.asked_columns].copy()
    for k in range(2):
        score += _of_people(s, matrix, positions[:, k], 0.0) * axes[k, s.asked_columns]
    return score


def _of_people(s: Split, matrix: VoteMatrix, values: Float64, missing: float) -> Float64:
    out = np.full(s.shape[0], missing)
    out[matrix.participants] = values
    return out[s.asked_rows]


def one_factor(s: Split) -> Float64:
    """Matrix factorisation with biases and one factor."""
    return _chosen(s, lambda part, strength: _factorisation(part, 1, strength), STRENGTHS)


def two_factors(s: Split) -> Float64:
    """Matrix factorisation with biases and two factors."""
    return _chosen(s, lambda part, strength: _factorisation(part, 2, strength), STRENGTHS)


def irt(s: Split) -> Float64:
    """Two-dimensional 2PL."""
    return _chosen(s, _irt, DISCRIMINATIONS)


def _chosen(
    s: Split, method: Callable[[Split, float], Float64], values: Sequence[float]
) -> Float64:
    part = inner(s)
    best = max(values, key=lambda value: auc(method(part, value), part.agreed))
    return method(s, best)


def _factorisation(s: Split, width: int, strength: float) -> Float64:
    """Alternating least squares; intercepts and factors are held back alike, as strongly as chosen.

    Community Notes has one fixed strength of each, made for its own numbers of notes.
    """
    rows, columns, y = s.known
    middle = y.mean()
    person, statement = _start(s, width)
    penalty = np.full(width + 1, strength)
    ones = np.ones(len(y))
    for _ in range(ROUNDS):
        offset = y - middle
        person = _ridge(
            rows, s.shape[0], statement[columns], offset - statement[columns, 0], ones, penalty
        )
        statement = _ridge(
            columns, s.shape[1], person[rows], offset - person[rows, 0], ones, penalty
        )
    return _linear(s, person, statement)


def _irt(s: Split, variance: float) -> Float64:
    """Alternating penalised logistic regressions by a bound of the logarithm (Jaakkola 2000)."""
    rows, columns, y = s.known
    _, statement = _start(s, 2)
    statement[:, 1:] *= 4.0
    share = (np.bincount(columns, y, s.shape[1]) + 1) / (np.bincount(columns, None, s.shape[1]) + 2)
    statement[:, 0] = np.log(share / (1 - share))
    person = np.zeros((s.shape[0], 3))
    one, of_statement = np.array([1e9, 1.0, 1.0]), np.array([0.05, 1 / variance, 1 / variance])
    for _ in range(ROUNDS):
        for _ in range(2):
            weight, target = _bound(rows, columns, y, person, statement)
            person = _ridge(
                rows, s.shape[0], statement[columns], target - statement[columns, 0], weight, one
            )
        for _ in range(2):
            weight, target = _bound(rows, columns, y, person, statement)
            statement = _ridge(
                columns, s.shape[1], person[rows], target - person[rows, 0], weight, of_statement
            )
    return _linear(s, person, statement)


def _bound(
    rows: Int64, columns: Int64, y: Float64, person: Float64, statement: Float64
) -> tuple[Float64, Float64]:
    eta = statement[columns, 0] + person[rows, 0]
    eta += (person[rows, 1:] * statement[columns, 1:]).sum(axis=1)
    size = np.maximum(np.abs(eta), 1e-6)
    weight = np.tanh(size / 2) / (2 * size)
    return weight, (y - 0.5) / weight


def _start(s: Split, width: int) -> tuple[Float64, Float64]:
    """Intercepts zero, factors from the singular vectors of what statement means leave."""
    rows, columns, y = s.known
    share = (np.bincount(columns, y, s.shape[1]) + 1) / (np.bincount(columns, None, s.shape[1]) + 2)
    dense = np.zeros(s.shape)
    dense[rows, columns] = y - share[columns]
    left, singular, right = np.linalg.svd(dense, full_matrices=False)
    root = np.sqrt(singular[:width])
    person = np.column_stack([np.zeros(s.shape[0]), left[:, :width] * root])
    statement = np.column_stack([np.zeros(s.shape[1]), right[:width].T * root])
    return person, statement


def _ridge(
    group: Int64, groups: int, other: Float64, target: Float64, weight: Float64, penalty: Float64
) -> Float64:
    """Weighted ridge regressions, one a group, on an intercept and the other side's factors."""
    x = other.copy()
    x[:, 0] = 1.0
    width = x.shape[1]
    normal = np.zeros((groups, width, width))
    right = np.zeros((groups, width))
    for a in range(width):
        right[:, a] = np.bincount(group, weight * target * x[:, a], groups)
        for b in range(a + 1):
            normal[:, a, b] = normal[:, b, a] = np.bincount(
                group, weight * x[:, a] * x[:, b], groups
            )
    return np.asarray(np.linalg.solve(normal + np.diag(penalty), right[..., None])[..., 0])


def _linear(s: Split, person: Float64, statement: Float64) -> Float64:
    p, q = person[s.asked_rows], statement[s.asked_columns]
    return np.asarray(p[:, 0] + q[:, 0] + (p[:, 1:] * q[:, 1:]).sum(axis=1))


# Ours.


def ours(s: Split) -> Float64:
    """The factor model of the engine as it comes."""
    matrix = s.matrix()
    model = factors.fit(matrix)
    at = np.full(s.shape[0], -1)
    at[matrix.participants] = np.arange(len(matrix.participants))
    return model.probability(at[s.asked_rows], s.asked_columns)


METHODS: dict[str, Method] = {
    "statement mean": statement_mean,
    "Polis groups": polis_groups,
    "Polis PCA": polis_pca,
    "without the scale": plain_pca,
    "one factor": one_factor,
    "two factors": two_factors,
    "IRT": irt,
    "ours": ours,
}


PEOPLE: dict[str, Callable[[VoteMatrix, Split], Int64]] = {
    "in the conversation": lambda votes, _: votes.votes_per_participant,
    "everyone": lambda votes, _: np.full(votes.shape[0], ENOUGH_VOTES),
    "with seven votes to learn from": lambda votes, part: np.bincount(
        part.rows, minlength=votes.shape[0]
    ),
}
"""Whose votes are asked: those of whom these votes are seven or more."""
Table = dict[str, dict[str, float]]


def measure(folder: Path, seconds: dict[str, float]) -> Table:
    """Mean AUC over the splits, by people and method."""
    votes = vote_matrix(from_export(polis.read(folder)))
    found: dict[str, dict[str, list[float]]] = {
        people: {name: [] for name in METHODS} for people in PEOPLE
    }
    for seed in SEEDS:
        part = split(votes.rows, votes.columns, votes.values, votes.shape, seed)
        asked = {
            people: cast(votes, part)[part.asked_rows] >= ENOUGH_VOTES
            for people, cast in PEOPLE.items()
        }
        for name, method in METHODS.items():
            begin = time.process_time()
            score = method(part)
            seconds[name] += time.process_time() - begin
            for people, of in asked.items():
                found[people][name].append(auc(score[of], part.agreed[of]))
    return {people: _means(values) for people, values in found.items()}


def _means(found: dict[str, list[float]]) -> dict[str, float]:
    return {name: float(np.mean(values)) for name, values in found.items()}


def main(arguments: list[str]) -> int:
    """Print the table; 1 if there is nothing to measure or ours is below a peer in any mean."""
    folders = [Path(a) for a in arguments] or sorted(SHARED.glob("*"))
    if not folders:
        print("There is no conversation to measure: name the folders of Polis exports.")
        return 1
    print("AUC on held-out agreements and disagreements, mean of five splits.\n")
    print("| conversation | " + " | ".join(METHODS) + " |")
    print("|---|" + "---:|" * len(METHODS))
    seconds = dict.fromkeys(METHODS, 0.0)
    first, *others = PEOPLE
    rows: list[Table] = []
    for folder in folders:
        rows.append(measure(folder, seconds))
        print(f"| {folder.name[:28]} | {_line(rows[-1][first])} |", flush=True)
    mean = {
        people: _means({name: [row[people][name] for row in rows] for name in METHODS})
        for people in PEOPLE
    }
    print(f"| **mean** | {_line(mean[first])} |")
    for people in others:
        print(f"| mean, {people} | {_line(mean[people])} |")
    print("| CPU seconds | " + " | ".join(f"{seconds[name]:.1f}" for name in METHODS) + " |")
    return 0 if all(row["ours"] >= max(row.values()) for row in mean.values()) else 1


def _line(row: dict[str, float]) -> str:
    return " | ".join(f"{row[name]:.4f}" for name in METHODS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
