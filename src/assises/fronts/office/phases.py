"""From when to when one may listen, vote, deliberate, follow: days and hours of the place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from assises.fronts.office import wording
from assises.fronts.office.faults import faults_of, reason
from assises.fronts.office.forms import (
    Faults,
    closing,
    closing_as_typed,
    closing_in_words,
    day_of,
    hour_of,
    key_with_words,
    moment,
    one_at_a_time,
    opening,
    opening_as_typed,
    typed_in,
    zone_of,
)
from assises.fronts.office.pages import actor_of, base_of, done, screen
from assises.lib.clock import now
from assises.lib.errors import ActError, Invalid
from assises.look.pages.shapes import Field
from assises.look.speech import Speech
from assises.rooms.consultations.acts.schedule import Span, schedule
from assises.rooms.consultations.models import PHASES, Consultation, Phase
from assises.web.pages import words_in
from assises.web.routes import route_in

PARTS = ("opens", "opens_hour", "closes", "closes_hour")
Typed = dict[str, str]
Read = TypeVar("Read")


@dataclass(frozen=True)
class Stretch:
    """One phase of the form: its name, what people do in it, its four fields."""

    kind: str
    name: str
    help: str
    fields: Mapping[str, Field]
    fault: str


@route_in("consultations.schedule", methods="GET POST", kept=True)
def phases(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """Set the phases; a phase closes at 24:00 of its last day unless an hour is given."""
    s, zone = words_in(language), zone_of(edition)
    posted = typed_in(request) if request.method == "POST" else None
    faults = Faults()
    if posted is not None:
        actor, key = actor_of(request), key_with_words(request)
        with one_at_a_time(edition, actor, key) as repeated:
            code = "saved" if repeated else _save(s, request, edition, posted, faults)
        if code:
            return done(f"{base_of(edition, language)}phases", code)
    stands = _standing(edition, zone)
    return screen(
        request,
        "phases",
        language,
        edition,
        faults=faults,
        stretches=_stretches(s, posted or stands, faults),
        zone=edition.zone,
        seen=_mark(stands),
    )


def _save(
    s: Speech,
    request: HttpRequest,
    edition: Consultation,
    posted: Typed,
    faults: Faults,
) -> str:
    zone = zone_of(edition)
    stands = _standing(edition, zone)
    if _same(posted, stands):
        return "same"
    if posted.get("seen") != _mark(stands):
        faults.status = 409
        faults.whole = s.say(
            "Nothing was saved: someone else set the phases meanwhile. They are now: {phases}. "
            "Correct what you typed and save again.",
            phases=_in_words(s, edition) or s.say("none"),
        )
        return ""
    spans = _spans(s, edition, posted, stands, faults)
    if faults:
        return ""
    try:
        schedule(actor_of(request), edition, spans, key=key_with_words(request), at=now())
    except ActError as error:
        faults.take(faults_of(s, error, PHASES))
        return ""
    return "saved"


def _spans(
    s: Speech, edition: Consultation, posted: Typed, stands: Typed, faults: Faults
) -> dict[str, Span]:
    zone = zone_of(edition)
    known = {phase.kind: phase for phase in Phase.objects.filter(consultation=edition)}
    spans: dict[str, Span] = {}
    for kind in PHASES:
        names = [f"{kind}_{part}" for part in PARTS]
        if kind in known and all(posted.get(n, "") == stands.get(n, "") for n in names):
            # Untouched: the form shows minutes, an instant may have been set to the second.
            spans[kind] = known[kind].opens_at, known[kind].closes_at
            continue
        span = _span(s, kind, posted, zone, faults)
        if span is not None:
            spans[kind] = span
    return spans


def _span(s: Speech, kind: str, posted: Typed, zone: ZoneInfo, faults: Faults) -> Span | None:
    """What was typed of one phase; None where nothing was, or something is wrong with it."""
    before = len(faults.fields)

    def read(part: str, reader: Callable[[str], Read]) -> Read | None:
        return _collect(
            s, f"{kind}_{part}", faults, lambda: reader(posted.get(f"{kind}_{part}", ""))
        )

    first, last = read("opens", day_of), read("closes", day_of)
    opens_hour, closes_hour = read("opens_hour", hour_of), read("closes_hour", hour_of)
    if len(faults.fields) > before:
        return None
    if first is None or (last is None and closes_hour is not None):
        _ask_for_day(s, kind, first is None, bool(last or opens_hour or closes_hour), faults)
        return None
    opens = _collect(s, f"{kind}_opens_hour", faults, lambda: opening(first, opens_hour, zone))
    if opens is None or last is None:
        return None if opens is None else (opens, None)
    closes = _collect(s, f"{kind}_closes_hour", faults, lambda: closing(last, closes_hour, zone))
    return None if closes is None else (opens, closes)


def _ask_for_day(s: Speech, kind: str, opens: bool, said: bool, faults: Faults) -> None:
    if opens and said:
        faults.fields[f"{kind}_opens"] = s.say("On which day does it open?")
    elif not opens:
        faults.fields[f"{kind}_closes"] = s.say("On which day does it close?")


def _collect(s: Speech, name: str, faults: Faults, read: Callable[[], Read]) -> Read | None:
    try:
        return read()
    except Invalid as error:
        faults.fields[name] = reason(s, error.problem)
        return None


def _standing(edition: Consultation, zone: ZoneInfo) -> Typed:
    """The phases as they stand, as the form shows them."""
    found: Typed = {}
    for phase in Phase.objects.filter(consultation=edition):
        shown = (*opening_as_typed(phase.opens_at, zone), "", "")
        if phase.closes_at is not None:
            shown = (*shown[:2], *closing_as_typed(phase.closes_at, zone))
        found |= {f"{phase.kind}_{part}": text for part, text in zip(PARTS, shown, strict=True)}
    return found


def _same(posted: Typed, stands: Typed) -> bool:
    names = [f"{kind}_{part}" for kind in PHASES for part in PARTS]
    return all(posted.get(name, "").strip() == stands.get(name, "") for name in names)


def _mark(stands: Typed) -> str:
    """What was shown, in a few letters; it comes back with the form."""
    return hashlib.sha256(repr(sorted(stands.items())).encode()).hexdigest()[:16]


def _in_words(s: Speech, edition: Consultation) -> str:
    zone, names = zone_of(edition), wording.phase_names(s)
    said = []
    for phase in Phase.objects.filter(consultation=edition).order_by("opens_at"):
        first = moment(s, phase.opens_at, zone)
        said.append(
            s.say("{phase} from {first}", phase=names[phase.kind], first=first)
            if phase.closes_at is None
            else s.say(
                "{phase} from {first} to {last}",
                phase=names[phase.kind],
                first=first,
                last=closing_in_words(s, phase.closes_at, zone),
            )
        )
    return s.say("; ").join(said)


def _stretches(s: Speech, typed: Typed, faults: Faults) -> list[Stretch]:
    names, helps = wording.phase_names(s), wording.phase_helps(s)
    labels = {
        "opens": (s.say("First day"), "date"),
        "opens_hour": (s.say("From (0:00 if left empty)"), "time"),
        "closes": (s.say("Last day"), "date"),
        "closes_hour": (s.say("Until (24:00 if left empty)"), "time"),
    }
    return [
        Stretch(
            kind,
            names[kind],
            helps[kind],
            {
                part: Field(
                    f"{kind}_{part}",
                    label,
                    type_,
                    typed.get(f"{kind}_{part}", ""),
                    error=faults.of(f"{kind}_{part}"),
                )
                for part, (label, type_) in labels.items()
            },
            faults.of(kind) or "",
        )
        for kind in PHASES
    ]
