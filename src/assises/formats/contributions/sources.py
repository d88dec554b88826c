"""Rows under names of columns, whatever the file is: CSV, JSON, JSON lines or Parquet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assises.lib.csvio import (
    SEPARATORS,
    Line,
    encoding_of,
    read_lines,
    readable,
    text_lines,
)
from assises.lib.errors import EncodingError, InputError
from assises.lib.headers import stripped

if TYPE_CHECKING:
    import polars

LARGEST_ARRAY: Final = 1 << 28
"""Bytes of a JSON file that is no JSON lines: it is held in memory as a whole."""
_BATCH: Final = 1 << 15
"""Rows of Parquet that are decoded at once."""
_DEEPEST: Final = 8
"""Levels of objects that become columns; what is below no layout has, and is not read."""
_SPREADSHEET: Final = b"PK\x03\x04"
_OLD_SPREADSHEET: Final = b"\xd0\xcf\x11\xe0"
_LINES: Final = frozenset({".jsonl", ".ndjson"})
_SPACE: Final = " \t\r\n\ufeff"

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rows:
    """What a file holds, read as it is asked for."""

    names: list[str]
    """Of the columns, without spaces around; of nested objects joined by ``/``."""
    lines: Iterator[Line]
    """With the line on which each begins; of an array or of Parquet the number of the row."""
    encoding: str
    escaped: bool = False
    """Whether a cell may hold half a character: JSON can write one."""


def rows_of(
    path: Path, *, encoding: str | None, separator: str | None, wanted: str | None, advance: Advance
) -> Rows:
    """The rows of a file; what it is is told by its ending and its first bytes.

    Args:
        path: the file.
        encoding: by default UTF-8, or what the first bytes say.
        separator: of CSV; by default the one of which the first line has the most cells.
        wanted: a column that must be set apart, if one was named.
        advance: told of bytes read.

    Raises:
        InputError: for a file that is not there, is empty, or is nothing that is read here.
        EncodingError: for bytes that are not text; encodings are proposed.
    """
    head, ending = _head(path), path.suffix.lower()
    if head[:4] == b"PAR1":
        return _parquet(path, advance)
    if head.startswith((_SPREADSHEET, _OLD_SPREADSHEET)):
        raise InputError(
            "this is a spreadsheet or an archive, not a file of text",
            file=path,
            next_step="Open it and save it as CSV UTF-8.",
        )
    if ending in _LINES:
        return _json_lines(path, encoding, advance)
    if ending == ".json":
        return _json(path, encoding, advance)
    return _delimited(path, encoding, separator, wanted, advance)


def _head(path: Path) -> bytes:
    with open(readable(path), "rb") as file:
        return file.read(8)


def _delimited(
    path: Path, encoding: str | None, separator: str | None, wanted: str | None, advance: Advance
) -> Rows:
    chosen = separator or _separator_of(path, encoding, wanted)
    lines = read_lines(path, encoding=encoding, separator=chosen, advance=advance)
    header = next(lines, None)
    if header is None:
        raise InputError(
            "the file holds blank lines only",
            file=path,
            next_step="Export it again from its source.",
        )
    return Rows(stripped(header), lines, encoding or encoding_of(path))


def _separator_of(path: Path, encoding: str | None, wanted: str | None) -> str:
    """What sets apart the column that is wanted, or else the most columns, in the first line."""
    best, most = ",", 0
    for separator in SEPARATORS:
        try:
            first = next(read_lines(path, encoding=encoding, separator=separator), None)
        except EncodingError:
            raise
        except InputError:  # quotes that do not fit this separator
            continue
        if first is None:
            continue
        count = len(first.cells) + (len(SEPARATORS) << 20) * (wanted in stripped(first))
        if count > most:
            best, most = separator, count
    return best


def _json_lines(path: Path, encoding: str | None, advance: Advance) -> Rows:
    def found(advance: Advance | None) -> Iterator[tuple[int, dict[str, str]]]:
        for number, line in enumerate(text_lines(path, encoding=encoding, advance=advance), 1):
            if not line.isspace():
                yield number, _flat(_object(path, number, line))

    names = _names(flat for _, flat in found(None))
    return Rows(names, _lined(names, found(advance)), encoding or encoding_of(path), True)


def _object(path: Path, number: int, line: str) -> object:
    try:
        return _DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"the line is not JSON ({_reason(error)})",
            file=path,
            line=number,
            value=line[:40],
            next_step="Each line of such a file is one object between { and }.",
        ) from None


def _json(path: Path, encoding: str | None, advance: Advance) -> Rows:
    """A file that is one array, one object that holds one, or, in spite of its ending, lines."""
    if _is_lines(path, encoding):
        return _json_lines(path, encoding, advance)
    if path.stat().st_size > LARGEST_ARRAY:
        raise InputError(
            f"one piece of JSON has at most {LARGEST_ARRAY >> 20} MB",
            file=path,
            next_step="Write an object a line (.jsonl), CSV or Parquet.",
        )
    text = "".join(_whole_text(path, encoding))
    advance(path.stat().st_size)
    chosen = encoding or encoding_of(path)
    if text.lstrip(_SPACE).startswith("["):
        names = _names(flat for _, flat in _elements(path, text))
        return Rows(names, _lined(names, _elements(path, text)), chosen, True)
    flat = [_flat(x) for x in _list_in(path, text)]
    names = _names(flat)
    return Rows(names, _lined(names, enumerate(flat, 1)), chosen, True)


def _is_lines(path: Path, encoding: str | None) -> bool:
    """Whether the first two lines that are not blank are an object each."""
    try:
        lines = (line for line in text_lines(path, encoding=encoding) if line.strip(_SPACE))
        first = list(islice(lines, 2))
    except EncodingError:
        raise
    except InputError:  # of one line that is longer than any row
        return False
    return len(first) == 2 and all(map(_is_object, first))


def _is_object(line: str) -> bool:
    try:
        return isinstance(_DECODER.decode(line.strip(_SPACE)), dict)
    except (ValueError, RecursionError):
        return False


def _whole_text(path: Path, encoding: str | None) -> Iterator[str]:
    """The text of a file in which a line may be as long as the file."""
    chosen = encoding or encoding_of(path)
    try:
        yield path.read_text(chosen)
    except (UnicodeError, LookupError):
        # Told with its line, its column and what reads it.
        yield from text_lines(path, encoding=encoding)


def _elements(path: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The objects of an array, one at a time: all at once take five times the room."""
    at, number = text.index("[") + 1, 0
    while True:
        at = _past_spaces(text, at)
        if text[at : at + 1] == "]":
            return
        number += 1
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise _not_json(path, error) from None
        yield number, _flat(value)
        at = _past_spaces(text, at)
        if text[at : at + 1] not in {",", "]"}:
            raise _not_json(path, ValueError(f"no comma after element {number}"))
        at += text[at] == ","


