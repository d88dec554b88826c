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
        kernels.gather_scatter(votes.indptr, votes.cells, table, 2.0**places, begin, end, sums)
    np.testing.assert_array_equal(sums, expected)
