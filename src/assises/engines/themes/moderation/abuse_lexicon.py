"""Abusive words and phrases in a text, however they are spelled, and how they are used there.

The list is ``abuse_words.csv``: language, kind, force, and a pattern over the text as
:func:`spelled` gives it. Force 3 is unmistakable; 2 is an insult to whomever it is said; 1 is one
only when it is said to someone: "chien", "حمار" and "rat" are mostly animals.

A word that is quoted, or follows "on m'a traité de" or "قال ليا", is reported: the person who
repeats an insult is more often its victim than its author.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np

from assises.engines.themes.characters import Places, bare

KINDS: Final = ("insult", "threat", "group", "obscene")
"""An insult; a threat; an insult to a group by origin, belief, sex, region or disability; obscene
words."""
_HIDDEN: Final = "\u0298"
"""Stands for a letter that was replaced by a sign: "f*ck"."""
_SIGN: Final = re.compile(r"(?<=[^\W\d_])[*@#$!](?=[^\W\d_])")
_ALONE: Final = re.compile(r"(?<!\S)(?:\w ){2,}\w(?!\S)")
_WITH_DIGITS: Final = re.compile(r"(?<!\w)(?=\w*[^\W\d_])(?=\w*\d)\w+")
_REPEATED: Final = {1: re.compile(r"([^\W\d_])\1"), 2: re.compile(r"([^\W\d_])\1\1")}
_LEET: Final = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
_ARABIZI: Final = {"2": "", "3": "a", "5": "kh", "6": "t", "7": "h", "8": "h", "9": "q"}
_OF: Final = {
    "fr": {"fr": 1, "ary-Latn": 3, "en": 3},
    "en": {"en": 1, "fr": 3, "ary-Latn": 3},
    "ary-Latn": {"ary-Latn": 1, "fr": 2, "en": 3},
    "zgh-Latn": {"zgh-Latn": 1, "ary-Latn": 3, "fr": 3},
    "ar": {"ar": 1, "ary-Arab": 2, "fr": 3, "en": 3},
    "ary-Arab": {"ary-Arab": 1, "ar": 2, "fr": 3, "en": 3},
}  # fmt: skip
"""Which lists are read for a text of a language, and from which force on."""
_LITERAL: Final = re.compile(r"[a-z]{4,}(?:\\w\*)?")
_QUOTED: Final = re.compile('«[^»]*»|“[^”]*”|"[^"]*"|‹[^›]*›|„[^“”]*[“”]')
_REACH: Final = 42
"""Characters before a word in which someone is said to have said it."""

_REPORT: Final = re.compile(
    r"(?<!\w)(?:traite\w*|appel\w*|dit|dire|disent|crie\w*|insult\w*|injur\w*|menac\w*|entend\w*|"
    r"ecri\w*|recu|call|called|calling|calls|shout\w*|said|says|told|threaten\w*|wrote|writing|"
    r"hear|heard|message\w*|gal|galo|galiya|galt|kaygoul\w*|ygoul\w*|kayayt\w*|ayto|kelmat|kteb|"
    r"sebban|seban|hedded\w*|heded\w*|jani|smet|"
    r"قال\w*|نعت\w*|تنعت\w*|وصف\w*|يصف\w*|ينادون\w*|بكلمه|بعباره|صاح\w*|سمو\w*|سمع\w*|يسمع\w*|"
    r"هدد\w*|شتيمه|شتايم|كتب\w*|كتابه|رساله|كيعيط\w*|عيط\w*|كيقول\w*|يقول\w*|كيسمع\w*|معيور|السبان|"
    r"جاني|ميساج)(?!\w)"
)
_FRENCH_AIM: Final = (
    "espece de|bande de|bande d|pauvre|gros|grosse|sale|toi|tu es|t es|vous etes|n etes que|"
    "est un|est une|quel|quelle|quels|cette|ces|sont des|sont tous des"
)
_ENGLISH_AIM: Final = (
    "you|your|are all|you are|re|these|fat|dirty|filthy|absolute|what a|bunch of|piece of|"
    "mayor is|minister is|he is a|she is a|that dumb|that fat"
)
_DARIJA_AIM: Final = "nta|nti|ntoma|ntouma|ya|a|kolkom|rakom|rakom ghir|nta ghir|bhalk|dik|had"
_ARABIC_AIM: Final = (
    "انت|انتم|انتي|نتا|نتي|نتوما|يا|ايها|ايتها|ا|كلكم|راكم|راكم غير|لستم سوي|نتا غير|ديك|هاد|"
    "هولاء|تلك"
)
_AIM: Final = {
    "fr": _FRENCH_AIM, "en": _ENGLISH_AIM, "ary-Latn": _DARIJA_AIM, "zgh-Latn": "keyyi d|kunni d|a",
    "ar": _ARABIC_AIM, "ary-Arab": _ARABIC_AIM,
}  # fmt: skip
_AIMED_BEFORE: Final = {
    tag: re.compile(rf"(?<!\w)(?:{words})(?: \w+){{0,2}} $") for tag, words in _AIM.items()
}
_AIMED_AFTER: Final = re.compile(
    r"^ (?:\w+ )?(?:comme (?:toi|vous|ton)|toi|like you\w*|you|bhalk\w*|بحالك\w*|مثلك\w*|امثالك\w*|"
    r"que vous|like your|de directrice|de directeur|de ministre|de president\w*)(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text as abusive words are looked for in it."""

    text: str
    at: Places
    """Place of each character in the text in form C, shape (len(text),)."""


