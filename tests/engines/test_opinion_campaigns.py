from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion import campaigns as c
from assises.engines.opinion.campaigns import search
from assises.engines.opinion.campaigns.ballots import bets
from assises.engines.opinion.campaigns.null import log_probabilities
from assises.engines.opinion.campaigns.others import class_shares
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


@pytest.mark.parametrize("seed", [102, 117, 134])
def test_ballots_that_are_equal_by_chance_are_no_campaign(seed: int) -> None:
    # Where places were not the best there are, these had up to seven claims each.
    assert BENCH.judge(BENCH.few_statements(seed)).claims == 0


def test_a_camp_that_the_axes_do_not_hold_is_an_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    w = BENCH.INNOCENTS["eight camps, the same 30 statements"](8)
    assert BENCH.judge(w).claims == 0
    monkeypatch.setattr(search, "class_shares", lambda *_, **__: None)
    assert BENCH.judge(w).claims > 0


def test_those_who_came_with_a_burst_do_not_make_it_an_opinion() -> None:
    # What its noisiest copies say would pass for a class of other people.
    assert BENCH.judge(BENCH.LIES["250 copies among 800, noise 10%"].tell(7003)).found == 1


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


def test_a_claim_says_who_and_what_by_their_ids() -> None:
    votes, times, so = told(noise=0.0)
    named = VoteMatrix.from_arrays(
        votes.rows * 3 + 11, votes.columns * 7 + 5, votes.values, universe=np.arange(60) * 7 + 5
    )
    (campaign,) = c.find_campaigns(named, first_times=times)
    assert sorted(campaign.participants) == (np.flatnonzero(so == 0) * 3 + 11).tolist()
    assert named.participants[campaign.members].tolist() == campaign.participants.tolist()
    assert campaign.statement_ids.tolist() == (campaign.statements * 7 + 5).tolist()
    assert campaign.votes == named.votes_per_participant[so == 0].sum() == 20 * 20


def test_each_participant_has_the_label_of_their_campaign() -> None:
    votes, times, so = BENCH.Lie(size=15, count=3).tell(5).done()
    found = c.find_campaigns(votes, first_times=times)
    label = c.campaign_label(found, len(votes.participants))
    assert label.dtype == np.int64 and label.shape == so.shape
    assert ((label >= 0) == (so >= 0)).all()
    for at, campaign in enumerate(found):
        assert np.flatnonzero(label == at).tolist() == sorted(campaign.members)
    assert c.campaign_label((), 3).tolist() == [-1, -1, -1]


def test_campaigns_of_other_votes_have_no_labels() -> None:
    votes, times, _ = told(noise=0.0)
    with pytest.raises(InputError, match="not among the participants"):
        c.campaign_label(c.find_campaigns(votes, first_times=times), 10)


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


@pytest.mark.parametrize("seed", range(4))
def test_a_person_stands_at_their_own_best_place(seed: int) -> None:
    # Steep statements, where whole Newton steps overshoot for ever; the oracle is a fine grid.
    rng = np.random.default_rng(seed)
    answer = np.column_stack([rng.normal(0, 2, 12), np.ones(12), rng.normal(0, 8, 12)])
    passing = np.column_stack([np.full(12, -1.0), np.ones(12)])
    side = np.linspace(-4, 4, 401)
    bent, place = np.meshgrid(side, side, indexing="ij")
    for _ in range(4):
        code = rng.choice([0, 2], 12)
        cells = (np.arange(12) * 4 + code).astype(np.uint16)
        logs = log_probabilities(0, np.array([0, 12]), cells, answer, passing)
        logit = answer[:, 0] + bent[..., None] + answer[:, 2] * place[..., None]
        likely = -np.logaddexp(0, np.where(code == 2, -logit, logit)).sum(axis=2)
        joint = likely - (bent**2 + place**2) / 2
        skips = -np.logaddexp(0, -1 + side) * 12
        best = skips[(skips - side**2 / 2).argmax()]
        assert logs.sum() == pytest.approx(likely.flat[joint.argmax()] + best, abs=0.15)
        # No average over people of the prior gives the ballot more.
        prior = np.exp(-(bent**2 + place**2) / 2)
        assert logs.sum() >= np.log((np.exp(likely) * prior).sum() / prior.sum()) + best


def camps(people: int = 60) -> VoteMatrix:
    """Two camps who agree on nothing, person by person in turn, on ten statements."""
    rng = np.random.default_rng(3)
    camp = np.where(np.arange(people) % 2, 1, -1)[:, None]
    view = np.where(np.arange(10) % 2, 1, -1) * camp
    vote = np.where(rng.random((people, 10)) < 0.95, view, -view)
    who, what = np.divmod(np.arange(people * 10), 10)
    return VoteMatrix.from_arrays(who, what, vote.ravel())


def test_classes_are_those_of_the_people_who_are_asked() -> None:
    votes = camps()
    both = class_shares(votes, np.arange(60))
    one = class_shares(votes, np.arange(1, 60, 2))
    assert both is not None and one is not None
    assert both.shape == (2, 10, 3) and one.shape == (1, 10, 3)
    assert np.exp(both).sum(axis=2) == pytest.approx(1.0)
    assert sorted(both.argmax(axis=2).tolist()) == [[0, 2] * 5, [2, 0] * 5]
    assert one.argmax(axis=2).tolist() == [[0, 2] * 5]
    assert class_shares(votes, np.arange(4)) is None


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
