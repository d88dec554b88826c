"""Names of people and of streets by the words before them: proposals, for a person to confirm.

Three strengths of cue. *Telling* ("je m'appelle", "سميتي"): what follows is a name if it is
written like one or stands alone before a stop. *Title* ("Mme", "السيد"): the same, unless an office
follows ("Monsieur le ministre", "السيد رئيس الجماعة"). *Weak* ("si", "lalla", "مي"): only a first
name that is known. Streets, hospitals and kings are no people here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from assises.engines.themes.characters import bare
from assises.engines.themes.moderation import cue_words as said
from assises.lib.folding import tifinagh_to_latin

_MOST: Final = 4
"""Words of a name."""
_CUE_WORDS: Final = 4
_OF_HERE: Final = frozenset(
    ["el", "al", "ait", "ben", "bent", "bint", "bin", "ould", "ou", "ايت", "بن", "ابن"]
)
_PARTICLES: Final = _OF_HERE | frozenset(["de", "da", "du", "la", "le"])
_SURNAME: Final = re.compile("بن\\w{2,}|بو\\w{3,}|ال\\w{2,}ي|ال\\w{2,}ي[هن]")
_SERVANT: Final = "عبد"
_TELLING, _TITLE, _WEAK = range(3)
_NUMBER_THEN_STREET: Final = re.compile(
    r"(?<![^\W_])(?:n[°o]\s?|num[eé]ro\s|ra9m\s)?\d{1,4}(?:\s?(?:bis|ter))?,?\s"
    rf"(?:{said.WAYS})\s[^\W\d_][^,.;:!?\n(]{{1,40}}",
    re.IGNORECASE,
)
_STREET_THEN_NUMBER: Final = re.compile(
    rf"(?<![^\W_])(?:{said.WAYS}|{said.PLACES})\s[^.;:!?\n(]{{1,40}}?\s?"
    r"(?:n[°o]|num[eé]ro|ra9m|ra9em)\s?\d{1,4}(?!\d)",
    re.IGNORECASE,
)
_ENGLISH_STREET: Final = re.compile(
    r"(?<![^\W_])\d{1,4}\s(?:[A-Z][\w'’-]*\s){1,3}(?:Street|Avenue|Road|Lane|Square)"
    r"(?![^\W_])(?:,\s(?:flat|apartment|apt)\s\d{1,4})?"
)
_ARABIC_STREET: Final = re.compile(
    rf"(?<![^\W_])(?:{said.ARABIC_WAYS})\s[^،؛,.;:!؟\n(]{{1,40}}?\s(?:رقم|نمرة)\s?\d{{1,4}}(?!\d)"
)
_ADDRESSES: Final = (_NUMBER_THEN_STREET, _STREET_THEN_NUMBER, _ENGLISH_STREET, _ARABIC_STREET)


@dataclass(frozen=True, slots=True)
class _Word:
    begin: int
    end: int
    raw: str
    folded: str
    stop: bool
    """Whether more than a space, an apostrophe or a hyphen stands between it and the next."""


def folded_names(names: Iterable[str]) -> frozenset[str]:
    """First names as they are compared."""
    return frozenset(bare(name).text for name in names)


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where a street and a number stand together, as ``lib.masking.seen`` gives the text."""
    for pattern in _ADDRESSES:
        for found in pattern.finditer(text):
            begin, end = found.span()
            yield begin, begin + len(text[begin:end].rstrip())


