"""Editions: what they begin with, when they open, their phases and verticals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connections, transaction

from assises.lib.errors import Conflict, Invalid, NotAllowed, NotFound, NotNow
from assises.rooms.consultations.acts.confirm import confirm
from assises.rooms.consultations.acts.create import NewConsultation, NewVertical, create
from assises.rooms.consultations.acts.map_verticals import map_verticals
from assises.rooms.consultations.acts.moderate import moderate
from assises.rooms.consultations.acts.open import close, open_to_all
from assises.rooms.consultations.acts.publish_votes import publish_votes
from assises.rooms.consultations.acts.rewrite import rewrite
from assises.rooms.consultations.acts.schedule import schedule
from assises.rooms.consultations.models import Consultation, Phase, Vertical, VerticalMapping
from assises.rooms.consultations.queries import (
    edition,
    edition_of,
    editions,
    elsewhere,
    sector,
    sectors,
)
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.models import Statement
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role
from assises.rooms.texts.models import Text, Version
from tests.rooms.making import AT, BUILDER, a_voice, an_edition, key, staff
from tests.rooms.together import at_once

pytestmark = pytest.mark.usefixtures("db")
CASABLANCA = ZoneInfo("Africa/Casablanca")
NEW = NewConsultation({"fr": "Assises d’essai"})


def made(new: NewConsultation = NEW) -> Consultation:
    return Consultation.objects.get(id=create(BUILDER, new, key=key(), at=AT))


def rewritten(place: Consultation, actor: Any = BUILDER, **texts: dict[str, str]) -> None:
    rewrite(actor, place, texts, starts_on=None, ends_on=None, key=key(), at=AT)


def scheduled(place: Consultation, **phases: Any) -> None:
    schedule(BUILDER, place, phases, key=key(), at=AT)


def mapped(
    place: Consultation, pairs: list[tuple[UUID, UUID]], source: str = "La liste de 2025"
) -> int:
    return map_verticals(BUILDER, place, pairs, source, key=key(), at=AT)


def verticals(place: Consultation) -> list[UUID]:
    return list(Vertical.objects.filter(consultation=place).values_list("id", flat=True))


# --- What it begins with ---------------------------------------------------------------------


def test_a_draft_exists_for_nobody_but_its_keepers() -> None:
    place = an_edition(opened=False)
    assert editions("fr") == []
    assert [e.id for e in editions("fr", drafts=True)] == [place.id]
    with pytest.raises(NotFound):
        edition(place.short, "fr")
    with pytest.raises(NotFound):
        sector(place.verticals.get(number=1).short, "fr")
    assert edition(place.short, "fr", drafts=True).title.words == "Assises d’essai"
    assert edition_of(place.id, "ar").title.words == "مناظرة تجريبية"
    for short in ("0000000000", "", "'; --"):
        with pytest.raises(NotFound):
            edition(short, "fr", drafts=True)


REFUSED = {
    "no title": replace(NEW, title={"fr": " ", "ar": ""}),
    "an endless title": replace(NEW, title={"fr": "x" * 161}),
    "a title in no language of ours": replace(NEW, title={"es": "Foro"}),
    "an unknown kind": replace(NEW, kind="real"),
    "an end before the beginning": replace(
        NEW, starts_on=date(2026, 7, 2), ends_on=date(2026, 7, 1)
    ),
    "an unknown zone": replace(NEW, zone="Africa/Atlantis"),
    "no zone": replace(NEW, zone=""),
    "a zone that is a path": replace(NEW, zone="../../etc/passwd"),
    "a zone that is a folder": replace(NEW, zone="Africa"),
    "an unknown country": replace(NEW, country="Maroc"),
    "a college that is no code": replace(NEW, colleges=["Les \x00 ministères"]),
    "verticals of no taxonomy": replace(NEW, verticals=[NewVertical("a", 1, {"fr": "A"})]),
    "a vertical twice": replace(
        NEW,
        taxonomy="t",
        verticals=[NewVertical("a", 1, {"fr": "A"}), NewVertical("a", 2, {"fr": "B"})],
    ),
    "a vertical without a name": replace(
        NEW, taxonomy="t", verticals=[NewVertical("a", 1, {"fr": " "})]
    ),
    "a vertical whose code is endless": replace(
        NEW, taxonomy="t", verticals=[NewVertical("a" * 41, 1, {"fr": "A"})]
    ),
}


def test_what_cannot_be_an_edition_is_refused_and_leaves_nothing() -> None:
    for why, new in REFUSED.items():
        with pytest.raises(Invalid):
            pytest.fail(f"{why}: {made(new)}")
    assert not Consultation.objects.exists()
    assert not Text.objects.exists()
    assert not Event.objects.exists()


def test_letters_that_no_database_keeps_are_left_out_or_refused() -> None:
    place = made(replace(NEW, title={"fr": "Assises\x00 \u202edu\u2066 Nord"}))
    assert edition_of(place.id, "fr").title.words == "Assises du Nord"
    rewritten(place, title={"fr": "Assises\x00 du Sud"})
    assert edition_of(place.id, "fr").title.words == "Assises du Sud"
    for act in (
        lambda: made(replace(NEW, title={"fr": "\ud800"})),
        lambda: rewritten(place, summary={"fr": "\udfff"}),
        lambda: rewritten(place, summary={"fr": "x" * 2_001}),
        lambda: rewritten(place, footnote={"fr": "Une note"}),
    ):
        with pytest.raises(Invalid):
            act()


def test_a_title_is_rewritten_and_the_earlier_one_kept() -> None:
    place = an_edition()
    rewritten(place, title={"fr": "Assises du numérique", "ar": ""}, charter={"fr": "La charte"})
    place.refresh_from_db()
    assert edition_of(place.id, "fr").title.words == "Assises du numérique"
    assert edition_of(place.id, "ar").title.words == "مناظرة تجريبية"
    assert Version.objects.filter(text=place.title, language="fr").count() == 2
    assert place.state == "open"
    assert place.charter is not None


def test_two_who_write_what_nobody_had_written_make_one_text() -> None:
    place = an_edition()
    before = Text.objects.count()
    assert not at_once(
        lambda words: rewritten(place, host={"fr": words}), ["Un hôte", "Un autre", "Un tiers"]
    )
    assert Text.objects.count() == before + 1


# --- Opening and closing ---------------------------------------------------------------------


def test_nothing_of_our_own_opens_before_a_person_has_confirmed_the_reference() -> None:
    place = made()
    with pytest.raises(NotNow):
        open_to_all(BUILDER, place, key=key(), at=AT)
    # Not by another way either: the database itself refuses it, to whichever role.
    for alias in ("default", "owner"):
        with (
            pytest.raises(Exception, match="consultations_open_confirmed"),
            connections[alias].cursor() as cursor,
        ):
            cursor.execute("UPDATE consultations_consultation SET state = 'open'")
    confirm(staff(Role.ADMINISTRATOR), place, " D-999/2026 ", key=key(), at=AT)
    open_to_all(BUILDER, place, key=key(), at=AT)
    place.refresh_from_db()
    assert (place.state, place.authority_reference) == ("open", "D-999/2026")
    assert place.confirmed_by == "account:administrator"
    with pytest.raises(IntegrityError, match="consultations_open_confirmed"):
        Consultation.objects.filter(id=place.id).update(confirmed_by="")


def test_what_came_from_elsewhere_does_not_become_a_way_around_the_reference() -> None:
    for kind in ("import", "press"):
        place = an_edition(kind)  # opened by what fills it, and closed behind it
        close(BUILDER, place, key=key(), at=AT)
        for role in (Role.SECRETARIAT, Role.ADMINISTRATOR):
            with pytest.raises(NotNow):
                open_to_all(staff(role), place, key=key(), at=AT)
        confirm(staff(Role.ADMINISTRATOR), place, "D-999/2026", key=key(), at=AT)
        open_to_all(staff(Role.SECRETARIAT), place, key=key(), at=AT)
        place.refresh_from_db()
        assert place.state == "open"


def test_only_an_administrator_confirms_and_only_a_reference() -> None:
    place = made()
    for role in (Role.SECRETARIAT, Role.RAPPORTEUR, Role.MODERATOR, Role.REGULATOR):
        with pytest.raises(NotAllowed):
            confirm(staff(role), place, "D-999/2026", key=key(), at=AT)
    for reference in (
        "",
        "  ",
        "ab",
        "x" * 81,
        "D-999\n2026",
        "D-9\x00",
        "D-\ud800",
        "\u202eD-999",
    ):
        with pytest.raises(Invalid):
            confirm(staff(Role.ADMINISTRATOR), place, reference, key=key(), at=AT)
    place.refresh_from_db()
    assert (place.authority_reference, place.confirmed_by) == ("", "")


def test_a_draft_is_not_made_public_by_closing_it() -> None:
    for kind in ("own", "simulated", "import"):
        place = made(replace(NEW, kind=kind))
        with pytest.raises(NotNow):
            close(BUILDER, place, key=key(), at=AT)
        with pytest.raises(NotFound):
            edition(place.short, "fr")


def test_what_is_closed_is_read_and_can_open_again() -> None:
    place = an_edition()
    for _ in range(2):
        close(BUILDER, place, key=key(), at=AT)
    assert edition(place.short, "fr").row.state == "closed"
    open_to_all(BUILDER, place, key=key(), at=AT)
    assert edition(place.short, "fr").row.state == "open"


def test_a_secretariat_keeps_its_own_edition_and_no_other() -> None:
    mine, other = an_edition(), an_edition()
    actor = staff(Role.SECRETARIAT, mine)
    close(actor, mine, key=key(), at=AT)
    for act in (
        lambda: close(actor, other, key=key(), at=AT),
        lambda: open_to_all(actor, other, key=key(), at=AT),
        lambda: moderate(actor, other, moderated=False, key=key(), at=AT),
        lambda: schedule(actor, other, {}, key=key(), at=AT),
        lambda: rewritten(other, actor, title={"fr": "À moi"}),
        lambda: create(actor, NEW, key=key(), at=AT),
        lambda: map_verticals(
            actor, other, [(verticals(other)[0], verticals(mine)[0])], "Moi", key=key(), at=AT
        ),
    ):
        with pytest.raises(NotAllowed):
            act()
    other.refresh_from_db()
    assert (other.state, other.moderated) == ("open", True)


def test_single_votes_are_published_only_under_the_confirmed_reference() -> None:
    place, boss = made(), staff(Role.ADMINISTRATOR)

    def publish(actor: Any = boss, *, published: bool = True) -> bool:
        publish_votes(actor, place, published=published, key=key(), at=AT)
        place.refresh_from_db()
        return place.votes_published

    with pytest.raises(NotNow, match="not confirmed"):
        publish()
    with pytest.raises(NotAllowed):
        publish(staff(Role.SECRETARIAT, place))
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.filter(id=place.id).update(votes_published=True)
    confirm(boss, place, "D-123/2026", key=key(), at=AT)
    assert publish()
    assert not publish(published=False)
    simulated = made(replace(NEW, kind="simulated"))
    publish_votes(boss, simulated, published=True, key=key(), at=AT)
    assert Consultation.objects.get(id=simulated.id).votes_published


def test_an_edition_begins_with_its_votes_to_itself_unless_they_are_public_already() -> None:
    for actor, kind in (
        (BUILDER, "own"), (staff(Role.ADMINISTRATOR), "own"), (staff(Role.ADMINISTRATOR), "import"),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            create(actor, replace(NEW, kind=kind, votes_published=True), key=key(), at=AT)
    assert made(replace(NEW, kind="import", votes_published=True)).votes_published


def test_an_edition_has_a_theme_that_can_be_rewritten() -> None:
    place = made(replace(NEW, theme={"fr": "L’IA pour tous", "ar": "للجميع"}))
    found = edition_of(place.id, "ar").theme
    assert found is not None
    assert (found.words, found.unread) == ("للجميع", True)
    rewritten(place, theme={"fr": "L’IA pour chacun"})
    theme = edition_of(place.id, "fr").theme
    assert theme is not None
    assert theme.words == "L’IA pour chacun"
    assert edition_of(made().id, "fr").theme is None


def test_turning_moderation_off_lets_only_what_comes_after_be_shown() -> None:
    place = an_edition()
    for moderated in (True, False):
        moderate(staff(Role.SECRETARIAT, place), place, moderated=moderated, key=key(), at=AT)
        place.refresh_from_db()
        actor, voice = a_voice(place)
        state(actor, place, [Stated("Un énoncé", "fr", voice=voice)], key=key(), at=AT)
    found = Statement.objects.order_by("number").values_list("moderation", flat=True)
    assert list(found) == ["waiting", "accepted"]


def test_the_same_key_makes_one_edition_and_another_title_under_it_is_refused() -> None:
    first = create(BUILDER, NEW, key="one", at=AT)
    assert create(BUILDER, NEW, key="one", at=AT) == first
    with pytest.raises(Conflict):
        create(BUILDER, replace(NEW, title={"fr": "Autre chose"}), key="one", at=AT)
    assert Consultation.objects.count() == 1


# --- Phases ----------------------------------------------------------------------------------


def test_of_two_phases_under_way_the_later_begun_counts() -> None:
    place = an_edition()
    day = timedelta(days=1)
    scheduled(place, listen=(AT, AT + 10 * day), vote=(AT + 4 * day, AT + 8 * day),
              follow=(AT + 20 * day, None))  # fmt: skip
    found = edition_of(place.id, "fr")

    def running(days: float) -> str | None:
        phase = found.phase(AT + days * day)
        return None if phase is None else phase.kind

    assert [p.kind for p in found.phases] == ["listen", "vote", "follow"]
    told = [running(days) for days in (-0.001, 0, 4, 7.999, 8, 9.999, 10, 20, 400)]
    assert told == [None, "listen", "vote", "vote", "listen", "listen", None, "follow", "follow"]


def test_a_phase_that_runs_backwards_is_refused_and_the_others_stay() -> None:
    place = an_edition()
    scheduled(place, listen=(AT, None))
    for spans in (
        {"vote": (AT, AT)},
        {"vote": (AT, AT - timedelta(seconds=1))},
        {"party": (AT, None)},
        {"vote": (AT.replace(tzinfo=None), None)},
        {"vote": (AT, AT.replace(tzinfo=None) + timedelta(days=1))},
    ):
        with pytest.raises(Invalid):
            scheduled(place, **spans)
    assert Phase.objects.get().kind == "listen"
    scheduled(place)
    assert not Phase.objects.exists()


def test_an_hour_that_comes_twice_before_ramadan_runs_forward() -> None:
    """On 15 February 2026 at 3:00 the clocks of Morocco show 2:00 again."""
    place = an_edition()
    first = datetime(2026, 2, 15, 2, 45, tzinfo=CASABLANCA)
    again = datetime(2026, 2, 15, 2, 15, tzinfo=CASABLANCA, fold=1)
    assert again.astimezone(UTC) - first.astimezone(UTC) == timedelta(minutes=30)
    scheduled(place, vote=(first, again))
    phase = Phase.objects.get()
    assert (phase.opens_at, phase.closes_at) == (first.astimezone(UTC), again.astimezone(UTC))
    for opens, closes in (
        (again, first),
        (again, again.replace(fold=0)),
        (again, again.replace(minute=45, fold=0)),
    ):
        with pytest.raises(Invalid):
            scheduled(place, vote=(opens, closes))


def test_a_phase_is_the_same_instants_in_whichever_zone_it_was_said() -> None:
    place = an_edition()
    opens = datetime(2026, 2, 14, 9, tzinfo=CASABLANCA)
    closes = datetime(2026, 3, 23, 0, tzinfo=CASABLANCA)
    scheduled(place, vote=(opens, closes))
    found = edition_of(place.id, "fr")
    # Summer hour before, none in Ramadan, summer hour after.
    assert [p.opens_at.hour for p in found.phases] == [8]
    assert found.phase(datetime(2026, 2, 14, 8, 0, tzinfo=UTC)) is not None
    assert found.phase(datetime(2026, 2, 14, 7, 59, 59, tzinfo=UTC)) is None
    last = closes.astimezone(UTC)
    for zone in (UTC, CASABLANCA, ZoneInfo("Asia/Tokyo")):
        assert found.phase((last - timedelta(seconds=1)).astimezone(zone)) is not None
        assert found.phase(last.astimezone(zone)) is None


def test_two_who_set_the_phases_at_once_leave_those_of_one() -> None:
    place = an_edition()

    def set_to(days: int) -> None:
        scheduled(place, listen=(AT, AT + timedelta(days=days)), vote=(AT, None))

    assert not at_once(set_to, [1, 2, 3, 4])
    assert Phase.objects.count() == 2


def test_the_day_of_an_edition_is_that_of_its_place() -> None:
    place = an_edition()
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert place.day_of(late) == date(2026, 7, 2)
    assert place.day_of(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)) == date(2026, 3, 1)  # Ramadan


# --- Verticals and their mapping -------------------------------------------------------------


def test_verticals_come_in_the_order_of_their_numbers_in_the_language_asked() -> None:
    place = an_edition()
    assert [(s.number, s.name.words) for s in sectors(place.id, "ar")] == [
        (1, "الصحة"),
        (2, "École"),
    ]
    found, owner = sector(place.verticals.get(number=1).short, "fr")
    assert (found.name.words, owner) == ("Santé", place.id)
    assert found.question is not None


def test_a_mapping_is_read_from_both_sides() -> None:
    here, there = an_edition(), an_edition()
    pairs = list(zip(verticals(here), verticals(there), strict=True))
    mapped(here, pairs)
    mapped(here, pairs)
    assert VerticalMapping.objects.count() == 2
    for one, other in pairs:
        ((forth, owner, source),) = elsewhere(one, "fr")
        assert (forth.id, owner, source) == (other, there.id, "La liste de 2025")
        ((back, owner, _),) = elsewhere(other, "fr")
        assert (back.id, owner) == (one, here.id)
    # Said from the other side too, it is still one neighbour.
    mapped(there, [(pairs[0][1], pairs[0][0])])
    assert len(elsewhere(pairs[0][0], "fr")) == 1


def test_a_mapping_joins_two_editions_and_says_who_says_so() -> None:
    here, there = an_edition(), an_edition()
    (one, two), (other, _) = verticals(here), verticals(there)
    for pairs in ([(one, two)], [(one, one)], [(other, one)], [(one, uuid4())], [(uuid4(), other)],
                  [(one, other), (two, uuid4())]):  # fmt: skip
        with pytest.raises(Invalid):
            mapped(here, pairs)
    for source in ("", " ", "x" * 201, "\ud800"):
        with pytest.raises(Invalid):
            mapped(here, [(one, other)], source)
    assert not VerticalMapping.objects.exists()


def test_a_mapping_does_not_tell_of_a_draft() -> None:
    here, draft = an_edition(), an_edition(opened=False)
    mapped(here, [(verticals(here)[0], verticals(draft)[0])])
    assert elsewhere(verticals(here)[0], "fr") == []
    open_to_all(BUILDER, draft, key=key(), at=AT)
    assert len(elsewhere(verticals(here)[0], "fr")) == 1
