"""People who talk of a few subjects, and an embedder that hears which: for tests of themes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import numpy as np

from assises.engines.themes.meaning.vectors import Float32, unit
from assises.lib.progress import SILENT, Progress
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.say import Saying, say_many
from assises.rooms.insights.models import ThemeMembership, ThemeRun
from assises.rooms.insights.themes.running import Reader, find_now
from assises.rooms.journal.permissions import system
from assises.rooms.people.acts.enter import Portrait, enter
from tests.rooms.making import AT, BUILDER, key

SAID: Final = {
    "puits": ("Le puits du village {n} est à sec depuis l’été", "fr"),
    "école": ("Il manque un professeur à l’école du quartier {n}", "fr"),
    "médecin": ("Aucun médecin ne vient au dispensaire numéro {n}", "fr"),
    "طريق": ("الطريق إلى القرية رقم {n} مقطوع منذ الشتاء", "ar"),
}
_DIMENSIONS: Final = 32
_STRAY: Final = 0.2


class Hears:
    """Texts that hold the same subject are near each other, others are not."""

    name = "hears-subjects@1"
    dimensions = _DIMENSIONS
    reads = frozenset({"fr", "ar"})

    def __init__(self, *subjects: str) -> None:
        self.subjects = subjects or tuple(SAID)

    def encode(
        self, texts: Sequence[str], tags: Sequence[str], progress: Progress = SILENT
    ) -> Float32:
        rows = np.zeros((len(texts), _DIMENSIONS), dtype=np.float32)
        for at, text in enumerate(texts):
            for number, subject in enumerate(self.subjects):
                if subject in text:
                    rows[at, number] = 1.0
            digest = hashlib.sha256(text.encode()).digest()
            stray = np.frombuffer(digest, dtype=np.uint8)[:_DIMENSIONS].astype(np.float32) - 127.5
            rows[at] += _STRAY * unit(stray[None])[0]
        return unit(rows)


def talk(
    place: Consultation, subject: str, count: int, *, begin: int = 0, college: str = ""
) -> list[UUID]:
    """``count`` people each say something on a subject; ids of what they said."""
    template, tag = SAID[subject]
    sayings = [
        Saying(
            enter(place, key(), at=AT, portrait=Portrait(college)) if college else _someone(place),
            template.format(n=n),
            tag,
        )
        for n in range(begin, begin + count)
    ]
    return say_many(system("test"), place, sayings, key=key(), at=AT)


def _someone(place: Consultation) -> UUID:
    return enter(place, key(), at=AT)


def found(place: Consultation, *subjects: str) -> ThemeRun:
    """Find the themes of what was said."""
    run = find_now(place, at=AT, reader=Reader(Hears(*subjects)))
    assert run is not None
    return run


def theme_of(contribution: UUID) -> UUID | None:
    """Where a contribution stands."""
    return ThemeMembership.objects.get(contribution=contribution).theme_id


__all__ = ["AT", "BUILDER", "SAID", "Hears", "found", "talk", "theme_of"]
