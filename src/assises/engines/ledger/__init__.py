"""A log that anyone can verify: append-only Merkle tree, tiles, signed checkpoints.

    verify_inclusion(leaf_hash=..., index=..., size=..., proof=..., root=...)
    verify_consistency(old_size=..., new_size=..., proof=..., old_root=..., new_root=...)

Promises: what was once in the log stays there, at its place; a proof says yes or no and never
raises on what strangers send. Formats are RFC 9162 (the tree), C2SP tlog-tiles, tlog-checkpoint
and signed-note. May not know what the entries mean.
"""

from assises.engines.ledger.tree import (
    EMPTY_ROOT,
    hash_leaf,
    hash_node,
    root_of,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "EMPTY_ROOT",
    "hash_leaf",
    "hash_node",
    "root_of",
    "verify_consistency",
    "verify_inclusion",
]
