"""The loops of :mod:`.ingest`: every sort in them counts, and keeps the earlier cast first."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion.kernels import Cells, Int64, compiled

Whole = npt.NDArray[np.integer[Any]]

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
def casts_of(
    ids: Whole, least: int, lookup: npt.NDArray[np.int32], shift: int, counts: Int64
) -> None:
    """Count the rows of each ``2 ** shift`` neighbouring people."""
    for row in range(len(ids)):
        counts[_index_of(ids[row], least, lookup) >> shift] += 1


@compiled
def present(ids: Whole, least: int, lookup: npt.NDArray[np.int32]) -> None:
    """Mark each id that occurs with 1."""
    for row in range(len(ids)):
        lookup[ids[row] - least] = 1


@compiled
def range_of(ids: Whole) -> tuple[int, int]:
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
def fill_rows(
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
def fill_cells_of(
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
def ascends(times: Int64) -> bool:
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
def keep_last_of_all(begins: Int64, cells: Cells, indptr: Int64, statements: int) -> int:
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
def fill_records(
    person: Whole,
    person_least: int,
    person_lookup: npt.NDArray[np.int32],
    statement: Whole,
    statement_least: int,
    statement_lookup: npt.NDArray[np.int32],
    vote: Whole,
    shift: int,
    at: Int64,
    out: npt.NDArray[np.uint32],
) -> None:
    """Put each cast behind the earlier ones of its neighbourhood: who, then the cell, in 32 bits.

    Args:
        shift: ``2 ** shift`` people are a neighbourhood, at most 16.
        at: where the next of each goes.
    """
    inside = (1 << shift) - 1
    for row in range(len(person)):
        who = _index_of(person[row], person_least, person_lookup)
        column = _index_of(statement[row], statement_least, statement_lookup)
        cell = (column << 2) + vote[row] + 1
        near = np.uint64(who) >> np.uint64(shift)
        into = np.uint64(at[near])
        out[into] = ((who & inside) << 16) | cell
        at[near] = into + np.uint64(1)


@compiled
def cells_of_records(
    records: npt.NDArray[np.uint32],
    begins: Int64,
    ends: Int64,
    shift: int,
    statements: int,
    cells: Cells,
    indptr: Int64,
) -> int:
    """From casts by neighbourhood to the last votes of each person, ascending by statement.

    Args:
        records: from :func:`fill_records`.
        begins: where each neighbourhood begins.
        ends: one past its last.
        shift: as they were filled.
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
    of_person = np.empty((1 << shift) + 1, dtype=np.int64)
    people, total = len(indptr) - 1, 0
    for near in range(len(begins)):
        begin = near << shift
        count = min(1 << shift, people - begin)
        here = records[begins[near] : ends[near]]
        _by_statement_and_person(here, count, of_statement, of_person, sorted_, cells[total:])
        total = _keep_last_of_neighbours(cells, total, of_person, indptr[begin:], count)
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
    cells: Cells, total: int, ends: Int64, indptr: Int64, count: int
) -> int:
    """Of equal statements of a person, which lie side by side, keep the last; where to go on."""
    into = np.uint64(total)
    begin = 0
    for who in range(count):
        indptr[who] = into
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
def seen(cells: Cells, statements: int) -> npt.NDArray[np.bool_]:
    """Which statements have a vote, shape (S,)."""
    seen = np.zeros(statements, dtype=np.bool_)
    left = statements
    for cell in cells:
        left -= not seen[cell >> 2]
        seen[cell >> 2] = True
        if not left:
            break
    return seen


@compiled
def renumber(cells: Cells, index: Int64) -> None:
    """Give each statement its new index, in place."""
    for at in range(len(cells)):
        cells[at] = (index[cells[at] >> 2] << 2) | (cells[at] & 3)


@compiled
def order_by_time(indptr: Int64, rows: npt.NDArray[np.uint32], times: Int64) -> None:
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
