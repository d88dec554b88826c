"""Notices, and the letters of a demonstration."""

from __future__ import annotations

from django.db import models


class AccountNotice(models.Model):
    """Something an account should know: a sentence of the catalogues and its values."""

    account = models.UUIDField(db_index=True)
    sentence = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    address = models.CharField(max_length=200, default="", blank=True)
    event = models.UUIDField(null=True)
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)


class VoiceNotice(models.Model):
    """Something a voice should know, shown on its own page."""

    voice = models.UUIDField(db_index=True)
    sentence = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    address = models.CharField(max_length=200, default="", blank=True)
    event = models.UUIDField(null=True)
    told_on = models.DateField()


class Letter(models.Model):
    """A letter that a demonstration keeps on this machine instead of sending it."""

    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField()
