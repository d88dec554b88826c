"""What each part of our own method costs, in CPU seconds of one thread, against its goal.

    ./run bench parts [FOLDER|tiny|mini|small|medium ...]

By default the seven openData conversations and made-up votes of 10,000 people on 500 statements, a
tenth of them cast. *All* is ``analyse(votes)`` as it comes, five cuts included. *Polis* is the
method of Polis on the same votes, for comparison. A goal is in microseconds a vote; a part that
misses it is marked with an exclamation mark, and then the measurement ends with 1. How readily
people agree, which is asked first of all, counts with the ideal points.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import scale
from assises.engines.opinion import VoteMatrix, analyse
from assises.flows.tables import from_export, vote_matrix
from assises.formats import polis

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "polis"
RUNS = 2
FEWEST = 10_000
"""Votes from which goals are asked: below, calls cost more than votes."""
GOALS = {
    "ideal points": 10.0,
    "chance": 30.0,
    "groups": 40.0,
    "stability among people": 200.0,
    "stability on statements": 180.0,
    "groups without the statement": 40.0,
    "statistics": 5.0,
    "all": 500.0,
}
"""Microseconds a vote, by the name of the step; set after measuring, to hold later changes to."""


class Clock:
    """Listens to the steps and counts the CPU seconds of each."""

    def __init__(self) -> None:
        """At the first step."""
        self.spent: dict[str, float] = {}
        self._name, self._begun = "", time.process_time()

    def step(self, name: str, total: int | None = None) -> None:  # noqa: ARG002
        """The last step ends here."""
        now = time.process_time()
        self.spent[self._name] = self.spent.get(self._name, 0.0) + now - self._begun
        self._name, self._begun = name, now

    def advance(self, amount: int) -> None:
        """Ignored."""


def votes_of(what: str) -> VoteMatrix:
    """Of a folder or of a size."""
    if what not in scale.SIZES:
        return vote_matrix(from_export(polis.read(Path(what))))
    with tempfile.TemporaryDirectory(prefix="assises-bench-") as folder:
        path = Path(folder) / "votes.parquet"
        scale.write(what, path)
        return VoteMatrix.from_arrays(*scale.read(path))


def measure(votes: VoteMatrix) -> dict[str, float]:
    """CPU seconds of each part, the least of two runs."""
    runs = []
    for _ in range(RUNS):
        clock = Clock()
        begin = time.process_time()
        analyse(votes, threads=1, progress=clock)
        clock.step("")
        whole = time.process_time() - begin
        begin = time.process_time()
        analyse(votes, "polis", threads=1)
        polis_ = time.process_time() - begin
        runs.append({**clock.spent, "all": whole, "Polis": polis_})
    return {name: min(run.get(name, 0.0) for run in runs) for name in runs[0]}


def main(arguments: list[str]) -> int:
    """Print the table; 1 if a goal was missed."""
    asked = arguments or [*(str(folder) for folder in sorted(SHARED.glob("*"))), "small"]
    analyse(votes_of("tiny"), threads=1)  # compiles
    names = [*GOALS, "Polis"]
    print("| votes of | votes | " + " | ".join(names) + " |")
    print("|---|---:|" + "---:|" * len(names))
    missed = False
    for what in asked:
        votes = votes_of(what)
        spent = measure(votes)
        cells = []
        for name in names:
            goal = GOALS.get(name, float("inf")) if len(votes) >= FEWEST else float("inf")
            late = spent.get(name, 0.0) * 1e6 / len(votes) > goal
            missed = missed or late
            cells.append(f"{spent.get(name, 0.0):.2f}{'!' if late else ''}")
        print(
            f"| {Path(what).name[:28]} | {len(votes):,} | " + " | ".join(cells) + " |", flush=True
        )
    print(
        "\ngoal, microseconds a vote from ten thousand on: "
        + ", ".join(f"{n} {g:g}" for n, g in GOALS.items())
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
