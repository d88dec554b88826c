"""Casts in any order to the last vote of each person on each statement.

Nothing is compared that can be counted. Casts are brought into neighbourhoods of people that fit a
cache, and there put in order of statements, then of people, each by counting (Knuth, The Art of
Computer Programming 3, 5.2.5), so that the earlier cast stays before the later. Ids are taken for
indices from the least on; those that nobody used are closed up at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import ingest_kernels as loops
from assises.engines.opinion.ingest_kernels import Whole
from assises.engines.opinion.kernels import Cells, Int64
from assises.lib.errors import InputError

SMALL: Final = 1 << 14
"""Statements that fit, with the vote, into a uint16."""
_MOST_STATEMENTS: Final = 1 << 29
_GAPS: Final = 8
"""Ids are looked up in a table of their range if it has at most so many places a row."""
_FEW: Final = 8
"""Casts in any order are first brought near each other: into at most 256 neighbourhoods, since more
places written at once are slower to write ..."""
_LEAST: Final = 9
"""... of 512 people at least ..."""
_MOST: Final = 12
"""... and 4,096 at most, which still fit a cache."""
_APART: Final = 80
"""Records left free between neighbourhoods. Where each is a power of two long, all would be written
at the same place of the cache at once, which halves the speed."""
_LOOSE: Final = 1 << 22
"""People up to whose number ids are taken for indices, used or not."""
_NOTHING: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of ids, and the index of each over their range."""

    rows: Whole
    least: int
    lookup: npt.NDArray[np.int32]
    """Index of ``id - least``; empty where the index is just that."""
    ids: Int64
    """Of each index, ascending."""
    others: Int64
    """Indices to keep even if no row has them."""
    loose: bool
    """Whether there may be ids that no row has."""

    @classmethod
    def of(cls, rows: Whole, others: Whole = _NOTHING, loose: int = _LOOSE) -> Column:
        """``others`` are ids to know of besides those of the rows; up to ``loose`` indices may go
        to ids that do not occur."""
        ranges = [loops.range_of(a) for a in (rows, others) if len(a)]
        least, most = int(min(r[0] for r in ranges)), int(max(r[1] for r in ranges))
        empty = np.empty(0, dtype=np.int32)
        if most - least > _GAPS * len(rows) + (1 << 16):
            ids = np.unique(np.concatenate([rows, others])).astype(np.int64)
            return cls(np.searchsorted(ids, rows), 0, empty, ids, _NOTHING, loose=False)
        if most - least < loose:
            ids = np.arange(least, most + 1)
            return cls(rows, least, empty, ids, others.astype(np.int64) - least, loose=True)
        lookup = np.zeros(most - least + 1, dtype=np.int32)
        loops.present(rows, least, lookup)
        lookup[others - least] = 1
        ids = np.flatnonzero(lookup) + least
        if len(ids) == len(lookup):
            return cls(rows, least, empty, ids, _NOTHING, loose=False)
        np.cumsum(lookup, out=lookup)
        lookup -= 1
        return cls(rows, least, lookup, ids, _NOTHING, loose=False)

    def tally(self, shift: int = 0) -> Int64:
        """How many rows each ``2 ** shift`` neighbours have."""
        counts = np.zeros(((len(self.ids) - 1) >> shift) + 1, dtype=np.int64)
        loops.casts_of(self.rows, self.least, self.lookup, shift, counts)
        return counts


@dataclass(frozen=True, slots=True)
class Packed:
    """The votes that count: what a matrix of them is made of."""

    participants: Int64
    statements: Int64
    indptr: Int64
    cells: Cells


def pack(
    person: Whole, statement: Whole, universe: Whole, vote: Whole, times: Int64 | None
) -> Packed:
    """The last vote of each person on each statement, by person and statement.

    Args:
        person: ids, shape (casts,).
        statement: likewise.
        universe: ids of statements to hold even without a vote.
        vote: -1, 0 and 1.
        times: which of two votes is the later; None if the rows are in order.

    Raises:
        InputError: for too many statements.
    """
    people, columns = Column.of(person), Column.of(statement, universe, SMALL - 1)
    if len(columns.ids) > _MOST_STATEMENTS:
        raise InputError(
            "too many statements", value=len(columns.ids), next_step="Split the conversation."
        )
    small = len(columns.ids) < SMALL
    cells = np.empty(len(vote), dtype=np.uint16) if small else np.empty(len(vote), dtype=np.uint32)
    indptr = np.empty(len(people.ids) + 1, dtype=np.int64)
    if small and (times is None or loops.ascends(times)):
        count = _pack_in_order(people, columns, vote, cells, indptr)
    else:
        count = _pack_by_rows(people, columns, vote, times, cells, indptr)
    # A view would keep the room of the votes that were overtaken.
    cells = cells if count == len(cells) else cells[:count].copy()
    return _closed_up(Packed(people.ids, columns.ids, indptr, cells), people, columns)


