"""Checking a bundle: are the files what the manifest says, and do the figures follow?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from assises import __version__
from assises.flows.opinion import compute, pages_of
from assises.formats import bundle
from assises.formats.bundle import TABLES, Bundle
from assises.formats.bundle.dictionary import Table, TableSpec
from assises.formats.bundle.tables import columns_of, same_values, to_frame
from assises.formats.bundle.writing import MANIFEST
from assises.formats.polis.model import Votes, last_votes
from assises.lib.canonical import PUBLISHED_DIGITS
from assises.lib.progress import SILENT, Progress

_CLOSE: Final = 1.5 * 10.0**-PUBLISHED_DIGITS


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


def verify(folder: Path, progress: Progress = SILENT) -> list[Check]:
    """Check a bundle against itself.

    The tables that were read from the source are taken as they stand; everything else is computed
    from them again. Integers, letters and flags must be equal, numbers to six decimals.

    Raises:
        InputError: if the folder cannot be read as a bundle at all.
    """
    held = bundle.read(folder)
    progress.step("files")
    checks = [_files(held)]
    progress.step("parquet")
    checks.append(_parquet(held))
    computed, results = compute(held.tables, progress)
    checks.append(_counted(held))
    for name, table in computed.items():
        checks.append(_table(TABLES[name], held.tables[name], table))
    checks.append(_results(held.results, results))
    checks.append(_pages(held, results))
    return checks


def _files(held: Bundle) -> Check:
    listed: dict[str, Any] = held.manifest["files"]
    now = bundle.manifest_of(held.folder, held.manifest["parameters"])
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


def _parquet(held: Bundle) -> Check:
    import polars as pl

    broken = []
    for name, table in held.tables.items():
        path = held.folder / "tables" / f"{name}.parquet"
        try:
            frame = pl.read_parquet(path)
        except (OSError, pl.exceptions.PolarsError) as error:
            broken.append(f"{path.name} cannot be read: {str(error).splitlines()[0]}")
            continue
        if not frame.equals(to_frame(TABLES[name], table)):
            broken.append(f"{path.name} does not say what {name}.csv says")
    return Check("Parquet tables equal the CSV", len(held.tables) - len(broken), tuple(broken))


def _counted(held: Bundle) -> Check:
    votes = held.tables["votes"]
    cast = Votes(
        timestamp=np.asarray(votes["time"]),
        comment=np.asarray(votes["statement"]),
        voter=np.asarray(votes["participant"]),
        vote=np.asarray(votes["vote"]).astype(np.int8),
        datetime=None,
    )
    counted = np.zeros(len(cast), dtype=bool)
    counted[last_votes(cast)] = True
    return _table(
        TABLES["votes"],
        {key: votes[key] for key in ("statement", "participant", "counted")},
        {"statement": votes["statement"], "participant": votes["participant"], "counted": counted},
        name="last votes marked",
    )


def _table(spec: TableSpec, published: Table, again: Table, name: str = "") -> Check:
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


def _results(published: dict[str, Any], again: dict[str, Any]) -> Check:
    pairs = list(_compare("", published, again))
    broken = tuple(f"results.json, {line}" for line in pairs if line)
    return Check("results.json", len(pairs) - len(broken), broken)


def _compare(path: str, a: Any, b: Any) -> Iterator[str]:
    """One item for each figure: empty where it holds, else what does not."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            if key not in a or key not in b:
                yield f"{path}{key} is {'not published' if key not in a else 'not found again'}"
            else:
                yield from _compare(f"{path}{key}.", a[key], b[key])
    elif isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            yield f"{path[:-1]}: published {len(a)} entries, recomputed {len(b)}"
        for at, (x, y) in enumerate(zip(a, b, strict=False)):
            yield from _compare(f"{path}{at}.", x, y)
    elif isinstance(a, float) or isinstance(b, float):
        close = _is_number(a) and _is_number(b) and abs(a - b) <= _CLOSE
        yield "" if close else f"{path[:-1]}: published {a}, recomputed {b}"
    else:
        yield "" if a == b else f"{path[:-1]}: published {a}, recomputed {b}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _pages(held: Bundle, results: dict[str, Any]) -> Check:
    made_by = held.manifest["parameters"].get("assises")
    languages = held.manifest["parameters"].get("languages", [])
    if made_by != __version__:
        return Check("pages", 0, note=f"not drawn again: made by version {made_by}")
    broken = []
    pages = pages_of(results, languages)
    for name, page in pages.items():
        path = held.folder / name
        if not path.exists() or path.read_bytes() != page.encode():
            broken.append(f"{name} does not show what the tables say")
    return Check("pages drawn again", len(pages) - len(broken), tuple(broken))


def _plain(value: object) -> object:
    plain = value.item() if isinstance(value, np.generic) else value
    return round(plain, PUBLISHED_DIGITS) if isinstance(plain, float) else plain
