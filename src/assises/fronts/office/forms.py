"""What a form sends, read with care: days, hours in the consultation's zone, lines of text."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpRequest

from assises.countries import ma
from assises.fronts.office import reading
from assises.lib.errors import Invalid
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.permissions import Actor
from assises.web.forms import key_of

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
_MIDNIGHT: Final = time(0)
_NOT_WORDS: Final = {"key", "csrfmiddlewaretoken"}


@dataclass
class Faults:
    """What is wrong in a form, in the reader's language: by field, and as a whole."""

    fields: dict[str, str] = field(default_factory=dict)
    whole: str = ""
    status: int = 422

    def __bool__(self) -> bool:
        return bool(self.fields or self.whole)

    def take(self, other: Faults) -> None:
        """Say the same as another."""
        self.fields, self.whole, self.status = other.fields, other.whole, other.status

    def of(self, name: str) -> str | None:
        """What is wrong with one field."""
        return self.fields.get(name)


def new_key() -> str:
    """An idempotency key for one form as it is shown."""
    return secrets.token_urlsafe(16)


def typed_in(request: HttpRequest) -> dict[str, str]:
    """What a form sent, by field; of a field that came twice the last."""
    return {name: request.POST[name] for name in request.POST}


def key_with_words(request: HttpRequest) -> str:
    """The key of a form together with what it says: 64 letters at most.

    The same form sent twice is done once; the same form after a step back, with other words, is
    another act and is compared with what stands.
    """
    said = sorted((k, v) for k, v in request.POST.lists() if k not in _NOT_WORDS)
    digest = hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{key_of(request)[:24]}-{digest[:36]}"


@contextmanager
def one_at_a_time(place: Consultation, actor: Actor, key: str) -> Iterator[bool]:
    """Hold the consultation while a form is compared with what stands; whether it came before.

    Two editors, or one form sent twice, then happen one after the other, so that what was compared
    is what is overwritten.
    """
    with transaction.atomic():
        Consultation.objects.select_for_update(no_key=True).get(id=place.id)
        yield reading.was_done(actor.pseudonym, key)


def day_of(text: str) -> date | None:
    """A day as ``2026-07-01``, in the digits of any script; None where nothing is said.

    Raises:
        Invalid: if it is not a day of this century; the field is the caller's to name.
    """
    typed = _ascii_digits(text)
    if not typed:
        return None
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        raise _not("a day") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _not("a day of this century")
    return found


def hour_of(text: str) -> time | None:
    """An hour as ``09:30``; None where nothing is said.

    Raises:
        Invalid: if it is not an hour.
    """
    typed = _ascii_digits(text)
    if not typed:
        return None
    try:
        found = time.fromisoformat(typed)
    except ValueError:
        raise _not("an hour") from None
    if found.tzinfo is not None or found.second or found.microsecond:
        raise _not("an hour")
    return found


def opening(day: date, hour: time | None, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which something opens; at 0:00 if no hour is said.

    Raises:
        Invalid: for an hour that the change of clocks leaves out on that day.
    """
    return _instant(datetime.combine(day, hour or _MIDNIGHT), zone)


def closing(day: date, hour: time | None, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which something closes: 24:00 of its last day if no hour is said.

    Raises:
        Invalid: as :func:`opening`.
    """
    if hour is None:
        following = datetime.combine(day + timedelta(days=1), _MIDNIGHT, tzinfo=zone)
        return following.astimezone(UTC)
    # Of an hour that comes twice the later one: nobody is sent away early.
    return _instant(datetime.combine(day, hour), zone, fold=1)


def opening_as_typed(at: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """The day and hour of an opening as the form shows them."""
    local = at.astimezone(zone)
    return local.date().isoformat(), local.strftime("%H:%M")


def closing_as_typed(at: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """The last day and the hour as the form shows them; no hour stands for 24:00."""
    local = at.astimezone(zone)
    if local.time() == _MIDNIGHT:
        return (local.date() - timedelta(days=1)).isoformat(), ""
    return local.date().isoformat(), local.strftime("%H:%M")


def choice(given: Mapping[str, str], name: str, allowed: Mapping[str, object] | set[str]) -> str:
    """What was chosen of a list.

    Raises:
        Invalid: for anything else.
    """
    chosen = given.get(name, "")
    if chosen not in allowed:
        raise Invalid(
            "this is not one of the choices",
            next_step="Choose one of the list.",
            fields={name: "not in the list"},
        )
    return chosen


def zone_of(place: Consultation | None) -> ZoneInfo:
    """The zone in which its days begin and end; the country's for the whole site."""
    return ZoneInfo(ma.MA.time_zone if place is None else place.zone)


def moment(s: Speech, at: datetime, zone: ZoneInfo) -> str:
    """An instant as one says it where the consultation is held."""
    local = at.astimezone(zone)
    return s.say("{day}, {hour}", day=s.day(local.date()), hour=local.strftime("%H:%M"))


def closing_in_words(s: Speech, at: datetime, zone: ZoneInfo) -> str:
    """A closing as one says it: 24:00 of the last day, not 0:00 of the next."""
    day, hour = closing_as_typed(at, zone)
    return s.say("{day}, {hour}", day=s.day(date.fromisoformat(day)), hour=hour or "24:00")


def isolated(words: str) -> str:
    """Someone's words inside a sentence of ours: their direction turns nothing around them."""
    return f"\u2068{words}\u2069"


def _instant(local: datetime, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    at = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None, fold=0) != local:
        raise _not("an hour of that day")
    return at


def _not(what: str) -> Invalid:
    return Invalid(f"this is not {what}", next_step="Correct it and send it again.")


def _ascii_digits(text: str) -> str:
    """Without what surrounds it, and with the digits of any script as 0 to 9."""
    kept = unicodedata.normalize("NFKC", text[:40]).strip()
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in kept)
