from __future__ import annotations

import base64
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.engines.ledger import hash_leaf, root_of, verify_consistency, verify_inclusion
from assises.engines.ledger.tiles import (
    WIDTH,
    TileReader,
    pack_entries,
    tile_path,
    tiles_of,
    unpack_entries,
)
from assises.engines.ledger.tree import consistency_proof, inclusion_proof, range_hash
from assises.lib.errors import InputError


def files_of(entries: list[bytes]) -> dict[str, bytes]:
    """A log of these entries as files, made the plain way."""
    files = {}
    for at in range(0, len(entries), WIDTH):
        part = entries[at : at + WIDTH]
        files[tile_path(-1, at // WIDTH, len(part))] = pack_entries(part)
    leaves = [hash_leaf(entry) for entry in entries]
    for level, index, width in tiles_of(len(entries)):
        under = WIDTH**level
        hashes = [
            root_of(leaves[i * under : (i + 1) * under])
            for i in range(index * WIDTH, index * WIDTH + width)
        ]
        files[tile_path(level, index, width)] = b"".join(hashes)
    return files


def test_paths_are_those_of_the_standard() -> None:
    assert tile_path(0, 0) == "tile/0/000"
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(1, 5, 17) == "tile/1/005.p/17"
    assert tile_path(-1, 1000, 3) == "tile/entries/x001/000.p/3"


def test_a_published_log_is_read_and_proved(shared_data: Path) -> None:
    folder = shared_data / "tlog"
    roots = {}
    for size in range(1, 9):
        reader = TileReader(lambda path: (folder / path).read_bytes(), size)
        root = range_hash(0, size, reader.node_at)
        said = (folder / f"checkpoint.{size}").read_text().splitlines()
        assert int(said[1]) == size
        assert root == base64.b64decode(said[2])
        entries = reader.entries(0)
        assert len(entries) == size
        for index, entry in enumerate(entries):
            proof = inclusion_proof(index, size, reader.node_at)
            assert verify_inclusion(
                leaf_hash=hash_leaf(entry), index=index, size=size, proof=proof, root=root
            )
        for old_size, old_root in roots.items():
            proof = consistency_proof(old_size, size, reader.node_at)
            assert verify_consistency(
                old_size=old_size, new_size=size, proof=proof, old_root=old_root, new_root=root
            )
        roots[size] = root


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 700, 66_000])
def test_a_log_of_any_size_is_proved_from_its_tiles(size: int) -> None:
    entries = [str(i).encode() for i in range(size)]
    files = files_of(entries)
    reader = TileReader(files.__getitem__, size)
    root = root_of([hash_leaf(entry) for entry in entries])
    assert range_hash(0, size, reader.node_at) == root
    for index in {0, size // 2, size - 1}:
        proof = inclusion_proof(index, size, reader.node_at)
        assert verify_inclusion(
            leaf_hash=hash_leaf(entries[index]), index=index, size=size, proof=proof, root=root
        )
    assert reader.entries(0) == entries[:WIDTH]


def test_a_changed_entry_is_found() -> None:
    files = files_of([b"one", b"two"])
    files[tile_path(-1, 0, 2)] = pack_entries([b"one", b"TWO"])
    with pytest.raises(InputError, match="tampered"):
        TileReader(files.__getitem__, 2).entries(0)


def test_a_cut_tile_is_refused() -> None:
    files = files_of([b"one", b"two"])
    files[tile_path(0, 0, 2)] = files[tile_path(0, 0, 2)][:-1]
    with pytest.raises(InputError, match="63 bytes"):
        TileReader(files.__getitem__, 2).entries(0)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_come_back_from_their_bundle(entries: list[bytes]) -> None:
    assert unpack_entries(pack_entries(entries)) == entries


@given(st.binary(max_size=200))
def test_any_bytes_are_a_bundle_or_refused(data: bytes) -> None:
    with suppress(InputError):
        assert pack_entries(unpack_entries(data)) == data


def test_an_entry_too_long_for_its_length_is_refused() -> None:
    pack_entries([b"x" * 65_535])
    with pytest.raises(InputError, match="65,536"):
        pack_entries([b"x" * 65_536])
