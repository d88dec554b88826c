from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assises.flows.verify import Check, verify
from assises.formats import bundle, polis
from assises.formats.bundle.tables import to_csv
from assises.lib.errors import InputError

from .tamper import flip_first_agreement, renew


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def test_a_bundle_as_it_was_made_holds(made: Path) -> None:
    checks = verify(made)
    assert all(check.ok for check in checks), [c for c in checks if not c.ok]
    assert all(check.held for check in checks)


def test_one_changed_vote_is_found_with_the_figures_it_breaks(copy: Path) -> None:
    flip_first_agreement(copy)
    checks = by_name(verify(copy))
    assert checks["files as published"].broken == (
        "tables/votes.csv is not the file that was published",
    )
    assert not checks["Parquet tables equal the CSV"].ok
    broken = checks["statement_results.csv"].broken
    assert any(
        line.startswith("statement_results.csv, statement 0: agrees published") for line in broken
    )
    assert any("counts.agrees" in line for line in checks["results.json"].broken)
    assert checks["pages drawn again"].broken == ("report.html does not show what the tables say",)


def test_a_changed_result_is_found_though_its_hash_was_renewed(copy: Path) -> None:
    path = copy / "results.json"
    results = json.loads(path.read_text("utf-8"))
    results["groups"][0]["people"] += 1
    path.write_text(json.dumps(results), "utf-8")
    renew(copy)
    checks = by_name(verify(copy))
    assert checks["files as published"].ok
    (line,) = checks["results.json"].broken
    assert line.startswith("results.json, groups.0.people: published ")


def test_a_moved_person_is_found_though_its_hash_was_renewed(copy: Path) -> None:
    held = bundle.read(copy)
    table = held.tables["positions"]
    group = list(table["group"])
    at = group.index("A")
    group[at] = "B"
    text = to_csv(bundle.TABLES["positions"], {**table, "group": group})
    (copy / "tables" / "positions.csv").write_text(text, "utf-8")
    renew(copy)
    checks = by_name(verify(copy))
    assert "group published B, recomputed A" in checks["positions.csv"].broken[0]


def test_an_edited_page_is_found(copy: Path) -> None:
    page = copy / "report.html"
    page.write_text(page.read_text("utf-8").replace("Agree", "Disagree", 1), "utf-8")
    renew(copy)
    assert not by_name(verify(copy))["pages drawn again"].ok


def test_files_added_and_missing_are_named(copy: Path) -> None:
    (copy / "recount.py").unlink()
    (copy / "extra.txt").write_text("hello")
    assert by_name(verify(copy))["files as published"].broken == (
        "recount.py is missing",
        "extra.txt was added",
    )


def test_a_page_of_another_version_is_not_drawn_again_and_said_so(copy: Path) -> None:
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["parameters"]["assises"] = "0.0.1"
    path.write_text(json.dumps(manifest), "utf-8")
    assert "0.0.1" in by_name(verify(copy))["pages"].note


def test_a_page_that_nobody_declared_is_found(copy: Path) -> None:
    (copy / "report.fr.html").write_text("forged")
    renew(copy)
    assert by_name(verify(copy))["pages drawn again"].broken == (
        "report.fr.html is a page nobody declared",
    )


def test_a_recount_that_was_exchanged_is_found(copy: Path) -> None:
    (copy / "recount.py").write_text("print('Everything holds')")
    renew(copy)
    check = by_name(verify(copy))["recount, schema and dictionary"]
    assert check.broken == ("recount.py is not what this version writes",)


def test_a_bundle_is_held_against_the_export_it_was_made_from(made: Path, example: Path) -> None:
    source = polis.read(example)
    assert all(check.ok for check in verify(made, source))
    votes = source.votes
    changed = replace(source, votes=replace(votes, vote=np.roll(votes.vote, 1)))
    broken = by_name(verify(made, changed))["input tables equal the source"].broken
    assert any(line.startswith("votes.csv, source, statement 0") for line in broken)


def test_a_bundle_without_one_of_its_rows_is_refused_not_crashed_on(copy: Path) -> None:
    path = copy / "tables" / "statements.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(lines[0] + "".join(lines[2:]), "utf-8")
    with pytest.raises(InputError, match="do not fit together"):
        verify(copy)


def test_a_bundle_of_a_running_house_is_held_against_no_export(copy: Path, example: Path) -> None:
    path = copy / "tables" / "conversation.csv"
    path.write_text(path.read_text("utf-8").replace("source,polis", "source,assises"), "utf-8")
    renew(copy)
    with pytest.raises(InputError, match="running house from its own votes") as refused:
        verify(copy, polis.read(example))
    assert "assises export BUNDLE FOLDER" in refused.value.next_step


def test_an_empty_cell_is_told_as_empty(copy: Path, example: Path) -> None:
    table = dict(bundle.read(copy).tables["statements"])
    table["author"] = np.full(len(table["author"]), bundle.MISSING)
    (copy / "tables" / "statements.csv").write_text(
        to_csv(bundle.TABLES["statements"], table), "utf-8"
    )
    checks = verify(copy, polis.read(example))
    lines = [line for check in checks for line in check.broken]
    assert not any("9223372036854775808" in line or "None" in line for line in lines)
    assert any("author published empty, recomputed" in line for line in lines)
    assert any("statements.csv empty" in line for line in lines)


def test_a_bundle_that_its_own_recount_contradicts_is_broken(copy: Path) -> None:
    """Everything follows from the tables, and yet the tables contradict each other."""
    path = copy / "tables" / "conversation.csv"
    text = path.read_text("utf-8")
    (count,) = re.findall(r"^authors,(\d+)$", text, re.MULTILINE)
    path.write_text(text.replace(f"authors,{count}", "authors,999"), "utf-8")
    results = json.loads((copy / "results.json").read_text("utf-8"))
    results["counts"]["authors"] = 999
    (copy / "results.json").write_text(json.dumps(results), "utf-8")
    renew(copy)
    check = by_name(verify(copy))["figures recounted"]
    assert check.broken == (f"authors: published 999, recounted {count}",)
    assert check.held


def test_the_environment_does_not_count(copy: Path) -> None:
    (copy / "environment.json").unlink()
    assert all(check.ok for check in verify(copy))


def test_every_real_conversation_holds(openpolis: Path, tmp_path: Path) -> None:
    from assises.flows.opinion import How, content_of

    # With how sure all of it is where there are few votes: halves of many take their time.
    few = openpolis.name.startswith(("brexit", "15-per-hour"))
    how = How(cuts=1) if few else How("polis")
    bundle.write(tmp_path / "b", content_of(polis.read(openpolis), ["ar"], how=how))
    assert all(check.ok for check in verify(tmp_path / "b"))
    shutil.rmtree(tmp_path / "b")
