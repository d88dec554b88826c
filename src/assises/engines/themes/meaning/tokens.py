"""Texts to the pieces of words that a language model was trained on (SentencePiece, unigram).

The model file is a message of Protocol Buffers: the pieces with their log likelihoods (field 1,
repeated) and, in field 3, the table of the normaliser (its field 2): the size of a double array in
four bytes, that array, and the replacements, each ended by a zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.themes.meaning import token_kernels as loops
from assises.engines.themes.meaning.token_kernels import (
    Bytes,
    Float32,
    Int32,
    Int64,
    UInt32,
    UInt64,
)
from assises.lib.errors import InputError

_UNLIKELY: Final = 10.0
"""An unknown character is so much less likely than the least likely piece, in log likelihood."""


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """A model of pieces, ready to use; make it with :func:`tokenizer`."""

    units: UInt32
    replacements: Bytes
    keys: UInt64
    nodes: Int32
    piece_of: Int32
    scores: Float32
    blank: int
    """The piece of a space alone; -1 if there is none."""

    def cut(self, texts: Sequence[str]) -> tuple[Int32, Int64]:
        """Pieces of all texts, int32, and where those of each begin, int64 of shape (n + 1,).

        Each text begins with piece 1 and ends with piece 2; piece 0 is what has no piece. Half a
        surrogate pair is read as a replacement character.
        """
        encoded = [_bytes(text) for text in texts]
        begins = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(one) for one in encoded], out=begins[1:])
        data = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        unknown = float(self.scores.min()) - _UNLIKELY
        return loops.cut(
            data, begins, self.units, self.replacements, self.keys, self.nodes, self.piece_of,
            self.scores, unknown,
        )  # fmt: skip


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def tokenizer(model: bytes) -> Tokenizer:
    """Read a model.

    Raises:
        InputError: it is no model of this kind.
    """
    data = np.frombuffer(model, dtype=np.uint8)
    try:
        messages = _fields(data, 0, len(data))
        begins = np.empty(len(messages), dtype=np.int64)
        ends = np.empty_like(begins)
        scores = np.empty(len(messages), dtype=np.float32)
        count = loops.inventory(data, messages, begins, ends, scores)
        units, replacements = _normaliser(data, messages)
    except (ValueError, IndexError) as error:
        raise InputError(
            "The model of pieces cannot be read", next_step="Install the package again."
        ) from error
    begins, ends = begins[:count], ends[:count]
    keys, nodes, piece_of = _planted(data, begins, ends, int((ends - begins).sum()) + 1)
    # Once more, in as much room as it takes: a small table is a fast one.
    keys, nodes, piece_of = _planted(data, begins, ends, len(piece_of))
    blank = int(loops.piece(keys, nodes, piece_of, np.array([loops.MARK], dtype=np.uint32)))
    return Tokenizer(units, replacements, keys, nodes, piece_of, scores[:count].copy(), blank)


def _planted(data: Bytes, begins: Int64, ends: Int64, most: int) -> tuple[UInt64, Int32, Int32]:
    """The trie of the pieces, which has ``most`` nodes at most."""
    size = 1 << (2 * most).bit_length()
    keys, nodes = np.zeros(size, dtype=np.uint64), np.zeros(size, dtype=np.int32)
    piece_of = np.empty(most, dtype=np.int32)
    count = loops.planted(data, begins, ends, keys, nodes, piece_of)
    return keys, nodes, piece_of[:count].copy()


def _fields(data: Bytes, begin: int, end: int) -> Int64:
    """Number, begin and end of each field, shape (n, 3)."""
    out = np.empty(((end - begin) // 2 + 1, 3), dtype=np.int64)
    return out[: loops.fields(data, begin, end, out)]


def _normaliser(data: Bytes, messages: Int64) -> tuple[UInt32, Bytes]:
    (_, begin, end), *_ = messages[messages[:, 0] == 3]
    inside = _fields(data, int(begin), int(end))
    (_, begin, end), *_ = inside[inside[:, 0] == 2]
    table = data[begin:end].tobytes()
    size = int.from_bytes(table[:4], "little")
    units = np.frombuffer(table[4 : 4 + size], dtype="<u4").astype(np.uint32)
    replacements = np.frombuffer(table[4 + size :], dtype=np.uint8).copy()
    if not len(units) or not len(replacements) or replacements[-1]:
        raise ValueError
    return units, replacements
