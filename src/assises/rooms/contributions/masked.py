"""The masked edition of what someone said, inside the act that says it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from assises.rooms.contributions.models import Contribution
from assises.rooms.search.indexing import Found, index
from assises.rooms.texts.models import Version


def show_masked(shown: Mapping[UUID, str]) -> int:
    """Show these contributions, by id, in these words; their own words are kept and not shown.

    Call it in the transaction of the act that says them, so that nobody ever reads or finds what is
    masked. Returns how many were found.
    """
    rows = list(Contribution.objects.filter(id__in=list(shown)))
    versions = Version.objects.filter(
        text_id__in=[row.words for row in rows], current=True, translates=None
    )
    by_text = {version.text_id: version for version in versions}
    for row in rows:
        by_text[row.words].shown = shown[row.id]
    Version.objects.bulk_update(by_text.values(), ["shown"])
    index(
        Found(
            "contribution", row.id, row.consultation_id, by_text[row.words].language, shown[row.id]
        )
        for row in rows
    )
    return len(rows)
