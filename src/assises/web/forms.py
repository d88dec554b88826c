"""Small readings of what a form sent."""

from __future__ import annotations

import secrets
from typing import Final
from uuid import UUID

from django.http import HttpRequest

_LONGEST_KEY: Final = 40
"""An act takes 80 letters: some forms are many acts, each with an id behind the form's key."""


def key_of(request: HttpRequest) -> str:
    """The idempotency key that the form was shown with; a new one if it came without."""
    key = request.POST.get("key", "")
    fits = 0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()
    return key if fits else secrets.token_hex(16)


def whole_number(text: str) -> int | None:
    """0 to 999,999,999 in ASCII digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def uuid_of(text: str) -> UUID | None:
    """A UUID as our pages write it; None for anything else."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    # It also takes braces, underscores and the digits of any script.
    return found if str(found) == text.lower() else None
