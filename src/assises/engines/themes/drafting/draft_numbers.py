"""Numbers that a clause speaks of, in figures or in words, against those that were computed.

A number is right if a figure that the clause names has it; or if it stands, beside the same word,
in the sentence that is quoted: then it is somebody's word, and not a count. A count of
contributions says who spoke, and never how many said this: nobody counted that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assises.engines.themes.drafting.draft_material import Claimed, Figure
from assises.engines.themes.drafting.draft_words import Words, same, words_of

_NUMERAL: Final = re.compile(
    r"(?<![\w])(\d{1,3}(?:[ \u00a0\u202f.,٬]\d{3})+(?!\d)|\d+(?:[.,٫]\d+)?)([^\W\d_]*)"
    r"(\s*(?:%|٪|pour cent|per ?cent|في الم[ئا]ئ?ة|بالم[ئا]ئ?ة|f(?:el)? l?mya))?"
)
_NEAR: Final = 3
"""Words around a number among which its own word stands."""
_ROUNDED: Final = 0.005
"""Shares are published as whole percentages."""
_TENTHS: Final = 0.05
_OF: Final = {"sur", "in", "of", "من", "mn", "على", "f"}
_PERCENT: Final = (
    ("pour", "cent"), ("per", "cent"), ("percent",), ("في", "الميه"), ("بالميه",), ("f", "lmya"),
)  # fmt: skip
"""Said behind a number in words, folded."""
_ARTICLES: Final = {"une", "la", "cette", "chaque"}
"""*Une personne* is somebody, *personne* nobody."""
_SEVERAL: Final = 2
_VALUES: Final[Mapping[str, float]] = {
    "half": 1 / 2, "third": 1 / 3, "two-thirds": 2 / 3, "quarter": 1 / 4, "three-quarters": 3 / 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A number that a clause speaks of."""

    words: tuple[str, ...]
    """As it stands there, folded."""
    begin: int
    end: int
    """Which words of the clause it is."""
    claim: str
    """``count``, ``percent``, ``ratio``, or a part of a whole."""
    value: float = 0.0
    of: float = 0.0


def wrong_figures(claimed: Sequence[Claimed], figures: Mapping[str, Figure]) -> list[str]:
    """Numbers that a clause names and nobody computed, or not so."""
    found = []
    for one in claimed:
        figure = figures.get(one.what)
        if figure is None or not _is(one.value, figure):
            found.append(f"{one.what} = {one.value:g}")
    return found


def wrong_numbers(
    part: Sequence[str],
    words: Words,
    named: Sequence[Figure],
    quoted: Sequence[Sequence[str]],
    sources: int,
    themes: Sequence[str],
    groups: Sequence[str],
) -> list[str]:
    """Numbers of one clause of a sentence that no figure has.

    Args:
        part: its words, from :func:`spelled`.
        named: figures that the clause names, and that are right.
        quoted: words of the sentences that are quoted, each from :func:`spelled`.
        sources: contributions it leans on.
        themes: words for the theme, which a count may be said with.
        groups: words for groups, likewise; a share is never of them.
    """
    found = []
    for said in numbers_of(part, words):
        if _quoted(said, part, quoted, words) or _counts_sources(said, part, words, sources):
            continue
        fitting = [figure for figure in named if _fits(said, figure)]
        if said.claim != "count" and _of_group(said, part, words, groups):
            # Of all who wrote a third were students: not a third of the students.
            fitting = [figure for figure in fitting if figure.votes]
        if not fitting:
            found.append(" ".join(said.words))
        elif not any(figure.votes for figure in fitting) and (
            more := _more(part, words, [*themes, *groups])
        ):
            found.append(f"{' '.join(said.words)} counts who spoke, not who said {more}")
    return found


def has_numbers(part: Sequence[str], words: Words, quoted: Sequence[Sequence[str]]) -> bool:
    """Whether a clause speaks of a number that is nobody's word."""
    return any(
        said.value != 1 and not _quoted(said, part, quoted, words)
        for said in numbers_of(part, words)
    )


def spelled(text: str) -> str:
    """A text whose numerals are one word each: ``1 200`` is ``1200``, ``37,5 %`` is ``37.5%``.

    Marks are spelled out, since folding makes spaces of them.
    """
    seen = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text
    )
    return _NUMERAL.sub(_one_word, seen)


