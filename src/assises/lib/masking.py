"""Masking: the public edition of a text in which someone left a number or an address.

The original is kept elsewhere; what is masked is shape, not meaning: a name cannot be found so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

MARK: Final = "▮▮▮"
"""Stands for what is masked, in any language and in either direction."""

# Each begins where no letter of it stands before: a long word without @ is read once, not at
# every letter anew.
EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
INTERNATIONAL_PHONE: Final = re.compile(
    r"(?<![\w+])(?:\+|00)[1-9](?:[ .\u00a0\u202f-]?\d){7,14}(?!\d)"
)
ANYWHERE: Final = (EMAIL, INTERNATIONAL_PHONE)
"""Shapes that are personal data in every country."""


def mask(text: str, patterns: Iterable[re.Pattern[str]] = ()) -> str:
    """``text`` with every match of ``patterns`` and of :data:`ANYWHERE` replaced by a mark.

    Args:
        patterns: a country's own shapes. They see the digits of every script as 0 to 9.
    """
    seen = "".join(_ascii_digit(character) for character in text)
    spans = sorted(
        found.span() for pattern in (*ANYWHERE, *patterns) for found in pattern.finditer(seen)
    )
    kept, end = [], 0
    for start, stop in spans:
        if start >= end:
            kept += [text[end:start], MARK]
        end = max(end, stop)
    return "".join(kept) + text[end:]


def _ascii_digit(character: str) -> str:
    """One character for one, so that what is found here stands at the same place there."""
    if character.isascii() or not character.isdecimal():
        return character
    return str(unicodedata.decimal(character))
