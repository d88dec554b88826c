"""When one may speak and vote: from the first day of a phase to 24:00 of its last."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from assises.lib.errors import NotNow
from assises.rooms.consultations.acts.schedule import schedule
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import edition_of
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.acts.withdraw import withdraw
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.journal.permissions import Role
from assises.rooms.votes.acts.cast import Answer, cast
from assises.rooms.votes.acts.withdraw import withdraw as withdraw_votes
from assises.rooms.votes.models import Current
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements, staff

pytestmark = pytest.mark.usefixtures("db")
# Casablanca is an hour before UTC in July 2026.
OPENS = datetime(2026, 6, 30, 23, tzinfo=UTC)
CLOSES = datetime(2026, 7, 31, 23, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def place() -> Consultation:
    """Statements, and a month for words and for votes."""
    made = an_edition()
    some_statements(made, 2)
    schedule(BUILDER, made, {"listen": (OPENS, CLOSES), "vote": (OPENS, CLOSES)}, key=key(), at=AT)
    return made


def votes(place: Consultation, who: Any, at: datetime) -> None:
    cast(who[0], place, who[1], [Answer(0, 1)], key=key(), at=at)


def says(place: Consultation, who: Any, at: datetime) -> Any:
    return say(who[0], place, Saying(who[1], "Un mot", "fr"), key=key(), at=at)


def proposes(place: Consultation, who: Any, at: datetime) -> None:
    state(who[0], place, [Stated("Un énoncé", "fr", voice=who[1])], key=key(), at=at)


@pytest.mark.parametrize("act", [votes, says, proposes])
def test_a_phase_opens_on_its_first_day_and_closes_at_midnight_after_its_last(
    place: Consultation, act: Any
) -> None:
    who = a_voice(place)
    with pytest.raises(NotNow, match="opens on 2026-07-01"):
        act(place, who, OPENS - SECOND)
    act(place, who, OPENS)
    act(place, who, CLOSES - SECOND)
    with pytest.raises(NotNow, match=r"closed on 2026-07-31 at 24:00"):
        act(place, who, CLOSES)


def test_each_phase_is_for_what_people_do_in_it(place: Consultation) -> None:
    later = (CLOSES, CLOSES + timedelta(days=9))
    schedule(BUILDER, place, {"listen": (OPENS, CLOSES), "vote": later}, key=key(), at=AT)
    who = a_voice(place)
    says(place, who, OPENS)
    with pytest.raises(NotNow):
        votes(place, who, OPENS)
    votes(place, who, CLOSES)
    for act in (says, proposes):
        with pytest.raises(NotNow):
            act(place, who, CLOSES)


def test_where_no_phase_is_set_nothing_is_held_back() -> None:
    place = an_edition()
    some_statements(place, 1)
    schedule(BUILDER, place, {"follow": (OPENS, CLOSES)}, key=key(), at=AT)
    who = a_voice(place)
    for act in (votes, says, proposes):
        act(place, who, OPENS - timedelta(days=400))


def test_one_takes_back_after_everything_has_closed(place: Consultation) -> None:
    who = a_voice(place)
    votes(place, who, OPENS)
    uid = says(place, who, OPENS)
    withdraw_votes(who[0], place, who[1], [0], key=key(), at=CLOSES + SECOND)
    withdraw(who[0], place, who[1], uid, key=key(), at=CLOSES + SECOND)
    assert not Current.objects.exists()
    assert Contribution.objects.get().withdrawn_on == date(2026, 8, 1)


def test_the_house_adds_statements_before_anyone_may_speak(place: Consultation) -> None:
    state(
        staff(Role.SECRETARIAT, place), place, [Stated("Un énoncé", "fr")], key=key(),
        at=OPENS - timedelta(days=5),
    )  # fmt: skip
    assert Statement.objects.count() == 3


def test_a_page_learns_what_an_act_would_say(place: Consultation) -> None:
    found = edition_of(place.id, "fr")
    assert found.opening("vote", OPENS).is_open
    early, late = found.opening("vote", OPENS - SECOND), found.opening("listen", CLOSES)
    assert (early.state, early.day) == ("early", date(2026, 7, 1))
    assert (late.state, late.day) == ("late", date(2026, 7, 31))
    Consultation.objects.filter(id=place.id).update(state="closed")
    assert edition_of(place.id, "fr").opening("vote", OPENS).state == "shut"
