from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion import inference as f
from assises.engines.opinion.inference import Tally
from assises.engines.opinion.inference.cross_fitting import canonical
from assises.engines.opinion.intervals import (
    beta_interval,
    exact_lower_bound,
    newcombe_interval,
)
from assises.lib.errors import InputError
from tests.conftest import ROOT
from tests.engines.planted import planted
from tests.engines.votes import random_votes


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """The simulations of ``./run bench intervals``."""
    path = ROOT / "bench" / "intervals.py"
    spec = importlib.util.spec_from_file_location("bench_intervals", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_intervals"] = module
    spec.loader.exec_module(module)
    return module


def votes_of(agree: np.ndarray) -> VoteMatrix:
    """Everyone votes on everything: +1 where true, -1 elsewhere."""
    rows, columns = np.indices(agree.shape).reshape(2, -1)
    return VoteMatrix.from_arrays(rows, columns, np.where(agree, 1, -1).ravel())


def by_axis(votes: VoteMatrix, groups: int = 2) -> np.ndarray:
    """Groups as a map would form them: by rank on the first principal axis."""
    dense = np.zeros(votes.shape)
    dense[votes.rows, votes.columns] = votes.values
    dense -= dense.mean(axis=0)
    axis = np.linalg.svd(dense, full_matrices=False)[0][:, 0]
    return np.argsort(np.argsort(axis)) * groups // len(axis)


# --- shares


@pytest.mark.parametrize("n", [10, 30, 120, 1000])
def test_nineteen_intervals_of_twenty_are_right(bench: ModuleType, n: int) -> None:
    rng = np.random.default_rng(n)
    unweighted = bench.cells()[0]
    for between in bench.RANGES:
        assert 0.925 <= bench.interval_coverage(rng, unweighted, 0.0, n, between, 3000) <= 0.975


@pytest.mark.parametrize("slope", [0.0, 0.7, -0.7])
def test_weighted_intervals_are_right_too(bench: ModuleType, slope: float) -> None:
    raked = bench.cells()[1]
    assert 2.3 < raked.design_effect < 2.7
    rng = np.random.default_rng(1)
    for n in (60, 1000):
        rates = [bench.interval_coverage(rng, raked, slope, n, r, 1500) for r in bench.RANGES]
        assert min(rates) > 0.91
        assert 0.93 <= np.mean(rates) <= 0.97
        if slope == 0.0:
            assert max(rates) < 0.98


def test_kishs_number_alone_is_not_enough_once_heavy_people_answer_differently(
    bench: ModuleType,
) -> None:
    rng, share = np.random.default_rng(2), np.full(2000, 0.04)
    table = f.shares(bench.drawn(rng, bench.cells()[1], 1.2, 3000, share))
    low, high = beta_interval(table.share * table.effective[..., None], table.effective[..., None])
    naive = (low[0, :, 0] <= 0.04) & (high[0, :, 0] >= 0.04)
    ours = (table.low[0, :, 0] <= 0.04) & (table.high[0, :, 0] >= 0.04)
    assert naive.mean() < 0.9 < 0.93 <= ours.mean() <= 0.97


def test_too_few_effective_answers_cannot_be_said() -> None:
    agree = np.ones((12, 1), dtype=bool)
    votes, label = votes_of(agree), np.zeros(12, dtype=np.int64)
    unequal = np.r_[np.full(6, 5.0), np.full(6, 0.1)]
    table = f.shares(f.tally(votes, label, unequal))
    assert table.effective[0, 0] < 10
    assert np.isnan(table.low).all() and table.share[0, 0, 0] == 1
    assert not np.isnan(f.shares(f.tally(votes, label)).low).any()


# --- counting


def test_a_tally_counts_and_weighs() -> None:
    votes = VoteMatrix.from_arrays([0, 0, 1, 2, 3], [0, 1, 0, 0, 0], [1, 0, -1, 1, 1])
    counted = f.tally(votes, [0, 0, 1, -1], [1.0, 3.0, 2.0, 9.0])
    assert counted.counts.tolist() == [[[1, 1, 0], [0, 0, 1]], [[1, 0, 0], [0, 0, 0]]]
    table = f.shares(counted)
    np.testing.assert_allclose(table.share[0, 0], [0.25, 0.75, 0], atol=1e-12)
    assert table.effective[0, 0] == pytest.approx(16 / 10)
    assert np.isnan(table.share[1, 1]).all() and np.isnan(table.low[1, 1]).all()


def test_equal_weights_are_no_weights() -> None:
    votes, label = random_votes(3), np.arange(60) % 3
    plain, equal = f.shares(f.tally(votes, label)), f.shares(f.tally(votes, label, [0.7] * 60))
    for name in ("share", "basis", "low", "high", "effective"):
        assert (getattr(plain, name) == getattr(equal, name)).all(), name


def test_people_outside_the_frame_count_for_nothing() -> None:
    votes, label = random_votes(4), np.arange(60) % 2
    weights = np.where(np.arange(60) < 30, 1.0, np.nan)
    half = f.tally(votes, np.where(np.arange(60) < 30, label, -1))
    assert (f.tally(votes, label, weights).counts == half.counts).all()


def test_threads_shards_and_the_order_of_people_change_no_bit() -> None:
    rng = np.random.default_rng(5)
    votes, label, weights = random_votes(5), np.arange(60) % 3, rng.lognormal(0, 1, 60)
    whole = f.tally(votes, label, weights, threads=1)
    first = np.arange(60) < 25
    shards = [
        f.tally(
            votes.of_people(keep),
            label[keep],
            weights[keep],
            groups=3,
            scale=whole.scale,
            heaviest=float(weights.max()),
        )
        for keep in (first, ~first)
    ]
    assert ((shards[0] + shards[1]).moments == whole.moments).all()
    order = rng.permutation(60)
    back = np.argsort(order)
    mixed = VoteMatrix.from_arrays(back[votes.rows], votes.columns, votes.values)
    moved = f.tally(mixed, label[order], weights[order])
    assert (moved.moments == whole.moments).all() and (moved.mass == whole.mass).all()
    with pytest.raises(InputError):
        _ = whole + f.tally(votes, label)


@pytest.mark.parametrize(
    ("label", "weights"),
    [
        ([0] * 59, None),
        ([-2] * 60, None),
        ([-1] * 60, None),
        ([0.5] * 60, None),
        ([0] * 60, [1.0] * 59),
        ([0] * 60, [-1.0] * 60),
        ([0] * 60, [np.inf] * 60),
        ([0] * 60, [0.0] * 60),
    ],
)
def test_labels_and_weights_that_make_no_sense_are_refused(label, weights) -> None:
    with pytest.raises(InputError):
        f.tally(random_votes(1), label, weights)


# --- guarantee


def test_a_guarantee_is_that_of_the_most_reluctant_group() -> None:
    counted = Tally.of_counts([[[90, 10, 0]], [[30, 20, 0]], [[50, 1, 0]]])
    found = f.guarantee(counted)
    assert found.binding.tolist() == [1]
    assert found.bound[0] == exact_lower_bound(30, 50, 0.95) == found.bounds[1, 0]
    against = f.guarantee(counted, f.DISAGREE)
    assert against.binding.tolist() == [2]
    assert against.bound[0] == exact_lower_bound(1, 51, 0.95)


def test_a_guarantee_never_speaks_for_a_group_too_small_to_ask() -> None:
    found = f.guarantee(Tally.of_counts([[[90, 10, 0]], [[9, 0, 0]]]))
    assert np.isnan(found.bound[0])
    assert found.binding.tolist() == [1]
    assert found.unheard[:, 0].tolist() == [False, True]


def test_guarantees_hold_whatever_the_number_of_groups(bench: ModuleType) -> None:
    rng = np.random.default_rng(6)
    for cells in bench.cells()[:3]:
        for groups in (1, 3, 8):
            assert bench.guarantee_level(rng, cells, groups, 120, 1000) > 0.93
    # One group far below the others is the case in which the bound has nothing to spare.
    p, runs = np.array([0.3, 0.9, 0.9])[:, None], 6000
    agree = rng.binomial(1000, np.broadcast_to(p, (3, runs)))
    bound = f.guarantee(Tally.of_counts(np.stack([agree, 1000 - agree, 0 * agree], axis=2))).bound
    assert 0.94 < (bound <= 0.3).mean() < 0.965


# --- what sets a group apart


def test_the_mid_p_of_a_small_table_is_as_by_hand() -> None:
    # 3 of 3 against 0 of 3: the tail is half of 1/20, twice that is .05.
    assert f.fisher_mid_p(3, 3, 0, 3) == pytest.approx(0.05)
    # 2 of 3 against 1 of 3: half of 9/20 and 1/20, twice.
    assert f.fisher_mid_p(2, 3, 1, 3) == pytest.approx(2 * (0.225 + 0.05))
    assert f.fisher_mid_p(0, 0, 4, 9) == 1
    assert f.fisher_mid_p(5, 5, 9, 9) == 1


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_a_test_does_not_know_which_group_or_answer_comes_first(a: int, b: int, c: int, d: int):
    p = f.fisher_mid_p(a, a + b, c, c + d)
    assert 0 < p <= 1
    assert p == pytest.approx(f.fisher_mid_p(c, c + d, a, a + b), rel=1e-9)
    assert p == pytest.approx(f.fisher_mid_p(b, a + b, d, c + d), rel=1e-9)


def test_tests_reject_as_often_as_they_say(bench: ModuleType) -> None:
    rng = np.random.default_rng(7)
    for cells in bench.cells()[:3]:
        for sizes in ((5, 300), (10, 10), (40, 400), (300, 3000)):
            rate = bench.test_level(rng, cells, 0.0, *sizes, 2000)
            assert np.isnan(rate) or rate < 0.07
    assert bench.test_level(rng, bench.cells()[0], 0.0, 300, 3000, 2000) > 0.035


def test_q_values_are_benjaminis_and_hochbergs() -> None:
    # By hand: 5 tests, .005 * 5, then .02 * 5 / 2 = .05 and .03 * 5 / 3 = .05, .5 * 5 / 4, .9.
    p = np.array([[0.5, 0.03, np.nan], [0.005, 0.9, 0.02]])
    q = f.benjamini_hochberg(p)
    np.testing.assert_allclose(q, [[0.625, 0.05, np.nan], [0.025, 0.9, 0.05]])
    assert f.benjamini_hochberg(np.array([])).shape == (0,)


def test_few_of_what_is_called_different_is_not() -> None:
    rng = np.random.default_rng(8)
    false, found = 0, 0
    for _ in range(60):
        p = np.tile(rng.uniform(0.2, 0.8, 80), (3, 1))
        p[0, :20] += np.where(p[0, :20] < 0.5, 0.3, -0.3)
        agree = rng.binomial(60, p)
        tests = f.representative(Tally.of_counts(np.stack([agree, 60 - agree, 0 * agree], axis=2)))
        called = tests.significant()
        found += int(called[:, :20].sum())
        false += int(called[:, 20:].sum())
    assert found > 60 * 20
    assert false / (false + found) < 0.05


def test_a_difference_and_its_interval_are_those_of_the_group_against_the_others() -> None:
    counted = Tally.of_counts([[[30, 10, 0]], [[10, 30, 0]], [[20, 20, 0]]])
    tests = f.representative(counted)
    assert tests.difference[0, 0, 0] == pytest.approx(30 / 40 - 30 / 80)
    assert tests.p[0, 0, 0] == f.fisher_mid_p(30, 40, 30, 80)
    assert (tests.low[0, 0, 0], tests.high[0, 0, 0]) == newcombe_interval((30, 40), (30, 80))
    assert tests.p[2, 0, 0] == pytest.approx(1)


# --- common ground and division


@given(st.integers(1, 12), st.integers(0, 50), st.integers(1, 50))
def test_groups_that_agree_to_one_extent_score_it_whatever_their_number(k, a, d) -> None:
    counted = Tally.of_counts(np.tile([a, d, 0], (k, 1, 1)))
    assert f.consensus(counted)[0] == pytest.approx((a + 1) / (a + d + 2))


def test_one_group_that_refuses_is_no_consensus() -> None:
    common = f.consensus(Tally.of_counts([[[30, 10, 0], [40, 0, 0]], [[30, 10, 0], [0, 40, 0]]]))
    assert common[0] > 0.7 > 0.3 > common[1]
    assert np.isnan(f.consensus(Tally.of_counts([[[3, 1, 0]], [[0, 0, 0]]]))[0])


def test_two_camps_of_one_size_are_as_divided_as_can_be() -> None:
    apart = f.divisiveness(Tally.of_counts([[[500, 0, 0]], [[0, 500, 0]]]))
    assert apart.value[0] == pytest.approx(1)
    assert apart.low[0] > 0.95 and apart.high[0] == 1
    by_hand = f.divisiveness(Tally.of_counts([[[7000, 3000, 0]], [[2000, 8000, 0]]]))
    assert by_hand.value[0] == pytest.approx(0.5, abs=1e-3)
    alone = f.divisiveness(Tally.of_counts([[[30, 10, 0]]]))
    assert alone.value[0] == alone.low[0] == 0


def test_cutting_a_group_in_two_divides_nobody() -> None:
    whole = Tally.of_counts([[[80_000, 20_000, 0]], [[30_000, 70_000, 0]]])
    cut = Tally.of_counts([[[80_000, 20_000, 0]], *[[[15_000, 35_000, 0]]] * 2])
    assert f.divisiveness(cut).value[0] == pytest.approx(f.divisiveness(whole).value[0], abs=1e-4)


@pytest.mark.parametrize("groups", [2, 3, 5, 11])
@pytest.mark.parametrize("n", [15, 50, 500])
def test_chance_divides_nobody_whatever_the_groups_and_their_size(
    bench: ModuleType, groups: int, n: int
) -> None:
    rng = np.random.default_rng(groups * n)
    held, mean, square = bench.divisiveness_coverage(rng, groups, n, 0.0, 1500)
    assert held > 0.93
    assert abs(square) < 0.4 / n / np.sqrt(groups)
    assert mean < 0.35 / np.sqrt(n)
    agree = rng.binomial(n, 0.6, (groups, 2001))
    value = f.divisiveness(Tally.of_counts(np.stack([agree, n - agree, 0 * agree], axis=2))).value
    assert np.median(value) == 0


@pytest.mark.parametrize("apart", [0.1, 0.3, 0.5])
def test_a_division_is_found_and_its_interval_is_right(bench: ModuleType, apart: float) -> None:
    rng = np.random.default_rng(9)
    for groups in (2, 5):
        for n in (30, 300):
            held, _, square = bench.divisiveness_coverage(rng, groups, n, apart, 1500)
            assert 0.925 <= held <= 0.995
            assert square == pytest.approx(apart**2, abs=0.004)


def test_division_among_groups_too_small_to_ask_cannot_be_said() -> None:
    counts = [[[30, 10, 0]], [[10, 30, 0]], [[1, 0, 0]]]
    assert np.isnan(f.divisiveness(Tally.of_counts(counts, [40, 40, 30])).value[0])
    small = f.divisiveness(Tally.of_counts(counts, [500, 500, 10]))
    assert small.value[0] > 0.3
    assert small.unheard[0] == pytest.approx(10 / 1010)


# --- cross-fitting


def test_groups_do_not_test_the_votes_that_formed_them() -> None:
    naive, crossed = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        # Nobody shares any opinion with anyone: votes drawn, so permuted, within each statement.
        votes = votes_of(rng.random((200, 40)) < rng.uniform(0.2, 0.8, 40))
        naive.append(f.representative(f.tally(votes, by_axis(votes))).p[0, :, 0])
        crossed.append(f.representative(f.cross_fit(votes, by_axis, seed=seed).counted).p[0, :, 0])
    assert (np.array(naive) <= 0.05).mean() > 0.2
    assert (np.array(crossed) <= 0.05).mean() < 0.075


def test_groups_that_exist_are_found_on_both_halves() -> None:
    rng = np.random.default_rng(3)
    camp = rng.integers(0, 2, 200)
    chance = np.where(rng.random(40) < 0.5, 0.15, 0.85)
    votes = votes_of(rng.random((200, 40)) < np.where(camp[:, None] == 1, chance, 1 - chance))
    found = f.cross_fit(votes, by_axis, seed=1)
    assert found.alike.tolist() == [1.0, pytest.approx(1.0, abs=0.15)]
    assert f.representative(found.counted).significant().mean() > 0.9


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 500), st.integers(2, 4))
def test_a_cut_knows_votes_and_seed_but_no_names(seed: int, folds: int) -> None:
    votes = random_votes(seed, people=40, statements=12)
    fold = f.split(votes, folds, seed)
    rng = np.random.default_rng(seed)
    person, statement = rng.permutation(40) + 100, rng.permutation(12) + 7
    renamed = VoteMatrix.from_arrays(person[votes.rows], statement[votes.columns], votes.values)
    back = np.searchsorted(renamed.statements, statement)
    assert (f.split(renamed, folds, seed)[back] == fold).all()
    assert np.bincount(fold, minlength=folds).min() >= 12 // folds
    cast = np.bincount(votes.columns, minlength=12)
    by_fold = np.bincount(fold, weights=cast, minlength=folds)
    if 12 % folds == 0:
        assert by_fold.max() - by_fold.min() <= cast.max() - cast.min()


