"""The Merkle tree of RFC 9162 section 2.1: hashes, proofs and their verification.

Hashes are SHA-256, 32 bytes. A leaf hashes 0x00 and its entry, a node 0x01 and its two children,
so that neither can pass for the other. The left child of a tree of n leaves holds the largest
power of two below n.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""Root of a log without entries."""

NodeAt: TypeAlias = Callable[[int, int], bytes]
"""(level, index) to the hash of the complete subtree of 2**level leaves that begins at leaf
index * 2**level."""


def hash_leaf(entry: bytes) -> bytes:
    """Hash of an entry as a leaf."""
    return hashlib.sha256(b"\0" + entry).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Hash of two neighbouring subtrees, 32 bytes each."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes in order."""
    level = list(leaves)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        # A last one without a neighbour rises as it is.
        level = [hash_node(a, b) for a, b in pairs] + level[len(level) & ~1 :]
    return level[0]


def range_hash(begin: int, end: int, node_at: NodeAt) -> bytes:
    """Root of the leaves begin <= i < end; begin is divisible by a power of two >= end - begin.

    Args:
        begin, end: leaf indices, begin < end.
        node_at: where complete subtrees come from.
    """
    size = end - begin
    if size & (size - 1) == 0:
        return node_at(size.bit_length() - 1, begin // size)
    split = begin + _split(size)
    return hash_node(range_hash(begin, split, node_at), range_hash(split, end, node_at))


def inclusion_proof(index: int, size: int, node_at: NodeAt) -> list[bytes]:
    """Hashes from the leaf up that prove its place in the tree of the first ``size`` leaves.

    Raises:
        IndexError: unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} is not in a log of {size}")
    return _inclusion(index, 0, size, node_at)


def consistency_proof(old_size: int, new_size: int, node_at: NodeAt) -> list[bytes]:
    """Hashes that prove that the tree of ``old_size`` leaves is the beginning of the new one.

    Raises:
        IndexError: unless 0 <= old_size <= new_size.
    """
    if not 0 <= old_size <= new_size:
        raise IndexError(f"a log of {old_size} is not the beginning of one of {new_size}")
    if old_size in (0, new_size):
        return []
    return _consistency(old_size, 0, new_size, node_at, whole=True)


def verify_inclusion(
    *, leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the leaf stands at ``index`` in the tree of ``size`` leaves with this root.

    RFC 9162 section 2.1.3.2. Anything malformed is simply not a proof.
    """
    if not 0 <= index < size or not _hashes(leaf_hash, root, *proof):
        return False
    place, last, value = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            value = hash_node(sibling, value)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            value = hash_node(value, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and value == root


def verify_consistency(
    *, old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Whether the tree of ``old_size`` leaves is the beginning of the one of ``new_size``.

    RFC 9162 section 2.1.4.2. An empty log is the beginning of every log. Anything malformed is
    simply not a proof.
    """
    if not 0 <= old_size <= new_size or not _hashes(old_root, new_root, *proof):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = hash_node(sibling, old), hash_node(sibling, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = hash_node(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _inclusion(index: int, begin: int, end: int, node_at: NodeAt) -> list[bytes]:
    if end - begin == 1:
        return []
    split = begin + _split(end - begin)
    if index < split:
        return [*_inclusion(index, begin, split, node_at), range_hash(split, end, node_at)]
    return [*_inclusion(index, split, end, node_at), range_hash(begin, split, node_at)]


def _consistency(
    old_size: int, begin: int, end: int, node_at: NodeAt, *, whole: bool
) -> list[bytes]:
    if old_size == end:
        # The verifier holds this root already if it is the whole old tree.
        return [] if whole else [range_hash(begin, end, node_at)]
    split = begin + _split(end - begin)
    if old_size <= split:
        return [
            *_consistency(old_size, begin, split, node_at, whole=whole),
            range_hash(split, end, node_at),
        ]
    return [
        *_consistency(old_size, split, end, node_at, whole=False),
        range_hash(begin, split, node_at),
    ]


def _split(size: int) -> int:
    """The largest power of two below ``size``, for ``size`` of 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)


def _hashes(*values: object) -> bool:
    return all(isinstance(value, bytes) and len(value) == HASH_SIZE for value in values)
