"""The proof of a journal's line, as anyone fetches and checks it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from assises.engines.ledger import hash_leaf, verify_inclusion
from assises.engines.ledger.checkpoint import VerifierKey, read_checkpoint
from assises.flows.proof import check_proof
from assises.lib.errors import InputError
from assises.rooms.journal.sealing import seal, sealer_of
from tests.rooms.making import a_voice, an_edition, some_statements, vote

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def sealed() -> Any:
    place = an_edition()
    some_statements(place, 3)
    for _ in range(5):
        vote(place, a_voice(place), {0: 1, 1: -1})
    with sealer_of("simulation") as log:
        assert seal(log, "simulation") == 13
    return place


def test_every_line_of_the_journal_leads_to_a_proof_that_holds(sealed: Any) -> None:
    client = Client()
    page = client.get(f"/en/editions/{sealed.short}/journal").content.decode()
    links = re.findall(r'href="(/log/simulation/proof/\d+)"', page)
    assert len(links) == 3  # of the offices and the software; the others are asked for by number
    for link in {*links, *(f"/log/simulation/proof/{leaf}" for leaf in range(13))}:
        told = client.get(link).json()
        key = VerifierKey.parse(told["key"])
        checkpoint = read_checkpoint(told["checkpoint"].encode(), [key])
        assert verify_inclusion(
            leaf_hash=hash_leaf(told["entry"].encode()),
            index=told["leaf"],
            size=checkpoint.size,
            proof=[bytes.fromhex(node) for node in told["proof"]],
            root=checkpoint.root,
        )
        assert not verify_inclusion(
            leaf_hash=hash_leaf(told["entry"].replace("1", "2").encode()),
            index=told["leaf"],
            size=checkpoint.size,
            proof=[bytes.fromhex(node) for node in told["proof"]],
            root=checkpoint.root,
        )


def test_a_leaf_that_is_not_there_has_no_proof(sealed: Any) -> None:
    for path in ("simulation/proof/13", "official/proof/0", "simulation/proof/999999999999999"):
        assert Client().get(f"/log/{path}").status_code == 404


def test_a_proof_is_checked_without_the_house(sealed: Any, tmp_path: Path) -> None:
    client = Client()
    response = client.get("/log/simulation/proof/4")
    file = tmp_path / "4"
    file.write_bytes(response.content)
    key = client.get("/log/simulation/key").content.decode()
    held = check_proof(file, key)
    assert (held.leaf, held.size) == (4, 13)
    assert "simulation" in held.log
    told = response.json()
    forgeries = {
        "entry": told["entry"].replace("sequence", "sequenca"),
        "leaf": 5,
        "proof": told["proof"][1:],
        "checkpoint": told["checkpoint"].replace("13", "14"),
        "key": "x",
    }
    for name, value in forgeries.items():
        file.write_text(json.dumps({**told, name: value}))
        with pytest.raises(InputError):
            check_proof(file)
    for junk in ("", "[]", "{}", "null", "\x00"):
        file.write_text(junk)
        with pytest.raises(InputError):
            check_proof(file, key)
