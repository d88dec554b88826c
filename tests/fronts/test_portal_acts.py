"""What everyone reads of acts: the journal by the hour, refusals with reasons, sealed results."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from assises.flows.proof import check_proof
from assises.lib.clock import now
from assises.rooms.contributions.acts.moderate import hide_contribution, moderate_statement
from assises.rooms.contributions.acts.retract import retract
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.models import Statement
from assises.rooms.insights.computing import compute_now
from assises.rooms.journal.acting import acting
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role, system
from assises.rooms.journal.sealing import seal, sealer_of
from tests.fronts.programs import everything, inside, said_by
from tests.rooms.making import (
    AT,
    a_voice,
    an_edition,
    key,
    some_statements,
    staff,
    vote,
)

SECRET = "Monsieur Untel est un voleur"


@pytest.fixture
def place(db: None) -> Any:
    made = an_edition()
    some_statements(made, 3)
    return made


def shown(place: Any, rest: str, language: str = "en") -> str:
    response = Client().get(f"/{language}/editions/{place.short}/{rest}")
    assert response.status_code == 200
    return response.content.decode()


def proposed(place: Any, words: str = SECRET) -> tuple[Any, Statement]:
    actor, voice = a_voice(place)
    stated = [Stated(words, "fr", voice=voice)]
    uid = state(actor, place, stated, key=key(), at=AT)[0]
    return (actor, voice), Statement.objects.get(uid=uid)


def refuse(place: Any, statement: Statement, reason: str = "It accuses a person.") -> None:
    moderator = staff(Role.MODERATOR, place)
    moderate_statement(
        moderator, place, statement.uid, decision="refuse", reason=reason, key=key(), at=AT
    )


def seal_it() -> None:
    with sealer_of("simulation") as log:
        seal(log, "simulation")


# --- What was refused, and why --------------------------------------------------------------------


def test_everyone_reads_what_was_refused_and_why_but_not_a_participants_words(place: Any) -> None:
    _, statement = proposed(place)
    refuse(place, statement)
    seal_it()
    html = shown(place, "refused")
    assert f"Statement {statement.number}" in html
    assert "It accuses a person." in html
    assert SECRET not in html
    proof = re.search(r'href="(/log/simulation/proof/\d+)"', html)
    assert proof is not None
    told = Client().get(proof[1]).json()["opening"]
    assert told["asked"] == {"decision": "refuse", "reason": "It accuses a person."}
    assert told["event"]["subjects"] == [f"statement:{statement.short}"]
    assert f'href="/en/editions/{place.short}' in shown(place, "")
    assert 'refused">' in shown(place, "")


def test_the_houses_own_refused_words_are_shown(place: Any) -> None:
    statement = Statement.objects.filter(consultation=place).order_by("number")[1]
    refuse(place, statement, "Two questions in one.")
    assert "Énoncé numéro 1" in shown(place, "refused")


def test_what_waits_or_was_taken_back_is_not_among_the_refused(place: Any) -> None:
    assert "No statement has been refused." in shown(place, "refused")
    (actor, voice), statement = proposed(place)
    assert "No statement has been refused." in shown(place, "refused")
    refuse(place, statement)
    retract(actor, place, voice, statement.uid, key=key(), at=AT)
    seal_it()
    for page in (shown(place, "refused"), shown(place, "journal")):
        assert "It accuses a person." not in page
    leaf = Event.objects.get(act="contributions.moderate").leaf
    assert "accuses" not in Client().get(f"/log/simulation/proof/{leaf}").content.decode()


def test_a_number_in_a_reason_is_covered(place: Any) -> None:
    _, statement = proposed(place)
    refuse(place, statement, "It gives the number 06 12 34 56 78.")
    for page in (shown(place, "refused"), shown(place, "journal")):
        assert "It gives the number" in page
        assert "06 12 34" not in page
    (told,) = everything(inside(place, "/refused"))
    assert "06 12 34" not in told["reason"]


def test_the_journal_says_what_was_decided_and_leads_to_it(place: Any) -> None:
    _, statement = proposed(place)
    refuse(place, statement)
    html = shown(place, "journal")
    assert f"Statement {statement.number} was refused: It accuses a person." in html
    assert f"#s-{statement.short}" in html
    moderate_statement(
        staff(Role.MODERATOR, place), place, statement.uid,
        decision="accept", reason="", key=key(), at=AT,
    )  # fmt: skip
    html = shown(place, "journal")
    assert f"Statement {statement.number} was accepted." in html
    assert f"/en/statements/{statement.short}" in html


def test_a_hidden_contributions_reason_stays_its_authors(place: Any) -> None:
    contribution = said_by(place, "Un mot")
    hide_contribution(
        staff(Role.MODERATOR, place), place, contribution.id,
        decision="refuse", reason="It insults.", key=key(), at=AT,
    )  # fmt: skip
    seal_it()
    html = shown(place, "journal")
    assert "A contribution was hidden." in html
    assert "It insults." not in html
    leaf = Event.objects.get(act="contributions.moderate").leaf
    assert "asked" not in Client().get(f"/log/simulation/proof/{leaf}").json()["opening"]


def test_programs_read_what_was_refused_too(place: Any) -> None:
    _, statement = proposed(place)
    refuse(place, statement)
    own = Statement.objects.filter(consultation=place).order_by("number")[0]
    refuse(place, own, "Two questions in one.")
    by_number = {row["number"]: row for row in everything(inside(place, "/refused?limit=1"))}
    assert by_number[statement.number]["words"] is None
    assert by_number[statement.number]["reason"] == "It accuses a person."
    assert by_number[own.number]["words"]["words"] == "Énoncé numéro 0 sur la santé"
    assert SECRET not in json.dumps(by_number)


# --- The journal, by the hour ---------------------------------------------------------------------


def hours_ago(hours: int, **of: Any) -> None:
    Event.objects.using("owner").filter(**of).update(recorded_at=now() - timedelta(hours=hours))


def test_what_participants_do_is_counted_by_the_hour(place: Any) -> None:
    for _ in range(7):
        vote(place, a_voice(place), {0: 1})
    assert "is counted when it is over" in shown(place, "journal")
    assert "acts by participants" not in shown(place, "journal")
    hours_ago(2, actor__startswith="voice:")
    hours_ago(2, actor="visitor")
    html = shown(place, "journal")
    assert re.search(r"between \d\d:00 and \d\d:00: 14 acts by participants", html)


def test_fewer_than_ten_in_an_hour_are_not_told(place: Any) -> None:
    for _ in range(3):
        vote(place, a_voice(place), {0: 1})
    hours_ago(2, actor__startswith="voice:")
    hours_ago(2, actor="visitor")
    html = shown(place, "journal")
    assert "fewer than ten acts by participants" in html
    assert not re.search(r">\s*[36]\s*<", html.split('id="many"')[1].split("</section>")[0])


def test_roles_that_were_tried_in_a_demonstration_are_one_line(place: Any) -> None:
    for i in range(12):
        with acting("people.grant", system("demonstration"), place=place, key=f"k{i}", at=AT):
            pass
    with acting("people.grant", staff(Role.ADMINISTRATOR), place=place, key=key(), at=AT):
        pass
    html = shown(place, "journal")
    assert "roles were tried 12 times" in html
    assert html.count("A role was given.") == 1
    acts = [row["act"] for row in everything(inside(place, "/journal"))]
    assert acts.count("people.grant") == 1


# --- Results and their seal -----------------------------------------------------------------------


def test_the_counts_that_are_shown_are_sealed(place: Any, tmp_path: Any) -> None:
    for i in range(24):
        vote(place, a_voice(place), {0: 1 if i % 2 else -1, 1: -1 if i % 2 else 1, 2: 1})
    snapshot = compute_now(place, at=now())
    assert snapshot is not None
    seal_it()
    taken = Client().get(f"/fr/editions/{place.short}/counts.json")
    assert "simulation-" in taken["Content-Disposition"]
    counts = json.loads(taken.content)
    assert counts["simulated"] is True
    assert counts["bundle"] == snapshot.id
    assert counts["statements"][0]["agrees"] == counts["statements"][0]["disagrees"] == 12
    leaf = Event.objects.get(act="insights.publish").leaf
    file = tmp_path / "proof"
    file.write_bytes(Client().get(f"/log/simulation/proof/{leaf}").content)
    done = check_proof(file).done
    assert done is not None
    assert done.asked == {
        "bundle": snapshot.id,
        "counts": hashlib.sha256(taken.content).hexdigest(),
    }
    assert done.subjects == (f"snapshot:{snapshot.id}",)
    html = Client().get("/en/data").content.decode()
    for told in (snapshot.id, done.asked["counts"], f"/log/simulation/proof/{leaf}"):
        assert told in html


def test_small_counts_are_not_in_the_sealed_file(place: Any) -> None:
    for i in range(5):
        vote(place, a_voice(place), {0: 1 if i % 2 else -1, 1: 1})
    assert compute_now(place, at=now()) is not None
    counts = json.loads(Client().get(f"/fr/editions/{place.short}/counts.json").content)
    assert counts["statements"] == [
        {"statement": 0, "withheld": "fewer than 10"},
        {"statement": 1, "withheld": "fewer than 10"},
    ]


def test_the_same_results_are_published_once(place: Any) -> None:
    for i in range(12):
        vote(place, a_voice(place), {0: 1 if i % 2 else -1, 1: 1})
    compute_now(place, at=now())
    compute_now(place, at=now())
    assert Event.objects.filter(act="insights.publish").count() == 1


def test_without_results_there_are_no_counts(place: Any) -> None:
    assert Client().get(f"/fr/editions/{place.short}/counts.json").status_code == 404


# --- Check it -------------------------------------------------------------------------------------


def test_the_example_of_the_check_page_is_a_line_of_this_installation(place: Any) -> None:
    for i in range(3):
        vote(place, a_voice(place), {0: i - 1})
    seal_it()
    html = Client().get("/en/check").content.decode()
    leaf = Event.objects.exclude(actor__startswith="voice:").exclude(actor="visitor").latest("leaf")
    assert f"./run proof proof-{leaf.leaf} --key key" in html
    assert f"http://testserver/log/simulation/proof/{leaf.leaf}" in html
    assert "Statements were added." in html
    assert "/en/source" in html


# --- A form that comes twice with other words -----------------------------------------------------


@pytest.mark.parametrize("form", ["say", "propose"])
def test_other_words_under_the_same_form_are_kept_on_the_page_with_both_ways_out(
    place: Any, form: str
) -> None:
    client, address = Client(), f"/en/editions/{place.short}/{form}"
    sent = {"words": "Il faut un puits", "language": "fr", "key": "one"}
    assert client.post(address, sent).status_code == 303
    again = client.post(address, {**sent, "words": "Il faut deux puits"})
    html = again.content.decode()
    assert again.status_code == 409
    assert "You had already sent this form, with other words" in html
    assert "Someone was there first" not in html
    assert "Il faut deux puits" in html
    assert re.search(r'href="[^"]+/me">Keep only what was sent first', html)
    fresh = re.search(r'name="key" value="([^"]+)"', html)
    assert fresh is not None and fresh[1] != "one"
    assert (
        client.post(address, {**sent, "words": "Il faut deux puits", "key": fresh[1]}).status_code
        == 303
    )
    mine = client.get(f"/en/editions/{place.short}/me").content.decode()
    assert "Il faut un puits" in mine
    assert "Il faut deux puits" in mine


def test_another_answer_from_an_old_page_shows_the_statement_again(place: Any) -> None:
    client, address = Client(), f"/en/editions/{place.short}/vote"
    sent = {"statement": "1", "answer": "agree", "key": "one"}
    assert client.post(address, sent).status_code == 303
    again = client.post(address, {**sent, "answer": "disagree"})
    assert (again.status_code, again["Location"]) == (303, f"{address}?statement=1")


def test_the_program_that_is_given_starts_and_checks_a_line(place: Any, tmp_path: Any) -> None:
    seal_it()
    taken = Client().get("/fr/source.tar.gz").content
    with tarfile.open(fileobj=io.BytesIO(taken)) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    assert os.access(folder / "run", os.X_OK)
    for needed in ("tools/environment.sh", "requirements.lock", "requirements-test.lock"):
        assert (folder / needed).is_file()
    for name, address in (("key", "key"), ("proof-1", "proof/1")):
        (folder / name).write_bytes(Client().get(f"/log/simulation/{address}").content)
    said = subprocess.run(
        [sys.executable, "-m", "assises", "proof", "proof-1", "--key", "key"],
        cwd=folder, env={"PYTHONPATH": str(folder / "src"), "PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert "holds   leaf 1" in said.stdout
    assert "consultations.open" in said.stdout
    assert "note    the key came with the proof" not in said.stdout
