"""The doors: entering by a letter, the second factor, leaving; and those of a demonstration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from allauth.account.internal.flows.logout import logout
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme

from assises.lib.clock import now
from assises.lib.errors import Invalid, NotAllowed, NotFound
from assises.look.pages.shapes import Field
from assises.rooms.notices.acts.read import read
from assises.rooms.notices.queries import letter as kept_letter
from assises.rooms.notices.queries import mailbox as kept_letters
from assises.rooms.notices.queries import told_to_account
from assises.rooms.people.acts.grant import address_of
from assises.rooms.people.queries import holds_office
from assises.web.accounts import Entering, bar_is_open, enter_office, proven
from assises.web.doors import LONGEST, code_field, onward_of, shown, to
from assises.web.factor import second_factor
from assises.web.forms import key_of, whole_number
from assises.web.identity import presence
from assises.web.pages import language_of, words_in
from assises.web.refusals import wants_json
from assises.web.routes import route

_MOST_READ: Final = 100


class Offices:
    """Staff that is refused only for want of a second factor is sent to it."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """As it is."""
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A draft does not exist, and an act is not open, for an office that is not proven."""
        if not isinstance(error, NotAllowed | NotFound) or wants_json(request):
            return None
        if not request.user.is_authenticated or proven(request):
            return None
        if not holds_office(request.user.pk):
            return None
        back = request.get_full_path() if request.method == "GET" else ""
        return to(f"/{language_of(request)}/second-factor", back)


# --- The letter -----------------------------------------------------------------------------------


@route("people.enter_by_letter", methods="GET POST")
def enter(request: HttpRequest, language: str) -> HttpResponse:
    """Ask for a letter. What follows is the same for every address."""
    onward = onward_of(request)
    if request.user.is_authenticated:
        return shown(request, "account/inside.html.j2", language, email=request.user.email)
    if request.method != "POST":
        return _ask(request, language)
    typed = request.POST.get("email", "")[:LONGEST]
    try:
        email = address_of(typed)
    except Invalid:
        fault = words_in(language).say("This is not an e-mail address.")
        return _ask(request, language, typed=typed, fault=fault, status=422)
    if not ratelimit.consume(request, action="request_login_code", key=email):
        return _ask(request, language, typed=typed, told="often", status=429)
    Entering.begin(request, email, language, onward)
    return to(f"/{language}/enter/confirm")


@route("people.enter_by_letter", methods="GET POST")
def confirm(request: HttpRequest, language: str) -> HttpResponse:
    """The code. Opening the letter's link only fills it in: scanners of mail open links too."""
    if request.user.is_authenticated:
        return to(f"/{language}/enter")
    pending = Entering.resume(request)
    if request.method == "POST":
        return _try(request, language, pending)
    return _confirm(request, language, pending, code=request.GET.get("code", "")[:LONGEST])


@route("people.leave", methods="GET POST")
def leave(request: HttpRequest, language: str) -> HttpResponse:
    """Leave the account; the browser keeps the code of its voice."""
    if request.method != "POST":
        return shown(request, "account/leave.html.j2", language)
    logout(request)
    return to(f"/{language}/")


def _try(request: HttpRequest, language: str, pending: Entering | None) -> HttpResponse:
    if pending is None:
        return _ask(request, language, told="late", status=409)
    if not ratelimit.consume(request, action="login"):
        return _ask(request, language, told="often", status=429)
    if compare_user_code(actual=request.POST.get("code", "")[:LONGEST], expected=pending.code):
        return pending.finish()
    if not pending.reject():
        return _ask(request, language, told="tries", status=422)
    fault = words_in(language).say("This code is not the one in the letter.")
    return _confirm(request, language, pending, fault=fault, status=422)


def _ask(
    request: HttpRequest,
    language: str,
    *,
    typed: str = "",
    fault: str = "",
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    field = Field(
        "email",
        words_in(language).say("Your e-mail address"),
        kind="email",
        value=typed,
        error=fault or None,
        required=True,
        attributes={"autocomplete": "email", "maxlength": 254, "dir": "ltr"},
    )
    return shown(
        request,
        "account/enter.html.j2",
        language,
        status=status,
        field=field,
        told=told,
        onward=onward_of(request),
        mailbox=f"/{language}/mailbox" if bar_is_open(request) else "",
    )


def _confirm(
    request: HttpRequest,
    language: str,
    pending: Entering | None,
    *,
    code: str = "",
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    return shown(
        request,
        "account/confirm.html.j2",
        language,
        status=status,
        pending=pending,
        filled=bool(code),
        minutes=0 if pending is None else pending.timeout // 60,
        field=code_field(words_in(language).say("The code in the letter"), code, fault),
        mailbox=f"/{language}/mailbox" if bar_is_open(request) else "",
    )


# --- Notices --------------------------------------------------------------------------------------


@route("notices.read", methods="GET POST")
def notices(request: HttpRequest, language: str) -> HttpResponse:
    """What an account was told."""
    here = presence(request)
    if here.account is None:
        return to(f"/{language}/enter", request.path)
    if request.method == "POST":
        sent = request.POST.getlist("notice")[:_MOST_READ]
        numbers = [number for text in sent if (number := whole_number(text)) is not None]
        read(here.actor, here.account, numbers, key=key_of(request), at=now())
        return to(f"/{language}/notices")
    return shown(
        request,
        "notices/list.html.j2",
        language,
        told=told_to_account(here.account, language),
        key=key_of(request),
    )


# --- Only in a demonstration, only on its own machine ---------------------------------------------


@route("people.enter_as", methods="POST")
def enter_as(request: HttpRequest, language: str) -> HttpResponse:
    """The role bar: be anyone, without a letter."""
    if not bar_is_open(request):
        raise NotAllowed(
            "roles are taken without a letter only in a demonstration, on its own machine",
            next_step="Enter with your address.",
        )
    logout(request)
    role = request.POST.get("role", "")
    if role != "visitor":
        enter_office(request, role)
    return to(_came_from(request) or f"/{language}/")


@route("notices.mailbox")
def mailbox(request: HttpRequest, language: str) -> HttpResponse:
    """The letters that would have been sent."""
    _only_here(request)
    return shown(request, "notices/mailbox.html.j2", language, letters=kept_letters())


@route("notices.mailbox")
def letter(request: HttpRequest, language: str, number: int) -> HttpResponse:
    """One of them; its links to this site can be followed."""
    _only_here(request)
    found = kept_letter(number)
    root = f"{request.scheme}://{request.get_host()}"
    parts = [
        (words, words.removeprefix(root) if words.startswith(f"{root}/") else "")
        for words in found.body.split("\n\n")
    ]
    return shown(request, "notices/letter.html.j2", language, letter=found, parts_of=parts)


def _only_here(request: HttpRequest) -> None:
    if not bar_is_open(request):
        raise NotFound("there is no mailbox here", next_step="Letters go to your own address.")


def _came_from(request: HttpRequest) -> str:
    """The page on which the role bar stood."""
    said = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(said)
    return parts.path + (f"?{parts.query}" if parts.query else "")


urlpatterns = [
    path("enter", enter, name="enter"),
    path("enter/confirm", confirm, name="enter-confirm"),
    path("enter/as", enter_as, name="enter-as"),
    path("leave", leave, name="leave"),
    path("second-factor", second_factor, name="second-factor"),
    path("notices", notices, name="notices"),
    path("mailbox", mailbox, name="mailbox"),
    path("mailbox/<int:number>", letter, name="letter"),
]
