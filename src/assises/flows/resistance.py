"""Near-identical ballots, and what would change without them: a part of ``results.json``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import OpinionMap, VoteMatrix
from assises.engines.opinion.campaigns import Campaign, campaign_label, find_campaigns
from assises.engines.opinion.sensitivity import Sensitivity, each_label, without_counts
from assises.flows.tables import Tables, facts_of, integers
from assises.lib.canonical import published
from assises.lib.progress import SILENT, Progress

HEADLINES: Final = ("agreed", "rejected", "division")
"""What may change: a statement that every group agrees with, rejects, or is divided on."""


def campaigns_of(
    tables: Tables, matrix: VoteMatrix, opinion: OpinionMap, progress: Progress = SILENT
) -> list[dict[str, Any]]:
    """Sets of near-identical ballots, and the results that hang on each; nothing is left out.

    Only statements that may be listed count. In order of arrival by the first cast of each person.
    """
    kept = np.zeros(len(matrix.statements), dtype=bool)
    kept[opinion.listed] = True
    listed = matrix.on_statements(kept)
    if not len(listed):
        return []
    found = find_campaigns(listed, first_times=_arrivals(tables, matrix), progress=progress)
    if not found:
        return []
    label = opinion.group if len(opinion.centres) > 1 else np.zeros_like(opinion.group)
    sets = each_label("campaign", campaign_label(found, len(matrix.participants)))
    table = without_counts(matrix, label, sets, listed=opinion.listed)
    in_seconds = facts_of(tables)["time_unit"] != "milliseconds"
    return [_told(one, table, at, in_seconds=in_seconds) for at, one in enumerate(found)]


def _told(one: Campaign, table: Sensitivity, at: int, *, in_seconds: bool) -> dict[str, Any]:
    flipped = table.flipped(table.exclusions[at])
    return {
        "people": one.size,
        "statements": len(one.statements),
        "kept": published(one.kept),
        "first": None if one.first is None else _moment(one.first, in_seconds=in_seconds),
        "last": None if one.last is None else _moment(one.last, in_seconds=in_seconds),
        "arrivals": one.arrivals,
        "changes": {
            kind: [int(name.partition(":")[2]) for name in flipped if name.startswith(f"{kind}:")]
            for kind in HEADLINES
        },
    }


def _arrivals(tables: Tables, matrix: VoteMatrix) -> npt.NDArray[np.int64]:
    """When each participant first voted, shape (P,)."""
    votes = tables["votes"]
    at = np.searchsorted(matrix.participants, integers(votes, "participant"))
    first = np.full(len(matrix.participants), np.iinfo(np.int64).max)
    np.minimum.at(first, at, integers(votes, "time"))
    return first


def _moment(time: int, *, in_seconds: bool) -> str:
    moment = datetime.fromtimestamp(time if in_seconds else time / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
