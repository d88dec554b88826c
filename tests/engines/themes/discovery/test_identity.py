"""Themes keep their ids when contributions arrive, and what people shaped stays."""

from __future__ import annotations

from assises.engines.themes.discovery import kept, stamp


def texts(first: int, last: int) -> list[str]:
    return [f"{n:04x}" for n in range(first, last)]


def test_a_theme_is_known_by_its_members_not_by_its_number() -> None:
    before = dict.fromkeys(texts(0, 50), "water") | dict.fromkeys(texts(50, 90), "school")
    now = dict.fromkeys(texts(0, 52), 1) | dict.fromkeys(texts(52, 120), 0)
    found = kept(before, now)
    assert found.names == ("school", "water")
    assert found.share == 88 / 90


def test_a_theme_that_splits_leaves_its_id_to_the_part_that_shares_most() -> None:
    before = dict.fromkeys(texts(0, 100), "water")
    now = dict.fromkeys(texts(0, 30), 0) | dict.fromkeys(texts(30, 100), 1)
    found = kept(before, now)
    assert found.names == (stamp(texts(0, 30)), "water")
    assert found.share == 0.7


def test_a_theme_that_shares_too_little_is_new() -> None:
    before = dict.fromkeys(texts(0, 100), "water")
    found = kept(before, dict.fromkeys(texts(90, 200), 0))
    assert found.names == (stamp(texts(90, 200)),)
    assert found.share == 0.0


def test_what_people_merged_is_not_taken_apart_again() -> None:
    before = dict.fromkeys(texts(0, 100), "water")
    now = dict.fromkeys(texts(0, 40), 0) | dict.fromkeys(texts(40, 110), 1)
    assert kept(before, now, shaped={"water"}).names == ("water", "water")


def test_a_theme_of_strangers_is_not_drawn_into_what_people_shaped() -> None:
    before = dict.fromkeys(texts(0, 100), "water") | dict.fromkeys(texts(100, 150), "road")
    now = dict.fromkeys(texts(90, 150), 0) | dict.fromkeys(texts(0, 90), 1)
    assert kept(before, now, shaped={"water"}).names == ("road", "water")


def test_ids_do_not_depend_on_the_order_of_texts() -> None:
    now = dict.fromkeys(texts(0, 20), 0)
    assert kept({}, now) == kept({}, dict(reversed(now.items())))
    assert kept({}, now).share == 1.0


def test_a_text_that_left_counts_neither_way() -> None:
    before = dict.fromkeys(texts(0, 20), "water")
    found = kept(before, dict.fromkeys(texts(0, 10), 0))
    assert found.share == 1.0
    assert found.names == ("water",)


def test_nothing_is_nothing() -> None:
    assert kept({}, {}).names == ()


def test_ids_of_contributions_are_of_any_script() -> None:
    now = {"مساهمة-١": 0, "ⵜⵉⵔⵔⴰ": 0, "\ud800": 0}
    assert kept({}, now).names == (stamp(list(now)),)
