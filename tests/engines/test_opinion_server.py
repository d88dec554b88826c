"""The polis preset against the Polis server's own output on two real conversations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assises.engines.opinion import OpinionMap, VoteMatrix, analyse

CONVERSATIONS = ("150ptpt-3gp-no-strict-no-meta", "below-100-ptpts")


@dataclass(frozen=True)
class Server:
    """A conversation, the server's maths of it, and ours given the server's groups."""

    maths: dict[str, Any]
    votes: VoteMatrix
    ours: OpinionMap


@pytest.fixture(params=CONVERSATIONS, scope="module")
def server(request: pytest.FixtureRequest, shared_data: Path) -> Server:
    folder = shared_data / "polis-server" / str(request.param)
    rows = json.loads((folder / "votes.json").read_text())
    maths = json.loads((folder / "math-pca2.json").read_text())
    votes = VoteMatrix.from_arrays(
        [_either(row, "participant_id", "pid") for row in rows],
        [_either(row, "statement_id", "tid") for row in rows],
        [row["vote"] for row in rows],
        times=[float(row["modified"]) for row in rows],
    )
    ours = analyse(
        votes,
        "polis",
        moderated_out=maths["mod-out"],
        meta=maths["meta-tids"],
        groups=_groups(maths),
    )
    return Server(maths, votes, ours)


def test_the_mean_of_each_statement_is_the_servers(server: Server) -> None:
    # The server codes an agreement as -1.
    np.testing.assert_allclose(-server.ours.mean, server.maths["pca"]["center"], atol=1e-9)


def test_the_principal_axes_are_the_servers(server: Server) -> None:
    np.testing.assert_allclose(-server.ours.axes, server.maths["pca"]["comps"], atol=1e-6)


def test_the_positions_of_statements_are_the_servers(server: Server) -> None:
    theirs = np.array(server.maths["pca"]["comment-projection"]).T
    np.testing.assert_allclose(server.ours.statement_positions, theirs, atol=1e-6)
    np.testing.assert_allclose(
        server.ours.extremity, server.maths["pca"]["comment-extremity"], atol=1e-6
    )


def test_the_positions_of_people_are_the_servers(server: Server) -> None:
    base = server.maths["base-clusters"]
    alone = {
        members[0]: (base["x"][at], base["y"][at])
        for at, members in enumerate(base["members"])
        if len(members) == 1
    }
    assert len(alone) > 20
    place = {person: at for at, person in enumerate(server.ours.participants.tolist())}
    for person, position in alone.items():
        np.testing.assert_allclose(server.ours.positions[place[person]], position, atol=1e-6)


def test_the_votes_within_each_group_are_counted_as_the_server_does(server: Server) -> None:
    for group, theirs in server.maths["group-votes"].items():
        ours = server.ours.group_counts[int(group)]
        for at, statement in enumerate(server.ours.statements.tolist()):
            cell = theirs["votes"][str(statement)]
            agrees, disagrees, passes = ours[at].tolist()
            assert (cell["A"], cell["D"], cell["S"]) == (
                agrees,
                disagrees,
                agrees + disagrees + passes,
            )


def test_the_group_informed_consensus_is_the_servers(server: Server) -> None:
    theirs = [server.maths["group-aware-consensus"][str(s)] for s in server.ours.statements]
    np.testing.assert_allclose(server.ours.group_informed_consensus, theirs, atol=1e-9)


def test_the_priorities_are_the_servers(server: Server) -> None:
    theirs = [server.maths["comment-priorities"][str(s)] for s in server.ours.statements]
    np.testing.assert_allclose(server.ours.priority, theirs, atol=1e-9)


def test_each_group_is_represented_by_the_servers_statements_in_its_order(server: Server) -> None:
    for group, rows in server.maths["repness"].items():
        ours = server.ours.characteristics[int(group)]
        assert [c.statement for c in ours] == [row["tid"] for row in rows]
        for c, row in zip(ours, rows, strict=True):
            assert c.agree is (row["repful-for"] == "agree")
            assert (c.successes, c.trials) == (row["n-success"], row["n-trials"])
            assert c.share == pytest.approx(row["p-success"], abs=1e-4)
            assert c.share_z == pytest.approx(row["p-test"], abs=1e-4)
            assert c.ratio == pytest.approx(row["repness"], abs=1e-4)
            assert c.ratio_z == pytest.approx(row["repness-test"], abs=1e-4)


def test_the_consensus_is_the_servers(server: Server) -> None:
    for side, ours in (("agree", server.ours.agreed), ("disagree", server.ours.rejected)):
        theirs = server.maths["consensus"][side]
        assert [c.statement for c in ours] == [row["tid"] for row in theirs]
        for c, row in zip(ours, theirs, strict=True):
            assert c.share == pytest.approx(row["p-success"], abs=1e-9)
            assert c.share_z == pytest.approx(row["p-test"], abs=1e-9)


def test_whoever_has_enough_votes_is_in_the_conversation_of_the_server_too(server: Server) -> None:
    # The server also keeps people who once had enough; counted once, at the end, we do not.
    alone = analyse(server.votes, "polis", moderated_out=server.maths["mod-out"])
    ours = set(alone.participants[alone.in_conversation].tolist())
    theirs = set(server.maths["in-conv"])
    assert ours <= theirs
    few = {
        person
        for person, n in zip(
            server.votes.participants.tolist(),
            server.votes.votes_per_participant.tolist(),
            strict=True,
        )
        if n < 7
    }
    assert theirs - ours <= few


def _either(row: dict[str, Any], *names: str) -> int:
    return int(next(row[name] for name in names if name in row))


def _groups(maths: dict[str, Any]) -> dict[int, int]:
    members = dict(
        zip(maths["base-clusters"]["id"], maths["base-clusters"]["members"], strict=True)
    )
    return {
        person: group["id"]
        for group in maths["group-clusters"]
        for base in group["members"]
        for person in members[base]
    }
