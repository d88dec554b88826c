"""One's own page: what I said, what I answered, where I stand, and leaving."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from assises.countries import ma
from assises.fronts.portal.wording import (
    contribution_of,
    edition_url,
    spoken_nodes,
    statement_of,
    threads_of,
)
from assises.lib.clock import now
from assises.lib.errors import Invalid
from assises.look.pages.shapes import Field
from assises.look.speech import Speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.consultations.queries import edition_of, editions
from assises.rooms.contributions.acts.retract import retract
from assises.rooms.contributions.acts.withdraw import withdraw as withdraw_words
from assises.rooms.contributions.queries import contributions_of, proposed_by, statements_by_number
from assises.rooms.journal.permissions import Actor
from assises.rooms.notices.queries import told_to_voice
from assises.rooms.people.acts.depart import depart
from assises.rooms.people.acts.describe import describe
from assises.rooms.people.acts.enter import AREAS, Portrait
from assises.rooms.people.portraits import portrait_of
from assises.rooms.texts.queries import original
from assises.rooms.votes.acts.withdraw import withdraw as withdraw_votes
from assises.rooms.votes.queries import mine
from assises.web.forms import key_of, uuid_of, whole_number
from assises.web.identity import presence, take_code, voice_in
from assises.web.pages import page, words_in
from assises.web.routes import route, route_in


@route("consultations.read", methods="GET POST")
def find_me(request: HttpRequest, language: str) -> HttpResponse:
    """Where this browser has spoken; or a code, to find what was said with it."""
    s = words_in(language)
    wrong = False
    if request.method == "POST":
        code = take_code(request, request.POST.get("code", ""))
        wrong = not _spoken_in(request, language)
        if wrong:
            presence(request).new_code = presence(request).code = ""
        elif code:
            found = _spoken_in(request, language)
            return HttpResponseRedirect(
                found[0][1] if len(found) == 1 else f"{request.path}?found", status=303
            )
    return page(
        request,
        "find_me.html.j2",
        language,
        status=422 if wrong else 200,
        editions=_spoken_in(request, language),
        code=presence(request).code,
        found="found" in request.GET,
        field=Field(
            "code",
            s.say("Your code"),
            value=request.POST.get("code", "")[:60],
            help=s.say("Groups of letters and digits, as your page showed them."),
            error=s.say("Nobody has spoken with this code. Look at it again.") if wrong else None,
            required=True,
            attributes={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"},
        ),
    )


@route_in("consultations.read", methods="GET POST")
def me(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """What this voice said and answered here."""
    s = words_in(language)
    own = voice_in(request, edition)
    found = edition_of(edition.id, language)
    base = edition_url(found, language)
    if own is None:
        return page(request, "me_nobody.html.j2", language, place=edition, base=base, edition=found)
    actor, voice = own
    if request.method == "POST":
        describe(actor, edition, voice, _portrait(request), key=key_of(request), at=now())
        return HttpResponseRedirect(f"{base}me?described", status=303)
    at, answers = now(), mine(edition.id, voice)
    put = statements_by_number(edition.id, answers, language)
    said = contributions_of(voice, language)
    first = original([*(r.row.words for r in said), *(p.row.words for p in put.values())])
    return page(
        request,
        "me.html.j2",
        language,
        place=edition,
        edition=found,
        base=base,
        code=presence(request).code,
        answers=[
            statement_of(put[n], language, mine=vote, original=first.get(put[n].row.words))
            for n, vote in sorted(answers.items())
            if n in put
        ],
        contributions=[
            (
                contribution_of(s, r, original=first.get(r.row.words), steps=steps),
                str(r.row.id),
                r.row.state,
            )
            for r, steps in zip(
                said, threads_of(s, "contribution", spoken_nodes(said)).values(), strict=True
            )
        ],
        told=told_to_voice(voice, language),
        opening={kind: found.opening(kind, at).is_open for kind in ("listen", "vote")},
        proposed=proposed_by(voice, language),
        fields=_portrait_fields(s, edition, portrait_of(voice)),
        key=secrets.token_urlsafe(16),
        done=next(
            (d for d in ("described", "proposed", "withdrawn", "changed") if d in request.GET), ""
        ),
    )


@route_in("consultations.read", methods="POST")
def withdraw(request: HttpRequest, language: str, edition: Consultation) -> HttpResponse:
    """Take back an answer, a contribution, a statement, or everything: in any phase."""
    base = edition_url(edition_of(edition.id, language), language)
    own = voice_in(request, edition)
    if own is None:
        return HttpResponseRedirect(f"{base}me", status=303)
    actor, voice = own
    what, key, at = request.POST.get("what", ""), key_of(request), now()
    if what == "answer":
        number = whole_number(request.POST.get("number", ""))
        withdraw_votes(actor, edition, voice, [-1 if number is None else number], key=key, at=at)
    elif what == "contribution":
        uid = uuid_of(request.POST.get("contribution", "")) or UUID(int=0)
        withdraw_words(actor, edition, voice, uid, key=key, at=at)
    elif what == "statement":
        uid = uuid_of(request.POST.get("statement", "")) or UUID(int=0)
        retract(actor, edition, voice, uid, key=key, at=at)
    elif what == "everything":
        _leave(actor, edition, voice, key, at)
    else:
        raise Invalid("there is nothing to take back", next_step="Choose it on your own page.")
    return HttpResponseRedirect(f"{base}me?withdrawn", status=303)


def _leave(actor: Actor, edition: Consultation, voice: UUID, key: str, at: datetime) -> None:
    """Each word, each answer and the portrait; every act has its own key of the form's."""
    for spoken in contributions_of(voice, "und"):
        if spoken.row.state != "withdrawn":
            uid = spoken.row.id
            withdraw_words(actor, edition, voice, uid, key=f"{key}:{uid}", at=at)
    for put in proposed_by(voice, "und"):
        retract(actor, edition, voice, put.row.uid, key=f"{key}:{put.row.uid}", at=at)
    withdraw_votes(actor, edition, voice, None, key=key, at=at)
    depart(actor, edition, voice, key=f"{key}:d", at=at)


