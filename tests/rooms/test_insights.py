"""What the votes amount to: the same as from a file, never out of date for long, and nobody's."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from assises.engines.opinion import OpinionMap, VoteMatrix, analyse
from assises.flows.tables import letter
from assises.flows.verify import verify
from assises.rooms.consultations.acts.open import close
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.moderate import moderate_statement
from assises.rooms.contributions.acts.say import Saying, say
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.contributions.models import Statement
from assises.rooms.insights import computing
from assises.rooms.insights.computing import bundles, compute_now, folder_of, how_for
from assises.rooms.insights.hearing import take_attendance
from assises.rooms.insights.limits import KEPT, STILL
from assises.rooms.insights.models import Position, Snapshot, Stale, StatementResult
from assises.rooms.insights.queries import (
    heard_by_everyone,
    newest,
    place_of,
    position,
    results,
)
from assises.rooms.insights.tasks import refresh, sweep
from assises.rooms.journal.permissions import Actor, Role
from assises.rooms.people.acts.enter import Portrait, enter
from assises.rooms.votes.acts.withdraw import withdraw
from assises.rooms.votes.queries import mine
from tests.rooms.making import (
    AT,
    BUILDER,
    a_voice,
    an_edition,
    key,
    some_statements,
    speaking,
    staff,
    vote,
)
from tests.rooms.together import at_once

pytestmark = pytest.mark.usefixtures("db")


def opinion(camp: int, number: int) -> int:
    """Of a statement: camps agree on each third, and on the others turn by turn with it or not."""
    if not number % 3:
        return 1
    return camp if number % 2 else -camp


@dataclass
class World:
    """An edition in which two camps of fifteen answer eight statements."""

    place: Consultation
    statements: list[Statement]
    people: list[tuple[Actor, UUID]]
    votes: dict[UUID, dict[int, int]]

    def compute(self) -> Snapshot:
        found = compute_now(self.place, at=AT)
        assert found is not None
        return found

    def decide(self, number: int, decision: str) -> None:
        moderate_statement(
            staff(Role.MODERATOR, self.place), self.place, self.statements[number].uid,
            decision=decision, reason="Nomme une personne", key=key(), at=AT,
        )  # fmt: skip


def a_world(people: int = 30, statements: int = 8, **more: Any) -> World:
    place, chance = an_edition(**more), random.Random(7)
    made = World(place, some_statements(place, statements), [], {})
    for i in range(people):
        who, camp = a_voice(place), 1 if i % 2 else -1
        answers = {n: opinion(camp, n) for n in range(statements)}
        answers[i % statements] = chance.choice((-1, 0, 1))
        made.people.append(who)
        made.votes[who[1]] = answers
        vote(place, who, answers)
    return made


@pytest.fixture
def world() -> World:
    return a_world()


def folder(snapshot: Snapshot) -> Path:
    return folder_of(snapshot.consultation_id, snapshot.last_cast)


def table(snapshot: Snapshot, name: str) -> list[dict[str, str]]:
    with open(folder(snapshot) / "tables" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files(snapshot: Snapshot) -> dict[str, bytes]:
    top = folder(snapshot)
    return {str(p.relative_to(top)): p.read_bytes() for p in top.rglob("*") if p.is_file()}


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="insights.refresh", status="todo").count()


def everybody(place: Consultation, count: int, answers: dict[int, int]) -> None:
    for _ in range(count):
        vote(place, a_voice(place), answers)


# --- The same as the engine says ------------------------------------------------------------


def from_the_engine(world: World, *, without: tuple[int, ...] = ()) -> OpinionMap:
    """The same votes, people numbered as they came, straight into the engine."""
    cells = [
        (person, number, value)
        for person, voice in enumerate(world.votes)
        for number, value in world.votes[voice].items()
    ]
    people, numbers, values = (np.array(column) for column in zip(*cells, strict=True))
    return analyse(VoteMatrix.from_arrays(people, numbers, values), moderated_out=without)


def camps(world: World, snapshot: Snapshot) -> set[frozenset[UUID]]:
    found: defaultdict[int | None, set[UUID]] = defaultdict(set)
    for row in Position.objects.filter(snapshot=snapshot):
        found[row.group].add(row.voice)
    return {frozenset(voices) for voices in found.values()}


def test_what_the_pages_read_is_what_the_engine_says(world: World) -> None:
    snapshot, expected = world.compute(), from_the_engine(world)
    assert (snapshot.people, snapshot.votes) == (30, 240)
    voices = list(world.votes)
    groups = range(len(expected.centres))
    assert camps(world, snapshot) == {
        frozenset(voices[i] for i in np.flatnonzero(expected.group == g)) for g in groups
    }
    assert sorted(g["people"] for g in snapshot.groups) == sorted(expected.group_sizes.tolist())
    found = results(snapshot)
    assert len(found) == 8
    for row in world.statements:
        one, at = found[row.id], row.number
        assert [one.agrees, one.disagrees, one.passes] == expected.counts[at].tolist()
        assert one.consensus == pytest.approx(expected.group_informed_consensus[at])
        assert one.divisiveness == pytest.approx(expected.divisiveness[at])
        assert sorted((g["agrees"], g["disagrees"], g["passes"]) for g in one.by_group) == sorted(
            map(tuple, expected.group_counts[:, at].tolist())
        )
    for voice, answers in world.votes.items():
        assert mine(world.place.id, voice) == answers


def test_each_voice_stands_where_the_engine_puts_its_votes(world: World) -> None:
    snapshot, expected = world.compute(), from_the_engine(world)
    for i, voice in enumerate(world.votes):
        here = position(snapshot, voice)
        assert here is not None
        assert (abs(here.x), abs(here.y)) == pytest.approx(
            tuple(np.abs(expected.positions[i])), abs=1e-6
        )
        assert here.group is not None
        assert snapshot.groups[here.group]["letter"] == letter(here.group)
    stranger = a_voice(world.place)[1]
    assert position(snapshot, stranger) is None


def test_what_moderation_refuses_leaves_the_groups_and_the_published_words(world: World) -> None:
    before = world.compute()
    world.decide(1, "refuse")
    snapshot = world.compute()
    expected = from_the_engine(world, without=(1,))
    assert snapshot.id != before.id
    assert "1" in before.results["statements"]
    assert "1" not in snapshot.results["statements"]
    named = {
        row["statement"]
        for rows in (
            snapshot.results["agreed_in_every_group"],
            snapshot.results["divisive"],
            *(g["statements"] for g in snapshot.results["groups"]),
        )
        for row in rows
    }
    assert 1 not in named
    assert snapshot.groups[0]["people"] == max(expected.group_sizes)
    # Its votes stay counted, and its words are nowhere in what is published.
    assert snapshot.votes == before.votes
    words = "Énoncé numéro 1 sur la santé".encode()
    assert any(words in data for data in files(before).values()) is False
    assert not any(words in data for data in files(snapshot).values())
    assert table(snapshot, "statements")[1]["text"] == ""
    assert table(snapshot, "statements")[2]["text"] == "Énoncé numéro 2 sur la santé"
    world.decide(1, "accept")
    assert "1" in world.compute().results["statements"]


def test_what_waits_is_not_published_before_someone_has_read_it(world: World) -> None:
    who, voice = a_voice(world.place)
    state(who, world.place, [Stated("Mon voisin Idriss", "fr", voice=voice)], key=key(), at=AT)
    snapshot = world.compute()
    assert not any(b"Idriss" in data for data in files(snapshot).values())


def test_what_speaks_of_the_voter_forms_no_groups() -> None:
    world = a_world(statements=4)
    stated = Stated("Je vis en ville", "fr", meta=True, moderation="accepted")
    state(BUILDER, world.place, [stated], key=key(), at=AT)
    plain = world.compute()
    for i, who in enumerate(world.people):
        vote(world.place, who, {4: 1 if i < 15 else -1})
    snapshot = world.compute()
    assert camps(world, snapshot) == camps(world, plain)
    assert "4" not in snapshot.results["statements"]


# --- Few people, few statements --------------------------------------------------------------


def test_too_little_is_no_result_and_no_fault() -> None:
    place = an_edition()
    assert compute_now(place, at=AT) is None
    some_statements(place, 3)
    assert compute_now(place, at=AT) is None
    who = a_voice(place)
    vote(place, who, {0: 1, 1: 1, 2: -1})
    assert compute_now(place, at=AT) is None  # one voter
    other = a_voice(place)
    vote(place, other, {0: 1})
    withdraw(who[0], place, who[1], [1, 2], key=key(), at=AT)
    assert compute_now(place, at=AT) is None  # two voters, one statement
    assert not Snapshot.objects.exists()
    assert list(bundles().iterdir()) == []


@pytest.mark.parametrize("value", [0, 1, -1])
def test_where_all_answer_alike_there_is_a_result_that_holds(value: int) -> None:
    place = an_edition()
    some_statements(place, 4)  # on the last of which nobody votes
    for people in (2, 20):
        everybody(place, people - len(Position.objects.all()), dict.fromkeys(range(3), value))
        snapshot = compute_now(place, at=AT)
        assert snapshot is not None
        assert (snapshot.people, snapshot.votes) == (people, 3 * people)
        assert len(results(snapshot)) == 3
        assert_holds(snapshot)


def test_where_all_is_refused_there_is_a_result_that_names_nothing() -> None:
    world = a_world(people=4, statements=2)
    for number in (0, 1):
        world.decide(number, "refuse")
    snapshot = world.compute()
    assert snapshot.results["statements"] == {}
    assert_holds(snapshot)


def assert_holds(snapshot: Snapshot) -> None:
    broken = [check for check in verify(folder(snapshot)) if not check.ok]
    assert not broken, broken


# --- The bundle ------------------------------------------------------------------------------


def test_anyone_verifies_the_bundle_on_their_own_machine(world: World) -> None:
    world.decide(3, "refuse")
    snapshot = world.compute()
    for command in (
        [sys.executable, "-m", "assises", "verify", str(folder(snapshot))],
        [sys.executable, str(folder(snapshot) / "recount.py")],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    with open(folder(snapshot) / "tables" / "votes.csv", "r+", encoding="utf-8") as file:
        changed = file.read().replace(",1,", ",-1,", 1)
        file.seek(0)
        file.write(changed)
    assert any(not check.ok for check in verify(folder(snapshot)))


def test_the_same_state_gives_the_same_bytes(world: World) -> None:
    first = world.compute()
    held = files(first)
    assert files(world.compute()) == held
    Snapshot.objects.all().delete()
    again = world.compute()
    assert again.id == first.id
    assert files(again) == held


def test_a_bundle_says_nothing_of_who_or_of_the_minute(world: World) -> None:
    snapshot = world.compute()
    data = b"".join(files(snapshot).values())
    for who, voice in world.people:
        assert str(voice).encode() not in data
        assert voice.bytes not in data
        assert who.pseudonym.encode() not in data
    assert {int(row["time"]) % 3_600_000 for row in table(snapshot, "votes")} == {0}
    assert sorted({int(row["participant"]) for row in table(snapshot, "votes")}) == list(range(30))
    assert {row["author"] for row in table(snapshot, "statements")} == {""}
    assert bundles().stat().st_mode & 0o077 == 0


def numbers_of(snapshot: Snapshot) -> dict[tuple[tuple[str, str], ...], int]:
    """Each participant's number by how they voted on the first statements."""
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in table(snapshot, "votes"):
        if int(row["statement"]) < 8:
            found[int(row["participant"])].append((row["statement"], row["vote"]))
    return {tuple(sorted(votes)): number for number, votes in found.items()}


