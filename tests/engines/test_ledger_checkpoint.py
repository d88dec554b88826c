from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.engines.ledger.checkpoint import Checkpoint, Signer, VerifierKey, read_checkpoint
from assises.engines.ledger.tree import hash_leaf
from assises.lib.errors import InputError

SIGNER = Signer("example.org/log", bytes(range(32)))
HERE = Checkpoint("example.org/log", 3, hash_leaf(b"x"))


def test_the_checkpoints_of_a_published_log_are_read(shared_data: Path) -> None:
    folder = shared_data / "tlog"
    key = VerifierKey.parse((folder / "public-key.txt").read_text())
    assert str(key) == (folder / "public-key.txt").read_text().strip()
    for size in range(1, 9):
        note = (folder / f"checkpoint.{size}").read_bytes()
        assert read_checkpoint(note, [key]).size == size


def test_what_is_signed_is_read_again() -> None:
    note = SIGNER.sign(HERE).encode()
    assert read_checkpoint(note, [SIGNER.verifier]) == HERE


def test_any_changed_byte_is_found() -> None:
    note = SIGNER.sign(HERE).encode()
    for at in range(len(note)):
        changed = note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :]
        with pytest.raises(InputError):
            read_checkpoint(changed, [SIGNER.verifier])


def test_another_key_of_the_same_name_is_not_enough() -> None:
    other = Signer("example.org/log", bytes(32))
    with pytest.raises(InputError, match="none of the keys"):
        read_checkpoint(SIGNER.sign(HERE).encode(), [other.verifier])


def test_a_witness_may_sign_beside_the_log() -> None:
    witness = Signer("witness.example/w", bytes([7]) * 32)
    note = SIGNER.sign(HERE) + witness.line(HERE.body)
    assert read_checkpoint(note.encode(), [SIGNER.verifier]) == HERE
    assert read_checkpoint(note.encode(), [witness.verifier]) == HERE


def test_a_wrong_signature_of_a_known_key_refuses_the_note() -> None:
    forged = f"\u2014 {SIGNER.name} {base64.b64encode(SIGNER.verifier.id + bytes(64)).decode()}\n"
    witness = Signer("witness.example/w", bytes([7]) * 32)
    note = f"{HERE.body}\n{witness.line(HERE.body)}{forged}"
    with pytest.raises(InputError, match="wrong"):
        read_checkpoint(note.encode(), [SIGNER.verifier, witness.verifier])


def test_extensions_are_kept() -> None:
    here = Checkpoint("example.org/log", 0, hash_leaf(b""), ("epoch 7",))
    assert read_checkpoint(SIGNER.sign(here).encode(), [SIGNER.verifier]).extensions == ("epoch 7",)


@pytest.mark.parametrize(
    "body",
    [
        "example.org/log\n03\nAAAA\n",
        "example.org/log\n-1\nAAAA\n",
        "example.org/log\n3\n",
        "\n\n\n",
    ],
)
def test_a_signed_body_that_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(InputError, match="not a signed checkpoint"):
        read_checkpoint(f"{body}\n{SIGNER.line(body)}".encode(), [SIGNER.verifier])


@given(st.binary(max_size=400))
def test_what_strangers_send_is_refused_by_name(note: bytes) -> None:
    with pytest.raises(InputError):
        read_checkpoint(note, [SIGNER.verifier])


@given(st.text(max_size=80))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    try:
        VerifierKey.parse(text)
    except InputError:
        return
    raise AssertionError("a random text is no key")


def test_the_seed_is_never_shown() -> None:
    assert "0001" not in repr(SIGNER)
    assert str(SIGNER.seed) not in repr(SIGNER)
