"""CSV in and out: streaming, bounded in memory, exact about where something is wrong.

In: UTF-8 with or without a byte order mark, UTF-16 by its mark, any encoding by name; LF, CRLF or
CR; RFC 4180 quoting. A cell or line that never ends is refused after ``LONGEST_FIELD`` characters.

Out: a cell that a spreadsheet would run as a formula gets a leading apostrophe
(:func:`neutralise`), which :func:`restore` takes off again; the pair loses nothing.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import IO, Final

from assises.lib.errors import EncodingError, InputError
from assises.lib.progress import SILENT

LONGEST_FIELD: Final = 1 << 20
"""Characters that one line or one cell may have: a comment of a million letters is not one."""

SEPARATORS: Final = (",", ";", "\t", "|")

_BLOCK: Final = 1 << 16
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n]")


@dataclass(frozen=True, slots=True)
class Line:
    """One record: the physical line it begins on and its cells."""

    number: int
    cells: list[str]


def neutralise(cell: str) -> str:
    """``cell`` with a leading apostrophe if a spreadsheet would otherwise compute it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restore(cell: str) -> str:
    """The inverse of :func:`neutralise`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def encoding_of(path: str | PathLike[str]) -> str:
    """The encoding that the first bytes announce, else ``utf-8``. Nothing is guessed.

    Raises:
        EncodingError: for text full of NUL bytes, which is UTF-16 without its mark.
    """
    with open(path, "rb") as file:
        head = file.read(1024)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        little = head[1::2].count(0) >= head[::2].count(0)
        name = "utf-16-le" if little else "utf-16-be"
        raise EncodingError(
            "the file holds NUL bytes: it looks like UTF-16 without its byte order mark",
            file=path,
            line=1,
            next_step=f"Read it with --encoding {name}, or save it as UTF-8.",
        )
    return "utf-8"


def readable(path: str | PathLike[str]) -> Path:
    """The path of a file, once it is sure that it can be read and holds something.

    Raises:
        InputError: for a missing, forbidden or empty file.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(
            "there is no such file", file=path, next_step="Check the name and the folder."
        )
    if not os.access(path, os.R_OK):
        raise InputError(
            "you may not read the file", file=path, next_step="Ask its owner for the right to."
        )
    if path.stat().st_size == 0:
        raise InputError(
            "the file is empty", file=path, next_step="Export it again from its source."
        )
    return path


def read_lines(
    path: str | PathLike[str],
    *,
    encoding: str | None = None,
    separator: str = ",",
    advance: Callable[[int], None] | None = None,
) -> Iterator[Line]:
    """The records of a CSV file one by one, blank lines left out; memory stays bounded.

    Args:
        path: the file.
        encoding: its encoding; by default what :func:`encoding_of` finds.
        separator: what stands between two cells.
        advance: told the number of bytes read since the last call.

    Raises:
        InputError: for a missing or empty file, a line or cell beyond ``LONGEST_FIELD`` and a
            quote that is never closed.
        EncodingError: for bytes that are not text in that encoding; encodings are proposed.
    """
    path = readable(path)
    with _decoded(path, encoding or encoding_of(path)) as text:
        yield from _records(path, text, separator, advance or SILENT.advance)


def text_lines(
    path: str | PathLike[str],
    *,
    encoding: str | None = None,
    advance: Callable[[int], None] | None = None,
) -> Iterator[str]:
    """The physical lines of a text file one by one, with their ends; memory stays bounded.

    Args and errors are those of :func:`read_lines`.
    """
    path = readable(path)
    with _decoded(path, encoding or encoding_of(path)) as text:
        yield from _bounded(path, text, advance or SILENT.advance)


def write_rows(
    file: IO[str],
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    quoting: int = csv.QUOTE_MINIMAL,
) -> int:
    """Write a header and rows as RFC 4180 with LF ends; returns how many rows were written."""
    # The writer quotes a cell that holds a part of its own line end, so CRLF is what makes it
    # quote a lone carriage return, too.
    writer = csv.writer(_LineFeeds(file), lineterminator="\r\n", quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class _LineFeeds:
    """Takes the rows of a CSV writer that ends them in CRLF and ends them in LF."""

    file: IO[str]

    def write(self, row: str) -> int:
        return self.file.write(f"{row[:-2]}\n")


@contextmanager
def _decoded(path: Path, encoding: str) -> Iterator[IO[str]]:
    try:
        file = open(path, encoding=encoding, errors="strict", newline="")  # noqa: SIM115
    except (LookupError, ValueError):  # unknown, a codec of no text, or a name with a NUL
        raise EncodingError(
            "this encoding is not known",
            value=encoding,
            next_step="Use utf-8, utf-16, windows-1256 or iso-8859-1.",
        ) from None
    with file as text:
        try:
            yield text
        except UnicodeError as error:
            raise _undecodable(path, encoding) from error


def _records(
    path: Path, text: IO[str], separator: str, advance: Callable[[int], None]
) -> Iterator[Line]:
    reader = csv.reader(_bounded(path, text, advance), delimiter=separator, strict=True)
    csv.field_size_limit(LONGEST_FIELD)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield Line(start, cells)
            start = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"the line cannot be read as CSV: {_reason(error)}",
            file=path,
            line=start,
            next_step='Look for a quote (") on this line that is never closed, or not doubled.',
        ) from None


