from __future__ import annotations

from pathlib import Path

from assises.flows.diff import diff
from assises.flows.opinion import content_of
from assises.formats import bundle, polis


def changed(example: Path, folder: Path, *edits: tuple[str, str, str]) -> Path:
    """The bundle of the example after replacing a text once in a file."""
    source = folder / "source"
    source.mkdir()
    for path in example.iterdir():
        text = path.read_text("utf-8")
        for name, old, new in edits:
            if path.name.endswith(name):
                assert old in text
                text = text.replace(old, new, 1)
        (source / path.name).write_text(text, "utf-8")
    bundle.write(folder / "b", content_of(polis.read(source), ["en"]))
    return folder / "b"


def test_a_bundle_does_not_differ_from_itself(made: Path) -> None:
    assert diff(made, made) == []


def test_a_reworded_statement_is_shown_in_both_wordings(
    made: Path, example: Path, tmp_path: Path
) -> None:
    other = changed(
        example, tmp_path, ("comments.csv", "- Des formations", "- Quelques formations")
    )
    sections = dict(diff(made, other))
    assert set(sections) == {"statements", "results"}
    (line,) = sections["statements"]
    assert "was reworded" in line
    assert "Quelques" in line


def test_a_vote_that_was_added_and_its_consequences_are_named(
    made: Path, example: Path, tmp_path: Path
) -> None:
    other = changed(
        example, tmp_path, ("simulation-votes.csv", "vote\n", "vote\n1778246952999,5,9999,1\n")
    )
    sections = dict(diff(made, other))
    assert "  participant 9999 on statement 5: +1 at 1778246952" in sections["votes"]
    assert "participants: 400 → 401" in sections["counts"]
    assert "1 only in the second" in sections["people"]
