"""Parts in actors of Ray give the bytes of one matrix. Long: starting Ray takes seconds."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from assises.engines.opinion import VoteMatrix, analyse
from assises.engines.opinion.cluster import Cluster
from assises.engines.opinion.shards import ShardedVotes
from assises.flows.casts import parts_of
from assises.lib.errors import InputError, SetupError

from .planted import planted
from .test_opinion_shards import parts_of as dealt
from .test_opinion_shards_files import assert_same, casts, whole, write

# Ray's own threads and files warn as they end.
pytestmark = pytest.mark.filterwarnings("ignore")


def refusing() -> VoteMatrix:
    raise InputError("no such part", file="far/away", line=3, next_step="Look nearer.")


@pytest.fixture(scope="module")
def installed() -> None:
    if importlib.util.find_spec("ray") is None:
        pytest.skip("input absent: the extra cluster")


@pytest.fixture
def started(installed: None) -> Iterator[Callable[..., Cluster]]:
    """Makes clusters, and closes them."""
    made: list[Cluster] = []

    def make(*given: Any, **options: Any) -> Cluster:
        made.append(Cluster(*given, **options))
        return made[-1]

    yield make
    for cluster in made:
        cluster.close()


def test_without_ray_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    before = dict(os.environ)
    with pytest.raises(SetupError, match=r"assises\[cluster\]"):
        Cluster([VoteMatrix.from_arrays([1], [1], [1])])
    assert dict(os.environ) == before
    with pytest.raises(InputError, match="no part"):
        Cluster([])


def test_ray_that_may_listen_on_the_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    early = SimpleNamespace(is_initialized=lambda: False, shutdown=lambda: None)
    monkeypatch.setitem(sys.modules, "ray", early)
    before = dict(os.environ)
    with pytest.raises(SetupError, match="imported before"):
        Cluster([VoteMatrix.from_arrays([1], [1], [1])])
    assert dict(os.environ) == before


@pytest.mark.slow
def test_parts_from_files_and_memory_give_the_bytes_of_one_matrix(
    tmp_path: Path, started: Callable[..., Cluster]
) -> None:
    columns = casts()
    votes = whole(columns, times=columns["time"])
    expected = analyse(votes, "polis", moderated_out=[11], meta=[14])
    stored = parts_of(
        write(columns, tmp_path / "in", files=4), tmp_path / "w", time="time", parts=7
    )
    before = dict(os.environ)
    with started(stored, actors=1) as workers:
        import ray

        assert ray.util.get_node_ip_address() == "127.0.0.1"
        assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
        found = ShardedVotes.of(workers, len(stored))
        assert_same(analyse(found, "polis", moderated_out=[11], meta=[14]), expected)
        # Beside it, in the session that runs: from memory, in another number of parts and actors.
        memory = dealt(votes, 3, seed=1)
        assert all(isinstance(part, VoteMatrix) for part in memory)
        with started(memory, actors=1) as others:
            found = ShardedVotes.of(others, 3)
            assert_same(analyse(found, "polis", moderated_out=[11], meta=[14]), expected)
        assert ray.is_initialized()
    assert not ray.is_initialized()
    assert dict(os.environ) == before


@pytest.mark.slow
def test_an_actor_that_dies_is_started_again_and_changes_no_byte(
    tmp_path: Path, started: Callable[..., Cluster]
) -> None:
    votes, _ = planted(400, 40, 0.3, 3, seed=5)
    parts = dealt(votes, 4, seed=2)
    with started(parts, actors=2) as workers:
        import ray

        found = ShardedVotes.of(workers, 4)
        table = np.random.default_rng(0).normal(size=(160, 4))
        expected = votes.scatter(table, 2.0**40)
        ray.kill(workers._actors[0], no_restart=False)
        assert found.scatter(table, 2.0**40).tobytes() == expected.tobytes()
        assert_same(analyse(found, "polis"), analyse(votes, "polis"))
    with started([*parts[:3], refusing]) as workers, pytest.raises(InputError) as refused:
        ShardedVotes.of(workers, 4)
    assert (refused.value.file, refused.value.line) == ("far/away", 3)
