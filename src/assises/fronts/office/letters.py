"""In which letters something is written, against the language that it is said to be in."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Final

_LATIN: Final = "LATIN"
_ARABIC: Final = "ARABIC"
_TIFINAGH: Final = "TIFINAGH"
_LETTERS: Final = {
    "fr": _LATIN,
    "en": _LATIN,
    "ary-Latn": _LATIN,
    "zgh-Latn": _LATIN,
    "ar": _ARABIC,
    "ary-Arab": _ARABIC,
    "zgh-Tfng": _TIFINAGH,
}


def other_letters(words: str, tag: str) -> bool:
    """Whether most of the letters are of another script than the language's.

    A name or an acronym in a sentence is no reason to doubt it; of a language that is not known,
    and of words in none of our three scripts, nothing is said.
    """
    own = _LETTERS.get(tag)
    if own is None:
        return False
    scripts = (unicodedata.name(c, "").partition(" ")[0] for c in words if c.isalpha())
    found = Counter(script for script in scripts if script in (_LATIN, _ARABIC, _TIFINAGH))
    return 2 * found[own] < found.total()
