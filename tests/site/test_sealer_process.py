from __future__ import annotations

import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import OperationalError, connections

from assises.rooms.journal import sealing
from assises.rooms.journal.acting import OFFICIAL, SIMULATION
from assises.rooms.journal.logs import checkpoint_of, folder_of, writing
from assises.rooms.journal.models import Event
from assises.site import sealer
from tests.rooms.sealed import (
    assert_each_begins_the_next,
    assert_sealed,
    happen,
    let_go,
    open_edition,
    own_folders,
    unsealed,
    voice_of,
    vote,
)

pytestmark = pytest.mark.usefixtures("db", "own_folders")
__all__ = ["own_folders"]


class Sealer:
    """``python -m assises.site.sealer``, on the folders and the database of this test."""

    def __init__(self, folder: Path) -> None:
        self._output = folder / "sealer.log"
        with open(self._output, "ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "assises.site.sealer"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={
                    **os.environ,
                    "DATABASE_URL": _database_url(),
                    "DJANGO_SETTINGS_MODULE": "assises.site.settings",
                    "ASSISES_DATA": str(folder / "data"),
                    "ASSISES_SECRET_FOLDER": str(folder / "secrets"),
                },
            )

    @property
    def said(self) -> str:
        return self._output.read_text("utf-8")

    def until(self, is_so: Callable[[], bool], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not is_so():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.02)

    def until_all_sealed(self) -> None:
        self.until(lambda: not unsealed(OFFICIAL) and not unsealed(SIMULATION))

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Sealer]]:
    # The passwords of the database's roles belong to the server and not to this test.
    shutil.copy(_secrets_of_the_session() / "secrets.json", tmp_path / "secrets")
    started: list[Sealer] = []

    def begin() -> Sealer:
        started.append(Sealer(tmp_path))
        return started[-1]

    yield begin
    for one in started:
        one.process.kill()
        one.process.wait()


def _secrets_of_the_session() -> Path:
    from assises.site import settings as of_the_session

    return of_the_session.ENVIRONMENT.secret_folder


def _database_url() -> str:
    given = settings.DATABASES["owner"]
    who = f"{quote(given['USER'])}:{quote(given['PASSWORD'], safe='')}"
    where = {"host": given["HOST"], "port": str(given["PORT"])}
    told = urlencode({key: value for key, value in where.items() if value})
    return f"postgres://{who}@/{quote(given['NAME'])}?{told}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_seals_both_logs_and_stops_when_asked(
    start: Callable[[], Sealer], number: signal.Signals
) -> None:
    place, simulated = open_edition(), open_edition("simulated")
    running = start()
    running.until_all_sealed()
    vote(place, voice_of(place))
    vote(simulated, voice_of(simulated))
    running.until_all_sealed()
    assert running.end(number) == 0
    assert "stopped; 10 events were sealed since the start" in running.said
    for name in (OFFICIAL, SIMULATION):
        with writing(name) as log:
            assert log.size == 5
            assert_sealed(log, name)


def test_its_output_names_nobody(start: Callable[[], Sealer]) -> None:
    place = open_edition()
    who = voice_of(place)
    vote(place, who)
    running = start()
    running.until_all_sealed()
    running.end()
    told = running.said
    secrets = [
        who[0].pseudonym,
        str(who[1]),
        str(place.id),
        settings.DATABASES["owner"]["PASSWORD"],
    ]
    assert [secret for secret in secrets if secret in told] == []


def test_a_second_one_leaves_with_a_clear_message(start: Callable[[], Sealer]) -> None:
    first = start()
    first.until((folder_of(SIMULATION) / "key").exists)
    second = start()
    assert second.process.wait(30) == 5
    assert "another sealer writes the log official. Leave it to that one" in second.said
    assert "Traceback" not in second.said
    assert first.end() == 0


def test_a_key_that_is_gone_ends_it_with_what_to_do(start: Callable[[], Sealer]) -> None:
    with writing(OFFICIAL):
        pass
    (settings.ENVIRONMENT.secret_folder / "log-official.key").unlink()
    running = start()
    assert running.process.wait(30) == 5
    assert "Restore it from a backup" in running.said
    assert "Traceback" not in running.said


def test_it_goes_on_when_the_database_cuts_its_session(start: Callable[[], Sealer]) -> None:
    place = open_edition()
    running = start()
    running.until_all_sealed()
    with connections["sealer"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = current_user AND pid <> pg_backend_pid()"
        )
    vote(place, voice_of(place))
    running.until_all_sealed()
    assert "waiting 0.5 s" in running.said
    assert running.end() == 0


def kill_again_and_again(start: Callable[[], Sealer], rounds: int) -> None:
    place, chance = open_edition(), random.Random(rounds)
    finished = threading.Event()

    def write() -> None:
        try:
            while not finished.wait(0.03):
                happen(place, 1 + chance.randrange(40))
        finally:
            let_go()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    try:
        for _ in range(rounds):
            running = start()
            if chance.random() < 0.8:
                before = size()
                running.until(lambda before=before: size() > before)  # type: ignore[misc]
                time.sleep(chance.random() / 2)
            else:  # while it starts and repairs
                time.sleep(chance.random() * 1.5)
            running.end(signal.SIGKILL)
            told = checkpoint_of(OFFICIAL)
            if told is not None:
                seen.append(told[0])
    finally:
        finished.set()
        writer.join()
    last = start()
    last.until_all_sealed()
    assert last.end() == 0
    with writing(OFFICIAL) as log:
        assert_sealed(log, OFFICIAL)
        assert_each_begins_the_next(log, seen)
        assert log.size == Event.objects.count()


def size() -> int:
    told = checkpoint_of(OFFICIAL)
    return 0 if told is None else told[0].size


def test_killed_at_any_moment_it_loses_and_doubles_nothing(start: Callable[[], Sealer]) -> None:
    kill_again_and_again(start, 3)


@pytest.mark.slow
def test_killed_fifty_times_it_loses_and_doubles_nothing(start: Callable[[], Sealer]) -> None:
    kill_again_and_again(start, 50)


@pytest.mark.parametrize("error", [OperationalError("it restarts"), OSError("the disk is full")])
def test_what_passes_by_itself_is_waited_for_longer_each_time(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place = open_edition()
    really, calls = sealing.seal, 0

    def seal(*arguments: object) -> int:
        nonlocal calls
        calls += 1
        if calls in (1, 2, 5):
            raise error
        return really(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sealing, "seal", seal)
    monkeypatch.setattr(sealer, "_FIRST_PAUSE", 0.02)
    vote(place, voice_of(place))
    with caplog.at_level(logging.WARNING, "assises.sealer"):
        sealed = sealer.run(lambda: calls >= 8, sleep=lambda _: time.sleep(0.005))
    assert sealed == 5
    assert not unsealed(OFFICIAL)
    waited = [r.args[0] for r in caplog.records if isinstance(r.args, tuple) and len(r.args) == 2]
    # Twice in a row, then anew after it had gone well.
    assert waited == [0.02, 0.04, 0.02]
