"""A PostgreSQL of the tests' own: real roles, real commits, emptied after each test."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def configure() -> None:
    """Before any test module imports a model: settings that point to a folder of this run."""
    folder = Path(tempfile.mkdtemp(prefix="assises-tests-"))
    folder.chmod(0o755)  # PostgreSQL's user goes through it
    os.environ["ASSISES_DATA"] = str(folder)
    os.environ["ASSISES_VOICES_PER_HOUR"] = "0"  # all the tests' people come from one address
    os.environ["DJANGO_SETTINGS_MODULE"] = "assises.site.settings"
    for name in ("DATABASE_URL", "ASSISES_MODE", "ASSISES_ORIGIN"):
        os.environ.pop(name, None)
    import django
    from django.conf import settings

    django.setup()
    settings.ALLOWED_HOSTS.append("testserver")  # what Django's test client calls itself


def clean_up() -> None:
    """After the last test."""
    shutil.rmtree(os.environ["ASSISES_DATA"], ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """The server, with the tables of this version and the rights of each role."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from assises.site import grants
    from assises.site.databases import owner_of
    from assises.site.postgres import Cluster
    from assises.site.servers import ensure_roles

    # Not durable: nothing of it outlives the run. What must be durable is tested on its own.
    server = Cluster(settings.DATA, password=settings.SECRETS.role("owner"), durable=False)
    server.prepare()
    server.start()
    try:
        server.ensure_database(settings.DATABASES["owner"]["NAME"])
        ensure_roles(owner_of(settings.ENVIRONMENT, settings.SECRETS), settings.SECRETS)
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        grants.apply()
        static = Path(settings.STATIC_ROOT)
        if not static.exists():
            call_command(
                "collectstatic",
                interactive=False,
                verbosity=0,
                ignore_patterns=["*.py", "*.j2", "procrastinate"],
            )
        yield server
    finally:
        try:
            connections.close_all()
        finally:
            server.stop()


@pytest.fixture
def db(cluster: Any) -> Iterator[None]:
    """The database, empty before and after; acts commit for real, each role sees its own tables."""
    yield
    empty()


def empty() -> None:
    """Empty every table, and what the bundles and the ledger left on disk."""
    from django.conf import settings
    from django.core.cache import cache
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        tables = [
            t for t in connections["owner"].introspection.table_names(cursor) if t not in KEPT
        ]
        names = ", ".join(f'"{table}"' for table in tables)
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    for alias in connections:
        connections[alias].close()
    cache.clear()
    for folder in ("bundles", "ledger"):
        shutil.rmtree(Path(settings.DATA) / folder, ignore_errors=True)
    for key in settings.ENVIRONMENT.secret_folder.glob("log-*.key"):
        key.unlink()
