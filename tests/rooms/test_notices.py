"""Telling people, and letters: nothing blocks or is lost, and no address stands in clear."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connections, transaction
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from assises.lib.errors import NotAllowed, NotFound, OutputError, SetupError
from assises.look.speech import LANGUAGES
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import VISITOR, Actor, Role
from assises.rooms.notices import mail, queries, tasks
from assises.rooms.notices.acts.read import read
from assises.rooms.notices.letters import send
from assises.rooms.notices.models import AccountNotice, Letter, VoiceNotice
from assises.rooms.notices.sealing import NotOurs, opened, sealed
from assises.rooms.notices.telling import tell_account, tell_voice
from assises.rooms.people.acts.grant import grant
from assises.rooms.people.acts.revoke import revoke
from assises.rooms.people.handles import pseudonym_of_account
from assises.site.environment import Smtp
from tests.rooms.making import AT, BUILDER, an_edition, key

pytestmark = pytest.mark.usefixtures("db")
WHO = "amina@example.ma"
SENTENCE = "{n} contributions wait for you."


def tell(account: UUID, event: UUID | None = None) -> None:
    tell_account(account, SENTENCE, {"n": 3}, "notices", event, AT)


# --- Notices --------------------------------------------------------------------------------------


def test_a_notice_is_said_in_the_readers_language() -> None:
    account = uuid4()
    tell(account)
    for language in LANGUAGES:
        (told,) = queries.told_to_account(account, language)
        assert "3" in told.words
        assert (told.address, told.on, told.unread) == (f"/{language}/notices", AT.date(), True)
    assert queries.unread(account) == 1


class Undone(Exception):
    """An act broke off."""


def undone(alias: str, act: Callable[[], None]) -> None:
    with suppress(Undone), transaction.atomic(using=alias):
        act()
        raise Undone


def test_a_notice_goes_with_the_act_that_is_undone() -> None:
    for alias in ("accounts", "default"):
        undone(alias, lambda: tell(uuid4()))
    assert not AccountNotice.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_an_act_on_the_domain_orders_a_sealed_job_and_the_job_tells_once() -> None:
    account, event = uuid4(), uuid4()
    with transaction.atomic():
        tell(account, event)
    job = ProcrastinateJob.objects.get()
    assert job.task_name == "notices.tell"
    assert str(account) not in str(job.args)
    assert "wait" not in str(job.args)
    for _ in range(2):
        tasks.tell(**job.args)
    (told,) = queries.told_to_account(account, "en")
    assert told.words == "3 contributions wait for you."
    assert AccountNotice.objects.get().told_at == AT


def test_a_job_that_the_secrets_no_longer_open_is_given_up_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks.tell(notice="x" * 60)
    tasks.send(letter=sealed("notice", "{}"))
    assert len([r for r in caplog.records if r.levelno == logging.ERROR]) == 2


def test_a_voice_is_told_the_day_and_not_the_hour() -> None:
    voice = uuid4()
    tell_voice(voice, SENTENCE, {"n": 1}, "", None, AT)
    (told,) = queries.told_to_voice(voice, "fr")
    assert (told.address, told.on) == ("", AT.date())
    assert VoiceNotice.objects.get().told_on == AT.date()


def test_a_sentence_without_its_value_is_found_when_it_is_told() -> None:
    with pytest.raises(KeyError):
        tell_account(uuid4(), SENTENCE, {}, "", None, AT)
    with pytest.raises(ValueError, match="200"):
        tell_voice(uuid4(), "x" * 201, {}, "", None, AT)


def myself(account: UUID) -> Actor:
    return Actor(pseudonym_of_account(account), VISITOR.grants)


def test_what_was_read_is_no_longer_new_and_only_the_day_is_kept() -> None:
    account = uuid4()
    tell(account)
    number = AccountNotice.objects.get().pk
    assert read(myself(account), account, [number], key="once", at=AT) == 1
    assert queries.unread(account) == 0
    assert AccountNotice.objects.get().read_on == AT.date()
    assert Event.objects.get().act == "notices.read"


def test_where_nothing_is_new_the_journal_does_not_say_that_someone_came() -> None:
    account = uuid4()
    assert read(myself(account), account, [1, 2], key=key(), at=AT) == 0
    assert not Event.objects.exists()


def test_nobody_reads_what_others_were_told() -> None:
    account, other = uuid4(), uuid4()
    tell(account)
    with pytest.raises(NotAllowed):
        read(myself(other), account, [1], key=key(), at=AT)
    assert read(myself(other), other, [AccountNotice.objects.get().pk], key=key(), at=AT) == 0
    assert queries.unread(account) == 1


def test_one_who_is_given_a_role_is_told_in_the_house_and_by_letter() -> None:
    place = an_edition()
    account = grant(BUILDER, place, WHO, Role.MODERATOR, key=key(), at=AT)
    (told,) = queries.told_to_account(account, "en")
    assert "moderator" in told.words
    letter = Letter.objects.get()
    assert letter.recipient == WHO
    assert f"{settings.ENVIRONMENT.address()}/fr/enter" in letter.body
    revoke(BUILDER, place, account, Role.MODERATOR, key=key(), at=AT)
    assert "ended" in queries.told_to_account(account, "en")[0].words


def test_a_role_given_again_with_its_key_is_told_once() -> None:
    for _ in range(2):
        grant(BUILDER, None, WHO, Role.OPERATOR, key="once", at=AT)
    assert AccountNotice.objects.count() == Letter.objects.count() == 1


# --- Letters --------------------------------------------------------------------------------------


def test_a_demonstration_keeps_letters_in_its_mailbox_with_their_day() -> None:
    send(WHO, "Objet", "Corps")
    (letter,) = queries.mailbox()
    assert (letter.recipient, letter.subject, letter.body) == (WHO, "Objet", "Corps")
    assert queries.letter(letter.pk) == letter
    with pytest.raises(NotFound):
        queries.letter(letter.pk + 1)


def test_elsewhere_there_is_no_mailbox() -> None:
    with override_settings(DEMONSTRATION=False):
        with pytest.raises(NotFound):
            queries.mailbox()
        with pytest.raises(NotFound):
            queries.letter(1)


def test_a_service_without_a_mail_server_does_not_start() -> None:
    mail.check()
    with override_settings(DEMONSTRATION=False), pytest.raises(SetupError, match="SMTP_URL"):
        mail.check()


class Server:
    """What smtplib would speak with."""

    said: ClassVar[list[tuple[str, object]]] = []
    refusal: ClassVar[Exception | None] = None

    def __init__(self, host: str, port: int, **options: object) -> None:
        Server.said.append(("tls" if "context" in options else "clear", (host, port)))

    def starttls(self, *, context: object) -> None:
        assert context.check_hostname  # type: ignore[attr-defined]
        Server.said.append(("starttls", None))

    def login(self, user: str, password: str) -> None:
        Server.said.append(("login", (user, password)))

    def sendmail(self, sender: str, recipients: list[str], message: bytes, **_: object) -> None:
        if Server.refusal is not None:
            raise Server.refusal
        Server.said.append(("mail", (recipients, message.decode())))

    def quit(self) -> None:
        """Good bye."""

    def close(self) -> None:
        """Hang up."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Server]]:
    """A service with a mail server that speaks STARTTLS."""
    monkeypatch.setattr(Server, "said", [])
    monkeypatch.setattr(Server, "refusal", None)
    monkeypatch.setattr(smtplib, "SMTP", Server)
    monkeypatch.setattr(smtplib, "SMTP_SSL", Server)
    with served("starttls"):
        yield Server


