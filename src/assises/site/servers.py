"""A PostgreSQL server that answers, ours or another's: is it fit, and are its roles there?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from assises.lib.errors import SetupError
from assises.site.keys import Secrets

OLDEST_MAJOR: Final = 15
LOGIN_ROLES: Final = ("web", "accounts", "sealer")
_LONGEST_NAME: Final = 63
_SECONDS: Final = 10
# One at a time may make the roles of a database; any number will do that nobody else uses.
_LOCK: Final = 0x61737369736573
_EXCESSES: Final = ("superuser", "createrole", "createdb", "replication", "bypassrls")
_COLUMNS: Final = (
    "rolsuper", "rolcreaterole", "rolcreatedb", "rolreplication", "rolbypassrls",
)  # fmt: skip

ConnInfo = str | Mapping[str, Any]

_FACTS: Final = """
SELECT current_setting('server_version_num')::int / 10000 AS major,
       current_setting('server_version') AS version,
       current_user::text AS "user", current_database()::text AS dbname,
       pg_is_in_recovery() AS standby,
       getdatabaseencoding()::text AS encoding,
       (SELECT datctype::text FROM pg_database WHERE datname = current_database()) AS letters,
       (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS makes_roles,
       EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') AS trigrams,
       has_database_privilege(current_database(), 'CREATE') AS makes_schemas
"""


def server_version_of(conninfo: ConnInfo) -> int:
    """The major version of the server: 15, 16 and so on.

    Raises:
        SetupError: it cannot be reached.
    """
    with connected(conninfo) as connection:
        return connection.info.server_version // 10000


def check_server(conninfo: ConnInfo) -> None:
    """Refuse a server or database that could not carry the house.

    Raises:
        SetupError: it cannot be reached, is older than 15 or a standby, its database is not in
            UTF-8 or knows only ASCII letters, or the user may not make roles or lacks pg_trgm.
    """
    with connected(conninfo) as connection:
        cursor = connection.execute(_FACTS)
        names = [column.name for column in cursor.description or ()]
        facts = dict(zip(names, cursor.fetchone() or (), strict=True))
    for problem, next_step in _failings(facts):
        where = f"the database {facts['dbname']} of the server in DATABASE_URL"
        raise SetupError(f"{where} {problem}", next_step=next_step)


def role_name(dbname: str, role: str) -> str:
    """The name of a login role: roles belong to a whole server, so the database is part of it."""
    name = f"{dbname}_{role}"
    if len(name.encode()) > _LONGEST_NAME:
        # PostgreSQL would cut it in silence, and two roles could become one.
        raise SetupError(
            "the name of the database is too long to name its roles after it",
            value=dbname,
            next_step=f"Use a database whose name has at most {_LONGEST_NAME - 9} bytes.",
        )
    return name


def ensure_roles(owner_conninfo: ConnInfo, secrets: Secrets) -> None:
    """Make or mend the login roles ``<dbname>_web``, ``<dbname>_accounts``, ``<dbname>_sealer``.

    Each may log in with its password of ``secrets`` and connect to the database, and nothing else;
    what it may read and write is granted with the tables. Safe twice and by two at a time.

    Raises:
        SetupError: the owner may not do it; says the statement that someone else must run.
    """
    with connected(owner_conninfo) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for role in LOGIN_ROLES:
            name = role_name(connection.info.dbname, role)
            try:
                _ensure_role(connection, name, secrets.role(role))
            except psycopg.errors.InsufficientPrivilege as error:
                raise _may_not(connection.info.user, name, error) from None


@contextmanager
def connected(conninfo: ConnInfo) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection for a moment, in autocommit.

    Raises:
        SetupError: the server cannot be reached or refuses; its password is never shown.
    """
    parts = conninfo_to_dict(conninfo) if isinstance(conninfo, str) else dict(conninfo)
    told = make_conninfo(**{"connect_timeout": _SECONDS, **parts})
    try:
        connection = psycopg.connect(told, autocommit=True)
    except psycopg.OperationalError as error:
        # Not chained: a traceback would show what the error holds.
        raise _unreachable(parts, str(error)) from None
    with connection:
        yield connection


def _unreachable(parts: Mapping[str, Any], said: str) -> SetupError:
    if parts.get("password"):
        said = said.replace(str(parts["password"]), "***")
    where = f"{parts.get('host') or 'this machine'}, database {parts.get('dbname')}"
    reason = " ".join(said.partition("Is the server running")[0].split()) or "no reason given"
    return SetupError(
        f"PostgreSQL does not let us in ({where}): {reason}",
        next_step="Check that it runs, and the host, port, user, password and database that it is "
        "called with (DATABASE_URL).",
    )


def _failings(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    user, dbname = _quoted(facts["user"]), _quoted(facts["dbname"])
    if facts["major"] < OLDEST_MAJOR:
        yield (
            f"runs on PostgreSQL {facts['version']}, which is older than {OLDEST_MAJOR}",
            "Use a newer server, or unset DATABASE_URL for the embedded one.",
        )
    if facts["standby"]:
        yield "is a standby, which can only be read", "Write the address of the primary."
    if facts["encoding"] != "UTF8":
        yield f"is kept in {facts['encoding']}, not in UTF-8", _remake(dbname)
    if facts["letters"] in ("C", "POSIX"):
        # pg_trgm asks the database's LC_CTYPE what a letter is: under C, search finds no Arabic,
        # no Tifinagh and no accented word.
        yield f"takes only ASCII for letters (LC_CTYPE {facts['letters']})", _remake(dbname)
    if not facts["makes_roles"]:
        yield (
            f"is opened by the user {facts['user']}, who may not make roles",
            f"Have a superuser run: ALTER ROLE {user} CREATEROLE;",
        )
    if not facts["trigrams"]:
        yield "lacks the extension pg_trgm", "Install it (Debian: apt install postgresql-contrib)."
    if not facts["makes_schemas"]:
        yield (
            f"is opened by the user {facts['user']}, who may not make anything in it",
            f"Have its owner run: GRANT CREATE ON DATABASE {dbname} TO {user};",
        )


def _remake(dbname: str) -> str:
    return (
        f"Make it anew: CREATE DATABASE {dbname} TEMPLATE template0 ENCODING 'UTF8' "
        "LOCALE 'C.UTF-8';"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _ensure_role(connection: psycopg.Connection[Any], name: str, password: str) -> None:
    role = sql.Identifier(name)
    facts = sql.SQL("SELECT {} FROM pg_roles WHERE rolname = %s").format(
        sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
    )
    if connection.execute(facts, [name]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
    powers = connection.execute(facts, [name]).fetchone() or ()
    # Only what is too much is taken away: to say NOSUPERUSER at all takes a superuser.
    for excess, held in zip(_EXCESSES, powers, strict=True):
        if held:
            connection.execute(sql.SQL(f"ALTER ROLE {{}} NO{excess.upper()}").format(role))
    # The verifier, not the password, is sent: a failing statement is written to the server's log.
    verifier = connection.pgconn.encrypt_password(
        password.encode(), name.encode(), b"scram-sha-256"
    ).decode()
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(verifier))
    )
    connection.execute(sql.SQL("ALTER ROLE {} SET synchronous_commit = 'on'").format(role))
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role))
    # To grant what is not ours to grant is only a warning.
    may = "SELECT has_database_privilege(%s, current_database(), 'CONNECT')"
    if connection.execute(may, [name]).fetchone() != (True,):
        raise SetupError(
            f"the role {name} may not connect to the database {connection.info.dbname}",
            next_step="Have the owner of the database run: GRANT CONNECT ON DATABASE "
            f"{_quoted(connection.info.dbname)} TO {_quoted(name)};",
        )


def _may_not(user: str, name: str, error: psycopg.Error) -> SetupError:
    return SetupError(
        f"the user {user} may not set up the role {name}: {error.diag.message_primary}",
        next_step=f"Have a superuser run: ALTER ROLE {_quoted(user)} CREATEROLE; and, if the role "
        f"is there already: GRANT {_quoted(name)} TO {_quoted(user)} WITH ADMIN OPTION;",
    )