def numbers_of(part: Sequence[str], words: Words) -> list[Said]:
    """The numbers of a clause, each once: a part of a whole, a ratio, or a count."""
    found: list[Said] = []
    at = 0
    while at < len(part):
        said = _part_of_whole(part, at, words) or _count(part, at, words)
        if said is None:
            at += 1
            continue
        found.append(said)
        at = said.end
    return list(_ratios(found, part))


def _one_word(found: re.Match[str]) -> str:
    number, letters, percent = found.groups()
    if letters:
        return found.group()
    grouped = re.fullmatch(r"\d{1,3}(?:[ \u00a0\u202f.,٬]\d{3})+", number)
    plain = re.sub(r"\D", "", number) if grouped else re.sub("[,٫]", ".", number)
    # Folding makes a space of every mark; these stand for the point and for the sign.
    return f" {plain.replace('.', 'punto')}{'percento' if percent else ''} "


def _part_of_whole(part: Sequence[str], at: int, words: Words) -> Said | None:
    for phrase, claim in words.parts:
        noun = phrase[0] == "personne" and at > 0 and part[at - 1] in _ARTICLES
        if tuple(part[at : at + len(phrase)]) == phrase and not noun:
            return Said(phrase, at, at + len(phrase), claim)
    bare = part[at][2:] if part[at].startswith("ال") else part[at][1:]
    for phrase, claim in words.parts:
        if len(phrase) == 1 and bare == phrase[0] and _clitic(part[at]):
            return Said((part[at],), at, at + 1, claim)
    return None


def _clitic(word: str) -> bool:
    return word[0] in "وفبل" or word.startswith("ال")


_DIGITS: Final = re.compile(r"(\d+(?:punto\d+)?)(percento)?([^\W\d_]*)")


def _count(part: Sequence[str], at: int, words: Words) -> Said | None:
    digits = _DIGITS.fullmatch(part[at])
    # In Darija as it is typed digits are letters: 3la, 7it.
    if digits and not (digits.group(3) and words.are("dyal", "function")):
        value = float(digits.group(1).replace("punto", "."))
        claim = "percent" if digits.group(2) else "count"
        return Said((part[at],), at, at + 1, claim, value)
    total, end = _spelled_out(part, at, words.units)
    if end == at:
        return None
    only = bool({"seul", "seule", "only", "single", "فقط", "غير"}.intersection(part[at:][:3]))
    if total == 1 and not only:
        # "One" is an article too, and of one source always true; but "one in three" is a ratio.
        return Said(tuple(part[at:end]), at, end, "one", 1.0)
    for sign in _PERCENT:
        if tuple(part[end : end + len(sign)]) == sign:
            end += len(sign)
            return Said(tuple(part[at:end]), at, end, "percent", float(total))
    return Said(tuple(part[at:end]), at, end, "count", float(total))


def _spelled_out(part: Sequence[str], at: int, units: Mapping[str, int]) -> tuple[int, int]:
    """The number that words from here make, and the word behind it."""
    total, last, end = 0, 0, at
    for place in range(at, len(part)):
        word = part[place]
        joined = end > at and word.startswith("و") and word[1:] in units
        value = units.get(word[1:] if joined else word)
        if value is None:
            if end > at and word in {"et", "and"} and place + 1 < len(part):
                continue
            break
        if end > at and place - end > 1:
            break
        if value in {100, 1000, 1_000_000} and 1 < total < value:
            total *= value
        elif (last, value) == (4, 20):
            total += 76
        elif end == at or _goes_on(total, value, joined=joined):
            total += value
        else:
            break
        last, end = value, place + 1
    return total, end


def _goes_on(total: int, value: int, *, joined: bool) -> bool:
    """Whether *forty* goes on with *eight*, *soixante* with *dix*; in Arabic eight with *and*."""
    if joined:
        return True
    return total % 10 ** len(str(value)) == 0 or (total % 100 in {60, 80} and 10 <= value < 20)


def _ratios(found: Sequence[Said], part: Sequence[str]) -> Iterator[Said]:
    at = 0
    while at < len(found):
        one = found[at]
        after = found[at + 1] if at + 1 < len(found) else None
        if after and _ratio(one, after, part):
            words = tuple(part[one.begin : after.end])
            yield Said(words, one.begin, after.end, "ratio", one.value, after.value)
            at += 2
            continue
        if one.claim != "one":
            yield one
        at += 1


