"""Who is given an office, by whom; which bodies there are, and who speaks for them."""

from __future__ import annotations

import threading
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import connections

from assises.lib.errors import Conflict, Invalid, NotAllowed, NotFound, NotNow
from assises.rooms.journal.models import Event, Payload
from assises.rooms.journal.permissions import VISITOR, Grant, Role
from assises.rooms.people import queries
from assises.rooms.people.acts import mandate
from assises.rooms.people.acts.enter import Portrait, enter
from assises.rooms.people.acts.found import NewOrganisation, found
from assises.rooms.people.acts.grant import OFFICES, WITHIN, create_first_administrator, grant
from assises.rooms.people.acts.revoke import revoke
from assises.rooms.people.handles import pseudonym_of_account
from assises.rooms.people.models import Account, Mandate, Organisation, Voice
from assises.rooms.texts.queries import said
from tests.rooms.making import AT, BUILDER, an_edition, key, staff

pytestmark = pytest.mark.usefixtures("db")
WHO = "amina@example.ma"


def given(role: Role = Role.MODERATOR, place=None, email: str = WHO, actor=BUILDER) -> UUID:
    return grant(actor, place, email, role, key=key(), at=AT)


def taken(account: UUID, role: Role, place=None, actor=BUILDER) -> None:
    revoke(actor, place, account, role, key=key(), at=AT)


def test_a_role_is_given_to_whoever_holds_an_address() -> None:
    place = an_edition()
    account = given(Role.MODERATOR, place, "  Amina@Example.MA ")
    assert Account.objects.get().email == WHO
    assert queries.grants_of(account) == {Grant(Role.MODERATOR, place.id)}
    assert queries.account_of("AMINA@example.ma") == account
    assert queries.holds_office(account)


def test_the_journal_names_the_account_by_its_pseudonym_and_nowhere_its_address() -> None:
    account = given()
    event = Event.objects.get()
    assert (event.act, event.subjects) == ("people.grant", [pseudonym_of_account(account)])
    for table in ("journal_event", "journal_payload", "journal_subject"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"SELECT {table}::text FROM {table}")
            told = str(cursor.fetchall())
        assert "example.ma" not in told
        assert str(account) not in told


def test_the_same_key_gives_the_role_once() -> None:
    first = grant(BUILDER, None, WHO, Role.OPERATOR, key="once", at=AT)
    assert grant(BUILDER, None, WHO, Role.OPERATOR, key="once", at=AT) == first
    assert Event.objects.count() == 1


def test_a_role_that_is_held_already_is_refused_and_leaves_nothing() -> None:
    given()
    with pytest.raises(Conflict):
        given()
    assert Event.objects.count() == 1


def test_what_is_no_address_is_refused() -> None:
    for email in (
        "",
        "amina",
        "a@b",
        "a b@example.ma",
        "x" * 250 + "@ex.ma",
        "a@x.ma\nBcc: b@x.ma",
    ):
        with pytest.raises(Invalid):
            given(email=email)
    assert not Account.objects.exists()


def test_nobody_is_made_a_visitor_a_voice_or_the_system() -> None:
    for role in set(Role) - set(OFFICES):
        with pytest.raises(Invalid):
            given(role)


def test_a_secretariat_gives_and_takes_only_the_roles_of_its_own_work() -> None:
    place = an_edition()
    actor = staff(Role.SECRETARIAT, place)
    for role in WITHIN:
        account = given(role, place, actor=actor)
        assert queries.grants_of(account) == {Grant(role, place.id)}
        taken(account, role, place, actor=actor)
        assert not queries.grants_of(account)
    for role in set(OFFICES) - set(WITHIN):
        with pytest.raises(NotAllowed):
            given(role, place, actor=actor)
        account = given(role, place)
        with pytest.raises(NotAllowed):
            taken(account, role, place, actor=actor)
        assert Grant(role, place.id) in queries.grants_of(account)


def test_a_secretariat_gives_nothing_elsewhere() -> None:
    mine, other = an_edition(), an_edition()
    for place in (other, None):
        with pytest.raises(NotAllowed):
            given(Role.RAPPORTEUR, place, actor=staff(Role.SECRETARIAT, mine))


