"""Words that point to a vertical, in the languages people contribute in.

Promises: every vertical has words in every language. Tamazight awaits review by a native reader.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from assises.countries.ma import verticals
from assises.countries.model import pick
from assises.countries.reading import Table, read_rows, require_unique

__all__ = ["TAGS", "vertical_words"]

TAGS: Final = ("fr", "ar", "en", "ary-Arab", "ary-Latn", "zgh-Latn")
"""Tamazight is written here in Latin letters; Tifinagh is read as these."""


@cache
def vertical_words() -> dict[str, dict[str, tuple[str, ...]]]:
    """Of each vertical, by tag of the language, its words.

    ``*`` ends a word that begins others; ``_`` joins the words of a phrase.

    Raises:
        InputError: if the file names a vertical that is not, or one twice.
    """

    def make(row: Table) -> tuple[str, dict[str, tuple[str, ...]]]:
        return row.text("code"), {tag: tuple(row.text(tag).split()) for tag in TAGS}

    file = resources.files("assises.countries.ma") / "data" / "verticals_words.toml"
    rows = read_rows(file, "vertical", make)
    require_unique(file, [code for code, _ in rows])
    for code, _ in rows:
        pick(verticals(), code)
    return dict(rows)
