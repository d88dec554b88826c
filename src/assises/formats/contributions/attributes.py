"""What is declared beside the texts, by column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from assises.formats.contributions.layouts import Roles
from assises.formats.people import LONGEST, MOST_ATTRIBUTES, MOST_VALUES
from assises.lib.csvio import Line
from assises.lib.errors import InputError
from assises.lib.frames import alike

_NEXT: Final = "Name those that many share with --attributes, without this one."


@dataclass(slots=True)
class _Column:
    name: str
    places: tuple[int, ...]
    values: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    """Each value once, so that a million rows hold it once."""
    spelled: dict[str, str] = field(default_factory=dict)
    refused: str = ""


class Attributes:
    """Takes the attributes of the rows of one file.

    An attribute is a kind of contributions: a word or two that many share, spelled one way. One
    that is not is refused if it was named, and otherwise left out with a note.
    """

    def __init__(self, file: str, names: list[str], roles: Roles) -> None:
        if len(roles.attributes) > MOST_ATTRIBUTES:
            raise InputError(
                f"there are more than {MOST_ATTRIBUTES} attributes",
                file=file,
                value=", ".join(roles.attributes),
                next_step="Name those that matter with --attributes.",
            )
        self._file, self._named = file, roles.named
        self._columns = [
            _Column(name, tuple(names.index(column) for column in of))
            for name, of in roles.attributes.items()
        ]
        self.notes: list[str] = []

    def take(self, line: Line) -> None:
        """Note what one row says."""
        for column in self._columns:
            if column.refused:
                continue
            cell = ""
            for at in column.places:
                if cell := line.cells[at].strip():
                    break
            known = column.kept.get(cell)
            if known is None and cell:
                known = self._new(line, column, cell)
            if not column.refused:
                column.values.append(known or "")

    def done(self) -> dict[str, list[str]]:
        """By name, those that stood."""
        return {column.name: column.values for column in self._columns if not column.refused}

    def _new(self, line: Line, column: _Column, cell: str) -> str:
        first = column.spelled.setdefault(alike(cell), cell)
        problem = ""
        if len(cell) > LONGEST:
            problem = f"has a value longer than {LONGEST} characters"
        elif first != cell:
            problem = f"spells one value in two ways, {first} and {cell}"
        elif len(column.kept) == MOST_VALUES:
            problem = f"has more than {MOST_VALUES} values"
        if not problem:
            return column.kept.setdefault(cell, cell)
        if self._named:
            raise InputError(
                f"the attribute {problem}",
                file=self._file,
                line=line.number,
                column=column.name,
                value=cell,
                next_step=_NEXT,
            )
        column.refused = problem
        column.values.clear()
        self.notes.append(
            f"The attribute {column.name} {problem} (line {line.number}) and is left out."
        )
        return ""
