from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from assises.fronts.api import paging
from assises.fronts.api.document import BASE, api, document
from assises.fronts.api.doors import permissions_of
from assises.fronts.api.refusing import CODES
from assises.lib.clock import now
from assises.lib.ids import spoken_code
from assises.rooms.consultations.acts.open import close
from assises.rooms.consultations.acts.schedule import schedule
from assises.rooms.consultations.models import Consultation, Vertical
from assises.rooms.contributions.acts.moderate import hide_contribution, moderate_statement
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.masked import show_masked
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.insights.computing import compute_now
from assises.rooms.insights.models import Snapshot
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role, table
from assises.rooms.people.models import Voice
from assises.rooms.texts.models import TAGS
from tests.conftest import ROOT
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements, staff, vote

SNAPSHOT = ROOT / "docs" / "api" / "openapi.json"
README = ROOT / "docs" / "api" / "README.md"

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def place() -> Consultation:
    """An open edition with five statements, two verticals and nobody."""
    edition = an_edition()
    some_statements(edition)
    return edition


class Caller:
    """A program: no cookies, JSON both ways."""

    def __init__(self, code: str = "", **headers: str) -> None:
        self.headers = headers | ({"Authorization": f"Voice {code}"} if code else {})

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent: dict[str, Any] = {"headers": self.headers | headers}
        if body is not None:
            sent |= {"data": json.dumps(body), "content_type": "application/json"}
        return Client().generic(method, _url(path), **sent)


def _url(path: str) -> str:
    return path if path.startswith("/api") else f"{BASE}{path}"


def get(path: str) -> Any:
    response = Client().get(_url(path))
    assert response.status_code == 200, response.content
    return response.json()


def everything(path: str) -> list[Any]:
    """The items of all pages."""
    found: list[Any] = []
    while path:
        page = get(path)
        found += page["items"]
        path = page["next"]
    return found


def refused(response: Any, status: int, code: str) -> Any:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    told = response.json()
    assert (told["status"], told["code"], told["type"]) == (status, code, f"/problems/{code}")
    assert told["detail"]
    assert CODES[code] == status
    return told


def inside(place: Consultation, rest: str = "") -> str:
    return f"/editions/{place.short}{rest}"


def begin(place: Consultation, *answers: tuple[int, int]) -> Caller:
    """Someone whose first votes made a voice."""
    votes = [{"statement": n, "vote": v} for n, v in answers or [(0, 1)]]
    response = Caller()("POST", inside(place, "/votes"), {"votes": votes})
    assert response.status_code == 200, response.content
    return Caller(response.json()["code"])


def said_by(place: Consultation, words: str, *, at: datetime = AT) -> Contribution:
    actor, voice = a_voice(place)
    uid = say(actor, place, Saying(voice, words, "fr"), key=key(), at=at)
    return Contribution.objects.get(id=uid)


# --- What is in git -------------------------------------------------------------------------------


def test_the_description_is_the_one_in_git() -> None:
    """Changed on purpose? ASSISES_ACCEPT=1 ./test tests/fronts writes it anew."""
    shown = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("ASSISES_ACCEPT"):
        SNAPSHOT.write_text(shown, "utf-8")
    assert shown == SNAPSHOT.read_text("utf-8")
    assert get("/openapi.json") == document()


def test_the_documentation_names_every_path_and_every_code() -> None:
    words = README.read_text("utf-8")
    missing = [f"{m} {path}" for m, path in permissions_of(api) if f"`{m} {path}`" not in words]
    assert missing == []
    assert [code for code in CODES if f"`{code}`" not in words] == []


