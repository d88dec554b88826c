"""The Moroccan data: what is there, and that it holds together."""

from __future__ import annotations

import pytest

from assises.countries import counterparts, ma, pick
from assises.lib.errors import InputError

UI_LANGUAGES = ("fr", "ar", "zgh", "en")


def test_the_thirteen_verticals_stand_in_their_order_and_sport_is_one() -> None:
    assert [vertical.number for vertical in ma.verticals()] == list(range(1, 14))
    assert pick(ma.verticals(), "sport").number == 3
    assert {vertical.taxonomy for vertical in ma.verticals()} == {"assises-2025"}


def test_verticals_and_questions_speak_the_four_languages() -> None:
    for vertical in ma.verticals():
        for language in UI_LANGUAGES:
            assert vertical.name.best(language)[1] == language
            text, spoken = vertical.question.best(language)
            assert spoken == language
            assert text.endswith("؟" if language == "ar" else "?"), text
            assert text.count("؟" if language == "ar" else "?") == 1, text


def test_questions_are_about_life_and_not_about_the_trade() -> None:
    jargon = ("gouvernance", "algorithm", "intelligence artificielle", "ia ", "écosystème", "data")
    for vertical in ma.verticals():
        assert not [word for word in jargon if word in vertical.question.fr.casefold()]
        assert len(vertical.question.fr) <= 140


def test_codes_are_unique_and_plain() -> None:
    for rows in (
        ma.verticals(),
        ma.taxonomies(),
        ma.regions(),
        ma.colleges(),
        ma.languages(),
        ma.clocks(),
        ma.authorities(),
        ma.fictional_bodies(),
    ):
        codes = [row.code for row in rows]
        assert len(codes) == len(set(codes))
        assert all(code.isascii() and " " not in code for code in codes)


def test_lists_are_as_long_as_they_say_or_say_that_they_are_not_whole() -> None:
    for taxonomy in ma.taxonomies():
        assert taxonomy.sources
        if taxonomy.complete:
            assert len(taxonomy.entries) == taxonomy.size
        else:
            assert len(taxonomy.entries) < (taxonomy.size or 2)


def test_of_the_eighteen_sectors_nothing_is_made_up() -> None:
    later = pick(ma.taxonomies(), "ai-made-in-morocco-2026")
    assert later.size == 18
    assert later.entries == ()


def test_mappings_name_only_what_exists() -> None:
    entries = {t.version: {entry.code for entry in t.entries} for t in ma.taxonomies()}
    for link in ma.mappings():
        assert link.source_code in {*entries[link.source], None}
        assert link.target_code in {*entries[link.target], None}
        assert (link.relation == "same") == bool(link.source_code and link.target_code)


def test_every_vertical_is_mapped_to_every_other_list_or_said_not_to_be() -> None:
    for taxonomy in ma.taxonomies()[1:]:
        said = {link.source_code for link in ma.mappings() if link.target == taxonomy.version}
        assert {vertical.code for vertical in ma.verticals()} <= said
        reached = {link.target_code for link in ma.mappings() if link.target == taxonomy.version}
        assert {entry.code for entry in taxonomy.entries} <= reached


def test_a_vertical_is_followed_to_another_list_and_back() -> None:
    def follow(code: str, source: str, target: str) -> tuple[str, ...] | None:
        return counterparts(ma.mappings(), code, source=source, target=target)

    assert follow("health", "assises-2025", "press-2025-12") == ("health",)
    assert follow("health", "press-2025-12", "assises-2025") == ("health",)
    assert follow("sport", "assises-2025", "press-2025-12") == ()
    assert follow("sport", "assises-2025", "press-2025-energie") is None
    assert follow("energie", "press-2025-energie", "assises-2025") is None
    assert follow("health", "assises-2025", "a-list-nobody-mapped") is None


def test_the_regions_add_up_to_the_country() -> None:
    regions = ma.regions()
    assert len(regions) == 12
    assert sum(region.population for region in regions) == 36_828_330
    assert sum(region.urban for region in regions) == 23_110_108
    assert sum(region.rural for region in regions) == 13_718_222
    assert sum(region.fifteen_plus for region in regions) == 26_806_449
    assert {region.census for region in regions} == {2024}


def test_a_region_is_coded_by_iso_and_named_officially() -> None:
    for number, region in enumerate(ma.regions(), start=1):
        assert (region.code, region.iso) == (f"{number:02}", f"MA-{number:02}")
        # No name in Tifinagh was found, and none was made up.
        assert region.name.zgh is None
        assert "(" not in region.name.fr + region.name.ar + region.name.en


def test_there_are_eleven_colleges_named_in_four_languages() -> None:
    assert [college.code for college in ma.colleges()] == [
        "ministry",
        "public-institution",
        "private-sector",
        "investment-fund",
        "sovereign-fund",
        "start-up",
        "international-figure",
        "academia",
        "civil-society",
        "diaspora",
        "citizen",
    ]
    assert all(college.name.zgh for college in ma.colleges())


def test_content_languages_are_those_of_the_house() -> None:
    tags = [language.tag for language in ma.languages()]
    assert tags == ["fr", "ar", "ary-Arab", "ary-Latn", "zgh-Tfng", "zgh-Latn", "en", "und"]
    assert [lang.tag for lang in ma.languages() if lang.direction == "rtl"] == ["ar", "ary-Arab"]
    assert all(language.name.zgh for language in ma.languages())


def test_every_college_but_the_citizens_has_a_fictional_body() -> None:
    colleges = {college.code for college in ma.colleges()}
    assert {body.college for body in ma.fictional_bodies()} == colleges - {"citizen"}


def test_a_fictional_body_says_so_in_every_language() -> None:
    for body in ma.fictional_bodies():
        assert "ficti" in body.name.fr
        assert "متخيل" in body.name.ar
        assert body.name.en.startswith("Fictional ")
        assert "(ⴰⵎⴷⵢⴰ)" in (body.name.zgh or "")


def test_no_fictional_body_bears_the_name_of_a_real_one() -> None:
    real = {authority.name.fr for authority in ma.authorities()}
    real |= {authority.acronym for authority in ma.authorities()}
    for body in ma.fictional_bodies():
        assert not [name for name in real if name in body.name.fr]


def test_real_bodies_have_a_source() -> None:
    assert "CNDP" in {authority.acronym for authority in ma.authorities()}
    assert all(authority.sources for authority in ma.authorities())


def test_the_country_hands_out_what_its_functions_read() -> None:
    assert ma.MA.code == "MA"
    assert ma.MA.verticals() is ma.verticals()
    assert ma.MA.press_editions() == (ma.edition_2025(),)


def test_an_unknown_code_is_refused_with_what_there_is() -> None:
    with pytest.raises(InputError, match="Use one of admin-reform"):
        pick(ma.verticals(), "energie")
    with pytest.raises(InputError, match="no such language"):
        ma.MA.name.best("de")


def test_where_tamazight_is_missing_french_stands_in_and_says_so() -> None:
    assert ma.regions()[0].name.best("zgh") == ("Tanger-Tétouan-Al Hoceima", "fr")
