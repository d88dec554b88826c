"""What was done in an edition: its journal, what was refused and why, which results were shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from assises.fronts.portal.wording import FEWEST, edition_url, statement_url
from assises.lib.clock import now
from assises.lib.errors import NotFound
from assises.look.pages.shapes import Entry as Line
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import edition_of
from assises.rooms.contributions.models import Statement
from assises.rooms.contributions.queries import Put, statements, statements_by_uid
from assises.rooms.insights.computing import counts_of
from assises.rooms.insights.queries import published
from assises.rooms.journal.queries import (
    Entry,
    by_participants,
    by_participants_hourly,
    for_demonstration,
    last_about,
    latest,
)
from assises.web.acts import kind_of_actor, names_of_acts
from assises.web.cursors import hide, show
from assises.web.forms import uuid_of, whole_number
from assises.web.pages import page, words_in
from assises.web.routes import route_in
from assises.web.told import DECIDED, public_reason, words_are_told

PAGE: Final = 50
LISTED: Final = 20
HOURS: Final = 24
"""Hours with acts of participants that the page tells one by one."""
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Hour:
    """How much participants did in one hour; None where it is fewer than ten acts."""

    first: datetime
    last: datetime
    acts: int | None


@dataclass(frozen=True)
class Refused:
    """A statement that is not shown, and why."""

    put: Put
    told: bool
    reason: str
    proposed: bool
    on: datetime | None
    leaf: int | None
    proof: str | None


@route_in("consultations.read")
def journal(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """What offices and the software did, line by line; how much participants did, by the hour."""
    s = words_in(language)
    names = names_of_acts(s)
    before = show(request.GET.get("before"))
    rows = latest(
        consultation=edition.id,
        participants=False,
        demonstration=False,
        before=before,
        limit=PAGE + 1,
    )
    hour, zone = now().replace(minute=0, second=0, microsecond=0), ZoneInfo(edition.zone)
    base = edition_url(edition_of(edition.id, language), language)
    return page(
        request,
        "journal.html.j2",
        language,
        place=edition,
        current="check",
        base=base,
        entries=_lines(s, edition, rows[:PAGE], base),
        zone=edition.zone,
        hours=[] if before else _hours(edition, hour, zone),
        this_hour=hour.astimezone(zone),
        participants=[]
        if before
        else [
            (names.get(act, act), n if n >= FEWEST else None)
            for act, n in by_participants(edition.id, hour).items()
        ],
        tried=0 if before else for_demonstration(edition.id),
        after=f"{base}journal?before={hide(rows[PAGE - 1].id)}" if len(rows) > PAGE else None,
    )


@route_in("consultations.read")
def refused(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """Every statement that a person refused, with the reason."""
    after = whole_number(request.GET.get("after", ""))
    rows = statements(
        edition.id,
        language,
        moderation="refused",
        after=-1 if after is None else after,
        limit=LISTED + 1,
    )
    shown = rows[:LISTED]
    base = edition_url(edition_of(edition.id, language), language)
    return page(
        request,
        "refused_list.html.j2",
        language,
        place=edition,
        base=base,
        refused=_refused(edition, shown),
        after=f"{base}refused?after={shown[-1].row.number}" if len(rows) > LISTED else None,
    )


@route_in("insights.read")
def counts(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:  # noqa: ARG001
    """The counts that everyone sees, as they were sealed: the hash of these bytes is in the log."""
    snapshot = published(edition.id)
    file = None if snapshot is None else counts_of(edition.id, snapshot.last_cast)
    if snapshot is None or file is None or not file.exists():
        raise NotFound("no results are shown yet", next_step="Come back when some are.")
    response = HttpResponse(file.read_bytes(), content_type="application/json")
    name = f"{'simulation-' if edition.simulated else ''}{edition.short}-{snapshot.id}.counts.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _hours(edition: Consultation, until: datetime, zone: ZoneInfo) -> list[Hour]:
    counted: defaultdict[datetime, int] = defaultdict(int)
    for (hour, _), n in by_participants_hourly(edition.id, until, since=until - _WEEK).items():
        counted[hour] += n
    return [
        Hour(
            hour.astimezone(zone),
            (hour + timedelta(hours=1)).astimezone(zone),
            n if n >= FEWEST else None,
        )
        for hour, n in list(counted.items())[:HOURS]
    ]


def _lines(s: Speech, edition: Consultation, rows: list[Entry], base: str) -> list[Line]:
    names, zone = names_of_acts(s), ZoneInfo(edition.zone)
    decided = _decisions(s, rows, base)
    return [
        Line(
            # To the hour, as everything here.
            row.at.astimezone(zone).replace(minute=0, second=0, microsecond=0),
            decided[row.id][0] if row.id in decided else names.get(row.act, row.act),
            kind_of_actor(s, row.actor),
            url=decided[row.id][1] if row.id in decided else _leads_to(row, base),
            leaf=row.leaf,
            proof=None if row.leaf is None else f"/log/{edition.log}/proof/{row.leaf}",
        )
        for row in rows
    ]


def _leads_to(row: Entry, base: str) -> str | None:
    return f"{base}opinion" if row.act == "insights.publish" else None


def _decisions(s: Speech, rows: Iterable[Entry], base: str) -> dict[UUID, tuple[str, str | None]]:
    """What was decided on statements and contributions, and where that stands."""
    decided = [row for row in rows if row.act == DECIDED and isinstance(row.payload, dict)]
    uids = [uid for row in decided if (uid := uuid_of(_subject(row)[1])) is not None]
    found = {row.uid: row for row in Statement.objects.filter(uid__in=uids)}
    shown = statements_by_uid(uids, s.language)
    return {row.id: _decision(s, row, found, shown, base) for row in decided}


def _decision(
    s: Speech,
    row: Entry,
    found: Mapping[UUID, Statement],
    shown: Mapping[UUID, Put],
    base: str,
) -> tuple[str, str | None]:
    kind, uid = _subject(row)
    accepted = row.payload.get("decision") == "accept"
    if kind == "contribution":
        # Its reason is told to its author alone.
        said = s.say("A contribution is shown again.") if accepted else None
        return said or s.say("A contribution was hidden."), None
    statement = found.get(UUID(uid))
    if statement is None or statement.moderation == "withdrawn":
        return s.say("A statement that its author has withdrawn since was decided upon."), None
    n = s.number(statement.number)
    if accepted:
        put = shown.get(statement.uid)
        url = None if put is None else statement_url(put, s.language)
        return s.say("Statement {n} was accepted.", n=n), url
    reason = public_reason(str(row.payload.get("reason", "")))
    url = f"{base}refused?after={statement.number - 1}#s-{statement.short}"
    told = s.say("Statement {n} was refused: {reason}", n=n, reason=reason)
    return told, url if statement.moderation == "refused" else None


def _refused(edition: Consultation, rows: list[Put]) -> list[Refused]:
    decided = last_about("statement", [put.row.uid for put in rows], DECIDED)
    zone, found = ZoneInfo(edition.zone), []
    for put in rows:
        event = decided.get(str(put.row.uid))
        leaf = None if event is None else event.leaf
        found.append(
            Refused(
                put,
                words_are_told(put.row),
                public_reason(put.row.reason),
                put.row.voice is not None,
                None if event is None else event.at.astimezone(zone),
                leaf,
                None if leaf is None else f"/log/{edition.log}/proof/{leaf}",
            )
        )
    return found


def _subject(row: Entry) -> tuple[str, str]:
    kind, _, uid = (row.subjects or [""])[0].partition(":")
    return kind, uid
