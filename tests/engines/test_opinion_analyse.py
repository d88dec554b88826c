from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.opinion import OpinionMap, VoteMatrix, analyse, factor_map
from assises.flows.tables import from_export, vote_matrix
from assises.formats import polis
from assises.lib.errors import InputError

from .planted import planted
from .votes import random_votes

METHODS = ("factors", "polis")


def two_camps() -> VoteMatrix:
    """200 people; the first of two equal camps agrees with half of the statements, who else not."""
    rng = np.random.default_rng(0)
    camp = np.arange(200) % 2
    chance = np.full((2, 40), 0.6)
    chance[:, ::2] = [[0.85], [0.15]]
    vote = np.where(rng.random((200, 40)) < chance[camp], 1, -1)
    rows, columns = np.nonzero(rng.random(vote.shape) < 0.7)
    return VoteMatrix.from_arrays(rows, columns, vote[rows, columns])


def casts_of(votes: VoteMatrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return votes.participants[votes.rows], votes.statements[votes.columns], votes.values


def same(a: OpinionMap, b: OpinionMap) -> None:
    """Every array of the two is the same, to the last bit."""
    for name in (
        "positions", "group", "centres", "axes", "priority", "counts", "group_counts",
        "membership", "stability",
    ):  # fmt: skip
        assert np.asarray(getattr(a, name)).tobytes() == np.asarray(getattr(b, name)).tobytes()


@pytest.mark.parametrize("method", METHODS)
@given(st.integers(0, 1000))
@settings(max_examples=3, deadline=None)
def test_the_order_of_rows_changes_nothing(method: str, seed: int) -> None:
    votes = random_votes(seed)
    people, statements, values = casts_of(votes)
    order = np.random.default_rng(seed + 1).permutation(len(values))
    shuffled = VoteMatrix.from_arrays(people[order], statements[order], values[order])
    same(analyse(votes, method, cuts=1), analyse(shuffled, method, cuts=1))


@pytest.mark.parametrize("method", METHODS)
@given(st.integers(0, 1000))
@settings(max_examples=3, deadline=None)
def test_other_names_for_statements_change_no_group(method: str, seed: int) -> None:
    votes = random_votes(seed)
    people, statements, values = casts_of(votes)
    renamed = VoteMatrix.from_arrays(people, statements * 3 + 100, values)
    a, b = analyse(votes, method, cuts=1), analyse(renamed, method, cuts=1)
    assert a.group.tolist() == b.group.tolist()
    assert (a.statements * 3 + 100 == b.statements).all()


@pytest.mark.parametrize("method", METHODS)
@given(st.integers(0, 1000), st.booleans())
@settings(max_examples=4, deadline=None)
def test_statements_in_another_order_change_no_group(method: str, seed: int, camps: bool) -> None:
    votes = planted(150, 24, 0.6, 2, seed=seed)[0] if camps else random_votes(seed)
    people, statements, values = casts_of(votes)
    to = np.random.default_rng(seed).permutation(votes.shape[1])
    other = VoteMatrix.from_arrays(
        people, to[np.searchsorted(votes.statements, statements)], values
    )
    a, b = analyse(votes, method, cuts=1), analyse(other, method, cuts=1)
    assert a.group.tolist() == b.group.tolist()
    np.testing.assert_allclose(np.abs(a.positions), np.abs(b.positions), atol=1e-6)
    if a.partition is not None and b.partition is not None:
        assert a.partition.membership.tobytes() == b.partition.membership.tobytes()
    if a.among_people is not None and b.among_people is not None:
        assert a.among_people.person.tobytes() == b.among_people.person.tobytes()
    if a.evidence is not None and b.evidence is not None:
        np.testing.assert_array_equal(a.evidence.tests.q, b.evidence.tests.q[:, to])


@pytest.mark.parametrize("method", METHODS)
@given(st.integers(0, 1000))
@settings(max_examples=3, deadline=None)
def test_other_numbers_for_people_change_no_group(method: str, seed: int) -> None:
    votes = random_votes(seed)
    people, statements, values = casts_of(votes)
    size = len(votes.participants)
    fresh = np.random.default_rng(seed).permutation(size) + 1000
    pseudonyms = dict(zip(votes.participants.tolist(), fresh.tolist(), strict=True))
    renamed = VoteMatrix.from_arrays([pseudonyms[p] for p in people.tolist()], statements, values)
    a, b = analyse(votes, method, cuts=1), analyse(renamed, method, cuts=1)
    there = dict(zip(b.participants.tolist(), b.group.tolist(), strict=True))
    assert [there[pseudonyms[p]] for p in a.participants.tolist()] == a.group.tolist()


def test_whoever_voted_little_is_on_the_map_but_in_no_group() -> None:
    votes = random_votes(1)
    people, statements, values = casts_of(votes)
    extra = VoteMatrix.from_arrays(
        np.append(people, 999), np.append(statements, 0), np.append(values, 1)
    )
    opinion = analyse(extra, "polis")
    at = opinion.participants.tolist().index(999)
    assert opinion.group[at] == -1
    assert not opinion.in_conversation[at]
    assert np.isfinite(opinion.positions[at]).all()


def test_a_moderated_statement_is_in_no_list() -> None:
    votes = random_votes(2)
    plain = analyse(votes, "polis")
    strongest = plain.characteristics[0][0].statement
    opinion = analyse(votes, "polis", moderated_out=[strongest])
    listed = [c.statement for group in opinion.characteristics for c in group]
    listed += [c.statement for c in (*opinion.agreed, *opinion.rejected)]
    assert strongest not in listed
    assert opinion.counts.tolist() == plain.counts.tolist()


@pytest.mark.parametrize("method", METHODS)
def test_everyone_agreeing_is_one_group(method: str) -> None:
    people, statements = np.divmod(np.arange(400), 10)
    opinion = analyse(VoteMatrix.from_arrays(people, statements, np.ones(400, dtype=int)), method)
    assert len(opinion.centres) == 1
    assert len(opinion.agreed) == 5
    assert not opinion.divisiveness.any()


@pytest.mark.parametrize(
    ("people", "statements", "values"),
    [
        ([1], [1], [1]),
        ([1, 2], [1, 1], [1, -1]),
        ([1, 1, 1], [1, 2, 3], [1, 0, -1]),
        ([1, 2, 3], [1, 2, 3], [1, 1, -1]),
        ([1, 2], [1, 2], [0, 0]),
    ],
    ids=["one vote", "one statement", "one voter", "no overlap", "only passes"],
)
@pytest.mark.parametrize("method", METHODS)
def test_very_little_is_still_answered(
    method: str, people: list[int], statements: list[int], values: list[int]
) -> None:
    opinion = analyse(VoteMatrix.from_arrays(people, statements, values), method)
    assert np.isfinite(opinion.positions).all()
    assert (opinion.group >= 0).all()
    assert len(opinion.characteristics) == len(opinion.centres)


@pytest.mark.parametrize("method", METHODS)
def test_someone_whose_only_vote_moderation_took_out_is_answered(method: str) -> None:
    votes = VoteMatrix.from_arrays([0, 1, 1, 2, 3], [0, 0, 3, 2, 1], [-1, -1, 1, 0, 1])
    found = analyse(votes, method, moderated_out=[2], meta=[3])
    assert found.positions.shape == (4, 2)
    assert np.isfinite(found.positions).all()
    assert found.group.shape == (4,)


@pytest.mark.parametrize("method", METHODS)
def test_everything_moderated_leaves_positions_at_the_middle(method: str) -> None:
    votes = random_votes(4)
    opinion = analyse(votes, method, moderated_out=votes.statements.tolist())
    assert not opinion.positions.any()
    assert list(opinion.listed) == []
    assert [list(c) for c in opinion.characteristics] == [[]]


@pytest.mark.parametrize("method", METHODS)
def test_given_groups_are_used_as_they_are(method: str) -> None:
    votes = random_votes(6)
    colleges = {int(p): int(p) % 3 for p in votes.participants}
    opinion = analyse(votes, method, groups=colleges)
    assert opinion.group.tolist() == [int(p) % 3 for p in votes.participants]
    assert opinion.silhouettes == {}


@pytest.mark.parametrize(
    ("groups", "says"),
    [({999: 0}, "has not voted"), ({0: 1}, "without gaps"), ({}, "without gaps")],
)
def test_groups_that_make_no_sense_are_refused(groups: dict[int, int], says: str) -> None:
    with pytest.raises(InputError, match=says):
        analyse(random_votes(6), groups=groups)


def test_an_unknown_method_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="polis"):
        analyse(random_votes(6), method="magic")


