"""What was learnt is kept whole, and made anew where it is not what it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assises.countries import ma
from assises.countries.ma.words import vertical_words
from assises.engines.themes.verticals import Examples, Model, assign, fit, fold_of
from assises.flows.themes import verticals as flow
from assises.flows.themes.verticals import Decided, seeds, verticals
from assises.lib.errors import OutputError

WORDS = {"a": {"fr": ("eau",)}, "b": {"fr": ("feu",)}}


@pytest.fixture(scope="module")
def model() -> Model:
    vectors = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float32)
    return fit(
        Examples(
            [f"{at}" for at in range(60)], ["de l'eau" if at % 2 else "du feu" for at in range(60)],
            ["fr"] * 60, vectors, [frozenset("a" if at % 2 else "b") for at in range(60)],
            [f"{at}" for at in range(60)],
        ),
        ["a", "b"], WORDS,
    )  # fmt: skip


def test_what_was_kept_says_the_same(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "in" / "verticals.npz"
    flow._keep(path, model)
    read = flow._kept(path, ["a", "b"], WORDS)
    assert read is not None
    vectors = np.ones((2, 8), np.float32)
    asked = (vectors, ["fr", "fr"], ["Du feu !", "rien"])
    assert assign(read, *asked) == assign(model, *asked)
    assert [file.name for file in path.parent.iterdir()] == ["verticals.npz"]


def test_what_is_damaged_is_not_read(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "verticals.npz"
    assert flow._kept(path, ["a", "b"], WORDS) is None
    flow._keep(path, model)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert flow._kept(path, ["a", "b"], WORDS) is None
    arrays = flow._arrays(model)
    arrays["first"] = np.array(arrays["first"]) + 1e-12
    with path.open("wb") as file:
        np.savez(file, digest=np.array(flow._digest(flow._arrays(model))), **arrays)
    assert flow._kept(path, ["a", "b"], WORDS) is None


def test_a_folder_that_cannot_be_written_is_said(model: Model, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be kept"):
        flow._keep(tmp_path / "file" / "verticals.npz", model)


def test_every_sentence_is_of_one_vertical_and_every_vertical_is_named() -> None:
    rows = flow._sentences(ma.verticals())
    assert len({one.id for one in rows}) == len(rows) > 11_000
    codes = [one.code for one in ma.verticals()]
    for one in rows[::97]:
        assert one.verticals == {codes[int(one.id.partition(":")[0]) // 1000 - 1]}
    assert len(flow._titles(ma.verticals())) == 13 * 2 * 4


@pytest.mark.slow
def test_seeds_and_what_people_decide_are_learnt_from_and_kept(tmp_path: Path) -> None:
    named, words = ma.verticals(), vertical_words()
    decided = [Decided("c1", "Le médecin ne vient qu'au stade", "fr", frozenset({"sport"}))]
    found = verticals(named, words, decided=decided, folder=tmp_path, threads=1)
    asked = (["khassna tbib f sbitar dyalna", decided[0].text], ["ary-Latn", "fr"])
    said = found.of(*asked)
    assert said[0].proposals[0].label == "health"
    near = {one.label: one.nearest for one in said[1].proposals}
    assert near["sport"][0].id == "c1"
    assert near["sport"][0].similarity == pytest.approx(1, abs=1e-2)
    again = verticals(named, words, decided=decided, folder=tmp_path, threads=1)
    assert again.of(*asked) == said
    assert len(list(tmp_path.glob("verticals-*.npz"))) == 1


@pytest.mark.slow
def test_seeds_have_vectors_that_have_not_learnt_from_them() -> None:
    examples = seeds(ma.verticals(), threads=1)
    tags = np.array(examples.tags)
    held = np.array(examples.vectors)
    assert not held[np.char.startswith(tags, "zgh")].any()
    lengths = np.linalg.norm(held[~np.char.startswith(tags, "zgh")], axis=1)
    assert np.allclose(lengths, 1, atol=1e-3)
    assert {fold_of(group) for group in examples.groups} == {0, 1, 2, 3, 4}
    french, darija = held[tags == "fr"], held[tags == "ary-Latn"]
    # A sentence the adapter has learnt from lies on its French one; these do not quite.
    assert 0.3 < float((french * darija).sum(axis=1).mean()) < 0.8
