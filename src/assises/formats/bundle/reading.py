"""Reading a bundle back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assises.formats.bundle import tables as csv_tables
from assises.formats.bundle.dictionary import Table
from assises.formats.bundle.kinds import KINDS, OPINION, BundleKind
from assises.formats.bundle.writing import ENVIRONMENT, MANIFEST, RESULTS
from assises.lib.errors import InputError


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle in memory: what its CSV tables and JSON files say, checked for form only."""

    folder: Path
    manifest: dict[str, Any]
    environment: dict[str, Any]
    results: dict[str, Any]
    tables: dict[str, Table]
    kind: BundleKind = OPINION


def read(folder: str | Path, kind: BundleKind | None = OPINION) -> Bundle:
    """Read a bundle.

    Args:
        folder: where it is.
        kind: what it must be of; None for any.

    Raises:
        InputError: if the folder is not a bundle of a known schema and of that kind, or a table
            does not parse.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    found = KINDS[manifest["schema"]]
    if kind is not None and kind is not found:
        raise InputError(
            f"this is a bundle of {found.name}, not of {kind.name}",
            file=folder,
            next_step=f"Name a bundle of {kind.name}.",
        )
    tables = {
        name: csv_tables.from_csv(spec, path)
        for name, spec in found.tables.items()
        if (path := folder / "tables" / f"{name}.csv").exists()
    }
    if not isinstance(manifest.get("files"), dict) or not isinstance(
        manifest.get("parameters"), dict
    ):
        raise InputError(
            "the manifest lists no files or no parameters",
            file=folder / MANIFEST,
            next_step="Take the bundle again from its source.",
        )
    missing = [name for name in found.tables if name not in tables]
    if missing:
        raise InputError(
            f"the table {missing[0]} is missing",
            file=folder / "tables" / f"{missing[0]}.csv",
            next_step="Take the bundle again from its source.",
        )
    if found is OPINION:
        _check_votes(folder, tables["votes"])
    return Bundle(
        folder=folder,
        manifest=manifest,
        environment=_json(folder / ENVIRONMENT) if (folder / ENVIRONMENT).exists() else {},
        results=_json(folder / RESULTS),
        tables=tables,
        kind=found,
    )


def _check_votes(folder: Path, votes: Table) -> None:
    values = np.asarray(votes["vote"])
    wrong = np.flatnonzero(~np.isin(values, (-1, 0, 1)))
    if len(wrong):
        raise InputError(
            "a vote is 1, 0 or -1",
            file=folder / "tables" / "votes.csv",
            line=int(wrong[0]) + 2,
            column="vote",
            value=int(values[wrong[0]]),
            next_step="Take the bundle again from its source.",
        )


@contextmanager
def fitting(folder: Path) -> Iterator[None]:
    """Tables that do not fit together are a fault of the bundle, and told as one.

    Raises:
        InputError: in place of whatever a missing row, key or column leads to.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"the parts of this bundle do not fit together ({type(error).__name__}: {error})",
            file=folder,
            next_step="Something was taken out or changed; take it again from its source.",
        ) from error


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """The manifest of a bundle.

    Raises:
        InputError: if there is none, or it is of another schema.
    """
    path = Path(folder) / MANIFEST
    if not path.is_file():
        raise InputError(
            "this is not a bundle: it has no manifest.json",
            file=folder,
            next_step="Name a folder that `assises analyse` or `assises themes` wrote.",
        )
    manifest = _json(path)
    if str(manifest.get("schema")) not in KINDS:
        raise InputError(
            "this version cannot read such a bundle",
            file=path,
            value=manifest.get("schema"),
            next_step=f"It reads {' and '.join(KINDS)}; use the version that wrote the bundle.",
        )
    return manifest


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            "the file is missing", file=path, next_step="Take the bundle again from its source."
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"the file is not JSON: {error}",
            file=path,
            next_step="Take the bundle again from its source.",
        ) from None
    if not isinstance(value, dict):
        raise InputError(
            "the file does not hold an object",
            file=path,
            next_step="Take the bundle again from its source.",
        )
    return value
