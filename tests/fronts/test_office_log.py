"""Roles and the log: who may act, and every act in words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from assises.fronts.office.acts_in_words import Context, act_in_words
from assises.lib.clock import now
from assises.look.speech import LANGUAGES, speech
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role, table
from assises.rooms.journal.queries import Entry
from assises.rooms.people.models import Account, Grant
from assises.rooms.people.queries import holders
from assises.web.acts import names_of_acts
from tests.clients import a_member
from tests.fronts.office import base, page
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, some_statements

ZONE = ZoneInfo("Africa/Casablanca")


@pytest.fixture
def place(db: None) -> Any:
    made = an_edition()
    some_statements(made, 3)
    return made


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
    for i in range(60):
        state(BUILDER, place, [Stated(f"Un de plus : {i}", "fr")], key=key(), at=AT)
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
    client = a_member(Role.ADMINISTRATOR)
    # The hour that runs is not over: one act in it would have its minute, by looking twice.
    assert "Something was said. 1" not in page(client, f"{base(place, 'en')}log")
    two_hours_ago = now() - timedelta(hours=2)
    Event.objects.using("owner").filter(actor=actor.pseudonym).update(recorded_at=two_hours_ago)
    html = page(client, f"{base(place, 'en')}log")
    assert str(voice) not in html
    assert "Mon secret" not in html
    assert re.search(r"between \d\d:00 and \d\d:00: Something was said. 1 time\.", html)
    # Nothing of it among the lines that have a minute and a leaf.
    lines = html.split('<ol class="journal">')[1].split("</ol>")[0]
    assert "Something was said." not in lines
    assert "A participant" not in lines
    only = page(client, f"{base(place, 'en')}log?act=contributions.say")
    assert "Something was said. 1 time." in only


def test_a_regulator_reads_what_was_done_and_no_addresses(place: Any) -> None:
    client = a_member(Role.SECRETARIAT)
    form = {"do": "grant", "email": "lecteur@example.org", "role": "moderator", "key": key()}
    client.post(f"{base(place)}roles", form)
    html = page(a_member(Role.REGULATOR), f"{base(place, 'en')}log")
    assert "A role was given: Moderator." in html
    assert re.search(r"Account [0-9A-F]{6}", html)
    assert "secretariat-0@example.org" not in html
    assert "lecteur@example.org" not in html
    assert "lecteur@example.org" in page(client, f"{base(place, 'en')}log")


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
