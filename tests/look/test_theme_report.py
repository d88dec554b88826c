"""The page of themes: whole, bounded, honest, and in each language for its own readers."""

from __future__ import annotations

import copy
import html as marks
import itertools
import json
import re
from typing import Any

import pytest

from assises.look import charts
from assises.look.languages import language_name
from assises.look.report.frame import MOST_BYTES, fitted
from assises.look.report.themes import (
    LENGTHS,
    READS,
    Lengths,
    fitting_lengths,
    pages_of,
    render,
)
from assises.look.speech import LANGUAGES, speech
from tests import themed
from tests.look.test_report import parse


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Results of the contributions of the tests; not to be changed."""
    return dict(themed.content(tmp_path_factory.mktemp("told"), []).results)


def words(html: str) -> str:
    """What a reader sees."""
    return re.sub(r"\s+", " ", marks.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html)))


def section(html: str, name: str) -> str:
    found = re.search(rf'<section id="{name}">(.*?)</section>', html, re.S)
    assert found
    return found[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_well_formed_and_needs_nothing_from_anywhere(
    told: dict[str, Any], language: str
) -> None:
    html = render(told, language)
    page = parse(html)
    assert len(page.ids) == len(set(page.ids))
    assert {t for t in page.targets if t.startswith("#")} <= {f"#{name}" for name in page.ids}
    assert not [target for target in page.targets if not target.startswith("#")]
    assert "script" not in page.tags
    assert "style" not in page.attributes
    assert not {name for name in page.attributes if name.startswith("on")}


def test_no_two_regions_of_a_page_have_the_same_name(told: dict[str, Any]) -> None:
    labels = re.findall(r'aria-label="([^"]+)"', re.sub(r"<svg.*?</svg>", "", render(told, "fr")))
    assert len(labels) == len(set(labels)) >= 4


def test_what_people_wrote_is_text_and_never_markup(told: dict[str, Any]) -> None:
    html = render(told, "fr")
    assert "<médecin>" not in html
    assert "&lt;médecin&gt;" in html
    evil = copy.deepcopy(told)
    for one in evil["themes"]:
        one["names"] = [{"language": "fr", "words": ["<i>a</i>"]}]
        for quote in one["quotes"]:
            quote["text"] = quote["contribution"] = '"><script>alert(1)</script>'
    evil["source"]["notes"] = ["<script>"]
    assert "<script" not in render(evil, "en")
    assert "<i>" not in render(evil, "en")


def test_quotations_keep_their_script_and_say_their_language(told: dict[str, Any]) -> None:
    html = render(told, "en", lengths=Lengths(60, 12, 6, 6, 20))
    for theme in told["themes"]:
        for quote in theme["quotes"]:
            tag = quote["language"]
            way = "rtl" if tag in ("ar", "ary-Arab") else "ltr"
            shown = f'<q class="words" lang="{tag}" dir="{way}">{marks.escape(quote["text"])}</q>'
            assert shown.replace("&#x27;", "&#39;") in html
            assert (
                f"{language_name(speech('en'), tag)} · <bdi>{quote['contribution']}</bdi>" in html
            )


def test_a_cut_is_shown(told: dict[str, Any]) -> None:
    cut = copy.deepcopy(told)
    quote = cut["themes"][0]["quotes"][0]
    quote.update(text="in the middle", cut_before=True, cut_after=True)
    assert "[…] in the middle […]" in render(cut, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_that_readers_of_the_page_read_comes_first(
    told: dict[str, Any], language: str
) -> None:
    named = copy.deepcopy(told)
    names = {"en": "water", "fr": "eau", "ar": "ماء", "zgh-Tfng": "ⴰⵎⴰⵏ", "ary-Latn": "lma"}
    named["themes"][0]["names"] = [
        {"language": tag, "words": [word, "x"]} for tag, word in names.items()
    ]
    html = render(named, language)
    head = re.search(r'<li id="theme-[^"]+"><h3>(.*?)</h3>(.*?)<p>', html, re.S)
    assert head
    first, others = head[1], head[2]
    mine = READS[language][0]
    assert f'lang="{mine}"' in first
    assert f"{names.pop(mine)} · x" in first
    assert "<small>" not in first
    assert all(f"{word} · x" in others for word in names.values())
    named["themes"][0]["names"] = [{"language": "ary-Latn", "words": ["lma"]}]
    fallen = re.search(r"<h3>(.*?)</h3>", section(render(named, language), "themes"), re.S)
    assert fallen
    assert language_name(speech(language), "ary-Latn") in fallen[1]


def test_a_translation_is_shown_to_those_who_need_it_and_says_who_made_it(
    told: dict[str, Any],
) -> None:
    given = copy.deepcopy(told)
    quote = {**given["themes"][0]["quotes"][0], "language": "ar", "text": "الماء"}
    quote["translations"] = [{"language": "en", "text": "The water", "machine": True}]
    given["themes"][0]["quotes"] = [quote]
    assert "Translated by a machine, as the source says: The water" in re.sub(
        r"\s+", " ", words(render(given, "en"))
    )
    assert "The water" not in render(given, "ar")
    assert "The water" not in render(given, "fr")
    quote["translations"][0]["machine"] = False
    assert "Translation that the source gives:" in render(given, "en")


def test_what_could_not_be_read_is_not_what_fits_nowhere(told: dict[str, Any]) -> None:
    said = words(section(render(told, "en"), "standing"))
    assert "Fits nowhere 2 3%" in said
    assert "Could not be read 5 7%" in said
    assert "Why: no letter and no digit: 2; in a language compared by words alone" in said
    assert "that is no judgement of what it says" in said
    assert "In 1 contribution something was masked" in said
    assert "nobody has checked them yet" in render(told, "en")
    named = copy.deepcopy(told)
    named["themes"][0]["named_by"] = "person"
    assert "Named by a person." in render(named, "en")
    assert "nobody has checked them yet" not in render(named, "en")


def test_few_are_a_dash(told: dict[str, Any]) -> None:
    rows = re.findall(r"<tr>(.*?)</tr>", section(render(told, "en"), "declared"), re.S)
    cells = {words(cell).strip() for row in rows for cell in re.findall(r"<td.*?</td>", row)}
    assert "–" in cells
    assert not [cell for cell in cells if cell.isdigit() and 0 < int(cell) < 10]


def test_a_simulation_says_so_wherever_it_is_copied_to(told: dict[str, Any]) -> None:
    html = render(told, "en")
    assert "Simulation: these texts were written for a demonstration." in html
    assert re.search(r"<title>Simulation · ", html)
    bars = re.findall(r"<svg class=bar.*?</svg>", html)
    assert bars
    assert all("<title>Simulation</title>" in bar for bar in bars)
    real = render({**told, "simulation": False}, "en")
    assert "Simulation" not in real


def test_a_draft_is_marked_as_one(told: dict[str, Any]) -> None:
    theme = told["themes"][0]["theme"]
    draft = {
        "theme": theme, "mark": "draft by m, checked", "language": "ar", "refused": "",
        "clauses": [{"text": "الماء قليل", "kind": "factual", "sources": ["c001"]}],
        "needs_a_reader": 0, "dropped": {},
    }  # fmt: skip
    said = words(render({**told, "drafts": [draft]}, "en"))
    assert "no person has read it yet. (draft by m, checked)" in said
    assert "الماء قليل (c001)" in said
    none = render({**told, "drafts": [{**draft, "clauses": []}]}, "en")
    assert 'class="draft"' not in none


def big(told: dict[str, Any], themes: int = 400, parts: int = 9) -> dict[str, Any]:
    """Many themes with many parts, each with long quotations in Arabic."""
    made = copy.deepcopy(told)
    quote = {**told["families"][0]["shown"], "language": "ar", "text": "ماء " * 80}
    one = {**told["themes"][0], "quotes": [quote] * 6, "languages": {"fr": 900, "ar": 100}}
    one["names"] = [{"language": tag, "words": ["تعليم الماء"] * 3} for tag in ("ar", "fr", "en")]
    made["themes"] = []
    for at in range(themes):
        made["themes"].append({**one, "theme": f"t{at}", "parent": "", "n": 1000 - at})
        for part in range(parts):
            made["themes"].append({**one, "theme": f"t{at}p{part}", "parent": f"t{at}", "n": 90})
    made["counts"] = {**told["counts"], "contributions": 400_000, "families": 5000}
    made["families"] = told["families"] * 20
    counts = dict.fromkeys("abcdefghijklmnop", 123)
    made["declared"] = [
        {
            "attribute": f"attribute {k}",
            "values": [{"value": value, "n": n} for value, n in counts.items()],
            "themes": {one["theme"]: counts for one in made["themes"]},
        }
        for k in range(4)
    ]
    return made


def test_the_page_of_a_nation_is_no_heavier_than_that_of_a_village(told: dict[str, Any]) -> None:
    results = big(told)
    lengths = fitting_lengths(results)
    pages = pages_of(results, LANGUAGES)
    assert list(pages) == ["report.html", "report.ar.html", "report.zgh.html", "report.en.html"]
    assert all(len(page.encode()) <= MOST_BYTES for page in pages.values())
    # One more of whatever comes before it would have been too much.
    before = LENGTHS[LENGTHS.index(lengths) - 1]
    assert any(len(render(results, code, lengths=before).encode()) > MOST_BYTES
               for code in LANGUAGES)  # fmt: skip
    said = words(pages["report.en.html"])
    assert f"and {400 - lengths.themes} more in tables/themes.csv, with" in said
    assert "Its 9 parts" in said
    assert "more in tables/families.csv" in said
    assert "4 more values are in tables/theme_counts.csv" in said
    # The same themes in every language.
    shown = {tuple(re.findall(r'id="theme-(\w+)"', page)) for page in pages.values()}
    assert len(shown) == 1


def test_pages_name_each_other_and_none_is_none(told: dict[str, Any]) -> None:
    pages = pages_of(told, ["ar", "en"])
    assert list(pages) == ["report.html", "report.en.html"]
    assert 'href="report.en.html"' in pages["report.html"]
    assert pages_of(told, []) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_at_all_is_a_page_too(told: dict[str, Any], language: str) -> None:
    empty = {
        **told,
        "title": "",
        "counts": dict.fromkeys(told["counts"], 0),
        "languages": {},
        "language_declared": 0,
        "undecidable": dict.fromkeys(told["undecidable"], 0),
        "themes": [],
        "declared": [],
        "families": [],
        "times": None,
        "masked": 0,
        "unsure": 0,
    }
    parse(render(empty, language))


def test_the_ladder_goes_down_and_the_last_rung_is_taken_if_none_fits() -> None:
    lists = ["x" * n for n in (MOST_BYTES + 2, MOST_BYTES + 1, MOST_BYTES, 5)]
    assert fitted(lists, lambda code, text: text) == lists[2]
    # What fits in one language may not fit in another.
    assert fitted(lists, lambda code, text: text + ("" if code == "en" else "é")) == lists[3]
    assert fitted(lists[:2], lambda code, text: text) == lists[1]
    for one, two in itertools.pairwise(LENGTHS):
        assert all(a >= b for a, b in zip(one, two, strict=True))


def test_a_bar_is_as_full_as_its_part() -> None:
    assert "h50v9" in charts.part(1, 4, "a quarter")
    assert "h1v9" in charts.part(1, 4000, "hardly any")
    assert "h0v9" in charts.part(0, 4, "none")
    assert "&lt;b&gt;" in charts.part(1, 4, "<b>")


def test_results_are_not_touched(told: dict[str, Any]) -> None:
    before = json.dumps(told)
    render(told, "ar")
    assert json.dumps(told) == before
