"""Taking out where a language lies."""

from __future__ import annotations

import numpy as np

from assises.engines.themes.meaning.vectors import centred, halved, means, unit


def rows(count: int, seed: int = 0) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32))


def test_lengths_are_one_and_zeros_stay() -> None:
    found = rows(5)
    found[2] = 0
    again = unit(found)
    assert not again[2].any()
    assert np.abs(np.linalg.norm(again[[0, 1, 3, 4]], axis=1) - 1).max() < 1e-6
    assert unit(found[:0]).shape == (0, 16)


def test_a_language_with_few_texts_has_no_mean_of_its_own() -> None:
    given = rows(80)
    tags = ["fr"] * 60 + ["ar"] * 20
    assert sorted(means(given, tags)) == ["fr"]
    assert sorted(means(given, tags, fewest=20)) == ["ar", "fr"]
    given[10:] = 0
    assert means(given, tags) == {}


def test_a_mean_is_the_same_bytes_in_any_order() -> None:
    given, order = rows(500), np.random.default_rng(1).permutation(500)
    assert np.array_equal(means(given, ["fr"] * 500)["fr"], means(given[order], ["fr"] * 500)["fr"])
    assert np.allclose(means(given, ["fr"] * 500)["fr"], given.mean(axis=0), atol=1e-6)


def test_centring_brings_languages_together() -> None:
    meaning, apart = rows(200), rows(2, seed=7)
    given = unit(np.concatenate([meaning + apart[0], meaning + apart[1]]))
    tags = ["fr"] * 200 + ["ar"] * 200
    found = centred(given, tags, means(given, tags))

    def at_one(vectors: np.ndarray) -> float:
        near = np.argmax(vectors[:200] @ vectors[200:].T, axis=1)
        return float((near == np.arange(200)).mean())

    assert at_one(found) > at_one(given) + 0.1
    assert abs(found[:200].mean(axis=0)).max() < 0.1


def test_rows_do_not_depend_on_their_company() -> None:
    given, tags = rows(300), ["fr", "ar", "en"] * 100
    of = {"fr": given[0] / 3, "ar": given[1] / 2}
    together = centred(given, tags, of)
    for at in (0, 1, 2, 299):
        assert np.array_equal(centred(given[at : at + 1], tags[at : at + 1], of)[0], together[at])
    halves = halved(given)
    assert np.array_equal(centred(halves, tags, of), centred(halves.astype(np.float32), tags, of))


def test_zeros_and_unknown_languages_stay() -> None:
    given = rows(3)
    given[1] = 0
    found = centred(given, ["fr", "fr", "zgh-Latn"], {"fr": given[0] / 2})
    assert not found[1].any()
    assert np.array_equal(found[2], unit(given[2:])[0])
