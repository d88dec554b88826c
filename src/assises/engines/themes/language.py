"""Which language a text is in, and which of its words are in another.

Tifinagh is told by its script. In Latin and in Arabic letters a logistic model of pieces of words
(one to four letters and the edges, and whole words, hashed; after Cavnar and Trenkle 1994) tells
French, English, Darija as typed and Tamazight, and Arabic from Darija. Each word is judged with two
neighbours on either side of its own script, so that a French word in a sentence of Darija is one,
and a text of two languages is said to be mixed.

The weights are made by ``tools/train_language.py`` of sentences written for the project
(``demo/corpus``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes import language_kernels as loops
from assises.engines.themes.characters import Places, codes_of, composed, plain_codes
from assises.engines.themes.language_kernels import (
    ARABIC,
    LATIN,
    OTHER,
    TIFINAGH,
    Float32,
    Int64,
)

Float64 = npt.NDArray[np.float64]

TAGS: Final = ("fr", "en", "ary-Latn", "zgh-Latn", "ar", "ary-Arab")
"""What the model tells apart; the first four in Latin letters."""
TIFINAGH_TAG: Final = "zgh-Tfng"
UNKNOWN: Final = "und"
MIXED_BELOW: Final = 0.8
"""Share of the words in the commonest language below which a text is mixed."""
_NEIGHBOURS: Final = 2
_AR, _ARY = TAGS.index("ar"), TAGS.index("ary-Arab")
_AGAINST: Final = 2.0
"""What one word says against Darija at most: Darija borrows Arabic words, and not the reverse, so
that one clear word of it tells more than many that both have."""
_CLEAR: Final = 0.5
"""What all words together say for it, at least."""
_WHOLE: Final = 0.5
"""What all words of the script say counts so much beside a word and its neighbours: a name or a
word that both languages have does not make a text mixed."""
SCRIPT_OF: Final = np.array([LATIN, LATIN, LATIN, LATIN, ARABIC, ARABIC])


@dataclass(frozen=True, slots=True)
class Part:
    """Words of one language that stand together."""

    begin: int
    end: int
    """In code points of the text in form C."""
    tag: str


@dataclass(frozen=True, slots=True)
class Language:
    """What a text is written in."""

    tag: str
    """Language and script of most of its words; ``und`` where there are none, or of no known
    script."""
    sure: float
    """Probability of the language given the script, by all words of it together; 1 for Tifinagh."""
    share: float
    """Of the words, how many are in it."""
    parts: tuple[Part, ...]

    @property
    def mixed(self) -> bool:
        """Whether it is of several languages."""
        return bool(self.parts) and self.share < MIXED_BELOW


def identify(text: str) -> Language:
    """The language of a text.

    Args:
        text: any; offsets are those of its form C.
    """
    codes, at = plain_codes(codes_of(composed(text)))
    table = np.empty((len(codes) // 2 + 1, 3), dtype=np.int64)
    found = table[: loops.words(codes, table)]
    known = np.flatnonzero(found[:, 2] < OTHER)
    if not len(known):
        return Language(UNKNOWN, 0.0, 0.0, ())
    words = found[known]
    weights = _weights()
    scores = np.empty((len(words), len(TAGS)), dtype=np.float32)
    sizes = np.empty(len(words), dtype=np.int64)
    loops.score(codes, words, weights, scores, sizes)
    label = _judged(words[:, 2], scores, sizes)
    # Digits and words of another script are of no language, and make none less sure.
    main, sure = _main(label, words[:, 2], scores, sizes)
    share = float((label == main).mean())
    return Language(_name(main), sure, share, tuple(_parts(words, label, at)))


def identify_all(texts: Iterable[str]) -> list[Language]:
    """The same for many texts."""
    return [identify(text) for text in texts]


def _judged(script: Int64, scores: Float32, sizes: Int64) -> Int64:
    """Language of each word, an index of ``TAGS`` or one more for Tifinagh; shape (n,)."""
    label = np.full(len(script), len(TAGS), dtype=np.int64)
    mine = np.flatnonzero(script == LATIN)
    if len(mine):
        said = _around(scores[mine]) / np.sqrt(_around(sizes[mine, None]))
        said += _WHOLE * _together(scores[mine], sizes[mine])
        said[:, SCRIPT_OF != LATIN] = -np.inf
        label[mine] = said.argmax(axis=1)
    mine = np.flatnonzero(script == ARABIC)
    if len(mine):
        label[mine] = _ARY if _darija(scores[mine], sizes[mine]) > 0 else _AR
    return label


def _darija(scores: Float32, sizes: Int64) -> float:
    """What all words of Arabic letters say for Darija, 0 being the bound."""
    each = (scores[:, _ARY] - scores[:, _AR]) / np.sqrt(np.maximum(sizes, 1))
    return float(np.maximum(each.astype(np.float64), -_AGAINST).sum() - _CLEAR)


def _around(values: Float32 | Int64) -> Float64:
    """Sums over each word and its neighbours, shape (n, any)."""
    sums = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, dtype=np.float64, out=sums[1:])
    at = np.arange(len(values))
    low = np.maximum(at - _NEIGHBOURS, 0)
    high = np.minimum(at + _NEIGHBOURS + 1, len(values))
    return np.asarray(sums[high] - sums[low])


def _together(scores: Float32, sizes: Int64) -> Float64:
    """What these words say of each language, shape (K,)."""
    total = scores.sum(axis=0, dtype=np.float64)
    return np.asarray(total / np.sqrt(float(max(sizes.sum(), 1))), dtype=np.float64)


def _main(label: Int64, script: Int64, scores: Float32, sizes: Int64) -> tuple[int, float]:
    """The language of most words, and how surely it is that one of its script's.

    Within the script of most words all of them are asked together.
    """
    count = np.bincount(script, minlength=OTHER)
    of = int(count.argmax())
    if of == TIFINAGH:
        return len(TAGS), 1.0
    mine = script == of
    if of == ARABIC:
        said_for = _darija(scores[mine], sizes[mine])
        return (_ARY if said_for > 0 else _AR), 1.0 / (1.0 + math.exp(-min(abs(said_for), 50.0)))
    said = np.where(of == SCRIPT_OF, _together(scores[mine], sizes[mine]), -np.inf)
    chance = np.exp(said - said.max())
    # Latin letters hold languages that share no words: most words decide.
    best = int(np.bincount(label[mine], minlength=len(TAGS)).argmax())
    return best, float(chance[best] / chance.sum())


def _parts(words: Int64, label: Int64, at: Places) -> list[Part]:
    cuts = np.flatnonzero(np.diff(label)) + 1
    firsts, lasts = [0, *cuts.tolist()], [*(cuts - 1).tolist(), len(words) - 1]
    return [
        Part(int(at[words[first, 0]]), int(at[words[last, 1] - 1]) + 1, _name(int(label[first])))
        for first, last in zip(firsts, lasts, strict=True)
    ]


def _name(label: int) -> str:
    return TIFINAGH_TAG if label == len(TAGS) else TAGS[label]


@cache
def _weights() -> Float32:
    """Shape (2 ** 16, 6)."""
    path = resources.files("assises.engines.themes") / "language.npy"
    with resources.as_file(path) as file:
        return np.asarray(np.load(file), dtype=np.float32)
