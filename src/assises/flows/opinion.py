"""The file way of a vote: an export in, a bundle's content out."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Final

from assises import __version__
from assises.engines.opinion import analyse
from assises.engines.opinion.stability import CUTS
from assises.flows.computed import from_opinion
from assises.flows.people import Asked, people_results
from assises.flows.resistance import campaigns_of
from assises.flows.results import results_of
from assises.flows.tables import (
    Tables,
    from_export,
    meta,
    moderated_out,
    vote_matrix,
)
from assises.formats.bundle import Content
from assises.formats.polis import PolisExport
from assises.lib.progress import SILENT, Progress
from assises.look.report import fitting_lengths, in_languages, render

METHOD: Final = "factors"
_VERSIONS_NOTED: Final = ("numpy", "polars", "jinja2", "babel", "rfc8785")


@dataclass(frozen=True, slots=True)
class How:
    """What decides the result besides the input."""

    method: str = METHOD
    seed: int = 0
    cuts: int = CUTS
    """How often people, and statements, are cut in two to see whether groups are found again."""

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> How:
        """As a manifest says."""
        return cls(
            str(parameters.get("method", METHOD)),
            int(parameters.get("seeds", {}).get("groups", 0)),
            int(parameters.get("cuts", CUTS)),
        )


def parameters_of(languages: Sequence[str], how: How, asked: Asked | None = None) -> dict[str, Any]:
    """What decides the result besides the input; part of the manifest."""
    own = {} if how.method == "polis" else {"cuts": how.cuts}
    return {
        "assises": __version__,
        "method": how.method,
        "seeds": {} if how.method == "polis" else {"groups": how.seed},
        **own,
        **({} if asked is None else asked.parameters()),
        "languages": list(languages),
        "individual_votes": "included; to be published only by leave of the authority",
    }


def compute(
    tables: Tables, how: How, progress: Progress = SILENT, asked: Asked | None = None
) -> tuple[Tables, dict[str, Any]]:
    """From the input tables, and what people declared, to the computed tables and the results.

    Raises:
        InputError: where the frame of ``asked`` cannot be met by these people.
    """
    progress.step("votes")
    matrix = vote_matrix(tables)
    out, about = moderated_out(tables), meta(tables)
    opinion = polis = analyse(matrix, "polis", moderated_out=out, meta=about, progress=progress)
    if how.method != "polis":
        opinion = analyse(
            matrix,
            how.method,
            moderated_out=out,
            meta=about,
            seed=how.seed,
            cuts=how.cuts,
            progress=progress,
        )
    campaigns = [] if how.method == "polis" else campaigns_of(tables, matrix, opinion, progress)
    people = None if asked is None else people_results(matrix, opinion, asked, progress)
    progress.step("results")
    results = results_of(tables, matrix, opinion, polis, campaigns, people)
    return from_opinion(tables, matrix, opinion), results


def pages_of(results: dict[str, Any], languages: Sequence[str]) -> dict[str, str]:
    """The report in each language: the first is ``report.html``, the others name theirs."""
    lengths = fitting_lengths(results)
    return in_languages(
        languages, lambda language, others: render(results, language, others, lengths)
    )


def content_of(
    export: PolisExport,
    languages: Sequence[str],
    progress: Progress = SILENT,
    how: How | None = None,
    asked: Asked | None = None,
) -> Content:
    """Everything that a bundle of this export holds.

    Raises:
        InputError: where the frame of ``asked`` cannot be met by these people.
    """
    how = how or How()
    inputs = from_export(export)
    computed, results = compute(inputs, how, progress, asked)
    progress.step("report")
    return Content(
        tables={**inputs, **computed},
        results=results,
        parameters=parameters_of(languages, how, asked),
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
