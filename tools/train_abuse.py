"""Train the weights that tell abusive texts, from sentences that were written for the project.

    python tools/train_abuse.py [--more FILE.csv] [--out FILE.npy] [--test]

``FILE.csv`` has the columns ``text``, ``tag`` (fr, ar, ary-Arab, ary-Latn, en) and ``kind``
(insult, threat, group, obscene; anything else is not abusive): what an operator may add. With
``--test`` the figures by fivefold cross-validation are printed and nothing is written: an idea is
held out in all its languages. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assises.engines.themes import language_kernels as loops
from assises.engines.themes.moderation.abuse import HOLD, LOOK, SIZE, TAGS, listed, places
from assises.engines.themes.moderation.abuse_lexicon import KINDS

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "src" / "assises" / "demo" / "corpus"
WEIGHTS = ROOT / "src" / "assises" / "engines" / "themes" / "moderation" / "abuse.npy"
COLUMNS = {"fr": "fr", "en": "en", "ar": "ar", "ary_arab": "ary-Arab", "ary_latn": "ary-Latn"}
NEUTRAL = "neutral"
FOLDS = 5
AGAIN = 4
"""Sentences written for this count so many times beside the neutral ones, which are eleven times as
many. This and what follows are the first that were tried."""
ROUNDS, RATE, HOLD_BACK = 4, 0.3, 1e-4

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """A sentence; ``idea`` is the same in all its languages."""

    idea: str
    tag: str
    kind: str
    text: str


def read() -> list[Row]:
    """The sentences about abuse, then the civic ones, which are neutral."""
    rows = [
        Row(row["idea"], row["tag"], row["kind"], row["text"])
        for row in _table(CORPUS / "abuse.csv")
        if row["tag"] in TAGS
    ]
    for path in sorted(CORPUS.glob("v*.csv")):
        for row in _table(path):
            rows += [Row(row["id"], tag, NEUTRAL, row[name]) for name, tag in COLUMNS.items()]
    return rows


def more(path: Path) -> list[Row]:
    """The operator's own."""
    return [Row(f"more:{n}", r["tag"], r["kind"], r["text"]) for n, r in enumerate(_table(path))]


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def abusive(rows: list[Row]) -> npt.NDArray[np.int64]:
    """1 where a sentence is, shape (N,)."""
    return np.array([int(row.kind in KINDS) for row in rows])


def train(
    found: list[npt.NDArray[np.int64]], label: npt.NDArray[np.int64], again: Float64
) -> Float64:
    """Weights, shape (2 ** 16,)."""
    at = np.repeat(np.arange(len(found)), again.astype(np.int64))
    at = at[[len(found[k]) > 0 for k in at]]
    begins = np.concatenate([[0], np.cumsum([len(found[k]) for k in at])])
    weights, sums = np.zeros((SIZE, 2)), np.zeros((SIZE, 2))
    chance = np.random.default_rng(1)
    for _ in range(ROUNDS):
        loops.train(
            np.concatenate([found[k] for k in at]), begins, label[at],
            np.ones((len(at), 2), dtype=np.bool_), chance.permutation(len(at)),
            weights, sums, RATE, HOLD_BACK,
        )  # fmt: skip
    return np.asarray(weights[:, 1] - weights[:, 0])


def said(weights: Float64, found: list[npt.NDArray[np.int64]]) -> Float64:
    """What the pieces of each text say, shape (N,)."""
    return np.array([weights[of].sum() / np.sqrt(max(len(of), 1)) for of in found])


def held_out(rows: list[Row], found: list[npt.NDArray[np.int64]], again: Float64) -> Float64:
    """What weights say that were trained without the idea of each row."""
    label = abusive(rows)
    fold = np.array([zlib.crc32(row.idea.encode()) % FOLDS for row in rows])
    out = np.zeros(len(rows))
    for k in range(FOLDS):
        rest, mine = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        weights = train([found[i] for i in rest], label[rest], again[rest])
        out[mine] = said(weights, [found[i] for i in mine])
    return out


def scale(score: Float64, label: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Slope and intercept that make scores probabilities (Platt 1999), by Newton's method."""
    x = np.stack([score, np.ones_like(score)], axis=1)
    at = np.zeros(2)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-x @ at))
        slope = x.T @ (chance - label)
        curve = (x * (chance * (1 - chance))[:, None]).T @ x + 1e-6 * np.eye(2)
        at -= np.linalg.solve(curve, slope)
    return float(at[0]), float(at[1])


def report(rows: list[Row], score: Float64) -> None:
    """Precision and recall on the sentences about abuse, and false alarms, by language."""
    bad = abusive(rows).astype(bool)
    neutral = np.array([row.kind == NEUTRAL for row in rows])
    tags = np.array([row.tag for row in rows])
    for name, least in (("hold", HOLD), ("look first or hold", LOOK)):
        over = score >= least
        print(f"\n{name} ({least})\n")
        print("| | precision | recall | false alarms, hard | false alarms, neutral |")
        print("|---|---:|---:|---:|---:|")
        for tag in TAGS:
            mine, hard = tags == tag, (tags == tag) & ~bad & ~neutral
            right = (over & mine & bad).sum()
            print(
                f"| {tag} | {right / max((over & mine & ~neutral).sum(), 1):.3f} "
                f"| {right / (mine & bad).sum():.3f} | {over[hard].mean():.3f} "
                f"| {over[mine & neutral].mean():.4f} |"
            )


def main() -> int:
    """Train, and write or test."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--more", type=Path)
    asked.add_argument("--out", type=Path, default=WEIGHTS)
    asked.add_argument("--test", action="store_true")
    given = asked.parse_args()
    rows = (more(given.more) if given.more else []) + read()
    found = [places(row.text, row.tag) for row in rows]
    again = np.array([1.0 if row.kind == NEUTRAL else AGAIN for row in rows])
    out = held_out(rows, found, again)
    slope, intercept = scale(out, abusive(rows))
    if not given.test:
        weights = np.append(slope * train(found, abusive(rows), again), intercept)
        np.save(given.out, weights.astype(np.float16))
        return 0
    likely = 1 / (1 + np.exp(-(slope * out + intercept)))
    words = np.array([listed(row.text, row.tag) for row in rows])
    print(f"{len(rows)} sentences, {int(abusive(rows).sum())} abusive; {FOLDS} folds.")
    print("\n# Words and model: the words were chosen knowing these sentences, the model not")
    report(rows, 1 - (1 - words) * (1 - likely))
    print("\n# The model alone, held out")
    report(rows, likely)
    print("\n# The words alone, chosen knowing these sentences")
    report(rows, words)
    return 0


if __name__ == "__main__":
    sys.exit(main())
