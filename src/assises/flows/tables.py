"""Between a Polis export, the tables of a bundle and the engine."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import VoteMatrix
from assises.formats.bundle import MISSING
from assises.formats.bundle.dictionary import Table
from assises.formats.polis import Comments, Generation, Participants, PolisExport, Votes
from assises.formats.polis.model import last_votes

Int64 = npt.NDArray[np.int64]
Tables = dict[str, Table]

SUMMARY = "summary:"


def letter(group: int) -> str:
    """A, B, ... Z, AA: the name of an opinion group; empty for none."""
    if group < 0:
        return ""
    name = ""
    group += 1
    while group:
        group, rest = divmod(group - 1, 26)
        name = string.ascii_uppercase[rest] + name
    return name


def from_export(export: PolisExport) -> Tables:
    """The input tables: what the export says, sorted, without anything that names a person.

    External ids (``xid``) stay behind: they are the organisers' own names for people.
    """
    comments, votes = export.comments, export.votes
    facts = {
        "source": "polis",
        "generation": str(export.generation),
        "time_unit": "milliseconds" if export.milliseconds else "seconds",
        "agree_is": f"{export.agree_is:+d}",
        "agree_evidence_for": str(export.agree_evidence[0 if export.agree_is > 0 else 1]),
        "agree_evidence_against": str(export.agree_evidence[1 if export.agree_is > 0 else 0]),
        "rows_left_out": str(len(export.rejects)),
        "simulation": "true" if export.summary.get("simulation", "").lower() == "true" else "false",
        "authors": str(export.author_count),
        "published_cells": str(export.participants.cells if export.participants else 0),
        "published_cells_unequal": str(
            len(export.participants.unequal) if export.participants else 0
        ),
        **{f"{SUMMARY}{key}": value for key, value in export.summary.items()},
    }
    keys = sorted(facts)
    by_id = np.argsort(comments.id, kind="stable")
    statements: Table = {
        "statement": comments.id[by_id],
        "text": [comments.body[at] for at in by_id],
        "author": _missing(comments.author[by_id]),
        "time": comments.timestamp[by_id],
        "moderated": comments.moderated[by_id].astype(np.int64),
        "is_meta": comments.is_meta[by_id],
        "is_seed": comments.is_seed[by_id],
        "published_agrees": _missing(comments.agrees[by_id]),
        "published_disagrees": _missing(comments.disagrees[by_id]),
    }
    if "group-informed-consensus" in comments.columns:
        column = comments.columns["group-informed-consensus"]
        statements["published_consensus"] = [column[at] for at in by_id]
    if "datetime" in comments.columns:
        column = comments.columns["datetime"]
        statements["datetime_as_exported"] = [column[at] for at in by_id]

    order = np.lexsort((votes.timestamp, votes.voter, votes.comment))
    counted = np.zeros(len(votes), dtype=bool)
    counted[last_votes(votes)] = True
    cast_votes: Table = {
        "statement": votes.comment[order],
        "participant": votes.voter[order],
        "vote": votes.vote[order].astype(np.int64),
        "time": votes.timestamp[order],
        "counted": counted[order],
    }
    if votes.datetime is not None:
        cast_votes["datetime_as_exported"] = [votes.datetime[at] for at in order]
    return {
        "conversation": {"key": keys, "value": [facts[key] for key in keys]},
        "statements": statements,
        "votes": cast_votes,
        "participants": _participants(export),
    }


def facts_of(tables: Tables) -> dict[str, str]:
    """The table ``conversation`` as a dictionary."""
    conversation = tables["conversation"]
    return dict(
        zip(
            cast("list[str]", conversation["key"]),
            cast("list[str]", conversation["value"]),
            strict=True,
        )
    )


def integers(table: Table, column: str) -> Int64:
    """A column of integers."""
    return cast("Int64", table[column])


def flags(table: Table, column: str) -> npt.NDArray[np.bool_]:
    """A column of flags."""
    return cast("npt.NDArray[np.bool_]", table[column])


def numbers(table: Table, column: str) -> npt.NDArray[np.float64]:
    """A column of numbers."""
    return cast("npt.NDArray[np.float64]", table[column])


def texts(table: Table, column: str) -> list[str]:
    """A column of texts."""
    return cast("list[str]", table[column])


def vote_matrix(tables: Tables) -> VoteMatrix:
    """The votes that count, over all statements that someone voted on."""
    votes = tables["votes"]
    return VoteMatrix.from_arrays(
        integers(votes, "participant"),
        integers(votes, "statement"),
        integers(votes, "vote"),
        times=integers(votes, "time"),
    )


def moderated_out(tables: Tables) -> list[int]:
    """Statements that moderation took out."""
    statements = tables["statements"]
    out: list[int] = integers(statements, "statement")[
        integers(statements, "moderated") < 0
    ].tolist()
    return out


def meta(tables: Tables) -> list[int]:
    """Statements about the conversation itself."""
    statements = tables["statements"]
    about: list[int] = integers(statements, "statement")[flags(statements, "is_meta")].tolist()
    return about


def to_export(
    tables: Tables,
    comment_order: Sequence[int] | None = None,
    participant_order: Sequence[int] | None = None,
) -> PolisExport:
    """A Polis export rebuilt from the input tables, to be written again.

    Args:
        tables: of a bundle.
        comment_order: comment ids in the order of the source's rows; by default ascending.
        participant_order: likewise.
    """
    facts = facts_of(tables)
    return PolisExport(
        generation=Generation(facts["generation"]),
        milliseconds=facts["time_unit"] == "milliseconds",
        agree_is=1,
        agree_evidence=(0, 0),
        summary={
            key.removeprefix(SUMMARY): facts[key]
            for key in sorted(facts, key=_summary_order)
            if key.startswith(SUMMARY)
        },
        comments=_comments(tables["statements"], comment_order),
        votes=_votes(tables["votes"]),
        participants=_published(tables, participant_order),
        comment_groups=None,
        files=(),
    )


_SUMMARY_ORDER = (
    "topic", "url", "views", "voters", "voters-in-conv", "commenters", "comments", "groups",
    "conversation-description",
)  # fmt: skip


def _summary_order(key: str) -> tuple[int, str]:
    name = key.removeprefix(SUMMARY)
    place = _SUMMARY_ORDER.index(name) if name in _SUMMARY_ORDER else len(_SUMMARY_ORDER)
    return place, name


def _missing(values: Int64) -> Int64:
    return np.where(values < 0, MISSING, values)


def _participants(export: PolisExport) -> Table:
    known = export.participants
    if known is None:
        empty = np.empty(0, dtype=np.int64)
        return dict.fromkeys(
            (
                "participant",
                "published_group",
                "published_comments",
                "published_votes",
                "published_agrees",
                "published_disagrees",
            ),
            empty,
        )
    order = np.argsort(known.id, kind="stable")
    table: Table = {
        "participant": known.id[order],
        "published_group": _missing(known.group[order]),
    }
    for name, column in (
        ("published_comments", "n-comments"),
        ("published_votes", "n-votes"),
        ("published_agrees", "n-agree"),
        ("published_disagrees", "n-disagree"),
    ):
        cells = known.columns.get(column)
        table[name] = np.array(
            [_count(cells[at]) if cells else MISSING for at in order], dtype=np.int64
        )
    return table


def _count(cell: str) -> int:
    try:
        return int(cell)
    except ValueError:
        return MISSING


def _ordered(ids: Int64, order: Sequence[int] | None) -> Int64:
    if order is None:
        return np.arange(len(ids))
    place = {one: at for at, one in enumerate(ids.tolist())}
    if sorted(order) != sorted(place):
        return np.arange(len(ids))
    return np.array([place[one] for one in order], dtype=np.int64)


def _comments(statements: Table, order: Sequence[int] | None) -> Comments:
    at = _ordered(integers(statements, "statement"), order)
    bodies = texts(statements, "text")
    shown: dict[str, list[str]] = {
        "timestamp": _cells(integers(statements, "time")[at]),
        "datetime": [],
        "comment-id": _cells(integers(statements, "statement")[at]),
        "author-id": _cells(integers(statements, "author")[at]),
        "agrees": _cells(integers(statements, "published_agrees")[at]),
        "disagrees": _cells(integers(statements, "published_disagrees")[at]),
        "moderated": _cells(integers(statements, "moderated")[at]),
    }
    if "datetime_as_exported" in statements:
        column = texts(statements, "datetime_as_exported")
        shown["datetime"] = [column[i] for i in at]
    else:
        del shown["datetime"]
    if "published_consensus" in statements:
        column = texts(statements, "published_consensus")
        for name, cells in (
            ("is-meta", flags(statements, "is_meta")[at]),
            ("is-seed", flags(statements, "is_seed")[at]),
        ):
            shown[name] = ["true" if cell else "false" for cell in cells.tolist()]
        shown["group-informed-consensus"] = [column[i] for i in at]
    shown["comment-body"] = [bodies[i] for i in at]
    return Comments(
        columns={name: tuple(cells) for name, cells in shown.items()},
        id=integers(statements, "statement")[at],
        author=_absent(integers(statements, "author")[at]),
        timestamp=integers(statements, "time")[at],
        moderated=integers(statements, "moderated")[at].astype(np.int8),
        is_meta=flags(statements, "is_meta")[at],
        is_seed=flags(statements, "is_seed")[at],
        agrees=_absent(integers(statements, "published_agrees")[at]),
        disagrees=_absent(integers(statements, "published_disagrees")[at]),
        body=tuple(shown["comment-body"]),
    )


def _votes(votes: Table) -> Votes:
    return Votes(
        timestamp=integers(votes, "time"),
        comment=integers(votes, "statement"),
        voter=integers(votes, "participant"),
        vote=integers(votes, "vote").astype(np.int8),
        datetime=tuple(texts(votes, "datetime_as_exported"))
        if "datetime_as_exported" in votes
        else None,
    )


def _published(tables: Tables, order: Sequence[int] | None) -> Participants | None:
    table = tables["participants"]
    ids = integers(table, "participant")
    if not len(ids):
        return None
    at = _ordered(ids, order)
    columns = {
        name: tuple(_cells(integers(table, column)[at]))
        for name, column in (
            ("participant", "participant"),
            ("group-id", "published_group"),
            ("n-comments", "published_comments"),
            ("n-votes", "published_votes"),
            ("n-agree", "published_agrees"),
            ("n-disagree", "published_disagrees"),
        )
    }
    voted = np.unique(integers(tables["votes"], "statement"))
    return Participants(
        columns=columns,
        id=ids[at],
        group=_absent(integers(table, "published_group")[at]),
        statements=tuple(voted.tolist()),
        cells=0,
        unequal=(),
    )


def _cells(values: Int64) -> list[str]:
    return ["" if value == MISSING else str(value) for value in values.tolist()]


def _absent(values: Int64) -> Int64:
    return np.where(values == MISSING, -1, values)