def test_frames_have_a_row_for_each_person_and_statement() -> None:
    opinion = analyse(random_votes(7), "polis")
    people, statements = opinion.to_polars()
    assert people.height == len(opinion.participants)
    assert statements["agrees"].to_list() == opinion.counts[:, 0].tolist()


@pytest.mark.parametrize("method", METHODS)
def test_more_statements_than_two_bytes_name_are_analysed(method: str) -> None:
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(20), 500)
    statements = rng.integers(0, 17_000, len(people))
    opinion = analyse(
        VoteMatrix.from_arrays(
            people, statements, rng.choice([-1, 1], len(people)), universe=np.arange(17_000)
        ),
        method,
        cuts=0,
    )
    assert len(opinion.statements) == 17_000
    assert np.isfinite(opinion.positions).all()


@given(st.integers(0, 1000))
@settings(max_examples=5, deadline=None)
def test_twice_everyone_is_the_same_map_for_polis(seed: int) -> None:
    votes = random_votes(seed)
    people, statements, values = casts_of(votes)
    twice = VoteMatrix.from_arrays(
        np.concatenate([people, people + 1000]), np.tile(statements, 2), np.tile(values, 2)
    )
    once, again = analyse(votes, "polis"), analyse(twice, "polis")
    count = len(votes.participants)
    assert np.abs(once.positions - again.positions[:count]).max() < 1e-9
    assert again.group[:count].tolist() == again.group[count:].tolist() == once.group.tolist()


