"""A CSV file with named columns, read row by row and refused exactly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from assises.formats.polis.model import Reject, SourceFile
from assises.lib.canonical import sha256_of_file
from assises.lib.csvio import SEPARATORS, Line, encoding_of, read_lines
from assises.lib.errors import InputError

# Spreadsheets and dataframes write 1 as 1.0; nothing else with a point is a whole number.
_INTEGER: Final = re.compile(r"\s*([+-]?\d+)(?:\.0*)?\s*")
_YEAR_10000: Final = 253_402_300_800_000
_TOO_LARGE: Final = 2**63
"""Stands for every number of more digits than a 64-bit integer has."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the files of one export are to be read."""

    encoding: str | None = None
    separator: str = ","
    skip_bad_rows: bool = False
    advance: Callable[[int], None] | None = None


@dataclass(slots=True)
class TableReader:
    """Rows of one file under its header.

    Iterating yields the lines that have as many cells as the header. A row is refused by raising
    :meth:`refuse`; with ``skip_bad_rows`` the caller catches it through :meth:`keep_going`.
    """

    path: Path
    options: Options
    header: tuple[str, ...] = ()
    rows: int = 0
    rejects: list[Reject] = field(default_factory=list)
    _lines: Iterator[Line] | None = None
    _places: dict[str, int] = field(default_factory=dict)

    def open(self, required: Sequence[str]) -> None:
        """Read the header and check it.

        Raises:
            InputError: for an empty header, a wrong separator, a repeated or a missing column.
        """
        self._lines = read_lines(
            self.path,
            encoding=self.options.encoding,
            separator=self.options.separator,
            advance=self.options.advance,
        )
        first = next(self._lines, None)
        if first is None:
            raise InputError(
                "the file holds blank lines only",
                file=self.path,
                next_step="Export it again from its source.",
            )
        self.header = tuple(cell.strip() for cell in first.cells)
        self._check_header(first, required)
        self._places = {name: at for at, name in enumerate(self.header)}

    def __iter__(self) -> Iterator[Line]:
        if self._lines is None:
            raise RuntimeError("open() comes before iterating")
        width = len(self.header)
        for line in self._lines:
            if len(line.cells) == width:
                self.rows += 1
                yield line
            else:
                error = self.refuse(
                    line,
                    None,
                    f"the row has {len(line.cells)} cells where the header has {width}",
                    "Mend the row; a comma inside a text needs quotes around the text.",
                )
                self.keep_going(error)

    def at(self, name: str) -> int | None:
        """Position of a column, or None where the file lacks it."""
        return self._places.get(name)

    def integer(self, line: Line, column: str, *, among: Sequence[int] | None = None) -> int:
        """The cell of ``column`` as a whole number.

        Raises:
            InputError: if it is not one, or not one of ``among``.
        """
        value = _whole(line.cells[self._places[column]])
        if value is None:
            raise self.refuse(
                line, column, "this is not a whole number", "Put a whole number there."
            )
        if among is not None and value not in among:
            allowed = ", ".join(str(a) for a in among)
            raise self.refuse(
                line, column, f"the value is not one of {allowed}", "Correct it in the source."
            )
        if abs(value) > 2**53:
            raise self.refuse(line, column, "the number is too large", "Correct it in the source.")
        return value

    def time(self, line: Line) -> int:
        """The cell of ``timestamp``, in the unit of the file.

        Raises:
            InputError: if no calendar holds it, read as seconds or as milliseconds.
        """
        value = self.integer(line, "timestamp")
        if not 0 <= value < _YEAR_10000:
            raise self.refuse(line, "timestamp", "no calendar holds this time", "Correct it.")
        return value

    def refuse(self, line: Line, column: str | None, problem: str, next_step: str) -> InputError:
        """The error for one row, ready to be raised."""
        at = None if column is None else self.header.index(column)
        value = (
            self.options.separator.join(line.cells)
            if at is None or at >= len(line.cells)
            else line.cells[at]
        )
        advice = f"{next_step} Or leave such rows out with --skip-bad-rows."
        return InputError(
            problem,
            file=self.path,
            line=line.number,
            column=column,
            value=value,
            next_step=advice,
        )

    def keep_going(self, error: InputError) -> None:
        """Note a refused row and go on if the caller asked for that, else raise it."""
        if not self.options.skip_bad_rows or error.line is None:
            raise error
        self.rejects.append(
            Reject(
                file=self.path.name,
                line=error.line,
                column=str(error.column or ""),
                value=str(error.value),
                problem=error.problem,
            )
        )

    def source(self) -> SourceFile:
        """What is noted of the file once it has been read."""
        return SourceFile(
            name=self.path.name,
            sha256=sha256_of_file(self.path),
            size=self.path.stat().st_size,
            encoding=self.options.encoding or encoding_of(self.path),
            rows=self.rows,
        )

    def _check_header(self, line: Line, required: Sequence[str]) -> None:
        missing = [name for name in required if name not in self.header]
        if missing and len(self.header) == 1:
            for separator in SEPARATORS:
                if separator != self.options.separator and separator in self.header[0]:
                    shown = "tab" if separator == "\t" else separator
                    raise InputError(
                        f"the cells are separated by {shown!r}",
                        file=self.path,
                        line=line.number,
                        value=self.header[0],
                        next_step=f"Read it with --separator {shown!r}, or save it with commas.",
                    )
        repeated = sorted({name for name in self.header if self.header.count(name) > 1})
        if repeated:
            raise InputError(
                f"the header names {repeated[0]!r} twice",
                file=self.path,
                line=line.number,
                column=repeated[0],
                next_step="Remove or rename one of the two columns.",
            )
        if missing:
            raise InputError(
                f"the column {missing[0]!r} is missing",
                file=self.path,
                line=line.number,
                value=",".join(self.header[:12]),
                next_step=f"The file needs: {', '.join(required)}.",
            )


def _whole(cell: str) -> int | None:
    if cell.isascii() and cell.isdigit() and len(cell) < 19:
        return int(cell)
    found = _INTEGER.fullmatch(cell)
    if found is None:
        return None
    digits = found.group(1)
    return int(digits) if len(digits) < 20 else _TOO_LARGE
