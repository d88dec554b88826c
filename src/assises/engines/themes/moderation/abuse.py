"""Whether a text may be abusive: a score, and a band for a person who decides.

Nothing is refused or deleted by this. *Hold*: not shown before a person has looked. *Look*: shown,
and put first before a person who looks. *Clear*: neither. *Unscored*: nothing is known of abuse in
this language, and a person reads it as they read everything.

Two parts, and the score is the chance that not both are wrong (noisy or): the list of words
(:mod:`.abuse_lexicon`), and a logistic model of pieces of words, words and pairs of words, hashed.
The weights are made by ``tools/train_abuse.py`` of sentences written for the project
(``demo/corpus/abuse.csv``), not of anything collected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes import language_kernels as loops
from assises.engines.themes.characters import codes_of, composed
from assises.engines.themes.moderation.abuse_lexicon import Spelled, Use, spelled, uses, views

Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]

TAGS: Final = ("fr", "ar", "ary-Arab", "ary-Latn", "en")
"""What can be scored. Of Tamazight we have too few sentences, and none by a native speaker."""
HOLD: Final = 0.9
LOOK: Final = 0.5
"""From which score on. At ``HOLD`` fewer than one neutral sentence in two hundred is held in each
language, over sentences that the model did not learn from (``bench/moderation.py``)."""
SIZE: Final = 1 << loops.BITS
_WEIGHT: Final = {3: 0.95, 2: 0.9, 1: 0.9}
_REPORTED: Final = 0.5
_NOT_AIMED: Final = 0.15
"""What a word of the list says: by its force; when it is only reported, so that a person looks and
the victim's words are shown; an animal that nobody is called."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Words that raised the score."""

    why: str
    """``insult``, ``threat``, ``group``, ``obscene``; ``reported`` for one of these that is quoted
    or said of someone else; ``like`` for words like those of abusive sentences."""
    begin: int
    end: int
    """In code points of the text in form C."""


@dataclass(frozen=True, slots=True)
class Abuse:
    """What is to be thought of a text before a person reads it."""

    score: float | None
    """In [0, 1]; None where it cannot be scored."""
    band: str
    """``hold``, ``look``, ``clear`` or ``unscored``."""
    reasons: tuple[Reason, ...]


def judge(text: str, tag: str) -> Abuse:
    """How abusive a text may be.

    Args:
        text: any; offsets are those of its form C.
        tag: its language (:func:`.language.identify`); outside :data:`TAGS` it is not scored.
    """
    if tag not in TAGS:
        return Abuse(None, "unscored", ())
    form_c = composed(text)
    seen = views(form_c, tag)
    found = uses(form_c, tag, seen)
    by_words = max((_says(use) for use in found), default=0.0)
    likely, words = _likely(seen[tag == "ary-Latn"])
    score = 1.0 - (1.0 - by_words) * (1.0 - likely)
    reasons = [Reason("reported" if use.reported else use.kind, use.begin, use.end)
               for use in found if _says(use) > _NOT_AIMED]  # fmt: skip
    if likely >= LOOK:
        reasons += [Reason("like", begin, end) for begin, end in words]
    return Abuse(score, band_of(score), tuple(sorted(reasons, key=lambda one: one.begin)))


def band_of(score: float) -> str:
    """The band of a score."""
    if score >= HOLD:
        return "hold"
    return "look" if score >= LOOK else "clear"


def listed(text: str, tag: str) -> float:
    """What the list of words says by itself, in [0, 1]."""
    form_c = composed(text)
    return max((_says(use) for use in uses(form_c, tag, views(form_c, tag))), default=0.0)


def places(text: str, tag: str) -> Int64:
    """Places of all pieces of a text in the table of weights, shape (n,); for training."""
    view = spelled(composed(text), arabizi=tag == "ary-Latn")
    _, pieces = _pieces(view)
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=np.int64)


def _says(use: Use) -> float:
    if use.reported:
        return _REPORTED if use.force > 1 else _NOT_AIMED
    return _WEIGHT[use.force] if use.force > 1 or use.aimed else _NOT_AIMED


def _pieces(view: Spelled) -> tuple[Int64, list[Int64]]:
    """Where words begin and end, shape (n, 3); of each the places of its pieces and of its pair."""
    codes = codes_of(view.text).copy()
    table = np.empty((len(codes) // 2 + 1, 3), dtype=np.int64)
    words = table[: loops.words(codes, table)]
    out = np.empty((loops.LONGEST + 1) * (len(codes) + 2), dtype=np.int64)
    found = [out[: loops.pieces(codes, begin, end, out)].copy() for begin, end, _ in words.tolist()]
    whole = [int(of[-1]) for of in found]
    for k in range(1, len(found)):
        # A pair of words: the places of both, mixed (Knuth's multiplicative hashing).
        pair = ((whole[k - 1] * 40503 + whole[k]) * 2654435761 >> 16) % SIZE
        found[k] = np.append(found[k], pair)
    return words, found


def _likely(view: Spelled) -> tuple[float, Sequence[tuple[int, int]]]:
    """What the model says, and the word that says most of it."""
    words, found = _pieces(view)
    weights = _weights()
    if not found:
        return 0.0, ()
    sizes = np.array([len(of) for of in found])
    begins = np.cumsum(sizes) - sizes
    said = np.add.reduceat(weights[np.concatenate(found)].astype(np.float64), begins)
    total = float(said.sum() / np.sqrt(sizes.sum()) + weights[SIZE])
    begin, end, _ = words[int(said.argmax())].tolist()
    return 1.0 / (1.0 + float(np.exp(-total))), ((int(view.at[begin]), int(view.at[end - 1]) + 1),)


@cache
def _weights() -> Float32:
    """Shape (2 ** 16 + 1,); the last is the intercept."""
    path = resources.files("assises.engines.themes.moderation") / "abuse.npy"
    with resources.as_file(path) as file:
        return np.asarray(np.load(file), dtype=np.float32)