def _pack_in_order(
    people: Column, columns: Column, vote: Whole, cells: Cells, indptr: Int64
) -> int:
    shift = min(max((len(people.ids) >> _FEW).bit_length(), _LEAST), _MOST)
    counts = people.tally(shift)
    begins = np.cumsum(counts) - counts + _APART * np.arange(len(counts))
    records = np.empty(int(begins[-1] + counts[-1]), dtype=np.uint32)
    ends = begins.copy()
    loops.fill_records(
        people.rows,
        people.least,
        people.lookup,
        columns.rows,
        columns.least,
        columns.lookup,
        vote,
        shift,
        ends,
        records,
    )
    return loops.cells_of_records(records, begins, ends, shift, len(columns.ids), cells, indptr)


def _pack_by_rows(
    people: Column,
    columns: Column,
    vote: Whole,
    times: Int64 | None,
    cells: Cells,
    indptr: Int64,
) -> int:
    begins = np.concatenate([[0], np.cumsum(people.tally())])
    rows = np.empty(len(vote), dtype=np.uint32)
    loops.fill_rows(people.rows, people.least, people.lookup, begins[:-1].copy(), rows)
    if times is not None:
        loops.order_by_time(begins, rows, times)
    loops.fill_cells_of(rows, columns.rows, columns.least, columns.lookup, vote, cells)
    return loops.keep_last_of_all(begins, cells, indptr, len(columns.ids))


def _closed_up(found: Packed, people: Column, columns: Column) -> Packed:
    """Without the people and statements that are in no row."""
    participants, statements, indptr = found.participants, found.statements, found.indptr
    if people.loose:
        voted = np.diff(indptr) > 0
        if not voted.all():
            participants, indptr = participants[voted], indptr[np.append(voted, True)]
    if columns.loose:
        seen = loops.seen(found.cells, len(statements))
        seen[columns.others] = True
        if not seen.all():
            statements = statements[seen]
            loops.renumber(found.cells, np.cumsum(seen) - 1)
    return Packed(participants, statements, indptr, found.cells)


def times_of(values: npt.ArrayLike, casts: int) -> Int64:
    """As whole numbers in the same order: dates count in their own unit."""
    when = np.asarray(values)
    if when.shape != (casts,):
        raise InputError(
            f"there are {casts} votes and {when.size} times",
            next_step="Give one time for each cast.",
        )
    if when.dtype.kind in "iub":
        return when.astype(np.int64, copy=False)
    if when.dtype.kind == "M":
        return when.astype(np.int64)
    return np.unique(when, return_inverse=True)[1].astype(np.int64)


def ids_of(values: npt.ArrayLike, name: str) -> Whole:
    """A column of whole numbers.

    Raises:
        InputError: for anything else.
    """
    array = np.atleast_1d(np.asarray(values))
    if array.size == 0:
        return _NOTHING
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            f"{name} must be a column of whole numbers",
            value=f"{array.dtype} of shape {array.shape}",
            next_step="Number them, for example with numpy.unique(..., return_inverse=True).",
        )
    if array.dtype == np.uint64:
        return array.astype(np.int64)
    return array


def votes_of(values: npt.ArrayLike) -> Whole:
    """A column of votes as small integers.

    Raises:
        InputError: for anything but 1, 0 and -1; names the row.
    """
    array = np.atleast_1d(np.asarray(values))
    if array.size == 0:
        return np.empty(0, dtype=np.int8)
    if array.dtype.kind == "i":
        at = loops.first_not_a_vote(array) if array.min() < -1 or array.max() > 1 else -1
    else:
        wrong = ~np.isin(array, (-1, 0, 1))
        at = int(wrong.argmax()) if wrong.any() else -1
    if at >= 0:
        raise InputError(
            "a vote is 1 (agree), -1 (disagree) or 0 (pass)",
            line=at + 1,
            column="values",
            value=array[at].item(),
            next_step="Convert the file's own codes first.",
        )
    return array if array.dtype.kind == "i" else array.astype(np.int8)
