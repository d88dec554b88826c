"""What the API answers with. Everything that belongs to an edition says whether it is simulated."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

Tag = Literal["fr", "ar", "ary-Arab", "ary-Latn", "zgh-Tfng", "zgh-Latn", "en", "und"]
"""Languages of content, as ``rooms.texts`` has them."""
Vote = Annotated[
    int, Field(strict=True, ge=-1, le=1, description="1 agrees, -1 disagrees, 0 passes.")
]
Withheld = Literal["fewer-than-10"]
"""Why a count is null: it would speak of fewer than ten people."""
Direction = Literal["ltr", "rtl"]
Item = TypeVar("Item")


class Translation(BaseModel):
    """Words that are not the speaker's own."""

    words: str
    direction: Direction
    reviewed: bool = Field(
        description="Whether someone other than the translator is known to have read it."
    )


class Text(BaseModel):
    """Words as they were first said, and their translations by language tag."""

    language: Tag
    direction: Direction
    words: str
    translations: dict[str, Translation]


class Page(BaseModel, Generic[Item]):
    """Some of a list."""

    items: list[Item]
    next: str | None = Field(description="The address of what follows; null at the end.")


class Labelled(BaseModel):
    """Something of an edition."""

    simulated: bool = Field(
        description="True where nobody said it: the whole edition is a simulation."
    )
    edition: str = Field(description="Short id of the edition.")


class Edition(BaseModel):
    """One process: the Assises of a year."""

    simulated: bool
    id: str
    kind: Literal["own", "simulated", "press", "import"] = Field(
        description="Held here, simulated, told from the press, or votes that came in a file."
    )
    state: Literal["open", "closed"]
    title: Text
    theme: Text | None
    summary: Text | None
    host: Text | None
    patronage: Text | None
    place: Text | None
    charter: Text | None
    starts_on: date | None
    ends_on: date | None
    zone: str = Field(description="IANA time zone of its days.")
    country: str = Field(description="ISO 3166-1.")
    colleges: list[str]
    moderated: bool = Field(description="Whether statements are read before they are shown.")
    single_votes_published: bool


class Editions(Page[Edition]):
    """Some editions."""


class Phase(Labelled):
    """From when to when one may do something."""

    kind: Literal["listen", "vote", "deliberate", "follow"]
    opens_at: datetime
    closes_at: datetime | None = Field(description="The first instant after it; null: not said.")
    under_way: bool


class Phases(Page[Phase]):
    """The phases of an edition."""


class Vertical(Labelled):
    """A sector."""

    id: str
    number: int
    code: str
    name: Text
    question: Text | None
    contributions: int
    statements: int


class Verticals(Page[Vertical]):
    """The verticals of an edition."""


class Counts(BaseModel):
    """How those who answered a statement answered it: self-selected people, unweighted."""

    answered: int
    agrees: int
    disagrees: int
    passes: int


class Statement(Labelled):
    """A short sentence to agree or disagree with."""

    kind: Literal["statement"] = "statement"
    id: str
    number: int = Field(description="Its place in the edition and in every export.")
    vertical: str | None = Field(description="Short id.")
    words: Text
    seed: bool = Field(description="Put by the house rather than by a participant.")
    meta: bool = Field(description="It speaks of the voter, and forms no groups.")
    counts: Counts | None = Field(description="As of now.")
    counts_withheld: Withheld | None


class Statements(Page[Statement]):
    """Some statements."""


class Refused(Labelled):
    """A statement that a person refused: it is not put to anyone."""

    id: str
    number: int = Field(description="Its place in the edition and in every export.")
    reason: str = Field(description="Empty where it was refused before it came here.")
    words: Text | None = Field(
        description="Null for those of participants: they may name someone or insult them."
    )
    decided_on: date | None
    leaf: int | None = Field(description="Of the decision in the sealed log; null: not yet.")
    proof: str | None = Field(description="Where the proof of the decision is.")


class RefusedStatements(Page[Refused]):
    """Some statements that were refused."""


class Contribution(Labelled):
    """What someone said, in their words."""

    kind: Literal["contribution"] = "contribution"
    id: str
    vertical: str | None = Field(description="Short id.")
    channel: Literal["web", "paper", "workshop", "hearing", "voice", "floor", "import"]
    said_on: date
    words: Text


class Contributions(Page[Contribution]):
    """Some contributions."""


Hit = Annotated[Statement | Contribution, Field(discriminator="kind")]


class Hits(Page[Hit]):
    """Some of what was found."""


class Group(BaseModel):
    """Voices that vote alike."""

    letter: str = Field(description="It stays with the group from one result to the next.")
    bundle_letter: str = Field(description="Its letter in the bundle: anew each time, by size.")
    people: int | None
    people_withheld: Withheld | None


class GroupCounts(Counts):
    """How one group answered a statement."""

    letter: str


class Standing(BaseModel):
    """A statement in the results. Its counts are those of the snapshot, not of now."""

    statement: int = Field(description="Its number.")
    id: str
    words: Text
    score: float | None = Field(
        description="What orders the list: the share of agreement multiplied over the groups, or "
        "how far apart the groups are; see the documentation of the method."
    )
    counts: Counts | None
    counts_withheld: Withheld | None
    by_group: list[GroupCounts] | None
    by_group_withheld: Withheld | None = Field(
        description="Set where any group, or those in no group, would be fewer than ten."
    )


class Results(Labelled):
    """The newest computed results."""

    bundle: str = Field(description="Id of the bundle that holds them, a hash of its content.")
    computed_at: datetime = Field(description="To the hour.")
    people: int = Field(
        description="Voices that answered: they chose to, nobody drew them, and one person can "
        "make several."
    )
    votes: int
    groups: list[Group]
    agreed_in_every_group: list[Standing]
    divisive: list[Standing]


class Act(Labelled):
    """One line of the journal: that something was done, not what and not by whom."""

    act: str
    by: str = Field(description="Kind of actor: account, system.")
    at: datetime = Field(description="To the hour.")
    sequence: int | None = Field(description="Its place among the edition's acts; null: not yet.")
    leaf: int | None = Field(description="Its place in the sealed log; null: not yet.")
    proof: str | None = Field(description="Where its proof is; null: not sealed yet.")


class Acts(Page[Act]):
    """Some lines of the journal."""


class OwnVote(BaseModel):
    """A vote of one's own."""

    statement: int
    vote: Vote


class OwnContribution(Labelled):
    """A contribution of one's own, hidden or withdrawn ones too."""

    id: str
    state: Literal["public", "hidden", "withdrawn"]
    vertical: str | None
    said_on: date
    withdrawn_on: date | None
    words: Text | None = Field(description="Null once withdrawn: the words are erased.")


class Position(BaseModel):
    """Where one stands now; `group` is null too while the published map does not have it yet."""

    x: float
    y: float
    group: str | None
    bundle: str


class Me(Labelled):
    """What a voice said and answered in one edition: for itself alone."""

    votes: list[OwnVote]
    contributions: list[OwnContribution]
    position: Position | None


class Taken(Labelled):
    """Votes that were taken: all of them."""

    taken: int
    code: str | None = Field(
        description="The new voice's secret, told this once; null where the caller had one."
    )


class Withdrawn(Labelled):
    """What was taken back."""

    withdrawn: int


class Said(Labelled):
    """A contribution that was taken."""

    contribution: Contribution
    code: str | None = Field(
        description="The new voice's secret, told this once; null where the caller had one."
    )


class Root(BaseModel):
    """Where to begin."""

    version: str
    editions: str
    search: str
    openapi: str
