"""Casts in any order to the last vote of each person on each statement.

Nothing is sorted that need not be: people are brought near each other by counting, and the
statements of one person are marked in a set of bits, which gives them back in order. Ids are looked
up in a table of their range.
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
        into = at[who >> _NEIGHBOURS]
        out[into] = ((who & ((1 << _NEIGHBOURS) - 1)) << 16) | cell
        at[who >> _NEIGHBOURS] = into + 1


@compiled
def _cells_of_records(
    records: npt.NDArray[np.uint32],
    begins: Int64,
    statements: int,
    cells: Cells,
    indptr: Int64,
) -> int:
    """From casts by neighbourhood to the last votes of each person, ascending by statement.

    Args:
        records: from :func:`_fill_records`.
        begins: where each neighbourhood begins, one more for the end.
        statements: S.
        cells: filled, shape (casts,).
        indptr: filled, shape (P + 1,).

    Returns:
        how many votes there are.
    """
    words = np.zeros((statements >> 6) + 1, dtype=np.uint64)
    slot = np.zeros(statements, dtype=np.uint16)
    most = 0
    for at in range(len(begins) - 1):
        most = max(most, begins[at + 1] - begins[at])
    near = np.empty(most, dtype=np.uint16)
    people, total = len(indptr) - 1, 0
    for at in range(len(begins) - 1):
        who = at << _NEIGHBOURS
        count = min(1 << _NEIGHBOURS, people - who)
        first = np.zeros(count + 1, dtype=np.int64)
        for record in records[begins[at] : begins[at + 1]]:
            first[(record >> 16) + 1] += 1
        for one in range(count):
            first[one + 1] += first[one]
        put = first[:-1].copy()
        for record in records[begins[at] : begins[at + 1]]:
            near[put[record >> 16]] = record & 0xFFFF
            put[record >> 16] += 1
        for one in range(count):
            indptr[who + one] = total
            total = _keep_last(near, first[one], first[one + 1], words, slot, cells, total)
    indptr[people] = total
    return total


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
    """Those that occur, ascending."""

    @classmethod
    def of(cls, rows: Whole, others: Whole = _NOTHING) -> Column:
        """``others`` are ids to know of besides those of the rows."""
        least = min(int(a.min()) for a in (rows, others) if len(a))
        most = max(int(a.max()) for a in (rows, others) if len(a))
        if most - least > _GAPS * len(rows) + (1 << 16):
            ids = np.unique(np.concatenate([rows, others])).astype(np.int64)
            dense = np.searchsorted(ids, rows)
            return cls(dense, 0, np.empty(0, dtype=np.int32), ids)
        lookup = np.zeros(most - least + 1, dtype=np.int32)
        _present(rows, least, lookup)
        lookup[others - least] = 1
        ids = np.flatnonzero(lookup) + least
        if len(ids) == len(lookup):
            return cls(rows, least, lookup[:0], ids)
        np.cumsum(lookup, out=lookup)
        lookup -= 1
        return cls(rows, least, lookup, ids)

    def tally(self, shift: int = 0) -> Int64:
        """Where the rows of each ``2 ** shift`` neighbours begin once they stand together."""
        begins = np.zeros(((len(self.ids) - 1) >> shift) + 2, dtype=np.int64)
        _casts_of(self.rows, self.least, self.lookup, shift, begins[1:])
        return np.cumsum(begins, out=begins)


def by_person(
    people: Column, columns: Column, vote: Whole, times: Int64 | None
) -> tuple[Cells, Int64]:
    """The votes that count, by person and statement, and where each person's begin."""
    if len(columns.ids) > _MOST_STATEMENTS:
        raise InputError(
            "too many statements", value=len(columns.ids), next_step="Split the conversation."
        )
    indptr = np.empty(len(people.ids) + 1, dtype=np.int64)
    small = len(columns.ids) < SMALL
    if small and (times is None or _ascends(times)):
        begins = people.tally(_NEIGHBOURS)
        records = np.empty(len(vote), dtype=np.uint32)
        _fill_records(
            people.rows,
            people.least,
            people.lookup,
            columns.rows,
            columns.least,
            columns.lookup,
            vote,
            begins[:-1].copy(),
            records,
        )
        cells = _room(len(vote), small=True)
        count = _cells_of_records(records, begins, len(columns.ids), cells, indptr)
    else:
        begins = people.tally()
        rows = np.empty(len(vote), dtype=np.uint32)
        _fill_rows(people.rows, people.least, people.lookup, begins[:-1].copy(), rows)
        if times is not None:
            _order_by_time(begins, rows, times)
        cells = _room(len(vote), small=small)
        _fill_cells_of(rows, columns.rows, columns.least, columns.lookup, vote, cells)
        count = _keep_last_of_all(begins, cells, indptr, len(columns.ids))
    # A view would keep the room of the votes that were overtaken.
    return (cells if count == len(cells) else cells[:count].copy()), indptr


def _room(casts: int, *, small: bool) -> Cells:
    return np.empty(casts, dtype=np.uint16) if small else np.empty(casts, dtype=np.uint32)


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
        at = first_not_a_vote(array)
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
