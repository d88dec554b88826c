"""What is linked to what: dated links that are walked both ways, and never erased."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assises.lib.errors import Invalid
from assises.rooms.chain.linking import Node, link, unlink
from assises.rooms.chain.models import Link
from assises.rooms.chain.queries import cards, describes, neighbours, walk, walk_from
from assises.rooms.contributions.acts.moderate import hide_contribution
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.acts.withdraw import withdraw
from assises.rooms.journal.permissions import Role
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, staff
from tests.rooms.together import at_once

pytestmark = pytest.mark.usefixtures("db")
EVENT = UUID(int=1)
LATER = AT + timedelta(days=1)


def a(kind: str, number: int) -> Node:
    return Node(kind, UUID(int=number))


def linked(*pairs: tuple[Node, Node], kind: str = "inspired") -> None:
    link(pairs, kind, consultation=None, event=EVENT, at=AT)


def line(count: int) -> list[Node]:
    """Statements of which each replaces the one before."""
    nodes = [a("statement", i) for i in range(count)]
    linked(*pairwise(nodes), kind="replaces")
    return nodes


def test_linking_what_is_linked_changes_nothing() -> None:
    pair = (a("contribution", 1), a("statement", 2))
    linked(pair, pair)
    link([pair], "inspired", consultation=None, event=UUID(int=2), at=LATER)
    found = Link.objects.get()
    assert (found.since, found.event, found.until) == (AT, EVENT, None)
    linked(pair, kind="opposes")
    assert Link.objects.count() == 2


def test_a_link_that_ended_stays_and_can_be_made_again() -> None:
    source, target = a("contribution", 1), a("statement", 2)
    linked((source, target))
    assert unlink(source, target, "inspired", event=UUID(int=2), at=LATER) == 1
    assert unlink(source, target, "inspired", event=UUID(int=3), at=LATER) == 0
    assert walk(source, onward=True) == []
    ended = Link.objects.get()
    assert (ended.until, ended.ended_by) == (LATER, UUID(int=2))
    linked((source, target))
    assert Link.objects.count() == 2
    assert walk(source, onward=True) == [(1, target)]


def test_two_who_link_the_same_at_once_make_one_link() -> None:
    pair = (a("contribution", 1), a("statement", 2))
    assert not at_once(lambda _: linked(pair), range(5))
    assert Link.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "source", "target"),
    [
        ("likes", a("contribution", 1), a("statement", 2)),
        ("inspired", a("person", 1), a("statement", 2)),
        ("inspired", a("statement", 1), a("vote", 2)),
        ("merged", a("statement", 1), a("statement", 1)),
    ],
)
def test_what_the_chain_does_not_know_is_refused_and_nothing_is_kept(
    kind: str, source: Node, target: Node
) -> None:
    with pytest.raises(Invalid):
        linked((a("contribution", 8), a("statement", 9)), (source, target), kind=kind)
    assert not Link.objects.exists()


def test_the_same_id_of_two_kinds_is_two_things() -> None:
    linked((a("theme", 1), a("statement", 1)))
    assert walk(a("theme", 1), onward=True) == [(1, a("statement", 1))]
    assert walk(a("statement", 1), onward=True) == []


def test_the_chain_is_walked_both_ways_from_any_of_its_things() -> None:
    said, theme, put, found = (
        a("contribution", 1), a("theme", 2), a("statement", 3), a("finding", 4)
    )  # fmt: skip
    linked((said, theme), (theme, put), (put, found))
    assert walk(said, onward=True) == [(1, theme), (2, put), (3, found)]
    assert walk(found, onward=False) == [(1, put), (2, theme), (3, said)]
    assert walk(put, onward=False, steps=1) == [(1, theme)]


def test_a_thing_reached_twice_counts_once_by_its_nearest_way() -> None:
    source, between, target = a("contribution", 1), a("theme", 2), a("statement", 3)
    linked((source, between), (between, target), (source, target))
    assert walk(source, onward=True) == [(1, target), (1, between)]


def test_a_circle_is_walked_once_around() -> None:
    nodes = line(4)
    linked((nodes[3], nodes[0]), kind="replaces")
    for onward in (True, False):
        assert [depth for depth, _ in walk(nodes[0], onward=onward)] == [1, 2, 3]
    assert nodes[0] not in {node for _, node in walk(nodes[0], onward=True)}


def test_a_walk_goes_as_far_as_it_is_told() -> None:
    nodes = line(30)
    assert walk(nodes[0], onward=True)[-1] == (12, nodes[12])
    assert walk(nodes[0], onward=True, steps=40)[-1] == (29, nodes[29])


def test_ten_thousand_links_are_one_query_and_come_to_an_end() -> None:
    """Ten floors of a hundred things, each linked to ten of the next and back to the first."""
    floors = [[a("statement", 1_000 * f + i) for i in range(100)] for f in range(11)]
    linked(
        *(
            (floors[f][i], floors[f + 1][(i * 7 + j * 13) % 100])
            for f in range(10)
            for i in range(100)
            for j in range(10)
        ),
        *((floors[10][i], floors[0][i]) for i in range(100)),
        kind="split",
    )
    assert Link.objects.count() == 10_100
    with CaptureQueriesContext(connection) as queries:
        reached = walk(floors[0][0], onward=True)
    assert len(queries) == 1
    assert len(reached) == len({node for _, node in reached})
    assert sum(depth == 1 for depth, _ in reached) == 10
    assert sum(depth == 5 for depth, _ in reached) == 100


def test_neighbours_are_told_in_the_words_of_their_room() -> None:
    said, put = _in_an_edition()
    near = neighbours(put, "fr")
    (one,) = near["contribution"]
    assert (one.card.words, one.link, one.until) == ("Un dispensaire au village", "inspired", None)
    assert (one.card.tag, one.card.direction) == ("fr", "ltr")
    assert [n.card.node for n in neighbours(said, "ar")["statement"]] == [put]
    assert list(near) == ["contribution"]
    # What no room can describe stands on the chain and on no page.
    linked((put, Node("finding", uuid4())))
    assert list(neighbours(put, "fr")) == ["contribution"]


def test_what_once_was_linked_is_told_to_who_asks() -> None:
    said, put = _in_an_edition()
    unlink(said, put, "inspired", event=EVENT, at=LATER)
    assert neighbours(said, "fr") == {}
    (ended,) = neighbours(said, "fr", ended=True)["statement"]
    assert ended.until == LATER


def test_the_walks_of_many_things_are_one_question() -> None:
    nodes = [a("theme", i) for i in range(6)]
    linked(*pairwise(nodes), kind="split")
    with CaptureQueriesContext(connection) as queries:
        found = walk_from(nodes, onward=True)
    assert len(queries) == 1
    assert found == {node: walk(node, onward=True) for node in nodes}
    assert walk_from([], onward=True) == {}


@pytest.mark.parametrize("how", ["hidden", "withdrawn"])
def test_what_is_hidden_or_withdrawn_keeps_its_place_and_shows_no_words(how: str) -> None:
    said, put = _in_an_edition(how)
    (one,) = neighbours(put, "fr")["contribution"]
    assert (one.card.words, one.card.state) == ("", how)
    assert cards([said], "fr") == {said: one.card}
    assert walk(put, onward=False) == [(1, said)]


def test_each_kind_is_described_by_one_room() -> None:
    for kind in ("statement", "person"):
        with pytest.raises(ValueError, match="described already"):
            describes(kind)(lambda _ids, _language: [])


def _in_an_edition(then: str = "") -> tuple[Node, Node]:
    """A contribution and a statement that it inspired."""
    place = an_edition()
    who, voice = a_voice(place)
    saying = Saying(voice, "Un dispensaire au village", "fr")
    said = say(who, place, saying, key=key(), at=AT)
    stated = Stated("Il faut un dispensaire", "fr", inspired_by=[said, said], moderation="accepted")
    (put,) = state(BUILDER, place, [stated], key=key(), at=AT)
    if then == "withdrawn":
        withdraw(who, place, voice, said, key=key(), at=AT)
    if then == "hidden":
        hide_contribution(
            staff(Role.MODERATOR, place), place, said,
            decision="refuse", reason="Un nom", key=key(), at=AT,
        )  # fmt: skip
    return Node("contribution", said), Node("statement", put)
