"""How people vote in the simulated edition: the model, stated here and nowhere hidden.

Each person belongs to one of three camps (45, 35 and 20 % of people), whatever their region or
college: no figure by region or college means anything. They lean a little more or a little less to
agreement than their camp, come once during four weeks, and answer statements in an order of chance
for as long as their patience lasts: most answer 5 to 20, one in fifty all of them. Each statement
has, in ``statements.csv``, the probability that a member of each camp who takes a side agrees, and
the probability of passing. Some come back to an answer and turn it round.
"""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from assises.demo.edition.chances import among, normal, shuffled, stream

CAMPS: Final = ((0, 0.45), (1, 0.35), (2, 0.20))
MEDIAN_ANSWERS: Final = 11
SPREAD: Final = 0.8
"""Of the logarithm of how many one answers."""
ALL_OF_THEM: Final = 0.02
LEAN: Final = 0.6
SECOND_THOUGHTS: Final = 0.012
DAYS: Final = 27
_TAGS: Final = {"fr": "fr", "ar": "ar", "en": "en", "zgh": "zgh-Tfng"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One row of ``statements.csv``."""

    id: int
    vertical: int | None
    language: str
    text: str
    translations: dict[str, str]
    """By language tag, without the original's own."""
    agree: tuple[float, float, float]
    """Probability by camp that someone who takes a side agrees."""
    passes: float
    sources: tuple[int, ...] = ()
    """Ids of the contributions that lead to it, ascending: by reading, in the column ``from``."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One cast: by whom (position in the list of people), on which statement, what, when."""

    person: int
    statement: int
    vote: int
    at: datetime


def read_statements(source: str) -> list[Sentence]:
    """The statements that were written for the simulation, in the order of the file."""
    return [
        Sentence(
            id=int(row["id"]),
            vertical=int(row["vertical"]) if row["vertical"] else None,
            language=row["lang"],
            text=row["text"],
            translations={
                tag: row[column]
                for column, tag in _TAGS.items()
                if row[column].strip() and tag != row["lang"]
            },
            agree=(float(row["agree_a"]), float(row["agree_b"]), float(row["agree_c"])),
            passes=float(row["passes"]),
            sources=tuple(int(source) for source in row["from"].split()),
        )
        for row in csv.DictReader(io.StringIO(source, newline=""))
    ]


def answers(
    voters: Sequence[int], sentences: Sequence[Sentence], *, opens: datetime, seed: str
) -> list[Answered]:
    """Every cast of these people, in the order of time, from ``opens`` on, for under 28 days."""
    chance = stream(seed, "opinion")
    cast = [one for person in voters for one in _ballot(person, sentences, opens, chance)]
    return sorted(cast, key=lambda one: (one.at, one.person, one.statement))


def _ballot(
    person: int, sentences: Sequence[Sentence], opens: datetime, chance: random.Random
) -> list[Answered]:
    camp, lean = among(chance, CAMPS), LEAN * normal(chance)
    at = opens + _arrival(chance)
    given = []
    for sentence in shuffled(chance, sentences)[: _patience(len(sentences), chance)]:
        at += _a_moment(chance)
        given.append(Answered(person, sentence.id, _answer(sentence, camp, lean, chance), at))
    changed = []
    for one in given:
        if chance.random() < SECOND_THOUGHTS:
            at += _a_moment(chance)
            changed.append(Answered(person, one.statement, -one.vote if one.vote else 1, at))
    return given + changed


def _arrival(chance: random.Random) -> timedelta:
    """More come at the start and at the end; all within 16 hours of the day."""
    day = int(DAYS * (0.5 - 0.5 * math.cos(math.pi * chance.random())))
    return timedelta(days=day, milliseconds=int(16 * 3_600_000 * chance.random()))


def _a_moment(chance: random.Random) -> timedelta:
    return timedelta(milliseconds=4_000 + int(30_000 * chance.random()))


def _patience(most: int, chance: random.Random) -> int:
    if chance.random() < ALL_OF_THEM:
        return most
    return min(most, max(1, round(MEDIAN_ANSWERS * math.exp(SPREAD * normal(chance)))))


def _answer(sentence: Sentence, camp: int, lean: float, chance: random.Random) -> int:
    if chance.random() < sentence.passes:
        return 0
    share = min(0.99, max(0.01, sentence.agree[camp]))
    odds = math.log(share / (1 - share)) + lean
    return 1 if chance.random() < 1 / (1 + math.exp(-odds)) else -1
