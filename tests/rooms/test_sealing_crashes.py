from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connections

from assises.engines.ledger.checkpoint import Signer
from assises.engines.ledger.log import Log
from assises.lib.errors import SetupError
from assises.rooms.journal import sealing
from assises.rooms.journal.acting import OFFICIAL
from assises.rooms.journal.logs import checkpoint_of, writing
from assises.rooms.journal.sealing import recover, seal, sealer_of
from tests.engines.test_ledger_log import Memory
from tests.rooms.sealed import (
    assert_each_begins_the_next,
    assert_sealed,
    happen,
    open_edition,
    own_folders,
    unsealed,
)

SIGNER = Signer("assises.0123456789/official", bytes(range(32)))
pytestmark = pytest.mark.usefixtures("db", "own_folders")
__all__ = ["own_folders"]


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


def seal_up_to_the_database(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log has the batch; the power goes before the database is told."""

    def fail(*_: object) -> None:
        raise DatabaseError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_write", fail)
        with pytest.raises(DatabaseError, match="the power went"):
            seal(log, OFFICIAL)


def test_a_crash_between_the_log_and_the_database_is_repaired_from_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = open_edition()
    happen(place, 300)
    with sealer_of(OFFICIAL) as log:
        seal_up_to_the_database(log, monkeypatch)
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
        seal_up_to_the_database(log, monkeypatch)
        with pytest.raises(SetupError, match="Start the sealer again"):
            seal(log, OFFICIAL)


class Disk:
    """A folder as a power cut would leave it: only the names and the content that were synced."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.syncs, self.last = root, 0, -1
        self._really = os.fsync
        self._forget()
        known = (root, root / "data", root / "secrets")
        self._names = {folder: _listed(folder) for folder in known}
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
