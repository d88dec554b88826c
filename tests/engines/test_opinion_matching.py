from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.engines.opinion.matching import (
    adjusted_rand_index,
    matched,
    overlap,
    resemblance,
)

tables = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 9), min_size=columns, max_size=columns), min_size=1, max_size=5
    )
)


@given(tables)
def test_no_other_way_keeps_more_people_together(rows: list[list[int]]) -> None:
    table = np.array(rows)
    to = matched(table)
    used = to[to >= 0].tolist()
    assert len(used) == len(set(used)) == min(table.shape)
    kept = sum(int(table[i, j]) for i, j in enumerate(to.tolist()) if j >= 0)
    square = np.zeros((5, 5), dtype=int)
    square[: table.shape[0], : table.shape[1]] = table
    best = max(sum(int(square[i, j]) for i, j in enumerate(p)) for p in permutations(range(5)))
    assert kept == best


def test_overlap_counts_those_in_both() -> None:
    table = overlap(np.array([0, 0, 1, -1, 1]), np.array([1, 0, 2, 2, -1]))
    assert table.tolist() == [[1, 1, 0], [0, 0, 1]]
    assert overlap(np.array([-1]), np.array([0])).shape == (0, 1)


def test_a_group_resembles_itself_wholly_and_its_half_by_half() -> None:
    assert resemblance(np.array([[4, 0], [0, 6]])).tolist() == [1.0, 1.0]
    assert resemblance(np.array([[2, 2]])).tolist() == [0.5]
    assert resemblance(np.array([[0, 0], [3, 0]])).tolist() == [0.0, 1.0]
    assert resemblance(np.zeros((2, 0), dtype=int)).tolist() == [0.0, 0.0]


def test_the_rand_index_is_that_of_hubert_and_arabie() -> None:
    # Their formula by hand: 12 people, sum of pairs 9, expected 16 * 21 / 66.
    table = np.array([[4, 1], [1, 3], [1, 2]])
    pairs, rows, columns, every = 6 + 3 + 1, 10 + 6 + 3, 15 + 15, 66
    expected = rows * columns / every
    by_hand = (pairs - expected) / ((rows + columns) / 2 - expected)
    assert adjusted_rand_index(table) == pytest.approx(by_hand)
    assert adjusted_rand_index(np.array([[5, 0], [0, 5]])) == 1.0