def test_two_bundles_cannot_be_laid_side_by_side_by_their_numbers(world: World) -> None:
    first = numbers_of(world.compute())
    vote(world.place, world.people[0], {0: -1})
    second = numbers_of(world.compute())
    # A decision changes no cast, and yet makes another bundle.
    world.decide(7, "refuse")
    third = numbers_of(world.compute())
    for one, other in ((first, second), (second, third), (first, third)):
        both = one.keys() & other.keys()
        assert len(both) > 10
        assert sum(one[votes] == other[votes] for votes in both) < len(both) / 2


def test_two_editions_with_the_same_votes_have_each_their_results() -> None:
    worlds = [a_world(people=2, statements=2) for _ in range(3)]
    for world in worlds:
        for who in world.people:
            vote(world.place, who, {0: 1, 1: 1})
    ids = {world.compute().id for world in worlds}
    assert len(ids) == 3
    assert all(newest(world.place.id) is not None for world in worlds)


# --- Following the votes ---------------------------------------------------------------------


def test_many_votes_order_one_computation(world: World) -> None:
    assert (jobs(), Stale.objects.count()) == (1, 1)
    assert not at_once(lambda who: vote(world.place, who, {0: 1}), world.people[:6])
    assert (jobs(), Stale.objects.count()) == (1, 1)
    ProcrastinateJob.objects.all().delete()
    refresh(str(world.place.id))
    assert (jobs(), Stale.objects.count()) == (0, 0)
    for act in (
        lambda: vote(world.place, world.people[0], {0: 0}),
        lambda: withdraw(
            world.people[1][0], world.place, world.people[1][1], [0], key=key(), at=AT
        ),
        lambda: world.decide(1, "refuse"),
    ):
        act()
        assert (jobs(), Stale.objects.count()) == (1, 1)
        ProcrastinateJob.objects.all().delete()
        Stale.objects.all().delete()


