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
from assises.fronts.cli.proving import in_words
from assises.lib.errors import InputError, SetupError
from assises.rooms.contributions.acts.moderate import moderate_statement
from assises.rooms.contributions.models import Statement
from assises.rooms.journal.acting import acting
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role, system
from assises.rooms.journal.proofs import proof_of
from assises.rooms.journal.sealing import seal, sealer_of
from tests.rooms.making import AT, a_voice, an_edition, key, some_statements, staff, vote

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


def kept(tmp_path: Path, told: dict[str, Any], **changed: Any) -> Path:
    file = tmp_path / "proof"
    file.write_text(json.dumps({**told, **changed}))
    return file


def of_act(act: str) -> dict[str, Any]:
    leaf = Event.objects.filter(act=act).order_by("leaf")[0].leaf
    told: dict[str, Any] = Client().get(f"/log/simulation/proof/{leaf}").json()
    return told


def test_the_proof_of_an_offices_act_says_what_was_done(sealed: Any, tmp_path: Path) -> None:
    done = check_proof(kept(tmp_path, of_act("consultations.open"))).done
    assert done is not None
    assert (done.act, done.by) == ("consultations.open", "system")
    assert done.subjects == (f"consultation:{sealed.short}",)
    assert done.hour.minute == done.hour.second == 0
    assert done.asked == {}


def test_a_changed_act_hour_thing_or_salt_is_refused(sealed: Any, tmp_path: Path) -> None:
    told = of_act("consultations.open")
    opening, event = told["opening"], told["opening"]["event"]
    forged = [
        {**opening, "event": {**event, "act": "consultations.close"}},
        {**opening, "event": {**event, "hour": "2026-01-01T00:00:00.000000Z"}},
        {**opening, "event": {**event, "subjects": []}},
        {**opening, "event": {**event, "by": "account"}},
        {**opening, "event": {**event, "stream": "consultation:x"}},
        {**opening, "salt": "00" * 32},
        {**opening, "asked": {"published": True}},
        {**opening, "asked_salt": "00" * 32},
    ]
    for each in forged:
        with pytest.raises(InputError, match="does not hold"):
            check_proof(kept(tmp_path, told, opening=each))
    broken: tuple[Any, ...] = ({}, [], "x", {**opening, "salt": "zz"}, {**opening, "event": 1})
    for junk in broken:
        with pytest.raises(InputError):
            check_proof(kept(tmp_path, told, opening=junk))


def test_the_opening_of_one_act_does_not_open_another(sealed: Any, tmp_path: Path) -> None:
    told, other = of_act("consultations.open"), of_act("consultations.create")
    with pytest.raises(InputError, match="not what was sealed"):
        check_proof(kept(tmp_path, told, opening=other["opening"]))


def test_what_a_participant_did_is_never_opened(sealed: Any, tmp_path: Path) -> None:
    for act in ("votes.cast", "people.enter"):
        event = Event.objects.filter(act=act)[0]
        answer = Client().get(f"/log/simulation/proof/{event.leaf}")
        assert answer.json()["opening"] is None
        assert check_proof(kept(tmp_path, answer.json())).done is None
        for closed in (event.actor, str(event.id), bytes(event.salt).hex(), act):
            assert closed not in answer.content.decode()


def test_what_is_done_to_a_draft_is_not_told_yet(sealed: Any) -> None:
    an_edition(opened=False)
    with sealer_of("simulation") as log:
        seal(log, "simulation")
    assert Client().get("/log/simulation/proof/13").json()["opening"] is None


def test_who_entered_an_office_is_never_opened(sealed: Any) -> None:
    with acting("people.logged_in", system("entering"), place=None, key="in", at=AT):
        pass
    with sealer_of("official") as log:
        seal(log, "official")
    assert Client().get("/log/official/proof/0").json()["opening"] is None


def test_an_event_that_was_changed_after_its_seal_is_not_opened(sealed: Any) -> None:
    event = Event.objects.get(act="consultations.open")
    Event.objects.using("owner").filter(id=event.id).update(act="consultations.close")
    with pytest.raises(SetupError, match="does not hold"):
        proof_of(event.id, opened=True)
    assert Client().get(f"/log/simulation/proof/{event.leaf}").status_code == 400


def test_the_key_may_be_the_file_that_one_kept(sealed: Any, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(Client().get("/log/simulation/key").content)
    file = kept(tmp_path, of_act("consultations.open"))
    assert check_proof(file, str(key)) == check_proof(file, key.read_text())
    key.write_text("not a key")
    for wrong in (str(key), "x" * 5_000, ""):
        with pytest.raises(InputError, match="verifier key"):
            check_proof(file, wrong)


def decided(place: Any, reason: str) -> dict[str, Any]:
    stated = Statement.objects.filter(consultation=place).order_by("number")[0]
    moderate_statement(
        staff(Role.MODERATOR, place), place, stated.uid,
        decision="refuse", reason=reason, key=key(), at=AT,
    )  # fmt: skip
    with sealer_of("simulation") as log:
        seal(log, "simulation")
    leaf = Event.objects.filter(act="contributions.moderate").latest("leaf").leaf
    told: dict[str, Any] = Client().get(f"/log/simulation/proof/{leaf}").json()
    return told


def test_the_proof_of_a_decision_tells_it_and_its_reason(sealed: Any, tmp_path: Path) -> None:
    told = decided(sealed, "Two questions in one")
    done = check_proof(kept(tmp_path, told)).done
    assert done is not None
    assert done.asked == {"decision": "refuse", "reason": "Two questions in one"}
    assert done.by == "account"
    assert f"account:{Role.MODERATOR}" not in json.dumps(told)
    opening = told["opening"]
    forged = {**opening, "asked": {"decision": "refuse", "reason": "Off topic"}}
    with pytest.raises(InputError, match="asked"):
        check_proof(kept(tmp_path, told, opening=forged))


def test_a_reason_that_holds_someones_number_stays_closed(sealed: Any) -> None:
    told = decided(sealed, "Names someone: 06 12 34 56 78")
    assert told["opening"]["event"]["act"] == "contributions.moderate"
    assert "asked" not in told["opening"]
    assert "06 12" not in json.dumps(told)


def test_the_terminal_says_in_words_what_was_done(sealed: Any, tmp_path: Path) -> None:
    lines = "\n".join(in_words(check_proof(kept(tmp_path, of_act("consultations.open")))))
    assert "consultations.open" in lines
    assert "It was opened to everyone. By the software." in lines
    assert f"consultation {sealed.short}" in lines
    assert re.search(r"\d+ \w+ 20\d\d, between \d\d:00 and \d\d:00 UTC", lines)
    closed = "\n".join(in_words(check_proof(kept(tmp_path, of_act("votes.cast")))))
    assert "stays closed" in closed
