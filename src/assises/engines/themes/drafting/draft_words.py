"""Words of a clause and of its sources, made comparable.

A text is cut into its words, folded so that spellings meet; a sentence into clauses, so that a *no*
turns about its own clause and not its neighbour. Two words are one if they share a stem by rules
that are wide on purpose: a word that is found too easily costs less than an honest clause dropped.
Which words count for what stands in ``draft_words.toml``.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from assises.engines.themes import characters
from assises.lib.folding import tifinagh_to_latin

FAMILY: Final[Mapping[str, str]] = {"zgh-Tfng": "zgh", "zgh-Latn": "zgh", "ary-Arab": "ar"}
"""Tags whose words can be compared; each other tag is its own family."""
_DATA: Final = {"zgh-Tfng": "zgh", "zgh-Latn": "zgh"}
_MARKS: Final = re.compile(r"[.!?؟;؛:,،…()\[\]«»“”\"\n]+(?!\d)|\s[-–—]\s")
_THAT_NOT: Final = re.compile(r"(?<!\w)ألا(?!\w)")
_ARABIC: Final = re.compile(r"[\u0600-\u06ff]")
_PREFIXES: Final = (
    "", "ال", "وال", "بال", "فال", "كال", "لل", "و", "ف", "ب", "ل", "ك", "ي", "ت", "ن", "ا", "س",
    "وي", "ون", "وت", "كي", "كت", "كن", "سي", "ست", "يت", "تت", "نت", "م",
)  # fmt: skip
_SUFFIXES: Final = (
    "", "ه", "ها", "هم", "هن", "نا", "كم", "ك", "ي", "ات", "ون", "ين", "ان", "وا", "و", "ت", "يه",
    "يون", "تنا", "تهم", "تها", "ته", "ش",
)  # fmt: skip
_KINDS: Final = (
    "function", "counting", "frame", "cuts", "joins", "no", "asks", "heads", "agree", "disagree",
    "divided", "voters", "cause", "title", "named",
)  # fmt: skip
_BEFORE_NOUNS: Final = {"un", "le", "du", "ce", "de", "des", "les", "en", "au"}
"""*Un car* is a coach, and no reason."""
_STEM: Final = 3
_HEAD: Final = 4
"""Words at the head of a sentence that may be no clause by themselves."""


@dataclass(frozen=True, slots=True)
class Words:
    """What words count for, in one language with those it is mixed with."""

    sets: Mapping[str, tuple[frozenset[str], tuple[str, ...]]]
    parts: tuple[tuple[tuple[str, ...], str], ...]
    """Phrases for parts of a whole and what they claim, the longest first."""
    units: Mapping[str, int]
    opposites: tuple[tuple[str, str], ...]
    """Pairs of kinds in ``sets``."""
    orders: tuple[str, ...]

    def are(self, word: str, kind: str) -> bool:
        """Whether a folded word is of a kind."""
        whole, begins = self.sets[kind]
        bare = word[2:] if word.startswith("ال") else word
        return word in whole or bare in whole or word.startswith(begins)

    def content(self, words: Iterable[str]) -> list[str]:
        """The words that say something by themselves."""
        return [
            word
            for word in words
            if len(word) > 1
            and not self.are(word, "function")
            and not self.are(word, "frame")
            and not self.are(word, "counting")
        ]


def family(tag: str) -> str:
    """What a language can be compared with."""
    return FAMILY.get(tag, tag)


def words_of(text: str) -> list[str]:
    """The words of a text, folded; *that not* of Arabic is two words, as it is meant."""
    told = _THAT_NOT.sub("أن لا", characters.composed(text))
    return characters.bare(tifinagh_to_latin(told)).text.split()


def same(one: str, other: str) -> bool:
    """Whether two folded words are forms of one, as far as their letters say."""
    if one == other:
        return True
    if _ARABIC.match(one) or _ARABIC.match(other):
        return not _stems(one).isdisjoint(_stems(other))
    return _alike(one, other) or _alike(one.removeprefix("l"), other.removeprefix("l"))


def clauses(text: str, words: Words) -> list[list[str]]:
    """The clauses of a text, each its folded words; a short one at the head joins the next."""
    return [part for _, _, part in placed_clauses(text, words)]


def placed_clauses(text: str, words: Words) -> list[tuple[int, int, list[str]]]:
    """:func:`clauses`, with (begin, end) in code points of ``text``."""
    cuts = [0, *(found.end() for found in _MARKS.finditer(text)), len(text)]
    found: list[tuple[int, int, list[str]]] = []
    for begin, end in itertools.pairwise(cuts):
        head = len(found) == 1 and _adverbial(found[0][2], words)
        for part in _cut(words_of(text[begin:end]), words):
            tail = words.are(part[0], "joins") and len(words.content(part)) < 2
            if found and tail and not negated(part, words):
                found[-1] = (found[-1][0], end, found[-1][2] + part)
            elif head and text[begin - 1 : begin] in {",", "،"}:
                found[0] = (found[0][0], end, found[0][2] + part)
            else:
                found.append((begin, end, part))
            head = False
    return found


def _adverbial(part: Sequence[str], words: Words) -> bool:
    """Whether words before a comma are no clause by themselves: *in the village, …*"""
    return (
        len(part) <= _HEAD
        and len(words.content(part)) < 2
        and not any(words.are(word, "asks") or words.are(word, "heads") for word in part)
    )


@cache
def words_for(tag: str) -> Words:
    """What words count for in a language; nothing does in one that is not known."""
    data = _data()
    name = _DATA.get(tag, tag)
    own = data.get(name, {})
    names = [one for one in (name, *own.get("also", ())) if one in data]
    sets = {kind: _set(data[one].get(kind, "") for one in names) for kind in _KINDS}
    pairs = []
    for one in names:
        for number, (left, right) in enumerate(data["opposites"].get(one, ())):
            pair = (f"{one} {number} left", f"{one} {number} right")
            sets[pair[0]], sets[pair[1]] = _set([left]), _set([right])
            pairs.append(pair)
    parts = [entry.split("=") for one in names for entry in data["parts"].get(one, "").split("|")]
    units = [entry.split("=") for one in names for entry in data["units"].get(one, "").split()]
    orders = [order for one in names for order in data[one]["orders"].split("|")]
    return Words(
        sets,
        tuple(
            sorted(
                ((tuple(words_of(e[0])), e[1]) for e in parts if len(e) == 2),
                key=lambda part: (-len(part[0]), part[0]),
            )
        ),
        {" ".join(words_of(word)): int(value) for word, value in units},
        tuple(pairs),
        tuple(" ".join(words_of(order)) for order in orders if order.strip()),
    )


def negated(part: Sequence[str], words: Words, *, but: str = "") -> int:
    """How often a clause is turned about: twice is as if it were not.

    Args:
        part: its folded words.
        but: a kind of words that are not counted.
    """
    counted = [word for word in part if not but or not words.are(word, but)]
    return sum(words.are(word, "no") for word in counted) + _particles(counted)


def _particles(part: Sequence[str]) -> int:
    """Particles of *no*, of all languages: none of them is another word in another."""
    count = 0
    for at, word in enumerate(part):
        after = part[at + 1] if at + 1 < len(part) else ""
        before = part[at - 1] if at else ""
        count += (
            (word in {"ne", "n"} and not _only(part[at + 1 : at + 6]))
            or (word in {"pas", "aucun", "aucune", "jamais", "ni"} and not _has_ne(part[:at]))
            or (word in {"not", "no", "never", "nobody", "none", "nor", "cannot", "neither"})
            or (word == "t" and before in _ENGLISH_NT)
            or word
            in {
                "لا",
                "لن",
                "لم",
                "ليس",
                "ليست",
                "ولا",
                "ولم",
                "ولن",
                "وليس",
                "ماشي",
                "machi",
                "mashi",
            }
            or (word in {"ma", "ما"} and _ends_no(after))
            or _joined_no(word)
            or word in {"ur", "war"}
        )
    return count


_ENGLISH_NT: Final = {
    "don", "doesn", "didn", "isn", "aren", "wasn", "weren", "won", "can", "couldn", "shouldn",
    "wouldn", "hasn", "haven", "hadn", "mustn", "needn",
}  # fmt: skip
_RESTRICT: Final = {"que", "qu"}
_FRENCH_NO: Final = {"pas", "jamais", "aucun", "aucune", "ni", "rien", "personne", "plus", "point"}
_NOT_JOINED: Final = {"marrakech", "march", "much", "match", "mach", "manch"}


def _only(after: Sequence[str]) -> bool:
    """*Ne … que* is no *no*."""
    return not _FRENCH_NO.intersection(after) and bool(_RESTRICT.intersection(after))


def _has_ne(before: Sequence[str]) -> bool:
    return bool({"ne", "n"}.intersection(before[-5:]))


def _ends_no(word: str) -> bool:
    return (len(word) > 2 and word.endswith(("ش", "ch", "sh", "x"))) or word.startswith(
        ("بغا", "بغي", "كي", "كت", "كن")
    )


def _joined_no(word: str) -> bool:
    if word in _NOT_JOINED or len(word) < 5:
        return False
    return (word.startswith("ma") and word.endswith(("ch", "sh", "x"))) or (
        word.startswith("ما") and word.endswith("ش")
    )


def _cut(part: list[str], words: Words) -> Iterator[list[str]]:
    """Where one clause ends and another begins without a mark."""
    begin = 0
    for at, word in enumerate(part):
        if at > begin and (
            (words.are(word, "cuts") and not (word == "car" and part[at - 1] in _BEFORE_NOUNS))
            or (word.startswith("و") and len(word) > 3 and words.are(word[1:], "asks"))
            or (word.startswith("و") and word[1:] in {"لا", "لم", "لن", "ليس"})
            or (words.are(word, "joins") and _both(part[begin:at], part[at + 1 :], words))
        ):
            yield part[begin:at]
            begin = at
    if part[begin:]:
        yield part[begin:]


def _both(left: Sequence[str], right: Sequence[str], words: Words) -> bool:
    """Whether words on both sides of *and* can stand alone."""
    return min(len(words.content(left)), len(words.content(right))) >= 2 or (
        negated(right, words) > 0 and len(right) > 2
    )


@cache
def _stems(word: str) -> frozenset[str]:
    found = {word}
    for prefix in _PREFIXES:
        if not word.startswith(prefix):
            continue
        for suffix in _SUFFIXES:
            if word.endswith(suffix) and len(word) - len(prefix) - len(suffix) >= _STEM:
                found.add(word[len(prefix) : len(word) - len(suffix)])
    return frozenset(found)


def _alike(one: str, other: str) -> bool:
    """By how they begin: six letters in ten of the longer, and four others at most."""
    longest, shortest = max(len(one), len(other)), min(len(one), len(other))
    if not shortest:
        return False
    common = next((at for at in range(shortest) if one[at] != other[at]), shortest)
    if shortest <= 3 or longest <= 4:
        return common >= 2 and common == shortest and longest - shortest <= 1
    return common >= max(3.0, 0.6 * longest) and longest - common <= 4


def _set(texts: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    entries = [entry for text in texts for entry in text.split()]
    whole = {word for entry in entries if "*" not in entry for word in words_of(entry)}
    begins = {" ".join(words_of(entry[:-1])) for entry in entries if entry.endswith("*")}
    return frozenset(whole), tuple(sorted(begins - {""}))


@cache
def _data() -> dict[str, Any]:
    file = resources.files(__package__) / "draft_words.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
