"""Groups formed on one part of the statements, and counted on another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.inference.counting import Tally, labels_of, tally
from assises.engines.opinion.kernels import Cells, Float64, Int64, compiled
from assises.engines.opinion.matching import matched, overlap
from assises.engines.opinion.matrix import VoteMatrix, Votes
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
    as the reference, -1 for people or groups without a counterpart."""
    alike: Float64
    """Of the people grouped both times, the share in the same group as the reference, (folds,)."""


def cross_fit(
    votes: VoteMatrix,
    grouping: Callable[[VoteMatrix], npt.ArrayLike],
    folds: int = 2,
    *,
    seed: int,
    reference: npt.ArrayLike | None = None,
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
        reference: groups that the parts' are matched to and numbered as, shape (P,), -1 for none;
            by default those of the first part.
        weights: as for :func:`tally`.
        threads: as for :func:`tally`.

    Raises:
        InputError: for fewer than two parts or more parts than statements, or labels of the wrong
            shape.
    """
    formed = form_apart(votes, grouping, folds, seed=seed, reference=reference)
    groups = int(formed.label.max(initial=-1)) + 1
    return count_apart(
        votes, formed.fold, formed.label, formed.alike, groups, weights, threads=threads
    )


@dataclass(frozen=True, slots=True)
class Formed:
    """Groups formed without each part of the statements; see :class:`CrossFit`."""

    fold: Int64
    label: Int64
    alike: Float64


def form_apart(
    votes: VoteMatrix,
    grouping: Callable[[VoteMatrix], npt.ArrayLike],
    folds: int = 2,
    *,
    seed: int,
    reference: npt.ArrayLike | None = None,
) -> Formed:
    """The first half of :func:`cross_fit`, which weights do not change."""
    fold = split(votes, folds, seed)
    label = np.stack([_formed(votes, grouping, fold != f) for f in range(folds)])
    named = label[0] if reference is None else labels_of(reference, len(votes.participants))
    alike = np.ones(folds)
    for f in range(folds):
        label[f], alike[f] = _matched(label[f], named)
    return Formed(fold, label, alike)


def count_apart(
    votes: Votes,
    fold: Int64,
    label: Int64,
    alike: Float64,
    groups: int,
    weights: npt.ArrayLike | None = None,
    *,
    threads: int | None = None,
) -> CrossFit:
    """The second half of :func:`cross_fit`: count each statement by the groups formed without it.

    Args:
        votes: last votes.
        fold: part of each statement, shape (S,).
        label: groups formed without each part, shape (folds, P); -1 for none.
        alike: see :class:`CrossFit`.
        groups: how many there are.
        weights: as for :func:`tally`.
        threads: as for :func:`tally`.
    """
    counted = [tally(votes, row, weights, groups=groups, threads=threads) for row in label]
    moments, mass = counted[0].moments.copy(), counted[0].mass.copy()
    for f in range(1, len(label)):
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
    people = shuffled(votes, seed)
    print_ = np.zeros(count, dtype=np.uint64)
    _print_statements(votes.indptr, votes.cells, people, print_)
    cast = np.bincount(votes.cells >> 2, minlength=count)
    order = np.lexsort((print_, -cast))
    block = np.arange(count) // folds
    dealt = np.lexsort((_mixed(print_[order]), block))
    fold = np.empty(count, dtype=np.int64)
    fold[order[dealt]] = np.arange(count) - block * folds
    return fold


def shuffled(votes: VoteMatrix, seed: int) -> npt.NDArray[np.uint64]:
    """A number for each person that hangs on the seed and on their votes, shape (P,).

    As good as drawn by lot, but for those who voted alike, who have the same; renaming people or
    statements, or reordering rows, changes none.

    Args:
        votes: last votes.
        seed: of the hash.
    """
    people = np.full(len(votes.participants), np.uint64(seed % (1 << 64)), dtype=np.uint64)
    # Two rounds tell apart statements that any count of votes and voters can tell apart.
    for _ in range(2):
        print_ = np.zeros(len(votes.statements), dtype=np.uint64)
        _print_statements(votes.indptr, votes.cells, people, print_)
        people = np.zeros(len(people), dtype=np.uint64)
        _print_people(votes.indptr, votes.cells, print_, people)
    return people


def canonical(votes: VoteMatrix, seed: int) -> tuple[VoteMatrix, Int64, Int64]:
    """The same votes, people and statements in an order that hangs on the seed and on them alone.

    Args:
        votes: last votes.
        seed: of the hash.

    Returns:
        The votes, both numbered from 0; the place of each person in them, shape (P,); the place of
        each statement, shape (S,).
    """
    people = shuffled(votes, seed)
    print_ = np.zeros(len(votes.statements), dtype=np.uint64)
    _print_statements(votes.indptr, votes.cells, people, print_)
    person, statement = (np.argsort(np.argsort(of, kind="stable")) for of in (people, print_))
    if not len(votes):
        return votes, person, statement
    ordered = VoteMatrix.from_arrays(
        person[votes.rows],
        statement[votes.columns],
        votes.values,
        universe=np.arange(len(statement)),
    )
    # Someone who voted on none of these statements has a place too.
    count = np.zeros(len(person), dtype=np.int64)
    count[ordered.participants] = ordered.votes_per_participant
    indptr = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    everyone = np.arange(len(person))
    return replace(ordered, participants=everyone, indptr=indptr), person, statement


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
    # What is matched with nobody, because one side has more groups, is no group of the first; the
    # last entry is for those who are in none.
    to = np.append(matched(overlap(label, first)), -1)
    renumbered = to[label]
    same = int((renumbered[both] == first[both]).sum())
    return renumbered, same / int(both.sum()) if both.any() else 0.0


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
