"""The votes of one conversation, sparse: two bytes a vote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.lib.errors import InputError

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

_SMALL: Final = 1 << 14
"""Statements that fit, with the vote, into a uint16."""


@dataclass(frozen=True, slots=True)
class VoteMatrix:
    """Last vote of each person on each statement, by person, ids ascending.

    Build it with :meth:`from_arrays`. Every row and column has at least one vote, unless
    ``universe`` named statements that nobody voted on.
    """

    participants: Int64
    """Ids, shape (P,), ascending."""
    statements: Int64
    """Ids, shape (S,), ascending."""
    indptr: Int64
    """Where each person's votes begin in :attr:`cells`, shape (P + 1,)."""
    cells: npt.NDArray[np.uint16] | npt.NDArray[np.uint32]
    """``statement index << 2 | vote + 1``, shape (votes,), ascending within a person. uint16 up to
    16,383 statements, else uint32."""
    casts: int
    """Rows that were given, re-votes included."""

    @classmethod
    def from_arrays(
        cls,
        participants: npt.ArrayLike,
        statements: npt.ArrayLike,
        values: npt.ArrayLike,
        *,
        times: npt.ArrayLike | None = None,
        universe: npt.ArrayLike | None = None,
    ) -> VoteMatrix:
        """Columns of casts, in any order, to the last vote of each pair.

        Args:
            participants: integer ids, shape (casts,).
            statements: integer ids, shape (casts,).
            values: agree = +1, pass = 0, disagree = -1, shape (casts,).
            times: when each was cast, any unit, shape (casts,). The latest counts and equal times
                go to the later row; without times the later row counts.
            universe: ids of statements to hold even if nobody voted on them.

        Raises:
            InputError: for no votes, unequal lengths, ids that are not whole numbers and any value
                other than -1, 0 and 1.
        """
        person = _ids(participants, "participants")
        statement = _ids(statements, "statements")
        vote = _votes(values)
        if not len(person) == len(statement) == len(vote):
            raise InputError(
                f"the columns have {len(person)}, {len(statement)} and {len(vote)} rows",
                next_step="Give one participant, statement and value for each cast.",
            )
        if len(vote) == 0:
            raise InputError("there is no vote", next_step="Give at least one.")
        keys: tuple[npt.NDArray[np.generic], ...] = (statement, person)
        if times is not None:
            when = np.asarray(times)
            if when.shape != vote.shape:
                raise InputError(
                    f"there are {len(vote)} votes and {when.size} times",
                    next_step="Give one time for each cast.",
                )
            keys = (when, *keys)
        order = np.lexsort(keys)
        person, statement, vote = person[order], statement[order], vote[order]
        last = np.ones(len(order), dtype=bool)
        last[:-1] = (person[1:] != person[:-1]) | (statement[1:] != statement[:-1])
        person, statement, vote = person[last], statement[last], vote[last]
        people, counts = np.unique(person, return_counts=True)
        known = (
            statement
            if universe is None
            else np.concatenate([statement, _ids(universe, "universe")])
        )
        columns = np.unique(known)
        at = np.searchsorted(columns, statement)
        codes = at * 4 + vote + 1
        return cls(
            participants=people,
            statements=columns,
            indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            cells=codes.astype(np.uint16) if len(columns) < _SMALL else codes.astype(np.uint32),
            casts=len(order),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """(participants, statements)."""
        return len(self.participants), len(self.statements)

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def columns(self) -> Int64:
        """Statement index of each vote, shape (votes,)."""
        return (self.cells >> 2).astype(np.int64)

    @property
    def values(self) -> npt.NDArray[np.int8]:
        """Each vote as -1, 0 or +1, shape (votes,)."""
        return ((self.cells & 3).astype(np.int8) - 1).astype(np.int8)

    @property
    def rows(self) -> Int64:
        """Participant index of each vote, shape (votes,)."""
        return np.repeat(np.arange(len(self.participants)), self.votes_per_participant)

    @property
    def votes_per_participant(self) -> Int64:
        """Statements each person voted on, passes included, shape (P,)."""
        return np.diff(self.indptr)

    def counts(self, of: npt.NDArray[np.bool_] | None = None) -> Int64:
        """Agreements, disagreements and passes by statement, shape (S, 3).

        Args:
            of: which participants to count, shape (P,); by default all.
        """
        cells = self.cells if of is None else self.cells[np.repeat(of, self.votes_per_participant)]
        # The code of a vote is 0, 1, 2 for disagree, pass, agree.
        tally = np.bincount(cells, minlength=len(self.statements) << 2)[: len(self.statements) << 2]
        by_code = tally.reshape(-1, 4).astype(np.int64)
        return by_code[:, [2, 0, 1]]

    def index_of(self, ids: npt.ArrayLike) -> Int64:
        """Column indices of those of ``ids`` that are here, ascending."""
        wanted = np.unique(_ids(ids, "statements"))
        at = np.searchsorted(self.statements, wanted)
        at = at[at < len(self.statements)]
        return at[np.isin(self.statements[at], wanted)].astype(np.int64)


def _ids(values: npt.ArrayLike, name: str) -> Int64:
    array = np.atleast_1d(np.asarray(values))
    if array.size == 0:
        return np.empty(0, dtype=np.int64)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            f"{name} must be a column of whole numbers",
            value=f"{array.dtype} of shape {array.shape}",
            next_step="Number them, for example with numpy.unique(..., return_inverse=True).",
        )
    return array.astype(np.int64)


def _votes(values: npt.ArrayLike) -> npt.NDArray[np.int8]:
    array = np.atleast_1d(np.asarray(values))
    if array.size == 0:
        return np.empty(0, dtype=np.int8)
    wrong = ~np.isin(array, (-1, 0, 1))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise InputError(
            "a vote is 1 (agree), -1 (disagree) or 0 (pass)",
            line=at + 1,
            column="values",
            value=array[at].item(),
            next_step="Convert the file's own codes first.",
        )
    return array.astype(np.int8)
