"""The loops of :mod:`.families` that read: words, their hashes and pieces, keys of candidates."""

from __future__ import annotations

from typing import Final

import numba
import numpy as np
import numpy.typing as npt

Uint8 = npt.NDArray[np.uint8]
Uint16 = npt.NDArray[np.uint16]
Uint32 = npt.NDArray[np.uint32]
Uint64 = npt.NDArray[np.uint64]
Int32 = npt.NDArray[np.int32]
Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]

WEIGHTY: Final = 1
LITTLE: Final = 2
NAME: Final = 4
SKELETON: Final = 8
"""What is known of a word, as bits: see :mod:`.weighty`; a name begins with a capital letter inside
a sentence of small ones; of Darija in Latin letters the skeleton is compared (:func:`spelled`)."""
DARIJA: Final = 3
"""Darija in Latin letters, in ``weighty.LANGUAGES``."""
PIECE: Final = 5
"""Letters of a piece, the edges of its word counted."""
LETTERS: Final = 64
"""A word has fewer."""
RARE: Final = 6
"""So many of the rarest words of a text are looked up in twos and threes."""
_SPACE: Final = np.uint32(32)
_OFFSET: Final = np.uint64(0xCBF29CE484222325)
_PRIME: Final = np.uint64(0x100000001B3)
_HALF: Final = np.uint64(32)
_KH, _GH = 0x1001, 0x1002
"""Code points of Burmese stand for the two sounds that Latin letters write as two."""
_H: Final = 104
_ONE: Final = np.arange(128)
_ONE[[55, 51, 57, 53, 56, 54, 121, 111, 119]] = [104, 97, 113, _KH, _GH, 116, 105, 117, 117]
_ONE[[101, 50]] = 0
"""7, 3, 9, 5, 8, 6, y, o, w as h, a, q, kh, gh, t, i, u, u; e and 2 as nothing."""


@numba.njit(cache=True, nogil=True, inline="always")
def mixed(h: np.uint64) -> np.uint64:
    """Every bit depends on every bit (the finaliser of SplitMix64, Steele et al. 2014)."""
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(31))


@numba.njit(cache=True, nogil=True)
def hash_of(codes: Uint16, begin: int, end: int) -> np.uint64:
    """Of a word: FNV-1a over its letters (Fowler, Noll and Vo), mixed."""
    h = _OFFSET
    for at in range(begin, end):
        h = (h ^ np.uint64(codes[at])) * _PRIME
    return mixed(h)


@numba.njit(cache=True, nogil=True)
def spelled(word: Uint16, out: Uint16) -> int:
    """Latin letters of Darija as one of the ways in which they are typed; length of the result.

    7 is h, 3 is a, 9 is q; ch, sh, x are one, so are i and y, and o, u, ou, w; e and 2 are nothing;
    a letter is not doubled.
    """
    size = len(word)
    if not ((word >= 97) & (word <= 122)).any():
        out[:size] = word
        return size
    count, at = 0, 0
    while at < size:
        code = int(word[at])
        at += 1
        if at < size and word[at] == _H and code in (99, 115, 107, 103):  # c, s, k, g
            at += 1
            code = _KH if code == 107 else _GH if code == 103 else 120
        elif code < len(_ONE):
            code = _ONE[code]
        if code and (count == 0 or out[count - 1] != code):
            out[count] = code
            count += 1
    if count == 0:
        out[0] = word[0]
        count = 1
    return count


@numba.njit(cache=True, nogil=True)
def told(language: int, h: np.uint64) -> np.uint64:
    """A word of a language, as the lists have it."""
    return mixed(h + np.uint64(language + 1) * _PRIME)


@numba.njit(cache=True, nogil=True)
def known(sorted_: Uint64, h: np.uint64) -> bool:
    """Whether a key is among these, which are in order."""
    low, high = 0, len(sorted_)
    while low < high:
        middle = (low + high) // 2
        if sorted_[middle] < h:
            low = middle + 1
        else:
            high = middle
    return low < len(sorted_) and sorted_[low] == h


@numba.njit(cache=True, nogil=True)
def denied(word: Uint16, size: int, darija: bool) -> bool:
    """Whether the word says no around itself, as Darija does: ma … ch."""
    if size < 4:
        return False
    first, second, last = word[0], word[1], word[size - 1]
    if first == 0x645 and last == 0x634:
        return bool(second == 0x627 or size > 4)
    return bool(darija and first == 109 and last == 120 and (second == 97 or size > 4))


