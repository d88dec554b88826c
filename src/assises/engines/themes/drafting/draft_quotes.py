"""Where the words of a quote stand in what somebody said.

Compared is what :func:`.characters.plain` keeps, so that case, vowel signs and marks may differ and
nothing else; a quote begins and ends where words do. An ellipsis joins parts that stand in the
contribution in this order.
"""

from __future__ import annotations

import re
from typing import Final

from assises.engines.themes.characters import Folded, composed, plain
from assises.engines.themes.sentences import Span, sentences

FEWEST_WORDS: Final = 3
FEWEST_LETTERS: Final = 10
"""A quote has as many words or letters, or is all of the contribution."""
_ELLIPSIS: Final = re.compile(r"\s*[\[(]?(?:…|\.\.\.)[\])]?\s*")


def find_quote(quote: str, text: str) -> tuple[Span, ...] | None:
    """Spans of the parts of a quote in a text, or none if it is not there word for word.

    Args:
        quote: as a model gives it.
        text: what somebody said, in form C.

    Returns:
        (begin, end) in code points of ``text``, in order; the first places where all parts fit.
    """
    parts = [plain(composed(part)).text for part in _ELLIPSIS.split(quote)]
    folded = plain(text)
    found: list[Span] = []
    begin = 0
    for part in parts:
        if not part:
            continue
        at = f" {folded.text} ".find(f" {part} ", begin)
        if at < 0:
            return None
        # Behind the space that was put in front; the next part may share the space between.
        found.append(_place(folded, at, at + len(part), text))
        begin = at + len(part) + 1
    return tuple(found) or None


def long_enough(quote: str, text: str) -> bool:
    """Whether a quote is more than a word that anything could lean on."""
    words = plain(composed(quote)).text
    enough = len(words.split()) >= FEWEST_WORDS or len(words) >= FEWEST_LETTERS
    return enough or (bool(words) and words == plain(text).text)


def around(spans: tuple[Span, ...], text: str) -> str:
    """The sentences from the first that a quote touches to the last: what it was cut out of."""
    first, last = spans[0][0], spans[-1][1]
    touched = [(begin, end) for begin, end in sentences(text) if begin < last and end > first]
    return text[touched[0][0] : touched[-1][1]] if touched else text[first:last]


def _place(folded: Folded, begin: int, end: int, text: str) -> Span:
    """In the text as written, with the signs that hang on the last letter."""
    first, last = int(folded.at[begin]), int(folded.at[end - 1]) + 1
    while last < len(text) and not text[last].isspace() and not plain(text[last]).text:
        if text[last].isprintable() and not _hangs(text[last]):
            break
        last += 1
    return first, last


def _hangs(character: str) -> bool:
    """Whether a sign belongs to the letter before it."""
    # A sign that is dropped leaves the letters around it together; a mark leaves a space.
    return " " not in plain(f"a{character}a").text
