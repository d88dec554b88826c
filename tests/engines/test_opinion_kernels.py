from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.opinion import kernels

from .votes import random_votes


@given(st.integers(0, 10_000), st.integers(-4, 50))
@settings(max_examples=30, deadline=None)
def test_a_pass_adds_what_each_person_gathered_rounded_once(seed: int, places: int) -> None:
    votes = random_votes(seed)
    people, statements = votes.shape
    chance = np.random.default_rng(seed)
    table = chance.normal(size=(4 * statements, 4))
    # Halves too: rint goes to the even neighbour.
    table[::3] = chance.integers(-9, 10, (len(table[::3]), 4)) / 2 / 2.0**places
    expected = chance.integers(-5, 6, (4 * statements, 4))
    sums = expected.copy()
    for person in range(people):
        cells = votes.cells[votes.indptr[person] : votes.indptr[person + 1]]
        half = len(cells) // 2
        u, v = np.zeros(4), np.zeros(4)
        for at in range(half):
            u, v = u + table[cells[at]], v + table[cells[half + at]]
        if len(cells) % 2:
            u = u + table[cells[-1]]
        expected[cells] += np.rint((u + v) * 2.0**places).astype(np.int64)
    middle = people // 2
    for begin, end in ((0, middle), (middle, people)):
        kernels.gather_scatter(votes.indptr, votes.cells, table, 2.0**places, begin, end, sums, 0)
    np.testing.assert_array_equal(sums, expected)


@given(st.integers(0, 10_000), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_some_people_are_chosen_by_what_they_voted(seed: int, bits: int) -> None:
    votes = random_votes(seed)
    middle = votes.cells[(votes.indptr[:-1] + votes.indptr[1:]) // 2].astype(np.uint64)
    told = middle * np.uint64(2) + votes.votes_per_participant.astype(np.uint64)
    chosen = (told * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits) == 0
    table = np.random.default_rng(seed).normal(size=(4 * votes.shape[1], 4))
    expected = votes.of_people(chosen).scatter(table, 2.0**30)
    np.testing.assert_array_equal(votes.scatter(table, 2.0**30, bits), expected)


@given(st.integers(0, 3_000))
@settings(max_examples=30, deadline=None)
def test_no_row_of_four_lies_across_two_lines_of_a_cache(rows: int) -> None:
    for kind in (np.int64, np.float64):
        found = kernels.on_lines(rows, kind)
        assert (found.shape, found.dtype) == ((rows, 4), kind)
        assert found.flags.c_contiguous
        assert not found.any()
        assert rows == 0 or found.ctypes.data % 64 == 0
