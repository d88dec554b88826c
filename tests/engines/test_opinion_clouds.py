from __future__ import annotations

import numpy as np
import pytest

from assises.engines.opinion.bents import find_bents
from assises.engines.opinion.clouds import Clouds, Sightings, fit_clouds, put_into, sight_at
from assises.engines.opinion.matching import adjusted_rand_index, overlap
from assises.engines.opinion.partition import Partition, divide, find_groups, latent_classes
from assises.engines.opinion.structure import Structure

from .planted import placed


def lower(matrices: np.ndarray) -> np.ndarray:
    rows, columns = np.tril_indices(matrices.shape[1])
    return np.ascontiguousarray(matrices[:, rows, columns])


def seen_places(
    seed: int, people: int, apart: float, noise: float
) -> tuple[Sightings, np.ndarray, np.ndarray]:
    """Two clouds of variance 1 in a plane, each place seen with an error of its own covariance."""
    chance = np.random.default_rng(seed)
    label = chance.integers(0, 2, people)
    place = chance.normal(0, 1, (people, 2))
    place[:, 0] += np.where(label == 1, apart, 0.0)
    tilt = chance.normal(0, 1, (people, 2, 2))
    error = noise * (np.einsum("nij,nkj->nik", tilt, tilt) + 0.2 * np.eye(2))
    mark = place + np.einsum(
        "nij,nj->ni", np.linalg.cholesky(error), chance.normal(size=(people, 2))
    )
    known = np.linalg.inv(error)
    return Sightings(lower(known), np.einsum("nij,nj->ni", known, mark)), error, mark


def test_memberships_are_those_of_normals_seen_with_errors() -> None:
    seen, error, mark = seen_places(1, 60, 2.0, 0.7)
    centre = np.array([[0.0, 0.0], [2.0, 0.5], [-1.0, 1.0]])
    spread = np.array([[1.0, 0.3], [0.3, 0.6]])
    share = np.array([0.5, 0.3, 0.2])
    log = np.empty((60, 3))
    for g in range(3):  # a mark is normal around the centre, with both covariances
        off = mark - centre[g]
        both = spread + error
        square = np.einsum("ni,nij,nj->n", off, np.linalg.inv(both), off)
        log[:, g] = np.log(share[g]) - 0.5 * (np.linalg.slogdet(both)[1] + square)
    expected = np.exp(log - log.max(axis=1, keepdims=True))
    expected /= expected.sum(axis=1, keepdims=True)
    found = put_into(seen, Clouds(centre, spread, share, 60, 0.0, 0))
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_what_blurs_a_place_is_no_width_of_a_cloud() -> None:
    seen, _, mark = seen_places(2, 6000, 4.0, 1.0)
    start = np.stack([mark[:, 0] > 2, mark[:, 0] <= 2], axis=1).astype(np.float64)
    found = fit_clouds(seen, start)
    np.testing.assert_allclose(found.spread, np.eye(2), atol=0.12)
    assert found.apart == pytest.approx(4.0, abs=0.25)
    # As if the marks were the places, the same clouds are wide and run into each other.
    assert np.cov(mark[start[:, 0] > 0.5].T)[1, 1] > 1.8


def test_one_cloud_has_the_better_evidence_where_there_is_one() -> None:
    seen, _, mark = seen_places(3, 3000, 0.0, 1.0)
    upper = (mark[:, 0] > 0).astype(np.float64)
    one = fit_clouds(seen, np.ones((3000, 1)))
    two = fit_clouds(seen, np.stack([upper, 1 - upper], axis=1))
    assert one.apart == np.inf
    assert one.evidence > two.evidence


def test_a_fit_gives_up_what_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assises.engines.opinion.clouds._FAIR", 3)
    seen, _, mark = seen_places(4, 1500, 2.0, 8.0)
    start = np.stack([mark[:, 0] > 3, mark[:, 0] <= 3], axis=1).astype(np.float64)
    full = fit_clouds(seen, start)
    given_up = fit_clouds(seen, start, aim=full.evidence + 1e6)
    assert given_up.rounds < full.rounds
    assert given_up.likelihood <= full.likelihood


