"""Which spellings are one word.

Every rule asks the texts first: an ending or a letter in front is taken off only if what remains
is seen too, so that no word is damaged that only looks as if it had one. A key says which spellings
meet and is never shown.

- French and English: plurals, if the singular is seen and the form does not itself follow a word of
  the singular ("un pays"); French without its accents, if it is seen more often with them.
- Arabic: the conjunctions و ف, the prepositions ب ك ل and the article, alone or joined. A letter
  that stays after the article is the word's own: الوزارة says that the و of وزارة is no "and". Of a
  letter without the article, both what remains and what remains with the article must be seen.
  Forms of hamza, final ya and ta marbuta meet (:mod:`.characters`); broken plurals do not.
- Darija as typed: as in Arabic, with ``l`` for the article; h for 7, if 7 is seen more often.
- Tamazight: words as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from assises.engines.themes.naming.stopwords import (
    STOP,
    WORD,
    Rules,
    bared,
    folded,
    rules_of,
    softened,
)

Int8 = npt.NDArray[np.int8]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_MANY_DIGITS: Final = 5
"""Digits of a word from which it may be a number of a person."""
_LONGEST: Final = 40
"""Characters of a word at most; what is longer is none."""
_SELDOM: Final = 0.1
"""Share of its places where a plural may follow a word of the singular, by a slip."""
_LAPSE: Final = 0.5
"""A form without accents is a lapse if it is seen less than so often as the form with them."""


class Streams(NamedTuple):
    """The words of all texts, one after the other."""

    kind: Int32
    """Which type each is, shape (n,)."""
    follows: Bools
    """Whether it follows the word before with nothing but a space or an apostrophe between."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """What each type is, for n types, and the K words that they spell."""

    role: Int8
    """One of the four of :mod:`.stopwords`."""
    key: Int32
    """Which word it is a spelling of, -1 of what is none."""
    skip: Int32
    """Characters at its begin that are another word, written together with it."""
    size: Int32
    """Characters after those that are the word."""
    keys: tuple[str, ...]
    """The key of each word, in the order of the alphabet."""
    noun: Float64
    """Share of the places of each word where it stands as a noun does: with an article, or after a
    preposition or a possessive; shape (K,)."""


class _Met(NamedTuple):
    """What a language finds out about a form."""

    key: str
    skip: int = 0
    noun: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """The forms of all texts that are words: how often each, and how often after a singular."""

    count: Mapping[str, int]
    after_one: Mapping[str, int]
    rules: Rules

    def word(self, form: str, fewest: int = 2) -> bool:
        """Whether it is seen as a word; stop words are none."""
        return len(form) >= fewest and form in self.count


_Meet = Callable[[str], _Met]


def spell(types: Sequence[str], streams: Streams, family: str) -> Spelled:
    """Find which types are one word.

    Args:
        types: the different words as they were written, in form C.
        streams: where they stand.
        family: of languages.
    """
    rules = rules_of(family)
    cores = [rules.core(word) for word in types]
    forms = folded([core if _may_be_said(core) else "" for core in cores], family)
    role = np.array([rules.role(form) if form else STOP for form in forms], dtype=np.int8)
    words = np.flatnonzero(role == WORD).tolist()
    seen = _seen(forms, words, streams, rules)
    meet = _MEET.get(family, _as_it_is)(seen)
    met = {form: meet(form) for form in seen.count}
    words = [at for at in words if met[forms[at]].key]
    role[[at for at in range(len(forms)) if forms[at] in met and not met[forms[at]].key]] = STOP
    keys, number = _numbered(met, family)
    key = np.full(len(types), -1, dtype=np.int32)
    skip = np.zeros(len(types), dtype=np.int32)
    with_article = np.zeros(len(types), dtype=bool)
    for at in words:
        found = met[forms[at]]
        key[at] = number[forms[at]]
        with_article[at] = found.noun
        # In a word with vowel signs the letters are not where those of its form are.
        skip[at] = found.skip if len(forms[at]) == len(cores[at]) else 0
    size = np.array([len(core) for core in cores], dtype=np.int32) - skip
    before = np.array([form in rules.before for form in forms], dtype=bool)
    noun = _as_nouns(streams, key, with_article, before, len(keys))
    return Spelled(role, key, skip, size, keys, noun)


def _may_be_said(word: str) -> bool:
    digits = sum(character.isdigit() for character in word)
    return 0 < len(word) <= _LONGEST and digits < _MANY_DIGITS


def _seen(forms: Sequence[str], words: Sequence[int], streams: Streams, rules: Rules) -> _Seen:
    every = np.bincount(streams.kind, minlength=len(forms)).tolist()
    one = np.array([form in rules.one for form in forms], dtype=bool)
    singular = np.bincount(streams.kind[_follow(streams, one)], minlength=len(forms)).tolist()
    count: dict[str, int] = {}
    after_one: dict[str, int] = {}
    for at in words:
        count[forms[at]] = count.get(forms[at], 0) + every[at]
        after_one[forms[at]] = after_one.get(forms[at], 0) + singular[at]
    return _Seen(count, after_one, rules)


def _follow(streams: Streams, which: Bools) -> Bools:
    """Whether each word follows one of these types."""
    follows = streams.follows.copy()
    follows[1:] &= which[streams.kind[:-1]]
    return follows


def _numbered(met: Mapping[str, _Met], family: str) -> tuple[tuple[str, ...], dict[str, int]]:
    """The keys in the order of the alphabet, and the number of that of each form."""
    spelled = {form: found.key for form, found in met.items() if found.key}
    if family not in _KEEPS:
        again = bared(list(spelled.values()))
        spelled = {
            form: bare or key for (form, key), bare in zip(spelled.items(), again, strict=True)
        }
    keys = tuple(sorted(set(spelled.values())))
    number = {key: at for at, key in enumerate(keys)}
    return keys, {form: number[key] for form, key in spelled.items()}


def _as_nouns(
    streams: Streams, key: Int32, with_article: Bools, before: Bools, count: int
) -> Float64:
    if not count:
        return np.zeros(0)
    of = key[streams.kind]
    as_noun = with_article[streams.kind] | _follow(streams, before)
    every = np.bincount(of[of >= 0], minlength=count)
    nouns = np.bincount(of[(of >= 0) & as_noun], minlength=count)
    # One place may be a slip: one less.
    return np.asarray((nouns - 1).clip(0) / np.maximum(every, 1), dtype=np.float64)


# French and English.

_FRENCH: Final = (("eaux", "eau"), ("eux", "eu"), ("oux", "ou"), ("aux", "al"), ("s", ""))
_ENGLISH: Final = (
    ("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("s", ""),
)  # fmt: skip


def _french(seen: _Seen) -> _Meet:
    accents = _lapses(seen, bared)

    def meet(form: str) -> _Met:
        form = accents.get(form, form)
        one = _singular(form, _FRENCH, seen)
        return _Met(accents.get(one, one))

    return meet


def _english(seen: _Seen) -> _Meet:
    def meet(form: str) -> _Met:
        if form.endswith(("ss", "us", "is")):
            return _Met(form)
        return _Met(_singular(form, _ENGLISH, seen))

    return meet


def _singular(form: str, endings: Sequence[tuple[str, str]], seen: _Seen) -> str:
    if seen.after_one[form] > _SELDOM * seen.count[form]:
        return form
    for plural, singular in endings:
        one = form.removesuffix(plural) + singular
        if form.endswith(plural) and seen.word(one, 3):
            return one
    return form


def _lapses(seen: _Seen, without: Callable[[Sequence[str]], list[str]]) -> dict[str, str]:
    """Of each form without what is often left out, the commonest with it, if it is commoner by far.

    As often as not both are words, and different ones ("marche", "marché"): those stay apart.
    """
    found: dict[str, str] = {}
    forms = sorted(seen.count, key=lambda form: (-seen.count[form], form))
    for form, lapse in zip(forms, without(forms), strict=True):
        if lapse != form and seen.count.get(lapse, 0) < _LAPSE * seen.count[form]:
            found.setdefault(lapse, form)
    return found


# Arabic, and Darija in both scripts.


@dataclass(frozen=True, slots=True)
class _Affixes:
    """What is written together with the word that follows."""

    article: str
    swallowed: str
    """The preposition and the article where they are one; empty where they never are."""
    conjunctions: str
    fronts: tuple[str, ...]
    """Conjunctions and prepositions, and both, the longest first, nothing the last."""
    shown: frozenset[str]
    """Those that are shown with the word where no article follows."""
    articles: tuple[str, ...]
    """The article, and that of French, written as it sounds: what begins so is a noun."""
    many: tuple[tuple[str, str], ...]
    """Endings of regular plurals, and those of their singulars."""
    fewest: int
    """Letters of a word at least."""


def _fronts(conjunctions: str, prepositions: str) -> tuple[str, ...]:
    every = {a + b for a in ("", *conjunctions) for b in ("", *prepositions)}
    return tuple(sorted(every, key=lambda front: (-len(front), front)))


_ARABIC: Final = _Affixes(
    "ال", "لل", "وف", _fronts("وف", "بكل"), frozenset(), ("ال",), (("ات", "ة"),), 2
)
_DARIJA: Final = _Affixes(
    "ال", "لل", "وف", _fronts("وف", "بكلد"), frozenset("ل"), ("ال", "لا"), (("ات", "ة"),), 2
)
_TYPED: Final = _Affixes(
    "l", "", "uf", _fronts("uf", "bkd"), frozenset(), (), (("at", "a"), ("s", "")), 3
)
_LONG_ENOUGH: Final = 3
"""Letters of a word, at least, for a single letter before it to be taken off."""


def _semitic(affixes: _Affixes) -> Callable[[_Seen], _Meet]:
    def with_seen(seen: _Seen) -> _Meet:
        def meet(form: str) -> _Met:
            if _is_stop(form, affixes, seen):
                return _Met("")
            for front in affixes.fronts:
                found = _without(form, front, affixes, seen)
                if found is not None:
                    break
            else:
                found = _Met(form, noun=form.startswith(affixes.articles) and len(form) > 4)
            key = _one_of(found.key, affixes, seen)
            return found._replace(key=lapses.get(key, key))

        lapses = _lapses(seen, softened) if affixes is _TYPED else {}
        return meet

    return with_seen


def _is_stop(form: str, affixes: _Affixes, seen: _Seen) -> bool:
    """Whether it is a stop word with something before it, and not a word with its own article."""
    stop, article = seen.rules.stop, affixes.article
    if article + form in seen.count:
        return False
    for front in affixes.fronts:
        rest = form.removeprefix(front)
        if form.startswith(front) and (
            (front[:1] in affixes.conjunctions and rest in stop)
            or (front and rest in seen.rules.before and len(rest) > 1)
            or (rest.startswith(article) and _is_long_stop(rest.removeprefix(article), stop))
        ):
            return True
    return False


def _is_long_stop(word: str, stop: frozenset[str]) -> bool:
    # Of two letters water, الما in Darija, would be "what".
    return len(word) >= _LONG_ENOUGH and word in stop


def _without(form: str, front: str, affixes: _Affixes, seen: _Seen) -> _Met | None:
    """The word after ``front`` and the article, if the texts say that it is one."""
    article = affixes.article
    if not form.startswith(front):
        return None
    if any(article + form[at:] in seen.count for at in range(len(front))):
        return None  # a letter of the front stays after the article: it is the word's own
    rest = form.removeprefix(front)
    if affixes.swallowed and rest.startswith(affixes.swallowed):
        rest = article + rest.removeprefix(affixes.swallowed)
    if rest.startswith(article):
        word = rest.removeprefix(article)
        if seen.word(word, affixes.fewest):
            return _Met(word, len(front), noun=True)
        return _Met(rest, len(front), noun=True) if rest != form and seen.word(rest) else None
    if front and seen.word(rest, _LONG_ENOUGH) and seen.word(article + rest):
        return _Met(rest, 0 if front in affixes.shown else len(front))
    return None


def _one_of(key: str, affixes: _Affixes, seen: _Seen) -> str:
    """The singular of a regular plural, if it is seen."""
    for many, one in affixes.many:
        if key.endswith(many):
            singular = key.removesuffix(many) + one
            word = singular.removeprefix(affixes.article)
            for form in (singular, word, affixes.article + word):
                if seen.word(form, _LONG_ENOUGH):
                    return word if seen.word(word, affixes.fewest) else form
    return key


def _as_it_is(_: _Seen) -> _Meet:
    return _Met


_MEET: Final[Mapping[str, Callable[[_Seen], _Meet]]] = {
    "fr": _french,
    "en": _english,
    "ar": _semitic(_ARABIC),
    "ary-Arab": _semitic(_DARIJA),
    "ary-Latn": _semitic(_TYPED),
}
_KEEPS: Final = frozenset({"fr", "en", "ary-Latn", "zgh"})
"""Families whose keys are not folded once more."""
