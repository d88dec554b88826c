"""Phases, taking back and leaving, as someone meets them on the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from assises.lib.clock import now
from assises.rooms.consultations.acts.schedule import schedule
from assises.rooms.contributions.acts.moderate import hide_contribution, moderate_statement
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.acts.withdraw import withdraw
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.insights.hearing import take_attendance
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role
from assises.rooms.people.models import Voice
from assises.rooms.texts.models import Version
from assises.rooms.votes.models import Cast, Current
from tests.fronts.test_portal import answer, base
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements, staff

pytestmark = pytest.mark.usefixtures("db")
DAY = timedelta(days=1)


@pytest.fixture
def place() -> Any:
    cache.clear()
    made = an_edition(moderated=False)
    some_statements(made, 3)
    return made


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def phased(place: Any, **days: tuple[int, int]) -> None:
    at = now()
    spans = {kind: (at + first * DAY, at + last * DAY) for kind, (first, last) in days.items()}
    schedule(BUILDER, place, spans, key=key(), at=at)


# --- Phases --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((-9, -2), ("One could speak here until", "The vote closed on")),
        ((2, 9), ("One can speak here from", "The vote opens on")),
    ],
)
def test_a_form_that_is_not_open_says_when_it_was_or_will_be(
    place: Any, days: tuple[int, int], words: tuple[str, str]
) -> None:
    phased(place, listen=days, vote=days)
    client, here = Client(), base(place, "en")
    for path, sentence in (
        ("say", words[0]), ("propose", words[0]), ("vote", words[1]), ("votes", words[1]),
    ):  # fmt: skip
        html = page(client, here + path)
        assert sentence in html
        assert "<form" not in html.split("<main")[1].split("</main>")[0], path
    for path, form in (
        ("say", {"words": "Un mot"}),
        ("propose", {"words": "Un énoncé"}),
        ("vote", {"statement": 0, "answer": "agree"}),
        ("votes", {"s-0": "agree"}),
    ):
        assert client.post(here + path, {**form, "key": key()}).status_code == 409, path
    assert not Voice.objects.exists()
    assert not Cast.objects.exists()
    for path in (here, f"/en/statements/{Statement.objects.get(number=0).short}"):
        assert f'href="{here}vote' not in page(client, path).split("<main")[1]


def test_where_one_may_only_answer_the_ways_lead_to_the_vote(place: Any) -> None:
    phased(place, listen=(-9, -2), vote=(-9, 9))
    client, here = Client(), base(place, "en")
    assert f'href="{here.rstrip("/")}' in page(client, "/en/say")
    assert "/vote" in page(client, "/en/say").split("<main")[1]
    assert f'href="{here}propose"' not in page(client, f"{here}vote")
    assert answer(client, place, 0, "agree").status_code == 303
    phased(place, listen=(-9, -2), vote=(-9, -2))
    assert "No edition is open now" in page(client, "/en/say")
    # Taking back is never over.
    form = {"what": "answer", "number": "0", "key": key()}
    assert client.post(f"{here}me/withdraw", form).status_code == 303
    assert not Current.objects.exists()


# --- A voice is made with what it says -----------------------------------------------------------


def test_what_is_refused_makes_no_voice_and_gives_no_code(place: Any) -> None:
    client, before = Client(raise_request_exception=False), Event.objects.count()
    for _ in range(5):
        assert answer(client, place, 999, "agree").status_code == 404
    for form in ({"words": "Un mot", "language": "xx"}, {"words": "…"}):
        for path in ("say", "propose"):
            assert client.post(base(place) + path, {**form, "key": key()}).status_code == 422
    assert not Voice.objects.exists()
    assert Event.objects.count() == before
    assert "voice" not in client.cookies


def test_leaving_lowers_the_number_of_those_who_spoke(place: Any) -> None:
    clients = [Client() for _ in range(20)]
    for client in clients:
        answer(client, place, 0, "agree")
    take_attendance(place.id, at=now())
    assert "20 voices have spoken" in page(Client(), base(place, "en"))
    # By ten at a time: of one who leaves nobody else can tell the hour.
    for client in clients[:10]:
        client.post(f"{base(place)}me/withdraw", {"what": "everything", "key": key()})
        take_attendance(place.id, at=now())
    assert "10 voices have spoken" in page(Client(), base(place, "en"))
    assert Voice.objects.exclude(withdrawn_on=None).count() == 10


# --- Taking back ---------------------------------------------------------------------------------


def test_a_proposed_statement_can_be_taken_back_on_ones_own_page(place: Any) -> None:
    client, words = Client(), "Chaque école a un ordinateur"
    client.post(f"{base(place)}propose", {"words": words, "language": "fr", "key": key()})
    row = Statement.objects.get(voice__isnull=False)
    where = f"/en/statements/{row.short}"
    assert words in page(Client(), where)
    html = page(client, f"{base(place)}me")
    assert f'value="{row.uid}"' in html
    form = {"what": "statement", "statement": str(row.uid), "key": key()}
    stranger = Client()
    answer(stranger, place, row.number, "agree")
    assert stranger.post(f"{base(place)}me/withdraw", form).status_code == 404
    assert client.post(f"{base(place)}me/withdraw", form).status_code == 303
    gone = page(Client(), where)
    assert "Its author withdrew this statement on" in gone
    assert words not in gone
    assert not Version.objects.filter(words__contains="école").exists()
    for path in ("statements", "vote", "votes", "counts.csv", "me"):
        assert words not in page(client, base(place) + path)
    assert not Current.objects.exists()


def test_leaving_takes_a_proposed_statement_too(place: Any) -> None:
    client = Client()
    client.post(f"{base(place)}propose", {"words": "Chaque école", "key": key()})
    client.post(f"{base(place)}say", {"words": "Un mot à moi", "key": key()})
    client.post(f"{base(place)}me/withdraw", {"what": "everything", "key": key()})
    assert Statement.objects.get(voice__isnull=False).moderation == "withdrawn"
    assert Contribution.objects.get().state == "withdrawn"
    assert not Version.objects.filter(words__contains="Chaque école").exists()


def test_a_stone_says_the_day_of_the_withdrawal_and_not_of_the_words(place: Any) -> None:
    who, voice = a_voice(place)
    uid = say(who, place, Saying(voice, "Un mot", "fr"), key=key(), at=AT)
    withdraw(who, place, voice, uid, key=key(), at=AT + 8 * DAY)
    html = page(Client(), f"/en/contributions/{Contribution.objects.get().short}")
    assert "withdrew this contribution on 10 March 2026" in html


def test_a_statement_says_that_what_led_to_it_was_withdrawn(place: Any) -> None:
    said = []
    for i in range(3):
        who, voice = a_voice(place)
        said.append((who, voice, say(who, place, Saying(voice, f"Mot {i}"), key=key(), at=AT)))
    stated = Stated(
        "Un énoncé", "fr", inspired_by=[uid for *_, uid in said], moderation="accepted", seed=True
    )
    (put,) = state(BUILDER, place, [stated], key=key(), at=AT)
    where = f"/en/statements/{Statement.objects.get(uid=put).short}"
    assert "from 3 contributions" in page(Client(), where)
    who, voice, uid = said[0]
    withdraw(who, place, voice, uid, key=key(), at=AT)
    hide_contribution(
        staff(Role.MODERATOR, place), place, said[1][2],
        decision="refuse", reason="Un nom", key=key(), at=AT,
    )  # fmt: skip
    html = page(Client(), where)
    assert "from 1 contribution:" in html
    assert "1 contribution that led to it was withdrawn" in html
    assert "Withdrawn on 2 March 2026" in html
    assert "1 contribution that led to it is hidden" in html
    assert "1 withdrew, 1 hidden by moderation" in html
    assert "3 contributions" not in html
    who, voice, uid = said[2]
    withdraw(who, place, voice, uid, key=key(), at=AT)
    html = page(Client(), where)
    assert "Written by the organisers from what was withdrawn since." in html
    assert "2 withdrew" in html
    assert "No contribution is linked" not in html


# --- What one is told ----------------------------------------------------------------------------


def test_what_was_decided_about_ones_words_stands_on_ones_own_page() -> None:
    place = an_edition(moderated=True)
    client = Client()
    client.post(f"{base(place)}propose", {"words": "Chaque école", "key": key()})
    moderate_statement(
        staff(Role.MODERATOR, place), place, Statement.objects.get().uid,
        decision="refuse", reason="Deux idées <b>à la fois</b>", key=key(), at=AT,
    )  # fmt: skip
    html = page(client, f"{base(place, 'en')}me")
    assert "What was decided about your words" in html
    assert "The reason given: Deux idées &lt;b&gt;à la fois" in html
    assert "What was decided" not in page(Client(), f"{base(place, 'en')}me")


# --- Masking, translations, the thread -----------------------------------------------------------


def test_a_number_in_a_proposed_statement_is_covered(place: Any) -> None:
    client = Client()
    said = {"words": "Appelez le 06\u200b12 34 56 78 pour la classe", "language": "fr"}
    client.post(f"{base(place)}propose", {**said, "key": key()})
    short = Statement.objects.get(voice__isnull=False).short
    for path in (f"/fr/statements/{short}", f"{base(place)}statements", "/fr/search?q=appelez"):
        html = page(Client(), path)
        assert "pour la classe" in html, path
        assert "34 56" not in html, path


def test_a_translation_that_nobody_has_read_says_so_on_every_page(place: Any) -> None:
    vertical = place.verticals.get(code="health")
    for path in (base(place, "ar"), f"/ar/verticals/{vertical.short}"):
        assert 'class="source">Translation, not yet reviewed' in _untranslated(Client(), path)
    for path in (base(place, "fr"), f"/fr/verticals/{vertical.short}"):
        assert "not yet reviewed" not in _untranslated(Client(), path)


def _untranslated(client: Client, path: str) -> str:
    """The page with our own sentence in English, in whichever language it was said."""
    from assises.look.speech import speech

    said = speech(path.split("/")[1]).say("Translation, not yet reviewed")
    return page(client, path).replace(said, "Translation, not yet reviewed")


def test_an_empty_edition_shows_the_whole_way_ahead() -> None:
    place = an_edition()
    for path in (base(place), f"/fr/verticals/{place.verticals.get(code='health').short}"):
        assert 'class="thread"' in page(Client(), path)


def test_in_lists_the_thread_says_how_far_each_thing_came(place: Any) -> None:
    who, voice = a_voice(place)
    uid = say(who, place, Saying(voice, "Un mot", "fr"), key=key(), at=AT)
    stated = Stated("Un énoncé", "fr", inspired_by=[uid], moderation="accepted")
    state(BUILDER, place, [stated], key=key(), at=AT)
    html = page(Client(), f"{base(place, 'en')}contributions")
    assert 'class="path"' in html
    assert "Reached: Statement" in html
    assert "Next: Vote" in html
    assert page(Client(), f"{base(place, 'en')}statements").count('class="path"') == 4
