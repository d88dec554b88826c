"""Checking a bundle: are the files what the manifest says, and do the figures follow?"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from jinja2 import TemplateError

from assises import __version__
from assises.flows.checks import (
    Check,
    companions_checked,
    files_checked,
    parquet_checked,
    recounted,
    table_checked,
)
from assises.flows.compare import compare
from assises.flows.declared import DIGITS
from assises.flows.opinion import How, compute, pages_of
from assises.flows.people import KEYS, Asked
from assises.flows.tables import facts_of, from_export
from assises.flows.themes.verifying import verify_themes
from assises.formats import bundle
from assises.formats.bundle import TABLES, THEMES, Bundle, fitting
from assises.formats.bundle.recount import recount
from assises.formats.polis import PolisExport
from assises.formats.polis.model import Votes, last_votes
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

_CLOSE: Final = 1.5 * 10.0**-DIGITS
"""Numbers that rest on what people declared have fewer decimals."""


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

    A bundle of themes is checked against itself: see :func:`verify_themes`.

    Raises:
        InputError: if the folder cannot be read as a bundle at all, if it was made from no export
            and there is one to hold it against, or if the frame cannot be met by these people.
    """
    held = bundle.read(folder, None)
    if held.kind is THEMES:
        _demand_nothing_beside(held, source, asked)
        return verify_themes(held, progress)
    if source is not None:
        _demand_from_export(held)
    progress.step("files")
    if source is not None:
        return [*verify(folder, None, progress, asked), _source(held, source)]
    checks = [files_checked(held)]
    progress.step("parquet")
    checks.append(parquet_checked(held))
    with fitting(held.folder):
        how = How.of(held.manifest["parameters"])
        computed, results = compute(held.tables, how, progress, asked)
        checks.append(_counted(held))
        people = {key: (results if asked else held.results).get(key) for key in KEYS}
        results |= people
    for name, table in computed.items():
        checks.append(table_checked(TABLES[name], held.tables[name], table))
    checks.insert(1, _results(held.results, results))
    checks.insert(2, _people(held.results, people, asked))
    checks.append(_pages(held, results))
    checks.append(companions_checked(held))
    progress.step("recount")
    checks.append(recounted(held, recount))
    return checks


def _demand_nothing_beside(held: Bundle, source: object, asked: object) -> None:
    if source is not None or asked is not None:
        raise InputError(
            "this is a bundle of themes, which no export of votes and no file of people made",
            file=held.folder,
            next_step="Leave out --source, --people and --frame.",
        )


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
        check = table_checked(TABLES[name], held.tables[name], table, name=f"{name}.csv, source")
        held_rows += check.held
        broken += check.broken
    return Check("input tables equal the source", held_rows, tuple(broken))


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
    return table_checked(
        TABLES["votes"],
        {key: votes[key] for key in ("statement", "participant", "counted")},
        {"statement": votes["statement"], "participant": votes["participant"], "counted": counted},
        name="last votes marked",
    )


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
