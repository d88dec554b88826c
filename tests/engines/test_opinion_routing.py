from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.opinion import routing as r
from assises.lib.errors import InputError


def estimate(size: int = 30, axes: int = 2, seed: int = 0, votes: int = 40) -> r.RoutingEstimate:
    rng = np.random.default_rng(seed)
    return r.RoutingEstimate(
        counts=rng.integers(0, votes + 1, (size, 3)),
        accepted=np.ones(size, dtype=bool),
        intercept=rng.normal(0, 1, size),
        loadings=rng.normal(0, 1.2, (size, axes)),
        spread=np.eye(axes),
    )


def test_the_same_key_and_step_show_the_same_statements_anywhere() -> None:
    # What another day, machine and process drew: chance is a hash, and nothing else.
    np.random.seed(9)
    c = r.next_statements(r.RoutingEstimate.cold(np.zeros((10, 3), dtype=int)), [2, 1], 5,
        key=b"edition:voice", step=2)  # fmt: skip
    assert c.statements.tolist() == [6, 0, 8, 7, 4]
    assert c.probabilities.tolist() == [1 / 8, 1 / 7, 1 / 6, 1 / 5, 1 / 4]


def test_another_voice_or_step_is_shown_something_else() -> None:
    drawn = {
        tuple(r.next_statements(estimate(), [], 5, key=key, step=step).statements.tolist())
        for key in (b"a", b"b", b"c")
        for step in (0, 5)
    }
    assert len(drawn) == 6


def test_what_was_seen_or_refused_is_never_shown() -> None:
    e = estimate(12)
    e = replace(e, accepted=np.arange(12) != 7)
    c = r.next_statements(e, [0, 1, 2], 50, key=b"k")
    assert sorted(c.statements.tolist()) == [3, 4, 5, 6, 8, 9, 10, 11]
    assert c.probabilities[-1] == 1.0
    assert c.steps.tolist() == list(range(8))


def test_whoever_has_seen_everything_is_shown_nothing() -> None:
    c = r.next_statements(estimate(4), [0, 1, 2, 3], 3, key=b"k")
    assert len(c.statements) == len(c.probabilities) == len(c.steps) == 0
    assert not r.chances(estimate(4), [0, 1, 2, 3]).any()


def test_the_logged_probability_is_how_often_it_happens() -> None:
    e, draws = estimate(8, votes=5), 20_000
    first, second = np.zeros(8), np.zeros((8, 8))
    logged, logged_second = r.chances(e, [3]), np.zeros((8, 8))
    for i in range(draws):
        c = r.next_statements(e, [3], 2, key=i.to_bytes(4, "big"))
        a, b = c.statements.tolist()
        first[a] += 1
        second[a, b] += 1
        assert c.probabilities[0] == logged[a]
        logged_second[a, b] = c.probabilities[1]
    error = np.sqrt(logged * (1 - logged) / draws)
    assert (np.abs(first / draws - logged) <= 4 * error).all()
    given_first = second / np.maximum(first[:, None], 1)
    error = np.sqrt(logged_second * (1 - logged_second) / np.maximum(first[:, None], 1))
    assert (np.abs(given_first - logged_second) <= 4.5 * error + 1e-12).all()
    # Drawn without replacement in proportion: p_b / (1 - p_a).
    for a, b in np.argwhere(second):
        assert logged_second[a, b] == pytest.approx(logged[b] / (1 - logged[a]))


@given(st.integers(0, 500), st.integers(1, 60), st.sampled_from([0, 1, 2, 3]))
@settings(max_examples=40, deadline=None)
def test_every_statement_keeps_its_floor(seed: int, size: int, axes: int) -> None:
    e = estimate(size, axes, seed, votes=2000)
    for mixture in (r.USUAL, r.Mixture(even=0.1, scarce=0.6, temperature=0.2)):
        p = r.chances(e, [], mixture=mixture)
        assert p.sum() == pytest.approx(1.0)
        assert (p >= mixture.even / size * (1 - 1e-6)).all()


def test_without_an_estimate_what_is_least_known_comes_first_and_nothing_starves() -> None:
    counts = np.full((10, 3), 50)
    counts[4] = 0
    p = r.chances(r.RoutingEstimate.cold(counts), [])
    assert p.argmax() == 4
    assert p[4] > 0.25
    assert p[np.arange(10) != 4].min() > 0.07
    alike = r.chances(r.RoutingEstimate.cold(np.zeros((10, 3), dtype=int)), [])
    assert alike == pytest.approx(0.1)


def test_what_tells_people_like_this_one_apart_is_asked() -> None:
    e = replace(
        estimate(3, 1),
        counts=np.full((3, 3), 100),
        intercept=np.zeros(3),
        loadings=np.array([[2.0], [0.1], [2.0]]),
    )
    assert r.person_information(e)[0] > 10 * r.person_information(e)[1]
    # Someone far out answers the first for sure; the third turns where they stand.
    e = replace(e, intercept=np.array([0.0, 0.0, -6.0]))
    out = r.Place(np.array([3.0]), np.array([[0.3]]))
    assert r.person_information(e, out)[2] > 5 * r.person_information(e, out)[0]


def test_what_people_pass_on_tells_little() -> None:
    e = estimate(2, 1)
    e = replace(
        e,
        counts=np.array([[50, 50, 0], [5, 5, 90]]),
        intercept=np.zeros(2),
        loadings=np.ones((2, 1)),
    )
    told = r.person_information(e)
    assert told[1] < 0.2 * told[0]


