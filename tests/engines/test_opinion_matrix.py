from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.engines.opinion import VoteMatrix
from assises.lib.errors import InputError

casts = st.lists(
    st.tuples(
        st.integers(-3, 12), st.integers(0, 9), st.sampled_from((-1, 0, 1)), st.integers(0, 3)
    ),
    min_size=1,
    max_size=80,
)


@given(casts)
def test_the_last_vote_counts_and_equal_times_go_to_the_later_row(
    rows: list[tuple[int, int, int, int]],
) -> None:
    people, statements, values, times = zip(*rows, strict=True)
    matrix = VoteMatrix.from_arrays(people, statements, values, times=times)
    last: dict[tuple[int, int], tuple[int, int]] = {}
    for person, statement, value, time in rows:
        key = (person, statement)
        if key not in last or time >= last[key][0]:
            last[key] = (time, value)
    found = dict(
        zip(
            zip(
                matrix.participants[matrix.rows].tolist(),
                matrix.statements[matrix.columns].tolist(),
                strict=True,
            ),
            matrix.values.tolist(),
            strict=True,
        )
    )
    assert found == {key: value for key, (_, value) in last.items()}
    assert matrix.casts == len(rows)


@given(casts)
def test_counts_are_those_of_a_table(rows: list[tuple[int, int, int, int]]) -> None:
    people, statements, values, times = zip(*rows, strict=True)
    matrix = VoteMatrix.from_arrays(people, statements, values, times=times)
    counts = matrix.counts()
    for at in range(len(matrix.statements)):
        votes = matrix.values[matrix.columns == at]
        assert counts[at].tolist() == [
            int((votes == 1).sum()),
            int((votes == -1).sum()),
            int((votes == 0).sum()),
        ]
    half = np.arange(len(matrix.participants)) % 2 == 0
    assert (matrix.counts(half) + matrix.counts(~half) == counts).all()


def test_two_bytes_hold_a_vote_up_to_sixteen_thousand_statements() -> None:
    assert VoteMatrix.from_arrays([1], [2], [1]).cells.dtype == np.uint16
    many = np.arange(16_384)
    wide = VoteMatrix.from_arrays(np.zeros_like(many), many, np.ones_like(many))
    assert wide.cells.dtype == np.uint32
    assert wide.counts()[:, 0].sum() == 16_384


def test_the_universe_adds_statements_without_votes() -> None:
    matrix = VoteMatrix.from_arrays([1], [2], [1], universe=[0, 2, 5])
    assert matrix.statements.tolist() == [0, 2, 5]
    assert matrix.counts().tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("people", "statements", "values", "says"),
    [
        ([], [], [], "no vote"),
        ([1], [1, 2], [1], "rows"),
        ([1], [1], [2], "agree"),
        ([1], [1], [float("nan")], "agree"),
        (["x"], [1], [1], "whole numbers"),
        ([1.5], [1], [1], "whole numbers"),
    ],
)
def test_what_is_not_a_column_of_votes_is_refused(
    people: list[object], statements: list[object], values: list[object], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        VoteMatrix.from_arrays(people, statements, values)  # type: ignore[arg-type]


def test_a_wrong_vote_is_named_with_its_row() -> None:
    with pytest.raises(InputError) as caught:
        VoteMatrix.from_arrays([1, 1, 2], [1, 2, 1], [1, 0, 7])
    assert caught.value.line == 3
    assert caught.value.value == 7


def test_a_time_is_needed_for_each_vote() -> None:
    with pytest.raises(InputError, match="times"):
        VoteMatrix.from_arrays([1, 2], [1, 1], [1, 1], times=[5])
