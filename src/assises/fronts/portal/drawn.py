"""Shares corrected for what was shown to whom, where that changes who has the majority."""

from __future__ import annotations

from markupsafe import Markup

from assises.look.pages.shapes import Column, Table
from assises.look.report import words
from assises.look.speech import Speech
from assises.rooms.contributions.queries import statements_by_row
from assises.rooms.insights.exposure import Corrected, corrected, turned
from assises.rooms.insights.models import Snapshot

CORRECTED: tuple[str, ...] = (
    "agree_corrected",
    "agree_corrected_low",
    "agree_corrected_high",
    "effective_answers",
)
"""Columns of the counts."""


def drawn(s: Speech, snapshot: Snapshot) -> Table | None:
    """The statements that another majority answers once corrected; None if there are none."""
    found = turned(snapshot)
    put = statements_by_row(snapshot.consultation_id, found, s.language)
    rows = [
        [
            Markup('<span lang="{}" dir="auto">{}</span>').format(
                put[uid].words.language, put[uid].words.words
            ),
            s.percent(share),
            f"{s.percent(one.share)} {words.interval(s, (one.low, one.high))}",
        ]
        for uid, (share, one) in found.items()
        if uid in put
    ]
    if not rows:
        return None
    return Table(
        s.say("Who agrees, as answered and corrected"),
        [Column(s.say("Statement")), Column(s.say("As answered")), Column(s.say("Corrected"))],
        rows,
    )


def as_cells(snapshot: Snapshot | None) -> dict[int, list[float]]:
    """The cells of :data:`CORRECTED` by the statements' row ids."""
    found = {} if snapshot is None else corrected(snapshot)
    return {uid: _cells(one) for uid, one in found.items()}


def _cells(one: Corrected) -> list[float]:
    return [one.share, one.low, one.high, one.effective]
