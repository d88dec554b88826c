"""Darija beside the encoder, which has hardly seen it.

Pieces of words of a text, as written (two to five letters, edges included) and as heard (consonants
in one alphabet for both scripts, so that each teaches the other), are weighted by TF-IDF (Salton
and Buckley 1988) and mapped by ridge regression (Hoerl and Kennard 1970; in its dual form, Saunders
et al. 1998) to where the encoder puts the same sentence in French and English, language taken out.
What it says is added to what the encoder says. Ridge shrinks what it has not learnt towards
nothing, so that a text of unknown words stays where the encoder put it.

The sentences are passed in; the weights are made of them where they are used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.characters import bare, codes_of, composed
from assises.engines.themes.meaning import darija_kernels as loops
from assises.engines.themes.meaning.darija_kernels import BITS, Int32
from assises.engines.themes.meaning.products import Float32, Int64
from assises.engines.themes.meaning.ridge import solve
from assises.engines.themes.meaning.vectors import Embedder, Float16, centred, means, unit
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

VERSION: Final = "1"
"""Of the rules below: what is fitted by others is another adapter."""
SHARE: Final = {"ary-Arab": 2.0, "ary-Latn": 3.0}
"""How much the adapter counts beside the encoder, by script. Chosen on verticals of the corpus left
out in turn, and for Arabic script so that sentences of another kind (SIB-200) lose nothing."""
TARGETS: Final = ("fr", "en")
"""Where a sentence belongs: between its two places."""
_RIDGE: Final = np.float32(0.3)
_STEP: Final = 1024.0
"""Logarithms are rounded to whole parts of this, so that libraries that differ in the last bit
agree."""
_FEWEST: Final = 16
_AT_ONCE: Final = 1024


@dataclass(frozen=True, slots=True)
class Adapter:
    """What was learnt; make it with :func:`fit`."""

    weights: Float16
    """Shape (2 ** 15, d)."""
    rarity: Float32
    """Of each place, shape (2 ** 15,)."""
    means: Mapping[str, Float32]
    """Where the encoder puts each language, shape (d,)."""

    @property
    def digest(self) -> str:
        """Hash of all of it, in hexadecimal."""
        parts = [self.weights.astype("<f2").tobytes(), self.rarity.astype("<f4").tobytes()]
        for tag in sorted(self.means):
            parts += [tag.encode(), self.means[tag].astype("<f4").tobytes()]
        return hashlib.sha256(
            b"".join([VERSION.encode(), repr(SHARE).encode(), *parts])
        ).hexdigest()


class Adapted:
    """An embedder whose languages lie on one another, and which was taught Darija.

    Its vectors have the mean of their language taken out already.
    """

    def __init__(self, embedder: Embedder, adapter: Adapter) -> None:
        """Of an embedder and what was learnt from it."""
        self.name = f"{embedder.name}+darija/{adapter.digest[:12]}"
        self.dimensions = embedder.dimensions
        self.reads = embedder.reads
        self._embedder, self._adapter = embedder, adapter
        self._weights = adapter.weights.astype(np.float32)

    def encode(
        self, texts: Sequence[str], tags: Sequence[str], progress: Progress = SILENT
    ) -> Float32:
        """See :class:`.vectors.Embedder`."""
        raw = self._embedder.encode(texts, tags, progress)
        found = centred(raw, tags, self._adapter.means)
        told: npt.NDArray[np.bool_] = np.asarray(raw.any(axis=1))
        mine = [at for at, tag in enumerate(tags) if tag in SHARE and told[at]]
        for begin in range(0, len(mine), _AT_ONCE):
            part = mine[begin : begin + _AT_ONCE]
            said = self.said([texts[at] for at in part])
            share = np.array([SHARE[tags[at]] for at in part], dtype=np.float32)
            found[part] = unit(found[part] + share[:, None] * said)
            progress.advance(0)
        return found

    def said(self, texts: Sequence[str]) -> Float32:
        """What the adapter alone says, shape (n, d); the shorter the less it knows the words."""
        begins, places, values = _weighted(texts, self._adapter.rarity)
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        loops.said(begins, places, values, self._weights, out)
        return out


def fit(
    embedder: Embedder, corpus: Mapping[str, Sequence[str]], progress: Progress = SILENT
) -> Adapter:
    """Learn from sentences that say the same in several languages.

    Args:
        embedder: what it is to stand beside.
        corpus: by tag, sentences in the same order: ``fr`` and ``en`` for where they belong, Darija
            in one script or both; of each language that is there the mean is kept.
        progress: is told of each text and of each step of the solution, and may raise to stop.

    Raises:
        InputError: a language is missing, or there are fewer than 16 sentences.
    """
    sources = [tag for tag in sorted(SHARE) if tag in corpus]
    sizes = {len(texts) for texts in corpus.values()}
    if not sources or set(TARGETS) - set(corpus) or len(sizes) != 1 or min(sizes) < _FEWEST:
        raise InputError(
            "these sentences do not teach Darija",
            value={tag: len(texts) for tag, texts in corpus.items()},
            next_step="Give as many in French and English as in Darija, one beside the other.",
        )
    found = {
        tag: embedder.encode(texts, [tag] * len(texts), progress)
        for tag, texts in sorted(corpus.items())
    }
    of = {tag: middle for tag, rows in found.items() if (middle := _middle(rows)) is not None}
    count = sizes.pop()
    there = [centred(found[tag], [tag] * count, of) for tag in TARGETS]
    target = unit(there[0] + there[1])
    texts = [text for tag in sources for text in corpus[tag]]
    rarity = _rarity(texts)
    begins, places, values = _weighted(texts, rarity)
    alike = np.zeros((len(texts), len(texts)), dtype=np.float32)
    loops.gram(begins, places, values, 1 << BITS, alike)
    alike[np.diag_indices(len(texts))] += _RIDGE
    dual = solve(alike, np.concatenate([target] * len(sources)), progress)
    weights = np.zeros((1 << BITS, embedder.dimensions), dtype=np.float32)
    loops.spread(begins, places, values, dual, weights)
    return Adapter(weights.astype(np.float16), rarity, of)


def _middle(rows: Float32) -> Float32 | None:
    return means(rows, ["all"] * len(rows), fewest=1).get("all")


def _features(texts: Sequence[str]) -> list[tuple[Int32, Int64]]:
    return [
        loops.features(codes_of(bare(composed(text)).text), loops.HEARD, loops.PAIRS)
        for text in texts
    ]


def _rarity(texts: Sequence[str]) -> Float32:
    """Smoothed inverse document frequency of each place, shape (2 ** 15,)."""
    seen = np.zeros(1 << BITS, dtype=np.int64)
    for places, _ in _features(texts):
        seen[places] += 1
    return _rounded(np.log((1 + len(texts)) / (1 + seen)) + 1)


def _rounded(numbers: npt.NDArray[np.float64]) -> Float32:
    return np.asarray(np.rint(numbers * _STEP) / _STEP, dtype=np.float32)


def _weighted(texts: Sequence[str], rarity: Float32) -> tuple[Int64, Int32, Float32]:
    """A sparse matrix of rows of length 1: where each begins, their places and their values."""
    begins = np.zeros(len(texts) + 1, dtype=np.int64)
    rows, numbers = [np.empty(0, dtype=np.int32)], [np.empty(0, dtype=np.float32)]
    for at, (places, counts) in enumerate(_features(texts)):
        values = _rounded(1 + np.log(counts)).astype(np.float64) * rarity[places]
        length = np.sqrt(np.add.accumulate(values * values)[-1]) if len(values) else 1.0
        begins[at + 1] = begins[at] + len(places)
        rows.append(places)
        numbers.append((values / length).astype(np.float32))
    return begins, np.concatenate(rows), np.concatenate(numbers)
