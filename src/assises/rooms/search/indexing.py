"""Make things findable, inside the act of whichever room they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from assises.lib.folding import fold
from assises.rooms.search.models import Entry

# PostgreSQL ships dictionaries for these; Darija and Tamazight are kept word for word.
CONFIGURATIONS: Final = {"fr": "french", "ar": "arabic", "en": "english"}


@dataclass(frozen=True, slots=True)
class Found:
    """What a thing says in one language."""

    kind: str
    id: UUID
    consultation: UUID | None
    language: str
    words: str


def index(things: Iterable[Found]) -> None:
    """Make these findable; what was known of the same thing in the same language is replaced."""
    rows = [
        (
            t.kind,
            t.id,
            t.consultation,
            t.language,
            fold(t.words),
            configuration(t.language),
            t.words,
        )
        for t in things
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_entry (kind, object, consultation, language, folded, lexemes)"
            " VALUES (%s, %s, %s, %s, %s, to_tsvector(%s::regconfig, %s))"
            " ON CONFLICT (kind, object, language) DO UPDATE"
            " SET folded = excluded.folded, lexemes = excluded.lexemes",
            rows,
        )


def forget(kind: str, things: Iterable[UUID]) -> None:
    """These are no longer found, in any language."""
    Entry.objects.filter(kind=kind, object__in=list(things)).delete()


def configuration(language: str) -> str:
    """PostgreSQL's name for the dictionary of a language tag."""
    return CONFIGURATIONS.get(language, "simple")
