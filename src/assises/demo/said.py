"""A simulated file of contributions: the project's sentences, as if people had sent them.

The model is stated here. Each of the sentences of :mod:`.corpus` is said once, in one of its
languages; some people add a second sentence of the same vertical, one in a hundred sends nothing
but a mark, and one sentence comes many times in one hour, half of the copies slightly changed.
Vertical, college, region and channel go with the sentence by chance. Every row says that it is a
simulation.
"""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Final

from assises.lib.csvio import write_rows

COLUMNS: Final = (
    "id", "text", "language", "vertical", "region", "college", "channel", "time", "simulation",
)  # fmt: skip
PEOPLE: Final = 1200
SEED: Final = 20250701
_LANGUAGES: Final = {
    "fr": 0.34, "ar": 0.2, "ary_arab": 0.2, "ary_latn": 0.17, "en": 0.04, "zgh_latn": 0.03,
    "zgh_tfng": 0.02,
}  # fmt: skip
_TAGS: Final = {
    "fr": "fr", "ar": "ar", "ary_arab": "ary-Arab", "ary_latn": "ary-Latn", "en": "en",
    "zgh_latn": "zgh-Latn", "zgh_tfng": "zgh-Tfng",
}  # fmt: skip
_COLLEGES: Final = {
    "citizen": 0.6, "civil-society": 0.15, "academia": 0.1, "private-sector": 0.08,
    "start-up": 0.04, "diaspora": 0.03,
}  # fmt: skip
_CHANNELS: Final = {"web": 0.62, "workshop": 0.2, "paper": 0.12, "voice": 0.06}
_REGIONS: Final = tuple(f"MA-{code:02d}" for code in range(1, 13))
_DECLARED: Final = 0.5
_SECOND: Final = 0.12
_NOTHING: Final = ("...", "👍👍", "?", "")
_COPIES: Final = 24
_FIRST_DAY: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)


def said(people: int = PEOPLE, seed: int = SEED) -> str:
    """The file, as CSV; the same for the same arguments."""
    chance = random.Random(seed)
    rows = _corpus()
    order = chance.sample(range(len(rows)), len(rows))
    written = [_contribution(rows, order, at, chance) for at in range(people - _COPIES)]
    written += _campaign(rows[order[0]]["fr"], chance)
    chance.shuffle(written)
    out = io.StringIO()
    write_rows(
        out, COLUMNS, ((f"s{at + 1:04d}", *row, "SIMULATION") for at, row in enumerate(written))
    )
    return out.getvalue()


def _corpus() -> list[dict[str, str]]:
    folder = resources.files("assises.demo") / "corpus"
    files = sorted(
        (file for file in folder.iterdir() if file.name.startswith("v")), key=lambda one: one.name
    )
    return [
        row
        for file in files
        for row in csv.DictReader(io.StringIO(file.read_text("utf-8"), newline=""))
    ]


def _contribution(
    rows: list[dict[str, str]], order: list[int], at: int, chance: random.Random
) -> tuple[str, ...]:
    row = rows[order[at % len(order)]]
    column = _drawn(_LANGUAGES, chance)
    column = column if row[column] else "fr"
    text = row[column]
    if chance.random() < _SECOND:
        other = rows[chance.choice([i for i, one in enumerate(rows) if _alike(one, row, column)])]
        text = f"{text} {other[column]}"
    if chance.random() < 0.01:
        text = chance.choice(_NOTHING)
    when = _FIRST_DAY + timedelta(seconds=chance.randrange(60 * 86400))
    return _row(text, _TAGS[column], row["vertical"], when, chance)


def _alike(one: dict[str, str], row: dict[str, str], column: str) -> bool:
    return one["vertical"] == row["vertical"] and one is not row and bool(one[column])


def _campaign(text: str, chance: random.Random) -> list[tuple[str, ...]]:
    """One sentence, many times within an hour."""
    begin = _FIRST_DAY + timedelta(days=21)
    rows = []
    for copy in range(_COPIES):
        words = text.rstrip(".!") if copy % 2 else text
        words = words.upper() if copy % 8 == 1 else words
        when = begin + timedelta(seconds=chance.randrange(3600))
        rows.append(_row(words, "fr", "", when, chance))
    return rows


def _row(
    text: str, tag: str, vertical: str, when: datetime, chance: random.Random
) -> tuple[str, ...]:
    declared = tag if chance.random() < _DECLARED else ""
    return (
        text,
        declared,
        vertical,
        chance.choice(_REGIONS),
        _drawn(_COLLEGES, chance),
        _drawn(_CHANNELS, chance),
        when.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _drawn(weights: dict[str, float], chance: random.Random) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]
