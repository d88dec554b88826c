"""What stands in a simulated edition once it is built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from assises.countries.ma import MA
from assises.demo.edition.build import SIZES, build
from assises.lib.errors import NotAllowed
from assises.rooms.chain.models import Link
from assises.rooms.consultations.models import place_of
from assises.rooms.consultations.queries import edition_of, sectors
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.contributions.queries import contributions
from assises.rooms.insights.queries import newest
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Actor, Grant, Role
from assises.rooms.people.acts.enter_many import Entering, enter_many
from assises.rooms.people.models import Voice
from assises.rooms.people.queries import organisations
from assises.rooms.search.models import Entry
from assises.rooms.search.queries import find
from assises.rooms.texts.models import Version
from assises.rooms.texts.queries import said
from assises.rooms.votes.models import Cast, Current
from tests import database
from tests.rooms.making import staff

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LANGUAGES = ("fr", "ar", "zgh", "en")


@pytest.fixture(scope="module")
def built(cluster: Any) -> Iterator[UUID]:
    """An edition of forty people, which no test here changes."""
    yield build("tiny", at=AT)
    database.empty()


def test_an_edition_is_whole_and_open_and_has_results(built: UUID) -> None:
    place = place_of(built)
    size = SIZES["tiny"]
    assert (place.kind, place.state, place.country) == ("simulated", "open", "MA")
    assert Voice.objects.count() == size.people
    assert Contribution.objects.filter(state="public").count() == size.contributions
    assert Statement.objects.filter(moderation="accepted", seed=True).count() == size.statements
    assert Cast.objects.count() > Current.objects.count() > size.people
    assert newest(place.id) is not None
    assert [sector.code for sector in sectors(place.id, "fr")] == [v.code for v in MA.verticals()]
    assert place.colleges == [college.code for college in MA.colleges()]


def test_it_says_in_every_language_that_it_is_simulated_and_what_it_promises(built: UUID) -> None:
    for language, word in zip(
        LANGUAGES, ("SIMULATION", "محاكاة", "ⴰⵎⴷⵢⴰ", "SIMULATION"), strict=True
    ):
        found = edition_of(built, language)
        assert word in found.title.words
        assert found.charter is not None
        assert found.charter.language.startswith(language)
        assert len(found.charter.words.splitlines()) == 5
        assert found.host is not None
        assert found.host.words in {body.name.best(language)[0] for body in MA.fictional_bodies()}


def test_one_may_still_speak_and_vote_in_it(built: UUID) -> None:
    running = edition_of(built, "fr")
    assert [phase.kind for phase in running.phases] == ["listen", "vote", "deliberate", "follow"]
    phase = running.phase(AT)
    assert phase is not None
    assert phase.kind == "vote"
    listening = running.phases[0]
    assert listening.closes_at is not None
    assert listening.opens_at < AT < listening.closes_at


def test_nothing_of_it_enters_the_log_of_what_was_really_done(built: UUID) -> None:
    assert set(Event.objects.values_list("log", flat=True)) == {"simulation"}
    assert set(Event.objects.values_list("actor", flat=True)) == {"system:demo", "system:insights"}


def test_a_crowd_is_one_act_of_each_kind(built: UUID) -> None:
    assert Counter(Event.objects.values_list("act", flat=True)) == {
        "consultations.create": 1,
        "consultations.schedule": 1,
        "consultations.open": 1,
        "people.found": len(MA.fictional_bodies()),
        "people.enter": 1,
        "contributions.say": 1,
        "contributions.state": 1,
        "votes.load": 1,
        "insights.publish": 1,
    }


def test_what_is_personal_is_kept_masked_and_cannot_be_found(built: UUID) -> None:
    masked = Version.objects.exclude(shown=None)
    assert masked.count() == 1
    assert "AB000000" in masked.get().words
    shown = [c.words.words for c in contributions(built, "fr", limit=100) if c.words]
    assert not any("AB000000" in words or "0600" in words for words in shown)
    assert sum("▮▮▮" in words for words in shown) == 1
    found = " ".join(Entry.objects.values_list("folded", flat=True))
    assert "ab000000" not in found
    assert "0600" not in found
    assert find("protection des données")


def test_who_wrote_speaks_with_the_portrait_of_the_file(built: UUID) -> None:
    voices = {voice.id: voice for voice in Voice.objects.all()}
    by_words = {c.words.words: c.row for c in contributions(built, "fr", limit=100) if c.words}
    first = next(row for words, row in by_words.items() if words.startswith("Je pèse mes ruches"))
    voice = voices[first.voice]
    assert (voice.college, voice.region, voice.area, voice.channel) == (
        "citizen", "MA-05", "rural", "web",
    )  # fmt: skip
    assert voice.entered_on == first.said_on
    assert first.vertical is not None
    assert first.vertical.number == 5


def test_what_inspired_a_statement_was_said_before_it(built: UUID) -> None:
    said = {c.id: c for c in Contribution.objects.all()}
    put = {s.uid: s for s in Statement.objects.all()}
    assert Link.objects.exists()
    for link in Link.objects.all():
        assert said[link.source].said_on < put[link.target].made_at.date()


def test_a_small_edition_links_what_it_holds(built: UUID) -> None:
    """As the file says, and nothing to a contribution that it does not have."""
    words = {c.row.id: c.words.words for c in contributions(built, "fr", limit=100) if c.words}
    numbers = dict(Statement.objects.values_list("uid", "number"))
    linked = {
        (words[link.source][:24], numbers[link.target])
        for link in Link.objects.filter(kind="inspired")
    }
    assert ("Mon mari est diabétique,", 19) in linked
    assert len(linked) == Link.objects.count() == 6


def test_a_crowd_enters_with_software_only(built: UUID) -> None:
    place = place_of(built)
    visitor = Actor("visitor", frozenset({Grant(Role.VISITOR)}))
    for actor in (visitor, staff(Role.ADMINISTRATOR), staff(Role.SECRETARIAT, place)):
        with pytest.raises(NotAllowed):
            enter_many(actor, place, [Entering(uuid4())], key="crowd", at=AT)


def test_its_bodies_are_fictional_say_so_and_have_a_college(built: UUID) -> None:
    bodies = organisations(built)
    assert len(bodies) == len(MA.fictional_bodies())
    assert all(body.fictional for body in bodies)
    assert {body.college for body in bodies} == {c.code for c in MA.colleges()} - {"citizen"}
    names = said((body.name for body in bodies), "fr")
    assert all("ficti" in words.words for words in names.values())
    assert not organisations(None)
