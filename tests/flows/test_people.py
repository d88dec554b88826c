"""What is said of people by what they declared: by hand, by brute force, and kept to oneself."""

from __future__ import annotations

import csv
import json
import math
import random
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from assises.demo import conversation
from assises.engines.opinion import VoteMatrix
from assises.flows.across import across
from assises.flows.declared import Declared, without_few
from assises.flows.hanging import hanging
from assises.flows.opinion import How, content_of
from assises.flows.people import KEYS, Asked, asked_of, strangers
from assises.flows.verify import Check, verify
from assises.flows.weighed import weighed
from assises.formats import bundle, polis
from assises.formats.people import People, read_people
from assises.lib.errors import InputError
from assises.lib.frames import Frame, Margin

from .tamper import renew

POLIS = How("polis")
Person = tuple[str, dict[int, int]]
"""What someone declared, and their votes by statement."""


def of(people: list[Person]) -> tuple[VoteMatrix, Declared]:
    rows = [(p, s, v) for p, (_, votes) in enumerate(people) for s, v in votes.items()]
    participant, statement, vote = (np.array(column) for column in zip(*rows, strict=True))
    matrix = VoteMatrix.from_arrays(participant, statement, vote)
    assert len(matrix.participants) == len(people)
    values = tuple(sorted({said for said, _ in people if said}))
    code = np.array([values.index(said) if said else -1 for said, _ in people])
    return matrix, Declared(values, code)


def every(matrix: VoteMatrix) -> np.ndarray:
    return np.arange(len(matrix.statements))


def test_what_all_kinds_answer_alike_with_the_bound_of_the_most_reluctant() -> None:
    people = [("a", {0: 1, 1: 1, 2: -1})] * 20 + [("b", {0: 1, 1: -1, 2: -1})] * 30
    matrix, said = of([*people, *[("", {0: -1})] * 40])
    found = across(matrix, {"kind": said}, every(matrix))["kind"]
    # All of twenty: the one-sided bound at 95 % is .05 to the power of 1 / 20, .861.
    assert found == {
        "counted": ["a", "b"],
        "agree": [{"statement": 0, "bound": 0.861, "of": 2}],
        "disagree": [{"statement": 2, "bound": 0.861, "of": 2}],
    }
    assert across(matrix, {"kind": said}, np.array([1]))["kind"]["agree"] == []


def test_nine_are_not_counted_and_nine_answers_say_nothing() -> None:
    nine = [("c", {0: -1})] * 9
    matrix, said = of([("a", {0: 1})] * 20 + [("b", {0: 1})] * 20 + nine)
    found = across(matrix, {"kind": said}, every(matrix))["kind"]
    assert found["counted"] == ["a", "b"]
    assert [row["statement"] for row in found["agree"]] == [0]
    matrix, said = of([("a", {0: 1, 1: 1})] * 20 + [("b", {0: 1, 1: 1})] * 9 + [("b", {1: 1})] * 9)
    found = across(matrix, {"kind": said}, every(matrix))["kind"]
    assert [row["statement"] for row in found["agree"]] == [1]
    matrix, said = of([("a", {0: 1})] * 10 + [("b", {0: 1})] * 10)
    assert across(matrix, {"kind": said}, every(matrix))["kind"]["counted"] == ["a", "b"]
    matrix, said = of([("a", {0: 1})] * 20 + nine)
    assert across(matrix, {"kind": said}, every(matrix)) == {}


def frame(**people: float) -> Frame:
    return Frame((Margin(("kind",), {(name,): n for name, n in people.items()}),), source="by hand")


