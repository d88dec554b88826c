"""Times as files write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

__all__ = ["FORM", "instant_of"]

FORM: Final = "Write times as 2025-11-03T10:22:00+01:00, or as seconds or milliseconds since 1970."

_EPOCH: Final = re.compile(r"[0-9]{9,10}|[0-9]{12,13}")
_MILLISECONDS: Final = 11
"""Digits from which a number counts milliseconds: in seconds it would be the year 5138."""
_ZONE: Final = re.compile(r" (?:UTC|GMT|Z|([+-][0-9]{2}:?[0-9]{2}))$")


def instant_of(cell: str) -> tuple[datetime, bool]:
    """The instant that a cell names, in UTC, and whether it said its zone.

    Read are ISO 8601, the same with the zone after a space (as Ruby writes it), and whole seconds
    or milliseconds since 1970. A time without a zone is taken for UTC.

    Raises:
        ValueError: for anything else; days and months written 03/11/2025 are not told apart.
    """
    if _EPOCH.fullmatch(cell):
        number = int(cell)
        seconds = number / 1000 if len(cell) >= _MILLISECONDS else number
        return datetime.fromtimestamp(seconds, UTC), True
    found = _ZONE.search(cell)
    if found:
        cell = f"{cell[: found.start()]}{found.group(1) or 'Z'}"
    if len(cell) < len("2025-11-03") or cell[4:5] != "-":
        raise ValueError(cell)
    try:
        moment = datetime.fromisoformat(cell)
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC), False
        return moment.astimezone(UTC), True
    except OverflowError:  # the first and the last day that a calendar has
        raise ValueError(cell) from None
