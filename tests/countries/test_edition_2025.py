"""The shelf from the press: nothing without its source, nothing invented."""

from __future__ import annotations

import re

import pytest

from assises.countries import NOT_KNOWN, PressFact, Source, Wording, ma
from tests.conftest import SHARED, needed
from tests.countries.texts import wordings

EDITION = ma.edition_2025()
REFERENCE = SHARED.parent / "reference" / "morocco.md"
# A figure, but not the digits inside a name (UM6P, GenZ212, X.0).
FIGURE = r"(?<![A-Za-z\d])(?<!X\.)\d+(?:{group}\d{{3}})*(?:{decimal}\d+)?"
WRITTEN = {
    "fr": ("\u202f", ","),
    "ar": (r"\.", ","),
    "en": (",", r"\."),
    "zgh": ("\u00a0", ","),
}


def figures(text: str, language: str) -> set[str]:
    group, decimal = WRITTEN[language]
    found = re.findall(FIGURE.format(group=group, decimal=decimal), text)
    return {re.sub(decimal, ".", re.sub(group, "", figure)) for figure in found}


def all_sources() -> list[tuple[str, Source]]:
    found = [(v.code, s) for v in ma.verticals() for s in v.sources]
    found += [(t.version, s) for t in ma.taxonomies() for s in t.sources]
    found += [(r.code, s) for r in ma.regions() for s in r.sources]
    found += [(d.code, s) for d in ma.clocks() for s in d.sources]
    found += [(a.code, s) for a in ma.authorities() for s in a.sources]
    for fact in EDITION.facts:
        found += [(fact.id, s) for s in fact.sources]
        found += [(fact.id, s) for reading in fact.readings for s in reading.sources]
    return found


@pytest.fixture(scope="module")
def reference() -> str:
    return needed(REFERENCE).read_text("utf-8")


def test_every_source_stands_in_brackets_in_the_reference(reference: str) -> None:
    brackets = re.findall(r"\[([^\]]+)\]", reference)
    cited = {piece.strip() for bracket in brackets for piece in bracket.split(";")}
    cited -= {piece for piece in cited if "unverified" in piece or "inference" in piece}
    assert not [(name, source) for name, source in all_sources() if source.name not in cited]


def test_the_french_names_of_the_verticals_are_those_of_the_dispatch(reference: str) -> None:
    listed = re.findall(r"^\d+\. (.+)$", reference, re.MULTILINE)[:13]
    ours = [vertical.name.fr.casefold().replace("’", "'") for vertical in ma.verticals()]
    assert ours == [line.strip("*").casefold() for line in listed]


def test_the_figures_of_the_regions_are_those_of_the_reference(reference: str) -> None:
    for region in ma.regions():
        (row,) = re.findall(rf"^\| {region.iso} \|.*$", reference, re.MULTILINE)
        cells = [cell.strip() for cell in row.split("|")[2:8]]
        counts = (region.population, region.urban, region.rural, region.fifteen_plus)
        assert cells == [region.name.fr, region.name.ar, *(f"{n:,}" for n in counts)]


def test_every_figure_of_a_fact_stands_in_the_reference(reference: str) -> None:
    told = reference.split("## 2.", maxsplit=1)[0] + reference.split("## 9.")[1]
    known = figures(told, "en") | {"2024", "2025", "2026"}
    known |= {"9"}  # written as a word there
    for fact in EDITION.facts:
        for text in (fact.text, *(reading.text for reading in fact.readings)):
            assert figures(text.en, "en") <= known, fact.id


def test_a_date_is_iso_or_said_not_to_be_known() -> None:
    dated = re.compile(r"20\d\d(-[01]\d(-[0-3]\d)?)?")
    for name, source in all_sources():
        assert source.date == NOT_KNOWN or dated.fullmatch(source.date), name
        # A known date is one that the reference prints with the source.
        assert source.date == NOT_KNOWN or source.date[:4] in source.name, name
    assert all(fact.when is None or dated.fullmatch(fact.when) for fact in EDITION.facts)


def test_one_source_has_one_date() -> None:
    dates: dict[str, str] = {}
    for name, source in all_sources():
        assert dates.setdefault(source.name, source.date) == source.date, name


@pytest.mark.parametrize("fact", EDITION.facts, ids=lambda fact: str(fact.id))
def test_a_fact_gives_the_same_figures_in_every_language(fact: PressFact) -> None:
    for text in (fact.text, *(reading.text for reading in fact.readings)):
        wanted = figures(text.fr, "fr")
        assert figures(text.ar, "ar") == wanted
        assert figures(text.en, "en") == wanted
        assert figures(text.zgh or "", "zgh") <= wanted


def test_whatever_is_reported_has_a_source() -> None:
    for fact in EDITION.facts:
        assert bool(fact.sources) == (fact.status != "not_known"), fact.id


def test_readings_share_the_sources_of_their_fact() -> None:
    for fact in EDITION.facts:
        for reading in fact.readings:
            assert set(reading.sources) <= set(fact.sources), fact.id


def test_where_the_press_disagrees_both_figures_stand() -> None:
    jobs = next(fact for fact in EDITION.facts if fact.id == "ind-jobs")
    assert [reading.text.en for reading in jobs.readings] == ["240,000", "270,000"]
    disagreements = {fact.id for fact in EDITION.with_status("disagreement")}
    assert {"event-place", "people-participants", "verticals-lists"} <= disagreements


def test_the_shelf_lists_the_thirteen_verticals_as_the_data_has_them() -> None:
    (fact,) = [fact for fact in EDITION.facts if fact.id == "verticals-thirteen"]
    for vertical in ma.verticals():
        for language in ("fr", "ar", "en"):
            name, _ = vertical.name.best(language)
            assert name.casefold() in fact.text.best(language)[0].casefold(), name


def test_nine_agreements_eight_named_and_one_not_identified() -> None:
    agreements = EDITION.of("conventions")[1:]
    assert [fact.status for fact in agreements] == ["reported"] * 8 + ["not_known"]


def test_what_is_not_known_is_said() -> None:
    said = {fact.id for fact in EDITION.not_known}
    assert {"nk-programme", "nk-full-text", "conv-ninth", "nk-machine-readable"} <= said
    assert {fact.status for fact in EDITION.of("not-known")} == {"not_known"}


def test_every_section_has_facts_and_every_fact_a_section() -> None:
    assert sum(len(EDITION.of(section.code)) for section in EDITION.sections) == len(EDITION.facts)
    assert all(EDITION.of(section.code) for section in EDITION.sections)


def test_the_edition_stands_on_its_own_list_of_verticals() -> None:
    assert EDITION.taxonomy in {taxonomy.version for taxonomy in ma.taxonomies()}


def test_no_text_stands_twice() -> None:
    facts: list[Wording] = [fact.text for fact in EDITION.facts]
    for language in ("fr", "ar", "en"):
        said = [text.best(language)[0] for text in facts]
        assert len(said) == len(set(said))
    assert len(wordings()) > 200
