"""Texts, their versions in each language, who wrote each, and whether it was reviewed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

TAGS = ("fr", "ar", "ary-Arab", "ary-Latn", "zgh-Tfng", "zgh-Latn", "en", "und")


class Text(models.Model):
    """Something said, in one or more languages."""

    id = models.UUIDField(primary_key=True)
    original = models.CharField(max_length=8, choices=[(tag, tag) for tag in TAGS])


class Version(models.Model):
    """What a text says in one language, from one moment on.

    ``number`` counts within the text and language. ``state``: ``draft`` (read by nobody but its
    author), ``reviewed`` (by ``reviewer``, who is another), ``withdrawn``. ``shown`` is the masked
    edition where the words hold personal data, else None: the words themselves. ``author`` is a
    pseudonym, or ``model:name@version``. ``current`` is the one that pages show.
    """

    text = models.ForeignKey(Text, models.CASCADE, related_name="versions")
    language = models.CharField(max_length=8, choices=[(tag, tag) for tag in TAGS])
    number = models.PositiveIntegerField()
    words = models.TextField()
    shown = models.TextField(null=True)
    author = models.CharField(max_length=64)
    translates = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in ("draft", "reviewed", "withdrawn")], default="draft"
    )
    reviewer = models.CharField(max_length=64, default="", blank=True)
    current = models.BooleanField(default=True)
    written_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("text", "language", "number"), name="texts_version_number"
            ),
            models.UniqueConstraint(
                fields=("text", "language"), condition=Q(current=True), name="texts_version_current"
            ),
        )
