"""Build the simulated edition by the same acts that people use: one transaction, then results.

Decision: the whole edition is one transaction. A stop in the middle leaves nothing behind and the
next start begins again; keys are made of the size and the seed, so that a second call finds what
the first made. Results come after, since they can be computed again at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from assises.countries import pick
from assises.countries.ma import MA
from assises.countries.ma.identifiers import PERSONAL
from assises.countries.wording import Wording
from assises.demo.edition import words
from assises.demo.edition.chances import stream
from assises.demo.edition.opinion import Answered, Sentence, answers, read_statements
from assises.demo.edition.people import Contributed, Person, people, read_contributions
from assises.lib.masking import mask
from assises.lib.progress import SILENT, Progress
from assises.rooms.consultations.acts.create import NewConsultation, NewVertical, create
from assises.rooms.consultations.acts.open import open_to_all
from assises.rooms.consultations.acts.rewrite import rewrite
from assises.rooms.consultations.acts.schedule import schedule
from assises.rooms.consultations.models import Consultation, Vertical, place_of
from assises.rooms.contributions.acts.say import Saying, say_many
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.masked import show_masked
from assises.rooms.insights.computing import compute_now
from assises.rooms.insights.queries import newest
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import system
from assises.rooms.people.acts.enter import Portrait
from assises.rooms.people.acts.enter_many import Entering, enter_many
from assises.rooms.people.acts.found import NewOrganisation, found
from assises.rooms.votes.acts.load import Loaded, load

SEED: Final = 20250701
HOST: Final = "ministry-tomorrow"
ACTOR: Final = system("demo")
_ZONE: Final = ZoneInfo(MA.time_zone)
_FOLDER: Final = resources.files("assises.demo") / "edition"

SizeName = Literal["tiny", "demonstration"]


@dataclass(frozen=True, slots=True)
class Size:
    """How many people, and how many rows of each file, from its beginning."""

    people: int
    statements: int
    contributions: int


SIZES: Final[dict[SizeName, Size]] = {
    "tiny": Size(40, 30, 40),
    "demonstration": Size(3_000, 150, 300),
}


@dataclass(frozen=True, slots=True)
class _Cast:
    """Everything and everyone of one edition, before it enters the database."""

    seed: str
    """Size and seed: two editions in one house have nobody in common."""
    at: datetime
    people: list[Person]
    contributed: list[Contributed]
    sentences: list[Sentence]

    @property
    def opens(self) -> datetime:
        """When voting opened: four weeks ago, in the morning."""
        return _morning(self.at, -28)

    def key(self, act: str) -> str:
        """An act's idempotency key: the same for the same size and seed."""
        return f"edition:{self.seed}:{act}"


def build(size: SizeName, *, at: datetime, seed: int = SEED, progress: Progress = SILENT) -> UUID:
    """The simulated edition, made if it is not there yet, with its results. Returns its id.

    Args:
        at: this instant; voting opened four weeks before and goes on for four.
        seed: of people, votes and days; the texts are those of the files.
    """
    place = fill(size, at=at, seed=seed, progress=progress)
    finish(place, at=at, progress=progress)
    return place.id


def finish(place: Consultation, *, at: datetime, progress: Progress = SILENT) -> None:
    """The results of an edition that has none yet."""
    progress.step("results")
    if newest(place.id) is None:
        compute_now(place, at=at)


def stay_open(at: datetime) -> int:
    """Let the vote of an edition made here go on where it is over: how many there were.

    A demonstration is looked at months after its first start. Where someone else has set the
    phases they stay as they were set.
    """
    opened = 0
    for place in Consultation.objects.filter(kind="simulated", state="open"):
        spans = {p.kind: (p.opens_at, p.closes_at) for p in place.phases.all()}
        vote = spans.get("vote")
        if vote is None or vote[1] is None or at < vote[1] or not _dated_here(place):
            continue
        new = _phases(at)
        new |= {kind: (spans[kind][0], new[kind][1]) for kind in ("listen", "vote")}
        day, ends = _day(at, 0).isoformat(), _day(at, 56)
        with transaction.atomic():
            schedule(ACTOR, place, new, key=f"again:{place.id}:{day}", at=at)
            rewrite(
                ACTOR,
                place,
                {},
                starts_on=place.starts_on,
                ends_on=ends,
                key=f"until:{place.id}:{day}",
                at=at,
            )
        opened += 1
    return opened


