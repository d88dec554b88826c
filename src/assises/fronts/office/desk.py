"""One consultation's desk: what is missing before it can open, opening it and closing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from django.http import HttpRequest, HttpResponse

from assises.fronts.office import wording
from assises.fronts.office.faults import faults_of
from assises.fronts.office.forms import (
    Faults,
    closing_in_words,
    key_with_words,
    moment,
    one_at_a_time,
    zone_of,
)
from assises.fronts.office.pages import actor_of, base_of, demand_proof, done, screen
from assises.fronts.office.reading import Held, Versions, held, names, versions
from assises.lib.clock import now
from assises.lib.errors import ActError, Conflict, Invalid
from assises.look.pages.shapes import Field
from assises.look.speech import LANGUAGES, Speech
from assises.rooms.consultations.acts.confirm import confirm
from assises.rooms.consultations.acts.moderate import moderate
from assises.rooms.consultations.acts.open import close, open_to_all
from assises.rooms.consultations.acts.publish_votes import publish_votes
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import Edition, edition_of, sectors
from assises.rooms.texts.queries import is_reviewed
from assises.web.pages import words_in
from assises.web.routes import KEEP, route_in

_DEMANDED: Final = "the consultation is not as it was shown"


@dataclass(frozen=True)
class Check:
    """One thing to see to before opening. ``blocks``: without it nothing opens."""

    title: str
    state: Literal["done", "advised", "blocks"]
    words: str
    url: str = ""
    label: str = ""
    act: str = ""


@route_in(KEEP, methods="GET POST", kept=True)
def desk(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """Where it stands, what is missing, and the buttons of whoever may press them."""
    s = words_in(language)
    faults = Faults()
    if request.method == "POST":
        try:
            return done(base_of(edition, language), _do(request, edition))
        except ActError as error:
            faults = _faults(s, error)
    found = edition_of(edition.id, language)
    counts = held([edition.id])[edition.id]
    zone = zone_of(edition)
    running = found.phase(now())
    return screen(
        request,
        "",
        language,
        edition,
        faults=faults,
        checks=_checks(s, found, counts),
        held=counts,
        reference=_reference(s, request, edition, faults),
        vouched=_vouched(s, edition),
        phase=wording.phase_names(s)[running.kind] if running else "",
        phases=[
            (
                wording.phase_names(s)[p.kind],
                moment(s, p.opens_at, zone),
                closing_in_words(s, p.closes_at, zone) if p.closes_at else "",
            )
            for p in found.phases
        ],
        sectors=sectors(edition.id, language),
    )


def _do(request: HttpRequest, edition: Consultation) -> str:
    """Press one of the buttons; the code of what was done."""
    acts: dict[str, Callable[[HttpRequest, Consultation, str], str]] = {
        "open": _open,
        "close": _close,
        "confirm": _confirm,
        "moderate": _moderate,
        "publish": _publish,
    }
    act = acts.get(request.POST.get("do", ""))
    if act is None:
        raise Invalid("there is no such button", next_step="Reload the page.")
    return act(request, edition, key_with_words(request))


def _open(request: HttpRequest, edition: Consultation, key: str) -> str:
    actor = actor_of(request)
    with one_at_a_time(edition, actor, key) as repeated:
        _demand_as_shown(request, edition, repeated=repeated)
        open_to_all(actor, edition, key=key, at=now())
    return "opened"


def _close(request: HttpRequest, edition: Consultation, key: str) -> str:
    actor = actor_of(request)
    with one_at_a_time(edition, actor, key) as repeated:
        _demand_as_shown(request, edition, repeated=repeated)
        close(actor, edition, key=key, at=now())
    return "closed"


def _confirm(request: HttpRequest, edition: Consultation, key: str) -> str:
    confirm(actor_of(request), edition, request.POST.get("reference", ""), key=key, at=now())
    return "confirmed"


def _moderate(request: HttpRequest, edition: Consultation, key: str) -> str:
    moderated = request.POST.get("moderated") == "on"
    moderate(actor_of(request), edition, moderated=moderated, key=key, at=now())
    return "reading-on" if moderated else "reading-off"


def _publish(request: HttpRequest, edition: Consultation, key: str) -> str:
    published = request.POST.get("published") == "on"
    demand_proof(request, edition)
    publish_votes(actor_of(request), edition, published=published, key=key, at=now())
    return "votes-on" if published else "votes-off"


def _demand_as_shown(request: HttpRequest, edition: Consultation, *, repeated: bool) -> None:
    """Nobody opens or closes what someone else has just closed or opened."""
    edition.refresh_from_db(fields=["state"])
    if not repeated and request.POST.get("seen") != edition.state:
        raise Conflict(_DEMANDED, next_step="Look at it again.")


def _faults(s: Speech, error: ActError) -> Faults:
    if error.problem == _DEMANDED:
        said = s.say("Someone else opened or closed it meanwhile. Look at it again.")
        return Faults(whole=said, status=error.status)
    return faults_of(s, error, ["reference"])


def _reference(s: Speech, request: HttpRequest, edition: Consultation, faults: Faults) -> Field:
    typed = request.POST.get("reference") if faults else None
    return Field(
        "reference",
        s.say("Number on the authority’s receipt"),
        value=edition.authority_reference if typed is None else typed,
        help=s.say("Your name stays with this confirmation in the journal."),
        error=faults.of("reference"),
        required=True,
        attributes={"maxlength": 80, "autocomplete": "off"},
    )


def _vouched(s: Speech, edition: Consultation) -> str:
    if not edition.confirmed_by:
        return ""
    return names([edition.confirmed_by]).get(edition.confirmed_by) or s.say("an administrator")


def _checks(s: Speech, found: Edition, counts: Held) -> list[Check]:
    base = base_of(found.row, s.language)
    return [
        *_lawful(s, found.row),
        _translated(s, found, base),
        _ruled(s, found, base),
        _scheduled(s, found, base),
        _stated(s, counts, base),
    ]


def _lawful(s: Speech, row: Consultation) -> list[Check]:
    if row.kind != "own":
        return []
    title = s.say("The authority’s reference")
    if row.confirmed_by:
        return [Check(title, "done", row.authority_reference)]
    says = s.say(
        "The law asks for a notice to the data protection authority. An administrator copies the "
        "number from its receipt and confirms it; until then nothing opens."
    )
    return [
        Check(title, "blocks", says, "#reference", s.say("Confirm it"), "consultations.confirm")
    ]


def _translated(s: Speech, found: Edition, base: str) -> Check:
    row = found.row
    spoken = {name: uid for name in wording.TEXTS if (uid := getattr(row, name)) is not None}
    current = versions(spoken.values())
    missing = sum(_unsaid(current[uid]) for uid in spoken.values())
    unread = sum(_unread(current[uid]) for uid in spoken.values())
    title = s.say("Texts in four languages")
    if not missing and not unread:
        return Check(title, "done", s.say("Everything that is written is there in each language."))
    if not missing:
        says = s.count(
            "{n} translation waits for a second reader.",
            "{n} translations wait for a second reader.",
            unread,
        )
        return Check(title, "advised", says, f"{base}texts", s.say("Read"), "texts.translate")
    says = s.count("{n} translation is missing.", "{n} translations are missing.", missing)
    return Check(title, "advised", says, f"{base}texts", s.say("Translate"), "texts.translate")


def _unsaid(current: Versions) -> int:
    return len(LANGUAGES) - len({"fr", "ar", "zgh-Tfng", "en"} & current.keys())


def _unread(current: Versions) -> int:
    return sum(v.translates_id is not None and not is_reviewed(v) for v in current.values())


def _ruled(s: Speech, found: Edition, base: str) -> Check:
    title = s.say("A charter")
    if found.charter is not None:
        return Check(title, "done", s.say("People can read what is refused, and why."))
    says = s.say("Nobody knows yet what will be refused. Write it before the first refusal.")
    return Check(
        title, "advised", says, f"{base}texts#charter", s.say("Write it"), "consultations.rewrite"
    )


def _scheduled(s: Speech, found: Edition, base: str) -> Check:
    title = s.say("Phases")
    if found.phases:
        says = s.count("{n} phase has its days.", "{n} phases have their days.", len(found.phases))
        return Check(title, "done", says)
    says = s.say("Nobody can see yet when to speak, when to vote and what follows.")
    return Check(
        title, "advised", says, f"{base}phases", s.say("Set them"), "consultations.schedule"
    )


def _stated(s: Speech, counts: Held, base: str) -> Check:
    title, accepted = s.say("First statements"), counts.statements["accepted"]
    if accepted:
        says = s.count(
            "{n} statement can be voted on.", "{n} statements can be voted on.", accepted
        )
        return Check(title, "done", says)
    says = s.say("There is nothing to vote on yet. A dozen varied statements make a good start.")
    return Check(
        title, "advised", says, f"{base}statements", s.say("Add some"), "contributions.state"
    )
