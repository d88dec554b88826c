"""What the fronts read of consultations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from assises.lib.errors import NotFound
from assises.rooms.consultations.models import Consultation, Phase, Vertical, VerticalMapping
from assises.rooms.consultations.opening import Doing, Opening, opening
from assises.rooms.texts.queries import Said, said


@dataclass(frozen=True, slots=True)
class Sector:
    """A vertical in the words of a page."""

    id: UUID
    short: str
    number: int
    code: str
    name: Said
    question: Said | None


@dataclass(frozen=True, slots=True)
class Edition:
    """A consultation in the words of a page."""

    row: Consultation
    title: Said
    theme: Said | None
    summary: Said | None
    host: Said | None
    patronage: Said | None
    place: Said | None
    charter: Said | None
    phases: tuple[Phase, ...]

    @property
    def id(self) -> UUID:
        """Its id."""
        return self.row.id

    def opening(self, kind: Doing, at: datetime) -> Opening:
        """Whether one may speak or vote here at an instant."""
        return opening(self.row, self.phases, kind, at)

    def running(self, at: datetime) -> set[str]:
        """The kinds of all phases under way at an instant: one may listen and vote at once."""
        return {
            p.kind
            for p in self.phases
            if p.opens_at <= at and (p.closes_at is None or at < p.closes_at)
        }

    def phase(self, at: datetime) -> Phase | None:
        """The phase under way at an instant; of two, the later begun."""
        running = [
            p for p in self.phases if p.opens_at <= at and (p.closes_at is None or at < p.closes_at)
        ]
        return max(running, key=lambda p: p.opens_at, default=None)


def editions(language: str, *, drafts: bool = False) -> list[Edition]:
    """Every consultation that is or was open (with ``drafts`` the others too), newest first."""
    rows = Consultation.objects.order_by("-starts_on", "-made_at")
    return _editions(rows if drafts else rows.exclude(state="draft"), language)


def edition(short: str, language: str, *, drafts: bool = False) -> Edition:
    """One consultation by the id of its address.

    Raises:
        NotFound: also for a draft that may not be seen.
    """
    rows = Consultation.objects.filter(short=short)
    found = _editions(rows if drafts else rows.exclude(state="draft"), language)
    if not found:
        raise NotFound("there is no such edition", next_step="Begin at the list of the editions.")
    return found[0]


def edition_of(uid: UUID, language: str) -> Edition:
    """One consultation by its id, whatever its state."""
    return _editions(Consultation.objects.filter(id=uid), language)[0]


def sectors(consultation: UUID, language: str) -> list[Sector]:
    """Its verticals, in order."""
    return _sectors(Vertical.objects.filter(consultation=consultation), language)


def sector(short: str, language: str) -> tuple[Sector, UUID]:
    """A vertical by the id of its address, and its consultation.

    Raises:
        NotFound: if there is none, or its consultation is a draft.
    """
    rows = Vertical.objects.filter(short=short).exclude(consultation__state="draft")
    found = _sectors(rows, language)
    if not found:
        raise NotFound("there is no such vertical", next_step="Begin at the list of the thirteen.")
    return found[0], rows.values_list("consultation_id", flat=True)[0]


def elsewhere(vertical: UUID, language: str) -> list[tuple[Sector, UUID, str]]:
    """What a vertical stands for in other editions: sector, its consultation, who says so.

    A draft is no edition yet.
    """
    pairs = VerticalMapping.objects.filter(Q(one=vertical) | Q(other=vertical))
    others = {(p.other_id if p.one_id == vertical else p.one_id): p.source for p in pairs}
    rows = Vertical.objects.filter(id__in=others).exclude(consultation__state="draft")
    owners = dict(rows.values_list("id", "consultation_id"))
    return [(s, owners[s.id], others[s.id]) for s in _sectors(rows, language)]


def _editions(rows: QuerySet[Consultation], language: str) -> list[Edition]:
    listed = list(rows.prefetch_related("phases"))
    names = ("title", "theme", "summary", "host", "patronage", "place", "charter")
    words = said((getattr(row, name) for row in listed for name in names), language)
    return [_edition(row, words) for row in listed]


def _edition(row: Consultation, words: dict[UUID, Said]) -> Edition:
    def find(uid: UUID | None) -> Said | None:
        return None if uid is None else words.get(uid)

    return Edition(
        row,
        words[row.title],
        find(row.theme),
        find(row.summary),
        find(row.host),
        find(row.patronage),
        find(row.place),
        find(row.charter),
        tuple(sorted(row.phases.all(), key=lambda p: p.opens_at)),
    )


def _sectors(rows: QuerySet[Vertical], language: str) -> list[Sector]:
    listed = list(rows.order_by("number"))
    words = said(_texts(listed), language)
    return [
        Sector(
            row.id,
            row.short,
            row.number,
            row.code,
            words[row.name],
            None if row.question is None else words.get(row.question),
        )
        for row in listed
    ]


def _texts(rows: Iterable[Vertical]) -> Iterable[UUID | None]:
    for row in rows:
        yield row.name
        yield row.question