def test_another_seed_is_another_cut() -> None:
    votes = random_votes(2, statements=14)
    assert len({tuple(f.split(votes, 2, seed)) for seed in range(8)}) > 4


def test_halves_are_matched_by_their_members() -> None:
    # The second half numbers the same groups in another order, and has one more.
    names = iter([np.repeat([0, 1, 2], 20), np.r_[np.repeat([2, 0, 1], 20)[:-4], [3] * 4]])
    found = f.cross_fit(random_votes(6, seen=1.0), lambda _: next(names), seed=0)
    assert found.label[1].tolist() == [0] * 20 + [1] * 20 + [2] * 16 + [-1] * 4
    assert found.alike[1] == pytest.approx(56 / 60)


def test_people_who_saw_one_half_only_are_in_no_group_of_the_other() -> None:
    votes = VoteMatrix.from_arrays([0, 1, 1, 2], [0, 0, 1, 1], [1, 1, -1, 1])
    found = f.cross_fit(votes, lambda part: np.zeros(part.shape[0], dtype=np.int64), seed=1)
    assert found.counted.seen.tolist() == [[1, 1]]


def test_a_cut_of_one_statement_is_refused() -> None:
    votes = VoteMatrix.from_arrays([0, 1], [0, 0], [1, 1])
    with pytest.raises(InputError, match="column folds"):
        f.cross_fit(votes, by_axis, seed=0)


