"""The opinion engine on real conversations: fidelity to what was published, and CPU seconds.

    ./run bench opinion [FOLDER ...]

One line a conversation. *One step* is the share of the people in a published group who stand
nearest to the middle of that group on our map: how far the published groups follow from the
votes, whatever start or history made them. *ARI* compares our groups with the published ones and
is shown for what it is: two unrelated starts of the same method differ too.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

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
    """Print the table; 1 if there is nothing to measure."""
    folders = [Path(a) for a in arguments] or sorted(SHARED.glob("*"))
    if not folders:
        print("There is no conversation to measure: name the folders of Polis exports.")
        return 1
    print("CPU seconds; the best of 5 for the analysis.\n")
    print("| " + " | ".join(COLUMNS) + " |")
    print("|---|" + "---:|" * (len(COLUMNS) - 1))
    for folder in folders:
        print("| " + " | ".join(measure(folder)) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
