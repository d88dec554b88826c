"""Figures of a moment ago: counts over everyone are not taken anew for every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar
from uuid import UUID

from django.core.cache import cache

from assises.rooms.contributions.queries import counts_by_vertical

SECONDS: Final = 15
"""How old a count on a page may be."""
_Figure = TypeVar("_Figure")


def counts_lately(consultation: UUID) -> dict[UUID | None, tuple[int, int]]:
    """Contributions and statements of each vertical."""
    return _lately("verticals", consultation, counts_by_vertical)


def _lately(name: str, consultation: UUID, count: Callable[[UUID], _Figure]) -> _Figure:
    key = f"{name}:{consultation}"
    known: _Figure | None = cache.get(key)
    if known is None:
        known = count(consultation)
        cache.set(key, known, SECONDS)
    return known
