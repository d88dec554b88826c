"""The office as a secretariat uses it: who sees what, and the whole way from a title on."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from assises.look.speech import LANGUAGES, speech
from assises.rooms.consultations.models import Consultation, Vertical
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.models import Statement
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role
from assises.rooms.texts.models import Version
from tests.clients import a_member
from tests.fronts.office import a_new_form, acts, add, base, decide, page, words
from tests.look.test_pages import balanced
from tests.rooms.making import AT, a_voice, an_edition, key, some_statements

SCREENS = {
    "": {"rapporteur", "moderator", "secretariat", "administrator"},
    "texts": {"rapporteur", "secretariat", "administrator"},
    "verticals": {"secretariat", "administrator"},
    "organisations": {"secretariat", "administrator"},
    "phases": {"secretariat", "administrator"},
    "statements": {"rapporteur", "secretariat", "administrator"},
    "moderation": {"moderator", "secretariat", "administrator"},
    "themes": {"rapporteur", "secretariat", "administrator"},
    "roles": {"secretariat", "administrator"},
    "log": {"secretariat", "administrator", "regulator"},
}
STAFF = (Role.RAPPORTEUR, Role.MODERATOR, Role.SECRETARIAT, Role.ADMINISTRATOR, Role.REGULATOR)


@pytest.fixture
def place(db: None) -> Any:
    made = an_edition()
    some_statements(made, 3)
    return made


@pytest.fixture
def draft(db: None) -> Any:
    return an_edition(kind="own", opened=False)


# ---- who sees what ----


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_speaks_each_language_and_is_whole(place: Any, language: str) -> None:
    actor, voice = a_voice(place)
    say(actor, place, Saying(voice, "<b>Le car ne passe plus</b>", "fr"), key=key(), at=AT)
    state(actor, place, [Stated("خاص الطريق", "ary-Arab", voice=voice)], key=key(), at=AT)
    statement = Statement.objects.filter(consultation=place).first()
    assert statement is not None
    client = a_member(Role.ADMINISTRATOR)
    inside = [f"{base(place, language)}{screen}" for screen in SCREENS]
    more = ("statements?list=waiting", "moderation?list=public", f"statements/{statement.short}")
    addresses = [
        f"/{language}/office/",
        f"/{language}/office/new",
        *(f"/{language}/office/{screen}" for screen in ("organisations", "roles", "log")),
        *inside,
        *(f"{base(place, language)}{screen}" for screen in more),
    ]
    s = speech(language)
    for address in addresses:
        response = client.get(address)
        html = response.content.decode()
        assert response.status_code == 200, address
        assert f'<html lang="{s.tag}" dir="{s.direction}">' in html
        found = balanced(html)
        assert len(found.ids) == len(set(found.ids)), address
        assert not {"style", "onclick", "onchange", "onsubmit"} & found.attributes
        assert "<script" not in html
        assert "<b>Le car" not in html
        assert response["Cache-Control"] == "no-store"


def test_each_role_has_its_screens_and_no_other(place: Any) -> None:
    for role in STAFF:
        client = a_member(role, place.id)
        for screen, roles in SCREENS.items():
            status = client.get(f"{base(place)}{screen}").status_code
            assert status == (200 if str(role) in roles else 403), (role, screen)


def test_each_role_sees_the_ways_to_its_screens_only(place: Any) -> None:
    for role in STAFF[:4]:
        html = page(a_member(role, place.id), base(place))
        links = set(re.findall(rf'href="{base(place)}(\w*)"', html))
        assert links == {screen for screen, roles in SCREENS.items() if str(role) in roles}, role


def test_a_participant_finds_no_office(place: Any) -> None:
    client = Client()
    client.get(f"/fr/editions/{place.short}/vote")
    client.post(
        f"/fr/editions/{place.short}/vote",
        {"statement": "0", "answer": "agree", "key": key()},
    )
    for screen in SCREENS:
        assert client.get(f"{base(place)}{screen}").status_code == 403, screen
        assert client.post(f"{base(place)}{screen}", {"do": "open"}).status_code in (403, 405)


def test_a_draft_does_not_exist_for_those_who_do_not_keep_it(draft: Any) -> None:
    other = an_edition()
    strangers = [Client(), a_member(Role.MODERATOR, other.id), a_member(Role.REGULATOR)]
    for client in strangers:
        for screen in SCREENS:
            assert client.get(f"{base(draft)}{screen}").status_code == 404, screen
        assert client.get("/fr/office/0000000000/").status_code == 404
    assert page(a_member(Role.RAPPORTEUR, draft.id), base(draft))


def test_the_list_holds_what_one_keeps(place: Any, draft: Any) -> None:
    def listed(role: Role, consultation: UUID | None = None) -> set[str]:
        html = page(a_member(role, consultation), "/fr/office/")
        return {
            found
            for found in re.findall(r'href="/fr/office/(\w+)/?"', html)
            if found in (place.short, draft.short, "new")
        }

    assert listed(Role.ADMINISTRATOR) == {place.short, draft.short, "new"}
    assert listed(Role.SECRETARIAT, draft.id) == {draft.short}
    assert listed(Role.MODERATOR, place.id) == {place.short}
    assert listed(Role.REGULATOR) == set()
    # A regulator keeps none and reads the log of each that is or was open.
    html = page(a_member(Role.REGULATOR), "/en/office/")
    assert f'href="{base(place, "en")}log"' in html
    assert draft.short not in html
    assert "No edition yet" not in html
    assert "Editions whose log you may read" not in page(a_member(Role.SECRETARIAT), "/en/office/")
    elsewhere = an_edition()
    one = page(a_member(Role.REGULATOR, place.id), "/en/office/")
    assert place.short in one
    assert elsewhere.short not in one
    assert Client().get("/ar/office/")["Location"] == "/ar/enter?next=%2Far%2Foffice%2F"


def test_staff_without_its_second_factor_is_sent_to_it(db: None) -> None:
    client = a_member(Role.SECRETARIAT)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    assert client.get("/fr/office/")["Location"].startswith("/fr/second-factor")


def test_who_may_not_do_it_cannot_post_it_either(place: Any, draft: Any) -> None:
    moderator, rapporteur = (a_member(r, place.id) for r in (Role.MODERATOR, Role.RAPPORTEUR))
    before = Event.objects.count()
    for do in ("open", "close", "confirm", "moderate"):
        form = {"do": do, "seen": "open", "reference": "D-1234", "key": key()}
        assert moderator.post(base(place), form).status_code == 403
        assert rapporteur.post(base(place), form).status_code == 403
    for screen in ("texts", "phases", "statements", "roles"):
        assert moderator.post(f"{base(place)}{screen}", {"key": key()}).status_code == 403
    assert rapporteur.post(f"{base(place)}moderation", {"key": key()}).status_code == 403
    assert a_member(Role.SECRETARIAT, place.id).post(f"{base(draft)}texts").status_code == 404
    assert Event.objects.count() == before


def test_forms_need_their_token(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    html = page(strict, base(place))
    form = {"do": "close", "seen": "open", "key": key()}
    assert strict.post(base(place), form).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert token is not None
    done = strict.post(base(place), form | {"csrfmiddlewaretoken": token[1]})
    assert done.status_code == 303


# ---- the whole way ----


def test_the_whole_way_from_a_title_to_the_log(db: None) -> None:
    administrator, secretariat = a_member(Role.ADMINISTRATOR), a_member(Role.SECRETARIAT)
    made = secretariat.post("/fr/office/new", a_new_form())
    place = Consultation.objects.get()
    assert (made.status_code, made["Location"]) == (303, f"{base(place)}?done=created")
    assert (place.kind, place.state, place.moderated) == ("own", "draft", True)
    assert Vertical.objects.filter(consultation=place).count() == 13
    assert place.colleges == ["citizen", "academia"]
    assert words(place, "title") == {"ar": "مناظرة حول الماء", "fr": "Assises de l’eau"}
    title = Version.objects.get(text_id=place.title, language="ar")
    assert title.translates_id is None

    # Nothing opens before a named person has vouched for the reference.
    html = page(secretariat, base(place))
    assert 'value="open"' not in html
    assert 'value="confirm"' not in html
    refused = secretariat.post(base(place), {"do": "open", "seen": "draft", "key": key()})
    assert refused.status_code == 409
    assert 'class="notice error"' in refused.content.decode()
    place.refresh_from_db()
    assert place.state == "draft"
    form = {"do": "confirm", "reference": "D-EX-2026/118", "key": key()}
    assert secretariat.post(base(place), form).status_code == 403
    assert administrator.post(base(place), form | {"reference": "x"}).status_code == 422
    assert administrator.post(base(place), form | {"key": key()}).status_code == 303

    opened = secretariat.post(base(place), {"do": "open", "seen": "draft", "key": key()})
    assert opened["Location"] == f"{base(place)}?done=opened"
    assert page(Client(), f"/fr/editions/{place.short}/")

    added = secretariat.post(
        f"{base(place)}statements",
        {"lines": "L’eau du puits doit être analysée.", "language": "fr", "key": key()},
    )
    assert added["Location"].endswith("?list=waiting&done=stated")
    statement = Statement.objects.get()
    assert (statement.seed, statement.moderation) == (True, "waiting")
    decided = secretariat.post(
        f"{base(place)}moderation",
        {
            "what": "statement",
            "id": str(statement.uid),
            "seen": "waiting",
            "decision": "accept",
            "key": key(),
        },
    )
    assert decided.status_code == 303
    statement.refresh_from_db()
    assert statement.moderation == "accepted"

    assert acts(place) == [
        "consultations.create",
        "consultations.confirm",
        "consultations.open",
        "contributions.state",
        "contributions.moderate",
    ]
    html = page(secretariat, f"{base(place, 'en')}log")
    assert "The authority’s reference was confirmed: \u2068D-EX-2026/118\u2069." in html
    assert f"Statement {statement.number} was accepted." in html
    assert html.count("Not sealed yet") == 5
    assert "administrator-0@example.org" in html


def test_closing_and_opening_again(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    client.post(base(place), {"do": "close", "seen": "open", "key": key()})
    place.refresh_from_db()
    assert place.state == "closed"
    # A page that still shows it open does not close or open it a second time.
    stale = client.post(base(place), {"do": "close", "seen": "open", "key": key()})
    assert stale.status_code == 409
    client.post(base(place), {"do": "open", "seen": "closed", "key": key()})
    place.refresh_from_db()
    assert place.state == "open"


def test_reading_before_showing_is_turned_off_and_on(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    done = client.post(base(place), {"do": "moderate", "key": key()})
    assert done["Location"].endswith("done=reading-off")
    place.refresh_from_db()
    assert not place.moderated
    client.post(base(place), {"do": "moderate", "moderated": "on", "key": key()})
    place.refresh_from_db()
    assert place.moderated


def test_single_votes_are_published_by_an_administrator_once_the_reference_stands(
    draft: Any,
) -> None:
    administrator, secretariat = a_member(Role.ADMINISTRATOR), a_member(Role.SECRETARIAT)
    form = {"do": "publish", "published": "on"}
    assert 'value="publish"' not in page(administrator, base(draft))
    refused = administrator.post(base(draft, "en"), form | {"key": key()})
    assert refused.status_code == 409
    confirm = {"do": "confirm", "reference": "D-1", "key": key()}
    administrator.post(base(draft), confirm)
    assert 'value="publish"' not in page(secretariat, base(draft))
    assert secretariat.post(base(draft), form | {"key": key()}).status_code == 403
    done = administrator.post(base(draft), form | {"key": key()})
    assert done["Location"].endswith("done=votes-on")
    draft.refresh_from_db()
    assert draft.votes_published
    administrator.post(base(draft), {"do": "publish", "key": key()})
    draft.refresh_from_db()
    assert not draft.votes_published


def test_a_button_that_there_is_not_is_refused(place: Any) -> None:
    client = a_member(Role.ADMINISTRATOR)
    assert client.post(base(place), {"do": "destroy", "key": key()}).status_code == 422
    assert "done" not in page(client, f"{base(place)}?done=%3Cscript%3E").split("<h1>")[1][:2000]


def test_a_confirmed_reference_says_who_vouched(draft: Any) -> None:
    client = a_member(Role.ADMINISTRATOR)
    form = {"do": "confirm", "reference": "D-1", "key": key()}
    assert client.post(base(draft), form).status_code == 303
    assert "administrator-0@example.org" in page(client, base(draft))
    assert "bad" not in re.findall(r'class="status (\w+)"', page(client, base(draft)))


# ---- making one ----


def test_a_draft_needs_a_title_and_days_that_run_forwards(db: None) -> None:
    client = a_member(Role.SECRETARIAT)
    for change, wrong in (
        ({"title_ar": " ", "title_fr": "…"}, "title_"),
        ({"ends_on": "2027-02-01"}, "ends_on"),
        ({"starts_on": "demain"}, "starts_on"),
        ({"ends_on": "0001-01-01"}, "ends_on"),
        ({"colleges": ["pirates"]}, "colleges"),
        ({"verticals": "fourteen"}, "verticals"),
        ({"original": "tlh"}, "original"),
        ({"title_fr": "x" * 161}, "title_fr"),
    ):
        response = client.post("/fr/office/new", a_new_form(**change))
        html = response.content.decode()
        assert response.status_code == 422, change
        assert f'id="f-{wrong}' in html
        assert 'class="fault"' in html
        balanced(html)
        for name, typed in change.items():
            if isinstance(typed, str) and name.startswith("title"):
                assert typed in html


def test_a_megabyte_is_refused_in_its_place_and_kept_in_the_form(db: None) -> None:
    client = a_member(Role.SECRETARIAT)
    response = client.post("/fr/office/new", a_new_form(charter_fr="Long. " * 170_000))
    html = response.content.decode()
    assert response.status_code == 422
    assert 'id="f-charter_fr-error"' in html
    assert html.count("Long. ") >= 170_000
    assert not Consultation.objects.exists()
    more = client.post("/fr/office/new", a_new_form(charter_fr="y" * 3_000_000))
    assert more.status_code in (400, 413)


def test_a_form_sent_twice_makes_one_draft(db: None) -> None:
    client = a_member(Role.SECRETARIAT)
    form = a_new_form()
    first, second = (client.post("/fr/office/new", form) for _ in range(2))
    assert Consultation.objects.count() == 1
    assert first["Location"].split("?")[0] == second["Location"].split("?")[0]
    # After a step back and a change, nobody is told that the change was kept.
    changed = client.post("/fr/office/new", form | {"summary_fr": "Autre chose"})
    assert changed["Location"].endswith("done=already")
    assert Consultation.objects.count() == 1


def test_what_no_table_can_hold_is_left_out_or_refused(place: Any) -> None:
    client = a_member(Role.ADMINISTRATOR)
    bad = "a\x00\u202eb\ufeff"
    client.post("/fr/office/new", a_new_form(title_fr=bad, charter_fr=bad))
    made = Consultation.objects.exclude(id=place.id).get()
    assert words(made, "title")["fr"] == words(made, "charter")["fr"] == "ab"
    assert client.post(base(made), {"do": "confirm", "reference": f"D-{bad}"}).status_code == 422
    add(client, place, bad)
    assert "ab" in page(client, f"{base(place)}statements?list=waiting")
    statement = Statement.objects.get(consultation=place, number=0)
    decide(client, place, "statement", statement.uid, "refuse", seen="accepted", reason=bad)
    statement.refresh_from_db()
    assert statement.reason == "ab"
    form = {"do": "grant", "email": f"{bad}@example.org", "role": "moderator"}
    assert client.post(f"{base(place)}roles", form).status_code == 422
    for path in ("texts", "phases", f"statements/{statement.short}"):
        fields = dict.fromkeys(("title_en", "words_en", "starts_on", "vote_opens", "seen"), bad)
        assert client.post(f"{base(place)}{path}", fields).status_code in (303, 409, 422)
    for query in ("list", "after", "before", "act", "done"):
        for screen in SCREENS:
            assert client.get(f"{base(place)}{screen}", {query: bad}).status_code == 200


def test_without_verticals_everything_stands_together(db: None) -> None:
    client = a_member(Role.SECRETARIAT)
    client.post("/fr/office/new", a_new_form(verticals="none", moderated=""))
    place = Consultation.objects.get()
    assert not Vertical.objects.exists()
    assert not place.moderated
    assert (place.starts_on, place.ends_on) == (date(2027, 3, 1), date(2027, 3, 2))
