"""The events and what they carried."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One act that happened. Frozen: only ``sequence`` and ``leaf`` are filled in, by the sealer.

    ``key`` is the caller's idempotency key, unique for its actor. ``payload`` is the SHA-256 of the
    canonical JSON of what was asked; the words themselves stand in :class:`Payload` or, for a
    batch of votes, in the rows of the casts. ``commitment`` is what the log receives: SHA-256 over
    ``salt`` and the canonical JSON of the event (see ``commitment.py``).
    """

    id = models.UUIDField(primary_key=True)
    log = models.CharField(max_length=16)
    stream = models.CharField(max_length=64)
    act = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    subjects = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    payload = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=32)
    commitment = models.BinaryField(max_length=32)
    key = models.CharField(max_length=80)
    sequence = models.BigIntegerField(null=True)
    leaf = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("actor", "key"), name="journal_event_once"),
            models.UniqueConstraint(fields=("stream", "sequence"), name="journal_event_in_stream"),
            models.UniqueConstraint(fields=("log", "leaf"), name="journal_event_in_log"),
            models.UniqueConstraint(fields=("commitment",), name="journal_event_commitment"),
            models.CheckConstraint(
                condition=models.Q(leaf__isnull=True, sequence__isnull=True)
                | models.Q(leaf__gte=0, sequence__gte=0),
                name="journal_event_sealed_whole",
            ),
        )
        indexes = (
            models.Index(
                fields=("log", "recorded_at", "id"),
                condition=models.Q(leaf__isnull=True),
                name="journal_event_unsealed",
            ),
            models.Index(fields=("stream", "-recorded_at"), name="journal_event_recent"),
        )


class Payload(models.Model):
    """What an act was asked and what it answered, where no other row tells it. May be erased."""

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="words")
    body = models.JSONField(null=True)
    outcome = models.JSONField(null=True)


class Subject(models.Model):
    """Which events concern a thing: the list at the foot of each object's page."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32)
    object = models.CharField(max_length=40)

    class Meta:
        indexes = (models.Index(fields=("kind", "object"), name="journal_subject_of"),)
