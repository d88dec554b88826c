"""How allauth speaks with the rest of the house: entering by a letter, the second factor of staff.

An address proves itself by a code; no account is looked for before that, so that the door says the
same to everybody. What must be remembered meanwhile stands sealed in the session. Nothing here
imports the pages: ``identity`` asks this module whose roles count.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import quote
from uuid import uuid4

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
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.core.internal.httpkit import clean_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from assises.lib.clock import now
from assises.lib.errors import Invalid, NotAllowed
from assises.look.speech import speech
from assises.rooms.consultations.models import Consultation
from assises.rooms.journal.permissions import Grant, Role, system
from assises.rooms.notices.letters import send
from assises.rooms.notices.sealing import NotOurs, opened, sealed
from assises.rooms.people import queries
from assises.rooms.people.acts.grant import OFFICES, account_at, grant
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


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
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


class OnceForm(AuthenticateForm):  # type: ignore[misc]
    """A code of the second factor, which is good once.

    allauth remembers used codes in the memory of one process; here every worker sees the last one,
    as a keyed hash that says nothing of when it was used. Wants a transaction on ``accounts``.
    """

    def clean_code(self) -> str:
        """The code, if its authenticator gives it and it is not the last one used."""
        code = str(super().clean_code())
        if not use_once(self.authenticator, code):
            raise ValidationError("used", code="incorrect_code")
        return code


def use_once(authenticator: Authenticator, code: str) -> bool:
    """Remember a code as used; False where it was the last one used before."""
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    if row.type != Authenticator.Type.TOTP:
        return True  # recovery codes strike themselves off
    key = bytes.fromhex(settings.SECRETS.django_key)
    words = f"{row.pk}:{normalize_user_code(code)}".encode()
    last = hmac.new(key, words, hashlib.sha256).hexdigest()
    if row.data.get("last") == last:
        return False
    row.data["last"] = last
    row.save(update_fields=["data"])
    return True


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
        inside = self.request.user.is_authenticated and not proven(self.request)
        if inside and queries.holds_office(account.id):
            # Staff without a second factor: its roles rest until there is one.
            onward = f"?next={quote(self.state['onward'])}" if self.state["onward"] else ""
            return HttpResponseRedirect(f"/{self.state['language']}/second-factor{onward}")
        return response


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


# --- The role bar of a demonstration --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoleBar:
    """What the bar shows: roles by code and name, where it sends, who one is now."""

    roles: tuple[tuple[str, str], ...]
    action: str
    current: str


def role_bar(request: HttpRequest, language: str) -> RoleBar | None:
    """The bar, where it is open."""
    if not bar_is_open(request):
        return None
    s = speech(language)
    roles = (
        ("visitor", s.say("Visitor")),
        ("rapporteur", s.say("Rapporteur")),
        ("moderator", s.say("Moderator")),
        ("secretariat", s.say("Secretariat")),
        ("administrator", s.say("Administrator")),
        ("regulator", s.say("Regulator")),
        ("operator", s.say("Operator of a system")),
    )
    email = getattr(request.user, "email", "") if entered_as(request) else ""
    return RoleBar(roles, f"/{language}/enter/as", email.removesuffix(queries.DEMONSTRATION))


def enter_office(request: HttpRequest, role: str) -> None:
    """Be the demonstration's account of that role, in every simulated edition and in no other.

    Only an administrator is one of the whole installation, which is a demonstration itself. The
    journal keeps what such an account was given and does, not that it came: nobody logged in.

    Raises:
        Invalid: there is no such role.
    """
    if role not in OFFICES:
        raise Invalid("there is no such role", next_step="Choose one of the bar.")
    office = Role(role)
    account = account_at(f"{role}{queries.DEMONSTRATION}")
    held = queries.grants_of(account.id)
    for place in _places_of(office):
        if Grant(office, None if place is None else place.id) not in held:
            grant(system("demonstration"), place, account.email, office, key=uuid4().hex, at=now())
    Adapter().login(request, account)
    request.session[BY_ROLE_BAR] = str(account.pk)


def _places_of(office: Role) -> list[Consultation | None]:
    if office is Role.ADMINISTRATOR:
        return [None]
    return list(Consultation.objects.filter(kind="simulated"))
