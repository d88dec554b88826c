"""The computed tables of a bundle: who stands where, and how each statement was answered."""

from __future__ import annotations

import numpy as np

from assises.engines.opinion import OpinionMap, VoteMatrix
from assises.flows.tables import Tables, integers, letter
from assises.formats.bundle.dictionary import Table


def from_opinion(tables: Tables, matrix: VoteMatrix, opinion: OpinionMap) -> Tables:
    """The computed tables."""
    return {
        "positions": _positions(matrix, opinion),
        "statement_results": _statement_results(tables, opinion),
        "group_statements": _group_statements(opinion),
    }


def _positions(matrix: VoteMatrix, opinion: OpinionMap) -> Table:
    values, rows, size = matrix.values, matrix.rows, len(matrix.participants)
    return {
        "participant": opinion.participants,
        "votes": matrix.votes_per_participant.astype(np.int64),
        **{
            name: np.bincount(rows[values == sign], minlength=size).astype(np.int64)
            for name, sign in (("agrees", 1), ("disagrees", -1), ("passes", 0))
        },
        "in_conversation": opinion.in_conversation,
        "x": opinion.positions[:, 0],
        "y": opinion.positions[:, 1],
        **_how_surely(opinion),
        "group": [letter(g) for g in opinion.group.tolist()],
    }


def _how_surely(opinion: OpinionMap) -> Table:
    if opinion.ideal is None:
        return {}
    sd = np.full((len(opinion.participants), 2), np.nan)
    shown = min(2, opinion.ideal.dimensions)
    sd[:, :shown] = opinion.ideal.position_sd[:, :shown]
    sure = opinion.membership
    grouped = opinion.group >= 0
    probability = np.full(len(sure), np.nan)
    probability[grouped] = sure[grouped, opinion.group[grouped]]
    return {
        "x_sd": np.ascontiguousarray(sd[:, 0]),
        "y_sd": np.ascontiguousarray(sd[:, 1]),
        "probability": probability,
        "stability": opinion.stability,
    }


def _statement_results(tables: Tables, opinion: OpinionMap) -> Table:
    votes = tables["votes"]
    at = np.searchsorted(opinion.statements, integers(votes, "statement"))
    vote = integers(votes, "vote")
    size = len(opinion.statements)
    listed = np.zeros(size, dtype=bool)
    listed[opinion.listed] = True
    return {
        "statement": opinion.statements,
        "agrees": opinion.counts[:, 0],
        "disagrees": opinion.counts[:, 1],
        "passes": opinion.counts[:, 2],
        "votes": opinion.counts.sum(axis=1),
        **{
            name: np.bincount(at[vote == sign], minlength=size).astype(np.int64)
            for name, sign in (("casts_agree", 1), ("casts_disagree", -1), ("casts_pass", 0))
        },
        "listed": listed,
        "group_informed_consensus": opinion.group_informed_consensus,
        "divisiveness": opinion.divisiveness,
        "x": opinion.statement_positions[:, 0],
        "y": opinion.statement_positions[:, 1],
        **_of_statements(opinion),
    }


def _of_statements(opinion: OpinionMap) -> Table:
    if opinion.ideal is None:
        return {"priority": opinion.priority}
    table: Table = {
        "bridging": opinion.ideal.statement_intercept,
        "bridging_sd": opinion.ideal.statement_intercept_sd,
        "discrimination": np.sqrt((opinion.ideal.loading**2).sum(axis=1)),
    }
    if opinion.evidence is not None:
        found = opinion.evidence
        table |= {
            "agree_low": np.ascontiguousarray(found.overall.low[0, :, 0]),
            "agree_high": np.ascontiguousarray(found.overall.high[0, :, 0]),
            "guarantee": found.agreed.bound,
            "guarantee_disagree": found.rejected.bound,
            "division": found.division.value,
            "division_low": found.division.low,
            "division_high": found.division.high,
        }
    return table


def _group_statements(opinion: OpinionMap) -> Table:
    groups, size = opinion.group_counts.shape[:2]
    c = opinion.comparison
    counts = opinion.group_counts.reshape(-1, 3)
    return {
        "group": [letter(g) for g in range(groups) for _ in range(size)],
        "statement": np.tile(opinion.statements, groups),
        "agrees": counts[:, 0],
        "disagrees": counts[:, 1],
        "passes": counts[:, 2],
        "votes": counts.sum(axis=1),
        "agree_share": c.pa.ravel(),
        "agree_share_z": c.pat.ravel(),
        "agree_ratio": c.ra.ravel(),
        "agree_ratio_z": c.rat.ravel(),
        "disagree_share": c.pd.ravel(),
        "disagree_share_z": c.pdt.ravel(),
        "disagree_ratio": c.rd.ravel(),
        "disagree_ratio_z": c.rdt.ravel(),
        "significant": c.significant.ravel(),
        **_of_groups(opinion),
    }


def _of_groups(opinion: OpinionMap) -> Table:
    found = opinion.evidence
    if found is None:
        return {}
    table: Table = {}
    for at, side in enumerate(("agree", "disagree")):
        for name, values in (
            ("low", found.shares.low),
            ("high", found.shares.high),
            ("difference", found.tests.difference),
            ("difference_low", found.tests.low),
            ("difference_high", found.tests.high),
            ("q", found.tests.q),
        ):
            table[f"{side}_{name}"] = np.ascontiguousarray(values[:, :, at]).ravel()
    return table