@dataclass(frozen=True, slots=True)
class Use:
    """An abusive word or phrase, and how it is used."""

    kind: str
    """One of :data:`KINDS`."""
    force: int
    begin: int
    end: int
    """In code points of the text in form C."""
    aimed: bool
    """Said to or of someone, as far as the words around it tell."""
    reported: bool
    """Quoted, or said by someone else."""


def spelled(text: str, *, arabizi: bool) -> Spelled:
    """One spelling for many: signs, digits and spaces between letters, and letters repeated.

    Args:
        text: in form C.
        arabizi: whether digits are letters of Darija ("7mar"); else they look like those they
            resemble ("cr3tin").
    """
    folded = bare(_SIGN.sub(_HIDDEN, text))
    letters = list(folded.text)
    for found in _ALONE.finditer(folded.text):
        for place in range(found.start() + 1, found.end(), 2):
            letters[place] = ""
    meant = _ARABIZI if arabizi else _LEET
    for found in _WITH_DIGITS.finditer(folded.text):
        for place in range(*found.span()):
            letters[place] = meant.get(letters[place], letters[place])
    if arabizi:
        _words_of_digits(folded.text, letters, meant)
    return _unrepeated(letters, folded.at, 1 if arabizi else 2)


def _unrepeated(letters: list[str], places: Places, most: int) -> Spelled:
    """A letter that stands there more than ``most`` times is there once."""
    plain = "".join(letters)
    if set(map(len, letters)) <= {1} and not _REPEATED[most].search(plain):
        return Spelled(plain, places)
    out: list[str] = []
    at: list[int] = []
    run = 0
    for place, one in enumerate(letters):
        for letter in one:
            run = run + 1 if out and letter == out[-1] and letter.isalpha() else 1
            if run > most:
                # Darija in Latin letters doubles as it likes; elsewhere two are two.
                if run == 3:
                    del out[-1], at[-1]
                continue
            out.append(letter)
            at.append(int(places[place]))
    return Spelled("".join(out), np.array(at, dtype=np.int32))


def _words_of_digits(text: str, letters: list[str], meant: dict[str, str]) -> None:
    # "9 7 b a": the digits stand alone, the word that the letters make does not.
    for found in _ALONE.finditer(text):
        if any(text[place].isalpha() for place in range(*found.span())):
            for place in range(found.start(), found.end(), 2):
                letters[place] = meant.get(letters[place], letters[place])


def views(text: str, tag: str) -> dict[bool, Spelled]:
    """The text as it is searched: with digits as letters of Darija or not, or both.

    Args:
        text: in form C.
        tag: its language.
    """
    ways = {of == "ary-Latn" for of in _OF.get(tag, {})}
    return {way: spelled(text, arabizi=way) for way in ways}


def uses(text: str, tag: str, views: dict[bool, Spelled]) -> list[Use]:
    """Abusive words and phrases, in the order of the text.

    Args:
        text: in form C.
        tag: its language; one that has no list has no uses.
        views: what :func:`views` gives of both.
    """
    quoted = [found.span() for found in _QUOTED.finditer(text)]
    found: dict[tuple[int, int], Use] = {}
    for of, least in _OF.get(tag, {}).items():
        for one in _in_view(views[of == "ary-Latn"], of, least, quoted):
            stands = found.get((one.begin, one.end))
            if stands is None or stands.force < one.force:
                found[one.begin, one.end] = one
    return [found[span] for span in sorted(found)]


def _in_view(view: Spelled, of: str, least: int, quoted: list[tuple[int, int]]) -> Iterator[Use]:
    for found in _pattern(of).finditer(view.text):
        kind, force = (found.lastgroup or "").split("_")
        if int(force) < least:
            continue
        low, high = found.span()
        begin, end = int(view.at[low]), int(view.at[high - 1]) + 1
        before, after = view.text[max(0, low - _REACH) : low], view.text[high : high + _REACH]
        yield Use(
            kind,
            int(force),
            begin,
            end,
            bool(_AIMED_BEFORE[of].search(before) or _AIMED_AFTER.search(after)),
            any(b < end and begin < e for b, e in quoted) or bool(_REPORT.search(before)),
        )


@cache
def _pattern(tag: str) -> re.Pattern[str]:
    """All patterns of a language, the most forceful and longest first."""
    path = resources.files("assises.engines.themes.moderation").joinpath("abuse_words.csv")
    groups: dict[str, list[str]] = {}
    for row in csv.DictReader(path.read_text("utf-8").splitlines()):
        if row["tag"] == tag:
            name = f"{row['kind']}_{row['force']}"
            groups.setdefault(name, []).append(_prepared(row["pattern"]))
    whole = "|".join(
        f"(?P<{name}>{'|'.join(sorted(patterns, key=len, reverse=True))})"
        for name, patterns in sorted(groups.items(), key=lambda item: item[0][-1], reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:{whole})(?!\w)")


def _prepared(pattern: str) -> str:
    """As texts are spelled: Arabic letters bare, doubles or not, a letter perhaps a sign."""
    arabic = re.sub("[\u0621-\u064a]", lambda one: bare(one.group()).text, pattern)
    once = arabic.replace(" ~ ", r" (?:\w+ ){0,3}")
    if _LITERAL.fullmatch(once):
        word = once.removesuffix(r"\w*")
        inner = "".join(f"[{letter}{_HIDDEN}]" for letter in word[1:-1])
        once = word[0] + inner + word[-1] + once[len(word) :]
    return re.sub(r"(\[?[^\W\d_]\u0298?\]?)\1", r"\1\1?", once)
