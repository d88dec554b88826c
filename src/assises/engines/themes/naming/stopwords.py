"""Words that name no theme, and how each language folds its words before they are compared.

Folding here drops case, vowel signs and what is only typing; where one sound is typed in several
ways (Darija in Latin letters, Tamazight in two scripts) it also gives each sound one letter. What
would damage words, plurals and articles, is not folded but asked of the texts (:mod:`.spellings`).
"""

from __future__ import annotations

import itertools
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np

from assises.engines.themes.characters import Folded, bare, plain
from assises.lib.folding import tifinagh_to_latin

STOP, JOIN, ARTICLE, WORD = range(4)
"""What a form is: it ends a phrase; it may join two words of one; the same after such; a word."""
HYPHENS: Final = "-\u2010\u2011"
_AT_ONCE: Final = 10_000
"""Words that are folded at once, to bound memory."""
_WITH_DIGITS: Final = re.compile(r"[^\W\d_]+\d{1,4}|\d[^\W\d_]")
"""Covid19, 5g."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What ``stopwords.toml`` says of a language, folded; all empty for one that is not there."""

    family: str
    stop: frozenset[str] = frozenset()
    joins: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    """After one of these a noun stands."""
    one: frozenset[str] = frozenset()
    """After one of these a singular stands."""
    tails: re.Pattern[str] | None = None
    """What a hyphen hangs on a verb."""
    whole: frozenset[str] = frozenset()
    """What only looks as if it did."""

    def core(self, word: str) -> str:
        """The word without what a hyphen hangs on it: ``faut-il``."""
        if self.tails is None or "-" not in word or word.casefold() in self.whole:
            return word
        return self.tails.sub("", word)

    def role(self, form: str) -> int:
        """What a folded form is."""
        if form in self.joins:
            return JOIN
        if form in self.articles:
            return ARTICLE
        if len(form) < 2 or form in self.stop or not self._is_word(form):
            return STOP
        return WORD

    def _is_word(self, form: str) -> bool:
        if form.isalpha() or (self.family == "ary-Latn" and not form.isdigit()):
            return True
        if "-" in form:
            return all(part.isalpha() for part in form.split("-"))
        return _WITH_DIGITS.fullmatch(form) is not None


@cache
def rules_of(family: str) -> Rules:
    """The rules of a language; ``zgh`` for Tamazight in both scripts."""
    written = _written().get(family)
    if written is None:
        return Rules(family)
    stop = _forms(written, "stop", family)
    for other in written.get("also", "").split():
        stop |= _forms(_written()[other], "stop", family)
    tails = "|".join(map(re.escape, written["tails"].split()))
    return Rules(
        family,
        stop,
        joins=_forms(written, "joins", family),
        articles=_forms(written, "articles", family),
        before=_forms(written, "before", family),
        one=_forms(written, "one", family),
        whole=frozenset(written["whole"].split()),
        tails=re.compile(rf"(?<=\w\w)-(?:{tails})\Z", re.IGNORECASE) if tails else None,
    )


def folded(words: Sequence[str], family: str) -> list[str]:
    """Each word as its language folds it; empty if nothing is left.

    Args:
        words: without spaces, in form C.
        family: of languages.
    """
    fold = _FOLD.get(family, _as_it_is)
    return [fold(form) for form in _of_words(words, plain)]


def bared(words: Sequence[str]) -> list[str]:
    """Each word without differences of spelling (:func:`.characters.bare`)."""
    return list(_of_words(words, bare))


def softened(forms: Sequence[str]) -> list[str]:
    """Darija as typed, folded, with h for 7, as some type it."""
    return [form.replace("H", "h") for form in forms]


