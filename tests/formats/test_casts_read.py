"""Parquet files of casts: what is refused, and where it stands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from assises.formats import casts
from assises.lib.errors import InputError

GOOD = {"participant": [1, 2, 3], "statement": [7, 7, 8], "vote": [1, 0, -1]}
TIMED = casts.Names(time="time")
PLAIN = casts.Names()


def put(folder: Path, **columns: Any) -> Path:
    path = folder / "b.parquet"
    pl.DataFrame({**GOOD, **columns}).write_parquet(path)
    return path


def read(folder: Path, names: casts.Names = PLAIN, rows: int = 2) -> list[casts.Casts]:
    return [
        found
        for source in casts.sources_of(folder, names)
        for found in casts.batches(source, names, rows=rows)
    ]


def test_casts_come_in_the_order_of_names_and_rows(tmp_path: Path) -> None:
    put(tmp_path, time=[3, 2, 1])
    pl.DataFrame({**GOOD, "participant": [9, 8, 7], "time": [1, 1, 1]}).write_parquet(
        tmp_path / "a[1]*.parquet"
    )
    found = read(tmp_path, TIMED)
    assert [len(part.votes) for part in found] == [2, 1, 2, 1]
    assert np.concatenate([part.participants for part in found]).tolist() == [9, 8, 7, 1, 2, 3]
    assert np.concatenate([part.votes for part in found]).tolist() == [1, 0, -1, 1, 0, -1]
    times = [part.times.tolist() for part in found if part.times is not None]
    assert times == [[1, 1], [1], [3, 2], [1]]
    assert all(part.times is None for part in read(tmp_path))


def test_times_keep_their_order_as_whole_numbers(tmp_path: Path) -> None:
    given = [-np.inf, -2.5, -1e-300, -0.0, 0.0, 1e-300, 7.25, np.inf]
    path = tmp_path / "a.parquet"
    ones = [1] * len(given)
    frame = pl.DataFrame({"participant": ones, "statement": ones, "vote": ones, "time": given})
    frame.write_parquet(path)
    [found] = read(tmp_path, TIMED, rows=100)
    assert found.times is not None and found.times.dtype == np.int64
    steps = np.sign(np.diff(found.times.astype(object)).astype(np.float64))
    assert steps.tolist() == [1, 1, 1, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"vote": [1, 0, 2]}, ["b.parquet, line 3, column vote", "found 2", "1, 0 or -1"]),
        ({"vote": [1, -300, 1]}, ["line 2, column vote", "found -300"]),
        ({"vote": [None, 0, 1]}, ["line 1, column vote", "no value", "not seen"]),
        ({"vote": [1.0, 0.0, 1.0]}, ["column vote", "Float64", "whole number"]),
        ({"participant": ["x", "y", "z"]}, ["column participant", "String", "Number them"]),
        ({"participant": [1, 2, None]}, ["line 3, column participant", "no value"]),
        (
            {"statement": pl.Series([1, 2**63, 2], dtype=pl.UInt64)},
            ["line 2, column statement", "9223372036854775808", "2^63"],
        ),
        ({"time": [1.0, float("nan"), 2.0]}, ["line 2, column time", "not a number"]),
        ({"time": [1, None, 2]}, ["line 2, column time", "no value"]),
        ({"time": ["noon", "one", "two"]}, ["column time", "String"]),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    tmp_path: Path, columns: dict[str, Any], said: list[str]
) -> None:
    put(tmp_path, **{"time": [1, 2, 3], **columns})
    with pytest.raises(InputError) as refused:
        read(tmp_path, TIMED)
    for words in said:
        assert words in str(refused.value)
    assert refused.value.next_step


def test_a_missing_column_is_named_with_those_there(tmp_path: Path) -> None:
    put(tmp_path)
    with pytest.raises(InputError, match=r"column time.*no such column.*participant"):
        read(tmp_path, TIMED)


def test_files_that_are_not_parquet_are_refused(tmp_path: Path) -> None:
    (tmp_path / "c.parquet").write_bytes(b"participant,statement,vote\n1,2,3\n")
    with pytest.raises(InputError, match=r"c\.parquet: .*not a Parquet file"):
        read(tmp_path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    rows = 5_000
    chance = np.random.default_rng(0)
    path = put(
        tmp_path,
        participant=chance.integers(0, 2**40, rows),
        statement=chance.integers(0, 2**40, rows),
        vote=chance.integers(-1, 2, rows),
    )
    data = bytearray(path.read_bytes())
    data[20:2_000] = bytes(1_980)
    path.write_bytes(data)
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path)


def test_times_of_two_kinds_are_refused(tmp_path: Path) -> None:
    put(tmp_path, time=[1.5, 2.5, 3.5])
    frame = pl.DataFrame({**GOOD, "time": [1, 2, 3]})
    frame.write_parquet(tmp_path / "a.parquet")
    with pytest.raises(
        InputError, match=r"b\.parquet, column time: .*Float64.*Int64 in a\.parquet"
    ):
        read(tmp_path, TIMED)
    frame.with_columns(pl.col("time").cast(pl.Int16)).write_parquet(tmp_path / "b.parquet")
    assert len(read(tmp_path, TIMED)) == 4


def test_a_folder_without_files_or_votes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no Parquet file"):
        read(tmp_path)
    pl.DataFrame({name: pl.Series([], dtype=pl.Int64) for name in GOOD}).write_parquet(
        tmp_path / "a.parquet"
    )
    with pytest.raises(InputError, match="no vote"):
        read(tmp_path)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path)
    os.utime(path, (1, 1))
    [source] = casts.sources_of(tmp_path)
    found = casts.batches(source, rows=1)
    assert next(found).votes.tolist() == [1]
    put(tmp_path, vote=[1, 1, 1])
    with pytest.raises(InputError, match=r"b\.parquet: .*changed"):
        next(found)
    path.unlink()
    with pytest.raises(InputError, match=r"b\.parquet: .*changed"):
        list(casts.batches(source))