def test_no_round_and_no_leap_ends_lower(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, _, mark = seen_places(8, 800, 2.0, 3.0)
    start = np.stack([mark[:, 0] > 2, mark[:, 0] <= 2], axis=1).astype(np.float64)
    monkeypatch.setattr("assises.engines.opinion.clouds._SETTLED", -1.0)
    reached = []
    for rounds in range(2, 32, 3):
        monkeypatch.setattr("assises.engines.opinion.clouds._ROUNDS", rounds)
        reached.append(fit_clouds(seen, start).likelihood)
    assert (np.diff(reached) > -1e-3).all()
    assert reached[-1] > reached[0] + 1.0


def test_neither_order_nor_threads_change_a_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assises.engines.opinion.clouds._ROUNDS", 8)
    seen, _, mark = seen_places(5, 110_000, 2.5, 1.0)
    start = np.stack([mark[:, 0] > 1, mark[:, 0] <= 1], axis=1).astype(np.float64)
    turned = Sightings(seen.known[::-1].copy(), seen.pull[::-1].copy())
    fits = [
        fit_clouds(seen, start, threads=1),
        fit_clouds(seen, start, threads=2),
        fit_clouds(turned, start[::-1].copy(), threads=1),
    ]
    assert len({fit.centre.tobytes() + fit.spread.tobytes() for fit in fits}) == 1


@pytest.mark.parametrize("readiness", [False, True])
def test_votes_say_slope_and_curvature_of_their_likelihood(readiness: bool) -> None:
    chance = np.random.default_rng(6)
    votes = placed(chance.normal(size=(4, 2)), 12, 0.7, seed=6)
    statement = np.column_stack([chance.normal(size=12), np.ones(12), chance.normal(size=(12, 2))])
    place = chance.normal(0, 0.5, (4, 3))
    seen = sight_at(votes, statement, place, 0.8, readiness, 1)
    for person in range(4):
        cells = votes.cells[votes.indptr[person] : votes.indptr[person + 1]]
        told = cells[cells & 3 != 1]
        row, said = statement[told >> 2], np.where(told & 3 == 2, 1.0, -1.0)

        def fit(at: np.ndarray, row: np.ndarray = row, said: np.ndarray = said) -> float:
            return float(-np.log1p(np.exp(-said * (row[:, 0] + row[:, 1:] @ at))).sum())

        step = 1e-4 * np.eye(3)
        at = place[person]
        slope = np.array([(fit(at + e) - fit(at - e)) / 2e-4 for e in step])
        curve = -np.array(
            [
                [
                    (fit(at + e + f) - fit(at + e - f) - fit(at - e + f) + fit(at - e - f))
                    for e in step
                ]
                for f in step
            ]
        ) / (4e-8)
        pull = slope + curve @ at
        if not readiness:  # a normal with precision 0.8 around 0, integrated out
            curve[0, 0] += 0.8
            pull = pull[1:] - curve[1:, 0] * pull[0] / curve[0, 0]
            curve = curve[1:, 1:] - np.outer(curve[1:, 0], curve[0, 1:]) / curve[0, 0]
        np.testing.assert_allclose(seen.known[person], lower(curve[None])[0], atol=1e-5)
        np.testing.assert_allclose(seen.pull[person], pull, atol=1e-5)


def two_wide_groups(people: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng([seed, 43])
    label = (chance.random(people) < 0.4).astype(np.int64)
    place = chance.normal(0, 0.5, (people, 2))
    place[:, 0] += np.where(label == 1, 1.2, -0.8)
    return place, label


def test_a_wide_group_is_one_group_however_many_votes_there_are() -> None:
    place, label = two_wide_groups(1500, seed=1)
    for density in (0.1, 0.4):
        votes = placed(place, 150, density, seed=1)
        found = find_groups(votes)
        assert found.groups == 2
        assert adjusted_rand_index(overlap(found.label, label)) > 0.6
    # Classes say the same by people in a row: that is what clouds are for.
    assert latent_classes(votes, found.structure.lines).shape[1] > 2


@pytest.mark.parametrize("dimensions", [1, 2])
def test_a_continuum_is_no_groups_though_the_votes_hang_together(dimensions: int) -> None:
    place = np.random.default_rng(7).normal(size=(1000, dimensions))
    found = find_groups(placed(place, 120, 0.3, seed=7))
    assert found.structure.lines >= 1
    assert found.groups == 1


def camps(seed: int, within: float, apart: float) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng([seed, 47])
    label = chance.integers(0, 2, 400)
    return np.where(label == 1, apart, -apart) + chance.normal(0, within, 400), label


@pytest.mark.parametrize("seed", range(3))
def test_all_yes_against_all_no_is_two_groups(seed: int) -> None:
    lean, label = camps(seed, 0.4, 2.0)
    votes = placed(np.zeros((400, 1)), 40, 0.4, seed=seed, lean=lean)
    found = find_groups(votes)
    assert find_bents(votes).camps
    assert found.structure.camps
    assert found.groups == 2
    assert adjusted_rand_index(overlap(found.label, label)) > 0.85


@pytest.mark.parametrize("within", [0.5, 1.0, 2.0])
def test_temper_alone_makes_no_camps(within: float) -> None:
    lean, _ = camps(9, within, 0.0)
    votes = placed(np.zeros((400, 1)), 40, 0.4, seed=9, lean=lean)
    found = find_bents(votes)
    assert not found.camps
    assert found.agreeing.spread > 0.3
    assert find_groups(votes).groups == 1


def test_camps_and_opinions_are_told_beside_each_other() -> None:
    lean, label = camps(4, 0.3, 1.5)
    chance = np.random.default_rng(48)
    side = chance.integers(0, 2, 400)
    place = np.where(side == 1, 1.2, -1.2)[:, None] + chance.normal(0, 0.2, (400, 1))
    votes = placed(place, 60, 0.5, seed=4, lean=lean)
    found = find_groups(votes)
    assert found.groups == 4
    assert adjusted_rand_index(overlap(found.label, 2 * label + side)) > 0.8


def test_a_number_whose_groups_are_not_apart_is_no_runner_up() -> None:
    structure = Structure(0.01, 99, 1, np.ones(1), 0.5, 3)
    found = Partition(structure, np.ones((3, 1)), np.array([0.0, -np.inf, -5.0]))
    assert found.runner_up == (3, 5.0)
    alone = Partition(structure, np.ones((3, 1)), np.array([0.0, -np.inf]))
    assert alone.runner_up is None


def test_who_is_asked_when_there_are_very_many_votes(monkeypatch: pytest.MonkeyPatch) -> None:
    place, label = two_wide_groups(2000, seed=2)
    votes = placed(place, 100, 0.3, seed=2)
    monkeypatch.setattr("assises.engines.opinion.clouds.ENOUGH_VOTES", 30_000)
    membership, _ = divide(votes, 2)
    assert membership.shape == (2000, 2)
    assert adjusted_rand_index(overlap(membership.argmax(axis=1), label)) > 0.6
