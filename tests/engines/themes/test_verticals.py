"""Verticals of a small world: two labels, vectors that point at them, words that name them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assises.engines.themes.verticals import (
    DECIDED,
    FOLDS,
    Examples,
    Model,
    assign,
    fit,
    fold_of,
    held_out,
)
from assises.engines.themes.verticals.likeness import nearest, similarities
from assises.lib.errors import InputError

LABELS = ("farm", "road", "school")
WORDS = {
    "farm": {"fr": ("champ*", "vache*")},
    "road": {"fr": ("route*", "pont*")},
    "school": {"fr": ("école*",)},
}
NOUN = {"farm": "vache", "road": "route", "school": "école"}
SOME = ("noir", "grande", "loin", "vite", "ici", "demain", "jamais", "bien", "voisin", "matin")


def examples(count: int = 240, noise: float = 0.5, seed: int = 0) -> Examples:
    random = np.random.default_rng(seed)
    labels = [LABELS[at % 3] for at in range(count)]
    vectors = random.normal(0, noise, (count, 16)).astype(np.float32) / 4
    for at, label in enumerate(labels):
        vectors[at, LABELS.index(label)] += 0.7
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [
        " ".join([*random.choice(SOME, 3), NOUN[label] if random.random() < 0.6 else "chose"])
        for label in labels
    ]
    return Examples(
        [f"{at:03}" for at in range(count)], texts, ["fr"] * count, vectors,
        [frozenset({label}) for label in labels], [f"g{at // 2}" for at in range(count)],
    )  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(examples(), LABELS, WORDS)


def bytes_of(model: Model) -> list[bytes]:
    arrays = (
        model.classifier.dense, model.classifier.pieces, model.classifier.rarity,
        model.chances.first, model.chances.second, model.vectors, model.has,
    )  # fmt: skip
    return [array.tobytes() for array in arrays] + [repr((model.ids, model.least)).encode()]


def test_a_text_of_a_vertical_is_assigned_with_its_reasons(model: Model) -> None:
    vector = np.zeros((1, 16), np.float32)
    vector[0, 1] = 1
    (found,) = assign(model, vector, ["fr"], ["La route est coupée"])
    assert found.assigned == ("road",)
    (proposal,) = found.proposals
    assert proposal.chance == found.chances[1] > model.least
    assert [hit.entry for hit in proposal.words] == ["route*"]
    assert (proposal.words[0].begin, proposal.words[0].end) == (3, 8)
    given = examples()
    assert len({given.groups[int(near.id)] for near in proposal.nearest}) == 3
    assert all("road" in given.labels[int(near.id)] for near in proposal.nearest)
    best = max(given.vectors[at] @ vector[0] for at in range(1, 240, 3))
    assert proposal.nearest[0].similarity == pytest.approx(best, abs=1e-3)


def test_below_the_threshold_a_person_decides_among_the_likeliest(model: Model) -> None:
    vector = np.ones((1, 16), np.float32) / 4
    (found,) = assign(model, vector, ["fr"], ["je ne sais pas"])
    assert found.assigned == ()
    assert len(found.proposals) == 3
    chances = [one.chance for one in found.proposals]
    assert chances == sorted(chances, reverse=True)
    assert not any(one.assigned for one in found.proposals)


@pytest.mark.parametrize("text", ["", "🙂🙂", "\u202e", "..."])
def test_nothing_is_proposed_of_nothing(model: Model, text: str) -> None:
    (found,) = assign(model, np.zeros((1, 16), np.float32), ["und"], [text])
    assert found.proposals == ()
    assert np.isfinite(found.chances).all()


def test_a_text_has_the_same_verticals_in_any_company(model: Model) -> None:
    given = examples(count=30, seed=5)
    whole = assign(model, given.vectors, given.tags, given.texts)
    for at in (0, 17, 29):
        part = slice(at, at + 1)
        assert assign(model, given.vectors[part], ["fr"], given.texts[part]) == whole[part]


def test_the_order_of_examples_changes_nothing(model: Model) -> None:
    given, order = examples(), np.random.default_rng(3).permutation(240)
    other = Examples(
        [given.ids[at] for at in order], [given.texts[at] for at in order], given.tags,
        given.vectors[order], [given.labels[at] for at in order],
        [given.groups[at] for at in order],
    )  # fmt: skip
    assert bytes_of(fit(other, LABELS, WORDS)) == bytes_of(model)


def test_what_is_assigned_to_texts_held_out_is_right_as_often_as_promised() -> None:
    held = held_out(examples(count=900, noise=1.1), LABELS, WORDS)
    assert len(held.rows) == 900
    assert 0.05 < held.assigned.mean() < 0.34
    assert held.has[held.assigned].mean() > 0.77
    assert abs(held.chances.mean() - held.has.mean()) < 0.02


def test_labels_that_mean_nothing_leave_all_to_people() -> None:
    given = examples(noise=3.0)
    random = np.random.default_rng(8)
    labels = [frozenset({LABELS[k]}) for k in random.integers(0, 3, 240)]
    empty = replace(given, labels=labels, texts=["chose"] * 240)
    held = held_out(empty, LABELS, WORDS)
    assert held.assigned.mean() < 0.02


def test_groups_are_held_out_whole() -> None:
    given = examples()
    held = held_out(given, LABELS, WORDS)
    assert sorted(held.rows.tolist()) == list(range(240))
    # The twin of each text says its label aloud; held out with it, it cannot be learnt from.
    secret = replace(given, texts=[f"{'abcdefgh'[at % 8]}{at // 2}zq" for at in range(240)])
    twins = replace(
        secret,
        vectors=np.zeros((240, 16), np.float32),
        labels=[frozenset({LABELS[at // 2 % 3]}) for at in range(240)],
        texts=[f"mot{at // 2}" for at in range(240)],
    )
    held = held_out(twins, LABELS, WORDS)
    right = held.has[np.arange(240), held.chances.argmax(axis=1)].mean()
    assert right < 0.6


def test_what_has_no_group_is_learnt_from_and_not_measured() -> None:
    given = examples()
    free = replace(
        given, groups=["" if at < 30 else group for at, group in enumerate(given.groups)]
    )
    held = held_out(free, LABELS, WORDS)
    assert sorted(held.rows.tolist()) == list(range(30, 240))


def test_what_a_person_decided_counts_more() -> None:
    given = examples()
    text, vector = "zorglub zorglub", np.zeros((1, 16), np.float32)

    def chance(weight: float, times: int) -> float:
        more = Examples(
            [*given.ids, *(f"d{n}" for n in range(times))], [*given.texts, *[text] * times],
            [*given.tags, *["fr"] * times],
            np.concatenate([given.vectors, np.zeros((times, 16), np.float32)]),
            [*given.labels, *[frozenset({"school"})] * times],
            [*given.groups, *(f"d{n}" for n in range(times))], [1.0] * 240 + [weight] * times,
        )  # fmt: skip
        return assign(fit(more, LABELS, WORDS), vector, ["fr"], [text])[0].chances[2]

    plain = assign(fit(given, LABELS, WORDS), vector, ["fr"], [text])[0].chances[2]
    assert plain < chance(1.0, 1) < chance(DECIDED, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"texts": ["one"]},
        {"ids": ["x"] * 240},
        {"labels": [frozenset({"sea"})] * 240},
        {"weights": [0.0] * 240},
        {"weights": [float("nan")] * 240},
        {"groups": ["one"] * 240},
    ],
)
def test_examples_that_cannot_be_are_refused(change: dict[str, list[object]]) -> None:
    with pytest.raises(InputError):
        fit(replace(examples(), **change), LABELS, WORDS)  # type: ignore[arg-type]


def test_texts_and_vectors_that_do_not_fit_are_refused(model: Model) -> None:
    with pytest.raises(InputError, match="do not fit"):
        assign(model, np.zeros((2, 16), np.float32), ["fr"], ["one"])
    with pytest.raises(InputError, match="do not fit"):
        assign(model, np.zeros((1, 4), np.float32), ["fr"], ["one"])


def test_a_fold_is_told_by_the_name_alone() -> None:
    folds = np.bincount([fold_of(f"{n}") for n in range(2000)], minlength=FOLDS)
    assert len(folds) == FOLDS
    assert folds.min() > 340


def test_similarities_are_inner_products_of_each_pair() -> None:
    random = np.random.default_rng(0)
    left, right = (random.normal(size=(n, 8)).astype(np.float16) for n in (7, 21))
    found = similarities(left, right)
    assert np.allclose(found, left.astype(np.float64) @ right.T.astype(np.float64), atol=1e-5)
    assert np.array_equal(similarities(left[2:3], right[5:9]), found[2:3, 5:9])


def test_the_nearest_are_of_the_label_and_of_different_groups() -> None:
    examples = np.array([[1, 0], [1, 0], [0.8, 0.6], [0, 1], [0, 0]], dtype=np.float16)
    has = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [1, 1]], dtype=bool)
    found = nearest(
        np.array([[1, 0], [0, 0]], dtype=np.float16), examples, has, ["a", "a", "b", "c", "d"],
        [[0, 1], [0]], 3,
    )  # fmt: skip
    assert [[place for place, _ in one] for one in found[0]] == [[0, 2], [3]]
    assert found[1] == [[]]
