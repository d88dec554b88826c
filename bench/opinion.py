"""The opinion engine: fidelity, speed and memory against the peers, its parts, votes foretold.

    ./run bench opinion [FOLDER ...]

Four tables. Of the first, a line a conversation. The others are those of ``./run bench scale`` (the
same conversations and made-up votes up to forty million, ours against red-dwarf and scikit-learn),
``parts`` (what each part of our own method costs, against its goal) and ``heldout`` (votes
foretold, against every method). It takes half an hour; ``./run bench opinion --short`` makes the
first alone. The long simulations are apart: ``groups``, ``groups null``, ``intervals``,
``campaigns``.

*One step* is the share of the people in a published group who stand
nearest to the middle of that group on our map: how far the published groups follow from the
votes, whatever start or history made them. *ARI* compares our groups with the published ones and
is shown for what it is: two unrelated starts of the same method differ too.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import heldout
import parts
import scale
from assises.engines.opinion import analyse
from assises.flows.opinion import content_of
from assises.flows.published import differences
from assises.flows.tables import from_export, meta, moderated_out, vote_matrix
from assises.formats import polis

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "polis"
REPEATS = 5
COLUMNS = (
    "conversation",
    "people",
    "statements",
    "votes",
    "k theirs",
    "k ours",
    "one step",
    "ARI",
    "read",
    "analyse",
    "all but writing",
)


def measure(folder: Path) -> list[str]:
    """One row of the table."""
    begin = time.process_time()
    export = polis.read(folder)
    reading = time.process_time() - begin
    tables = from_export(export)
    matrix = vote_matrix(tables)
    seconds = []
    for _ in range(REPEATS):
        begin = time.process_time()
        opinion = analyse(matrix, "polis", moderated_out=moderated_out(tables), meta=meta(tables))
        seconds.append(time.process_time() - begin)
    begin = time.process_time()
    content_of(export, ["fr"])
    whole = time.process_time() - begin
    partition = differences(tables, matrix, opinion)["partition"]
    follow = "" if partition is None else f"{partition['follow_share']:.4f}"
    index = (
        ""
        if partition is None or partition["rand_index"] is None
        else f"{partition['rand_index']:.2f}"
    )
    theirs = "" if partition is None else str(len(partition["published_groups"]))
    return [
        folder.name[:28],
        f"{matrix.shape[0]:,}",
        f"{matrix.shape[1]:,}",
        f"{len(matrix):,}",
        theirs,
        str(len(opinion.centres)),
        follow,
        index,
        f"{reading:.3f}",
        f"{min(seconds):.3f}",
        f"{whole:.3f}",
    ]


def main(arguments: list[str]) -> int:
    """Print the tables; 1 if there is nothing to measure or another measurement ends with 1."""
    short = "--short" in arguments
    folders = [Path(a) for a in arguments if a != "--short"] or sorted(SHARED.glob("*"))
    if not folders:
        print("There is no conversation to measure: name the folders of Polis exports.")
        return 1
    print("CPU seconds; the best of 5 for the analysis.\n")
    print("| " + " | ".join(COLUMNS) + " |")
    print("|---|" + "---:|" * (len(COLUMNS) - 1))
    for folder in folders:
        print("| " + " | ".join(measure(folder)) + " |", flush=True)
    if short:
        return 0
    named = [str(folder) for folder in folders]
    print("\nMany votes, the method of Polis, ours and the peers':\n")
    ended = scale.main([*named, "small", "medium", "large"])
    print("\nOur own method, part by part:\n")
    ended |= parts.main([*named, "small"])
    print()
    return ended | heldout.main(named)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
