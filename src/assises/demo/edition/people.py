"""Who takes part in the simulated edition: those who wrote, and people shaped like the census."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from assises.countries.model import Region
from assises.demo.edition.chances import among, named_uuid, stream

COLLEGES: Final = (
    ("citizen", 0.800),
    ("civil-society", 0.055),
    ("academia", 0.045),
    ("private-sector", 0.035),
    ("diaspora", 0.025),
    ("public-institution", 0.020),
    ("start-up", 0.012),
    ("ministry", 0.004),
    ("international-figure", 0.002),
    ("investment-fund", 0.001),
    ("sovereign-fund", 0.001),
)
"""The college that people declare, and the share that declares it."""
CHANNELS: Final = (("web", 0.84), ("workshop", 0.10), ("paper", 0.06))
UNSAID: Final = 0.08
"""Share of people who do not say where they live; as many, of others, do not say their college."""
WITHOUT_A_BALLOT: Final = ("hearing", "voice", "floor")
"""Channels in which one speaks and does not vote."""


@dataclass(frozen=True, slots=True)
class Contributed:
    """One row of ``contributions.csv``: who, through which channel, what."""

    id: int
    vertical: int | None
    language: str
    channel: str
    college: str
    region: str
    area: str
    text: str
    personal_data: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the simulation; ``contributed`` where they wrote something."""

    voice: UUID
    college: str
    region: str
    area: str
    channel: str
    contributed: Contributed | None = None

    @property
    def votes(self) -> bool:
        """Whether they came to vote too."""
        return self.contributed is None or self.channel not in WITHOUT_A_BALLOT


def read_contributions(source: str) -> list[Contributed]:
    """The contributions that were written for the simulation, in the order of the file."""
    return [
        Contributed(
            id=int(row["id"]),
            vertical=int(row["vertical"]) if row["vertical"] else None,
            language=row["lang"],
            channel=row["channel"],
            college=row["college"],
            region=row["region"],
            area=row["area"],
            text=row["text"],
            personal_data=row["personal_data"] == "1",
        )
        for row in csv.DictReader(io.StringIO(source, newline=""))
    ]


def people(
    count: int, contributed: Sequence[Contributed], regions: Sequence[Region], *, seed: str
) -> list[Person]:
    """``count`` people: first the authors of the contributions, with their own portraits.

    The others live in a region as often as people of 15 or more do at the census, in town or
    country as the region's people do; their college and channel are drawn from the shares stated
    above. Region and college know nothing of each other, but for those who live abroad.
    """
    chance = stream(seed, "people")
    authors = [
        Person(named_uuid(seed, f"voice:{i}"), c.college, c.region, c.area, c.channel, c)
        for i, c in enumerate(contributed[:count])
    ]
    others = [
        _person(named_uuid(seed, f"voice:{i}"), regions, chance) for i in range(len(authors), count)
    ]
    return authors + others


def _person(voice: UUID, regions: Sequence[Region], chance: random.Random) -> Person:
    region = among(chance, [(r, float(r.fifteen_plus)) for r in regions])
    area = among(chance, [("urban", float(region.urban)), ("rural", float(region.rural))])
    college = among(chance, COLLEGES)
    channel = among(chance, CHANNELS)
    silence = chance.random()
    if college == "diaspora":
        return Person(voice, college, "abroad", "", channel)
    if silence < UNSAID:
        return Person(voice, college, "", "", channel)
    if silence < 2 * UNSAID:
        return Person(voice, "", region.iso, area, channel)
    return Person(voice, college, region.iso, area, channel)
