"""Notices, and the letters of a demonstration."""

from __future__ import annotations

from django.db import models


class AccountNotice(models.Model):
    """Something an account in an office should know: a sentence of the catalogues and its values.

    ``read_on`` is a day: the instant at which someone was here is nobody's.
    """

    account = models.UUIDField()
    sentence = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    address = models.CharField(max_length=200, default="", blank=True)
    event = models.UUIDField(null=True)
    told_at = models.DateTimeField()
    read_on = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=("account", "-id"), name="notices_of_account"),)


class VoiceNotice(models.Model):
    """Something a voice should know, shown on its own page."""

    voice = models.UUIDField(db_index=True)
    sentence = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    address = models.CharField(max_length=200, default="", blank=True)
    event = models.UUIDField(null=True)
    told_on = models.DateField()


class Letter(models.Model):
    """A letter that a demonstration keeps on this machine instead of sending it.

    ``written_on`` is a day, as everywhere an address stands; the newest has the highest number.
    """

    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_on = models.DateField()