def served(security: str) -> override_settings:
    smtp = Smtp("mail.example", 587, "user", "secret", security)  # type: ignore[arg-type]
    found = replace(settings.ENVIRONMENT, smtp=smtp, mode="service")
    return override_settings(ENVIRONMENT=found, DEMONSTRATION=False)


def test_a_letter_waits_sealed_and_is_then_carried(server: type[Server]) -> None:
    send(WHO, "Bonjour", "Voici 1234")
    job = ProcrastinateJob.objects.get()
    assert job.task_name == "notices.send"
    for words in (WHO, "Bonjour", "1234"):
        assert words not in str(job.args)
    tasks.send(**job.args)
    assert not Letter.objects.exists()
    (recipients, message) = dict(server.said)["mail"]  # type: ignore[misc]
    assert recipients == [WHO]
    assert "Auto-Submitted: auto-generated" in message
    assert f"@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>" in message


@pytest.mark.usefixtures("server")
def test_a_letter_goes_with_the_act_that_is_undone() -> None:
    for alias in ("accounts", "default"):
        undone(alias, lambda: send(WHO, "a", "b"))
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize(
    ("security", "steps"),
    [
        ("tls", ["tls", "login", "mail"]),
        ("starttls", ["clear", "starttls", "login", "mail"]),
        ("none", ["clear", "login", "mail"]),
    ],
)
def test_a_letter_travels_as_the_environment_says(
    server: type[Server], security: str, steps: list[str]
) -> None:
    with served(security):
        get_connection().send_messages([EmailMessage("a", "b", to=[WHO])])
    assert [step for step, _ in server.said] == steps


def test_an_address_that_does_not_exist_is_given_up(server: type[Server]) -> None:
    server.refusal = smtplib.SMTPRecipientsRefused({WHO: (550, b"no such user")})
    send(WHO, "a", "b")
    tasks.send(**ProcrastinateJob.objects.get().args)


@pytest.mark.parametrize(
    "refusal",
    [
        smtplib.SMTPRecipientsRefused({WHO: (450, b"come back later, amina@example.ma")}),
        smtplib.SMTPSenderRefused(550, b"amina@example.ma may not", WHO),
        smtplib.SMTPServerDisconnected("amina@example.ma"),
        TimeoutError("amina@example.ma"),
    ],
)
def test_a_server_in_trouble_is_asked_again_and_nobodys_address_is_told(
    server: type[Server], refusal: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.refusal = refusal
    send(WHO, "sujet", "corps")
    with pytest.raises(OutputError) as told:
        tasks.send(**ProcrastinateJob.objects.get().args)
    assert told.value.__suppress_context__
    for text in (str(told.value), caplog.text):
        assert not any(words in text for words in ("amina", "sujet", "corps"))
    assert "not taken" in caplog.text


# --- Sealing --------------------------------------------------------------------------------------


def test_what_is_sealed_is_opened_for_its_purpose_only_and_never_the_same_twice() -> None:
    token = sealed("letter", "بسم")
    assert opened("letter", token) == "بسم"
    assert token != sealed("letter", "بسم")
    changed = ("A" if token[0] != "A" else "B") + token[1:]
    for purpose, other in (("notice", token), ("letter", changed), ("letter", ""), ("letter", "é")):
        with pytest.raises(NotOurs):
            opened(purpose, other)


def test_another_installation_opens_nothing() -> None:
    token = sealed("letter", "x")
    with (
        override_settings(SECRETS=replace(settings.SECRETS, django_key="00" * 32)),
        pytest.raises(NotOurs),
    ):
        opened("letter", token)


def test_the_roles_of_the_database_see_only_their_own_notices() -> None:
    for alias, table in (("default", "notices_letter"), ("accounts", "notices_voicenotice")):
        with (
            pytest.raises(Exception, match="permission denied"),
            connections[alias].cursor() as cursor,
        ):
            cursor.execute(f"SELECT 1 FROM {table}")
