"""A bundle of themes: the same whatever the order of the rows, and what an earlier one keeps."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from assises.flows.themes.content import How, before_of, content_of
from assises.flows.themes.keeping import Vectors
from assises.flows.verify import verify
from assises.formats import bundle, contributions
from assises.lib.errors import InputError
from tests.engines.themes.talk import Hearing, sentences


def written(path: Path, seed: int | None = None) -> Path:
    """A file of contributions, some of them copies, in another order for a seed."""
    texts, _ = sentences(20)
    rows = [
        [f"c{at:03d}", text, "MA-04"] for at, text in enumerate([*texts, *texts[:7], "...", "…"])
    ]
    if seed is not None:
        random.Random(seed).shuffle(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "text", "region"], *rows])
    return path


def made(file: Path, to: Path, **more: object) -> str:
    given = contributions.read(file)
    content = content_of(given, Vectors(Hearing()), ["fr"], How("Said"), **more)  # type: ignore[arg-type]
    return bundle.write(to, content)


def test_the_order_of_the_rows_changes_no_byte(tmp_path: Path) -> None:
    one = made(written(tmp_path / "one.csv"), tmp_path / "one")
    for seed in range(3):
        other = made(written(tmp_path / "said.csv", seed), tmp_path / f"other{seed}")
        assert other == one


def test_a_bundle_of_themes_holds_and_a_later_run_follows_it(tmp_path: Path) -> None:
    file = written(tmp_path / "said.csv")
    made(file, tmp_path / "first")
    assert all(check.ok for check in verify(tmp_path / "first"))
    made(file, tmp_path / "second", before=before_of(tmp_path / "first"))
    tables = [
        (tmp_path / name / "tables" / "contributions.csv").read_text("utf-8")
        for name in ("first", "second")
    ]
    assert [line.split(",")[6] for line in tables[0].splitlines()] == [
        line.split(",")[6] for line in tables[1].splitlines()
    ]


def test_texts_can_be_left_out(tmp_path: Path) -> None:
    given = contributions.read(written(tmp_path / "said.csv"))
    content = content_of(given, Vectors(Hearing()), [], How("Said", texts=False))
    assert "text" not in content.tables["contributions"]
    assert content.parameters["texts"] == "left out"


def test_an_earlier_run_must_be_one_of_themes(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        before_of(tmp_path)
