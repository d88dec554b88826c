"""What the office reads that nobody else does: drafts, what waits, what is hidden, who did what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q

from assises.lib.errors import NotFound
from assises.rooms.chain.models import Link
from assises.rooms.consultations.models import Consultation, VerticalMapping
from assises.rooms.contributions.models import WITHDRAWN, Contribution, Statement
from assises.rooms.contributions.queries import Put, Spoken
from assises.rooms.journal.models import Event, Payload, Subject
from assises.rooms.people.handles import pseudonym_of_account
from assises.rooms.people.models import Account, Mandate, Organisation
from assises.rooms.texts.models import Version
from assises.rooms.texts.queries import Said, said

Versions = Mapping[str, Version]
CAME_FROM: Final = "inspired"
"""The link from a contribution to the statement that was drawn from it."""


@dataclass
class Held:
    """How many statements and contributions there are, by what was decided of them."""

    statements: Counter[str] = field(default_factory=Counter)
    contributions: Counter[str] = field(default_factory=Counter)


def held(consultations: Collection[UUID]) -> dict[UUID, Held]:
    """The counts of each consultation, in two queries."""
    found = {uid: Held() for uid in consultations}
    statements = Statement.objects.filter(consultation__in=consultations).order_by()
    for row in statements.values("consultation", "moderation").annotate(n=Count("id")):
        found[row["consultation"]].statements[row["moderation"]] = row["n"]
    contributions = Contribution.objects.filter(consultation__in=consultations).order_by()
    for each in contributions.values("consultation", "state").annotate(n=Count("id")):
        found[each["consultation"]].contributions[each["state"]] = each["n"]
    return found


def was_done(pseudonym: str, key: str) -> bool:
    """Whether this actor's form with that key was already taken."""
    return Event.objects.filter(actor=pseudonym, key=key).exists()


def versions(texts: Iterable[UUID | None]) -> dict[UUID, Versions]:
    """The current version of each text in each language, by tag."""
    found: defaultdict[UUID, dict[str, Version]] = defaultdict(dict)
    wanted = {uid for uid in texts if uid is not None}
    for version in Version.objects.filter(text_id__in=wanted, current=True).select_related("text"):
        found[version.text_id][version.language] = version
    return dict(found)


def words_of_version(text: UUID | None, version: int) -> str:
    """What one version of a text says; nothing if there is none."""
    if text is None:
        return ""
    row = Version.objects.filter(pk=version, text_id=text).values_list("words", flat=True).first()
    return row or ""


def statement(place: Consultation, short: str, language: str) -> Put:
    """One statement of this consultation, whatever was decided of it.

    Raises:
        NotFound: there is none, or its author took it back.
    """
    rows = Statement.objects.filter(short=short, consultation=place)
    row = rows.exclude(moderation=WITHDRAWN).first()
    if row is None:
        raise NotFound("there is no such statement", next_step="Choose it in the list.")
    return Put(row, said([row.words], language)[row.words])


def decision_of(what: str, place: Consultation, uid: UUID) -> str | None:
    """Where a statement or contribution stands now; None if it is not of this consultation."""
    if what == "statement":
        rows = Statement.objects.filter(uid=uid, consultation=place)
        return rows.values_list("moderation", flat=True).first()
    contributions = Contribution.objects.filter(id=uid, consultation=place)
    return contributions.values_list("state", flat=True).first()


def contributions(
    place: Consultation,
    language: str,
    state: str,
    *,
    after: tuple[date, UUID] | None = None,
    limit: int = 20,
) -> list[Spoken]:
    """Contributions that are shown or hidden, the latest day first."""
    rows = Contribution.objects.filter(consultation=place, state=state).order_by("-said_on", "id")
    if after is not None:
        rows = rows.filter(Q(said_on__lt=after[0]) | Q(said_on=after[0], id__gt=after[1]))
    listed = list(rows[:limit])
    words = said((row.words for row in listed), language)
    return [Spoken(row, words.get(row.words)) for row in listed]


def reasons(kind: str, uids: Sequence[UUID]) -> dict[UUID, str]:
    """Why each of these was last hidden or shown, as the journal keeps it."""
    concerned = Subject.objects.filter(kind=kind, object__in=[str(uid) for uid in uids])
    by_event = dict(concerned.values_list("event_id", "object"))
    decided = Event.objects.filter(id__in=by_event, act="contributions.moderate").order_by("id")
    events = list(decided.values_list("id", flat=True))
    bodies = _bodies(events)
    return {UUID(by_event[event]): str(bodies[event].get("reason", "")) for event in events}


