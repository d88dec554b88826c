from __future__ import annotations

import json
import os
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from assises.fronts.api import paging
from assises.fronts.api.document import BASE, api, document
from assises.fronts.api.doors import permissions_of
from assises.fronts.api.refusing import CODES
from assises.lib.clock import now
from assises.rooms.consultations.acts.schedule import schedule
from assises.rooms.consultations.models import Consultation, Vertical
from assises.rooms.contributions.acts.moderate import hide_contribution, moderate_statement
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.masked import show_masked
from assises.rooms.contributions.models import Statement
from assises.rooms.insights.computing import compute_now
from assises.rooms.insights.models import Snapshot, StatementResult
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role, table
from assises.rooms.texts.models import TAGS, Version
from tests.conftest import ROOT
from tests.fronts.programs import Caller, begin, everything, get, inside, refused, said_by, url
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
        "translations": {"ar": {"words": "مناظرة تجريبية", "direction": "rtl", "reviewed": False}},
    }
    # Only a second person's reading makes it a reviewed one.
    ours = Version.objects.filter(language="ar", words="مناظرة تجريبية")
    ours.update(state="reviewed", reviewer="account:another")
    assert get(inside(place))["title"]["translations"]["ar"]["reviewed"]
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
    compute_now(place, at=AT)
    nine = get(inside(place, "/statements/0"))
    assert (nine["counts"], nine["counts_withheld"]) == (None, "fewer-than-10")
    for _ in range(10):
        vote(place, a_voice(place), {0: 0})
    compute_now(place, at=AT)
    told, other = everything(inside(place, "/statements"))[:2]
    assert told["counts"] == {"answered": 19, "agrees": 9, "disagrees": 0, "passes": 10}
    assert told["counts_withheld"] is None
    assert other["counts"] is None


def test_one_more_voice_moves_no_count(place: Consultation) -> None:
    for _ in range(12):
        vote(place, a_voice(place), {0: 1, 1: -1})
    compute_now(place, at=AT)
    before = everything(inside(place, "/statements")), get(inside(place, "/results"))
    for _ in range(9):
        vote(place, a_voice(place), {0: -1, 1: -1})
        compute_now(place, at=AT)
        assert (everything(inside(place, "/statements")), get(inside(place, "/results"))) == before
    vote(place, a_voice(place), {0: -1, 1: -1})
    compute_now(place, at=AT)
    assert get(inside(place, "/statements/0"))["counts"]["disagrees"] == 10


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
    assert "0600000000" not in Client().get(url("/search?q=appelez")).content.decode()


def test_the_journal_tells_acts_to_the_hour_and_nothing_else(place: Consultation) -> None:
    said_by(place, "Un secret bien gardé", at=AT + timedelta(seconds=1))
    hour = now().replace(minute=0, second=0, microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
    response = Client().get(url(inside(place, "/journal?limit=3")))
    assert "secret" not in response.content.decode()
    page = response.json()
    assert {a["by"] for a in page["items"]} == {"system"}
    assert {a["at"] for a in page["items"]} <= {hour, _before(hour)}
    assert set(page["items"][0]) == {
        "simulated",
        "edition",
        "act",
        "by",
        "at",
        "sequence",
        "leaf",
        "proof",
    }
    acts = [a["act"] for a in everything(inside(place, "/journal?limit=1"))]
    stream = f"consultation:{place.id}"
    assert acts == list(
        Event.objects.filter(stream=stream, actor__startswith="system:")
        .order_by("-id")
        .values_list("act", flat=True)
    )
    assert "contributions.say" not in acts


def _before(hour: str) -> str:
    """The hour before: the test may run over the full hour."""
    earlier = datetime.fromisoformat(hour) - timedelta(hours=1)
    return earlier.strftime("%Y-%m-%dT%H:%M:%SZ")


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
    shared, divisive = (
        StatementResult.objects.get(
            snapshot=snapshot,
            statement=Statement.objects.get(
                consultation=split, number=snapshot.results[name][0]["statement"]
            ).id,
        )
        for name in ("agreed_in_every_group", "divisive")
    )
    shared.by_group[0] |= {"agrees": 9, "disagrees": 0, "passes": 0}
    shared.by_group[1] |= {"agrees": 21, "disagrees": 0, "passes": 0}
    divisive.by_group[0] |= {"agrees": 0, "disagrees": 14, "passes": 0}
    for row in (shared, divisive):
        row.save()
    snapshot.groups[0]["people"] = 9
    Snapshot.objects.filter(id=snapshot.id).update(groups=snapshot.groups)
    told = get(inside(split, "/results"))
    assert told["groups"][0] == {
        "letter": "A",
        "bundle_letter": "A",
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
        plain = Client().get(url(path))
        assert plain["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in plain.headers
        assert "Set-Cookie" not in plain.headers
        assert "Cookie" not in plain.get("Vary", "")
        assert browser.get(url(path)).content == plain.content == mine("GET", path).content


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
