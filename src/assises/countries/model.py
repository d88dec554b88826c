"""What a country tells the house about itself: plain data, in the languages of the house.

Nothing here is computed and nothing is Moroccan. A country is a folder of TOML files in the shape
that ``countries.load`` reads, and one :class:`Country` that names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeVar

from assises.countries.deadlines import Deadline
from assises.countries.press import PressEdition
from assises.countries.wording import Source, Wording
from assises.lib.errors import InputError

Relation = Literal["same", "absent", "not_known"]
RELATIONS: Final[tuple[Relation, ...]] = ("same", "absent", "not_known")


class Coded(Protocol):
    """Whatever is looked up by its stable code."""

    @property
    def code(self) -> str:
        """Stable, lower case, ASCII; never shown, never reused."""


Found = TypeVar("Found", bound=Coded)


@dataclass(frozen=True, slots=True)
class Vertical:
    """A sector of the consultation, as one taxonomy lists it."""

    code: str
    number: int
    """Its place in the published list, from 1."""
    name: Wording
    question: Wording
    """What to ask a person who does not know the word: about their life, in one sentence."""
    taxonomy: str
    """Version of the list it stands in."""
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class TaxonomyEntry:
    """One line of a list of sectors."""

    code: str
    name: Wording


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """A published list of sectors, in one version."""

    version: str
    title: Wording
    size: int | None
    """How many sectors it is said to have; ``None``: not known."""
    complete: bool
    """Whether ``entries`` is the whole list, or only what a source says of it."""
    entries: tuple[TaxonomyEntry, ...]
    sources: tuple[Source, ...]

    @property
    def code(self) -> str:
        """The version, which is what taxonomies are looked up by."""
        return self.version


@dataclass(frozen=True, slots=True)
class Mapping:
    """One link between two lists of sectors; a sector may have many, on both sides."""

    source: str
    """Version of the list that is left."""
    target: str
    """Version of the list that is reached."""
    source_code: str | None
    target_code: str | None
    relation: Relation
    """``same``: both codes name one sector; ``absent``: the other list leaves it out;
    ``not_known``: no source says what corresponds to it."""


@dataclass(frozen=True, slots=True)
class Region:
    """A first-level region with its legal population at the last census."""

    code: str
    """Code of the statistics office."""
    iso: str
    """ISO 3166-2, for exchange only: names shown are always ``name``."""
    name: Wording
    population: int
    urban: int
    rural: int
    fifteen_plus: int
    """People of 15 or more."""
    census: int
    """Year of the census."""
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class College:
    """A kind of stakeholder that a person or body declares itself to be of."""

    code: str
    name: Wording
    meaning: Wording


@dataclass(frozen=True, slots=True)
class ContentLanguage:
    """A language and script in which people write or speak here."""

    tag: str
    """BCP 47; ``und`` where nobody said and nothing shows."""
    name: Wording
    direction: Literal["ltr", "rtl", "auto"]

    @property
    def code(self) -> str:
        """The tag, which is what content languages are looked up by."""
        return self.tag


@dataclass(frozen=True, slots=True)
class Authority:
    """A real public body that the law makes part of the way; it never acts in a simulation."""

    code: str
    acronym: str
    name: Wording
    role: Wording
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class FictionalBody:
    """A body that exists in simulated editions only; its name says so in every language."""

    code: str
    college: str
    kind: str
    name: Wording


@dataclass(frozen=True, slots=True)
class Country:
    """All that is particular to one country; passed in, never imported by what is general.

    The fields are functions so that a page which needs twelve regions does not read the rest.
    """

    code: str
    """ISO 3166-1, two letters."""
    name: Wording
    time_zone: str
    """IANA name of the zone in which deadlines end."""
    currency: str
    """ISO 4217."""
    verticals: Callable[[], tuple[Vertical, ...]]
    taxonomies: Callable[[], tuple[Taxonomy, ...]]
    mappings: Callable[[], tuple[Mapping, ...]]
    regions: Callable[[], tuple[Region, ...]]
    colleges: Callable[[], tuple[College, ...]]
    languages: Callable[[], tuple[ContentLanguage, ...]]
    clocks: Callable[[], tuple[Deadline, ...]]
    authorities: Callable[[], tuple[Authority, ...]]
    fictional_bodies: Callable[[], tuple[FictionalBody, ...]]
    press_editions: Callable[[], tuple[PressEdition, ...]]
    """Real editions as far as published facts go."""


def pick(items: Sequence[Found], code: str) -> Found:
    """The one of that code.

    Raises:
        InputError: if there is none; the next step lists what there is.
    """
    for item in items:
        if item.code == code:
            return item
    raise InputError(
        "there is nothing of that code here",
        value=code,
        next_step=f"Use one of {', '.join(item.code for item in items)}.",
    )


def counterparts(
    mappings: Iterable[Mapping], code: str, *, source: str, target: str
) -> tuple[str, ...] | None:
    """What a sector of one list corresponds to in another, walked in either direction.

    Returns:
        The codes, in the order of the mapping; empty if the other list leaves the sector out;
        ``None`` if it is not known, which is no ground for leaving anything out.
    """
    links = [link for link in map(_towards(source, target), mappings) if link and link[0] == code]
    if not links or any(relation == "not_known" for _, _, relation in links):
        return None
    return tuple(other for _, other, relation in links if relation == "same" and other)


def _towards(
    source: str, target: str
) -> Callable[[Mapping], tuple[str | None, str | None, Relation] | None]:
    def seen(link: Mapping) -> tuple[str | None, str | None, Relation] | None:
        if (link.source, link.target) == (source, target):
            return link.source_code, link.target_code, link.relation
        if (link.target, link.source) == (source, target):
            return link.target_code, link.source_code, link.relation
        return None

    return seen
