"""Identifiers that depend on content alone, so that the same thing has the same name everywhere."""

from __future__ import annotations

import base64
import hashlib
import unicodedata

from assises.lib.canonical import canonical_json

_BITS = 100
_LETTERS = _BITS // 5


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
