"""What a clause claims beyond its numbers, held against the sentences it quotes.

Only words are compared: whether a *no* was lost or added, whether a word became its opposite,
whether somebody asked, which words no source has. A program cannot tell that a sentence is true; it
can tell that its words are not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from assises.engines.themes.drafting.draft_words import (
    Words,
    clauses,
    negated,
    placed_clauses,
    same,
    words_for,
    words_of,
)
from assises.engines.themes.sentences import Span, sentences

_CAPITAL: Final = re.compile(r"(?<![\w'’.-])[A-ZÀ-ÖØ-Þ][\w'’-]*")
_LATIN_TITLE: Final = re.compile(r"(?<!\w)([A-Za-zîÎ]+)\.?\s+(?=[A-ZÀ-ÖØ-Þ])")
_ENOUGH_TO_SWAP: Final = 3
"""Words of one clause of a source: of two, the other order is only another way to say it."""
_OFFICES: Final = {
    "ministre", "minister", "president", "presidente", "maire", "gouverneur", "wali", "juge",
    "directeur", "directrice", "الوزير", "وزير", "الرييس", "رييس", "الوالي", "العامل", "المدير",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A quote that was found, and what it was cut out of."""

    id: str
    language: str
    text: str
    """All of the contribution."""
    spans: tuple[Span, ...]
    sentence: str
    """From the first sentence the quote touches to the last."""

    @property
    def quoted(self) -> str:
        """The words as they were written."""
        return " … ".join(self.text[begin:end] for begin, end in self.spans)


@dataclass(frozen=True, slots=True)
class Turned:
    """Words that a clause and its sources say with and without a *no*."""

    words: tuple[str, ...]
    sure: bool
    """Whether they are more than half of the words of the clause that its sources have."""


def turned(
    text: str,
    words: Words,
    sources: Sequence[Source],
    skip: Callable[[Sequence[str]], bool] = lambda _: False,
) -> list[Turned]:
    """Words of a clause under a *no* where no source has one, and the other way.

    Args:
        text: of the clause.
        words: of its language.
        sources: of languages that can be compared with it.
        skip: whether a clause of the sentence is left out, since it speaks of votes or counts.
    """
    there = [
        (part, negated(part, words_for(source.language)))
        for source in sources
        for part in clauses(source.sentence, words_for(source.language))
    ]
    found = []
    for part in clauses(text, words):
        if skip(part):
            continue
        turns = negated(part, words)
        known, lost, unsure = 0, [], False
        for word in words.content(part):
            ways = {way for other, way in there if any(same(word, one) for one in other)}
            known += bool(ways)
            if ways and all(way % 2 != turns % 2 for way in ways):
                lost.append(word)
            unsure = unsure or (bool(ways) and turns not in ways and max(*ways, turns) > 1)
        if lost:
            found.append(Turned(tuple(lost), 2 * len(lost) > known))
        elif unsure:
            found.append(Turned((), sure=False))
    return found


def opposite(text: str, words: Words, sources: Sequence[Source]) -> str:
    """A word of a clause of which its sources have the opposite and not the word; or nothing."""
    mine = words_of(text)
    theirs = [word for source in sources for word in words_of(source.sentence)]
    for left, right in words.opposites:
        for one, other in ((left, right), (right, left)):
            said = next((word for word in mine if _is(word, one, words)), "")
            if (
                said
                and not any(same(said, word) for word in theirs)
                and not any(_is(word, other, words) for word in mine)
                and any(_is(word, other, words) for word in theirs)
                and not any(_is(word, one, words) for word in theirs)
            ):
                return said
    return ""


def asks(text: str, words: Words) -> bool:
    """Whether a text asks for something, by its words."""
    return any(_asking(word, words) for word in words_of(text))


def somebody_asks(source: Source) -> bool:
    """Whether the clauses that a quote touches ask: by a word, an imperative, or a question."""
    words = words_for(source.language)
    first, last = source.spans[0][0], source.spans[-1][1]
    for begin, end, part in placed_clauses(source.text, words):
        if begin < last and end > first and _asked(part, source.text[begin:end], words):
            return True
    touched = [
        source.text[begin:end]
        for begin, end in sentences(source.text)
        if begin < last and end > first
    ]
    return any("?" in sentence or "؟" in sentence for sentence in touched)


def reordered(
    text: str,
    words: Words,
    sources: Sequence[Source],
    skip: Callable[[Sequence[str]], bool] = lambda _: False,
) -> list[str]:
    """Words of a clause that stand in another order in a source: who does what may be swapped.

    Args:
        text: of the clause.
        words: of its language.
        sources: of languages that can be compared with it.
        skip: whether a clause of the sentence is left out.
    """
    there = [
        part for source in sources for part in clauses(source.sentence, words_for(source.language))
    ]
    for part in clauses(text, words):
        said = [] if skip(part) else words.content(part)
        for other in there:
            found = [
                (next(at for at, one in enumerate(other) if same(word, one)), word)
                for word in said
                if any(same(word, one) for one in other)
            ]
            if len(found) >= _ENOUGH_TO_SWAP and found != sorted(found, key=lambda one: one[0]):
                return [word for _, word in found]
    return []


