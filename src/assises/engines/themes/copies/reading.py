"""Texts as they are compared with each other: which are the same, and the words of each.

Two texts are the same if their letters and digits are (:func:`.characters.plain`); of a text
without any, if what was typed is, but for spaces and marks that are not seen. An empty text is like
no other.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.characters import bare, codes_of, composed, plain_codes
from assises.engines.themes.copies import shingle_kernels as loops
from assises.engines.themes.copies.alike_kernels import Words
from assises.engines.themes.copies.shingle_kernels import (
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
)
from assises.engines.themes.copies.weighty import LANGUAGES, LITTLE, WEIGHTY
from assises.lib.folding import tifinagh_to_latin
from assises.lib.progress import SILENT, Progress

_BATCH: Final = 1 << 18
"""Characters that are folded at once."""
_FOLDED: Final = 0x3000
"""Letters below it have other spellings; those above stay."""
_ENDS: Final = frozenset('.!?؟…۔⸮:;\n•-–—«"“')
_SLOTS: Final = 1 << 20
_ALIKE: Final = str.maketrans("گڤپچ", "كفبج")
_MODE: Final = {
    "en": 1, "ar": 2, "ary-Arab": 2, "ary-Latn": 3, "zgh-Latn": 4, "zgh-Tfng": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Distinct:
    """Texts that differ, in an order that depends on nothing but them.

    What more people wrote comes first, then what is longer, then by hash.
    """

    of: Int32
    """Of each row its text, -1 for an empty one; shape (n,)."""
    row: Int32
    """Of each text the row that shows it: as most people typed it; shape (D,)."""
    count: Int64
    """Of each text how many rows there are, shape (D,)."""
    words: Words


def read(
    texts: Sequence[str],
    tags: Sequence[str],
    apart: Sequence[str] = (),
    progress: Progress = SILENT,
) -> Distinct:
    """Read texts so that they can be compared.

    Args:
        texts: any, shape (n,).
        tags: language and script of each.
        apart: further words that tell texts apart, such as names of places.
        progress: listener.
    """
    progress.step("texts that are the same", len(texts))
    digest, length = _digests(texts, progress)
    order = np.lexsort((digest[:, 1], digest[:, 0]))
    order = order[length[order] >= 0]
    inside = digest[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (inside[1:] != inside[:-1]).any(axis=1)
    kind = np.cumsum(new) - 1
    count = np.bincount(kind).astype(np.int64)
    first = order[new]
    rank = np.lexsort((np.arange(len(first)), -length[first], -count))
    place = np.empty(len(rank), dtype=np.int32)
    place[rank] = np.arange(len(rank), dtype=np.int32)
    of = np.full(len(texts), -1, dtype=np.int32)
    of[order] = place[kind]
    row = _shown(texts, of, count[rank])
    mode = np.zeros(len(rank), dtype=np.uint8)
    np.maximum.at(mode, of[order], _modes(tags)[order])
    progress.step("words", len(row))
    return Distinct(
        of, row, count[rank], _words([texts[i] for i in row.tolist()], mode, apart, progress)
    )


def _modes(tags: Sequence[str]) -> Uint8:
    return np.fromiter((_MODE.get(tag, 0) for tag in tags), dtype=np.uint8, count=len(tags))


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    begin, size, part = 0, 0, list[str]()
    for at, text in enumerate(texts):
        part.append(composed(text))
        size += len(text) + 1
        if size >= _BATCH or at + 1 == len(texts):
            yield begin, part
            begin, size, part = at + 1, 0, []


def _folded(part: Sequence[str]) -> tuple[str, Uint32, Int32, Int64]:
    """The batch as one text, its folded letters, the place of each, and where each text's begin."""
    whole = "\n".join(part)
    codes, at = plain_codes(codes_of(whole))
    begins = np.cumsum([0, *(len(text) + 1 for text in part)])
    return whole, codes, at, np.searchsorted(at, begins).astype(np.int64)


