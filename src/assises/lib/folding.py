"""Folding: one spelling for what people type in many, used to search and compare, never to show.

Arabic letters are folded as Arabic search engines commonly do (hamza carriers, alef, ta marbuta,
alef maqsura, marks and tatweel removed); Latin loses its accents; the digits that stand for
letters in Latin-script Darija become letters; Tifinagh becomes Latin by the official 33-letter
table of the IRCAM, which can be undone.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LETTERS: Final = {
    "ⴰ": "a", "ⴱ": "b", "ⴳ": "g", "ⴷ": "d", "ⴹ": "ḍ", "ⴻ": "e", "ⴼ": "f", "ⴽ": "k",
    "ⵀ": "h", "ⵃ": "ḥ", "ⵄ": "ɛ", "ⵅ": "x", "ⵇ": "q", "ⵉ": "i", "ⵊ": "j", "ⵍ": "l",
    "ⵎ": "m", "ⵏ": "n", "ⵓ": "u", "ⵔ": "r", "ⵕ": "ṛ", "ⵖ": "ɣ", "ⵙ": "s", "ⵚ": "ṣ",
    "ⵛ": "c", "ⵜ": "t", "ⵟ": "ṭ", "ⵡ": "w", "ⵢ": "y", "ⵣ": "z", "ⵥ": "ẓ", "ⵯ": "ʷ",
}  # fmt: skip
_TO_LATIN: Final = str.maketrans(_LETTERS)
_TO_TIFINAGH: Final = str.maketrans({latin: letter for letter, latin in _LETTERS.items()})

_ARABIC: Final = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ئ": "ي", "ء": None,
        "ة": "ه", "ى": "ي", "ـ": None, "ڭ": "ك", "گ": "ك", "ڤ": "ف", "پ": "ب",
    }
)  # fmt: skip

# Moroccan use; the letter is what the same people write when they avoid the digit.
_ARABIZI: Final = {"2": "", "3": "a", "5": "kh", "6": "t", "7": "h", "8": "h", "9": "q"}
_ARABIZI_WORD: Final = re.compile(
    r"(?<![^\W_])(?=[^\W_]*[a-z])(?=[^\W_]*[2356789])[a-z2356789]+(?![^\W_])"
)

_LATIN_EXTRA: Final = str.maketrans({"ɛ": "a", "ɣ": "gh", "œ": "oe", "æ": "ae", "ʷ": "w", "’": "'"})
_SPACES: Final = re.compile(r"\s+")


def tifinagh_to_latin(text: str) -> str:
    """Every Tifinagh letter of the IRCAM alphabet in its Latin letter; the rest is left alone."""
    return text.translate(_TO_LATIN)


def latin_to_tifinagh(text: str) -> str:
    """The inverse of :func:`tifinagh_to_latin` for lower-case text in the Latin Amazigh alphabet.

    Letters that this alphabet does not have (``o``, ``p``, ``v``) are left alone.
    """
    return unicodedata.normalize("NFC", text).translate(_TO_TIFINAGH)


def fold(text: str) -> str:
    """One spelling for the many ways of writing the same words; folding twice changes nothing.

    The length changes: positions in the result say nothing about positions in ``text``.
    """
    folded = tifinagh_to_latin(unicodedata.normalize("NFKC", text).casefold())
    folded = _without_marks(folded.translate(_ARABIC)).translate(_LATIN_EXTRA)
    folded = "".join(_ascii_digit(character) for character in folded)
    folded = _ARABIZI_WORD.sub(_arabizi_letters, folded)
    return _SPACES.sub(" ", folded).strip()


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(c for c in decomposed if unicodedata.category(c) not in {"Mn", "Cf", "Me"})
    # Decomposing sets hamza apart as a mark and takes ي and و back out of ئ and ؤ.
    return unicodedata.normalize("NFC", bare).casefold()


def _ascii_digit(character: str) -> str:
    if character.isascii() or not character.isdecimal():
        return character
    return str(unicodedata.decimal(character))


def _arabizi_letters(match: re.Match[str]) -> str:
    return "".join(_ARABIZI.get(character, character) for character in match.group())
