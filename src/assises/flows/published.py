"""Where our figures differ from those the export publishes, line by line, and why."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import OpinionMap, VoteMatrix
from assises.engines.opinion.matching import adjusted_rand_index
from assises.engines.opinion.nearest import nearest
from assises.flows.tables import SUMMARY, Tables, facts_of, integers, letter
from assises.formats.bundle import MISSING
from assises.lib.canonical import published

Int64 = npt.NDArray[np.int64]

SAME_POSITIONS: Final = 0.9
"""One-step agreement from which the published groups follow from these votes."""


def differences(tables: Tables, matrix: VoteMatrix, opinion: OpinionMap) -> dict[str, Any]:
    """Lines of (what, published, ours, equal, why), and how the two partitions overlap.

    ``why`` is a code; the report has the words. Nothing here is a verdict on either side.
    """
    facts = facts_of(tables)
    lines: list[dict[str, Any]] = []

    def line(what: str, theirs: int | None, ours: int | None, why: str | None) -> None:
        if theirs is not None and ours is not None:
            equal = theirs == ours
            lines.append(
                {
                    "what": what,
                    "published": theirs,
                    "ours": ours,
                    "equal": equal,
                    "why": None if equal else why,
                }
            )

    voters = len(matrix.participants)
    inside = int(opinion.in_conversation.sum())
    claimed = _number(facts, "voters-in-conv")
    line("voters", _number(facts, "voters"), voters, "counted_otherwise")
    line(
        "voters_in_conversation",
        claimed,
        inside,
        "all_voters_written" if claimed == voters else "not_known",
    )
    line("authors", _number(facts, "commenters"), int(facts["authors"]), "counted_otherwise")
    line(
        "statements",
        _number(facts, "comments"),
        # The server counts the statements that someone voted on.
        len(matrix.statements),
        "counted_otherwise",
    )
    line("groups", _number(facts, "groups"), len(opinion.centres), "no_fixed_start")
    _of_statements(tables, line)
    _of_cells(facts, line)
    partition = _partition(tables, opinion)
    if partition is not None:
        line(
            "people_in_groups",
            partition["people_published"],
            int((opinion.group >= 0).sum()),
            "not_known",
        )
    return {"lines": lines, "partition": partition}


def _of_statements(tables: Tables, line: Any) -> None:
    statements, votes = tables["statements"], tables["votes"]
    ids = integers(statements, "statement")
    agrees = integers(statements, "published_agrees")
    known = agrees != MISSING
    if not known.any():
        return
    order = np.searchsorted(ids, integers(votes, "statement"))
    vote = integers(votes, "vote")

    def tally(of: npt.NDArray[np.bool_]) -> Int64:
        return np.bincount(order[of], minlength=len(ids)).astype(np.int64)

    disagrees = integers(statements, "published_disagrees")
    all_casts = (agrees == tally(vote > 0)) & (disagrees == tally(vote < 0))
    line("counts_over_all_casts", int(known.sum()), int((all_casts & known).sum()), "other_moment")


def _of_cells(facts: dict[str, str], line: Any) -> None:
    cells = int(facts["published_cells"])
    if cells:
        line("cells", cells, cells - int(facts["published_cells_unequal"]), "other_moment")


def _partition(tables: Tables, opinion: OpinionMap) -> dict[str, Any] | None:
    table = tables["participants"]
    group = integers(table, "published_group")
    named = group != MISSING
    if not named.any():
        return None
    ids = integers(table, "participant")[named]
    at = np.searchsorted(opinion.participants, ids)
    at = np.minimum(at, len(opinion.participants) - 1)
    voted = opinion.participants[at] == ids
    theirs_of = np.full(len(opinion.participants), -1, dtype=np.int64)
    theirs_of[at[voted]] = group[named][voted]
    placed = theirs_of >= 0
    numbers = np.unique(theirs_of[placed])
    if not len(numbers):
        return None
    centres = np.stack([opinion.positions[theirs_of == g].mean(axis=0) for g in numbers])
    again = numbers[nearest(opinion.positions, centres)]
    follow = int((again == theirs_of)[placed].sum())
    both = placed & (opinion.group >= 0)
    ours = opinion.group[both]
    theirs = np.searchsorted(numbers, theirs_of[both])
    table_of = np.zeros((len(numbers), len(opinion.centres)), dtype=np.int64)
    np.add.at(table_of, (theirs, ours), 1)
    share = follow / int(placed.sum())
    return {
        "people_published": int(named.sum()),
        "people_compared": int(both.sum()),
        "published_groups": [int(n) for n in numbers],
        "our_groups": [letter(g) for g in range(len(opinion.centres))],
        "overlap": table_of.tolist(),
        "rand_index": None if not both.any() else published(adjusted_rand_index(table_of)),
        "follow": follow,
        "placed": int(placed.sum()),
        "follow_share": published(share),
        "why": _why(share, len(numbers), len(opinion.centres), table_of),
    }


def _why(share: float, theirs: int, ours: int, overlap: Int64) -> str:
    if share < SAME_POSITIONS:
        return "does_not_follow"
    if theirs == ours and int(overlap.max(axis=1).sum()) == int(overlap.sum()):
        return "same"
    return "other_number" if theirs != ours else "other_start"


def _number(facts: dict[str, str], key: str) -> int | None:
    text = facts.get(f"{SUMMARY}{key}", "").strip()
    return int(text) if text.isascii() and text.isdecimal() else None
