"""Find what was said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from assises.lib.folding import fold

LONGEST: Final = 200
# Before a word PostgreSQL would take it for "without": with four dictionaries asked at once, that
# finds everything.
_WITHOUT: Final = re.compile(r"(?<!\w)-+")
_QUERY: Final = """
WITH asked AS (
    SELECT %(folded)s::text AS folded,
           websearch_to_tsquery('simple', %(words)s) || websearch_to_tsquery('french', %(words)s)
        || websearch_to_tsquery('arabic', %(words)s) || websearch_to_tsquery('english', %(words)s)
           AS query
)
SELECT e.kind, e.object, e.consultation,
       max(ts_rank(e.lexemes, asked.query) + word_similarity(asked.folded, e.folded)) AS score
FROM search_entry e, asked
WHERE (e.lexemes @@ asked.query OR asked.folded <%% e.folded)
  AND (%(consultation)s::uuid IS NULL OR e.consultation = %(consultation)s::uuid)
GROUP BY e.kind, e.object, e.consultation
ORDER BY score DESC, e.kind, e.object
LIMIT %(limit)s OFFSET %(offset)s"""


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that was found, and how well it fits (no unit; higher is nearer)."""

    kind: str
    id: UUID
    consultation: UUID | None
    score: float


def find(
    words: str, *, consultation: UUID | None = None, limit: int = 20, offset: int = 0
) -> list[Match]:
    """What matches the words, by the dictionary of any language or by nearly the same spelling.

    Only what is public is in the index. Words past 200 characters are not looked at.
    """
    asked = words[:LONGEST].replace("\x00", " ").encode("utf-8", "replace").decode()
    asked = _WITHOUT.sub(" ", asked).strip()
    folded = fold(asked)
    if not folded:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _QUERY,
            {
                "folded": folded,
                "words": asked,
                "consultation": consultation,
                "limit": limit,
                "offset": offset,
            },
        )
        return [Match(*row) for row in cursor.fetchall()]
