"""What the report of themes says in numbers: counted anew, quoted to the letter."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from assises.engines.themes.analyse import analyse
from assises.engines.themes.result import ThemeMap
from assises.flows.themes.quoting import LONGEST, Quoting, excerpt
from assises.flows.themes.results import QUOTES, results_of
from assises.flows.themes.tables import Tables, tables_of
from assises.flows.verify import verify
from assises.formats import bundle
from assises.formats.bundle import THEMES
from assises.formats.contributions import Contributions, Translation
from assises.lib.canonical import canonical_json
from assises.lib.errors import InputError
from assises.lib.masking import MARK, mask
from tests import themed

Parts = tuple[Contributions, ThemeMap, list[str], Tables]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """Contributions, themes, public texts and tables; not to be changed."""
    given = themed.given(tmp_path_factory.mktemp("given"))
    found = analyse(given.composed, themed.Reader(), ids=given.ids, declared=given.languages)
    public = [mask(text) for text in given.composed]
    return given, found, public, tables_of(given, found, public, None)


def told(parts: Parts, **other: Any) -> dict[str, Any]:
    given, found, public, tables = parts
    named: dict[str, Any] = {"title": "t", "simulation": True, "tables": tables}
    return results_of(given, found, public, **named | other)


@pytest.fixture(scope="module")
def results(parts: Parts) -> dict[str, Any]:
    return told(parts)


def schema() -> dict[str, Any]:
    file = resources.files(THEMES.package) / "results.schema.json"
    return dict(json.loads(file.read_text("utf-8")))


def test_they_keep_to_the_published_schema(results: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    validator.validate(json.loads(canonical_json(results)))
    assert schema()["required"] == sorted(results)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**results, "themes": [{**results["themes"][0], "author": "a"}]})


def test_counts_are_those_of_the_tables(results: dict[str, Any], parts: Parts) -> None:
    rows = parts[3]["contributions"]
    status = Counter(rows["status"])
    assert {name: results["counts"][name] for name in status} == status
    assert results["languages"] == Counter(rows["language"])
    assert results["counts"]["contributions"] == len(rows["status"]) == len(themed.written())
    assert sum(results["undecidable"].values()) == results["counts"]["undecidable"]
    assert results["undecidable"] == {"empty": 2, "language": 0, "few": 2, "nothing": 1}
    assert results["language_declared"] == sum(rows["declared"])
    assert results["masked"] == 1
    inside = np.array([bool(theme) for theme in rows["theme_id"]])
    assert results["unsure"] == (inside & (np.asarray(rows["sure"]) < 0.5)).sum()


def test_the_tree_is_whole_and_parents_come_first(results: dict[str, Any], parts: Parts) -> None:
    themes = results["themes"]
    seen: set[str] = {""}
    for one in themes:
        assert one["parent"] in seen
        seen.add(one["theme"])
    assert [one["n"] for one in themes if not one["parent"]] == sorted(
        (one["n"] for one in themes if not one["parent"]), reverse=True
    )
    assert any(one["parent"] for one in themes)
    assert any(one["names"] for one in themes)
    assert any(not one["names"] for one in themes)
    paths = [path.split("/") for path in parts[3]["contributions"]["theme_path"]]
    for one in themes:
        assert one["n"] == sum(one["theme"] in path for path in paths)
        assert sum(one["languages"].values()) == one["n"]


def test_quotations_are_peoples_words_of_that_theme(results: dict[str, Any], parts: Parts) -> None:
    given, _, _, tables = parts
    text = dict(zip(given.ids, given.composed, strict=True))
    rows = tables["contributions"]
    path = dict(zip(rows["contribution_id"], rows["theme_path"], strict=True))
    quotes = [(one["theme"], quote) for one in results["themes"] for quote in one["quotes"]]
    assert len({quote["language"] for _, quote in quotes}) >= 4
    for theme, quote in quotes:
        assert quote["text"] in text[quote["contribution"]]
        assert theme in path[quote["contribution"]].split("/")
    assert max(len(one["quotes"]) for one in results["themes"]) <= QUOTES


def test_translations_are_the_sources_and_say_who_made_them(
    results: dict[str, Any], parts: Parts
) -> None:
    given = parts[0]
    said = [
        (given.ids.index(quote["contribution"]), one)
        for theme in results["themes"]
        for quote in theme["quotes"]
        for one in quote["translations"]
    ]
    assert said
    for at, one in said:
        assert Translation(one["language"], one["text"], one["machine"]) in given.translations[at]


def test_nothing_is_told_of_few(results: dict[str, Any]) -> None:
    (region,) = results["declared"]
    assert region["attribute"] == "region"
    assert [value["value"] for value in region["values"]][-1] == ""
    counts = [n for of in region["themes"].values() for n in of.values()]
    counts += [value["n"] for value in region["values"]]
    assert None in counts
    assert not [n for n in counts if n is not None and 0 < n < 10]
    assert set(region["themes"]) == {one["theme"] for one in results["themes"]}


def test_copies_are_told_with_their_times(results: dict[str, Any]) -> None:
    (copies,) = results["families"]
    assert (copies["n"], copies["exact"]) == (themed.COPIES, themed.COPIES)
    assert copies["when"]["first"] == "2025-07-01T08:00:00Z"
    assert 0 < copies["when"]["densest"] < 1
    assert copies["when"]["densest"] == round(copies["when"]["densest"], 6)


def test_without_times_none_is_told(parts: Parts) -> None:
    given, found, public, _ = parts
    timeless = replace(given, times=None)
    tables = tables_of(timeless, found, public, None)
    results = told((timeless, found, public, tables))
    assert results["times"] is None
    assert [one["when"] for one in results["families"]] == [None]


def test_what_a_person_named_is_called_so(parts: Parts) -> None:
    tables = dict(parts[3])
    at = tables["themes"]["theme_id"].index(parts[1].themes[0].id)  # type: ignore[union-attr]
    named = list(tables["themes"]["named_by"])
    named[at] = "person"
    words = [""] * len(named)
    words[at] = "L’eau du village"
    tables["themes"] = {**tables["themes"], "named_by": named, "label_fr": words}
    first = told(parts, tables=tables)["themes"][0]
    assert first["named_by"] == "person"
    assert first["names"][0] == {"language": "fr", "words": ["L’eau du village"]}


def test_what_is_masked_is_masked_wherever_it_stands(parts: Parts) -> None:
    given, found, public, _ = parts
    at = given.texts.index(themed.MARKED)
    given = replace(given, translations={at: (Translation("en", "to someone@x.org", True),)})
    quote = Quoting(given, found, public).quoted(at)
    assert MARK in quote["text"]
    assert "@" not in json.dumps(quote)
    assert quote["translations"] == []


def test_of_a_long_text_the_idea_that_is_meant_is_quoted(parts: Parts) -> None:
    given, found, public, _ = parts
    at = given.texts.index(themed.LONG)
    theme = int(found.theme[at])
    quote = Quoting(given, found, public).quoted(at, [theme])
    assert len(quote["text"]) <= LONGEST < len(themed.LONG)
    assert quote["text"] in themed.LONG
    assert (quote["cut_before"], quote["cut_after"]) != (False, False)
    hidden = [*public]
    hidden[at] = MARK + public[at][3:]
    # Places are those of the text before masking: behind a mask they would cut words in two.
    assert Quoting(given, found, hidden).quoted(at, [theme])["cut_before"] is False


def test_excerpts() -> None:
    assert excerpt("short", [(1, 2)]) == (0, 5)
    long = "word " * 200
    begin, end = excerpt(long, [])
    assert (begin, long[:end]) == (0, long[:end].rstrip())
    assert end <= LONGEST
    assert excerpt(long, [(0, 5), (10, 100), (200, 260)]) == (10, 100)
    assert excerpt("x" * 900, [(100, 900)]) == (100, 100 + LONGEST)


def test_a_mismatch_is_refused(parts: Parts) -> None:
    given, found, public, _ = parts
    with pytest.raises(InputError, match="public text"):
        told((given, found, public[:-1], parts[3]))


@pytest.mark.parametrize("texts", [[], ["L’eau manque au douar."]])
def test_nearly_nothing_has_results_too(parts: Parts, texts: list[str]) -> None:
    n = len(texts)
    given = replace(
        parts[0], ids=["a"][:n], texts=texts, composed=texts, languages=[None] * n, times=None,
        attributes={}, translations={},
    )  # fmt: skip
    found = analyse(texts, themed.Reader(), ids=given.ids)
    results = told((given, found, texts, tables_of(given, found, texts, None)))
    jsonschema.Draft202012Validator(schema()).validate(json.loads(canonical_json(results)))
    assert results["counts"]["contributions"] == n


def test_the_bundle_of_it_holds(tmp_path: Path) -> None:
    content = themed.content(tmp_path, ["fr", "ar"])
    bundle.write(tmp_path / "b", content)
    assert [line for check in verify(tmp_path / "b") for line in check.broken] == []
    assert set(content.pages) == {"report.html", "report.ar.html"}
    again = themed.content(tmp_path, ["fr", "ar"])
    assert (again.results, again.pages) == (content.results, content.pages)
