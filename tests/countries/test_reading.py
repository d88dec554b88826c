"""Another country writes its own files: what does not fit is refused by name."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest

from assises.countries import counterparts, load, ma
from assises.countries.press import read_press_edition
from assises.lib.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with resources.as_file(resources.files(ma)) as package:
        shutil.copytree(package / "data", tmp_path / "data")
        shutil.copy(package / "edition_2025.toml", tmp_path / "data")
    return tmp_path / "data"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_copy_of_the_folder_reads_the_same(folder: Path) -> None:
    assert load.verticals(folder) == ma.verticals()
    assert load.mappings(folder) == ma.mappings()
    assert load.clocks(folder) == ma.clocks()
    assert read_press_edition(folder / "edition_2025.toml") == ma.edition_2025()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "sport"', 'code = "health"', "this code stands twice"),
        ("number = 3", 'number = "three"', "vertical 3, number must be a whole number"),
        ('fr = "Sport"', 'fr = ""', "vertical 3, name, fr must be a text"),
        ('en = "Sport"', 'enn = "Sport"', "vertical 3, name, en is missing"),
        ('code = "sport"', 'code = "sport"\nnum = 3', "vertical 3, num is not known here"),
        ("\nreview = true", "", "vertical 1, name, review is missing"),
        ("[[vertical]]", "[[vertical", "not TOML"),
    ],
)
def test_a_vertical_that_does_not_fit_is_refused(
    folder: Path, old: str, new: str, told: str
) -> None:
    change(folder / "verticals.toml", old, new)
    with pytest.raises(InputError, match=told) as refused:
        load.verticals(folder)
    assert refused.value.file == "verticals.toml"


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "colleges.toml").unlink()
    with pytest.raises(InputError, match=r"colleges\.toml: the file is not there"):
        load.colleges(folder)


def test_an_empty_list_is_refused(folder: Path) -> None:
    (folder / "colleges.toml").write_text("", "utf-8")
    with pytest.raises(InputError, match=r"there is no \[\[college\]\] in it"):
        load.colleges(folder)


def test_regions_whose_parts_do_not_make_the_whole_are_refused(folder: Path) -> None:
    change(folder / "regions.toml", "urban = 2_638_815", "urban = 2_638_816")
    with pytest.raises(InputError, match="urban and rural do not make the population"):
        load.regions(folder)


def test_a_mapping_to_nowhere_is_refused(folder: Path) -> None:
    change(folder / "mappings.toml", 'target_not_known = ["energie"]', 'same = ["sport"]')
    with pytest.raises(InputError, match="press-2025-energie has no such entry"):
        load.mappings(folder)


def test_one_sector_may_become_two_and_two_one(folder: Path) -> None:
    (folder / "mappings.toml").write_text(
        '[[mapping]]\nsource = "assises-2025"\ntarget = "press-2025-12"\n'
        '[[mapping.pair]]\nsource = "sport"\ntarget = "health"\n'
        '[[mapping.pair]]\nsource = "sport"\ntarget = "culture"\n'
        '[[mapping.pair]]\nsource = "health"\ntarget = "health"\n',
        "utf-8",
    )
    links = load.mappings(folder)
    go = {"source": "assises-2025", "target": "press-2025-12"}
    back = {"source": "press-2025-12", "target": "assises-2025"}
    assert counterparts(links, "sport", **go) == ("health", "culture")
    assert counterparts(links, "health", **back) == ("sport", "health")


def test_a_deadline_is_not_confirmed_by_saying_so(folder: Path) -> None:
    change(folder / "clocks.toml", "\nconfirmed = false", "\nconfirmed = true")
    with pytest.raises(InputError, match="without a source or a length"):
        load.clocks(folder)


def test_a_body_of_no_college_is_refused(folder: Path) -> None:
    change(folder / "fictional_bodies.toml", 'college = "ministry"', 'college = "party"')
    with pytest.raises(InputError, match="nothing of that code"):
        load.fictional_bodies(folder)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('status = "not_known"', 'status = "reported"', "a fact has no source"),
        ('status = "disagreement"', 'status = "reported"', "has readings that do not fit it"),
        ('status = "reported"', 'status = "disagreement"', "has readings that do not fit it"),
        ('status = "reported"', 'status = "sure"', "status must be one of reported"),
        ('section = "event"', 'section = "gossip"', "has no such section"),
        ('id = "event-place"', 'id = "event-dates"', "this code stands twice"),
    ],
)
def test_a_fact_that_does_not_fit_is_refused(folder: Path, old: str, new: str, told: str) -> None:
    file = folder / "edition_2025.toml"
    change(file, old, new)
    with pytest.raises(InputError, match=told):
        read_press_edition(file)
