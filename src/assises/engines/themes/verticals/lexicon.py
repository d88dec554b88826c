"""Words that point to a label, found in a text however they are spelled there.

A list holds words of each language. A word of it meets a word of a text if both are folded alike
(:mod:`.characters`); one that ends in ``*`` meets all that begin so; ``_`` joins the words of a
phrase. Before they are compared, Arabic words may lose the letters written in front of them and a
pronoun behind; French and English words a plural; Darija in Latin letters is compared as it is
heard (:mod:`.meaning.darija_kernels`), and Tifinagh as Latin letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.themes.characters import bare, codes_of, composed
from assises.engines.themes.meaning import darija_kernels as loops
from assises.lib.errors import InputError
from assises.lib.folding import tifinagh_to_latin

Words = Mapping[str, Mapping[str, Sequence[str]]]
"""Of each label, by tag of a language, its words."""

READ_FOR: Final = {
    "fr": ("fr",),
    "en": ("en",),
    "ar": ("ar", "ary-Arab"),
    "ary-Arab": ("ary-Arab", "ar"),
    "ary-Latn": ("ary-Latn", "fr"),
    "zgh-Latn": ("zgh-Latn",),
    "zgh-Tfng": ("zgh-Latn",),
}
"""Which lists are read for a text of a language, its own first: people borrow words."""
_FEWEST_SOUNDS: Final = 3
_FEWEST_LETTERS: Final = 3
_LONGEST: Final = 4
"""Words of a phrase at most."""
_FRONT: Final = re.compile("[وف]?(?:[بكل]?ال|لل)(?=..)|[وف]?[بكل](?=...)|[وف](?=...)")
_BEHIND: Final = re.compile("(?<=...)(?:ها|هم|هن|نا|كم|ه|ي|ك|و)$")
_PLURAL: Final = re.compile("(?<=...)[sx]$")
_HEARD_FRONT: Final = re.compile("[wfbdl]?l|[wfbd]")


@dataclass(frozen=True, slots=True)
class Hit:
    """A word of the list in a text."""

    label: str
    entry: str
    """As the list has it."""
    begin: int
    end: int
    """In code points of the text in form C."""


@dataclass(frozen=True, slots=True)
class _Table:
    """The words of one language."""

    whole: Mapping[str, tuple[tuple[str, str], ...]]
    """Of each form the labels and entries."""
    begins: Mapping[str, tuple[tuple[str, str], ...]]
    """Of each beginning the same."""
    sizes: tuple[int, ...]
    """Lengths of beginnings."""
    forms: Callable[[str], Iterator[str]]

    def meets(self, words: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Labels and entries that words which follow one another are, taken together."""
        rest = "".join(f" {word}" for word in words[1:])
        for form in self.forms(words[0]):
            yield from self.whole.get(form + rest, ())
            if not rest:
                for size in self.sizes:
                    if size <= len(form):
                        yield from self.begins.get(form[:size], ())


class Lexicon:
    """A list of words, ready to be looked for."""

    def __init__(self, words: Words) -> None:
        """Of a list.

        Raises:
            InputError: an entry has no letter.
        """
        self.words: Words = words
        tags = sorted({tag for lists in words.values() for tag in lists})
        self._tables = {tag: _table(tag, words) for tag in tags}

    def find(self, text: str, tag: str) -> list[Hit]:
        """Words of the list in a text, in its order, each label once at a place.

        Args:
            text: any; offsets are those of its form C.
            tag: its language; of one that is not known every list is read.
        """
        folded = bare(_latin(composed(text)))
        spans = [found.span() for found in re.finditer(r"\S+", folded.text)]
        words = [folded.text[begin:end] for begin, end in spans]
        hits: dict[tuple[str, int], Hit] = {}
        for of in READ_FOR.get(tag, tuple(self._tables)):
            table = self._tables.get(of)
            if table is None:
                continue
            for at in range(len(words)):
                for size in range(min(_LONGEST, len(words) - at), 0, -1):
                    for label, entry in table.meets(words[at : at + size]):
                        begin, end = spans[at][0], spans[at + size - 1][1]
                        hit = Hit(label, entry, int(folded.at[begin]), int(folded.at[end - 1]) + 1)
                        hits.setdefault((label, hit.begin), hit)
        return sorted(hits.values(), key=lambda hit: (hit.begin, hit.end, hit.label))


def _latin(text: str) -> str:
    """Tifinagh as Latin letters, one for one, so that offsets stay."""
    return tifinagh_to_latin(text)


def _table(tag: str, words: Words) -> _Table:
    forms = _FORMS.get(tag, _alone)
    whole: dict[str, dict[tuple[str, str], None]] = {}
    begins: dict[str, dict[tuple[str, str], None]] = {}
    for label in sorted(words):
        for entry in words[label].get(tag, ()):
            folded = bare(_latin(composed(entry.removesuffix("*").replace("_", " ")))).text
            if not folded:
                raise InputError(
                    "an entry of the list of words has no letter", value=entry,
                    next_step="Write a word, or take the entry out.",
                )  # fmt: skip
            into = begins if entry.endswith("*") else whole
            first, *rest = folded.split(" ")
            key = " ".join([next(iter(forms(first))), *rest])
            into.setdefault(key, {})[label, entry] = None
    return _Table(
        {form: tuple(found) for form, found in whole.items()},
        {form: tuple(found) for form, found in begins.items()},
        tuple(sorted({len(form) for form in begins}, reverse=True)),
        forms,
    )


def _alone(word: str) -> Iterator[str]:
    yield word


def _latin_forms(word: str) -> Iterator[str]:
    """The singular first: it is what a plural and its singular have in common."""
    one = _PLURAL.sub("", word)
    yield one
    if one != word:
        yield word


def _arabic_forms(word: str) -> Iterator[str]:
    """The word, and what it may be without letters in front and a pronoun behind."""
    yield word
    found = _FRONT.match(word)
    rest = word[found.end() :] if found else word
    if rest != word:
        yield rest
    for form in {word: 0, rest: 0}:
        short = _BEHIND.sub("", form)
        if short != form:
            yield short
            if short.endswith("ت") and len(short) > _FEWEST_LETTERS:
                yield short[:-1] + "ه"


def _heard_forms(word: str) -> Iterator[str]:
    """How a word of Darija sounds; a short one as it is written, for too many sound like it."""
    codes = codes_of(word)
    out = np.empty(max(len(codes), 1), dtype=np.uint32)
    count = loops.sounds(codes, 0, len(codes), loops.HEARD, loops.PAIRS, out)
    sound = out[:count].tobytes().decode("utf-32-le")
    if len(sound) < _FEWEST_SOUNDS:
        yield f"={word}"
        found = re.match("l(?=..)", word)
        if found:
            yield f"={word[1:]}"
        return
    yield sound
    found = _HEARD_FRONT.match(sound)
    if found and len(sound) - found.end() >= _FEWEST_SOUNDS:
        yield sound[found.end() :]


_FORMS: Final[Mapping[str, Callable[[str], Iterator[str]]]] = {
    "fr": _latin_forms,
    "en": _latin_forms,
    "ar": _arabic_forms,
    "ary-Arab": _arabic_forms,
    "ary-Latn": _heard_forms,
}
