"""Chances against worlds whose chances are known."""

from __future__ import annotations

import numpy as np

from assises.engines.themes.verticals.chances import fitted, threshold


def world(seed: int, count: int = 4000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, words and labels: each text has one of four, and its score is higher by noise."""
    random = np.random.default_rng(seed)
    label = random.integers(0, 4, count)
    has = np.eye(4, dtype=bool)[label]
    scores = random.normal(0, 0.4, (count, 4)) + 0.6 * has - 0.5
    words = (random.random((count, 4)) < np.where(has, 0.6, 0.2)).astype(float)
    return scores, words, has


def test_what_is_said_to_be_likely_is_as_often_so() -> None:
    scores, words, has = world(1)
    chances = fitted(scores, words, has)
    fresh, new_words, so = world(2)
    said = chances.of(fresh, new_words)
    for low in np.arange(0.0, 1.0, 0.1):
        mine = (said >= low) & (said < low + 0.1)
        if mine.sum() > 200:
            slack = 4 * np.sqrt(0.25 / mine.sum())
            assert abs(said[mine].mean() - so[mine].mean()) < slack
    assert ((said - so) ** 2).mean() < 0.75 * 0.25 * 0.75


def test_words_and_rivals_change_a_chance() -> None:
    chances = fitted(*world(3))
    scores, none = np.full((1, 4), -0.5), np.zeros((1, 4))
    plain = chances.of(scores, none)[0]
    named = chances.of(scores, np.array([[1.0, 0, 0, 0]]))[0]
    assert named[0] > plain[0] > named[1]
    rival = chances.of(scores + np.array([[0, 1.0, 0, 0]]), none)[0]
    assert rival[0] < plain[0]


def test_several_labels_and_none_may_be_likely() -> None:
    random = np.random.default_rng(4)
    has = random.random((3000, 3)) < 0.4
    scores = has + random.normal(0, 0.2, has.shape)
    said = fitted(scores, np.zeros(scores.shape), has).of(
        np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]), np.zeros((2, 3))
    )
    assert (said > 0.5).tolist() == [[True, True, False], [False, False, False]]


def test_the_threshold_is_the_least_that_is_right_often_enough() -> None:
    chances = np.repeat([0.9, 0.8, 0.7], 100)[:, None]
    has = np.concatenate([np.ones(100), np.arange(100) < 90, np.arange(100) < 10])[:, None] > 0
    assert threshold(chances, has, 0.8, 30) == 0.8
    assert threshold(chances, has, 0.85, 30) == 0.9
    assert threshold(chances, has, 0.99, 30) == 2.0
    assert threshold(chances, ~has, 0.8, 30) == 2.0
    assert threshold(chances[:20], has[:20], 0.8, 30) == 2.0
    certain = np.repeat([0.9, 0.3], [1000, 100])[:, None]
    assert threshold(certain, certain > 0.5, 0.8, 30) == 0.9
    assert threshold(np.empty((0, 3)), np.empty((0, 3), bool), 0.8, 30) == 2.0


def test_labels_that_scores_tell_apart_wholly_stay_finite() -> None:
    has = np.eye(3, dtype=bool)[np.arange(300) % 3]
    said = fitted(np.where(has, 5.0, -5.0), np.zeros((300, 3)), has).of(
        np.array([[900.0, -900.0, 0.0]]), np.zeros((1, 3))
    )
    assert np.isfinite(said).all()
    assert said[0, 0] > 0.99 > 0.01 > said[0, 1]