@numba.njit(cache=True, nogil=True)
def read_words(
    plain: Uint32,
    firsts: Int64,
    begins: Int32,
    flat: Uint16,
    language: Uint8,
    capital: npt.NDArray[np.bool_],
    inside: npt.NDArray[np.bool_],
    weighty: Uint64,
    little: Uint64,
    codes: Uint16,
    ends: Int64,
    hashes: Uint64,
    flags: Uint8,
    counts: Int64,
) -> tuple[int, int]:
    """Words of texts as they are compared.

    Args:
        plain: folded texts one after the other.
        firsts: where each begins, shape (n + 1,).
        begins, flat: what each code point becomes, below ``len(begins) - 1``; others stay.
        language: of each text, an index of ``weighty.LANGUAGES``.
        capital: of each code point, whether it was written as a capital letter.
        inside: of each code point, whether it is inside a sentence.
        weighty, little: such words by :func:`told`, in order.
        codes: written, letters of the words one after the other.
        ends: written, where each word ends in ``codes``.
        hashes, flags: written, of each word.
        counts: written, words of each text, shape (n,).

    Returns:
        How many code points and how many words were written.
    """
    letters, words = 0, 0
    word = np.empty(LETTERS, dtype=np.uint16)
    out = np.empty(LETTERS, dtype=np.uint16)
    for text in range(len(firsts) - 1):
        at, last = firsts[text], firsts[text + 1]
        first_word, capitals = words, 0
        darija = language[text] == DARIJA
        while at < last:
            begin = at
            at, size = _letters(plain, at, last, begins, flat, word)
            if size == 0:
                continue
            codes[letters : letters + size] = word[:size]
            letters += size
            ends[words] = letters
            counted = _adjacent_digits(word[:size]) if darija else _digits(word[:size]) > 0
            if darija:
                size = spelled(word[:size], out)
            else:
                out[:size] = word[:size]
            hashes[words] = hash_of(out, 0, size)
            key = told(language[text], hashes[words])
            flag = SKELETON if darija else 0
            if counted or known(weighty, key) or denied(out, size, darija):
                flag |= WEIGHTY
            elif known(little, key):
                flag |= LITTLE
            elif capital[begin] and inside[begin]:
                flag |= NAME
            capitals += capital[begin]
            flags[words] = flag
            words += 1
        counts[text] = words - first_word
        if 2 * capitals > words - first_word:
            # Everything is written in capitals: they tell nothing.
            for k in range(first_word, words):
                flags[k] &= ~np.uint8(NAME)
    return letters, words


@numba.njit(cache=True, nogil=True)
def _letters(
    plain: Uint32, at: int, last: int, begins: Int32, flat: Uint16, word: Uint16
) -> tuple[int, int]:
    """Letters of the word that begins at a place, where the next begins, and how many there are."""
    size = 0
    # What is longer than any word is read as several.
    while at < last and plain[at] != _SPACE and size + 4 <= len(word):
        code = plain[at]
        at += 1
        if code >= len(begins) - 1:
            word[size] = np.uint16(code & np.uint32(0xFFFF))
            size += 1
            continue
        for k in range(begins[code], min(begins[code + 1], begins[code] + 4)):
            word[size] = flat[k]
            size += 1
    return at + (at < last and plain[at] == _SPACE), size


@numba.njit(cache=True, nogil=True)
def _digits(word: Uint16) -> int:
    return int(np.count_nonzero((word >= 48) & (word <= 57)))


@numba.njit(cache=True, nogil=True)
def _adjacent_digits(word: Uint16) -> bool:
    """Whether a word of Darija is a number: elsewhere a digit stands for a letter, by itself."""
    digit = (word >= 48) & (word <= 57)
    return bool(digit.all() or (digit[1:] & digit[:-1]).any())


@numba.njit(cache=True, nogil=True)
def times(count: Int32, h: np.uint64) -> int:
    """In how many texts a word is, of a sketch by :func:`count_words`: at least in so many."""
    mask = np.uint64(count.shape[1] - 1)
    return int(min(count[0, h & mask], count[1, (h >> _HALF) & mask]))


@numba.njit(cache=True, nogil=True)
def count_words(hashes: Uint64, firsts: Int64, count: Int32) -> None:
    """In how many texts each word is, counted at two places of its hash.

    The lesser of the two is right unless both are shared (count-min, Cormode and Muthukrishnan
    2005); ``count`` has shape (2, a power of two up to 2 ** 24).
    """
    mask = np.uint64(count.shape[1] - 1)
    for text in range(len(firsts) - 1):
        for at in range(firsts[text], firsts[text + 1]):
            seen = False
            for before in range(max(firsts[text], at - 64), at):
                if hashes[before] == hashes[at]:
                    seen = True
                    break
            if not seen:
                count[0, hashes[at] & mask] += 1
                count[1, (hashes[at] >> _HALF) & mask] += 1


@numba.njit(cache=True, nogil=True)
def fingerprints(hashes: Uint64, firsts: Int64, out: Uint64) -> None:
    """A bit for each word of a text by its hash, shape (n,)."""
    for text in range(len(firsts) - 1):
        bits = np.uint64(0)
        for at in range(firsts[text], firsts[text + 1]):
            bits |= np.uint64(1) << (hashes[at] >> np.uint64(58))
        out[text] = bits


