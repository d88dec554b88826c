"""The simulated edition and the press shelf, built by the acts that people use."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from assises.countries.ma import MA, edition_2025
from assises.demo.edition import build as edition
from assises.demo.edition import words
from assises.demo.edition.build import SIZES, build
from assises.demo.edition.opinion import Sentence, answers
from assises.demo.edition.people import COLLEGES, Person, people
from assises.demo.press import build_press, join
from assises.lib.errors import NotNow
from assises.rooms.chain.models import Link
from assises.rooms.consultations.acts.schedule import schedule
from assises.rooms.consultations.models import Consultation, VerticalMapping, place_of
from assises.rooms.consultations.queries import edition_of, elsewhere, sectors
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.contributions.queries import contributions, statements
from assises.rooms.insights.queries import newest
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Actor, Grant, Role
from assises.rooms.people.handles import pseudonym_of_voice
from assises.rooms.people.models import Voice
from assises.rooms.texts.models import Version
from assises.rooms.votes.acts.cast import Answer, cast
from assises.rooms.votes.models import Cast
from assises.site.shelves import first_start
from tests import database

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
OPENS = datetime(2026, 10, 26, 8, tzinfo=UTC)
LANGUAGES = ("fr", "ar", "zgh", "en")

in_the_house = pytest.mark.usefixtures("db")


class Stopping:
    """Progress that stops the work at the beginning of one step."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.steps: list[str] = []

    def step(self, name: str, total: int | None = None) -> None:
        self.steps.append(name)
        if name == self.at:
            raise KeyboardInterrupt

    def advance(self, amount: int) -> None:
        pass


def portrait(voice: Voice) -> tuple[object, ...]:
    return (voice.id, voice.college, voice.region, voice.area, voice.channel, voice.entered_on)


def everything(uid: UUID) -> dict[str, object]:
    """All that is the same whenever the same edition is built, without the ids of chance."""
    place = place_of(uid)
    numbers = dict(Statement.objects.values_list("id", "number"))
    return {
        "titles": [edition_of(uid, language).title for language in LANGUAGES],
        "days": (place.starts_on, place.ends_on, [p.opens_at for p in place.phases.order_by("id")]),
        "people": sorted(map(portrait, Voice.objects.filter(consultation=uid))),
        "said": sorted(
            (c.row.voice, c.row.said_on, c.words.words if c.words else "")
            for c in contributions(uid, "fr", limit=1000)
        ),
        "put": [(s.row.number, s.words.words, s.words.language) for s in statements(uid, "ar")],
        "votes": [
            (numbers[c.statement], c.voice, c.vote, c.at)
            for c in Cast.objects.filter(consultation=uid).order_by("id")
        ],
        "links": Link.objects.count(),
    }


# --- the model, without a database ---------------------------------------------------------------


def a_crowd(count: int = 3_000, seed: str = "test") -> list[Person]:
    return people(count, [], MA.regions(), seed=seed)


def some_sentences(count: int = 150) -> list[Sentence]:
    return [
        Sentence(i, 1, "fr", f"Phrase {i}", {}, (0.9, 0.5, 0.1), 0.1) for i in range(1, count + 1)
    ]


def test_people_live_where_the_census_counts_them() -> None:
    crowd = [person for person in a_crowd(20_000) if person.region.startswith("MA-")]
    total = sum(region.fifteen_plus for region in MA.regions())
    lives = Counter(person.region for person in crowd)
    for region in MA.regions():
        share = lives[region.iso] / len(crowd)
        assert share == pytest.approx(region.fifteen_plus / total, abs=0.01)
    rural = sum(person.area == "rural" for person in crowd) / len(crowd)
    assert rural == pytest.approx(sum(r.rural for r in MA.regions()) / total, abs=0.15)


def test_people_declare_the_colleges_that_the_country_knows() -> None:
    assert {code for code, _ in COLLEGES} == {college.code for college in MA.colleges()}
    assert sum(share for _, share in COLLEGES) == pytest.approx(1)
    declared = Counter(person.college for person in a_crowd(20_000))
    assert declared["citizen"] > 10 * declared["civil-society"] > 0


def test_only_the_diaspora_lives_abroad_and_some_say_nothing_of_themselves() -> None:
    crowd = a_crowd()
    assert {p.college for p in crowd if p.region == "abroad"} == {"diaspora"}
    assert any(p.region == "" for p in crowd)
    assert any(p.college == "" for p in crowd)


def test_the_same_seed_gives_the_same_people_and_votes_and_another_gives_others() -> None:
    sentences = some_sentences(20)
    assert a_crowd(50) == a_crowd(50)
    assert a_crowd(50) != a_crowd(50, "other")
    first = answers(range(50), sentences, opens=OPENS, seed="test")
    assert first == answers(range(50), sentences, opens=OPENS, seed="test")
    assert first != answers(range(50), sentences, opens=OPENS, seed="other")


