"""Say something, propose a statement, answer those of others."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect

from assises.countries import ma
from assises.fronts.portal.asking import holders, put_before
from assises.fronts.portal.wording import VOTES, edition_url, statement_of
from assises.lib.clock import now
from assises.lib.errors import Invalid, KeyUsed, NotFound
from assises.lib.ids import short_id
from assises.look.pages.shapes import Field
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import edition_of, sectors
from assises.rooms.contributions.acts.say import LONGEST, Saying
from assises.rooms.contributions.acts.say import say as say_act
from assises.rooms.contributions.acts.state import LONGEST as LONGEST_STATEMENT
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.queries import Put, statements
from assises.rooms.insights.routing import offer_in
from assises.rooms.journal.permissions import Actor
from assises.rooms.texts.queries import original
from assises.rooms.texts.writing import clean
from assises.rooms.votes.acts.cast import Answer, cast
from assises.rooms.votes.queries import mine
from assises.web.forms import key_of, whole_number
from assises.web.identity import presence, speak_in, voice_in
from assises.web.limits import demand_few_casts
from assises.web.masked import masked
from assises.web.pages import page, words_in
from assises.web.routes import route_in

BATCH = 20
_GUESS = {"fr": "fr", "ar": "ar", "zgh": "zgh-Tfng", "en": "en"}


@route_in("consultations.read", methods="GET POST")
def say(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """A form of one box; two questions more for those who want to answer them."""
    if request.method == "POST":
        try:
            return _said(request, language, edition)
        except (Invalid, KeyUsed) as refusal:
            return _say_page(request, language, edition, refusal)
    return _say_page(request, language, edition)


@route_in("consultations.read", methods="GET POST")
def propose(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """A short statement that others will agree or disagree with."""
    if request.method == "POST":
        try:
            return _proposed(request, language, edition)
        except (Invalid, KeyUsed) as refusal:
            return _propose_page(request, language, edition, refusal)
    return _propose_page(request, language, edition)


@route_in("consultations.read", methods="GET POST")
def vote(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """One statement, three buttons; the next one follows."""
    if request.method == "POST":
        number = _number(request.POST.get("statement", ""))
        answer = VOTES.get(request.POST.get("answer", ""))
        if answer is None:
            raise Invalid("this is not an answer", next_step="Press one of the three buttons.")
        carried = request.POST.get("offer", "")
        offer = offer_in(edition.id, holders(request, edition), number, carried)
        try:
            _cast(request, edition, [Answer(number, answer, offer)])
        except KeyUsed:
            # An old page of this browser: the statement again, with the answer that counts.
            return HttpResponseRedirect(f"{request.path}?statement={number}", status=303)
        if "changes" in request.POST:
            return _back_to_own_page(request, language, edition)
        if not getattr(request, "htmx", False):
            return HttpResponseRedirect(request.path, status=303)
    only = request.GET.get("statement", "")
    return _ballot(request, language, edition, _number(only) if only else None)


def _back_to_own_page(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """Whoever came to change one answer goes back to where the others stand."""
    url = f"{edition_url(edition_of(edition.id, language), language)}me?changed"
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url, status=303)


@route_in("consultations.read", methods="GET POST")
def votes(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """Many statements on one page, sent together: for slow lines and for keyboards."""
    if request.method == "POST":
        answers = [
            Answer(_number(name[2:]), VOTES[value])
            for name, value in request.POST.items()
            if name.startswith("s-") and value in VOTES
        ]
        if answers:
            _cast(request, edition, answers)
        return HttpResponseRedirect(request.path, status=303)
    waiting, total = _waiting(request, edition, language)
    found = edition_of(edition.id, language)
    first = original(p.row.words for p in waiting[:BATCH])
    return page(
        request,
        "votes.html.j2",
        language,
        place=edition,
        current="say",
        base=edition_url(found, language),
        opening=found.opening("vote", now()),
        statements=[
            statement_of(p, language, original=first.get(p.row.words)) for p in waiting[:BATCH]
        ],
        key=secrets.token_urlsafe(16),
        answered=total - len(waiting),
        total=total,
    )


def _cast(request: HttpRequest, edition: Consultation, answers: Sequence[Answer]) -> None:
    at = now()
    demand_few_casts(request)
    with _speaking(request, edition, at) as (actor, voice):
        cast(actor, edition, voice, answers, key=key_of(request), at=at)


@contextmanager
def _speaking(
    request: HttpRequest, edition: Consultation, at: datetime
) -> Iterator[tuple[Actor, UUID]]:
    """This person's voice; a new one is made with what it says or not at all."""
    known = voice_in(request, edition)
    if known is not None:
        yield known
        return
    here = presence(request)
    before = here.code, here.new_code
    try:
        with transaction.atomic():
            yield speak_in(request, edition, at=at)
    except BaseException:
        here.code, here.new_code = before
        here.voices.pop(edition.id, None)
        raise


