from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.formats.frame import read_frame
from assises.lib.errors import InputError
from assises.lib.frames import Frame

KNOWN = {"region": ("MA-01", "MA-02"), "area": ("urban", "rural")}
GOOD = "region,area,people\nMA-01,urban,10\nMA-01,rural,20\nMA-02,urban,30\nMA-02,rural,40.5\n"


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "frame.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def people(frame: Frame) -> dict[str, dict[tuple[str, ...], float]]:
    return {m.name: dict(m.people) for m in frame.margins}


def test_a_joint_table_is_one_margin(tmp_path: Path) -> None:
    frame = read_frame(written(tmp_path, GOOD), known=KNOWN, counted="everyone")
    assert people(frame) == {
        "region x area": {
            ("MA-01", "urban"): 10,
            ("MA-01", "rural"): 20,
            ("MA-02", "urban"): 30,
            ("MA-02", "rural"): 40.5,
        }
    }
    assert people(frame.on("area")) == {"area": {("urban",): 40, ("rural",): 60.5}}
    assert (frame.counted, frame.source, frame.total) == ("everyone", "frame.csv", 100.5)


def test_empty_cells_make_margins(tmp_path: Path) -> None:
    text = "region,area,people\nMA-01,,30\nMA-02,,70\n,urban,40\n,rural,60\n"
    frame = read_frame(written(tmp_path, text), known=KNOWN, source="an office")
    assert people(frame) == {
        "region": {("MA-01",): 30, ("MA-02",): 70},
        "area": {("urban",): 40, ("rural",): 60},
    }
    assert frame.source == "an office"


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_are_seen_in_the_first_line(tmp_path: Path, separator: str) -> None:
    path = written(tmp_path, GOOD.replace(",", separator))
    assert read_frame(path).total == 100.5


def test_a_spreadsheet_may_write_utf_16_and_spaces(tmp_path: Path) -> None:
    text = " region , area,people\nجهة, urban ,7\nجهة,rural,3\n"
    frame = read_frame(written(tmp_path, text.encode("utf-16")))
    assert people(frame)["region x area"] == {("جهة", "urban"): 7, ("جهة", "rural"): 3}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["the file is empty"]),
        ("\n\n", ["the file is empty"]),
        ("region,people\n", ["no row below the first line", "line 1"]),
        ("region,people\nMA-01,0\n", ["counts nobody", "line 2"]),
        ("region,pepole\nMA-01,1\n", ["no column people", "line 1", "Is it pepole?"]),
        ("region,area\nMA-01,urban\n", ["no column people", "region, area"]),
        ("people\n1\n", ["no column of categories", "line 1"]),
        ("region,,people\nMA-01,a,1\n", ["a column has a name", "line 1, column 2"]),
        ("a x b,people\nq,1\n", ["a column has a name", "'a x b'"]),
        ("region,region,people\na,b,1\n", ["the column stands twice", "column region"]),
        ("region,people\nMA-01,-3\n", ["people are negative", "line 2, column people", "'-3'"]),
        ("region,people\nMA-01,many\n", ["not a number", "line 2, column people", "'many'"]),
        ("region,people\nMA-01,\n", ["not a number", "line 2, column people", "Write digits"]),
        ("region,people\nMA-01,nan\n", ["not a number", "'nan'"]),
        ("region,people\nMA-01,١٢\n", ["not a number", "Write digits only"]),
        ('region,people\nMA-01,"1,308"\n', ["not a number", "not 1 308 308 or 1,308,308"]),
        ("region,people\nMA-01," + "9" * 5000 + "\n", ["more people than can be counted"]),
        ("region,people\nMA-1,5\n", ["known category of region", "line 2", "Did you mean MA-01?"]),
        ("area,people\nUrban,5\n", ["known category of area", "Did you mean urban?"]),
        ("area,people\nseaside,5\n", ["known category of area", "Known are: urban, rural."]),
        ("sex,people\nfemale,5\nFemale,5\n", ["almost like female on line 2", "line 3"]),
        ("region,people\nMA-01,1\n\nMA-01,1\n", ["on line 2 already", "line 4", "'MA-01'"]),
        ("region,people\nMA-01,1,2\n", ["3 cells and the first line 2", "line 2"]),
        ("region,people\nMA-01\n", ["1 cells and the first line 2", "line 2"]),
        ("region,people\nMA-01,1\n,1\n", ["no category", "line 3", "Leave the total out"]),
        ("region,people\nabroad,1\n", ["people abroad", "line 2, column region"]),
        (
            "region,area,people\nMA-01,urban,1\nMA-02,urban,4\nMA-02,,3\n",
            ["rows of region alone", "region x area, 5", "line 4", "left empty"],
        ),
        (b"region,people\n\xff\xfe,1\n", ["not UTF-8 text", "line 2"]),
        ('region,people\n"MA-01,1\n', ["cannot be read as CSV", "line 2"]),
    ],
)
def test_a_bad_frame_is_refused_with_its_line_and_a_next_step(
    tmp_path: Path, text: str | bytes, parts: list[str]
) -> None:
    with pytest.raises(InputError) as refused:
        read_frame(written(tmp_path, text), known=KNOWN)
    said = str(refused.value)
    assert "frame.csv" in said
    assert [part for part in parts if part not in said] == [], said


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_frame(tmp_path / "none.csv")


CELLS = st.one_of(
    st.sampled_from(["MA-01", "MA-02", "urban", "rural", "people", "region", "abroad", "", "7"]),
    st.integers(-5, 10**6).map(str),
    st.floats().map(str),
    st.text(max_size=6),
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6), st.sampled_from(",;\t|"))
@settings(max_examples=200)
def test_any_table_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str
) -> None:
    text = "\n".join(separator.join(row) for row in [["region", "area", "people"], *rows])
    read_or_refused(tmp_path_factory.getbasetemp(), text.encode("utf-8", "replace"))


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
@settings(max_examples=200)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    read_or_refused(tmp_path_factory.getbasetemp(), data)


def read_or_refused(folder: Path, data: bytes) -> None:
    refusal = None
    try:
        frame = read_frame(written(folder, data), known=KNOWN)
    except InputError as error:
        refusal = error
    if refusal is not None:
        assert "frame.csv" in str(refusal)
        assert refusal.next_step
    else:
        assert frame.total > 0
        assert "people" not in frame.variables


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int]
) -> None:
    rows = [f"c{at},{n}" for at, n in enumerate(counts)]
    path = written(tmp_path_factory.getbasetemp(), "\n".join(["trade,people", *rows]))
    read = read_frame(path)
    assert list(read.margins[0].people.values()) == counts
    assert read.categories("trade") == tuple(f"c{at}" for at in range(len(counts)))
