"""From what the rooms know to what the pages' parts are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from assises.engines.opinion.statistics import wilson
from assises.look.pages.shapes import Answer, Contribution, Counts, Kind, Statement, Step, Text
from assises.look.pages.shapes import Phase as Stretch
from assises.look.speech import Speech
from assises.rooms.chain.linking import Node
from assises.rooms.chain.queries import Card, cards, walk_from
from assises.rooms.consultations.queries import Edition, Sector
from assises.rooms.contributions.queries import Put, Spoken, statements_by_uid
from assises.rooms.insights.queries import public_tallies
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
    steps: Sequence[Step] = (),
) -> Statement:
    """A statement as a card: its counts only where enough people answered."""
    enough = tally is not None and tally.answered >= FEWEST
    return Statement(
        id=str(put.row.number),
        text=_in_two(put.words, original),
        url=statement_url(put, language),
        counts=counts_of(tally, simulated=put.row.consultation.simulated)
        if tally and enough
        else None,
        mine=None if mine is None else ANSWERS[mine],
        steps=steps,
    )


def counts_of(tally: Tally, *, simulated: bool = False) -> Counts:
    """Counts with the interval (Wilson, 95 %) of the share that leads."""
    leading = max(tally.agrees, tally.disagrees)
    low, high = wilson(leading, tally.answered)
    return Counts(tally.agrees, tally.disagrees, tally.passes, (low, high), simulated)


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
        withdrawn=row.withdrawn_on if gone else None,
    )


def spoken_nodes(spoken: Iterable[Spoken]) -> list[Node]:
    """Contributions as they stand on the chain."""
    return [Node("contribution", one.row.id) for one in spoken]


def put_nodes(put: Iterable[Put]) -> list[Node]:
    """Statements as they stand on the chain."""
    return [Node("statement", one.row.uid) for one in put]


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


def threads_of(
    s: Speech, kind: Kind, nodes: Iterable[Node], *, urls: Mapping[str, str] | None = None
) -> dict[Node, list[Step]]:
    """The thread of each of these: how many of each kind lead to it and follow from it.

    What its author withdrew, or moderation hid, is counted apart; what no page shows (a statement
    that waits) is not counted.
    """
    listed = list(nodes)
    reached: dict[Node, set[Node]] = {node: set() for node in listed}
    for onward in (False, True):
        for node, others in walk_from(listed, onward=onward).items():
            reached[node] |= {other for _, other in others}
    described = cards({node for found in (listed, *reached.values()) for node in found}, s.language)
    answered = _answered(card.node.id for card in described.values() if _is_put(card))
    return {
        node: _steps(
            s,
            kind,
            [described[other] for other in found if other in described],
            sum(answered.get(one.id, 0) for one in (node, *found)),
            urls or {},
        )
        for node, found in reached.items()
    }


def _is_put(card: Card) -> bool:
    return card.node.kind == "statement" and card.state == "current"


def _answered(statements: Iterable[UUID]) -> dict[UUID, int]:
    """How many answers each of these has, as everyone may see them."""
    rows = [put.row for put in statements_by_uid(statements, "und").values()]
    counted: dict[int, Tally] = {}
    for place in {row.consultation_id for row in rows}:
        here = [row.id for row in rows if row.consultation_id == place]
        counted |= public_tallies(place, here)
    return {row.uid: counted[row.id].answered for row in rows}


def _steps(
    s: Speech, kind: Kind, others: Sequence[Card], votes: int, urls: Mapping[str, str]
) -> list[Step]:
    at = _CHAIN.index(kind)
    counts = Counter((card.node.kind, card.state) for card in others)
    steps = []
    for i, name in enumerate(_CHAIN):
        state: Literal["past", "next"] = "past" if i < at else "next"
        count = votes if name == "vote" else counts[name, "current"]
        apart = _apart(s, counts[name, "withdrawn"], counts[name, "hidden"])
        if i == at:
            steps.append(Step(name, "here", url=None))
        elif name == "vote" and 0 < count < FEWEST:
            steps.append(Step(name, state, title=s.say("fewer than ten"), url=urls.get(name)))
        elif count or apart:
            steps.append(Step(name, state, url=urls.get(name), count=count or None, apart=apart))
        else:
            steps.append(Step(name, "none"))
    return steps


def _apart(s: Speech, withdrawn: int, hidden: int) -> str | None:
    parts = []
    if withdrawn:
        parts.append(s.count("{n} withdrew", "{n} withdrew", withdrawn))
    if hidden:
        parts.append(s.count("{n} hidden by moderation", "{n} hidden by moderation", hidden))
    return s.say(", ").join(parts) or None


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


def _in_two(shown: Said, original: Said | None) -> Text:
    """The words of the page's language beneath the original ones, where they differ."""
    if original is None or original.version == shown.version:
        return text_of(shown)
    return Text(
        original.words,
        original.tag,
        translation=Text(shown.words, shown.tag, reviewed=shown.reviewed),
    )
