"""A conversation that goes on: what changed against all of it, in CPU seconds; the same bytes.

    ./run bench refresh [PEOPLE ...]

A thousand people of 10,000, 100,000 or a million change their ballots of 20 votes on 300
statements. *Refresh* takes out and puts in what changed; *from scratch* puts all casts in order and
counts the pairs anew. The map that follows costs both the same and is on a line of its own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from assises.engines.opinion import VoteMatrix, analyse
from assises.engines.opinion.refresh import KeptVotes

STATEMENTS = 300
EACH = 20
CHANGED = 1_000
RUNS = 3
T = TypeVar("T")


def least(work: Callable[[], T]) -> tuple[T, float]:
    """What it returns, and the least CPU seconds of three runs."""
    spent = []
    for _ in range(RUNS):
        begin = time.process_time()
        found = work()
        spent.append(time.process_time() - begin)
    return found, min(spent)


def measure(people: int) -> tuple[float, float, float]:
    """CPU seconds of a refresh, of a count from scratch, of the map; the bytes are compared."""
    chance = np.random.default_rng(people)
    person = np.repeat(np.arange(people), EACH)
    statement = (
        chance.integers(0, STATEMENTS // EACH, (people, EACH))
        + np.arange(EACH) * (STATEMENTS // EACH)
    ).ravel()
    vote = chance.integers(-1, 2, len(person)).astype(np.int8)
    changed = chance.choice(people, CHANGED, replace=False)
    mine = np.isin(person, changed)
    kept = KeptVotes.of(VoteMatrix.from_arrays(person, statement, vote))
    vote[mine] = chance.integers(-1, 2, int(mine.sum()))
    refreshed, refresh = least(
        lambda: kept.with_people(changed, person[mine], statement[mine], vote[mine])
    )
    whole, scratch = least(lambda: KeptVotes.of(VoteMatrix.from_arrays(person, statement, vote)))
    assert refreshed.gram is not None
    assert whole.gram is not None
    assert refreshed.votes.cells.tobytes() == whole.votes.cells.tobytes()
    assert refreshed.gram.both.tobytes() == whole.gram.both.tobytes()
    assert refreshed.gram.mixed.tobytes() == whole.gram.mixed.tobytes()
    _, mapped = least(lambda: analyse(refreshed.votes, "polis", gram=refreshed.gram))
    return refresh, scratch, mapped


def main(arguments: list[str]) -> int:
    """Print the table."""
    measure(2_000)  # compiles
    print("| people | votes | refresh | from scratch | times | the map |")
    print("|---:|---:|---:|---:|---:|---:|")
    for people in [int(a) for a in arguments] or [10_000, 100_000, 1_000_000]:
        refresh, scratch, mapped = measure(people)
        print(
            f"| {people:,} | {people * EACH:,} | {refresh:.3f} | {scratch:.3f} "
            f"| {scratch / refresh:.0f} | {mapped:.3f} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
