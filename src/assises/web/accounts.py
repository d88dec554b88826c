"""How allauth speaks with the rest of the house: entering by a letter, the second factor of staff.

An address proves itself by a code; no account is looked for before that, so that the door says the
same to everybody. What must be remembered meanwhile stands sealed in the session. Nothing here
imports the pages: ``identity`` asks this module whose roles count.
"""

from __future__ import annotations

import ipaddress
import json
from datetime import datetime
from typing import Any, Final, Self

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    perform_login,
    record_authentication,
)
from allauth.account.models import Login
from allauth.account.signals import login_code_rejected
from allauth.core import context
from allauth.core.internal.httpkit import clean_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from assises.lib.clock import now
from assises.lib.errors import NotAllowed
from assises.look.speech import speech
from assises.rooms.notices.letters import send
from assises.rooms.notices.sealing import NotOurs, opened, sealed
from assises.rooms.people import queries
from assises.rooms.people.acts.grant import account_at
from assises.rooms.people.models import Account
from assises.rooms.people.signals import BY_ROLE_BAR

_PENDING: Final = "entering"
_SECRET: Final = "second factor"  # noqa: S105 - what for, not what


def proven(request: HttpRequest) -> bool:
    """Whether this session may use its account's roles: a second factor was given in it.

    In a demonstration, on its own machine, the role bar stands for it.
    """
    if entered_as(request):
        return True
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def entered_as(request: HttpRequest) -> bool:
    """Whether the role bar of a demonstration opened this session, and may still hold it."""
    whose = request.session.get(BY_ROLE_BAR)
    return bool(whose) and whose == str(request.user.pk) and bar_is_open(request)


def bar_is_open(request: HttpRequest) -> bool:
    """Whether anyone may enter as any role: a demonstration, asked from its own machine.

    A request that another program forwarded is from anywhere, wherever that program runs.
    """
    forwarded = "Forwarded" in request.headers or "X-Forwarded-For" in request.headers
    if not settings.DEMONSTRATION or forwarded:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts by a code in a letter; allauth's own pages, letters and messages are not ours."""

    def add_message(self, *_: Any, **__: Any) -> None:
        """Our pages say what there is to say, in the reader's language."""

    def get_login_stages(self) -> list[str]:
        """After the letter, whose code is the proof of the address, only the second factor."""
        return [f"{Proving.__module__}.{Proving.__name__}"]

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom the limits count: behind TLS the proxy before us says it, in its last word."""
        said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
        behind = clean_client_ip(said) if settings.SECURE_TLS else None
        return behind or str(super().get_client_ip(request))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Home."""
        return f"/{_language(request)}/"

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:  # noqa: ARG002
        """An account that was closed."""
        raise NotAllowed("this account is closed", next_step="Write to the secretariat.")

    def post_login(self, request: HttpRequest, user: Account, **given: Any) -> HttpResponse:
        """Tell the journal, then forget when it was."""
        response: HttpResponse = super().post_login(request, user, **given)
        forget_instants(request)
        return response


class Proving(AuthenticateStage):  # type: ignore[misc]
    """The second factor, asked for on our own page."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Go there if this account has one."""
        if not self._should_handle(self.request):
            return None, True
        self.state["authentication_required"] = True
        return HttpResponseRedirect(f"/{_language(self.request)}/second-factor"), True


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are of use only with the keys outside the database."""

    def encrypt(self, text: str) -> str:
        """As the database keeps it."""
        return sealed(_SECRET, text)

    def decrypt(self, encrypted_text: str) -> str:
        """As it was."""
        return opened(_SECRET, encrypted_text)

    def get_totp_issuer(self) -> str:
        """How an authenticator names us."""
        return f"assises · {context.request.get_host()}"


class Entering(AbstractCodeVerificationProcess):  # type: ignore[misc]
    """One address that is to prove itself in this browser by the code of a letter."""

    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        super().__init__(
            max_attempts=app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS,
            timeout=app_settings.LOGIN_BY_CODE_TIMEOUT,
            state=state,
        )
        self.request = request

    @classmethod
    def begin(cls, request: HttpRequest, email: str, language: str, onward: str) -> Self:
        """Write the letter. Whether an account has that address is not even asked."""
        state = cls.initial_state(None, email)
        state["code"] = Adapter().generate_login_code()
        process = cls(request, state | {"language": language, "onward": onward})
        process.send()
        process.persist()
        return process

    @classmethod
    def resume(cls, request: HttpRequest) -> Self | None:
        """What this browser asked for, unless it is too old or was tried too often."""
        try:
            state = json.loads(opened(_PENDING, request.session.get(_PENDING, "")))
        except NotOurs:
            return None
        process = cls(request, state)
        return process if process.abort_if_invalid() else None

    @property
    def email(self) -> str:
        """The address."""
        return str(self.state["email"])

    def persist(self) -> None:
        """Sealed: the table of the sessions says neither the code nor when it was asked for."""
        self.request.session[_PENDING] = sealed(_PENDING, json.dumps(self.state))

    def abort(self) -> None:
        """Nothing is pending any more."""
        self.request.session.pop(_PENDING, None)

    def send(self) -> None:
        """The code, and a link that fills it in."""
        language = self.state["language"]
        s = speech(language)
        link = f"{_root(self.request)}/{language}/enter/confirm?code={self.code}"
        minutes = s.number(self.timeout // 60)
        body = [
            s.say("Someone, probably you, asked to enter with this address. The code:"),
            self.code,
            s.say("Or open this link in the same browser, then press the button there:"),
            link,
            s.say("It is good once, for {minutes} minutes.", minutes=minutes),
            s.say("If it was not you, do nothing: without the code nobody enters."),
        ]
        send(self.email, s.say("Your code to enter"), "\n\n".join(body) + "\n")

    def reject(self) -> bool:
        """A wrong code was given; whether another may be tried."""
        left = self.record_invalid_attempt()
        account = Account.objects.filter(email=self.email).first()
        if account is not None:
            login_code_rejected.send(
                sender=type(self), request=self.request, user=account, last_attempt=not left
            )
        return bool(left)

    def finish(self) -> HttpResponse:
        """The address is proven: its account, made now if there is none, goes on to enter."""
        self.abort()
        account = account_at(self.email, self.state["language"])
        if account.language != self.state["language"]:
            Account.objects.filter(id=account.id).update(language=self.state["language"])
        record_authentication(self.request, account, method="code")
        login = Login(user=account, redirect_url=self.state["onward"] or None)
        response: HttpResponse = perform_login(self.request, login)
        if self.request.user.is_authenticated and not proven(self.request):
            return self._to_second_factor(response)
        return response

    def _to_second_factor(self, response: HttpResponse) -> HttpResponse:
        """Staff without one sets it up first."""
        if not queries.holds_office(self.request.user.pk):
            return response
        return HttpResponseRedirect(f"/{self.state['language']}/second-factor")


def forget_instants(request: HttpRequest) -> None:
    """What the session keeps of how someone entered says only the day."""
    kept = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    today = datetime.combine(now().date(), datetime.min.time(), now().tzinfo).timestamp()
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": record["method"], "at": today} for record in kept
    ]


def _root(request: HttpRequest) -> str:
    return settings.ENVIRONMENT.origin or f"{request.scheme}://{request.get_host()}"


def _language(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.kwargs.get("language", "fr")) if match else "fr"
