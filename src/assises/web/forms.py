"""Small readings of what a form sent."""

from __future__ import annotations

import secrets
from typing import Final
from uuid import UUID

from django.http import HttpRequest

_LONGEST_KEY: Final = 64


def key_of(request: HttpRequest) -> str:
    """The idempotency key that the form was shown with; a new one if it came without."""
    key = request.POST.get("key", "")
    fits = 0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()
    return key if fits else secrets.token_hex()


def whole_number(text: str) -> int | None:
    """0 to 999,999,999 in ASCII digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def uuid_of(text: str) -> UUID | None:
    """A UUID; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
