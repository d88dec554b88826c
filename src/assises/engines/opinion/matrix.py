"""The votes of one conversation, sparse: two bytes a vote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import factor_kernels, kernels
from assises.engines.opinion.ingest import SMALL, ids_of, pack, times_of, votes_of
from assises.engines.opinion.kernels import Cells, Float64, Int64
from assises.lib.errors import InputError

__all__ = ["Float64", "Frame", "Int64", "VoteMatrix", "Votes"]

_QUICK: Final = 1 << 26
"""Votes up to which passes that only add have one thread: a whole map takes a second then, and two
threads that share a cache cost a third more than one."""


class Frame(Protocol):
    """A polars or pandas frame: named columns that become arrays."""

    @property
    def columns(self) -> Any:
        """The names."""
        ...

    def __getitem__(self, name: str, /) -> Any:
        """The column of that name."""
        ...


class Votes(Protocol):
    """What an analysis asks of votes, wherever they are: in one matrix, in many, elsewhere.

    Every sum over people is of whole numbers, so that the parts can be added in any order.
    """

    @property
    def participants(self) -> Int64:
        """Ids, shape (P,), ascending."""
        ...

    @property
    def statements(self) -> Int64:
        """Ids, shape (S,), ascending."""
        ...

    @property
    def votes_per_participant(self) -> Int64:
        """Statements each person voted on, passes included, shape (P,)."""
        ...

    def __len__(self) -> int:
        """How many votes there are."""
        ...

    def index_of(self, ids: npt.ArrayLike) -> Int64:
        """Column indices of those of ``ids`` that are here, ascending."""
        ...

    def counts_by(self, label: Int64, labels: int, *, threads: int | None = None) -> Int64:
        """Agreements, disagreements, passes by label and statement, shape (labels, S, 3)."""
        ...

    def gather(self, table: Float64) -> Float64:
        """The sum of the rows of a table at the cells of each person: (4 S, 2) to (P, 2)."""
        ...

    def scatter(
        self, table: Float64, scale: float, bits: int = 0, *, threads: int | None = None
    ) -> Int64:
        """See :func:`assises.engines.opinion.kernels.gather_scatter`: (4 S, 4) to (4 S, 4)."""
        ...

    def covotes(self, *, threads: int | None = None) -> tuple[Int64, Int64]:
        """See :func:`assises.engines.opinion.kernels.covotes`: two of shape (S, S)."""
        ...

    def moments(
        self, label: Int64, steps: Int64, labels: int, *, threads: int | None = None
    ) -> Int64:
        """Sums over the votes of each label and code: their number and three whole numbers of each
        person, ``steps`` of shape (P, 3); shape (labels, S, 4, 4)."""
        ...

    def placed(
        self,
        lean: Float64,
        table: Float64,
        precision: Float64,
        rounds: int,
        *,
        threads: int | None = None,
    ) -> Float64:
        """See :func:`assises.engines.opinion.factor_kernels.place`: shape (P, W)."""
        ...

    def some(self, parts: int) -> VoteMatrix:
        """The votes of one person in ``parts``, drawn by what the ballots say and by no id."""
        ...


@dataclass(frozen=True, slots=True)
class Head:
    """People and statements of a part of the votes."""

    participants: Int64
    statements: Int64
    votes_per_participant: Int64
    casts: int


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
    cells: Cells
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
        person, statement = ids_of(participants, "participants"), ids_of(statements, "statements")
        vote = votes_of(values)
        if not len(person) == len(statement) == len(vote):
            raise InputError(
                f"the columns have {len(person)}, {len(statement)} and {len(vote)} rows",
                next_step="Give one participant, statement and value for each cast.",
            )
        if len(vote) == 0:
            raise InputError("there is no vote", next_step="Give at least one.")
        when = None if times is None else times_of(times, len(vote))
        others = ids_of([] if universe is None else universe, "universe")
        found = pack(person, statement, others, vote, when)
        return cls(found.participants, found.statements, found.indptr, found.cells, casts=len(vote))

    @classmethod
    def from_frame(
        cls,
        frame: Frame,
        *,
        participant: str = "participant",
        statement: str = "statement",
        vote: str = "vote",
        time: str | None = None,
    ) -> VoteMatrix:
        """The casts of a polars or pandas frame, a row each, in any order.

        Args:
            frame: with a column of whole numbers for each of the following.
            participant: name of the column of ids.
            statement: name of the column of ids.
            vote: name of the column of votes: 1, 0 or -1.
            time: name of a column that tells which vote of a pair is the last; else the row does.

        Raises:
            InputError: for a column that is missing or holds gaps, and as :meth:`from_arrays`.
        """
        columns = [
            _column(frame, name)
            for name in (participant, statement, vote, time)
            if name is not None
        ]
        return cls.from_arrays(*columns[:3], times=columns[3] if time is not None else None)

    @property
    def shape(self) -> tuple[int, int]:
        """(participants, statements)."""
        return len(self.participants), len(self.statements)

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def columns(self) -> Int64:
        """Statement index of each vote, shape (votes,)."""
        return np.asarray(self.cells >> 2, dtype=np.int64)

    @property
    def values(self) -> npt.NDArray[np.int8]:
        """Each vote as -1, 0 or +1, shape (votes,)."""
        return np.asarray((self.cells & 3).astype(np.int8) - 1, dtype=np.int8)

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
        if of is None:
            of = np.ones(len(self.participants), dtype=bool)
        one: Int64 = self.counts_by(np.where(of, 0, -1).astype(np.int64), 1)[0]
        return one

    def counts_by(self, label: Int64, labels: int, *, threads: int | None = None) -> Int64:
        """Agreements, disagreements and passes by label and statement, shape (labels, S, 3).

        Args:
            label: of each participant, shape (P,), below ``labels``; -1 for those left out.
            labels: how many there are.
            threads: how many at most; the sums are exact whatever their number.
        """
        wide = len(self.statements) * kernels.CODES

        label = np.ascontiguousarray(label, dtype=np.int64)

        def work(begin: int, end: int) -> Int64:
            out = np.zeros((labels, wide), dtype=np.int64)
            kernels.tally(self.indptr, self.cells, label, begin, end, out)
            return out

        sums = self._added(work, threads, _QUICK)
        # The code of a vote is 0, 1, 2 for disagree, pass, agree.
        return np.ascontiguousarray(sums.reshape(labels, -1, kernels.CODES)[:, :, [2, 0, 1]])

    def gather(self, table: Float64) -> Float64:
        """The sum of the rows of a table at the cells of each person: (4 S, 2) to (P, 2)."""
        out = np.empty((len(self.participants), 2))
        kernels.gather(self.indptr, self.cells, table, out)
        return out

    def scatter(
        self, table: Float64, scale: float, bits: int = 0, *, threads: int | None = None
    ) -> Int64:
        """See :func:`assises.engines.opinion.kernels.gather_scatter`: (4 S, 4) to (4 S, 4)."""
        lined = kernels.on_lines(len(table), np.float64)
        lined[:] = table

        def work(begin: int, end: int) -> Int64:
            sums: Int64 = kernels.on_lines(len(table), np.int64)
            kernels.gather_scatter(self.indptr, self.cells, lined, scale, begin, end, sums, bits)
            return sums

        return self._added(work, threads, _QUICK << bits)

    def covotes(self, *, threads: int | None = None) -> tuple[Int64, Int64]:
        """See :func:`assises.engines.opinion.kernels.covotes`: two of shape (S, S)."""

        def work(begin: int, end: int) -> Int64:
            out = np.zeros((2, len(self.statements), len(self.statements)), dtype=np.int64)
            kernels.covotes(self.indptr, self.cells, begin, end, 1, out[0], out[1])
            return out

        both, mixed = self._added(work, threads)
        return both, mixed

    def moments(
        self, label: Int64, steps: Int64, labels: int, *, threads: int | None = None
    ) -> Int64:
        """Sums over the votes of each label and code, shape (labels, S, 4, 4).

        Args:
            label: of each participant, shape (P,), below ``labels``; -1 for those left out.
            steps: three whole numbers of each person, shape (P, 3); how many there are comes first.
            labels: how many there are.
            threads: how many at most; the sums are exact whatever their number.
        """

        def work(begin: int, end: int) -> Int64:
            out = np.zeros((labels, len(self.statements), kernels.CODES, 4), dtype=np.int64)
            kernels.moments(self.indptr, self.cells, label, steps, begin, end, out)
            return out

        return self._added(work, threads)

    def placed(
        self,
        lean: Float64,
        table: Float64,
        precision: Float64,
        rounds: int,
        *,
        threads: int | None = None,
    ) -> Float64:
        """See :func:`assises.engines.opinion.factor_kernels.place`: shape (P, W)."""
        people = np.zeros((len(self.participants), table.shape[1]))

        def work(begin: int, end: int) -> None:
            factor_kernels.place(
                self.indptr, self.cells, lean, table, precision, rounds, len(precision) + 1,
                begin, end, people,
            )  # fmt: skip

        kernels.in_threads(work, len(people), len(self), threads)
        return people

    def some(self, parts: int) -> VoteMatrix:
        """The votes of one person in ``parts``, drawn by what the ballots say and by no id."""
        return self if parts < 2 else self.of_people(self.drawn(parts))

    def drawn(self, parts: int) -> npt.NDArray[np.bool_]:
        """Who is among them, shape (P,)."""
        number = np.empty(len(self.participants), dtype=np.uint64)
        every = np.ones(len(self.statements) * kernels.CODES)
        factor_kernels.ballots(self.indptr, self.cells, every, number)
        return np.asarray(number % np.uint64(max(parts, 1)) == 0)

    def _added(
        self, work: Callable[[int, int], Int64], threads: int | None, worth: int | None = None
    ) -> Int64:
        parts = kernels.in_threads(work, len(self.participants), len(self), threads, worth)
        return reduce(np.add, parts)

    def head(self) -> Head:
        """Who voted on what, without the votes: what a part tells of itself."""
        cast = self.votes_per_participant
        return Head(self.participants, self.statements, cast, self.casts)

    def of_people(self, keep: npt.NDArray[np.bool_]) -> VoteMatrix:
        """The votes of some people, on the same statements.

        Args:
            keep: which, shape (P,).
        """
        count = np.where(keep, self.votes_per_participant, 0)
        return VoteMatrix(
            participants=self.participants[keep],
            statements=self.statements,
            indptr=np.concatenate([[0], np.cumsum(count[keep])]).astype(np.int64),
            cells=self.cells[np.repeat(keep, self.votes_per_participant)],
            casts=int(count.sum()),
        )

    def on_statements(self, keep: npt.NDArray[np.bool_]) -> VoteMatrix:
        """The votes on some statements, of the same people; some may be left without a vote.

        Args:
            keep: which, shape (S,).
        """
        kept = keep[self.cells >> 2]
        index = np.cumsum(keep) - 1
        cells = self.cells[kept]
        moved = (index[cells >> 2] << 2) + (cells & 3)
        small = int(keep.sum()) < SMALL
        before = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
        return VoteMatrix(
            participants=self.participants,
            statements=self.statements[keep],
            indptr=before[self.indptr],
            cells=moved.astype(np.uint16) if small else moved.astype(np.uint32),
            casts=len(cells),
        )

    def index_of(self, ids: npt.ArrayLike) -> Int64:
        """Column indices of those of ``ids`` that are here, ascending."""
        wanted = np.unique(ids_of(ids, "statements"))
        at = np.searchsorted(self.statements, wanted)
        at = at[at < len(self.statements)]
        return at[np.isin(self.statements[at], wanted)].astype(np.int64)


def _column(frame: Frame, name: str) -> npt.NDArray[Any]:
    if name not in frame.columns:
        raise InputError(
            "the frame has no such column",
            column=name,
            value=list(frame.columns),
            next_step="Name the columns: participant=, statement=, vote=, time=.",
        )
    values = np.asarray(frame[name])
    if values.dtype.kind == "f" and np.isnan(values).any():
        raise InputError(
            "there are gaps in this column",
            column=name,
            line=int(np.isnan(values).argmax()) + 1,
            next_step="Leave out the rows without a value: not seen is not a vote.",
        )
    return values