def test_what_comes_while_results_are_computed_is_in_the_next_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ProcrastinateJob.objects.all().delete()
    late = a_voice(world.place)

    def meanwhile() -> None:
        stated = Stated("Un énoncé de la dernière minute", "fr", moderation="accepted")
        state(BUILDER, world.place, [stated], key=key(), at=AT)
        vote(world.place, late, {0: 1, 8: 1})

    _first_do(monkeypatch, "current_votes", meanwhile)
    refresh(str(world.place.id))
    snapshot = newest(world.place.id)
    assert snapshot is not None
    assert (snapshot.people, snapshot.votes) == (31, 242)
    # It was counted beyond the last cast that the snapshot names: it is computed once more.
    assert jobs() == 1
    refresh(str(world.place.id))
    assert newest(world.place.id).last_cast > snapshot.last_cast  # type: ignore[union-attr]


def _first_do(monkeypatch: pytest.MonkeyPatch, name: str, meanwhile: Callable[[], None]) -> None:
    """The next time that ``computing`` calls it, something else happens before."""
    real, done = getattr(computing, name), []

    def called(*args: Any) -> Any:
        if not done:
            done.append(True)
            meanwhile()
        return real(*args)

    monkeypatch.setattr(computing, name, called)


def test_the_sweep_orders_what_was_missed_and_nothing_else(world: World) -> None:
    for act in (refresh, lambda _: close(BUILDER, world.place, key=key(), at=AT)):
        act(str(world.place.id))
        ProcrastinateJob.objects.all().delete()
        sweep(0)
        assert jobs() == 0
    lonely = an_edition()
    some_statements(lonely, 2)
    vote(lonely, a_voice(lonely), {0: 1, 1: 1})
    vote(lonely, a_voice(lonely), {0: 1})
    withdraw(*_last(lonely), key=key(), at=AT)
    _forget_orders()
    sweep(0)
    assert jobs() == 0  # one voter: there will be nothing to compute
    vote(lonely, a_voice(lonely), {0: 1, 1: 1})
    _forget_orders()
    sweep(0)
    sweep(0)
    assert [job.args["consultation"] for job in ProcrastinateJob.objects.all()] == [str(lonely.id)]


