from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.flows.participation import over_time, per_person

HOUR = 3_600_000


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("last", "unit"),
    [
        ("2026-05-04T20:00", "hour"),
        ("2026-06-04T20:00", "day"),
        ("2027-06-04T20:00", "week"),
        ("2031-06-04T20:00", "month"),
        ("2060-06-04T20:00", "year"),
    ],
)
def test_the_unit_follows_the_span(last: str, unit: str) -> None:
    times = np.array([at("2026-05-04T08:30"), at(last)])
    found = over_time(times, np.array([1, 2]))
    assert found["unit"] == unit
    assert len(found["bins"]) <= 121
    assert found["bins"][0]["casts"] == found["bins"][-1]["casts"] == 1


@given(st.lists(st.tuples(st.integers(0, 4 * 10**12), st.integers(0, 5)), min_size=1, max_size=60))
def test_every_cast_is_in_one_bin(casts: list[tuple[int, int]]) -> None:
    times, people = (np.array(column, dtype=np.int64) for column in zip(*casts, strict=True))
    found = over_time(times, people)
    assert sum(b["casts"] for b in found["bins"]) == len(casts)
    assert max(b["people"] for b in found["bins"]) <= len(set(people.tolist()))


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=200))
def test_everyone_is_in_one_bin_of_votes(votes: list[int]) -> None:
    found = per_person(np.array(votes))
    assert sum(b["people"] for b in found["bins"]) == len(votes)
    assert found["most"] == max(votes) == found["bins"][-1]["to"]
    assert found["median"] in votes
    assert sum(v <= found["median"] for v in votes) * 2 >= len(votes)
    for before, after in zip(found["bins"], found["bins"][1:], strict=False):
        assert before["to"] + 1 == after["from"]
