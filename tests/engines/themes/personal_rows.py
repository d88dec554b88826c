"""Texts with personal data marked in them, and texts that only look so: all invented.

``personal_find.csv`` and ``personal_leave.csv`` were written before the code, and half of them (b)
was not run until it stood; ``personal_third.csv`` was written after it, to be hard.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MARK = re.compile(r"\{(\w+):([^{}]+)\}")


@dataclass(frozen=True)
class Row:
    tag: str
    half: str
    text: str
    marked: tuple[tuple[str, int, int], ...]


def rows(name: str) -> Iterator[Row]:
    with (Path(__file__).parent / f"personal_{name}.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        for row in csv.DictReader(file):
            text, marked, at = "", [], 0
            for found in _MARK.finditer(row["text"]):
                text += row["text"][at : found.start()]
                marked.append((found[1], len(text), len(text) + len(found[2])))
                text += found[2]
                at = found.end()
            yield Row(row["tag"], row["half"], text + row["text"][at:], tuple(marked))