def _digests(texts: Sequence[str], progress: Progress) -> tuple[Uint64, Int64]:
    """Hash of what is compared, shape (n, 2); its length, -1 for an empty text."""
    found = bytearray()
    length = np.empty(len(texts), dtype=np.int64)
    for begin, part in _batches(texts):
        _, codes, _, cuts = _folded(part)
        data = memoryview(codes.tobytes())
        firsts, lasts = _trimmed(codes, cuts)
        for k, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
            length[begin + k] = last - first
            if last > first:
                key = bytes(data[4 * first : 4 * last])
            else:
                key = _unlettered(part[k])
                length[begin + k] = 0 if key else -1
            found += hashlib.blake2b(key, digest_size=16).digest()
        progress.advance(len(part))
    return np.frombuffer(bytes(found), dtype=">u8").astype(np.uint64).reshape(-1, 2), length


def _trimmed(codes: Uint32, cuts: Int64) -> tuple[list[int], list[int]]:
    """Where each text begins and ends without the spaces around it."""
    firsts, lasts = cuts[:-1].copy(), cuts[1:].copy()
    padded = np.append(codes, np.uint32(0))
    firsts += (firsts < lasts) & (padded[firsts] == 32)
    lasts -= (firsts < lasts) & (padded[lasts - 1] == 32)
    return firsts.tolist(), lasts.tolist()


def _unlettered(text: str) -> bytes:
    """What is seen of a text without letters and digits; never what a text with some becomes."""
    seen = "".join(c for c in text if unicodedata.category(c)[0] not in "CZ")
    return b"\0" + seen.encode("utf-8", "surrogatepass") if seen else b""


def _shown(texts: Sequence[str], of: Int32, count: Int64) -> Int32:
    """The row of each text that is shown: what most people typed, then the smallest hash."""
    row = np.full(len(count), -1, dtype=np.int32)
    rows = np.flatnonzero(of >= 0)
    row[of[rows[::-1]]] = rows[::-1]
    several = rows[count[of[rows]] > 1]
    if not len(several):
        return row
    raw = b"".join(
        hashlib.blake2b(texts[i].encode("utf-8", "surrogatepass"), digest_size=8).digest()
        for i in several.tolist()
    )
    typed = np.frombuffer(raw, dtype=">u8").astype(np.uint64)
    order = np.lexsort((several, typed, of[several]))
    same = np.zeros(len(order), dtype=np.bool_)
    same[1:] = (typed[order][1:] == typed[order][:-1]) & (
        of[several][order][1:] == of[several][order][:-1]
    )
    begins = np.flatnonzero(~same)
    times = np.diff(np.append(begins, len(order)))
    firsts = several[order[begins]]
    best = np.lexsort((typed[order[begins]], -times, of[firsts]))
    # The last that is written stays.
    row[of[firsts[best[::-1]]]] = firsts[best[::-1]]
    return row


def _words(texts: Sequence[str], mode: Uint8, apart: Sequence[str], progress: Progress) -> Words:
    weighty, little = _lists(tuple(apart))
    begins, flat = _spellings()
    parts: list[tuple[Uint16, Int64, Uint64, Uint8, Int64]] = []
    letters = 0
    for begin, part in _batches(texts):
        whole, plain, at, cuts = _folded(part)
        capital, inside = _written(whole, at)
        room = int((begins[1:] - begins[:-1]).max()) * len(plain) + 1
        codes = np.empty(room, dtype=np.uint16)
        ends = np.empty(len(plain) + 1, dtype=np.int64)
        hashes = np.empty(len(ends), dtype=np.uint64)
        flags = np.empty(len(ends), dtype=np.uint8)
        counts = np.empty(len(part), dtype=np.int64)
        size, held = loops.read_words(
            plain, cuts, begins, flat, mode[begin : begin + len(part)], capital, inside,
            weighty, little, codes, ends, hashes, flags, counts,
        )  # fmt: skip
        parts.append(
            (codes[:size].copy(), ends[:held] + letters, hashes[:held].copy(),
             flags[:held].copy(), counts)
        )  # fmt: skip
        letters += size
        progress.advance(len(part))
    return _together(parts)


