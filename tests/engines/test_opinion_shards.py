from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from assises.engines.opinion import VoteMatrix, analyse, factors, matrix, pca
from assises.engines.opinion.evidence import evidence
from assises.engines.opinion.shards import Here, ShardedVotes
from assises.lib.errors import InputError

from .planted import planted


def parts_of(votes: VoteMatrix, count: int, seed: int) -> list[VoteMatrix]:
    """The same votes, people dealt to parts at random: neither in order nor in equal numbers."""
    part = np.random.default_rng(seed).integers(0, count, len(votes.participants))
    return [votes.of_people(part == at) for at in range(count)]


@pytest.mark.parametrize(("people", "count"), [(900, 2), (900, 5), (22_000, 3)])
def test_any_number_of_shards_gives_the_bytes_of_one_matrix(people: int, count: int) -> None:
    votes, _ = planted(people, 80, 0.2, 3, seed=2)
    whole = analyse(votes, "polis", moderated_out=[3], meta=[5])
    shards = ShardedVotes.of(Here(parts_of(votes, count, seed=count)), count)
    found = analyse(shards, "polis", moderated_out=[3], meta=[5])
    assert found.positions.tobytes() == whole.positions.tobytes()
    assert found.group.tobytes() == whole.group.tobytes()
    assert found.centres.tobytes() == whole.centres.tobytes()
    assert found.group_counts.tobytes() == whole.group_counts.tobytes()
    assert found.priority.tobytes() == whole.priority.tobytes()
    assert len(shards) == len(votes)


@pytest.mark.parametrize("threads", [1, 3])
def test_where_some_people_begin_the_bytes_are_the_same_too(
    monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    monkeypatch.setattr(pca, "pays", lambda _: False)
    monkeypatch.setattr(pca, "_MANY", 1)
    votes, _ = planted(2_000, 80, 0.2, 3, seed=4)
    whole = analyse(votes, "polis", threads=1)
    monkeypatch.setattr(matrix, "_QUICK", 100)  # so that threads do share a part
    shards = ShardedVotes.of(Here(parts_of(votes, 3, seed=3)), 3)
    for found in (analyse(shards, "polis", threads=threads), analyse(votes, "polis", threads=3)):
        assert found.axes.tobytes() == whole.axes.tobytes()
        assert found.positions.tobytes() == whole.positions.tobytes()


@pytest.mark.parametrize("threads", [1, 2])
def test_what_our_own_method_asks_of_everyone_is_the_same_of_shards(threads: int) -> None:
    votes, group = planted(1_500, 60, 0.3, 3, seed=6)
    shards = ShardedVotes.of(Here(parts_of(votes, 4, seed=1)), 4)
    few = votes.some(3)
    assert 0.2 * len(votes) < len(few) < 0.5 * len(votes)
    assert few.cells.tobytes() == shards.some(3).cells.tobytes()
    assert few.participants.tobytes() == shards.some(3).participants.tobytes()
    model = factors.fit(few, dimensions=3)
    there = factors.place(model, shards, threads=threads)
    assert there.moments.tobytes() == factors.place(model, votes, threads=1).moments.tobytes()
    weights = np.random.default_rng(2).uniform(0.2, 3.0, len(group))
    for given in (None, weights):
        one = evidence(votes, group, given, threads=1)
        two = evidence(shards, group, given, threads=threads)
        assert one.shares.low.tobytes() == two.shares.low.tobytes()
        assert one.agreed.bounds.tobytes() == two.agreed.bounds.tobytes()
        assert one.tests.q.tobytes() == two.tests.q.tobytes()


def test_some_people_are_drawn_by_their_votes_and_by_no_id() -> None:
    votes, _ = planted(400, 30, 0.4, 2, seed=8)
    names = np.random.default_rng(1).permutation(400) + 7
    other = VoteMatrix.from_arrays(names[votes.rows], votes.statements[votes.columns], votes.values)
    drawn = set(names[votes.some(4).participants].tolist())
    assert drawn == set(other.some(4).participants.tolist())
    assert votes.some(1) is votes


def test_a_shard_is_loaded_when_it_is_asked_and_let_go() -> None:
    votes, _ = planted(600, 40, 0.3, 2, seed=1)
    parts, loaded = parts_of(votes, 3, seed=1), []

    def loader(at: int) -> Callable[[], VoteMatrix]:
        def load() -> VoteMatrix:
            loaded.append(at)
            return parts[at]

        return load

    shards = ShardedVotes.of(Here([loader(at) for at in range(3)]), 3)
    found, expected = analyse(shards, "polis"), analyse(votes, "polis")
    assert found.positions.tobytes() == expected.positions.tobytes()
    assert loaded[:6] == [0, 1, 2, 0, 1, 2]


def test_someone_in_two_shards_is_refused() -> None:
    one = VoteMatrix.from_arrays([1, 2], [1, 1], [1, -1])
    with pytest.raises(InputError, match="in two parts"):
        ShardedVotes.of(Here([one, one]), 2)


def test_shards_on_other_statements_are_refused() -> None:
    one = VoteMatrix.from_arrays([1], [1], [1])
    other = VoteMatrix.from_arrays([2], [2], [1])
    with pytest.raises(InputError, match="same statements"):
        ShardedVotes.of(Here([one, other]), 2)