def _bounded(path: Path, text: IO[str], advance: Callable[[int], None]) -> Iterator[str]:
    raw = text.buffer if isinstance(text, io.TextIOWrapper) else None
    number = read = 0
    while line := text.readline(LONGEST_FIELD + 1):
        number += 1
        if number == 1:
            line = line.removeprefix("\ufeff")  # the mark, where the encoding was named
        if len(line) > LONGEST_FIELD:
            raise InputError(
                f"the line is longer than {LONGEST_FIELD:,} characters",
                file=path,
                line=number,
                value=line[:40],
                next_step="This is not an export of votes or comments; export it again.",
            )
        if raw is not None and number % 4096 == 0:
            position = raw.tell()
            advance(position - read)
            read = position
        yield line
    advance(path.stat().st_size - read)


def _reason(error: csv.Error) -> str:
    message = str(error)
    if "field larger" in message:
        return f"a cell is longer than {LONGEST_FIELD:,} characters"
    if "unexpected end" in message:
        return "the file ends inside a quoted cell"
    return message


def _undecodable(path: Path, encoding: str) -> EncodingError:
    line, column, offset, bad = _first_bad_byte(path, encoding)
    proposals = [
        f"--encoding {name} reads {sample!r}"
        for name in _candidates(path, offset)
        if name != encoding and (sample := _sample(path, offset, name)) is not None
    ]
    offers = "; ".join(proposals) or "no common encoding reads it"
    return EncodingError(
        f"the bytes are not {encoding.removesuffix('-sig').upper()} text",
        file=path,
        line=line,
        column=column,
        value=bad,
        next_step=f"Save the file as UTF-8, or name its encoding: {offers}.",
    )


def _candidates(path: Path, offset: int) -> tuple[str, ...]:
    """Encodings to propose, the likeliest first.

    In Arabic text the letters beyond ASCII follow each other; in French they stand alone. Bytes
    0x80 to 0x9F are letters and quotes in Windows-1252 and invisible controls in ISO-8859-1.
    """
    with open(path, "rb") as file:
        file.seek(offset)
        after = file.read(_BLOCK)
    high = [byte > 127 for byte in after]
    together = sum(a and b for a, b in pairwise(high))
    latin = "windows-1252" if any(0x80 <= byte < 0xA0 for byte in after) else "iso-8859-1"
    arabic_first = together * 2 > sum(high)
    return ("windows-1256", latin) if arabic_first else (latin, "windows-1256")


def _first_bad_byte(path: Path, encoding: str) -> tuple[int, int, int, str]:
    """Its line, its column, its offset in the file and its value."""
    decoder = codecs.getincrementaldecoder(encoding)()
    newlines_of = io.IncrementalNewlineDecoder(None, translate=True)
    line, column, read = 1, 1, 0
    with open(path, "rb") as file:
        while True:
            block = file.read(_BLOCK)
            read += len(block)
            offset = read
            try:
                good, bad = decoder.decode(block, final=not block), None
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, errors="ignore")
                bad = f"0x{error.object[error.start : error.end].hex()}"
                offset = read - len(error.object) + error.start
            except UnicodeError:
                return 1, 1, 0, "no byte order mark"
            good = newlines_of.decode(good, final=bad is not None or not block)
            newlines = good.count("\n")
            line += newlines
            column = len(good) - good.rfind("\n") if newlines else column + len(good)
            if bad is not None:
                return line, column, offset, bad
            if not block:
                return line, column, offset, "end of file"


def _sample(path: Path, offset: int, encoding: str) -> str | None:
    start = max(0, offset - 12)
    with open(path, "rb") as file:
        file.seek(start)
        raw = file.read(32)
    before, after = raw[: offset - start], raw[offset - start :]
    around = re.split(rb"[\r\n]", before)[-1] + re.split(rb"[\r\n]", after)[0]
    try:
        return around.decode(encoding).strip()
    except UnicodeDecodeError:
        return None
