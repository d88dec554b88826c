"""From texts to themes: nothing dropped unseen, the same in any order, kept when more arrive."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assises.engines.themes.analyse import analyse
from assises.engines.themes.arranging import Before
from assises.engines.themes.result import By, Status, ThemeMap, Why
from assises.lib.errors import InputError

from .talk import Hearing, sentences


def paths(found: ThemeMap) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(found.themes[at].id for at in found.path(int(theme)))
        for name, theme in zip(found.ids, found.theme, strict=True)
        if theme >= 0
    }


def tops(found: ThemeMap) -> list[str]:
    of = paths(found)
    return [of[name][0] if name in of else "" for name in found.ids]


def test_what_speaks_of_one_matter_is_one_theme() -> None:
    texts, about = sentences()
    found = analyse(texts, Hearing())
    assert len(set(zip(tops(found), about, strict=True))) == 4
    assert set(found.status) == {Status.CLASSIFIED}
    top = [theme for theme in found.themes if theme.level == 1]
    assert sorted(theme.n for theme in top) == [40, 40, 40, 40]
    assert {theme.by for theme in top} == {By.MEANING}


def test_another_order_of_the_rows_changes_nothing() -> None:
    texts, _ = sentences(25)
    texts += [*texts[:5], "", "ⴰⴷ", "👍"]
    ids = [f"c{at}" for at in range(len(texts))]
    order = np.random.default_rng(4).permutation(len(texts))
    one = analyse(texts, Hearing(), ids=ids)
    other = analyse([texts[at] for at in order], Hearing(), ids=[ids[at] for at in order])
    assert paths(one) == paths(other)
    assert {
        name: (one.status[at], one.why[at], float(one.sure[at])) for at, name in enumerate(one.ids)
    } == {
        name: (other.status[at], other.why[at], float(other.sure[at]))
        for at, name in enumerate(other.ids)
    }
    said = [
        [
            (theme.id, theme.parent, theme.n, [(own.tag, own.terms) for own in theme.names])
            for theme in found.themes
        ]
        for found in (one, other)
    ]
    assert said[0] == said[1]


def test_what_could_not_be_read_says_why() -> None:
    texts, _ = sentences(20)
    odd = ["", " \u202e\u202d ", "😀😀😀", "...", "ⵔⵉⵖ ⵜⵉⵎⵣⴳⵉⴷⴰ"]
    found = analyse(texts + odd, Hearing())
    assert found.status[-5:] == (Status.UNDECIDABLE,) * 5
    assert found.why[-5:] == (Why.EMPTY,) * 4 + (Why.FEW,)
    assert found.theme[-5:].tolist() == [-1] * 5


def test_tamazight_is_told_by_its_words_when_there_is_enough_of_it() -> None:
    texts, _ = sentences(20)
    water = [f"ⴰⵎⴰⵏ ⵓⵔ ⵍⵍⵉⵏ ⴳ ⵡⵓⵖⵔⴻⵎ {at} ⴰⵎⴰⵏ" for at in range(20)]
    school = [f"ⵜⵉⵏⵎⵍ ⵜⴰⵎⵣⵡⴰⵔⵓⵜ ⵉ ⵜⴰⵔⵡⴰ {at} ⵜⵉⵏⵎⵍ" for at in range(20)]
    found = analyse(texts + water + school, Hearing())
    own = {theme.id for theme in found.themes if theme.by is By.WORDS}
    assert own
    assert set(tops(found)[len(texts) :]) <= own | {""}
    assert not set(tops(found)[: len(texts)]) & own


def test_copies_make_no_theme_and_are_counted_with_it() -> None:
    texts, _ = sentences(30)
    many = texts + ["Le robinet manque à la commune, numéro 0 de robinet e."] * 3000
    found = analyse(many, Hearing())
    assert sum(theme.level == 1 for theme in found.themes) == 4
    theme = found.themes[found.path(int(found.theme[-1]))[0]]
    assert theme.n > 3000
    assert int(found.families.size[0]) == 3000


def test_a_long_contribution_is_read_by_its_ideas() -> None:
    texts, _ = sentences(30)
    long = " ".join(texts[at] for at in (0, 1, 2, 31, 3))
    found = analyse([*texts, long], Hearing())
    mine = found.ideas.of == len(texts)
    assert mine.sum() == 5
    about = [found.path(int(theme))[0] for theme in found.ideas.theme[mine]]
    assert len(set(about)) == 2
    assert found.path(int(found.theme[-1]))[0] == about[0]
    for begin, end in zip(found.ideas.begin[mine], found.ideas.end[mine], strict=True):
        assert long[begin:end] in texts


def in_two_runs(anew: bool) -> tuple[ThemeMap, ThemeMap]:
    """One of all but one in twenty, and one of all."""
    texts, _ = sentences(40)
    ids = [f"c{at}" for at in range(len(texts))]
    early = [at for at in range(len(texts)) if at % 20]
    first = analyse([texts[at] for at in early], Hearing(), ids=[ids[at] for at in early])
    return first, analyse(texts, Hearing(), ids=ids, before=Before(paths(first), anew=anew))


def test_what_arrives_joins_the_themes_that_are_there() -> None:
    first, second = in_two_runs(anew=False)
    assert (first.kept, second.kept) == (None, 1.0)
    assert {name: path for name, path in paths(second).items() if name in first.ids} == paths(first)
    _, about = sentences(40)
    matter = {top: one for top, one in zip(tops(second), about, strict=True) if top}
    assert all(matter[top] == one for top, one in zip(tops(second), about, strict=True) if top)
    assert sum(top != "" for top in tops(second)) > 150


def test_themes_looked_for_anew_keep_their_ids() -> None:
    first, second = in_two_runs(anew=True)
    assert second.kept is not None
    assert {theme.id for theme in second.themes if theme.level == 1} == {
        theme.id for theme in first.themes if theme.level == 1
    }


def test_when_most_is_new_themes_are_looked_for_anew() -> None:
    texts, about = sentences(40)
    ids = [f"c{at}" for at in range(len(texts))]
    before = Before({"c0": ("old",), "c1": ("old",)})
    found = analyse(texts, Hearing(), ids=ids, before=before)
    assert len(set(zip(tops(found), about, strict=True))) == 4
    assert "old" not in tops(found)


def test_what_people_put_together_stays_together() -> None:
    texts, about = sentences(40)
    ids = [f"c{at}" for at in range(len(texts))]
    merged = {
        name: ("matters",) if matter in ("eau", "ecole") else (matter,)
        for name, matter in zip(ids, about, strict=True)
    }
    found = analyse(
        texts, Hearing(), ids=ids, before=Before(merged, frozenset({"matters"}), anew=True)
    )
    assert set(tops(found)) == {"matters", "route", "sante"}
    assert next(theme.n for theme in found.themes if theme.id == "matters") == 80


def test_what_a_person_moved_stays_where_it_was_put() -> None:
    texts, _ = sentences(40)
    ids = [f"c{at}" for at in range(len(texts))]
    first = analyse(texts, Hearing(), ids=ids)
    moved = paths(first) | {"c0": ("by hand", "within")}
    second = analyse(
        texts, Hearing(), ids=ids, before=Before(moved, pinned=frozenset({"c0", "gone"}), anew=True)
    )
    assert paths(second)["c0"] == ("by hand", "within")
    assert {name: path for name, path in paths(second).items() if name != "c0"} == {
        name: path for name, path in paths(first).items() if name != "c0"
    }
    hand = {theme.id: theme for theme in second.themes}
    assert (hand["by hand"].n, hand["within"].n, hand["within"].parent) == (1, 1, "by hand")


def test_counts_add_up_over_the_tree() -> None:
    texts, _ = sentences(60)
    found = analyse(texts, Hearing(), levels=2)
    for theme in found.themes:
        below = [one.n for one in found.themes if one.parent == theme.id]
        assert sum(below) <= theme.n
    assert sum(theme.n for theme in found.themes if theme.level == 1) == sum(
        one is Status.CLASSIFIED for one in found.status
    )
    assert sum(theme.ideas for theme in found.themes if theme.level == 1) == int(
        (found.ideas.theme >= 0).sum()
    )


def test_a_declared_language_is_taken_if_the_letters_can_be_of_it() -> None:
    texts, _ = sentences(12)
    declared = ["ary-Latn", "ar", "klingon", None] + [None] * (len(texts) - 4)
    found = analyse(texts, Hearing(), declared=declared)
    assert found.languages.tags[:4] == ("ary-Latn", "fr", "fr", "fr")
    assert found.languages.declared.tolist()[:4] == [True, False, False, False]


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["Une seule phrase."],
        ["x" * 50_000],
        ["mot " * 12_500],
        ["\u202eLe robinet manque\u202c"] * 3,
        ["😀"] * 40,
        ["Le robinet manque."] * 2000,
        ["\ud800 Le robinet manque à la commune"],
    ],
    ids=["none", "empty", "one", "long word", "long", "override", "emoji", "same", "half"],
)
def test_odd_input_is_answered(texts: list[str]) -> None:
    found = analyse(texts, Hearing())
    assert len(found.theme) == len(found.status) == len(texts)
    for status, theme in zip(found.status, found.theme, strict=True):
        assert (status is Status.CLASSIFIED) == (theme >= 0)


def test_columns_of_other_lengths_and_ids_that_stand_twice_are_refused() -> None:
    with pytest.raises(InputError, match="2 texts and 1 ids"):
        analyse(["a", "b"], Hearing(), ids=["x"])
    with pytest.raises(InputError, match="stands twice"):
        analyse(["a", "b"], Hearing(), ids=["x", "x"])


def test_work_can_be_stopped() -> None:
    class Stop(Exception):
        pass

    class Stopping:
        def step(self, name: str, total: int | None = None) -> None:
            if name == "themes":
                raise Stop

        def advance(self, amount: int) -> None:
            pass

    texts, _ = sentences(20)
    with pytest.raises(Stop):
        analyse(texts, Hearing(), progress=Stopping())


def test_the_path_of_a_theme_begins_at_the_top() -> None:
    texts, _ = sentences(20)
    found = analyse(texts, Hearing())
    one = found.themes[0]
    within = replace(one, id="within", parent=one.id, level=2)
    deeper = replace(found, themes=(*found.themes, within))
    assert deeper.path(len(found.themes)) == (0, len(found.themes))
