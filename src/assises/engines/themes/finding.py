"""From units to themes: those that a model reads by meaning, the others by the words they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.discovery import Themes, discover, steps
from assises.engines.themes.discovery.discover import SAMPLE
from assises.engines.themes.discovery.placing import placed
from assises.engines.themes.discovery.steps import LENGTH, Int16
from assises.engines.themes.meaning import lexical
from assises.engines.themes.meaning.vectors import (
    Embedder,
    Float16,
    Float32,
    centred,
    halved,
    means,
    unit,
)
from assises.engines.themes.result import By, Why
from assises.engines.themes.units import Cut
from assises.lib.progress import SILENT, Progress

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

BY_WORDS: Final = frozenset({"zgh-Latn", "zgh-Tfng"})
FEWEST_BY_WORDS: Final = 30
"""Units of a language told by words alone below which they wait for a person."""
_BLOCK: Final = 1 << 15
_ASKED: Final = 1 << 14
"""Units from which a language's mean is taken: the first, in the order of hashes."""

Vectors = Callable[[Sequence[str], Sequence[str], Progress], Float16]


@dataclass(frozen=True, slots=True)
class Found:
    """Themes of units. Those by meaning come first, then those by words."""

    parent: Int32
    """Shape (T,), -1 at the top."""
    level: Int32
    """0 at the top."""
    by: tuple[By, ...]
    theme: Int32
    """Of each unit, -1 for none; shape (U,)."""
    sure: Float32
    central: Float32
    """Cosine of each unit with the middle of its theme at the top; shape (U,)."""
    why: tuple[Why, ...]
    stranger: float

    def at(self, level: int) -> Int32:
        """Of each theme the one at a level that it is, or is in; -1 if it is above; shape (T,)."""
        found = np.full(len(self.parent), -1, dtype=np.int32)
        for theme, above in enumerate(self.parent):
            found[theme] = (
                theme if self.level[theme] == level else found[above] if above >= 0 else -1
            )
        return found


@dataclass(frozen=True, slots=True)
class Compared:
    """Units as they are compared: those that a model reads, and those told by their words."""

    meant: Int64
    """Which units a model reads."""
    by_meaning: Int16
    """Their vectors in whole steps."""
    told: Int64
    """Which are told by words."""
    by_words: Int16
    why: tuple[Why, ...]
    """Of each unit, why it is neither; shape (U,)."""

    def kinds(self) -> tuple[tuple[By, Int64, Int16], ...]:
        """Both, one after the other."""
        return (
            (By.MEANING, self.meant, self.by_meaning),
            (By.WORDS, self.told, self.by_words),
        )


def compare(
    parts: Cut,
    embedder: Embedder,
    vectors: Vectors | None,
    priors: Mapping[str, Float32],
    progress: Progress = SILENT,
) -> Compared:
    """Vectors of units.

    Args:
        parts: the units.
        embedder: says which languages it reads.
        vectors: where their vectors come from; the embedder itself if None.
        priors: where each language lies, for those of which there are few.
    """
    tags = np.array(parts.tags, dtype=object)
    why = np.full(len(tags), Why.LANGUAGE, dtype=object)
    read = np.flatnonzero(np.isin(tags, sorted(embedder.reads)))
    rows = _vectors(parts, read, vectors or _afresh(embedder), progress)
    said = rows.any(axis=1)
    why[read] = np.where(said, Why.READ, Why.NOTHING)
    told = np.flatnonzero(np.isin(tags, sorted(BY_WORDS - embedder.reads)))
    why[told] = Why.FEW if len(told) < FEWEST_BY_WORDS else Why.READ
    if len(told) < FEWEST_BY_WORDS:
        told = told[:0]
    return Compared(
        read[said],
        _steps(rows[said], tags[read[said]], priors),
        told,
        steps(lexical.vectors([parts.words[at] for at in told])),
        tuple(Why(one) for one in why),
    )


def find(parts: Cut, compared: Compared, levels: int, progress: Progress = SILENT) -> Found:
    """Themes of units, looked for anew; those by words have one level."""
    of = [
        _discovered(rows, parts.finds[at], levels if kind is By.MEANING else 1, progress)
        for kind, at, rows in compared.kinds()
    ]
    return _together(len(parts.words), compared, of)


@dataclass(frozen=True, slots=True)
class _Of:
    themes: Themes
    central: Float32


def _afresh(embedder: Embedder) -> Vectors:
    def encoded(texts: Sequence[str], tags: Sequence[str], progress: Progress) -> Float16:
        progress.step("vectors", len(texts))
        return halved(embedder.encode(texts, tags, progress))

    return encoded