def test_other_offices_give_nothing() -> None:
    place = an_edition()
    others = set(OFFICES) - {Role.ADMINISTRATOR, Role.SECRETARIAT}
    for actor in (VISITOR, *(staff(r, place) for r in others), *(staff(r) for r in others)):
        with pytest.raises(NotAllowed):
            given(Role.RAPPORTEUR, place, actor=actor)


def test_an_administrator_of_one_edition_is_not_one_of_the_house() -> None:
    place = an_edition()
    actor = staff(Role.ADMINISTRATOR, place)
    given(Role.REGULATOR, place, actor=actor)
    with pytest.raises(NotAllowed):
        given(Role.ADMINISTRATOR, None, actor=actor)


def test_a_role_that_is_taken_is_gone_and_stands_in_the_journal() -> None:
    account = given(Role.OPERATOR)
    taken(account, Role.OPERATOR)
    assert not queries.holds_office(account)
    assert set(Event.objects.values_list("act", flat=True)) == {"people.grant", "people.revoke"}
    with pytest.raises(NotFound):
        taken(account, Role.OPERATOR)


def test_the_last_administrator_stays() -> None:
    first = given(Role.ADMINISTRATOR)
    with pytest.raises(NotNow):
        taken(first, Role.ADMINISTRATOR)
    second = given(Role.ADMINISTRATOR, email="brahim@example.ma")
    taken(first, Role.ADMINISTRATOR)
    assert queries.administrators() == [second]


def test_neither_a_closed_account_nor_the_role_bar_nor_one_edition_counts_as_another() -> None:
    first = given(Role.ADMINISTRATOR)
    closed = given(Role.ADMINISTRATOR, email="closed@example.ma")
    Account.objects.filter(id=closed).update(is_active=False)
    given(Role.ADMINISTRATOR, email=f"administrator{queries.DEMONSTRATION}")
    given(Role.ADMINISTRATOR, an_edition(), email="edition@example.ma")
    with pytest.raises(NotNow):
        taken(first, Role.ADMINISTRATOR)


def test_two_who_take_each_others_role_at_once_leave_one() -> None:
    both = [given(Role.ADMINISTRATOR, email=f"{name}@example.ma") for name in ("a", "b")]
    refused: list[Exception] = []
    gate = threading.Barrier(2)

    def take(account: UUID) -> None:
        gate.wait()
        try:
            taken(account, Role.ADMINISTRATOR)
        except NotNow as refusal:
            refused.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(account,)) for account in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(queries.administrators()) == len(refused) == 1


def test_the_first_administrator_is_made_once_and_in_silence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = create_first_administrator(WHO)
    assert queries.administrators() == [account]
    with pytest.raises(Conflict):
        create_first_administrator("other@example.ma")
    assert not Account.objects.filter(email="other@example.ma").exists()
    assert capsys.readouterr() == ("", "")


def test_who_holds_what_is_listed_for_the_page_of_the_roles() -> None:
    place = an_edition()
    given(Role.MODERATOR, place)
    given(Role.ADMINISTRATOR, email="brahim@example.ma")
    here = queries.holders(place.id)
    assert [(h.email, h.role, h.given_by) for h in here] == [(WHO, Role.MODERATOR, "system:test")]
    assert len(queries.holders(place.id, everywhere=True)) == 2


# --- Bodies ---------------------------------------------------------------------------------------


def body(place=None, *, actor=BUILDER, **changed: object) -> UUID:
    new = NewOrganisation(
        **{"name": {"fr": "Agence", "ar": "وكالة"}, "college": "ministry"} | changed
    )
    return found(actor, place, new, key=key(), at=AT)


def test_a_body_is_named_in_the_languages_of_the_house() -> None:
    row = Organisation.objects.get(id=body())
    assert said([row.name], "ar")[row.name].words == "وكالة"
    assert said([row.name], "en")[row.name].words == "Agence"
    assert (row.college, row.country, row.fictional) == ("ministry", "MA", False)
    assert queries.organisations(None) == [row]


def test_in_a_simulation_every_body_is_fictional_and_elsewhere_none() -> None:
    simulated, own = an_edition(), an_edition("own", opened=False)
    assert Organisation.objects.get(id=body(simulated)).fictional
    assert not Organisation.objects.get(id=body(own)).fictional
    assert Event.objects.filter(act="people.found", log="simulation").count() == 1


