from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.weighting import design_effect, effective_n, rake
from assises.lib.errors import InputError


def sample(seed: int, people: int = 600) -> dict[str, np.ndarray]:
    """A crowd that is young, urban and male, as crowds on line are."""
    rng = np.random.default_rng(seed)
    return {
        "region": rng.choice(4, people, p=[0.5, 0.3, 0.15, 0.05]),
        "age": rng.choice(3, people, p=[0.6, 0.3, 0.1]),
        "sex": rng.choice(2, people, p=[0.7, 0.3]),
    }


CENSUS = {"region": [0.3, 0.3, 0.25, 0.15], "age": [0.4, 0.35, 0.25], "sex": [0.49, 0.51]}


def weighted(weights: np.ndarray, codes: np.ndarray, k: int) -> np.ndarray:
    return np.bincount(codes, weights=weights, minlength=k) / weights.sum()


def test_a_crowd_becomes_the_country_on_every_margin() -> None:
    crowd = sample(1)
    w = rake(crowd, CENSUS)
    for name, target in CENSUS.items():
        np.testing.assert_allclose(weighted(w.weight, crowd[name], len(target)), target, atol=1e-11)
        np.testing.assert_allclose(w.shares[name], target, atol=1e-11)
    assert w.weight.mean() == pytest.approx(1.0)
    assert w.deviation <= 1e-12
    assert not w.unrepresented and not w.outside.any()


def test_the_weights_are_those_of_a_published_package() -> None:
    ipfn = pytest.importorskip("ipfn.ipfn")
    crowd = sample(2)
    table = np.zeros((4, 3, 2))
    np.add.at(table, (crowd["region"], crowd["age"], crowd["sex"]), 1.0)
    people = table.sum()
    targets = [np.array(t) * people for t in CENSUS.values()]
    fitted = ipfn.ipfn(
        table.copy(), targets, [[0], [1], [2]], convergence_rate=1e-15, max_iteration=2000
    ).iteration()
    theirs = (fitted / table)[crowd["region"], crowd["age"], crowd["sex"]]
    np.testing.assert_allclose(rake(crowd, CENSUS).weight, theirs, rtol=1e-9)


def test_two_by_two_comes_out_as_by_hand() -> None:
    # 40, 10 / 10, 40 raked to 1/2, 1/2 and 1/5, 4/5. The odds ratio stays 16: with x in the corner,
    # x (.3 + x) = 16 (.5 - x) (.2 - x), so 15 x^2 - 11.5 x + 1.6 = 0.
    row = np.repeat([0, 0, 1, 1], [40, 10, 10, 40])
    column = np.repeat([0, 1, 0, 1], [40, 10, 10, 40])
    w = rake({"row": row, "column": column}, {"row": [50, 50], "column": [20, 80]})
    x = (11.5 - np.sqrt(11.5**2 - 4 * 15 * 1.6)) / 30
    expected = np.array([[x, 0.5 - x], [0.2 - x, 0.3 + x]]) / [[0.4, 0.1], [0.1, 0.4]]
    np.testing.assert_allclose(w.weight, expected[row, column], rtol=1e-10)


def test_a_joint_distribution_is_exact_in_one_round() -> None:
    cell = np.repeat([0, 1, 2], [60, 30, 10])
    w = rake({"region x age": cell}, {"region x age": [100, 100, 200]})
    assert w.rounds == 1
    np.testing.assert_allclose(np.unique(w.weight), [100 / 240, 100 / 120, 5])
    # By hand: 60 (.41667)^2 + 30 (.8333)^2 + 10 (5)^2 = 281.25, and 100^2 / 281.25 = 35.56.
    assert w.effective_n == pytest.approx(100**2 / 281.25)
    assert w.design_effect == pytest.approx(2.8125)


def test_a_cell_of_nobody_cannot_be_said_and_its_share_is_told() -> None:
    w = rake({"region": np.array([0, 0, 2, 2])}, {"region": [10, 30, 60]})
    assert [(u.margin, u.code, u.share) for u in w.unrepresented] == [("region", 1, 0.3)]
    assert w.unrepresented_share == {"region": pytest.approx(0.3)}
    np.testing.assert_allclose(w.shares["region"], [1 / 7, 0, 6 / 7])


def test_people_abroad_weigh_nothing_and_are_told_apart() -> None:
    region = np.array([0, 1, -1, 1, 0, 1])
    age = np.array([0, 1, 0, -1, 1, 0])
    w = rake({"region": region, "age": age}, {"region": [1, 1], "age": [1, 1]})
    assert w.outside.tolist() == [False, False, True, True, False, False]
    assert (w.weight[w.outside] == 0).all()
    assert w.weight[~w.outside].mean() == pytest.approx(1)


def test_a_census_cell_that_the_census_says_is_empty_is_refused() -> None:
    with pytest.raises(InputError, match=r"column age.*population has none"):
        rake({"age": np.array([0, 1])}, {"age": [1, 0]})


def test_margins_of_two_populations_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="column sex") as caught:
        rake(sample(3), {**CENSUS, "sex": [49, 51]})
    assert caught.value.column == "sex"


def test_margins_that_contradict_each_other_given_the_sample_are_refused_by_name() -> None:
    # All women are in region 0, yet half of the country are women and a fifth is in region 0.
    region, sex = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 1, 0, 0])
    with pytest.raises(InputError, match="contradicts the others") as caught:
        rake({"region": region, "sex": sex}, {"region": [20, 80], "sex": [50, 50]}, max_rounds=300)
    assert caught.value.column in ("region", "sex")


