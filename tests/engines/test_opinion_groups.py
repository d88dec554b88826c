from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assises.engines.opinion import groups, nearest


def blobs(sizes: list[int], seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    angles = np.arange(len(sizes)) * 2 * np.pi / len(sizes)
    centres = 8.0 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = [rng.normal(c, 0.5, (n, 2)) for c, n in zip(centres, sizes, strict=True)]
    # People of all groups arrive mixed.
    return rng.permutation(np.concatenate(points))


@pytest.mark.parametrize("sizes", [[60, 40], [50, 40, 30], [80, 40, 30, 20], [200, 90, 80, 60, 50]])
def test_planted_groups_are_found_largest_first(sizes: list[int]) -> None:
    found = groups.group(blobs(sizes))
    assert np.bincount(found.label).tolist() == sorted(sizes, reverse=True)
    assert max(found.silhouettes, key=lambda k: found.silhouettes[k]) == len(sizes)


def test_people_who_all_stand_in_one_place_are_one_group() -> None:
    found = groups.group(np.zeros((30, 2)))
    assert found.label.tolist() == [0] * 30
    assert found.silhouettes == {}


def test_no_more_groups_are_tried_than_the_server_tries() -> None:
    assert set(groups.group(blobs([6, 5])).silhouettes) == {2}
    assert set(groups.group(blobs([150, 150])).silhouettes) == {2, 3, 4, 5}


def test_the_silhouette_is_that_of_the_definition() -> None:
    points = np.random.default_rng(4).normal(size=(13, 2))
    label = np.repeat([0, 1, 2], [7, 5, 1])
    distances = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    scores = []
    for i in range(13):
        own = [distances[i, j] for j in range(13) if label[j] == label[i] and j != i]
        if not own:
            scores.append(0.0)
            continue
        a = np.mean(own)
        b = min(distances[i, label == c].mean() for c in range(3) if c != label[i])
        scores.append((b - a) / max(a, b))
    assert groups.silhouette(distances, label) == pytest.approx(np.mean(scores), abs=1e-12)


@given(st.integers(0, 500), st.integers(2, 6))
def test_k_means_ends_with_everyone_at_the_nearest_centre(seed: int, k: int) -> None:
    points = np.random.default_rng(seed).normal(size=(80, 2))
    label, centres = groups.kmeans(points, points[:k])
    assert set(label.tolist()) == set(range(len(centres)))
    # Settled within the tolerance of the server: each centre is close to its members' mean.
    again = np.stack([points[label == c].mean(axis=0) for c in range(len(centres))])
    assert np.abs(again - centres).max() < 0.05


@given(st.integers(0, 500), st.integers(1, 40), st.booleans())
def test_the_centres_that_are_not_asked_are_farther(seed: int, k: int, whole: bool) -> None:
    chance = np.random.default_rng(seed)
    points, centres = chance.normal(size=(60, 2)) * 3, chance.normal(size=(k, 2)) * 3
    if whole:  # equal distances: the first one counts
        points, centres = np.round(points), np.round(centres)
    squares = ((points[:, None] - centres[None]) ** 2).sum(axis=2)
    np.testing.assert_array_equal(nearest.nearest(points, centres), squares.argmin(axis=1))


@given(st.integers(0, 500), st.integers(1, 40), st.booleans())
def test_a_square_tells_only_what_holds_everywhere_in_it(seed: int, k: int, whole: bool) -> None:
    chance = np.random.default_rng(seed)
    points, centres = chance.normal(size=(300, 2)) * 30, chance.normal(size=(k, 2)) * 30
    if whole:
        points, centres = np.round(points), np.round(centres)
    group = chance.integers(0, 3, k)
    expected = group[nearest.nearest(points, centres)]
    np.testing.assert_array_equal(nearest.labelled(points, centres, group), expected)


@given(st.integers(0, 500), st.integers(1, 30), st.booleans())
def test_k_means_takes_the_steps_of_lloyd(seed: int, k: int, whole: bool) -> None:
    chance = np.random.default_rng(seed)
    points = np.round(chance.normal(size=(120, 2)) * 3, 0 if whole else 9)
    weights = chance.integers(1, 5, 120).astype(np.float64)
    start = points[:k]
    label, centres = groups.kmeans(points, start, weights)
    expected = start
    for _ in range(groups.ITERATIONS + 1):
        squares = ((points[:, None] - expected[None]) ** 2).sum(axis=2)
        number, theirs = np.unique(squares.argmin(axis=1), return_inverse=True)
        inside = theirs[:, None] == np.arange(len(number))
        moved = (inside * weights[:, None]).T @ points / (inside.T @ weights)[:, None]
        before, after = (c[np.lexsort((c[:, 1], c[:, 0]))] for c in (expected, moved))
        expected = moved
        if len(after) == len(before) and np.linalg.norm(after - before, axis=1).max() < 0.01:
            break
    np.testing.assert_array_equal(label, theirs)
    np.testing.assert_allclose(centres, expected, rtol=1e-9, atol=1e-9)


@given(st.integers(0, 500), st.integers(1, 300), st.booleans())
def test_starts_are_the_farthest_one_after_the_other(seed: int, size: int, whole: bool) -> None:
    points = np.random.default_rng(seed).normal(size=(size, 2)) * 3
    if whole:  # equal distances: the first one counts
        points = np.round(points)
    near = ((points - points.mean(axis=0)) ** 2).sum(axis=1)
    expected = [points[near.argmin()]]
    near[:] = np.inf
    while len(expected) < 40:
        near = np.minimum(near, ((points - expected[-1]) ** 2).sum(axis=1))
        if near.max() <= 0:
            break
        expected.append(points[near.argmax()])
    np.testing.assert_array_equal(groups._spread(points, 40), expected)
