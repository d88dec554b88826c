"""Names of themes: words that people wrote, of enough of them, the same in any order of rows."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter

import numpy as np
import pytest

from assises.engines.themes.naming.names import CENTRAL, FEWEST, ThemeName, distinctive, name
from assises.engines.themes.naming.stopwords import folded, rules_of
from assises.engines.themes.naming.words import FAMILY
from assises.lib.errors import InputError
from tests.conftest import ROOT

COLUMNS = {
    "fr": "fr", "ar": "ar", "ary_arab": "ary-Arab", "ary_latn": "ary-Latn", "en": "en",
    "zgh_tfng": "zgh-Tfng", "zgh_latn": "zgh-Latn",
}  # fmt: skip


class Rows:
    """Sentences of the corpus with their verticals for themes."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.tags: list[str] = []
        theme: list[int] = []
        for path in sorted((ROOT / "src/assises/demo/corpus").glob("v*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    for column, tag in COLUMNS.items():
                        if row[column]:
                            self.texts.append(row[column])
                            self.tags.append(tag)
                            theme.append(int(row["vertical"]))
        self.theme = np.array(theme, dtype=np.int32)
        self.centrality = np.random.default_rng(1).random(len(theme))


@pytest.fixture(scope="module")
def rows() -> Rows:
    return Rows()


@pytest.fixture(scope="module")
def named(rows: Rows) -> list[ThemeName]:
    return name(rows.texts, rows.tags, rows.theme, rows.centrality)


def test_every_vertical_has_a_name_in_every_language(named: list[ThemeName]) -> None:
    assert [one.theme for one in named] == list(range(1, 14))
    assert all(len(one.languages) == len(COLUMNS) for one in named)
    told = [bool(one.terms) for theme in named for one in theme.languages]
    assert sum(told) >= 0.95 * len(told)


def test_terms_stand_in_texts_of_their_theme_and_language(
    rows: Rows, named: list[ThemeName]
) -> None:
    for theme in named:
        for one in theme.languages:
            mine = [
                text
                for text, tag, of in zip(rows.texts, rows.tags, rows.theme, strict=True)
                if of == theme.theme and tag == one.tag
            ]
            assert one.contributions == len(mine)
            for term in one.terms:
                assert any(term.text in text for text in mine), term
                assert term.inside >= FEWEST
                if "zgh" not in one.tag:
                    assert sum(term.text.casefold() in t.casefold() for t in mine) >= 1


def test_no_term_begins_or_ends_with_a_stop_word(named: list[ThemeName]) -> None:
    for theme in named:
        for one in theme.languages:
            family = FAMILY.get(one.tag, one.tag)
            for term in one.terms:
                ends = folded([term.text.split()[0], term.text.split()[-1]], family)
                assert not rules_of(family).stop & set(ends), term


def test_no_two_terms_share_a_word(named: list[ThemeName]) -> None:
    for theme in named:
        for one in theme.languages:
            keys = [key for term in one.terms for key in term.key.split()]
            assert len(keys) == len(set(keys)), one


def test_a_vertical_is_called_what_it_is(named: list[ThemeName]) -> None:
    """Read by a person; what must not be lost of it."""
    called = {
        (theme.theme, one.tag): {term.text for term in one.terms}
        for theme in named
        for one in theme.languages
    }
    for theme, tag, word in [
        (2, "fr", "école"), (2, "ar", "المدرسة"), (2, "en", "school"), (2, "ary-Latn", "lmadrasa"),
        (4, "fr", "médecin"), (4, "ar", "طبيب"), (4, "ary-Latn", "tbib"), (4, "ary-Arab", "طبيب"),
        (8, "fr", "musique"), (8, "ary-Arab", "الموسيقى"), (12, "ar", "شركة ناشئة"),
        (13, "ar", "الماء"), (13, "fr", "eau"), (13, "ary-Latn", "lma"),
    ]:  # fmt: skip
        assert word in called[theme, tag], (theme, tag, called[theme, tag])


def test_the_form_shown_is_the_commonest(rows: Rows) -> None:
    texts = ["Eau potable ici"] * 2 + ["l'eau potable"] * 3 + ["les eaux potables"] + ["route"] * 20
    [one] = name(texts, ["fr"] * 26, np.array([0] * 6 + [-1] * 20), np.zeros(26))
    assert [term.text for term in one.languages[0].terms] == ["eau potable"]
    term = one.languages[0].terms[0]
    assert (term.inside, term.outside) == (6, 0)


def test_both_scripts_of_tamazight_are_counted_together_and_shown_apart(
    named: list[ThemeName],
) -> None:
    for theme in named:
        both = {one.tag: one for one in theme.languages if one.tag in FAMILY}
        assert [t.key for t in both["zgh-Tfng"].terms] == [t.key for t in both["zgh-Latn"].terms]
        assert all(t.text[0] >= "\u2d30" for t in both["zgh-Tfng"].terms)
        assert all(t.text[0] < "\u2d30" for t in both["zgh-Latn"].terms)


def said(found: list[ThemeName], texts: list[str]) -> list[object]:
    return [
        (
            one.theme,
            of.tag,
            of.contributions,
            of.terms,
            texts[of.quote] if of.quote is not None else "",
        )
        for one in found
        for of in one.languages
    ]


def test_the_order_of_rows_changes_nothing(rows: Rows, named: list[ThemeName]) -> None:
    order = list(range(len(rows.texts)))
    random.Random(3).shuffle(order)
    texts = [rows.texts[i] for i in order]
    again = name(texts, [rows.tags[i] for i in order], rows.theme[order], rows.centrality[order])
    assert said(again, texts) == said(named, rows.texts)


def test_the_quote_is_the_shortest_of_the_most_central(rows: Rows, named: list[ThemeName]) -> None:
    for theme in named:
        for one in theme.languages:
            assert one.quote is not None
            mine = [
                i
                for i, tag in enumerate(rows.tags)
                if tag == one.tag
                and rows.theme[i] == theme.theme
                and len(rows.texts[i].split()) >= 4
            ]
            mine.sort(key=lambda i: -rows.centrality[i])
            assert one.quote in mine[:CENTRAL] or len(mine) < CENTRAL
            assert len(rows.texts[one.quote]) == min(len(rows.texts[i]) for i in mine[:CENTRAL])


def quote(*texts: str) -> str | None:
    central = np.arange(len(texts), 0, -1)
    [one] = name(texts, ["fr"] * len(texts), np.zeros(len(texts), dtype=np.int32), central)
    at = one.languages[0].quote
    return None if at is None else texts[at]


def test_personal_data_is_not_quoted() -> None:
    assert quote("mon numéro est 0612345678", "nous voulons une route en bon état") == (
        "nous voulons une route en bon état"
    )
    assert quote("écrivez à amine@exemple.ma svp") is None
    assert quote("ma carte est ▮▮▮ voilà") is None


def test_one_word_is_quoted_only_for_want_of_more() -> None:
    assert quote("route", "nous voulons une route") == "nous voulons une route"
    assert quote("route") == "route"


def terms(texts: list[str], inside: int, **more: object) -> list[str]:
    theme = np.array([0] * inside + [1] * (len(texts) - inside), dtype=np.int32)
    found = name(texts, ["fr"] * len(texts), theme, np.zeros(len(texts)), **more)  # type: ignore[arg-type]
    return [term.text for term in found[0].languages[0].terms]


def test_what_fewer_than_three_say_is_no_name() -> None:
    others = [f"la route numéro {i % 7} des champs" for i in range(40)]
    assert terms(["le juge Untel"] * 2 + ["le train"] * 4 + others, 6) == ["train"]


def test_three_texts_of_one_author_are_no_name() -> None:
    others = ["la route des champs"] * 40
    texts = ["le juge Untel"] * 5 + ["le train"] * 4 + others
    authors = ["a"] * 5 + [f"b{i}" for i in range(44)]
    assert terms(texts, 9) == ["juge Untel", "train"]
    assert terms(texts, 9, authors=authors) == ["train"]


def test_what_is_said_as_much_elsewhere_is_no_name() -> None:
    texts = [f"la commune et le {x}" for x in ["train"] * 10 + ["port"] * 30]
    assert terms(texts, 10) == ["train"]


def test_chance_makes_no_name() -> None:
    """Themes drawn by lot have next to none."""
    rng = random.Random(5)
    pool = [f"mot{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(300)]
    texts = [" le ".join(["le", *rng.choices(pool, k=6)]) for _ in range(2_000)]
    theme = np.array([rng.randrange(20) for _ in texts], dtype=np.int32)
    found = name(texts, ["fr"] * len(texts), theme, np.zeros(len(texts)))
    assert sum(len(one.languages[0].terms) for one in found) <= 20


def test_one_theme_alone_is_called_by_what_it_says_most() -> None:
    texts = ["le train rapide"] * 5 + ["la route"] * 3
    assert terms(texts, 8)[0] == "train rapide"


def test_asked_languages_only_and_the_largest_first() -> None:
    texts, tags = (
        ["la route"] * 3 + ["the road"] * 5 + ["الطريق"] * 4,
        ["fr"] * 3 + ["en"] * 5 + ["ar"] * 4,
    )
    theme = np.zeros(12, dtype=np.int32)
    [one] = name(texts, tags, theme, np.zeros(12))
    assert [of.tag for of in one.languages] == ["en", "ar", "fr"]
    [one] = name(texts, tags, theme, np.zeros(12), languages=["ar", "zgh-Latn"])
    assert [(of.tag, of.terms[0].text) for of in one.languages] == [("ar", "الطريق")]


def test_texts_without_a_theme_are_background() -> None:
    texts = ["le train de la commune"] * 5 + ["la route de la commune"] * 20
    [one] = name(texts, ["fr"] * 25, np.array([4] * 5 + [-1] * 20), np.zeros(25))
    assert one.theme == 4
    assert [term.text for term in one.languages[0].terms] == ["train de la commune"]


def test_nothing_is_nothing() -> None:
    assert name([], [], np.zeros(0, dtype=np.int32), np.zeros(0)) == []
    [one] = name(["😀"], ["und"], np.zeros(1, dtype=np.int32), np.zeros(1))
    assert one.languages[0].terms == ()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="2 texts, but 1 of tags"):
        name(["a", "b"], ["fr"], np.zeros(2, dtype=np.int32), np.zeros(2))
    with pytest.raises(InputError, match="must be a number"):
        name(["a"], ["fr"], np.zeros(1, dtype=np.int32), np.array([np.nan]))
    with pytest.raises(InputError, match="one truth for each"):
        distinctive(["a"], "fr", np.ones(2, dtype=bool))


def test_distinctive_terms_have_their_counts(rows: Rows) -> None:
    texts = [t for t, tag in zip(rows.texts, rows.tags, strict=True) if tag == "fr"]
    inside = rows.theme[[tag == "fr" for tag in rows.tags]] == 4
    found = distinctive(texts, "fr", inside)
    by = {term.text: term for term in found}
    holds = np.array([re.search(r"\bmédecins?\b", text.casefold()) is not None for text in texts])
    term = by["médecin"]
    assert (term.inside, term.outside) == ((holds & inside).sum(), (holds & ~inside).sum())
    assert [term.score for term in found] == sorted((t.score for t in found), reverse=True)
    assert distinctive(texts, "fr", np.zeros(len(texts), dtype=bool)) == []


def test_it_may_be_stopped(rows: Rows) -> None:
    class Stop(Exception):
        pass

    steps: Counter[str] = Counter()

    class Listener:
        def step(self, name: str, total: int | None = None) -> None:
            steps[name] += 1
            if name == "names":
                raise Stop

        def advance(self, amount: int) -> None:
            pass

    with pytest.raises(Stop):
        name(
            rows.texts[:50],
            rows.tags[:50],
            rows.theme[:50],
            rows.centrality[:50],
            progress=Listener(),
        )
    assert steps["words"] == 1
