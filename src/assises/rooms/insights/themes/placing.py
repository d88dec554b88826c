"""From a map of themes to the rows that pages read, and to the chain; or to nothing at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from assises.engines.themes.result import ThemeMap
from assises.lib.ids import short_id, uuid7
from assises.rooms.chain.linking import Node, link, unlink_all
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import Contribution
from assises.rooms.insights.models import (
    CURRENT,
    GONE,
    PERSON,
    WHOLE,
    Theme,
    ThemeLabel,
    ThemeMembership,
    ThemeRun,
    Theming,
)
from assises.rooms.insights.themes.reading import Start, of_place
from assises.rooms.insights.themes.telling import tell_colleges
from assises.rooms.journal.acting import acting
from assises.rooms.journal.permissions import system

KEPT: Final = 20
"""Runs of which is known what they changed."""
PLACED: Final = "placed"
"""The link from a contribution to its theme."""
_BATCH: Final = 2000
_APART: Final = " · "
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Found:
    """A map, what came of the wish to part themes, and how long it took."""

    map: ThemeMap
    parts: Mapping[str, tuple[str, ...]]
    seconds: float


@dataclass(slots=True)
class _Plan:
    """What a run changes: memberships, and the ends of the links that go with them."""

    create: list[ThemeMembership] = field(default_factory=list)
    update: list[ThemeMembership] = field(default_factory=list)
    delete: list[UUID] = field(default_factory=list)
    begin: list[tuple[UUID, UUID]] = field(default_factory=list)
    end: list[tuple[UUID, UUID]] = field(default_factory=list)
    moved: int = 0


@dataclass(frozen=True, slots=True)
class _Change:
    """A run as it is written: every theme of it by key, those that are new, those that are gone."""

    place: Consultation
    of: ThemeMap
    rows: Mapping[str, Theme]
    new: tuple[Theme, ...]
    gone: tuple[Theme, ...]
    plan: _Plan

    @property
    def told(self) -> dict[str, object]:
        """What the journal and the run say of it."""
        return {
            "came": len(self.plan.create),
            "gone": [t.short for t in self.gone],
            "left": len(self.plan.delete),
            "moved": self.plan.moved,
            "new": [t.short for t in self.new],
        }

    @property
    def is_any(self) -> bool:
        """Whether anything that a page shows of themes is another than before."""
        return bool(self.new or self.gone or self.plan.create or self.plan.delete or self.plan.end)


def place_all(start: Start, found: Found, *, at: datetime) -> ThemeRun | None:
    """Write a run down, all of it or nothing.

    Returns:
        the run; None where a person has changed themes since it began: theirs stands.
    """
    with transaction.atomic():
        theming = Theming.objects.select_for_update().get(consultation=start.place)
        if theming.revision != start.revision:
            return None
        change = _change(start, found, at)
        if change.is_any:
            with acting(
                "insights.theme",
                system("insights"),
                place=start.place,
                key=uuid4().hex,
                at=at,
                payload={**change.told, "embedder": found.map.embedder, "read": len(start.ids)},
            ) as writing:
                _write(change, at=at)
                _link(change, event=writing.event, at=at)
        else:
            _write(change, at=at)
        tell_colleges(start.place, at=at)
        theming.anew = False
        theming.save(update_fields=["anew"])
        return _run(start, found, change, at)


def _change(start: Start, found: Found, at: datetime) -> _Change:
    known = {t.key: t for t in Theme.objects.filter(consultation=start.place)}
    stood = {t.key for t in known.values() if t.state == CURRENT}
    rows = _themes(start.place, found, known, at)
    return _Change(
        start.place,
        found.map,
        rows,
        tuple(t for t in rows.values() if t.key not in stood),
        tuple(known[key] for key in sorted(stood - rows.keys())),
        _plan(start, found.map, rows, at),
    )


def _themes(
    place: Consultation, found: Found, known: Mapping[str, Theme], at: datetime
) -> dict[str, Theme]:
    """The rows of the themes found, as they will be saved."""
    rows = {one.id: known.get(one.id) or _new(place, one.id, at) for one in found.map.themes}
    for one in found.map.themes:
        row = rows[one.id]
        row.level, row.by = one.level, str(one.by)
        row.parent_id = rows[one.parent].id if one.parent else None
        row.state, row.into, row.ended_on = CURRENT, None, None
    for key, parts in found.parts.items():
        if key in rows:
            rows[key].split = "" if parts else WHOLE
        for each in rows.keys() & {key, *parts} if parts else ():
            rows[each].locked = True
    return rows


def _new(place: Consultation, key: str, at: datetime) -> Theme:
    uid = uuid7(at)
    on = place.day_of(at)
    return Theme(id=uid, short=short_id(uid), consultation=place, key=key, found_on=on)


def _plan(start: Start, of: ThemeMap, rows: Mapping[str, Theme], at: datetime) -> _Plan:
    """What becomes of each contribution; whoever left while this was computed is left out."""
    plan = _Plan()
    public = set(
        Contribution.objects.filter(consultation=start.place, state="public").values_list(
            "id", flat=True
        )
    )
    before = {m.contribution_id: m for m in of_place(start.place)}
    for place, uid in enumerate(start.ids):
        if uid not in public:
            continue
        number = int(of.theme[place])
        now = ThemeMembership(
            contribution_id=uid,
            consultation=start.place,
            theme_id=rows[of.themes[number].id].id if number >= 0 else None,
            why="" if number >= 0 else str(of.why[place]),
            sure=round(float(of.sure[place]), 4),
            language=of.languages.tags[place],
            since=at,
        )
        _compare(plan, before.pop(uid, None), now)
    for member in before.values():
        plan.delete.append(member.contribution_id)
        if member.theme_id is not None:
            plan.end.append((member.contribution_id, member.theme_id))
    return plan


def _compare(plan: _Plan, was: ThemeMembership | None, now: ThemeMembership) -> None:
    if was is None:
        plan.create.append(now)
        if now.theme_id is not None:
            plan.begin.append((now.contribution_id, now.theme_id))
        return
    moved = was.theme_id != now.theme_id
    now.told_in_id = was.told_in_id
    if not moved:
        now.by, now.placed_by, now.since = was.by, was.placed_by, was.since
        if was.by == PERSON:
            now.sure = was.sure
    if moved or (was.why, was.sure, was.language) != (now.why, now.sure, now.language):
        plan.update.append(now)
    if moved:
        plan.moved += 1
        if was.theme_id is not None:
            plan.end.append((now.contribution_id, was.theme_id))
        if now.theme_id is not None:
            plan.begin.append((now.contribution_id, now.theme_id))


def _write(change: _Change, *, at: datetime) -> None:
    """Themes, then where contributions stand, then what the software calls them."""
    for theme in change.gone:
        theme.state, theme.locked, theme.ended_on = GONE, False, change.place.day_of(at)
    Theme.objects.bulk_create(
        [*change.rows.values(), *change.gone],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["parent", "level", "by", "state", "into", "ended_on", "split", "locked"],
    )
    ThemeMembership.objects.filter(contribution__in=change.plan.delete).delete()
    ThemeMembership.objects.bulk_create(
        [*change.plan.create, *change.plan.update],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["contribution"],
        update_fields=["theme", "why", "sure", "language", "by", "placed_by", "since"],
    )
    ThemeLabel.objects.filter(theme__consultation=change.place).delete()
    ThemeLabel.objects.bulk_create(_labels(change), batch_size=_BATCH)


def _labels(change: _Change) -> Iterable[ThemeLabel]:
    for one in change.of.themes:
        for place, label in enumerate(one.names):
            quote = None if label.quote is None else UUID(change.of.ids[label.quote])
            yield ThemeLabel(
                theme=change.rows[one.id],
                language=label.tag,
                words=_APART.join(term.text for term in label.terms)[:_LONGEST],
                place=place,
                quote_id=quote,
            )


def _link(change: _Change, *, event: UUID, at: datetime) -> None:
    """The chain follows: links that ended stay known."""
    unlink_all(_nodes(change.plan.end), PLACED, event=event, at=at)
    link(_nodes(change.plan.begin), PLACED, consultation=change.place.id, event=event, at=at)


def _nodes(pairs: Iterable[tuple[UUID, UUID]]) -> list[tuple[Node, Node]]:
    return [(Node("contribution", one), Node("theme", other)) for one, other in pairs]


def _run(start: Start, found: Found, change: _Change, at: datetime) -> ThemeRun:
    of = found.map
    nowhere = Counter(str(why) for why, theme in zip(of.why, of.theme, strict=True) if theme < 0)
    run = ThemeRun.objects.create(
        consultation=start.place,
        at=at,
        contributions=len(start.ids),
        classified=int((of.theme >= 0).sum()),
        unclassified=nowhere.pop("", 0),
        undecidable=dict(sorted(nowhere.items())),
        kept=of.kept,
        embedder=of.embedder[:200],
        seconds=round(found.seconds, 1),
        changes=change.told,
    )
    rows = ThemeRun.objects.filter(consultation=start.place).order_by("-at", "-id")
    rows.exclude(id__in=list(rows.values_list("id", flat=True)[:KEPT])).delete()
    return run