def _past_spaces(text: str, at: int) -> int:
    while text[at : at + 1] in {" ", "\t", "\r", "\n"}:
        at += 1
    return at


def _list_in(path: Path, text: str) -> list[object]:
    """The rows that an object holds: the arguments of kouchou-ai, its only list, or itself."""
    try:
        whole = _DECODER.decode(text.strip(_SPACE))
    except (ValueError, RecursionError) as error:
        raise _not_json(path, error) from None
    if not isinstance(whole, dict):
        raise _not_json(path, ValueError("it is no object and no array of objects"))
    lists = {key: value for key, value in whole.items() if isinstance(value, list)}
    if "arguments" in lists:
        return _with_properties(lists["arguments"], whole.get("propertyMap"))
    if len(lists) < 2:
        return list(next(iter(lists.values()), [whole]))
    raise InputError(
        "this is one object, and which of its lists holds the contributions is not known",
        file=path,
        value=", ".join(lists),
        next_step="Write an array of objects, or an object a line.",
    )


def _with_properties(arguments: list[object], properties: object) -> list[object]:
    """The arguments with what older results say of them beside: ``{name: {arg_id: value}}``."""
    if not isinstance(properties, dict):
        return arguments
    for argument in arguments:
        if isinstance(argument, dict):
            for name, of in properties.items():
                if isinstance(of, dict):
                    value = of.get(str(argument.get("arg_id")))
                    argument.setdefault(f"attributes/{name}", value)
    return arguments


def _flat(value: object, deep: int = 0) -> dict[str, str]:
    """The cells of an object; what is not one becomes a row without cells, which is refused."""
    cells: dict[str, str] = {}
    if not isinstance(value, dict):
        return cells
    for key, inner in value.items():
        if type(inner) is str:
            cells[key] = inner
        elif isinstance(inner, dict):
            if deep < _DEEPEST:
                cells.update((f"{key}/{n}", cell) for n, cell in _flat(inner, deep + 1).items())
        else:
            cells[key] = _cell(inner)
    return cells


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(
            one if isinstance(one, str) else _cell(one)
            for one in value
            if not isinstance(one, list | dict)
        )
    return str(value)


def _names(rows: Iterable[dict[str, str]]) -> list[str]:
    """The names of all rows in the order in which they come."""
    names: dict[str, None] = {}
    for row in rows:
        if row.keys() - names.keys():
            names.update(dict.fromkeys(row))
    return list(names)


def _lined(names: list[str], rows: Iterable[tuple[int, dict[str, str]]]) -> Iterator[Line]:
    for number, row in rows:
        # A row of no cell is one that is no object: its length says so.
        yield Line(number, [row.get(name, "") for name in names] if row else [])


def _parquet(path: Path, advance: Advance) -> Rows:
    import polars as pl

    try:
        scan = pl.scan_parquet(path, glob=False)
        schema = scan.collect_schema()
        rows = int(scan.select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _not_parquet(path, error) from error
    names = [name for name, kind in schema.items() if not kind.is_nested() and kind != pl.Binary]

    def lines() -> Iterator[Line]:
        for begin in range(0, rows, _BATCH):
            try:
                frame = scan.select(_as_text(n, schema[n]) for n in names).slice(begin, _BATCH)
                found = frame.collect().rows()
            except (pl.exceptions.PolarsError, OSError) as error:
                raise _not_parquet(path, error) from error
            for number, cells in enumerate(found, begin + 1):
                yield Line(number, list(cells))
            advance(path.stat().st_size * len(found) // rows)

    return Rows([name.strip() for name in names], lines(), "parquet")


def _as_text(name: str, kind: polars.DataType) -> polars.Expr:
    import polars as pl

    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        zone = "%.f%:z" if kind.time_zone else "%.f"
        column = column.dt.to_string(f"%Y-%m-%dT%H:%M:%S{zone}")
    return column.cast(pl.String).fill_null("")


def _not_parquet(path: Path, error: BaseException) -> InputError:
    return InputError(
        f"this is not a Parquet file ({_reason(error)})",
        file=path,
        next_step="Take it again from its source.",
    )


def _not_json(path: Path, error: BaseException) -> InputError:
    return InputError(
        f"the file is not JSON ({_reason(error)})",
        file=path,
        line=getattr(error, "lineno", None),
        next_step="Export it again from its source.",
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_no_number)
