"""Which of the telling phrases make a name: nouns, no two of which say the same."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from assises.engines.themes.naming.stopwords import bared
from assises.engines.themes.naming.words import Phrases

MOST: Final = 3
"""Terms of a name."""
_TELLING: Final = (0.0, 0.15, 0.3)
"""The first, second and third term score this share of the first one's at least."""
_COMMON, _LEAST_COMMON = 0.75, 5
"""Two words that begin with the same letters, so large a part of the shorter, are of one root."""
_COVERS: Final = 0.4
"""A phrase stands for a word of it that it covers by this share."""
_NOUN: Final[Mapping[str, float]] = {"zgh": 0.0, "en": 0.1, "fr": 0.35}
_NOUN_ELSE: Final = 0.25
"""Share of its places where a word stands as a noun does, for it to be one."""
_WORTH: Final = (1.0, 1.5, 1.8)
"""What the score of one, two, three words counts."""


class Choice(NamedTuple):
    """A phrase that might be part of a name."""

    phrase: int
    score: float
    inside: int
    outside: int


def choose(of: Phrases, found: Sequence[Choice], family: str) -> list[Choice]:
    """Up to three of these, the most telling first, without two that say the same.

    Args:
        of: the phrases.
        found: of one theme, the most telling first.
        family: of languages.
    """
    least = _NOUN.get(family, _NOUN_ELSE)
    able = [choice for choice in found if _is_name(of, choice.phrase, family, least)]
    able.sort(key=lambda choice: (-_worth(of, choice), choice.phrase))
    chosen: list[Choice] = []
    for choice in able:
        better = _longer(of, choice, able)
        if any(_alike(of, better.phrase, other.phrase, family) for other in chosen):
            continue
        if chosen and choice.score < _TELLING[len(chosen)] * chosen[0].score:
            break
        chosen.append(better)
        if len(chosen) == MOST:
            break
    return chosen


def _words(of: Phrases, phrase: int) -> list[int]:
    return [int(word) for word in of.keys[phrase] if word >= 0]


def _worth(of: Phrases, choice: Choice) -> float:
    return choice.score * _WORTH[len(_words(of, choice.phrase)) - 1]


def _is_name(of: Phrases, phrase: int, family: str, least: float) -> bool:
    words = _words(of, phrase)
    # Where the noun comes last or among others ("facial recognition"), any may be it.
    heads = words if family == "en" else words[:1]
    return bool((of.noun[heads] >= least).any())


def _longer(of: Phrases, choice: Choice, able: Sequence[Choice]) -> Choice:
    """The longest phrase that holds this one and stands for it."""
    words = _words(of, choice.phrase)
    best, size = choice, len(words)
    for other in able:
        more = _words(of, other.phrase)
        if len(more) > size and set(words) < set(more) and other.inside >= _COVERS * choice.inside:
            best, size = other, len(more)
    return best


def _alike(of: Phrases, one: int, other: int, family: str) -> bool:
    first = [_root(of.words[word], family) for word in _words(of, one)]
    second = [_root(of.words[word], family) for word in _words(of, other)]
    return any(_same(a, b, family) for a in first for b in second)


def _same(one: str, other: str, family: str) -> bool:
    """Whether two words say the same for a reader: forms of one root."""
    short, long = sorted((one, other), key=len)
    if short == long:
        return True
    if family in _BY_BONES:
        return any(
            len(a) >= _FEWEST_BONES and b.startswith(a) and len(b) - len(a) <= _BY_BONES[family]
            for a, b in itertools.product(_without_l(short), _without_l(long))
        )
    common = max(_LEAST_COMMON, math.ceil(_COMMON * len(short)))
    return len(short) >= common and long.startswith(short[:common])


def _without_l(bones: str) -> tuple[str, ...]:
    """With and without an article that is written as it sounds: lmdrsa, لاماشين."""
    return (bones, bones[1:]) if bones[0] in "lل" else (bones,)


_BY_BONES: Final = {"ary-Latn": 2, "ar": 1, "ary-Arab": 1}
"""Families whose words are compared by their consonants, and how many may follow the root."""
_FEWEST_BONES: Final = 3
_ENDINGS: Final = re.compile(r"(?<=...)(?:ات|ه)$")
_WEAK: Final = re.compile(r"[اويء]")
_VOWELS: Final = re.compile(r"(?<!^)[aiu]")
_TWICE: Final = re.compile(r"(.)\1+")


def _root(key: str, family: str) -> str:
    """What the forms of a word have in common: consonants, of Arabic and of Darija as typed.

    Not a root that a grammar would name; it only keeps two forms of one word out of one name.
    """
    if family == "ary-Latn":
        return _VOWELS.sub("", key)
    if family not in _BY_BONES:
        return bared([key])[0] or key
    bones = _WEAK.sub("", _ENDINGS.sub("", key.removeprefix("ال")))
    return _TWICE.sub(r"\1", bones) or key
