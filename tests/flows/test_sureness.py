"""What a bundle says of how sure it is: verdict, stability, guarantees, near-identical ballots."""

from __future__ import annotations

import csv
import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from assises.flows.opinion import How, content_of
from assises.formats import polis
from assises.look.report import render

COPIES = 14


@pytest.fixture(scope="module")
def flooded(example: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Results of the shipped example in which fourteen more cast one odd ballot of 40 answers."""
    folder = tmp_path_factory.mktemp("flooded") / "export"
    shutil.copytree(example, folder)
    (folder / "simulation-participants-votes.csv").unlink()
    with open(folder / "simulation-votes.csv", newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    column = {name: at for at, name in enumerate(header)}
    chance = random.Random(5)
    statements = sorted({row[column["comment-id"]] for row in rows}, key=int)
    ballot = {s: chance.choice("1-") for s in chance.sample(statements, 40)}
    last = max(int(row[column["timestamp"]]) for row in rows)
    people = max(int(row[column["voter-id"]]) for row in rows)
    for copy in range(COPIES):
        for statement, side in ballot.items():
            row = [""] * len(header)
            row[column["comment-id"]] = statement
            row[column["voter-id"]] = str(people + 1 + copy)
            row[column["vote"]] = side.replace("-", "-1") if chance.random() > 0.03 else "0"
            row[column["timestamp"]] = str(last + copy)
            rows.append(row)
    with open(folder / "simulation-votes.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return content_of(polis.read(folder), ["en"], how=How(cuts=1)).results


def test_copies_are_told_and_nothing_is_left_out(flooded: dict[str, Any]) -> None:
    (found,) = flooded["sure"]["campaigns"]
    assert (found["people"], found["statements"], found["arrivals"]) == (COPIES, 40, COPIES)
    assert 0.9 < found["kept"] < 1
    assert flooded["counts"]["participants"] == 400 + COPIES
    # They form a group of their own, so that every group no longer agrees on some statement.
    assert found["changes"]["agreed"]
    html = render(flooded, "en")
    assert "1 set of near-identical ballots" in html
    assert "14 people: the same answers to 40 statements" in html
    ids = ", ".join(map(str, found["changes"]["agreed"]))
    assert f"whether every group agrees would change on statements {ids}" in html


def test_where_there_are_none_the_report_says_so(results: dict[str, Any]) -> None:
    assert results["sure"]["campaigns"] == []
    assert "No near-identical ballots stand out" in render(results, "en")


@pytest.fixture(scope="module")
def results(example: Path) -> dict[str, Any]:
    return content_of(polis.read(example), ["en"]).results


def test_every_figure_is_within_its_bounds(results: dict[str, Any]) -> None:
    sure = results["sure"]
    for statement, told in sure["statements"].items():
        counts = results["statements"][statement]
        seen = counts["agrees"] + counts["disagrees"] + counts["passes"]
        value, low, high = told["agree"]
        assert value == pytest.approx(counts["agrees"] / seen, abs=1e-6)
        assert low <= value <= high
        if told["guarantee"] is not None:
            assert told["guarantee"] <= value + 1e-6
        if told["division"] is not None:
            assert told["division"][1] <= told["division"][0] <= told["division"][2]
    for side, at in (("agree", "agrees"), ("disagree", "disagrees")):
        for item in sure["guaranteed"][side]["strongest"]:
            shares = [
                g[at] / (g["agrees"] + g["disagrees"] + g["passes"]) for g in item["by_group"]
            ]
            assert 0.5 < item["bound"] < min(shares)
            assert item["binding"] < len(shares)


def test_halves_are_counted_once_each(results: dict[str, Any]) -> None:
    for part in results["sure"]["stability"].values():
        assert part["halves"] == 10
        assert sum(one["times"] for one in part["numbers"]) == 10
        assert len(part["groups"]) == len(results["groups"])


def test_what_sets_a_group_apart_has_its_difference_and_passes(results: dict[str, Any]) -> None:
    named = [item for group in results["groups"] for item in group["statements"]]
    assert named
    for item in named:
        assert 0 < item["difference"]["low"] <= item["difference"]["value"]
        assert item["difference"]["q"] <= 0.05


def test_votes_of_no_opinion_make_a_report_without_groups(example: Path, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    shutil.copytree(example, folder)
    (folder / "simulation-participants-votes.csv").unlink()
    with open(folder / "simulation-votes.csv", newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    at, of = header.index("vote"), header.index("comment-id")
    chance, by = random.Random(3), {}
    for row in rows:
        by.setdefault(row[of], []).append(row)
    # Each statement keeps its answers; who gave which is drawn by lot.
    for cast in by.values():
        answers = [row[at] for row in cast]
        chance.shuffle(answers)
        for row, answer in zip(cast, answers, strict=True):
            row[at] = answer
    with open(folder / "simulation-votes.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    results = content_of(polis.read(folder), ["en"]).results
    assert results["sure"]["verdict"]["lines"] == 0
    assert results["sure"]["verdict"]["p"] > 0.01
    assert len(results["groups"]) == 1
    assert results["sure"]["stability"] is None
    html = render(results, "en")
    assert "their votes hang together no more than chance; there are no groups." in html
    assert "The map: no opinion groups stand out" in html
    assert 'id="divisive"' not in html


def test_the_method_of_polis_says_nothing_of_it(example: Path) -> None:
    content = content_of(polis.read(example), ["en"], how=How("polis"))
    assert content.results["sure"] is None
    assert content.parameters["method"] == "polis"
    assert "cuts" not in content.parameters
    html = render(content.results, "en")
    assert "It does not test whether these groups exist outside it." in html
    assert 'id="campaigns"' not in html
    assert json.dumps(content.results["groups"]).count('"difference": null') > 0


def test_camps_that_differ_in_readiness_alone_are_told(results: dict[str, Any]) -> None:
    assert results["sure"]["verdict"]["camps"] is False
    sure = {**results["sure"], "verdict": {**results["sure"]["verdict"], "camps": True}}
    assert "Two camps differ in how readily they agree" in render({**results, "sure": sure}, "en")
