"""Make and end links, inside the act of whichever room they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

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
KINDS: Final = ("inspired", "supports", "opposes", "replaces", "merged", "split", "maps")


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


def _check(kind: str, source: Node, target: Node) -> None:
    if kind not in KINDS or source.kind not in STEPS or target.kind not in STEPS:
        raise Invalid(
            f"the chain has no link {source.kind} -{kind}-> {target.kind}",
            next_step=f"Kinds of link: {', '.join(KINDS)}.",
        )
    if source == target:
        raise Invalid("a thing cannot lead to itself", next_step="Choose another target.")
