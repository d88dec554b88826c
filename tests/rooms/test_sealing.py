from __future__ import annotations

import os
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import DatabaseError, connections, transaction

from assises.engines.ledger.checkpoint import Signer
from assises.engines.ledger.log import Log
from assises.engines.ledger.store import FileStore
from assises.lib.errors import SetupError
from assises.rooms.journal import sealing
from assises.rooms.journal.acting import OFFICIAL, SIMULATION
from assises.rooms.journal.logs import checkpoint_of, folder_of, writing
from assises.rooms.journal.models import Event
from assises.rooms.journal.sealing import recover, seal, sealer_of
from tests.engines.test_ledger_log import Memory
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

SIGNER = Signer("assises.0123456789/official", bytes(range(32)))

pytestmark = pytest.mark.usefixtures("db", "own_folders")
__all__ = ["own_folders"]


def in_threads(count: int, work: Callable[[int], None]) -> None:
    def one(number: int) -> None:
        try:
            work(number)
        finally:
            let_go()

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- Numbers ---------------------------------------------------------------------------------------


def test_each_event_gets_its_number_and_its_leaf() -> None:
    place = open_edition()
    vote(place, voice_of(place))
    with sealer_of(OFFICIAL) as log:
        assert seal(log, OFFICIAL) == 5
        assert seal(log, OFFICIAL) == 0
        assert_sealed(log, OFFICIAL)
    acts = Event.objects.order_by("sequence").values_list("act", flat=True)
    assert list(acts) == [
        "consultations.create",
        "consultations.open",
        "contributions.state",
        "people.enter",
        "votes.cast",
    ]


def test_a_batch_takes_the_oldest_and_leaves_the_rest_for_the_next() -> None:
    place = open_edition()
    happen(place, 20)
    with sealer_of(OFFICIAL) as log:
        assert [seal(log, OFFICIAL, limit=9) for _ in range(4)] == [9, 9, 5, 0]
        assert_sealed(log, OFFICIAL)


def test_each_stream_counts_for_itself_and_a_simulation_has_its_own_log() -> None:
    first, second, simulated = open_edition(), open_edition(), open_edition("simulated")
    for place in (first, second, simulated, second):
        vote(place, voice_of(place))
    with sealer_of(OFFICIAL) as official, sealer_of(SIMULATION) as simulation:
        assert (seal(official, OFFICIAL), seal(simulation, SIMULATION)) == (12, 5)
        assert_sealed(official, OFFICIAL)
        assert_sealed(simulation, SIMULATION)
        assert simulation.checkpoint.origin.endswith("/simulation")
        streams = Event.objects.filter(log=SIMULATION).values_list("stream", flat=True)
        assert set(streams) == {f"consultation:{simulated.id}"}


def test_an_act_that_commits_late_is_sealed_when_it_does() -> None:
    place = open_edition()
    early, late = voice_of(place), voice_of(place)
    vote(place, early)  # the first vote of an edition orders its results, and others wait for it
    begun, others_done = threading.Event(), threading.Event()

    def slow(_: int) -> None:
        with transaction.atomic():
            vote(place, late, "late")
            begun.set()
            assert others_done.wait(20)

    with sealer_of(OFFICIAL) as log:
        thread = threading.Thread(target=in_threads, args=(1, slow))
        thread.start()
        assert begun.wait(20)
        vote(place, early, "early")
        assert seal(log, OFFICIAL) == 7
        others_done.set()
        thread.join()
        assert seal(log, OFFICIAL) == 1
        assert_sealed(log, OFFICIAL)
    # Recorded first and committed last: numbers follow what was seen, without a gap.
    places = dict(Event.objects.filter(key__in=("early", "late")).values_list("key", "sequence"))
    assert places == {"early": 6, "late": 7}


