from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from assises.lib.clock import now
from assises.lib.ids import spoken_code
from assises.rooms.consultations.acts.open import close
from assises.rooms.consultations.acts.schedule import schedule
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.moderate import hide_contribution
from assises.rooms.contributions.models import Contribution
from assises.rooms.insights.computing import compute_now
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role
from assises.rooms.people.models import Voice
from assises.rooms.votes.models import Cast
from tests.fronts.programs import Caller, begin, everything, get, inside, refused, url
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements, staff, vote

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def place() -> Consultation:
    """An open edition with five statements, two verticals and nobody."""
    edition = an_edition()
    some_statements(edition)
    return edition


@pytest.fixture
def split(place: Consultation) -> Consultation:
    """Two groups of fifteen: they share statement 0 and fight over the others."""
    for i in range(30):
        side = 1 if i % 2 else -1
        answers = {0: 1, 1: side, 2: side, 3: -side, 4: side if i % 5 else 0}
        vote(place, a_voice(place, f"voice {i}"), answers)
    return place


# --- Speaking -------------------------------------------------------------------------------------


def test_a_first_vote_makes_a_voice_and_tells_its_code_once(place: Consultation) -> None:
    votes = [{"statement": 0, "vote": 1}, {"statement": 1, "vote": -1}, {"statement": 2, "vote": 0}]
    response = Caller()("POST", inside(place, "/votes"), {"votes": votes})
    told = response.json()
    assert (response.status_code, told["taken"], told["simulated"]) == (200, 3, True)
    assert [len(part) for part in told["code"].split("-")] == [4] * 5
    assert not response.cookies
    mine = Caller(told["code"])
    assert mine("GET", inside(place, "/me")).json()["votes"] == votes
    again = mine("POST", inside(place, "/votes"), {"votes": [{"statement": 0, "vote": -1}]})
    assert again.json()["code"] is None
    assert mine("GET", inside(place, "/me")).json()["votes"][0]["vote"] == -1
    assert Voice.objects.count() == 1


def test_a_code_is_heard_as_people_write_it(place: Consultation) -> None:
    mine = begin(place)
    code = mine.headers["Authorization"].removeprefix("Voice ")
    spoken = code.upper().replace("-", " ").replace("0", "O")
    response = Caller(Authorization=f"voice {spoken}")("GET", inside(place, "/me"))
    assert response.status_code == 200


@pytest.mark.parametrize("how", ["header", "field"])
def test_the_same_key_is_done_once(place: Consultation, how: str) -> None:
    mine = begin(place)

    def say_so(words: str) -> Any:
        body = {"words": words} | ({"key": "k1"} if how == "field" else {})
        headers = {"Idempotency-Key": "k1"} if how == "header" else {}
        return mine("POST", inside(place, "/contributions"), body, **headers)

    first, second = say_so("Un pont"), say_so("Un pont")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["contribution"] == second.json()["contribution"]
    assert Contribution.objects.count() == 1
    refused(say_so("Deux ponts"), 409, "conflict")


def test_two_keys_that_differ_are_one_too_many(place: Consultation) -> None:
    body = {"words": "Un pont", "key": "one"}
    response = Caller()("POST", inside(place, "/contributions"), body, **{"Idempotency-Key": "two"})
    assert refused(response, 422, "invalid")["fields"][0]["pointer"] == "/key"
    assert not Voice.objects.exists()


def test_what_is_said_is_public_at_once_and_has_an_address(place: Consultation) -> None:
    body = {"words": "  قنطرة\u202e فوق الوادي\u0000 ", "language": "ar"}
    response = Caller()("POST", inside(place, "/contributions"), body)
    told = response.json()["contribution"]
    assert (response.status_code, told["channel"], told["simulated"]) == (201, "web", True)
    assert (told["words"]["words"], told["words"]["direction"]) == ("قنطرة فوق الوادي", "rtl")
    assert get(response["Location"]) == told


def test_nothing_is_made_for_what_is_refused(place: Consultation) -> None:
    before = Event.objects.count()
    path = inside(place, "/votes")
    mixed = [{"statement": 0, "vote": 1}, {"statement": 77, "vote": 1}]
    refused(Caller()("POST", path, {"votes": mixed}), 404, "not-found")
    close(staff(Role.SECRETARIAT, place), place, key=key(), at=AT)
    refused(Caller()("POST", path, {"votes": mixed[:1]}), 409, "not-now")
    words = Caller()("POST", inside(place, "/contributions"), {"words": "?!"})
    refused(words, 409, "not-now")
    assert not Voice.objects.exists()
    assert Event.objects.count() == before + 1


