"""The doors: entering by a letter, the second factor, leaving; and those of a demonstration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    record_authentication,
)
from allauth.account.internal.flows.logout import logout
from allauth.account.stages import LoginStageController
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.flows import activate_totp
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme

from assises.lib.clock import now
from assises.lib.errors import Invalid, NotAllowed, NotFound
from assises.look.pages.shapes import Field
from assises.look.speech import Speech
from assises.rooms.notices.acts.read import read
from assises.rooms.notices.queries import letter as kept_letter
from assises.rooms.notices.queries import mailbox as kept_letters
from assises.rooms.notices.queries import told_to_account
from assises.rooms.people.acts.grant import address_of
from assises.rooms.people.queries import holds_office
from assises.web.accounts import (
    Entering,
    Factors,
    OnceForm,
    Proving,
    bar_is_open,
    enter_office,
    forget_instants,
    proven,
    role_bar,
    use_once,
)
from assises.web.drawing import qr
from assises.web.forms import key_of, whole_number
from assises.web.identity import presence
from assises.web.pages import language_of, page, words_in
from assises.web.refusals import wants_json
from assises.web.routes import route

_LONGEST: Final = 300
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
        return _to(f"/{language_of(request)}/second-factor", back)


# --- The letter -----------------------------------------------------------------------------------


@route("people.enter_by_letter", methods="GET POST")
def enter(request: HttpRequest, language: str) -> HttpResponse:
    """Ask for a letter. What follows is the same for every address."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return _shown(request, "account/inside.html.j2", language, email=request.user.email)
    if request.method != "POST":
        return _ask(request, language)
    typed = request.POST.get("email", "")[:_LONGEST]
    try:
        email = address_of(typed)
    except Invalid:
        fault = words_in(language).say("This is not an e-mail address.")
        return _ask(request, language, typed=typed, fault=fault, status=422)
    if not ratelimit.consume(request, action="request_login_code", key=email):
        return _ask(request, language, typed=typed, told="often", status=429)
    Entering.begin(request, email, language, onward)
    return _to(f"/{language}/enter/confirm")


@route("people.enter_by_letter", methods="GET POST")
def confirm(request: HttpRequest, language: str) -> HttpResponse:
    """The code. Opening the letter's link only fills it in: scanners of mail open links too."""
    if request.user.is_authenticated:
        return _to(f"/{language}/enter")
    pending = Entering.resume(request)
    if request.method == "POST":
        return _try(request, language, pending)
    return _confirm(request, language, pending, code=request.GET.get("code", "")[:_LONGEST])


@route("people.leave", methods="GET POST")
def leave(request: HttpRequest, language: str) -> HttpResponse:
    """Leave the account; the browser keeps the code of its voice."""
    if request.method != "POST":
        return _shown(request, "account/leave.html.j2", language)
    logout(request)
    return _to(f"/{language}/")


def _try(request: HttpRequest, language: str, pending: Entering | None) -> HttpResponse:
    if pending is None:
        return _ask(request, language, told="late", status=409)
    if not ratelimit.consume(request, action="login"):
        return _ask(request, language, told="often", status=429)
    if compare_user_code(actual=request.POST.get("code", "")[:_LONGEST], expected=pending.code):
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
    return _shown(
        request,
        "account/enter.html.j2",
        language,
        status=status,
        field=field,
        told=told,
        onward=_onward(request),
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
    return _shown(
        request,
        "account/confirm.html.j2",
        language,
        status=status,
        pending=pending,
        filled=bool(code),
        minutes=0 if pending is None else pending.timeout // 60,
        field=_code_field(words_in(language).say("The code in the letter"), code, fault),
        mailbox=f"/{language}/mailbox" if bar_is_open(request) else "",
    )


# --- The second factor ----------------------------------------------------------------------------


@route("people.second_factor", methods="GET POST")
def second_factor(request: HttpRequest, language: str) -> HttpResponse:
    """Set it up, give it, or keep it: what this account needs now."""
    # allauth reads its own tables under locks, which stand only in a transaction of theirs.
    with transaction.atomic(using="accounts"):
        if not request.user.is_authenticated:
            return _give_to_enter(request, language)
        if not holds_office(request.user.pk):
            raise NotAllowed(
                "a second factor is for those who hold an office here",
                next_step="Go on without: nothing asks you for one.",
            )
        if not _has_factor(request):
            return _set_up(request, language)
        if not proven(request):
            return _give(request, language)
        return _keep(request, language)


def _give_to_enter(request: HttpRequest, language: str) -> HttpResponse:
    """Between the letter and the account."""
    stage = LoginStageController.enter(request, Proving.key)
    if stage is None:
        return _to(f"/{language}/enter", _onward(request))
    form = OnceForm(user=stage.login.user, data=request.POST or None)
    if not form.is_valid():
        return _asked(request, language, form, "give")
    form.save()
    response: HttpResponse = stage.exit()
    return response


def _give(request: HttpRequest, language: str) -> HttpResponse:
    """Inside already, but this session has not given it: it was set up in another browser."""
    form = OnceForm(user=request.user, data=request.POST or None)
    if not form.is_valid():
        return _asked(request, language, form, "give")
    form.save()
    forget_instants(request)
    return _to(_onward(request) or f"/{language}/")


def _set_up(request: HttpRequest, language: str) -> HttpResponse:
    form = ActivateTOTPForm(user=request.user, data=request.POST or None)
    if not form.is_valid():
        url = Factors().build_totp_url(request.user, form.secret)
        groups = [form.secret[at : at + 4] for at in range(0, len(form.secret), 4)]
        return _asked(request, language, form, "set", drawing=qr(url), secret=" ".join(groups))
    factor, codes = activate_totp(request, form)
    use_once(factor, form.cleaned_data["code"])
    record_authentication(request, request.user, "mfa", type=factor.type)
    forget_instants(request)
    return _codes(request, language, codes or _recovery_codes(request))


def _keep(request: HttpRequest, language: str) -> HttpResponse:
    """New recovery codes, or another device; each for a code, since sessions are left open."""
    form = OnceForm(user=request.user, data=request.POST or None)
    if not form.is_valid():
        return _asked(request, language, form, "keep")
    if request.POST.get("action") == "remove":
        _remove(request)
        return _to(f"/{language}/second-factor")
    return _codes(request, language, generate_recovery_codes(request))


def _remove(request: HttpRequest) -> None:
    delete_and_cleanup(
        request, Authenticator.objects.get(user=request.user, type=Authenticator.Type.TOTP)
    )
    # What this session had proven is no longer there to be proven.
    kept = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record for record in kept if record["method"] != "mfa"
    ]


