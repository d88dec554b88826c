from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion import campaigns as c
from assises.engines.opinion.campaigns.ballots import bets
from assises.lib.errors import InputError

from .votes import random_votes


def corpus() -> ModuleType:
    """The worlds of lies and of innocents that are also measured at length."""
    path = Path(__file__).resolve().parents[2] / "bench" / "campaigns.py"
    spec = importlib.util.spec_from_file_location("bench_campaigns", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


BENCH = corpus()


@pytest.mark.parametrize("title", list(BENCH.INNOCENTS))
def test_an_innocent_conversation_holds_no_campaign(title: str) -> None:
    assert BENCH.judge(BENCH.INNOCENTS[title](7)).claims == 0


@pytest.mark.parametrize(
    "title",
    [
        "5 copies, noise 0%",
        "20 copies, noise 0%",
        "20 copies, noise 10%",
        "20 copies of a group's view",
        "20 partial ballots, 70 %",
        "20 in slow drip",
        "250 copies among 800, noise 10%",
    ],
)
def test_copies_are_found_and_no_innocent_is_named(title: str) -> None:
    verdict = BENCH.judge(BENCH.LIES[title].tell(3))
    assert (verdict.found, verdict.innocents) == (1, 0)
    assert min(verdict.members) > 0.6


def test_several_campaigns_are_told_apart() -> None:
    verdict = BENCH.judge(BENCH.Lie(size=15, count=3).tell(5))
    assert (verdict.claims, verdict.found) == (3, 3)


@pytest.mark.slow
def test_false_claims_stay_rare_over_all_innocents() -> None:
    runs = 25
    wrong = sum(
        BENCH.judge(make(900 + seed)).claims > 0
        for make in BENCH.INNOCENTS.values()
        for seed in range(runs)
    )
    # 1 % a conversation, with room for chance: above 8 of 350 has probability .01.
    assert wrong <= 8


def told(seed: int = 4, **lie: object) -> tuple[VoteMatrix, np.ndarray, np.ndarray]:
    return BENCH.Lie(**({"noise": 0.1} | lie)).tell(seed).done()


def test_the_shared_ballot_and_its_window_are_said() -> None:
    votes, times, so = told(noise=0.0)
    (campaign,) = c.find_campaigns(votes, first_times=times)
    members = np.flatnonzero(so == 0)
    assert sorted(campaign.members) == members.tolist()
    assert campaign.size == 20
    assert (campaign.first, campaign.last) == (times[members].min(), times[members].max())
    assert campaign.arrivals == ((times >= campaign.first) & (times <= campaign.last)).sum()
    assert campaign.kept == 1.0
    part = slice(votes.indptr[members[0]], votes.indptr[members[0] + 1])
    assert campaign.statements.tolist() == votes.columns[part].tolist()
    assert campaign.ballot.tolist() == votes.values[part].tolist()
    assert campaign.expected < 1e-9
    assert (np.diff(times[campaign.members]) >= 0).all()


def test_without_times_only_what_is_odd_enough_is_claimed() -> None:
    votes, times, so = told(noise=0.0)
    timed = c.find_campaigns(votes, first_times=times)
    untimed = c.find_campaigns(votes)
    assert {m for one in untimed for m in one.members} <= set(np.flatnonzero(so == 0))
    for one in untimed:
        assert one.first is None and one.last is None
        assert one.arrivals == len(votes.participants)
        assert one.expected >= timed[0].expected


def test_only_the_order_of_arrivals_counts() -> None:
    votes, times, _ = told()
    one = c.find_campaigns(votes, first_times=times)
    other = c.find_campaigns(votes, first_times=(times // 7 + times) * 3 - 10**9)
    assert len(one) == 1
    assert [x.members.tolist() for x in one] == [x.members.tolist() for x in other]
    assert [x.expected for x in one] == [x.expected for x in other]


def test_a_busier_window_makes_the_same_ballots_less_surprising() -> None:
    votes, times, so = told(noise=0.0)
    spread = times.copy()
    spread[so == 0] = np.sort(times)[:: len(times) // 20][:20]
    close = c.find_campaigns(votes, first_times=times)[0]
    wide = c.find_campaigns(votes, first_times=spread)
    assert all(w.expected > close.expected for w in wide)


def test_other_numbers_for_people_claim_the_same_people() -> None:
    votes, times, _ = told()
    size = len(votes.participants)
    fresh = np.random.default_rng(2).permutation(size)
    renamed = VoteMatrix.from_arrays(fresh[votes.rows], votes.columns, votes.values)
    again = np.empty_like(times)
    again[fresh] = times
    one = c.find_campaigns(votes, first_times=times)
    other = c.find_campaigns(renamed, first_times=again)
    assert [sorted(fresh[x.members]) for x in one] == [sorted(x.members) for x in other]


def test_the_same_votes_give_the_same_bytes_in_any_order_of_rows() -> None:
    votes, times, _ = told()
    order = np.random.default_rng(1).permutation(len(votes))
    mixed = VoteMatrix.from_arrays(
        votes.rows[order], votes.columns[order], votes.values[order], universe=np.arange(60)
    )
    one = c.find_campaigns(votes, first_times=times)
    other = c.find_campaigns(mixed, first_times=times)
    assert [(x.members.tobytes(), x.evidence) for x in one] == [
        (x.members.tobytes(), x.evidence) for x in other
    ]


def test_a_bet_against_the_truth_gains_nothing_on_average() -> None:
    # Pairs of ballots of three independent votes with known chances: the second is bet on by the
    # first, against the truth. The stake is a fair game, whatever the noise that is bet with.
    rng = np.random.default_rng(0)
    pairs, chance = 20_000, np.array([[0.2, 0.1, 0.7], [0.5, 0.2, 0.3], [0.1, 0.1, 0.8]])
    usual = np.array([[0.3, 0.1, 0.6], [0.4, 0.2, 0.4], [0.2, 0.1, 0.7]])
    code = (rng.random((2 * pairs, 3))[..., None] > chance.cumsum(axis=1)).sum(axis=2)
    cells = (np.arange(3) * 4 + code).astype(np.uint16).ravel()
    indptr = np.arange(2 * pairs + 1) * 3
    truth = np.log(chance[np.arange(3), code])
    noises = np.array([0.02, 0.1, 0.25])
    gains = np.array(
        [
            bets(
                np.array([2 * i, 2 * i + 1]), indptr, cells, truth[2 * i : 2 * i + 2].ravel(),
                np.array([0, 3, 6]), np.log(usual), noises, False,
            )[1]
            for i in range(pairs)
        ]
    )  # fmt: skip
    stakes = np.exp(gains)
    assert np.abs(stakes.mean(axis=0) - 1).max() < 4 * (stakes.std(axis=0) / pairs**0.5).max()


def test_everyone_agreeing_with_everything_is_no_campaign() -> None:
    people, statements = np.divmod(np.arange(1200), 12)
    votes = VoteMatrix.from_arrays(people, statements, np.ones(1200, dtype=int))
    assert c.find_campaigns(votes, first_times=np.arange(100)) == ()


@pytest.mark.parametrize(
    ("people", "statements", "values"),
    [
        ([1], [1], [1]),
        ([1, 2], [1, 1], [1, -1]),
        ([1] * 6, range(6), [1, 0, -1, 1, 1, 0]),
        (np.repeat(np.arange(8), 5), np.arange(40), np.ones(40, dtype=int)),
        (np.repeat(np.arange(9), 6), np.tile(np.arange(6), 9), np.zeros(54, dtype=int)),
    ],
    ids=["one vote", "one statement", "one voter", "no overlap", "only passes"],
)
def test_very_little_is_no_campaign(people: list, statements: list, values: list) -> None:
    votes = VoteMatrix.from_arrays(people, statements, values)
    times = np.arange(len(votes.participants))
    assert c.find_campaigns(votes, first_times=times) == ()
    assert c.find_campaigns(votes) == ()


def test_a_campaign_among_more_statements_than_two_bytes_name_is_found() -> None:
    rng = np.random.default_rng(0)
    people, statements = np.repeat(np.arange(200), 30), rng.integers(0, 17_000, 6000)
    known = rng.random(6000) < 0.7
    statements[known] = rng.integers(0, 30, int(known.sum())) * 500
    values = rng.choice([-1, 1], 6000)
    copied = slice(100 * 30, 110 * 30)
    statements[copied] = np.tile(np.arange(30) * 500, 10)
    values[copied] = np.tile(rng.choice([-1, 1], 30), 10)
    votes = VoteMatrix.from_arrays(people, statements, values, universe=np.arange(17_000))
    (campaign,) = c.find_campaigns(votes, first_times=np.arange(200))
    assert campaign.members.tolist() == list(range(100, 110))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"first_times": np.arange(3)}, "one whole number"),
        ({"first_times": np.zeros(60)}, "one whole number"),
        ({"fewest": 1}, "at least 2 people"),
        ({"expected": 0.0}, "at least 2 people"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: dict, says: str) -> None:
    with pytest.raises(InputError, match=says):
        c.find_campaigns(random_votes(1), **arguments)