def test_a_zero_that_only_a_zero_weight_would_meet_is_refused() -> None:
    # As many people in region 0 as women: the man in it would have to count for nothing.
    region, sex = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 1, 0, 0])
    with pytest.raises(InputError, match="contradicts the others"):
        rake({"region": region, "sex": sex}, {"region": [50, 50], "sex": [50, 50]}, max_rounds=300)


@pytest.mark.parametrize(
    ("categories", "margins", "named"),
    [
        ({"age": [0, 5]}, {"age": [1, 1]}, "age"),
        ({"age": [0, -2]}, {"age": [1, 1]}, "age"),
        ({"age": [0.5, 1]}, {"age": [1, 1]}, "age"),
        ({"age": [0, 1], "sex": [0]}, {"age": [1, 1], "sex": [2]}, "sex"),
        ({"age": [0, 1]}, {"sex": [1, 1]}, "age"),
        ({"age": [0, 1]}, {"age": [1, -1]}, "age"),
        ({"age": [0, 1]}, {"age": [0, 0]}, "age"),
        ({"age": [0, 1]}, {"age": [1, float("nan")]}, "age"),
        ({"age": [-1, -1]}, {"age": [1, 1]}, "age"),
        ({}, {}, None),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(categories, margins, named) -> None:
    with pytest.raises(InputError) as caught:
        rake({name: np.array(c) for name, c in categories.items()}, margins)
    assert caught.value.column == named


def test_a_cap_is_kept_and_its_cost_is_told() -> None:
    crowd = sample(4)
    free, capped = rake(crowd, CENSUS), rake(crowd, CENSUS, cap=4.0)
    assert free.weight.max() > 4.0
    assert capped.weight.max() <= 4.0
    trimming = capped.trimming
    assert trimming is not None
    assert trimming.heaviest_before == pytest.approx(free.weight.max())
    assert trimming.effective_n_before == pytest.approx(free.effective_n)
    assert trimming.people == (capped.weight >= 4.0).sum() > 0
    assert capped.effective_n > free.effective_n
    # This cap leaves room: margins still hold, by re-raking rather than by cutting.
    assert trimming.cost < 1e-10
    assert capped.weight.mean() == pytest.approx(1.0)


def test_a_cap_too_low_for_a_margin_says_which_category_falls_short() -> None:
    region = np.repeat([0, 1, 2], [90, 9, 1])
    w = rake({"region": region}, {"region": [50, 30, 20]}, cap=3.0)
    assert w.trimming is not None
    # One person of a hundred may stand for 3 % at most, nine for 27 %; the rest goes to region 0.
    np.testing.assert_allclose(w.trimming.unmet["region"], [0.2, -0.03, -0.17], atol=1e-12)
    assert w.trimming.cost == pytest.approx(0.2)


def test_a_cap_that_nothing_reaches_changes_nothing() -> None:
    crowd = sample(5)
    np.testing.assert_allclose(
        rake(crowd, CENSUS, cap=1000.0).weight, rake(crowd, CENSUS).weight, rtol=1e-9
    )


def test_a_cap_below_the_mean_is_refused() -> None:
    with pytest.raises(InputError, match="column cap"):
        rake(sample(6), CENSUS, cap=1.0)


def test_the_order_of_people_and_their_number_change_no_weight() -> None:
    crowd = sample(7)
    order = np.random.default_rng(0).permutation(600)
    w = rake(crowd, CENSUS).weight
    moved = rake({name: c[order] for name, c in crowd.items()}, CENSUS).weight
    assert (moved == w[order]).all()
    twice = rake({name: np.tile(c, 2) for name, c in crowd.items()}, CENSUS).weight
    np.testing.assert_allclose(twice, np.tile(w, 2), rtol=1e-12)


def test_many_combinations_weigh_as_few_do() -> None:
    # More combinations than are addressed directly: the same cells by another road.
    crowd = sample(8)
    wide = {name: np.pad(np.array(t), (0, 300 - len(t))) for name, t in CENSUS.items()}
    np.testing.assert_allclose(rake(crowd, wide).weight, rake(crowd, CENSUS).weight, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 0.8), st.floats(0.2, 0.8))
def test_whatever_the_margins_they_are_met_and_the_odds_ratio_stays(
    seed: int, one: float, other: float
) -> None:
    rng = np.random.default_rng(seed)
    a = np.concatenate([[0, 0, 1, 1], rng.integers(0, 2, 60)])
    b = np.concatenate([[0, 1, 0, 1], rng.integers(0, 2, 60)])
    w = rake({"a": a, "b": b}, {"a": [one, 1 - one], "b": [other, 1 - other]}).weight
    assert weighted(w, a, 2)[0] == pytest.approx(one)
    assert weighted(w, b, 2)[0] == pytest.approx(other)
    of = {(i, j): w[(a == i) & (b == j)][0] for i in (0, 1) for j in (0, 1)}
    assert of[0, 0] * of[1, 1] == pytest.approx(of[0, 1] * of[1, 0])


def test_kish_counts_people_of_equal_weight() -> None:
    assert effective_n([2.0] * 7) == 7
    assert effective_n([1, 1, 1, 1, float("nan"), 0]) == 4
    assert effective_n([1, 3]) == pytest.approx(1.6)
    assert design_effect([1, 3]) == pytest.approx(1.25)
    assert effective_n([]) == 0
    assert np.isnan(design_effect([]))
