"""Withdrawal wins: what is taken back leaves a stone, every count, and nothing of its words."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from assises.lib.errors import NotAllowed, NotFound
from assises.rooms.chain.acts.link import link
from assises.rooms.chain.linking import Node
from assises.rooms.chain.queries import cards, neighbours, walk
from assises.rooms.consultations.acts.open import close
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.moderate import hide_contribution, moderate_statement
from assises.rooms.contributions.acts.retract import retract
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.acts.translate import translate_statement
from assises.rooms.contributions.acts.withdraw import withdraw
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.contributions.queries import (
    contributions_by_id,
    counts_by_vertical,
    proposed_by,
    statements,
    statements_by_number,
    stone,
)
from assises.rooms.insights.computing import compute_now
from assises.rooms.insights.models import Stale
from assises.rooms.journal.models import Payload
from assises.rooms.journal.permissions import Actor, Role
from assises.rooms.notices.queries import told_to_voice
from assises.rooms.people.acts.depart import depart
from assises.rooms.people.acts.describe import describe
from assises.rooms.people.acts.enter import Portrait
from assises.rooms.people.models import Voice
from assises.rooms.search.queries import find
from assises.rooms.texts.models import Version
from assises.rooms.votes.acts.withdraw import withdraw as withdraw_votes
from assises.rooms.votes.models import Cast, Current
from assises.rooms.votes.queries import counted, current_votes, heard
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements, staff, vote

pytestmark = pytest.mark.usefixtures("db")
LATER = AT + timedelta(days=8)
WORDS = "Chaque dispensaire a une ambulance"
Who = tuple[Actor, UUID]


@pytest.fixture
def place() -> Consultation:
    return an_edition(moderated=False)


def proposed(place: Consultation, who: Who, words: str = WORDS, shown: str | None = None) -> UUID:
    stated = Stated(words, "fr", voice=who[1], shown=shown)
    return state(who[0], place, [stated], key=key(), at=AT)[0]


def taken_back(place: Consultation, who: Who, uid: UUID) -> None:
    retract(who[0], place, who[1], uid, key=key(), at=LATER)


def decided(place: Consultation, uid: UUID, decision: str, reason: str = "Un nom") -> None:
    moderate_statement(
        staff(Role.MODERATOR, place), place, uid,
        decision=decision, reason=reason, key=key(), at=AT,
    )  # fmt: skip


# --- A proposed statement ------------------------------------------------------------------------


def test_a_proposed_statement_is_taken_back_with_all_its_words(place: Consultation) -> None:
    who = a_voice(place)
    uid = proposed(place, who)
    translate_statement(
        staff(Role.RAPPORTEUR, place), place, uid, {"ar": "سيارة إسعاف"}, key=key(), at=AT
    )
    assert find("ambulance")
    taken_back(place, who, uid)
    row = Statement.objects.get(uid=uid)
    assert (row.moderation, row.withdrawn_on) == ("withdrawn", date(2026, 3, 10))
    versions = Version.objects.filter(text=row.words)
    assert {(v.words, v.shown, v.state) for v in versions} == {("", "", "withdrawn")}
    assert statements(place.id, "fr") == []
    assert proposed_by(who[1], "fr") == []
    assert statements_by_number(place.id, [row.number], "fr") == {}
    assert counts_by_vertical(place.id) == {}
    assert not find("ambulance")
    found = stone(row.short)
    assert found is not None
    assert found.uid == uid


def test_no_word_of_a_proposed_statement_stands_in_the_journal(place: Consultation) -> None:
    uid = proposed(place, a_voice(place))
    translate_statement(
        staff(Role.RAPPORTEUR, place), place, uid, {"ar": "سيارة إسعاف"}, key=key(), at=AT
    )
    kept = [str(p.body) for p in Payload.objects.exclude(body=None)]
    assert not [body for body in kept if "ambulance" in body or "إسعاف" in body]


def test_the_answers_to_what_was_taken_back_leave_every_count(place: Consultation) -> None:
    some_statements(place, 3)
    who = a_voice(place)
    uid = proposed(place, who)
    number = Statement.objects.get(uid=uid).number
    others = [a_voice(place) for _ in range(4)]
    for other in others:
        vote(place, other, {0: 1, 1: -1, number: 1})
    compute_now(place, at=AT)
    Stale.objects.all().delete()
    taken_back(place, who, uid)
    assert counted(place.id) == 8
    assert number not in current_votes(place.id).number
    # What was cast is never erased: each is followed by a cast of nothing.
    last = list(Cast.objects.order_by("id").values_list("vote", flat=True))[-4:]
    assert (last, Cast.objects.count()) == ([None] * 4, 16)
    assert Stale.objects.filter(consultation=place).exists()
    snapshot = compute_now(place, at=LATER)
    assert snapshot is not None
    assert (snapshot.people, snapshot.votes) == (4, 8)
    with pytest.raises(NotFound):
        vote(place, others[0], {number: 1})


def test_nobody_takes_back_the_statement_of_another(place: Consultation) -> None:
    me, other = a_voice(place), a_voice(place)
    uid = proposed(place, other)
    with pytest.raises(NotAllowed):
        retract(me[0], place, other[1], uid, key=key(), at=AT)
    with pytest.raises(NotFound):
        taken_back(place, me, uid)
    (seed,) = state(BUILDER, place, [Stated("De la maison", "fr")], key=key(), at=AT)
    with pytest.raises(NotFound):
        taken_back(place, me, seed)
    assert not Statement.objects.filter(moderation="withdrawn").exists()


def test_what_was_taken_back_is_nobodys_to_decide_or_translate(place: Consultation) -> None:
    who = a_voice(place)
    uid = proposed(place, who)
    close(BUILDER, place, key=key(), at=AT)
    for _ in range(2):
        taken_back(place, who, uid)
    for decision in ("accept", "refuse"):
        with pytest.raises(NotFound):
            decided(place, uid, decision)
    with pytest.raises(NotFound):
        translate_statement(
            staff(Role.RAPPORTEUR, place), place, uid, {"ar": "عبارة"}, key=key(), at=AT
        )
    assert Statement.objects.get().moderation == "withdrawn"


def test_a_masked_statement_is_shown_and_found_without_what_is_covered(place: Consultation) -> None:
    who = a_voice(place)
    uid = proposed(place, who, "Appelez le 0612345678", "Appelez le ▮▮▮")
    assert statements(place.id, "fr")[0].words.words == "Appelez le ▮▮▮"
    assert not find("0612345678")
    decided(place, uid, "accept")
    assert not find("0612345678")
    assert find("appelez")


# --- What leaned on it ---------------------------------------------------------------------------


def test_the_chain_shows_a_stone_where_something_was_taken_back_or_hidden(
    place: Consultation,
) -> None:
    one, two, three = (a_voice(place) for _ in range(3))
    said = [
        say(who[0], place, Saying(who[1], f"Mot {i}", "fr"), key=key(), at=AT)
        for i, who in enumerate((one, two, three))
    ]
    stated = Stated("Un énoncé", "fr", inspired_by=said, moderation="accepted")
    (put,) = state(BUILDER, place, [stated], key=key(), at=AT)
    withdraw(one[0], place, one[1], said[0], key=key(), at=LATER)
    hide_contribution(
        staff(Role.MODERATOR, place), place, said[1],
        decision="refuse", reason="Un nom", key=key(), at=AT,
    )  # fmt: skip
    node = Node("statement", put)
    near = {n.card.node.id: n.card for n in neighbours(node, "fr")["contribution"]}
    assert {uid: near[uid].state for uid in said} == dict(
        zip(said, ("withdrawn", "hidden", "current"), strict=True)
    )
    assert {other.id for _, other in walk(node, onward=False)} == set(near)
    gone, hidden = near[said[0]], near[said[1]]
    assert (gone.words, gone.gone_on) == ("", date(2026, 3, 10))
    assert gone.short == Contribution.objects.get(id=said[0]).short
    assert (hidden.words, hidden.short) == ("", "")
    assert set(contributions_by_id(said, "fr")) == {said[2]}


def test_a_contribution_leads_to_the_stone_of_a_statement(place: Consultation) -> None:
    who = a_voice(place)
    said = say(who[0], place, Saying(who[1], "Un mot", "fr"), key=key(), at=AT)
    uid = proposed(place, who)
    here, there = Node("contribution", said), Node("statement", uid)
    link(staff(Role.RAPPORTEUR, place), place, here, there, "inspired", key=key(), at=AT)
    taken_back(place, who, uid)
    card = cards([there], "fr")[there]
    assert (card.state, card.words, card.gone_on) == ("withdrawn", "", date(2026, 3, 10))


def test_a_stone_keeps_its_first_day(place: Consultation) -> None:
    who = a_voice(place)
    said = say(who[0], place, Saying(who[1], "Un mot", "fr"), key=key(), at=AT)
    for at in (AT, LATER):
        withdraw(who[0], place, who[1], said, key=key(), at=at)
    row = Contribution.objects.get()
    assert (row.said_on, row.withdrawn_on) == (date(2026, 3, 2), date(2026, 3, 2))


# --- Who has spoken ------------------------------------------------------------------------------


def test_a_voice_is_heard_while_something_of_it_stands(place: Consultation) -> None:
    some_statements(place, 1)
    silent, voter, sayer, proposer = (a_voice(place) for _ in range(4))
    vote(place, voter, {0: 1})
    said = say(sayer[0], place, Saying(sayer[1], "Un mot", "fr"), key=key(), at=AT)
    put = proposed(place, proposer)
    describe(voter[0], place, voter[1], Portrait("citizen", "MA-06", "rural"), key=key(), at=AT)
    describe(silent[0], place, silent[1], Portrait("academia"), key=key(), at=AT)
    found = heard(place.id)
    assert (found.voices, found.colleges) == (3, {"citizen": 1})
    assert (found.regions, found.areas) == ({"MA-06": 1}, {"rural": 1})
    withdraw_votes(voter[0], place, voter[1], None, key=key(), at=AT)
    withdraw(sayer[0], place, sayer[1], said, key=key(), at=AT)
    taken_back(place, proposer, put)
    assert heard(place.id).voices == 0
    vote(place, voter, {0: -1})
    assert heard(place.id).voices == 1


def test_who_leaves_takes_the_portrait_along_and_the_day_stays(place: Consultation) -> None:
    who, other = a_voice(place), a_voice(place)
    describe(who[0], place, who[1], Portrait("citizen", "MA-06", "rural"), key=key(), at=AT)
    with pytest.raises(NotAllowed):
        depart(other[0], place, who[1], key=key(), at=AT)
    depart(who[0], place, who[1], key=key(), at=LATER)
    row = Voice.objects.get(id=who[1])
    assert (row.college, row.region, row.area) == ("", "", "")
    assert row.withdrawn_on == date(2026, 3, 10)


def test_a_vote_that_came_as_its_statement_went_is_not_counted(place: Consultation) -> None:
    who, other = a_voice(place), a_voice(place)
    uid = proposed(place, who)
    row = Statement.objects.get(uid=uid)
    taken_back(place, who, uid)
    Current.objects.create(
        consultation=place.id, voice=other[1], statement=row.id, vote=1, at=AT
    )  # on its way while the other was committed
    assert counted(place.id) == 0
    assert len(current_votes(place.id).vote) == 0
    assert heard(place.id).voices == 0


# --- Telling its author --------------------------------------------------------------------------


def test_a_voice_is_told_what_was_decided_about_its_words() -> None:
    place = an_edition()
    who = a_voice(place)
    uid = proposed(place, who)
    decided(place, uid, "refuse", "Elle nomme {quelqu’un}")
    decided(place, uid, "refuse", "Elle nomme {quelqu’un}")
    decided(place, uid, "accept", "")
    accepted, refused = told_to_voice(who[1], "en")
    assert "Elle nomme {quelqu’un}" in refused.words
    assert refused.address == ""
    assert accepted.address == f"/en/statements/{Statement.objects.get().short}"


def test_a_voice_is_told_when_what_it_said_is_hidden_and_shown_again(place: Consultation) -> None:
    who, other = a_voice(place), a_voice(place)
    said = say(who[0], place, Saying(who[1], "Un mot", "fr"), key=key(), at=AT)
    for decision, reason in (("accept", ""), ("refuse", "Hors sujet"), ("accept", "")):
        hide_contribution(
            staff(Role.MODERATOR, place), place, said,
            decision=decision, reason=reason, key=key(), at=AT,
        )  # fmt: skip
    shown, hidden = told_to_voice(who[1], "fr")
    assert "Hors sujet" in hidden.words
    assert shown.address.startswith("/fr/contributions/")
    assert told_to_voice(other[1], "fr") == []


def test_nobody_is_told_of_a_statement_of_the_house(place: Consultation) -> None:
    (uid,) = state(BUILDER, place, [Stated("De la maison", "fr")], key=key(), at=AT)
    decided(place, uid, "refuse")
    assert Statement.objects.get().moderation == "refused"
