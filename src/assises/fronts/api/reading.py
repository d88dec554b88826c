"""What the API reads that nobody else does: words in every language, many texts at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import cast
from uuid import UUID

from assises.fronts.api.shapes import Direction, Tag, Text, Translation
from assises.rooms.consultations.models import Consultation, Vertical
from assises.rooms.texts.models import Version
from assises.rooms.texts.queries import is_reviewed

_RIGHT_TO_LEFT = frozenset({"ar", "ary-Arab"})


def texts(uids: Iterable[UUID | None]) -> dict[UUID, Text]:
    """What each text says now, in every language it has; withdrawn ones are left out. One query."""
    wanted = {uid for uid in uids if uid is not None}
    rows = Version.objects.filter(text_id__in=wanted, current=True).exclude(state="withdrawn")
    found: defaultdict[UUID, list[Version]] = defaultdict(list)
    for row in rows.order_by("id"):
        found[row.text_id].append(row)
    return {uid: _text(versions) for uid, versions in found.items()}


def verticals(place: Consultation) -> list[Vertical]:
    """The sectors of an edition, in order."""
    return list(Vertical.objects.filter(consultation=place).order_by("number"))


def shorts(place: Consultation) -> Mapping[UUID | None, str]:
    """The short id of each vertical of an edition, by its id."""
    rows = Vertical.objects.filter(consultation=place).values_list("id", "short")
    return dict(rows)


def _text(versions: list[Version]) -> Text:
    original = next((v for v in versions if v.translates_id is None), versions[0])
    return Text(
        language=cast("Tag", original.language),
        direction=_direction(original),
        words=_shown(original),
        translations={
            v.language: Translation(
                words=_shown(v), direction=_direction(v), reviewed=is_reviewed(v)
            )
            for v in versions
            if v is not original
        },
    )


def _shown(version: Version) -> str:
    """Its masked edition, where one was made."""
    return version.words if version.shown is None else version.shown


def _direction(version: Version) -> Direction:
    return "rtl" if version.language in _RIGHT_TO_LEFT else "ltr"
