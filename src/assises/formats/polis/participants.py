"""Reading ``participants-votes.csv``: published groups, and a check of its cells."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assises.formats.polis.model import (
    PARTICIPANT_COLUMNS,
    Int64,
    Participants,
    Reject,
    SourceFile,
    Votes,
    last_votes,
)
from assises.formats.polis.table import Options, TableReader
from assises.lib.csvio import Line
from assises.lib.errors import InputError


@dataclass(frozen=True, slots=True)
class PublishedCounts:
    """``n-agree`` and ``n-disagree`` of each participant; all arrays have shape (participants,)."""

    participant: Int64
    agrees: Int64
    disagrees: Int64


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what the sign of an agreement can be told from."""

    participants: Participants
    counts: PublishedCounts | None
    source: SourceFile
    rejects: tuple[Reject, ...]


def read_participants(path: Path, options: Options, votes: Votes) -> Reading:
    """Read the file and hold each cell against the last vote of ``votes.csv``.

    A cell that differs is counted, not refused: openData holds files that were exported minutes
    apart. It may also be that the two files carry opposite signs; then nearly all cells differ.
    """
    table = TableReader(path, options)
    table.open(PARTICIPANT_COLUMNS)
    statements = _statements(table)
    described = [at for at, name in enumerate(table.header) if not _is_id(name)]
    last = _last_by_pair(votes)
    ids, groups = array("q"), array("q")
    agrees, disagrees = array("q"), array("q")
    has_counts = table.at("n-agree") is not None and table.at("n-disagree") is not None
    kept: list[list[str]] = []
    unequal: list[tuple[int, int]] = []
    opposite: list[tuple[int, int]] = []
    seen: set[int] = set()
    filled = 0
    for line in table:
        try:
            person = table.integer(line, "participant")
            if person in seen:
                raise table.refuse(
                    line, "participant", "this participant stands twice", "Remove one row."
                )
            group = _group(table, line)
            counted = (
                (table.integer(line, "n-agree"), table.integer(line, "n-disagree"))
                if has_counts
                else (0, 0)
            )
            cells = {
                statement: table.integer(line, table.header[at], among=(-1, 0, 1))
                for at, statement in statements
                if line.cells[at] != ""
            }
        except InputError as error:
            table.keep_going(error)
            continue
        seen.add(person)
        ids.append(person)
        groups.append(group)
        agrees.append(counted[0])
        disagrees.append(counted[1])
        kept.append([line.cells[at] for at in described])
        mine = last.get(person, {})
        filled += len(cells)
        for statement in sorted(cells.keys() | mine.keys()):
            here, there = cells.get(statement), mine.get(statement)
            if here != there:
                unequal.append((person, statement))
            if here is None or there is None or here != -there:
                opposite.append((person, statement))
    if len(opposite) < len(unequal):
        unequal = opposite
    columns = {
        table.header[at]: tuple(row[position] for row in kept)
        for position, at in enumerate(described)
    }
    return Reading(
        Participants(
            columns=columns,
            id=np.array(ids, dtype=np.int64),
            group=np.array(groups, dtype=np.int64),
            statements=tuple(statement for _, statement in statements),
            cells=filled,
            unequal=tuple(unequal),
        ),
        PublishedCounts(
            np.array(ids, dtype=np.int64),
            np.array(agrees, dtype=np.int64),
            np.array(disagrees, dtype=np.int64),
        )
        if has_counts
        else None,
        table.source(),
        tuple(table.rejects),
    )


def _statements(table: TableReader) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    for at, name in enumerate(table.header):
        if not _is_id(name):
            continue
        if len(name) > 18 or int(name) in found:
            problem = (
                "this is too large for a comment id"
                if len(name) > 18
                else "two columns stand for this comment"
            )
            raise InputError(
                problem,
                file=table.path,
                line=1,
                column=name,
                next_step="Correct the header of the file.",
            )
        found[int(name)] = at
    return [(at, statement) for statement, at in found.items()]


def _group(table: TableReader, line: Line) -> int:
    if not line.cells[table.header.index("group-id")].strip():
        return -1
    group = table.integer(line, "group-id")
    if group < 0:
        raise table.refuse(line, "group-id", "a group cannot be negative", "Leave it empty.")
    return group


def _last_by_pair(votes: Votes) -> dict[int, dict[int, int]]:
    rows = last_votes(votes)
    last: dict[int, dict[int, int]] = {}
    for person, statement, vote in zip(
        votes.voter[rows].tolist(),
        votes.comment[rows].tolist(),
        votes.vote[rows].tolist(),
        strict=True,
    ):
        last.setdefault(person, {})[statement] = vote
    return last


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdecimal()