def _vectors(parts: Cut, at: Int64, vectors: Vectors, progress: Progress) -> Float16:
    """Vectors of units: of the words and, half of each, of all that was said with them."""
    if not len(at):
        return np.zeros((0, 1), dtype=np.float16)
    beside = [place for place, one in enumerate(at.tolist()) if parts.contexts[one]]
    words = [parts.words[one] for one in at] + [parts.contexts[at[place]] for place in beside]
    tags = [parts.tags[one] for one in at] + [parts.tags[at[place]] for place in beside]
    found = vectors(words, tags, progress)
    own, contexts = found[: len(at)], found[len(at) :]
    for begin in range(0, len(beside), _BLOCK):
        places, part = beside[begin : begin + _BLOCK], contexts[begin : begin + _BLOCK]
        own[places] = halved(unit(own[places].astype(np.float32) + part.astype(np.float32)))
    return own


def _steps(rows: Float16, tags: npt.NDArray[np.object_], priors: Mapping[str, Float32]) -> Int16:
    """Vectors in whole steps, each language's middle taken out, some at a time."""
    middles = _middles(rows, tags, priors)
    out = np.empty(rows.shape, dtype=np.int16)
    for begin in range(0, len(rows), _BLOCK):
        part = slice(begin, begin + _BLOCK)
        out[part] = steps(centred(rows[part], list(tags[part]), middles))
    return out


def _middles(
    rows: Float16, tags: npt.NDArray[np.object_], priors: Mapping[str, Float32]
) -> dict[str, Float32]:
    """Where each language lies: by its own texts, else as is known of it, else where all lie."""
    first = [np.flatnonzero(tags == tag)[:_ASKED] for tag in sorted(set(tags))]
    asked = np.concatenate([*first, np.zeros(0, dtype=np.int64)])
    own = means(rows[asked], list(tags[asked]))
    every = means(rows[asked], ["all"] * len(asked)).get("all")
    middles = {}
    for tag in sorted(set(tags)):
        middle = own.get(tag, priors.get(tag, every))
        if middle is not None:
            middles[tag] = middle
    return middles


def _discovered(
    compared: Int16, finds: npt.NDArray[np.bool_], levels: int, progress: Progress
) -> _Of:
    """Themes of those that find them, and the others among these."""
    found = discover(compared[finds], levels=levels, progress=progress)
    rest = placed(compared[~finds], compared[finds][:SAMPLE], found.theme[:SAMPLE])
    rest_theme = np.where(rest.near < found.stranger, np.int32(-1), rest.part)
    theme = np.empty(len(compared), dtype=np.int32)
    sure, near = np.empty((2, len(compared)), dtype=np.float32)
    theme[finds], theme[~finds] = found.theme, rest_theme
    sure[finds], sure[~finds] = found.sure, rest.sure
    near[finds], near[~finds] = found.near, rest.near
    themes = replace(found, theme=theme, sure=sure, near=near)
    return _Of(themes, central_of_units(compared, themes.tops()))


def central_of_units(compared: Int16, theme: Int32) -> Float32:
    """Cosine of each unit with the middle of its theme, 0 without one; shape (n,)."""
    central = np.zeros(len(theme), dtype=np.float32)
    for one in np.unique(theme[theme >= 0]):
        mine = np.flatnonzero(theme == one)
        middle = steps(compared[mine].sum(axis=0, dtype=np.int64)[None].astype(np.float64))
        column = middle[0].astype(np.float32)
        for begin in range(0, len(mine), _BLOCK):
            part = mine[begin : begin + _BLOCK]
            # Whole numbers below 2 ** 24: no order of summation shows.
            central[part] = compared[part].astype(np.float32) @ column
    return np.asarray(central / np.float32(LENGTH * LENGTH), dtype=np.float32)


def _together(n: int, compared: Compared, found: Sequence[_Of]) -> Found:
    theme = np.full(n, -1, dtype=np.int32)
    sure, central = np.zeros((2, n), dtype=np.float32)
    parents: list[Int32] = []
    levels: list[Int32] = []
    by: list[By] = []
    for (kind, at, _), of in zip(compared.kinds(), found, strict=True):
        first = len(by)
        theme[at] = np.where(of.themes.theme >= 0, of.themes.theme + first, -1)
        sure[at], central[at] = of.themes.sure, of.central
        parents.append(np.where(of.themes.parent >= 0, of.themes.parent + first, -1))
        levels.append(of.themes.level)
        by += [kind] * len(of.themes.parent)
    return Found(
        np.concatenate(parents).astype(np.int32),
        np.concatenate(levels).astype(np.int32),
        tuple(by),
        theme,
        sure,
        central,
        compared.why,
        found[0].themes.stranger,
    )