def _spoken_in(request: HttpRequest, language: str) -> list[tuple[str, str]]:
    return [
        (edition.title.words, f"{edition_url(edition, language)}me")
        for edition in editions(language)
        if edition.row.kind in ("own", "simulated") and voice_in(request, edition.row) is not None
    ]


def _portrait(request: HttpRequest) -> Portrait:
    area = request.POST.get("area", "")
    colleges = {c.code for c in ma.MA.colleges()}
    regions = {r.iso for r in ma.MA.regions()} | {"abroad"}
    college, region = request.POST.get("college", ""), request.POST.get("region", "")
    return Portrait(
        college if college in colleges else "",
        region if region in regions else "",
        area if area in AREAS else "",
    )


def _portrait_fields(s: Speech, edition: Consultation, portrait: Portrait) -> list[Field]:
    nothing = ("", s.say("I would rather not say"))
    colleges = [c for c in ma.MA.colleges() if c.code in edition.colleges]
    return [
        Field(
            "college",
            s.say("You speak as"),
            "select",
            portrait.college,
            choices=[nothing] + [(c.code, c.name.best(s.language)[0]) for c in colleges],
        ),
        Field(
            "region",
            s.say("You live in"),
            "select",
            portrait.region,
            choices=[nothing]
            + [(r.iso, r.name.best(s.language)[0]) for r in ma.MA.regions()]
            + [("abroad", s.say("Abroad"))],
        ),
        Field(
            "area",
            s.say("In town or in the country"),
            "select",
            portrait.area,
            choices=[nothing, ("urban", s.say("Town")), ("rural", s.say("Country"))],
        ),
    ]