def _ratio(one: Said, after: Said, part: Sequence[str]) -> bool:
    between = part[one.end : after.begin]
    numbers = {"count", "one"}
    return (
        one.claim in numbers
        and after.claim in numbers
        and after.value > one.value
        and 1 <= len(between) <= 3
        and bool(_OF.intersection(between))
    )


def _is(value: float, figure: Figure) -> bool:
    """Whether a value is the count, the share, or the percentage."""
    share = figure.share
    if value == figure.count or figure.what == "n":
        return value == figure.count
    return (0 <= value <= 1 and abs(value - share) <= _ROUNDED) or abs(
        value - 100 * share
    ) <= 100 * _ROUNDED


def _fits(said: Said, figure: Figure) -> bool:
    share = figure.share
    if said.claim == "count":
        return said.value == figure.count
    if figure.what == "n":
        # All contributions are all contributions: that they are says nothing of what is claimed.
        return False
    if said.claim == "percent":
        return abs(said.value - 100 * share) <= 100 * _ROUNDED
    if said.claim == "ratio":
        exact = (said.value, said.of) == (figure.count, figure.of)
        near = _TENTHS if said.of == 10 else _ROUNDED
        return exact or abs(share - said.value / said.of) <= near
    if said.claim in _VALUES:
        return abs(share - _VALUES[said.claim]) <= _ROUNDED
    return {"most": share > 1 / 2, "few": 0 < share < 1 / 2, "all": share == 1}.get(
        said.claim, said.claim == "none" and figure.count == 0
    )


def _of_group(said: Said, part: Sequence[str], words: Words, groups: Sequence[str]) -> bool:
    """Whether the first word with a meaning behind a number is that of a group."""
    after = [word for word in part[said.end :] if not words.are(word, "function")]
    return bool(after) and any(_called(after[0], group) for group in groups)


def _counts_sources(said: Said, part: Sequence[str], words: Words, sources: int) -> bool:
    """Whether it is how many contributions the clause leans on."""
    if said.claim == "several":
        return sources >= _SEVERAL
    after = part[said.end : said.end + 1]
    return (
        said.claim == "count"
        and said.value == sources
        and any(words.are(word, "counting") for word in after)
    )


def _quoted(said: Said, part: Sequence[str], quoted: Sequence[Sequence[str]], words: Words) -> bool:
    """Whether it stands in a quoted sentence beside a word it stands beside here."""
    beside = words.content(_beside(part, said.begin, said.end))
    size = len(said.words)
    for sentence in quoted:
        for at in range(len(sentence) - size + 1):
            if tuple(sentence[at : at + size]) != said.words:
                continue
            there = _beside(sentence, at, at + size)
            if any(same(here, other) for here in beside for other in there):
                return True
    return False


def _beside(part: Sequence[str], begin: int, end: int) -> list[str]:
    return [*part[max(0, begin - _NEAR) : begin], *part[end : end + _NEAR]]


def _more(part: Sequence[str], words: Words, themes: Sequence[str]) -> str:
    """A word that a count of contributions may not be said with, or that they ask; else nothing."""
    said = {word for one in numbers_of(part, words) for word in one.words}
    for word in part:
        if word in said or len(word) == 1 or any(same(word, theme) for theme in themes):
            continue
        if words.are(word, "counting") or words.are(word, "function"):
            continue
        return word
    return ""


def labels(figures: Sequence[Figure]) -> dict[str, list[list[str]]]:
    """What texts call the group of each figure, as folded words."""
    return {one.what: [words_of(word) for word in one.words] for one in figures if one.words}


def mentioned(part: Sequence[str], called: Mapping[str, Sequence[Sequence[str]]]) -> set[str]:
    """Figures whose group a clause calls by its name."""
    return {
        what for what, names in called.items() if any(_holds(part, name) for name in names if name)
    }


def _holds(part: Sequence[str], name: Sequence[str]) -> bool:
    size = len(name)
    return any(
        all(_called(part[at + k], name[k]) for k in range(size))
        for at in range(len(part) - size + 1)
    )


def _called(word: str, name: str) -> bool:
    """Whether a word is a name, behind what Arabic hangs before it."""
    return word == name or (
        len(name) > 2
        and word in {p + name.removeprefix("ال") for p in ("ب", "ل", "و", "ال", "لل", "بال")}
    )
