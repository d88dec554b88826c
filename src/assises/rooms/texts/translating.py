"""Translate what others wrote, inside an act of the room whose text it is.

The original is never touched here: people agreed with those words, or their author stands by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assises.lib.errors import Conflict
from assises.rooms.texts.models import Text
from assises.rooms.texts.writing import rewrite_in

_PAGE_LANGUAGES = {"zgh-Tfng": "zgh"}


@dataclass(frozen=True, slots=True)
class Translated:
    """One text in other languages than its own; ``field`` names it where something is wrong."""

    text: UUID
    languages: Mapping[str, str]
    longest: int
    field: str


def write_translations(one: Translated, *, author: str, at: datetime) -> list[str]:
    """New versions in the languages given; the tags that changed.

    Raises:
        Conflict: the original's own language is among them.
        Invalid: too long, or no such language.
    """
    # Locked, so that two translators do not give one number to two versions.
    original = Text.objects.select_for_update().get(id=one.text).original
    if _PAGE_LANGUAGES.get(original, original) in one.languages:
        raise Conflict(
            "these are the original words", next_step="Translate them; do not change them here."
        )
    return rewrite_in(
        one.text, one.languages, author=author, at=at, longest=one.longest, field=one.field
    )
