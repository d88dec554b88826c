"""Where sentences end, and where one contribution says several things.

Every part is a span of the text as it was written: nothing is cut inside a word, nothing is lost
but the spaces between two parts.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

Span = tuple[int, int]

_ENDS: Final = re.compile(
    # A mark of the end, or several, with what closes a quotation; Arabic and Tifinagh end alike.
    r"[.!?؟…۔⸮]+[»”’\"')\]]*(?=\s|$)"
    # An empty line, a line of a list.
    r"|\n\s*\n|\n(?=\s*(?:[-•*·–]|\d{1,2}[.)–-])\s)"
)
_SHORT: Final = re.compile(
    r"(?:^|[\s(«\"'])(?:m|mm|mme|mlle|dr|pr|me|st|ste|art|al|n|no|num|p|pp|cf|ex|etc|env|tel|tél|"
    r"av|bd|mr|mrs|ms|vs|e\.g|i\.e|p\.ex|د|ذ|ص|[a-zء-ي])\.$",
    re.IGNORECASE,
)
"""Words that a full stop shortens; a letter by itself is an initial."""
_TURNS: Final = re.compile(
    r"\s*;\s+|\s*؛\s+|\n+"
    # Words that begin another thing that is asked, after a comma or a full breath.
    r"|,?\s+(?=(?:et aussi|et puis|de plus|en plus|par ailleurs|aussi,|deuxièmement|ensuite|"
    r"also,|besides|moreover|and also|secondly)\b)"
    r"|[,،]?\s+(?=(?:وكذلك|وأيضا|"
    r"أيضا|ثم إن|كما أن|"
    r"وحتى |وزيد |زيد عليها|"
    r"ثانيا))"
    r"|,?\s+(?=(?:w zid|ou zid|zid 3liha|w 7ta|ou 7ta|w tani|ou tani)\b)",
    re.IGNORECASE,
)
FEWEST_WORDS: Final = 4
"""An idea has as many words; less is joined to its neighbour."""


def sentences(text: str) -> list[Span]:
    """Spans of the sentences of a text; a list has one in each line.

    Args:
        text: in form C.

    Returns:
        (begin, end) in code points, in order, without the spaces around; none of a text without a
        letter or digit.
    """
    cuts = [found.end() for found in _ENDS.finditer(text) if _is_end(text, found)]
    return list(_spans(text, [0, *cuts, len(text)]))


def ideas(text: str) -> list[Span]:
    """Spans of the single things that a text says: its sentences, cut where another thing begins.

    A proposal: "both this and that" stays whole unless its parts are long enough to stand alone.

    Args:
        text: in form C.
    """
    found: list[Span] = []
    for begin, end in sentences(text):
        cuts = [begin]
        for turn in _TURNS.finditer(text, begin, end):
            left, right = text[cuts[-1] : turn.start()], text[turn.end() : end]
            if min(len(left.split()), len(right.split())) >= FEWEST_WORDS:
                cuts.append(turn.end())
        found.extend(_spans(text, [*cuts, end]))
    return found


def _is_end(text: str, found: re.Match[str]) -> bool:
    if not found.group().startswith("."):
        return True
    # Up to the longest of the short words, and the full stop itself.
    before = text[max(0, found.start() - 7) : found.start() + 1]
    return found.group() != "." or _SHORT.search(before) is None


def _spans(text: str, cuts: list[int]) -> Iterator[Span]:
    for begin, end in itertools.pairwise(cuts):
        part = text[begin:end]
        if any(character.isalnum() for character in part):
            first = begin + len(part) - len(part.lstrip())
            yield first, first + len(part.strip())
