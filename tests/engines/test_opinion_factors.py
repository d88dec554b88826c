from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.opinion import VoteMatrix, factor_kernels, factors
from assises.lib.errors import InputError

from .votes import random_votes


def probit_votes(
    seed: int, people: int = 400, statements: int = 60, seen: float = 0.5
) -> tuple[VoteMatrix, np.ndarray, np.ndarray, np.ndarray]:
    """Votes of another family than the model's: normal noise, uniform ideal points, some passes."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(-math.sqrt(3), math.sqrt(3), (people, 2))
    loading = rng.normal(0, [1.2, 0.8], (statements, 2))
    middle = rng.normal(0, 0.7, statements)
    readiness = rng.normal(0, 0.2, people)
    pull = points @ loading.T + middle + readiness[:, None]
    vote = np.where(pull + rng.normal(size=pull.shape) > 0, 1, -1)
    vote[rng.random(vote.shape) < 0.1] = 0
    rows, columns = np.nonzero(rng.random(vote.shape) < seen)
    votes = VoteMatrix.from_arrays(rows, columns, vote[rows, columns])
    return votes, points, middle, pull


def spanned(truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    """What a linear map of ``found`` says of ``truth``."""
    map_, *_ = np.linalg.lstsq(found, truth, rcond=None)
    return np.asarray(found @ map_)


def rebuilt(votes: VoteMatrix, people: np.ndarray, values: np.ndarray) -> VoteMatrix:
    """The same votes under other ids and with other values."""
    return VoteMatrix.from_arrays(people, votes.columns, values, universe=np.arange(votes.shape[1]))


def same(left: factors.FactorModel, right: factors.FactorModel) -> bool:
    names = ("statement_intercept", "loading", "statement_covariance", "explained")
    return all(getattr(left, name).tobytes() == getattr(right, name).tobytes() for name in names)


def test_ideal_points_are_found_up_to_a_linear_map() -> None:
    votes, points, middle, _ = probit_votes(1)
    model = factors.fit(votes, dimensions=2)
    close = spanned(points, model.position)
    for k in (0, 1):
        assert np.corrcoef(points[:, k], close[:, k])[0, 1] > 0.9
    assert np.corrcoef(middle, model.statement_intercept)[0, 1] > 0.95
    assert model.converged


def test_probabilities_are_those_of_the_votes_that_were_not_seen() -> None:
    votes, _, _, pull = probit_votes(2, people=600)
    model = factors.fit(votes, dimensions=2)
    rng = np.random.default_rng(0)
    who, what = rng.integers(0, 600, 20_000), rng.integers(0, 60, 20_000)
    said = model.probability(who, what)
    erf = np.vectorize(math.erf)
    truth = 0.5 * (1 + erf(pull[who, what] / math.sqrt(2)))
    share = np.array([truth[what == j].mean() for j in range(60)])
    assert np.abs(said - truth).mean() < 0.5 * np.abs(share[what] - truth).mean()
    for low in np.arange(0, 1, 0.2):
        inside = (said >= low) & (said < low + 0.2)
        assert abs(said[inside].mean() - truth[inside].mean()) < 0.05


def test_what_the_model_says_of_itself_covers_the_truth() -> None:
    """Ideal points within 1.96 of their standard deviations, some thirty votes each."""
    covered = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        point = rng.normal(size=1500)
        loading, middle = rng.normal(0, 1.5, 60), rng.normal(0, 1, 60)
        chance = 1 / (1 + np.exp(-(point[:, None] * loading + middle)))
        vote = np.where(rng.random(chance.shape) < chance, 1, -1)
        rows, columns = np.nonzero(rng.random(chance.shape) < 0.5)
        votes = VoteMatrix.from_arrays(rows, columns, vote[rows, columns])
        model = factors.fit(votes, dimensions=1)
        found, sd = model.position[:, 0], model.position_sd[:, 0]
        found = found * np.sign(np.corrcoef(found, point)[0, 1])
        truth = (point - point.mean()) / point.std()
        covered.append(np.mean(np.abs(found - truth) < 1.96 * sd))
    assert 0.90 < np.mean(covered) < 0.98


def test_planted_groups_stand_apart_in_enough_dimensions() -> None:
    rng = np.random.default_rng(4)
    camp = rng.integers(0, 5, 800)
    lean = rng.normal(0, 2, (5, 80))
    vote = np.where(rng.random((800, 80)) < 1 / (1 + np.exp(-lean[camp])), 1, -1)
    rows, columns = np.nonzero(rng.random(vote.shape) < 0.3)
    votes = VoteMatrix.from_arrays(rows, columns, vote[rows, columns])
    right = {}
    for k in (2, 4):
        position = factors.fit(votes, dimensions=k).position
        centres = np.stack([position[camp == g].mean(axis=0) for g in range(5)])
        nearest = ((position[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        right[k] = float((nearest == camp).mean())
    assert right[4] > 0.95
    assert right[4] > right[2]


def test_the_explained_variance_tells_what_is_there_from_what_is_not() -> None:
    votes, *_ = probit_votes(5, people=1000)
    explained = factors.fit(votes, dimensions=5).explained
    assert (np.diff(explained) <= 0).all()
    assert explained[1] > 4 * explained[2]


def test_factors_have_mean_0_and_variance_1_with_their_uncertainty() -> None:
    votes, *_ = probit_votes(6)
    model = factors.fit(votes, dimensions=2)
    assert np.abs(model.position.mean(axis=0)).max() < 0.02
    whole = model.position.var(axis=0) + (model.position_sd**2).mean(axis=0)
    np.testing.assert_allclose(whole, 1.0, atol=0.03)
    wide = model.people.covariance(np.arange(5))
    np.testing.assert_allclose(np.sqrt(wide[:, [0, 1], [0, 1]]), model.position_sd[:5], rtol=1e-12)


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_other_names_for_people_change_no_byte(seed: int) -> None:
    votes = random_votes(seed)
    new = np.random.default_rng(seed).permutation(votes.shape[0] * 3)[: votes.shape[0]]
    other = rebuilt(votes, new[votes.rows], votes.values)
    one, two = factors.fit(votes, dimensions=3), factors.fit(other, dimensions=3)
    assert same(one, two)
    by_new = np.argsort(new)
    assert one.people.moments[by_new].tobytes() == two.people.moments.tobytes()


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_someone_who_passes_on_everything_changes_no_byte(seed: int) -> None:
    votes = random_votes(seed)
    people, statements = votes.shape
    more = VoteMatrix.from_arrays(
        np.concatenate([votes.rows, np.full(statements, people + 5)]),
        np.concatenate([votes.columns, np.arange(statements)]),
        np.concatenate([votes.values, np.zeros(statements, dtype=np.int8)]),
    )
    one, two = factors.fit(votes), factors.fit(more)
    assert same(one, two)
    assert one.people.moments.tobytes() == two.people.moments[:-1].tobytes()
    assert not two.position[-1].any()
    np.testing.assert_allclose(two.position_sd[-1], 1.0)


def test_turning_every_vote_around_mirrors_the_map() -> None:
    votes, *_ = probit_votes(7)
    turned = rebuilt(votes, votes.rows, -votes.values)
    one, two = factors.fit(votes, dimensions=2), factors.fit(turned, dimensions=2)
    np.testing.assert_allclose(two.position, -one.position, atol=1e-6)
    np.testing.assert_allclose(two.statement_intercept, -one.statement_intercept, atol=1e-6)
    np.testing.assert_allclose(two.loading, one.loading, atol=1e-6)


def test_other_numbers_for_statements_change_nothing_that_can_be_seen() -> None:
    votes, *_ = probit_votes(8)
    new = np.random.default_rng(3).permutation(votes.shape[1])
    other = VoteMatrix.from_arrays(votes.rows, new[votes.columns], votes.values)
    one, two = factors.fit(votes, dimensions=2), factors.fit(other, dimensions=2)
    np.testing.assert_allclose(two.position, one.position, atol=1e-4)
    np.testing.assert_allclose(two.statement_intercept[new], one.statement_intercept, atol=1e-4)


def test_threads_and_the_order_of_rows_change_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    # Let even few votes be worth a thread, and a long fit.
    monkeypatch.setattr("assises.engines.opinion.kernels._WORTH_A_THREAD", 1000)
    monkeypatch.setattr(factors, "ENOUGH_VOTES", 3000)
    votes, *_ = probit_votes(9)
    order = np.random.default_rng(1).permutation(len(votes))
    shuffled = VoteMatrix.from_arrays(votes.rows[order], votes.columns[order], votes.values[order])
    weights = np.random.default_rng(2).uniform(0.2, 3, votes.shape[0])
    one = factors.fit(votes, weights=weights, threads=1)
    for other in (
        factors.fit(votes, weights=weights, threads=2),
        factors.fit(votes, weights=weights, threads=3),
        factors.fit(shuffled, weights=weights, threads=2),
    ):
        assert same(one, other)
        assert one.people.moments.tobytes() == other.people.moments.tobytes()


def test_a_fit_that_begins_with_some_ends_where_all_do(monkeypatch: pytest.MonkeyPatch) -> None:
    votes, *_ = probit_votes(10, people=1500)
    whole = factors.fit(votes, dimensions=2)
    monkeypatch.setattr(factors, "ENOUGH_VOTES", 10_000)
    warm = factors.fit(votes, dimensions=2)
    assert not same(whole, warm)
    assert np.abs(whole.position - warm.position).max() < 0.2
    assert np.sqrt(((whole.position - warm.position) ** 2).mean()) < 0.03


def test_the_people_of_the_fit_are_placed_where_it_placed_them() -> None:
    votes, *_ = probit_votes(11)
    model = factors.fit(votes)
    some = np.arange(votes.shape[0]) % 3 == 1
    placed = factors.place(model, votes.of_people(some))
    assert placed.moments.tobytes() == model.people.moments[some].tobytes()
    probability = model.probability(0, 5, placed)
    assert probability == model.probability(1, 5)


def test_a_newcomer_can_vote_on_a_statement_that_the_model_has_not_seen() -> None:
    votes, *_ = probit_votes(12)
    model = factors.fit(votes)
    known = factors.place(model, VoteMatrix.from_arrays([7, 7], [3, 8], [1, -1]))
    more = factors.place(model, VoteMatrix.from_arrays([7, 7, 7], [3, 8, 999], [1, -1, 1]))
    np.testing.assert_array_equal(known.moments, more.moments)


def test_equal_weights_are_no_weights_and_the_weightless_count_for_nothing() -> None:
    votes, *_ = probit_votes(13)
    model = factors.fit(votes)
    assert same(model, factors.fit(votes, weights=np.full(votes.shape[0], 7.5)))
    half = np.arange(votes.shape[0]) < 200
    alone = factors.fit(votes.of_people(half), dimensions=2)
    weighted = factors.fit(votes, dimensions=2, weights=half.astype(float))
    assert np.abs(alone.loading - weighted.loading).max() < 0.2


def test_what_is_left_out_is_not_counted() -> None:
    votes, *_ = probit_votes(14)
    silent = votes.values.copy()
    silent[votes.columns == 6] = 0
    one = factors.fit(votes, left_out=[6])
    two = factors.fit(rebuilt(votes, votes.rows, silent))
    assert same(one, two)


@pytest.mark.parametrize(
    ("people", "statements", "values"),
    [
        ([1], [1], [1]),
        ([1], [1], [0]),
        ([1, 1, 1], [1, 2, 3], [1, -1, 1]),
        ([1, 2, 3, 4], [1, 1, 1, 1], [1, -1, 1, 1]),
        ([1, 2, 3, 4], [1, 2, 3, 4], [1, -1, 1, 1]),
        ([1, 1, 2, 2, 3, 3], [1, 2, 1, 2, 1, 2], [1, 1, 1, 1, 1, 1]),
        ([1, 1, 2, 2], [1, 2, 1, 2], [0, 0, 0, 0]),
    ],
)
def test_the_least_of_votes_gets_an_answer(
    people: list[int], statements: list[int], values: list[int]
) -> None:
    model = factors.fit(VoteMatrix.from_arrays(people, statements, values))
    for array in (model.position, model.position_sd, model.loading, model.statement_intercept):
        assert np.isfinite(array).all()
    assert 0 < model.probability(0, 0)[0] < 1
    assert 0 < model.probability(-1, 0)[0] < 1


def test_a_statement_nobody_voted_on_stands_at_the_prior() -> None:
    votes, *_ = probit_votes(15)
    more = VoteMatrix.from_arrays(votes.rows, votes.columns, votes.values, universe=[500])
    model = factors.fit(more, dimensions=2)
    # The prior is learned once more after the last turn.
    assert model.statement_intercept[-1] == pytest.approx(model.prior_mean[0], abs=0.01)
    assert model.statement_intercept_sd[-1] > 3 * model.statement_intercept_sd[0]


def test_more_statements_than_sixteen_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factors, "TURNS", 3)
    rng = np.random.default_rng(1)
    rows, columns = np.repeat(np.arange(50), 400), rng.integers(0, 17_000, 20_000)
    votes = VoteMatrix.from_arrays(
        rows, columns, rng.choice([-1, 1], 20_000), universe=np.arange(17_000)
    )
    model = factors.fit(votes, dimensions=2)
    assert model.loading.shape == (17_000, 2)
    assert np.isfinite(model.position).all()


def test_what_cannot_be_asked_is_refused() -> None:
    votes = random_votes(1)
    with pytest.raises(InputError, match="dimensions"):
        factors.fit(votes, dimensions=0)
    with pytest.raises(InputError, match="weight"):
        factors.fit(votes, weights=[1.0])
    with pytest.raises(InputError, match="weight"):
        factors.fit(votes, weights=np.full(votes.shape[0], -1.0))
    with pytest.raises(InputError, match="every weight"):
        factors.fit(votes, weights=np.zeros(votes.shape[0]))


def test_who_listens_can_stop_the_fit() -> None:
    class Stop(Exception):
        pass

    class Impatient:
        def step(self, name: str, total: int | None = None) -> None:
            pass

        def advance(self, amount: int) -> None:
            raise Stop

    with pytest.raises(Stop):
        factors.fit(random_votes(2), progress=Impatient())


@given(st.floats(0, 400))
def test_the_bend_of_the_bound_is_its_formula(square: float) -> None:
    r = math.sqrt(square)
    expected = 0.25 if r < 1e-6 else math.tanh(r / 2) / (2 * r)
    assert factor_kernels.bend(square) == pytest.approx(expected, rel=1e-4)
