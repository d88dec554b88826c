"""Which contributions led to which statement of the simulated edition: data, made by reading."""

from __future__ import annotations

import csv
import re
from collections import Counter
from importlib import resources
from typing import Final

FOLDER: Final = resources.files("assises.demo").joinpath("edition")
STATEMENTS: Final = list(
    csv.DictReader(FOLDER.joinpath("statements.csv").read_text("utf-8").splitlines())
)
SAID: Final = {
    row["id"]: row
    for row in csv.DictReader(FOLDER.joinpath("contributions.csv").read_text("utf-8").splitlines())
}
LINKS: Final = [(source, put) for put in STATEMENTS for source in put["from"].split()]
"""Each contribution's id with the statement that it led to."""


def crossing() -> int:
    """Links to a statement of another vertical than the one that the contribution chose."""
    chosen = [(SAID[source]["vertical"], put["vertical"]) for source, put in LINKS]
    return sum(own not in ("", vertical) for own, vertical in chosen)


def targets(source: str) -> set[str]:
    return {put["id"] for other, put in LINKS if other == source}


def test_a_source_is_a_contribution_of_the_file() -> None:
    assert {source for source, _ in LINKS} <= set(SAID)


def test_sources_are_written_once_in_order_with_single_spaces() -> None:
    for put in STATEMENTS:
        ids = sorted({int(source) for source in put["from"].split()})
        assert put["from"] == " ".join(map(str, ids)), put["id"]


def test_a_statement_has_eight_sources_at_most_and_a_contribution_leads_to_three_at_most() -> None:
    assert max(len(put["from"].split()) for put in STATEMENTS) <= 8
    assert max(Counter(source for source, _ in LINKS).values()) <= 3


def test_most_sentences_went_somewhere_and_most_statements_came_from_some() -> None:
    assert len({source for source, _ in LINKS}) >= 200
    assert len({put["id"] for _, put in LINKS}) >= 100


def test_every_vertical_has_statements_that_somebody_asked_for() -> None:
    asked = Counter(put["vertical"] for put in STATEMENTS if put["from"])
    assert min(asked[str(number)] for number in range(1, 14)) >= 6


def test_few_links_leave_the_vertical_that_the_contribution_chose() -> None:
    """They may: who speaks in one vertical at times asks for what is put to people in another."""
    assert crossing() <= len(LINKS) / 7


def test_whatever_vertical_they_chose_the_texts_of_a_campaign_lead_to_one_place() -> None:
    for letter in "ABC":
        led = [targets(uid) for uid, row in SAID.items() if row["campaign"] == letter]
        assert set.intersection(*led), letter


def test_who_only_says_hello_or_insults_leads_nowhere() -> None:
    nothing_asked = {"13", "16", "32", "144", "153", "189"}
    assert not any(targets(source) for source in nothing_asked)


def test_the_counts_are_those_of_the_datasheet() -> None:
    page = FOLDER.joinpath("DATASHEET.md").read_text("utf-8")
    table = page.split("## Which contributions led to them")[1].split("\n## ")[0]
    assert [int(n) for n in re.findall(r"^\| .* \| (\d+) \|$", table, re.M)] == [
        len(LINKS),
        len({put["id"] for _, put in LINKS}),
        len({source for source, _ in LINKS}),
        crossing(),
        sum(not SAID[source]["vertical"] for source, _ in LINKS),
    ]
    led = len({source for source, _ in LINKS})
    assert f"{led} lead to a statement, {len(SAID) - led} nowhere" in page
