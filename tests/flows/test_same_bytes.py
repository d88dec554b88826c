"""The same votes give the same bytes: twice, in any row order, on any number of cores."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

MAKE = """
import pathlib, sys
from assises.flows.opinion import How, content_of
from assises.formats import bundle, polis
content = content_of(polis.read(sys.argv[1]), ["fr", "zgh"], how=How(cuts=1))
print(bundle.write(pathlib.Path(sys.argv[2]), content))
"""


def make(source: Path, target: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", MAKE, source, target],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return done.stdout.strip()


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "environment.json"
    }


@pytest.fixture(params=["example", "biodiversity"])
def source(request: pytest.FixtureRequest, example: Path) -> Path:
    if request.param == "example":
        return example
    shared: Path = request.getfixturevalue("shared_data")
    return shared / "polis" / "scoop-hivemind.biodiversity"


def test_one_thread_and_two_give_the_same_bytes(source: Path, tmp_path: Path) -> None:
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS", "PYTHONHASHSEED")
    one = make(source, tmp_path / "1", **dict.fromkeys(threads, "1"))
    two = make(source, tmp_path / "2", **dict.fromkeys(threads, "2"))
    assert one == two
    assert digest(tmp_path / "1") == digest(tmp_path / "2")


def test_shuffled_rows_give_the_same_bytes(source: Path, tmp_path: Path) -> None:
    shuffled = tmp_path / "shuffled"
    shuffled.mkdir()
    for path in source.iterdir():
        text = path.read_bytes()
        if not path.name.endswith("summary.csv") and not path.name.endswith("comments.csv"):
            header, *rows = text.splitlines(keepends=True)
            random.Random(7).shuffle(rows)
            text = header + b"".join(rows)
        (shuffled / path.name).write_bytes(text)
    assert make(source, tmp_path / "a") == make(shuffled, tmp_path / "b")
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_another_vote_gives_another_id(example: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    changed.mkdir()
    for path in example.iterdir():
        (changed / path.name).write_bytes(path.read_bytes())
    votes = changed / "simulation-votes.csv"
    votes.write_text(votes.read_text().replace(",1\n", ",0\n", 1))
    assert make(example, tmp_path / "a") != make(changed, tmp_path / "b")