def _together(parts: list[tuple[Uint16, Int64, Uint64, Uint8, Int64]]) -> Words:
    firsts = np.zeros(sum(len(part[4]) for part in parts) + 1, dtype=np.int64)
    np.cumsum(np.concatenate([part[4] for part in parts] or [firsts[:0]]), out=firsts[1:])
    codes = np.concatenate([part[0] for part in parts] or [np.empty(0, np.uint16)])
    ends = np.concatenate([part[1] for part in parts] or [np.empty(0, np.int64)])
    hashes = np.concatenate([part[2] for part in parts] or [np.empty(0, np.uint64)])
    flags = np.concatenate([part[3] for part in parts] or [np.empty(0, np.uint8)])
    slots = max(_SLOTS, 1 << len(hashes).bit_length())
    count = np.zeros((2, min(slots, 1 << 22)), dtype=np.int32)
    loops.count_words(hashes, firsts, count)
    bits = np.empty(len(firsts) - 1, dtype=np.uint64)
    loops.fingerprints(hashes, firsts, bits)
    return Words(codes, ends, hashes, flags, firsts, bits, count)


def _written(whole: str, at: Int32) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Of each folded letter whether it was a capital, and whether it is inside a sentence."""
    codes = codes_of(whole)
    upper = _capitals()[np.minimum(codes, _FOLDED - 1)]
    ending = _endings()[np.minimum(codes, _FOLDED - 1)]
    blank = _blanks()[np.minimum(codes, _FOLDED - 1)]
    # The last sign before each place that is no space.
    seen = np.where(blank, -1, np.arange(len(codes)))
    before = np.empty(len(codes), dtype=np.int64)
    before[:1] = -1
    np.maximum.accumulate(seen[:-1], out=before[1:])
    line = np.where(codes == 10, np.arange(len(codes)), -1)
    last = np.empty(len(codes), dtype=np.int64)
    last[:1] = -1
    np.maximum.accumulate(line[:-1], out=last[1:])
    inside = (before > last) & ~ending[np.maximum(before, 0)]
    return upper[at], inside[at]


@cache
def _capitals() -> npt.NDArray[np.bool_]:
    return np.array([chr(code).isupper() for code in range(_FOLDED)])


@cache
def _endings() -> npt.NDArray[np.bool_]:
    return np.array([chr(code) in _ENDS for code in range(_FOLDED)])


@cache
def _blanks() -> npt.NDArray[np.bool_]:
    return np.array(
        [chr(code).isspace() or unicodedata.category(chr(code)) == "Cf" for code in range(_FOLDED)]
    )


@cache
def _spellings() -> tuple[Int32, Uint16]:
    """Of each code point where what it becomes begins, and all of these one after the other."""
    parts = [_one(chr(code)) for code in range(_FOLDED)]
    begins = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int32)
    return begins, codes_of("".join(parts)).astype(np.uint16)


def _one(letter: str) -> str:
    if letter in "\u2d6f\u02b7":  # The mark of a rounded letter.
        return "w"
    return bare(tifinagh_to_latin(letter).translate(_ALIKE)).text


@cache
def _lists(apart: tuple[str, ...]) -> tuple[Uint64, Uint64]:
    """Weighty and little words as the loops look them up."""
    weighty = [_keys(words, mode) for mode, words in enumerate(WEIGHTY)]
    weighty += [_keys(apart, mode) for mode in range(len(LANGUAGES)) if apart]
    little = [_keys(words, mode) for mode, words in enumerate(LITTLE)]
    return np.unique(np.concatenate(weighty)), np.unique(np.concatenate(little))


def _keys(words: Sequence[str], mode: int) -> Uint64:
    begins, flat = _spellings()
    _, plain, _, cuts = _folded([composed(word) for word in words])
    none = np.empty(0, dtype=np.uint64)
    off = np.zeros(len(plain), dtype=np.bool_)
    hashes = np.empty(len(plain) + 1, dtype=np.uint64)
    _, held = loops.read_words(
        plain, cuts, begins, flat, np.full(len(words), mode, dtype=np.uint8), off, off, none, none,
        np.empty(8 * len(plain) + 1, dtype=np.uint16), np.empty(len(plain) + 1, dtype=np.int64),
        hashes, np.empty(len(plain) + 1, dtype=np.uint8), np.empty(len(words), dtype=np.int64),
    )  # fmt: skip
    return np.array([loops.told(mode, h) for h in hashes[:held]], dtype=np.uint64)
