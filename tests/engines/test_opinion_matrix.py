from __future__ import annotations

import numpy as np
import polars as pl
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


def simple(rows: list[tuple[int, int, int]]) -> VoteMatrix:
    person, statement, vote = zip(*rows, strict=True)
    return VoteMatrix.from_arrays(person, statement, vote)


@given(st.integers(0, 10_000))
def test_the_order_of_different_casts_changes_no_byte(seed: int) -> None:
    chance = np.random.default_rng(seed)
    pairs = chance.permutation(30 * 200)[:900]
    values = chance.integers(-1, 2, len(pairs))
    shuffled = chance.permutation(len(pairs))
    one = VoteMatrix.from_arrays(pairs // 200, pairs % 200, values)
    other = VoteMatrix.from_arrays(
        (pairs // 200)[shuffled], (pairs % 200)[shuffled], values[shuffled]
    )
    assert one.cells.tobytes() == other.cells.tobytes()
    assert one.indptr.tobytes() == other.indptr.tobytes()


@given(st.integers(0, 10_000), st.sampled_from([40, 20_000]), st.booleans())
def test_the_last_of_many_casts_counts_however_many_statements(
    seed: int, statements: int, timed: bool
) -> None:
    chance = np.random.default_rng(seed)
    person, statement = chance.integers(0, 5000, 4000), chance.integers(0, statements, 4000)
    statement[:2000], person[:2000] = statement[0], chance.integers(0, 9, 2000)
    vote = chance.integers(-1, 2, 4000).astype(np.int8)
    times = chance.integers(0, 50, 4000) if timed else np.zeros(4000, dtype=np.int64)
    last: dict[tuple[int, int], tuple[int, int]] = {}
    for p, s, v, t in zip(person, statement, vote, times, strict=True):
        if (p, s) not in last or t >= last[p, s][0]:
            last[p, s] = t, v
    votes = VoteMatrix.from_arrays(
        person, statement, vote, times=times, universe=np.arange(statements)
    )
    found = zip(votes.participants[votes.rows], votes.statements[votes.columns], strict=True)
    assert dict(zip(found, votes.values.tolist(), strict=True)) == {
        key: value for key, (_, value) in last.items()
    }
    assert len(votes) == len(last)


def test_ids_may_lie_far_apart() -> None:
    votes = VoteMatrix.from_arrays([-5, 1 << 60], [1 << 61, 3], [1, -1])
    assert votes.participants.tolist() == [-5, 1 << 60]
    assert votes.statements.tolist() == [3, 1 << 61]
    assert votes.values.tolist() == [1, -1]


def test_a_frame_is_read_by_the_names_of_its_columns() -> None:
    frame = pl.DataFrame({"who": [1, 2, 1], "what": [4, 4, 4], "said": [1, 0, -1], "at": [9, 5, 3]})
    votes = VoteMatrix.from_frame(
        frame, participant="who", statement="what", vote="said", time="at"
    )
    assert votes.values.tolist() == [1, 0]
    with pytest.raises(InputError, match="no such column"):
        VoteMatrix.from_frame(frame)


def test_some_people_and_some_statements_can_be_taken() -> None:
    votes = simple([(1, 1, 1), (1, 2, -1), (2, 2, 0), (3, 1, -1)])
    people = votes.of_people(np.array([True, False, True]))
    assert people.participants.tolist() == [1, 3]
    assert people.values.tolist() == [1, -1, -1]
    assert people.statements.tolist() == [1, 2]
    one = votes.on_statements(np.array([False, True]))
    assert one.statements.tolist() == [2]
    assert one.votes_per_participant.tolist() == [1, 1, 0]
    assert one.values.tolist() == [-1, 0]


def test_threads_count_the_same() -> None:
    chance = np.random.default_rng(1)
    person, statement = np.arange(40_000).repeat(30), chance.integers(0, 300, 1_200_000)
    votes = VoteMatrix.from_arrays(person, statement, chance.integers(-1, 2, 1_200_000))
    label = chance.integers(-1, 4, len(votes.participants))
    assert (
        votes.counts_by(label, 4, threads=1).tobytes()
        == votes.counts_by(label, 4, threads=3).tobytes()
    )


@pytest.mark.parametrize(("people", "statements"), [(3, 7), (1, 2_000), (10**12, 10**9)])
def test_gaps_between_ids_change_nothing_else(people: int, statements: int) -> None:
    chance = np.random.default_rng(people)
    # More than one neighbourhood of people, some without a vote, many who vote twice.
    person, statement = chance.integers(0, 6_000, 9_000), chance.integers(0, 12, 9_000)
    value = chance.integers(-1, 2, 9_000)
    row = {
        pair: at for at, pair in enumerate(zip(person.tolist(), statement.tolist(), strict=True))
    }
    expected = sorted((who, what, int(value[at])) for (who, what), at in row.items())
    found = VoteMatrix.from_arrays(
        people * person - 5, statements * statement + 3, value.astype(np.int8), universe=[1]
    )
    who = (found.participants[found.rows] + 5) // people
    what = (found.statements[found.columns] - 3) // statements
    assert list(zip(who.tolist(), what.tolist(), found.values.tolist(), strict=True)) == expected
    assert found.participants.tolist() == (np.unique(person) * people - 5).tolist()
    assert found.statements.tolist() == [1, *(np.unique(statement) * statements + 3).tolist()]


@pytest.mark.parametrize("people", [500, 131_071, 131_072, 500_000, 1_048_576, 3_000_000])
def test_the_last_votes_of_few_and_of_many_people_are_found(people: int) -> None:
    chance = np.random.default_rng(people)
    person, statement = chance.integers(0, people, 20_000), chance.integers(0, 4, 20_000)
    person[:2] = 0, people - 1
    person[1_000:2_000] = person[:1_000]
    value = chance.integers(-1, 2, 20_000).astype(np.int8)
    row = dict(zip(zip(person.tolist(), statement.tolist(), strict=True), value, strict=True))
    found = VoteMatrix.from_arrays(person, statement, value)
    who, what = found.participants[found.rows], found.statements[found.columns]
    cast = zip(who.tolist(), what.tolist(), found.values.tolist(), strict=True)
    assert list(cast) == [(*pair, int(row[pair])) for pair in sorted(row)]
