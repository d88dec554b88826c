"""Casts from Parquet files, a batch at a time, each value checked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

if TYPE_CHECKING:
    import polars

Int64 = npt.NDArray[np.int64]

ROWS: Final = 1 << 20
"""Of a batch: some 30 MB while it is checked and divided."""
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Names:
    """Which column holds what; others are not read."""

    participant: str = "participant"
    statement: str = "statement"
    vote: str = "vote"
    time: str | None = None
    """Tells which vote of a pair is the last; without it the later file and row do."""

    @property
    def wanted(self) -> list[str]:
        """The columns to read."""
        return [self.participant, self.statement, self.vote, *([self.time] if self.time else [])]


@dataclass(frozen=True, slots=True)
class Source:
    """One file of casts, as it was found."""

    path: Path
    name: str
    """Within the folder, with ``/``; files are read in the order of their names."""
    rows: int
    size: int
    """Bytes."""
    sha256: str
    touched: tuple[int, int, int]
    """Inode, bytes and nanosecond of the last change, to tell whether it is still the same."""


@dataclass(frozen=True, slots=True)
class Casts:
    """A batch of casts in the order of the file."""

    participants: Int64
    """Shape (rows,)."""
    statements: Int64
    """Shape (rows,)."""
    votes: npt.NDArray[np.int8]
    """Agree = +1, pass = 0, disagree = -1; shape (rows,)."""
    times: Int64 | None
    """Whole numbers in the order of the times, shape (rows,); those of all files compare."""


def sources_of(
    folder: str | Path, names: Names = Names(), *, progress: Progress = SILENT
) -> list[Source]:
    """The Parquet files of a folder and the folders in it, by name; hidden ones are left out.

    Args:
        folder: where they are; the files are all those that end in ``.parquet``.
        names: of the columns, which every file must have.
        progress: told of the bytes hashed.

    Raises:
        InputError: for a folder without votes, a file that is not Parquet, and a column that is
            missing or cannot hold what it should; times are of one kind in all files.
    """
    folder = Path(folder)
    found = _files(folder)
    progress.step("hash of the files", sum(path.stat().st_size for path in found.values()))
    sources, first = [], ""
    kind: Any = None
    for name, path in found.items():
        touched = _touched(path)
        rows, schema = _look(path)
        _check_columns(path, schema, names)
        if names.time is not None:
            of = _kind_of_time(schema[names.time])
            if kind is not None and of != kind:
                raise InputError(
                    f"times are {schema[names.time]} here and {kind} in {first}",
                    file=path,
                    column=names.time,
                    next_step="Write them as one kind in all files.",
                )
            kind, first = of, first or name
        digest = _sha256(path, progress)
        sources.append(Source(path, name, rows, touched[1], digest, touched))
    if not sum(source.rows for source in sources):
        raise InputError(
            "there is no vote in these files", file=folder, next_step="Give at least one."
        )
    return sources


def batches(source: Source, names: Names = Names(), *, rows: int = ROWS) -> Iterator[Casts]:
    """The casts of a file in its order.

    Of a row group the compressed columns are held at once; only the batch is decoded.

    Args:
        source: from :func:`sources_of`.
        names: of the columns.
        rows: of a batch at most.

    Raises:
        InputError: for a gap, a vote that is none, an id beyond 64 bits, a time that is not a
            number, a file that cannot be decoded or that changed since it was found.
    """
    import polars as pl

    for begin in range(0, source.rows, rows):
        _same_still(source)
        try:
            scan = pl.scan_parquet(source.path, glob=False).select(names.wanted)
            frame = scan.slice(begin, rows).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            _same_still(source)
            raise InputError(
                f"the file cannot be read ({_first_line(error)})",
                file=source.path,
                next_step="Take it again from its source.",
            ) from error
        if len(frame) != min(rows, source.rows - begin):
            raise _changed(source)
        yield _checked(frame, source, names, begin)
    _same_still(source)


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise InputError(
            "there is no such folder", file=folder, next_step="Name a folder of Parquet files."
        )
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*.parquet")
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    }
    if not found:
        raise InputError(
            "there is no Parquet file in this folder",
            file=folder,
            next_step="Name a folder that holds files ending in .parquet.",
        )
    return dict(sorted(found.items()))


def _look(path: Path) -> tuple[int, dict[str, polars.DataType]]:
    import polars as pl

    try:
        scan = pl.scan_parquet(path, glob=False)
        schema = dict(scan.collect_schema())
        return int(scan.select(pl.len()).collect().item()), schema
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(
            f"this is not a Parquet file ({_first_line(error)})",
            file=path,
            next_step="Take it again from its source, or take it out of the folder.",
        ) from error


def _check_columns(path: Path, schema: dict[str, polars.DataType], names: Names) -> None:
    for name in names.wanted:
        if name not in schema:
            raise InputError(
                "the file has no such column",
                file=path,
                column=name,
                value=list(schema),
                next_step="Name the columns: participant=, statement=, vote=, time=.",
            )
        kind = schema[name]
        if name != names.time and not kind.is_integer():
            raise InputError(
                f"this column holds {kind} where whole numbers are needed",
                file=path,
                column=name,
                next_step="Convert the codes to 1, 0 and -1."
                if name == names.vote
                else "Number them, the same in all files.",
            )
        if name == names.time and not (kind.is_integer() or kind.is_float() or kind.is_temporal()):
            raise InputError(
                f"this column holds {kind}, which is not a time",
                file=path,
                column=name,
                next_step="Write times as whole numbers or as timestamps.",
            )


def _kind_of_time(kind: polars.DataType) -> str:
    """Times of one kind compare as whole numbers; of any width."""
    if kind.is_integer():
        return "Int64"
    return "Float64" if kind.is_float() else str(kind)


def _checked(frame: polars.DataFrame, source: Source, names: Names, begin: int) -> Casts:
    for name in names.wanted:
        gaps = frame[name].is_null()
        if gaps.any():
            raise InputError(
                "there is no value in this row",
                file=source.path,
                line=begin + int(gaps.arg_max() or 0) + 1,
                column=name,
                next_step="Leave out the rows with a gap: not seen is not a vote.",
            )
    value = frame[names.vote].to_numpy()
    wrong = (value != 1) & (value != 0)
    if np.issubdtype(value.dtype, np.signedinteger):
        wrong &= value != -1
    _refuse(wrong, value, source, names.vote, begin, "a vote is 1, 0 or -1", "Convert them first.")
    return Casts(
        _whole(frame, names.participant, source, begin),
        _whole(frame, names.statement, source, begin),
        value.astype(np.int8, copy=False),
        None if names.time is None else _times(frame, names.time, source, begin),
    )


def _whole(frame: polars.DataFrame, name: str, source: Source, begin: int) -> Int64:
    import polars as pl

    values = frame[name].cast(pl.Int64, strict=False)
    if values.null_count():
        raise InputError(
            "a whole number is below 2^63 here",
            file=source.path,
            line=begin + int(values.is_null().arg_max() or 0) + 1,
            column=name,
            value=frame[name].filter(values.is_null())[0],
            next_step="Number them anew.",
        )
    return values.to_numpy()


def _times(frame: polars.DataFrame, name: str, source: Source, begin: int) -> Int64:
    kind = frame[name].dtype
    if kind.is_integer():
        return _whole(frame, name, source, begin)
    if kind.is_temporal():
        return frame[name].to_physical().to_numpy().astype(np.int64, copy=False)
    values = frame[name].to_numpy().astype(np.float64)
    _refuse(np.isnan(values), values, source, name, begin, "this is not a number", "Say when.")
    # As whole numbers in the same order: the bits of what is negative run the other way.
    bits = (values + 0.0).view(np.int64)
    return np.where(bits < 0, bits ^ np.int64(2**63 - 1), bits)


def _refuse(
    wrong: npt.NDArray[np.bool_],
    values: npt.NDArray[Any],
    source: Source,
    name: str,
    begin: int,
    problem: str,
    next_step: str,
) -> None:
    if wrong.any():
        at = int(wrong.argmax())
        raise InputError(
            problem,
            file=source.path,
            line=begin + at + 1,
            column=name,
            value=values[at].item(),
            next_step=next_step,
        )


def _touched(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _same_still(source: Source) -> None:
    try:
        same = _touched(source.path) == source.touched
    except OSError:
        same = False
    if not same:
        raise _changed(source)


def _changed(source: Source) -> InputError:
    return InputError(
        "the file changed while it was read",
        file=source.path,
        next_step="Start again once all files are written.",
    )


def _sha256(path: Path, progress: Progress) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
        while block := file.read(_BLOCK):
            digest.update(block)
            progress.advance(len(block))
    return digest.hexdigest()


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
