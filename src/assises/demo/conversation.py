"""A simulated conversation in the form of a Polis export.

The model is stated here and nowhere hidden. Each person belongs to one of three camps (45, 35 and
20 % of people), leans a little more or a little less to agreement than their camp, comes on one of
28 days and goes on for as many statements as their patience lasts. Each statement has, in
``statements.csv``, the probability that a member of each camp who takes a side agrees, and the
probability of passing. A third of the statements are there from the start; people write the rest.
"""

from __future__ import annotations

import csv
import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Final

import numpy as np

from assises.formats.polis import Comments, Generation, PolisExport, Votes

SEED: Final = 20250701
PEOPLE: Final = 400
TOPIC: Final = "SIMULATION · L’intelligence artificielle au service de notre société"
DESCRIPTION: Final = (
    "SIMULATION. Ces personnes et ces votes ont été produits par un programme.\n"
    "محاكاة. هؤلاء الأشخاص وهذه الأصوات من إنتاج برنامج.\n"
    "SIMULATION. A program made these people and these votes."
)

_CAMPS: Final = (0.45, 0.35, 0.20)
_OPENS: Final = datetime(2026, 5, 4, 8, tzinfo=UTC)
_DAYS: Final = 28
_SEEDS: Final = 22
_DAY_MS: Final = 86_400_000
_MEDIAN_VOTES: Final = 20
_SECOND_THOUGHTS: Final = 0.012
_LEAN: Final = 0.6


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement of the simulation."""

    id: int
    language: str
    text: str
    agree: tuple[float, float, float]
    """Probability by camp that someone who takes a side agrees."""
    passes: float
    moderated: int


def sentences() -> list[Sentence]:
    """The statements written for the simulation, over the thirteen verticals."""
    source = resources.files("assises.demo").joinpath("statements.csv").read_text("utf-8")
    return [
        Sentence(
            id=int(row["id"]),
            language=row["lang"],
            text=row["text"],
            agree=(float(row["agree_a"]), float(row["agree_b"]), float(row["agree_c"])),
            passes=float(row["passes"]),
            moderated=int(row["moderated"]),
        )
        for row in csv.DictReader(source.splitlines())
    ]


def build(people: int = PEOPLE, seed: int = SEED) -> PolisExport:
    """The simulated export: the same for the same arguments, on any machine and version.

    Only ``random.Random.random`` is drawn from: Python guarantees its sequence.
    """
    chance = random.Random(seed)
    written = sentences()
    born = _births(written, chance)
    authors = {s.id: int(chance.random() * people) for s in written}
    rows: list[tuple[int, int, int, int]] = []
    for person in range(people):
        rows += _ballot(person, written, born, chance)
    rows.sort(key=lambda row: (row[1], row[2], row[0]))
    votes = Votes(
        timestamp=np.array([row[0] for row in rows], dtype=np.int64),
        comment=np.array([row[1] for row in rows], dtype=np.int64),
        voter=np.array([row[2] for row in rows], dtype=np.int64),
        vote=np.array([row[3] for row in rows], dtype=np.int8),
        datetime=None,
        columns=("timestamp", "comment-id", "voter-id", "vote"),
    )
    return PolisExport(
        generation=Generation.FIRST,
        milliseconds=True,
        agree_is=1,
        agree_evidence=(0, 0),
        summary={
            "topic": TOPIC,
            "url": "",
            "voters": str(len(np.unique(votes.voter))),
            "commenters": str(len(set(authors.values()))),
            "comments": str(len(written)),
            "conversation-description": DESCRIPTION,
            "simulation": "true",
        },
        comments=_comments(written, born, authors, votes),
        votes=votes,
        participants=None,
        comment_groups=None,
        files=(),
    )


def camps(people: int = PEOPLE, seed: int = SEED) -> list[int]:
    """The camp of each person of :func:`build`: what no file of the export says."""
    chance = random.Random(seed)
    written = sentences()
    born = _births(written, chance)
    for _ in written:  # authors
        chance.random()
    found = []
    for person in range(people):
        before = chance.getstate()
        found.append(_camp(chance.random()))
        chance.setstate(before)
        _ballot(person, written, born, chance)
    return found


def _births(written: list[Sentence], chance: random.Random) -> dict[int, int]:
    opens = int(_OPENS.timestamp() * 1000)
    born = {}
    for at, sentence in enumerate(sorted(written, key=lambda s: (s.id * 37) % len(written))):
        day = 0.0 if at < _SEEDS else 18 * chance.random()
        born[sentence.id] = opens + int(day * _DAY_MS)
    return born


def _ballot(
    person: int, written: list[Sentence], born: dict[int, int], chance: random.Random
) -> list[tuple[int, int, int, int]]:
    camp = _camp(chance.random())
    lean = _LEAN * _normal(chance)
    patience = min(61, max(1, round(_MEDIAN_VOTES * math.exp(0.75 * _normal(chance)))))
    # More come at the start and at the end, in the evening, and nobody between 1 and 7.
    day = _DAYS * (0.5 - 0.5 * math.cos(math.pi * chance.random()))
    now = (
        int(_OPENS.timestamp() * 1000) + int(day) * _DAY_MS + int(16 * 3_600_000 * chance.random())
    )
    open_now = [s for s in written if born[s.id] <= now and s.moderated >= 0]
    shuffled = sorted((chance.random(), s.id, s) for s in open_now)
    seen = [s for _, _, s in shuffled[:patience]]
    rows = []
    for sentence in seen:
        now += 4_000 + int(30_000 * chance.random())
        rows.append((now, sentence.id, person, _answer(sentence, camp, lean, chance)))
    for _, statement, _, vote in [row for row in rows if chance.random() < _SECOND_THOUGHTS]:
        now += 4_000 + int(30_000 * chance.random())
        rows.append((now, statement, person, -vote if vote else 1))
    return rows


def _answer(sentence: Sentence, camp: int, lean: float, chance: random.Random) -> int:
    if chance.random() < sentence.passes:
        return 0
    odds = math.log(sentence.agree[camp] / (1 - sentence.agree[camp])) + lean
    return 1 if chance.random() < 1 / (1 + math.exp(-odds)) else -1


def _camp(draw: float) -> int:
    return 0 if draw < _CAMPS[0] else 1 if draw < _CAMPS[0] + _CAMPS[1] else 2


def _normal(chance: random.Random) -> float:
    # Box and Muller, written out because random.gauss may change between versions.
    return math.sqrt(-2 * math.log(1 - chance.random())) * math.cos(2 * math.pi * chance.random())


def _comments(
    written: list[Sentence], born: dict[int, int], authors: dict[int, int], votes: Votes
) -> Comments:
    by_id = sorted(written, key=lambda s: s.id)
    size = len(by_id)
    agrees = np.bincount(votes.comment[votes.vote > 0], minlength=size).astype(np.int64)
    disagrees = np.bincount(votes.comment[votes.vote < 0], minlength=size).astype(np.int64)
    ids = np.array([s.id for s in by_id], dtype=np.int64)
    author = np.array([authors[s.id] for s in by_id], dtype=np.int64)
    times = np.array([born[s.id] for s in by_id], dtype=np.int64)
    moderated = np.array([s.moderated for s in by_id], dtype=np.int8)
    body = tuple(s.text for s in by_id)
    seeds = times == times.min()
    columns: dict[str, tuple[str, ...]] = {
        "timestamp": _cells(times),
        "comment-id": _cells(ids),
        "author-id": _cells(author),
        "agrees": _cells(agrees),
        "disagrees": _cells(disagrees),
        "moderated": _cells(moderated),
        "is-meta": ("false",) * size,
        "is-seed": tuple("true" if seed else "false" for seed in seeds.tolist()),
        "comment-body": body,
    }
    return Comments(
        columns=columns,
        id=ids,
        author=author,
        timestamp=times,
        moderated=moderated,
        is_meta=np.zeros(size, dtype=bool),
        is_seed=seeds,
        agrees=agrees,
        disagrees=disagrees,
        body=body,
    )


def _cells(values: np.ndarray) -> tuple[str, ...]:
    return tuple(str(value) for value in values.tolist())
