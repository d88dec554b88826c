"""Make and end links, inside the act of whichever room they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from assises.lib.errors import Invalid
from assises.rooms.chain.models import Link

# The line of the house (DESIGN 1): which kind may lead to which, and what the step is called.
STEPS: Final = (
    "contribution",
    "theme",
    "statement",
    "finding",
    "recommendation",
    "strategy",
    "measure",
    "indicator",
    "protocol",
    "commitment",
    "guarantee",
    "system",
    "decision",
)
KINDS: Final = ("inspired", "placed", "supports", "opposes", "replaces", "merged", "split", "maps")


@dataclass(frozen=True, slots=True)
class Node:
    """One thing of the chain."""

    kind: str
    id: UUID


def link(
    pairs: Iterable[tuple[Node, Node]],
    kind: str,
    *,
    consultation: UUID | None,
    event: UUID,
    at: datetime,
) -> None:
    """Link each source to its target; those that are linked already stay as they are.

    Raises:
        Invalid: for a kind of link or of thing that the chain does not know.
    """
    links = []
    for source, target in pairs:
        _check(kind, source, target)
        links.append(
            Link(
                source_kind=source.kind,
                source=source.id,
                target_kind=target.kind,
                target=target.id,
                kind=kind,
                consultation=consultation,
                since=at,
                event=event,
            )
        )
    Link.objects.bulk_create(links, ignore_conflicts=True)


def unlink(source: Node, target: Node, kind: str, *, event: UUID, at: datetime) -> int:
    """End a link: it stays, with the moment and the event that ended it."""
    return Link.objects.filter(
        source_kind=source.kind,
        source=source.id,
        target_kind=target.kind,
        target=target.id,
        kind=kind,
        until=None,
    ).update(until=at, ended_by=event)


def unlink_all(pairs: Iterable[tuple[Node, Node]], kind: str, *, event: UUID, at: datetime) -> int:
    """End many links of one kind at once; how many there were."""
    listed = list(pairs)
    if not listed:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE chain_link SET until = %s, ended_by = %s"
            " FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::uuid[])"
            " AS asked(source_kind, source, target_kind, target)"
            " WHERE chain_link.source = asked.source AND chain_link.target = asked.target"
            " AND chain_link.source_kind = asked.source_kind"
            " AND chain_link.target_kind = asked.target_kind"
            " AND chain_link.kind = %s AND chain_link.until IS NULL",
            (
                at,
                event,
                [source.kind for source, _ in listed],
                [source.id for source, _ in listed],
                [target.kind for _, target in listed],
                [target.id for _, target in listed],
                kind,
            ),
        )
        return int(cursor.rowcount)


def _check(kind: str, source: Node, target: Node) -> None:
    if kind not in KINDS or source.kind not in STEPS or target.kind not in STEPS:
        raise Invalid(
            f"the chain has no link {source.kind} -{kind}-> {target.kind}",
            next_step=f"Kinds of link: {', '.join(KINDS)}.",
        )
    if source == target:
        raise Invalid("a thing cannot lead to itself", next_step="Choose another target.")