def _said(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    at = now()
    words, vertical = request.POST.get("words", ""), request.POST.get("vertical", "")
    known = {str(s.id): s.id for s in sectors(edition.id, language)}
    language_said = request.POST.get("language", "") or "und"
    said = clean(words, longest=LONGEST, field="words")
    with _speaking(request, edition, at) as (actor, voice):
        saying = Saying(voice, said, language_said, known.get(vertical), shown=masked(said))
        uid = say_act(actor, edition, saying, key=key_of(request), at=at)
    return HttpResponseRedirect(f"/{language}/contributions/{short_id(uid)}?new", status=303)


def _proposed(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    at = now()
    known = {str(s.id): s.id for s in sectors(edition.id, language)}
    said = clean(request.POST.get("words", ""), longest=LONGEST_STATEMENT, field="words")
    with _speaking(request, edition, at) as (actor, voice):
        stated = Stated(
            said,
            request.POST.get("language", "") or "und",
            vertical=known.get(request.POST.get("vertical", "")),
            voice=voice,
            shown=masked(said),
        )
        state(actor, edition, [stated], key=key_of(request), at=at)
    here = edition_url(edition_of(edition.id, language), language)
    return HttpResponseRedirect(f"{here}me?proposed", status=303)


def _say_page(
    request: HttpRequest,
    language: str,
    edition: Consultation,
    refusal: Invalid | KeyUsed | None = None,
) -> HttpResponse:
    s = words_in(language)
    found, at = edition_of(edition.id, language), now()
    return page(
        request,
        "say.html.j2",
        language,
        status=200 if refusal is None else refusal.status,
        place=edition,
        current="say",
        edition=found,
        base=edition_url(found, language),
        fields=[
            _box(s, request, refusal, s.say("What do you want to say?"), LONGEST, rows=7),
            _language_field(s, request),
            _vertical_field(s, request, edition, language),
        ],
        refused=isinstance(refusal, Invalid),
        again=isinstance(refusal, KeyUsed),
        key=_key_for(request, refusal),
        opening=found.opening("listen", at),
        may_vote=found.opening("vote", at).is_open,
    )


def _propose_page(
    request: HttpRequest,
    language: str,
    edition: Consultation,
    refusal: Invalid | KeyUsed | None = None,
) -> HttpResponse:
    s = words_in(language)
    found = edition_of(edition.id, language)
    return page(
        request,
        "propose.html.j2",
        language,
        status=200 if refusal is None else refusal.status,
        place=edition,
        current="say",
        edition=found,
        base=edition_url(found, language),
        fields=[
            _box(s, request, refusal, s.say("Your statement"), LONGEST_STATEMENT, rows=3),
            _language_field(s, request),
            _vertical_field(s, request, edition, language),
        ],
        refused=isinstance(refusal, Invalid),
        again=isinstance(refusal, KeyUsed),
        moderated=edition.moderated,
        key=_key_for(request, refusal),
        opening=found.opening("listen", now()),
    )


def _key_for(request: HttpRequest, refusal: Invalid | KeyUsed | None) -> str:
    """The form's own key, so that sending it twice is sending it once; a new one where it is used.

    Whoever came back to a form and changed its words may want both: the second is then new.
    """
    used = isinstance(refusal, KeyUsed)
    return ("" if used else request.POST.get("key", "")) or secrets.token_urlsafe(16)


def _box(
    s: Speech,
    request: HttpRequest,
    refusal: Invalid | KeyUsed | None,
    label: str,
    longest: int,
    *,
    rows: int,
) -> Field:
    error = None
    if isinstance(refusal, Invalid):
        length = len(request.POST.get("words", ""))
        error = (
            s.say(
                "It is too long: {length} characters, and at most {longest} can be taken.",
                length=s.number(length),
                longest=s.number(longest),
            )
            if length > longest
            else s.say("There is nothing to read in it. Write a sentence.")
        )
    return Field(
        "words",
        label,
        "textarea",
        request.POST.get("words", "")[: longest * 2],
        help=s.say("Do not write names, telephone numbers or addresses."),
        error=error,
        required=True,
        attributes={"rows": rows, "maxlength": longest, "autocomplete": "off"},
    )


def _language_field(s: Speech, request: HttpRequest) -> Field:
    tags = [(lang.tag, lang.name.best(s.language)[0]) for lang in ma.MA.languages()]
    return Field(
        "language",
        s.say("In which language is it?"),
        "select",
        request.POST.get("language", _GUESS[s.language]),
        choices=tags,
    )


def _vertical_field(s: Speech, request: HttpRequest, edition: Consultation, language: str) -> Field:
    listed = [(str(x.id), x.name.words) for x in sectors(edition.id, language)]
    return Field(
        "vertical",
        s.say("Which sector is it about?"),
        "select",
        request.POST.get("vertical", _asked(request, edition, language)),
        choices=[("", s.say("I do not know")), *listed],
    )


def _asked(request: HttpRequest, edition: Consultation, language: str) -> str:
    short = request.GET.get("vertical", "")
    return next((str(x.id) for x in sectors(edition.id, language) if x.short == short), "")


def _ballot(
    request: HttpRequest, language: str, edition: Consultation, only: int | None
) -> HttpResponse:
    found = edition_of(edition.id, language)
    put = put_before(request, edition, language, only)
    first = {} if put.statement is None else original([put.statement.row.words])
    at = now()
    return page(
        request,
        "ballot.html.j2" if getattr(request, "htmx", False) else "vote.html.j2",
        language,
        place=edition,
        current="say",
        edition=found,
        base=edition_url(found, language),
        statement=None
        if put.statement is None
        else statement_of(put.statement, language, original=first.get(put.statement.row.words)),
        mine=put.mine,
        offer=put.offer,
        key=secrets.token_urlsafe(16),
        answered=put.asking.total - put.asking.left,
        total=put.asking.total,
        opening=found.opening("vote", at),
        may_say=found.opening("listen", at).is_open,
    )


def _waiting(request: HttpRequest, edition: Consultation, language: str) -> tuple[list[Put], int]:
    """Statements that this voice has not answered, in an order of its own, and how many there are.

    The order hangs on the voice's secret alone: everyone sees another, so each statement comes
    first as often as any other, and coming back one goes on where one was.
    """
    everything = statements(edition.id, language)
    own = voice_in(request, edition)
    answered = mine(edition.id, own[1]) if own else {}
    secret = presence(request).secret or secrets.token_hex(8)

    def rank(put: Put) -> bytes:
        return hashlib.sha256(f"{secret}:{put.row.uid}".encode()).digest()

    waiting = [p for p in everything if p.row.number not in answered]
    return sorted(waiting, key=rank), len(everything)


def _number(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise NotFound("there is no such statement", next_step="Begin with the next one.")
    return number
