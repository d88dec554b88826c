from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connections, transaction

from assises.engines.ledger.checkpoint import Signer
from assises.engines.ledger.log import Log
from assises.lib.errors import SetupError
from assises.rooms.journal import sealing
from assises.rooms.journal.acting import OFFICIAL, SIMULATION
from assises.rooms.journal.logs import folder_of
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


# --- Numbers -------------------------------------------------------------------------------------


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


# --- What does not fit together ------------------------------------------------------------------


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
    with pytest.raises(SetupError, match=r"knows 7 events .* which holds 3"), sealer_of(OFFICIAL):
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
    with pytest.raises(SetupError, match=r"leaf 6 .* does not know"), sealer_of(OFFICIAL):
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


# --- One sealer, and what it may do --------------------------------------------------------------


def test_a_second_sealer_on_this_machine_is_refused_at_once() -> None:
    with sealer_of(OFFICIAL):
        told = "another sealer writes the log official"
        with pytest.raises(SetupError, match=told), sealer_of(OFFICIAL):
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
    refused = pytest.raises(DatabaseError, match="permission denied")
    with connections["sealer"].cursor() as cursor, refused:
        cursor.execute(statement)


@pytest.mark.slow
def test_twenty_thousand_events_are_sealed_in_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    happen(open_edition(), 20_000)
    with sealer_of(OFFICIAL) as log:
        start = time.monotonic()
        while seal(log, OFFICIAL):
            pass
        rate = log.size / (time.monotonic() - start)
    with capsys.disabled():
        print(f"{rate:,.0f} events/s sealed")
    assert rate > 2_000
