"""Contributions and statements."""

from __future__ import annotations

from typing import Final

from django.db import models

from assises.rooms.consultations.models import Consultation, Vertical

MODERATION: Final = ("waiting", "accepted", "refused")
WITHDRAWN: Final = "withdrawn"
"""By its author: beside what moderation decides, and final."""
CHANNELS: Final = ("web", "paper", "workshop", "hearing", "voice", "floor", "import")


class Contribution(models.Model):
    """What someone said through one channel. Hangs on a voice, never on an account.

    ``said_on`` is a day: an instant could be laid beside a login. ``state``: ``public``,
    ``hidden`` (moderation, with a reason in the journal), ``withdrawn`` (by its author, on the day
    ``withdrawn_on``).
    """

    id = models.UUIDField(primary_key=True)
    short = models.CharField(max_length=10, unique=True)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="contributions")
    vertical = models.ForeignKey(Vertical, models.SET_NULL, null=True, related_name="contributions")
    voice = models.UUIDField(db_index=True)
    words = models.UUIDField()
    channel = models.CharField(max_length=12, choices=[(c, c) for c in CHANNELS])
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in ("public", "hidden", WITHDRAWN)], default="public"
    )
    said_on = models.DateField()
    withdrawn_on = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("consultation", "vertical", "-id"), name="contributions_listed"),
        )


class Statement(models.Model):
    """A short sentence to agree or disagree with.

    ``number`` is its place in the consultation and in every export. ``moderation`` is the house's,
    but for ``withdrawn``, its author's, on the day ``withdrawn_on``; ``reason`` says why one is
    refused. ``meta``: it speaks of the voter, and forms no groups.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True)
    short = models.CharField(max_length=10, unique=True)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="statements")
    vertical = models.ForeignKey(Vertical, models.SET_NULL, null=True, related_name="statements")
    number = models.PositiveIntegerField()
    words = models.UUIDField()
    voice = models.UUIDField(null=True)
    seed = models.BooleanField(default=False)
    meta = models.BooleanField(default=False)
    moderation = models.CharField(
        max_length=10, choices=[(m, m) for m in (*MODERATION, WITHDRAWN)], default="waiting"
    )
    reason = models.CharField(max_length=400, default="", blank=True)
    withdrawn_on = models.DateField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "number"), name="contributions_statement_number"
            ),
        )
