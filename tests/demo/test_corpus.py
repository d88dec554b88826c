"""The sentences written for the project: varied, in their scripts, no two nearly alike."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "src" / "assises" / "demo" / "corpus"
ALL = ("fr", "ar", "ary_arab", "ary_latn", "en")
TAMAZIGHT = ("zgh_tfng", "zgh_latn")
ALIKE = 0.45
ARABIC, TIFINAGH, LATIN = (
    re.compile(pattern) for pattern in ("[\u0600-\u06ff]", "[\u2d30-\u2d7f]", "[A-Za-z]")
)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    found = []
    for path in sorted(FOLDER.glob("v*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            assert reader.fieldnames == ["id", "vertical", *ALL, *TAMAZIGHT], path.name
            found += list(reader)
    return found


def folded(text: str) -> str:
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)
    )
    return re.sub(r"\W+", " ", bare).strip()


def test_there_are_two_thousand_over_the_thirteen_verticals(rows: list[dict[str, str]]) -> None:
    assert len(rows) >= 2_000
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(int(row["id"]) // 1_000 == int(row["vertical"]) for row in rows)
    sizes = Counter(int(row["vertical"]) for row in rows)
    assert sorted(sizes) == list(range(1, 14))
    assert min(sizes.values()) >= 150
    assert sum(bool(row["zgh_tfng"]) for row in rows) >= 200


@pytest.mark.parametrize("column", ALL)
def test_each_is_a_short_sentence_in_its_script(rows: list[dict[str, str]], column: str) -> None:
    for row in rows:
        text = row[column]
        assert text == unicodedata.normalize("NFC", text.strip()), row["id"]
        assert 4 <= len(text.split()) <= 28, row["id"]
        assert len(text) <= 180, row["id"]
        if column == "ar":
            assert not LATIN.search(text), row["id"]
            assert text != row["ary_arab"], row["id"]
        if column in ("ar", "ary_arab"):
            assert ARABIC.search(text), row["id"]
        else:
            assert not ARABIC.search(text), row["id"]


def test_tamazight_is_in_both_scripts_or_in_none(rows: list[dict[str, str]]) -> None:
    for row in rows:
        tifinagh, latin = (row[column] for column in TAMAZIGHT)
        assert bool(tifinagh) == bool(latin), row["id"]
        if tifinagh:
            assert TIFINAGH.search(tifinagh), row["id"]
            assert not LATIN.search(tifinagh), row["id"]
            assert LATIN.search(latin), row["id"]


@pytest.mark.parametrize("column", ALL)
def test_no_two_are_nearly_the_same(rows: list[dict[str, str]], column: str) -> None:
    pieces = []
    for row in rows:
        text = f" {folded(row[column])} "
        pieces.append({text[i : i + 5] for i in range(len(text) - 4)})
    holds: dict[str, list[int]] = defaultdict(list)
    for at, mine in enumerate(pieces):
        shared: Counter[int] = Counter()
        for piece in mine:
            shared.update(holds[piece])
            holds[piece].append(at)
        for other, count in shared.items():
            whole = len(mine) + len(pieces[other]) - count
            assert count <= ALIKE * whole, (rows[at]["id"], rows[other]["id"])


@pytest.mark.parametrize("column", ALL)
def test_they_do_not_begin_alike(rows: list[dict[str, str]], column: str) -> None:
    begins = Counter(" ".join(folded(row[column]).split()[:3]) for row in rows)
    begin, count = begins.most_common(1)[0]
    assert count <= len(rows) / 40, begin


@pytest.mark.slow
def test_the_weights_that_are_shipped_are_those_of_the_corpus(tmp_path: Path) -> None:
    made = tmp_path / "language.npy"
    command = (sys.executable, ROOT / "tools" / "train_language.py", "--out", made)
    subprocess.run(command, check=True, capture_output=True)
    shipped = ROOT / "src" / "assises" / "engines" / "themes" / "language.npy"
    assert made.read_bytes() == shipped.read_bytes()
