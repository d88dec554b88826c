"""Votes that change while a conversation goes on: what changed is paid for, and nothing else.

Kept are the votes, their counts and, where it pays, their co-votes. All are whole numbers, so that
taking somebody's votes out and putting others in leaves the bytes that a count from scratch would
give. Whatever is not a sum (axes, ideal points, groups) starts from its canonical start each time:
the history of a conversation is in no result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.gram import MOST_STATEMENTS, Gram, pays
from assises.engines.opinion.ingest import SMALL, ids_of
from assises.engines.opinion.kernels import Cells, Int64, compiled
from assises.engines.opinion.matrix import VoteMatrix
from assises.lib.errors import InputError


@dataclass(frozen=True, slots=True)
class KeptVotes:
    """The votes of a conversation as they stand, to be replaced person by person."""

    votes: VoteMatrix
    """The same as :meth:`VoteMatrix.from_arrays` makes of them."""
    counts: Int64
    """Agreements, disagreements and passes by statement, shape (S, 3)."""
    gram: Gram | None
    """Their co-votes, to be given to ``analyse``; None where there are too many statements or the
    axes are not taken from them."""
    universe: Int64
    """Ids of statements that are held even if nobody voted on them, ascending."""

    @classmethod
    def of(cls, votes: VoteMatrix, universe: npt.ArrayLike = ()) -> KeptVotes:
        """Begin with all that there is.

        Args:
            votes: last votes.
            universe: the ids of statements that it was built to hold without a vote.
        """
        named = np.unique(ids_of(universe, "universe")).astype(np.int64)
        gram = Gram.of(votes) if pays(votes) else None
        return cls(votes, votes.counts(), gram, named)

    def with_people(
        self,
        people: npt.ArrayLike,
        participants: npt.ArrayLike,
        statements: npt.ArrayLike,
        values: npt.ArrayLike,
    ) -> KeptVotes:
        """Of these people, the votes that are given are all that count from now on.

        A changed vote, a new one, one that was taken back and someone who is forgotten are the same
        thing: the whole ballot is given anew, an empty one for the last.

        Args:
            people: ids of those whose votes are replaced; strangers are newcomers.
            participants: ids, shape (casts,), each one of ``people``.
            statements: ids, shape (casts,).
            values: agree = +1, pass = 0, disagree = -1, shape (casts,).

        Raises:
            InputError: for a vote of someone who is not among ``people``, if no vote is left, and
                as :meth:`VoteMatrix.from_arrays`.
        """
        changed = np.unique(ids_of(people, "people")).astype(np.int64)
        person = ids_of(participants, "participants")
        strange = person[~np.isin(person, changed)]
        if len(strange):
            raise InputError(
                "there is a vote of someone whose votes are not replaced",
                column="participants",
                value=int(strange[0]),
                next_step="Name in people everyone whose votes are given.",
            )
        out = np.isin(self.votes.participants, changed)
        if not len(person) and out.all():
            raise InputError("no vote is left", next_step="Begin anew with the first vote.")
        named = ids_of(statements, "statements").astype(np.int64)
        ids: Int64 = np.union1d(self.votes.statements, named)
        before = _on(self.votes.of_people(out), ids)
        after = _from_scratch(person, statements, values, ids)
        kept = _on(self.votes, ids)
        votes = _spliced(kept, ~out, after)
        at = np.searchsorted(ids, self.votes.statements)
        counts = np.zeros((len(ids), 3), dtype=np.int64)
        counts[at] = self.counts
        counts += after.counts() - before.counts()
        gram = None
        if self.gram is not None and len(ids) <= MOST_STATEMENTS:
            gram = self.gram.widened(at, len(ids)).replaced(before, after)
        return self._closed_up(votes, counts, gram)

    def _closed_up(self, votes: VoteMatrix, counts: Int64, gram: Gram | None) -> KeptVotes:
        """Without the statements that have no vote any more and are not in the universe."""
        held = (counts.sum(axis=1) > 0) | np.isin(votes.statements, self.universe)
        if not held.all():
            votes, counts = votes.on_statements(held), counts[held]
            gram = None if gram is None else gram.narrowed(held)
        if not pays(votes):
            gram = None
        elif gram is None:
            gram = Gram.of(votes)
        return KeptVotes(votes, counts, gram, self.universe)


def _from_scratch(
    person: npt.ArrayLike, statements: npt.ArrayLike, values: npt.ArrayLike, ids: Int64
) -> VoteMatrix:
    if len(np.atleast_1d(person)):
        return VoteMatrix.from_arrays(person, statements, values, universe=ids)
    none = np.zeros(0, dtype=np.int64)
    return VoteMatrix(none, ids, np.zeros(1, dtype=np.int64), _cells(none, ids), 0)


def _cells(values: npt.NDArray[np.integer[Any]], statements: Int64) -> Cells:
    return values.astype(np.uint16) if len(statements) < SMALL else values.astype(np.uint32)


def _on(votes: VoteMatrix, ids: Int64) -> VoteMatrix:
    """The same votes on more statements."""
    if len(ids) == len(votes.statements):
        return votes
    at = np.searchsorted(ids, votes.statements)
    cells = _cells((at[votes.cells >> 2] << 2) | (votes.cells & 3), ids)
    return VoteMatrix(votes.participants, ids, votes.indptr, cells, votes.casts)


def _spliced(one: VoteMatrix, keep: npt.NDArray[np.bool_], other: VoteMatrix) -> VoteMatrix:
    """Those of ``one`` who are kept and everyone of ``other``, in order of their ids."""
    mine = np.flatnonzero(keep)
    people = np.concatenate([one.participants[mine], other.participants])
    order = np.argsort(people, kind="stable")
    # Whose turn it is: a place in ``one``, or before zero one in ``other``.
    source = np.concatenate([mine, -1 - np.arange(len(other.participants))])[order]
    count = np.concatenate([one.votes_per_participant[mine], other.votes_per_participant])[order]
    indptr = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    cells = np.empty(int(indptr[-1]), dtype=one.cells.dtype)
    _copy(source, one.indptr, one.cells, other.indptr, other.cells, cells)
    return VoteMatrix(people[order], one.statements, indptr, cells, len(cells))


@compiled
def _copy(
    source: Int64, indptr: Int64, cells: Cells, others: Int64, their_cells: Cells, out: Cells
) -> None:
    into = 0
    for place in source:
        if place >= 0:
            for at in range(indptr[place], indptr[place + 1]):
                out[into] = cells[at]
                into += 1
        else:
            for at in range(others[-1 - place], others[-place]):
                out[into] = their_cells[at]
                into += 1
