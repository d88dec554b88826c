"""What the report says, in numbers: from the tables of a bundle to ``results.json``."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import OpinionMap, VoteMatrix
from assises.engines.opinion.statistics import SIGNIFICANT, wilson
from assises.flows.participation import over_time, per_person
from assises.flows.people import nothing_asked
from assises.flows.published import differences
from assises.flows.sureness import by_group, difference_of, sure_of
from assises.flows.tables import SUMMARY, Tables, facts_of, integers, letter, texts
from assises.lib.canonical import published

Float64 = npt.NDArray[np.float64]

SCHEMA: Final = "assises/opinion-results/2"
DENSE_FROM: Final = 2000
"""People who voted from which the map shows density instead of points."""
LIST: Final = 10
STRONGEST: Final = 5
FEWEST_SEEN: Final = 5
"""People of a group who must have seen a statement before it is said what the group thinks."""
_HEXAGONS_ACROSS: Final = 36


def results_of(
    tables: Tables,
    matrix: VoteMatrix,
    opinion: OpinionMap,
    polis: OpinionMap,
    campaigns: list[dict[str, Any]],
    people: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole of ``results.json``.

    Args:
        tables: the input.
        matrix: its votes.
        opinion: of these votes, by the method that was asked for.
        polis: the same by the method of Polis, to hold against what a Polis export publishes.
        campaigns: sets of near-identical ballots, as :func:`.campaigns_of` tells them.
        people: what rests on what they declared, as :func:`.people_results` tells it.
    """
    facts = facts_of(tables)
    return {
        "schema": SCHEMA,
        "title": facts.get(f"{SUMMARY}topic", ""),
        "description": facts.get(f"{SUMMARY}conversation-description", "").strip(),
        "url": facts.get(f"{SUMMARY}url", ""),
        "simulation": facts["simulation"] == "true",
        "source": {
            "kind": facts["source"],
            "generation": facts["generation"],
            "time_unit": facts["time_unit"],
            "agree_is": facts["agree_is"],
            "agree_evidence_for": int(facts["agree_evidence_for"]),
            "agree_evidence_against": int(facts["agree_evidence_against"]),
            "rows_left_out": int(facts["rows_left_out"]),
        },
        "counts": _counts(tables, matrix, opinion),
        "participation": _participation(tables, matrix),
        "groups": [_group(opinion, g) for g in range(len(opinion.centres))],
        "group_numbers_tried": [
            {"groups": k, "silhouette": published(s)}
            for k, s in sorted(opinion.silhouettes.items())
        ],
        "consensus": {side: _shared(opinion, at) for at, side in enumerate(("agree", "disagree"))},
        "agreed_in_every_group": _bridges(opinion),
        "divisive": _top(opinion, opinion.divisiveness, _seen_by_all(opinion)),
        "statements": _statements(tables, opinion),
        "map": _map(opinion),
        "sure": sure_of(opinion, campaigns),
        **(people or nothing_asked()),
        "published": differences(tables, matrix, polis),
        "method": {
            "name": opinion.method,
            "significant_z": SIGNIFICANT,
            "variance_shown": _variance_shown(opinion),
        },
    }


def _counts(tables: Tables, matrix: VoteMatrix, opinion: OpinionMap) -> dict[str, int]:
    moderated = integers(tables["statements"], "moderated")
    kept = integers(tables["statements"], "statement")[moderated >= 0]
    agrees, disagrees, passes = (int(n) for n in opinion.counts.sum(axis=0))
    return {
        "participants": len(matrix.participants),
        "in_conversation": int(opinion.in_conversation.sum()),
        "grouped": int((opinion.group >= 0).sum()),
        "authors": int(facts_of(tables)["authors"]),
        "statements": len(moderated),
        "statements_voted_on": len(matrix.statements),
        "statements_listed": len(opinion.listed),
        "statements_taken_out": int((moderated < 0).sum()),
        "statements_not_moderated": int((moderated == 0).sum()),
        "votes_on_taken_out": int(opinion.counts.sum())
        - int(opinion.counts[np.isin(opinion.statements, kept)].sum()),
        "casts": len(tables["votes"]["vote"]),
        "votes": len(matrix),
        "agrees": agrees,
        "disagrees": disagrees,
        "passes": passes,
    }


def _participation(tables: Tables, matrix: VoteMatrix) -> dict[str, Any]:
    votes = tables["votes"]
    times = integers(votes, "time")
    in_ms = times if facts_of(tables)["time_unit"] == "milliseconds" else times * 1000
    return {
        "over_time": over_time(in_ms, integers(votes, "participant")),
        "per_person": per_person(matrix.votes_per_participant),
    }


def _group(opinion: OpinionMap, g: int) -> dict[str, Any]:
    return {
        "letter": letter(g),
        "people": int(opinion.group_sizes[g]),
        "centre": [published(v) for v in opinion.centres[g]],
        "statements": [
            {
                "statement": c.statement,
                "side": "agree" if c.agree else "disagree",
                "successes": c.successes,
                "trials": c.trials,
                "interval": _interval(c.successes, c.trials),
                "share": published(c.share),
                "share_z": published(c.share_z),
                "by_group": by_group(opinion, c.statement),
                "ratio": published(c.ratio),
                "ratio_z": published(c.ratio_z),
                "significant": c.significant,
                "difference": difference_of(c),
            }
            for c in opinion.characteristics[g]
        ],
    }