def _codes(request: HttpRequest, language: str, codes: Authenticator) -> HttpResponse:
    """Once, as the answer to the form: there is no address under which they are shown."""
    listed = RecoveryCodes(codes).get_unused_codes()
    return _shown(
        request,
        "mfa/codes.html.j2",
        language,
        codes=[f"{code[:4]} {code[4:]}" for code in listed],
        onward=_onward(request) or f"/{language}/",
    )


def _asked(
    request: HttpRequest, language: str, form: Form, what: str, **given: Any
) -> HttpResponse:
    fault, status = _fault(words_in(language), form)
    return _shown(
        request,
        f"mfa/{what}.html.j2",
        language,
        status=status,
        field=_code_field(words_in(language).say("The code"), "", fault),
        onward=_onward(request),
        **given,
    )


def _fault(s: Speech, form: Form) -> tuple[str, int]:
    errors = form.errors.as_data().get("code") if form.is_bound else None
    if not errors:
        return "", 200
    if errors[0].code in ("rate_limited", "too_many_login_attempts"):
        return s.say("Too many wrong codes: wait five minutes."), 429
    return s.say("This code is not right. Wait for the next one and try again."), 422


def _has_factor(request: HttpRequest) -> bool:
    return Factors().is_mfa_enabled(request.user, [Authenticator.Type.TOTP])  # type: ignore[no-any-return]


def _recovery_codes(request: HttpRequest) -> Authenticator:
    return Authenticator.objects.get(user=request.user, type=Authenticator.Type.RECOVERY_CODES)


# --- Notices --------------------------------------------------------------------------------------


@route("notices.read", methods="GET POST")
def notices(request: HttpRequest, language: str) -> HttpResponse:
    """What an account was told."""
    here = presence(request)
    if here.account is None:
        return _to(f"/{language}/enter", request.path)
    if request.method == "POST":
        sent = request.POST.getlist("notice")[:_MOST_READ]
        numbers = [number for text in sent if (number := whole_number(text)) is not None]
        read(here.actor, here.account, numbers, key=key_of(request), at=now())
        return _to(f"/{language}/notices")
    return _shown(
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
    return _to(_came_from(request) or f"/{language}/")


@route("notices.mailbox")
def mailbox(request: HttpRequest, language: str) -> HttpResponse:
    """The letters that would have been sent."""
    _only_here(request)
    return _shown(request, "notices/mailbox.html.j2", language, letters=kept_letters())


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
    return _shown(request, "notices/letter.html.j2", language, letter=found, parts_of=parts)


def _only_here(request: HttpRequest) -> None:
    if not bar_is_open(request):
        raise NotFound("there is no mailbox here", next_step="Letters go to your own address.")


# --- What they share ------------------------------------------------------------------------------


def _shown(
    request: HttpRequest, template: str, language: str, *, status: int = 200, **given: Any
) -> HttpResponse:
    response = page(
        request,
        template,
        language,
        status=status,
        bar=role_bar(request, language),
        home=f"/{language}",
        **given,
    )
    response["Cache-Control"] = "no-store"
    return response


def _code_field(label: str, value: str, fault: str) -> Field:
    attributes: Mapping[str, str | int] = {
        "autocomplete": "one-time-code",
        "autocapitalize": "characters",
        "spellcheck": "false",
        "maxlength": 40,
    }
    return Field(
        "code", label, value=value, error=fault or None, required=True, attributes=attributes
    )


def _onward(request: HttpRequest) -> str:
    """Where someone was going, if it is on this site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    fits = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if fits and len(asked) <= _LONGEST else ""


def _came_from(request: HttpRequest) -> str:
    """The page on which the role bar stood."""
    said = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(said)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _to(address: str, back: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"{address}?next={quote(back)}" if back else address)


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
