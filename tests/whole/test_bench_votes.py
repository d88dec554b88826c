"""The measurement of the votes counts what it says it counts, and says so when it cannot.

No time is asserted here: whether the act is fast enough is for ``./run bench votes`` to say.
"""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

import pytest

from assises.rooms.votes.models import Cast, Current
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_votes", ROOT / "bench" / "votes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def small(bench: ModuleType, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, dict[str, Any]]:
    """An edition with few voices, and the contenders as they are."""
    monkeypatch.setattr(bench, "VOICES", 6)
    place, contenders = bench.world()
    return place, contenders


def test_every_contender_leaves_every_vote_that_its_rate_counts(
    bench: ModuleType, small: tuple[Any, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    place, contenders = small
    rates = bench.measure(place, contenders, batches=8, rounds=2)
    assert list(rates) == ["bare", "act", "site"]
    assert all(len(seen) == 2 and min(seen) > 0 for seen in rates.values())
    assert Cast.objects.count() == 2 * 2 * 8 * bench.SIZE  # two rounds of act and of site
    assert Current.objects.count() == len(
        {(i % 6, n) for i in range(2 * 3 * 8) for n, _ in bench._answers(i)}
    )
    bench.report(rates, bench.pgbench(place, seconds=1))
    assert "| site |" in capsys.readouterr().out


def test_a_contender_that_raises_in_its_thread_ends_the_run(
    bench: ModuleType, small: tuple[Any, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, contenders = small
    right = bench._answers
    # Statements are numbered from 1: a measurement that counts from 0 once measured nothing.
    monkeypatch.setattr(bench, "_answers", lambda i: [(n - 1, v) for n, v in right(i)])
    with pytest.raises(Exception, match="no statement to vote on under these numbers: 0"):
        bench.measure(place, {"act": contenders["act"]}, batches=150, rounds=1)


@pytest.mark.parametrize("name", ["bare", "act", "site"])
def test_a_contender_that_loses_one_batch_in_silence_ends_the_run(
    name: str, bench: ModuleType, small: tuple[Any, dict[str, Any]]
) -> None:
    place, contenders = small
    run = contenders[name]

    def lazy(i: int) -> None:
        if i != 3:
            run(i)

    with pytest.raises(bench.Lost, match=f"^{name}: "):
        bench.measure(place, {name: lazy}, batches=4, rounds=1)


def test_an_act_below_half_of_the_bare_view_fails_and_says_so(
    bench: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.report({"bare": [100.0] * 3, "act": [50.0] * 3, "site": [20.0] * 3}, 300) == 0
    assert "TOO SLOW" not in capsys.readouterr().out
    assert bench.report({"bare": [100.0] * 3, "act": [49.0] * 3, "site": [20.0] * 3}, 300) == 1
    assert "TOO SLOW: the act keeps 0.49 of the bare view" in capsys.readouterr().out