def test_what_a_phase_is_for_is_refused_outside_it(place: Consultation) -> None:
    mine, day = begin(place), timedelta(days=1)
    spans = {"listen": (AT, AT + day), "vote": (now() + day, None)}
    schedule(BUILDER, place, spans, key=key(), at=AT)
    votes = {"votes": [{"statement": 1, "vote": 1}]}
    for caller in (mine, Caller()):
        early = refused(caller("POST", inside(place, "/votes"), votes), 409, "not-now")
        assert f"opens on {place.day_of(now() + day)}" in early["detail"]
        late = caller("POST", inside(place, "/contributions"), {"words": "Un pont"})
        assert "closed on" in refused(late, 409, "not-now")["detail"]
    assert Voice.objects.count() == 1
    assert mine("DELETE", inside(place, "/votes?all=true")).json()["withdrawn"] == 1


def test_a_number_is_covered_however_it_is_hidden(place: Consultation) -> None:
    body = {"words": "Appelez le 06\u200b12 34 56 78\u202e svp", "language": "fr"}
    told = Caller()("POST", inside(place, "/contributions"), body).json()["contribution"]
    shown = told["words"]["words"]
    assert "svp" in shown
    assert not any(part in shown for part in ("12 34", "56", "\u202e"))


def test_a_code_that_nobody_was_given_begins_no_voice(place: Consultation) -> None:
    body = {"votes": [{"statement": 0, "vote": 1}]}
    for method, path in (("POST", "/votes"), ("GET", "/me"), ("DELETE", "/votes?all=true")):
        response = Caller(spoken_code())(method, inside(place, path), body)
        refused(response, 401, "voice-unknown")
        assert response["WWW-Authenticate"].startswith("Voice ")
    for header in ("Basic eDp5", "Voice", "Voice abcd", "Bearer x", "Voice " + "é" * 24, "x" * 900):
        response = Caller(Authorization=header)("POST", inside(place, "/votes"), body)
        refused(response, 401, "voice-needed")
    refused(Caller()("GET", inside(place, "/me")), 401, "voice-needed")
    refused(Caller()("DELETE", inside(place, "/votes?all=true")), 401, "voice-needed")
    assert not Voice.objects.exists()


def test_one_code_speaks_in_several_editions(place: Consultation) -> None:
    mine, other = begin(place), an_edition("import")
    some_statements(other)
    refused(mine("GET", inside(other, "/me")), 401, "voice-unknown")
    body = {"votes": [{"statement": 4, "vote": -1}]}
    assert mine("POST", inside(other, "/votes"), body).json()["code"] is None
    told = mine("GET", inside(other, "/me")).json()
    assert (told["votes"], told["simulated"]) == ([{"statement": 4, "vote": -1}], False)


def test_a_code_is_never_taken_from_an_address(place: Consultation) -> None:
    code = begin(place).headers["Authorization"].removeprefix("Voice ")
    for query in (f"code={code}", f"voice={code}", f"Authorization=Voice%20{code}"):
        refused(Caller()("GET", inside(place, f"/me?{query}")), 401, "voice-needed")
        told = refused(Caller()("GET", inside(place, f"/statements?{query}")), 422, "invalid")
        assert code not in json.dumps(told)


def test_a_browser_speaks_with_its_cookie_and_the_token_of_the_page(place: Consultation) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["voice"] = spoken_code()
    path, body = url(inside(place, "/votes")), {"votes": [{"statement": 0, "vote": 1}]}

    def post(**headers: str) -> Any:
        return browser.post(path, body, content_type="application/json", headers=headers)

    refused(post(), 403, "csrf-failed")
    assert not Voice.objects.exists()
    browser.get(f"/fr/editions/{place.short}/say")
    token = browser.cookies["csrftoken"].value
    refused(post(**{"X-CSRFToken": "x" * 32}), 403, "csrf-failed")
    done = post(**{"X-CSRFToken": token})
    assert (done.status_code, done.json()["code"], dict(done.cookies)) == (200, None, {})
    me = browser.get(url(inside(place, "/me")))
    assert me.json()["votes"] == body["votes"]
    gone = url(inside(place, "/votes?all=true"))
    refused(browser.delete(gone), 403, "csrf-failed")
    assert browser.delete(gone, headers={"X-CSRFToken": token}).json()["withdrawn"] == 1


def test_a_code_in_the_header_stands_alone(place: Consultation) -> None:
    """The cookie beside it does not count, and needs no token."""
    mine, browser = begin(place), Client(enforce_csrf_checks=True)
    browser.cookies["voice"] = spoken_code()
    done = browser.post(
        url(inside(place, "/votes")),
        {"votes": [{"statement": 3, "vote": 1}]},
        content_type="application/json",
        headers=mine.headers,
    )
    assert done.status_code == 200
    assert Voice.objects.count() == 1


