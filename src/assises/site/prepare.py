"""Bring a data folder up to this version: roles, tables, rights, files, and the first shelves."""

from __future__ import annotations

import hashlib
import sys

import django
from django.core.management import call_command
from psycopg import sql

from assises.fronts.cli import terminal
from assises.lib.errors import AssisesError, SetupError
from assises.lib.progress import Progress


def prepare(progress: Progress) -> None:
    """Safe twice; a second time it takes a moment.

    Raises:
        SetupError: the database refuses.
    """
    from django.conf import settings

    from assises.rooms.notices import mail
    from assises.site import grants
    from assises.site.databases import owner_of
    from assises.site.postgres import Cluster
    from assises.site.servers import ensure_roles
    from assises.site.shelves import first_start

    mail.check()
    progress.step("database")
    if settings.ENVIRONMENT.database_url is None:
        cluster = Cluster(settings.DATA, password=settings.SECRETS.role("owner"))
        cluster.ensure_database(settings.DATABASES["owner"]["NAME"])
    ensure_roles(owner_of(settings.ENVIRONMENT, settings.SECRETS), settings.SECRETS)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    grants.apply()
    know_the_keys()
    progress.step("files")
    ignored = ["*.py", "*.j2", "procrastinate", "__pycache__"]
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=ignored)
    first_start(progress)


def know_the_keys() -> None:
    """Refuse a database whose voices were made under other keys: nobody would be found again.

    Raises:
        SetupError: the secrets are not those that this database began with.
    """
    from django.conf import settings
    from django.db import connections

    told = settings.SECRETS.voice_key + settings.SECRETS.account_key
    fingerprint = hashlib.sha256(f"assises keys {told}".encode()).hexdigest()[:32]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_setting('assises.keys', true)")
        known = cursor.fetchone()[0]
        if known and known != fingerprint:
            raise SetupError(
                "the secrets are not those that this database began with",
                file=settings.ENVIRONMENT.secret_folder / "secrets.json",
                next_step="Restore that file from a backup: without its keys nobody's voice can "
                "be found again.",
            )
        database = sql.Identifier(settings.DATABASES["owner"]["NAME"])
        statement = sql.SQL("ALTER DATABASE {} SET assises.keys = {}")
        cursor.execute(statement.format(database, sql.Literal(fingerprint)))


def main() -> int:
    """The exit status."""
    django.setup()
    try:
        with terminal.steps() as progress:
            prepare(progress)
    except AssisesError as error:
        return terminal.fail(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
