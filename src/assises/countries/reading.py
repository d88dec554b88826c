"""TOML tables read field by field: what is missing, of another type or unknown is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from typing import Any, Final, TypeVar

from assises.countries.wording import Source, Wording
from assises.lib.errors import InputError

_LANGUAGES: Final = ("fr", "ar", "en")
Row = TypeVar("Row")
Choice = TypeVar("Choice", bound=str)


class Table:
    """One table of a file. Every value is asked for by name and type."""

    def __init__(self, file: str, place: str, values: dict[str, Any]) -> None:
        self._file = file
        self._place = place
        self._values = values
        self._asked: set[str] = set()

    def text(self, key: str) -> str:
        """A string that is not blank."""
        value = self._get(key)
        if not isinstance(value, str) or not value.strip() or value != value.strip():
            raise self._refused(key, "must be a text without blanks around it")
        return value

    def text_or_none(self, key: str) -> str | None:
        """The string, or ``None`` where the key is absent."""
        return self.text(key) if key in self._values else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty where the key is absent."""
        value = self._get(key) if key in self._values else []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._refused(key, "must be a list of texts")
        return tuple(value)

    def choice(self, key: str, choices: Sequence[Choice]) -> Choice:
        """One of the given strings."""
        value = self._get(key)
        for choice in choices:
            if choice == value:
                return choice
        raise self._refused(key, f"must be one of {', '.join(choices)}")

    def number(self, key: str) -> int:
        """A whole number, zero or more."""
        value = self._get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._refused(key, "must be a whole number, zero or more")
        return value

    def number_or_none(self, key: str) -> int | None:
        """The number, or ``None`` where the key is absent."""
        return self.number(key) if key in self._values else None

    def flag(self, key: str) -> bool:
        """``true`` or ``false``."""
        value = self._get(key)
        if not isinstance(value, bool):
            raise self._refused(key, "must be true or false")
        return value

    def wording(self, key: str) -> Wording:
        """A text in French, Arabic and English, and in Tamazight with its review state."""
        with self._inner(key) as table:
            french, arabic, english = (table.text(language) for language in _LANGUAGES)
            tamazight = table.text_or_none("zgh")
            # Whoever writes Tamazight has to say whether a native reader has seen it.
            review = False if tamazight is None else table.flag("review")
        return Wording(fr=french, ar=arabic, en=english, zgh=tamazight, review=review)

    def sources(self) -> tuple[Source, ...]:
        """The list ``sources``; empty where it is absent."""
        return tuple(self.each("sources", lambda row: Source(row.text("name"), row.text("date"))))

    def each(self, key: str, make: Callable[[Table], Row]) -> Iterator[Row]:
        """What ``make`` makes of each table in a list of tables; none where the key is absent."""
        rows = self._get(key) if key in self._values else []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._refused(key, "must be a list of tables")
        for number, values in enumerate(rows, start=1):
            table = Table(self._file, f"{self._place}{key} {number}, ", values)
            row = make(table)
            table.close()
            yield row

    def close(self) -> None:
        """Refuse what nobody asked for: most likely a name that was mistyped."""
        unknown = sorted(set(self._values) - self._asked)
        if unknown:
            raise self._refused(unknown[0], "is not known here")

    @contextmanager
    def _inner(self, key: str) -> Iterator[Table]:
        values = self._get(key)
        if not isinstance(values, dict):
            raise self._refused(key, "must be a table")
        table = Table(self._file, f"{self._place}{key}, ", values)
        yield table
        table.close()

    def _get(self, key: str) -> Any:
        self._asked.add(key)
        if key not in self._values:
            raise self._refused(key, "is missing")
        return self._values[key]

    def _refused(self, key: str, why: str) -> InputError:
        return InputError(
            f"{self._place}{key} {why}",
            file=self._file,
            value=self._values.get(key),
            next_step="Mend the file; its neighbours show the form.",
        )


def read_table(file: Traversable) -> Table:
    """The whole of a TOML file as one table.

    Raises:
        InputError: if it is absent or not TOML.
    """
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            "the file is not there", file=file.name, next_step="Write it, or correct the name."
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"this is not TOML in UTF-8: {error}", file=file.name, next_step="Mend the file."
        ) from None
    return Table(file.name, "", values)


def read_rows(file: Traversable, key: str, make: Callable[[Table], Row]) -> tuple[Row, ...]:
    """The rows of a file that holds one list of tables, and nothing else.

    Raises:
        InputError: for anything that does not fit.
    """
    table = read_table(file)
    rows = tuple(table.each(key, make))
    table.close()
    if not rows:
        raise InputError(
            f"there is no [[{key}]] in it",
            file=file.name,
            next_step="Write at least one, or correct the name.",
        )
    return rows


def require_unique(file: Traversable, codes: Sequence[str]) -> None:
    """Refuse a code that stands twice.

    Raises:
        InputError: with the first such code.
    """
    for at, code in enumerate(codes):
        if code in codes[:at]:
            raise InputError(
                "this code stands twice",
                file=file.name,
                value=code,
                next_step="Give each row a code of its own.",
            )
