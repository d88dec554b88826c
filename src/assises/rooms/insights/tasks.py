"""Results follow the votes: at most one job a consultation, a moment after the first change."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import close_old_connections, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Status

from assises.lib.clock import now
from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.computing import compute_now
from assises.rooms.insights.hearing import take_attendance
from assises.rooms.insights.limits import STILL
from assises.rooms.insights.models import Snapshot, Stale
from assises.rooms.insights.queries import enough, published
from assises.rooms.journal.acting import Writing, on
from assises.rooms.votes.queries import last_cast

WAIT: Final = timedelta(seconds=2)
"""How long votes gather before a computation begins."""
AGAIN: Final = timedelta(seconds=10)
"""How long after a computation that failed."""

# Only one transaction tries: the others would wait for it to commit, and every voter with them. If
# it is rolled back, the next vote marks, or the sweep does.
_MARK: Final = """
INSERT INTO insights_stale (consultation_id, since)
SELECT %(place)s, %(at)s
WHERE NOT EXISTS (SELECT FROM insights_stale WHERE consultation_id = %(place)s)
  AND pg_try_advisory_xact_lock(hashtext('insights.mark'), hashtext(%(place)s::text))
ON CONFLICT (consultation_id) DO NOTHING"""
# Whoever votes is on the way until the commit, and clearing the mark waits for all who are: what is
# computed then counts every vote that relied on the mark. Votes among themselves never wait. The
# mark is looked for in a statement of its own, which sees what was cleared while this one waited.
_ON_THE_WAY: Final = (
    "SELECT pg_advisory_xact_lock_shared(hashtext('insights.votes'), hashtext(%s::text))"
)
_ALL_ARRIVED: Final = "SELECT pg_advisory_xact_lock(hashtext('insights.votes'), hashtext(%s::text))"


@on(
    "votes.cast",
    "votes.withdraw",
    "votes.load",
    "contributions.moderate",
    "contributions.retract",
)
def mark(writing: Writing) -> None:
    """The results of this consultation are out of date; the first to say so orders new ones."""
    if writing.place is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ON_THE_WAY, (writing.place.id,))
        cursor.execute(_MARK, {"place": writing.place.id, "at": writing.at})
        first = bool(cursor.rowcount)
    if first:
        order(writing.place.id)


def order(consultation: UUID, *, wait: timedelta = WAIT) -> None:
    """One job; a second for the same consultation is not queued while one waits."""
    try:
        with transaction.atomic():
            refresh.configure(
                queueing_lock=f"insights:{consultation}",
                lock=f"insights:{consultation}",
                schedule_in={"seconds": wait.seconds},
            ).defer(consultation=str(consultation))
    except AlreadyEnqueued:
        return


@app.task(name="insights.refresh")
def refresh(consultation: str) -> None:
    """Compute anew. Safe twice; votes that come while it runs order another.

    One that fails orders its successor itself. Were it retried, it would collide with the one that
    votes have ordered meanwhile, and stand in its way for ever.
    """
    uid = UUID(consultation)
    try:
        _refresh(uid)
    except Exception:
        close_old_connections()  # it may be the session that broke
        order(uid, wait=AGAIN)
        raise


def _refresh(uid: UUID) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ALL_ARRIVED, (uid,))
        Stale.objects.filter(consultation=uid).delete()
    place = Consultation.objects.filter(id=uid).first()
    if place is not None:
        compute_now(place, at=now())


@app.periodic(cron="* * * * *")
@app.task(name="insights.sweep", queueing_lock="insights.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate says when
    """Once a minute, what was missed."""
    order_missed()


def order_missed() -> None:
    """Order what no mark has: it was rolled back, or its computation failed with the database.

    Words and portraits order no computation: who has been heard is looked at here.
    """
    for uid in Consultation.objects.exclude(state="draft").values_list("id", flat=True):
        take_attendance(uid, at=now())
        newest = (
            Snapshot.objects.filter(consultation=uid)
            .order_by("-last_cast")
            .values_list("last_cast", flat=True)
            .first()
        )
        missed = enough(uid) if newest is None else last_cast(uid) > newest
        if missed or _is_due(uid, newest):
            order(uid)


def _is_due(uid: UUID, newest: int | None) -> bool:
    """Whether what everyone sees has stood still for a day while there is something newer."""
    shown = published(uid)
    due = shown is not None and newest is not None and newest > shown.last_cast
    return due and shown is not None and now() - shown.computed_at >= STILL


def retry_stalled() -> None:
    """Take up again what a worker left half done when it was killed; every job is safe twice.

    One that votes have ordered anew meanwhile makes way: the one that waits will do the same.
    """
    from asgiref.sync import async_to_sync

    async def again() -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=0):
            try:
                await app.job_manager.retry_job(job)
            except UniqueViolation:
                await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)

    async_to_sync(again)()
