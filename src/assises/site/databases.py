"""One database, four roles: who votes and who logs in are read by different ones.

``default`` (web) reads and writes the domain, voices included, and cannot read accounts.
``accounts`` reads accounts, sessions and grants, and cannot read voices.
``sealer`` fills in the place of an event in the log, and nothing else.
``owner`` owns the tables; only migrations and builders use it.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from psycopg.conninfo import conninfo_to_dict

from assises.site.environment import Environment, Secrets

ACCOUNT_APPS: Final = {"auth", "account", "mfa", "sessions", "contenttypes"}
ACCOUNT_MODELS: Final = {
    "people.account",
    "people.grant",
    "notices.accountnotice",
    "notices.letter",
}
_NAMES: Final = {
    "dbname": "NAME",
    "user": "USER",
    "password": "PASSWORD",
    "host": "HOST",
    "port": "PORT",
}
# A word with two slips of the pen still finds its sentence; PostgreSQL's own .6 allows one.
_SESSION: Final = "-c pg_trgm.word_similarity_threshold=0.45"
_ALIASES: Final = {"default": "web", "accounts": "accounts", "sealer": "sealer"}


def databases(environment: Environment, secrets: Secrets) -> dict[str, dict[str, Any]]:
    """Django's DATABASES: the same server and database under each of the four roles."""
    owner = owner_of(environment, secrets)
    aliases = {"owner": _settings(owner)}
    for alias, part in _ALIASES.items():
        user = f"{owner['dbname']}_{part}"
        aliases[alias] = _settings(owner | {"user": user, "password": secrets.role(part)})
    return aliases


def owner_of(environment: Environment, secrets: Secrets) -> dict[str, str]:
    """Where the database is, for the role that owns it: libpq's words."""
    if environment.database_url:
        return {k: str(v) for k, v in conninfo_to_dict(environment.database_url).items()}
    from assises.site.postgres import Cluster

    return Cluster(environment.data, password=secrets.role("owner")).connection_info()


def _settings(info: dict[str, str]) -> dict[str, Any]:
    named = {django: info.get(libpq, "") for libpq, django in _NAMES.items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {k: v for k, v in info.items() if k not in _NAMES} | {"options": _SESSION},
        **named,
    }


class Router:
    """Sends each table to the role that may read it."""

    def db_for_read(self, model: type[models.Model], **_hints: Any) -> str:
        """The alias whose role reads this table."""
        return "accounts" if _is_account(model._meta.label_lower) else "default"

    db_for_write = db_for_read

    def allow_relation(self, _one: models.Model, _other: models.Model, **_hints: Any) -> bool:
        """It is one database: a foreign key may cross."""
        return True

    def allow_migrate(self, db: str, _app: str, **_hints: Any) -> bool:
        """Only the owner makes tables."""
        return db == "owner"


def _is_account(label: str) -> bool:
    return label.split(".", maxsplit=1)[0] in ACCOUNT_APPS or label in ACCOUNT_MODELS
