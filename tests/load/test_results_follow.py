"""Results follow every vote, also one that was on its way while they were computed."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.models import Stale
from assises.rooms.insights.queries import newest
from assises.rooms.insights.tasks import order_missed, refresh, retry_stalled
from assises.rooms.votes.queries import counted
from tests.load.house import PATIENCE
from tests.rooms.making import a_voice, an_edition, some_statements, vote

pytestmark = pytest.mark.usefixtures("db")


def in_a_thread(work: Callable[[], object]) -> threading.Thread:
    def one() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=one)
    thread.start()
    return thread


def results_are_ordered(place: Consultation) -> bool:
    return Stale.objects.filter(consultation=place).exists()


def test_a_vote_that_commits_while_results_are_computed_is_in_them_or_orders_new_ones() -> None:
    place = an_edition()
    some_statements(place, 3)
    early, late, other = a_voice(place), a_voice(place), a_voice(place)
    vote(place, early, {0: 1, 1: 1})  # it orders the results that are computed below
    voted, go = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            vote(place, late, {0: -1, 1: 1})
            voted.set()
            assert go.wait(PATIENCE)

    voting = in_a_thread(slowly)
    assert voted.wait(PATIENCE)
    vote(place, other, {0: 1, 1: -1})  # after it, and told before it
    computing = in_a_thread(lambda: refresh(consultation=str(place.id)))
    computing.join(1)
    go.set()
    voting.join()
    computing.join()
    if results_are_ordered(place):
        refresh(consultation=str(place.id))
    order_missed()
    found = newest(place.id)
    assert found is not None
    assert found.votes == counted(place.id) == 6


def test_votes_do_not_wait_for_a_computation(monkeypatch: pytest.MonkeyPatch) -> None:
    place = an_edition()
    some_statements(place, 3)
    who, other = a_voice(place), a_voice(place)
    vote(place, who, {0: 1, 1: 1})
    begun, go = threading.Event(), threading.Event()

    def compute(*_: object, **__: object) -> None:
        begun.set()
        assert go.wait(PATIENCE)

    monkeypatch.setattr("assises.rooms.insights.tasks.compute_now", compute)
    computing = in_a_thread(lambda: refresh(consultation=str(place.id)))
    assert begun.wait(PATIENCE)
    vote(place, other, {0: 1, 1: -1})
    assert results_are_ordered(place)
    go.set()
    computing.join()


# --- Jobs that were left half done ----------------------------------------------------------------


def begin(place: Consultation) -> int:
    """A worker begins the job that waits, and is killed; the job's number."""
    (job,) = ProcrastinateJob.objects.filter(status="todo", lock=f"insights:{place.id}")
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT worker_id FROM procrastinate_register_worker_v1()")
        (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            (worker, job.id),
        )
    Stale.objects.filter(consultation=place).delete()  # the first that it does
    return int(job.id)


def jobs(place: Consultation) -> list[tuple[int, str]]:
    lock = f"insights:{place.id}"
    return list(ProcrastinateJob.objects.filter(lock=lock).values_list("id", "status"))


def test_what_a_killed_worker_left_half_done_is_done() -> None:
    place = an_edition()
    some_statements(place, 2)
    vote(place, a_voice(place), {0: 1, 1: 1})
    half_done = begin(place)
    retry_stalled()
    assert jobs(place) == [(half_done, "todo")]


def test_what_was_left_half_done_makes_way_for_what_votes_have_ordered_since() -> None:
    place = an_edition()
    some_statements(place, 2)
    vote(place, a_voice(place), {0: 1, 1: 1})
    half_done = begin(place)
    vote(place, a_voice(place), {0: -1, 1: 1})
    retry_stalled()
    ((number, status),) = jobs(place)
    assert (number > half_done, status) == (True, "todo")


def test_a_computation_that_fails_is_ordered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    place = an_edition()
    some_statements(place, 2)
    vote(place, a_voice(place), {0: 1, 1: 1})

    def compute(*_: object, **__: object) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr("assises.rooms.insights.tasks.compute_now", compute)
    begin(place)
    with pytest.raises(OperationalError):
        refresh(consultation=str(place.id))
    assert [status for _, status in jobs(place)] == ["doing", "todo"]


def test_a_computation_that_was_lost_with_its_order_is_ordered_at_the_next_start() -> None:
    place = an_edition()
    some_statements(place, 2)
    vote(place, a_voice(place), {0: 1, 1: 1})
    vote(place, a_voice(place), {0: 1, 1: -1})
    ProcrastinateJob.objects.filter(id=begin(place)).update(status="failed")
    order_missed()
    assert [status for _, status in jobs(place)] == ["failed", "todo"]
    order_missed()
    assert len(jobs(place)) == 2
