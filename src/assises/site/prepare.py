"""Bring a data folder up to this version: roles, tables, rights, files, and the first shelves."""

from __future__ import annotations

import sys

import django
from django.core.management import call_command

from assises.fronts.cli import terminal
from assises.lib.errors import AssisesError
from assises.lib.progress import Progress


def prepare(progress: Progress) -> None:
    """Safe twice; a second time it takes a moment.

    Raises:
        SetupError: the database refuses.
    """
    from django.conf import settings

    from assises.site import grants
    from assises.site.databases import owner_of
    from assises.site.postgres import Cluster
    from assises.site.servers import ensure_roles
    from assises.site.shelves import first_start

    progress.step("database")
    if settings.ENVIRONMENT.database_url is None:
        cluster = Cluster(settings.DATA, password=settings.SECRETS.role("owner"))
        cluster.ensure_database(settings.DATABASES["owner"]["NAME"])
    ensure_roles(owner_of(settings.ENVIRONMENT, settings.SECRETS), settings.SECRETS)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    grants.apply()
    progress.step("files")
    ignored = ["*.py", "*.j2", "procrastinate", "__pycache__"]
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=ignored)
    first_start(progress)


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
