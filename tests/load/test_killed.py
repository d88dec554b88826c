"""Voting while the house is killed: nothing that was confirmed is lost, nothing counts twice.

A real house, as people start it, with a durable PostgreSQL; its programs are killed with SIGKILL at
moments that a seed decides. The seed of a failure is in the name of its test.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest

from tests.load.checking import (
    Mirror,
    assert_current_is_the_fold_of_the_casts,
    assert_nothing_was_lost_or_doubled,
    until_all_is_sealed,
    until_the_results_are_there,
)
from tests.load.house import PROGRAMS, TARGETS, House, a_house
from tests.load.voters import Voter

STATEMENTS = 40
VOTERS = 4
SESSIONS = "every session"
"""Struck through PostgreSQL itself: its sessions end, and it stays."""


@dataclass
class Street:
    """A house with an edition that is open to all, and everyone who ever voted there."""

    house: House
    short: str
    mirror: Mirror
    voters: list[Voter]


@pytest.fixture(scope="module")
def made() -> Iterator[Street]:
    """One data folder for all of these tests: what was promised in one must hold in the next."""
    with a_house() as house:
        house.start()
        short = house.run("tests.load.edition", str(STATEMENTS)).split()[-1]
        yield Street(house, short, Mirror(house.port), [])
        if house.runs:
            assert house.stop() == 0, house.told()


@pytest.fixture
def street(made: Street) -> Iterator[Street]:
    """The house runs; at the end it stops when asked, and leaves no process."""
    if not made.house.runs:
        made.house.start()
    yield made
    assert made.house.stop() == 0, made.house.told()
    assert made.house.left() == {}


@contextmanager
def voting(street: Street, seed: str) -> Iterator[list[Voter]]:
    """People who vote until the end of the block, and then until they were answered."""
    end = threading.Event()
    base = f"/fr/editions/{street.short}/"
    voters = [Voter(street.house.port, base, f"{seed}-{i}", end) for i in range(VOTERS)]
    street.voters += voters
    for voter in voters:
        voter.start()
    try:
        for voter in voters:
            street.house.until(voter.begun.is_set, "a first vote")
        yield voters
    finally:
        end.set()
        for voter in voters:
            voter.join()
    assert [voter.failure for voter in voters if voter.failure] == [], street.house.told()


def strike_at_random(street: Street, seed: int, *, blows: int, seconds: float) -> list[str]:
    """Kill something at each of some moments, and look at the log between them."""
    chance = random.Random(seed)
    targets = chance.sample([*TARGETS, SESSIONS], blows)
    moments = sorted(chance.uniform(0, seconds) for _ in targets)
    begun, struck = time.monotonic(), []
    for moment, target in zip([*moments, seconds], [*targets, ""], strict=True):
        while time.monotonic() - begun < moment:
            street.mirror.look()
            time.sleep(0.1)
        if target:
            strike(street.house, target)
            struck.append(target)
            print(f"{time.monotonic() - begun:.2f} s: {target}")
    return struck


def strike(house: House, target: str) -> None:
    if target == SESSIONS:
        house.until(lambda: cut_sessions(house), SESSIONS)
    else:
        house.until(lambda: house.strike(target), target)


def cut_sessions(house: House) -> bool:
    of_roles = "FROM pg_stat_activity WHERE usename LIKE 'assises\\_%'"
    try:
        house.ask(f"SELECT pg_terminate_backend(pid) {of_roles}")
    except psycopg.OperationalError:
        return False  # it restarts at this moment
    return True


def assert_all_holds(street: Street) -> float:
    """Everything that was promised to everybody who ever voted here; how late the results were."""
    late = until_the_results_are_there(street.house)
    until_all_is_sealed(street.house)
    assert_nothing_was_lost_or_doubled(street.house, street.voters)
    assert_current_is_the_fold_of_the_casts(street.house)
    street.mirror.assert_it_holds(street.house)
    statuses = {status for voter in street.voters for status in voter.browser.statuses}
    assert statuses <= {200, 303, 503}
    return late


def assert_said(house: House, before: dict[str, int], struck: Sequence[str]) -> None:
    """It said of each program that we killed that it started it again."""
    for name, target in (("postgres", "postmaster"), *((n, n) for n in PROGRAMS[1:])):
        again = house.restarts(name) - before[name]
        assert again >= struck.count(target), house.told()


def run(street: Street, seed: int, *, blows: int, seconds: float) -> None:
    house = street.house
    before = {name: house.restarts(name) for name in PROGRAMS}
    with voting(street, str(seed)) as voters:
        struck = strike_at_random(street, seed, blows=blows, seconds=seconds)
    late = assert_all_holds(street)
    assert_said(house, before, struck)
    told = sum(batch.told for voter in voters for batch in voter.batches)
    sent = sum(len(voter.batches) for voter in voters)
    print(f"seed {seed}: {told} of {sent} batches confirmed; results {late:.1f} s later")
    assert told > VOTERS


def test_what_the_house_confirms_to_any_role_is_on_its_disk(made: Street) -> None:
    for role in ("owner", "web", "accounts", "sealer"):
        with made.house.database(role) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                told = connection.execute(f"SHOW {setting}").fetchone()
                assert told == ("on",), (role, setting)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_killed_what_was_confirmed_counts_once(street: Street, seed: int) -> None:
    run(street, seed, blows=4, seconds=6)


def test_a_supervisor_that_is_killed_and_started_again_at_once_lost_nothing(
    street: Street,
) -> None:
    house = street.house
    with voting(street, "supervisor"):
        time.sleep(1)
        before = house.left()
        house.kill()
        house.start()  # it waits until the last of them is gone
        assert not set(before) & set(house.left())
    assert_all_holds(street)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 150))
def test_fifty_times(street: Street, seed: int) -> None:
    run(street, seed, blows=6, seconds=10)
