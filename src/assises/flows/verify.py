"""Checking a bundle: are the files what the manifest says, and do the figures follow?"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from jinja2 import TemplateError

from assises import __version__
from assises.flows.compare import compare
from assises.flows.declared import DIGITS
from assises.flows.opinion import How, compute, pages_of
from assises.flows.people import KEYS, Asked
from assises.flows.tables import facts_of, from_export
from assises.formats import bundle
from assises.formats.bundle import MISSING, TABLES, Bundle, fitting
from assises.formats.bundle.dictionary import Table, TableSpec
from assises.formats.bundle.recount import recount
from assises.formats.bundle.tables import columns_of, dictionary_csv, same_values, to_frame
from assises.formats.bundle.writing import MANIFEST, companions
from assises.formats.polis import PolisExport
from assises.formats.polis.model import Votes, last_votes
from assises.lib.canonical import PUBLISHED_DIGITS
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

_CLOSE: Final = 1.5 * 10.0**-DIGITS
"""Numbers that rest on what people declared have fewer decimals."""


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


def verify(
    folder: Path,
    source: PolisExport | None = None,
    progress: Progress = SILENT,
    asked: Asked | None = None,
) -> list[Check]:
    """Check a bundle against itself and, if it is given, against the export it was made from.

    What rests on what people declared is held against ``asked`` if that is given: a bundle does not
    say who declared what. Without it that part is taken as published, and not checked.

    The tables that were read from the source are taken as they stand; everything else is computed
    from them again. Integers, letters and flags must be equal, numbers to six decimals.

    Raises:
        InputError: if the folder cannot be read as a bundle at all, if it was made from no export
            and there is one to hold it against, or if the frame cannot be met by these people.
    """
    held = bundle.read(folder)
    if source is not None:
        _demand_from_export(held)
    progress.step("files")
    if source is not None:
        return [*verify(folder, None, progress, asked), _source(held, source)]
    checks = [_files(held)]
    progress.step("parquet")
    checks.append(_parquet(held))
    with fitting(held.folder):
        how = How.of(held.manifest["parameters"])
        computed, results = compute(held.tables, how, progress, asked)
        checks.append(_counted(held))
        people = {key: (results if asked else held.results).get(key) for key in KEYS}
        results |= people
    for name, table in computed.items():
        checks.append(_table(TABLES[name], held.tables[name], table))
    checks.insert(1, _results(held.results, results))
    checks.insert(2, _people(held.results, people, asked))
    checks.append(_pages(held, results))
    checks.append(_companions(held))
    progress.step("recount")
    checks.append(_recounted(held))
    return checks


def _demand_from_export(held: Bundle) -> None:
    with fitting(held.folder):
        source = facts_of(held.tables).get("source")
    if source == "assises":
        raise InputError(
            "this bundle was computed by a running house from its own votes, and from no export",
            file=held.folder,
            next_step="Leave out --source: verify then computes every figure from the bundle's own "
            "votes. To compare files, write the bundle's own export with `assises export BUNDLE "
            "FOLDER` and hold that against yours instead.",
        )


def _source(held: Bundle, source: PolisExport) -> Check:
    """The input tables are those that the export yields."""
    held_rows = 0
    broken: list[str] = []
    for name, table in from_export(source).items():
        check = _table(TABLES[name], held.tables[name], table, name=f"{name}.csv, source")
        held_rows += check.held
        broken += check.broken
    return Check("input tables equal the source", held_rows, tuple(broken))


def _companions(held: Bundle) -> Check:
    """What travels with the tables is ours: the recount, the schema, the dictionary."""
    if held.manifest["parameters"].get("assises") != __version__:
        return Check("recount, schema and dictionary", 0, note="not checked: of another version")
    ours = {**companions(), "tables/dictionary.csv": dictionary_csv(held.tables).encode()}
    broken = tuple(
        f"{name} is not what this version writes"
        for name, data in ours.items()
        if not (held.folder / name).is_file() or (held.folder / name).read_bytes() != data
    )
    return Check("recount, schema and dictionary", len(ours) - len(broken), broken)


def _recounted(held: Bundle) -> Check:
    """What anyone who runs the bundle's recount.py is told; the program is this version's own."""
    name = "figures recounted"
    try:
        _, found = recount(str(held.folder))  # type: ignore[no-untyped-call]  # for Python 3.8
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        return Check(name, 0, (f"this cannot be recounted: {type(error).__name__}: {error}",))
    return Check(name, found.held, tuple(found.broken))


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
        expected = to_frame(TABLES[name], table)
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


def _people(published: dict[str, Any], again: dict[str, Any], asked: Asked | None) -> Check:
    name = f"{', '.join(KEYS)} of results.json"
    if asked is None and all(published.get(key) is None for key in KEYS):
        return Check(name, len(KEYS))
    if asked is None:
        return Check(
            name,
            0,
            note="not checked: who declared what is not in a bundle; give the file with --people",
        )
    pairs = list(compare("", {key: published.get(key) for key in KEYS}, again, _CLOSE))
    broken = tuple(f"results.json, {line}" for line in pairs if line)
    return Check(name, len(pairs) - len(broken), broken)


def _results(published: dict[str, Any], again: dict[str, Any]) -> Check:
    one, two = ({k: v for k, v in r.items() if k not in KEYS} for r in (published, again))
    pairs = list(compare("", one, two))
    broken = tuple(f"results.json, {line}" for line in pairs if line)
    return Check("results.json", len(pairs) - len(broken), broken)


def _pages(held: Bundle, results: dict[str, Any]) -> Check:
    made_by = held.manifest["parameters"].get("assises")
    languages = held.manifest["parameters"].get("languages", [])
    if made_by != __version__:
        return Check("pages", 0, note=f"not checked: drawn by version {made_by}")
    try:
        with fitting(held.folder):
            pages = pages_of(results, languages)
    except (InputError, TemplateError) as error:
        # What rests on what people declared is taken as published, and may be anything.
        return Check("pages drawn again", 0, (f"no page can be drawn from this: {error}",))
    there = {path.name for path in held.folder.glob("*.html")}
    broken = [f"{name} is a page nobody declared" for name in sorted(there - set(pages))]
    for name, page in pages.items():
        path = held.folder / name
        if not path.exists() or path.read_bytes() != page.encode():
            broken.append(f"{name} does not show what the tables say")
    return Check("pages drawn again", len(pages) - len(broken), tuple(broken))


def _plain(value: object) -> object:
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or (type(plain) is int and plain == MISSING):
        return "empty"
    return round(plain, PUBLISHED_DIGITS) if isinstance(plain, float) else plain
