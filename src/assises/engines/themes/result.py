"""What texts amount to: themes, where each text stands, and what was said in which language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from assises.engines.themes.copies.families import Families
from assises.engines.themes.naming.names import InLanguage

Bool = npt.NDArray[np.bool_]
Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]


class Status(StrEnum):
    """Where a contribution stands; nothing is dropped into a bin that nobody sees."""

    CLASSIFIED = "classified"
    UNCLASSIFIED = "unclassified"
    """Was read, and fits nowhere."""
    UNDECIDABLE = "undecidable"
    """Could not be read."""


class Why(StrEnum):
    """Why a contribution could not be read."""

    READ = ""
    EMPTY = "empty"
    """No letter and no digit."""
    LANGUAGE = "language"
    """In no language that is read."""
    FEW = "few"
    """In a language that is told by words alone, with too few others to compare."""
    NOTHING = "nothing"
    """The model finds no word in it."""


class By(StrEnum):
    """What makes texts of a theme near each other."""

    MEANING = "meaning"
    WORDS = "words"
    """Words in common, in a language that no model reads: for a person to look at first."""


@dataclass(frozen=True, slots=True)
class Languages:
    """What each contribution is written in."""

    tags: tuple[str, ...]
    declared: Bool
    """Whether the tag was declared with it, not identified; shape (n,)."""
    mixed: Bool
    """Whether it is of several languages; shape (n,)."""


@dataclass(frozen=True, slots=True)
class Ideas:
    """Single things said, in order of contributions and of their places in the text."""

    of: Int32
    """The contribution, shape (I,)."""
    begin: Int32
    end: Int32
    """In code points of the text in form C."""
    theme: Int32
    """Place in ``ThemeMap.themes``, -1 for none."""
    sure: Float32


@dataclass(frozen=True, slots=True)
class Theme:
    """What some contributions are about."""

    id: str
    parent: str
    """Id of the theme above; empty at the top."""
    level: int
    """1 at the top."""
    by: By
    n: int
    """Contributions in it and in its parts."""
    ideas: int
    names: tuple[InLanguage, ...]
    """In each language that it has, the largest first."""
    quotes: tuple[int, ...]
    """Contributions that speak for it, the most central first, over all languages."""


@dataclass(frozen=True, slots=True)
class ThemeMap:
    """Themes of contributions; every array is in the order that these were given in."""

    ids: tuple[str, ...]
    languages: Languages
    status: tuple[Status, ...]
    why: tuple[Why, ...]
    theme: Int32
    """Of each contribution the deepest theme that most of it is in, a place in ``themes``, -1 for
    none; shape (n,)."""
    sure: Float32
    """Share of what it says that neighbours place there, 0 to 1; shape (n,)."""
    families: Families
    ideas: Ideas
    themes: tuple[Theme, ...]
    """Parents before their parts, the larger first."""
    embedder: str
    stranger: float
    """The cosine that a text's five nearest would have among texts of other themes alone; one whose
    nearest are no nearer is unclassified."""
    kept: float | None
    """Share of the contributions that an earlier run had placed and that kept their theme; None
    without one."""

    def path(self, theme: int) -> tuple[int, ...]:
        """Places from the top down to a theme."""
        place = {one.id: at for at, one in enumerate(self.themes)}
        found = [theme]
        while self.themes[found[0]].parent:
            found.insert(0, place[self.themes[found[0]].parent])
        return tuple(found)