# --- Taking back ----------------------------------------------------------------------------------


def test_votes_are_taken_back_one_by_one_or_all(place: Consultation) -> None:
    mine = begin(place, (0, 1), (1, 1), (2, -1), (3, 0))
    path = inside(place, "/votes")
    assert mine("DELETE", f"{path}?statement=0&statement=2").json()["withdrawn"] == 2
    assert [v["statement"] for v in mine("GET", inside(place, "/me")).json()["votes"]] == [1, 3]
    refused(mine("DELETE", f"{path}?statement=0"), 404, "not-found")
    assert mine("DELETE", f"{path}?all=true").json()["withdrawn"] == 2
    again = mine("DELETE", f"{path}?all=true")
    assert again.json() == {"simulated": True, "edition": place.short, "withdrawn": 0}
    for query in ("", "?all=false", "?all=true&statement=1"):
        told = refused(mine("DELETE", f"{path}{query}"), 422, "invalid")
        assert told["fields"][0]["pointer"] == "/statement"


def test_leaving_stays_open_when_the_edition_is_closed(place: Consultation) -> None:
    mine = begin(place)
    close(staff(Role.SECRETARIAT, place), place, key=key(), at=AT)
    headers = {"Idempotency-Key": "leave"}
    for _ in range(2):
        told = mine("DELETE", inside(place, "/votes?all=true"), **headers).json()
        assert told["withdrawn"] == 1


def test_one_takes_back_what_one_said_and_nobody_elses(place: Consultation) -> None:
    mine = begin(place)
    made = mine("POST", inside(place, "/contributions"), {"words": "À reprendre"}).json()
    path = inside(place, f"/contributions/{made['contribution']['id']}")
    other = begin(place)
    refused(other("DELETE", path), 404, "not-found")
    refused(Caller()("DELETE", path), 401, "voice-needed")
    assert mine("DELETE", path).json()["withdrawn"] == 1
    refused(Caller()("GET", path), 404, "not-found")
    own = mine("GET", inside(place, "/me")).json()["contributions"][0]
    assert (own["state"], own["words"]) == ("withdrawn", None)


def test_what_is_taken_back_is_what_was_named(place: Consultation) -> None:
    mine, path = begin(place), inside(place, "/contributions")
    ids = [
        mine("POST", path, {"words": f"Parole {i}"}).json()["contribution"]["id"] for i in range(3)
    ]
    mine("DELETE", f"{path}/{ids[1]}")
    assert {c["id"] for c in everything(path)} == {ids[0], ids[2]}


def test_what_is_hidden_can_still_be_seen_and_taken_back_by_its_author(place: Consultation) -> None:
    mine = begin(place)
    headers = {"Idempotency-Key": "once"}
    body = {"words": "Monsieur Untel"}
    made = mine("POST", inside(place, "/contributions"), body, **headers).json()["contribution"]
    uid = Contribution.objects.get(short=made["id"]).id
    hide_contribution(
        staff(Role.MODERATOR, place), place, uid, decision="refuse", reason="Nom", key=key(), at=AT
    )
    own = mine("GET", inside(place, "/me")).json()["contributions"][0]
    assert (own["state"], own["words"]["words"]) == ("hidden", "Monsieur Untel")
    again = mine("POST", inside(place, "/contributions"), body, **headers)
    refused(again, 404, "not-found")
    assert mine("DELETE", inside(place, f"/contributions/{made['id']}")).status_code == 200


def test_one_sees_where_one_stands(split: Consultation) -> None:
    mine = begin(split, (0, 1), (1, 1), (2, 1), (3, -1), (4, 1))
    assert mine("GET", inside(split, "/me")).json()["position"] is None
    snapshot = compute_now(split, at=AT)
    assert snapshot is not None
    position = mine("GET", inside(split, "/me")).json()["position"]
    assert position["bundle"] == snapshot.id
    assert position["group"] in {"A", "B"}
    assert isinstance(position["x"], float)


def test_the_same_statement_twice_in_a_batch_is_refused(place: Consultation) -> None:
    votes = [{"statement": 0, "vote": 1}, {"statement": 1, "vote": 1}, {"statement": 0, "vote": -1}]
    told = refused(Caller()("POST", inside(place, "/votes"), {"votes": votes}), 422, "invalid")
    (fault,) = told["fields"]
    assert (fault["part"], fault["pointer"]) == ("body", "/votes/2/statement")
    assert "statement 0" in fault["message"]
    assert not Cast.objects.exists()
