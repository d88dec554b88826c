"""Walk the chain, and describe what stands on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db import connection
from django.db.models import Q

from assises.rooms.chain.linking import STEPS, Node
from assises.rooms.chain.models import Link

State = Literal["current", "withdrawn", "hidden"]


@dataclass(frozen=True, slots=True)
class Card:
    """How a thing describes itself: its words, their language, where its page is, and its state.

    Of what was ``withdrawn`` by its author (``gone_on`` that day) or ``hidden`` by moderation no
    words are left, only its place.
    """

    node: Node
    words: str
    tag: str
    direction: str
    short: str
    state: State = "current"
    gone_on: date | None = None


def stone_of(node: Node, short: str, state: State, on: date | None = None) -> Card:
    """What stands on the chain where words were; ``short`` is empty where it has no page."""
    return Card(node, "", "und", "ltr", short, state, on)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A thing one step away, and the link that leads there."""

    card: Card
    link: str
    since: datetime
    until: datetime | None


Describe = Callable[[Sequence[UUID], str], Iterable[Card]]
_DESCRIBERS: dict[str, Describe] = {}


def describes(kind: str) -> Callable[[Describe], Describe]:
    """Register how a room's things describe themselves: ``(ids, language) -> cards``."""

    def register(describe: Describe) -> Describe:
        if kind not in STEPS or kind in _DESCRIBERS:
            raise ValueError(f"{kind} is unknown, or described already")
        _DESCRIBERS[kind] = describe
        return describe

    return register


def cards(nodes: Iterable[Node], language: str) -> dict[Node, Card]:
    """A card for each thing whose room can describe it; at most one query a kind."""
    by_kind: defaultdict[str, set[UUID]] = defaultdict(set)
    for node in nodes:
        by_kind[node.kind].add(node.id)
    return {
        card.node: card
        for kind, ids in by_kind.items()
        if kind in _DESCRIBERS
        for card in _DESCRIBERS[kind](sorted(ids), language)
    }


def neighbours(node: Node, language: str, *, ended: bool = False) -> dict[str, list[Neighbour]]:
    """Everything one step away, both ways, by kind; with ``ended`` also what was once linked."""
    links = Link.objects.filter(
        Q(source=node.id, source_kind=node.kind) | Q(target=node.id, target_kind=node.kind)
    )
    if not ended:
        links = links.filter(until=None)
    across = [(_other(link, node), link) for link in links.order_by("since", "id")]
    described = cards([other for other, _ in across], language)
    found: defaultdict[str, list[Neighbour]] = defaultdict(list)
    for other, link in across:
        if other in described:
            found[other.kind].append(Neighbour(described[other], link.kind, link.since, link.until))
    return dict(found)


def walk(node: Node, *, onward: bool, steps: int = 12) -> list[tuple[int, Node]]:
    """Everything that can be reached in one direction, with how many steps away, in one query.

    ``onward`` follows what grew out of a thing ("where did my sentence go?"); otherwise where it
    came from ("who asked for this?"). A thing reached twice counts by its nearest way.
    """
    return walk_from([node], onward=onward, steps=steps)[node]


def walk_from(
    nodes: Sequence[Node], *, onward: bool, steps: int = 12
) -> dict[Node, list[tuple[int, Node]]]:
    """The walk of each of many things, all in one query."""
    here, there = ("source", "target") if onward else ("target", "source")
    query = f"""
        WITH RECURSIVE reached(origin_kind, origin, kind, id, depth) AS (
            SELECT kind, id, kind, id, 0 FROM unnest(%s::text[], %s::uuid[]) AS asked(kind, id)
            UNION
            SELECT r.origin_kind, r.origin, l.{there}_kind, l.{there}, r.depth + 1
            FROM reached r JOIN chain_link l
              ON l.{here} = r.id AND l.{here}_kind = r.kind AND l.until IS NULL
            WHERE r.depth < %s
        )
        SELECT origin_kind, origin, kind, id, min(depth) FROM reached WHERE depth > 0
        GROUP BY origin_kind, origin, kind, id
        ORDER BY min(depth), kind, id"""  # noqa: S608 - two fixed words
    with connection.cursor() as cursor:
        cursor.execute(query, ([n.kind for n in nodes], [n.id for n in nodes], steps))
        rows = cursor.fetchall()
    found: dict[Node, list[tuple[int, Node]]] = {node: [] for node in nodes}
    for origin_kind, origin, kind, uid, depth in rows:
        start, other = Node(origin_kind, origin), Node(kind, uid)
        if other != start:
            found[start].append((depth, other))
    return found


def _other(link: Link, node: Node) -> Node:
    if (link.source, link.source_kind) == (node.id, node.kind):
        return Node(link.target_kind, link.target)
    return Node(link.source_kind, link.source)
