"""Identifiers: of content, of instants, and codes that people copy by hand."""

from __future__ import annotations

import base64
import hashlib
import secrets
import unicodedata
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from assises.lib.canonical import canonical_json

_BITS = 100
_LETTERS = _BITS // 5
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SPOKEN: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_MISREAD: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})


def content_id(kind: str, value: object) -> str:
    """``kind-`` and 20 base-32 letters (100 bits) of SHA-256 over the canonical JSON of ``value``.

    ``kind`` is part of what is hashed: the same value under two kinds has two unrelated ids.
    """
    digest = hashlib.sha256(kind.encode() + b"\0" + canonical_json(value)).digest()
    return f"{kind}-{base64.b32encode(digest).decode().lower()[:_LETTERS]}"


def slug(text: str, *, longest: int = 40) -> str:
    """A name fit for a file or an address: letters and digits of any script, joined by hyphens."""
    folded = unicodedata.normalize("NFC", text).casefold()
    marked = "".join(c if c.isalnum() or _is_vowel(c) else " " for c in folded)
    words = [word for word in marked.split() if any(map(str.isalnum, word))]
    joined = "-".join(words)[:longest].strip("-")
    return joined or "untitled"


def _is_vowel(character: str) -> bool:
    """Signs above, below or beside a letter, which belong to its word."""
    return unicodedata.category(character) in {"Mn", "Mc"}


def uuid7(at: datetime, chance: bytes | None = None) -> UUID:
    """An id that sorts by its instant (RFC 9562, version 7): milliseconds, their fraction, chance.

    48 bits of milliseconds, 12 of the fraction of one (section 6.2, method 3), 62 of chance.
    ``chance`` (10 bytes) is for builders that must give the same ids twice.
    """
    tail = int.from_bytes(secrets.token_bytes(10) if chance is None else chance, "big")
    since = at - _EPOCH
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    fraction = micros % 1000 * 4096 // 1000
    tail = tail & (1 << 64) - 1 | fraction << 64
    value = (micros // 1000 & (1 << 48) - 1) << 80 | tail
    value = value & ~(0xF << 76) | 7 << 76
    return UUID(int=value & ~(0b11 << 62) | 0b10 << 62)


def short_id(uid: UUID) -> str:
    """Ten letters that stand for an id in an address: its last 50 bits, which are chance."""
    value, letters = uid.int & (1 << 50) - 1, ""
    for _ in range(10):
        value, digit = divmod(value, 32)
        letters = _SPOKEN[digit] + letters
    return letters


def spoken_code(bits: int = 100) -> str:
    """A secret that a person can read aloud or copy by hand: groups of four letters and digits.

    Without i, l, o and u, which are misread; ``bits`` of chance, a multiple of five.
    """
    letters = "".join(secrets.choice(_SPOKEN) for _ in range(bits // 5))
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def heard_code(text: str) -> str:
    """A code as someone typed it, brought back to how it was given: O is 0, I and L are 1."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(c for c in plain.translate(_MISREAD) if c in _SPOKEN)
    return "-".join(kept[at : at + 4] for at in range(0, len(kept), 4))