def _dated_here(place: Consultation) -> bool:
    set_by = Event.objects.filter(
        stream=f"consultation:{place.id}", act="consultations.schedule"
    ).order_by("recorded_at", "id")
    last = set_by.last()
    return last is not None and last.actor == ACTOR.pseudonym


def fill(
    size: SizeName, *, at: datetime, seed: int = SEED, progress: Progress = SILENT
) -> Consultation:
    """The edition without its results: all of it, or nothing."""
    everyone = _cast(size, at, seed)
    with transaction.atomic():
        place = place_of(create(ACTOR, _described(at), key=everyone.key("create"), at=at))
        if place.state == "draft":
            _play(place, everyone, progress)
        return place


def _cast(size: SizeName, at: datetime, seed: int) -> _Cast:
    amount = SIZES[size]
    contributed = read_contributions((_FOLDER / "contributions.csv").read_text("utf-8"))
    sentences = read_statements((_FOLDER / "statements.csv").read_text("utf-8"))
    chosen = contributed[: amount.contributions]
    name = f"{size}:{seed}"
    return _Cast(
        name,
        at,
        people(amount.people, chosen, MA.regions(), seed=name),
        chosen,
        sentences[: amount.statements],
    )


def _play(place: Consultation, everyone: _Cast, progress: Progress) -> None:
    """Every act of the edition, in the order in which people would do them."""
    at = everyone.at
    schedule(ACTOR, place, _phases(at), key=everyone.key("schedule"), at=at)
    open_to_all(ACTOR, place, key=everyone.key("open"), at=at)
    place.refresh_from_db()
    _found(place, everyone)
    progress.step("people", len(everyone.people))
    said_on = _days_of_saying(everyone)
    casts = _answers(everyone)
    _enter(place, everyone, said_on, casts)
    verticals = dict(Vertical.objects.filter(consultation=place).values_list("number", "id"))
    progress.step("contributions", len(everyone.contributed))
    said = _say(place, everyone, said_on, verticals)
    progress.step("statements", len(everyone.sentences))
    _state(place, everyone, said, verticals)
    progress.step("votes", len(casts))
    load(
        ACTOR,
        place,
        [
            Loaded(everyone.people[one.person].voice, one.statement, one.vote, one.at)
            for one in casts
        ],
        key=everyone.key("votes"),
        at=at,
    )


def _described(at: datetime) -> NewConsultation:
    verticals = MA.verticals()
    return NewConsultation(
        title=words.TITLE,
        kind="simulated",
        theme=words.THEME,
        summary=words.SUMMARY,
        host=languages(pick(MA.fictional_bodies(), HOST).name),
        place=words.PLACE,
        charter=words.CHARTER,
        starts_on=_day(at, -56),
        ends_on=_day(at, 56),
        zone=MA.time_zone,
        country=MA.code,
        taxonomy=verticals[0].taxonomy,
        verticals=new_verticals(),
        colleges=[college.code for college in MA.colleges()],
    )


def new_verticals() -> list[NewVertical]:
    """The sectors of the country, with their names and questions."""
    return [
        NewVertical(v.code, v.number, languages(v.name), languages(v.question))
        for v in MA.verticals()
    ]


def languages(wording: Wording) -> dict[str, str]:
    """A wording by page language, French first; without Tamazight where there is none."""
    said = {"fr": wording.fr, "ar": wording.ar, "zgh": wording.zgh, "en": wording.en}
    return {language: text for language, text in said.items() if text is not None}


