"""What was learnt is kept, and made anew where it is damaged."""

from __future__ import annotations

import numpy as np
import pytest

from assises.flows.themes import embedder as house
from assises.flows.themes.embedder import corpus, embedder
from assises.lib.errors import OutputError


@pytest.fixture
def little(monkeypatch) -> dict[str, list[str]]:
    """A part of the corpus, so that fitting is quick."""
    part = {tag: texts[::40] for tag, texts in corpus().items()}
    monkeypatch.setattr(house, "corpus", lambda: part)
    return part


def test_the_corpus_is_parallel() -> None:
    found = corpus()
    assert sorted(found) == ["ar", "ary-Arab", "ary-Latn", "en", "fr"]
    assert {len(texts) for texts in found.values()} == {len(found["fr"])}
    assert len(found["fr"]) > 2000
    assert all(text.strip() for texts in found.values() for text in texts)


def test_it_is_fitted_once(tmp_path, little, monkeypatch) -> None:
    first = embedder(tmp_path / "data", threads=1)
    (kept,) = (tmp_path / "data").iterdir()
    monkeypatch.setattr(house, "fit", None)
    again = embedder(tmp_path / "data", threads=1)
    assert again.name == first.name
    texts, tags = little["ary-Latn"][:3], ["ary-Latn"] * 3
    assert np.array_equal(first.encode(texts, tags), again.encode(texts, tags))
    assert kept.name.startswith("darija-")


@pytest.mark.parametrize("damage", [b"", b"PK", None])
def test_a_damaged_one_is_made_anew(tmp_path, little, damage: bytes | None) -> None:
    first = embedder(tmp_path, threads=1)
    (kept,) = tmp_path.iterdir()
    data = kept.read_bytes()
    spoilt = data[:5000] + bytes([data[5000] ^ 1]) + data[5001:]
    kept.write_bytes(spoilt if damage is None else damage)
    assert embedder(tmp_path, threads=1).name == first.name
    assert kept.read_bytes() == data


def test_other_sentences_are_another_embedder(tmp_path, little) -> None:
    first = embedder(tmp_path, threads=1)
    little["fr"][0] += " !"
    assert embedder(tmp_path, threads=1).name != first.name


def test_a_folder_that_cannot_be_written_is_told(tmp_path, little) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be kept"):
        embedder(tmp_path / "file", threads=1)
