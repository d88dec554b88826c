from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.engines.opinion import statistics as s


def test_one_vote_counts_for_little() -> None:
    assert s.share(np.array(1), np.array(1)) == pytest.approx(2 / 3)
    assert s.share(np.array(0), np.array(0)) == 0.5


def test_the_tests_are_those_of_their_formulas() -> None:
    n, k = 20, 15
    expected = 2 * math.sqrt(n + 1) * ((k + 1) / (n + 1) - 0.5)
    assert s.z_against_half(np.array(k), np.array(n)) == pytest.approx(expected)
    p1, p2, pooled = 16 / 21, 6 / 31, 22 / 52
    two = (p1 - p2) / math.sqrt(pooled * (1 - pooled) * (1 / 21 + 1 / 31))
    got = s.z_of_two(np.array(15), np.array(20), np.array(5), np.array(30))
    assert got == pytest.approx(two)


def test_equal_certainty_on_both_sides_is_no_difference() -> None:
    assert s.z_of_two(np.array(5), np.array(5), np.array(9), np.array(9)) == 0.0


@given(st.integers(0, 400), st.integers(0, 400))
def test_an_interval_holds_its_share(successes: int, more: int) -> None:
    low, high = s.wilson(successes, successes + more)
    assert 0.0 <= low <= high <= 1.0
    if successes + more:
        assert low <= successes / (successes + more) <= high


def test_the_interval_is_wilsons() -> None:
    # Checked against the worked example of Newcombe (1998), 81 of 263: .2553 to .3662.
    low, high = s.wilson(81, 263)
    assert low == pytest.approx(0.2553, abs=5e-5)
    assert high == pytest.approx(0.3662, abs=5e-5)


def test_a_statement_that_one_group_refuses_is_no_common_ground() -> None:
    counts = np.array([[[20, 0, 0], [15, 3, 2]], [[0, 4, 0], [3, 0, 1]]])
    common = s.group_informed_consensus(counts)
    assert common[1] > common[0]
    assert s.divisiveness(counts)[0] > s.divisiveness(counts)[1]


def test_a_group_always_has_one_statement() -> None:
    counts = np.array([[[1, 1, 0], [0, 1, 1]], [[1, 1, 0], [1, 0, 1]]])
    comparison = s.compare(counts)
    for g in (0, 1):
        assert len(s.representative(comparison, counts, g, np.array([0, 1]))) >= 1
    assert s.representative(comparison, counts, 0, np.array([], dtype=np.int64)) == []


def test_agreements_come_before_disagreements() -> None:
    counts = np.zeros((2, 6, 3), dtype=np.int64)
    counts[0, :3] = [30, 1, 0]
    counts[1, :3] = [1, 30, 0]
    counts[0, 3:] = [1, 30, 0]
    counts[1, 3:] = [30, 1, 0]
    comparison = s.compare(counts)
    listed = s.representative(comparison, counts, 0, np.arange(6))
    assert len(listed) == 5
    sides = [bool(comparison.agree_side[0, i]) for i in listed]
    assert sides == sorted(sides, reverse=True)


def test_a_meta_statement_is_always_routed() -> None:
    counts = np.array([[5, 5, 0], [5, 5, 0]])
    weights = s.priority(counts, np.array([1.0, 1.0]), np.array([1]))
    assert weights[1] == 49.0
    assert weights[0] != 49.0