def test_most_answer_five_to_twenty_and_few_all() -> None:
    given = answers(range(3_000), some_sentences(), opens=OPENS, seed="test")
    answered = {(one.person, one.statement) for one in given}
    each = Counter(person for person, _ in answered)
    assert len(each) == 3_000
    middling = sum(5 <= n <= 20 for n in each.values()) / 3_000
    assert 0.5 < middling < 0.75
    assert 0.01 < sum(n == 150 for n in each.values()) / 3_000 < 0.04


def test_votes_come_in_time_before_now_and_after_the_opening() -> None:
    given = answers(range(500), some_sentences(), opens=OPENS, seed="test")
    assert [g.at for g in given] == sorted(g.at for g in given)
    assert given[0].at >= OPENS
    assert given[-1].at < AT


def test_a_sentence_that_nobody_doubts_is_still_a_probability() -> None:
    certain = [Sentence(1, 1, "fr", "Oui", {}, (1.0, 1.0, 1.0), 0.0)]
    given = answers(range(2_000), certain, opens=OPENS, seed="test")
    assert 0.95 < sum(g.vote == 1 for g in given) / len(given) < 1


def test_french_is_set_as_french_is() -> None:
    said = [getattr(words, name)["fr"] for name in ("TITLE", "SUMMARY", "PLACE", "CHARTER")]
    for text in said:
        assert not re.search(r"(?<!\u202f)[;:!?»]|«(?!\u202f)", text)
    assert sum(text.count("\u202f:") for text in said) == 4
    for text in words.TITLE.values():
        assert "\u00a0· " in text


# --- the edition, in the house -------------------------------------------------------------------


@in_the_house
def test_the_same_seed_builds_the_same_edition_in_another_house() -> None:
    first = everything(build("tiny", at=AT, seed=7))
    database.empty()
    assert everything(build("tiny", at=AT, seed=7)) == first
    database.empty()
    assert everything(build("tiny", at=AT, seed=8))["votes"] != first["votes"]


@in_the_house
def test_building_it_again_finds_it() -> None:
    first = build("tiny", at=AT)
    events = Event.objects.count()
    assert build("tiny", at=AT) == first
    assert Event.objects.count() == events
    assert Consultation.objects.count() == 1


@in_the_house
def test_two_editions_have_nobody_in_common() -> None:
    one, other = build("tiny", at=AT, seed=1), build("tiny", at=AT, seed=2)
    mine = set(Voice.objects.filter(consultation=one).values_list("id", flat=True))
    assert mine.isdisjoint(Voice.objects.filter(consultation=other).values_list("id", flat=True))


