"""What pages are given: plain values, already permitted, masked and counted.

A front fills these from its queries and hands them to the macros of ``parts.html.j2``. Texts that
people wrote travel with their language, everything else is said in the reader's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from markupsafe import Markup

Answer = Literal["agree", "pass", "disagree"]
Tone = Literal["plain", "good", "wait", "bad"]
Kind = Literal[
    "contribution",
    "theme",
    "statement",
    "vote",
    "finding",
    "recommendation",
    "strategy",
    "measure",
]


@dataclass(frozen=True)
class Frame:
    """What stands around every page; each address is a path on this site.

    Attributes:
        site: name of the consultation in the reader's language.
        languages: this page in each language, address by code, in the order to show.
        current: which entry of the navigation this page belongs to.
        own: the reader's own page, if they have a voice here.
        simulated: nobody said this, no body decided this.
    """

    site: str
    home: str
    say: str
    follow: str
    check: str
    search: str
    promises: str
    method: str
    about: str
    source: str
    data: str
    languages: Mapping[str, str]
    current: Literal["say", "follow", "check", "search", ""] = ""
    own: str | None = None
    simulated: bool = False


@dataclass(frozen=True)
class Text:
    """Words that someone wrote.

    Attributes:
        language: ``fr, ar, ary-Arab, ary-Latn, zgh-Tfng, zgh-Latn, en, und``.
        translation: the same in the reader's language, if it differs and exists.
        translator: who made this translation; None for an original.
        reviewed: whether a person has read the translation.
    """

    words: str
    language: str
    translation: Text | None = None
    translator: str | None = None
    reviewed: bool = False


@dataclass(frozen=True)
class Step:
    """One place on the thread.

    Attributes:
        state: ``past`` leads here, ``here`` is this object, ``next`` follows from it, ``none``
            does not exist yet.
        title: what stands there; without it, its count or its kind is said.
        count: how many stand there, if several.
        apart: what stood there and is gone, in words, as "1 withdrew"; it is not in ``count``.
        language: of the title, if someone wrote it.
    """

    kind: Kind
    state: Literal["past", "here", "next", "none"]
    title: str | None = None
    url: str | None = None
    count: int | None = None
    language: str | None = None
    apart: str | None = None


@dataclass(frozen=True)
class Door:
    """One of the three ways in. ``motif`` is the small drawing above it."""

    title: str
    words: str
    url: str
    motif: Literal["say", "follow", "check"]


@dataclass(frozen=True)
class Vertical:
    """A sector. ``number`` is its place in the taxonomy; ``reached`` the furthest kind so far."""

    number: int
    name: str
    url: str
    contributions: int
    reached: Kind | None = None


@dataclass(frozen=True)
class Counts:
    """People by their answer to one statement.

    Attributes:
        interval: bounds (fractions) of the share that leads, if those who answered are taken for a
            sample of those who might have.
        simulated: nobody ever answered; the bar says so wherever it is copied to.
    """

    agrees: int
    disagrees: int
    passes: int
    interval: tuple[float, float] | None = None
    simulated: bool = False


@dataclass(frozen=True)
class Statement:
    """A sentence people agree or disagree with.

    Attributes:
        who: its author as they may be named; None if nobody is.
        counts: None while too few answered to publish a count.
        source: the table that holds the counts.
        mine: the reader's own answer.
        steps: where it stands.
    """

    id: str
    text: Text
    url: str | None = None
    who: str | None = None
    counts: Counts | None = None
    source: str | None = None
    mine: Answer | None = None
    steps: Sequence[Step] = ()


@dataclass(frozen=True)
class Contribution:
    """What someone said.

    Attributes:
        text: None once withdrawn.
        channel: ``web, paper, workshop, hearing, voice, floor, import``.
        college: declared kind of stakeholder, in words.
        place: as coarse as it may be published.
        steps: where it stands.
        withdrawn: the day its author took it back.
    """

    url: str
    who: str
    channel: str
    at: date
    text: Text | None = None
    college: str | None = None
    place: str | None = None
    steps: Sequence[Step] = ()
    withdrawn: date | None = None


@dataclass(frozen=True)
class Source:
    """Where something was published. ``words`` is what it says, if it is quoted."""

    name: str
    url: str | None = None
    at: date | None = None
    words: str | None = None


@dataclass(frozen=True)
class Fact:
    """Something the press reports. ``text`` is None where nothing is known."""

    subject: str
    status: Literal["reported", "disagreement", "not known"]
    text: str | None = None
    sources: Sequence[Source] = ()


@dataclass(frozen=True)
class Promise:
    """Something promised to everyone, and how it stands.

    Attributes:
        proof: where it can be checked; a promise without one says so.
        checked: the day it was last tested.
    """

    title: str
    words: str
    state: Literal["kept", "partly", "broken", "not yet"]
    proof: str | None = None
    checked: date | None = None


@dataclass(frozen=True)
class Field:
    """One question of a form.

    Attributes:
        kind: an ``input`` type, or ``textarea``, ``select``, ``radio``, ``checks``, ``checkbox``.
        value: what was entered; for ``checks`` all values chosen; for ``checkbox`` a truth.
        choices: value and label, for ``select``, ``radio`` and ``checks``.
        attributes: further HTML attributes, such as ``autocomplete`` or ``maxlength``.
    """

    name: str
    label: str
    kind: str = "text"
    value: object = ""
    help: str | None = None
    error: str | None = None
    required: bool = False
    choices: Sequence[tuple[str, str]] = ()
    attributes: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """The head of a column; numbers stand at its end."""

    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells already written as words; a cell may be Markup (a link, a chip)."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str | Markup]]


@dataclass(frozen=True)
class Tile:
    """A region on the tile grid.

    Attributes:
        short: up to four characters drawn on the tile.
        column, row: its place, from 0, west to east and north to south.
        level: 0 (least) to 4 (most); None where it cannot be said.
        value: the figure in words.
    """

    name: str
    short: str
    column: int
    row: int
    level: int | None
    value: str
    url: str | None = None


@dataclass(frozen=True)
class Phase:
    """A stretch of the consultation; days are inclusive, None where not fixed yet."""

    name: str
    state: Literal["past", "now", "next"]
    first: date | None = None
    last: date | None = None
    words: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Entry:
    """A line of the journal.

    Attributes:
        act: what was done, a sentence in the reader's language.
        who: pseudonym or role.
        leaf: place in the sealed log; None until sealed.
        proof: where its proof can be fetched.
    """

    at: datetime
    act: str
    who: str
    url: str | None = None
    leaf: int | None = None
    proof: str | None = None