def _phases(at: datetime) -> dict[str, tuple[datetime, datetime | None]]:
    """Listening began eight weeks ago and voting four; both go on for four weeks more.

    Whole days where it is held: the last day of voting is open until its midnight.
    """
    closes, ends = _midnight(at, 29), _midnight(at, 57)
    return {
        "listen": (_midnight(at, -56), closes),
        "vote": (_midnight(at, -28), closes),
        "deliberate": (closes, ends),
        "follow": (ends, None),
    }


def _day(at: datetime, days: int) -> date:
    return at.astimezone(_ZONE).date() + timedelta(days=days)


def _midnight(at: datetime, days: int) -> datetime:
    """0:00 of that day, in UTC; each by the clock of its own day, which Ramadan puts back."""
    return datetime.combine(_day(at, days), time(), tzinfo=_ZONE).astimezone(UTC)


def _morning(at: datetime, days: int) -> datetime:
    """9:00 of that day, in UTC."""
    return datetime.combine(_day(at, days), time(9), tzinfo=_ZONE).astimezone(UTC)


def _found(place: Consultation, everyone: _Cast) -> None:
    """The bodies of the edition: all fictional, and each says so in its name."""
    for body in MA.fictional_bodies():
        new = NewOrganisation(languages(body.name), body.college, MA.code)
        found(ACTOR, place, new, key=everyone.key(f"found:{body.code}"), at=everyone.at)


def _days_of_saying(everyone: _Cast) -> list[date]:
    """A day for each contribution, all before the statements that were drawn from them."""
    chance = stream(everyone.seed, "days")
    begins = _day(everyone.at, -56)
    return [begins + timedelta(days=int(28 * chance.random())) for _ in everyone.contributed]


def _answers(everyone: _Cast) -> list[Answered]:
    voters = [i for i, person in enumerate(everyone.people) if person.votes]
    return answers(voters, everyone.sentences, opens=everyone.opens, seed=everyone.seed)


def _enter(
    place: Consultation, everyone: _Cast, said_on: Sequence[date], casts: Sequence[Answered]
) -> None:
    came = dict(enumerate(said_on))
    for one in casts:
        came.setdefault(one.person, one.at.date())
    entering = [
        Entering(
            person.voice,
            Portrait(person.college, person.region, person.area),
            person.channel,
            came[i],
        )
        for i, person in enumerate(everyone.people)
    ]
    enter_many(ACTOR, place, entering, key=everyone.key("enter"), at=everyone.at)


def _say(
    place: Consultation, everyone: _Cast, said_on: Sequence[date], verticals: dict[int, UUID]
) -> dict[int, UUID]:
    """The contributions, by their ids in the file; what is personal in them is masked."""
    sayings = [
        Saying(
            everyone.people[i].voice,
            row.text,
            row.language,
            verticals.get(row.vertical) if row.vertical else None,
            row.channel,
            said_on[i],
        )
        for i, row in enumerate(everyone.contributed)
    ]
    ids = say_many(ACTOR, place, sayings, key=everyone.key("say"), at=everyone.at)
    said = {row.id: uid for row, uid in zip(everyone.contributed, ids, strict=True)}
    show_masked(
        {
            said[row.id]: mask(row.text, PERSONAL)
            for row in everyone.contributed
            if row.personal_data
        }
    )
    return said


def _state(
    place: Consultation, everyone: _Cast, said: dict[int, UUID], verticals: dict[int, UUID]
) -> None:
    stated = [
        Stated(
            sentence.text,
            sentence.language,
            sentence.translations,
            vertical=verticals.get(sentence.vertical) if sentence.vertical else None,
            seed=True,
            moderation="accepted",
            number=sentence.id,
            # A smaller edition holds the first contributions only.
            inspired_by=[said[source] for source in sentence.sources if source in said],
            made_at=everyone.opens,
        )
        for sentence in everyone.sentences
    ]
    state(ACTOR, place, stated, key=everyone.key("state"), at=everyone.at)
