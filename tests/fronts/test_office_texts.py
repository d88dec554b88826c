"""Texts in four languages and phases: two editors, stale pages, bad days."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from assises.fronts.office.forms import (
    closing,
    closing_as_typed,
    day_of,
    hour_of,
    opening,
    opening_as_typed,
)
from assises.lib.errors import Invalid
from assises.look.speech import speech
from assises.rooms.consultations.models import Phase
from assises.rooms.journal.permissions import Role
from assises.rooms.texts.models import Version
from tests.clients import a_member
from tests.fronts.office import acts, base, hidden, page, words
from tests.look.test_pages import balanced
from tests.rooms.making import an_edition, key, some_statements

ZONE = ZoneInfo("Africa/Casablanca")


@pytest.fixture
def place(db: None) -> Any:
    made = an_edition()
    some_statements(made, 3)
    return made


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


def at_once(posts: list[tuple[Client, str, dict[str, str]]]) -> list[int]:
    """Several forms sent at the same moment; the statuses, sorted."""
    together = threading.Barrier(len(posts))

    def send(post: tuple[Client, str, dict[str, str]]) -> int:
        client, address, form = post
        together.wait()
        try:
            return int(client.post(address, form).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(posts)) as pool:
        return sorted(pool.map(send, posts))


def test_of_two_who_save_at_the_same_moment_one_is_told(place: Any) -> None:
    clients = [a_member(Role.SECRETARIAT), a_member(Role.ADMINISTRATOR)]
    address = f"{base(place)}texts"
    forms = [texts_form(c, place, title_fr=f"Titre {i}") for i, c in enumerate(clients)]
    assert at_once([(c, address, f) for c, f in zip(clients, forms, strict=True)]) == [303, 409]
    assert acts(place).count("consultations.rewrite") == 1


def test_a_form_sent_twice_at_the_same_moment_is_taken_once(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    form = texts_form(client, place, title_fr="Une fois")
    twin = Client()
    twin.cookies = client.cookies
    assert at_once([(c, f"{base(place)}texts", form) for c in (client, twin)]) == [303, 303]
    assert acts(place).count("consultations.rewrite") == 1


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


def test_a_second_person_reviews_what_the_first_translated(place: Any) -> None:
    first, second = (a_member(Role.RAPPORTEUR, place.id) for _ in range(2))
    address = f"{base(place)}texts"
    first.post(address, texts_form(first, place, title_en="Trial"))
    version = Version.objects.get(text_id=place.title, language="en", current=True)
    # Nobody reviews their own words, whatever they send.
    assert 'name="read_title_en"' not in page(first, address)
    own = texts_form(first, place, read_title_en=str(version.pk))
    assert first.post(address, own)["Location"].endswith("done=same")
    form = texts_form(second, place, read_title_en=str(version.pk), summary_en="To see.")
    too_long = form | {"summary_en": "x" * 3000, "key": key()}
    assert second.post(address, too_long).status_code == 422
    version.refresh_from_db()
    assert version.reviewer == ""
    assert second.post(address, form)["Location"].endswith("done=saved")
    version.refresh_from_db()
    assert version.reviewer
    assert acts(place)[-2:] == ["texts.review", "texts.translate"]
    html = page(first, f"{base(place, 'en')}texts")
    assert html.count(">Reviewed<") == 1
    # A tick for words that were replaced meanwhile counts for nothing.
    stale = texts_form(second, place)
    first.post(address, texts_form(first, place, title_en="Trial run"))
    second.post(address, stale | {"read_title_en": str(version.pk), "key": key()})
    fresh = Version.objects.get(text_id=place.title, language="en", current=True)
    assert fresh.reviewer == ""


def test_each_translation_says_by_whom_and_when_it_was_written_and_reviewed(place: Any) -> None:
    first, second = (a_member(Role.RAPPORTEUR, place.id) for _ in range(2))
    secretariat = a_member(Role.SECRETARIAT, place.id)
    address = f"{base(place, 'en')}texts"
    first.post(address, texts_form(first, place, title_en="Trial"))
    version = Version.objects.get(text_id=place.title, language="en", current=True)
    today = speech("en").day(place.day_of(version.written_at))
    html = page(first, address)
    assert "Nobody has reviewed it yet" in html
    assert f"Translated by you on {today}." in html
    # Of what the software wrote when the edition was made, everyone may be the second reader.
    assert re.findall(r'name="read_(\w+)"', html) == ["title_ar"]
    second.post(address, texts_form(second, place, read_title_en=str(version.pk)))
    # Colleagues' addresses are for those who see them on the page of the roles.
    html = page(first, address)
    assert f"Translated by you on {today}. Reviewed by a colleague on {today}." in html
    html = page(secretariat, address)
    by = [f"\u2068rapporteur-{n}@example.org\u2069" for n in (0, 1)]
    assert f"Translated by {by[0]} on {today}. Reviewed by {by[1]} on {today}." in html
    # New words are a new translation, which nobody has read.
    first.post(address, texts_form(first, place, title_en="Trial run"))
    assert 'name="read_title_en"' in page(second, address)


def test_the_desk_says_how_many_translations_wait_for_a_second_reader(place: Any) -> None:
    client = a_member(Role.SECRETARIAT, place.id)
    every = {f"{t}_{c}": f"{t} {c}" for t in ("title", "summary") for c in ("ar", "zgh", "en")}
    client.post(f"{base(place)}texts", texts_form(client, place, **every))
    assert "6 translations wait for a second reader." in page(client, base(place, "en"))


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