@numba.njit(cache=True, nogil=True)
def rarest(hashes: Uint64, firsts: Int64, count: Int32, out: Uint64) -> None:
    """The rarest words of each text that another text has too, the rarest first.

    Args:
        hashes: of words.
        firsts: where the words of each text begin, shape (n + 1,).
        count: of :func:`count_words`.
        out: written, hashes in order, 0 where there are fewer, shape (n, RARE).
    """
    often = np.empty(RARE, dtype=np.int64)
    for text in range(len(firsts) - 1):
        held = 0
        rare = out[text]
        rare[:] = 0
        for at in range(firsts[text], firsts[text + 1]):
            h = hashes[at]
            many = times(count, h)
            if many < 2 or (rare[:held] == h).any():
                continue
            place = held
            while place and (
                often[place - 1] > many or (often[place - 1] == many and rare[place - 1] > h)
            ):
                place -= 1
            if place == RARE:
                continue
            held = min(held + 1, RARE)
            for k in range(held - 1, place, -1):
                rare[k], often[k] = rare[k - 1], often[k - 1]
            rare[place], often[place] = h, many


@numba.njit(cache=True, nogil=True)
def whole_keys(hashes: Uint64, firsts: Int64, shift: int, out: Uint64) -> None:
    """A key of all words of each text, in whatever order, above ``shift`` bits of its number."""
    for text in range(len(firsts) - 1):
        total = np.uint64(0)
        for at in range(firsts[text], firsts[text + 1]):
            total += mixed(hashes[at] + _OFFSET)
        out[text] = _numbered(total, text, shift)


@numba.njit(cache=True, nogil=True)
def some_keys(rare: Uint64, some: Int64, part: int, parts: int, shift: int, out: Uint64) -> int:
    """Keys of twos and threes of the rarest words of each text, above ``shift`` bits of its number.

    Args:
        rare: of :func:`rarest`.
        some: which of the rarest are taken together, -1 for none; shape (ways, 3).
        part, parts: only keys of this part of all.
        shift: bits of a number.
        out: written.

    Returns:
        How many were written.
    """
    count = 0
    for text in range(len(rare)):
        for way in range(len(some)):
            total, full = np.uint64(0), True
            for k in range(some.shape[1]):
                if some[way, k] >= 0:
                    one = rare[text, some[way, k]]
                    full = full and one != 0
                    # A sum: the order among the rarest changes with who else is counted.
                    total += mixed(one + _OFFSET)
            if full and total % np.uint64(parts) == np.uint64(part):
                out[count] = _numbered(mixed(total), text, shift)
                count += 1
    return count


@numba.njit(cache=True, nogil=True)
def _numbered(key: np.uint64, text: int, shift: int) -> np.uint64:
    return ((key >> np.uint64(shift)) << np.uint64(shift)) | np.uint64(text)


@numba.njit(cache=True, nogil=True)
def word_of(codes: Uint16, ends: Int64, flags: Uint8, word: int, out: Uint16) -> int:
    """Letters of a word as they are compared; how many are written."""
    begin = ends[word - 1] if word else 0
    size = int(ends[word] - begin)
    if flags[word] & SKELETON:
        return int(spelled(codes[begin : begin + size], out))
    out[:size] = codes[begin : begin + size]
    return size


@numba.njit(cache=True, nogil=True)
def pieces(codes: Uint16, ends: Int64, flags: Uint8, first: int, last: int, out: Uint32) -> int:
    """Hashes of the pieces of a text, each once and in order; how many are written.

    Windows of five letters over each word and its edges: words that change places change none.
    """
    count = 0
    letters = np.empty(LETTERS, dtype=np.uint16)
    for word in range(first, last):
        held = word_of(codes, ends, flags, word, letters)
        size = held + 2
        for shift in range(max(size - PIECE, 0) + 1):
            h = _OFFSET
            for k in range(shift, min(shift + PIECE, size)):
                code = np.uint64(letters[k - 1]) if 0 < k < size - 1 else np.uint64(_SPACE)
                h = (h ^ code) * _PRIME
            out[count] = np.uint32(mixed(h) >> np.uint64(32))
            count += 1
    order = np.sort(out[:count])
    kept = 0
    for k in range(count):
        if k == 0 or order[k] != order[k - 1]:
            out[kept] = order[k]
            kept += 1
    return kept


@numba.njit(cache=True, nogil=True)
def shared(left: Uint32 | Uint64, right: Uint32 | Uint64) -> float:
    """Of the members of two sets, both in order, the share that both have (Jaccard)."""
    i, j, both = 0, 0, 0
    while i < len(left) and j < len(right):
        if left[i] == right[j]:
            both += 1
            i += 1
            j += 1
        elif left[i] < right[j]:
            i += 1
        else:
            j += 1
    union = len(left) + len(right) - both
    return both / union if union else 1.0
