"""Themes follow the contributions: at most one job a consultation, once a burst is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import close_old_connections, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from assises.lib.clock import now
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import Contribution
from assises.rooms.insights.models import ThemeMembership, ThemesStale, Theming
from assises.rooms.insights.themes.running import find_now
from assises.rooms.insights.themes.shaping import leave
from assises.rooms.journal.acting import Writing, on

WAIT: Final = timedelta(seconds=30)
"""How long contributions gather before themes are looked for."""
SOON: Final = timedelta(seconds=1)
"""The same after a person has changed a theme: they are waiting for it."""
AGAIN: Final = timedelta(minutes=5)
"""How long after a run that failed."""
_LONGEST: Final = timedelta(minutes=30)
"""A run that began longer ago was killed."""

# As for votes (``insights.tasks``): only one transaction tries, and nobody waits for another.
_MARK: Final = """
INSERT INTO insights_themesstale (consultation_id, since)
SELECT %(place)s, %(at)s
WHERE NOT EXISTS (SELECT FROM insights_themesstale WHERE consultation_id = %(place)s)
  AND pg_try_advisory_xact_lock(hashtext('insights.themes'), hashtext(%(place)s::text))
ON CONFLICT (consultation_id) DO NOTHING"""


@on("contributions.say", "contributions.withdraw", "contributions.moderate")
def mark(writing: Writing) -> None:
    """Contributions came or left; the first to say so orders a run.

    One that is withdrawn or hidden leaves its theme in the same transaction.
    """
    if writing.place is None or any(s.startswith("statement:") for s in writing.subjects):
        return
    if writing.act != "contributions.say":
        _leave(writing)
    with connection.cursor() as cursor:
        cursor.execute(_MARK, {"place": writing.place.id, "at": writing.at})
        first = bool(cursor.rowcount)
    if first:
        order(writing.place.id)


def _leave(writing: Writing) -> None:
    """Whoever is not public any more stands in no theme, and is quoted by none."""
    uids = [UUID(s.partition(":")[2]) for s in writing.subjects if s.startswith("contribution:")]
    gone = Contribution.objects.filter(id__in=uids).exclude(state="public")
    leave(gone.values_list("id", flat=True), event=writing.event, at=writing.at)


def order(consultation: UUID, *, wait: timedelta = WAIT) -> None:
    """One job; a second for the same consultation is not queued while one waits."""
    try:
        with transaction.atomic():
            refresh.configure(
                queueing_lock=f"themes:{consultation}",
                lock="themes",  # one at a time in the whole house: a run fills a core
                schedule_in={"seconds": wait.seconds},
            ).defer(consultation=str(consultation))
    except AlreadyEnqueued:
        return


@app.task(name="insights.themes")
def refresh(consultation: str) -> None:
    """Find themes anew. Safe twice; what comes while it runs orders another.

    One that fails orders its successor itself, as that of the votes does.
    """
    uid = UUID(consultation)
    try:
        _refresh(uid)
    except Exception:
        close_old_connections()  # it may be the session that broke
        order(uid, wait=AGAIN)
        raise


def _refresh(uid: UUID) -> None:
    ThemesStale.objects.filter(consultation=uid).delete()
    place = Consultation.objects.filter(id=uid).first()
    if place is not None:
        find_now(place, at=now())


@app.periodic(cron="* * * * *")
@app.task(name="insights.themes_sweep", queueing_lock="insights.themes_sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate says when
    """Once a minute, what was missed: a mark that was rolled back, a job that died."""
    for uid in Consultation.objects.values_list("id", flat=True):
        running = Theming.objects.filter(consultation=uid, begun_at__gt=now() - _LONGEST)
        if missed(uid) and not running.exists():
            order(uid)


def missed(consultation: UUID) -> bool:
    """Whether a public contribution stands nowhere, or one that is not public stands in a theme."""
    placed = ThemeMembership.objects.filter(consultation=consultation)
    said = Contribution.objects.filter(consultation=consultation, state="public")
    return (
        said.filter(membership=None).exists()
        or placed.exclude(contribution__state="public").exists()
    )