def _last(place: Consultation) -> tuple[Actor, Consultation, UUID, None]:
    """The arguments with which whoever came last takes everything back."""
    from assises.rooms.people.models import Voice
    from assises.rooms.votes.models import Cast

    voice = Cast.objects.filter(consultation=place.id).order_by("-id").values_list("voice")[0][0]
    assert Voice.objects.filter(id=voice).exists()
    return speaking(place, voice), place, voice, None


def _forget_orders() -> None:
    ProcrastinateJob.objects.all().delete()
    Stale.objects.all().delete()


def test_votes_that_are_taken_back_leave_every_result(world: World) -> None:
    world.compute()
    who, voice = world.people[0]
    withdraw(who, world.place, voice, None, key=key(), at=AT)
    snapshot = world.compute()
    assert (snapshot.people, snapshot.votes) == (29, 232)
    assert position(snapshot, voice) is None
    for who, voice in world.people[2:]:
        withdraw(who, world.place, voice, None, key=key(), at=AT)
    # One voter is left: what was published of many is not shown on.
    refresh(str(world.place.id))
    assert newest(world.place.id) is None
    assert not Position.objects.exists()
    assert not StatementResult.objects.exists()
    assert list((bundles() / str(world.place.id)).glob("*")) == []


def test_only_the_newest_bundles_are_kept(world: World) -> None:
    last = []
    for i in range(KEPT + 3):
        vote(world.place, world.people[i], {0: -1})
        last.append(world.compute().last_cast)
    # The first one is what everyone sees until ten voices more have come.
    kept = [f"{number}.bundle" for number in (last[0], *last[-KEPT:])]
    found = sorted(path.name for path in (bundles() / str(world.place.id)).glob("*.bundle"))
    assert found == sorted(kept)
    assert Snapshot.objects.count() == KEPT + 1
    assert newest(world.place.id).last_cast == last[-1]  # type: ignore[union-attr]


