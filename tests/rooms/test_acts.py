"""What every act promises, whichever room it is of."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections

from assises.lib.canonical import canonical_json
from assises.lib.clock import instant
from assises.lib.errors import Conflict, Invalid, NotAllowed
from assises.rooms.journal import acting as acting_module
from assises.rooms.journal.acting import acting, on
from assises.rooms.journal.commitment import opening_of
from assises.rooms.journal.models import Event, Payload, Subject
from assises.rooms.journal.permissions import VISITOR, Actor, Grant, Role
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements, staff, vote

pytestmark = pytest.mark.usefixtures("db")
PARTS = (b"event", b"who", b"asked")


def test_an_act_leaves_one_event_that_its_salt_opens() -> None:
    place = an_edition(opened=False)
    event = Event.objects.get()
    words = Payload.objects.get(event=event)
    salts = {part: hashlib.sha256(bytes(event.salt) + part).digest() for part in PARTS}
    who = {
        "actor": "system:test",
        "id": str(event.id),
        "occurred_at": instant(event.occurred_at),
        "recorded_at": instant(event.recorded_at),
        "subjects": [],
    }
    asked = hashlib.sha256(canonical_json(words.body)).digest()
    body = {
        "act": "consultations.create",
        "asked": hashlib.sha256(salts[b"asked"] + asked).hexdigest(),
        "by": "system",
        "hour": instant(event.recorded_at.replace(minute=0, second=0, microsecond=0)),
        "stream": f"consultation:{place.id}",
        "subjects": [f"consultation:{place.short}"],
        "version": 1,
        "who": hashlib.sha256(salts[b"who"] + canonical_json(who)).hexdigest(),
    }
    opened = hashlib.sha256(salts[b"event"] + canonical_json(body)).digest()
    assert opened == bytes(event.commitment)
    assert event.log == "simulation"
    assert event.leaf is None
    assert event.sequence is None
    assert Subject.objects.get().object == str(place.id)


def test_what_opens_an_act_tells_neither_who_nor_at_which_second() -> None:
    place = an_edition(opened=False)
    who = staff(Role.ADMINISTRATOR)
    someone = f"account:{'ab' * 12}"
    with acting("people.grant", who, place=place, key=key(), at=AT, subjects=[someone]) as writing:
        pass
    event = Event.objects.get(id=writing.event)
    opening = opening_of(
        salt=bytes(event.salt),
        uid=event.id,
        stream=event.stream,
        act=event.act,
        actor=event.actor,
        subjects=event.subjects,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        payload=bytes(event.payload),
    )
    told = json.dumps([opening.event, opening.salt.hex(), opening.asked_salt.hex()])
    for closed in (who.pseudonym, someone, str(event.id), bytes(event.salt).hex()):
        assert closed not in told
    assert opening.event["by"] == "account"
    assert opening.event["subjects"] == []
    assert opening.event["hour"].endswith(":00:00.000000Z")


def test_the_same_key_answers_the_same_and_does_nothing_more() -> None:
    place = an_edition()
    some_statements(place)
    who = a_voice(place)
    from assises.rooms.votes.acts.cast import Answer, cast
    from assises.rooms.votes.models import Cast

    for _ in range(3):
        assert cast(who[0], place, who[1], [Answer(0, 1)], key="again", at=AT) == 1
    assert Cast.objects.count() == 1
    assert Event.objects.filter(act="votes.cast").count() == 1


def test_the_same_key_for_something_else_is_a_conflict() -> None:
    place = an_edition()
    some_statements(place)
    who = a_voice(place)
    from assises.rooms.votes.acts.cast import Answer, cast

    cast(who[0], place, who[1], [Answer(0, 1)], key="once", at=AT)
    with pytest.raises(Conflict):
        cast(who[0], place, who[1], [Answer(0, -1)], key="once", at=AT)


def test_another_actor_may_use_the_same_key() -> None:
    place = an_edition()
    some_statements(place)
    from assises.rooms.votes.acts.cast import Answer, cast

    for _ in range(2):
        actor, voice = a_voice(place)
        cast(actor, place, voice, [Answer(0, 1)], key="mine", at=AT)
    assert Event.objects.filter(act="votes.cast").count() == 2


def test_two_at_once_with_one_key_do_it_once() -> None:
    place = an_edition()
    some_statements(place)
    actor, voice = a_voice(place)
    from assises.rooms.votes.acts.cast import Answer, cast
    from assises.rooms.votes.models import Cast

    barrier, seen = threading.Barrier(8), []

    def one() -> None:
        barrier.wait()
        seen.append(cast(actor, place, voice, [Answer(0, 1), Answer(1, -1)], key="race", at=AT))
        connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [2] * 8
    assert Cast.objects.count() == 2


@pytest.mark.parametrize("bad", ["", "x" * 81, "é", "a\nb", "a\x00"])
def test_a_key_that_cannot_be_kept_is_refused(bad: str) -> None:
    place = an_edition(opened=False)
    with (
        pytest.raises(Invalid),
        acting("consultations.open", BUILDER, place=place, key=bad, at=AT),
    ):
        pass


def test_what_the_table_does_not_say_is_refused() -> None:
    place = an_edition(opened=False)
    before = Event.objects.count()
    for actor in (VISITOR, staff(Role.MODERATOR, place), Actor("nobody")):
        with (
            pytest.raises(NotAllowed),
            acting("consultations.open", actor, place=place, key=key(), at=AT),
        ):
            pass
    with (
        pytest.raises(NotAllowed),
        acting("not.declared", BUILDER, place=place, key=key(), at=AT),
    ):
        pass
    assert Event.objects.count() == before


def test_a_role_in_one_edition_is_nothing_in_another() -> None:
    here, there = an_edition(opened=False), an_edition(opened=False)
    keeper = staff(Role.SECRETARIAT, here)
    assert keeper.may("consultations.open", here.id)
    assert not keeper.may("consultations.open", there.id)
    assert not keeper.may("consultations.open", None)
    assert not keeper.may("consultations.create", None)
    everywhere = Actor("a", frozenset({Grant(Role.SECRETARIAT)}))
    assert everywhere.may("consultations.open", there.id)


def test_an_error_in_the_middle_leaves_nothing() -> None:
    place = an_edition(opened=False)
    before = Event.objects.count()
    with (
        pytest.raises(RuntimeError),
        acting("consultations.open", BUILDER, place=place, key=key(), at=AT),
    ):
        raise RuntimeError("the power went")
    assert Event.objects.count() == before


@contextmanager
def listening(act: str, listener: object) -> Iterator[None]:
    on(act)(listener)  # type: ignore[arg-type]
    try:
        yield
    finally:
        acting_module._LISTENERS[act].pop()


def test_a_listener_that_fails_takes_the_act_with_it() -> None:
    place = an_edition()
    some_statements(place)
    who = a_voice(place)
    from assises.rooms.votes.models import Cast

    def fails(_writing: object) -> None:
        raise RuntimeError("no")

    with listening("votes.cast", fails), pytest.raises(RuntimeError):
        vote(place, who, {0: 1})
    assert not Cast.objects.exists()


def test_the_journal_can_only_be_added_to() -> None:
    an_edition()
    for alias in ("default", "accounts"):
        for statement in (
            "UPDATE journal_event SET act = 'x'",
            "DELETE FROM journal_event",
            "UPDATE journal_event SET leaf = 0, sequence = 0",
            "DELETE FROM journal_payload",
        ):
            with (
                pytest.raises(Exception, match="permission denied"),
                connections[alias].cursor() as cursor,
            ):
                cursor.execute(statement)


def test_casts_can_only_be_added_to() -> None:
    for statement in ("UPDATE votes_cast SET vote = 1", "DELETE FROM votes_cast"):
        with (
            pytest.raises(Exception, match="permission denied"),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)


def test_commits_wait_for_the_disk() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


def test_the_permission_table_is_the_one_in_git() -> None:
    import os
    from pathlib import Path

    from assises.rooms.journal.permissions import table

    file = Path(__file__).parents[2] / "docs" / "permissions.json"
    text = json.dumps(table(), indent=1, sort_keys=True) + "\n"
    if os.environ.get("ASSISES_ACCEPT"):
        file.write_text(text, "utf-8")
    assert file.read_text("utf-8") == text
