"""What the report says of people by what they declared."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from assises.look.report import Lengths, declared, fitting_lengths, render
from assises.look.report.frame import MOST_BYTES
from assises.look.speech import LANGUAGES, speech

NONE: dict[str, list[int]] = {"majority": [], "agreed": [], "rejected": [], "division": []}
COUNTS = {"inside": 300, "abroad": 20, "uncounted": 0, "not_said": 80}
WEIGHED: dict[str, Any] = {
    "by": ["region", "area"],
    "source": "a census",
    "counts": COUNTS,
    "effective": 159.298,
    "unrepresented": {"region": 0.016, "area": 0.0},
    "cap": 5.0,
    "missed": 0.0,
    "statements": {
        "0": {"plain": [0.5, 0.4, 0.6], "weighted": [0.51, 0.4, 0.6]},
        "1": {"plain": [0.5, 0.4, 0.6], "weighted": [0.7, 0.6, 0.8]},
        "2": {"plain": [0.5, 0.4, 0.6], "weighted": None},
    },
}


def told(results: dict[str, Any], **parts: Any) -> dict[str, Any]:
    row = {"statement": 1, "bound": 0.62, "of": 2}
    return {
        **results,
        "across": {
            "<b>x": {"counted": ["1", "2"], "agree": [], "disagree": []},
            "college": {"counted": ["academia", "k<i>"], "agree": [row], "disagree": []},
            "region": {
                "counted": ["MA-01", "abroad"],
                "agree": [],
                "disagree": [{**row, "statement": 0}, {**row, "bound": 0.58}],
            },
        },
        "weighed": WEIGHED,
        "hangs": [
            {"attribute": "college", "value": "academia", "changes": {**NONE, "agreed": [0, 1]}},
            {"attribute": "assurance", "value": "", "changes": NONE},
            {"attribute": "<b>x", "value": "1", "changes": {**NONE, "majority": [*range(12)]}},
        ],
        "names": {"college": {"academia": dict.fromkeys(LANGUAGES, "The universities")}},
        **parts,
    }


def page(results: dict[str, Any]) -> str:
    return render(results, "en", lengths=Lengths(20, 10))


def section(html: str, name: str) -> str:
    found = re.search(rf'<section id="{name}">(.*?)</section>', html, re.S)
    assert found
    return unescape(re.sub(r"\s+", " ", re.sub(r"<(?!b>x|i>)[^>]+>", " ", found[1])))


def test_each_shared_statement_stands_once_with_every_kind_that_shares_it(
    results: dict[str, Any],
) -> None:
    html = page(told(results))
    said = section(html, "across")
    assert "College : The universities, k<i>" in said
    assert "Region : MA-01, Abroad" in said
    first, second = said.split("Statement 1")[0], said.split("Statement 1")[1]
    assert results["statements"]["1"]["text"] in first
    assert "at least 62% agree in each (2)" in first
    assert "at least 58% disagree in each (2)" in first
    assert "at least 62% disagree in each (2)" in second
    assert "alike for sure by more than half of each. (<b>x)" in said
    assert "one section is weighted, and says so" in html


def test_what_weighing_moves_most_comes_first_and_what_cannot_be_said_is_counted(
    results: dict[str, Any],
) -> None:
    said = section(page(told(results)), "weighed")
    assert "Weighted by: Region, Town or country. The population: a census." in said
    assert "300 of those who voted are inside this population. 20 live abroad, 0" in said
    assert "worth those of 159 people (Kish); nobody counts for more than 5." in said
    assert "Region: of 2% of the population nobody voted" in said
    assert "Town or country: of" not in said
    assert "misses its target" not in said
    assert "Of 1 statement it cannot be said" in said
    texts = [results["statements"][n]["text"] for n in "10"]
    assert said.index(texts[0]) < said.index(texts[1])
    assert results["statements"]["2"]["text"] not in said
    again = {**WEIGHED, "missed": 0.012, "counts": {**COUNTS, **dict.fromkeys(COUNTS)}}
    said = section(page(told(results, weighed=again)), "weighed")
    assert "misses its target by up to 1.2 points" in said
    assert "Nearly everyone who voted is inside" in said
    again["counts"] = {**dict.fromkeys(COUNTS), "inside": 300}
    said = section(page(told(results, weighed=again)), "weighed")
    assert "300 of those who voted are inside this population; the others" in said


def test_on_whom_most_hangs_comes_first_and_columns_without_anything_are_left_out(
    results: dict[str, Any],
) -> None:
    said = section(page(told(results)), "hangs")
    assert said.index("<b>x: 1") < said.index("College: The universities")
    assert "0, 1, 2, 3, 4, 5, 6, 7 and 4 more" in said
    assert "Every group agrees" in said
    assert "Every group rejects" not in said
    assert "Nor would anything change without one of these: Assurance: nobody vouches" in said


def test_names_of_others_are_never_markup(results: dict[str, Any]) -> None:
    html = page(told(results))
    assert "<b>x" not in html
    assert "k<i>" not in html


@pytest.mark.parametrize("part", ["across", "weighed", "hangs"])
def test_a_part_that_is_not_there_has_no_heading(results: dict[str, Any], part: str) -> None:
    html = page(told(results, **{part: None}))
    assert f'id="{part}"' not in html
    assert f'href="#{part}"' not in html
    assert f'href="#{part}"' in page(told(results))


def test_as_many_kinds_as_there_may_be_stay_under_a_hundred_kilobytes(
    results: dict[str, Any],
) -> None:
    row = {"bound": 0.62, "of": 50}
    numbers = sorted(map(int, results["statements"]))
    many: dict[str, Any] = {
        f"attribute {n}": {
            "counted": [f"value {v}" for v in range(50)],
            "agree": [{**row, "statement": s} for s in numbers],
            "disagree": [],
        }
        for n in range(20)
    }
    changes = dict.fromkeys(NONE, numbers)
    hangs = [
        {"attribute": a, "value": v, "changes": changes if v < "value 3" else NONE}
        for a, one in many.items()
        for v in one["counted"]
    ]
    full = told(results, across=many, hangs=hangs)
    lengths = fitting_lengths(full)
    html = {code: render(full, code, lengths=lengths) for code in LANGUAGES}
    assert {len(one.encode()) < MOST_BYTES for one in html.values()} == {True}
    assert "more kinds, on which less hangs, are in results.json" in html["en"]
    assert "Without any single one of" in html["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_we_know_is_named_in_every_language(language: str) -> None:
    s = speech(language)
    for attribute in declared.FIRST:
        assert declared.attribute_name(s, attribute) != attribute
    for attribute, value in (
        ("area", "urban"),
        ("sex", "female"),
        ("channel", "paper"),
        ("assurance", ""),
        ("assurance", "address"),
        ("region", "abroad"),
    ):
        assert declared.value_name(s, attribute, value, {}) not in ("", value)
    assert declared.value_name(s, "shoe", "43", {}) == "43"