def names(text: str, known: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """Where names may stand, and the cue before each, as ``lib.masking.seen`` gives the text."""
    words = _words(text)
    cues = _cues()
    at = 0
    while at < len(words):
        size, strength = _cue(words, at, cues)
        if not size:
            at += 1
            continue
        first = at + size
        count = _name(words, first, strength, known) if first < len(words) else 0
        if count and not _of_a_place(words, at, first + count):
            yield (
                words[first].begin,
                words[first + count - 1].end,
                text[words[at].begin : words[first - 1].end],
            )
        at = first + count


def _words(text: str) -> list[_Word]:
    folded = bare(text)
    at = folded.at
    spans = [(m.start(), m.end()) for m in re.finditer(r"\S+", folded.text)]
    places = [(int(at[begin]), int(at[end - 1]) + 1) for begin, end in spans]
    words = []
    for k, ((begin, end), (low, high)) in enumerate(zip(spans, places, strict=True)):
        between = text[high : places[k + 1][0]] if k + 1 < len(places) else "."
        stop = bool(between.strip(" \u00a0\u202f'’-"))
        words.append(_Word(low, high, text[low:high], folded.text[begin:end], stop))
    return words


@cache
def _cues() -> dict[tuple[str, ...], int]:
    found = {}
    for strength, phrases in (
        (_WEAK, said.WEAK), (_TITLE, said.TITLES), (_TELLING, said.TELLING)
    ):  # fmt: skip
        for phrase in phrases:
            found[tuple(bare(phrase).text.split())] = strength
    return found


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(bare(word).text for word in getattr(said, name).split())


def _cue(words: list[_Word], at: int, cues: dict[tuple[str, ...], int]) -> tuple[int, int]:
    """How many words the longest cue here has, and its strength."""
    for size in range(min(_CUE_WORDS, len(words) - at), 0, -1):
        phrase = tuple(word.folded for word in words[at : at + size])
        strength = cues.get(phrase)
        if strength is None and _arabic(phrase[0]):
            strength = cues.get((_without_prefix(phrase[0]), *phrase[1:]))
        if strength is not None and _speaks(words[at], phrase):
            return size, strength
    return 0, 0


def _speaks(word: _Word, phrase: tuple[str, ...]) -> bool:
    # "M." and "Dr" are titles; "m" alone is metres, and "I" alone a pronoun before a comma.
    if phrase == ("m",):
        return word.raw == "M" and word.stop
    return phrase != ("i",) or (word.raw == "I" and word.stop)


def _without_prefix(word: str) -> str:
    for prefix in ("وال", "بال", "فال", "لل"):
        if word.startswith(prefix):
            return "ال" + word[len(prefix) :]
    return word[1:] if word[0] in "وفبل" else word


def _name(words: list[_Word], first: int, strength: int, known: frozenset[str]) -> int:
    """How many words from here on are a name; 0 if there is none."""
    head = words[first]
    if head.folded in _set("OFFICES") or head.folded in _set("STOPS"):
        return 0
    count = _begins(words, first, strength, known)
    if not count:
        return 0
    while count < _MOST and first + count < len(words) and not words[first + count - 1].stop:
        size = _goes_on(words, first + count, strength, known)
        if not size:
            break
        count += size
    return count


def _begins(words: list[_Word], at: int, strength: int, known: frozenset[str]) -> int:
    """How many words the first name has here: "عبد الرحيم" is one of two."""
    word = words[at]
    if word.folded == _SERVANT and at + 1 < len(words) and words[at + 1].folded.startswith("ال"):
        return 2
    return int(_is_known(word, known) or (strength != _WEAK and _likely(words, at, strength)))


def _likely(words: list[_Word], at: int, strength: int) -> bool:
    """Whether an unknown word behind a cue is written like a name."""
    word = words[at]
    if word.folded.isdigit():
        return False
    if not _arabic(word.folded):
        return word.raw[0].isupper() or (_tifinagh(word.raw) and word.stop)
    if _SURNAME.fullmatch(word.folded):
        return True
    return strength == _TELLING and (word.stop or _ends_before(words, at + 1))


def _goes_on(words: list[_Word], at: int, strength: int, known: frozenset[str]) -> int:
    """How many words here belong to the name: one, or a particle and one."""
    word = words[at]
    if word.folded in _PARTICLES:
        return 2 if at + 1 < len(words) and _joined(word, words[at + 1]) else 0
    if word.folded in _set("STOPS") or word.folded.isdigit():
        return 0
    if _is_known(word, known):
        return 1
    if not _arabic(word.folded):
        return int(word.raw[0].isupper())
    if _SURNAME.fullmatch(word.folded):
        return 1
    told = strength == _TELLING and not word.folded.startswith("و")
    return int(told and (word.stop or _ends_before(words, at + 1)))


def _joined(particle: _Word, word: _Word) -> bool:
    """Whether a particle and a word are a surname: "el Fassi", "de Souza", not "de signer"."""
    if particle.stop or len(word.folded) < 3 or word.folded in _set("STOPS"):
        return False
    return word.raw[0].isupper() or particle.folded in _OF_HERE


def _ends_before(words: list[_Word], at: int) -> bool:
    """Whether a new clause begins here."""
    return at < len(words) and words[at].folded.startswith("و") and len(words[at].folded) > 2


def _is_known(word: _Word, known: frozenset[str]) -> bool:
    folded = bare(tifinagh_to_latin(word.raw)).text if _tifinagh(word.raw) else word.folded
    return folded in known


def _of_a_place(words: list[_Word], cue: int, after: int) -> bool:
    """Whether this is a street, a hospital or a king: "avenue Moulay Youssef", "Hassan II"."""
    before = {word.folded for word in words[max(0, cue - 2) : cue]}
    if before & _set("INSTITUTIONS"):
        return True
    if after == len(words) or words[after - 1].stop:
        return False
    return words[after].folded in _set("ORDINALS")


def _arabic(word: str) -> bool:
    return "\u0600" <= word[0] < "\u0780"


def _tifinagh(word: str) -> bool:
    return "\u2d30" <= word[0] < "\u2d80"
