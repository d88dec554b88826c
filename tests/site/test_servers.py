from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest

from assises.lib.errors import SetupError
from assises.site import servers
from assises.site.environment import secrets_of
from assises.site.keys import Secrets
from assises.site.postgres import (
    Cluster,
    check_server,
    ensure_roles,
    role_name,
    server_version_of,
)

from .clusters import ask, cluster_in, log_of, running
from .running import wait_for


def refusal(conninfo: Any) -> str:
    with pytest.raises(SetupError) as caught:
        check_server(conninfo)
    assert "hunter2" not in str(caught.value)
    return str(caught.value)


def made_database(server: Cluster, name: str, options: str = "") -> dict[str, str]:
    ask(server, f"DROP DATABASE IF EXISTS {name}")
    ask(server, f"CREATE DATABASE {name} TEMPLATE template0 {options}")
    return server.connection_info(name)


def test_a_fit_server_is_taken_by_words_or_by_address(server: Cluster) -> None:
    info = made_database(server, "fit")
    check_server(info)
    check_server(psycopg.conninfo.make_conninfo(**info))
    assert server_version_of(info) >= 15


def test_a_server_that_is_too_old_is_refused(
    server: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "OLDEST_MAJOR", 99)
    assert "which is older than 99. Use a newer server" in refusal(
        server.connection_info("postgres")
    )


def test_a_server_that_is_not_there_is_told_without_its_password(home: Path) -> None:
    told = refusal("postgres://owner:hunter2@127.0.0.1:1/assises")
    assert "127.0.0.1, database assises" in told
    assert "onnection refused" in told
    assert "onnection" in refusal(cluster_in(home).connection_info())


def test_a_wrong_password_is_told_without_it(server: Cluster) -> None:
    told = refusal(server.connection_info("postgres") | {"password": "hunter2 wrong"})
    assert "password authentication failed" in told


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ("ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'", "is kept in LATIN1, not in UTF-8"),
        ("LC_CTYPE 'C'", "takes only ASCII for letters"),
    ],
)
def test_a_database_that_cannot_hold_our_languages_is_refused(
    server: Cluster, options: str, word: str
) -> None:
    told = refusal(made_database(server, "unfit", options))
    assert word in told
    assert "CREATE DATABASE \"unfit\" TEMPLATE template0 ENCODING 'UTF8'" in told


def test_an_owner_without_powers_is_told_the_statements(server: Cluster) -> None:
    info = made_database(server, "poor")
    ask(server, 'DROP ROLE IF EXISTS "po\'or"')
    ask(server, "CREATE ROLE \"po'or\" LOGIN PASSWORD 'p'")
    limited = info | {"user": "po'or", "password": "p"}
    assert 'ALTER ROLE "po\'or" CREATEROLE;' in refusal(limited)
    ask(server, 'ALTER ROLE "po\'or" CREATEROLE')
    assert 'GRANT CREATE ON DATABASE "poor" TO "po\'or";' in refusal(limited)
    ask(server, 'GRANT CREATE ON DATABASE poor TO "po\'or"')
    check_server(limited)


def test_a_standby_and_a_server_without_trigrams_are_refused() -> None:
    fit = {
        "major": 18, "version": "18.1", "user": "u", "dbname": "d", "standby": False,
        "encoding": "UTF8", "letters": "C.UTF-8", "makes_roles": True, "trigrams": True,
        "makes_schemas": True,
    }  # fmt: skip
    assert list(servers._failings(fit)) == []
    assert "standby" in next(servers._failings(fit | {"standby": True}))[0]
    assert "postgresql-contrib" in next(servers._failings(fit | {"trigrams": False}))[1]


# --- The roles ------------------------------------------------------------------------------------


def test_each_role_logs_in_with_its_password_and_has_no_power(
    server: Cluster, secrets: Secrets
) -> None:
    info = made_database(server, "house")
    for _ in range(2):
        ensure_roles(info, secrets)
    for role in ("web", "accounts", "sealer"):
        login = {"user": f"house_{role}", "password": secrets.role(role), "dbname": "house"}
        assert ask(server, "SELECT current_setting('synchronous_commit')", **login) == "on"
        powers = "rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
        query = f"SELECT {powers} FROM pg_roles WHERE rolname = current_user"
        assert ask(server, query, **login) is False
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(server, "CREATE TABLE mine ()", **login)


