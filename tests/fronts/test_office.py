"""The office as a secretariat uses it: make, prepare, open, decide, and find it all in the log."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from assises.countries import ma
from assises.fronts.office.acts_in_words import Context, act_in_words, names_of_acts
from assises.fronts.office.forms import (
    closing,
    closing_as_typed,
    day_of,
    hour_of,
    opening,
    opening_as_typed,
)
from assises.lib.errors import Invalid
from assises.look.speech import LANGUAGES, speech
from assises.rooms.consultations.acts.confirm import confirm
from assises.rooms.consultations.models import PHASES, Consultation, Phase, Vertical
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.models import Contribution, Statement
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role, table
from assises.rooms.journal.queries import Entry
from assises.rooms.people.models import Account, Grant
from assises.rooms.people.queries import holders
from assises.rooms.search.queries import find
from assises.rooms.texts.models import Version
from assises.rooms.texts.queries import in_every_language
from tests.clients import a_member
from tests.look.test_pages import balanced
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements

ZONE = ZoneInfo("Africa/Casablanca")
SCREENS = {
    "": {"rapporteur", "moderator", "secretariat", "administrator"},
    "texts": {"rapporteur", "secretariat", "administrator"},
    "phases": {"secretariat", "administrator"},
    "statements": {"rapporteur", "secretariat", "administrator"},
    "moderation": {"moderator", "secretariat", "administrator"},
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


def base(place: Any, language: str = "fr") -> str:
    return f"/{language}/office/{place.short}/"


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return str(response.content.decode())


def hidden(html: str) -> dict[str, str]:
    """Every hidden answer of a page, as a browser would send it back; keys are made anew."""
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def words(place: Any, text: str) -> dict[str, str]:
    place.refresh_from_db()
    return {tag: said.words for tag, said in in_every_language(getattr(place, text)).items()}


def acts(place: Any) -> list[str]:
    return list(
        Event.objects.filter(stream=f"consultation:{place.id}")
        .order_by("id")
        .values_list("act", flat=True)
    )


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


def a_new_form(**more: Any) -> dict[str, Any]:
    return {
        "key": key(),
        "original": "ar",
        "title_ar": "مناظرة حول الماء",
        "title_fr": "Assises de l’eau",
        "verticals": "thirteen",
        "colleges": ["citizen", "academia"],
        "moderated": "on",
        "starts_on": "2027-03-01",
        "ends_on": "2027-03-02",
        **more,
    }


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
    assert "Statement 0 was accepted." in html
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


def test_a_button_that_there_is_not_is_refused(place: Any) -> None:
    client = a_member(Role.ADMINISTRATOR)
    assert client.post(base(place), {"do": "destroy", "key": key()}).status_code == 422
    assert "done" not in page(client, f"{base(place)}?done=%3Cscript%3E").split("<h1>")[1][:2000]


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


# ---- texts ----


def texts_form(client: Client, place: Any, **typed: str) -> dict[str, str]:
    """The form as the page shows it, with what someone types over it."""
    html = page(client, f"{base(place)}texts")
    shown = dict(re.findall(r'<input type="(?:text|date)" value="([^"]*)"[^>]*name="(\w+)"', html))
    fields = {name: value for value, name in shown.items()}
    areas = re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', html, re.DOTALL)
    return fields | dict(areas) | hidden(html) | {"key": key()} | typed


def test_what_changes_becomes_a_new_version_and_the_rest_stays(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    form = texts_form(
        client,
        place,
        title_fr="Assises nouvelles",
        title_en="New Assises",
        host_ar="الأمانة",
        starts_on="2026-06-01",
    )
    assert client.post(f"{base(place)}texts", form)["Location"].endswith("done=saved")
    assert words(place, "title") == {
        "fr": "Assises nouvelles",
        "ar": "مناظرة تجريبية",
        "en": "New Assises",
    }
    assert words(place, "host") == {"ar": "الأمانة"}
    assert place.starts_on == date(2026, 6, 1)
    assert Version.objects.filter(text_id=place.title, language="fr").count() == 2
    # The Arabic was translated from words that have changed since.
    html = page(client, f"{base(place, 'en')}texts")
    assert html.count("The original has changed since") == 1
    same = client.post(f"{base(place)}texts", texts_form(client, place))
    assert same["Location"].endswith("done=same")


def test_a_translation_written_with_its_original_is_of_the_new_words(db: None) -> None:
    place = an_edition()
    client = a_member(Role.SECRETARIAT)
    form = texts_form(client, place, title_fr="Autre titre", title_ar="عنوان آخر")
    client.post(f"{base(place)}texts", form)
    original = Version.objects.get(text_id=place.title, language="fr", current=True)
    translation = Version.objects.get(text_id=place.title, language="ar", current=True)
    assert translation.translates_id == original.pk


def test_the_second_of_two_editors_is_told_and_shown_both(place: Any) -> None:
    one, other = a_member(Role.SECRETARIAT), a_member(Role.ADMINISTRATOR)
    mine = texts_form(one, place, title_fr="Le mien", starts_on="2026-05-01")
    theirs = texts_form(
        other, place, title_fr="Le leur", summary_fr="Aussi", starts_on="2026-05-02"
    )
    assert other.post(f"{base(place)}texts", theirs).status_code == 303
    refused = one.post(f"{base(place)}texts", mine)
    html = refused.content.decode()
    assert refused.status_code == 409
    assert "Le mien" in html
    assert "Le leur" in html
    assert words(place, "title")["fr"] == "Le leur"
    # Having seen both, to send again is to decide.
    again = {"key": key(), **hidden(html), "title_fr": "Les deux", "starts_on": "2026-05-01"}
    assert one.post(f"{base(place)}texts", again).status_code == 303
    assert words(place, "title")["fr"] == "Les deux"
    assert place.starts_on == date(2026, 5, 1)


def test_two_editors_of_different_languages_do_not_meet(place: Any) -> None:
    one, other = a_member(Role.SECRETARIAT), a_member(Role.ADMINISTRATOR)
    mine = texts_form(one, place, title_fr="Le mien")
    theirs = texts_form(other, place, title_ar="لهم", summary_fr="Autre")
    other.post(f"{base(place)}texts", theirs)
    assert one.post(f"{base(place)}texts", mine).status_code == 303
    assert words(place, "title") == {"fr": "Le mien", "ar": "لهم"}
    assert words(place, "summary") == {"fr": "Autre"}


def test_saving_twice_saves_once_and_a_step_back_is_compared(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    form = texts_form(client, place, title_fr="Une fois")
    for _ in range(2):
        assert client.post(f"{base(place)}texts", form)["Location"].endswith("done=saved")
    assert acts(place).count("consultations.rewrite") == 1
    back = client.post(f"{base(place)}texts", form | {"title_fr": "Autrement"})
    assert back.status_code == 409
    assert words(place, "title")["fr"] == "Une fois"


def test_what_was_written_is_not_emptied_in_silence(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    response = client.post(f"{base(place)}texts", texts_form(client, place, title_ar=" "))
    assert response.status_code == 422
    assert 'id="f-title_ar-error"' in response.content.decode()
    assert words(place, "title")["ar"] == "مناظرة تجريبية"


def test_a_rapporteur_translates_and_leaves_the_original(place: Any) -> None:
    client = a_member(Role.RAPPORTEUR, place.id)
    html = page(client, f"{base(place)}texts")
    assert 'name="title_fr"' not in html
    assert 'name="title_en"' in html
    assert 'name="starts_on"' not in html
    assert 'name="charter_fr"' not in html
    form = texts_form(client, place, title_en="Trial", title_ar="تجربة أخرى")
    assert client.post(f"{base(place)}texts", form).status_code == 303
    assert words(place, "title")["en"] == "Trial"
    assert acts(place)[-1] == "texts.translate"
    for sneaky in ({"title_fr": "Volé"}, {"charter_fr": "À moi"}, {"starts_on": "2030-01-01"}):
        before = len(acts(place))
        versions = {f"seen_{n}": hidden(html).get(f"seen_{n}", "") for n in sneaky}
        title = Version.objects.get(text_id=place.title, language="fr", current=True)
        versions["seen_title_fr"] = str(title.pk)
        client.post(f"{base(place)}texts", {"key": key(), **versions, **sneaky})
        assert len(acts(place)) == before, sneaky
    assert words(place, "title")["fr"] == "Assises d’essai"
    assert place.charter is None
    assert place.starts_on is None


# ---- phases ----


def phases_form(client: Client, place: Any, **typed: str) -> dict[str, str]:
    html = page(client, f"{base(place)}phases")
    shown = re.findall(r'<input type="(?:date|time)" value="([^"]*)"[^>]*name="(\w+)"', html)
    return {name: value for value, name in shown} | hidden(html) | {"key": key()} | typed


def spans(place: Any) -> dict[str, tuple[datetime, datetime | None]]:
    return {p.kind: (p.opens_at, p.closes_at) for p in Phase.objects.filter(consultation=place)}


def test_a_phase_closes_at_midnight_after_its_last_day_where_it_is_held(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    form = phases_form(
        client,
        place,
        listen_opens="2026-06-01",
        listen_closes="2026-06-30",
        vote_opens="2026-07-01",
        vote_opens_hour="09:30",
        vote_closes="2026-07-10",
        vote_closes_hour="18:00",
        follow_opens="٢٠٢٦-٠٨-٠١",
    )
    assert client.post(f"{base(place)}phases", form)["Location"].endswith("done=saved")
    assert spans(place) == {
        "listen": (
            datetime(2026, 5, 31, 23, tzinfo=UTC),
            datetime(2026, 6, 30, 23, tzinfo=UTC),
        ),
        "vote": (datetime(2026, 7, 1, 8, 30, tzinfo=UTC), datetime(2026, 7, 10, 17, tzinfo=UTC)),
        "follow": (datetime(2026, 7, 31, 23, tzinfo=UTC), None),
    }
    html = page(client, f"{base(place)}phases")
    assert 'value="2026-06-30"' in html
    assert "24:00" in page(client, f"{base(place, 'en')}log")
    # Sending what is shown changes nothing; taking a day away takes the phase away.
    same = client.post(f"{base(place)}phases", phases_form(client, place))
    assert same["Location"].endswith("done=same")
    without = phases_form(client, place, vote_opens="", vote_opens_hour="", vote_closes="")
    client.post(f"{base(place)}phases", without | {"vote_closes_hour": ""})
    assert set(spans(place)) == {"listen", "follow"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"vote_opens": "31/12/2026"}, "vote_opens"),
        ({"vote_opens": "2026-02-30"}, "vote_opens"),
        ({"vote_opens": "9999-12-31", "vote_closes": "9999-12-31"}, "vote_opens"),
        ({"vote_opens": "0001-01-01"}, "vote_opens"),
        ({"vote_closes": "2026-07-01"}, "vote_opens"),
        ({"vote_opens_hour": "10:00"}, "vote_opens"),
        ({"vote_opens": "2026-07-01", "vote_closes_hour": "10:00"}, "vote_closes"),
        ({"vote_opens": "2026-07-01", "vote_opens_hour": "25:00"}, "vote_opens_hour"),
        ({"vote_opens": "2026-07-01", "vote_opens_hour": "10:00+02:00"}, "vote_opens_hour"),
        ({"vote_opens": "2026-03-22", "vote_opens_hour": "02:30"}, "vote_opens_hour"),
        ({"vote_opens": "2026-07-02", "vote_closes": "2026-07-01"}, "vote"),
        ({"vote_opens": "2026-07-01\x00"}, "vote_opens"),
    ],
)
def test_a_bad_day_is_named_and_nothing_changes(
    place: Any, typed: dict[str, str], field: str
) -> None:
    client = a_member(Role.SECRETARIAT)
    client.post(f"{base(place)}phases", phases_form(client, place, listen_opens="2026-06-01"))
    before = spans(place)
    response = client.post(f"{base(place)}phases", phases_form(client, place, **typed))
    html = response.content.decode()
    assert response.status_code == 422
    assert f'href="#f-{field}"' in html
    assert f'id="f-{field}"' in html
    assert spans(place) == before
    balanced(html)


def test_phases_set_by_someone_else_meanwhile_are_not_overwritten(place: Any) -> None:
    one, other = a_member(Role.SECRETARIAT), a_member(Role.ADMINISTRATOR)
    mine = phases_form(one, place, listen_opens="2026-06-01")
    theirs = phases_form(other, place, listen_opens="2026-06-02", vote_opens="2026-07-02")
    other.post(f"{base(place)}phases", theirs)
    refused = one.post(f"{base(place)}phases", mine)
    assert refused.status_code == 409
    assert set(spans(place)) == {"listen", "vote"}
    assert 'value="2026-06-01"' in refused.content.decode()
    again = mine | {"seen": hidden(refused.content.decode())["seen"]}
    assert one.post(f"{base(place)}phases", again).status_code == 303
    assert set(spans(place)) == {"listen"}


def test_an_instant_that_the_form_cannot_show_survives_it(place: Any) -> None:
    odd = datetime(2026, 6, 1, 10, 0, 7, 123, tzinfo=UTC)
    Phase.objects.create(consultation=place, kind="listen", opens_at=odd, closes_at=None)
    client = a_member(Role.SECRETARIAT)
    client.post(f"{base(place)}phases", phases_form(client, place, vote_opens="2026-07-01"))
    assert spans(place)["listen"] == (odd, None)


@given(
    st.dates(date(2000, 1, 2), date(2100, 12, 30)), st.one_of(st.none(), st.times()), st.booleans()
)
def test_days_and_hours_come_back_as_they_were_typed(
    day: date, hour: time | None, closes: bool
) -> None:
    typed = None if hour is None else hour.replace(second=0, microsecond=0, fold=0)
    try:
        at = (closing if closes else opening)(day, typed, ZONE)
    except Invalid:
        local = datetime.combine(day, typed or time(0), tzinfo=ZONE)
        assert local.astimezone(UTC).astimezone(ZONE).replace(tzinfo=None) != local.replace(
            tzinfo=None
        )
        return
    shown = (closing_as_typed if closes else opening_as_typed)(at, ZONE)
    if closes and typed in (None, time(0)):
        last = day if typed is None else day - timedelta(days=1)
        assert shown == (last.isoformat(), "")
    else:
        assert shown == (day.isoformat(), (typed or time(0)).strftime("%H:%M"))


@given(st.text(max_size=50))
def test_whatever_is_typed_is_a_day_or_is_refused(text: str) -> None:
    for read in (day_of, hour_of):
        try:
            read(text)
        except Invalid:
            continue


# ---- statements ----


def add(client: Client, place: Any, lines: str, **more: str) -> Any:
    form = {"lines": lines, "language": "fr", "key": key(), **more}
    return client.post(f"{base(place)}statements", form)


def test_several_lines_are_several_statements_in_one_act(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    vertical = Vertical.objects.get(consultation=place, code="health")
    lines = "Un médecin par douar.\r\n\r\n  Un car par jour.  \r\nحافلة كل يوم"
    done = add(client, place, lines, at_once="on", vertical=str(vertical.id))
    assert done["Location"].endswith("?list=accepted&done=stated")
    made = Statement.objects.filter(consultation=place, seed=True).order_by("number")
    assert [row.number for row in made] == [3, 4, 5]
    assert {row.moderation for row in made} == {"accepted"}
    assert {row.vertical_id for row in made} == {vertical.id}
    assert acts(place).count("contributions.state") == 2
    html = page(client, f"{base(place)}statements?list=accepted")
    assert "Un car par jour." in html


def test_statements_sent_twice_are_added_once(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    form = {"lines": "Une fois", "language": "fr", "key": key()}
    for _ in range(2):
        assert client.post(f"{base(place)}statements", form).status_code == 303
    assert Statement.objects.filter(consultation=place, seed=True).count() == 1


def test_every_line_that_cannot_be_taken_is_named(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    before = Statement.objects.count()
    cases = {
        "Bien.\n" + "x" * 281 + "\n?!": ("Line 2", "Line 3"),
        "Bien.\n\nBien.": ("Line 3: the same as line 1.",),
        "\n \n": ("Write at least one statement.",),
        "\n".join(f"Énoncé {i}" for i in range(201)): ("Too many lines",),
    }
    for lines, told in cases.items():
        form = {"lines": lines, "language": "fr", "key": key()}
        response = client.post(f"{base(place, 'en')}statements", form)
        html = response.content.decode()
        assert response.status_code == 422
        assert all(sentence in html for sentence in told), told
        assert lines.strip()[:40].replace("\n", "") in html.replace("\n", "")
    for more in ({"language": "klingon"}, {"vertical": str(uuid4())}, {"vertical": "x"}):
        assert add(client, place, "Bien.", **more).status_code == 422
    assert add(client, place, "Un.\nDeux.", words_ar="واحد").status_code == 422
    assert add(client, place, "Un.", words_ar="x" * 281).status_code == 422
    assert Statement.objects.count() == before


def test_one_statement_may_come_with_its_translations(place: Any) -> None:
    client = a_member(Role.RAPPORTEUR, place.id)
    add(
        client, place, "L’eau est à tous.", words_ar="الماء للجميع", words_fr="ignoré", at_once="on"
    )
    statement = Statement.objects.get(consultation=place, seed=True)
    versions = {tag: said.words for tag, said in in_every_language(statement.words).items()}
    assert versions == {"fr": "L’eau est à tous.", "ar": "الماء للجميع"}
    # A rapporteur writes; whoever moderates decides.
    assert statement.moderation == "waiting"


def test_a_statement_is_translated_and_its_own_words_stay(place: Any) -> None:
    client = a_member(Role.RAPPORTEUR, place.id)
    statement = Statement.objects.get(consultation=place, number=0)
    address = f"{base(place)}statements/{statement.short}"
    html = page(client, address)
    assert 'name="words_fr"' not in html
    form = hidden(html) | {"words_en": "Every well", "words_ar": "كل بئر", "key": key()}
    assert client.post(address, form)["Location"].endswith("done=saved")
    said = {tag: one.words for tag, one in in_every_language(statement.words).items()}
    assert said == {"fr": "Énoncé numéro 0 sur la santé", "ar": "كل بئر", "en": "Every well"}
    assert statement.uid in {found.id for found in find("every well")}
    # Another page shown before sees that someone was faster.
    late = client.post(address, form | {"words_ar": "بئر أخرى", "key": key()})
    assert late.status_code == 409
    assert "كل بئر" in late.content.decode()
    assert "بئر أخرى" in late.content.decode()
    own = Version.objects.get(text_id=statement.words, language="fr")
    sneaky = {"words_fr": "Volé", "seen_words_fr": str(own.pk), "key": key()}
    assert client.post(address, sneaky).status_code == 409
    assert client.post(address, form | {"words_en": "x" * 300, "key": key()}).status_code in (
        409,
        422,
    )
    assert client.get(f"{base(an_edition())}statements/{statement.short}").status_code == 403


def test_a_statement_of_elsewhere_is_not_here(place: Any) -> None:
    other = an_edition()
    elsewhere = some_statements(other, 1)[0]
    client = a_member(Role.ADMINISTRATOR)
    assert client.get(f"{base(place)}statements/{elsewhere.short}").status_code == 404


def test_long_lists_have_pages(place: Any) -> None:
    some = [Stated(f"Numéro {i} de la liste", "fr", moderation="waiting") for i in range(45)]
    state(BUILDER, place, some, key=key(), at=AT)
    client = a_member(Role.SECRETARIAT)
    for screen in ("statements", "moderation"):
        seen: list[str] = []
        address: str | None = f"{base(place)}{screen}?list=waiting"
        while address:
            html = page(client, address)
            seen += re.findall(r"Numéro \d+ de la liste", html)
            onward = re.search(r'class="after" href="([^"]+)"', html)
            address = onward[1].replace("&amp;", "&") if onward else None
        assert len(seen) == 45 == len(set(seen)), screen
    assert page(client, f"{base(place)}statements?list=%00&after=-1")
    assert page(client, f"{base(place)}moderation?list=public&after=2026-13-45_x")


# ---- moderation ----


def decide(client: Client, place: Any, what: str, uid: Any, decision: str, **more: str) -> Any:
    form = {"what": what, "id": str(uid), "decision": decision, "key": key(), **more}
    return client.post(f"{base(place)}moderation?list=waiting", form)


def test_a_refusal_needs_a_reason_that_everyone_reads(place: Any) -> None:
    actor, voice = a_voice(place)
    (uid,) = state(actor, place, [Stated("À lire", "fr", voice=voice)], key=key(), at=AT)
    client = a_member(Role.MODERATOR, place.id)
    refused = decide(client, place, "statement", uid, "refuse", seen="waiting", reason="  ")
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "<details open>" in html
    assert 'aria-invalid="true"' in html
    assert Statement.objects.get(uid=uid).moderation == "waiting"
    done = decide(
        client, place, "statement", uid, "refuse", seen="waiting", reason="Vise <b>quelqu’un</b>."
    )
    assert done["Location"].endswith("?list=waiting&done=refused")
    assert Statement.objects.get(uid=uid).reason == "Vise <b>quelqu’un</b>."
    for screen in ("moderation", "statements"):
        html = page(a_member(Role.SECRETARIAT), f"{base(place)}{screen}?list=refused")
        assert "Vise &lt;b&gt;quelqu’un&lt;/b&gt;." in html, screen


def test_the_second_of_two_moderators_is_told(place: Any) -> None:
    actor, voice = a_voice(place)
    (uid,) = state(actor, place, [Stated("À lire", "fr", voice=voice)], key=key(), at=AT)
    one, other = (a_member(Role.MODERATOR, place.id) for _ in range(2))
    assert decide(one, place, "statement", uid, "accept", seen="waiting").status_code == 303
    late = decide(other, place, "statement", uid, "refuse", seen="waiting", reason="Non")
    assert late.status_code == 409
    assert Statement.objects.get(uid=uid).moderation == "accepted"
    again = decide(other, place, "statement", uid, "refuse", seen="accepted", reason="Non")
    assert again.status_code == 303


def test_a_decision_sent_twice_is_taken_once(place: Any) -> None:
    uid = Statement.objects.get(consultation=place, number=0).uid
    client = a_member(Role.MODERATOR, place.id)
    once = key()
    for _ in range(2):
        done = decide(
            client, place, "statement", uid, "refuse", seen="accepted", reason="Non", key=once
        )
        assert done.status_code == 303
    assert acts(place).count("contributions.moderate") == 1


def test_a_contribution_is_hidden_with_a_reason_and_shown_again(place: Any) -> None:
    actor, voice = a_voice(place)
    uid = say(actor, place, Saying(voice, "Mon numéro", "fr"), key=key(), at=AT)
    client = a_member(Role.MODERATOR, place.id)
    assert (
        decide(client, place, "contribution", uid, "refuse", seen="public", reason="").status_code
        == 422
    )
    decide(client, place, "contribution", uid, "refuse", seen="public", reason="Un numéro.")
    assert Contribution.objects.get(id=uid).state == "hidden"
    html = page(client, f"{base(place)}moderation?list=hidden")
    assert "Un numéro." in html
    assert str(voice) not in html
    decide(client, place, "contribution", uid, "accept", seen="hidden")
    assert Contribution.objects.get(id=uid).state == "public"


def test_what_is_not_here_is_not_decided_upon(place: Any) -> None:
    other = an_edition()
    elsewhere = some_statements(other, 1)[0]
    client = a_member(Role.MODERATOR, place.id)
    for uid in (elsewhere.uid, uuid4(), "x", ""):
        assert decide(client, place, "statement", uid, "accept", seen="waiting").status_code == 404
    assert decide(client, place, "voice", uuid4(), "accept").status_code == 404
    statement = Statement.objects.get(consultation=place, number=0)
    odd = decide(client, place, "statement", statement.uid, "burn", seen="accepted")
    assert odd.status_code == 422


# ---- roles ----


def test_a_role_is_given_and_taken_back(place: Any) -> None:
    client = a_member(Role.SECRETARIAT, place.id)
    form = {"do": "grant", "email": " Lecteur@Example.org ", "role": "moderator", "key": key()}
    for _ in range(2):
        done = client.post(f"{base(place)}roles", form)
        assert done["Location"] == f"{base(place)}roles?done=granted"
    (held,) = [h for h in holders(place.id) if h.email == "lecteur@example.org"]
    assert held.role is Role.MODERATOR
    html = page(client, f"{base(place)}roles")
    assert "lecteur@example.org" in html
    again = client.post(f"{base(place)}roles", form | {"key": key()})
    assert again.status_code == 409
    back = {"do": "revoke", "account": str(held.account), "role": "moderator", "key": key()}
    for _ in range(2):
        assert client.post(f"{base(place)}roles", back).status_code == 303
    assert [h.email for h in holders(place.id)] == ["secretariat-0@example.org"]
    html = page(client, f"{base(place, 'en')}log")
    assert "A role was taken back: Moderator." in html


def test_a_secretariat_gives_only_the_roles_of_its_work(place: Any) -> None:
    client = a_member(Role.SECRETARIAT, place.id)
    html = page(client, f"{base(place)}roles").split('id="give"')[1]
    assert 'value="administrator"' not in html
    for role, status in (("administrator", 403), ("voice", 422), ("king", 422)):
        form = {"do": "grant", "email": "x@example.org", "role": role, "key": key()}
        assert client.post(f"{base(place)}roles", form).status_code == status, role
    for email in ("", "pas une adresse", "a@b", "x" * 300 + "@example.org"):
        form = {"do": "grant", "email": email, "role": "moderator", "key": key()}
        response = client.post(f"{base(place)}roles", form)
        assert response.status_code == 422, email
        assert 'id="f-email-error"' in response.content.decode()
    assert Account.objects.count() == 1 == Grant.objects.count()
    assert 'value="regulator"' in page(a_member(Role.ADMINISTRATOR), f"{base(place)}roles")


def test_one_who_gives_up_the_own_role_is_led_out(place: Any) -> None:
    client = a_member(Role.SECRETARIAT, place.id)
    account = Account.objects.get()
    form = {"do": "revoke", "account": str(account.id), "role": "secretariat", "key": key()}
    assert client.post(f"{base(place)}roles", form)["Location"] == "/fr/office/?done=revoked"
    assert client.get(f"{base(place)}roles").status_code == 403


# ---- the log ----


def test_the_log_is_read_a_page_at_a_time_and_by_act(place: Any) -> None:
    for _ in range(60):
        some_statements(place, 1)
    client = a_member(Role.SECRETARIAT)
    html = page(client, f"{base(place, 'en')}log")
    assert html.count('<li class="entry">') == 50
    onward = re.search(r'class="after" href="([^"]+)"', html)
    assert onward is not None
    rest = page(client, onward[1].replace("&amp;", "&"))
    assert rest.count('<li class="entry">') == Event.objects.count() - 50
    only = page(client, f"{base(place, 'en')}log?act=consultations.open")
    assert only.count('<li class="entry">') == 1
    assert page(client, f"{base(place)}log?act=nothing&before=x").count('class="entry"') == 50


def test_of_participants_the_log_says_the_hour_and_nothing_more(place: Any) -> None:
    actor, voice = a_voice(place)
    say(actor, place, Saying(voice, "Mon secret", "fr"), key=key(), at=AT)
    html = page(a_member(Role.ADMINISTRATOR), f"{base(place, 'en')}log")
    assert str(voice) not in html
    assert "Mon secret" not in html
    entries = html.split('<li class="entry">')[1:]
    entry = next(e for e in entries if "Something was said." in e)
    assert "A participant" in entry
    assert 'datetime="2026-03-02T10:00:00+00:00"' in entry


def test_the_log_says_where_an_act_is_sealed(place: Any) -> None:
    sealed = Event.objects.order_by("id").first()
    assert sealed is not None
    Event.objects.using("owner").filter(id=sealed.id).update(leaf=41, sequence=0)
    html = page(a_member(Role.ADMINISTRATOR), f"{base(place, 'en')}log")
    assert html.count("Sealed as leaf 41") == 1
    assert html.count("Not sealed yet") == Event.objects.count() - 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_that_can_happen_has_its_sentence(language: str) -> None:
    only_read = {"read", "keep", "roles", "log", "find", "mailbox"}
    outside = {"journal.seal", "people.grant_any"}
    named = names_of_acts(speech(language))
    happening = {
        act
        for act in table()
        if act.split(".")[0]
        in ("consultations", "contributions", "votes", "texts", "chain", "insights", "people")
        and act.split(".")[1] not in only_read
    }
    doors = {act for act in happening if re.search(r"log|factor|enter_|leave|codes", act)}
    assert happening - doors - outside <= named.keys()


@pytest.mark.parametrize("payload", [None, [], {}, "x", {"texts": 3}, {"decision": "accept"}, [1]])
def test_a_payload_that_says_nothing_leaves_the_acts_name(payload: Any) -> None:
    s, context = speech("en"), Context(ZONE)
    for act in (*names_of_acts(s), "from.the_future"):
        if act == "consultations.schedule" and payload == {}:
            continue  # that is a sentence: there are no phases any more
        entry = Entry(uuid4(), act, "system:x", AT, (), None, None, payload)
        said = act_in_words(s, entry, context)
        assert said == names_of_acts(s).get(act, f"Another act: {act}"), act


def test_a_confirmed_reference_says_who_vouched(draft: Any) -> None:
    client = a_member(Role.ADMINISTRATOR)
    form = {"do": "confirm", "reference": "D-1", "key": key()}
    assert client.post(base(draft), form).status_code == 303
    assert "administrator-0@example.org" in page(client, base(draft))
    assert "bad" not in re.findall(r'class="status (\w+)"', page(client, base(draft)))


def test_the_thirteen_and_the_phases_are_those_of_the_house() -> None:
    assert len(ma.verticals()) == 13
    assert PHASES == ("listen", "vote", "deliberate", "follow")
    assert callable(confirm)
