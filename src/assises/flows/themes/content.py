"""The file way of a contribution: a file in, a bundle's content out."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np

from assises import __version__
from assises.engines.themes.analyse import analyse
from assises.engines.themes.arranging import Before
from assises.engines.themes.copies.nearness import Proposals, propose
from assises.engines.themes.result import ThemeMap
from assises.flows.themes.drafting import Writer, drafted, told
from assises.flows.themes.keeping import Vectors
from assises.flows.themes.results import results_of
from assises.flows.themes.tables import tables_of
from assises.formats import bundle
from assises.formats.bundle import THEMES, Content
from assises.formats.contributions import Contributions
from assises.lib.errors import InputError
from assises.lib.masking import Shape, mask
from assises.lib.progress import SILENT, Progress
from assises.look.report.themes import pages_of

LINKED: Final = 200_000
"""Contributions up to which pairs that may say the same are looked for."""
_VERSIONS_NOTED: Final = ("numpy", "polars", "jinja2", "babel", "rfc8785")


@dataclass(frozen=True, slots=True)
class How:
    """What decides the result besides the contributions."""

    title: str
    levels: int = 2
    texts: bool = True
    """Whether the bundle holds the texts, masked."""
    patterns: tuple[re.Pattern[str] | Shape, ...] = ()
    """A country's own shapes of personal data."""
    simulation: bool = False


def content_of(
    given: Contributions,
    vectors: Vectors,
    languages: Sequence[str],
    how: How,
    before: Before | None = None,
    progress: Progress = SILENT,
    writer: Writer | None = None,
) -> Content:
    """Everything that a bundle of the themes of these contributions holds.

    Args:
        given: the contributions.
        vectors: where their vectors come from.
        languages: of the report's pages, the first being ``report.html``.
        how: what else decides.
        before: an earlier run, whose themes keep their ids.
        progress: may raise to stop; vectors that were made stay kept.
        writer: a language model that drafts about the largest themes; what it says is checked.
    """
    found = analyse(
        given.composed,
        vectors.embedder,
        ids=given.ids,
        declared=given.languages,
        authors=given.authors,
        vectors=vectors.of,
        before=before,
        levels=how.levels,
        progress=progress,
    )
    links = _links(given, found, vectors, progress)
    progress.step("report", len(given))
    public = [mask(text, how.patterns) for text in given.composed]
    tables = tables_of(given, found, public if how.texts else None, links)
    results = results_of(
        given, found, public, title=how.title, simulation=how.simulation, tables=tables
    )
    asked = [] if writer is None else drafted(found, public, writer, how.patterns, progress)
    results["drafts"] = told(asked)
    return Content(
        tables=tables,
        results=results,
        parameters={
            "assises": __version__,
            "embedder": found.embedder,
            "languages": list(languages),
            "levels": how.levels,
            "texts": "masked" if how.texts else "left out",
            "kept_from_before": before is not None,
            "drafts": [one.manifest() for one in asked],
        },
        environment=_environment(given),
        pages=pages_of(results, languages),
        kind=THEMES,
    )


def before_of(folder: Path, *, anew: bool = False) -> Before:
    """An earlier bundle as a new run takes it: themes that a person fixed are left as they are.

    Args:
        folder: its bundle.
        anew: look for themes anew, though most contributions are known.

    Raises:
        InputError: if it is no bundle of themes.
    """
    held = bundle.read(folder, None)
    if held.kind is not THEMES:
        raise InputError(
            "this is no bundle of themes",
            file=folder,
            next_step="Give --before a folder that the command themes wrote.",
        )
    rows, themes = held.tables["contributions"], held.tables["themes"]
    locked = {one for one, fixed in zip(themes["theme_id"], themes["locked"], strict=True) if fixed}
    paths = {
        str(one): tuple(str(path).split("/"))
        for one, path in zip(rows["contribution_id"], rows["theme_path"], strict=True)
        if path
    }
    pinned = frozenset(one for one, path in paths.items() if locked & set(path))
    return Before(paths, frozenset(map(str, locked)), pinned, anew)


def _links(
    given: Contributions, found: ThemeMap, vectors: Vectors, progress: Progress
) -> Proposals | None:
    """Pairs that may say the same, within each theme at the top."""
    if not 1 < len(given) <= LINKED:
        return None
    tops = np.array([found.path(at)[0] for at in range(len(found.themes))] + [-1], dtype=np.int64)
    rows = found.families.different
    placed = rows[found.theme[rows] >= 0]
    made = vectors.of(given.composed, found.languages.tags, progress)
    return propose(made, found.languages.tags, placed, tops[found.theme], progress)


def _environment(given: Contributions) -> dict[str, Any]:
    source = given.source
    return {
        "files": [
            {
                "name": source.name,
                "sha256": source.sha256,
                "bytes": source.size,
                "encoding": source.encoding,
                "rows": source.rows,
            }
        ],
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: metadata.version(name) for name in _VERSIONS_NOTED},
    }
