from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.ledger import hash_leaf, root_of, verify_consistency, verify_inclusion
from assises.engines.ledger.checkpoint import Signer, read_checkpoint
from assises.engines.ledger.log import CHECKPOINT, Log
from assises.engines.ledger.tiles import TileReader
from assises.engines.ledger.tree import EMPTY_ROOT, consistency_proof, inclusion_proof
from assises.lib.errors import InputError

SIGNER = Signer("example.org/log", bytes(range(32)))


class Memory:
    """A store that loses what was not synced, in any order, as a disk does."""

    def __init__(self) -> None:
        self.safe: dict[str, bytes] = {}
        self.pending: list[tuple[str, bytes]] = []
        self.power = -1

    def read(self, path: str) -> bytes:
        for name, data in reversed(self.pending):
            if name == path:
                return data
        if path not in self.safe:
            raise FileNotFoundError(path)
        return self.safe[path]

    def write(self, path: str, data: bytes) -> None:
        self._spend()
        self.pending.append((path, data))

    def sync(self) -> None:
        self._spend()
        self.safe.update(self.pending)
        self.pending.clear()

    def crash(self, chance: random.Random) -> None:
        """Keep some of what was not synced, none or all, in any order."""
        kept = [item for item in self.pending if chance.random() < 0.5]
        chance.shuffle(kept)
        self.safe.update(kept)
        self.pending.clear()
        self.power = -1

    def _spend(self) -> None:
        if self.power == 0:
            raise OSError("the power went")
        self.power -= 1


def numbered(begin: int, count: int) -> list[bytes]:
    return [f"entry {i}".encode() for i in range(begin, begin + count)]


def test_a_new_log_is_empty() -> None:
    log = Log(Memory(), SIGNER)
    assert (log.size, log.checkpoint.root) == (0, EMPTY_ROOT)


@given(st.lists(st.integers(0, 400), max_size=8))
@settings(max_examples=30, deadline=None)
def test_batches_of_any_size_make_the_same_log_as_one(batches: list[int]) -> None:
    store, at = Memory(), 0
    log = Log(store, SIGNER)
    for count in batches:
        log.append(numbered(at, count))
        at += count
    assert log.size == at
    assert log.checkpoint.root == root_of([hash_leaf(e) for e in numbered(0, at)])
    again = Log(store, SIGNER)
    assert again.checkpoint == log.checkpoint
    if at:
        reader = again.reader()
        assert [e for i in range(-(-at // 256)) for e in reader.entries(i)] == numbered(0, at)


@given(st.integers(0, 2**32), st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_after_a_crash_anywhere_the_log_holds_all_that_was_signed_for(
    seed: int, power: int
) -> None:
    chance = random.Random(seed)
    store = Memory()
    log = Log(store, SIGNER)
    promised = log.checkpoint
    at = 0
    store.power = power
    try:
        while True:
            count = 1 + int(chance.random() * 300)
            promised = log.append(numbered(at, count))
            at += count
    except OSError:
        pass
    store.crash(chance)
    again = Log(store, SIGNER)
    # The last batch may have made it though nobody was told; nothing that was told is gone.
    assert again.size >= promised.size
    proof = consistency_proof(promised.size, again.size, again.reader().node_at)
    assert verify_consistency(
        old_size=promised.size,
        new_size=again.size,
        proof=proof,
        old_root=promised.root,
        new_root=again.checkpoint.root,
    )
    # And the log goes on.
    before = again.checkpoint
    after = again.append(numbered(again.size, 7))
    index = after.size - 1
    reader = TileReader(store.read, after.size)
    assert verify_inclusion(
        leaf_hash=hash_leaf(numbered(index, 1)[0]),
        index=index,
        size=after.size,
        proof=inclusion_proof(index, after.size, reader.node_at),
        root=after.root,
    )
    assert after.size == before.size + 7


def test_an_append_that_fails_leaves_the_log_as_it_was() -> None:
    store = Memory()
    log = Log(store, SIGNER)
    log.append(numbered(0, 3))
    with pytest.raises(InputError, match="bytes"):
        log.append([b"ok", b"x" * 70_000])
    assert Log(store, SIGNER).size == 3
    assert log.append(numbered(3, 1)).size == 4


def test_a_log_of_another_key_is_not_opened() -> None:
    store = Memory()
    Log(store, SIGNER).append([b"one"])
    with pytest.raises(InputError, match="none of the keys"):
        Log(store, Signer("example.org/log", bytes(32)))


def test_tiles_that_were_exchanged_are_found_on_opening() -> None:
    store = Memory()
    Log(store, SIGNER).append([b"one", b"two"])
    other = Memory()
    Log(other, SIGNER).append([b"one", b"TWO"])
    store.safe["tile/0/000.p/2"] = other.safe["tile/0/000.p/2"]
    with pytest.raises(InputError, match="do not give the root"):
        Log(store, SIGNER)


def test_nothing_appended_signs_nothing() -> None:
    store = Memory()
    log = Log(store, SIGNER)
    log.append([])
    assert CHECKPOINT not in store.safe


def test_the_checkpoint_carries_its_extensions() -> None:
    store = Memory()
    Log(store, SIGNER).append([b"one"], ["epoch 1"])
    note = store.read(CHECKPOINT)
    assert read_checkpoint(note, [SIGNER.verifier]).extensions == ("epoch 1",)
