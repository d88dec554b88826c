"""Votes from Parquet, divided on disk: peak of memory and CPU seconds, against one matrix.

    ./run bench shards [--cap MB] [MILLIONS ...]

Made-up casts of three groups, 40 a person on 2,000 statements, in random order in files of five
million (a person's casts are in all of them). Two processes read the same files: *parts* divides
them and analyses the parts, *matrix* holds them all. Memory is the peak that the process held in
all, mapped files included. The maps must be the same bytes; ``--cap`` fails the run if *parts* took
more. ``again`` is *parts* once more, when the parts are there already.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

STATEMENTS = 2_000
VOTES_A_PERSON = 40
A_FILE = 5_000_000
Figures = dict[str, float | str]


def make(votes: int, folder: Path) -> None:
    """Write the casts, a file at a time."""
    people, per_file = votes // VOTES_A_PERSON, min(votes, A_FILE)
    own = np.random.default_rng(1).normal(size=(3, STATEMENTS))
    for at in range(votes // per_file):
        chance = np.random.default_rng([2, at])
        person = chance.integers(0, people, per_file)
        statement = chance.integers(0, STATEMENTS, per_file)
        opinion = own[person % 3, statement] + chance.normal(size=per_file)
        vote = (opinion > 0.4).astype(np.int8) - (opinion < -0.4).astype(np.int8)
        pl.DataFrame({"participant": person, "statement": statement, "vote": vote}).write_parquet(
            folder / f"{at:04d}.parquet"
        )


def contend(way: str, folder: Path, work: Path) -> Figures:
    """Analyse the files here, one way."""
    from assises.engines.opinion import VoteMatrix, analyse
    from assises.flows.casts import divided

    analyse(VoteMatrix.from_arrays(np.arange(99) % 9, np.arange(99) // 9, np.arange(99) % 3 - 1))
    start, cpu = _peak(), time.process_time()
    if way == "parts":
        votes = divided(folder, work)
        read = time.process_time()
        opinion = analyse(votes, "polis", threads=1)
    else:
        frame = pl.concat([pl.read_parquet(path) for path in sorted(folder.iterdir())])
        matrix = VoteMatrix.from_frame(frame)
        del frame
        read = time.process_time()
        opinion = analyse(matrix, "polis", threads=1)
    digest = hashlib.sha256()
    for value in _leaves(opinion):
        digest.update(value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
    return {
        "start": start,
        "peak": _peak(),
        "read": read - cpu,
        "analyse": time.process_time() - read,
        "bytes": digest.hexdigest(),
    }


def _leaves(value: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _leaves(getattr(value, field.name))
    else:
        yield value


def _peak() -> float:
    # Not of getrusage, which begins with what the parent held.
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def _measured(way: str, folder: Path, work: Path) -> Figures:
    done = subprocess.run(
        (sys.executable, __file__, "--contender", way, str(folder), str(work)),
        stdout=subprocess.PIPE,
        check=True,
    )
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def main(arguments: list[str]) -> int:
    """Print the table; 1 if the maps differ or the cap was passed."""
    if arguments[:1] == ["--contender"]:
        print(json.dumps(contend(arguments[1], Path(arguments[2]), Path(arguments[3]))))
        return 0
    cap = float("inf")
    if arguments[:1] == ["--cap"]:
        cap, arguments = float(arguments[1]), arguments[2:]
    wrong = False
    print("| casts, millions | way | MB at the start | peak MB | read CPU s | analyse CPU s |")
    print("|---:|---|---:|---:|---:|---:|")
    for millions in arguments or ["40"]:
        with tempfile.TemporaryDirectory(prefix="assises-bench-") as place:
            folder = Path(place) / "casts"
            folder.mkdir()
            make(int(float(millions) * 1e6), folder)
            maps = set()
            for name in ("parts", "again", "matrix"):
                way = "matrix" if name == "matrix" else "parts"
                found = _measured(way, folder, Path(place) / "work")
                maps.add(found["bytes"])
                wrong |= way == "parts" and float(found["peak"]) > cap
                print(
                    f"| {millions} | {name} | {found['start']:.0f} | {found['peak']:.0f} "
                    f"| {found['read']:.2f} | {found['analyse']:.2f} |",
                    flush=True,
                )
            wrong |= len(maps) != 1
            print(f"\nThe maps are {'the same bytes' if len(maps) == 1 else 'NOT the same'}.\n")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
