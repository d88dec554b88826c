"""Casts in any order to the last vote of each person on each statement.

Nothing is compared that can be counted. Casts are brought into neighbourhoods of people that fit a
cache, and there put in order of statements, then of people, each by counting (Knuth, The Art of
Computer Programming 3, 5.2.5), so that the earlier cast stays before the later. Ids are taken for
indices from the least on; those that nobody used are closed up at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.kernels import Cells, Int64, compiled
from assises.lib.errors import InputError

Whole = npt.NDArray[np.integer[Any]]

SMALL: Final = 1 << 14
"""Statements that fit, with the vote, into a uint16."""
_MOST_STATEMENTS: Final = 1 << 29
_GAPS: Final = 8
"""Ids are looked up in a table of their range if it has at most so many places a row."""
_NEIGHBOURS: Final = 12
"""Casts in any order are first brought near each other: 4,096 people at a time fit a cache."""
_APART: Final = 80
"""Records left free between neighbourhoods. Where each is a power of two long, all would be written
at the same place of the cache at once, which halves the speed."""
_LOOSE: Final = 1 << 22
"""People up to whose number ids are taken for indices, used or not."""
_NOTHING: Final = np.empty(0, dtype=np.int64)
_DE_BRUIJN: Final = np.uint64(0x03F79D71B4CB0A89)
"""Times a power of two, its six leading bits tell which (Leiserson, Prokop, Randall 1998)."""
_PLACE: Final = np.zeros(64, dtype=np.int64)
for _power in range(64):
    _PLACE[((0x03F79D71B4CB0A89 << _power) & (2**64 - 1)) >> 58] = _power


@compiled
def _index_of(id_: int, least: int, lookup: npt.NDArray[np.int32]) -> int:
    """``lookup[id - least]``, or ``id - least`` itself where the table is empty."""
    return lookup[id_ - least] if len(lookup) else id_ - least


@compiled
def _casts_of(
    ids: Whole, least: int, lookup: npt.NDArray[np.int32], shift: int, counts: Int64
) -> None:
    """Count the rows of each ``2 ** shift`` neighbouring people."""
    for row in range(len(ids)):
        counts[_index_of(ids[row], least, lookup) >> shift] += 1


@compiled
def _present(ids: Whole, least: int, lookup: npt.NDArray[np.int32]) -> None:
    """Mark each id that occurs with 1."""
    for row in range(len(ids)):
        lookup[ids[row] - least] = 1


@compiled
def _range(ids: Whole) -> tuple[int, int]:
    """The least and the largest, in one pass."""
    least = most = ids[0]
    for row in range(len(ids)):
        least, most = min(least, ids[row]), max(most, ids[row])
    return least, most


@compiled
def first_not_a_vote(values: Whole) -> int:
    """The first row that is not -1, 0 or 1; -1 if there is none."""
    for row in range(len(values)):
        if values[row] < -1 or values[row] > 1:
            return row
    return -1


@compiled
def _fill_rows(
    person: Whole,
    least: int,
    lookup: npt.NDArray[np.int32],
    at: Int64,
    out: npt.NDArray[np.uint32],
) -> None:
    """Put the number of each row behind the earlier ones of its person."""
    for row in range(len(person)):
        who = _index_of(person[row], least, lookup)
        out[at[who]] = row
        at[who] += 1


@compiled
def _fill_cells_of(
    rows: npt.NDArray[np.uint32],
    statement: Whole,
    least: int,
    lookup: npt.NDArray[np.int32],
    vote: Whole,
    out: Cells,
) -> None:
    """The cells of these rows, in this order."""
    for at in range(len(rows)):
        row = rows[at]
        out[at] = (_index_of(statement[row], least, lookup) << 2) + vote[row] + 1


@compiled
def _ascends(times: Int64) -> bool:
    """Whether no time is before the one above it."""
    for row in range(1, len(times)):  # noqa: SIM110 - a generator does not compile
        if times[row] < times[row - 1]:
            return False
    return True


@compiled
def _keep_last(
    casts: Cells,
    first: int,
    last: int,
    words: npt.NDArray[np.uint64],
    slot: Cells,
    cells: Cells,
    into: int,
) -> int:
    """Of one person's casts, in order of time, keep the last on each statement, ascending.

    Args:
        casts: theirs are ``casts[first:last]``.
        words: one bit a statement, all clear; left so.
        slot: room for the last cell of each statement.
        cells: where they go, from ``into``; may be ``casts`` itself if ``into <= first``.

    Returns:
        where the next person's go.
    """
    begin = into
    few = (last - first) * 8 < len(words)
    for at in range(first, last):
        cell = casts[at]
        statement = cell >> 2
        bit = np.uint64(1) << np.uint64(statement & 63)
        slot[statement] = cell
        if few and not words[statement >> 6] & bit:
            cells[into] = statement
            into += 1
        words[statement >> 6] |= bit
    if few:
        cells[begin:into].sort()
        for at in range(begin, into):
            statement = cells[at]
            words[statement >> 6] = 0
            cells[at] = slot[statement]
        return into
    for at in range(len(words)):
        left = words[at]
        words[at] = 0
        while left:
            lowest = left & (~left + np.uint64(1))
            left ^= lowest
            place = _PLACE[(lowest * _DE_BRUIJN) >> np.uint64(58)]
            cells[into] = slot[(at << 6) + place]
            into += 1
    return into


@compiled
def _keep_last_of_all(begins: Int64, cells: Cells, indptr: Int64, statements: int) -> int:
    """The same for everyone, in place; ``indptr`` is filled, and how many votes there are."""
    words = np.zeros((statements >> 6) + 1, dtype=np.uint64)
    slot = np.zeros(statements, dtype=cells.dtype)
    total = 0
    for person in range(len(begins) - 1):
        indptr[person] = total
        total = _keep_last(cells, begins[person], begins[person + 1], words, slot, cells, total)
    indptr[len(begins) - 1] = total
    return total


@compiled
def _fill_records(
    person: Whole,
    person_least: int,
    person_lookup: npt.NDArray[np.int32],
    statement: Whole,
    statement_least: int,
    statement_lookup: npt.NDArray[np.int32],
    vote: Whole,
    at: Int64,
    out: npt.NDArray[np.uint32],
) -> None:
    """Put each cast behind the earlier ones of its neighbourhood: who, then the cell, in 28 bits.

    Args:
        at: where the next of each neighbourhood goes.
    """
    for row in range(len(person)):
        who = _index_of(person[row], person_least, person_lookup)
        column = _index_of(statement[row], statement_least, statement_lookup)
        cell = (column << 2) + vote[row] + 1
        near = np.uint64(who) >> np.uint64(_NEIGHBOURS)
        into = np.uint64(at[near])
        out[into] = ((who & ((1 << _NEIGHBOURS) - 1)) << 16) | cell
        at[near] = into + np.uint64(1)


@compiled
def _cells_of_records(
    records: npt.NDArray[np.uint32],
    begins: Int64,
    ends: Int64,
    statements: int,
    cells: Cells,
    indptr: Int64,
) -> int:
    """From casts by neighbourhood to the last votes of each person, ascending by statement.

    Args:
        records: from :func:`_fill_records`.
        begins: where each neighbourhood begins.
        ends: one past its last.
        statements: S.
        cells: filled, shape (casts,).
        indptr: filled, shape (P + 1,).

    Returns:
        how many votes there are.
    """
    most = 0
    for near in range(len(begins)):
        most = max(most, ends[near] - begins[near])
    sorted_ = np.empty(most, dtype=np.uint32)
    of_statement = np.empty(statements + 1, dtype=np.int64)
    of_person = np.empty((1 << _NEIGHBOURS) + 1, dtype=np.int64)
    people, total = len(indptr) - 1, 0
    for near in range(len(begins)):
        count = min(1 << _NEIGHBOURS, people - (near << _NEIGHBOURS))
        here = records[begins[near] : ends[near]]
        _by_statement_and_person(here, count, of_statement, of_person, sorted_, cells[total:])
        total = _keep_last_of_neighbours(cells, total, of_person, indptr, near, count)
    indptr[people] = total
    return total


@compiled
def _by_statement_and_person(
    records: npt.NDArray[np.uint32],
    count: int,
    of_statement: Int64,
    of_person: Int64,
    sorted_: npt.NDArray[np.uint32],
    cells: Cells,
) -> None:
    """The cells of one neighbourhood by person, then statement, then order of arrival.

    Args:
        records: of the neighbourhood.
        count: people in it.
        of_statement: room, shape (S + 1,).
        of_person: filled with where each person's cells end, shape (at least ``count`` + 1,).
        sorted_: room for the records.
        cells: filled.
    """
    one, cell_bits = np.uint64(1), np.uint32(0xFFFF)
    of_statement[:] = 0
    of_person[:] = 0
    for record in records:
        of_statement[np.uint64((record & cell_bits) >> np.uint32(2)) + one] += 1
        of_person[np.uint64(record >> np.uint32(16)) + one] += 1
    for at in range(len(of_statement) - 1):
        of_statement[at + 1] += of_statement[at]
    for at in range(count):
        of_person[at + 1] += of_person[at]
    for record in records:
        statement = np.uint64((record & cell_bits) >> np.uint32(2))
        into = np.uint64(of_statement[statement])
        sorted_[into] = record
        of_statement[statement] = into + one
    for record in sorted_[: len(records)]:
        who = np.uint64(record >> np.uint32(16))
        into = np.uint64(of_person[who])
        cells[into] = record & cell_bits
        of_person[who] = into + one


@compiled
def _keep_last_of_neighbours(
    cells: Cells, total: int, ends: Int64, indptr: Int64, near: int, count: int
) -> int:
    """Of equal statements of a person, which lie side by side, keep the last; where to go on."""
    into = np.uint64(total)
    begin = 0
    for who in range(count):
        indptr[(near << _NEIGHBOURS) + who] = into
        if ends[who] > begin:
            cell = cells[np.uint64(total + begin)]
            for at in range(np.uint64(total + begin + 1), np.uint64(total + ends[who])):
                later = cells[at]
                cells[into] = cell  # stays if the next is on another statement
                into += np.uint64((later >> 2) != (cell >> 2))
                cell = later
            cells[into] = cell
            into += np.uint64(1)
        begin = ends[who]
    return np.int64(into)  # type: ignore[return-value]


@compiled
def _seen(cells: Cells, statements: int) -> npt.NDArray[np.bool_]:
    """Which statements have a vote, shape (S,)."""
    seen = np.zeros(statements, dtype=np.bool_)
    for cell in cells:
        seen[cell >> 2] = True
    return seen


@compiled
def _renumber(cells: Cells, index: Int64) -> None:
    """Give each statement its new index, in place."""
    for at in range(len(cells)):
        cells[at] = (index[cells[at] >> 2] << 2) | (cells[at] & 3)


@compiled
def _order_by_time(indptr: Int64, rows: npt.NDArray[np.uint32], times: Int64) -> None:
    """Sort the rows of each person by time; equal times keep the order of the rows."""
    for person in range(len(indptr) - 1):
        first, last = indptr[person], indptr[person + 1]
        sorted_already = True
        for at in range(first + 1, last):
            if times[rows[at]] < times[rows[at - 1]]:
                sorted_already = False
                break
        if not sorted_already:
            of = rows[first:last].copy()
            rows[first:last] = of[np.argsort(times[of], kind="mergesort")]


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
        ranges = [_range(a) for a in (rows, others) if len(a)]
        least, most = int(min(r[0] for r in ranges)), int(max(r[1] for r in ranges))
        empty = np.empty(0, dtype=np.int32)
        if most - least > _GAPS * len(rows) + (1 << 16):
            ids = np.unique(np.concatenate([rows, others])).astype(np.int64)
            return cls(np.searchsorted(ids, rows), 0, empty, ids, _NOTHING, loose=False)
        if most - least < loose:
            ids = np.arange(least, most + 1)
            return cls(rows, least, empty, ids, others.astype(np.int64) - least, loose=True)
        lookup = np.zeros(most - least + 1, dtype=np.int32)
        _present(rows, least, lookup)
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
        _casts_of(self.rows, self.least, self.lookup, shift, counts)
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
    if small and (times is None or _ascends(times)):
        count = _pack_in_order(people, columns, vote, cells, indptr)
    else:
        count = _pack_by_rows(people, columns, vote, times, cells, indptr)
    # A view would keep the room of the votes that were overtaken.
    cells = cells if count == len(cells) else cells[:count].copy()
    return _closed_up(Packed(people.ids, columns.ids, indptr, cells), people, columns)


def _pack_in_order(
    people: Column, columns: Column, vote: Whole, cells: Cells, indptr: Int64
) -> int:
    counts = people.tally(_NEIGHBOURS)
    begins = np.cumsum(counts) - counts + _APART * np.arange(len(counts))
    records = np.empty(int(begins[-1] + counts[-1]), dtype=np.uint32)
    ends = begins.copy()
    _fill_records(
        people.rows,
        people.least,
        people.lookup,
        columns.rows,
        columns.least,
        columns.lookup,
        vote,
        ends,
        records,
    )
    return _cells_of_records(records, begins, ends, len(columns.ids), cells, indptr)


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
    _fill_rows(people.rows, people.least, people.lookup, begins[:-1].copy(), rows)
    if times is not None:
        _order_by_time(begins, rows, times)
    _fill_cells_of(rows, columns.rows, columns.least, columns.lookup, vote, cells)
    return _keep_last_of_all(begins, cells, indptr, len(columns.ids))


def _closed_up(found: Packed, people: Column, columns: Column) -> Packed:
    """Without the people and statements that are in no row."""
    participants, statements, indptr = found.participants, found.statements, found.indptr
    if people.loose:
        voted = np.diff(indptr) > 0
        if not voted.all():
            participants, indptr = participants[voted], indptr[np.append(voted, True)]
    if columns.loose:
        seen = _seen(found.cells, len(statements))
        seen[columns.others] = True
        if not seen.all():
            statements = statements[seen]
            _renumber(found.cells, np.cumsum(seen) - 1)
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
        at = first_not_a_vote(array) if array.min() < -1 or array.max() > 1 else -1
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
