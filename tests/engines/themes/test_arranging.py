"""Themes get an id, whoever is mainly in them."""

from __future__ import annotations

import numpy as np

from assises.engines.themes.arranging import Before, arranged
from assises.engines.themes.finding import Found
from assises.engines.themes.result import By


def three() -> Found:
    """Three themes at the top."""
    none = np.zeros(0, dtype=np.float32)
    level = np.zeros(3, dtype=np.int32)
    theme = np.zeros(0, dtype=np.int32)
    return Found(level - 1, level, (By.MEANING,) * 3, theme, none, none, (), 0.0)


def test_a_theme_that_no_contribution_is_mainly_about_has_an_id_of_its_own() -> None:
    for empty in range(3):
        main = np.array([one for one in range(3) if one != empty] * 2, dtype=np.int32)
        result = arranged(three(), main, ["a", "b", "c", "d"], None)
        assert len(set(result.ids)) == 3
        assert result.place.tolist() == [0, 1, 2]


def test_a_theme_that_nobody_is_mainly_in_changes_no_other_and_keeps_none() -> None:
    main = np.array([1, 2, 1, 2], dtype=np.int32)
    first = arranged(three(), main, ["a", "b", "c", "d"], None)
    without = arranged(three(), main - 1, ["a", "b", "c", "d"], None)
    assert first.ids[1:] == without.ids[:2]
    before = Before({"a": ("tens",), "b": ("tens",), "c": ("other",), "d": ("other",)})
    later = arranged(three(), np.array([2, 2, 1, 1], np.int32), ["a", "b", "c", "d"], before)
    assert later.ids[1:] == ("other", "tens")
    assert later.ids[0] not in ("other", "tens")
    assert later.kept == 1.0
