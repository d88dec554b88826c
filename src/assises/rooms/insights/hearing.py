"""Who has been heard, by what they declared: of everything, and of each statement."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from assises.rooms.insights.limits import STEP, STILL
from assises.rooms.insights.models import Attendance
from assises.rooms.people.models import Voice
from assises.rooms.votes.queries import CurrentVotes, heard

DECLARED = ("region", "college")
Told = dict[str, dict[str, int]]
"""``{"region": {code: voices}, "college": …}``; who declared nothing is in neither."""


def take_attendance(consultation: UUID, *, at: datetime) -> None:
    """What everyone sees of who has spoken moves on: by ten voices, or after a day.

    By one at a time it would tell, beside a word that was just said, where its author lives.
    """
    shown = Attendance.objects.filter(consultation=consultation).first()
    now = heard(consultation)
    came = abs(now.voices - (0 if shown is None else shown.voices))
    if came < STEP and (shown is None or at - shown.taken_at < STILL):
        return
    Attendance.objects.update_or_create(
        consultation_id=consultation,
        defaults={
            "taken_at": at,
            "voices": now.voices,
            "colleges": dict(now.colleges),
            "regions": dict(now.regions),
        },
    )


def declared(consultation: UUID, votes: CurrentVotes) -> tuple[Told, dict[int, Told]]:
    """How many voices of each region and college voted at all, and on each statement."""
    row = {voice: at for at, voice in enumerate(votes.voices)}
    whole: Told = {}
    each: dict[int, Told] = {int(n): {} for n in np.unique(votes.number)}
    for what in DECLARED:
        codes, code = codes_of(consultation, what, row)
        counted = Counter(codes[c] for c in code[code >= 0].tolist())
        whole[what] = dict(sorted(counted.items()))
        of_votes = code[votes.voice]
        said = of_votes >= 0
        pairs, counts = np.unique(
            np.stack([votes.number[said], of_votes[said]]), axis=1, return_counts=True
        )
        for told in each.values():
            told[what] = {}
        for number, c, n in zip(*pairs.tolist(), counts.tolist(), strict=True):
            each[number][what][codes[c]] = n
    return whole, each


def codes_of(
    consultation: UUID, what: str, row: dict[UUID, int]
) -> tuple[list[str], npt.NDArray[np.int64]]:
    """The codes that were declared, and of each voice which one, or -1; shape (voices,)."""
    told: Any = Voice.objects.filter(consultation=consultation).exclude(**{what: ""})
    known = [(row[v], c) for v, c in told.values_list("id", what) if v in row]
    codes = sorted({c for _, c in known})
    place = {c: at for at, c in enumerate(codes)}
    code = np.full(len(row), -1, dtype=np.int64)
    for at, c in known:
        code[at] = place[c]
    return codes, code
