"""How much personal data and abuse is found, and how often nothing is there.

    python bench/moderation.py

All that is marked was written for the project by its own authors, so every recall here is
self-graded; the false alarms on SIB-200 (Adelani et al. 2024), where it is shared, are not.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from assises.countries.ma.identifiers import SHAPES, first_names
from assises.engines.themes.moderation import abuse, personal
from assises.engines.themes.moderation.abuse_lexicon import KINDS

ROOT = Path(__file__).resolve().parents[1]
ROWS = ROOT / "tests" / "engines" / "themes"
CORPUS = ROOT / "src" / "assises" / "demo" / "corpus"
SIB = ROOT.parent / "shared" / "data" / "sib200"
NEUTRAL = {"fra_Latn": "fr", "arb_Arab": "ar", "ary_Arab": "ary-Arab", "eng_Latn": "en"}
COLUMNS = {"fr": "fr", "ar": "ar", "ary_arab": "ary-Arab", "ary_latn": "ary-Latn", "en": "en"}
MARK = re.compile(r"\{(\w+):([^{}]+)\}")
KNOWN = personal.folded_names(first_names())

Counts = dict[str, list[int]]


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def civic() -> Iterator[tuple[str, str]]:
    """Language and text of the civic sentences."""
    for path in sorted(CORPUS.glob("v*.csv")):
        for row in table(path):
            yield from ((tag, row[name]) for name, tag in COLUMNS.items())


def sib() -> Iterator[tuple[str, str]]:
    """Language and text of SIB-200, train and dev."""
    for path in sorted(SIB.glob("*.tsv")):
        tag = NEUTRAL.get(path.name.split(".")[0])
        if tag:
            for line in path.read_text("utf-8").splitlines()[1:]:
                yield tag, line.split("\t")[2]


def marked(text: str) -> tuple[str, list[tuple[str, int, int]]]:
    """A text without its marks, and what they mark."""
    out, spans, at = "", [], 0
    for found in MARK.finditer(text):
        out += text[at : found.start()]
        spans.append((found[1], len(out), len(out) + len(found[2])))
        out += found[2]
        at = found.end()
    return out + text[at:], spans


def personal_data(name: str, half: str, by_kind: Counts, by_tag: Counts) -> None:
    """Count what is marked, what of it is found, and what is found besides."""
    for row in table(ROWS / f"personal_{name}.csv"):
        if row["half"] != half:
            continue
        text, spans = marked(row["text"])
        found = personal.find(text, SHAPES, KNOWN)
        right = set()
        for kind, begin, end in spans:
            hits = {
                n for n, o in enumerate(found)
                if o.kind == kind and o.begin < end and o.end > begin
            }  # fmt: skip
            right |= hits
            for counts in (by_kind[kind], by_tag[row["tag"]]):
                counts[0] += 1
                counts[1] += bool(hits)
        for n, one in enumerate(found):
            if n not in right:
                by_kind[one.kind][2] += 1
                by_tag[row["tag"]][2] += 1


def print_counts(counts: Counts) -> None:
    """Recall and precision of each line."""
    print("| | marked | recall | found besides | precision |\n|---|---:|---:|---:|---:|")
    for name, (there, found, besides) in sorted(counts.items()):
        recall, precision = found / max(there, 1), found / max(found + besides, 1)
        print(f"| {name} | {there} | {recall:.3f} | {besides} | {precision:.3f} |")


def print_false_alarms(name: str, texts: list[tuple[str, str]]) -> None:
    """What is found in texts that hold no personal data but a name, and no abuse."""
    counts: Counts = defaultdict(lambda: [0, 0, 0, 0, 0])
    begin = time.process_time()
    for tag, text in texts:
        band = abuse.judge(text, tag).band
        of = counts[tag]
        of[0] += 1
        of[1] += band == "hold"
        of[2] += band in ("hold", "look")
    judged = time.process_time()
    for tag, text in texts:
        kinds = {one.kind for one in personal.find(text, SHAPES, KNOWN)}
        counts[tag][3] += bool(kinds - {"name"})
        counts[tag][4] += "name" in kinds
    ended = time.process_time()
    print(f"\n## {name}\n\n| | texts | held | looked at | a number or address | a name |")
    print("|---|---:|---:|---:|---:|---:|")
    for tag, (n, *rest) in sorted(counts.items()):
        print(f"| {tag} | {n} | " + " | ".join(f"{one / n:.4f}" for one in rest) + " |")
    print(
        f"\n{len(texts) / (judged - begin):,.0f} texts judged and "
        f"{len(texts) / (ended - judged):,.0f} searched for personal data in a CPU second."
    )


def print_fresh() -> None:
    """Abusive sentences written after the list of words, to have other words."""
    counts: Counts = defaultdict(lambda: [0, 0, 0, 0, 0])
    for row in table(ROWS / "abuse_third.csv"):
        band = abuse.judge(row["text"], row["tag"]).band
        of, bad = counts[row["tag"]], row["kind"] in KINDS
        of[0] += bad
        of[1] += bad and band == "hold"
        of[2] += bad and band != "clear"
        of[3] += not bad and band == "hold"
        of[4] += not bad and band != "clear"
    print(
        "\n## Abuse in other words\n\n"
        "| | abusive | held | held or looked at | not abusive: held | held or looked at |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    for tag, of in counts.items():
        print(f"| {tag} | " + " | ".join(map(str, of)) + " |")


def main() -> int:
    """Print every table."""
    for title, sources in (
        ("Personal data: the half that was looked at", (("find", "a"), ("leave", "a"))),
        ("Personal data: the half that was not", (("find", "b"), ("leave", "b"))),
        ("Personal data: written afterwards to be hard", (("third", "c"),)),
    ):
        by_kind: Counts = defaultdict(lambda: [0, 0, 0])
        by_tag: Counts = defaultdict(lambda: [0, 0, 0])
        for name, half in sources:
            personal_data(name, half, by_kind, by_tag)
        print(f"\n## {title}\n")
        print_counts(by_kind)
        print()
        print_counts(by_tag)
    print_fresh()
    texts = list(civic())
    print_false_alarms("False alarms: the civic sentences (the model learnt from them)", texts)
    if SIB.is_dir():
        print_false_alarms("False alarms: SIB-200", list(sib()))
    print("\n## Abuse, cross-validated", flush=True)
    subprocess.run([sys.executable, ROOT / "tools" / "train_abuse.py", "--test"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