def test_a_person_is_located_where_the_votes_say() -> None:
    e = estimate(200, 2, seed=3)
    rng = np.random.default_rng(1)
    truth = np.array([1.0, -0.7])
    p = 1 / (1 + np.exp(-(e.intercept + e.loadings @ truth)))
    votes = np.where(rng.random(200) < p, 1, -1)
    votes[::10] = 0
    place = r.locate(e, np.arange(200), votes)
    assert np.abs(place.position - truth).max() < 4 * np.sqrt(np.diag(place.covariance)).max()
    assert np.diag(place.covariance).max() < 0.1
    nothing = r.locate(e, [], [])
    assert not nothing.position.any()
    assert nothing.covariance == pytest.approx(np.eye(2))


def test_the_bent_to_agree_is_one_more_axis() -> None:
    e = estimate(6, 2)
    with_bent = r.RoutingEstimate.of_factors(e.counts, e.intercept, e.loadings, 0.25)
    place = r.locate(with_bent, [0, 1, 2, 3], [1, 1, 1, 1])
    assert place.position.shape == (3,)
    assert place.position[0] > 0
    assert with_bent.spread[0, 0] == 0.25
    assert (r.person_information(with_bent) > r.person_information(e)).all()


@pytest.mark.parametrize("seed", range(3))
def test_people_shown_what_they_like_bias_the_share_and_the_correction_undoes_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people, size, draws = 3000, 12, 4
    likes = rng.random((people, size)) < rng.uniform(0.2, 0.7, size)
    log: list[tuple[int, int, float, int]] = []
    for i in range(people):
        # A routing that learns: it shows four times more often what the person would agree with.
        weight = np.where(likes[i], 4.0, 1.0)
        left = np.ones(size, dtype=bool)
        for step in range(draws):
            p = weight * left / (weight * left).sum()
            s = int(rng.choice(size, p=p))
            log.append((s, 1 if likes[i, s] else -1, p[s], step))
            left[s] = False
    statement, value, probability, step = (np.array(c) for c in zip(*log, strict=True))
    found = r.shares(statement, value, probability, step, np.full(len(log), draws), size=size)
    truth = likes.mean(axis=0)
    assert (found.naive - truth).min() > 0.1
    assert abs(float((found.corrected - truth).mean())) < 0.01
    error = np.sqrt(truth * (1 - truth) / found.effective_n)
    assert (np.abs(found.corrected - truth) < 4 * error).all()
    assert (found.effective_n < found.n).all()
    assert found.n.sum() == people * draws


def test_even_routing_needs_no_correction_and_loses_nothing() -> None:
    n = 50
    found = r.shares(
        np.zeros(n, int), np.where(np.arange(n) < 20, 1, -1), np.full(n, 0.1), np.zeros(n),
        np.ones(n), size=2,
    )  # fmt: skip
    assert found.corrected[0] == found.naive[0] == 0.4
    assert found.effective_n[0] == pytest.approx(n)
    assert np.isnan(found.corrected[1]) and found.effective_n[1] == 0 and found.n[1] == 0


def test_one_enormous_weight_is_cut_down_and_said() -> None:
    p = np.full(40, 0.1)
    p[0] = 1e-6
    found = r.shares(
        np.zeros(40, int), np.r_[1, -np.ones(39, int)], p, np.zeros(40), np.ones(40), size=1
    )
    assert found.clipped.tolist() == [1]
    assert found.corrected[0] == pytest.approx(20 / 59)


def test_exposure_alike_is_zero_and_to_one_alone_is_nearly_one() -> None:
    assert r.gini([5, 5, 5]) == 0
    assert r.gini([0] * 99 + [7]) == pytest.approx(0.99)
    assert r.gini([]) == 0


def test_two_thousand_statements_take_less_than_a_millisecond() -> None:
    e = estimate(2000, 2)
    place = r.locate(e, np.arange(20), np.ones(20, dtype=int))
    r.next_statements(e, np.arange(20), 1, key=b"warm", at=place)
    spent = []
    for i in range(30):
        begin = time.process_time()
        r.next_statements(e, np.arange(20), 1, key=bytes([i]), at=place)
        spent.append(time.process_time() - begin)
    # A bound against surprises; the figure itself is in bench/routing.py.
    assert min(spent) < 0.003


def test_sixteen_thousand_statements_are_routed() -> None:
    c = r.next_statements(estimate(20_000), [5], 10, key=b"k")
    assert len(set(c.statements.tolist())) == 10


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: r.next_statements(estimate(), [30], 1, key=b""), "by its index"),
        (lambda: r.next_statements(estimate(), [0.5], 1, key=b""), "by its index"),
        (lambda: r.next_statements(estimate(), [], -1, key=b""), "not negative"),
        (lambda: r.Mixture(even=0), "even part"),
        (lambda: r.Mixture(even=0.6, scarce=0.6), "even part"),
        (lambda: r.locate(estimate(), [1], [2]), "one vote"),
        (lambda: r.RoutingEstimate.cold(np.zeros((3, 2), dtype=int)), "row for each statement"),
        (lambda: r.shares([0], [1], [0.0], [0], [1], size=1), "probability"),
        (lambda: r.shares([0], [1], [0.5], [1], [1], size=1), "within the draws"),
        (lambda: r.shares([0], [1], [0.5, 0.5], [0], [1], size=1), "unequal length"),
        (
            lambda: r.next_statements(
                estimate(), [], 1, key=b"", at=r.Place(np.zeros(3), np.eye(3))
            ),
            "other axes",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(call: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        call()  # type: ignore[operator]
