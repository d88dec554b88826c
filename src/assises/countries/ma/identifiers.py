"""Shapes of Moroccan identifiers, to be masked in what is published: wide on purpose.

They are shapes and not rules: a sum of money that looks like a card number is masked too, which
costs less than a card number that is not.
"""

from __future__ import annotations

import re
from typing import Final

_GAP: Final = "[ .\u00a0\u202f-]?"

PHONE: Final = re.compile(
    rf"(?<![\d+])(?:(?:\+|00)212{_GAP}(?:\(0\){_GAP})?|0)[5-8](?:{_GAP}\d){{8}}(?!\d)"
)
"""Ten digits from 05 to 08, or the same behind +212."""

CARD: Final = re.compile(r"(?<![^\W_])(?!dh|MAD)[A-Z]{1,2}\d{5,6}(?![^\W_])", re.IGNORECASE)
"""A national identity card: one or two letters and five or six digits; not dirhams."""

PERSONAL: Final = (PHONE, CARD)
