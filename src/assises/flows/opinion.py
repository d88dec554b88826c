"""The file way of a vote: an export in, a bundle's content out."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib import metadata
from typing import Any, Final

from assises import __version__
from assises.engines.opinion import analyse
from assises.flows.results import results_of
from assises.flows.tables import (
    Tables,
    from_export,
    from_opinion,
    meta,
    moderated_out,
    vote_matrix,
)
from assises.formats.bundle import Content
from assises.formats.polis import PolisExport
from assises.lib.progress import SILENT, Progress
from assises.look.report import fitting_lengths, render

METHOD: Final = "polis"
_VERSIONS_NOTED: Final = ("numpy", "polars", "jinja2", "babel", "rfc8785")


def parameters_of(languages: Sequence[str]) -> dict[str, Any]:
    """What decides the result besides the input; part of the manifest."""
    return {
        "assises": __version__,
        "method": METHOD,
        "seeds": {},
        "languages": list(languages),
        "individual_votes": "included; to be published only by leave of the authority",
    }


def compute(tables: Tables, progress: Progress = SILENT) -> tuple[Tables, dict[str, Any]]:
    """From the input tables to the computed tables and the results."""
    progress.step("votes")
    matrix = vote_matrix(tables)
    opinion = analyse(
        matrix, METHOD, moderated_out=moderated_out(tables), meta=meta(tables), progress=progress
    )
    progress.step("results")
    return from_opinion(tables, matrix, opinion), results_of(tables, matrix, opinion)


def pages_of(results: dict[str, Any], languages: Sequence[str]) -> dict[str, str]:
    """The report in each language: the first is ``report.html``, the others name theirs."""
    names = {
        language: "report.html" if at == 0 else f"report.{language}.html"
        for at, language in enumerate(languages)
    }
    lengths = fitting_lengths(results)
    return {
        name: render(results, language, {k: v for k, v in names.items() if k != language}, lengths)
        for language, name in names.items()
    }


def content_of(
    export: PolisExport, languages: Sequence[str], progress: Progress = SILENT
) -> Content:
    """Everything that a bundle of this export holds."""
    inputs = from_export(export)
    computed, results = compute(inputs, progress)
    progress.step("report")
    return Content(
        tables={**inputs, **computed},
        results=results,
        parameters=parameters_of(languages),
        environment=_environment(export),
        pages=pages_of(results, languages),
    )


def _environment(export: PolisExport) -> dict[str, Any]:
    return {
        "files": [
            {
                "name": file.name,
                "sha256": file.sha256,
                "bytes": file.size,
                "encoding": file.encoding,
                "rows": file.rows,
            }
            for file in export.files
        ],
        "row_order": {
            "comments": export.comments.id.tolist(),
            "participants": [] if export.participants is None else export.participants.id.tolist(),
        },
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: metadata.version(name) for name in _VERSIONS_NOTED},
    }