def test_votes_changed_and_changed_back_are_no_fault() -> None:
    world = a_world(people=2, statements=2)
    for value in (1, -1, 1, -1, 1, -1):
        for who in world.people:
            vote(world.place, who, {0: value, 1: value})
        snapshot = world.compute()
        assert newest(world.place.id).id == snapshot.id  # type: ignore[union-attr]
        assert folder(snapshot).is_dir()


def test_two_computations_at_once_leave_one_whole_result(world: World) -> None:
    assert not at_once(lambda _: compute_now(world.place, at=AT), range(3))
    snapshot = Snapshot.objects.get()
    found = (bundles() / str(world.place.id)).glob("*.bundle")
    assert [p.name for p in found] == [folder(snapshot).name]
    assert_holds(snapshot)
    assert Position.objects.count() == 30


# --- Under the names that people know ------------------------------------------------------------


def of_group(snapshot: Snapshot, letter: str) -> set[UUID]:
    at = [g["letter"] for g in snapshot.groups].index(letter)
    rows = Position.objects.filter(snapshot=snapshot, group=at)
    return set(rows.values_list("voice", flat=True))


def letters_in_bundle(snapshot: Snapshot) -> dict[str, int]:
    """The sizes of the groups by their letters in the bundle's own table."""
    found: defaultdict[str, int] = defaultdict(int)
    for row in table(snapshot, "positions"):
        if row["group"]:
            found[row["group"]] += 1
    return dict(found)


