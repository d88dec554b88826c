"""Which contributions plausibly inspired a statement of the simulation: a rule, never chance.

``contributions.csv`` does not say, so the rule is stated here: a contribution leads to a statement
of the same vertical if it shares with the statement, in one of the languages the statement is put
in, at least three content words. A content word, in the one spelling of ``lib.folding``, has four
letters or more and stands in at most one in twenty of all the texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from assises.demo.edition.opinion import Sentence
from assises.demo.edition.people import Contributed
from assises.lib.folding import fold

SHARED: Final = 3
SHORTEST: Final = 4
RARE: Final = 0.05
_WORD: Final = re.compile(r"[^\W\d_]+")


def inspired(
    sentences: Sequence[Sentence], contributed: Sequence[Contributed]
) -> dict[int, list[int]]:
    """For each statement's id, the ids of the contributions that lead to it, ascending."""
    said = {c.id: _words(c.text) for c in contributed}
    put = {s.id: [_words(text) for text in (s.text, *s.translations.values())] for s in sentences}
    common = _common([*said.values(), *(set().union(*versions) for versions in put.values())])
    return {
        s.id: sorted(
            c.id
            for c in contributed
            if c.vertical is not None
            and c.vertical == s.vertical
            and any(len((said[c.id] & version) - common) >= SHARED for version in put[s.id])
        )
        for s in sentences
    }


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(fold(text)) if len(word) >= SHORTEST}


def _common(texts: Sequence[Iterable[str]]) -> set[str]:
    counted = Counter(word for words in texts for word in words)
    return {word for word, n in counted.items() if n > RARE * len(texts)}
