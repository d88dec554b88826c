"""Vectors from a server on this machine or in this house that speaks as OpenAI's does.

``POST {base}/embeddings``, one text a request: a server that is given several at once may round
each by its company, so more at once must be asked for and is tried out first. What the server says
is believed only as far as it can be checked: as many vectors as texts, each named by its place, of
one size, of finite numbers and not zero.

Texts leave this process as they are given: what is masked for publication is masked before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final, TypeGuard

import numpy as np

from assises.engines.themes.meaning.encoder import READS
from assises.engines.themes.meaning.vectors import Float32, halved, unit
from assises.flows.themes.local import Local
from assises.flows.themes.model import model_of
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

MOST_AT_ONCE: Final = 256
_TRIED: Final = (
    "Le bus ne passe plus.",
    "الماء مقطوع",
    "The clinic on the hill road closes at noon and nobody answers the telephone after that.",
    "lma",
)
"""What is asked alone and together before more than one text at once is believed."""
_LARGEST: Final = 16_384
"""Numbers of a vector at most."""
_HIGHEST: Final = 1e15
"""Beyond it no model means what it says, and a length is not finite."""


class Endpoint:
    """An :class:`~assises.engines.themes.meaning.vectors.Embedder` that asks a server."""

    def __init__(
        self,
        server: Local,
        model: str,
        *,
        reads: frozenset[str] = READS,
        at_once: int = 1,
        prefix: str = "",
        progress: Progress = SILENT,
    ) -> None:
        """Ask the server what it has, and try it.

        Args:
            server: where it is; an address outside must be allowed there.
            model: as the server names it.
            reads: tags of the languages that the model understands; others are not sent.
            at_once: texts a request, 256 at most.
            prefix: what some models want before each text, such as ``passage: ``.
            progress: may raise to stop.

        Raises:
            InputError: the server cannot be asked, has no such model, answers with something else
                than vectors, or gives other vectors for several texts at once.
        """
        if not 1 <= at_once <= MOST_AT_ONCE:
            raise InputError(
                "so many texts cannot be asked for at once",
                value=at_once,
                next_step=f"Give a number from 1 to {MOST_AT_ONCE}.",
            )
        found = model_of(server, model, progress=progress)
        said = f"{found.digest}\0{at_once}\0{prefix}".encode()
        self.name = f"{model}/{hashlib.sha256(said).hexdigest()[:12]}"
        self.reads = reads
        self.dimensions = 0
        self._server, self._model = server, model
        self._at_once, self._prefix = at_once, prefix
        alone = np.concatenate([self._asked([text], progress) for text in _TRIED])
        if at_once > 1:
            self._try_together(alone, progress)

    def _try_together(self, alone: Float32, progress: Progress) -> None:
        many = list(chain.from_iterable([_TRIED] * self._at_once))[: self._at_once]
        together = self._asked(many, progress)
        size = min(len(many), len(_TRIED))
        if not np.array_equal(halved(together[:size]), halved(alone[:size])):
            raise InputError(
                "the server gives a text another vector when it is asked for several at once",
                value=self._server.base,
                next_step="Ask for one text at a time.",
            )

    def encode(
        self, texts: Sequence[str], tags: Sequence[str], progress: Progress = SILENT
    ) -> Float32:
        """See :class:`~assises.engines.themes.meaning.vectors.Embedder`.

        Raises:
            InputError: the server answers with something else than was asked.
        """
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        asked = [at for at, tag in enumerate(tags) if tag in self.reads and _speaks(texts[at])]
        progress.step("vectors", len(asked))
        for begin in range(0, len(asked), self._at_once):
            part = asked[begin : begin + self._at_once]
            out[part] = self._asked([texts[at] for at in part], progress)
            progress.advance(len(part))
        return out

    def _asked(self, texts: list[str], progress: Progress) -> Float32:
        """Vectors of length 1 of these texts, shape (n, d)."""
        said: list[str] | str = [self._prefix + text for text in texts]
        if len(texts) == 1:
            said = said[0]
        body = {"model": self._model, "input": said, "encoding_format": "float"}
        found = self._server.post("embeddings", body, progress=progress)
        rows = found.get("data") if isinstance(found, Mapping) else None
        if not isinstance(rows, list):
            raise _odd("the server answers with something that is no list of vectors", found)
        if isinstance(found, Mapping) and found.get("model", self._model) != self._model:
            raise _odd("another model answers than was asked", found["model"])
        if len(rows) != len(texts):
            raise _odd(f"{len(texts)} vectors were asked for, {len(rows)} came", len(rows))
        vectors = self._placed(rows)
        if self.dimensions not in {0, vectors.shape[1]}:
            raise _odd(f"a vector has {self.dimensions} numbers here", vectors.shape[1])
        self.dimensions = vectors.shape[1]
        return vectors

    def _placed(self, rows: list[object]) -> Float32:
        """The vectors where their places say."""
        found: dict[int, list[float]] = {}
        for at, row in enumerate(rows):
            place = row.get("index", at) if isinstance(row, Mapping) else None
            numbers = row.get("embedding") if isinstance(row, Mapping) else None
            if not _is_place(place, len(rows)) or place in found:
                raise _odd("the places of the vectors are not those of the texts", place)
            if not _are_numbers(numbers):
                raise _odd("the server answers with a vector that is none", numbers)
            found[place] = numbers
        if len({len(one) for one in found.values()}) != 1:
            raise _odd("vectors of one answer differ in size", sorted(map(len, found.values())))
        vectors = np.array([found[at] for at in range(len(rows))], dtype=np.float32)
        if not vectors.any(axis=1).all():
            raise _odd("a vector is zero", 0)
        return unit(vectors)


def _is_place(place: object, count: int) -> TypeGuard[int]:
    return isinstance(place, int) and not isinstance(place, bool) and 0 <= place < count


def _are_numbers(numbers: object) -> TypeGuard[list[float]]:
    return (
        isinstance(numbers, list)
        and 0 < len(numbers) <= _LARGEST
        and all(
            isinstance(one, int | float) and not isinstance(one, bool) and abs(one) <= _HIGHEST
            for one in numbers
        )
    )


def _speaks(text: str) -> bool:
    return any(map(str.isalnum, text))


def _odd(problem: str, value: object) -> InputError:
    return InputError(
        problem,
        value=str(value)[:200],
        next_step="Use a server that gives vectors at /embeddings, and a model that makes them.",
    )
