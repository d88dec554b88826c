"""What can be said of a clause without looking at its sources."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from assises.engines.themes.drafting.draft_words import Words, family, words_for, words_of
from assises.engines.themes.language import identify
from assises.lib.masking import MARK, Shape, mask

LONGEST: Final = 360
"""Characters of a clause at most: two or three sentences."""
_SURE_LANGUAGE: Final = 0.8
_LINK: Final = re.compile(
    r"://|(?<!\w)www\.|(?<!\w)[\w-]+\.(?:com|org|net|info|io|ma|fr|test)(?!\w)"
)
_MARKUP: Final = re.compile(r"<[^>]{1,200}>|\]\(|\*\*|__|`|^#+\s|&\w{2,8};|\{\{|\[[^\]]{1,80}\]\(")
_FEW_WORDS: Final = 3
_CLOSE: Final = {"ar", "ary-Arab"}
"""Most of their words are the same: taken for each other, a reader decides."""


class Reason(Enum):
    """Why a clause is not shown."""

    NOT_AS_ASKED = "not-as-asked"
    EMPTY = "empty"
    TOO_LONG = "too-long"
    MARKUP = "markup"
    LINK = "link"
    CANARY = "canary"
    INSTRUCTION = "instruction"
    LANGUAGE = "language"
    DUPLICATE = "duplicate"
    PERSONAL = "personal"
    NAME = "name"
    NO_SOURCE = "no-source"
    UNKNOWN_ID = "unknown-id"
    OTHER_THEME = "other-theme"
    QUOTE_TOO_SHORT = "quote-too-short"
    NOT_VERBATIM = "not-verbatim"
    SUSPECT_SOURCE = "suspect-source"
    FIGURE = "figure"
    NUMBER = "number"
    ANOTHER_GROUP = "another-group"
    DIRECTION = "direction"
    NEGATION = "negation"
    OPPOSITE = "opposite"
    ASKS = "asks"
    MORE = "more"
    ORDER = "order"
    JOINED = "joined"
    WISH = "wish"
    OTHER_LANGUAGES = "other-languages"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something against a clause."""

    reason: Reason
    detail: str
    sure: bool = True
    """Whether it is enough to drop the clause; else a reader decides."""


def wrong_form(
    text: str,
    language: str,
    *,
    patterns: Sequence[re.Pattern[str] | Shape] = (),
    canary: str = "",
) -> Iterator[Finding]:
    """What is wrong with a clause by itself.

    Args:
        text: of the clause.
        language: tag that was asked for.
        patterns: shapes of personal data of the country.
        canary: what no answer may hold.
    """
    folded = " ".join(words_of(text))
    if not folded:
        yield Finding(Reason.EMPTY, "it has no word")
        return
    if len(text) > LONGEST:
        yield Finding(Reason.TOO_LONG, f"{len(text)} characters")
    if _MARKUP.search(text) or any(unicodedata.category(c) in {"Cc", "Cf"} for c in text):
        yield Finding(Reason.MARKUP, "it holds signs that are not text")
    if _LINK.search(text.casefold()):
        yield Finding(Reason.LINK, "it holds an address")
    secret = "".join(words_of(canary))
    if secret and secret in folded.replace(" ", ""):
        yield Finding(Reason.CANARY, "it repeats what the model was told to keep")
    if order := _order(folded, words_for(language)):
        yield Finding(Reason.INSTRUCTION, order)
    if mask(text, patterns) != text or MARK in text:
        yield Finding(Reason.PERSONAL, "it holds a number or an address of somebody")
    yield from _language(text, language)


def _language(text: str, language: str) -> Iterator[Finding]:
    told = identify(text)
    close = {told.tag, language} == _CLOSE
    unsure = told.sure < _SURE_LANGUAGE or len(text.split()) < _FEW_WORDS
    if (family(told.tag) == family(language) and not close) or (close and unsure):
        return
    sure = not (close or unsure)
    yield Finding(Reason.LANGUAGE, f"it seems to be in {told.tag}", sure=sure)


def _order(folded: str, words: Words) -> str:
    return next((order for order in words.orders if f" {order}" in f" {folded}"), "")


def speaks_to_programs(text: str) -> bool:
    """Whether a contribution speaks to programs, in any of the languages."""
    folded = " ".join(words_of(text))
    return any(_order(folded, words_for(tag)) for tag in ("fr", "en", "ar", "ary-Arab", "ary-Latn"))