def test_shares_count_by_the_population() -> None:
    people = [("a", {0: 1, 1: 1})] * 60 + [("b", {0: -1, 1: 1})] * 40 + [("abroad", {0: 1})] * 15
    matrix, said = of([*people, *[("", {0: 1})] * 12])
    found = weighed(matrix, {"kind": said}, frame(a=1, b=3, c=4), every(matrix))
    assert found is not None
    first = found["statements"]["0"]
    assert first["plain"][0] == pytest.approx(87 / 127, abs=5e-4)
    # A quarter of the people of a and b are of a.
    assert first["weighted"][0] == 0.25
    assert first["weighted"][1] < 0.25 < first["weighted"][2]
    assert found["statements"]["1"]["weighted"][0] == 1.0
    assert found["counts"] == {"inside": 100, "abroad": 15, "uncounted": 0, "not_said": 12}
    assert found["unrepresented"] == {"kind": 0.5}
    weights = [25 / 60] * 60 + [75 / 40] * 40
    kish = sum(weights) ** 2 / sum(w * w for w in weights)
    assert found["effective"] == pytest.approx(kish, abs=5e-4)
    assert (found["by"], found["source"], found["missed"]) == (["kind"], "by hand", 0.0)


@pytest.mark.parametrize("b", [30, 90])
def test_what_too_few_inside_answered_cannot_be_said(b: int) -> None:
    """Even where all weigh the same, so that an interval could be had."""
    people = [("a", {0: 1})] * 30 + [("b", {0: 1})] * 30 + [("a", {0: 1, 1: 1})] * 9
    matrix, said = of([*people, *[("", {1: 1})] * 30])
    found = weighed(matrix, {"kind": said}, frame(a=39, b=b), every(matrix))
    assert found is not None
    assert found["statements"]["1"]["plain"] is not None
    assert found["statements"]["1"]["weighted"] is None


def test_of_nine_inside_nothing_is_weighed() -> None:
    matrix, said = of([("a", {0: 1})] * 9 + [("", {0: 1})] * 50)
    assert weighed(matrix, {"kind": said}, frame(a=1), every(matrix)) is None


def test_a_variable_that_fewer_than_half_told_is_left_out() -> None:
    matrix, said = of([("a", {0: 1})] * 30 + [("b", {0: 1})] * 30)
    told = Frame((Margin(("kind", "age"), {("a", "x"): 1, ("a", "y"): 1, ("b", "x"): 2}),))
    for known, by in ((29, ["kind"]), (30, ["kind", "age"])):
        age = Declared(("x",), np.where(np.arange(60) < known, 0, -1))
        assert known == 29 or age.code[29] == 0
        found = weighed(matrix, {"kind": said, "age": age}, told.on("kind", "age"), every(matrix))
        assert found is not None
        assert found["by"] == by


def test_ages_that_a_frame_does_not_count_stand_apart() -> None:
    matrix, said = of([("a", {0: 1})] * 30 + [("young", {0: -1})] * 12)
    found = weighed(matrix, {"kind": said}, frame(a=1), every(matrix), {"kind": ("young",)})
    assert found is not None
    assert found["counts"] == {"inside": 30, "abroad": 0, "uncounted": 12, "not_said": 0}
    assert found["statements"]["0"]["weighted"][0] == 1.0


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ((84, 0, 234), {"inside": 50, "abroad": 84, "uncounted": 0, "not_said": 234}),
        ((4, 0, 234), {"inside": 50, "abroad": None, "uncounted": None, "not_said": None}),
        ((4, 0, 3), {"inside": None, "abroad": None, "uncounted": None, "not_said": None}),
        ((0, 0, 0), {"inside": 50, "abroad": 0, "uncounted": 0, "not_said": 0}),
    ],
)
def test_few_are_not_given_away_by_subtraction(
    others: tuple[int, int, int], told: dict[str, int | None]
) -> None:
    counts = dict(zip(("abroad", "uncounted", "not_said"), others, strict=True))
    assert without_few({"inside": 50, **counts}) == told


def low(k: int, n: int) -> float:
    """Lower end of Wilson's interval at 95 %, written out once more; 0 of nobody."""
    if not n:
        return 0.0
    z, p = 1.959963984540054, k / n
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (p + z * z / (2 * n) - half) / (1 + z * z / n)


