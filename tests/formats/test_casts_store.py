"""The working folder of divided casts: whole or not there, and used again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assises.flows.casts import parts_of
from assises.lib.errors import InputError, OutputError


@pytest.fixture
def given(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    chance = np.random.default_rng(0)
    for name in ("a", "b"):
        pl.DataFrame(
            {
                "participant": chance.integers(0, 50, 300),
                "statement": chance.integers(0, 20, 300),
                "vote": chance.integers(-1, 2, 300),
            }
        ).write_parquet(folder / f"{name}.parquet")
    return folder


def inodes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.rglob("*") if path.is_file()}


def test_unchanged_files_are_not_divided_again(given: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    parts_of(given, work, parts=2)
    before = inodes(work)
    os.utime(given / "a.parquet")
    parts_of(given, work, parts=2)
    assert inodes(work) == before


def test_the_same_files_elsewhere_and_again_give_the_same_folder(
    given: Path, tmp_path: Path
) -> None:
    parts_of(given, tmp_path / "one", parts=2)
    parts_of(given.rename(tmp_path / "moved"), tmp_path / "two", parts=2)

    def content(name: str) -> dict[str, bytes]:
        folder = tmp_path / name
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    assert content("one") == content("two")


@pytest.mark.parametrize("change", ["row", "file", "parts", "column", "universe"])
def test_what_changed_is_divided_again(given: Path, tmp_path: Path, change: str) -> None:
    work = tmp_path / "work"
    parts_of(given, work, parts=2)
    before = inodes(work)
    frame = pl.read_parquet(given / "a.parquet")
    parts, vote, universe = 2, "vote", []
    if change == "row":
        frame[0, "vote"] = 1 if frame[0, "vote"] < 1 else 0
        frame.write_parquet(given / "a.parquet")
    elif change == "file":
        frame.write_parquet(given / "c.parquet")
    elif change == "parts":
        parts = 3
    elif change == "column":
        for path in given.iterdir():
            pl.read_parquet(path).rename({"vote": "answer"}).write_parquet(path)
        vote = "answer"
    else:
        universe = [1_000]
    parts_of(given, work, parts=parts, vote=vote, universe=universe)
    assert not set(before.items()) & set(inodes(work).items())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "work"]


@pytest.mark.parametrize("damage", ["bytes", "short", "gone", "manifest"])
def test_a_damaged_folder_is_made_again(given: Path, tmp_path: Path, damage: str) -> None:
    work = tmp_path / "work"
    whole = [part() for part in parts_of(given, work, parts=2)]
    cells = np.concatenate([part.cells for part in whole])
    victim = next(iter(sorted(work.rglob("*cells.npy"))))
    data = bytearray(victim.read_bytes())
    if damage == "bytes":
        data[-1] ^= 1
        victim.write_bytes(data)
    elif damage == "short":
        victim.write_bytes(data[:-2])
    elif damage == "gone":
        victim.unlink()
    else:
        manifest = next(work.glob("*.json"))
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "casts": [1, 2]}))
    if damage == "manifest":  # whose folder this is cannot be told any more
        with pytest.raises(OutputError, match="something else"):
            parts_of(given, work, parts=2)
        return
    found = [part() for part in parts_of(given, work, parts=2)]
    assert np.concatenate([part.cells for part in found]).tobytes() == cells.tobytes()


def test_something_else_in_the_place_is_left_alone(given: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    parts_of(given, work, parts=2)  # an empty folder is no one's
    (work / "thesis.txt").write_text("years of work")
    assert len(parts_of(given, work, parts=2)) == 2  # nothing to make, nothing in the way
    with pytest.raises(OutputError, match="something else"):
        parts_of(given, work, parts=3)
    assert (work / "thesis.txt").read_text() == "years of work"
    with pytest.raises(OutputError, match="something else"):
        parts_of(given, given)
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(OutputError, match="something else"):
        parts_of(given, file)


def test_a_refusal_leaves_nothing_behind_and_keeps_what_was(given: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    parts_of(given, work, parts=2)
    before = inodes(work)
    pl.DataFrame({"participant": [1], "statement": [1], "vote": [7]}).write_parquet(
        given / "z.parquet"
    )
    with pytest.raises(InputError, match=r"z\.parquet, line 1, column vote"):
        parts_of(given, work, parts=2)
    assert inodes(work) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "work"]


def test_what_a_killed_run_left_is_cleared_away(given: Path, tmp_path: Path) -> None:
    left = tmp_path / ".work.abc.draft"
    left.mkdir()
    (left / "half").write_bytes(b"...")
    other = tmp_path / ".other.abc.draft"
    other.mkdir()
    parts_of(given, tmp_path / "work", parts=2)
    assert not left.exists() and other.exists()


def test_a_full_disk_is_told(given: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.write_text("a file where a folder should be")
    with pytest.raises(OutputError):
        parts_of(given, locked / "work", parts=2)


@pytest.mark.parametrize("parts", [0, -1, 70_000])
def test_a_number_of_parts_that_makes_no_sense_is_refused(
    given: Path, tmp_path: Path, parts: int
) -> None:
    with pytest.raises(InputError, match="parts"):
        parts_of(given, tmp_path / "work", parts=parts)
