"""When people voted, and how much each did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]

_MOST_BINS: Final = 120
_HOUR: Final = 3_600_000
_EDGES: Final = (1, 2, 4, 7, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000)


def over_time(times_ms: Int64, people: Int64) -> dict[str, Any]:
    """Casts and people by hour, day, week, month or year (UTC), the finest that reads well.

    Args:
        times_ms: when each vote was cast, milliseconds since 1970, shape (casts,).
        people: who cast it, shape (casts,).

    Returns:
        unit, first and last instant, and the bins from first to last, empty ones included.
    """
    first, last = int(times_ms.min()), int(times_ms.max())
    unit, starts = _bins(first, last)
    edges = np.array([int(s.timestamp() * 1000) for s in starts], dtype=np.int64)
    at = np.searchsorted(edges, times_ms, side="right") - 1
    casts = np.bincount(at, minlength=len(starts))
    pairs = np.unique(np.stack([at, people], axis=1), axis=0)
    voices = np.bincount(pairs[:, 0], minlength=len(starts))
    shape = "%Y-%m-%dT%H:00Z" if unit == "hour" else "%Y-%m-%d"
    return {
        "unit": unit,
        "first": _instant(first),
        "last": _instant(last),
        "bins": [
            {"start": start.strftime(shape), "casts": int(c), "people": int(p)}
            for start, c, p in zip(starts, casts, voices, strict=True)
        ],
    }


def per_person(votes: Int64) -> dict[str, Any]:
    """How many people cast how many votes.

    Args:
        votes: statements voted on by each person, shape (people,).
    """
    top = int(votes.max())
    edges = [edge for edge in _EDGES if edge <= top]
    at = np.searchsorted(edges, votes, side="right") - 1
    people = np.bincount(at, minlength=len(edges))
    ordered = np.sort(votes)
    return {
        # The lower of the two middle values: a number that someone really cast.
        "median": int(ordered[(len(ordered) - 1) // 2]),
        "most": top,
        "bins": [
            {
                "from": edge,
                "to": (edges[i + 1] - 1 if i + 1 < len(edges) else top),
                "people": int(n),
            }
            for i, (edge, n) in enumerate(zip(edges, people, strict=True))
        ],
    }


def _bins(first: int, last: int) -> tuple[str, list[datetime]]:
    begin = datetime.fromtimestamp(first // 1000, UTC)
    end = datetime.fromtimestamp(last // 1000, UTC)
    day = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    if last - first <= 72 * _HOUR:
        return "hour", _steps(begin.replace(minute=0, second=0), end, timedelta(hours=1))
    if last - first <= _MOST_BINS * 24 * _HOUR:
        return "day", _steps(day, end, timedelta(days=1))
    if last - first <= _MOST_BINS * 7 * 24 * _HOUR:
        return "week", _steps(day - timedelta(days=day.weekday()), end, timedelta(days=7))
    if (end.year - begin.year) * 12 <= _MOST_BINS:
        months = range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month)
        return "month", [datetime(m // 12, m % 12 + 1, 1, tzinfo=UTC) for m in months]
    return "year", [datetime(y, 1, 1, tzinfo=UTC) for y in range(begin.year, end.year + 1)]


def _steps(begin: datetime, end: datetime, step: timedelta) -> list[datetime]:
    return [begin + step * i for i in range((end - begin) // step + 1)]


def _instant(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