@given(st.integers(0, 1000))
@settings(max_examples=5, deadline=None)
def test_whoever_only_passes_moves_nobodys_ideal_point(seed: int) -> None:
    votes = random_votes(seed)
    people, statements, values = casts_of(votes)
    size = len(votes.statements)
    more = VoteMatrix.from_arrays(
        np.append(people, np.full(size, 999)),
        np.append(statements, votes.statements),
        np.append(values, np.zeros(size, dtype=int)),
    )
    alone, beside = analyse(votes, cuts=0), analyse(more, cuts=0)
    assert np.abs(alone.positions - beside.positions[:-1]).max() < 1e-9


def test_what_the_votes_do_not_tell_apart_has_no_groups_and_sets_nobody_apart() -> None:
    rng = np.random.default_rng(5)
    seen = np.nonzero(rng.random((200, 30)) < 0.5)
    chance = rng.uniform(0.1, 0.9, 30)
    votes = VoteMatrix.from_arrays(
        *seen, np.where(rng.random(len(seen[0])) < chance[seen[1]], 1, -1)
    )
    opinion = analyse(votes)
    assert opinion.partition is not None
    assert (opinion.partition.groups, opinion.partition.structure.lines) == (1, 0)
    assert opinion.among_people is None
    assert [list(c) for c in opinion.characteristics] == [[]]
    assert opinion.evidence is not None
    assert (opinion.evidence.agreed.bound <= opinion.evidence.overall.share[0, :, 0]).all()


def test_planted_camps_are_found_told_apart_and_found_again() -> None:
    votes = two_camps()
    opinion = analyse(votes)
    assert opinion.partition is not None
    assert opinion.partition.groups == 2
    assert opinion.evidence is not None
    assert opinion.evidence.alike > 0.85  # by chance it would be one half
    assert opinion.among_people is not None
    assert opinion.on_statements is not None
    assert (opinion.among_people.group > 0.75).all()
    assert (opinion.on_statements.group > 0.75).all()
    for g, found in enumerate(opinion.characteristics):
        assert found
        for one in found:
            assert one.q <= 0.05
            assert 0 < one.low <= one.difference <= one.high
            # What sets a group apart among others' groups does so among these too.
            at = int(np.searchsorted(opinion.statements, one.statement))
            share = opinion.group_counts[:, at, 0 if one.agree else 1] / opinion.group_counts[
                :, at
            ].sum(axis=1)
            assert share[g] == share.max()
    people, statements = opinion.to_polars()
    assert people["stability"].mean() > 0.9
    assert {"bridging", "discrimination", "guarantee", "agree_low"} <= set(statements.columns)


