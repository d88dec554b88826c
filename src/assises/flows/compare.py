"""Two nested results, held against each other figure by figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from assises.lib.canonical import PUBLISHED_DIGITS

CLOSE: Final = 1.5 * 10.0**-PUBLISHED_DIGITS
"""Numbers that differ by no more are the same at the published precision."""


def compare(path: str, a: Any, b: Any, close: float = CLOSE) -> Iterator[str]:
    """One item for each figure: empty where it holds, else what does not.

    Args:
        path: what stands before the name of a figure.
        a: as it was published.
        b: as it was computed again.
        close: numbers that differ by no more are the same.
    """
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            if key not in a or key not in b:
                yield f"{path}{key} is {'not published' if key not in a else 'not found again'}"
            else:
                yield from compare(f"{path}{key}.", a[key], b[key], close)
    elif isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            yield f"{path[:-1]}: published {len(a)} entries, recomputed {len(b)}"
        for at, (x, y) in enumerate(zip(a, b, strict=False)):
            yield from compare(f"{path}{at}.", x, y, close)
    elif isinstance(a, float) or isinstance(b, float):
        same = _is_number(a) and _is_number(b) and abs(a - b) <= close
        yield "" if same else f"{path[:-1]}: published {a}, recomputed {b}"
    else:
        yield "" if a == b else f"{path[:-1]}: published {a}, recomputed {b}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
