"""Train the weights that tell languages, from the sentences that were written for the project.

    python tools/train_language.py [--more FILE.csv] [--out FILE.npy] [--test]

``FILE.csv`` has the columns ``text`` and ``tag`` (fr, en, ar, ary-Arab, ary-Latn, zgh-Latn): what
an operator may add. With ``--test`` one sentence in five is held out, with all that was cut of it
and its five siblings, and nothing is written. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

from assises.engines.themes import language_kernels as loops
from assises.engines.themes.characters import codes_of, composed, plain_codes
from assises.engines.themes.language import SCRIPT_OF, TAGS

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "src" / "assises" / "demo" / "corpus"
WEIGHTS = ROOT / "src" / "assises" / "engines" / "themes" / "language.npy"
COLUMNS = {
    "fr": "fr", "en": "en", "ar": "ar",
    "ary_arab": "ary-Arab", "ary_latn": "ary-Latn", "zgh_latn": "zgh-Latn",
}  # fmt: skip
CUTS = 3
"""Pieces of three to six words cut of each sentence, so that few words are told as well as many."""
AGAIN = {"zgh-Latn": 6}
"""Rare languages count so many times."""
ROUNDS = 2
"""Chosen among eight settings by the rows that ``--test`` holds out; the others differ by .002."""
RATE, HOLD = 0.5, 1e-4
ONE_IN = 5

Example = tuple[str, int]


def read() -> list[tuple[str, str, int]]:
    """Group, text and index of the language of each sentence."""
    rows = []
    for path in sorted(CORPUS.glob("v*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column, tag in COLUMNS.items():
                    if row[column]:
                        rows.append((row["id"], row[column], TAGS.index(tag)))
    return rows


def more(path: Path) -> list[tuple[str, str, int]]:
    """The operator's own."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (f"more:{at}", row["text"], TAGS.index(row["tag"]))
            for at, row in enumerate(csv.DictReader(file))
        ]


def examples(rows: list[tuple[str, str, int]]) -> list[Example]:
    """The sentences, and pieces of them."""
    chance = np.random.default_rng(0)
    found: list[Example] = []
    for _, text, label in rows:
        words = text.split()
        for _ in range(AGAIN.get(TAGS[label], 1)):
            found.append((text, label))
            for _ in range(CUTS):
                size = int(chance.integers(1, 7))
                first = int(chance.integers(0, max(len(words) - size, 0) + 1))
                found.append((" ".join(words[first : first + size]), label))
    return found


def train(found: list[Example]) -> np.ndarray:
    """Weights, shape (2 ** 16, 6), float16."""
    places, begins, labels = [], [0], []
    for text, label in found:
        mine = _pieces(text, int(SCRIPT_OF[label]))
        if len(mine):
            places.append(mine)
            begins.append(begins[-1] + len(mine))
            labels.append(label)
    of = np.array(labels)
    size = 1 << loops.BITS
    weights, sums = np.zeros((size, len(TAGS))), np.zeros((size, len(TAGS)))
    open_to = SCRIPT_OF[of][:, None] == SCRIPT_OF[None]
    chance = np.random.default_rng(1)
    for turn in range(ROUNDS):
        lost = loops.train(
            np.concatenate(places), np.array(begins), of, open_to,
            chance.permutation(len(of)), weights, sums, RATE, HOLD,
        )  # fmt: skip
        print(f"round {turn + 1}: {lost:.4f}", file=sys.stderr)
    return weights.astype(np.float16)


def _pieces(text: str, script: int) -> np.ndarray:
    codes, _ = plain_codes(codes_of(composed(text)))
    table = np.empty((len(codes) // 2 + 1, 3), dtype=np.int64)
    words = table[: loops.words(codes, table)]
    out = np.empty((loops.LONGEST + 1) * (len(codes) + 2), dtype=np.int64)
    found = [
        out[: loops.pieces(codes, begin, end, out)].copy()
        for begin, end, of in words.tolist()
        if of == script
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def judged(weights: np.ndarray, rows: list[Example]) -> np.ndarray:
    """How often each language (rows) is taken for each (columns)."""
    table = np.zeros((len(TAGS), len(TAGS)), dtype=np.int64)
    for text, label in rows:
        mine = _pieces(text, int(SCRIPT_OF[label]))
        said = weights[mine].astype(np.float64).sum(axis=0)
        said[SCRIPT_OF[label] != SCRIPT_OF] = -np.inf
        table[label, int(said.argmax())] += 1
    return table


def main() -> int:
    """Train, and write or test."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--more", type=Path)
    asked.add_argument("--out", type=Path, default=WEIGHTS)
    asked.add_argument("--test", action="store_true")
    given = asked.parse_args()
    rows = read() + (more(given.more) if given.more else [])
    if not given.test:
        np.save(given.out, train(examples(rows)))
        return 0
    groups = sorted({group for group, _, _ in rows})
    out = {group for at, group in enumerate(groups) if at % ONE_IN == 0}
    weights = train(examples([row for row in rows if row[0] not in out]))
    table = judged(weights, [(text, label) for group, text, label in rows if group in out])
    print("| is \\ taken for | " + " | ".join(TAGS) + " | right |")
    print("|---|" + "---:|" * (len(TAGS) + 1))
    for k, tag in enumerate(TAGS):
        cells = " | ".join(str(n) for n in table[k])
        print(f"| {tag} | {cells} | {table[k, k] / max(table[k].sum(), 1):.3f} |")
    print(f"macro {np.mean(np.diag(table) / np.maximum(table.sum(axis=1), 1)):.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
