"""Bringing a data folder up to this version."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from assises.lib.errors import SetupError
from assises.site.prepare import know_the_keys

pytestmark = pytest.mark.usefixtures("db")


def test_a_database_knows_the_keys_it_began_with(monkeypatch: pytest.MonkeyPatch) -> None:
    know_the_keys()
    connections["owner"].close()
    know_the_keys()
    other = replace(settings.SECRETS, voice_key="0" * 64)
    monkeypatch.setattr(settings, "SECRETS", other)
    connections["owner"].close()
    with pytest.raises(SetupError, match="began with"):
        know_the_keys()


def test_the_migrations_say_all_that_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