def _of_words(words: Sequence[str], fold: Callable[[str], Folded]) -> Iterator[str]:
    """Many words folded at once: a call costs more than a word."""
    for first in range(0, len(words), _AT_ONCE):
        some = words[first : first + _AT_ONCE]
        every = fold("\n".join(some))
        begins = np.cumsum([0, *(len(word) + 1 for word in some)])
        cuts = np.searchsorted(every.at, begins).tolist()
        for word, (begin, end) in zip(some, itertools.pairwise(cuts), strict=True):
            hyphen = "-" if any(mark in word for mark in HYPHENS) else ""
            yield every.text[begin:end].strip().replace(" ", hyphen)


def _written() -> Mapping[str, Mapping[str, str]]:
    path = resources.files("assises.engines.themes.naming") / "stopwords.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _forms(written: Mapping[str, str], name: str, family: str) -> frozenset[str]:
    words = written[name].split()
    forms = set(folded(words, family))
    if family in {"fr", "en"}:
        forms |= set(bared(words))  # typed without its accents too
    if family in {"ar", "ary-Arab"}:
        forms |= {form.translate(_ALEFS) for form in forms}
    if family == "ary-Latn":
        forms |= set(softened(list(forms)))
    return frozenset(forms)


def _as_it_is(form: str) -> str:
    return form


_ALEFS: Final = str.maketrans("أإآٱىپڤگ", "اااايبفك")
_LIKE_ARTICLE: Final = re.compile(r"[أإآ](?=ل)")
"""With hamza it is no article: ألمانيا."""


def _arabic(form: str) -> str:
    # Hamza by itself and ta marbuta stay: without them water is "what", and a town "at him".
    if _LIKE_ARTICLE.search(form) is None:
        return form.translate(_ALEFS)
    kept = form.translate(_ALEFS)
    return "".join(
        letter if _LIKE_ARTICLE.match(form, at) else kept[at] for at, letter in enumerate(form)
    )


def _unmarked(form: str) -> str:
    """Latin letters without what stands over and under them."""
    if form.isascii():
        return form
    apart = unicodedata.normalize("NFKD", form)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


_SOUNDS: Final = (
    ("kh", "5"), ("gh", "G"), ("sh", "C"), ("ch", "C"), ("x", "C"), ("ou", "u"), ("oo", "u"),
    ("w", "u"), ("o", "u"), ("y", "i"), ("3", "a"), ("7", "H"), ("8", "H"), ("9", "q"),
    ("2", ""), ("6", "t"),
)  # fmt: skip
_DOUBLE: Final = re.compile(r"(.)\1+")
_TYPED_FRONT: Final = re.compile(r"[ufbdk]?l")
_VOWELS: Final = re.compile(r"[aiu]")
_ENOUGH_BONES: Final = 4
"""Consonants, without the article, that say which word it is, however its vowels are typed."""


def _typed(form: str) -> str:
    """Darija in Latin letters: one letter for each sound, without double letters and short e; of a
    long word the consonants alone, since "mdrasa", "madrasa" and "medrassa" are one."""
    form = _unmarked(form).replace("-", "")
    if form.isdigit():
        return form
    for letters, sound in _SOUNDS:
        form = form.replace(letters, sound)
    short = form.replace("e", "")
    form = _DOUBLE.sub(r"\1", short if len(short) > 1 else form)
    front = _TYPED_FRONT.match(form)
    bones = len(_VOWELS.sub("", form[front.end() if front else 0 :]))
    return form[0] + _VOWELS.sub("", form[1:]) if bones >= _ENOUGH_BONES else form


_BERBER: Final = str.maketrans({"ɣ": "gh", "ɛ": "a", "ε": "a", "ʷ": "", "o": "u"})


def _tamazight(form: str) -> str:
    """Both scripts in Latin letters, without dots."""
    latin = _unmarked(tifinagh_to_latin(form).translate(_BERBER))
    return latin.replace("-", "").replace("uu", "u")


_FOLD: Final[Mapping[str, Callable[[str], str]]] = {
    "ar": _arabic,
    "ary-Arab": _arabic,
    "ary-Latn": _typed,
    "zgh": _tamazight,
}
