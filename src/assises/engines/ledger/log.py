"""The writer of a log: appends entries, and is never ahead of what is safely stored.

Order of every append: entry bundles and tiles first, each synced; then the checkpoint, synced and
renamed into place. The checkpoint decides what the log holds: whatever lies beyond it after a
crash was promised to no one and is written over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from assises.engines.ledger.checkpoint import Checkpoint, Signer, read_checkpoint
from assises.engines.ledger.tiles import WIDTH, TileReader, pack_entries, tile_path, unpack_entries
from assises.engines.ledger.tree import EMPTY_ROOT, HASH_SIZE, hash_leaf, range_hash, root_of
from assises.lib.errors import InputError

CHECKPOINT: Final = "checkpoint"


class Store(Protocol):
    """Where the files of a log are kept."""

    def read(self, path: str) -> bytes:
        """The file; raises FileNotFoundError."""

    def write(self, path: str, data: bytes) -> None:
        """Put the file whole in place, or not at all; need not be durable before :meth:`sync`."""

    def sync(self) -> None:
        """Return once everything written so far survives a loss of power."""


class Log:
    """A log open for writing. One writer at a time; the caller sees to that.

    Args:
        store: where its files are.
        signer: signs its checkpoints; its name is the origin of the log.

    Raises:
        InputError: if what is stored is not the log of this signer, or is damaged.
    """

    def __init__(self, store: Store, signer: Signer) -> None:
        self._store = store
        self._signer = signer
        self._doubtful = False
        try:
            note = store.read(CHECKPOINT)
        except FileNotFoundError:
            self.checkpoint = Checkpoint(signer.name, 0, EMPTY_ROOT)
        else:
            self.checkpoint = read_checkpoint(note, [signer.verifier])
        if self.checkpoint.origin != signer.name:
            raise InputError(
                f"this is the log of {self.checkpoint.origin}",
                value=signer.name,
                next_step="Open it with the key of that name.",
            )
        self._check_edge()

    @property
    def size(self) -> int:
        """Entries in the log."""
        return self.checkpoint.size

    def append(self, entries: Sequence[bytes], extensions: Sequence[str] = ()) -> Checkpoint:
        """Append entries in order and return the checkpoint that holds them.

        When it returns, they are stored and signed for. If it raises, none of them is promised;
        where the checkpoint itself may have reached the disk after all, this object refuses to go
        on, since a second one of the same size would be a fork.

        Args:
            entries: at most 65,535 bytes each.
            extensions: further lines of the checkpoint.
        """
        if not entries:
            return self.checkpoint
        if self._doubtful:
            raise InputError(
                "an append failed, and nobody knows how far it came",
                next_step="Open the log again: it finds out from what is stored.",
            )
        size = self.size + len(entries)
        self._write_entries(entries)
        edge = self._write_tiles([hash_leaf(entry) for entry in entries])
        self._store.sync()
        root = range_hash(0, size, TileReader(self._overlay(edge), size).node_at)
        checkpoint = Checkpoint(self._signer.name, size, root, tuple(extensions))
        self._doubtful = True
        self._store.write(CHECKPOINT, self._signer.sign(checkpoint).encode())
        self._store.sync()
        self.checkpoint, self._doubtful = checkpoint, False
        return checkpoint

    def reader(self) -> TileReader:
        """Nodes and entries of the log as it stands."""
        return TileReader(self._store.read, self.size)

    def _check_edge(self) -> None:
        """The stored tiles must give the signed root, or the log would sign a fork of itself."""
        if self.size and range_hash(0, self.size, self.reader().node_at) != self.checkpoint.root:
            raise InputError(
                "the tiles of the log do not give the root of its checkpoint",
                next_step="Restore the log from a copy; do not append to this one.",
            )

    def _write_entries(self, entries: Sequence[bytes]) -> None:
        index, before = divmod(self.size, WIDTH)
        pending = list(entries)
        if before:
            kept = unpack_entries(self._store.read(tile_path(-1, index, before)))
            pending = kept + pending
        for at in range(0, len(pending), WIDTH):
            part = pending[at : at + WIDTH]
            self._store.write(tile_path(-1, index + at // WIDTH, len(part)), pack_entries(part))

    def _write_tiles(self, hashes: list[bytes]) -> dict[str, bytes]:
        written: dict[str, bytes] = {}
        level, old = 0, self.size
        while hashes:
            index, before = divmod(old, WIDTH)
            pending = list(hashes)
            if before:
                data = self._store.read(tile_path(level, index, before))
                pending = [
                    data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE)
                ] + pending
            above = []
            for at in range(0, len(pending), WIDTH):
                part = pending[at : at + WIDTH]
                path = tile_path(level, index + at // WIDTH, len(part))
                written[path] = b"".join(part)
                self._store.write(path, written[path])
                if len(part) == WIDTH:
                    above.append(root_of(part))
            level, old, hashes = level + 1, old // WIDTH, above
        return written

    def _overlay(self, written: dict[str, bytes]) -> _Overlay:
        return _Overlay(self._store, written)


class _Overlay:
    """Reads what was just written from memory and the rest from the store."""

    def __init__(self, store: Store, written: dict[str, bytes]) -> None:
        self._store = store
        self._written = written

    def __call__(self, path: str) -> bytes:
        found = self._written.get(path)
        return self._store.read(path) if found is None else found