def test_a_body_without_name_college_or_country_is_refused() -> None:
    wrong: tuple[dict[str, object], ...] = (
        {"college": "Ministère"},
        {"college": ""},
        {"country": "Maroc"},
        {"name": {"fr": " "}},
    )
    for changed in wrong:
        with pytest.raises(Invalid):
            body(**changed)
    assert not Organisation.objects.exists()


def test_a_body_is_founded_once_for_one_key() -> None:
    new = NewOrganisation({"fr": "Agence"}, "ministry")
    ids = {found(BUILDER, None, new, key="once", at=AT) for _ in range(2)}
    assert {row.id for row in Organisation.objects.all()} == ids


def test_only_a_secretariat_founds_bodies_and_only_in_its_edition() -> None:
    mine, other = an_edition(), an_edition()
    body(mine, actor=staff(Role.SECRETARIAT, mine))
    for actor in (staff(Role.SECRETARIAT, other), staff(Role.MODERATOR, mine), VISITOR):
        with pytest.raises(NotAllowed):
            body(mine, actor=actor)


SINCE = date(2026, 3, 1)


def mandated(place, organisation: UUID, account: UUID, **more: object) -> int:
    return mandate.give(
        BUILDER, place, organisation, account, **{"since": SINCE} | more, key=key(), at=AT
    )


def test_an_account_speaks_for_a_body_from_a_day_to_a_day() -> None:
    place = an_edition()
    agency, account = body(place), given()
    number = mandated(place, agency, account, reference="Lettre 12")
    assert [m.pk for m in queries.mandates_of(account, SINCE)] == [number]
    assert not queries.mandates_of(account, date(2026, 2, 28))
    mandate.end(BUILDER, place, number, until=date(2026, 4, 1), key=key(), at=AT)
    assert queries.mandates_of(account, date(2026, 4, 1))
    assert not queries.mandates_of(account, date(2026, 4, 2))


def test_a_mandate_keeps_a_pseudonym_and_no_account() -> None:
    agency, account = body(), given()
    mandated(None, agency, account)
    assert Mandate.objects.get().holder == pseudonym_of_account(account)
    assert str(account) not in str(list(Payload.objects.values_list("body", flat=True)))


def test_a_mandate_is_refused_where_it_makes_no_sense() -> None:
    place = an_edition()
    agency, account = body(place), given()
    with pytest.raises(NotFound):
        mandated(None, agency, account)
    with pytest.raises(NotFound):
        mandated(place, uuid4(), account)
    with pytest.raises(Invalid):
        mandated(place, agency, account, until=date(2026, 2, 1))
    number = mandated(place, agency, account)
    with pytest.raises(Conflict):
        mandated(place, agency, account)
    with pytest.raises(Invalid):
        mandate.end(BUILDER, place, number, until=date(2026, 2, 1), key=key(), at=AT)
    with pytest.raises(NotFound):
        mandate.end(BUILDER, None, number, until=SINCE, key=key(), at=AT)
    mandate.end(BUILDER, place, number, until=SINCE, key=key(), at=AT)
    with pytest.raises(Conflict):
        mandate.end(BUILDER, place, number, until=SINCE, key=key(), at=AT)


def test_a_mandate_given_again_with_its_key_is_the_same_mandate() -> None:
    agency, account = body(), given()
    numbers = {
        mandate.give(BUILDER, None, agency, account, since=SINCE, key="once", at=AT)
        for _ in range(2)
    }
    assert len(numbers) == Mandate.objects.count() == 1


def test_portraits_are_counted_by_what_people_chose_to_say() -> None:
    place = an_edition()
    enter(place, "one", Portrait("citizen", "06", "rural"), at=AT)
    enter(place, "two", Portrait("citizen"), at=AT)
    enter(place, "three", at=AT)
    heard = queries.portraits(Voice.objects.filter(consultation=place.id))
    assert heard.voices == 3
    assert heard.colleges == {"citizen": 2}
    assert heard.regions == {"06": 1}
    assert heard.areas == {"rural": 1}
