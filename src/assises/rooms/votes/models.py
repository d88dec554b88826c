"""Casts (append-only) and the current vote of each voice on each statement."""

from __future__ import annotations

from django.db import models


class Cast(models.Model):
    """A vote as it was cast; ``vote`` is None where it was taken back. Never changed, never erased
    but with its whole consultation: the database role of the web may only add.

    Where the statement had been drawn for this voice and put before it: ``offered_step``, how many
    statements the voice had answered before; ``offered_chance``, the probability that it would be
    this one; ``offered_on``, the number of the estimate that the draw rested on, None before there
    was any. All None where the voice found the statement another way.
    """

    id = models.BigAutoField(primary_key=True)
    consultation = models.UUIDField()
    voice = models.UUIDField()
    statement = models.BigIntegerField()
    vote = models.SmallIntegerField(null=True)
    at = models.DateTimeField()
    event = models.UUIDField()
    offered_step = models.IntegerField(null=True)
    offered_chance = models.FloatField(null=True)
    offered_on = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(vote__isnull=True) | models.Q(vote__in=(-1, 0, 1)),
                name="votes_cast_value",
            ),
            models.CheckConstraint(
                condition=models.Q(offered_step=None, offered_chance=None, offered_on=None)
                | models.Q(
                    vote__isnull=False,
                    offered_step__isnull=False,
                    offered_chance__isnull=False,
                    offered_step__gte=0,
                    offered_chance__gt=0,
                    offered_chance__lte=1,
                ),
                name="votes_cast_offer",
            ),
        )
        indexes = (models.Index(fields=("consultation", "id"), name="votes_cast_in_order"),)


class Current(models.Model):
    """The last vote of a voice on a statement: what every count is taken from.

    ``offered_step`` and ``offered_chance`` are of the cast that first answered it, if the statement
    was drawn for the voice at just that step; a vote that is changed keeps them.
    """

    pk = models.CompositePrimaryKey("consultation", "voice", "statement")
    consultation = models.UUIDField()
    voice = models.UUIDField()
    statement = models.BigIntegerField()
    vote = models.SmallIntegerField()
    at = models.DateTimeField()
    offered_step = models.IntegerField(null=True)
    offered_chance = models.FloatField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("consultation", "statement", "vote"), name="votes_current_counts"),
        )
