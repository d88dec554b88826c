"""The newest results of each consultation, and whether they are out of date."""

from __future__ import annotations

from django.db import models

from assises.rooms.consultations.models import Consultation


class Stale(models.Model):
    """Votes came since the last results: one row a consultation, and one job for it."""

    consultation = models.OneToOneField(Consultation, models.CASCADE, primary_key=True)
    since = models.DateTimeField()


class Attendance(models.Model):
    """Who has spoken, as everyone may see it: it moves by ten voices, or after a day."""

    consultation = models.OneToOneField(Consultation, models.CASCADE, primary_key=True)
    taken_at = models.DateTimeField()
    voices = models.PositiveIntegerField()
    colleges = models.JSONField()
    regions = models.JSONField()


class Snapshot(models.Model):
    """One computed bundle. ``last_cast`` is the last cast that it counts.

    ``published``: its counts may be shown to everyone. They change by ten voices at least: whoever
    asks again and again would otherwise see one person's answers appear.

    Letters and axes are those that are shown, here and in everything that hangs on it: carried over
    from the result that was published before. ``groups`` names each group's letter in the
    ``bundle`` too, and its ``hue``; ``letters`` is how many have been given out so far. ``heard``
    is how many of those who voted declared which region and college.
    """

    id = models.CharField(max_length=40, primary_key=True)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="snapshots")
    computed_at = models.DateTimeField()
    last_cast = models.BigIntegerField()
    published = models.BooleanField(default=False)
    people = models.PositiveIntegerField()
    grouped = models.PositiveIntegerField()
    votes = models.PositiveBigIntegerField()
    groups = models.JSONField()
    letters = models.PositiveSmallIntegerField(default=0)
    drawing = models.JSONField()
    results = models.JSONField()
    heard = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=("consultation", "-computed_at"), name="insights_newest"),)


class StatementResult(models.Model):
    """Counts of one statement: of all who answered it, and of each group.

    ``as_of`` is the last cast that they count, ``held_since`` when they began to stand still
    because too few answered since; None where they are of the snapshot itself. ``heard`` is how
    many of those who answered declared which region and college.
    """

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="statements")
    statement = models.BigIntegerField()
    agrees = models.PositiveIntegerField()
    disagrees = models.PositiveIntegerField()
    passes = models.PositiveIntegerField()
    by_group = models.JSONField()
    heard = models.JSONField(default=dict)
    as_of = models.BigIntegerField()
    held_since = models.DateTimeField(null=True)
    consensus = models.FloatField(null=True)
    divisiveness = models.FloatField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("snapshot", "statement"), name="insights_statement_once"
            ),
        )


class Position(models.Model):
    """Where a voice stands on the map: shown to itself alone."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="positions")
    voice = models.UUIDField()
    x = models.FloatField()
    y = models.FloatField()
    group = models.SmallIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("snapshot", "voice"), name="insights_position_once"),
        )


class Estimate(models.Model):
    """What the next statement is drawn by, from ``made_at`` on; never changed, kept as long as its
    consultation, since the logged chances rest on it.

    ``bundle`` is the id of the published results whose votes it is of, empty where there are none
    any more. ``known`` holds ``bent`` (variance over people of how readily they agree) and, by
    number, ``statements``: agreements, disagreements, passes, log-odds in the middle, loadings.
    """

    id = models.BigAutoField(primary_key=True)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="estimates")
    made_at = models.DateTimeField()
    bundle = models.CharField(max_length=40)
    known = models.JSONField()

    class Meta:
        indexes = (
            models.Index(
                fields=("consultation", "-made_at", "-id"), name="insights_estimate_newest"
            ),
        )
