"""Who keeps their theme when one contribution in twenty is new.

    ./run bench theme_stability

A first run sees the contributions without the newest; a second sees all, told of the first. Most
contributions being known, newcomers join the themes that are there, and who had a theme keeps it:
*joining* is measured so that a fault would show. *Anew* is the second run with themes looked for
anew, as someone may ask: a contribution keeps its theme if the theme it is in now has the id that
its theme had. One that fitted nowhere in the first run is not asked. *Newcomers* is how many of the
new ones join a theme, which they do where they fit.

The worlds are the simulated file of the project (``demo/said``, its sentences said several times
in five languages), the same sentences recombined so that hardly two are the same (``theme_runs``),
and SIB-200. The new ones are drawn by chance, three times.

Ends with 1 if one does not keep its theme when newcomers join, or fewer than seven in ten keep it
at the top when themes are looked for anew.
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
DRAWS = 3
LEAST = 0.7
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


def measure(name: str, texts: Sequence[str], store: Vectors) -> tuple[float, float]:
    """Print a line; the shares that keep their theme at the lowest level, and anew at the top."""
    shares = []
    ids = [f"{one:06d}" for one in range(len(texts))]
    for seed in range(DRAWS):
        old = np.random.default_rng(seed).random(len(texts)) >= NEW
        at = np.flatnonzero(old).tolist()
        some = [texts[one] for one in at], [ids[one] for one in at]
        was = paths(analyse(some[0], store.embedder, ids=some[1], vectors=store.of))
        joined, anew = (
            paths(
                analyse(
                    texts, store.embedder, ids=ids, vectors=store.of, before=Before(was, anew=anew)
                )
            )
            for anew in (False, True)
        )
        newcomers = [ids[one] in joined for one in np.flatnonzero(~old)]
        both = [stays(was, now, level) for now in (joined, anew) for level in (0, 1)]
        shares.append((*both, float(np.mean(newcomers))))
    cells = " | ".join(
        f"{np.mean(column):.3f} ({min(column):.3f})" for column in zip(*shares, strict=True)
    )
    print(f"| {name} | {len(texts):,} | {cells} |", flush=True)
    middle = np.mean(shares, axis=0)
    return float(min(middle[:2])), float(middle[2])


def main() -> int:
    """Print the table; 1 if the goal was missed."""
    print(
        "| mean (least) of three | texts | joining: at the top | at the second level "
        "| anew: at the top | at the second level | newcomers |\n|---|" + "---:|" * 6
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
        shares = [measure(name, texts, store) for name, texts in worlds.items()]
    return int(any(joining < 1.0 or anew < LEAST for joining, anew in shares))


if __name__ == "__main__":
    sys.exit(main())
