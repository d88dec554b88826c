"""The adapter: pieces that meet, a solution that is one, and what it adds to the encoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assises.engines.themes.characters import bare, codes_of
from assises.engines.themes.meaning import darija_kernels as loops
from assises.engines.themes.meaning.darija import Adapted, Adapter, fit
from assises.engines.themes.meaning.encoder import multilingual
from assises.engines.themes.meaning.ridge import solve
from assises.engines.themes.meaning.vectors import Embedder
from assises.flows.themes.embedder import corpus
from assises.lib.errors import InputError

TRAINED, ASKED = slice(0, None, 6), slice(1, None, 24)


def heard(word: str) -> str:
    codes = codes_of(bare(word).text)
    out = np.empty(max(len(codes), 1), dtype=np.uint32)
    count = loops.sounds(codes, 0, len(codes), loops.HEARD, loops.PAIRS, out)
    return out[:count].tobytes().decode("utf-32-le")


@pytest.mark.parametrize(
    "alike",
    [
        ("chkoun", "xkoun", "shkun", "شكون"),
        ("lmdrasa", "lmadrassa", "lmedrasa", "المدراسا"),
        ("7it", "hit", "حيت"),
        ("9bel", "qbel", "قبل"),
        ("bghina", "bghiina", "بغينا"),
        ("khdma", "5edma", "خدما"),
        ("b3id", "بعيد"),
    ],
)
def test_spellings_of_one_word_are_heard_alike(alike: tuple[str, ...]) -> None:
    assert {heard(word) for word in alike} == {heard(alike[0])}


def test_words_that_differ_are_heard_apart() -> None:
    words = ["lma", "tri9", "sbitar", "mdrasa", "khdma", "jdid", "عمل", "وزير", "مستشفى"]
    assert len({heard(word) for word in words}) == len(words)


def test_pieces_are_those_of_the_words() -> None:
    def said(text: str) -> tuple[np.ndarray, np.ndarray]:
        return loops.features(codes_of(bare(text).text), loops.HEARD, loops.PAIRS)

    places, counts = said("lma lma f douar")
    assert (np.diff(places) > 0).all()
    once, _ = said("douar f lma")
    assert np.array_equal(places, once)
    assert counts.max() == 2
    assert len(said("")[0]) == 0
    assert len(said("🙂")[0]) == 0
    # One letter has edges: "f" is " f", "f " and " f ", as written and as heard.
    assert said("f")[1].sum() == 6


@pytest.mark.parametrize("count", [1, 95, 96, 97, 250])
def test_the_solution_is_that_of_the_library(count: int) -> None:
    random = np.random.default_rng(count)
    rows = random.normal(size=(count, 40)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    gram = rows @ rows.T + np.float32(0.3) * np.eye(count, dtype=np.float32)
    targets = random.normal(size=(count, 7)).astype(np.float32)
    wanted = np.linalg.solve(gram.astype(float), targets.astype(float))
    assert np.abs(solve(gram, targets) - wanted).max() < 2e-5 * np.abs(wanted).max() + 1e-6
    lower = np.tril(gram)
    assert np.array_equal(solve(lower, targets), solve(gram, targets))


def test_a_gram_is_that_of_its_rows() -> None:
    dense = np.array([[0.6, 0.0, 0.8], [0.0, 1.0, 0.0], [0.6, 0.8, 0.0]], dtype=np.float32)
    begins = np.array([0, 2, 3, 5])
    places = np.array([0, 2, 1, 0, 1], dtype=np.int32)
    values = dense[dense > 0]
    out = np.zeros((3, 3), dtype=np.float32)
    loops.gram(begins, places, values, 3, out)
    assert np.allclose(out, np.tril(dense @ dense.T))
    back = np.zeros((3, 2), dtype=np.float32)
    of = np.arange(6, dtype=np.float32).reshape(3, 2)
    loops.spread(begins, places, values, of, back)
    assert np.allclose(back, dense.T @ of)
    said = np.zeros((3, 2), dtype=np.float32)
    loops.said(begins, places, values, of, said)
    assert np.allclose(said, dense @ of)


@pytest.fixture(scope="module")
def sentences() -> dict[str, list[str]]:
    return corpus()


@pytest.fixture(scope="module")
def adapter(sentences) -> Adapter:
    return fit(multilingual(1), {tag: texts[TRAINED] for tag, texts in sentences.items()})


@pytest.fixture(scope="module")
def adapted(adapter) -> Adapted:
    return Adapted(multilingual(1), adapter)


def at_one(queries: np.ndarray, answers: np.ndarray) -> float:
    return float((np.argmax(queries @ answers.T, axis=1) == np.arange(len(queries))).mean())


@pytest.mark.parametrize("tag", ["ary-Arab", "ary-Latn"])
def test_it_finds_sentences_that_it_never_saw(adapted, sentences, tag: str) -> None:
    french, asked = sentences["fr"][ASKED], sentences[tag][ASKED]
    raw = multilingual(1)
    alone = at_one(raw.encode(asked, [tag] * len(asked)), raw.encode(french, ["fr"] * len(asked)))
    found = adapted.encode(asked, [tag] * len(asked))
    with_it = at_one(found, adapted.encode(french, ["fr"] * len(asked)))
    assert with_it > alone + 0.08


def test_a_vector_depends_on_its_text_and_tag_alone(adapted, sentences) -> None:
    embedder: Embedder = adapted
    texts = [sentences[tag][at] for at in range(3) for tag in sorted(sentences)]
    tags = sorted(sentences) * 3
    together = embedder.encode(texts, tags)
    for at in range(len(texts)):
        assert np.array_equal(embedder.encode([texts[at]], [tags[at]])[0], together[at])
    backwards = embedder.encode(texts[::-1], tags[::-1])
    assert np.array_equal(backwards[::-1], together)
    assert np.abs(np.linalg.norm(together, axis=1) - 1).max() < 1e-6


def test_fitting_twice_is_the_same_bytes(adapter, sentences) -> None:
    again = fit(multilingual(2), {tag: texts[TRAINED] for tag, texts in sentences.items()})
    assert again.digest == adapter.digest
    assert adapter.weights.dtype == np.float16


def test_only_darija_is_touched(adapted, adapter, sentences) -> None:
    from assises.engines.themes.meaning.vectors import centred

    for tag in ("fr", "ar", "en"):
        raw = multilingual(1).encode(sentences[tag][:5], [tag] * 5)
        found = adapted.encode(sentences[tag][:5], [tag] * 5)
        assert np.array_equal(found, centred(raw, [tag] * 5, adapter.means))


def test_nothing_stays_nothing(adapted) -> None:
    found = adapted.encode(["", "🙂", "aman", "..."], ["ary-Latn", "ary-Arab", "zgh-Latn", "fr"])
    assert not found.any()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"fr": ["a"] * 20, "en": ["a"] * 20},
        {"fr": ["a"] * 20, "ary-Latn": ["a"] * 20},
        {"fr": ["a"] * 20, "en": ["a"] * 20, "ary-Latn": ["a"] * 19},
        {"fr": ["a"] * 15, "en": ["a"] * 15, "ary-Latn": ["a"] * 15},
    ],
)
def test_too_little_to_learn_from_is_told(given: dict[str, Sequence[str]]) -> None:
    with pytest.raises(InputError, match="do not teach"):
        fit(multilingual(1), given)
