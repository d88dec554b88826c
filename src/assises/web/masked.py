"""What a form says, with what looks like a person's data covered before anyone reads it."""

from __future__ import annotations

from assises.countries.ma.identifiers import PERSONAL
from assises.lib.masking import mask


def masked(words: str) -> str | None:
    """The words with telephone numbers, addresses and card numbers covered; None if there are none.

    The original is kept, for its author and for a moderator who finds that too much was covered.
    """
    shown = mask(words, PERSONAL)
    return None if shown == words else shown
