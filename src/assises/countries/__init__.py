"""Countries: all that is particular to one place, as data with sources.

Promises: names in the languages of the house, a source for what is a fact, "not known" said where
nothing is known, and no deadline that can be used before it is confirmed. May import ``lib`` only.

Another country writes its own package with TOML files in the shape that ``countries.load`` reads,
and one :class:`Country`; ``countries.ma`` shows how.
"""

from assises.countries.deadlines import Claim, Deadline
from assises.countries.model import (
    Authority,
    College,
    ContentLanguage,
    Country,
    FictionalBody,
    Mapping,
    Region,
    Taxonomy,
    TaxonomyEntry,
    Vertical,
    counterparts,
    pick,
)
from assises.countries.press import PressEdition, PressFact, Reading, Section
from assises.countries.wording import NOT_KNOWN, Source, Wording

__all__ = [
    "NOT_KNOWN",
    "Authority",
    "Claim",
    "College",
    "ContentLanguage",
    "Country",
    "Deadline",
    "FictionalBody",
    "Mapping",
    "PressEdition",
    "PressFact",
    "Reading",
    "Region",
    "Section",
    "Source",
    "Taxonomy",
    "TaxonomyEntry",
    "Vertical",
    "Wording",
    "counterparts",
    "pick",
]
