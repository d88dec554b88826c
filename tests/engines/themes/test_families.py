from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.engines.themes.copies import families as engine
from assises.engines.themes.copies.families import ALONE, EXACT, HOUR, NEAR, NEVER, bursts, families
from assises.engines.themes.copies.nearness import PARAPHRASE, TRANSLATION, propose
from assises.engines.themes.copies.nearness import _rounded as rounded
from assises.engines.themes.copies.reading import read
from assises.lib.errors import InputError


def bench() -> ModuleType:
    """The copies and the pairs that are also measured at length."""
    path = Path(__file__).resolve().parents[3] / "bench" / "families.py"
    spec = importlib.util.spec_from_file_location("bench_families", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


BENCH = bench()
TAGS = list(BENCH.COLUMNS)
WATER = "Il manque de l'eau potable dans notre douar depuis trois étés, et personne ne répond."


def together(one: str, other: str, tag: str = "fr", **more: object) -> bool:
    family = families([one, other], [tag] * 2, **more).family  # type: ignore[arg-type]
    return bool(family[0] == family[1] >= 0)


@pytest.mark.parametrize("name", ["apart", "apart_later"])
def test_pairs_that_say_two_things_are_no_copies(name: str) -> None:
    of = BENCH.pairs(name)
    assert sum(len(some) for some in of.values()) >= 46
    for tag, some in of.items():
        assert [pair for pair in some if together(*pair, tag)] == []
        assert BENCH.joined(tag, some, BENCH.corpus()[tag]) == []


@pytest.mark.parametrize("tag", TAGS)
def test_copies_are_found_and_no_stranger_is_among_them(tag: str) -> None:
    result = BENCH.copied(tag, BENCH.corpus()[tag], seed=21)
    assert result.joined == ()
    assert result.found >= 0.965


@pytest.mark.parametrize("tag", [tag for tag in TAGS if tag in BENCH.OTHERS])
def test_copies_of_other_texts_are_found_too(tag: str, shared_data: Path) -> None:
    result = BENCH.copied(tag, BENCH.sib()[tag], seed=22)
    assert result.joined == ()
    assert result.found >= 0.98


@pytest.mark.parametrize(
    ("one", "other", "tag"),
    [
        (WATER, WATER.upper(), "fr"),
        ("Réparez la route !", "reparez la route", "fr"),
        ("المدرسة بعيدة", "المدرسه بعيده", "ar"),
        ("الماءُ مقطوعٌ", "الماء مقطوع", "ar"),
        ("khassna tbib f sbitar", "5asna tbib f sbitar", "ary-Latn"),
        ("ma kaynch lma 7it tri9 khayba", "ma kaynsh lma hit triq khayba", "ary-Latn"),
        ("nra aman d ubrid", "ⵏⵔⴰ ⴰⵎⴰⵏ ⴷ ⵓⴱⵔⵉⴷ", "zgh-Latn"),
        ("12 puits", "١٢ puits", "fr"),
        ("\u202eRéparez la route\u202c maintenant", "Réparez la route maintenant", "fr"),
    ],
)
def test_what_is_only_typed_otherwise_is_a_copy(one: str, other: str, tag: str) -> None:
    assert together(one, other, tag) or families(
        [one, other], [tag, "zgh-Tfng"]
    ).family.tolist() == [0, 0]


def test_kinds_counts_and_who_is_shown() -> None:
    near = WATER.replace("potable ", "")
    found = families([near, WATER, WATER.upper(), WATER, "Autre chose.", ""], ["fr"] * 6)
    assert found.family.tolist() == [0, 0, 0, 0, -1, -1]
    assert found.kind.tolist() == [NEAR, EXACT, EXACT, EXACT, ALONE, ALONE]
    assert found.shown.tolist() == [1]  # as most people typed it
    assert (found.size.tolist(), found.exact.tolist()) == ([4], [3])
    assert 0.5 < found.likeness[0] < 1 == found.likeness[1]
    assert found.different.tolist() == [1, 4]


def test_a_word_that_is_told_keeps_texts_apart() -> None:
    one = (
        "نطالب الجماعة بإصلاح الطريق الرابطة بين الدوار والمدرسة لأن التلاميذ يتأخرون في الشتاء "
        "بسبب الوحل في تنغير"
    )
    other = one.replace("تنغير", "زاكورة")
    assert together(one, other, "ar")
    assert not together(one, other, "ar", apart=["تنغير", "زاكورة"])


def test_a_chain_of_small_changes_is_no_family() -> None:
    words = [f"mot{letter * 3}x" for letter in "abcdefghijklmnopqrstuvwxyz"]
    texts = [" ".join(words[k : k + 20]) for k in range(7)]
    found = families(texts, ["fr"] * len(texts))
    first, last = found.family[0], found.family[-1]
    assert together(texts[0], texts[1]) and not together(texts[0], texts[-1])
    assert not first == last >= 0


def test_two_texts_that_contradict_are_not_joined_by_a_third() -> None:
    base = "Nous demandons avec insistance un vrai médecin pour notre petit douar"
    found = families([base, base + " azilal", base + " midelt"], ["fr"] * 3)
    assert not found.family[1] == found.family[2] >= 0


def test_nothing_empty_strange_or_long_breaks() -> None:
    long = " ".join(BENCH.corpus()["fr"][:900])
    texts = [
        "", "  ", "\u200b\u202e", "👍👍", "👍 👍", "👎", "...", "...", "\ud800",
        "a" * 5000, "a" * 5000, long, long.upper() + " merci", long[: len(long) // 2], "ﷺ",
        "한국어 글", "한국어 글",
    ]  # fmt: skip
    family = families(texts, ["und"] * len(texts)).family
    assert family[[0, 1, 2, 5]].tolist() == [-1] * 4
    for pair in ((3, 4), (6, 7), (9, 10), (11, 12), (15, 16)):
        assert family[pair[0]] == family[pair[1]] >= 0
    assert family[13] == -1


def test_the_order_of_rows_changes_nothing() -> None:
    texts, tags = BENCH.made_up(3000)
    language = BENCH.Language.of("fr", BENCH.corpus()["fr"])
    rng = np.random.default_rng(5)
    for text in BENCH.corpus()["fr"][:300]:
        texts += [text, BENCH.altered(text, language, rng), BENCH.altered(text, language, rng)]
    tags += ["fr"] * 900
    order = rng.permutation(len(texts))
    one = families(texts, tags)
    other = families([texts[i] for i in order], [tags[i] for i in order])
    assert (one.family[order] == other.family).all()
    assert (one.kind[order] == other.kind).all()
    assert (one.likeness[order] == other.likeness).all()
    assert [texts[i] for i in one.shown] == [texts[order[i]] for i in other.shown]
    assert [texts[i] for i in one.different] == [texts[order[i]] for i in other.different]


@given(st.lists(st.text(max_size=30), max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_texts_are_in_a_family_with_their_copies(texts: list[str]) -> None:
    found = families([*texts, *texts], ["und"] * (2 * len(texts)))
    assert (found.family[: len(texts)] == found.family[len(texts) :]).all()
    assert (np.bincount(found.family[found.family >= 0], minlength=0) == found.size).all()
    empty = read(texts, ["und"] * len(texts)).of < 0
    assert ((found.family[: len(texts)] < 0) == empty).all()


def test_many_that_are_the_same_are_one_family() -> None:
    found = families([WATER] * 20_000, ["fr"] * 20_000)
    assert found.size.tolist() == [20_000] and not found.family.any()


def test_a_form_filled_in_with_other_numbers_is_no_family() -> None:
    texts = [f"{WATER} Dossier {number}" for number in range(3000)]
    assert not len(families(texts, ["fr"] * 3000).size)


def test_who_listens_can_stop_the_work() -> None:
    class Enough(Exception):
        pass

    class Listener:
        def step(self, name: str, total: int | None = None) -> None:
            if name == "copies":
                raise Enough

        def advance(self, amount: int) -> None:
            pass

    with pytest.raises(Enough):
        families([WATER, WATER], ["fr", "fr"], progress=Listener())


def test_tags_and_times_must_fit() -> None:
    with pytest.raises(InputError):
        families(["a"], [])
    with pytest.raises(InputError):
        bursts(families(["a"], ["fr"]), np.array([1, 2]))


def test_bursts_tell_the_fullest_hour() -> None:
    texts = [WATER] * 8 + ["Autre chose, vraiment."] * 2
    times = np.array([0, 1, 2, HOUR, HOUR + 1, 9 * HOUR, 20 * HOUR, NEVER, 0, 1])
    found = families(texts, ["fr"] * 10)
    (burst,) = bursts(found, times)
    assert (burst.family, burst.n, burst.first, burst.last) == (0, 7, 0, 20 * HOUR)
    assert burst.densest == 3 / 7  # from the second copy on
    assert [one.n for one in bursts(found, times, fewest=2)] == [7, 2]


# -- other words, other languages ------------------------------------------------------------------


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_paraphrases_and_translations_are_proposed() -> None:
    rng = np.random.default_rng(3)
    base = unit(rng.normal(size=(6, 64)))
    vectors = np.concatenate([base, unit(base[:3] + 0.05 * unit(rng.normal(size=(3, 64))))])
    vectors = np.concatenate([vectors, unit(base[3:4] + 0.1 * base[4:5]), np.zeros((1, 64))])
    tags = ["fr"] * 6 + ["ar"] * 3 + ["fr", "fr"]
    found = propose(vectors.astype(np.float16), tags, np.arange(11))
    told = set(zip(found.left.tolist(), found.right.tolist(), found.kind.tolist(), strict=True))
    assert told == {
        (0, 6, TRANSLATION), (1, 7, TRANSLATION), (2, 8, TRANSLATION), (3, 9, PARAPHRASE)
    }  # fmt: skip
    assert (np.diff(found.cosine) <= 0).all() and found.cosine.min() > 0.98


def test_what_is_as_near_as_another_is_not_proposed() -> None:
    one = unit(np.eye(8)[:1] + 0.0)
    vectors = np.concatenate([one, one, one])
    assert not len(propose(vectors, ["fr", "ar", "ar"], np.arange(3)).kind[:1].nonzero()[0])


def test_cells_bound_what_is_compared() -> None:
    vectors = np.ones((2, 4))
    assert len(propose(vectors, ["fr", "fr"], np.arange(2)).left) == 1
    assert len(propose(vectors, ["fr", "fr"], np.arange(2), np.array([0, 1])).left) == 0


def test_pivots_find_what_comparing_all_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    base = unit(rng.normal(size=(1500, 48)) + 2 * rng.normal(size=(30, 48))[np.arange(1500) % 30])
    vectors = np.concatenate([base, unit(base + 0.3 * unit(rng.normal(size=base.shape)))])
    tags = ["fr"] * 1500 + ["ar"] * 1500
    rows = rng.permutation(3000)
    everything = propose(vectors, tags, rows)
    monkeypatch.setattr("assises.engines.themes.copies.nearness._ALL", 100)
    some = propose(vectors, tags, rows)
    pairs = set(zip(everything.left.tolist(), everything.right.tolist(), strict=True))
    assert len(pairs) > 500
    assert len(pairs & set(zip(some.left.tolist(), some.right.tolist(), strict=True))) > 0.97 * len(
        pairs
    )


def test_products_of_rounded_vectors_are_exact() -> None:
    vectors = np.random.default_rng(6).normal(size=(64, 512)).astype(np.float16)
    whole = rounded(vectors, np.arange(64))
    exact = whole.astype(np.int64) @ whole.astype(np.int64).T
    assert (whole @ whole.T == exact).all()
    assert (whole[:, ::-1] @ whole[:, ::-1].T == exact).all()
    assert 0 < exact.max() < 2**23


def test_no_vector_may_hold_what_is_no_number() -> None:
    with pytest.raises(InputError):
        propose(np.full((1, 3), np.nan), ["fr"], np.arange(1))
    with pytest.raises(InputError):
        propose(np.ones((2, 3)), ["fr"], np.arange(1))
    assert engine.ALONE == -1
