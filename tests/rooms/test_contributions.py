"""What is said and stated: by whom, where, what is shown of it, and taking it back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from assises.lib.errors import Conflict, Invalid, NotAllowed, NotFound, NotNow
from assises.rooms.chain.linking import Node
from assises.rooms.chain.queries import walk
from assises.rooms.consultations.acts.open import close
from assises.rooms.consultations.models import Consultation, Vertical
from assises.rooms.contributions.acts.moderate import hide_contribution, moderate_statement
from assises.rooms.contributions.acts.say import LONGEST, Saying, say, say_many
from assises.rooms.contributions.acts.state import LONGEST as LONGEST_STATEMENT
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.acts.withdraw import withdraw
from assises.rooms.contributions.masked import show_masked
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.contributions.queries import (
    contribution,
    contributions,
    contributions_of,
    counts_by_vertical,
    proposed_by,
    statement,
    statements,
    statements_by_number,
)
from assises.rooms.journal.models import Event, Payload
from assises.rooms.journal.permissions import Actor, Grant, Role
from assises.rooms.people.acts.describe import describe
from assises.rooms.people.acts.enter import Portrait, enter
from assises.rooms.people.models import Voice
from assises.rooms.texts.models import Text, Version
from assises.rooms.texts.queries import in_every_language, original
from assises.rooms.votes.acts.cast import Answer, cast
from assises.rooms.votes.acts.load import Loaded, load
from assises.rooms.votes.acts.withdraw import withdraw as withdraw_votes
from assises.rooms.votes.models import Cast, Current
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements, staff, vote
from tests.rooms.together import at_once

pytestmark = pytest.mark.usefixtures("db")
WORDS = "Un dispensaire au village"


@pytest.fixture
def place() -> Consultation:
    return an_edition()


def said_by(place: Consultation, who: tuple[Actor, UUID], words: str = WORDS, **more: Any) -> UUID:
    return say(who[0], place, Saying(who[1], words, "fr", **more), key=key(), at=AT)


def stated_by(actor: Actor, place: Consultation, *stated: Stated) -> list[UUID]:
    return state(actor, place, stated, key=key(), at=AT)


def decided(
    place: Consultation, uid: UUID, decision: str, reason: str = "Un nom", act: Any = None
) -> None:
    (act or hide_contribution)(
        staff(Role.MODERATOR, place), place, uid,
        decision=decision, reason=reason, key=key(), at=AT,
    )  # fmt: skip


def taken_back(place: Consultation, who: tuple[Actor, UUID], uid: UUID) -> None:
    withdraw(who[0], place, who[1], uid, key=key(), at=AT)


def a_vertical(place: Consultation) -> UUID:
    return Vertical.objects.filter(consultation=place).values_list("id", flat=True)[0]


# --- Nobody acts for another -----------------------------------------------------------------


def test_nobody_acts_in_the_name_of_another_voice(place: Consultation) -> None:
    me, other = a_voice(place), a_voice(place)
    some_statements(place, 2)
    theirs = said_by(place, other)
    vote(place, other, {0: 1})
    actor, voice = me[0], other[1]
    before = Event.objects.count()
    for act in (
        lambda: say(actor, place, Saying(voice, WORDS), key=key(), at=AT),
        lambda: say_many(
            actor, place, [Saying(me[1], WORDS), Saying(voice, WORDS)], key=key(), at=AT
        ),
        lambda: stated_by(actor, place, Stated("Un énoncé", "fr", voice=voice)),
        lambda: withdraw(actor, place, voice, theirs, key=key(), at=AT),
        lambda: cast(actor, place, voice, [Answer(0, -1)], key=key(), at=AT),
        lambda: withdraw_votes(actor, place, voice, None, key=key(), at=AT),
        lambda: describe(actor, place, voice, Portrait("citizen"), key=key(), at=AT),
    ):
        with pytest.raises(NotAllowed):
            act()
    # Nor does one take back what another said by giving one's own voice.
    with pytest.raises(NotFound):
        withdraw(actor, place, me[1], theirs, key=key(), at=AT)
    with pytest.raises(NotFound):
        withdraw_votes(actor, place, me[1], [0], key=key(), at=AT)
    assert Event.objects.count() == before
    assert contributions(place.id, "fr")[0].words is not None
    assert Current.objects.get().vote == 1
    assert Voice.objects.get(id=voice).college == ""


def test_an_account_never_stands_beside_the_words_of_a_voice(place: Consultation) -> None:
    """Who has an office and a voice acts as one or the other: the journal names the actor."""
    some_statements(place, 1)
    who, voice = a_voice(place)
    both = Actor("account:someone", who.grants | {Grant(Role.SECRETARIAT, place.id)})
    for act in (
        lambda: say(both, place, Saying(voice, WORDS), key=key(), at=AT),
        lambda: stated_by(both, place, Stated("Un énoncé", "fr", voice=voice)),
        lambda: cast(both, place, voice, [Answer(0, 1)], key=key(), at=AT),
        lambda: describe(both, place, voice, Portrait("citizen"), key=key(), at=AT),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not Event.objects.filter(actor="account:someone").exists()


def test_a_voice_states_its_own_words_and_decides_nothing(place: Consultation) -> None:
    who, voice = a_voice(place)
    theirs = said_by(place, a_voice(place))
    mine = Stated("Un énoncé", "fr", vertical=a_vertical(place), voice=voice)
    for more in (
        {"voice": None},
        {"voice": uuid4()},
        {"moderation": "accepted"},
        {"moderation": "waiting"},
        {"seed": True},
        {"meta": True},
        {"number": 7},
        {"made_at": AT},
        {"imported": True},
        {"translations": {"ar": "عبارة"}},
        {"inspired_by": [theirs]},
    ):
        with pytest.raises(NotAllowed):
            stated_by(who, place, mine, replace(mine, **more))
    assert not Statement.objects.exists()
    (uid,) = stated_by(who, place, mine)
    row = Statement.objects.get(uid=uid)
    assert (row.moderation, row.seed, row.meta, row.voice) == ("waiting", False, False, voice)
    assert [put.row.uid for put in proposed_by(voice, "fr")] == [uid]


def test_only_who_moderates_decides_what_is_shown_at_once(place: Consultation) -> None:
    stated = Stated("Un énoncé", "fr", moderation="accepted", seed=True)
    with pytest.raises(NotAllowed):
        stated_by(staff(Role.RAPPORTEUR, place), place, stated)
    with pytest.raises(NotAllowed):
        stated_by(staff(Role.MODERATOR, place), place, replace(stated, moderation=None))
    stated_by(staff(Role.RAPPORTEUR, place), place, replace(stated, moderation=None))
    stated_by(staff(Role.SECRETARIAT, place), place, stated)
    assert list(Statement.objects.order_by("number").values_list("moderation", flat=True)) == [
        "waiting",
        "accepted",
    ]
    with pytest.raises(Invalid):
        stated_by(BUILDER, place, replace(stated, moderation="perhaps"))


def test_what_belongs_to_another_edition_is_not_there(place: Consultation) -> None:
    other = an_edition()
    who = a_voice(place)
    far = said_by(other, a_voice(other))
    gone = said_by(place, who)
    taken_back(place, who, gone)
    before = Statement.objects.count(), Contribution.objects.count()
    for vertical in (a_vertical(other), uuid4()):
        with pytest.raises(Invalid):
            said_by(place, who, vertical=vertical)
        with pytest.raises(Invalid):
            stated_by(BUILDER, place, Stated("Un énoncé", "fr", vertical=vertical))
    for source in (far, uuid4(), gone):
        with pytest.raises(NotFound):
            stated_by(BUILDER, place, Stated("Un énoncé", "fr", inspired_by=[source]))
    for act in (hide_contribution, moderate_statement):
        with pytest.raises(NotFound):
            decided(place, far, "refuse", act=act)
    with pytest.raises(NotAllowed):
        withdraw(who[0], other, who[1], far, key=key(), at=AT)
    assert (Statement.objects.count(), Contribution.objects.count()) == before


# --- Saying ----------------------------------------------------------------------------------


def test_what_is_said_is_public_at_once_and_on_nobodys_account(place: Consultation) -> None:
    who = a_voice(place)
    uid = said_by(
        place, who, "  Un\u202e dispensaire\r\nau village\x00 ", vertical=a_vertical(place)
    )
    (spoken,) = contributions(place.id, "ar")
    assert spoken.words is not None
    assert spoken.words.words == "Un dispensaire\nau village"
    assert (spoken.row.id, spoken.row.voice, spoken.row.state) == (uid, who[1], "public")
    assert contribution(spoken.row.short, "fr").row.id == uid
    assert counts_by_vertical(place.id) == {a_vertical(place): (1, 0)}
    assert [s.row.id for s in contributions_of(who[1], "fr")] == [uid]
    assert Version.objects.get(text=spoken.row.words).author == "speaker"


def test_what_is_said_after_midnight_is_said_on_that_day(place: Consultation) -> None:
    who = a_voice(place)
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    say(who[0], place, Saying(who[1], WORDS), key=key(), at=late)
    assert Contribution.objects.get().said_on == date(2026, 7, 2)


def test_words_are_refused_whole_or_taken_whole(place: Consultation) -> None:
    who, voice = a_voice(place)
    good = Saying(voice, WORDS, "fr")
    for wrong in (
        replace(good, words=" \u3164 "),
        replace(good, words="x" * (LONGEST + 1)),
        replace(good, words="\ufb2c" * (LONGEST // 3 + 1)),
        replace(good, words="\ud800"),
        replace(good, language="es"),
        replace(good, channel="pigeon"),
    ):
        with pytest.raises(Invalid):
            say_many(who, place, [good, wrong], key=key(), at=AT)
    assert not Contribution.objects.exists()
    assert say_many(who, place, [], key=key(), at=AT) == []
    assert len(say_many(who, place, [good, good], key=key(), at=AT)) == 2
    said_by(place, (who, voice), "x" * LONGEST)


def test_nobody_speaks_where_nobody_listens(place: Consultation) -> None:
    who, voice = a_voice(place)
    some_statements(place, 1)
    close(BUILDER, place, key=key(), at=AT)
    place.refresh_from_db()
    for kind in ("simulated", "import"):
        Consultation.objects.filter(id=place.id).update(kind=kind)
        place.refresh_from_db()
        with pytest.raises(NotNow):
            said_by(place, (who, voice))
        with pytest.raises(NotNow):
            stated_by(who, place, Stated("Un énoncé", "fr", voice=voice))
    # The house may still correct its own list.
    stated_by(staff(Role.SECRETARIAT, place), place, Stated("Un énoncé", "fr"))


def test_the_same_form_sent_twice_is_said_once_and_other_words_are_a_conflict(
    place: Consultation,
) -> None:
    who, voice = a_voice(place)
    stated = Stated("Un énoncé", "fr", voice=voice)
    for _ in range(2):
        uid = say(who, place, Saying(voice, WORDS), key="one", at=AT)
        (put,) = state(who, place, [stated], key="two", at=AT)
    assert Contribution.objects.get().id == uid
    assert Statement.objects.get().uid == put
    with pytest.raises(Conflict):
        say(who, place, Saying(voice, "Autre chose"), key="one", at=AT)
    with pytest.raises(Conflict):
        state(who, place, [replace(stated, vertical=a_vertical(place))], key="two", at=AT)


def test_no_word_of_a_contribution_stands_in_the_journal(place: Consultation) -> None:
    who = a_voice(place)
    uid = said_by(place, who)
    event = Event.objects.get(act="contributions.say")
    words = Payload.objects.get(event=event)
    assert (words.body, words.outcome) == (None, [str(uid)])
    assert event.subjects == [f"contribution:{uid}"]


# --- Statements ------------------------------------------------------------------------------


def test_many_who_propose_at_once_get_each_a_number(place: Consultation) -> None:
    people = [a_voice(place) for _ in range(6)]

    def propose(who: tuple[Actor, UUID]) -> None:
        stated_by(who[0], place, *[Stated(f"Énoncé {i}", "fr", voice=who[1]) for i in range(3)])

    assert not at_once(propose, people)
    numbers = list(Statement.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(numbers[0], numbers[0] + 18))


def test_the_numbers_of_an_import_are_kept_and_what_follows_comes_after(
    place: Consultation,
) -> None:
    stated = Stated("Un énoncé", "fr", imported=True, moderation="accepted")
    stated_by(BUILDER, place, replace(stated, number=12), replace(stated, number=3, words="…"))
    stated_by(BUILDER, place, replace(stated, number=None))
    assert set(statements_by_number(place.id, range(20), "fr")) == {3, 12, 13}
    for numbers in ((3,), (-1,), (5, 5), (5, None), (2**31,)):
        with pytest.raises(Invalid):
            stated_by(BUILDER, place, *(replace(stated, number=n) for n in numbers))
    stated_by(BUILDER, place, replace(stated, number=2**31 - 1))
    with pytest.raises(Invalid):
        stated_by(BUILDER, place, stated)
    assert Statement.objects.count() == 4


def test_a_statement_is_short_and_so_are_its_translations(place: Consultation) -> None:
    good = Stated("Un énoncé", "fr", {"ar": "عبارة\x00", "fr": "", "en": " "})
    for wrong in (
        replace(good, words="x" * (LONGEST_STATEMENT + 1)),
        replace(good, words="…"),
        replace(good, language="es"),
        replace(good, translations={"es": "Una frase"}),
        replace(good, translations={"ar": "x" * (LONGEST_STATEMENT + 1)}),
        replace(good, translations={"ar": "!!!"}),
        replace(good, translations={"ar": "\ud800"}),
    ):
        with pytest.raises(Invalid):
            stated_by(BUILDER, place, good, wrong)
    assert (
        not Text.objects.filter(original="fr", versions__language="ar")
        .exclude(id=place.title)
        .filter(versions__words="عبارة")
        .exists()
    )
    (uid,) = stated_by(BUILDER, place, replace(good, moderation="accepted"))
    row = Statement.objects.get(uid=uid)
    assert {tag: said.words for tag, said in in_every_language(row.words).items()} == {
        "fr": "Un énoncé",
        "ar": "عبارة",
    }


def test_what_waits_or_was_refused_is_on_no_page(place: Consultation) -> None:
    (uid,) = stated_by(BUILDER, place, Stated("Un énoncé", "fr"))
    row = Statement.objects.get(uid=uid)

    def shown() -> bool:
        listed = [put.row.uid for put in statements(place.id, "fr")]
        try:
            assert statement(row.short, "fr").row.uid == uid
        except NotFound:
            assert uid not in listed
            return False
        assert uid in listed
        return True

    assert not shown()
    for decision, answer in (("accept", True), ("refuse", False), ("accept", True)):
        decided(place, uid, decision, act=moderate_statement)
        assert shown() is answer


# --- Moderation ------------------------------------------------------------------------------


def test_a_refusal_gives_a_reason_that_can_be_kept_and_read(place: Consultation) -> None:
    uid = said_by(place, a_voice(place))
    (put,) = stated_by(BUILDER, place, Stated("Un énoncé", "fr"))
    for reason in ("", " \n ", "\u202e\u200b", "\ud800"):
        for thing, act in ((uid, hide_contribution), (put, moderate_statement)):
            with pytest.raises(Invalid):
                decided(place, thing, "refuse", reason, act)
    with pytest.raises(Invalid):
        decided(place, uid, "burn")
    decided(
        place, put, "refuse", "  Nomme\x00 \u202eune\npersonne " + "x" * 500, moderate_statement
    )
    reason = Statement.objects.get().reason
    assert reason.startswith("Nomme une personne xxx")
    assert len(reason) == 400


def test_what_was_taken_back_is_not_shown_again(place: Consultation) -> None:
    who = a_voice(place)
    for before in (None, "refuse"):
        uid = said_by(place, who)
        if before:
            decided(place, uid, before)
        taken_back(place, who, uid)
        for decision in ("accept", "refuse"):
            with pytest.raises(NotFound):
                decided(place, uid, decision)
        assert Contribution.objects.get(id=uid).state == "withdrawn"


def test_of_a_withdrawal_and_a_decision_at_once_the_withdrawal_wins(place: Consultation) -> None:
    who = a_voice(place)
    uid = said_by(place, who)
    decided(place, uid, "refuse")
    refused: list[Exception] = []

    def show_again() -> None:
        try:
            decided(place, uid, "accept")
        except NotFound as error:
            refused.append(error)
        finally:
            connections.close_all()

    with transaction.atomic():
        taken_back(place, who, uid)
        with running(show_again):
            _until_someone_waits()
    assert len(refused) == 1
    assert Contribution.objects.get().state == "withdrawn"


@contextmanager
def running(act: Any) -> Iterator[None]:
    """Begin it now; it may end after the block. Waits for it when the transaction around ended."""
    thread = threading.Thread(target=act)
    thread.start()
    yield
    transaction.on_commit(lambda: thread.join(30))


def _until_someone_waits() -> None:
    for _ in range(500):
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone() != (0,):
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    pytest.fail("nobody waited")


# --- Masking and withdrawing -----------------------------------------------------------------


def test_what_is_masked_is_kept_and_never_shown(place: Consultation) -> None:
    uid = said_by(place, a_voice(place), "Appelez Idriss")
    assert show_masked({uid: "Appelez ▮▮▮"}) == 1
    row = Contribution.objects.get()
    assert original([row.words])[row.words].words == "Appelez ▮▮▮"
    assert contributions(place.id, "fr")[0].words.words == "Appelez ▮▮▮"  # type: ignore[union-attr]
    assert Version.objects.get(text=row.words).words == "Appelez Idriss"


def test_what_was_withdrawn_is_a_stone_and_its_arrows_stay(place: Consultation) -> None:
    who = a_voice(place)
    uid = said_by(place, who, vertical=a_vertical(place))
    show_masked({uid: "Un ▮▮▮ au village"})
    (put,) = stated_by(
        BUILDER, place, Stated("Un énoncé", "fr", inspired_by=[uid], moderation="accepted")
    )
    short = Contribution.objects.get().short
    for _ in range(2):
        withdraw(who[0], place, who[1], uid, key="leave", at=AT)
    assert contributions(place.id, "fr") == []
    assert contribution(short, "fr").words is None
    assert contributions_of(who[1], "fr")[0].words is None
    assert counts_by_vertical(place.id)[None] == (0, 1)
    assert a_vertical(place) not in counts_by_vertical(place.id)
    assert walk(Node("statement", put), onward=False) == [(1, Node("contribution", uid))]
    version = Version.objects.get(text=Contribution.objects.get().words)
    assert (version.words, version.shown, version.state) == ("", "", "withdrawn")


def test_one_withdraws_in_a_closed_edition_too(place: Consultation) -> None:
    who = a_voice(place)
    uid = said_by(place, who)
    close(BUILDER, place, key=key(), at=AT)
    taken_back(place, who, uid)
    assert Contribution.objects.get().state == "withdrawn"


# --- Voices ----------------------------------------------------------------------------------


def test_a_portrait_is_made_of_codes(place: Consultation) -> None:
    who, voice = a_voice(place)
    describe(who, place, voice, Portrait("civil-society", "MA-07", "rural"), key=key(), at=AT)
    row = Voice.objects.get(id=voice)
    assert (row.college, row.region, row.area) == ("civil-society", "MA-07", "rural")
    for wrong in (
        Portrait(college="x" * 25),
        Portrait(college="Ministère"),
        Portrait(college="a\x00"),
        Portrait(region="x" * 9),
        Portrait(region="MA 07"),
        Portrait(area="moon"),
    ):
        with pytest.raises(Invalid):
            describe(who, place, voice, wrong, key=key(), at=AT)
        with pytest.raises(Invalid):
            enter(place, key(), wrong, at=AT)
    with pytest.raises(Invalid):
        enter(place, "", at=AT)
    with pytest.raises(Invalid):
        enter(place, key(), at=AT, channel="pigeon")
    assert Voice.objects.count() == 1
    describe(who, place, voice, Portrait(), key=key(), at=AT)
    assert Voice.objects.get().college == ""


def test_many_who_enter_with_one_secret_are_one_voice(place: Consultation) -> None:
    seen: list[UUID] = []
    assert not at_once(lambda _: seen.append(enter(place, "one", at=AT)), range(6))
    assert len(set(seen)) == Voice.objects.count() == 1


def test_a_file_of_votes_with_another_value_changes_nothing(place: Consultation) -> None:
    some_statements(place, 1)
    _, voice = a_voice(place)
    for value in (2, -2, None):
        with pytest.raises(Invalid):
            load(BUILDER, place, [Loaded(voice, 0, value, AT)], key=key(), at=AT)  # type: ignore[arg-type]
    assert not Cast.objects.exists()
