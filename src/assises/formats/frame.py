"""A frame that someone brings: a CSV file of people by categories.

    region,area,sex,people          region,sex,people
    MA-01,urban,female,1308308      MA-01,,4008655
    MA-01,urban,male,1317880        MA-02,,2269378
    …                               ,female,18295103
                                    …

One column a variable and the column ``people``. An empty cell means: whoever. So rows that fill the
same columns are one margin, and a file may hold one joint table (left), several margins (right), or
both. Nothing is guessed: what is not understood is refused with its line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Final

from assises.lib.csvio import Line, read_lines
from assises.lib.errors import InputError
from assises.lib.frames import ABROAD, BY, SAME_TOTAL, Cell, Frame, Margin, alike, unknown
from assises.lib.headers import columns_with, separator_of, stripped

PEOPLE: Final = "people"

_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_MOST: Final = 1 << 53
"""Beyond it whole numbers are no longer told apart; nobody counts so many people."""


@dataclass(slots=True)
class _Table:
    """What was read so far."""

    file: str
    columns: list[str]
    known: Mapping[str, Collection[str]]
    people: dict[tuple[str, ...], dict[Cell, float]] = field(default_factory=dict)
    """For each set of variables the people of each cell."""
    lines: dict[tuple[tuple[str, ...], Cell], int] = field(default_factory=dict)
    spelled: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    """For each variable and its categories, case and spaces put aside: as first read, and where."""

    def refused(
        self, problem: str, line: int, column: str | None, value: object, next_step: str
    ) -> InputError:
        return InputError(
            problem, file=self.file, line=line, column=column, value=value, next_step=next_step
        )


def read_frame(
    path: str | PathLike[str],
    *,
    known: Mapping[str, Collection[str]] | None = None,
    counted: str = "",
    source: str = "",
    encoding: str | None = None,
    separator: str | None = None,
) -> Frame:
    """Read a frame from a CSV file; other margins are had by :meth:`Frame.on`.

    Args:
        path: the file, in the form above.
        known: for each variable the categories it may have, for example the codes of the regions;
            a variable that is not in it may have any.
        counted: who is counted, in words.
        source: who counted.
        encoding: of the file; by default UTF-8, or what its first bytes say.
        separator: between cells; by default the one that sets ``people`` apart in the first line.

    Returns:
        categories and cells in the order of the file; people whole or decimal.

    Raises:
        InputError: with file, line, column, value and what to do, for a missing, repeated or
            unnamed column; a row of another length; people that are not a number, negative or too
            many; an unknown category; two spellings of one category; a cell that stands twice;
            people abroad; a row of no category; margins whose totals differ; no rows; nobody.
        EncodingError: for bytes that are not text.
    """
    records = read_lines(
        path, encoding=encoding, separator=separator or separator_of(path, PEOPLE, encoding)
    )
    header = next(records, None)
    file = str(path)
    if header is None:
        raise InputError("the file is empty", file=file, next_step=_form())
    table = _Table(file, _columns(file, header), known or {})
    last = header.number
    for line in records:
        _take(table, line)
        last = line.number
    _check_totals(table, last)
    margins = tuple(Margin(variables, people) for variables, people in table.people.items())
    return Frame(margins, counted=counted, source=source or Path(path).name)


def _columns(file: str, header: Line) -> list[str]:
    columns = stripped(header)
    for at, name in enumerate(columns):
        if not name or BY in name:
            raise InputError(
                f"a column has a name, without {BY.strip()!r} between spaces",
                file=file,
                line=header.number,
                column=at + 1,
                value=name,
                next_step="Name what its categories tell apart, for example region.",
            )
    columns = columns_with(file, header, PEOPLE, _form())
    if len(columns) == 1:
        raise InputError(
            "there is no column of categories", file=file, line=header.number, next_step=_form()
        )
    return columns


def _take(table: _Table, line: Line) -> None:
    """Put one row where it belongs."""
    if len(line.cells) != len(table.columns):
        raise table.refused(
            f"the row has {len(line.cells)} cells and the first line {len(table.columns)}",
            line.number,
            None,
            ",".join(line.cells),
            "Write a cell for each column; put a cell with a comma in it between quotes.",
        )
    row = dict(zip(table.columns, stripped(line), strict=True))
    people = _count(table, line.number, row.pop(PEOPLE))
    filled = {name: category for name, category in row.items() if category}
    if not filled:
        raise table.refused(
            "the row has no category",
            line.number,
            None,
            None,
            "Leave the total out: it is the sum of the other rows.",
        )
    for name, category in filled.items():
        _check_category(table, line.number, name, category)
    variables, cell = tuple(filled), tuple(filled.values())
    first = table.lines.setdefault((variables, cell), line.number)
    if first != line.number:
        raise table.refused(
            f"these people stand on line {first} already",
            line.number,
            BY.join(variables),
            BY.join(cell),
            "Leave one of the two lines out, or add them up.",
        )
    table.people.setdefault(variables, {})[cell] = people


def _count(table: _Table, line: int, text: str) -> float:
    if text.startswith(("-", "\u2212")) and _NUMBER.fullmatch(text[1:]):
        raise table.refused("people are negative", line, PEOPLE, text, "Correct the number.")
    if not _NUMBER.fullmatch(text):
        raise table.refused(
            "people are not a number",
            line,
            PEOPLE,
            text,
            "Write digits only, with a point before decimals: 1308308, not 1 308 308 or 1,308,308.",
        )
    people = float(text)
    if people >= _MOST:
        raise table.refused(
            "these are more people than can be counted", line, PEOPLE, text, "Correct the number."
        )
    return int(people) if people.is_integer() else people


def _check_category(table: _Table, line: int, name: str, category: str) -> None:
    if category == ABROAD:
        raise table.refused(
            "people abroad are no part of a frame",
            line,
            name,
            category,
            "Leave the row out: who is abroad is counted apart, and never weighted.",
        )
    known = table.known.get(name)
    if known is not None and category not in known:
        raise unknown(
            category,
            tuple(known),
            what=f"a known category of {name}",
            file=table.file,
            line=line,
            column=name,
        )
    first, there = table.spelled.setdefault((name, alike(category)), (category, line))
    if first != category:
        raise table.refused(
            f"the category is spelled almost like {first} on line {there}",
            line,
            name,
            category,
            "Spell the same category the same way everywhere, or name another one otherwise.",
        )


def _check_totals(table: _Table, last: int) -> None:
    totals = {variables: math.fsum(p.values()) for variables, p in table.people.items()}
    if not any(totals.values()):
        raise table.refused(
            "the frame counts nobody" if totals else "there is no row below the first line",
            last,
            None,
            None,
            _form(),
        )
    # The margin of most rows is the likeliest to be whole.
    whole = max(totals, key=lambda variables: len(table.people[variables]))
    for variables, total in totals.items():
        if abs(total - totals[whole]) > SAME_TOTAL * totals[whole]:
            raise table.refused(
                f"the rows of {BY.join(variables)} alone do not count the same population as those "
                f"of {BY.join(whole)}, {totals[whole]:.12g}",
                next(_lines_of(table, variables)),
                BY.join(variables),
                total,
                "Fill a cell that was left empty, or bring the margins to one total.",
            )


def _lines_of(table: _Table, variables: tuple[str, ...]) -> Iterator[int]:
    return (line for (names, _), line in table.lines.items() if names == variables)


def _form() -> str:
    return "The first line is for example region,sex,people; then one line for each category."
