"""Who keeps their theme when one contribution in twenty is new.

    ./run bench theme_stability

A first run sees the contributions without the newest; a second sees all, told of the first. A
contribution *keeps its theme* if its theme of the second run has the id that its theme had in the
first; one that fitted nowhere in the first run is not asked. *By id* is what the engine says
itself at the lowest level. *At all*: the contributions of the first run that stand where they
stood, without a theme too. The worlds are the simulated file of the project (``demo/said``, its
sentences said several times in five languages, 10,500), the same sentences recombined so that
hardly two are the same (``theme_runs``), and SIB-200. The new ones are drawn by chance, five times.

Ends with 1 if fewer than nine in ten keep their theme at the top.
"""

from __future__ import annotations

import csv
import io
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import theme_runs
import theme_sib
from assises.demo.said import said
from assises.engines.themes.analyse import analyse
from assises.engines.themes.arranging import Before
from assises.engines.themes.result import ThemeMap
from assises.flows.themes.embedder import embedder
from assises.flows.themes.keeping import Vectors
from vectors import SIB

NEW = 1 / 21
DRAWS = 5
LEAST = 0.9
Paths = dict[str, tuple[str, ...]]


def paths(found: ThemeMap) -> Paths:
    """Ids of the themes of each contribution that has one, from the top down."""
    known = [
        tuple(found.themes[at].id for at in found.path(one)) for one in range(len(found.themes))
    ]
    return {
        name: known[at] for name, at in zip(found.ids, found.theme.tolist(), strict=True) if at >= 0
    }


def stays(was: Paths, now: Paths, level: int) -> float:
    """Share of those with a theme at a level that keep it."""
    asked = {name: path[level] for name, path in was.items() if len(path) > level}
    kept = sum(
        len(now.get(name, ())) > level and now[name][level] == one for name, one in asked.items()
    )
    return kept / len(asked)


def measure(name: str, texts: Sequence[str], store: Vectors) -> float:
    """Print a line; the share that keeps its theme at the top."""
    shares = []
    for seed in range(DRAWS):
        old = np.random.default_rng(seed).random(len(texts)) >= NEW
        at = np.flatnonzero(old).tolist()
        ids = [f"{one:06d}" for one in range(len(texts))]
        first = analyse(
            [texts[one] for one in at],
            store.embedder,
            ids=[ids[one] for one in at],
            vectors=store.of,
        )
        was = paths(first)
        found = analyse(texts, store.embedder, ids=ids, vectors=store.of, before=Before(was))
        now = paths(found)
        same = np.mean([was.get(ids[one]) == now.get(ids[one]) for one in at])
        shares.append((stays(was, now, 0), stays(was, now, 1), found.kept or 0.0, float(same)))
    cells = " | ".join(
        f"{np.mean(column):.3f} ({min(column):.3f})" for column in zip(*shares, strict=True)
    )
    print(f"| {name} | {len(texts):,} | {cells} |", flush=True)
    return float(np.mean([one[0] for one in shares]))


def main() -> int:
    """Print the table; 1 if the goal was missed."""
    print(
        "| mean (least) of five | texts | keeps its theme at the top | at the second level "
        "| by id | at all |\n|---|" + "---:|" * 5
    )
    with tempfile.TemporaryDirectory(prefix="assises-bench-") as folder:
        file = Path(folder) / "made.csv"
        theme_runs.write(file, 10_500)
        with open(file, encoding="utf-8", newline="") as made:
            worlds = {"recombined": [row["text"] for row in csv.DictReader(made)]}
        worlds["simulated"] = [
            row["text"] for row in csv.DictReader(io.StringIO(said(10_500), newline=""))
        ]
        if SIB.is_dir():
            worlds["SIB-200"] = theme_sib.read().said
        store = Vectors(embedder(folder), folder)
        least = min(measure(name, texts, store) for name, texts in worlds.items())
    return int(least < LEAST)


if __name__ == "__main__":
    sys.exit(main())
