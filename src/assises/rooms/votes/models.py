"""Casts (append-only) and the current vote of each voice on each statement."""

from __future__ import annotations

from django.db import models


class Cast(models.Model):
    """A vote as it was cast; ``vote`` is None where it was taken back. Never changed, never erased
    but with its whole consultation: the database role of the web may only add."""

    id = models.BigAutoField(primary_key=True)
    consultation = models.UUIDField()
    voice = models.UUIDField()
    statement = models.BigIntegerField()
    vote = models.SmallIntegerField(null=True)
    at = models.DateTimeField()
    event = models.UUIDField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(vote__isnull=True) | models.Q(vote__in=(-1, 0, 1)),
                name="votes_cast_value",
            ),
        )
        indexes = (models.Index(fields=("consultation", "id"), name="votes_cast_in_order"),)


class Current(models.Model):
    """The last vote of a voice on a statement: what every count is taken from."""

    pk = models.CompositePrimaryKey("consultation", "voice", "statement")
    consultation = models.UUIDField()
    voice = models.UUIDField()
    statement = models.BigIntegerField()
    vote = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("consultation", "statement", "vote"), name="votes_current_counts"),
        )
