"""What can be found: the words of each public thing in each language, folded and as lexemes."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Entry(models.Model):
    """One thing in one language. ``folded`` is ``lib.folding.fold`` of its words: one spelling for
    many; ``lexemes`` are PostgreSQL's, by the language's dictionary where it has one."""

    kind = models.CharField(max_length=24)
    object = models.UUIDField()
    consultation = models.UUIDField(null=True)
    language = models.CharField(max_length=8)
    folded = models.TextField()
    lexemes = SearchVectorField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "object", "language"), name="search_entry_once"
            ),
        )
        indexes = (
            GinIndex(fields=("lexemes",), name="search_entry_lexemes"),
            GinIndex(fields=("folded",), opclasses=("gin_trgm_ops",), name="search_entry_trigrams"),
        )
