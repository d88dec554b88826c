"""The first line of a table that someone made: which column must be there, and each only once."""

from __future__ import annotations

from os import PathLike

from assises.lib.csvio import SEPARATORS, Line, read_lines
from assises.lib.errors import InputError
from assises.lib.frames import nearest


def stripped(header: Line) -> list[str]:
    """The names of the columns, without spaces around."""
    return [cell.strip() for cell in header.cells]


def separator_of(path: str | PathLike[str], column: str, encoding: str | None) -> str:
    """What is between cells: it stands beside ``column`` in the first line."""
    for separator in SEPARATORS:
        first = next(read_lines(path, encoding=encoding, separator=separator), None)
        if first and len(first.cells) > 1 and column in stripped(first):
            return separator
    return ","


def columns_with(file: str, header: Line, column: str, form: str) -> list[str]:
    """The names of the columns, of which ``column`` must be one.

    Args:
        file: its name.
        header: the first line.
        column: what must be there.
        form: a sentence that says what such a file looks like.

    Raises:
        InputError: for a name that stands twice, and where the column is missing.
    """
    names = stripped(header)
    for at, name in enumerate(names):
        if name in names[:at]:
            raise InputError(
                "the column stands twice",
                file=file,
                line=header.number,
                column=name,
                next_step="Leave one out.",
            )
    if column not in names:
        near = nearest(column, names)
        raise InputError(
            f"there is no column {column}",
            file=file,
            line=header.number,
            value=", ".join(names),
            next_step=(f"Is it {near}? Rename it. " if near else "") + form,
        )
    return names
