"""The clock, so that nothing else asks the machine what time it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def instant(value: datetime) -> str:
    """An instant as the journal and the tables write it: ISO 8601, microseconds, ``Z``."""
    if value.tzinfo is None:
        raise ValueError("an instant must say its zone")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