@in_the_house
@pytest.mark.parametrize("step", ["people", "votes"])
def test_a_stop_in_the_middle_leaves_nothing_and_the_next_start_begins_again(step: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        build("tiny", at=AT, progress=Stopping(step))
    assert not Consultation.objects.exists()
    assert not Event.objects.exists()
    assert not Voice.objects.exists()
    assert newest(build("tiny", at=AT)) is not None


@in_the_house
def test_a_stop_before_the_results_leaves_only_them_to_do() -> None:
    with pytest.raises(KeyboardInterrupt):
        build("tiny", at=AT, progress=Stopping("results"))
    casts = Cast.objects.count()
    assert casts
    assert newest(build("tiny", at=AT)) is not None
    assert Cast.objects.count() == casts


@in_the_house
def test_three_thousand_people_vote_in_the_demonstration() -> None:
    uid = build("demonstration", at=AT)
    snapshot = newest(uid)
    assert snapshot is not None
    assert Voice.objects.count() == 3_000
    assert Contribution.objects.count() == 300
    assert Statement.objects.count() == 150
    assert 2_900 < snapshot.people < 3_000
    assert 40_000 < snapshot.votes < 70_000
    assert len(snapshot.groups) > 1
    assert Version.objects.exclude(shown=None).count() == 8
    assert Link.objects.count() == 267
    assert Link.objects.filter(kind="inspired").values("source").distinct().count() == 233
    assert Link.objects.filter(kind="inspired").values("target").distinct().count() == 115


@in_the_house
@pytest.mark.parametrize(
    "at",
    [
        AT,
        datetime(2026, 7, 14, 23, 30, tzinfo=UTC),  # past midnight in Casablanca
        datetime(2026, 2, 1, 12, tzinfo=UTC),  # Ramadan lies ahead: its clock is put back
    ],
)
def test_its_phases_are_whole_days_where_it_is_held(at: datetime) -> None:
    place = place_of(build("tiny", at=at))
    assert place.zone == "Africa/Casablanca"
    zone = ZoneInfo(place.zone)
    phases = {phase.kind: phase for phase in place.phases.all()}
    ends = [end for p in phases.values() for end in (p.opens_at, p.closes_at) if end is not None]
    assert {end.astimezone(zone).time() for end in ends} == {time()}
    assert place.starts_on == place.day_of(phases["listen"].opens_at)
    assert phases["listen"].closes_at == phases["vote"].closes_at == phases["deliberate"].opens_at
    last = phases["deliberate"].closes_at
    assert last is not None
    assert last == phases["follow"].opens_at
    assert place.ends_on == place.day_of(last - timedelta(seconds=1))
    # Nobody voted before voting began, nor has anybody voted yet who votes later.
    votes = list(Cast.objects.order_by("at").values_list("at", flat=True))
    assert phases["vote"].opens_at <= votes[0]
    assert votes[-1] <= at


@in_the_house
def test_a_demonstration_of_last_year_can_still_be_voted_in() -> None:
    place = place_of(build("tiny", at=AT))
    assert edition.stay_open(AT) == 0
    later = AT + timedelta(days=400)
    assert not edition_of(place.id, "fr").opening("vote", later).is_open
    assert [edition.stay_open(later) for _ in range(2)] == [1, 0]
    found = edition_of(place.id, "fr")
    assert found.opening("vote", later).is_open
    assert found.opening("listen", later).is_open
    assert found.row.starts_on == place.starts_on
    assert found.row.ends_on is not None
    assert found.row.ends_on > found.row.day_of(later)


@in_the_house
def test_phases_that_someone_has_set_stay_as_they_were_set() -> None:
    place = place_of(build("tiny", at=AT))
    over = {"vote": (AT - timedelta(days=3), AT - timedelta(days=1))}
    boss = Actor("account:someone", frozenset({Grant(Role.ADMINISTRATOR)}))
    schedule(boss, place, over, key="over", at=AT + timedelta(seconds=1))
    assert edition.stay_open(AT + timedelta(days=400)) == 0


# --- the press shelf -----------------------------------------------------------------------------


@in_the_house
def test_the_press_edition_is_read_and_nobody_votes_in_it() -> None:
    place = place_of(build_press(AT))
    assert (place.kind, place.state) == ("press", "closed")
    assert (place.starts_on, place.ends_on) == (date(2025, 7, 1), date(2025, 7, 2))
    voice = uuid4()
    actor = Actor(pseudonym_of_voice(voice), frozenset({Grant(Role.VOICE, place.id)}))
    with pytest.raises(NotNow):
        cast(actor, place, voice, [Answer(1, 1)], key="vote", at=AT)


@in_the_house
def test_nothing_in_the_press_edition_is_invented() -> None:
    uid = build_press(AT)
    published = {text for fact in edition_2025().facts for text in (fact.text.fr, fact.text.ar)}
    found = edition_of(uid, "fr")
    assert found.title.words == edition_2025().title.fr
    assert found.patronage is not None
    assert found.patronage.words in published
    assert found.place is not None
    assert found.place.words in published
    assert found.host is not None
    assert found.host.words.removeprefix("Ministère") in next(iter(
        fact.text.fr for fact in edition_2025().facts if fact.id == "event-organiser"
    ))  # fmt: skip
    assert found.summary is not None
    assert found.summary.words == edition_2025().note.fr
    assert found.theme is not None
    assert found.charter is None
    assert not Statement.objects.exists()
    assert not Contribution.objects.exists()
    assert len(sectors(uid, "ar")) == 13


def test_its_two_days_are_those_of_the_published_sentence() -> None:
    dates = next(fact for fact in edition_2025().facts if fact.id == "event-dates")
    assert "1er et 2 juillet 2025" in dates.text.fr
    assert dates.when == "2025-07-01"


@in_the_house
def test_each_vertical_of_the_press_stands_for_its_own_in_the_simulation() -> None:
    press, simulated = build_press(AT), build("tiny", at=AT)
    assert join(press, simulated, AT) == 13
    for sector in sectors(press, "fr"):
        (other, owner, source), *more = elsewhere(sector.id, "fr")
        assert (other.code, owner, more) == (sector.code, simulated, [])
        assert "MAP" in source
    assert join(press, simulated, AT) == 13
    assert VerticalMapping.objects.count() == 13


# --- the first start -----------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration of forty people."""
    monkeypatch.setitem(edition.SIZES, "demonstration", SIZES["tiny"])


@in_the_house
def test_a_fresh_demonstration_gets_both_shelves_once(small: None) -> None:
    watched = Stopping("never")
    assert first_start(watched)
    assert watched.steps == [
        "press edition", "people", "contributions", "statements", "votes", "results",
    ]  # fmt: skip
    assert sorted(Consultation.objects.values_list("kind", flat=True)) == ["press", "simulated"]
    assert VerticalMapping.objects.count() == 13
    assert newest(Consultation.objects.get(kind="simulated").id) is not None
    assert not first_start()
    assert Consultation.objects.count() == 2


@in_the_house
@pytest.mark.parametrize("step", ["people", "votes"])
def test_a_first_start_that_is_stopped_begins_again(small: None, step: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        first_start(Stopping(step))
    assert not Consultation.objects.exists()
    assert first_start()
    assert Consultation.objects.count() == 2


@in_the_house
def test_a_service_begins_empty(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "DEMONSTRATION", False)
    assert not first_start()
    assert not Consultation.objects.exists()