def test_declared_attributes_stand_where_groups_do() -> None:
    votes, college = random_votes(11, people=300), np.arange(300) % 5 - 1
    counted = f.tally(votes, college)
    assert counted.counts.shape[0] == 4
    assert (counted.counts.sum(axis=0) == votes.counts(college >= 0)).all()
    assert f.guarantee(counted).bound.shape == f.divisiveness(counted).value.shape == (14,)


def test_a_statement_nobody_saw_and_a_group_of_nobody_cannot_be_said() -> None:
    votes = VoteMatrix.from_arrays([0, 1], [0, 0], [1, 1], universe=[0, 1])
    counted = f.tally(votes, [0, 2])
    assert np.isnan(f.shares(counted).low[:, 1]).all()
    assert np.isnan(f.representative(counted).p[1]).all()
    assert np.isnan(f.guarantee(counted).bound).all()
    assert np.isnan(f.divisiveness(counted).value).all()
    assert np.isnan(f.consensus(counted)).all()


@pytest.mark.slow
def test_intervals_are_right_in_every_range_of_shares(bench: ModuleType) -> None:
    rng = np.random.default_rng(12)
    for cells in bench.cells():
        for slope in bench.SLOPES if len(cells.weight) > 1 else (0.0,):
            for n in bench.SIZES:
                for between in bench.RANGES:
                    rate = bench.interval_coverage(rng, cells, slope, n, between, 4000)
                    low, high = (0.925, 0.975) if len(cells.weight) == 1 else (0.91, 0.99)
                    assert np.isnan(rate) or low <= rate <= high, (cells.name, slope, n, between)


def test_votes_under_other_numbers_are_the_same_once_in_order() -> None:
    votes = planted(60, 15, 0.5, 2, seed=3)[0]
    chance = np.random.default_rng(1)
    who, what = chance.permutation(votes.shape[0]), chance.permutation(votes.shape[1])
    other = VoteMatrix.from_arrays(who[votes.rows] + 7, what[votes.columns] - 4, votes.values)
    (one, person, statement), (two, theirs, them) = canonical(votes, 5), canonical(other, 5)
    assert one.cells.tobytes() == two.cells.tobytes()
    assert one.indptr.tobytes() == two.indptr.tobytes()
    assert (theirs[who] == person).all()
    assert (them[what] == statement).all()
    said = set(zip(votes.rows.tolist(), votes.columns.tolist(), votes.values.tolist(), strict=True))
    again = zip(one.rows, one.columns, one.values, strict=True)
    back, place = np.argsort(person), np.argsort(statement)
    assert {(int(back[r]), int(place[c]), int(v)) for r, c, v in again} == said
    assert canonical(votes, 6)[0].cells.tobytes() != one.cells.tobytes()
