"""The loops of :mod:`.tokens`: a text is normalised, then cut into its likeliest pieces.

The normaliser is a trie of bytes in a double array (Aoe 1989, "An Efficient Digital Search
Algorithm by Using a Double-Array Structure") whose leaves point to replacements; the pieces are the
likeliest path of a unigram model (Kudo 2018, "Subword Regularization", arXiv:1804.10959; Viterbi
1967). Formats and rules are those of SentencePiece (Kudo and Richardson 2018, arXiv:1808.06226).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.meaning.products import compiled

Bytes = npt.NDArray[np.uint8]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt32 = npt.NDArray[np.uint32]
UInt64 = npt.NDArray[np.uint64]
Float32 = npt.NDArray[np.float32]

UNKNOWN, BEGIN, END = 0, 1, 2
"""Pieces that every text has, or that stand for what has none."""
NO_PIECE: Final = -1
SPACE: Final = 0x20
MARK: Final = 0x2581
"""What a space is written as inside pieces."""
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_CODE_BITS: Final = np.uint64(21)


@compiled
def varint(data: Bytes, at: int) -> tuple[np.int64, int]:
    """A number of the wire format of Protocol Buffers, and where it ends."""
    value, shift = np.int64(0), 0
    while True:
        byte = np.int64(data[at])
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


@compiled
def fields(data: Bytes, begin: int, end: int, out: Int64) -> int:
    """Number, begin and end of each field of a message; ``out`` has shape (n, 3).

    Raises:
        ValueError: the bytes are no message.
    """
    count = 0
    while begin < end:
        tag, begin = varint(data, begin)
        kind, size = tag & 7, np.int64(0)
        if kind == 0:
            _, after = varint(data, begin)
            size = np.int64(after - begin)
        elif kind == 1:
            size = np.int64(8)
        elif kind == 2:
            size, begin = varint(data, begin)
        elif kind == 5:
            size = np.int64(4)
        else:
            raise ValueError
        if begin + size > end:
            raise ValueError
        out[count, 0], out[count, 1], out[count, 2] = tag >> 3, begin, begin + size
        count += 1
        begin += int(size)
    return count


@compiled
def inventory(data: Bytes, messages: Int64, begins: Int64, ends: Int64, scores: Float32) -> int:
    """Where the letters of each piece are, and its log likelihood; how many pieces there are."""
    count = 0
    bits = np.empty(1, dtype=np.uint32)
    inside = np.empty((64, 3), dtype=np.int64)
    for row in range(len(messages)):
        if messages[row, 0] != 1:
            continue
        found = fields(data, messages[row, 1], messages[row, 2], inside)
        begins[count] = -1
        scores[count] = 0.0
        for at in range(found):
            first = inside[at, 1]
            if inside[at, 0] == 1:
                begins[count], ends[count] = first, inside[at, 2]
            elif inside[at, 0] == 2:
                bits[0] = (
                    np.uint32(data[first])
                    | np.uint32(data[first + 1]) << np.uint32(8)
                    | np.uint32(data[first + 2]) << np.uint32(16)
                    | np.uint32(data[first + 3]) << np.uint32(24)
                )
                scores[count] = bits.view(np.float32)[0]
        if begins[count] >= 0:
            count += 1
    return count


@compiled
def decoded(data: Bytes, begin: int | np.int64, end: int | np.int64, out: UInt32) -> int:
    """Code points of valid UTF-8; ``out`` holds at least as many as there are bytes."""
    count, at = 0, np.int64(begin)
    while at < end:
        first = np.uint32(data[at])
        size = 1
        if first >= 0xF0:
            first &= np.uint32(0x07)
            size = 4
        elif first >= 0xE0:
            first &= np.uint32(0x0F)
            size = 3
        elif first >= 0xC0:
            first &= np.uint32(0x1F)
            size = 2
        for k in range(1, size):
            first = first << np.uint32(6) | np.uint32(data[at + k]) & np.uint32(0x3F)
        out[count] = first
        count += 1
        at += np.int64(size)
    return count


@compiled
def _slot(keys: UInt64, node: int, code: np.uint32) -> tuple[np.uint64, np.int64]:
    """Key of a step of the trie, and where in the table it is or would be."""
    key = (np.uint64(node) << _CODE_BITS | np.uint64(code)) + np.uint64(1)
    last = np.uint64(len(keys) - 1)
    at = (key * _GOLDEN) >> np.uint64(32) & last
    while keys[at] != 0 and keys[at] != key:
        at = (at + np.uint64(1)) & last
    return key, np.int64(at)


@compiled
def planted(
    data: Bytes, begins: Int64, ends: Int64, keys: UInt64, nodes: Int32, piece_of: Int32
) -> int:
    """Put all pieces into a trie kept as a table of steps; returns the number of nodes.

    Args:
        data: where the letters of the pieces are.
        begins: of each piece, shape (V,).
        ends: shape (V,).
        keys: zeros, a power of two and twice the nodes at least.
        nodes: where a step leads, of the shape of ``keys``.
        piece_of: the piece that ends at a node, or -1; written up to the number of nodes.
    """
    codes = np.empty(max((ends - begins).max(), 1), dtype=np.uint32)
    count = 1
    piece_of[0] = NO_PIECE
    for piece in range(len(begins)):
        node = 0
        for at in range(decoded(data, begins[piece], ends[piece], codes)):
            key, slot = _slot(keys, node, codes[at])
            if keys[slot] == 0:
                keys[slot] = key
                nodes[slot] = count
                piece_of[count] = NO_PIECE
                count += 1
            node = nodes[slot]
        piece_of[node] = piece
    return count


@compiled
def piece(keys: UInt64, nodes: Int32, piece_of: Int32, codes: UInt32) -> np.int32:
    """The piece that these code points are, or -1."""
    node = 0
    for at in range(len(codes)):
        _, slot = _slot(keys, node, codes[at])
        if keys[slot] == 0:
            return np.int32(NO_PIECE)
        node = nodes[slot]
    return np.int32(piece_of[node])


@compiled
def _offset(unit: np.uint32) -> np.int64:
    return np.int64(unit >> np.uint32(10)) << np.int64((unit & np.uint32(0x200)) >> np.uint32(6))


@compiled
def _replaced(data: Bytes, at: int, end: int, units: UInt32) -> tuple[np.int64, int]:
    """Where the replacement of the longest prefix begins (-1: none), and how many bytes it is."""
    node = _offset(units[0])
    size, value = 0, np.int64(-1)
    for place in range(at, end):
        byte = np.int64(data[place])
        node ^= byte
        if node >= len(units) or np.int64(units[node] & np.uint32(0x800000FF)) != byte:
            break
        unit = units[node]
        node ^= _offset(unit)
        if unit & np.uint32(0x100):
            size, value = place + 1 - at, np.int64(units[node] & np.uint32(0x7FFFFFFF))
    return value, size


@compiled
def _letter(data: Bytes, at: int) -> int:
    """Bytes of the character that begins here; the text is valid UTF-8."""
    first = data[at]
    if first < 0xC0:
        return 1
    if first < 0xE0:
        return 2
    return 3 if first < 0xF0 else 4


@compiled
def normalised(
    data: Bytes, begin: int, end: int, units: UInt32, replacements: Bytes, out: UInt32
) -> tuple[UInt32, int]:
    """Code points with a mark for each space, one before the first word, none after the last.

    Returns:
        ``out``, or a longer one in its stead, and how many of it are written: 0 if nothing is left.
    """
    codes = np.empty(len(replacements), dtype=np.uint32)
    spaced, count = True, 0
    while begin < end:
        value, size = _replaced(data, begin, end, units)
        if 0 <= value < len(replacements):
            last = value
            while replacements[last] != 0:
                last += 1
            found = decoded(replacements, value, last, codes)
        else:
            size = _letter(data, begin)
            found = decoded(data, begin, begin + size, codes)
        begin += size
        if count + found + 2 > len(out):
            longer = np.empty(2 * (count + found + 2), dtype=np.uint32)
            longer[:count] = out[:count]
            out = longer
        first = 0
        while spaced and first < found and codes[first] == SPACE:
            first += 1
        for at in range(first, found):
            if count == 0:
                out[0] = MARK
                count = 1
            out[count] = MARK if codes[at] == SPACE else codes[at]
            count += 1
        if first < found:
            spaced = codes[found - 1] == SPACE
    while count > 0 and out[count - 1] == MARK:
        count -= 1
    return out, count


@compiled
def likeliest(
    codes: UInt32, size: int, keys: UInt64, nodes: Int32, piece_of: Int32, scores: Float32,
    unknown: float, best: npt.NDArray[np.float64], back: Int64, out: Int32,
) -> int:  # fmt: skip
    """The pieces of the likeliest path, put into ``out``; how many they are.

    Args:
        codes: :func:`normalised`.
        size: how many of them.
        keys: the trie, as :func:`planted` made it.
        nodes: likewise.
        piece_of: likewise.
        scores: log likelihood of each piece, shape (V,).
        unknown: that of a character that is no piece.
        best: room for ``size + 1`` numbers.
        back: room for ``size + 1`` numbers: the piece that ends there and where it begins.
        out: room for ``size`` pieces.
    """
    best[: size + 1] = -np.inf
    best[0] = 0.0
    for at in range(size):
        base, node, alone = best[at], 0, False
        for after in range(at, size):
            _, slot = _slot(keys, node, codes[after])
            if keys[slot] == 0:
                break
            node = nodes[slot]
            piece = piece_of[node]
            if piece == NO_PIECE:
                continue
            alone = alone or after == at
            score = base + np.float64(scores[piece])
            if score > best[after + 1]:
                best[after + 1] = score
                back[after + 1] = np.int64(at) << 32 | np.int64(piece)
        if not alone and base + unknown > best[at + 1]:
            best[at + 1] = base + unknown
            back[at + 1] = np.int64(at) << 32 | np.int64(UNKNOWN)
    count, at = 0, size
    while at > 0:
        out[count] = back[at] & 0xFFFFFFFF
        count += 1
        at = back[at] >> 32
    out[:count] = out[:count][::-1].copy()
    return count


@compiled
def cut(
    data: Bytes, begins: Int64, units: UInt32, replacements: Bytes, keys: UInt64, nodes: Int32,
    piece_of: Int32, scores: Float32, unknown: float,
) -> tuple[Int32, Int64]:  # fmt: skip
    """Pieces of each text, with the begin and the end of a text around them.

    Args:
        data: the texts one after the other, in UTF-8.
        begins: where each begins, shape (n + 1,).
        units: the double array of the normaliser.
        replacements: each ends with a zero.
        keys: the trie, as :func:`planted` made it.
        nodes: likewise.
        piece_of: likewise.
        scores: shape (V,).
        unknown: log likelihood of an unknown character.

    Returns:
        The pieces of all texts, and where those of each text begin in them, shape (n + 1,). A text
        of which nothing is left has one unknown piece.
    """
    out = np.empty(len(data) // 2 + 8 * len(begins), dtype=np.int32)
    starts = np.zeros(len(begins), dtype=np.int64)
    codes = np.empty(1024, dtype=np.uint32)
    best, back = np.empty(1025), np.empty(1025, dtype=np.int64)
    count = 0
    for text in range(len(begins) - 1):
        codes, size = normalised(data, begins[text], begins[text + 1], units, replacements, codes)
        if size + 1 > len(best):
            best, back = np.empty(len(codes) + 1), np.empty(len(codes) + 1, dtype=np.int64)
        if count + size + 3 > len(out):
            longer = np.empty(2 * (count + size + 3), dtype=np.int32)
            longer[:count] = out[:count]
            out = longer
        out[count] = BEGIN
        count += 1
        if size:
            count += likeliest(
                codes, size, keys, nodes, piece_of, scores, unknown, best, back, out[count:]
            )
        else:
            out[count] = UNKNOWN
            count += 1
        out[count] = END
        count += 1
        starts[text + 1] = count
    return out[:count].copy(), starts
