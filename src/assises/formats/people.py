"""Who took part, as those who asked them wrote it down: a CSV file, a line a person.

    participant,college,region,channel,assurance
    0,academia,MA-04,web,address
    1,,MA-06,paper,
    …

``participant`` is the number that the export gives a person; every other column is an attribute,
whatever its name. An empty cell means: did not say. Nothing is guessed: what is not understood is
refused with its line. What is read here is of single people and is never published.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.lib.csvio import Line, read_lines
from assises.lib.errors import InputError
from assises.lib.frames import alike
from assises.lib.headers import columns_with, separator_of, stripped
from assises.lib.progress import SILENT, Progress

__all__ = ["MOST_ATTRIBUTES", "MOST_PEOPLE", "MOST_VALUES", "Attribute", "People", "read_people"]

Int64 = npt.NDArray[np.int64]

PARTICIPANT: Final = "participant"
MOST_VALUES: Final = 50
"""Values of an attribute: what has more tells single people apart and not kinds of people."""
MOST_ATTRIBUTES: Final = 20
MOST_PEOPLE: Final = 10_000_000
LONGEST: Final = 80
"""Characters of a name or a value: it stands in a sentence."""

_DIGITS: Final = 18
"""Digits of the largest number that 64 bits hold for sure."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """What the people of a file said of one thing."""

    values: tuple[str, ...]
    """All that somebody said, ascending."""
    first: tuple[int, ...]
    """The line on which each value stands first."""
    code: Int64
    """The place in ``values`` of what each person said, shape (P,); -1 for did not say."""


@dataclass(frozen=True, slots=True)
class People:
    """A file of people, by number: the order of its lines leaves no trace."""

    file: str
    participants: Int64
    """Numbers of the people, ascending, shape (P,)."""
    attributes: Mapping[str, Attribute]
    """By name, ascending."""

    def of(self, participants: Int64, attribute: str) -> Int64:
        """The code of each of these people, shape (n,); -1 where they did not say or are not here.

        Args:
            participants: numbers of any people, in any order, shape (n,).
            attribute: a name of ``attributes``.
        """
        code = self.attributes[attribute].code
        if not len(code):
            return np.full(len(participants), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.participants, participants), len(code) - 1)
        return np.where(self.participants[at] == participants, code[at], -1)


@dataclass(slots=True)
class _Column:
    """One attribute while it is read."""

    name: str
    place: dict[str, int] = field(default_factory=dict)
    """Values in the order in which they came."""
    first: list[int] = field(default_factory=list)
    spelled: dict[str, str] = field(default_factory=dict)
    code: array[int] = field(default_factory=lambda: array("b"))


def read_people(
    path: str | PathLike[str],
    *,
    encoding: str | None = None,
    separator: str | None = None,
    progress: Progress = SILENT,
) -> People:
    """Read a file of people.

    Args:
        path: the file, in the form above.
        encoding: of the file; by default UTF-8, or what its first bytes say.
        separator: between cells; by default the one that sets ``participant`` apart in the first
            line: a comma, a semicolon, a tab or a bar.
        progress: told of bytes read.

    Raises:
        InputError: with file, line, column, value and what to do, for a missing, repeated or
            unnamed column, no or too many attributes, a row of another length, a participant that
            is not a whole number from 0 or stands twice, two spellings of one value, a value that
            is too long, and an attribute of more than :data:`MOST_VALUES` values.
        EncodingError: for bytes that are not text.
    """
    file = str(path)
    records = read_lines(
        path,
        encoding=encoding,
        separator=separator or separator_of(path, PARTICIPANT, encoding),
        advance=progress.advance,
    )
    header = next(records, None)
    if header is None:
        raise InputError("the file is empty", file=file, next_step=_form())
    names = _names(file, header)
    columns = [_Column(name) for name in names if name != PARTICIPANT]
    key = names.index(PARTICIPANT)
    numbers, lines = array("q"), array("q")
    for line in records:
        cells = _cells(file, line, names)
        numbers.append(_number(file, line.number, cells.pop(key)))
        lines.append(line.number)
        if len(numbers) > MOST_PEOPLE:
            raise InputError(
                f"there are more than {MOST_PEOPLE:,} people",
                file=file,
                line=line.number,
                next_step="Leave out those who did not vote.",
            )
        for column, cell in zip(columns, cells, strict=True):
            _take(file, line.number, column, cell)
    return _joined(file, numbers, lines, columns)


def _names(file: str, header: Line) -> list[str]:
    names = stripped(header)
    for at, name in enumerate(names):
        if not name or len(name) > LONGEST:
            raise InputError(
                f"a column has a name, of {LONGEST} characters at most",
                file=file,
                line=header.number,
                column=at + 1,
                value=name,
                next_step="Name what it tells of people, for example region.",
            )
    names = columns_with(file, header, PARTICIPANT, _form())
    if not 2 <= len(names) <= MOST_ATTRIBUTES + 1:
        raise InputError(
            f"people have 1 to {MOST_ATTRIBUTES} attributes, a column each",
            file=file,
            line=header.number,
            value=f"{len(names) - 1} columns beside {PARTICIPANT}",
            next_step=_form(),
        )
    return names


def _cells(file: str, line: Line, names: list[str]) -> list[str]:
    if len(line.cells) != len(names):
        raise InputError(
            f"the row has {len(line.cells)} cells and the first line {len(names)}",
            file=file,
            line=line.number,
            value=",".join(line.cells),
            next_step="Write a cell for each column; put a cell with a separator in it between "
            "quotes.",
        )
    return stripped(line)


def _number(file: str, line: int, cell: str) -> int:
    if not (cell.isascii() and cell.isdecimal() and len(cell) <= _DIGITS):
        raise InputError(
            "a participant is a whole number from 0",
            file=file,
            line=line,
            column=PARTICIPANT,
            value=cell,
            next_step="Write the number that the export's votes give this person (voter-id).",
        )
    return int(cell)


def _take(file: str, line: int, column: _Column, cell: str) -> None:
    """Note what one person said of one thing."""
    known = column.place.get(cell)
    if known is None and cell:
        known = _new(file, line, column, cell)
    column.code.append(-1 if known is None else known)


def _new(file: str, line: int, column: _Column, cell: str) -> int:
    """A value that nobody said before."""
    if len(cell) > LONGEST:
        raise InputError(
            f"the value is longer than {LONGEST} characters",
            file=file,
            line=line,
            column=column.name,
            value=cell,
            next_step="An attribute is a kind of people, in a word or two; leave free text out.",
        )
    first = column.spelled.setdefault(alike(cell), cell)
    if first != cell:
        raise InputError(
            f"the value is spelled almost like {first} on line {column.first[column.place[first]]}",
            file=file,
            line=line,
            column=column.name,
            value=cell,
            next_step="Spell the same value the same way everywhere, or name another one "
            "otherwise.",
        )
    if len(column.place) == MOST_VALUES:
        raise InputError(
            f"the column has more than {MOST_VALUES} values: it is no attribute that many share",
            file=file,
            line=line,
            column=column.name,
            value=cell,
            next_step="Leave the column out, or join its values into wider ones.",
        )
    column.first.append(line)
    return column.place.setdefault(cell, len(column.place))


def _joined(file: str, numbers: array[int], lines: array[int], columns: list[_Column]) -> People:
    participants = np.frombuffer(numbers, dtype=np.int64) if numbers else np.empty(0, np.int64)
    order = np.argsort(participants, kind="stable")
    ascending = participants[order]
    twice = np.flatnonzero(ascending[1:] == ascending[:-1])
    if len(twice):
        # The first line of the file that repeats one: it is where a person looks.
        at = int(twice[np.argmin(order[twice + 1])])
        raise InputError(
            f"the participant stands on line {lines[int(order[at])]} already",
            file=file,
            line=lines[int(order[at + 1])],
            column=PARTICIPANT,
            value=int(ascending[at]),
            next_step="Leave one of the two lines out.",
        )
    return People(file, ascending, {c.name: _sorted(c, order) for c in _by_name(columns)})


def _by_name(columns: list[_Column]) -> Iterator[_Column]:
    return iter(sorted(columns, key=lambda c: c.name))


def _sorted(column: _Column, order: Int64) -> Attribute:
    """The attribute, values and people ascending."""
    values = sorted(column.place)
    rank = np.full(len(values) + 1, -1, dtype=np.int64)
    rank[[column.place[value] for value in values]] = np.arange(len(values))
    # -1, who did not say, is the last of the ranks.
    code = rank[np.array(column.code, dtype=np.int64)[order]]
    return Attribute(
        tuple(values), tuple(column.first[column.place[value]] for value in values), code
    )


def _form() -> str:
    return f"The first line is for example {PARTICIPANT},college,region; then one line a person."
