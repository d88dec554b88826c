"""A population counted by categories: what a sample is held against.

A margin counts the same people by one variable or by several at once; a frame is margins that count
one population. A place to live, an age or a trade: nothing here knows which.
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assises.lib.errors import InputError

Cell = tuple[str, ...]
"""One category of each variable of a margin, in its order."""

BY: Final = " x "
"""Between the variables in the name of a margin: ``region x area``."""
ABROAD: Final = "abroad"
"""What someone answers who lives outside the country that is counted; never a category."""
SAME_TOTAL: Final = 1e-6
"""How far the totals of two margins may differ, relatively: rounded counts do."""

_LONGEST_COMPARED: Final = 80
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")


@dataclass(frozen=True, slots=True)
class Margin:
    """People by the categories of one variable, or by those of several at once."""

    variables: tuple[str, ...]
    people: Mapping[Cell, float]
    """People of each cell, in the order in which cells are shown."""
    estimated: frozenset[Cell] = frozenset()
    """Cells that the source did not count but that were computed from what it counted."""

    @property
    def name(self) -> str:
        """``region``, or ``region x area``."""
        return BY.join(self.variables)

    @property
    def total(self) -> float:
        """All its people."""
        return math.fsum(self.people.values())


@dataclass(frozen=True, slots=True)
class Frame:
    """Margins that count one population.

    Raises:
        InputError: without a margin, for two of one name, an empty population, a cell that has not
            one category of each variable, people that are negative or not a number, a category
            that is empty or :data:`ABROAD`, and totals that differ by more than a millionth.
    """

    margins: tuple[Margin, ...]
    counted: str = ""
    """Who is counted, in words."""
    source: str = ""
    """Who counted, where it was read, and under which licence."""

    def __post_init__(self) -> None:
        if not self.margins:
            raise InputError("the frame has no margin", next_step="Give at least one.")
        names = [m.name for m in self.margins]
        for at, margin in enumerate(self.margins):
            if margin.name in names[:at]:
                raise InputError(
                    "the margin stands twice", column=margin.name, next_step="Leave one out."
                )
            _check(margin)
        first = self.margins[0]
        for margin in self.margins[1:]:
            if abs(margin.total - first.total) > SAME_TOTAL * first.total:
                raise InputError(
                    f"the margin does not count the same population as {first.name}, "
                    f"{first.total:.12g}",
                    column=margin.name,
                    value=margin.total,
                    next_step="Bring all margins to the same total.",
                )

    @property
    def total(self) -> float:
        """The population."""
        return self.margins[0].total

    @property
    def variables(self) -> tuple[str, ...]:
        """What people are told apart by."""
        return tuple(dict.fromkeys(v for m in self.margins for v in m.variables))

    def categories(self, variable: str) -> tuple[str, ...]:
        """The categories of a variable, in the order of the source.

        Raises:
            InputError: for a variable that no margin has.
        """
        found = dict.fromkeys(
            cell[m.variables.index(variable)]
            for m in self.margins
            if variable in m.variables
            for cell in m.people
        )
        if not found:
            raise unknown(variable, self.variables, what="a variable of this frame")
        return tuple(found)

    def on(self, *margins: str | Sequence[str]) -> Frame:
        """The same population on other margins, summed from those that are there.

        Args:
            margins: ``"region"``, ``"region x area"`` or ``("region", "area")``.

        Raises:
            InputError: where no margin has all of these variables.
        """
        return replace(self, margins=tuple(self._summed(_variables(m)) for m in margins))

    def only(self, variable: str, categories: Collection[str]) -> Frame:
        """The part of the population that is of these categories.

        Raises:
            InputError: for an unknown one, and where a margin does not tell who is of them.
        """
        known = self.categories(variable)
        for category in categories:
            if category not in known:
                raise unknown(category, known, column=variable)
        parts = [_part(m, variable, categories) for m in self.margins if variable in m.variables]
        for margin in self.margins:
            if not any(set(margin.variables) <= set(part.variables) for part in parts):
                raise InputError(
                    f"no margin says how many of its people are of these categories of {variable}",
                    column=margin.name,
                    next_step="Take the part of a joint margin, and sum it after: only, then on.",
                )
        part = replace(self, margins=tuple(parts))
        return part.on(*(m.variables for m in self.margins))

    def merged(self, variable: str, groups: Mapping[str, Collection[str]]) -> Frame:
        """The same population with some categories of a variable joined into wider ones.

        Args:
            variable: whose categories.
            groups: for each wider category those that it is made of; what stands in none stays.

        Raises:
            InputError: for an unknown category, one in two groups, and a group named like a
                category that is not in it.
        """
        known = self.categories(variable)
        into = {old: old for old in known}
        for new, members in groups.items():
            for old in members:
                if old not in known:
                    raise unknown(old, known, column=variable)
                if into[old] != old:
                    raise InputError(
                        f"the category stands in two groups, {into[old]} and {new}",
                        column=variable,
                        value=old,
                        next_step="Leave it in one.",
                    )
                into[old] = new
        for new in groups:
            if into.get(new, new) == new and new in known and new not in groups[new]:
                raise InputError(
                    "the group has the name of a category that is not in it",
                    column=variable,
                    value=new,
                    next_step="Name it otherwise.",
                )
        return replace(self, margins=tuple(_renamed(m, variable, into) for m in self.margins))

    def _summed(self, variables: tuple[str, ...]) -> Margin:
        for variable in variables:
            self.categories(variable)
        wide = [m for m in self.margins if set(variables) <= set(m.variables)]
        if not wide:
            raise InputError(
                "no margin of this frame counts people by all of these at once",
                column=BY.join(variables),
                next_step=f"The margins are: {', '.join(m.name for m in self.margins)}.",
            )
        margin = min(wide, key=lambda m: len(m.variables))
        places = [margin.variables.index(v) for v in variables]
        return _added(margin, variables, [tuple(c[p] for p in places) for c in margin.people])


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that this one was most likely meant to be.

    ``None`` where none is near, or two are equally: a wrong hint is worse than none.
    """
    words = {alike(k): k for k in known}
    key = alike(word)[:_LONGEST_COMPARED]
    if key in words:
        return words[key]
    found = difflib.get_close_matches(key, words, 2, 0.6)
    near = [difflib.SequenceMatcher(None, f, key).ratio() for f in found]
    return words[found[0]] if len(set(near)) == len(near) > 0 else None


