"""Morocco: verticals, regions, colleges, languages, legal clocks, bodies, and the 2025 edition.

Promises: every fact has the source it was read in; real bodies stand in :func:`authorities` and
never act in a simulation, whose bodies are the fictional ones. May import ``lib`` and
``countries`` only. Names of regions are the official ones; ISO codes are codes, never labels.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from assises.countries import load
from assises.countries.deadlines import Deadline
from assises.countries.model import (
    Authority,
    College,
    ContentLanguage,
    Country,
    FictionalBody,
    Mapping,
    Region,
    Taxonomy,
    Vertical,
)
from assises.countries.press import PressEdition, read_press_edition
from assises.countries.wording import Wording

__all__ = [
    "MA",
    "authorities",
    "clocks",
    "colleges",
    "edition_2025",
    "fictional_bodies",
    "languages",
    "mappings",
    "press_editions",
    "regions",
    "taxonomies",
    "verticals",
]

_HERE: Final = resources.files(__name__)
_DATA: Final = _HERE / "data"


@cache
def verticals() -> tuple[Vertical, ...]:
    """The thirteen of July 2025, in their published order."""
    return load.verticals(_DATA)


@cache
def taxonomies() -> tuple[Taxonomy, ...]:
    """The published lists of sectors: the thirteen, the variants of the press, the later eighteen.

    Of the eighteen only the number is known to us: the list is empty and says so.
    """
    return load.taxonomies(_DATA)


@cache
def mappings() -> tuple[Mapping, ...]:
    """What corresponds to what between these lists, as far as a source says."""
    return load.mappings(_DATA)


@cache
def regions() -> tuple[Region, ...]:
    """The twelve regions, with their people at the census of 2024."""
    return load.regions(_DATA)


@cache
def colleges() -> tuple[College, ...]:
    """The eleven kinds of stakeholders."""
    return load.colleges(_DATA)


@cache
def languages() -> tuple[ContentLanguage, ...]:
    """The languages and scripts in which people contribute."""
    return load.languages(_DATA)


@cache
def clocks() -> tuple[Deadline, ...]:
    """Legal deadlines; those without a source seen are unconfirmed and refuse to be used."""
    return load.clocks(_DATA)


@cache
def authorities() -> tuple[Authority, ...]:
    """The real bodies that the product has to name. In a simulation none of them acts."""
    return load.authorities(_DATA)


@cache
def fictional_bodies() -> tuple[FictionalBody, ...]:
    """The bodies of a simulated edition; at least one of every college but the citizens."""
    return load.fictional_bodies(_DATA)


@cache
def edition_2025() -> PressEdition:
    """The real Assises of July 2025, from the press: the first shelf of every installation."""
    return read_press_edition(_HERE / "edition_2025.toml")


@cache
def press_editions() -> tuple[PressEdition, ...]:
    """The shelves of real editions, oldest first."""
    return (edition_2025(),)


MA: Final = Country(
    code="MA",
    name=Wording(fr="Maroc", ar="المغرب", en="Morocco", zgh="ⵍⵎⵖⵔⵉⴱ", review=True),
    time_zone="Africa/Casablanca",
    currency="MAD",
    verticals=verticals,
    taxonomies=taxonomies,
    mappings=mappings,
    regions=regions,
    colleges=colleges,
    languages=languages,
    clocks=clocks,
    authorities=authorities,
    fictional_bodies=fictional_bodies,
    press_editions=press_editions,
)
