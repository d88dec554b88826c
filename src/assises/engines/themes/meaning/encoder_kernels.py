"""The loops of :mod:`.encoder`: every number of a vector depends on its text alone.

A window of the first layer is a sum of products that each belong to one piece of the vocabulary
and one place in the window: they are computed once for a piece and kept in a room, so that of the
two layers only the second is multiplied for every word (what is kept has the bytes of what is
computed anew). In the second the rows of a text lie one after the other between rows of zeros, and
a window of them is a row of the product as it lies.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from assises.engines.themes.meaning.products import (
    ROWS,
    Float32,
    Int64,
    compiled,
    product,
    spread,
    total,
)

Bytes = npt.NDArray[np.uint8]
Int32 = npt.NDArray[np.int32]
Float64 = npt.NDArray[np.float64]

EMBEDDED: Final = 512
"""Numbers of a piece, and of a text."""
FILTERS: Final = 256
BRANCHES: Final = 3
SIZES: Final = (2, 3, 5)
"""Words of a window."""
BEFORE: Final = (0, 1, 2)
"""How many of them come before the word that it is for."""
WINDOWS: Final = 10
"""Words of all windows together."""
ASIDE: Final = 2
"""Words of the widest window before the word, and after it."""
CHUNKS: Final = 17
"""The table of pieces is quantised in so many parts: piece p belongs to part p % 17."""
HIDDEN: Final = BRANCHES * FILTERS
FEATURES: Final = EMBEDDED + HIDDEN
NARROW: Final = 320
BLOCK: Final = 192
"""Words worked on at once: what they take stays in the cache of one core; a multiple of 6."""
ROOM: Final = 8192
"""Pieces whose products are kept."""
_KEPT: Final = HIDDEN + WINDOWS * FILTERS
"""Numbers kept of a piece: its projection, then its product at each place of each window."""


class Weights(NamedTuple):
    """The trained numbers; products as :func:`..products.panels`."""

    table: Bytes
    """Of each piece, shape (V, 512): times ``scale`` plus ``low`` of its part."""
    scale: Float32
    low: Float32
    projection: Float32
    """(512, 768), in panels; so are all products below."""
    projection_bias: Float32
    projection_gain: Float32
    projection_shift: Float32
    first: tuple[Float32, Float32, Float32]
    """Of each branch the product of one place after the other: (256, 256 * size)."""
    first_bias: Float32
    """(768,)"""
    second: tuple[Float32, Float32, Float32]
    """(256 * size, 256)"""
    second_bias: Float32
    gain: Float32
    shift: Float32
    joined: Float32
    """(1280, 512)"""
    joined_bias: Float32
    dense: tuple[Float32, Float32, Float32, Float32, Float32, Float32]
    """(512, 320), (320, 320), (512, 320), (320, 512), (320, 512), (512, 512)"""
    least: float
    """Added to a variance before it divides."""


class Room(NamedTuple):
    """What is kept between texts, and where one block is worked on."""

    slot_of: Int32
    """Of each piece of the vocabulary where it is kept, or -1; shape (V,)."""
    held: Int32
    """The piece of each slot, shape (ROOM,)."""
    size: Int64
    """How many slots are taken, shape (1,)."""
    kept: Float32
    """Shape (ROOM * _KEPT,)."""
    lines: Float32
    """Rows of a block between zeros."""
    wide: Float32
    features: Float32
    rows: Int64


@compiled
def _sum(data: Float32, at: int, other: Float32, first: int | np.int64, size: int) -> None:
    for j in range(size):
        data[at + j] += other[first + j]


@compiled
def _standardised(
    data: Float32, at: int, size: int, gain: Float32, shift: Float32, least: float
) -> None:
    """Layer normalisation in place (Ba, Kiros and Hinton 2016, arXiv:1607.06450)."""
    mean = total(data, at, size) / np.float32(size)
    scale = np.float32(1.0) / np.sqrt(
        spread(data, at, size, mean) / np.float32(size) + np.float32(least)
    )
    for j in range(size):
        data[at + j] = (data[at + j] - mean) * scale * gain[j] + shift[j]


@compiled
def _embedded(weights: Weights, piece: int, out: Float32, at: int) -> None:
    part = piece % CHUNKS
    scale, low, row = weights.scale[part], weights.low[part], weights.table[piece]
    for j in range(EMBEDDED):
        out[at + j] = np.float32(row[j]) * scale + low


@compiled
def _keep(weights: Weights, ids: Int32, begin: int, end: int, room: Room) -> None:
    """Have what belongs to each of these pieces in the room; there are ROOM of them at most."""
    new = 0
    for at in range(begin, end):
        if room.slot_of[ids[at]] < 0:
            new += 1
    if room.size[0] + new > ROOM:
        for slot in range(room.size[0]):
            room.slot_of[room.held[slot]] = -1
        room.size[0] = 0
    first = room.size[0]
    for at in range(begin, end):
        piece = ids[at]
        if room.slot_of[piece] < 0:
            room.slot_of[piece] = room.size[0]
            room.held[room.size[0]] = piece
            room.size[0] += 1
    for at in range(first, room.size[0], BLOCK):
        _projected(weights, room, at, min(at + BLOCK, room.size[0]))


@compiled
def _projected(weights: Weights, room: Room, begin: int, end: int) -> None:
    """Projection of these slots, and the products of it; 192 at most."""
    count = end - begin
    full = (count + ROWS - 1) // ROWS * ROWS
    for row in range(full):
        room.rows[row] = row * EMBEDDED
    for row in range(count):
        _embedded(weights, room.held[begin + row], room.lines, row * EMBEDDED)
    wide = room.wide
    product(room.lines, room.rows, full, weights.projection, EMBEDDED, HIDDEN, wide)
    for row in range(count):
        at = row * HIDDEN
        _sum(wide, at, weights.projection_bias, 0, HIDDEN)
        _standardised(
            wide, at, HIDDEN, weights.projection_gain, weights.projection_shift, weights.least
        )
        into = (begin + row) * _KEPT
        for j in range(HIDDEN):
            room.kept[into + j] = wide[at + j]
    place = HIDDEN
    for branch in range(BRANCHES):
        width = SIZES[branch] * FILTERS
        for row in range(full):
            room.rows[row] = row * HIDDEN + branch * FILTERS
        table = weights.first[branch]
        product(wide, room.rows, full, table, FILTERS, width, room.features)
        for row in range(count):
            into = (begin + row) * _KEPT + place
            for j in range(width):
                room.kept[into + j] = room.features[row * width + j]
        place += width


@compiled
def _first_layer(
    weights: Weights, room: Room, ids: Int32, owner: Int64, begin: int, end: int, branch: int
) -> None:
    """Rows of a block and of two words on either side, with zeros between the texts.

    ``rows`` says where the window of each word of the block begins.
    """
    lines, before, size = room.lines, BEFORE[branch], SIZES[branch]
    place = HIDDEN
    for other in range(branch):
        place += SIZES[other] * FILTERS
    low, high = max(begin - ASIDE, 0), min(end + ASIDE, len(ids))
    for j in range(ASIDE * FILTERS):
        lines[j] = 0.0
    line = ASIDE
    for at in range(low, high):
        if at > low and owner[at] != owner[at - 1]:
            for j in range(ASIDE * FILTERS):
                lines[line * FILTERS + j] = 0.0
            line += ASIDE
        into = line * FILTERS
        for j in range(FILTERS):
            lines[into + j] = weights.first_bias[branch * FILTERS + j]
        for step in range(size):
            other = at - before + step
            if 0 <= other < len(ids) and owner[other] == owner[at]:
                kept = np.int64(room.slot_of[ids[other]]) * _KEPT + place + step * FILTERS
                _sum(lines, into, room.kept, kept, FILTERS)
        kept = np.int64(room.slot_of[ids[at]]) * _KEPT + branch * FILTERS
        for j in range(FILTERS):
            lines[into + j] = max(lines[into + j], np.float32(0.0)) + room.kept[kept + j]
        if begin <= at < end:
            room.rows[at - begin] = into - before * FILTERS
        line += 1
    for j in range(ASIDE * FILTERS):
        lines[line * FILTERS + j] = 0.0


@compiled
def _second_layer(weights: Weights, room: Room, count: int, branch: int) -> None:
    """Fill the columns of the branch in the features of each word of a block."""
    full = (count + ROWS - 1) // ROWS * ROWS
    for row in range(count, full):
        room.rows[row] = room.rows[0]
    depth = SIZES[branch] * FILTERS
    product(room.lines, room.rows, full, weights.second[branch], depth, FILTERS, room.wide)
    for row in range(count):
        into = row * FEATURES + EMBEDDED + branch * FILTERS
        line = room.rows[row] + BEFORE[branch] * FILTERS
        for j in range(FILTERS):
            found = room.wide[row * FILTERS + j] + weights.second_bias[branch * FILTERS + j]
            room.features[into + j] = max(found, np.float32(0.0)) + room.lines[line + j]


@compiled
def summed(weights: Weights, room: Room, ids: Int32, starts: Int64, out: Float64) -> None:
    """The sum over the words of each text of what the layers make of it.

    Args:
        weights: the trained numbers.
        room: what other texts left is used, and what these leave is kept.
        ids: pieces of all texts.
        starts: where those of each text begin, shape (n + 1,).
        out: zeros, float64, shape (n * 1280,): a text of thousands of words is a long sum.
    """
    owner = np.empty(len(ids), dtype=np.int64)
    for text in range(len(starts) - 1):
        owner[starts[text] : starts[text + 1]] = text
    for begin in range(0, len(ids), BLOCK):
        end = min(begin + BLOCK, len(ids))
        _keep(weights, ids, max(begin - 2 * ASIDE, 0), min(end + 2 * ASIDE, len(ids)), room)
        for branch in range(BRANCHES):
            _first_layer(weights, room, ids, owner, begin, end, branch)
            _second_layer(weights, room, end - begin, branch)
        for row in range(end - begin):
            at, features = row * FEATURES, room.features
            _embedded(weights, ids[begin + row], features, at)
            _standardised(features, at, FEATURES, weights.gain, weights.shift, weights.least)
            into = owner[begin + row] * FEATURES
            for j in range(FEATURES):
                out[into + j] += np.float64(features[at + j])


@compiled
def _rows(room: Room, count: int, depth: int) -> None:
    for row in range(count):
        room.rows[row] = row * depth


@compiled
def finished(weights: Weights, room: Room, sums: Float32, words: Int64, out: Float32) -> None:
    """From sums to vectors of length 1, through the layers after the mean.

    Args:
        weights: the trained numbers.
        room: only for its rows.
        sums: shape (n * 1280,), n a multiple of 6 and at most 192.
        words: pieces of each text, shape (n,).
        out: shape (n * 512,).
    """
    count = len(words)
    a, b = np.empty(count * EMBEDDED, dtype=np.float32), np.empty_like(out)
    low, high = (
        np.empty(count * NARROW, dtype=np.float32),
        np.empty(count * NARROW, dtype=np.float32),
    )
    _rows(room, count, FEATURES)
    product(sums, room.rows, count, weights.joined, FEATURES, EMBEDDED, a)
    for row in range(count):
        size = np.float32(words[row])
        scale = np.float32(1.0) / np.sqrt(size)
        for j in range(EMBEDDED):
            at = row * EMBEDDED + j
            a[at] = (a[at] + size * weights.joined_bias[j]) * scale
    _rows(room, count, EMBEDDED)
    product(a, room.rows, count, weights.dense[0], EMBEDDED, NARROW, low)
    _positive(low)
    product(a, room.rows, count, weights.dense[2], EMBEDDED, NARROW, high)
    _rows(room, count, NARROW)
    product(low, room.rows, count, weights.dense[1], NARROW, NARROW, b[: count * NARROW])
    _sum(high, 0, b, 0, count * NARROW)
    _positive(high)
    product(high, room.rows, count, weights.dense[3], NARROW, EMBEDDED, a)
    _positive(a)
    product(high, room.rows, count, weights.dense[4], NARROW, EMBEDDED, out)
    _rows(room, count, EMBEDDED)
    product(a, room.rows, count, weights.dense[5], EMBEDDED, EMBEDDED, b)
    for at in range(len(out)):
        out[at] = _tanh(np.float64(out[at] + b[at]))
    for row in range(count):
        at = row * EMBEDDED
        length = np.sqrt(max(spread(out, at, EMBEDDED, np.float32(0.0)), np.float32(weights.least)))
        for j in range(EMBEDDED):
            out[at + j] /= length


@compiled
def _positive(data: Float32) -> None:
    for at in range(len(data)):
        data[at] = max(data[at], np.float32(0.0))


@compiled
def _tanh(x: float) -> float:
    """To the bytes of a float32 the same on every machine, which a library does not promise.

    With t = exp(-2 |x|) it is (1 - t) / (1 + t); exp by its series, after halving its argument
    until that is below 1/16, and squaring as often.
    """
    low = -2.0 * min(abs(x), 20.0) / 1024.0
    t = 1.0
    for k in range(8, 0, -1):
        t = 1.0 + low * t / k
    for _ in range(10):
        t *= t
    found = (1.0 - t) / (1.0 + t)
    return found if x >= 0.0 else -found