def headlines(people: list[tuple[int, Person]], statement: int) -> dict[str, Any]:
    """What is said of one statement of people in groups, counted one by one."""

    def share(votes: list[int], side: int) -> bool:
        return low(votes.count(side), len(votes)) > 0.5

    all_votes = [votes[statement] for _, (_, votes) in people if statement in votes]
    groups = [
        [votes[statement] for g, (_, votes) in people if g == group and statement in votes]
        for group in (0, 1)
    ]
    return {
        "majority": (share(all_votes, 1), share(all_votes, -1)),
        "agreed": all(share(votes, 1) for votes in groups),
        "rejected": all(share(votes, -1) for votes in groups),
    }


def test_what_hangs_on_whom_is_what_changes_without_them() -> None:
    chance = random.Random(8)
    people: list[Person] = []
    for _ in range(140):
        said = chance.choices(["a", "b", "c", "d", ""], [50, 45, 25, 5, 15])[0]
        lean = {"a": 0.75, "b": 0.5, "c": 0.3}.get(said, 0.6)
        votes = {
            s: chance.choices([1, -1, 0], [lean * s / 8, 1 - lean * s / 8, 0.1])[0]
            for s in range(12)
            if chance.random() < 0.55
        }
        people.append((said, votes or {0: 1}))
    group = np.array([chance.choice([0, 1]) for _ in people])
    matrix, said_of = of(people)
    found = hanging(matrix, group, every(matrix), {"kind": said_of})
    told = {one["value"]: one["changes"] for one in found}
    assert set(told) == {"a", "b", "c"}  # four or so are no set
    numbered = list(zip(group.tolist(), people, strict=True))
    changed = 0
    for value, changes in told.items():
        rest = [one for one in numbered if one[1][0] != value]
        gone = [one for one in numbered if one[1][0] == value]
        for s in range(12):
            enough = all(sum(s in v for _, (_, v) in part) >= 10 for part in (rest, gone))
            before, after = headlines(numbered, s), headlines(rest, s)
            for kind in before:
                assert (s in changes[kind]) == (enough and before[kind] != after[kind])
                changed += s in changes[kind]
    assert changed > 5


def test_what_nine_of_a_kind_decided_is_not_told() -> None:
    # Without the nine of a who answered it most would agree; of ten it is told.
    for size, hangs in ((9, []), (10, [0])):
        people = [("a", {0: -1, 1: 1})] * size + [("a", {1: 1})] * 20 + [("b", {0: 1, 1: 1})] * 13
        matrix, said = of(people)
        nobody = np.full(len(people), -1)
        found = hanging(matrix, nobody, every(matrix), {"kind": said})
        told = {one["value"]: one["changes"]["majority"] for one in found}
        assert told["a"] == hangs
    # Nor what nine are left to decide.
    for size, hangs in ((9, []), (10, [0])):
        people = [("a", {0: -1, 1: 1})] * 22 + [("b", {0: 1, 1: 1})] * size + [("b", {1: 1})] * 20
        matrix, said = of(people)
        found = hanging(matrix, np.full(len(people), -1), every(matrix), {"kind": said})
        assert found[0]["changes"]["majority"] == hangs
    matrix, said = of([("a", {0: 1})] * 50 + [("b", {0: 1})] * 9)
    assert hanging(matrix, np.full(59, -1), every(matrix), {"kind": said}) == []


def test_no_assurance_is_an_empty_cell_none_or_nought() -> None:
    said = ["none"] * 4 + ["0"] * 4 + [""] * 4 + ["address"] * 12
    matrix, declared = of([(one, {0: 1}) for one in said])
    found = hanging(matrix, np.full(24, -1), every(matrix), {"assurance": declared})
    assert [(one["attribute"], one["value"]) for one in found] == [
        ("assurance", "address"),
        ("assurance", ""),
    ]


# With files.


