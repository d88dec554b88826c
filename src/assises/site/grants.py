"""Which role of the database may do what with which table: the strangers' wall, in SQL.

Applied after every migration. A table that is not named here is nobody's but the owner's, and a
test refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.apps import apps
from django.db import connections
from psycopg import sql

WHOLE: Final = "SELECT, INSERT, UPDATE, DELETE"
ADD: Final = "SELECT, INSERT"
READ: Final = "SELECT"

# web: the domain and the voices. accounts: who logs in. sealer: the place of events in the log.
_BOTH_ADD: Final = {"web": ADD, "accounts": ADD}
TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "journal_event": {**_BOTH_ADD, "sealer": READ},
    "journal_payload": _BOTH_ADD,
    "journal_subject": _BOTH_ADD,
    "votes_cast": {"web": ADD},
    "people_account": {"accounts": WHOLE},
    "people_grant": {"accounts": WHOLE},
    "people_voice": {"web": WHOLE},
    "people_organisation": {"web": WHOLE},
    "people_mandate": {"web": WHOLE},
    "notices_accountnotice": {"accounts": WHOLE},
    "notices_letter": {"accounts": WHOLE},
    "notices_voicenotice": {"web": WHOLE},
    "consultations_consultation": {"web": WHOLE, "accounts": READ},
    "django_session": {"accounts": WHOLE},
    "django_content_type": {"accounts": WHOLE},
    "auth_permission": {"accounts": WHOLE},
    "auth_group": {"accounts": WHOLE},
    "auth_group_permissions": {"accounts": WHOLE},
    "django_migrations": {"web": READ, "accounts": READ, "sealer": READ},
}
_WHOLE_ROOMS: Final = ("chain", "search", "texts", "consultations", "contributions", "insights")
_WHOLE_PREFIXES: Final = {"account_": "accounts", "mfa_": "accounts", "procrastinate_": "web"}


def rights(table: str) -> Mapping[str, str]:
    """What each role may do with one table; empty for one that nobody thought of."""
    if table in TABLES:
        return TABLES[table]
    for prefix, role in _WHOLE_PREFIXES.items():
        if table.startswith(prefix):
            return {role: WHOLE}
    if table.split("_", maxsplit=1)[0] in (*_WHOLE_ROOMS, "votes"):
        return {"web": WHOLE}
    return {}


def apply() -> None:
    """Give each role exactly its rights, and take every other."""
    owner = connections["owner"]
    database = owner.settings_dict["NAME"]
    roles = {part: f"{database}_{part}" for part in ("web", "accounts", "sealer")}
    with owner.cursor() as cursor:
        tables = owner.introspection.table_names(cursor)
        _execute(cursor, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for role in roles.values():
            _execute(cursor, "GRANT USAGE ON SCHEMA public TO {}", role)
            _execute(cursor, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}", role)
        for table in tables:
            for part, what in rights(table).items():
                _execute(cursor, f"GRANT {what} ON {{}} TO {{}}", table, roles[part])
        for part in ("web", "accounts"):
            _execute(
                cursor, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", roles[part]
            )
        _execute(cursor, "GRANT UPDATE (sequence, leaf) ON journal_event TO {}", roles["sealer"])


def unthought() -> list[str]:
    """Tables of our apps that nobody gave rights to."""
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models if model._meta.managed}
    return sorted(table for table in tables if not rights(table))


def _execute(cursor: object, statement: str, *names: str) -> None:
    composed = sql.SQL(statement).format(*(sql.Identifier(n) for n in names))
    cursor.execute(composed)  # type: ignore[attr-defined]
