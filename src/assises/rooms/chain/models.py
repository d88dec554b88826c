"""The links."""

from __future__ import annotations

from django.db import models


class Link(models.Model):
    """``source`` led to ``target``, since a moment, by an event; until it was undone by another."""

    source_kind = models.CharField(max_length=24)
    source = models.UUIDField()
    target_kind = models.CharField(max_length=24)
    target = models.UUIDField()
    kind = models.CharField(max_length=24)
    consultation = models.UUIDField(null=True)
    since = models.DateTimeField()
    event = models.UUIDField()
    until = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("source_kind", "source", "target_kind", "target", "kind"),
                condition=models.Q(until__isnull=True),
                name="chain_link_once",
            ),
        )
        indexes = (
            models.Index(fields=("source", "source_kind"), name="chain_link_onward"),
            models.Index(fields=("target", "target_kind"), name="chain_link_back"),
        )
