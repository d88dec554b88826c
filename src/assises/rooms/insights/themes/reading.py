"""What a run of themes begins with: public contributions, and what stands already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import transaction

from assises.engines.themes.arranging import Before
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import Contribution
from assises.rooms.insights.models import ASKED, CURRENT, PERSON, Theme, ThemeMembership, Theming
from assises.rooms.texts.queries import original

UNKNOWN: Final = "und"


@dataclass(frozen=True, slots=True)
class Start:
    """Contributions as anyone may read them, in the order of their ids, and the themes so far.

    ``texts`` are the masked editions where there are any: what a theme is called is made of them.
    """

    place: Consultation
    revision: int
    ids: tuple[UUID, ...]
    texts: tuple[str, ...]
    declared: tuple[str | None, ...]
    voices: tuple[str, ...]
    before: Before | None
    asked: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Of each theme that a person wants parted, its contributions, as places in ``ids``."""


def read(place: Consultation) -> Start:
    """Everything that a run needs, from one moment."""
    with transaction.atomic():
        theming, _ = Theming.objects.get_or_create(consultation=place)
        rows = list(Contribution.objects.filter(consultation=place, state="public").order_by("id"))
        words = original(row.words for row in rows)
        rows = [row for row in rows if row.words in words]
        said = [words[row.words] for row in rows]
        themes = {t.id: t for t in Theme.objects.filter(consultation=place, state=CURRENT)}
        members = {m.contribution_id: m for m in of_place(place) if m.theme_id in themes}
    ids = tuple(row.id for row in rows)
    return Start(
        place,
        theming.revision,
        ids,
        tuple(one.words for one in said),
        tuple(None if one.language == UNKNOWN else one.language for one in said),
        tuple(row.voice.hex for row in rows),
        _before(themes, members.values(), anew=theming.anew) if themes else None,
        _asked(themes, members, ids),
    )


def of_place(place: Consultation) -> list[ThemeMembership]:
    """Where the contributions of a consultation stand, those that left too."""
    return list(ThemeMembership.objects.filter(consultation=place))


def path_of(theme: Theme, themes: Mapping[UUID, Theme]) -> list[Theme]:
    """From the top down to a theme."""
    path = [theme]
    while path[0].parent_id is not None and path[0].parent_id in themes:
        path.insert(0, themes[path[0].parent_id])
    return path


def _before(
    themes: Mapping[UUID, Theme], members: Iterable[ThemeMembership], *, anew: bool
) -> Before:
    """The earlier run as the engine is told of it, with what people made of it since."""
    ways = {uid: path_of(theme, themes) for uid, theme in themes.items()}
    paths, pinned = {}, set()
    for member in members:
        way = ways[member.theme_id]  # type: ignore[index]  # read has left out what is in none
        name = member.contribution_id.hex
        paths[name] = tuple(theme.key for theme in way)
        if member.by == PERSON or any(theme.locked for theme in way):
            pinned.add(name)
    shaped = {theme.key for theme in themes.values() if theme.locked}
    return Before(paths, shaped, pinned, anew)


def _asked(
    themes: Mapping[UUID, Theme], members: Mapping[UUID, ThemeMembership], ids: Sequence[UUID]
) -> dict[str, tuple[int, ...]]:
    wanted: dict[UUID, list[int]] = {t.id: [] for t in themes.values() if t.split == ASKED}
    for at, uid in enumerate(ids):
        member = members.get(uid)
        if member is not None and member.theme_id in wanted:
            wanted[member.theme_id].append(at)
    return {themes[uid].key: tuple(places) for uid, places in wanted.items()}
