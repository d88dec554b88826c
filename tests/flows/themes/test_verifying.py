"""A bundle of themes: written whole, read back, and every lie in it named."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assises.flows.checks import Check
from assises.flows.diff import diff
from assises.flows.people import Asked
from assises.flows.verify import verify
from assises.formats import bundle
from assises.formats.bundle import MISSING, THEMES
from assises.formats.bundle.dictionary import Table
from assises.formats.bundle.tables import same_values
from assises.lib.errors import InputError
from tests.formats.theme_bundles import content, tables, write

KEY = ("theme_id", "attribute", "value")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("themes") / "written.bundle")


def broken(checks: list[Check]) -> str:
    return "\n".join(line for one in checks for line in one.broken)


def test_what_was_written_holds_and_is_read_back(made: Path) -> None:
    checks = verify(made)
    assert broken(checks) == ""
    assert sum(one.held for one in checks) > 500
    held = bundle.read(made, THEMES)
    assert held.kind is THEMES
    for name, table in tables().items():
        spec = THEMES.tables[name]
        assert list(held.tables[name]) == [c.name for c in spec.columns if c.name in table]
        for column, values in table.items():
            assert same_values(spec.kind_of(column), held.tables[name][column], values).all()


def test_it_is_the_same_twice_and_needs_nothing_else(made: Path, tmp_path: Path) -> None:
    again = write(tmp_path / "again")
    for path in sorted(made.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (again / path.relative_to(made)).read_bytes()
    ran = subprocess.run(
        [sys.executable, "-I", made / "recount.py"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "SIMULATION, What was written" in ran.stdout


def test_the_results_are_those_that_the_schema_describes(made: Path) -> None:
    schema = json.loads((made / "results.schema.json").read_text("utf-8"))
    results = json.loads((made / "results.json").read_text("utf-8"))
    assert schema["required"] == sorted(results)
    assert schema["properties"]["counts"]["required"] == sorted(results["counts"])
    assert schema["properties"]["source"]["required"] == sorted(results["source"])


def test_a_bundle_without_themes_is_one(tmp_path: Path) -> None:
    empty: dict[str, Table] = {
        name: {column: values[:0] for column, values in table.items()}
        for name, table in tables().items()
    }
    folder = tmp_path / "empty"
    made = content(empty)
    results = dict(made.results) | {
        "counts": dict.fromkeys(made.results["counts"], 0), "languages": {},
    }  # fmt: skip
    bundle.write(
        folder, bundle.Content(empty, results, made.parameters, made.environment, kind=THEMES)
    )
    assert broken(verify(folder)) == ""


def change(table: str, column: str, at: int, value: Any) -> Callable[[dict[str, Table]], None]:
    def changed(found: dict[str, Table]) -> None:
        found[table][column][at] = value

    return changed


def at_count(found: dict[str, Table], *key: str) -> int:
    counts = found["theme_counts"]
    rows = list(zip(*(counts[name] for name in KEY), strict=True))
    return rows.index(key)


def count(*key: str, n: int) -> Callable[[dict[str, Table]], None]:
    def changed(found: dict[str, Table]) -> None:
        found["theme_counts"]["n"][at_count(found, *key)] = n

    return changed


def both(
    *changes: Callable[[dict[str, Table]], None],
) -> Callable[[dict[str, Table]], None]:
    def changed(found: dict[str, Table]) -> None:
        for one in changes:
            one(found)

    return changed


LIES = [
    (change("contributions", "theme_id", 0, "th-c"), "theme th-b, contributions"),
    (change("contributions", "theme_id", 0, "th-x"), "contribution c00, path"),
    (change("contributions", "theme_path", 0, "th-b"), "contribution c00, path"),
    (change("contributions", "status", 0, "unclassified"), "contribution c00, in a theme"),
    (change("contributions", "status", 59, "lost"), "contribution c59: status lost"),
    (change("contributions", "status", 59, "unclassified"), "undecidable in all"),
    (change("contributions", "language", 0, "ar"), "language of theme (all)"),
    (change("contributions", "family_id", 9, "fa-1"), "family fa-1, contributions"),
    (change("contributions", "family_id", 9, "fa-2"), "contribution c09: no family fa-2"),
    (change("contributions", "ideas", 0, 2), "contribution c00, ideas"),
    (change("themes", "n", 0, 37), "theme th-a, contributions: published 37, recounted 36"),
    (change("themes", "ideas", 2, 21), "theme th-c, ideas"),
    (change("themes", "level", 1, 1), "theme th-b, level"),
    (change("themes", "parent_id", 0, "th-b"), "theme th-a: the way up ends at"),
    (change("themes", "parent_id", 2, "th-x"), "theme th-c: the way up ends at th-x"),
    (change("theme_quotes", "contribution_id", 0, "c58"), "quotes c58: it is not in that theme"),
    (change("theme_quotes", "contribution_id", 0, "c99"), "quotes c99: no such contribution"),
    (change("theme_quotes", "language", 0, "ar"), "theme th-a quotes c03, language"),
    (change("ideas", "end", 0, 0), "contribution c00: idea 0 to 0"),
    (change("ideas", "theme_id", 0, "th-x"), "contribution c00: no theme th-x"),
    (change("families", "n", 0, 3), "family fa-1, contributions: published 3, recounted 2"),
    (change("families", "exact", 0, 3), "family fa-1: 3 of 2"),
    (change("families", "shown", 0, "c09"), "family fa-1, of the one shown"),
    (change("proposed_links", "other_id", 0, "c01"), "these are not two contributions"),
    (count("th-c", "language", "fr", n=6), "language of theme th-c"),
    (count("th-c", "region", "MA-01", n=11), "region MA-01, theme th-c: no count fits the others"),
    # The other nine are then in MA-02, which is hidden.
    (
        both(count("th-c", "region", "MA-01", n=11), count("th-c", "region", "MA-02", n=MISSING)),
        "region MA-02, theme th-c: it can be told that there are 9",
    ),
    # 10 in th-c leave 3 to th-a and to what is in no theme, but 15 are in th-b, a part of th-a.
    (count("", "region", "MA-01", n=13), "region MA-01, theme th-a: no count fits the others"),
    (
        both(
            count("", "region", "MA-01", n=13),
            *(count("th-b", "region", value, n=MISSING) for value in ("MA-01", "MA-02")),
        ),
        "region MA-01, theme (all): few are left beside others",
    ),
    # 15 of th-b are in MA-01, so that 18 in th-a would tell of the 3 in th-a itself.
    (
        count("th-a", "region", "MA-01", n=18),
        "region MA-01, theme th-a itself: it can be told that there are 3",
    ),
]


@pytest.mark.parametrize(("lie", "told"), LIES, ids=[told for _, told in LIES])
def test_a_lie_is_named(tmp_path: Path, lie: Callable[[dict[str, Table]], None], told: str) -> None:
    found = tables()
    lie(found)
    checks = verify(write(tmp_path / "lie", found))
    assert told in broken(checks), broken(checks)


def test_files_order_and_parquet_are_checked(made: Path, tmp_path: Path) -> None:
    found = tables()
    found["families"] = {
        name: np.concatenate([values, values]) if isinstance(values, np.ndarray) else values * 2
        for name, values in found["families"].items()
    }
    folder = write(tmp_path / "twice", found)
    assert "families.csv, line 3: out of the order of family_id" in broken(verify(folder))
    folder = write(tmp_path / "changed")
    path = folder / "tables" / "themes.csv"
    path.write_text(path.read_text("utf-8").replace("eau potable", "eau sale"), "utf-8")
    told = broken(verify(folder))
    assert "tables/themes.csv is not the file that was published" in told
    assert "themes.parquet, row 2: label_fr eau potable, themes.csv eau sale" in told
    (folder / "recount.py").write_bytes((made / "recount.py").read_bytes() + b"\n")
    assert "recount.py is not what this version writes" in broken(verify(folder))


def test_it_is_no_bundle_of_opinion(made: Path) -> None:
    with pytest.raises(InputError, match="a bundle of themes, not of opinion"):
        diff(made, made)
    with pytest.raises(InputError, match="Leave out --source"):
        verify(made, None, asked=object.__new__(Asked))


def test_it_takes_the_place_of_one_and_of_nothing_else(made: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "one")
    bundle.write(folder, content(), replace=True)
    assert broken(verify(folder)) == ""
    assert bundle.read_manifest(folder)["id"] == bundle.read_manifest(made)["id"]
