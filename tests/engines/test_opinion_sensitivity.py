from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.opinion import VoteMatrix, statistics
from assises.engines.opinion import sensitivity as s
from assises.engines.opinion.campaigns import campaign_label, find_campaigns
from assises.lib.errors import InputError

from .votes import random_votes


def masks(seed: int, people: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    some = {f"set {i}": rng.random(people) < share for i, share in enumerate((0.05, 0.4))}
    return some | {"nobody": np.zeros(people, dtype=bool), "everyone": np.ones(people, dtype=bool)}


@given(st.integers(0, 1000), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_leaving_out_gives_the_integers_of_a_recount(seed: int, groups: int) -> None:
    votes = random_votes(seed)
    people = len(votes.participants)
    label = np.random.default_rng(seed).integers(-1, groups, people)
    full, parts = s.leave_out_counts(votes, label, masks(seed, people))
    for name, out in masks(seed, people).items():
        for g in range(len(full)):
            recount = np.zeros((len(votes.statements), 3), dtype=np.int64)
            for person, column, value in zip(
                votes.rows, votes.columns, votes.values.tolist(), strict=True
            ):
                if label[person] == g and not out[person]:
                    recount[column, {1: 0, -1: 1, 0: 2}[value]] += 1
            assert parts[name][g].tolist() == recount.tolist()
    assert parts["nobody"].tolist() == full.tolist()
    assert not parts["everyone"].any()


@given(st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_counts_taken_back_say_what_a_computation_from_scratch_says(seed: int) -> None:
    votes = random_votes(seed)
    label = np.random.default_rng(seed).integers(0, 2, len(votes.participants))
    sets = masks(seed, len(votes.participants))
    del sets["everyone"]
    group_of = dict(zip(votes.participants.tolist(), label.tolist(), strict=True))

    def measure(remaining: VoteMatrix) -> dict[str, float]:
        g = np.array([group_of[p] for p in remaining.participants.tolist()])
        counts = np.stack([remaining.counts(g == k) for k in (0, 1)])
        sizes = {f"people:{k}": float((g == k).sum()) for k in (0, 1)}
        everything = np.arange(len(votes.statements))
        return sizes | s.count_headlines(counts, votes.statements, everything)

    slow, fast = s.without(votes, sets, measure), s.without_counts(votes, label, sets)
    assert slow.headlines == fast.headlines
    assert slow.without.tobytes() == fast.without.tobytes()
    assert slow.flips.tolist() == fast.flips.tolist()


def test_a_consensus_that_one_campaign_made_flips_without_it() -> None:
    # Statement 0: 6 of 20 agree, then 60 more who all do. Statement 1: 18 of 20 agree anyway.
    value = [1] * 6 + [-1] * 14 + [1] * 60
    people = np.arange(80)
    votes = VoteMatrix.from_arrays(
        np.concatenate([people, people[:20]]),
        np.repeat([0, 1], [80, 20]),
        value + [1] * 18 + [-1] * 2,
    )
    label = np.zeros(80, dtype=np.int64)
    table = s.without_counts(votes, label, {"campaign": people >= 20, "college": people < 3})
    assert table.flipped("campaign") == ["agreed:0"]
    assert table.flipped("college") == []
    assert table.fragile() == {"agreed:0": ["campaign"]}
    at = table.headlines.index("agreed:0")
    assert table.full[at] == pytest.approx(statistics.wilson(66, 80)[0])
    assert table.without[0, at] == pytest.approx(statistics.wilson(6, 20)[0])
    assert table.change[0, at] < -0.4
    assert table.people.tolist() == [60, 3]


def test_a_division_needs_both_sides() -> None:
    people = np.arange(60)
    votes = VoteMatrix.from_arrays(people, np.zeros(60, int), np.where(people < 30, 1, -1))
    label = (people >= 30).astype(np.int64)
    table = s.without_counts(votes, label, {"a side": people >= 30, "a few": people % 5 == 0})
    assert "division:0" in table.flipped("a side")
    assert table.flipped("a few") == []
    assert math.isnan(table.without[0, table.headlines.index("division:0")])


def test_the_gap_is_newcombes() -> None:
    # Newcombe (1998), 56 of 70 against 48 of 80, method 10: .0524 to .3339.
    counts = np.array([[[56, 14, 0]], [[48, 32, 0]]])
    said = s.count_headlines(counts, np.array([7]), np.array([0]))
    assert said["division:7"] == pytest.approx(0.0524, abs=5e-5)


def test_a_group_that_saw_nothing_guarantees_nothing() -> None:
    counts = np.array([[[50, 0, 0]], [[0, 0, 0]]])
    said = s.count_headlines(counts, np.array([7]), np.array([0]))
    assert said["agreed:7"] == 0.0
    assert math.isnan(said["division:7"])


def test_groups_that_are_formed_again_are_told_apart_from_those_that_dissolved() -> None:
    votes = random_votes(3, people=90)
    label = np.arange(90) % 3

    def two_only(remaining: VoteMatrix) -> np.ndarray:
        mod = remaining.participants % 3
        return np.where(mod == 2, 1, 0) if len(remaining.participants) < 90 else mod

    measure = s.group_headlines(votes, label, two_only)
    table = s.without(votes, {"ten": np.arange(90) < 10}, measure)
    assert table.full[table.headlines.index("groups")] == 3
    assert dict(zip(table.headlines, table.full, strict=True))["found:1"] == 1.0
    assert "groups" in table.flipped("ten")
    assert "found:2" not in table.flipped("ten")
    assert set(table.flipped("ten")) & {"found:0", "found:1"}


def test_each_value_of_an_attribute_is_a_set() -> None:
    sets = s.each("college", ["north", "south", "", "north", None])
    assert list(sets) == ["college: north", "college: south"]
    assert sets["college: north"].tolist() == [True, False, False, True, False]
    assert list(s.each("channel", np.array([2, 1, 2]))) == ["channel: 1", "channel: 2"]


def test_numbers_stand_in_their_order() -> None:
    assert list(s.each("channel", [10, 9, 2])) == ["channel: 2", "channel: 9", "channel: 10"]
    assert list(s.each("college", ["b", "a", "a10"])) == [
        "college: a",
        "college: a10",
        "college: b",
    ]


def test_each_label_is_a_set_and_none_is_not() -> None:
    sets = s.each_label("campaign", np.array([1, -1, 0, 1]))
    assert {name: out.tolist() for name, out in sets.items()} == {
        "campaign 1": [False, False, True, False],
        "campaign 2": [True, False, False, True],
    }
    assert s.each_label("campaign", np.full(3, -1)) == {}
    with pytest.raises(InputError, match="whole numbers"):
        s.each_label("campaign", np.array([0.5]))


def conversation() -> tuple[VoteMatrix, np.ndarray, np.ndarray, np.ndarray]:
    """300 who answer 12 of 30 statements as they like, then 60 copies of one ballot within them.

    Everyone sees statement 0 too: 40 % agree, all copies do. Votes, first times, who copied, and
    the college of each: copies say that they are of the first.
    """
    rng = np.random.default_rng(11)
    script = rng.choice([-1, 1], 31)
    script[0] = 1
    rows, columns, values = [], [], []
    copied = np.zeros(360, dtype=bool)
    copied[150:210] = True
    for i in range(360):
        seen = np.arange(1, 19) if copied[i] else rng.choice(30, 12, replace=False) + 1
        rows += [i] * (len(seen) + 1)
        columns += [0, *seen.tolist()]
        honest = [1 if rng.random() < 0.4 else -1, *rng.choice([-1, 1], len(seen)).tolist()]
        values += [1, *script[seen].tolist()] if copied[i] else honest
    college = np.where(copied | (np.arange(360) % 2 == 0), "first", "second")
    votes = VoteMatrix.from_arrays(np.array(rows) + 1000, columns, values)
    return votes, np.arange(360) * 60, copied, college


def test_campaigns_colleges_channels_and_assurance_join_in_one_table() -> None:
    votes, times, copied, college = conversation()
    people = len(votes.participants)
    found = find_campaigns(votes, first_times=times)
    assert [c.size for c in found] == [60]
    unassured = np.arange(people) % 10 == 0
    sets = {
        **s.each_label("campaign", campaign_label(found, people)),
        **s.each("college", college),
        **s.each("channel", np.where(np.arange(people) % 3 == 0, "paper", "web")),
        "no assurance": unassured,
    }
    names = ["campaign 1", "college: first", "college: second", "channel: paper", "channel: web"]
    assert list(sets) == [*names, "no assurance"]
    table = s.without_counts(votes, np.zeros(people, dtype=np.int64), sets)
    assert table.exclusions == tuple(sets)
    assert table.people.tolist() == [60, *(int(sets[n].sum()) for n in names[1:]), 36]
    at = table.headlines.index("people:0")
    assert table.without[:, at].tolist() == (people - table.people).tolist()
    # A recount of those who are not in the campaign says the same of every statement.
    rest = votes.of_people(~copied)
    said = s.count_headlines(
        rest.counts()[None], votes.statements, np.arange(len(votes.statements))
    )
    assert {h: table.without[0, table.headlines.index(h)] for h in said} == pytest.approx(
        said, nan_ok=True
    )
    assert "rejected:0" in table.flipped("campaign 1")
    assert "rejected:0" not in table.flipped("no assurance")
    assert table.fragile()["rejected:0"][0] == "campaign 1"


def test_groups_are_formed_again_without_each_campaign() -> None:
    votes, times, copied, college = conversation()
    people = len(votes.participants)
    sets = s.each_label(
        "campaign", campaign_label(find_campaigns(votes, first_times=times), people)
    )
    sets |= s.each("college", college)
    label = np.where(copied, 1, 0)

    def regroup(remaining: VoteMatrix) -> np.ndarray:
        return label[np.searchsorted(votes.participants, remaining.participants)]

    table = s.without(votes, sets, s.group_headlines(votes, label, regroup))
    assert "groups" in table.flipped("campaign 1")
    assert table.flipped("college: second") == []


def test_without_anyone_nothing_can_be_said() -> None:
    votes = random_votes(1)
    everyone = np.ones(len(votes.participants), dtype=bool)
    table = s.without(votes, {"all": everyone}, lambda v: {"groups": 2.0, "votes": float(len(v))})
    assert np.isnan(table.without).all()
    assert table.flipped("all") == ["groups", "votes"]


def test_a_headline_that_only_shows_without_someone_is_in_the_table() -> None:
    votes = random_votes(1)
    few = np.arange(len(votes.participants)) < 5

    def measure(v: VoteMatrix) -> dict[str, float]:
        return {} if len(v.participants) == len(votes.participants) else {"new": 1.0}

    table = s.without(votes, {"few": few}, measure)
    assert table.headlines == ("new",)
    assert table.flipped("few") == ["new"]


@pytest.mark.parametrize("mask", [np.ones(3, dtype=bool), np.ones(60, dtype=int)])
def test_a_set_that_is_no_flag_for_each_is_refused(mask: np.ndarray) -> None:
    votes = random_votes(1)
    with pytest.raises(InputError, match="one flag"):
        s.without_counts(votes, np.zeros(len(votes.participants), dtype=int), {"odd": mask})


def test_labels_of_someone_else_are_refused() -> None:
    with pytest.raises(InputError, match="whole number"):
        s.leave_out_counts(random_votes(1), np.zeros(2, dtype=int), {})
