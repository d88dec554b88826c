"""Labels of texts, learnt from texts that have them.

What a text is told by: its vector; pieces of its words, as written and as heard (those of
:mod:`..meaning.darija_kernels`), weighted by TF-IDF (Salton and Buckley 1988); and other numbers
that the caller has, such as words of a list. Of each label a linear support vector machine with
squared hinge loss is learnt (:func:`.classifier_kernels.learn`). Its scores order texts; chances
are made of them elsewhere (:mod:`.chances`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.characters import bare, codes_of, composed
from assises.engines.themes.meaning.darija_kernels import BITS, HEARD, PAIRS, features
from assises.engines.themes.meaning.vectors import Float16, Float32
from assises.engines.themes.verticals import classifier_kernels as loops
from assises.engines.themes.verticals.classifier_kernels import Int32
from assises.lib.folding import tifinagh_to_latin
from assises.lib.progress import SILENT, Progress

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PIECES: Final = 0.5
"""Length of what the pieces of a text say beside its vector of length 1. It and ``_COST`` were
chosen on the project's sentences, held out by row; twice or half of each changes little."""
_COST: Final = 0.1
_ROUNDS: Final = 12
_ALWAYS: Final = 0.3
"""A number that every text has, so that a label may be rare or common."""
_EVERY: Final = 1024


@dataclass(frozen=True, slots=True)
class Rows:
    """Pieces of n texts, before they are weighted."""

    begins: Int64
    """Where those of each text begin, shape (n + 1,)."""
    places: Int32
    often: Float64
    """1 plus the logarithm of how often each is there."""

    def of(self, chosen: Int64) -> Rows:
        """Those of some texts, in the order asked for."""
        sizes = (self.begins[1:] - self.begins[:-1])[chosen]
        begins = np.zeros(len(chosen) + 1, dtype=np.int64)
        np.cumsum(sizes, out=begins[1:])
        inside = np.arange(begins[-1]) - np.repeat(begins[:-1], sizes)
        at = inside + np.repeat(self.begins[chosen], sizes)
        return Rows(begins, self.places[at], self.often[at])


@dataclass(frozen=True, slots=True)
class Classifier:
    """What was learnt of K labels; make it with :func:`learnt`."""

    dense: Float32
    """Of the vector, of the other numbers and of the one that is always there, shape (d, K)."""
    pieces: Float32
    """Shape (2 ** 15, K)."""
    rarity: Float32
    """Inverse document frequency of each place, shape (2 ** 15,)."""

    def scores(self, vectors: Float16 | Float32, rows: Rows, others: Float64) -> Float64:
        """How much each label is said, shape (n, K).

        Args:
            vectors: of length 1, or zeros where there is none, shape (n, d).
            rows: :func:`cut` of the texts.
            others: as many as were learnt from, shape (n, any).
        """
        out = np.zeros((len(vectors), self.dense.shape[1]))
        loops.scores(
            _beside(vectors, others), rows.begins, rows.places, _weighted(rows, self.rarity),
            self.dense.astype(np.float64), self.pieces.astype(np.float64), out,
        )  # fmt: skip
        return out


def cut(texts: Sequence[str], progress: Progress = SILENT) -> Rows:
    """The pieces of texts; Tifinagh is read as Latin letters."""
    begins = np.zeros(len(texts) + 1, dtype=np.int64)
    places, counts = [np.empty(0, dtype=np.int32)], [np.empty(0, dtype=np.int64)]
    for at, text in enumerate(texts):
        folded = bare(tifinagh_to_latin(composed(text))).text
        found, often = features(codes_of(folded), HEARD, PAIRS)
        begins[at + 1] = begins[at] + len(found)
        places.append(found)
        counts.append(often)
        if at % _EVERY == _EVERY - 1:
            progress.advance(_EVERY)
    return Rows(begins, np.concatenate(places), 1.0 + np.log(np.concatenate(counts)))


def learnt(
    vectors: Float16 | Float32, rows: Rows, others: Float64, has: Bools, weights: Float64
) -> Classifier:
    """Learn labels from texts that have them, in the order they are in.

    Args:
        vectors: of length 1, or zeros where there is none, shape (n, d).
        rows: :func:`cut` of the texts.
        others: other numbers of each, about 1 at most, shape (n, any).
        has: whether each text has each label, shape (n, K).
        weights: how much each text counts, above 0, shape (n,).
    """
    rarity = _rarity(rows)
    dense = _beside(vectors, others)
    found = np.zeros((dense.shape[1], has.shape[1]))
    pieces = np.zeros((1 << BITS, has.shape[1]))
    signs = np.where(has, 1, -1).astype(np.int8)
    loops.learn(
        dense, rows.begins, rows.places, _weighted(rows, rarity), signs, _COST * weights, _ROUNDS,
        found, pieces,
    )  # fmt: skip
    return Classifier(found.astype(np.float32), pieces.astype(np.float32), rarity)


def shuffled(keys: Sequence[str]) -> Int64:
    """An order that looks random and is the same for the same keys, in whatever order they come.

    Neighbours that are alike slow the descent down.
    """
    digests = [hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest() for key in keys]
    return np.array(sorted(range(len(keys)), key=lambda at: (digests[at], at)), dtype=np.int64)


def _beside(vectors: Float16 | Float32, others: Float64) -> Float64:
    always = np.full((len(vectors), 1), _ALWAYS)
    return np.ascontiguousarray(np.hstack([vectors.astype(np.float64), others, always]))


def _rarity(rows: Rows) -> Float32:
    seen = np.bincount(rows.places, minlength=1 << BITS)
    return np.asarray(np.log(len(rows.begins) / (1.0 + seen)) + 1.0, dtype=np.float32)


def _weighted(rows: Rows, rarity: Float32) -> Float64:
    """The number of each piece; those of a text together of length :data:`PIECES`."""
    values = rows.often * rarity[rows.places].astype(np.float64)
    sizes = np.diff(rows.begins)
    some = np.flatnonzero(sizes)
    lengths = np.ones(len(sizes))
    if len(some):
        lengths[some] = np.sqrt(np.add.reduceat(values * values, rows.begins[some]))
    return np.asarray(PIECES * values / np.repeat(lengths, sizes))
