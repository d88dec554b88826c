"""Which contributions plausibly inspired a statement of the simulation: a rule, never chance.

``contributions.csv`` does not say, so the rule is stated here: a contribution leads to a statement
of the same vertical if it shares with the statement, in one of the languages the statement is put
in, at least three content words. A content word has four letters or more in the one spelling of
``lib.folding``, an Arabic one without its article; it is known by its first five letters, so that
``demande`` and ``demander`` are one; and it stands in at most three in a hundred of all the texts.
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
STEM: Final = 5
RARE: Final = 0.03
_WORD: Final = re.compile(r"[^\W\d_]+")
_ARTICLE: Final = re.compile("^(?:[وفبك]?ال|و?لل)")


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
    bare = (_ARTICLE.sub("", word) for word in _WORD.findall(fold(text)))
    return {word[:STEM] for word in bare if len(word) >= SHORTEST}


def _common(texts: Sequence[Iterable[str]]) -> set[str]:
    counted = Counter(word for words in texts for word in words)
    return {word for word, n in counted.items() if n > RARE * len(texts)}
