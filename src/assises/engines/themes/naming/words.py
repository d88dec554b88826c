"""Words of texts as people wrote them, and the phrases they make.

A word is what stands between spaces, marks and apostrophes, a place in the text in form C. Which
spellings are one word is found in :mod:`.spellings`, from all the texts of a language together; a
phrase is two or three such words that follow each other, with a preposition and an article between
them at most.

What may be personal data is no word: five digits or more, anything with an @, an address of the
network, and what was masked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from assises.engines.themes.characters import codes_of, composed
from assises.engines.themes.naming.spellings import Spelled, Streams, spell
from assises.engines.themes.naming.stopwords import ARTICLE, HYPHENS, JOIN, WORD
from assises.lib.progress import SILENT, Progress

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LONGEST_PHRASE: Final = 3
FAMILY: Final[Mapping[str, str]] = {"zgh-Tfng": "zgh", "zgh-Latn": "zgh"}
"""Tags whose words share their keys; each other tag is its own family."""
MASKED: Final = "▮"
_PRIVATE: Final = ("@", MASKED, "://", "www.")
_LONG_NUMBER: Final = re.compile(r"\d(?:[ .\u00a0\u202f-]?\d){7}|(?<!\d)[A-Za-z]{1,2} ?\d{5}")
"""Eight digits in a row, as of a telephone, or five after letters, as of an identity card: not the
price of a house."""
_AT_ONCE: Final = 2_000
_BREAK, _LETTER, _GAP, _HYPHEN = range(4)
_HIGHEST: Final = 0x20000
_LETTERS: Final = {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"}
_BETWEEN: Final = "  \t'’ʼ`´"
_JOINERS: Final = "\u200c\u200d\u00ad"


@dataclass(frozen=True, slots=True)
class Phrases:
    """Which words and phrases each text holds, of one family of languages.

    Phrases are numbered by length, then by the alphabet of their keys, whatever the order of texts.
    """

    texts: tuple[str, ...]
    """In form C."""
    words: tuple[str, ...]
    """The keys of the words, in the order of the alphabet."""
    keys: Int32
    """The words of each phrase, shape (T, 3); -1 after the last of them."""
    phrase: Int32
    """One entry for each place where a phrase stands, in order of phrase and text, shape (m,)."""
    text: Int32
    """In which text, shape (m,)."""
    begin: Int32
    """Where it begins there, in code points."""
    end: Int32
    noun: Float64
    """Share of the places of each word where it stands as a noun does, shape (K,)."""

    def places(self, phrase: int) -> Int64:
        """Where a phrase stands: indices of ``phrase``, in order of texts."""
        first, last = np.searchsorted(self.phrase, [phrase, phrase + 1])
        return np.arange(first, last)

    def key(self, phrase: int) -> str:
        """The key of a phrase: those of its words, with a space between."""
        return " ".join(self.words[k] for k in self.keys[phrase] if k >= 0)

    def surface(self, places: Int64) -> str:
        """The commonest of the forms that stand in these places, as they were written.

        Each text counts a form once; of forms equally common one without capitals.

        Args:
            places: indices of ``phrase``, shape (any,); not empty.
        """
        seen: dict[str, set[int]] = {}
        for at in places.tolist():
            text = int(self.text[at])
            form = self.texts[text][self.begin[at] : self.end[at]]
            seen.setdefault(form, set()).add(text)
        return min(seen, key=lambda form: (-len(seen[form]), form != form.lower(), form))


def phrases(
    texts: Sequence[str], tag: str, *, fewest: int = 3, progress: Progress = SILENT
) -> Phrases:
    """Words and phrases of texts of one family of languages.

    Args:
        texts: any, of which each counts once for each phrase; form C is made of them.
        tag: their language or family of languages; of one that has no rules words meet when they
            differ by case and accents alone.
        fewest: texts that hold a phrase for it to be kept. A phrase is rare if a part of it is, so
            that memory holds the places of words that are not rare, and no more.
        progress: told of texts read; may raise to stop.
    """
    texts = tuple(composed(text) for text in texts)
    read = _read(texts, progress)
    spelled = spell(read.types, read.streams, FAMILY.get(tag, tag))
    places = _places(read, spelled)
    return _kept(texts, spelled, places, fewest)


@dataclass(frozen=True, slots=True)
class _Read:
    types: list[str]
    streams: Streams
    text: Int32
    begin: Int32


def _read(texts: Sequence[str], progress: Progress) -> _Read:
    """Every word of every text; the types, its different words, in the order of the alphabet."""
    progress.step("words", len(texts))
    ids: dict[str, int] = {}
    parts: list[tuple[Int32, Int32, Int32, Bools]] = []
    for first in range(0, len(texts), _AT_ONCE):
        some = texts[first : first + _AT_ONCE]
        parts.append(_read_some([_public(text) for text in some], first, ids))
        progress.advance(len(some))
    if not parts:
        parts.append(_read_some([], 0, ids))
    kind, text, begin, follows = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = sorted(ids)
    rank = np.empty(len(order), dtype=np.int32)
    rank[[ids[word] for word in order]] = np.arange(len(order), dtype=np.int32)
    return _Read(order, Streams(rank[kind], follows), text, begin)


def _read_some(
    texts: list[str], first: int, ids: dict[str, int]
) -> tuple[Int32, Int32, Int32, Bools]:
    """Type, text, begin of each word, and whether it follows the word before without a break."""
    joined = "\n".join(texts) + "\n"
    codes = codes_of(joined)
    kinds = _kinds()[np.minimum(codes, _HIGHEST - 1)]
    within = kinds == _LETTER
    # A hyphen between two letters is of the word: "rendez-vous".
    hyphen = np.flatnonzero(kinds[1:-1] == _HYPHEN) + 1
    within[hyphen] = within[hyphen - 1] & within[hyphen + 1]
    edges = np.diff(within.view(np.int8), prepend=0)
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    breaks = np.cumsum(~within & (kinds != _GAP))
    follows = np.zeros(len(begins), dtype=bool)
    follows[1:] = breaks[begins[1:]] == breaks[ends[:-1] - 1]
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])[:-1]
    of = np.searchsorted(starts, begins, side="right") - 1
    kind = np.fromiter(
        (
            ids.setdefault(joined[begin:end], len(ids))
            for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
        ),
        dtype=np.int32,
        count=len(begins),
    )
    begin = begins - starts[of] if texts else begins
    return kind, (of + first).astype(np.int32), begin.astype(np.int32), follows


def is_public(text: str) -> bool:
    """Whether nothing in it looks like personal data: no address, no mask, no long number."""
    if any(mark in text for mark in _PRIVATE):
        return False
    return _LONG_NUMBER.search(text) is None


def _public(text: str) -> str:
    """With what may be personal data blanked, character for character."""
    if not any(mark in text for mark in _PRIVATE):
        return text.replace("\n", "\r")
    parts = re.split(r"(\s+)", text)
    return "".join(
        MASKED * len(part) if any(mark in part for mark in _PRIVATE) else part for part in parts
    ).replace("\n", "\r")


class _Places(NamedTuple):
    """The words that are no stop words, one after the other."""

    key: Int32
    text: Int32
    begin: Int32
    end: Int32
    joined: Bools
    """Whether the next one is of the same phrase; shape (n,)."""


def _places(read: _Read, spelled: Spelled) -> _Places:
    role = spelled.role[read.streams.kind]
    at = np.flatnonzero(role == WORD)
    kind = read.streams.kind[at]
    begin = read.begin[at] + spelled.skip[kind]
    joined = np.zeros(len(at), dtype=bool)
    if len(at):
        joined[:-1] = _may_join(role, read.streams.follows, at)
    return _Places(spelled.key[kind], read.text[at], begin, begin + spelled.size[kind], joined)


def _may_join(role: npt.NDArray[np.int8], follows: Bools, at: Int64) -> Bools:
    """Whether between each of these words and the next stand nothing or a preposition, or that and
    an article: an article alone would join a verb and its object."""
    breaks = np.cumsum(~follows)
    left, right = at[:-1], at[1:]
    between = right - left - 1
    first, second = role[left + 1] == JOIN, role[np.minimum(left + 2, right)]
    right_words = (
        (between == 0)
        | ((between == 1) & first)
        | ((between == 2) & first & ((second == ARTICLE) | (second == JOIN)))
    )
    return np.asarray(right_words & (breaks[left] == breaks[right]))


def _kept(texts: tuple[str, ...], spelled: Spelled, places: _Places, fewest: int) -> Phrases:
    """Phrases that are not rare, each made of one a word shorter that is not rare either."""
    words, of_word = _not_rare(places.key.astype(np.int64), places.text, fewest)
    keys = [words[:, None]]
    found = [_Level(0, of_word)]
    longer, of = words[:, None], of_word
    for size in range(2, LONGEST_PHRASE + 1):
        last = np.minimum(np.arange(len(of)) + size - 1, max(len(of) - 1, 0))
        # The phrase, and the same a word later, both one word shorter.
        fits = (of >= 0) & (np.roll(of, -1) >= 0) & places.joined & (of_word[last] >= 0)
        code = np.where(fits, of.astype(np.int64) * len(words) + of_word[last], -1)
        codes, of = _not_rare(code, places.text, fewest)
        shorter, added = np.divmod(codes, max(len(words), 1))
        longer = np.column_stack([longer[shorter], words[added]])
        found.append(_Level(sum(map(len, keys)), of))
        keys.append(longer)
    return _gathered(texts, spelled, places, keys, found)


class _Level(NamedTuple):
    """Phrases of one length."""

    first: int
    """Number of the first of them."""
    of: Int32
    """Which of them begins at each place, -1 for none; shape (n,)."""


def _not_rare(code: Int64, text: Int32, fewest: int) -> tuple[Int64, Int32]:
    """The codes that so many texts hold, in order, and the rank of that of each place or -1."""
    some = np.flatnonzero(code >= 0)
    order = some[np.argsort(code[some], kind="stable")]
    # Places are in the order of texts: a code is in another text where the text changes.
    sorted_code, sorted_text = code[order], text[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = sorted_code[1:] != sorted_code[:-1]
    other = new.copy()
    other[1:] |= sorted_text[1:] != sorted_text[:-1]
    which = np.cumsum(new) - 1
    held = np.bincount(which[other], minlength=int(new.sum())) if len(order) else np.zeros(0)
    stays = held >= fewest
    rank = np.where(stays, np.cumsum(stays) - 1, -1).astype(np.int32)
    of = np.full(len(code), -1, dtype=np.int32)
    of[order] = rank[which]
    return sorted_code[new][stays], of


def _gathered(
    texts: tuple[str, ...],
    spelled: Spelled,
    places: _Places,
    keys: Sequence[Int64],
    found: Sequence[_Level],
) -> Phrases:
    """The phrases of every length, one after the other."""
    padded = np.full((sum(map(len, keys)), LONGEST_PHRASE), -1, dtype=np.int32)
    columns = []
    for level, (rows, (first, of)) in enumerate(zip(keys, found, strict=True)):
        padded[first : first + len(rows), : level + 1] = rows
        at = np.flatnonzero(of >= 0)
        at = at[np.argsort(of[at], kind="stable")]
        columns.append((of[at] + first, places.text[at], places.begin[at], places.end[at + level]))
    phrase, text, begin, end = (np.concatenate(column) for column in zip(*columns, strict=True))
    return Phrases(
        texts, spelled.keys, padded, phrase.astype(np.int32), text, begin, end, spelled.noun
    )


@cache
def _kinds() -> npt.NDArray[np.int8]:
    """Of each code point: break, letter, what may stand between words of a phrase, hyphen."""
    return np.array([_kind(chr(code)) for code in range(_HIGHEST)], dtype=np.int8)


def _kind(character: str) -> int:
    if character in _BETWEEN:
        return _GAP
    if character in HYPHENS:
        return _HYPHEN
    kind = unicodedata.category(character)
    if kind == "Cf" and character not in _JOINERS:
        return _GAP
    return _LETTER if kind in _LETTERS or character in _JOINERS else _BREAK
