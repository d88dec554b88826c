"""A person decides what is shown: statements that wait, contributions that are hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from assises.fronts.office import cells, reading, wording
from assises.fronts.office.faults import faults_of
from assises.fronts.office.forms import Faults, key_with_words, one_at_a_time
from assises.fronts.office.pages import Shelf, actor_of, base_of, done, screen
from assises.lib.clock import now
from assises.lib.errors import ActError, Conflict, Invalid, NotFound
from assises.look.pages.shapes import Text
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.moderate import hide_contribution, moderate_statement
from assises.rooms.contributions.queries import Put, Spoken
from assises.rooms.contributions.queries import statements as listed
from assises.rooms.texts.queries import Said, original
from assises.web.forms import uuid_of, whole_number
from assises.web.pages import words_in
from assises.web.routes import route_in

PAGE: Final = 20
STATEMENTS: Final = ("waiting", "accepted", "refused")
CONTRIBUTIONS: Final = ("public", "hidden")
_DECIDED: Final = "someone else decided"


@dataclass(frozen=True)
class Case:
    """Something to decide upon, as the page shows it.

    Attributes:
        what: ``statement`` or ``contribution``.
        stands: what was decided of it; comes back with the form.
        fault: what is wrong with the form that was sent for it.
    """

    what: str
    uid: UUID
    name: str
    text: Text | None
    stands: str
    source: str
    reason: str = ""
    fault: str = ""
    typed: str = ""


@route_in("contributions.moderate", methods="GET POST", kept=True)
def moderation(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """What waits first; every refusal and hiding has a reason that can be read."""
    s = words_in(language)
    which = _which(request)
    base = f"{base_of(edition, language)}moderation"
    faults = Faults()
    if request.method == "POST":
        try:
            code = _decide(request, edition)
            return done(f"{base}?list={which}", code)
        except ActError as error:
            faults = _faults(s, edition, request, error)
    counts = reading.held([edition.id])[edition.id]
    cases, after = _cases(s, edition, which, request.GET.get("after", ""))
    return screen(
        request,
        "moderation",
        language,
        edition,
        faults=faults,
        shelves=[
            Shelf(code, _shelf_name(s, code), n, f"{base}?list={code}")
            for code, n in (
                *((code, counts.statements[code]) for code in STATEMENTS),
                *((code, counts.contributions[code]) for code in CONTRIBUTIONS),
            )
        ],
        which=which,
        cases=[_with_typed(case, request, faults) for case in cases],
        after=f"{base}?list={which}&after={after}" if after else None,
        here=f"{base}?list={which}",
    )


def _decide(request: HttpRequest, edition: Consultation) -> str:
    what, decision = request.POST.get("what", ""), request.POST.get("decision", "")
    uid = uuid_of(request.POST.get("id", ""))
    if uid is None or what not in ("statement", "contribution"):
        raise NotFound("there is no such statement", next_step="Reload the list.")
    actor, key = actor_of(request), key_with_words(request)
    act = moderate_statement if what == "statement" else hide_contribution
    with one_at_a_time(edition, actor, key) as repeated:
        stands = reading.decision_of(what, edition, uid)
        if stands is not None and not repeated and stands != request.POST.get("seen"):
            raise Conflict(_DECIDED, next_step="Look at it again.")
        act(
            actor,
            edition,
            uid,
            decision=decision,
            reason=cells.tidy(request.POST.get("reason", "")),
            key=key,
            at=now(),
        )
    if what == "statement":
        return "accepted" if decision == "accept" else "refused"
    return "shown" if decision == "accept" else "hidden"


def _faults(s: Speech, edition: Consultation, request: HttpRequest, error: ActError) -> Faults:
    if error.problem == _DECIDED:
        uid = uuid_of(request.POST.get("id", ""))
        stands = uid and reading.decision_of(request.POST.get("what", ""), edition, uid)
        says = s.say(
            "Someone else decided meanwhile: it is now “{decision}”. Nothing was changed.",
            decision=wording.decision_name(s, stands) if stands else "",
        )
        return Faults(whole=says, status=error.status)
    if isinstance(error, Invalid) and "reason" in error.fields:
        return faults_of(s, error, ["reason"])
    return faults_of(s, error)


def _which(request: HttpRequest) -> str:
    asked = request.GET.get("list", "")
    return asked if asked in (*STATEMENTS, *CONTRIBUTIONS) else "waiting"


def _shelf_name(s: Speech, code: str) -> str:
    return {
        "waiting": s.say("Statements that wait"),
        "accepted": s.say("Statements accepted"),
        "refused": s.say("Statements refused"),
        "public": s.say("Contributions shown"),
        "hidden": s.say("Contributions hidden"),
    }[code]


def _cases(s: Speech, edition: Consultation, which: str, after: str) -> tuple[list[Case], str]:
    """A page of what is to be decided upon, and where the next one begins."""
    if which in STATEMENTS:
        number = whole_number(after)
        rows = listed(
            edition.id,
            s.language,
            moderation=which,
            after=-1 if number is None else number,
            limit=PAGE + 1,
        )
        return _statements(s, rows[:PAGE]), str(rows[PAGE - 1].row.number) if len(
            rows
        ) > PAGE else ""
    spoken = reading.contributions(edition, s.language, which, after=_cursor(after), limit=PAGE + 1)
    last = spoken[PAGE - 1].row if len(spoken) > PAGE else None
    following = f"{last.said_on.isoformat()}_{last.id}" if last else ""
    return _contributions(s, spoken[:PAGE]), following


def _statements(s: Speech, rows: list[Put]) -> list[Case]:
    first = original(put.row.words for put in rows)
    return [
        Case(
            "statement",
            put.row.uid,
            s.say("Statement {n}", n=s.number(put.row.number)),
            _text(first.get(put.row.words), put.words),
            put.row.moderation,
            s.say("Proposed by a participant") if put.row.voice else s.say("From the secretariat"),
            put.row.reason,
        )
        for put in rows
    ]


def _contributions(s: Speech, rows: list[Spoken]) -> list[Case]:
    first = original(spoken.row.words for spoken in rows)
    why = reading.reasons("contribution", [spoken.row.id for spoken in rows])
    return [
        Case(
            "contribution",
            spoken.row.id,
            s.say("Contribution {code}", code=spoken.row.short[:4].upper()),
            _text(first.get(spoken.row.words), spoken.words),
            spoken.row.state,
            s.day(spoken.row.said_on),
            why.get(spoken.row.id, "") if spoken.row.state == "hidden" else "",
        )
        for spoken in rows
    ]


def _text(own: Said | None, shown: Said | None) -> Text | None:
    """Their own words, and beneath them what a reader of this language reads."""
    if own is None:
        return None if shown is None else Text(shown.words, shown.tag)
    if shown is None or shown.version == own.version:
        return Text(own.words, own.tag)
    translation = Text(shown.words, shown.tag)
    return Text(own.words, own.tag, translation=translation, reviewed=shown.reviewed)


def _with_typed(case: Case, request: HttpRequest, faults: Faults) -> Case:
    if not faults or request.POST.get("id") != str(case.uid):
        return case
    return Case(
        case.what,
        case.uid,
        case.name,
        case.text,
        case.stands,
        case.source,
        case.reason,
        faults.of("reason") or "",
        request.POST.get("reason", "")[:400],
    )


def _cursor(text: str) -> tuple[date, UUID] | None:
    day, _, uid = text.partition("_")
    found = uuid_of(uid)
    try:
        return None if found is None else (date.fromisoformat(day), found)
    except ValueError:
        return None
