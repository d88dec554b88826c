"""The second factor of those who hold an office: set up, given, kept."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    record_authentication,
)
from allauth.account.stages import LoginStageController
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.internal.flows import activate_totp
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse

from assises.lib.errors import NotAllowed
from assises.look.speech import Speech
from assises.rooms.people.queries import holds_office
from assises.web.accounts import Factors, OnceForm, Proving, forget_instants, proven, use_once
from assises.web.doors import code_field, onward_of, shown, to
from assises.web.drawing import qr
from assises.web.pages import words_in
from assises.web.routes import route


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
        return to(f"/{language}/enter", onward_of(request))
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
    return to(onward_of(request) or f"/{language}/")


def _set_up(request: HttpRequest, language: str) -> HttpResponse:
    scanned = request.session.get(SECRET_SESSION_KEY)
    form = ActivateTOTPForm(user=request.user, data=request.POST or None)
    if scanned and not form.is_bound:
        # The form draws a new one whenever the page is opened; what was scanned must stay true.
        request.session[SECRET_SESSION_KEY] = form.secret = scanned
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
        return to(f"/{language}/second-factor")
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
    return shown(
        request,
        "mfa/codes.html.j2",
        language,
        codes=[f"{code[:4]} {code[4:]}" for code in listed],
        onward=onward_of(request) or f"/{language}/",
    )


def _asked(
    request: HttpRequest, language: str, form: Form, what: str, **given: Any
) -> HttpResponse:
    fault, status = _fault(words_in(language), form)
    return shown(
        request,
        f"mfa/{what}.html.j2",
        language,
        status=status,
        field=code_field(words_in(language).say("The code"), "", fault),
        onward=onward_of(request),
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