def test_new_passwords_and_lost_powers_are_brought_up_to_date(
    server: Cluster, secrets: Secrets, tmp_path: Path
) -> None:
    info = made_database(server, "renewed")
    ensure_roles(info, secrets)
    ask(server, "ALTER ROLE renewed_web SUPERUSER CREATEDB NOLOGIN")
    ask(server, "ALTER ROLE renewed_web SET synchronous_commit = 'off'")
    later = secrets_of(tmp_path / "later")
    ensure_roles(info, later)
    login = {"user": "renewed_web", "dbname": "renewed"}
    query = (
        "SELECT rolsuper OR rolcreatedb, current_setting('synchronous_commit') FROM pg_roles"
        " WHERE rolname = current_user"
    )
    assert ask(server, query, **login, password=later.role("web")) == (False, "on")
    with pytest.raises(psycopg.OperationalError):
        ask(server, "SELECT 1", **login, password=secrets.role("web"))


def test_roles_made_by_several_at_once_are_the_same(server: Cluster, secrets: Secrets) -> None:
    info = made_database(server, "crowd")
    failures: list[Exception] = []

    def make() -> None:
        try:
            ensure_roles(info, secrets)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    login = {"user": "crowd_sealer", "password": secrets.role("sealer"), "dbname": "crowd"}
    assert ask(server, "SELECT 1", **login) == 1


def test_an_owner_who_is_no_superuser_makes_them_too(server: Cluster, secrets: Secrets) -> None:
    info = made_database(server, "modest")
    ask(server, "CREATE ROLE modest_owner LOGIN CREATEROLE PASSWORD 'p'")
    ask(server, "ALTER DATABASE modest OWNER TO modest_owner")
    owner = info | {"user": "modest_owner", "password": "p"}
    for _ in range(2):
        ensure_roles(owner, secrets)
    ask(server, "REVOKE modest_web FROM modest_owner")
    with pytest.raises(SetupError, match=r'GRANT "modest_web" TO "modest_owner" WITH ADMIN OPTION'):
        ensure_roles(owner, secrets)
    ask(server, "ALTER ROLE modest_owner NOCREATEROLE")
    with pytest.raises(SetupError, match='ALTER ROLE "modest_owner" CREATEROLE'):
        ensure_roles(owner, secrets)


def test_a_database_closed_to_the_roles_is_told(server: Cluster, secrets: Secrets) -> None:
    info = made_database(server, "shut")
    ask(server, "REVOKE CONNECT ON DATABASE shut FROM PUBLIC")
    ask(server, "CREATE ROLE shut_maker LOGIN CREATEROLE PASSWORD 'p'")
    ask(server, "GRANT CONNECT ON DATABASE shut TO shut_maker")
    with pytest.raises(SetupError, match='GRANT CONNECT ON DATABASE "shut" TO "shut_web"'):
        ensure_roles(info | {"user": "shut_maker", "password": "p"}, secrets)
    ensure_roles(info, secrets)


def test_no_password_is_written_to_the_log_of_the_server(made: Cluster, shared: Path) -> None:
    secrets = secrets_of(shared / "secrets")
    with running(made):
        ask(made, "ALTER SYSTEM SET log_statement = 'all'")
        ask(made, "SELECT pg_reload_conf()")
        wait_for(lambda: ask(made, "SHOW log_statement") == "all")
        ensure_roles(made.connection_info("postgres"), secrets)
    assert "ALTER ROLE" in log_of(shared)
    assert not any(secrets.role(role) in log_of(shared) for role in ("web", "accounts", "sealer"))


def test_a_role_is_named_after_its_database() -> None:
    assert role_name("assises", "web") == "assises_web"
    with pytest.raises(SetupError, match="too long"):
        role_name("é" * 31, "accounts")
