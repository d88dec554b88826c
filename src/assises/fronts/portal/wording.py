"""From what the rooms know to what the pages' parts are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from assises.engines.opinion.statistics import wilson
from assises.look.pages.shapes import Answer, Contribution, Counts, Kind, Statement, Step, Text
from assises.look.pages.shapes import Phase as Stretch
from assises.look.speech import Speech
from assises.rooms.chain.linking import Node
from assises.rooms.chain.queries import walk
from assises.rooms.consultations.queries import Edition, Sector
from assises.rooms.contributions.queries import Put, Spoken
from assises.rooms.texts.queries import Said
from assises.rooms.votes.queries import Tally
from assises.web.routes import address

FEWEST: Final = 10
"""People below whom no count is published."""
ANSWERS: Final[dict[int, Answer]] = {1: "agree", 0: "pass", -1: "disagree"}
VOTES: Final[dict[str, int]] = {answer: vote for vote, answer in ANSWERS.items()}
_CHAIN: Final[tuple[Kind, ...]] = (
    "contribution",
    "theme",
    "statement",
    "vote",
    "finding",
    "recommendation",
    "strategy",
    "measure",
)


def text_of(words: Said) -> Text:
    """Words with their language; a translation says that it is one."""
    return Text(words.words, words.tag)


def statement_of(
    put: Put,
    language: str,
    *,
    tally: Tally | None = None,
    mine: int | None = None,
    original: Said | None = None,
) -> Statement:
    """A statement as a card: its counts only where enough people answered."""
    enough = tally is not None and tally.answered >= FEWEST
    return Statement(
        id=str(put.row.number),
        text=_in_two(put.words, original),
        url=statement_url(put, language),
        counts=counts_of(tally) if tally and enough else None,
        mine=None if mine is None else ANSWERS[mine],
    )


def counts_of(tally: Tally) -> Counts:
    """Counts with the interval (Wilson, 95 %) of the share that leads."""
    leading = max(tally.agrees, tally.disagrees)
    low, high = wilson(leading, tally.answered)
    return Counts(tally.agrees, tally.disagrees, tally.passes, (low, high))


def statement_url(put: Put, language: str) -> str:
    """The address of a statement's page."""
    return f"/{language}/statements/{address(put.row.short, put.words.words)}"


def contribution_of(
    s: Speech, spoken: Spoken, *, original: Said | None = None, steps: Sequence[Step] = ()
) -> Contribution:
    """A contribution as a card; withdrawn ones are stones."""
    row = spoken.row
    gone = spoken.words is None or row.state == "withdrawn"
    return Contribution(
        url=contribution_url(spoken, s.language),
        who=s.say("Contribution {code}", code=row.short[:4].upper()),
        channel=row.channel,
        at=row.said_on,
        text=None if gone or spoken.words is None else _in_two(spoken.words, original),
        steps=steps,
        withdrawn=row.said_on if gone else None,
    )


def contribution_url(spoken: Spoken, language: str) -> str:
    """The address of a contribution's page: its words are not in it, they may be withdrawn."""
    return f"/{language}/contributions/{spoken.row.short}"


def vertical_url(sector: Sector, language: str) -> str:
    """The address of a vertical's page."""
    return f"/{language}/verticals/{address(sector.short, sector.name.words)}"


def edition_url(edition: Edition, language: str) -> str:
    """The address of an edition's page."""
    return f"/{language}/editions/{address(edition.row.short, edition.title.words)}/"


def phases_of(s: Speech, edition: Edition, at: datetime) -> list[Stretch]:
    """The phases of an edition on a line, by the days of its own zone."""
    names = {
        "listen": s.say("Listening"),
        "vote": s.say("Voting"),
        "deliberate": s.say("Deliberating"),
        "follow": s.say("Following up"),
    }
    zone, running = ZoneInfo(edition.row.zone), edition.running(at)
    return [
        Stretch(
            names[phase.kind],
            "now" if phase.kind in running else "past" if phase.opens_at <= at else "next",
            phase.opens_at.astimezone(zone).date(),
            None if phase.closes_at is None else _last_day(phase.closes_at.astimezone(zone)),
        )
        for phase in edition.phases
    ]


def _last_day(closes: datetime) -> date:
    """A phase that closes at midnight closes at 24:00 of the day before."""
    return (closes - timedelta(microseconds=1)).date()


def thread_of(
    kind: Kind, here: Iterable[Node], *, votes: int = 0, urls: dict[str, str] | None = None
) -> list[Step]:
    """The thread of one or many things: how many of each kind lead here and follow from here."""
    nodes = list(here)
    reached: dict[str, set[UUID]] = {name: set() for name in _CHAIN}
    for node in nodes:
        for onward in (False, True):
            for _, other in walk(node, onward=onward):
                reached.setdefault(other.kind, set()).add(other.id)
    counts = {name: len(found) for name, found in reached.items()}
    counts["vote"] = votes
    at = _CHAIN.index(kind)
    return [_step(name, i, at, counts, urls or {}) for i, name in enumerate(_CHAIN)]


def whole_thread(counts: Mapping[str, tuple[int, str]]) -> list[Step]:
    """The thread of a whole edition or vertical: how much of each kind there is, and where."""
    steps = []
    for name in _CHAIN:
        count, url = counts.get(name, (0, ""))
        if count:
            steps.append(Step(name, "past", count=count, url=url))
        else:
            steps.append(Step(name, "none"))
    return steps


def _step(name: Kind, i: int, at: int, counts: dict[str, int], urls: dict[str, str]) -> Step:
    if i == at:
        return Step(name, "here", url=None)
    count = counts[name]
    if not count:
        return Step(name, "none")
    return Step(name, "past" if i < at else "next", count=count, url=urls.get(name))


def _in_two(shown: Said, original: Said | None) -> Text:
    """The words of the page's language beneath the original ones, where they differ."""
    if original is None or original.version == shown.version:
        return text_of(shown)
    return Text(
        original.words,
        original.tag,
        translation=Text(shown.words, shown.tag, reviewed=shown.reviewed),
    )
