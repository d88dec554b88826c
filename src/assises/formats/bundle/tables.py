"""The tables of a bundle as CSV and Parquet bytes, and back."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from assises.formats.bundle.dictionary import MISSING, TABLES, Kind, Table, TableSpec, Values
from assises.lib.canonical import PUBLISHED_DIGITS
from assises.lib.csvio import Line, neutralise, read_lines, restore, write_rows
from assises.lib.errors import InputError

if TYPE_CHECKING:
    import polars

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_FLAGS = {"true": True, "false": False}


def columns_of(spec: TableSpec, table: Table) -> list[str]:
    """The columns that this table has, in the order of its specification."""
    return [column.name for column in spec.columns if column.name in table]


def to_csv(spec: TableSpec, table: Table) -> str:
    """The table as CSV: 6 decimals, ``true``/``false``, formula cells neutralised."""
    names = columns_of(spec, table)
    columns = [_cells(spec.kind_of(name), table[name]) for name in names]
    out = io.StringIO()
    write_rows(out, names, zip(*columns, strict=True))
    return out.getvalue()


def to_frame(spec: TableSpec, table: Table) -> polars.DataFrame:
    """The table as a polars frame, typed, an empty cell being null."""
    import polars as pl

    columns = {}
    for name in columns_of(spec, table):
        values = table[name]
        if spec.kind_of(name) == "integer":
            integers = cast("npt.NDArray[np.int64]", values)
            series = pl.Series(name, integers)
            if (integers == MISSING).any():
                series = pl.Series(
                    name, [None if v == MISSING else v for v in integers.tolist()], pl.Int64
                )
            columns[name] = series
        elif spec.kind_of(name) == "number":
            columns[name] = pl.Series(
                name, np.round(cast("npt.NDArray[np.float64]", values), PUBLISHED_DIGITS) + 0.0
            ).fill_nan(None)
        elif spec.kind_of(name) == "text":
            columns[name] = pl.Series(name, values, dtype=pl.String)
        else:
            columns[name] = pl.Series(name, values)
    return pl.DataFrame(columns)


def to_parquet(spec: TableSpec, table: Table, path: Path) -> None:
    """Write the table as one Parquet row group, zstd."""
    frame = to_frame(spec, table)
    frame.write_parquet(
        path, compression="zstd", statistics=False, row_group_size=max(1, len(frame))
    )


def from_csv(spec: TableSpec, path: Path) -> Table:
    """Read a table back, every cell checked against its type.

    Raises:
        InputError: naming line, column and value.
    """
    lines = read_lines(path)
    header = next(lines).cells
    expected = [column.name for column in spec.columns]
    needed = [column.name for column in spec.columns if not column.optional]
    unknown = [name for name in header if name not in expected]
    if unknown or [n for n in needed if n not in header] or len(set(header)) < len(header):
        raise InputError(
            "the columns are not those of this table",
            file=path,
            line=1,
            value=",".join(header),
            next_step=f"They should be: {', '.join(needed)}.",
        )
    parsed: list[list[object]] = [[] for _ in header]
    kinds = [spec.kind_of(name) for name in header]
    for line in lines:
        if len(line.cells) != len(header):
            raise InputError(
                f"the row has {len(line.cells)} cells where the header has {len(header)}",
                file=path,
                line=line.number,
                next_step="Take the bundle again from its source.",
            )
        for at, cell in enumerate(line.cells):
            parsed[at].append(_parse(kinds[at], cell, path, line, header[at]))
    return {
        name: _column(kind, values)
        for name, kind, values in zip(header, kinds, parsed, strict=True)
    }


def dictionary_csv(present: Mapping[str, Table], tables: Mapping[str, TableSpec] = TABLES) -> str:
    """One row for each column of the tables that are there, of a kind that has ``tables``."""
    out = io.StringIO()
    rows = (
        (spec.name, spec.row, column.name, column.kind, column.unit, spec.origin, column.meaning)
        for spec in tables.values()
        if spec.name in present
        for column in spec.columns
        if column.name in present[spec.name]
    )
    write_rows(out, ("table", "one_row_is", "column", "type", "unit", "origin", "meaning"), rows)
    return out.getvalue()


def same_values(kind: Kind, left: Values, right: Values) -> npt.NDArray[np.bool_]:
    """Where two columns agree: exactly, and numbers to the published precision."""
    if kind == "number":
        a, b = cast("npt.NDArray[np.float64]", left), cast("npt.NDArray[np.float64]", right)
        unknown = np.isnan(a) & np.isnan(b)
        return np.asarray(unknown | (np.abs(a - b) <= 1.5 * 10.0**-PUBLISHED_DIGITS))
    if kind == "text":
        return np.array([a == b for a, b in zip(left, right, strict=True)], dtype=bool)
    return np.asarray(np.asarray(left) == np.asarray(right))


def _cells(kind: Kind, values: Values) -> Sequence[object]:
    if kind == "integer":
        return ["" if v == MISSING else v for v in cast("npt.NDArray[np.int64]", values).tolist()]
    if kind == "number":
        rounded = np.round(cast("npt.NDArray[np.float64]", values), PUBLISHED_DIGITS) + 0.0
        return ["" if math.isnan(v) else f"{v:.{PUBLISHED_DIGITS}f}" for v in rounded.tolist()]
    if kind == "flag":
        return ["true" if v else "false" for v in cast("npt.NDArray[np.bool_]", values).tolist()]
    return [neutralise(text) for text in cast("list[str]", values)]


def _parse(kind: Kind, cell: str, path: Path, line: Line, column: str) -> object:
    try:
        if kind == "integer":
            return MISSING if cell == "" else _whole(cell)
        if kind == "number":
            return math.nan if cell == "" else float(cell)
        if kind == "flag":
            return _FLAGS[cell]
    except (ValueError, KeyError, OverflowError):
        raise InputError(
            f"this is not of type {kind}",
            file=path,
            line=line.number,
            column=column,
            value=cell,
            next_step="Take the bundle again from its source.",
        ) from None
    return restore(cell)


def _whole(cell: str) -> int:
    """As we write it; ``int`` also takes other scripts, signs and underscores, and any length."""
    if not _WHOLE.fullmatch(cell):
        raise ValueError(cell)
    return int(np.int64(cell))


def _column(kind: Kind, values: list[object]) -> Values:
    if kind == "integer":
        return np.array(values, dtype=np.int64)
    if kind == "number":
        return np.array(values, dtype=np.float64)
    if kind == "flag":
        return np.array(values, dtype=bool)
    return cast("list[str]", values)


__all__ = [
    "columns_of",
    "dictionary_csv",
    "from_csv",
    "same_values",
    "to_csv",
    "to_frame",
    "to_parquet",
]
