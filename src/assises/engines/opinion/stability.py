"""Whether the same groups would be found again: among other people, and on other statements.

People are cut in two halves, each half is divided anew, and the division is held against that of
everyone: complementary halves, several times (Shah and Samworth 2013). Statements are cut likewise;
there everyone is divided by half of what they said. A half has half as much to go by, so that what
is said here is rather too low than too high. The number of groups is found anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.inference.cross_fitting import shuffled, split
from assises.engines.opinion.kernels import Float64, Int64
from assises.engines.opinion.matching import adjusted_rand_index, matched, overlap, resemblance
from assises.engines.opinion.matrix import VoteMatrix
from assises.lib.progress import SILENT, Progress

CUTS: Final = 5
"""How often people are cut in two, and statements."""
Grouping = Callable[[VoteMatrix], npt.ArrayLike]
"""From votes to the group of each of their participants, from 0, -1 for none."""


@dataclass(frozen=True, slots=True)
class Stability:
    """R halves held against the division of everyone, which has G groups of P people."""

    groups: Int64
    """How many were found in each half, shape (R,)."""
    rand: Float64
    """Adjusted Rand index with the division of everyone (Hubert and Arabie 1985), shape (R,)."""
    person: Float64
    """Share of the halves with a person in which they are again in their group, shape (P,); NaN for
    those in no group, and for those who were not asked (of many votes, see ``factor_map``)."""
    group: Float64
    """Mean Jaccard similarity of each group, as far as its people are in the half, with the group
    most like it, shape (G,). From .75 on a group is found again, below .5 it has dissolved (Hennig
    2007)."""

    def again(self, groups: int) -> int:
        """In how many halves so many groups were found."""
        return int((self.groups == groups).sum())


def among_people(
    votes: VoteMatrix,
    label: Int64,
    grouping: Grouping,
    *,
    groups: int | None = None,
    cuts: int = CUTS,
    seed: int = 0,
    progress: Progress = SILENT,
) -> Stability:
    """Divide halves of the people anew.

    Args:
        votes: of those who were grouped.
        label: their groups from 0, -1 for none, shape (P,).
        grouping: as they were found.
        groups: how many there are, by default one more than the largest label.
        cuts: how often; there are twice as many halves.
        seed: of the cuts, which hang on it and on the votes, never on ids or the order of rows.
        progress: told of each half; may raise to stop.
    """

    def halves() -> Iterator[Int64]:
        for cut in range(cuts):
            order = np.argsort(shuffled(votes, _seed_of(seed, cut)), kind="stable")
            first = np.zeros(len(order), dtype=bool)
            first[order[::2]] = True
            for half in (first, ~first):
                found = np.full(len(order), -1, dtype=np.int64)
                if half.any():
                    found[half] = np.asarray(grouping(votes.of_people(half)))
                yield found

    progress.step("stability among people", 2 * cuts)
    return _held_against(label, groups, halves(), progress)


def on_statements(
    votes: VoteMatrix,
    label: Int64,
    grouping: Grouping,
    *,
    groups: int | None = None,
    cuts: int = CUTS,
    seed: int = 0,
    progress: Progress = SILENT,
) -> Stability:
    """Divide everyone anew by halves of the statements; one who voted on none of them is in none.

    Args and cost as for :func:`among_people`. With one statement there are no halves.
    """

    def halves() -> Iterator[Int64]:
        for cut in range(cuts if len(votes.statements) > 1 else 0):
            part = split(votes, 2, _seed_of(seed, cut))
            for half in (0, 1):
                seen = votes.on_statements(part == half)
                voted = seen.votes_per_participant > 0
                found = np.full(len(voted), -1, dtype=np.int64)
                if voted.any():
                    found[voted] = np.asarray(grouping(seen.of_people(voted)))
                yield found

    progress.step("stability on statements", 2 * cuts)
    return _held_against(label, groups, halves(), progress)


def _held_against(
    label: Int64, groups: int | None, halves: Iterator[Int64], progress: Progress
) -> Stability:
    count = int(label.max(initial=-1)) + 1 if groups is None else groups
    found_in, rand, similar = [], [], []
    again, asked = np.zeros(len(label)), np.zeros(len(label))
    for found in halves:
        table = overlap(found, label)
        to = np.append(matched(table), -1)
        both = (found >= 0) & (label >= 0)
        again += both & (to[found] == label)
        asked += both
        found_in.append(len(table))
        rand.append(adjusted_rand_index(table))
        # Only those who are in the half can be found again.
        alike = np.full(count, np.nan)
        alike[: table.shape[1]] = resemblance(table.T)
        alike[: table.shape[1]][table.sum(axis=0) == 0] = np.nan
        similar.append(alike)
        progress.advance(1)
    return Stability(
        groups=np.array(found_in, dtype=np.int64),
        rand=np.array(rand, dtype=np.float64),
        person=np.divide(again, asked, out=np.full(len(label), np.nan), where=asked > 0),
        group=_means(similar, count),
    )


def _means(rows: list[Float64], count: int) -> Float64:
    """Of the halves in which a group has anyone; NaN if it has in none."""
    table = np.array(rows, dtype=np.float64).reshape(-1, count)
    known = ~np.isnan(table)
    total, size = np.where(known, table, 0.0).sum(axis=0), known.sum(axis=0)
    return np.asarray(np.divide(total, size, out=np.full(count, np.nan), where=size > 0))


def _seed_of(seed: int, cut: int) -> int:
    return seed * 1_000_003 + cut + 1