def grown(world: World, people: int, camp: int) -> Snapshot:
    """The next published results, after so many more have come to one camp."""
    for _ in range(people):
        who = a_voice(world.place)
        answers = {n: opinion(camp, n) for n in range(8)}
        world.people.append(who)
        world.votes[who[1]] = answers
        vote(world.place, who, answers)
    return world.compute()


def test_a_group_that_became_the_larger_keeps_its_letter_its_colour_and_its_side(
    world: World,
) -> None:
    first = world.compute()
    smaller = first.groups[1]["letter"]
    # Some answer one statement by lot: what most of them say is what the camp says.
    camp = 1 if sum(world.votes[voice][1] for voice in of_group(first, smaller)) > 0 else -1
    members = {name: of_group(first, name) for name in "AB"}
    stood = {row.voice: (row.x, row.y) for row in Position.objects.filter(snapshot=first)}
    second = grown(world, 12, camp)
    assert second.published
    # In the bundle the larger is A, as always.
    assert second.groups[0] | {"people": 0} == {
        "letter": "B", "bundle": "A", "hue": 1, "people": 0
    }  # fmt: skip
    assert letters_in_bundle(second)["A"] == second.groups[0]["people"]
    assert all(members[name] <= of_group(second, name) for name in "AB")
    assert [g["letter"] for g in second.results["groups"]] == ["B", "A"]
    rows = results(second).values()
    for row in rows:
        sizes = {g["letter"]: g["agrees"] + g["disagrees"] + g["passes"] for g in row.by_group}
        assert sizes["B"] > sizes["A"]
    for one in Position.objects.filter(snapshot=second, voice__in=stood):
        assert (one.x > 0) == (stood[one.voice][0] > 0)
    assert_holds(second)


def test_the_drawing_is_where_the_positions_are(world: World) -> None:
    world.compute()
    second = grown(world, 12, -1)
    drawn = [[tuple(p) for p in group] for group in second.drawing["points"]]
    for at, group in enumerate(drawn):
        rows = Position.objects.filter(snapshot=second, group=at).values_list("x", "y")
        assert sorted(group) == sorted((round(x, 3), round(y, 3)) for x, y in rows)
    assert second.results["map"] == second.drawing


def test_the_bundle_is_the_same_whatever_was_shown_before(world: World) -> None:
    world.compute()
    second = grown(world, 12, -1)
    held = files(second)
    Snapshot.objects.all().delete()
    alone = world.compute()
    assert files(alone) == held
    assert [g["letter"] for g in alone.groups] == [g["bundle"] for g in alone.groups]


def test_computing_again_changes_no_name(world: World) -> None:
    world.compute()
    second = grown(world, 12, -1)
    again = world.compute()
    assert (again.id, again.groups, again.letters) == (second.id, second.groups, second.letters)


def test_a_simulation_says_so_in_the_topic_of_its_bundle(world: World) -> None:
    topics = {}
    for made in (world, a_world(people=4, statements=2, kind="import")):
        snapshot = made.compute()
        (topics[made.place.kind],) = (
            row["value"] for row in table(snapshot, "conversation") if row["key"] == "summary:topic"
        )
        assert snapshot.results["title"] == topics[made.place.kind]
    assert topics == {"simulated": "Simulation · Assises d’essai", "import": "Assises d’essai"}


# --- By ten voices at a time ---------------------------------------------------------------------


def declaring(world: World, people: int, region: str, college: str = "citizen") -> None:
    """So many who say where they live, as they begin to speak and answer the first statement."""
    for _ in range(people):
        voice = enter(world.place, key(), Portrait(college, region), at=AT)
        vote(world.place, (speaking(world.place, voice), voice), {0: 1})


def shown(world: World) -> tuple[int, dict[str, int]]:
    found = heard_by_everyone(world.place.id)
    assert found is not None
    return found.voices, dict(found.regions)