def torn(
    text: str,
    words: Words,
    sources: Sequence[Source],
    skip: Callable[[Sequence[str]], bool] = lambda _: False,
) -> list[str]:
    """Words that a clause says together and that no clause of a source does.

    Of *dig a well, the spring is dry* somebody made *the well is dry*. Arguments as in
    :func:`reordered`.
    """
    there = [
        part for source in sources for part in clauses(source.sentence, words_for(source.language))
    ]
    for part in clauses(text, words):
        said = [] if skip(part) else words.content(part)
        known = [word for word in said if any(_in(word, other) for other in there)]
        if known and not any(all(_in(word, other) for word in known) for other in there):
            return known
    return []


def wished(text: str, words: Words, sources: Sequence[Source]) -> bool:
    """Whether a clause says as a fact what its sources only ask for.

    So it is where the clause asks for nothing, and each clause of a source that shares a word with
    it does.
    """
    if asks(text, words):
        return False
    mine = words.content(words_of(text))
    shared = [
        _asked(part, source.text[begin:end], words_for(source.language))
        for source in sources
        for begin, end, part in placed_clauses(source.text, words_for(source.language))
        if any(_in(word, part) for word in mine)
    ]
    return bool(shared) and all(shared)


def reasons_given(text: str, words: Words, sources: Sequence[Source]) -> str:
    """A word with which a clause gives a reason, where no source gives one; or nothing."""
    for source in sources:
        theirs = words_for(source.language)
        if any(theirs.are(word, "cause") for word in words_of(source.sentence)):
            return ""
    return next((word for word in words_of(text) if words.are(word, "cause")), "")


def unsaid(text: str, words: Words, known: Iterable[str]) -> tuple[list[str], float]:
    """Words of a clause that none of its sources has, and their share of its content.

    Args:
        text: of the clause.
        words: of its language.
        known: folded words of its sources, and of the theme, the groups and the statements it may
            speak of.
    """
    have = list(dict.fromkeys(known))
    content = [word for word in words.content(words_of(text)) if not word[0].isdigit()]
    content = [word for word in content if word not in words.units]
    missing = [word for word in content if not any(same(word, one) for one in have)]
    return missing, len(missing) / len(content) if content else 0.0


def sides(part: Sequence[str], words: Words) -> set[str]:
    """Which sides of a vote a clause speaks of, turned about by a *no* of its own."""
    found = set()
    against = any(words.are(word, "disagree") for word in part)
    turns = sum(
        negated([word], words) for word in part if not words.are(word, "disagree")
    ) + _loose(part, words)
    if any(words.are(word, "divided") for word in part):
        found.add("divided")
    elif against:
        found.add("agree" if turns % 2 else "disagree")
    elif any(words.are(word, "agree") for word in part):
        found.add("disagree" if turns % 2 else "agree")
    return found


def names(text: str, words: Words, known: Iterable[str]) -> list[str]:
    """Who seems to be named: behind a title, or by a capital letter where no sentence begins.

    Args:
        text: of the clause.
        words: of its language.
        known: folded words that name nobody here: those of sources, places and groups.
    """
    have = set(known)
    found = _titled(text, words)
    begins = {begin for begin, _ in sentences(text)} | {
        match.end() for match in re.finditer(r"[:«“\"]\s*", text)
    }
    for match in _CAPITAL.finditer(text):
        folded = words_of(match.group())
        if match.start() in begins or not folded:
            continue
        if all(word in have or words.are(word, "named") or len(word) == 1 for word in folded):
            continue
        if not any(any(same(word, one) for one in have) for word in folded if len(word) > 1):
            found.append(match.group())
    return found


def _in(word: str, part: Sequence[str]) -> bool:
    return any(same(word, one) for one in part)


def _titled(text: str, words: Words) -> list[str]:
    found = []
    for match in _LATIN_TITLE.finditer(text):
        after = words_of(text[match.end() :])[:1]
        if words.are(match.group(1).casefold(), "title") and not _OFFICES.intersection(after):
            found.append(text[match.start() : match.start() + 40])
    folded = words_of(text)
    for at, word in enumerate(folded[:-1]):
        bare = word[1:] if word[:1] in {"و", "ل", "ب"} else word
        arabic = "\u0600" <= word[0] <= "\u06ff"
        office = folded[at + 1] in _OFFICES
        if arabic and not office and _is_title(word, bare, words):
            found.append(f"{word} {folded[at + 1]}")
    return found


def _is_title(word: str, bare: str, words: Words) -> bool:
    return words.are(word, "title") or (len(bare) > 3 and words.are(bare, "title"))


def _is(word: str, kind: str, words: Words) -> bool:
    return words.are(word, kind) or (word.startswith("ال") and words.are(word[2:], kind))


def _asking(word: str, words: Words) -> bool:
    return words.are(word, "asks") or (word.startswith(("و", "ف")) and words.are(word[1:], "asks"))


def _asked(part: Sequence[str], text: str, words: Words) -> bool:
    if any(_asking(word, words) for word in part):
        return True
    first = part[0] if part else ""
    polite = re.match(r"\s*(?:n['’]|ne\s+)?\w+ez\b", text, re.IGNORECASE) is not None
    order = first in {"لا", "ولا"} and len(part) > 1 and part[1].startswith("ت")
    return polite or order or words.are(first, "heads")


def _loose(part: Sequence[str], words: Words) -> int:
    """Particles of more than one word, counted once words of refusal are taken out."""
    whole = negated(part, words, but="no")
    return whole - sum(negated([word], words, but="no") for word in part)