def alike(word: str) -> str:
    """What two spellings of a category share: case, widths, spaces and dashes put aside."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", word).casefold())
    return "".join(plain.split())


def unknown(
    value: str,
    known: Sequence[str],
    *,
    what: str = "a category of this frame",
    file: str | None = None,
    line: int | None = None,
    column: str | None = None,
) -> InputError:
    """What is said of a word that is none of those known, with the one that was likely meant."""
    near = nearest(value, known)
    listed = f"{', '.join(known[:20])}{', …' if len(known) > 20 else ''}"
    return InputError(
        f"this is not {what}",
        file=file,
        line=line,
        column=column,
        value=value,
        next_step=(f"Did you mean {near}? " if near else "") + f"Known are: {listed}.",
    )


def _check(margin: Margin) -> None:
    for cell, people in margin.people.items():
        if len(cell) != len(margin.variables) or not all(cell) or ABROAD in cell:
            raise InputError(
                "a cell has one category of each variable, none of them empty or abroad",
                column=margin.name,
                value=BY.join(cell),
                next_step="People abroad are no part of a frame; name the others.",
            )
        if not (math.isfinite(people) and people >= 0):
            raise InputError(
                "people are counted from 0",
                column=margin.name,
                value=people,
                next_step=f"Correct those of {BY.join(cell)}.",
            )
    if not margin.total > 0:
        raise InputError(
            "the population is empty", column=margin.name, next_step="Give the people of a cell."
        )


def _variables(margin: str | Sequence[str]) -> tuple[str, ...]:
    variables = tuple(margin.split(BY)) if isinstance(margin, str) else tuple(margin)
    if not variables or len(set(variables)) < len(variables):
        raise InputError(
            "a margin has at least one variable, and each once",
            value=BY.join(variables),
            next_step="Write for example region, or region x area.",
        )
    return variables


def _part(margin: Margin, variable: str, categories: Collection[str]) -> Margin:
    at = margin.variables.index(variable)
    people = {cell: n for cell, n in margin.people.items() if cell[at] in categories}
    return Margin(margin.variables, people, margin.estimated & people.keys())


def _renamed(margin: Margin, variable: str, into: Mapping[str, str]) -> Margin:
    if variable not in margin.variables:
        return margin
    at = margin.variables.index(variable)
    cells = [(*cell[:at], into[cell[at]], *cell[at + 1 :]) for cell in margin.people]
    return _added(margin, margin.variables, cells)


def _added(margin: Margin, variables: tuple[str, ...], cells: Sequence[Cell]) -> Margin:
    """The margin with its cells, one after the other, put into these."""
    people: dict[Cell, float] = {}
    estimated = set()
    for old, new in zip(margin.people, cells, strict=True):
        people[new] = people.get(new, 0) + margin.people[old]
        if old in margin.estimated:
            estimated.add(new)
    return Margin(variables, people, frozenset(estimated))
