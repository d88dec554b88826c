from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.engines.ledger import (
    EMPTY_ROOT,
    hash_leaf,
    hash_node,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from assises.engines.ledger.tree import consistency_proof, inclusion_proof, range_hash


def leaves_of(size: int) -> list[bytes]:
    return [hash_leaf(f"entry {i}".encode()) for i in range(size)]


def nodes_of(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    def node_at(level: int, index: int) -> bytes:
        width = 1 << level
        inside = leaves[index * width : (index + 1) * width]
        assert len(inside) == width, "only complete subtrees are asked for"
        return root_of(inside)

    return node_at


def cases(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.json"))
    assert found
    return found


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def test_published_inclusion_proofs_are_told_apart(shared_data: Path) -> None:
    seen = {True: 0, False: 0}
    for path in cases(shared_data / "merkle" / "inclusion"):
        case: dict[str, Any] = json.loads(path.read_text())
        holds = verify_inclusion(
            leaf_hash=_bytes(case["leafHash"]),
            index=case["leafIdx"],
            size=case["treeSize"],
            proof=[_bytes(part) for part in case["proof"] or []],
            root=_bytes(case["root"]),
        )
        assert holds is not case["wantErr"], path
        seen[holds] += 1
    assert min(seen.values()) > 0


def test_published_consistency_proofs_are_told_apart(shared_data: Path) -> None:
    seen = {True: 0, False: 0}
    for path in cases(shared_data / "merkle" / "consistency"):
        case: dict[str, Any] = json.loads(path.read_text())
        holds = verify_consistency(
            old_size=case["size1"],
            new_size=case["size2"],
            proof=[_bytes(part) for part in case["proof"] or []],
            old_root=_bytes(case["root1"]),
            new_root=_bytes(case["root2"]),
        )
        assert holds is not case["wantErr"], path
        seen[holds] += 1
    assert min(seen.values()) > 0


def test_the_root_is_that_of_the_definition() -> None:
    a, b, c, d, e = leaves_of(5)
    left = hash_node(hash_node(a, b), hash_node(c, d))
    assert root_of([a, b, c, d, e]) == hash_node(left, e)
    assert root_of([a, b, c]) == hash_node(hash_node(a, b), c)
    assert root_of([a]) == a
    assert root_of([]) == EMPTY_ROOT


@given(st.integers(1, 80))
def test_the_root_of_a_range_is_the_root_of_its_leaves(size: int) -> None:
    leaves = leaves_of(size)
    assert range_hash(0, size, nodes_of(leaves)) == root_of(leaves)


@given(st.integers(1, 70), st.data())
def test_every_leaf_can_be_proved_and_no_other_in_its_place(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    proof = inclusion_proof(index, size, nodes_of(leaves))
    root = root_of(leaves)

    def holds(**changed: Any) -> bool:
        facts = {
            "leaf_hash": leaves[index],
            "index": index,
            "size": size,
            "proof": proof,
            "root": root,
        }
        return verify_inclusion(**{**facts, **changed})

    assert holds()
    assert not holds(leaf_hash=hash_leaf(b"another"))
    assert not holds(root=hash_leaf(b"another"))
    assert not holds(proof=[*proof, root])
    if proof:
        assert not holds(proof=proof[:-1])
        other = (index + 1) % size
        assert not holds(index=other)


@given(st.integers(0, 70), st.data())
def test_every_beginning_can_be_proved_and_no_rewriting(size: int, data: st.DataObject) -> None:
    old_size = data.draw(st.integers(0, size))
    leaves = leaves_of(size)
    proof = consistency_proof(old_size, size, nodes_of(leaves))
    facts: dict[str, Any] = {
        "old_size": old_size,
        "new_size": size,
        "proof": proof,
        "old_root": root_of(leaves[:old_size]),
        "new_root": root_of(leaves),
    }
    assert verify_consistency(**facts)
    if old_size:
        rewritten = [hash_leaf(b"rewritten"), *leaves[1:]]
        assert not verify_consistency(**{**facts, "new_root": root_of(rewritten)})
        assert not verify_consistency(**{**facts, "old_root": root_of(rewritten[:old_size])})
    assert not verify_consistency(**{**facts, "proof": [*proof, EMPTY_ROOT]})


@given(
    st.binary(max_size=40),
    st.integers(-3, 2**70),
    st.integers(-3, 2**70),
    st.lists(st.binary(min_size=30, max_size=33), max_size=70),
    st.binary(max_size=40),
)
def test_what_strangers_send_is_answered_not_raised(
    leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes
) -> None:
    assert not verify_inclusion(leaf_hash=leaf, index=index, size=size, proof=proof, root=root) or (
        leaf == root
    )
    verify_consistency(old_size=index, new_size=size, proof=proof, old_root=leaf, new_root=root)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_proof_of_what_is_not_there_cannot_be_made(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof(index, size, nodes_of(leaves_of(3)))


def test_a_log_is_not_the_beginning_of_a_shorter_one() -> None:
    with pytest.raises(IndexError):
        consistency_proof(4, 3, nodes_of(leaves_of(4)))