def test_who_has_been_heard_moves_by_ten_voices(world: World) -> None:
    assert heard_by_everyone(world.place.id) is None
    world.compute()
    assert shown(world) == (30, {})
    declaring(world, 9, "MA-04")
    world.compute()
    assert shown(world) == (30, {})
    declaring(world, 1, "MA-06")
    world.compute()
    assert shown(world) == (40, {"MA-04": 9, "MA-06": 1})


def test_who_only_speaks_is_heard_with_the_sweep_and_after_a_day_even_one(world: World) -> None:
    world.compute()
    said = a_voice(world.place)
    say(said[0], world.place, Saying(said[1], "Un mot", "fr"), key=key(), at=AT)
    take_attendance(world.place.id, at=AT)
    assert shown(world)[0] == 30
    take_attendance(world.place.id, at=AT + STILL)
    assert shown(world)[0] == 31


def test_of_each_statement_it_is_known_who_answered_it_by_what_they_declared(
    world: World,
) -> None:
    declaring(world, 12, "MA-04")
    declaring(world, 11, "MA-06", "academia")
    snapshot = world.compute()
    assert snapshot.heard == {
        "region": {"MA-04": 12, "MA-06": 11},
        "college": {"academia": 11, "citizen": 12},
    }
    first, second = (results(snapshot)[s.id] for s in world.statements[:2])
    assert first.heard == snapshot.heard
    assert second.heard == {"region": {}, "college": {}}


def test_a_statement_that_stands_still_keeps_who_answered_it_too(world: World) -> None:
    declaring(world, 12, "MA-04")
    world.compute()
    declaring(world, 1, "MA-06")
    for _ in range(10):
        vote(world.place, a_voice(world.place), {1: 1})
    snapshot = world.compute()
    assert snapshot.published
    held = results(snapshot)[world.statements[0].id]
    assert (held.held_since, held.heard["region"]) == (AT, {"MA-04": 12})


def test_ones_own_group_is_named_as_everyone_sees_it(world: World) -> None:
    world.compute()
    late = a_voice(world.place)
    vote(world.place, late, world.votes[world.people[0][1]])
    newer = world.compute()
    assert not newer.published
    mine_, twin = (place_of(world.place.id, who[1]) for who in (late, world.people[0]))
    assert mine_ is not None and twin is not None
    assert mine_.bundle == newer.id
    assert mine_.letter == twin.letter is not None


# --- Who wrote -------------------------------------------------------------------------------


def says(place: Consultation, who: tuple[Actor, UUID], words: str) -> None:
    state(who[0], place, [Stated(words, "fr", voice=who[1])], key=key(), at=AT)


def assert_recounts(snapshot: Snapshot) -> None:
    done = subprocess.run(
        [sys.executable, str(folder(snapshot) / "recount.py")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert snapshot.results["counts"]["authors"] == 0
    assert_holds(snapshot)


def authors_in(snapshot: Snapshot) -> list[str]:
    return [row["author"] for row in table(snapshot, "statements")]


def test_statements_without_a_voice_have_no_author_in_the_recount(world: World) -> None:
    snapshot = world.compute()
    assert_recounts(snapshot)
    assert set(authors_in(snapshot)) == {""}


def test_nobody_who_wrote_is_named_beside_their_votes(world: World) -> None:
    for at in (0, 1, 1):
        says(world.place, world.people[at], f"Un mot de la personne {at}")
    says(world.place, a_voice(world.place), "Un mot sans voter")
    snapshot = world.compute()
    assert_recounts(snapshot)
    assert set(authors_in(snapshot)) == {""}


def test_the_more_votes_there_are_the_less_is_cut_and_the_bundle_says_so(world: World) -> None:
    assert [how_for(n).cuts for n in (10, 199_999, 200_000, 2_000_000)] == [5, 5, 1, 1]  # fmt: skip
    snapshot = world.compute()
    manifest = json.loads(files(snapshot)["manifest.json"])
    assert manifest["parameters"]["cuts"] == 5
    assert manifest["parameters"]["method"] == "factors"
