"""Themes follow what is said, keep what people made of them, and forget who withdraws."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from assises.lib.errors import Conflict, Invalid, NotAllowed, NotFound
from assises.rooms.chain.linking import Node
from assises.rooms.chain.models import Link
from assises.rooms.chain.queries import neighbours, walk
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.moderate import hide_contribution, moderate_statement
from assises.rooms.contributions.acts.withdraw import withdraw
from assises.rooms.contributions.models import Contribution
from assises.rooms.insights.acts.lock_theme import lock_theme, unlock_theme
from assises.rooms.insights.acts.look_anew import look_anew
from assises.rooms.insights.acts.merge_themes import merge_themes
from assises.rooms.insights.acts.move_contribution import move_contribution
from assises.rooms.insights.acts.rename_theme import rename_theme
from assises.rooms.insights.acts.split_theme import split_theme
from assises.rooms.insights.models import Theme, ThemeLabel, ThemeMembership, ThemeRun, Theming
from assises.rooms.insights.themes import running, tasks
from assises.rooms.insights.themes.queries import Branch, ended, names_of, standing, tree, where
from assises.rooms.insights.themes.running import Reader, find_now
from assises.rooms.journal.models import Event, Payload
from assises.rooms.journal.permissions import Role, system
from tests.rooms.making import AT, an_edition, key, some_statements, speaking, staff
from tests.rooms.talking import Hears, found, talk, theme_of

pytestmark = pytest.mark.usefixtures("db")
WHY = "Elles disent la même chose."
EACH, ALL = 11, 33
RAPPORTEUR = Role.RAPPORTEUR


@pytest.fixture
def place() -> Consultation:
    return an_edition()


@pytest.fixture
def said(place: Consultation) -> dict[str, list[UUID]]:
    return {subject: talk(place, subject, EACH) for subject in ("puits", "école", "médecin")}


def jobs() -> list[Any]:
    return list(ProcrastinateJob.objects.filter(task_name="insights.themes", status="todo"))


def tops(place: Consultation) -> list[Branch]:
    return tree(place.id, "fr")


def by_subject(said: dict[str, list[UUID]]) -> dict[str, set[UUID | None]]:
    """The themes at the top that hold what was said of each subject."""
    rows = {t.id: t for t in Theme.objects.all()}

    def top(uid: UUID | None) -> UUID | None:
        while uid is not None and rows[uid].parent_id is not None:
            uid = rows[uid].parent_id
        return uid

    return {subject: {top(theme_of(uid)) for uid in uids} for subject, uids in said.items()}


def one(themes: set[UUID | None]) -> UUID:
    (uid,) = themes
    assert uid is not None
    return uid


def take_back(place: Consultation, uid: UUID) -> None:
    voice = Contribution.objects.get(id=uid).voice
    withdraw(speaking(place, voice), place, voice, uid, key=key(), at=AT)


# --- Found ----------------------------------------------------------------------------------------


def test_nothing_said_finds_nothing(place: Consultation) -> None:
    assert find_now(place, at=AT, reader=Reader(Hears())) is None
    assert (ThemeRun.objects.count(), tops(place)) == (0, [])


def test_one_contribution_stands_somewhere_and_says_where(place: Consultation) -> None:
    (uid,) = talk(place, "puits", 1)
    run = found(place)
    assert (run.contributions, run.classified + run.unclassified) == (1, 1)
    placed = where(Contribution.objects.get(id=uid), "fr")
    assert placed is not None
    assert placed.by == "software"


def test_each_subject_is_a_theme_and_every_contribution_stands_in_one(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    run = found(place)
    assert run.contributions == ALL
    assert run.classified == ThemeMembership.objects.exclude(theme=None).count()
    themes = by_subject(said)
    assert len(set().union(*themes.values())) == 3
    assert all(len(each) == 1 for each in themes.values())
    assert sorted(top.n for top in tops(place)) == [EACH] * 3
    names = {top.row.id: top.name for top in tops(place)}
    assert "puits" in names[one(themes["puits"])].words
    assert names[one(themes["puits"])].source == "software"


def test_the_chain_leads_from_a_sentence_to_its_theme_and_back(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    found(place)
    uid = said["école"][0]
    theme = theme_of(uid)
    assert theme is not None
    assert (1, Node("theme", theme)) in walk(Node("contribution", uid), onward=True)
    assert (1, Node("contribution", uid)) in walk(Node("theme", theme), onward=False)
    (card,) = [n.card for n in neighbours(Node("contribution", uid), "fr")["theme"]]
    assert (card.short, card.words) == (
        Theme.objects.get(id=theme).short,
        names_of(Theme.objects.filter(id=theme), "fr")[theme].words,
    )


def test_the_same_again_writes_nothing_into_the_journal(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    found(place)
    event = Event.objects.get(act="insights.theme")
    body = Payload.objects.get(event=event).body
    assert (event.actor, body["came"]) == ("system:insights", ALL)
    assert len(body["new"]) == Theme.objects.count() == 3
    stands = ThemeMembership.objects.order_by("pk").values_list("pk", "theme", "by", "since")
    before = list(stands)
    run = found(place)
    assert (run.kept, run.changes["moved"]) == (1.0, 0)
    assert list(stands.all()) == before
    assert Event.objects.filter(act="insights.theme").count() == 1


def test_what_nobody_can_read_is_told_from_what_fits_nowhere(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    from assises.rooms.contributions.acts.say import Saying, say

    template = Contribution.objects.get(id=said["puits"][0])
    empty = Saying(template.voice, "ⴰⵎⴰⵏ ⴷ ⵓⵎⵓⵔ", "zgh-Tfng")
    uid = say(system("test"), place, empty, key=key(), at=AT)
    found(place)
    placed = where(Contribution.objects.get(id=uid), "fr")
    assert placed is not None
    assert (placed.theme, placed.why) == (None, "few")
    assert standing(place.id).undecidable == {"few": 1}
    assert standing(place.id).unclassified == 0


# --- Withdrawal wins ------------------------------------------------------------------------------


def test_what_is_withdrawn_leaves_its_theme_at_once(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    found(place)
    label = ThemeLabel.objects.exclude(quote=None).first()
    assert label is not None
    assert label.quote_id is not None
    uid = label.quote_id
    take_back(place, uid)
    assert not ThemeMembership.objects.filter(contribution=uid).exists()
    label.refresh_from_db()
    assert label.quote is None
    assert sorted(top.n for top in tops(place)) == [EACH - 1, EACH, EACH]
    assert not Link.objects.filter(source=uid, kind="placed", until=None).exists()
    assert where(Contribution.objects.get(id=uid), "fr") is None
    assert found(place).contributions == ALL - 1


def test_what_moderation_hides_leaves_and_comes_back(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    found(place)
    uid = said["médecin"][3]
    theme = theme_of(uid)
    moderator = staff(Role.MODERATOR, place)
    for decision, n in (("refuse", ALL - 1), ("accept", ALL)):
        hide_contribution(
            moderator, place, uid, decision=decision, reason="Insulte", key=key(), at=AT
        )
        assert ThemeMembership.objects.filter(contribution=uid).count() == 0
        found(place)
        assert ThemeMembership.objects.count() == n
    assert theme_of(uid) == theme


def test_when_all_have_left_nothing_stands(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    found(place)
    for uid in [uid for uids in said.values() for uid in uids]:
        take_back(place, uid)
    run = found(place)
    assert (run.contributions, len(run.changes["gone"]), tops(place)) == (0, 3, [])
    gone = ended(run.changes["gone"][0])
    assert gone is not None
    assert gone.state == "gone"


def test_who_leaves_while_themes_are_found_stands_nowhere(
    place: Consultation, said: dict[str, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    uid, real = said["puits"][0], running._analyse

    def meanwhile(*args: Any) -> Any:
        take_back(place, uid)
        monkeypatch.setattr(running, "_analyse", real)
        return real(*args)

    monkeypatch.setattr(running, "_analyse", meanwhile)
    found(place)
    assert not ThemeMembership.objects.filter(contribution=uid).exists()


# --- What people make of them ---------------------------------------------------------------------


def test_what_a_person_moved_stays_when_more_is_said(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    found(place)
    uid, there = said["puits"][0], one(by_subject(said)["école"])
    rapporteur = staff(RAPPORTEUR, place)
    move_contribution(rapporteur, place, uid, there, reason=WHY, key=key(), at=AT)
    assert theme_of(uid) == there
    assert Link.objects.filter(source=uid, kind="placed", until=None).get().target == there
    talk(place, "puits", 6, begin=100)
    found(place)
    row = ThemeMembership.objects.get(contribution=uid)
    assert (row.theme_id, row.by, row.placed_by) == (there, "person", rapporteur.pseudonym)


def test_merged_themes_stay_one(place: Consultation, said: dict[str, list[UUID]]) -> None:
    found(place)
    themes = by_subject(said)
    old, new = one(themes["puits"]), one(themes["école"])
    merge_themes(staff(RAPPORTEUR, place), place, old, new, reason=WHY, key=key(), at=AT)
    row = Theme.objects.get(id=old)
    assert (row.state, row.into_id) == ("merged", new)
    talk(place, "puits", 5, begin=200)
    found(place)
    assert by_subject(said)["puits"] == by_subject(said)["école"] == {new}
    assert sorted(top.n for top in tops(place)) == [EACH, 2 * EACH + 5]
    assert Theme.objects.get(id=old).state == "merged"
    assert Link.objects.get(kind="merged").source == old


def test_parts_of_a_split_are_held(place: Consultation, said: dict[str, list[UUID]]) -> None:
    found(place)
    themes = by_subject(said)
    new, rapporteur = one(themes["école"]), staff(RAPPORTEUR, place)
    merge_themes(rapporteur, place, one(themes["puits"]), new, reason=WHY, key=key(), at=AT)
    split_theme(rapporteur, place, new, reason="Deux choses", key=key(), at=AT)
    assert Theme.objects.get(id=new).split == "asked"
    found(place)
    assert by_subject(said)["puits"] == by_subject(said)["école"] == {new}
    wells, schools = ({theme_of(uid) for uid in said[each]} for each in ("puits", "école"))
    assert len(wells) == len(schools) == len(wells - schools) == 1
    rows = Theme.objects.filter(id__in=[new, *wells, *schools])
    assert [(row.locked, row.split) for row in rows] == [(True, "")] * 3
    before = {uid: theme_of(uid) for uids in said.values() for uid in uids}
    talk(place, "puits", 9, begin=300)
    found(place)
    assert {uid: theme_of(uid) for uid in before} == before
    with pytest.raises(Conflict):
        split_theme(rapporteur, place, new, reason="Encore", key=key(), at=AT)


def test_what_says_one_thing_is_not_parted(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    found(place)
    theme = one(by_subject(said)["puits"])
    split_theme(staff(RAPPORTEUR, place), place, theme, reason="Deux", key=key(), at=AT)
    found(place)
    assert Theme.objects.get(id=theme).split == "whole"
    assert Theme.objects.get(id=theme).locked is False


def test_what_is_locked_stays_together_until_it_is_let_go(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    found(place)
    theme, rapporteur = one(by_subject(said)["puits"]), staff(RAPPORTEUR, place)
    lock_theme(rapporteur, place, theme, reason=WHY, key=key(), at=AT)
    # An embedder that hears no wells any more: they would be strewn.
    look_anew(rapporteur, place, reason=WHY, key=key(), at=AT)
    found(place, "école", "médecin")
    assert by_subject(said)["puits"] == {theme}
    unlock_theme(rapporteur, place, theme, reason=WHY, key=key(), at=AT)
    look_anew(rapporteur, place, reason=WHY, key=key(), at=AT)
    found(place, "école", "médecin")
    assert by_subject(said)["puits"] != {theme}


def test_what_a_person_does_while_themes_are_found_stands(
    place: Consultation, said: dict[str, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(place)
    uid, there = said["puits"][0], one(by_subject(said)["médecin"])
    real, seen = running._analyse, []

    def meanwhile(*args: Any) -> Any:
        if not seen:
            move_contribution(
                staff(RAPPORTEUR, place), place, uid, there, reason=WHY, key=key(), at=AT
            )
        seen.append(args)
        return real(*args)

    monkeypatch.setattr(running, "_analyse", meanwhile)
    found(place)
    assert (len(seen), theme_of(uid)) == (2, there)
    assert Theming.objects.get().begun_at is None


def test_a_name_stays_with_its_theme_and_each_page_reads_its_own(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    talk(place, "طريق", 14)
    found(place)
    theme, rapporteur = one(by_subject(said)["puits"]), staff(RAPPORTEUR, place)
    names = {"fr": "L’eau des villages", "ar": "ماء القرى"}
    rename_theme(rapporteur, place, theme, names, reason=WHY, key=key(), at=AT)
    found(place)
    row = Theme.objects.get(id=theme)
    assert row.named_by == rapporteur.pseudonym
    for language, words in names.items():
        name = names_of([row], language)[theme]
        assert (name.words, name.tag, name.source) == (words, language, "person")
    assert names_of([row], "en")[theme].words == names["fr"]
    rename_theme(rapporteur, place, theme, {"fr": "L’eau"}, reason=WHY, key=key(), at=AT)
    assert names_of([row], "fr")[theme].words == "L’eau"
    assert names_of([row], "ar")[theme].words == names["ar"]
    # Of a theme of one language alone, other pages read that one.
    arabic = next(t for t in tree(place.id, "fr") if t.languages["ar"])
    assert (arabic.name.tag, arabic.name.direction) == ("ar", "rtl")


ACTS: dict[str, Any] = {
    "rename": lambda who, place, a, b, c, why: rename_theme(
        who, place, a, {"fr": "Nom"}, reason=why, key=key(), at=AT
    ),
    "merge": lambda who, place, a, b, c, why: merge_themes(
        who, place, a, b, reason=why, key=key(), at=AT
    ),
    "split": lambda who, place, a, b, c, why: split_theme(
        who, place, a, reason=why, key=key(), at=AT
    ),
    "move": lambda who, place, a, b, c, why: move_contribution(
        who, place, c, a, reason=why, key=key(), at=AT
    ),
    "lock": lambda who, place, a, b, c, why: lock_theme(
        who, place, a, reason=why, key=key(), at=AT
    ),
    "anew": lambda who, place, a, b, c, why: look_anew(who, place, reason=why, key=key(), at=AT),
    "unlock": lambda who, place, a, b, c, why: unlock_theme(
        who, place, a, reason=why, key=key(), at=AT
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_who_may_shape_says_why_and_only_here(
    act: str, place: Consultation, said: dict[str, list[UUID]]
) -> None:
    found(place)
    themes = by_subject(said)
    a, b, c = one(themes["puits"]), one(themes["école"]), said["médecin"][0]
    do = ACTS[act]
    with pytest.raises(NotAllowed):
        do(staff(Role.MODERATOR, place), place, a, b, c, WHY)
    with pytest.raises(NotAllowed):
        do(staff(RAPPORTEUR, an_edition()), place, a, b, c, WHY)
    for nothing in ("", " \n", "…"):
        with pytest.raises(Invalid):
            do(staff(RAPPORTEUR, place), place, a, b, c, nothing)
    other = an_edition()
    if act != "anew":
        with pytest.raises(NotFound):
            do(staff(RAPPORTEUR, other), other, a, b, c, WHY)
    before = Event.objects.count()
    do(staff(RAPPORTEUR, place), place, a, b, c, WHY)
    event = Event.objects.latest("recorded_at")
    assert (Event.objects.count() - before, event.act) == (1, f"insights.{act}")
    assert Payload.objects.get(event=event).body["reason"] == WHY


def test_only_what_stands_side_by_side_becomes_one(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    found(place)
    theme, who = one(by_subject(said)["puits"]), staff(RAPPORTEUR, place)
    with pytest.raises(Invalid):
        merge_themes(who, place, theme, theme, reason=WHY, key=key(), at=AT)


def test_few_are_not_parted(place: Consultation) -> None:
    said = {subject: talk(place, subject, 7) for subject in ("puits", "école")}
    found(place)
    theme = by_subject(said)["puits"].pop()
    if theme is None or Theme.objects.count() < 2:
        pytest.fail("two subjects are two themes")
    with pytest.raises((Invalid, Conflict)):
        split_theme(staff(RAPPORTEUR, place), place, theme, reason=WHY, key=key(), at=AT)


# --- Following ------------------------------------------------------------------------------------


def test_a_burst_orders_one_run(place: Consultation) -> None:
    for n in range(5):
        talk(place, "puits", 1, begin=n)
    assert [job.args["consultation"] for job in jobs()] == [str(place.id)]
    some_statements(place)
    (first,) = jobs()
    ProcrastinateJob.objects.all().delete()
    statement = some_statements(an_edition(), 1)[0]
    moderate_statement(
        staff(Role.MODERATOR),
        statement.consultation,
        statement.uid,
        decision="refuse",
        reason="Non",
        key=key(),
        at=AT,
    )
    assert jobs() == []
    assert first.scheduled_at is not None


def test_the_sweep_orders_what_was_missed_and_nothing_else(
    place: Consultation, said: dict[str, list[UUID]]
) -> None:
    found(place)
    ProcrastinateJob.objects.all().delete()
    tasks.sweep(0)
    assert jobs() == []
    talk(place, "puits", 1, begin=900)
    ProcrastinateJob.objects.all().delete()
    tasks.sweep(0)
    tasks.sweep(0)
    assert len(jobs()) == 1


def test_a_run_that_fails_is_tried_again(
    place: Consultation, said: dict[str, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ProcrastinateJob.objects.all().delete()

    def broken() -> Reader:
        raise OSError("no weights")

    monkeypatch.setattr(running, "house_reader", broken)
    with pytest.raises(OSError, match="no weights"):
        tasks.refresh(str(place.id))
    assert len(jobs()) == 1
    assert Theming.objects.get().begun_at is None


# --- Who speaks in a theme ------------------------------------------------------------------------


def test_colleges_are_told_of_ten_voices_and_move_by_ten(place: Consultation) -> None:
    theme = _of_two_colleges(place)
    assert theme.told["college"] == {"academia": 11, "citizen": 11}
    assert theme.told["n"] == 22
    for more, told in ((9, 11), (1, 21)):
        talk(place, "puits", more, begin=100 * more, college="academia")
        found(place)
        theme.refresh_from_db()
        assert theme.told["college"] == {"academia": told, "citizen": 11}


def _of_two_colleges(place: Consultation) -> Theme:
    """A theme of eleven citizens and eleven academics, beside another of citizens."""
    said = {
        "puits": talk(place, "puits", 11, college="citizen"),
        "école": talk(place, "école", 11, college="academia"),
        "médecin": talk(place, "médecin", 11, college="citizen"),
    }
    found(place)
    themes = by_subject(said)
    old, new = one(themes["école"]), one(themes["puits"])
    merge_themes(staff(RAPPORTEUR, place), place, old, new, reason=WHY, key=key(), at=AT)
    found(place)
    return Theme.objects.get(id=new)


def test_of_few_no_college_is_told(place: Consultation) -> None:
    talk(place, "puits", 20, college="citizen")
    talk(place, "puits", 3, begin=50, college="academia")
    talk(place, "école", 9, college="academia")
    found(place)
    for theme in Theme.objects.all():
        told = theme.told.get("college", {})
        assert all(n is None or n == 0 or n >= 10 for n in told.values())
        assert "academia" not in told or told["academia"] in (None, 0)
        # Nor by what is left: no sum of what is told lacks one small count.
        hidden = [name for name, n in told.items() if n is None]
        assert len(hidden) != 1
