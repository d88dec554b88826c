"""Every act of one consultation, in words, with its place in the sealed log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from assises.fronts.office import reading
from assises.fronts.office.acts_in_words import Context, act_in_words
from assises.fronts.office.forms import zone_of
from assises.fronts.office.pages import actor_of, base_of, screen
from assises.look.pages.shapes import Entry as Shown
from assises.look.pages.shapes import Field
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.queries import Entry, latest
from assises.web.acts import names_of_acts
from assises.web.cursors import hide, show
from assises.web.forms import uuid_of
from assises.web.pages import words_in
from assises.web.routes import route_in

PAGE: Final = 50


@route_in("journal.read", kept=True)
def log(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """The newest first; of one act or of all."""
    s = words_in(language)
    acts = names_of_acts(s)
    asked = request.GET.get("act", "")
    act = asked if asked in acts else ""
    before = show(request.GET.get("before"))
    rows = latest(consultation=edition.id, act=act, before=before, limit=PAGE + 1)
    base = f"{base_of(edition, language)}log"
    return screen(
        request,
        "log",
        language,
        edition,
        entries=_entries(s, edition, rows[:PAGE], named=_may_name(request, edition)),
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


def _may_name(request: HttpRequest, edition: Consultation) -> bool:
    """Addresses of colleagues are for those who see them on the page of the roles."""
    return actor_of(request).may("people.roles", edition.id)


def _entries(s: Speech, edition: Consultation, rows: list[Entry], *, named: bool) -> list[Shown]:
    zone = zone_of(edition)
    people = {row.actor for row in rows} | {who for row in rows for who in row.subjects}
    subjects = [uid for row in rows for kind, uid in _subjects(row) if kind == "statement"]
    context = Context(
        zone,
        reading.numbers(edition.id, filter(None, map(uuid_of, subjects))),
        reading.names(people) if named else {},
    )
    return [
        Shown(
            _when(row, zone),
            act_in_words(s, row, context),
            _who(s, row.actor, context.names),
            leaf=row.leaf,
        )
        for row in rows
    ]


def _subjects(row: Entry) -> list[tuple[str, str]]:
    return [(kind, uid) for kind, _, uid in (subject.partition(":") for subject in row.subjects)]


def _when(row: Entry, zone: ZoneInfo) -> datetime:
    at = row.at.astimezone(zone)
    # Of participants to the hour: the second at which someone voted is nobody's business.
    return at if _is_staff(row.actor) else at.replace(minute=0, second=0, microsecond=0)


def _is_staff(actor: str) -> bool:
    return actor.startswith(("account:", "system:"))


def _who(s: Speech, actor: str, names: Mapping[str, str]) -> str:
    kind, _, rest = actor.partition(":")
    if kind == "account":
        return names.get(actor) or s.say("Account {code}", code=rest[:6].upper())
    return {
        "system": s.say("The software"),
        "voice": s.say("A participant"),
        "visitor": s.say("A visitor"),
    }.get(kind, s.say("Someone"))
