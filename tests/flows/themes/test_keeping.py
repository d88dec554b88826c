"""What is kept is what would be made anew, whatever happened to the folder."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assises.engines.themes.meaning.vectors import halved
from assises.flows.themes import keeping
from assises.flows.themes.keeping import Vectors
from assises.lib.errors import OutputError
from assises.lib.progress import SILENT, Progress

TEXTS = [f"phrase {at}" for at in range(300)]
TAGS = ["fr"] * 300


class Counting:
    """Vectors of a hash; counts what it is asked for."""

    dimensions = 8
    reads = frozenset({"fr", "ar"})

    def __init__(self, name: str = "counting/1") -> None:
        self.name = name
        self.asked: list[str] = []

    def encode(
        self, texts: Sequence[str], tags: Sequence[str], progress: Progress = SILENT
    ) -> np.ndarray:
        self.asked += texts
        progress.step("inside", len(texts))
        rows = []
        for text, tag in zip(texts, tags, strict=True):
            said = hashlib.sha256(f"{self.name}{tag}{text}".encode("utf-8", "surrogatepass"))
            rows.append(np.frombuffer(said.digest(), dtype=np.uint32) / 2**32)
            progress.advance(1)
        return np.asarray(rows, dtype=np.float32).reshape(-1, 8)


def anew(texts: Sequence[str] = TEXTS, tags: Sequence[str] = TAGS) -> np.ndarray:
    return halved(Counting().encode(texts, tags))


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.vectors"))


@pytest.fixture(autouse=True)
def small(monkeypatch) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 64)
    monkeypatch.setattr(keeping, "MANY", 6)


def test_without_a_folder_each_text_is_read_once() -> None:
    model = Counting()
    found = Vectors(model).of(["a", "b", "a", "a"], ["fr", "fr", "fr", "ar"])
    assert sorted(model.asked) == ["a", "a", "b"]
    assert found.dtype == np.float16
    assert np.array_equal(found, anew(["a", "b", "a", "a"], ["fr", "fr", "fr", "ar"]))


def test_kept_and_fresh_are_the_same_bytes(tmp_path) -> None:
    first = Vectors(Counting(), tmp_path).of(TEXTS, TAGS)
    later = Counting()
    order = np.random.default_rng(0).permutation(300)
    again = Vectors(later, tmp_path).of([TEXTS[at] for at in order], TAGS)
    assert later.asked == []
    assert np.array_equal(first, anew())
    assert np.array_equal(again, first[order])


def test_only_what_is_new_is_read(tmp_path) -> None:
    Vectors(Counting(), tmp_path).of(TEXTS[:200], TAGS[:200])
    model = Counting()
    kept = Vectors(model, tmp_path)
    assert np.array_equal(kept.of(TEXTS, TAGS), anew())
    assert sorted(model.asked) == sorted(TEXTS[200:])
    assert np.array_equal(kept.of(TEXTS, TAGS), anew())
    assert len(model.asked) == 100


def test_the_name_of_the_embedder_tells_vectors_apart(tmp_path) -> None:
    Vectors(Counting(), tmp_path).of(TEXTS, TAGS)
    other = Counting("counting/2")
    found = Vectors(other, tmp_path).of(TEXTS, TAGS)
    assert len(other.asked) == 300
    assert not np.array_equal(found, anew())


def test_many_small_segments_become_one(tmp_path) -> None:
    kept = Vectors(Counting(), tmp_path)
    for at in range(0, 60, 3):
        kept.of(TEXTS[at : at + 3], TAGS[:3])
    assert len(segments(tmp_path)) <= keeping.MANY
    model = Counting()
    assert np.array_equal(Vectors(model, tmp_path).of(TEXTS[:60], TAGS[:60]), anew()[:60])
    assert model.asked == []


def spoil_end(data: bytes) -> bytes:
    return data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]


def spoil_key(data: bytes) -> bytes:
    return data[:520] + bytes([data[520] ^ 1]) + data[521:]


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_end,
        spoil_key,
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda _: b"",
        lambda _: b"{}",
        lambda data: data.replace(b'"count": 64', b'"count": -1'),
        lambda data: data.replace(b'"count": 64', b'"count": []'),
        lambda data: b"\xff" * len(data),
    ],
)
def test_a_damaged_segment_is_told_and_made_anew(tmp_path, spoil) -> None:
    Vectors(Counting(), tmp_path).of(TEXTS, TAGS)
    victim = next(path for path in segments(tmp_path) if b'"count": 64' in path.read_bytes())
    victim.write_bytes(spoil(victim.read_bytes()))
    model = Counting()
    kept = Vectors(model, tmp_path)
    assert np.array_equal(kept.of(TEXTS, TAGS), anew())
    assert len(model.asked) == 64
    assert kept.damaged == [str(victim)]
    assert victim.with_suffix(".damaged").exists()
    after = Counting()
    assert np.array_equal(Vectors(after, tmp_path).of(TEXTS, TAGS), anew())
    assert after.asked == []


def test_a_segment_of_another_embedder_in_the_folder_is_not_used(tmp_path) -> None:
    Vectors(Counting("counting/2"), tmp_path).of(TEXTS, TAGS)
    Vectors(Counting(), tmp_path).of(TEXTS[:1], TAGS[:1])
    other, mine = sorted(tmp_path.iterdir(), key=lambda path: len(list(path.iterdir())))[::-1]
    for path in other.glob("*.vectors"):
        path.rename(mine / path.name)
    kept = Vectors(Counting(), tmp_path)
    assert np.array_equal(kept.of(TEXTS, TAGS), anew())
    assert len(kept.damaged) == 5


class Stopped(Exception):
    pass


class Impatient:
    def __init__(self) -> None:
        self.told: list[tuple[str, int | None]] = []
        self.seen = 0

    def step(self, name: str, total: int | None = None) -> None:
        self.told.append((name, total))

    def advance(self, amount: int) -> None:
        self.seen += amount
        if self.seen > 150:
            raise Stopped


def test_what_was_made_before_a_stop_is_kept(tmp_path) -> None:
    listener = Impatient()
    with pytest.raises(Stopped):
        Vectors(Counting(), tmp_path).of(TEXTS, TAGS, listener)
    assert listener.told == [("vectors", 300)]
    model = Counting()
    assert np.array_equal(Vectors(model, tmp_path).of(TEXTS, TAGS), anew())
    assert len(model.asked) == 300 - 128


def write_and_clear(folder: Path) -> None:
    keeping.AT_ONCE, keeping.MANY = 4, 3
    while True:
        Vectors(Counting(), folder).of(TEXTS, TAGS)
        for path in segments(folder):
            path.unlink(missing_ok=True)


def test_a_kill_at_any_moment_and_two_at_once_leave_nothing_half(tmp_path) -> None:
    start = multiprocessing.get_context("fork").Process
    for moment in (0.05, 0.13, 0.2, 0.31):
        both = [start(target=write_and_clear, args=[tmp_path]) for _ in range(2)]
        for child in both:
            child.start()
        time.sleep(moment)
        for child in both:
            child.kill()
            child.join()
        kept = Vectors(Counting(), tmp_path)
        assert np.array_equal(kept.of(TEXTS, TAGS), anew())
        assert kept.damaged == []


def test_what_a_kill_left_is_cleared_after_a_while(tmp_path) -> None:
    Vectors(Counting(), tmp_path).of(TEXTS[:5], TAGS[:5])
    draft = segments(tmp_path)[0].with_name(".dead.1.draft")
    draft.write_bytes(b"half")
    Vectors(Counting(), tmp_path).of(TEXTS[:9], TAGS[:9])
    assert draft.exists()
    os.utime(draft, (1, 1))
    Vectors(Counting(), tmp_path).of(TEXTS[:10], TAGS[:10])
    assert not draft.exists()


def test_a_segment_that_another_process_joined_is_no_trouble(tmp_path) -> None:
    slow = Vectors(Counting(), tmp_path)
    slow.of(TEXTS, TAGS)
    for path in segments(tmp_path):
        path.unlink()
    assert np.array_equal(slow.of(TEXTS, TAGS), anew())
    assert slow.damaged == []


def test_half_a_pair_of_surrogates_and_nothing(tmp_path) -> None:
    kept = Vectors(Counting(), tmp_path)
    assert kept.of([], []).shape == (0, 8)
    assert kept.of(["\ud800"], ["fr"]).shape == (1, 8)


def test_a_folder_that_cannot_be_written_is_told(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be kept"):
        Vectors(Counting(), tmp_path / "file").of(TEXTS, TAGS)
