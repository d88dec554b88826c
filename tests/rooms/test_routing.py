"""The statement that is asked next: drawn with a known chance, that is kept and undoes the draw."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from assises.engines.opinion.intervals import wilson_interval
from assises.lib.clock import now
from assises.rooms.contributions.acts.moderate import moderate_statement
from assises.rooms.contributions.acts.retract import retract
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.models import Statement
from assises.rooms.insights import routing
from assises.rooms.insights.computing import compute_now
from assises.rooms.insights.exposure import Corrected, corrected
from assises.rooms.insights.models import Estimate, Snapshot
from assises.rooms.insights.routing import Asking, in_force, next_for, odds, offer_in, signed
from assises.rooms.journal.commitment import payload_digest
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Actor, Role
from assises.rooms.votes.acts.cast import Answer, Offer, cast
from assises.rooms.votes.acts.withdraw import withdraw
from assises.rooms.votes.models import Cast, Current
from assises.rooms.votes.queries import answered, drawn_votes
from tests.rooms.making import BUILDER, a_voice, an_edition, key, some_statements, staff, vote

pytestmark = pytest.mark.usefixtures("db")
Who = tuple[Actor, UUID]
days = itertools.count(1)


def two_camps(place: Any, people: int = 24, numbers: Iterable[int] = range(8)) -> list[Who]:
    """Two camps of one size: they agree on every fourth statement and are split by the others."""
    everyone = [a_voice(place) for _ in range(people)]
    listed = list(numbers)
    for i, who in enumerate(everyone):
        camp = 1 if i % 2 else -1
        vote(place, who, {n: 1 if n % 4 == 0 else camp * (1 if n % 2 else -1) for n in listed})
    return everyone


def world(statements: int = 8) -> Any:
    place = an_edition(moderated=False)
    some_statements(place, statements)
    two_camps(place, numbers=range(statements))
    compute_now(place, at=now())
    return place


def asked(place: Any, who: Who) -> Asking:
    return next_for(place.id, who[1], f"voice:{who[1]}")


def follow(place: Any, who: Who, value: int = 1, at: datetime | None = None) -> Asking:
    """Answer the statement that was drawn, as its page does."""
    found = asked(place, who)
    assert found.number is not None
    answer = Answer(found.number, value, found.offer)
    cast(who[0], place, who[1], [answer], key=key(), at=at or now())
    return found


def frequencies(place: Any, who: Who, holders: int) -> Counter[int | None]:
    return Counter(next_for(place.id, who[1], f"{i}:{uuid4()}").number for i in range(holders))


def assert_as_often_as(counts: Counter[int | None], chances: dict[int, float]) -> None:
    """Within six standard deviations: by chance once in a thousand million runs."""
    total = counts.total()
    assert set(counts) <= set(chances)
    for number, p in chances.items():
        assert abs(counts[number] - total * p) <= 6 * math.sqrt(total * p * (1 - p)) + 1


def test_without_results_every_statement_has_the_same_chance() -> None:
    place = an_edition()
    some_statements(place, 5)
    who = a_voice(place)
    offer = asked(place, who).offer
    assert offer == Offer(0, pytest.approx(1 / 5, abs=1e-9), None)
    assert_as_often_as(frequencies(place, who, 300), dict.fromkeys(range(5), 1 / 5))
    follow(place, who)
    assert asked(place, who).offer == Offer(1, pytest.approx(1 / 4, abs=1e-9), None)


def test_statements_come_as_often_as_is_said() -> None:
    place = world()
    who = a_voice(place)
    vote(place, who, {0: 1, 1: 1, 2: -1})
    Current.objects.filter(voice=who[1]).update(at=now())
    on = in_force(place.id)
    chances = odds(place.id, on, range(8), answered(place.id, who[1])[0])
    assert set(chances) == set(range(3, 8))
    assert sum(chances.values()) == pytest.approx(1, abs=1e-9)
    assert min(chances.values()) >= 0.25 / 5
    # The one on which all agree tells the least of a person, and is asked least.
    assert min(chances, key=chances.__getitem__) == 4
    assert max(chances.values()) > 1.5 * chances[4]
    assert_as_often_as(frequencies(place, who, 400), chances)


def test_the_logged_chance_follows_from_the_log_alone() -> None:
    place = world()
    people = [a_voice(place) for _ in range(3)]
    for turn in range(5):
        for i, who in enumerate(people):
            follow(place, who, (1, -1, 0)[(turn + i) % 3])
        if turn == 2:
            two_camps(place)
            compute_now(place, at=now())
    rested = set()
    for _, voice in people:
        votes: dict[int, int] = {}
        number = dict(Statement.objects.values_list("id", "number"))
        for row in Cast.objects.filter(voice=voice).order_by("id"):
            assert row.offered_step == len(votes)
            chances = odds(place.id, row.offered_on, range(8), votes)
            assert chances[number[row.statement]] == row.offered_chance
            assert sum(chances.values()) == pytest.approx(1, abs=1e-9)
            votes[number[row.statement]] = row.vote
            rested.add(row.offered_on)
    assert len(rested) == 2
    # Nothing of the process is needed for it.
    routing._kept.cache_clear()
    assert odds(place.id, row.offered_on, range(8), {}) != odds(place.id, None, range(8), {})


def test_who_loads_the_page_again_is_asked_the_same_whatever_is_published_meanwhile() -> None:
    place = world(30)
    people = [a_voice(place) for _ in range(8)]
    for who in people:
        follow(place, who)
    before = [asked(place, who) for who in people]
    assert len({found.number for found in before}) > 1
    two_camps(place, numbers=range(5))
    compute_now(place, at=now())
    assert in_force(place.id) != before[0].offer.on
    assert [asked(place, who) for who in people] == before
    for who in people:
        follow(place, who)
        assert asked(place, who).offer.on == in_force(place.id)


def test_what_cannot_be_answered_is_never_asked() -> None:
    place = world(12)
    moderator = staff(Role.MODERATOR, place)
    author = a_voice(place)
    place.moderated = True
    place.save()
    waits = Stated("Attend", "fr", voice=author[1])
    state(author[0], place, [waits], key=key(), at=now())
    assert Statement.objects.get(moderation="waiting").number == 12
    place.moderated = False
    place.save()
    for words in ("Reste", "Part"):
        state(author[0], place, [Stated(words, "fr", voice=author[1])], key=key(), at=now())
    gone = Statement.objects.get(number=14)
    retract(author[0], place, author[1], gone.uid, key=key(), at=now())
    refused = Statement.objects.get(number=3)
    moderate_statement(
        moderator, place, refused.uid, decision="refuse", reason="Hors sujet", key=key(), at=now()
    )
    who, seen = a_voice(place), []
    while asked(place, who).number is not None:
        seen.append(follow(place, who).number)
        assert asked(place, who).left == 12 - len(seen)
    assert sorted(seen) == sorted({*range(12), 13} - {3})
    assert asked(place, who) == Asking(12, 0, None, None)


def test_a_new_statement_is_asked_more_than_the_others_and_none_is_forgotten() -> None:
    place = world(20)
    state(
        BUILDER,
        place,
        [Stated("Neuf", "fr", moderation="accepted", number=20)],
        key=key(),
        at=now(),
    )
    who = a_voice(place)
    chances = odds(place.id, in_force(place.id), range(21), {})
    assert min(chances.values()) >= 0.25 / 21
    assert chances[20] > 0.2 > 2 / 21
    assert_as_often_as(frequencies(place, who, 300), chances)


def test_where_all_left_nothing_is_known_any_more() -> None:
    place = an_edition()
    some_statements(place, 4)
    people = two_camps(place, 12, range(4))
    compute_now(place, at=now())
    who = a_voice(place)
    uneven = odds(place.id, in_force(place.id), range(4), {})
    assert len(set(uneven.values())) > 1
    for actor, voice in people:
        withdraw(actor, place, voice, None, key=key(), at=now())
    compute_now(place, at=now())
    assert not Snapshot.objects.exists()
    assert asked(place, who).offer.chance == pytest.approx(1 / 4, abs=1e-9)
    assert Estimate.objects.count() == 2


def test_an_offer_is_the_houses_and_for_one_person_and_one_statement() -> None:
    place = world()
    offer = Offer(3, 0.1234567890123456, in_force(place.id))
    text = signed(place.id, "voice:a", 5, offer)
    assert offer_in(place.id, ["voice:b", "voice:a"], 5, text) == offer
    none = Offer(0, 1.0, None)
    assert offer_in(place.id, ["x"], 0, signed(place.id, "x", 0, none)) == none
    step, chance, on, mac = text.split(".")
    bent = [
        f"2.{chance}.{on}.{mac}",
        f"{step}.{(1e-9).hex().replace('.', '_')}.{on}.{mac}",
        f"{step}.{chance}.{int(on) + 1}.{mac}",
        f"{step}.{chance}.{on}.{'0' * 64}",
        f"{step}.{chance}.{mac}",
        f"{step}..{chance}.{on}.{mac}",
        "",
        "...",
        "é.é.é.é",
        "\ud800",
        text * 10,
    ]
    for forged in bent:
        assert offer_in(place.id, ["voice:a"], 5, forged) is None, forged
    assert offer_in(place.id, ["voice:a"], 4, text) is None
    assert offer_in(place.id, ["voice:b"], 5, text) is None
    assert offer_in(an_edition().id, ["voice:a"], 5, text) is None


def test_an_offer_counts_at_its_step_alone_and_a_changed_vote_keeps_it() -> None:
    place = world()
    who = a_voice(place)
    found = asked(place, who)
    other = next(n for n in range(8) if n != found.number)
    vote(place, who, {other: 1})
    cast(who[0], place, who[1], [Answer(found.number, 1, found.offer)], key=key(), at=now())
    kept = Cast.objects.order_by("-id")[0]
    assert (kept.offered_step, kept.offered_chance) == (0, found.offer.chance)
    assert not Current.objects.filter(offered_chance__isnull=False).exists()
    drawn = follow(place, who)
    cast(who[0], place, who[1], [Answer(drawn.number, -1)], key=key(), at=now())
    row = Current.objects.get(voice=who[1], offered_chance__isnull=False)
    assert (row.vote, row.offered_step, row.offered_chance) == (-1, 2, drawn.offer.chance)
    withdraw(who[0], place, who[1], [drawn.number], key=key(), at=now())
    assert not Current.objects.filter(offered_chance__isnull=False).exists()
    assert Cast.objects.order_by("-id")[0].offered_chance is None


def test_the_event_commits_to_the_offer() -> None:
    place = world()
    who = a_voice(place)
    found = follow(place, who, -1)
    event = Event.objects.filter(act="votes.cast").order_by("-recorded_at", "-id")[0]
    offer = found.offer
    told = [[found.number, -1, offer.step, repr(offer.chance), offer.on]]
    assert bytes(event.payload) == payload_digest(told)


def by_hand(place: Any, number: int) -> tuple[float, float, float]:
    """Des Raj's mean over the draws of each voice, and Kish's number, in plain arithmetic."""
    statement = Statement.objects.get(consultation=place, number=number).id
    weights, yes, seen = [], 0.0, []
    rows = list(Current.objects.exclude(offered_chance=None).order_by("offered_step"))
    for voice in {row.voice for row in rows}:
        own = [row for row in rows if row.voice == voice]
        for j, row in enumerate(own):
            if row.statement == statement:
                weight = (1 / row.offered_chance + len(own) - 1 - j) / len(own)
                weights.append(weight)
                yes += weight * (row.vote == 1)
                seen.append(row.vote == 1)
    squares = sum(w * w for w in weights)
    return sum(seen) / len(seen), yes / sum(weights), sum(weights) ** 2 / squares


def test_shares_are_corrected_for_what_was_shown_to_whom() -> None:
    place = world()
    people = [a_voice(place) for _ in range(36)]
    for i, who in enumerate(people):
        if i % 5 == 0:
            vote(place, who, {6: 1})
            Current.objects.filter(voice=who[1]).update(at=now())
        for turn in range(3 + i % 3):
            follow(place, who, 1 if (i + turn) % 3 else -1)
    snapshot = compute_now(place, at=now() + timedelta(days=2))
    assert snapshot is not None
    found, told = corrected(snapshot), snapshot.results["exposure"]
    assert told["draws"] == drawn_votes(place.id).number.size > 120
    assert found
    for statement in Statement.objects.filter(consultation=place):
        drawn = Current.objects.filter(statement=statement.id).exclude(offered_chance=None)
        plain, fair, effective = by_hand(place, statement.number)
        assert (statement.id in found) == (drawn.count() >= 10 and effective >= 10)
        if statement.id in found:
            row = told["statements"][str(statement.number)]
            assert row["drawn"] == drawn.count()
            assert np.allclose((row["as_drawn"], row["share"]), (plain, fair), atol=1e-6)
            assert found[statement.id].share == row["share"]
            assert found[statement.id].effective == pytest.approx(effective, abs=1e-6)
            low, high = wilson_interval(fair * effective, effective)
            assert found[statement.id].low == pytest.approx(float(low), abs=1e-6)
            assert found[statement.id].high == pytest.approx(float(high), abs=1e-6)
    # It is no detail: one share at least is another than as it was answered.
    rows = told["statements"].values()
    assert max(abs(row["share"] - row["as_drawn"]) for row in rows) > 0.005


def drawn_by(place: Any, people: int, others: int = 0) -> dict[int, Corrected]:
    """All draws of some more voices, and the first two statements answered by others."""
    for i in range(people):
        who = a_voice(place)
        while asked(place, who).number is not None:
            follow(place, who, 1 if i % 3 else -1)
    for _ in range(others):
        vote(place, a_voice(place), {0: -1, 1: 1})
    snapshot = compute_now(place, at=now() + timedelta(days=2 * next(days)))
    assert snapshot is not None
    assert snapshot.published
    return corrected(snapshot)


def test_a_corrected_share_tells_of_no_few() -> None:
    place = an_edition()
    some_statements(place, 3)
    rows = dict(Statement.objects.filter(consultation=place).values_list("number", "id"))
    assert set(drawn_by(place, 20)) == set(rows.values())
    # Nine found the first two by another way: the counts of all would give their answers away.
    assert set(drawn_by(place, 0, others=9)) == {rows[2]}
    before = drawn_by(place, 0, others=1)
    assert set(before) == set(rows.values())
    # Nine draws more move nothing; where that is all that came, the counts stand still too.
    assert drawn_by(place, 9, others=1) == {rows[n]: before[rows[n]] for n in (0, 1)}
    after = drawn_by(place, 10)
    assert set(after) == set(before)
    assert all(after[uid] != before[uid] for uid in rows.values())
