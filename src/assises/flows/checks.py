"""What is checked of a bundle of any kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from assises import __version__
from assises.formats import bundle
from assises.formats.bundle import MISSING, Bundle
from assises.formats.bundle.dictionary import Table, TableSpec
from assises.formats.bundle.tables import columns_of, dictionary_csv, same_values, to_frame
from assises.formats.bundle.writing import MANIFEST, companions
from assises.lib.canonical import PUBLISHED_DIGITS

Recount: TypeAlias = Callable[[str], tuple[Any, Any]]
"""The function of a recount.py: of a folder its results, and what held and what did not."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: how much of it held, and what did not."""

    name: str
    held: int
    broken: tuple[str, ...] = field(default=())
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether all of it held."""
        return not self.broken


def files_checked(held: Bundle) -> Check:
    """Every file is the one that the manifest lists."""
    listed: dict[str, Any] = held.manifest["files"]
    now = bundle.manifest_of(held.folder, held.manifest["parameters"], held.kind)
    broken = []
    for name, facts in sorted(listed.items()):
        found = now["files"].get(name)
        if found is None:
            broken.append(f"{name} is missing")
        elif found["sha256"] != facts["sha256"]:
            broken.append(f"{name} is not the file that was published")
    broken += [f"{name} was added" for name in sorted(now["files"].keys() - listed.keys())]
    if not broken and now["id"] != held.manifest["id"]:
        broken.append(f"{MANIFEST}: the id does not belong to what it lists")
    return Check("files as published", len(listed) - len(broken), tuple(broken))


def parquet_checked(held: Bundle) -> Check:
    """The Parquet tables say what the CSV says."""
    import polars as pl

    broken = []
    for name, table in held.tables.items():
        path = held.folder / "tables" / f"{name}.parquet"
        try:
            frame = pl.read_parquet(path)
        except (OSError, pl.exceptions.PolarsError) as error:
            broken.append(f"{path.name} cannot be read: {str(error).splitlines()[0]}")
            continue
        expected = to_frame(held.kind.tables[name], table)
        if frame.equals(expected):
            continue
        broken.append(f"{path.name} does not say what {name}.csv says")
        if frame.columns == expected.columns and frame.height == expected.height:
            for column in frame.columns:
                unequal = frame[column].ne_missing(expected[column])
                if unequal.any():
                    at = unequal.arg_max() or 0
                    broken.append(
                        f"{path.name}, row {at + 1}: {column} {_plain(frame[column][at])}, "
                        f"{name}.csv {_plain(expected[column][at])}"
                    )
    return Check(
        "Parquet tables equal the CSV", max(0, len(held.tables) - len(broken)), tuple(broken)
    )


def companions_checked(held: Bundle) -> Check:
    """What travels with the tables is ours: the recount, the schema, the dictionary."""
    if held.manifest["parameters"].get("assises") != __version__:
        return Check("recount, schema and dictionary", 0, note="not checked: of another version")
    ours = {
        **companions(held.kind),
        "tables/dictionary.csv": dictionary_csv(held.tables, held.kind.tables).encode(),
    }
    broken = tuple(
        f"{name} is not what this version writes"
        for name, data in ours.items()
        if not (held.folder / name).is_file() or (held.folder / name).read_bytes() != data
    )
    return Check("recount, schema and dictionary", len(ours) - len(broken), broken)


def recounted(held: Bundle, recount: Recount) -> Check:
    """What anyone who runs the bundle's recount.py is told; the program is this version's own."""
    name = "figures recounted"
    try:
        _, found = recount(str(held.folder))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        return Check(name, 0, (f"this cannot be recounted: {type(error).__name__}: {error}",))
    return Check(name, found.held, tuple(found.broken))


def table_checked(spec: TableSpec, published: Table, again: Table, name: str = "") -> Check:
    """A published table says what it says when it is computed again, column by column."""
    label = name or f"{spec.name}.csv"
    columns = columns_of(spec, again)
    sizes = len(published[columns[0]]), len(again[columns[0]])
    if sizes[0] != sizes[1]:
        return Check(label, 0, (f"{label}: published {sizes[0]} rows, recomputed {sizes[1]}",))
    held, broken = 0, []
    for column in columns:
        kind = spec.kind_of(column)
        same = same_values(kind, published[column], again[column])
        held += int(same.sum())
        for at in np.flatnonzero(~same).tolist():
            row = ", ".join(
                f"{key} {_plain(published[key][at])}" for key in spec.key if key in published
            )
            broken.append(
                f"{label}, {row}: {column} published {_plain(published[column][at])}, "
                f"recomputed {_plain(again[column][at])}"
            )
    return Check(label, held, tuple(broken))


def _plain(value: object) -> object:
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or (type(plain) is int and plain == MISSING):
        return "empty"
    return round(plain, PUBLISHED_DIGITS) if isinstance(plain, float) else plain
