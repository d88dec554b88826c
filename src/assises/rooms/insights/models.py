"""The newest results of each consultation, and whether they are out of date."""

from __future__ import annotations

from typing import Final

from django.db import models

from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import Contribution

CURRENT: Final = "current"
GONE: Final = "gone"
MERGED: Final = "merged"
ASKED: Final = "asked"
WHOLE: Final = "whole"
SOFTWARE: Final = "software"
PERSON: Final = "person"


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


class ThemesStale(models.Model):
    """Contributions came or left since themes were found: one row a consultation, and one job."""

    consultation = models.OneToOneField(Consultation, models.CASCADE, primary_key=True)
    since = models.DateTimeField()


class Theming(models.Model):
    """How far the finding of themes is, in one consultation.

    ``revision`` counts what people did to themes: what was computed from an older one is thrown
    away, not written over it. ``step`` is what the running job does, empty while none runs.
    ``anew``: someone wants themes looked for anew; else what arrives joins those that are there.
    """

    consultation = models.OneToOneField(Consultation, models.CASCADE, primary_key=True)
    revision = models.PositiveBigIntegerField(default=0)
    anew = models.BooleanField(default=False)
    step = models.CharField(max_length=40, default="", blank=True)
    begun_at = models.DateTimeField(null=True)


class Theme(models.Model):
    """What some contributions are about. How many is always counted, never kept.

    ``key`` is the engine's name for it. ``title``: a text, once a person has named it (``named_by``
    a pseudonym, on the day ``named_on``); what the software calls it stands in its labels.
    ``locked``: a person merged, split or locked it; what is in it stays there. ``split`` is
    ``asked`` until the next run, ``whole`` if that found nothing to part. ``told`` is what was last
    told of who speaks in it: by college, of ``n`` contributions, on a day.
    """

    id = models.UUIDField(primary_key=True)
    short = models.CharField(max_length=10, unique=True)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="themes")
    key = models.CharField(max_length=24)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="parts")
    level = models.PositiveSmallIntegerField()
    by = models.CharField(max_length=8, choices=[(b, b) for b in ("meaning", "words")])
    title = models.UUIDField(null=True)
    named_by = models.CharField(max_length=64, default="", blank=True)
    named_on = models.DateField(null=True)
    locked = models.BooleanField(default=False)
    split = models.CharField(
        max_length=6, choices=[(s, s) for s in ("", ASKED, WHOLE)], default="", blank=True
    )
    state = models.CharField(
        max_length=8, choices=[(s, s) for s in (CURRENT, GONE, MERGED)], default=CURRENT
    )
    into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    found_on = models.DateField()
    ended_on = models.DateField(null=True)
    told = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("consultation", "key"), name="insights_theme_once"),
        )


class ThemeLabel(models.Model):
    """What the software calls a theme in one language, and the contribution that it quotes there.

    Plain rows, not texts: they are made anew with each run out of words that several people wrote,
    so they have no author, no versions and nobody who could review them.
    """

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="labels")
    language = models.CharField(max_length=8)
    words = models.CharField(max_length=400, default="", blank=True)
    place = models.PositiveSmallIntegerField()
    quote = models.ForeignKey(Contribution, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("theme", "language"), name="insights_label_once"),
        )


class ThemeMembership(models.Model):
    """Where a contribution stands: in one theme, the deepest, or in none, and then why.

    ``why`` is empty for what was read; without a theme it then fits nowhere. ``language`` is as
    identified; ``sure`` the share of its neighbours that are there too. ``by`` is who placed it, a
    person's pseudonym in ``placed_by``. ``told_in`` is the theme whose counts by college hold it.
    """

    contribution = models.OneToOneField(
        Contribution, models.CASCADE, primary_key=True, related_name="membership"
    )
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="+")
    theme = models.ForeignKey(Theme, models.SET_NULL, null=True, related_name="members")
    why = models.CharField(max_length=10, default="", blank=True)
    sure = models.FloatField()
    language = models.CharField(max_length=8)
    by = models.CharField(
        max_length=8, choices=[(b, b) for b in (SOFTWARE, PERSON)], default=SOFTWARE
    )
    placed_by = models.CharField(max_length=64, default="", blank=True)
    since = models.DateTimeField()
    told_in = models.ForeignKey(Theme, models.SET_NULL, null=True, related_name="+")


class ThemeRun(models.Model):
    """One finding of themes: of how many contributions, where they stand, and what it changed.

    ``undecidable`` counts by reason. ``kept`` is the share of those placed before that stayed.
    ``changes`` names themes that are ``new`` and ``gone`` and counts contributions that ``came``,
    ``left`` and ``moved``.
    """

    id = models.BigAutoField(primary_key=True)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="theme_runs")
    at = models.DateTimeField()
    contributions = models.PositiveIntegerField()
    classified = models.PositiveIntegerField()
    unclassified = models.PositiveIntegerField()
    undecidable = models.JSONField()
    kept = models.FloatField(null=True)
    embedder = models.CharField(max_length=200)
    seconds = models.FloatField()
    changes = models.JSONField()

    class Meta:
        indexes = (models.Index(fields=("consultation", "-at"), name="insights_run_newest"),)
