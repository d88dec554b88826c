"""A small bundle of themes, written for the tests: 60 contributions in a tree of three themes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from assises import __version__
from assises.formats import bundle
from assises.formats.bundle import MISSING, THEMES, Content
from assises.formats.bundle.dictionary import Table

ABOVE = {"th-a": "", "th-b": "th-a", "th-c": ""}
"""Of each theme the one that it is part of."""


def rows() -> list[dict[str, Any]]:
    """30 in th-b, 6 in th-a itself, 20 in th-c, 3 nowhere and one that is empty."""
    themes = ["th-b"] * 30 + ["th-a"] * 6 + ["th-c"] * 20 + [""] * 4
    return [
        {
            "contribution_id": f"c{n:02}",
            "theme": theme,
            "language": "und" if n == 59 else ("fr", "ar", "ary-Latn")[n % 3],
            "region": "MA-02" if n % 2 else "MA-01",
            "family": "fa-1" if n in {2, 5} else "",
        }
        for n, theme in enumerate(themes)
    ]


def path_of(theme: str) -> list[str]:
    return [*path_of(ABOVE[theme]), theme] if theme else []


def counts_of(people: list[dict[str, Any]]) -> list[tuple[str, str, str, int]]:
    """Languages are told; of regions what is few, and what would tell it, is not."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in people:
        for theme in ["", *path_of(row["theme"])]:
            found[theme, "language", row["language"]] += 1
            found[theme, "region", row["region"]] += 1
    hidden = {("", "region"), ("th-a", "region")}
    return [(*key, MISSING if key[:2] in hidden else n) for key, n in sorted(found.items())]


def tables() -> dict[str, Table]:
    people = rows()
    n = len(people)
    inside = Counter(theme for row in people for theme in path_of(row["theme"]))
    counts = counts_of(people)
    statuses = ["classified"] * 56 + ["unclassified"] * 3 + ["undecidable"]
    return {
        "contributions": {
            "contribution_id": [row["contribution_id"] for row in people],
            "language": [row["language"] for row in people],
            "declared": np.arange(n) % 2 == 0,
            "mixed": np.zeros(n, dtype=bool),
            "status": statuses,
            "theme_id": [row["theme"] for row in people],
            "theme_path": ["/".join(path_of(row["theme"])) for row in people],
            "sure": np.where(np.arange(n) < 56, 0.75, np.nan),
            "family_id": [row["family"] for row in people],
            "ideas": np.array([int(at < 59) for at in range(n)]),
            "text": [f"=Eau {at}" if at % 2 else f"l'eau, {at}" for at in range(n)],
        },
        "themes": {
            "theme_id": list(ABOVE),
            "parent_id": list(ABOVE.values()),
            "level": np.array([len(path_of(theme)) for theme in ABOVE]),
            "label_fr": ["eau", "eau potable", "route"],
            "label_ar": ["ماء", "", "طريق"],
            "named_by": ["words", "words", "person"],
            "locked": np.array([False, False, True]),
            "n": np.array([inside[theme] for theme in ABOVE]),
            "ideas": np.array([inside[theme] for theme in ABOVE]),
        },
        "theme_quotes": {
            "theme_id": ["th-a", "th-b"],
            "language": ["fr", "ar"],
            "place": np.array([1, 1]),
            "contribution_id": ["c03", "c01"],
        },
        "ideas": {
            "contribution_id": [f"c{at:02}" for at in range(59)],
            "begin": np.zeros(59, dtype=np.int64),
            "end": np.full(59, 5),
            "theme_id": [row["theme"] for row in people[:59]],
            "sure": np.full(59, 0.5),
        },
        "families": {
            "family_id": ["fa-1"],
            "n": np.array([2]),
            "exact": np.array([1]),
            "shown": ["c02"],
        },
        "proposed_links": {
            "contribution_id": ["c01"],
            "other_id": ["c02"],
            "kind": ["translation"],
            "similarity": np.array([0.9]),
        },
        "theme_counts": {
            "theme_id": [row[0] for row in counts],
            "attribute": [row[1] for row in counts],
            "value": [row[2] for row in counts],
            "n": np.array([row[3] for row in counts]),
        },
    }


def content(changed: dict[str, Table] | None = None) -> Content:
    languages = Counter(row["language"] for row in rows())
    return Content(
        tables=tables() | (changed or {}),
        results={
            "schema": "assises/themes-results/1",
            "title": "What was written",
            "simulation": True,
            "source": {
                "layout": "plain", "left_out": 0, "refused": 0, "repeated": 0, "notes": [],
            },
            "counts": {
                "contributions": 60, "classified": 56, "unclassified": 3, "undecidable": 1,
                "ideas": 59, "themes": 3, "families": 1, "in_families": 2,
            },
            "languages": dict(languages),
            "language_declared": 30,
            "mixed": 0,
            "masked": 0,
            "undecidable": {"empty": 1, "language": 0, "few": 0, "nothing": 0},
            "unsure": 0,
            "themes": [],
            "declared": [],
            "families": [],
            "times": None,
            "method": {"embedder": "none", "stranger": 0.0, "kept": None},
        },
        parameters={"assises": __version__},
        environment={},
        kind=THEMES,
    )  # fmt: skip


def write(folder: Path, changed: dict[str, Table] | None = None) -> Path:
    """The bundle, with some tables changed."""
    bundle.write(folder, content(changed))
    return folder
