"""What it costs to be asked: a draw, the page of votes, and a vote that keeps its draw.

    ./run bench asking

Of 150 and of 2,000 statements with an estimate on two axes, of which the voice has answered forty:
milliseconds of a draw (its three queries included), of the whole page through every middleware, and
of ``votes.cast`` with one answer, without and with an offer, taken in turns. Medians; one thread.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import numpy as np

import votes

SIZES = (150, 2000)
ANSWERED = 40
ROUNDS = 60


def main() -> int:
    """Print the table."""
    with votes.house():
        print("| statements | draw ms | page ms | vote ms | vote with its draw ms |")
        print("|---:|---:|---:|---:|---:|")
        for size in SIZES:
            print(f"| {size:,} | " + " | ".join(f"{ms:.2f}" for ms in _measured(size)) + " |")
    return 0


def _measured(size: int) -> list[float]:
    from django.test import Client

    from assises.rooms.insights.routing import next_for

    place, actor, voice = _world(size)
    draw = _median(lambda: next_for(place.id, voice, str(uuid4())))
    client = Client(headers={"host": "localhost"})
    path = f"/fr/editions/{place.short}/vote"
    assert b'name="offer"' in client.get(path).content
    page = _median(lambda: client.get(path))
    plain, drawn = _votes(place, actor, voice)
    return [draw, page, plain, drawn]


def _world(size: int) -> tuple[Any, Any, UUID]:
    """An edition with an estimate, and a voice that has answered some of it."""
    from assises.lib.clock import now
    from assises.rooms.consultations.acts.create import NewConsultation, create
    from assises.rooms.consultations.acts.open import open_to_all
    from assises.rooms.consultations.models import Consultation
    from assises.rooms.contributions.acts.state import Stated, state
    from assises.rooms.insights.models import Estimate
    from assises.rooms.journal.permissions import Actor, Grant, Role, system
    from assises.rooms.people.acts.enter import enter
    from assises.rooms.people.handles import pseudonym_of_voice
    from assises.rooms.votes.acts.cast import Answer, cast

    builder, at = system("bench"), now()
    new = NewConsultation({"fr": "Banc"}, kind="simulated")
    uid = create(builder, new, key=str(uuid4()), at=at)
    place = Consultation.objects.get(id=uid)
    open_to_all(builder, place, key=str(uuid4()), at=at)
    place.refresh_from_db()
    stated = [Stated(f"Énoncé {i}", "fr", moderation="accepted") for i in range(size)]
    state(builder, place, stated, key=str(uuid4()), at=at)
    rng = np.random.default_rng(1)
    rows = {
        str(i): [*rng.integers(0, 400, 3).tolist(), *rng.normal(0, 1, 3).round(6).tolist()]
        for i in range(1, size + 1)
    }
    known = {"bent": 0.5, "statements": rows}
    Estimate.objects.create(consultation=place, made_at=at, bundle="bench", known=known)
    voice = enter(place, str(uuid4()), at=at)
    actor = Actor(pseudonym_of_voice(voice), frozenset({Grant(Role.VOICE, place.id)}))
    answers = [Answer(i, 1 if i % 3 else -1) for i in range(1, ANSWERED + 1)]
    cast(actor, place, voice, answers, key=str(uuid4()), at=now())
    return place, actor, voice


def _votes(place: Any, actor: Any, voice: UUID) -> tuple[float, float]:
    """Milliseconds of the act with one answer to a statement not yet answered, in turns."""
    from assises.lib.clock import now
    from assises.rooms.votes.acts.cast import Answer, Offer, cast

    spent: tuple[list[float], list[float]] = ([], [])
    for i in range(100):
        offer = Offer(ANSWERED + i, 0.0123, 1) if i % 2 else None
        answer = Answer(ANSWERED + 1 + i, 1, offer)
        begun = time.perf_counter()
        cast(actor, place, voice, [answer], key=str(uuid4()), at=now())
        spent[i % 2].append(time.perf_counter() - begun)
    return statistics.median(spent[0]) * 1000, statistics.median(spent[1]) * 1000


def _median(run: Callable[[], object]) -> float:
    spent = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        run()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent) * 1000


if __name__ == "__main__":
    sys.exit(main())
