"""Characters as they are compared, each with its place in the text as it was written.

Two ways of folding. *Plain* keeps what tells languages apart (accents, forms of hamza, final ya and
ta marbuta) and drops what is only typing: case, compatibility forms, vowel signs, tatweel, marks of
direction and joiners. *Bare* drops those differences too, so that spellings of one word meet.

What is no letter and no digit is a space, and several spaces are one. Digits of every script are
those of ASCII.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

import numba
import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int32]

_SPACE: Final = 32
_TATWEEL: Final = "\u0640"
_HIGHEST: Final = 0x20000
"""Letters of living scripts are below; above it everything is a space."""
_LETTERS: Final = {"Lu", "Ll", "Lt", "Lm", "Lo"}
_TYPING: Final = {"Mn", "Me", "Cf"}
_ALIKE: Final = {
    # Persian and Urdu keyboards; then the letters of Morocco for g, v and p, each of many shapes.
    "\u06a9": "\u0643", "\u06cc": "\u064a", "\u06c1": "\u0647", "\u06be": "\u0647",
    "\u06ad": "\u06af", "\u0763": "\u06af", "\u06b4": "\u06af", "\u06a5": "\u06a4",
}  # fmt: skip
_BARE: Final = {"\u0649": "\u064a", "\u0629": "\u0647", "\u0621": ""}
"""Final ya without dots, ta marbuta, hamza by itself."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it is compared."""

    text: str
    at: Places
    """Place of each character in the text that was given, shape (len(text),)."""


def composed(text: str) -> str:
    """The text in normalization form C: what all offsets speak of."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def plain(text: str) -> Folded:
    """Without what is only typing; ``text`` in form C."""
    return _folded(text, bare=False)


def bare(text: str) -> Folded:
    """Without differences of spelling either; ``text`` in form C."""
    return _folded(text, bare=True)


def codes_of(text: str) -> Codes:
    """Code points, shape (len(text),)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def plain_codes(codes: Codes) -> tuple[Codes, Places]:
    """:func:`plain` of code points: what it makes of them, and the place of each."""
    return _applied(codes, bare=False)


def _folded(text: str, *, bare: bool) -> Folded:
    codes, at = _applied(codes_of(text), bare=bare)
    return Folded(codes.tobytes().decode("utf-32-le"), at)


def _applied(codes: Codes, *, bare: bool) -> tuple[Codes, Places]:
    begins, flat = _table(bare)
    longest = int((begins[1:] - begins[:-1]).max())
    out = np.empty(longest * len(codes), dtype=np.uint32)
    at = np.empty(len(out), dtype=np.int32)
    count = _apply(codes, begins, flat, out, at)
    return out[:count].copy(), at[:count].copy()


@numba.njit(cache=True, nogil=True)
def _apply(codes: Codes, begins: Places, flat: Codes, out: Codes, at: Places) -> int:
    count = 0
    for place in range(len(codes)):
        code = codes[place]
        if code >= _HIGHEST:
            code = np.uint32(_SPACE)
        for k in range(begins[code], begins[code + 1]):
            # A space only between two words.
            if flat[k] != _SPACE or (count > 0 and out[count - 1] != _SPACE):
                out[count] = flat[k]
                at[count] = place
                count += 1
    if count and out[count - 1] == _SPACE:
        count -= 1
    return count


@cache
def _table(bare: bool) -> tuple[Places, Codes]:
    """Of each code point where its folded form begins, and all of these one after the other."""
    parts = [_of_one(chr(code), bare=bare) for code in range(_HIGHEST)]
    begins = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int32)
    return begins, codes_of("".join(parts)).copy()


def _of_one(character: str, *, bare: bool) -> str:
    if "\ud800" <= character <= "\udfff":
        return " "
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
    if bare:
        folded = unicodedata.normalize("NFKD", folded)
    return "".join(_kept(one, bare=bare) for one in folded)


def _kept(character: str, *, bare: bool) -> str:
    kind = unicodedata.category(character)
    if kind in _TYPING or character == _TATWEEL:
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if kind not in _LETTERS:
        return " "
    alike = _ALIKE.get(character, character)
    return _BARE.get(alike, alike) if bare else alike