@pytest.fixture(scope="module")
def people(example: Path) -> People:
    return read_people(example / "simulation-people.csv")


@pytest.fixture(scope="module")
def known(example: Path, people: People, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of the example with its people and the census; not to be changed."""
    folder = tmp_path_factory.mktemp("known") / "known.bundle"
    content = content_of(polis.read(example), ["fr"], how=POLIS, asked=asked_of(people, "ma"))
    bundle.write(folder, content)
    return folder


def broken(checks: list[Check]) -> list[str]:
    return [line for check in checks for line in check.broken]


def test_the_camps_of_the_portraits_are_those_of_the_votes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[int] = []
    camp = conversation._camp

    def recording(draw: float) -> int:
        drawn.append(camp(draw))
        return drawn[-1]

    camps = conversation.camps()
    monkeypatch.setattr(conversation, "_camp", recording)
    conversation.build()
    assert drawn == camps


def test_results_keep_to_their_schema_and_name_what_is_a_code(known: Path) -> None:
    results = json.loads((known / "results.json").read_text())
    schema = json.loads((known / "results.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(results)
    assert all(results[key] for key in KEYS)
    assert results["names"]["region"]["MA-06"]["fr"] == "Casablanca-Settat"
    assert results["weighed"]["by"] == ["region", "area", "sex"]
    manifest = bundle.read_manifest(known)
    assert manifest["parameters"]["people"] == {"frame": "ma"}


def test_who_declared_what_stays_out_of_the_bundle(known: Path, people: People) -> None:
    for path in known.rglob("*.csv"):
        with open(path, encoding="utf-8", newline="") as file:
            cells = {cell for row in csv.reader(file) for cell in row}
        for name in people.attributes.keys() - {"simulation"}:
            assert name not in cells
            assert cells.isdisjoint(people.attributes[name].values)
    assert "people" not in (known / "environment.json").read_text()
    results = json.loads((known / "results.json").read_text())
    told = {v for one in results["across"].values() for v in one["counted"]}
    told |= {one["value"] for one in results["hangs"]}
    for attribute in people.attributes.values():
        size = np.bincount(attribute.code[attribute.code >= 0], minlength=len(attribute.values))
        few = {v for v, n in zip(attribute.values, size, strict=True) if n < 10}
        assert told.isdisjoint(few)
    assert "diaspora" not in told
    assert "citizen" in told


def test_without_the_people_that_part_is_not_checked_and_with_them_it_is(
    known: Path, people: People
) -> None:
    checks = verify(known)
    assert broken(checks) == []
    (unchecked,) = [check for check in checks if check.note]
    assert unchecked.name == "across, hangs, names, weighed of results.json"
    assert "--people" in unchecked.note
    again = verify(known, asked=asked_of(people, "ma"))
    assert broken(again) == []
    assert not [check for check in again if check.note]


def test_a_changed_bound_is_found_by_whoever_has_the_people(
    known: Path, people: People, tmp_path: Path
) -> None:
    copy = bundle_copy(known, tmp_path)
    results = json.loads((copy / "results.json").read_text())
    results["across"]["college"]["agree"][0]["bound"] += 0.01
    (copy / "results.json").write_text(json.dumps(results))
    renew(copy)
    lines = broken(verify(copy, asked=asked_of(people, "ma")))
    assert any("across.college.agree.0.bound: published" in line for line in lines)
    # Without them it shows only where the page says something else.
    assert all("across" not in line for line in broken(verify(copy)))


@pytest.mark.parametrize("forged", [5, {"college": {}}, {"college": {"counted": 3}}])
def test_whatever_is_forged_there_is_a_broken_bundle_and_no_crash(
    known: Path, tmp_path: Path, forged: object
) -> None:
    copy = bundle_copy(known, tmp_path)
    results = json.loads((copy / "results.json").read_text())
    results["across"] = forged
    (copy / "results.json").write_text(json.dumps(results))
    renew(copy)
    assert any("no page can be drawn" in line for line in broken(verify(copy)))


def test_the_people_without_the_frame_do_not_find_the_weights_again(
    known: Path, people: People
) -> None:
    lines = broken(verify(known, asked=Asked(people)))
    assert any(line.startswith("results.json, weighed: published") for line in lines)


def test_the_same_people_in_any_order_give_the_same_bytes(
    known: Path, example: Path, tmp_path: Path
) -> None:
    header, *rows = (example / "simulation-people.csv").read_text("utf-8").splitlines()
    random.Random(4).shuffle(rows)
    path = tmp_path / "others.csv"
    # Whoever did not vote changes nothing either.
    path.write_text("\n".join([header, *rows, "9999,academia,MA-12,,,,,yes"]), "utf-8")
    shuffled = read_people(path)
    content = content_of(polis.read(example), ["fr"], how=POLIS, asked=asked_of(shuffled, "ma"))
    bundle.write(tmp_path / "b", content)
    assert bundle.read_manifest(tmp_path / "b")["id"] == bundle.read_manifest(known)["id"]
    assert strangers(shuffled, np.arange(400)) == (400, 1)


def test_without_people_nothing_is_said_of_them(example: Path, tmp_path: Path) -> None:
    content = content_of(polis.read(example), [], how=POLIS)
    assert all(content.results[key] is None for key in KEYS)
    assert "people" not in content.parameters
    bundle.write(tmp_path / "b", content)
    checks = verify(tmp_path / "b")
    assert broken(checks) == []
    assert not [check for check in checks if check.note]


def test_a_frame_of_ones_own(example: Path, people: People, tmp_path: Path) -> None:
    path = tmp_path / "frame.csv"
    path.write_text("sex,people\nfemale,51\nmale,49\n", "utf-8")
    asked = asked_of(people, str(path))
    results = content_of(polis.read(example), [], how=POLIS, asked=asked).results
    assert results["weighed"]["by"] == ["sex"]
    assert results["weighed"]["source"] == "frame.csv"
    assert asked.parameters() == {"people": {"frame": "frame.csv"}}


@pytest.mark.parametrize(
    ("text", "frame", "line", "column", "says"),
    [
        ("participant,region\n1,MA-01\n2,MA-99\n", "ma", 3, "region", "not a category.*MA-99"),
        ("participant,sex\n1,f\n", "ma", 2, "sex", "not a category.*Known are: female, male"),
        ("participant,shoe\n1,43\n", "ma", 1, None, "no column is a variable of the frame"),
        ("participant,kind\n1,a\n2,b\n", "kind,people\na,1\n", 3, "kind", "not a category"),
    ],
)
def test_people_that_the_frame_does_not_know_are_refused_with_their_line(
    tmp_path: Path, text: str, frame: str, line: int, column: str | None, says: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, "utf-8")
    if frame != "ma":
        (tmp_path / "frame.csv").write_text(frame, "utf-8")
        frame = str(tmp_path / "frame.csv")
    with pytest.raises(InputError, match=says) as refused:
        asked_of(read_people(path), frame)
    told = refused.value
    assert (told.file, told.line, told.column) == (str(path), line, column)
    assert told.next_step


def test_abroad_and_too_young_are_answers(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("participant,region,age\n1,abroad,15-17\n2,MA-01,20-24\n", "utf-8")
    assert asked_of(read_people(path), "ma").called == "ma"


def test_a_frame_that_cannot_be_met_is_refused_with_the_file(
    example: Path, people: People, tmp_path: Path
) -> None:
    path = tmp_path / "frame.csv"
    path.write_text("sex,people\nfemale,0\nmale,49\n", "utf-8")
    with pytest.raises(InputError, match="people where the population has none") as refused:
        content_of(polis.read(example), [], how=POLIS, asked=asked_of(people, str(path)))
    assert refused.value.file == people.file


def bundle_copy(source: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(source, tmp_path / "copy.bundle"))