def test_many_at_once_leave_no_gap_and_no_double() -> None:
    place = open_edition()
    voices = [voice_of(place) for _ in range(4)]
    vote(place, voices[0])
    finished = threading.Event()

    def work(number: int) -> None:
        chance = random.Random(number)
        for _ in range(12):
            with transaction.atomic():
                vote(place, voices[number])
                threading.Event().wait(chance.random() / 100)

    def all_of_them() -> None:
        in_threads(4, work)
        finished.set()

    seen = []
    with sealer_of(OFFICIAL) as log:
        writers = threading.Thread(target=all_of_them)
        writers.start()
        while not finished.is_set():
            seal(log, OFFICIAL, limit=7)
            seen.append(log.checkpoint)
        writers.join()
        while seal(log, OFFICIAL):
            pass
        assert_sealed(log, OFFICIAL)
        assert_each_begins_the_next(log, seen)
        assert log.size == 3 + 4 + 1 + 48


def test_voters_do_not_wait_for_the_disk_of_the_log() -> None:
    place = open_edition()
    who = voice_of(place)
    vote(place, who, "again")
    writing_now, voted = threading.Event(), threading.Event()
    in_time: list[bool] = []

    class Slow(Memory):
        def sync(self) -> None:
            writing_now.set()
            in_time.append(voted.wait(20))
            super().sync()

    def sealer(_: int) -> None:
        seal(Log(Slow(), SIGNER), OFFICIAL)

    thread = threading.Thread(target=in_threads, args=(1, sealer))
    thread.start()
    assert writing_now.wait(20)
    vote(place, who)
    vote(place, who, "again")  # its event is in the batch at this moment
    voted.set()
    thread.join()
    assert in_time
    assert all(in_time)


# --- Crashes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_a_crash_at_any_write_of_the_log_loses_and_doubles_nothing(seed: int) -> None:
    place, store, chance = open_edition(), Memory(), random.Random(seed)
    happen(place, 250)
    seen, power, crashed = [], 0, 0
    while True:
        log = Log(store, SIGNER)
        recover(log, OFFICIAL)
        assert_sealed(log, OFFICIAL, all_of_them=False)
        seen.append(log.checkpoint)
        happen(place, 2)
        store.power = power
        try:
            seal(log, OFFICIAL)
        except OSError:
            crashed, power = crashed + 1, power + 1
            store.crash(chance)
        else:
            break
        if not unsealed(OFFICIAL):
            happen(place, 120)  # the next ones cross the edge of a tile again
    assert crashed >= 6
    assert_sealed(log, OFFICIAL)
    assert_each_begins_the_next(log, seen)


