"""Fixed contributions, and clauses over them that lie or do not, read from ``lies``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from assises.countries.ma.identifiers import PERSONAL
from assises.engines.themes.drafting.draft_material import (
    Claimed,
    Contribution,
    Direction,
    Figure,
    Material,
    Proposed,
    Quote,
    Votes,
)
from assises.engines.themes.drafting.drafts import Checked, check

HERE = Path(__file__).parent / "lies"
CANARY = "zirconium quatorze lune"


def read(name: str) -> Any:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def materials(name: str = "material") -> dict[str, Material]:
    data = read(name)
    ids = {theme: [row[0] for row in one["contributions"]] for theme, one in data.items()}
    return {
        theme: Material(
            theme,
            tuple(
                Contribution(key, text, language) for key, language, text in one["contributions"]
            ),
            tuple(
                Figure(f["what"], f["count"], f["of"], tuple(f.get("words", ())))
                for f in one["figures"]
            ),
            tuple(
                Votes(v["statement"], v["text"], v["agree"], v["disagree"], v["passed"])
                for v in one["votes"]
            ),
            {language: tuple(names) for language, names in one["names"].items()},
            (Quote(*one["contributions"][0][::2]),),
            frozenset(key for other, some in ids.items() if other != theme for key in some),
            CANARY,
        )
        for theme, one in data.items()
    }


def proposal(row: dict[str, Any]) -> Proposed:
    return Proposed(
        row["text"].replace("CANARY", CANARY),
        row.get("k", "factual"),
        tuple(Quote(*one) for one in row["s"]),
        tuple(Claimed(what, float(value)) for what, value in row.get("n", ())),
        Direction(*row["d"]) if "d" in row else None,
    )


def judged(row: dict[str, Any], themes: dict[str, Material]) -> Checked:
    draft = check(
        themes[row["t"]], [proposal(row)], language=row["l"], model="stub", patterns=PERSONAL
    )
    return draft.clauses[0]
