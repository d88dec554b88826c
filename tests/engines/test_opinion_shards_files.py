"""Votes in Parquet files, divided on disk, give the bytes of one matrix."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from assises.engines.opinion import VoteMatrix, analyse, kernels
from assises.engines.opinion.shards import Here, ShardedVotes
from assises.flows.casts import StoredPart, divided, parts_of
from assises.lib.errors import InputError
from assises.lib.progress import Silent

from .planted import planted

Columns = dict[str, Any]
NAMES = ("participants", "statements", "indptr", "cells")


def casts(seed: int = 1, people: int = 700, statements: int = 60) -> Columns:
    """Casts with re-votes, in random order, ids with gaps, no two of a pair at one time."""
    chance = np.random.default_rng(seed)
    votes, _ = planted(people, statements, 0.3, 3, seed=seed)
    again = chance.integers(0, len(votes), len(votes) // 3)
    at = np.concatenate([np.arange(len(votes)), again])
    value = np.concatenate([votes.values, chance.integers(-1, 2, len(again))])
    order = chance.permutation(len(at))
    return {
        "participant": votes.rows[at][order] * 7_919 - 40_000,
        "statement": votes.columns[at][order] * 3 + 11,
        "vote": value[order].astype(np.int8),
        "time": chance.permutation(len(at)),
    }


def write(columns: Columns, folder: Path, files: int, seed: int = 0) -> Path:
    """The rows in random order, in files of unequal length, in row groups of a few rows."""
    chance = np.random.default_rng(seed)
    rows = len(columns["vote"])
    order = chance.permutation(rows)
    cuts = np.sort(chance.choice(np.arange(1, rows), files - 1, replace=False))
    folder.mkdir()
    for at, part in enumerate(np.split(order, cuts)):
        frame = pl.DataFrame({name: column[part] for name, column in columns.items()})
        frame.write_parquet(folder / f"{chance.integers(10**9)}-{at}.parquet", row_group_size=997)
    return folder


def whole(columns: Columns, **given: Any) -> VoteMatrix:
    return VoteMatrix.from_arrays(
        columns["participant"], columns["statement"], columns["vote"], **given
    )


def assert_same(found: Any, expected: Any, place: str = "map") -> None:
    """To the byte, in all fields and what they hold."""
    assert type(found) is type(expected), place
    if dataclasses.is_dataclass(found):
        for field in dataclasses.fields(found):
            one, other = getattr(found, field.name), getattr(expected, field.name)
            assert_same(one, other, f"{place}.{field.name}")
    elif isinstance(found, np.ndarray):
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape), place
        assert found.tobytes() == expected.tobytes(), place
    elif isinstance(found, list | tuple):
        assert len(found) == len(expected), place
        for at, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert_same(one, other, f"{place}[{at}]")
    else:
        assert repr(found) == repr(expected), place  # to the last digit, and NaN like NaN


@pytest.mark.parametrize("parts", [1, 2, 7])
@pytest.mark.parametrize("threads", [1, 2])
def test_files_in_any_order_and_any_number_of_parts_give_the_bytes_of_one_matrix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: int, threads: int
) -> None:
    monkeypatch.setattr(kernels, "_WORTH_A_THREAD", 500)  # so that two threads do share a part
    columns = casts()
    votes = whole(columns, times=columns["time"])
    expected = analyse(votes, "polis", moderated_out=[11, 17], meta=[14])
    folder = write(columns, tmp_path / "in", files=5, seed=parts)
    found = divided(folder, tmp_path / "work", time="time", parts=parts)
    assert len(found.places) == parts
    assert (len(found), found.casts) == (len(votes), votes.casts)
    opinion = analyse(found, "polis", moderated_out=[11, 17], meta=[14], threads=threads)
    assert_same(opinion, expected)


def test_parts_from_files_and_parts_in_memory_are_the_same(tmp_path: Path) -> None:
    columns = casts(2)
    folder = write(columns, tmp_path / "in", files=4)
    stored = parts_of(folder, tmp_path / "work", time="time", parts=3)
    loaded = [part() for part in stored]
    assert all(part.cells.dtype == np.uint16 for part in loaded)
    memory = [VoteMatrix(*(np.array(getattr(p, n)) for n in NAMES), casts=p.casts) for p in loaded]
    assert_same(
        analyse(ShardedVotes.of(Here(memory), 3), "polis"),
        analyse(ShardedVotes.of(Here(stored), 3), "polis"),
    )


def test_without_times_the_later_file_and_row_count(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    columns = casts(4, people=300)
    rows = np.array_split(np.arange(len(columns["vote"])), 4)
    names = ["a", "b", "c/a", "d"]  # the order that counts
    (folder / "c").mkdir()
    for at in (2, 0, 3, 1):  # another order of making
        pl.DataFrame(
            {n: columns[n][rows[at]] for n in ("participant", "statement", "vote")}
        ).select("vote", "participant", "statement").write_parquet(folder / f"{names[at]}.parquet")
    assert_same(
        analyse(divided(folder, tmp_path / "work", parts=3), "polis"),
        analyse(whole(columns), "polis"),
    )


@pytest.mark.parametrize(
    "convert",
    [
        lambda time: time.astype(np.float64) / 4 - 100,
        lambda time: (time - 100).astype("datetime64[us]"),
        lambda time: (time - 100).astype(np.int32),
        lambda time: time // 9,  # equal times: the later row
    ],
    ids=["float", "datetime", "int32", "equal"],
)
def test_any_kind_of_time_orders_as_in_memory(
    tmp_path: Path, convert: Callable[[np.ndarray], np.ndarray]
) -> None:
    columns = casts(5, people=200)
    columns["time"] = convert(columns["time"])
    folder = tmp_path / "in"
    folder.mkdir()
    pl.DataFrame(columns).write_parquet(folder / "all.parquet", row_group_size=501)
    assert_same(
        analyse(divided(folder, tmp_path / "work", time="time", parts=2), "polis"),
        analyse(whole(columns, times=columns["time"]), "polis"),
    )


def test_statements_that_nobody_voted_on_are_held(tmp_path: Path) -> None:
    columns = casts(6, people=100)
    folder = write(columns, tmp_path / "in", files=2)
    universe = [5, 9_999]
    assert_same(
        analyse(
            divided(folder, tmp_path / "work", time="time", universe=universe, parts=2), "polis"
        ),
        analyse(whole(columns, times=columns["time"], universe=universe), "polis"),
    )


def test_many_statements_take_four_bytes_a_vote(tmp_path: Path) -> None:
    columns = casts(7, people=100)
    folder = write(columns, tmp_path / "in", files=2)
    universe = np.arange(-20_000, 0)
    part, *_ = parts_of(folder, tmp_path / "work", time="time", universe=universe, parts=2)
    assert part().cells.dtype == np.uint32


def test_more_parts_than_people_leave_out_the_empty_ones(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    pl.DataFrame({"participant": [1, 2], "statement": [1, 1], "vote": [1, -1]}).write_parquet(
        folder / "a.parquet"
    )
    found = divided(folder, tmp_path / "work", parts=64)
    assert found.participants.tolist() == [1, 2] and len(found.places) <= 2


def test_a_part_is_a_map_of_its_file(tmp_path: Path) -> None:
    columns = casts(8, people=100)
    stored = parts_of(write(columns, tmp_path / "in", files=2), tmp_path / "work", time="time")
    [part] = stored
    assert isinstance(part, StoredPart)
    base = part().cells
    while not isinstance(base, np.memmap):
        base = base.base
    size = sum(path.stat().st_size for path in (tmp_path / "work").rglob("*cells.npy"))
    assert size < 2 * len(part()) + 200


def test_parts_made_anew_meanwhile_are_not_mixed_with_the_old(tmp_path: Path) -> None:
    columns = casts(9, people=100)
    folder = write(columns, tmp_path / "in", files=2)
    old = divided(folder, tmp_path / "work", time="time", parts=2)
    divided(folder, tmp_path / "work", time="time", parts=3)
    with pytest.raises(InputError, match="made anew"):
        analyse(old, "polis")


def test_a_listener_hears_of_each_step_and_may_stop(tmp_path: Path) -> None:
    columns = casts(10, people=100)
    folder = write(columns, tmp_path / "in", files=3)

    class Listener(Silent):
        def __init__(self, stop_at: int = 9) -> None:
            self.heard: list[tuple[str, int | None]] = []
            self.done: list[int] = []
            self.stop_at = stop_at

        def step(self, name: str, total: int | None = None) -> None:
            self.heard.append((name, total))
            self.done.append(0)

        def advance(self, amount: int) -> None:
            self.done[-1] += amount
            if len(self.heard) == self.stop_at:
                raise Stopped

    class Stopped(Exception):
        pass

    listener = Listener()
    parts_of(folder, tmp_path / "work", time="time", parts=2, progress=listener)
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert listener.heard == [
        ("hash of the files", size),
        ("votes of the files", len(columns["vote"])),
        ("parts", 2),
    ]
    assert listener.done == [size, len(columns["vote"]), 2]

    for at in (1, 2, 3):
        with pytest.raises(Stopped):
            parts_of(folder, tmp_path / "other", time="time", parts=2, progress=Listener(at))
        assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "work"]
