from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assises.engines.opinion import analyse
from assises.engines.opinion.matching import adjusted_rand_index
from assises.flows.published import differences
from assises.flows.tables import from_export, meta, moderated_out, vote_matrix
from assises.formats import polis

FOLLOWS = {
    "15-per-hour-seattle": 0.99,
    "austria-climate.5twd2jsnkf.2022-08-08": 0.99,
    "brexit-consensus": 0.96,
    "canadian-electoral-reform": 0.99,
    "scoop-hivemind.biodiversity": 0.99,
    "scoop-hivemind.taxes": 0.99,
    # Its published groups hold people with one vote, and follow from no projection of these votes.
    "scoop-hivemind.ubi": 0.55,
}


def test_people_stand_nearest_to_the_middle_of_their_published_group(openpolis: Path) -> None:
    tables = from_export(polis.read(openpolis))
    matrix = vote_matrix(tables)
    opinion = analyse(matrix, "polis", moderated_out=moderated_out(tables), meta=meta(tables))
    found = differences(tables, matrix, opinion)
    partition = found["partition"]
    assert partition["follow_share"] >= FOLLOWS[openpolis.name]
    lines = {line["what"]: line for line in found["lines"]}
    assert lines["cells"]["equal"]
    assert lines["counts_over_all_casts"]["equal"]
    assert lines["voters_in_conversation"]["why"] == "all_voters_written"


def test_every_line_that_differs_says_why(openpolis: Path) -> None:
    tables = from_export(polis.read(openpolis))
    matrix = vote_matrix(tables)
    lines = differences(tables, matrix, analyse(matrix, "polis"))["lines"]
    assert all(line["equal"] or line["why"] for line in lines)


@pytest.mark.parametrize(
    ("table", "index"),
    [
        ([[5, 0], [0, 7]], 1.0),
        ([[0, 5], [7, 0]], 1.0),
        ([[3, 3], [3, 3]], -1 / 11 * 1.0),
        ([[12]], 1.0),
    ],
)
def test_the_rand_index_is_one_for_the_same_division(table: list[list[int]], index: float) -> None:
    assert adjusted_rand_index(np.array(table)) == pytest.approx(index, abs=0.02)
