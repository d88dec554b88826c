"""The measurement of the themes counts what it says it counts.

No time is asserted here: whether it is fast enough is for ``./run bench themes`` to say.
"""

from __future__ import annotations

import csv
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.quality


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    return import_module


def test_made_contributions_are_the_same_twice_and_hardly_two_alike(
    bench: Any, tmp_path: Path
) -> None:
    runs = bench("theme_runs")
    for name in ("a", "b"):
        runs.write(tmp_path / name, 2000)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    rows = list(csv.DictReader((tmp_path / "a").read_text("utf-8").splitlines()))
    assert len({row["id"] for row in rows}) == len(rows) == 2000
    assert 0.95 < len({row["text"] for row in rows}) / len(rows) < 1.0
    assert 10 < np.mean([len(row["text"].split()) for row in rows]) < 18
    declared = {row["language"] for row in rows} - {""}
    assert declared == {tag for tag, _ in runs.LANGUAGES.values()}


def test_the_steps_of_one_name_are_told_together(bench: Any) -> None:
    runs = bench("theme_runs")
    names = (
        "starting",
        "reading",
        "vectors",
        "equations",
        "languages",
        "vectors",
        "names",
        "names",
    )
    run = runs.Run(steps=[runs.Step(name, 1.0, 2.0, float(at)) for at, name in enumerate(names)])
    told = [(one.name, one.cpu, one.peak) for one in run.parts]
    assert told == [
        ("starting", 1.0, 0.0),
        ("reading", 1.0, 1.0),
        ("learning Darija", 2.0, 3.0),
        ("languages", 1.0, 4.0),
        ("vectors", 1.0, 5.0),
        ("names", 2.0, 7.0),
    ]
    assert run.peak == 7.0
    run.said = ["bundle  some where/x.bundle  (bundle-ab12)", "check   python3 x"]
    assert run.bundle == "bundle-ab12"


def test_ahead_is_of_whole_sentences_and_knows_which_is_better(bench: Any) -> None:
    sib = bench("theme_sib")
    topic = np.repeat([0, 1], 40)
    sentence = np.tile(np.arange(20), 4)
    sentence = np.where(topic == 1, sentence + 20, sentence)
    texts = sib.Texts([], [], topic, topic * 0, sentence)
    noisy = np.where(np.arange(80) % 5 == 0, 1 - topic, topic)
    point, low, high = sib.ahead(texts, topic, noisy)
    assert point == pytest.approx(1.0 - sib.shared(noisy, topic))
    assert 0 < low <= point <= high
    assert sib.ahead(texts, noisy, topic)[2] < 0
    assert sib.ahead(texts, noisy, noisy) == (0.0, 0.0, 0.0)


def test_what_has_no_theme_counts_as_one_more_group(bench: Any) -> None:
    sib = bench("theme_sib")
    topic = np.array([0, 0, 1, 1])
    assert sib.shared(np.array([-1, -1, 3, 3]), topic) == pytest.approx(1.0)
    assert sib.shared(np.array([-1, 3, -1, 3]), topic) == pytest.approx(0.0)


def test_who_keeps_a_theme_is_asked_of_those_that_had_one_at_that_level(bench: Any) -> None:
    stays = bench("theme_stability").stays
    was = {"a": ("x", "y"), "b": ("x",), "c": ("z", "w"), "d": ("z", "w")}
    now = {"a": ("x", "v"), "b": ("x", "y"), "c": ("z", "w")}
    assert stays(was, now, 0) == 0.75
    assert stays(was, now, 1) == pytest.approx(1 / 3)
