"""Every act, in words, with its place in the sealed log: of one consultation or of the site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from assises.fronts.office import reading
from assises.fronts.office.acts_in_words import Context, account_in_words, act_in_words
from assises.fronts.office.forms import zone_of
from assises.fronts.office.pages import actor_of, base_of, screen, where_of
from assises.lib.clock import now
from assises.look.pages.shapes import Entry as Shown
from assises.look.pages.shapes import Field
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.acting import OFFICIAL
from assises.rooms.journal.queries import Entry, by_participants_hourly, latest
from assises.web.acts import names_of_acts, names_of_site_acts
from assises.web.cursors import hide, show
from assises.web.forms import uuid_of
from assises.web.pages import words_in
from assises.web.routes import route, route_in

PAGE: Final = 50
HOURS: Final = 100
_WEEK: Final = timedelta(days=7)


@route_in("journal.read", kept=True)
def log(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """The newest first; of one act or of all."""
    return _log(request, language, edition, names_of_acts(words_in(language)))


@route("journal.read")
def log_of_the_site(request: HttpRequest, language: str) -> HttpResponse:
    """What was done outside of every consultation: roles for all, who entered, second factors."""
    return _log(request, language, None, names_of_site_acts(words_in(language)))


def _log(
    request: HttpRequest, language: str, place: Consultation | None, acts: Mapping[str, str]
) -> HttpResponse:
    s = words_in(language)
    asked = request.GET.get("act", "")
    act = asked if asked in acts else ""
    before = show(request.GET.get("before"))
    rows = latest(
        consultation=where_of(place),
        installation=place is None,
        act=act,
        # Theirs are counted by the hour: between two lines with a minute they would have one too.
        participants=False,
        before=before,
        limit=PAGE + 1,
    )
    base = f"{base_of(place, language)}log"
    return screen(
        request,
        "log",
        language,
        place,
        whole_site=place is None,
        entries=_entries(s, place, rows[:PAGE], named=_may_name(request, place)),
        hours=[] if place is None or before else _hours(s, place, act, acts),
        choice=Field(
            "act",
            s.say("Show only"),
            "select",
            act,
            choices=[("", s.say("Every act")), *sorted(acts.items(), key=lambda item: item[1])],
        ),
        first=base if before else None,
        after=f"{base}?act={act}&before={hide(rows[PAGE - 1].id)}" if len(rows) > PAGE else None,
    )


def _hours(
    s: Speech, place: Consultation, act: str, acts: Mapping[str, str]
) -> list[tuple[datetime, datetime, str, int]]:
    """How often participants did what, hour by hour; of the hour that runs nothing yet."""
    zone = zone_of(place)
    until = now().replace(minute=0, second=0, microsecond=0)
    counted = by_participants_hourly(place.id, until, since=until - _WEEK)
    return [
        (
            hour.astimezone(zone),
            (hour + timedelta(hours=1)).astimezone(zone),
            acts.get(name) or s.say("Another act: {act}", act=name),
            n,
        )
        for (hour, name), n in counted.items()
        if act in ("", name)
    ][:HOURS]


def _may_name(request: HttpRequest, place: Consultation | None) -> bool:
    """Addresses of colleagues are for those who see them on the page of the roles."""
    return actor_of(request).may("people.roles", where_of(place))


def _entries(
    s: Speech, place: Consultation | None, rows: list[Entry], *, named: bool
) -> list[Shown]:
    zone = zone_of(place)
    people = {row.actor for row in rows} | {who for row in rows for who in row.subjects}

    def concerned(wanted: str) -> list[UUID]:
        found = (uuid_of(uid) for row in rows for kind, uid in _subjects(row) if kind == wanted)
        return [uid for uid in found if uid is not None]

    context = Context(
        zone,
        {} if place is None else reading.numbers(place.id, concerned("statement")),
        reading.names(people) if named else {},
        reading.organisation_names(concerned("organisation"), s.language),
    )
    log_name = OFFICIAL if place is None else place.log
    return [
        Shown(
            row.at.astimezone(zone),
            act_in_words(s, row, context),
            _who(s, row.actor, context.names),
            leaf=row.leaf,
            proof=None if row.leaf is None else f"/log/{log_name}/proof/{row.leaf}",
        )
        for row in rows
    ]


def _subjects(row: Entry) -> list[tuple[str, str]]:
    return [(kind, uid) for kind, _, uid in (subject.partition(":") for subject in row.subjects)]


def _who(s: Speech, actor: str, names: Mapping[str, str]) -> str:
    kind = actor.partition(":")[0]
    if kind == "account":
        return account_in_words(s, actor, names)
    return {
        "system": s.say("The software"),
        "voice": s.say("A participant"),
        "visitor": s.say("A visitor"),
    }.get(kind, s.say("Someone"))
