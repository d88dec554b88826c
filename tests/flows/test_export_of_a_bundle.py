"""What was imported comes out of a bundle again."""

from __future__ import annotations

import csv
from pathlib import Path

from assises.flows.opinion import How, content_of
from assises.formats import bundle, polis
from assises.fronts.cli.exporting import source_of
from assises.lib.progress import SILENT


def rows(path: Path) -> list[list[str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file) if row]


def test_a_bundle_gives_back_the_export_row_for_row(openpolis: Path, tmp_path: Path) -> None:
    bundle.write(tmp_path / "b", content_of(polis.read(openpolis), ["fr"], how=How("polis")))
    export, _ = source_of(tmp_path / "b", None, ",", SILENT)
    out = tmp_path / "out"
    out.mkdir()
    polis.write(export, out)
    for name in ("summary.csv", "comments.csv", "votes.csv"):
        assert rows(out / name) == rows(openpolis / name), name
    theirs, ours = (rows(folder / "participants-votes.csv") for folder in (openpolis, out))
    if "xid" in theirs[0]:
        # The organisers' own names for people do not travel in a bundle.
        at = theirs[0].index("xid")
        theirs = [row[:at] + row[at + 1 :] for row in theirs]
    assert ours == theirs


def test_our_groups_are_written_when_the_source_had_none(example: Path, tmp_path: Path) -> None:
    bundle.write(tmp_path / "b", content_of(polis.read(example), ["fr"]))
    export, ours = source_of(tmp_path / "b", None, ",", SILENT)
    assert ours
    out = tmp_path / "out"
    out.mkdir()
    polis.write(export, out, generation=polis.Generation.SECOND, groups=ours)
    again = polis.read(out)
    assert again.participants is not None
    read_back = dict(
        zip(again.participants.id.tolist(), again.participants.group.tolist(), strict=True)
    )
    assert {person: group for person, group in read_back.items() if group >= 0} == ours
    header, *lines = rows(out / "comment-groups.csv")
    last = chr(ord("a") + max(ours.values()))
    assert header[-4:] == [
        f"group-{last}-{name}" for name in ("votes", "agrees", "disagrees", "passes")
    ]
    totals = [int(line[2]) for line in lines]
    cast = {(row[2], row[3]) for row in rows(out / "votes.csv")[1:]}
    # As Polis does: the totals are of the groups, not of those outside them.
    assert sum(totals) == len([1 for _, person in cast if int(person) in ours])