def numbers(consultation: UUID, uids: Iterable[UUID]) -> dict[str, int]:
    """The number of each of these statements, by its id as text."""
    rows = Statement.objects.filter(consultation=consultation, uid__in=set(uids))
    return {str(uid): number for uid, number in rows.values_list("uid", "number")}


def names(pseudonyms: Iterable[str]) -> dict[str, str]:
    """The address behind each pseudonym of someone who holds or held a role.

    The journal's pseudonym is keyed: it is found by trying the accounts of the staff, who are few.
    """
    wanted = {p for p in pseudonyms if p.startswith("account:")}
    if not wanted:
        return {}
    holders = Account.objects.filter(grants__isnull=False).distinct().values_list("id", "email")
    known = {pseudonym_of_account(uid): email for uid, email in holders}
    return {p: known[p] for p in wanted & known.keys()}


def organisation(place: UUID | None, short: str) -> Organisation:
    """One organisation of this consultation, or of the whole site.

    Raises:
        NotFound: there is none.
    """
    found = Organisation.objects.filter(short=short, consultation=place).first()
    if found is None:
        raise NotFound("there is no such body here", next_step="Choose it in the list.")
    return found


def organisation_names(uids: Iterable[UUID], language: str) -> dict[str, str]:
    """What these organisations are called, by their id as text."""
    names = dict(Organisation.objects.filter(id__in=set(uids)).values_list("id", "name"))
    words = said(names.values(), language)
    return {str(uid): words[name].words for uid, name in names.items() if name in words}


def speaking_for(uids: Iterable[UUID], on: date) -> Counter[UUID]:
    """How many may speak for each of these organisations on a day."""
    rows = Mandate.objects.filter(
        Q(until=None) | Q(until__gte=on), organisation__in=list(uids), since__lte=on
    ).order_by()
    counted = rows.values("organisation").annotate(n=Count("holder", distinct=True))
    return Counter({row["organisation"]: row["n"] for row in counted})


def ties(place: Consultation, other: Consultation) -> dict[UUID, list[VerticalMapping]]:
    """Which verticals of two editions stand for each other, by the vertical of the first."""
    rows = VerticalMapping.objects.filter(
        Q(one__consultation=place, other__consultation=other)
        | Q(one__consultation=other, other__consultation=place)
    ).select_related("one", "other")
    found: defaultdict[UUID, list[VerticalMapping]] = defaultdict(list)
    for row in rows.order_by("id"):
        mine = row.one if row.one.consultation_id == place.id else row.other
        found[mine.id].append(row)
    return dict(found)


@dataclass(frozen=True)
class Source:
    """A contribution that a statement came from, and since when that is said."""

    row: Contribution
    words: Said | None
    since: datetime
    until: datetime | None


def sources(place: Consultation, statement: UUID, language: str) -> list[Source]:
    """What a statement is or was linked to, hidden and withdrawn contributions among them."""
    links = list(
        Link.objects.filter(
            source_kind="contribution",
            target_kind="statement",
            target=statement,
            kind=CAME_FROM,
        ).order_by("since", "id")
    )
    wanted = [link.source for link in links]
    rows = Contribution.objects.filter(consultation=place, id__in=wanted).in_bulk()
    words = said((row.words for row in rows.values()), language)
    return [
        Source(
            row, words.get(row.words) if row.state != WITHDRAWN else None, link.since, link.until
        )
        for link in links
        if (row := rows.get(link.source)) is not None
    ]


def contributions_called(place: Consultation, code: str) -> list[Contribution]:
    """At most two contributions whose address begins with these letters."""
    return list(Contribution.objects.filter(consultation=place, short__startswith=code)[:2])


def reviewed_on(place: Consultation, versions: Collection[int]) -> dict[int, datetime]:
    """When each of these versions was reviewed here, as the journal keeps it."""
    wanted = set(versions)
    if not wanted:
        return {}
    done = Payload.objects.filter(
        event__stream=f"consultation:{place.id}", event__act="texts.review"
    )
    told = done.order_by("event_id").values_list("body", "event__recorded_at")
    return {
        version: at
        for body, at in told
        if isinstance(body, dict)
        for version in wanted.intersection(body.get("versions", ()))
    }


def _bodies(events: Iterable[UUID]) -> defaultdict[UUID, Any]:
    rows = Payload.objects.filter(event_id__in=list(events)).exclude(body=None)
    return defaultdict(dict, rows.values_list("event_id", "body"))