def _shared(opinion: OpinionMap, at: int) -> dict[str, Any]:
    """Statements that most of those who saw them answer alike: even the interval is above half.

    The server's own list takes one vote of one for a consensus; ours asks for more certainty.
    """
    found = []
    for s in opinion.listed.tolist():
        successes, trials = int(opinion.counts[s, at]), int(opinion.counts[s].sum())
        low, _ = wilson(successes, trials)
        if low > 0.5:
            found.append((-published(low), int(opinion.statements[s]), successes, trials))
    return {
        "total": len(found),
        "strongest": [
            {
                "statement": statement,
                "successes": successes,
                "trials": trials,
                "interval": _interval(successes, trials),
            }
            for _, statement, successes, trials in sorted(found)[:STRONGEST]
        ],
    }


def _bridges(opinion: OpinionMap) -> list[dict[str, Any]]:
    """Statements that most of those who saw them agree with in every group, best first."""
    seen = opinion.group_counts.sum(axis=2)
    agreed = (opinion.group_counts[:, :, 0] * 2 > seen) & (seen >= FEWEST_SEEN)
    return _top(opinion, opinion.group_informed_consensus, agreed.all(axis=0))


def _interval(successes: int, trials: int) -> list[float]:
    low, high = wilson(successes, trials)
    return [published(low), published(high)]


def _seen_by_all(opinion: OpinionMap) -> npt.NDArray[np.bool_]:
    return np.asarray((opinion.group_counts.sum(axis=2) >= FEWEST_SEEN).all(axis=0))


def _top(
    opinion: OpinionMap, score: Float64, allowed: npt.NDArray[np.bool_]
) -> list[dict[str, Any]]:
    """The ten listed and allowed statements with the highest score, equal ones in order of id."""
    if len(opinion.centres) < 2:
        return []
    listed = opinion.listed[allowed[opinion.listed]]
    order = listed[np.argsort(-np.round(score[listed], 12), kind="stable")][:LIST]
    return [
        {
            "statement": int(opinion.statements[s]),
            "score": published(score[s]),
            "by_group": by_group(opinion, int(opinion.statements[s])),
        }
        for s in order.tolist()
    ]


def _statements(tables: Tables, opinion: OpinionMap) -> dict[str, Any]:
    text_of = dict(
        zip(
            integers(tables["statements"], "statement").tolist(),
            texts(tables["statements"], "text"),
            strict=True,
        )
    )
    return {
        str(opinion.statements[s]): {
            "text": text_of[int(opinion.statements[s])],
            "agrees": int(opinion.counts[s, 0]),
            "disagrees": int(opinion.counts[s, 1]),
            "passes": int(opinion.counts[s, 2]),
            "group_informed_consensus": published(opinion.group_informed_consensus[s]),
            "divisiveness": published(opinion.divisiveness[s]),
        }
        for s in opinion.listed.tolist()
    }


def _map(opinion: OpinionMap) -> dict[str, Any]:
    inside = opinion.group >= 0
    return drawing(
        opinion.positions[inside],
        opinion.group[inside],
        groups=len(opinion.centres),
        people=len(opinion.participants),
    )


def drawing(
    points: Float64, group: npt.NDArray[np.int64], *, groups: int, people: int
) -> dict[str, Any]:
    """The map: a point each where few people voted, how many stand where from 2,000 on.

    Args:
        points: of those who are in a group, shape (n, 2).
        group: of each of them, shape (n,).
        groups: how many there are.
        people: who voted, in a group or not.
    """
    if people < DENSE_FROM:
        return {
            "kind": "points",
            "points": [
                [[round(float(v), 3) + 0.0 for v in xy] for xy in points[group == g]]
                for g in range(groups)
            ],
        }
    radius, cells = _hexagons(points, group, groups)
    return {"kind": "density", "radius": published(radius), "cells": cells}


def _hexagons(
    points: Float64, group: npt.NDArray[np.int64], groups: int
) -> tuple[float, list[dict[str, Any]]]:
    """People counted in pointy-top hexagons; each cell gives its centre and people by group."""
    low, high = np.quantile(points, [0.005, 0.995], axis=0)
    radius = max(float((high - low).max()), 1e-9) / _HEXAGONS_ACROSS / np.sqrt(3.0)
    q = (np.sqrt(3.0) / 3.0 * points[:, 0] - points[:, 1] / 3.0) / radius
    r = (2.0 / 3.0 * points[:, 1]) / radius
    qi, ri, si = np.rint(q), np.rint(r), np.rint(-q - r)
    dq, dr, ds = np.abs(qi - q), np.abs(ri - r), np.abs(si + q + r)
    qi = np.where((dq > dr) & (dq > ds), -ri - si, qi)
    ri = np.where((dr > ds) & ~((dq > dr) & (dq > ds)), -qi - si, ri)
    keys, at = np.unique(np.stack([qi, ri], axis=1), axis=0, return_inverse=True)
    tally = np.zeros((len(keys), groups), dtype=np.int64)
    np.add.at(tally, (at.ravel(), group), 1)
    return radius, [
        {
            "x": published(radius * np.sqrt(3.0) * (a + b / 2.0)),
            "y": published(radius * 1.5 * b),
            "people": n.tolist(),
        }
        for (a, b), n in zip(keys.tolist(), tally, strict=True)
    ]


def _variance_shown(opinion: OpinionMap) -> float | None:
    """Share of the variance of the imputed votes that lies in the plane of the map.

    Not of ideal points: what the model leaves unexplained has no variance to hold theirs against.
    """
    if opinion.method != "polis" or not opinion.variance:
        return None
    return published(float(opinion.variances.sum()) / opinion.variance)
