"""Who speaks in a theme, by the colleges that people declared, and nothing told of few.

Told of themes at the top alone: what a theme and its parts leave beside each other would tell of
few. And a theme's counts move on only when ten voices have come to it or left: each contribution
stands there with its day, and whoever asked again and again would see one author's college appear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from assises.flows.themes.counting import theme_counts
from assises.formats.bundle import MISSING
from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.limits import STEP, TOLD
from assises.rooms.insights.models import CURRENT, Theme, ThemeMembership
from assises.rooms.insights.themes.reading import path_of
from assises.rooms.people.models import Voice

UNDECLARED: Final = ""
"""College of those who declared none."""


class _Member(NamedTuple):
    uid: UUID
    voice: UUID
    top: UUID
    told_in: UUID | None


def tell_colleges(place: Consultation, *, at: datetime) -> None:
    """Bring what is told up to date, for the themes of which ten voices came or left."""
    themes = {t.id: t for t in Theme.objects.filter(consultation=place, state=CURRENT)}
    tops = {uid: path_of(theme, themes)[0] for uid, theme in themes.items()}
    rows = ThemeMembership.objects.filter(theme__in=list(themes), contribution__state="public")
    members = [
        _Member(uid, voice, tops[theme].id, told_in)
        for uid, voice, theme, told_in in rows.values_list(
            "contribution_id", "contribution__voice", "theme_id", "told_in_id"
        )
        if theme is not None
    ]
    moving = _moving({top.id: top for top in tops.values()}, members)
    counts = _counted(place, {t.id: t.key for t in tops.values()}, members) if moving else {}
    for top in moving:
        mine = [one for one in members if one.top == top.id]
        top.told = {
            "college": counts.get(top.key, {}),
            "n": len({one.voice for one in mine}),
            "on": place.day_of(at).isoformat(),
        }
        ThemeMembership.objects.filter(told_in=top).update(told_in=None)
        ThemeMembership.objects.filter(contribution__in=[m.uid for m in mine]).update(told_in=top)
    Theme.objects.bulk_update(moving, ["told"])


def _moving(tops: Mapping[UUID, Theme], members: Sequence[_Member]) -> list[Theme]:
    here: defaultdict[UUID, set[UUID]] = defaultdict(set)
    told: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for one in members:
        here[one.top].add(one.voice)
        if one.told_in == one.top:
            told[one.top].add(one.voice)
    return [
        top
        for uid, top in tops.items()
        if len(here[uid]) >= TOLD
        and len(here[uid]) + int(top.told.get("n", 0)) - 2 * len(told[uid]) >= STEP
    ]


def _counted(
    place: Consultation, keys: Mapping[UUID, str], members: Sequence[_Member]
) -> dict[str, dict[str, int | None]]:
    """Of each theme at the top its voices by college; None where a count is not told."""
    college = dict(Voice.objects.filter(consultation=place.id).values_list("id", "college"))
    speaking = sorted({(keys[one.top], one.voice) for one in members})
    table = theme_counts(
        [key for key, _ in speaking],
        dict.fromkeys(keys.values(), ""),
        ["und"] * len(speaking),
        {"college": [college.get(voice, UNDECLARED) for _, voice in speaking]},
    )
    found: defaultdict[str, dict[str, int | None]] = defaultdict(dict)
    rows = zip(table["theme_id"], table["attribute"], table["value"], table["n"], strict=True)
    for key, name, value, n in rows:
        if key and name == "college":
            found[str(key)][str(value)] = None if int(n) == MISSING else int(n)
    return found
