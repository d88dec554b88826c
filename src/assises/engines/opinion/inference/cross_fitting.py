"""Groups formed on one part of the statements, and counted on another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.inference.counting import Tally, labels_of, tally
from assises.engines.opinion.kernels import Cells, Float64, Int64, compiled
from assises.engines.opinion.matrix import VoteMatrix
from assises.lib.errors import InputError


@dataclass(frozen=True, slots=True)
class CrossFit:
    """Answers to statements by groups that those answers had no part in forming."""

    counted: Tally
    """Feed it to :func:`shares`, :func:`guarantee`, :func:`representative`."""
    fold: Int64
    """Part of each statement, shape (S,)."""
    label: Int64
    """Groups that each part is tested with, formed on the other parts, shape (folds, P); numbered
    as those of the first, -1 for people or groups without a counterpart."""
    alike: Float64
    """Of the people grouped both times, the share in the same group as the first time, (folds,)."""


def cross_fit(
    votes: VoteMatrix,
    grouping: Callable[[VoteMatrix], npt.ArrayLike],
    folds: int = 2,
    *,
    seed: int,
    weights: npt.ArrayLike | None = None,
    threads: int | None = None,
) -> CrossFit:
    """Form groups on one part of the statements and count them on another.

    Groups formed from votes differ on those same votes even if nobody shares any opinion: the
    usual tests reject far above their level. Here the statements are cut into parts of about as
    many votes, the groups that a part is counted with come from the other parts alone, and are
    matched to those of the first part by the most people in common (one to one).

    Args:
        votes: last votes.
        grouping: from votes to a label for each of their participants, whole numbers from 0, -1 for
            those of none. It is given the votes on some statements, of those who cast any on them.
        folds: number of parts, from 2 to the number of statements.
        seed: of the cut, which depends on the votes and on it, never on ids or the order of rows.
        weights: as for :func:`tally`.
        threads: as for :func:`tally`.

    Raises:
        InputError: for fewer than two parts or more parts than statements, or labels of the wrong
            shape.
    """
    fold = split(votes, folds, seed)
    label = np.stack([_formed(votes, grouping, fold != f) for f in range(folds)])
    alike = np.ones(folds)
    for f in range(1, folds):
        label[f], alike[f] = _matched(label[f], label[0])
    groups = int(label.max(initial=-1)) + 1
    counted = [tally(votes, row, weights, groups=groups, threads=threads) for row in label]
    moments, mass = counted[0].moments.copy(), counted[0].mass.copy()
    for f in range(1, folds):
        moments[:, fold == f] = counted[f].moments[:, fold == f]
        mass[:, fold == f] = counted[f].mass[:, fold == f]
    return CrossFit(Tally(moments, mass, counted[0].scale), fold, label, alike)


def split(votes: VoteMatrix, folds: int, seed: int) -> Int64:
    """Cut the statements into parts of about as many votes, shape (S,).

    Statements are taken from the most voted on down, as many at a time as there are parts, and
    dealt by a hash of the seed and of who voted what on them and on the others: renaming people or
    statements, or reordering rows, renames the parts' members and changes nothing else.

    Args:
        votes: last votes.
        folds: number of parts.
        seed: of the hash.
    """
    count = len(votes.statements)
    if not 2 <= folds <= count:
        raise InputError(
            "statements are cut into two parts or more, each with one at least",
            column="folds",
            value=folds,
            next_step=f"Give a number from 2 to {count}." if count > 1 else "Give two statements.",
        )
    people = np.full(len(votes.participants), np.uint64(seed % (1 << 64)), dtype=np.uint64)
    print_ = np.zeros(count, dtype=np.uint64)
    # Two rounds tell apart statements that any count of votes and voters can tell apart.
    for _ in range(2):
        print_ = np.zeros(count, dtype=np.uint64)
        _print_statements(votes.indptr, votes.cells, people, print_)
        people = np.zeros(len(people), dtype=np.uint64)
        _print_people(votes.indptr, votes.cells, print_, people)
    print_ = np.zeros(count, dtype=np.uint64)
    _print_statements(votes.indptr, votes.cells, people, print_)
    cast = np.bincount(votes.cells >> 2, minlength=count)
    order = np.lexsort((print_, -cast))
    block = np.arange(count) // folds
    dealt = np.lexsort((_mixed(print_[order]), block))
    fold = np.empty(count, dtype=np.int64)
    fold[order[dealt]] = np.arange(count) - block * folds
    return fold


def _formed(
    votes: VoteMatrix,
    grouping: Callable[[VoteMatrix], npt.ArrayLike],
    keep: npt.NDArray[np.bool_],
) -> Int64:
    part = votes.on_statements(keep)
    voted = part.votes_per_participant > 0
    label = np.full(len(voted), -1, dtype=np.int64)
    if voted.any():
        label[voted] = labels_of(grouping(part.of_people(voted)), int(voted.sum()))
    return label


def _matched(label: Int64, first: Int64) -> tuple[Int64, float]:
    """Labels renumbered as the groups they share most people with; and the share that agrees."""
    both = (label >= 0) & (first >= 0)
    size = max(int(label.max(initial=-1)), int(first.max(initial=-1)), 0) + 1
    overlap = np.zeros((size, size), dtype=np.int64)
    np.add.at(overlap, (label[both], first[both]), 1)
    to = _assignment(overlap)
    # What is matched with nobody, because one side has more groups, is no group of the first.
    to = np.where(to <= first.max(initial=-1), to, -1)
    renumbered = np.where(label >= 0, to[label], -1)
    same = int((renumbered[both] == first[both]).sum())
    return renumbered, same / int(both.sum()) if both.any() else 0.0


def _assignment(gain: Int64) -> Int64:
    """The column of each row of a square table in the matching of largest gain (Kuhn 1955).

    Shortest augmenting paths with potentials; the first of equals.
    """
    size = len(gain)
    cost = int(gain.max(initial=0)) - gain
    row_price, column_price = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    owner = np.full(size, -1, dtype=np.int64)
    for row in range(size):
        slack = np.full(size, np.iinfo(np.int64).max // 2)
        parent, done = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=bool)
        current, column = row, -1
        while current >= 0:
            reduced = cost[current] - row_price[current] - column_price
            closer = ~done & (reduced < slack)
            slack[closer], parent[closer] = reduced[closer], column
            column = int(np.where(done, np.iinfo(np.int64).max, slack).argmin())
            step = slack[column]
            row_price[row] += step
            row_price[owner[done]] += step
            column_price[done] -= step
            slack[~done] -= step
            done[column] = True
            current = int(owner[column])
        while column >= 0:
            before = int(parent[column])
            owner[column] = row if before < 0 else owner[before]
            column = before
    to = np.empty(size, dtype=np.int64)
    to[owner] = np.arange(size)
    return to


@compiled
def _mix(x: np.uint64) -> np.uint64:
    """A bijection of 64 bits in which every bit depends on every other (Steele et al. 2014)."""
    x = x ^ (x >> np.uint64(30))
    x = x * np.uint64(0xBF58476D1CE4E5B9)
    x = x ^ (x >> np.uint64(27))
    x = x * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@compiled
def _print_statements(
    indptr: Int64,
    cells: Cells,
    people: npt.NDArray[np.uint64],
    out: npt.NDArray[np.uint64],
) -> None:
    for i in range(len(people)):
        for at in range(indptr[i], indptr[i + 1]):
            code = np.uint64(cells[at] & 3) + np.uint64(1)
            out[cells[at] >> 2] += _mix(people[i] + code * np.uint64(0x9E3779B97F4A7C15))


@compiled
def _print_people(
    indptr: Int64,
    cells: Cells,
    statements: npt.NDArray[np.uint64],
    out: npt.NDArray[np.uint64],
) -> None:
    for i in range(len(out)):
        for at in range(indptr[i], indptr[i + 1]):
            code = np.uint64(cells[at] & 3) + np.uint64(1)
            seen = statements[cells[at] >> 2]
            out[i] += _mix(seen + code * np.uint64(0x9E3779B97F4A7C15))


@compiled
def _mix_all(values: npt.NDArray[np.uint64], out: npt.NDArray[np.uint64]) -> None:
    for i in range(len(values)):
        out[i] = _mix(values[i] + np.uint64(0x9E3779B97F4A7C15))


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    out = np.empty_like(values)
    _mix_all(values, out)
    return out
