"""The sealed log on a disk that loses what was not synced, with a database that does not.

``tests/rooms/test_sealing_crashes.py`` cuts the power at each sync of one log. Here are the ways in
between: the sealer alone is killed and the power goes later, the program seals both logs and
tidies, and the database commits without anybody hearing of it.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections

from assises.engines.ledger.checkpoint import Checkpoint
from assises.rooms.journal.acting import OFFICIAL, SIMULATION
from assises.rooms.journal.logs import NAMES, checkpoint_of, key_of
from assises.rooms.journal.models import Event
from assises.rooms.journal.sealing import seal, sealer_of
from assises.site import sealer
from tests.rooms.sealed import (
    assert_each_begins_the_next,
    assert_sealed,
    happen,
    open_edition,
    own_folders,
    unsealed,
)
from tests.rooms.test_sealing_crashes import Disk

pytestmark = pytest.mark.usefixtures("db", "own_folders")
__all__ = ["own_folders"]


class PowerCut(BaseException):
    """The end of everything that runs."""


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk(tmp_path, monkeypatch)
    yield disk
    disk.close()


def assert_all_is_sealed_once(seen: list[Checkpoint]) -> None:
    for name in NAMES:
        with sealer_of(name) as log:
            while seal(log, name):
                pass
            assert_sealed(log, name)
            assert_each_begins_the_next(log, [c for c in seen if c.origin.endswith(name)])
            assert log.size == Event.objects.filter(log=name).count()


@pytest.mark.parametrize("goes_on", [False, True])
def test_what_a_killed_sealer_left_unsynced_is_safe_before_anyone_leans_on_it(
    disk: Disk, goes_on: bool
) -> None:
    place = open_edition()
    happen(place, 250)
    killed, seen = 0, []
    for after in [*range(32), *range(24)]:  # the very first batch, and those that follow
        happen(place, 3)
        disk.last = disk.syncs + after
        try:
            with sealer_of(OFFICIAL) as log:
                seal(log, OFFICIAL)
        except OSError:  # killed at this very moment; the machine runs on
            disk.last = -1
            with sealer_of(OFFICIAL) as log:
                if goes_on:
                    seal(log, OFFICIAL)
                seen.append(log.checkpoint)
            disk.crash()  # what only the kernel knew is gone
            killed += 1
    disk.last = -1
    assert killed >= 30
    assert_all_is_sealed_once(seen)


def test_a_key_that_was_made_while_its_maker_was_killed_is_not_lost(
    disk: Disk, tmp_path: Path
) -> None:
    killed = 0
    for after in range(12):
        for folder in (tmp_path / "data", tmp_path / "secrets"):
            shutil.rmtree(folder)
            folder.mkdir()
            sync(folder)
        sync(tmp_path)
        disk.last = disk.syncs + after
        try:
            with sealer_of(OFFICIAL):
                pass
        except OSError:
            killed += 1
        disk.last = -1
        with sealer_of(OFFICIAL):
            told = key_of(OFFICIAL)
        disk.crash()
        with sealer_of(OFFICIAL):
            assert key_of(OFFICIAL) == told
    assert killed >= 8


def sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def run_until_the_power_goes(disk: Disk) -> bool:
    """The program itself, both logs; whether the power went before it had sealed everything."""

    def sleep(_: float) -> None:
        if disk.syncs == disk.last:
            raise PowerCut

    try:
        sealer.run(lambda: not (unsealed(OFFICIAL) or unsealed(SIMULATION)), sleep=sleep)
    except PowerCut:
        return True
    finally:
        connections["sealer"].close()
    return False


def test_a_power_cut_at_any_sync_of_the_program_loses_and_doubles_nothing_in_either_log(
    disk: Disk,
) -> None:
    places = [open_edition(), open_edition("simulated")]
    for place in places:
        happen(place, 240)
    went, seen = 0, []
    for after in [*range(40), *range(24)]:  # the first start, and those that follow
        for place in places:
            happen(place, 5)  # soon over the edge of a tile, behind which the sealer tidies
        disk.last = disk.syncs + after
        went += run_until_the_power_goes(disk)
        disk.crash()
        told = [told for name in NAMES if (told := checkpoint_of(name))]
        seen += [checkpoint for checkpoint, _ in told]
    assert went >= 40
    assert_all_is_sealed_once(seen)


def test_the_partial_tiles_that_a_power_cut_brings_back_do_no_harm(disk: Disk) -> None:
    place = open_edition()
    for count in (200, 40, 30, 300):
        happen(place, count)
        run_until_the_power_goes(disk)
        disk.crash()
    assert_all_is_sealed_once([])


def lose_an_answer(monkeypatch: pytest.MonkeyPatch, *, committed: bool) -> list[int]:
    """The third commit of the sealer, that of its first batch, ends in an error; counts them."""
    wrapper: Any = connections["sealer"]
    commits = [0]
    really = wrapper._commit

    def commit() -> None:
        commits[0] += 1
        if committed or commits[0] != 3:
            really()
        if commits[0] != 3:
            return
        wrapper.connection.close()
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(wrapper, "_commit", commit)
    return commits


@pytest.mark.parametrize("committed", [True, False])
def test_a_commit_whose_answer_is_lost_is_looked_up(
    committed: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place = open_edition()
    happen(place, 10)
    commits = lose_an_answer(monkeypatch, committed=committed)
    with caplog.at_level(logging.INFO, "assises.sealer"):
        sealer.run(lambda: commits[0] > 3 and not unsealed(OFFICIAL), sleep=lambda _: None)
    # The log held them; the database knew it already, or was told.
    assert ("told the database of 13 sealed events" in caplog.text) is not committed
    assert_all_is_sealed_once([])
