"""A log as files: C2SP tlog-tiles.

The tree is cut into tiles of 256 hashes. A tile of level 0 holds leaf hashes, one of level n the
roots of the tiles below it; entries stand in bundles of 256. Full tiles never change, so that they
can be kept by anyone; the growing edge is a partial tile whose name says how much of it there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from assises.engines.ledger.tree import HASH_SIZE, NodeAt, hash_leaf, root_of
from assises.lib.errors import InputError

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
LONGEST_ENTRY: Final = 65_535

Fetch: TypeAlias = Callable[[str], bytes]
"""Path of a file of the log to its bytes; raises FileNotFoundError."""


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """``tile/L/N[.p/W]``: where a tile of ``width`` hashes stands; level -1 means entries.

    N is written in groups of three digits, all but the last with an x in front.
    """
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    name = "entries" if level < 0 else str(level)
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{name}/{'/'.join(groups)}{partial}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every tile of hashes in a log of ``size`` leaves."""
    level, hashes = 0, size
    while hashes:
        for index in range(hashes // WIDTH):
            yield level, index, WIDTH
        if hashes % WIDTH:
            yield level, hashes // WIDTH, hashes % WIDTH
        level, hashes = level + 1, hashes // WIDTH


def pack_entries(entries: Iterable[bytes]) -> bytes:
    """Entries as a bundle: each behind its length in two bytes, big-endian.

    Raises:
        InputError: for an entry of more than 65,535 bytes.
    """
    parts = []
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise InputError(
                f"an entry of the log has {len(entry):,} bytes",
                next_step=f"Keep it to {LONGEST_ENTRY:,}; log a hash of what is larger.",
            )
        parts.append(len(entry).to_bytes(2, "big") + entry)
    return b"".join(parts)


def unpack_entries(bundle: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        InputError: for a bundle that ends inside an entry.
    """
    entries, at = [], 0
    while at < len(bundle):
        size = int.from_bytes(bundle[at : at + 2], "big")
        entry = bundle[at + 2 : at + 2 + size]
        if at + 2 > len(bundle) or len(entry) != size:
            raise InputError(
                "a bundle of entries ends inside an entry",
                column=at,
                next_step="Fetch the log again from its source.",
            )
        entries.append(entry)
        at += 2 + size
    return entries


class TileReader:
    """Nodes of the tree of the first ``size`` leaves, read from tiles, each fetched once."""

    def __init__(self, fetch: Fetch, size: int) -> None:
        self.size = size
        self._fetch = fetch
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    @property
    def node_at(self) -> NodeAt:
        """For the proofs of :mod:`assises.engines.ledger.tree`."""
        return self._node

    def entries(self, index: int) -> list[bytes]:
        """Entries of bundle ``index``, as far as the log goes, checked against their leaf hashes.

        Raises:
            InputError: if the bundle does not hold what the tree says.
        """
        width = min(WIDTH, self.size - index * WIDTH)
        path = tile_path(-1, index, width)
        entries = unpack_entries(self._fetch(path))
        hashes = self._tile(0, index)[:width]
        if [hash_leaf(entry) for entry in entries] != hashes:
            raise InputError(
                "the entries are not those whose hashes the log holds",
                file=path,
                next_step="Fetch the log again; if it stays so, the log was tampered with.",
            )
        return entries

    def _node(self, level: int, index: int) -> bytes:
        tile_level, inside = divmod(level, HEIGHT)
        width = 1 << inside
        first = index * width
        tile = self._tile(tile_level, first // WIDTH)
        at = first % WIDTH
        return root_of(tile[at : at + width])

    def _tile(self, level: int, index: int) -> list[bytes]:
        known = self._tiles.get((level, index))
        if known is not None:
            return known
        hashes = self.size >> (HEIGHT * level)
        width = min(WIDTH, hashes - index * WIDTH)
        path = tile_path(level, index, width)
        data = self._fetch(path)
        if len(data) != width * HASH_SIZE:
            raise InputError(
                f"a tile of {width} hashes has {len(data):,} bytes",
                file=path,
                next_step="Fetch the log again from its source.",
            )
        tile = [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]
        self._tiles[level, index] = tile
        return tile
