"""The sealed log on a disk that loses what was not synced, with a database that does not.

``tests/rooms/test_sealing.py`` cuts the power at each sync of one log. Here are the ways in between:
the sealer alone is killed and the power goes later, the program seals both logs and tidies, and the
database commits without anybody hearing of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, connections

from assises.engines.ledger.checkpoint import Checkpoint
from assises.rooms.journal.acting import OFFICIAL, SIMULATION
from assises.rooms.journal.logs import NAMES, checkpoint_of
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
from tests.rooms.test_sealing import Disk

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


def test_what_a_killed_sealer_left_unsynced_is_safe_before_the_database_learns_of_it(
    disk: Disk,
) -> None:
    place = open_edition()
    happen(place, 250)
    after, killed, seen = 0, 0, []
    while True:
        happen(place, 3)
        try:
            with sealer_of(OFFICIAL) as log:
                disk.last = disk.syncs + after
                seal(log, OFFICIAL)
        except OSError:  # killed at this very moment; the machine runs on
            disk.last = -1
            with sealer_of(OFFICIAL) as log:
                seen.append(log.checkpoint)
            disk.crash()
            killed, after = killed + 1, after + 1
            continue
        break
    disk.last = -1
    assert killed >= 6
    assert_all_is_sealed_once(seen)


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
    after, seen = 0, []
    while True:
        for place in places:
            happen(place, 5)  # soon over the edge of a tile, behind which the sealer tidies
        disk.last = disk.syncs + after
        if not run_until_the_power_goes(disk):
            break
        disk.crash()
        told = [told for name in NAMES if (told := checkpoint_of(name))]
        seen += [checkpoint for checkpoint, _ in told]
        after += 1
    disk.last = -1
    assert after >= 20
    assert_all_is_sealed_once(seen)


def test_the_partial_tiles_that_a_power_cut_brings_back_do_no_harm(disk: Disk) -> None:
    place = open_edition()
    for count in (200, 40, 30, 300):
        happen(place, count)
        run_until_the_power_goes(disk)
        disk.crash()
    assert_all_is_sealed_once([])


def lose_an_answer(monkeypatch: pytest.MonkeyPatch, *, committed: bool) -> list[int]:
    """The second commit of the sealer that does something ends in an error; counts them."""
    wrapper, commits = connections["sealer"], [0]
    really = wrapper._commit

    def commit() -> None:
        commits[0] += 1
        if commits[0] != 4:
            return really()
        if committed:
            really()
        else:
            wrapper.connection.close()
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(wrapper, "_commit", commit)
    return commits


@pytest.mark.parametrize("committed", [True, False])
def test_a_commit_whose_answer_is_lost_is_looked_up(
    committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = open_edition()
    happen(place, 10)
    commits = lose_an_answer(monkeypatch, committed=committed)
    sealer.run(lambda: not unsealed(OFFICIAL), sleep=lambda _: happen(place, 1))
    assert commits[0] >= 4
    assert_all_is_sealed_once([])
