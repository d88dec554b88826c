"""Votes: casts that are only added to, the last that counts, and taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assises.lib.errors import Invalid, NotAllowed, NotFound, NotNow
from assises.rooms.consultations.acts.open import close
from assises.rooms.contributions.acts.moderate import moderate_statement
from assises.rooms.votes.acts.cast import Answer, cast
from assises.rooms.votes.acts.load import Loaded, load
from assises.rooms.votes.acts.withdraw import withdraw
from assises.rooms.votes.models import Cast, Current
from assises.rooms.votes.queries import Tally, current_votes, mine, people, tallies
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements, vote

pytestmark = pytest.mark.usefixtures("db")


def test_agree_is_plus_one_from_the_door_to_the_engine() -> None:
    place = an_edition()
    statements = some_statements(place, 3)
    for _ in range(4):
        vote(place, a_voice(place), {0: 1, 1: -1, 2: 0})
    counted = tallies(place.id, [s.id for s in statements])
    assert counted[statements[0].id] == Tally(4, 0, 0)
    assert counted[statements[1].id] == Tally(0, 4, 0)
    assert counted[statements[2].id] == Tally(0, 0, 4)
    arrays = current_votes(place.id)
    assert arrays.vote[arrays.number == 0].tolist() == [1] * 4
    assert arrays.vote[arrays.number == 1].tolist() == [-1] * 4


def test_the_last_vote_counts_and_every_cast_is_kept() -> None:
    place = an_edition()
    statements = some_statements(place, 1)
    who = a_voice(place)
    for value in (1, -1, 0, 1, -1):
        vote(place, who, {0: value})
    assert mine(place.id, who[1]) == {0: -1}
    assert list(Cast.objects.order_by("id").values_list("vote", flat=True)) == [1, -1, 0, 1, -1]
    assert tallies(place.id, [statements[0].id])[statements[0].id].answered == 1


def test_a_vote_from_before_does_not_undo_a_later_one() -> None:
    place = an_edition()
    some_statements(place, 1)
    actor, voice = a_voice(place)
    cast(actor, place, voice, [Answer(0, 1)], key=key(), at=AT)
    cast(actor, place, voice, [Answer(0, -1)], key=key(), at=AT - timedelta(hours=1))
    assert mine(place.id, voice) == {0: 1}
    assert Cast.objects.count() == 2


def test_a_batch_is_taken_whole_or_not_at_all() -> None:
    place = an_edition()
    statements = some_statements(place, 3)
    who = a_voice(place)
    with pytest.raises(NotFound):
        vote(place, who, {0: 1, 1: 1, 99: 1})
    refuse = {"decision": "refuse", "reason": "Hors sujet"}
    moderate_statement(staff_of(place), place, statements[2].uid, **refuse, key=key(), at=AT)
    with pytest.raises(NotFound):
        vote(place, who, {0: 1, 2: 1})
    assert not Cast.objects.exists()
    assert not Current.objects.exists()


def staff_of(place):
    from assises.rooms.journal.permissions import Role
    from tests.rooms.making import staff

    return staff(Role.MODERATOR, place)


@pytest.mark.parametrize("bad", [2, -2, 7, 10**9])
def test_a_vote_is_one_of_three(bad: int) -> None:
    place = an_edition()
    some_statements(place, 1)
    with pytest.raises(Invalid):
        vote(place, a_voice(place), {0: bad})


def test_an_empty_or_endless_batch_is_refused() -> None:
    place = an_edition()
    actor, voice = a_voice(place)
    for answers in ([], [Answer(i, 1) for i in range(501)]):
        with pytest.raises(Invalid):
            cast(actor, place, voice, answers, key=key(), at=AT)


def test_nobody_votes_in_a_closed_edition_and_everybody_may_leave_it() -> None:
    place = an_edition()
    some_statements(place, 2)
    who = a_voice(place)
    vote(place, who, {0: 1, 1: -1})
    close(BUILDER, place, key=key(), at=AT)
    place.refresh_from_db()
    with pytest.raises(NotNow):
        vote(place, who, {0: -1})
    assert withdraw(who[0], place, who[1], None, key=key(), at=AT) == 2
    assert not Current.objects.exists()


def test_a_voice_of_one_edition_has_none_in_another() -> None:
    here, there = an_edition(), an_edition()
    some_statements(there, 1)
    actor, voice = a_voice(here)
    with pytest.raises(NotAllowed):
        cast(actor, there, voice, [Answer(0, 1)], key=key(), at=AT)


def test_a_withdrawn_vote_leaves_every_count_and_stays_a_cast() -> None:
    place = an_edition()
    statements = some_statements(place, 2)
    who, other = a_voice(place), a_voice(place)
    vote(place, who, {0: 1, 1: 1})
    vote(place, other, {0: 1})
    assert withdraw(who[0], place, who[1], [0], key="w", at=AT) == 1
    assert withdraw(who[0], place, who[1], [0], key="w", at=AT) == 1
    assert tallies(place.id, [statements[0].id])[statements[0].id] == Tally(1, 0, 0)
    assert Cast.objects.filter(vote=None).count() == 1
    assert people(place.id) == 2
    with pytest.raises(NotFound):
        withdraw(who[0], place, who[1], [0], key=key(), at=AT)


def test_a_file_of_votes_is_one_act_and_the_later_row_of_equal_times_counts() -> None:
    place = an_edition("import", opened=False)
    some_statements(place, 2)
    voices = [a_voice(place)[1] for _ in range(2)]
    rows = [
        Loaded(voices[0], 0, 1, AT),
        Loaded(voices[0], 0, -1, AT),
        Loaded(voices[1], 1, 1, AT + timedelta(seconds=5)),
        Loaded(voices[1], 1, 0, AT),
    ]
    assert load(BUILDER, place, rows, key="file", at=AT) == 4
    assert load(BUILDER, place, rows, key="file", at=AT) == 4
    assert Cast.objects.count() == 4
    assert mine(place.id, voices[0]) == {0: -1}
    assert mine(place.id, voices[1]) == {1: 1}


def test_a_file_with_an_unknown_statement_changes_nothing() -> None:
    place = an_edition("import", opened=False)
    some_statements(place, 1)
    _, voice = a_voice(place)
    with pytest.raises(Invalid):
        load(BUILDER, place, [Loaded(voice, 0, 1, AT), Loaded(voice, 9, 1, AT)], key="f", at=AT)
    assert not Cast.objects.exists()
