"""The same bundle whatever the cores, the order of the rows, and what was kept before.

    ./run bench theme_bytes          # 5,000 made-up contributions (``theme_runs``)
    ./run bench theme_bytes 20000

Each run is ``assises themes`` in a process of its own, with a cache of its own unless said. The id
of a bundle is the hash of its manifest, which lists the hash of every file but
``environment.json``. Ends with 1 if two differ.
"""

from __future__ import annotations

import csv
import random
import sys
import tempfile
from pathlib import Path

import theme_runs

COUNT = 5000


def shuffled(file: Path, seed: int) -> Path:
    """The same rows in another order, in a file of the same name."""
    with open(file, encoding="utf-8", newline="") as source:
        head, *rows = csv.reader(source)
    random.Random(seed).shuffle(rows)
    target = file.parent / f"shuffled-{seed}" / file.name
    target.parent.mkdir()
    with open(target, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([head, *rows])
    return target


def main(arguments: list[str]) -> int:
    """Print the table; 1 if two bundles differ."""
    count = int(arguments[0]) if arguments else COUNT
    print(f"{count:,} contributions\n\n| run | CPU s | wall s | bundle |\n|---|---:|---:|---|")
    found = []
    with tempfile.TemporaryDirectory(prefix="assises-bench-") as name:
        folder = Path(name)
        file = folder / "said.csv"
        theme_runs.write(file, count)
        runs = (
            ("two cores", file, 2, "a"),
            ("two cores, again", file, 2, "b"),
            ("one core", file, 1, "c"),
            ("vectors kept", file, 2, "a"),
            ("rows shuffled", shuffled(file, 1), 2, "d"),
            ("rows shuffled, one core, vectors kept", shuffled(file, 2), 1, "d"),
        )
        for at, (what, source, cores, kept) in enumerate(runs):
            out = folder / f"{at}.bundle"
            done = theme_runs.run([source, "--out", out, "--keep", folder / kept], cores=cores)
            found.append(done.bundle)
            said = done.bundle or " ".join(done.told[:1])
            print(f"| {what} | {done.cpu:.1f} | {done.wall:.1f} | {said} |", flush=True)
    same = len(set(found)) == 1 and bool(found[0])
    print(f"\nall the same: {'yes' if same else 'no'}")
    return int(not same)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