@contextmanager
def broken(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def fail(*_: object) -> None:
        raise DatabaseError("the power went")

    with monkeypatch.context() as patch, pytest.raises(DatabaseError, match="the power went"):
        patch.setattr(sealing, name, fail)
        yield


def test_a_crash_between_the_log_and_the_database_is_repaired_from_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = open_edition()
    happen(place, 300)
    with broken("_write", monkeypatch), sealer_of(OFFICIAL) as log:
        seal(log, OFFICIAL)
    assert unsealed(OFFICIAL) == 303
    told = checkpoint_of(OFFICIAL)
    assert told is not None
    happen(place, 10)
    with sealer_of(OFFICIAL) as log:
        assert log.checkpoint == told[0]
        assert unsealed(OFFICIAL) == 10
        seal(log, OFFICIAL)
        assert_sealed(log, OFFICIAL)
        assert_each_begins_the_next(log, [told[0]])


def test_a_sealer_that_goes_on_in_spite_of_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    happen(open_edition(), 3)
    with sealer_of(OFFICIAL) as log:
        with broken("_write", monkeypatch):
            seal(log, OFFICIAL)
        with pytest.raises(SetupError, match="Start the sealer again"):
            seal(log, OFFICIAL)


class Disk:
    """A folder as a power cut would leave it: only the names and the content that were synced."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.syncs, self.last = root, 0, -1
        self._really = os.fsync
        self._forget()
        for folder in (root, root / "data", root / "secrets"):
            self._names[folder] = _listed(folder)
        monkeypatch.setattr(os, "fsync", self._sync)

    def crash(self) -> None:
        """Bring the folder to what was safe."""
        safe = dict(self._safe(self.root))
        shutil.rmtree(self.root)
        self.close()
        self._forget()
        for path, content in safe.items():
            if content is None:
                path.mkdir()
                continue
            path.write_bytes(content)
            path.chmod(0o600)
            handle = os.open(path, os.O_RDONLY)
            self._keep(handle)
            os.close(handle)
        self._names = {path: _listed(path) for path, content in safe.items() if content is None}
        self.last = -1

    def close(self) -> None:
        for handle in self._held:
            os.close(handle)

    def _forget(self) -> None:
        self._content: dict[int, bytes] = {}
        self._names: dict[Path, dict[str, int | None]] = {}
        self._held: list[int] = []

    def _sync(self, handle: int) -> None:
        if self.syncs == self.last:
            raise OSError("the power went")
        self.syncs += 1
        self._really(handle)
        path = Path(f"/proc/self/fd/{handle}").resolve()
        if path.is_dir():
            self._names[path] = _listed(path)
        else:
            self._keep(handle)

    def _keep(self, handle: int) -> None:
        # Held open, or the number of a file that is gone would be given to another one.
        self._held.append(os.dup(handle))
        self._content[os.fstat(handle).st_ino] = Path(f"/proc/self/fd/{handle}").read_bytes()

    def _safe(self, folder: Path) -> Iterator[tuple[Path, bytes | None]]:
        yield folder, None
        for name, inode in self._names.get(folder, {}).items():
            if inode is None:
                yield from self._safe(folder / name)
            else:
                yield folder / name, self._content.get(inode, b"")


def _listed(folder: Path) -> dict[str, int | None]:
    """Names in a folder, with the number of the file or None for a folder."""
    return {e.name: None if e.is_dir() else e.inode() for e in os.scandir(folder)}


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk(tmp_path, monkeypatch)
    yield disk
    disk.close()


def test_what_was_sealed_is_on_the_disk_when_the_database_learns_of_it(disk: Disk) -> None:
    place = open_edition()
    for count in (1, 260, 3):
        happen(place, count)
        with sealer_of(OFFICIAL) as log:
            before = disk.syncs
            seal(log, OFFICIAL)
        # An entry bundle, a tile and the checkpoint at least, and the folder of each.
        assert disk.syncs - before >= 6
        disk.crash()
        with writing(OFFICIAL) as log:
            assert_sealed(log, OFFICIAL)


def test_a_power_cut_at_any_sync_loses_and_doubles_nothing(disk: Disk) -> None:
    place = open_edition()
    happen(place, 240)
    after, crashed, seen = 0, 0, []
    while True:
        disk.last = disk.syncs + after
        happen(place, 6)
        try:
            with sealer_of(OFFICIAL) as log:
                seen.append(log.checkpoint)
                seal(log, OFFICIAL)
        except OSError:
            crashed += 1
            # Go on a little later each time, from the very first making of the key on.
            after += 1
            disk.crash()
            continue
        break
    disk.last = -1
    assert crashed >= 12
    with sealer_of(OFFICIAL) as log:
        seal(log, OFFICIAL)
        assert_sealed(log, OFFICIAL)
        assert_each_begins_the_next(log, seen)


def test_what_the_database_confirms_is_on_its_disk() -> None:
    for alias in ("default", "accounts", "sealer"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)


def test_a_database_that_confirms_too_early_is_refused() -> None:
    with connections["sealer"].cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        with pytest.raises(SetupError, match="synchronous_commit is off"), sealer_of(OFFICIAL):
            pass
        cursor.execute("RESET synchronous_commit")


# --- What does not fit together --------------------------------------------------------------------


def test_an_old_log_that_was_put_back_is_refused(tmp_path: Path) -> None:
    place = open_edition()
    with sealer_of(OFFICIAL) as log:
        seal(log, OFFICIAL)
    shutil.copytree(folder_of(OFFICIAL), tmp_path / "old")
    happen(place, 4)
    with sealer_of(OFFICIAL) as log:
        seal(log, OFFICIAL)
    shutil.rmtree(folder_of(OFFICIAL))
    shutil.copytree(tmp_path / "old", folder_of(OFFICIAL))
    happen(place, 1)
    with pytest.raises(SetupError, match="knows 7 events .* which holds 3"), sealer_of(OFFICIAL):
        pass
    assert unsealed(OFFICIAL) == 1


def test_an_old_database_that_was_put_back_is_refused_and_nothing_is_changed() -> None:
    happen(open_edition(), 4)
    with sealer_of(OFFICIAL) as log:
        seal(log, OFFICIAL)
    newest = Event.objects.order_by("-leaf").values_list("id", flat=True)[0]
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE journal_event SET sequence = NULL, leaf = NULL WHERE leaf >= 3")
        cursor.execute("DELETE FROM journal_event WHERE leaf IS NULL AND id = %s", (newest,))
    with pytest.raises(SetupError, match="leaf 6 .* does not know"), sealer_of(OFFICIAL):
        pass
    assert unsealed(OFFICIAL) == 3


def test_a_log_of_another_past_is_refused() -> None:
    happen(open_edition(), 4)
    first, second = Log(Memory(), SIGNER), Log(Memory(), SIGNER)
    seal(first, OFFICIAL)
    second.append([b"something else"] * first.size)
    with pytest.raises(SetupError, match="is not the event that the database has there"):
        recover(second, OFFICIAL)
    second.append([b"more"])
    with pytest.raises(SetupError, match="is not the event that the database has there"):
        recover(second, OFFICIAL)


def test_an_entry_that_is_no_event_is_refused() -> None:
    log = Log(Memory(), SIGNER)
    log.append([b'{"commitment":"00","sequence":0,"stream":"installation","version":2}'])
    with pytest.raises(SetupError, match="was not written by this sealer"):
        recover(log, OFFICIAL)


# --- One sealer, and what it may do ----------------------------------------------------------------


def test_a_second_sealer_on_this_machine_is_refused_at_once() -> None:
    with sealer_of(OFFICIAL):
        with pytest.raises(SetupError, match="another sealer writes the log official"):
            with sealer_of(OFFICIAL):
                pass
        with sealer_of(SIMULATION):
            pass
    with sealer_of(OFFICIAL):
        pass


def test_a_second_sealer_with_another_folder_is_refused_by_the_database() -> None:
    number = sealing._lock_number(OFFICIAL)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (number,))
        with pytest.raises(SetupError, match="another sealer"), sealer_of(OFFICIAL, patience=0.2):
            pass
        cursor.execute("SELECT pg_advisory_unlock(%s)", (number,))
    with sealer_of(OFFICIAL, patience=0):
        pass


def test_the_role_of_the_sealer_may_fill_in_two_columns_and_nothing_else() -> None:
    with connections["sealer"].cursor() as cursor:
        cursor.execute(
            "SELECT t.relname, c.attname FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid"
            " WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace"
            " AND c.attnum > 0 AND NOT c.attisdropped"
            " AND has_column_privilege(t.oid, c.attnum, 'INSERT, UPDATE')"
        )
        assert sorted(cursor.fetchall()) == [
            ("journal_event", "leaf"),
            ("journal_event", "sequence"),
        ]
        cursor.execute(
            "SELECT oid::regclass FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_event SET commitment = salt",
        "UPDATE journal_event SET recorded_at = now()",
        "DELETE FROM journal_event",
        "SELECT * FROM votes_cast",
        "SELECT * FROM people_voice",
    ],
)
def test_the_sealer_is_refused_by_the_database_itself(statement: str) -> None:
    with connections["sealer"].cursor() as cursor:
        with pytest.raises(DatabaseError, match="permission denied"):
            cursor.execute(statement)


@pytest.mark.slow
def test_twenty_thousand_events_are_sealed_in_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    import time

    happen(open_edition(), 20_000)
    with sealer_of(OFFICIAL) as log:
        start = time.monotonic()
        while seal(log, OFFICIAL):
            pass
        rate = log.size / (time.monotonic() - start)
    with capsys.disabled():
        print(f"{rate:,.0f} events/s sealed")
    assert rate > 2_000
    assert isinstance(FileStore(folder_of(OFFICIAL)).read("checkpoint"), bytes)
