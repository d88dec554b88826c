"""The newest results of an edition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from assises.fronts.api import reading, shapes
from assises.fronts.api.doors import operation
from assises.fronts.api.wording import FEWEST, ORIGINAL, counts, label, to_the_hour
from assises.lib.errors import NotFound
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.queries import statements_by_number
from assises.rooms.insights import queries
from assises.rooms.insights.models import Snapshot
from assises.rooms.votes.queries import Tally

_TAG = "results"
_LISTS = ("agreed_in_every_group", "divisive")


@operation("GET", "/editions/{edition}/results", "insights.read", shapes.Results, tag=_TAG)
def get_results(request: HttpRequest, *, place: Consultation) -> shapes.Results:  # noqa: ARG001
    """Groups, what every group agrees with, and what divides them, as last computed.

    A count is null where it, or what is left when it is taken from the whole, would speak of fewer
    than ten people.
    """
    snapshot = queries.published(place.id)
    if snapshot is None:
        raise NotFound(
            "there are no results yet",
            next_step="Come back when two people have answered the same two statements.",
        )
    shared, divisive = _standings(snapshot)
    return shapes.Results(
        **label(place),
        bundle=snapshot.id,
        computed_at=to_the_hour(snapshot.computed_at),
        people=snapshot.people,
        votes=snapshot.votes,
        groups=[_group(g) for g in snapshot.groups],
        agreed_in_every_group=shared,
        divisive=divisive,
    )


def _group(row: Mapping[str, Any]) -> shapes.Group:
    enough = row["people"] >= FEWEST
    return shapes.Group(
        letter=row["letter"],
        bundle_letter=row["bundle"],
        people=row["people"] if enough else None,
        people_withheld=None if enough else "fewer-than-10",
    )


def _standings(snapshot: Snapshot) -> list[list[shapes.Standing]]:
    """The two lists, without what moderation has refused since."""
    lists = [snapshot.results[name] for name in _LISTS]
    numbers = {row["statement"] for rows in lists for row in rows}
    put = statements_by_number(snapshot.consultation_id, numbers, ORIGINAL)
    words = reading.texts(p.row.words for p in put.values())
    counted = queries.results(snapshot)
    found: list[list[shapes.Standing]] = []
    for rows in lists:
        shown = [row for row in rows if row["statement"] in put]
        found.append([])
        for row in shown:
            statement = put[row["statement"]].row
            whole = counted[statement.id]
            tally = Tally(whole.agrees, whole.disagrees, whole.passes)
            told, withheld = counts(tally)
            parts = _parts(queries.by_group(whole))
            found[-1].append(
                shapes.Standing(
                    statement=statement.number,
                    id=statement.short,
                    words=words[statement.words],
                    # To all its digits a score would tell the counts that made it.
                    score=None if parts is None else row["score"],
                    counts=told,
                    counts_withheld=withheld,
                    by_group=parts,
                    by_group_withheld="fewer-than-10" if parts is None else None,
                )
            )
    return found


def _parts(tallies: Mapping[str, Tally]) -> list[shapes.GroupCounts] | None:
    """How each group answered; None where a group, or what is outside of all, is too small."""
    if not tallies:
        return None
    return [
        shapes.GroupCounts(
            letter=letter,
            answered=tally.answered,
            agrees=tally.agrees,
            disagrees=tally.disagrees,
            passes=tally.passes,
        )
        for letter, tally in tallies.items()
    ]