def test_every_operation_has_its_line_in_the_permission_table() -> None:
    permissions = permissions_of(api)
    assert set(permissions.values()) <= set(table())
    described = {
        (method.upper(), path.removeprefix(BASE))
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert described == set(permissions)


def test_the_walk_of_the_routes_finds_the_permissions() -> None:
    found: dict[str, dict[str, str]] = {}

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for each in patterns:
            here = f"{prefix}{each.pattern}"
            if isinstance(each, URLResolver):
                walk(each.url_patterns, here)
            elif here.startswith("api/v1/"):
                found[here.removeprefix("api/v1")] = each.callback.permissions

    walk(get_resolver().url_patterns, "")
    told = {
        (method, path.replace("<", "{").replace(">", "}")): act
        for path, acts in found.items()
        for method, act in acts.items()
    }
    assert told == permissions_of(api)


def test_the_languages_are_those_of_the_texts() -> None:
    assert tuple(document()["components"]["schemas"]["Text"]["properties"]["language"]["enum"]) == (
        TAGS
    )


# --- Reading --------------------------------------------------------------------------------------


def test_editions_are_listed_with_their_label_and_drafts_are_not(place: Consultation) -> None:
    draft, held = an_edition(opened=False), an_edition("import")
    listed = {e["id"]: e["simulated"] for e in everything("/editions")}
    assert listed == {place.short: True, held.short: False}
    for path in ("", "/phases", "/statements", "/results", "/journal", "/me"):
        refused(Caller()("GET", inside(draft, path)), 404, "not-found")
    refused(Caller()("POST", inside(draft, "/votes"), {"votes": []}), 404, "not-found")


def test_pages_follow_each_other(place: Consultation) -> None:
    others = [an_edition("import") for _ in range(4)]
    first = get("/editions?limit=2")
    assert (len(first["items"]), first["next"]) == (2, f"{BASE}/editions?limit=2&cursor=2")
    assert len(everything("/editions?limit=2")) == 1 + len(others)


def test_words_come_in_the_original_with_their_translations(place: Consultation) -> None:
    edition = get(inside(place))
    assert edition["title"] == {
        "language": "fr",
        "direction": "ltr",
        "words": "Assises d’essai",
        "translations": {"ar": {"words": "مناظرة تجريبية", "direction": "rtl", "reviewed": True}},
    }
    assert edition["charter"] is None
    statement = get(inside(place, "/statements/3"))
    assert statement["words"]["translations"]["ar"]["words"] == "عبارة 3"


def test_phases_say_which_is_under_way(place: Consultation) -> None:
    at, day = now(), timedelta(days=1)
    phases = {"listen": (at - 2 * day, at - day), "vote": (at - day, None)}
    schedule(BUILDER, place, phases, key=key(), at=at)
    told = everything(inside(place, "/phases"))
    assert [(p["kind"], p["under_way"], p["simulated"]) for p in told] == [
        ("listen", False, True),
        ("vote", True, True),
    ]


def test_verticals_say_how_much_was_said_in_each(place: Consultation) -> None:
    sector = Vertical.objects.get(consultation=place, code="health")
    body = {"words": "Un médecin par village", "language": "fr", "vertical": sector.short}
    made = Caller()("POST", inside(place, "/contributions"), body)
    assert made.status_code == 201
    told = everything(inside(place, "/verticals"))
    assert [(v["code"], v["contributions"], v["simulated"]) for v in told] == [
        ("health", 1, True),
        ("school", 0, True),
    ]
    assert told[0]["question"]["words"] == "Et vous ?"
    assert len(everything(inside(place, f"/contributions?vertical={sector.short}"))) == 1
    other = Vertical.objects.get(consultation=place, code="school")
    assert everything(inside(place, f"/contributions?vertical={other.short}")) == []
    elsewhere = Vertical.objects.get(consultation=an_edition(), code="health")
    response = Caller()("GET", inside(place, f"/statements?vertical={elsewhere.short}"))
    told = refused(response, 422, "invalid")
    assert told["fields"][0] | {"message": ""} == {
        "part": "query",
        "pointer": "/vertical",
        "message": "",
    }


def test_only_accepted_statements_are_shown(place: Consultation) -> None:
    state(BUILDER, place, [Stated("En attente", "fr", moderation="waiting")], key=key(), at=AT)
    assert [s["number"] for s in everything(inside(place, "/statements?limit=2"))] == [
        0,
        1,
        2,
        3,
        4,
    ]
    refused(Caller()("GET", inside(place, "/statements/5")), 404, "not-found")
    refused(Caller()("GET", inside(place, "/statements/99999999999")), 422, "invalid")


def test_counts_are_told_from_ten_answers_on(place: Consultation) -> None:
    for i in range(9):
        vote(place, a_voice(place), {0: 1, 1: 1 if i % 3 else -1})
    nine = get(inside(place, "/statements/0"))
    assert (nine["counts"], nine["counts_withheld"]) == (None, "fewer-than-10")
    vote(place, a_voice(place), {0: 0})
    ten, other = everything(inside(place, "/statements"))[:2]
    assert ten["counts"] == {"answered": 10, "agrees": 9, "disagrees": 0, "passes": 1}
    assert ten["counts_withheld"] is None
    assert other["counts"] is None


def test_contributions_are_public_ones_each_once(place: Consultation) -> None:
    rows = [said_by(place, f"Parole {i}") for i in range(7)]
    moderator = staff(Role.MODERATOR, place)
    hide_contribution(
        moderator, place, rows[0].id, decision="refuse", reason="Un nom", key=key(), at=AT
    )
    told = everything(inside(place, "/contributions?limit=2"))
    assert sorted(c["id"] for c in told) == sorted(row.short for row in rows[1:])
    assert {(c["simulated"], c["edition"], c["kind"]) for c in told} == {
        (True, place.short, "contribution")
    }
    refused(Caller()("GET", inside(place, f"/contributions/{rows[0].short}")), 404, "not-found")
    one = get(inside(place, f"/contributions/{rows[1].short}"))
    assert one["words"]["words"] == "Parole 1"
    elsewhere = Caller()("GET", inside(an_edition(), f"/contributions/{rows[1].short}"))
    refused(elsewhere, 404, "not-found")


def test_what_is_masked_is_shown_masked(place: Consultation) -> None:
    row = said_by(place, "Appelez le 0600000000")
    show_masked({row.id: "Appelez le ▮▮▮"})
    assert get(inside(place, f"/contributions/{row.short}"))["words"]["words"] == "Appelez le ▮▮▮"
    assert "0600000000" not in Client().get(_url("/search?q=appelez")).content.decode()


def test_the_journal_tells_acts_to_the_hour_and_nothing_else(place: Consultation) -> None:
    said_by(place, "Un secret bien gardé", at=AT + timedelta(seconds=1))
    response = Client().get(_url(inside(place, "/journal?limit=3")))
    assert "secret" not in response.content.decode()
    page = response.json()
    assert (page["items"][0]["act"], page["items"][0]["by"]) == ("contributions.say", "voice")
    assert {a["at"] for a in page["items"]} == {"2026-03-02T10:00:00Z"}
    assert set(page["items"][0]) == {
        "simulated",
        "edition",
        "act",
        "by",
        "at",
        "sequence",
        "leaf",
    }
    acts = [a["act"] for a in everything(inside(place, "/journal?limit=1"))]
    stream = f"consultation:{place.id}"
    assert acts == list(
        Event.objects.filter(stream=stream).order_by("-id").values_list("act", flat=True)
    )


def test_a_cursor_does_not_tell_when_something_happened(place: Consultation) -> None:
    event = Event.objects.order_by("id").last()
    assert event is not None
    cursor = paging.hide(event.id)
    assert paging.show(cursor) == event.id
    assert cursor not in {event.id.hex, str(event.id)}
    assert cursor[:6] != event.id.hex[:6]
    made_up = Caller()("GET", inside(place, f"/journal?cursor={'0' * 32}"))
    assert made_up.status_code == 200


def test_there_are_no_results_before_there_is_something_to_compute(place: Consultation) -> None:
    refused(Caller()("GET", inside(place, "/results")), 404, "not-found")


@pytest.fixture
def split(place: Consultation) -> Consultation:
    """Two groups of fifteen: they share statement 0 and fight over the others."""
    for i in range(30):
        side = 1 if i % 2 else -1
        answers = {0: 1, 1: side, 2: side, 3: -side, 4: side if i % 5 else 0}
        vote(place, a_voice(place, f"voice {i}"), answers)
    return place


def test_results_tell_groups_what_they_share_and_what_divides_them(split: Consultation) -> None:
    snapshot = compute_now(split, at=AT)
    assert snapshot is not None
    told = get(inside(split, "/results"))
    assert told["simulated"] is True
    assert (told["bundle"], told["people"], told["votes"]) == (snapshot.id, 30, 150)
    assert told["computed_at"] == "2026-03-02T10:00:00Z"
    assert [g["people"] for g in told["groups"]] == [15, 15]
    shared = told["agreed_in_every_group"][0]
    assert shared["statement"] == 0
    assert shared["counts"] == {"answered": 30, "agrees": 30, "disagrees": 0, "passes": 0}
    assert [g["agrees"] for g in shared["by_group"]] == [15, 15]
    assert told["divisive"][0]["statement"] in {1, 2, 3}
    assert told["divisive"][0]["score"] is not None


def test_results_leave_out_what_moderation_refused_since(split: Consultation) -> None:
    compute_now(split, at=AT)
    uid = Statement.objects.get(consultation=split, number=0).uid
    moderate_statement(
        staff(Role.MODERATOR, split), split, uid, decision="refuse", reason="Nom", key=key(), at=AT
    )
    told = get(inside(split, "/results"))
    assert [s["statement"] for s in told["agreed_in_every_group"]] == []


def test_no_part_of_fewer_than_ten_can_be_worked_out(split: Consultation) -> None:
    snapshot = compute_now(split, at=AT)
    assert snapshot is not None
    row = snapshot.results["agreed_in_every_group"][0]
    row["by_group"][0] |= {"agrees": 9, "disagrees": 0, "passes": 0}
    snapshot.results["divisive"][0]["by_group"][0] |= {"agrees": 0, "disagrees": 14, "passes": 0}
    snapshot.groups[0]["people"] = 9
    Snapshot.objects.filter(id=snapshot.id).update(results=snapshot.results, groups=snapshot.groups)
    told = get(inside(split, "/results"))
    assert told["groups"][0] == {
        "letter": "A",
        "people": None,
        "people_withheld": "fewer-than-10",
    }
    # A group of nine; and one person of the whole who is in no group.
    for standing in (told["agreed_in_every_group"][0], told["divisive"][0]):
        assert (standing["by_group"], standing["score"]) == (None, None)
        assert standing["by_group_withheld"] == "fewer-than-10"


def test_searching_finds_what_is_public(place: Consultation) -> None:
    said = said_by(place, "Des ambulances pour la montagne")
    draft = an_edition(opened=False)
    state(BUILDER, draft, [Stated("Ambulances", "fr", moderation="accepted")], key=key(), at=AT)
    told = get("/search?q=ambulance%20montagne")
    assert [(h["kind"], h["id"], h["simulated"]) for h in told["items"]] == [
        ("contribution", said.short, True)
    ]
    assert {h["kind"] for h in everything("/search?q=sante&limit=2")} == {"statement"}
    assert get(f"/search?q=sante&edition={an_edition().short}")["items"] == []
    refused(Caller()("GET", "/search?q=sante&edition=0000000000"), 422, "invalid")
    refused(Caller()("GET", "/search"), 422, "invalid")
    assert get("/search?q=%00%ff%ED%A0%80")["items"] == []


def test_public_reads_are_open_to_every_page_and_answer_the_same_to_everyone(
    place: Consultation,
) -> None:
    mine = begin(place)
    browser = Client()
    browser.cookies["voice"] = mine.headers["Authorization"].removeprefix("Voice ")
    for path in ("/", "/editions", inside(place, "/statements"), "/search?q=sante"):
        plain = Client().get(_url(path))
        assert plain["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in plain.headers
        assert "Set-Cookie" not in plain.headers
        assert "Cookie" not in plain.get("Vary", "")
        assert browser.get(_url(path)).content == plain.content == mine("GET", path).content


def test_what_is_ones_own_is_neither_kept_nor_open_to_other_pages(place: Consultation) -> None:
    mine = begin(place)
    for response in (
        mine("GET", inside(place, "/me")),
        mine("POST", inside(place, "/votes"), {"votes": [{"statement": 1, "vote": 0}]}),
        mine("DELETE", inside(place, "/votes?all=true")),
        Caller()("GET", inside(place, "/me")),
    ):
        assert response["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in response.headers
        assert not response.cookies


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
    path, body = _url(inside(place, "/votes")), {"votes": [{"statement": 0, "vote": 1}]}

    def post(**headers: str) -> Any:
        return browser.post(path, body, content_type="application/json", headers=headers)

    refused(post(), 403, "csrf-failed")
    assert not Voice.objects.exists()
    browser.get(f"/fr/editions/{place.short}/say")
    token = browser.cookies["csrftoken"].value
    refused(post(**{"X-CSRFToken": "x" * 32}), 403, "csrf-failed")
    done = post(**{"X-CSRFToken": token})
    assert (done.status_code, done.json()["code"], dict(done.cookies)) == (200, None, {})
    me = browser.get(_url(inside(place, "/me")))
    assert me.json()["votes"] == body["votes"]
    gone = _url(inside(place, "/votes?all=true"))
    refused(browser.delete(gone), 403, "csrf-failed")
    assert browser.delete(gone, headers={"X-CSRFToken": token}).json()["withdrawn"] == 1


def test_a_code_in_the_header_stands_alone(place: Consultation) -> None:
    """The cookie beside it does not count, and needs no token."""
    mine, browser = begin(place), Client(enforce_csrf_checks=True)
    browser.cookies["voice"] = spoken_code()
    done = browser.post(
        _url(inside(place, "/votes")),
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


# --- Refusals -------------------------------------------------------------------------------------


def test_a_refusal_says_which_values_and_where(place: Consultation) -> None:
    votes: list[Any] = [
        {"statement": 0, "vote": 1},
        {"statement": -1, "vote": 2},
        {"statement": True, "vote": "1"},
        {"statement": 1.5, "vote": 1, "weight": 9},
    ]
    told = refused(Caller()("POST", inside(place, "/votes"), {"votes": votes}), 422, "invalid")
    assert [f["pointer"] for f in told["fields"]] == [
        "/votes/1/statement",
        "/votes/1/vote",
        "/votes/2/statement",
        "/votes/2/vote",
        "/votes/3/statement",
        "/votes/3/weight",
    ]
    assert {f["part"] for f in told["fields"]} == {"body"}
    many = {"votes": [{"statement": 0, "vote": 7}] * 400}
    assert (
        len(refused(Caller()("POST", inside(place, "/votes"), many), 422, "invalid")["fields"])
        == 20
    )


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"votes": []}, "/votes"),
        ({"votes": [{"statement": 0, "vote": 1}] * 501}, "/votes"),
        ({"votes": [{"statement": 0, "vote": 1}], "key": ""}, "/key"),
        ({"votes": [{"statement": 0, "vote": 1}], "key": "clé"}, "/key"),
        ({"votes": [{"statement": 0, "vote": True}]}, "/votes/0/vote"),
        ({"votes": [{"statement": 2**31, "vote": 1}]}, "/votes/0/statement"),
        ({}, "/votes"),
        ([], ""),
        ("votes", ""),
        (None, ""),
    ],
)
def test_a_batch_that_cannot_be_taken(place: Consultation, body: Any, pointer: str) -> None:
    response = Client().post(
        _url(inside(place, "/votes")), json.dumps(body), content_type="application/json"
    )
    assert refused(response, 422, "invalid")["fields"][0]["pointer"] == pointer
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"words": ""}, "/words"),
        ({"words": "?! …"}, "/words"),
        ({"words": "\u202e\u0000\u200b"}, "/words"),
        ({"words": "a" * 5_001}, "/words"),
        ({"words": "क़" * 4_000}, "/words"),
        ({"words": 7}, "/words"),
        ({"words": "Oui", "language": "de"}, "/language"),
        ({"words": "Oui", "language": "fr\u0000"}, "/language"),
        ({"words": "Oui", "vertical": "0000000000"}, "/vertical"),
        ({"words": "Oui", "vertical": "\u0000"}, "/vertical"),
        ({"words": "Oui", "voice": "x"}, "/voice"),
    ],
)
def test_words_that_cannot_be_taken(place: Consultation, body: Any, pointer: str) -> None:
    response = Caller()("POST", inside(place, "/contributions"), body)
    assert refused(response, 422, "invalid")["fields"][0]["pointer"] == pointer
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        '{"words": "Oui"}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        rb'{"words": "\ud800"}',
        rb'{"\udfff": 1}',
        b'{"words": NaN}',
        b'{"words": "a", "words": "b"}',
        b"[" * 60_000,
        b'{"words": ' + b"9" * 5_000 + b"}",
        b'{"words": "\x00"}',
        b"words=Oui",
    ],
)
def test_what_is_not_json_is_malformed(place: Consultation, body: bytes) -> None:
    response = Client().post(
        _url(inside(place, "/contributions")), body, content_type="application/json"
    )
    refused(response, 400, "malformed")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/jsonp",
        "",
    ],
)
def test_another_site_cannot_send_what_its_forms_can_send(place: Consultation, kind: str) -> None:
    response = Client().post(_url(inside(place, "/votes")), b"{}", content_type=kind)
    refused(response, 415, "wrong-type")