def test_weights_stand_beside_and_move_nobody() -> None:
    votes = random_votes(3, people=400, statements=40)
    weights = np.where(votes.participants % 2, 3.0, 1.0)
    plain, weighed = analyse(votes, cuts=0), analyse(votes, weights=weights, cuts=0)
    same(plain, weighed)
    assert plain.weighted is None
    assert weighed.weighted is not None
    assert weighed.evidence is not None
    assert not np.allclose(weighed.weighted.overall.share, weighed.evidence.overall.share)
    assert (weighed.weighted.overall.effective < weighed.evidence.overall.effective).all()


def test_those_whom_no_weight_speaks_for_are_left_out_of_what_is_weighted() -> None:
    votes = random_votes(3, people=200)
    weights = np.where(votes.participants < 100, 1.0, 0.0)
    opinion = analyse(votes, weights=weights, cuts=0)
    assert opinion.weighted is not None
    kept = votes.counts(votes.participants < 100)
    assert opinion.weighted.overall.n[0].tolist() == kept.sum(axis=1).tolist()
    assert opinion.weighted.overall.share[0] == pytest.approx(kept / kept.sum(axis=1)[:, None])


@pytest.mark.parametrize(
    ("method", "weights", "says"),
    [
        ("polis", np.ones(60), "knows no weights"),
        ("factors", np.ones(59), "one for each participant"),
        ("factors", np.full(60, -1.0), "one for each participant"),
        ("factors", np.full(60, np.nan), "one for each participant"),
    ],
)
def test_weights_that_make_no_sense_are_refused(
    method: str, weights: np.ndarray, says: str
) -> None:
    votes = random_votes(6)
    assert len(votes.participants) == 60
    with pytest.raises(InputError, match=says):
        analyse(votes, method, weights=weights)


def test_colleges_stand_in_for_groups_and_are_tested_as_they_are() -> None:
    votes = random_votes(6, people=300)
    colleges = {int(p): int(p) % 3 for p in votes.participants}
    opinion = analyse(votes, groups=colleges)
    assert opinion.partition is None
    assert opinion.evidence is not None
    assert opinion.evidence.alike == 1.0
    assert opinion.evidence.shares.n.tolist() == opinion.group_counts.sum(axis=2).tolist()
    # Colleges by lot: nothing sets them apart.
    assert [list(c) for c in opinion.characteristics] == [[], [], []]


def test_long_work_can_be_stopped() -> None:
    class Stop:
        def step(self, name: str, total: int | None = None) -> None:
            if name.startswith("stability on"):
                raise KeyboardInterrupt

        def advance(self, amount: int) -> None: ...

    with pytest.raises(KeyboardInterrupt):
        analyse(random_votes(3, people=200, statements=40), cuts=1, progress=Stop())


def test_a_real_conversation_has_the_same_groups_under_other_numbers(shared_data: Path) -> None:
    # Its votes are near several answers, so that another order of the deals gave another.
    tables = from_export(polis.read(shared_data / "polis" / "scoop-hivemind.ubi"))
    votes = vote_matrix(tables)
    people, statements, values = casts_of(votes)
    fresh = np.random.default_rng(5).permutation(len(votes.participants))
    renamed = VoteMatrix.from_arrays(fresh[votes.rows], statements, values)
    a, b = analyse(votes, cuts=1), analyse(renamed, cuts=1)
    assert len(people) == len(values)
    assert b.group[fresh].tolist() == a.group.tolist()
    assert b.partition is not None
    assert a.partition is not None
    assert b.partition.structure.lines == a.partition.structure.lines
    assert b.stability[fresh] == pytest.approx(a.stability, nan_ok=True)


def test_of_many_votes_some_people_are_asked_whether_groups_are_found_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    votes, _ = planted(1_500, 40, 0.5, 2, seed=4)
    monkeypatch.setattr(factor_map, "ENOUGH_TO_CUT", len(votes) // 3)
    found = analyse(votes, cuts=1)
    assert found.among_people is not None
    asked = ~np.isnan(found.among_people.person)
    assert 0.2 < asked.mean() < 0.5
    assert np.nanmean(found.among_people.person) > 0.9
    assert (found.among_people.group > 0.75).all()
