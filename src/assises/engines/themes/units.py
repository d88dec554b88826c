"""What is compared: the single things that distinct texts say, in an order of their own.

A copy says what its original says, so that ten thousand copies make no theme; they are counted with
it. Units are ordered by the hash of their words, which no order of rows and no number of copies
changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assises.engines.themes.characters import plain
from assises.engines.themes.copies.families import Families
from assises.engines.themes.language import (
    TAGS,
    TIFINAGH_TAG,
    UNKNOWN,
    Language,
    identify,
)
from assises.engines.themes.result import Languages
from assises.engines.themes.sentences import Span, ideas
from assises.lib.progress import SILENT, Progress

Int32 = npt.NDArray[np.int32]

KNOWN = (*TAGS, TIFINAGH_TAG)
_ARABIC = frozenset({"ar", "ary-Arab"})
SHORT = 3
"""Ideas up to which a contribution is read as a whole: parted, its sentences say less of what it is
about (measured: docs/engines/themes.md)."""
_EVERY = 1024
_FARTHEST = 2000
"""Characters of a contribution that an idea of it is read with."""

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Cut:
    """Contributions, cut into what they say."""

    of: Int32
    """The contribution of each idea, shape (I,)."""
    spans: tuple[Span, ...]
    """In the text of the contribution, in form C."""
    unit: Int32
    """The unit of each idea, shape (I,)."""
    whole: Int32
    """The unit that a short contribution is as a whole, shape (n,); -1 for others."""
    words: tuple[str, ...]
    """Of each unit its words; shape (U,)."""
    contexts: tuple[str, ...]
    """Of each unit all that was said with it; empty where that is nothing else."""
    tags: tuple[str, ...]
    """Of each unit its language."""
    finds: npt.NDArray[np.bool_]
    """Whether themes are found from it; the others are placed afterwards. Shape (U,)."""


def languages_of(
    texts: Sequence[str], declared: Sequence[str | None] | None, progress: Progress = SILENT
) -> Languages:
    """The language of each text: as declared, if its letters can be of it; else as identified.

    Args:
        texts: in form C.
        declared: tags, or None where nothing was declared.
    """
    progress.step("languages", len(texts))
    said = declared if declared is not None else [None] * len(texts)
    tags, as_declared, mixed = [], [], []
    known: dict[str, Language] = {}
    for at, (text, tag) in enumerate(zip(texts, said, strict=True)):
        found = known.get(text)
        if found is None:
            found = known[text] = identify(text)
        own = tag in KNOWN and _fits(str(tag), found.tag)
        tags.append(str(tag) if own else found.tag)
        as_declared.append(own)
        mixed.append(found.mixed)
        if at % _EVERY == _EVERY - 1:
            progress.advance(_EVERY)
    return Languages(tuple(tags), np.array(as_declared, bool), np.array(mixed, bool))


def _fits(declared: str, found: str) -> bool:
    """Whether a text that looks like one language may be of another: they share letters."""
    return found != UNKNOWN and _script(declared) == _script(found)


def _script(tag: str) -> str:
    if tag in _ARABIC:
        return "Arab"
    return "Tfng" if tag == TIFINAGH_TAG else "Latn"


def cut(
    texts: Sequence[str], languages: Languages, families: Families, progress: Progress = SILENT
) -> Cut:
    """Cut contributions into ideas, and both into units.

    Args:
        texts: in form C.
        languages: of each.
        families: copies; a copy whose ideas are as many as those of the one shown says the same,
            one by one; else each of its ideas is its own.
    """
    progress.step("ideas", len(texts))
    known = {text: ideas(text) for text in dict.fromkeys(texts)}
    spans = [known[text] for text in texts]
    units = _Units()
    of, unit, whole = [], [], []
    for at, mine in enumerate(spans):
        shown = _shown(at, families, spans)
        of += [at] * len(mine)
        whole.append(units.whole(texts[shown], spans[shown], languages.tags[shown]))
        unit += units.ideas(texts[shown], spans[shown], languages, shown)
        if at % _EVERY == _EVERY - 1:
            progress.advance(_EVERY)
    return units.ordered(
        np.array(of, np.int32), tuple(span for mine in spans for span in mine), unit, whole
    )


class _Units:
    """Units as they are met, each once."""

    def __init__(self) -> None:
        self._stamps: dict[Key, str] = {}
        self._first: dict[str, Key] = {}
        self._finding: set[str] = set()

    def whole(self, text: str, spans: Sequence[Span], tag: str) -> str:
        """The unit that a short contribution is; "" of a long one, or one that says nothing."""
        if not 0 < len(spans) <= SHORT:
            return ""
        return self._met(text[spans[0][0] : spans[-1][1]], "", tag, finding=True)

    def ideas(self, text: str, spans: Sequence[Span], languages: Languages, at: int) -> list[str]:
        """The units of its ideas; those of a short one take no part in finding themes."""
        beside = text[:_FARTHEST] if len(spans) > 1 else ""
        return [
            self._met(
                text[begin:end],
                beside,
                identify(text[begin:end]).tag
                if languages.mixed[at] and beside
                else languages.tags[at],
                finding=len(spans) > SHORT,
            )
            for begin, end in spans
        ]

    def ordered(
        self, of: Int32, spans: tuple[Span, ...], unit: Sequence[str], whole: Sequence[str]
    ) -> Cut:
        hashes = tuple(sorted(self._first))
        place = {stamp: at for at, stamp in enumerate(hashes)} | {"": -1}
        words, contexts, tags = (
            tuple(self._first[stamp][at] for stamp in hashes) for at in range(3)
        )
        return Cut(
            of,
            spans,
            np.array([place[stamp] for stamp in unit], dtype=np.int32),
            np.array([place[stamp] for stamp in whole], dtype=np.int32),
            words,
            contexts,
            tags,
            np.array([stamp in self._finding for stamp in hashes], dtype=np.bool_),
        )

    def _met(self, words: str, beside: str, tag: str, *, finding: bool) -> str:
        key = (words, beside, tag)
        if key not in self._stamps:
            stamp = self._stamps[key] = _stamp(*key)
            # Of several spellings that fold alike the least is kept, whatever came first.
            self._first[stamp] = min(self._first.get(stamp, key), key)
        if finding:
            self._finding.add(self._stamps[key])
        return self._stamps[key]


def _shown(at: int, families: Families, spans: Sequence[Sequence[Span]]) -> int:
    family = int(families.family[at])
    shown = int(families.shown[family]) if family >= 0 else at
    return shown if len(spans[shown]) == len(spans[at]) else at


def _stamp(words: str, beside: str, tag: str) -> str:
    folded = "\n".join([tag, plain(words).text, plain(beside).text])
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()