def test_a_body_is_small_and_as_it_is(place: Consultation) -> None:
    path = _url(inside(place, "/contributions"))
    large = json.dumps({"words": "a" * 1_000_000})
    refused(Client().post(path, large, content_type="application/json"), 413, "too-large")
    headers = {"Content-Encoding": "gzip"}
    packed = Client().post(path, b"{}", content_type="application/json", headers=headers)
    refused(packed, 415, "wrong-type")
    escaped = {"words": "😀" * 4_990 + "oui"}  # twelve bytes each, written as escapes
    assert Caller()("POST", inside(place, "/contributions"), escaped).status_code == 201


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "cursor=-1",
        "cursor=%00",
        "cursor=1e3",
        "vertcal=x",
        "limit=",
    ],
)
def test_a_question_that_is_not_one(place: Consultation, query: str) -> None:
    told = refused(Caller()("GET", inside(place, f"/statements?{query}")), 422, "invalid")
    assert told["fields"][0] == {
        "part": "query",
        "pointer": f"/{query.split('=', maxsplit=1)[0]}",
        "message": told["fields"][0]["message"],
    }


@pytest.mark.parametrize("short", ["0000000000", "x", "%00", "%2e%2e", "A" * 10, "'--", "é" * 10])
def test_an_edition_that_is_not_there(short: str) -> None:
    refused(Client().get(f"{BASE}/editions/{short}"), 404, "not-found")


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/", "/api/v2/editions", "/api/v1/editions/"]
)
def test_an_address_that_is_not_there(path: str) -> None:
    refused(Client().get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/editions", "GET, HEAD, OPTIONS"),
        ("/editions/{}/votes", "DELETE, OPTIONS, POST"),
        ("/editions/{}/contributions", "GET, HEAD, OPTIONS, POST"),
        ("/editions/{}/me", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_is_not_there(place: Consultation, path: str, allowed: str) -> None:
    where = path.format(place.short)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - {
        *allowed.split(", ")
    }:
        response = Caller()(method, where)
        refused(response, 405, "method-not-allowed")
        assert response["Allow"] == allowed
    asked = Caller()("OPTIONS", where)
    assert (asked.status_code, asked["Allow"], asked.content) == (204, allowed, b"")


def test_head_is_get_without_its_body(place: Consultation) -> None:
    response = Client().head(_url(inside(place, "/statements")))
    assert (response.status_code, response.content) == (200, b"")
    refused_head = Client().head(_url(inside(place, "/me")))
    assert refused_head.status_code == 401
