"""What a Polis export holds, in columns, with its own conventions made explicit."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]
Int8 = npt.NDArray[np.int8]

COMMENT_COLUMNS = ("comment-id", "comment-body")
VOTE_COLUMNS = ("timestamp", "comment-id", "voter-id", "vote")
PARTICIPANT_COLUMNS = ("participant", "group-id")
MILLISECONDS_FROM = 10**11
"""A timestamp this large counts milliseconds: in seconds it would be the year 5138."""


class Generation(StrEnum):
    """Which Polis wrote the files."""

    FIRST = "first"
    """The archive exporter: milliseconds, ``participants-votes.csv``, ``views`` in the summary."""
    SECOND = "second"
    """The report server: seconds, ``participant-votes.csv``, ``comment-groups.csv``."""


@dataclass(frozen=True, slots=True)
class Votes:
    """``votes.csv``, every cast in file order. All arrays have shape (casts,)."""

    timestamp: Int64
    """In the unit of :attr:`PolisExport.milliseconds`."""
    comment: Int64
    voter: Int64
    vote: Int8
    """Agree = +1, disagree = -1, pass = 0, whatever the sign in the file."""
    datetime: tuple[str, ...] | None
    """The server's own rendering of the time, kept verbatim and never parsed."""
    columns: tuple[str, ...] = ()
    """The header of the file; empty where the votes come from none."""
    other: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Columns that are not read, such as ``important``, cells verbatim."""

    def __len__(self) -> int:
        return len(self.vote)


@dataclass(frozen=True, slots=True)
class Comments:
    """``comments.csv``: its cells verbatim by column, and typed views of what is used."""

    columns: dict[str, tuple[str, ...]]
    """Every column of the file by name, in file order, cells verbatim."""
    id: Int64
    author: Int64
    """-1 where the file does not say."""
    timestamp: Int64
    """In the unit of :attr:`PolisExport.milliseconds`; 0 where the file does not say."""
    moderated: Int8
    """-1 out, 0 not moderated, 1 in; 1 throughout where the file has no such column."""
    is_meta: npt.NDArray[np.bool_]
    is_seed: npt.NDArray[np.bool_]
    agrees: Int64
    """As published: over all casts, re-votes included. -1 where the file does not say."""
    disagrees: Int64
    body: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.body)


@dataclass(frozen=True, slots=True)
class Participants:
    """``participants-votes.csv`` without its cells, which are the last votes of ``votes.csv``."""

    columns: dict[str, tuple[str, ...]]
    """The columns before the statements by name, in file order, cells verbatim."""
    id: Int64
    group: Int64
    """The published group, counted from 0; -1 where the file leaves it empty."""
    statements: tuple[int, ...]
    """The statement columns, in file order."""
    cells: int
    """Cells that are filled."""
    unequal: tuple[tuple[int, int], ...]
    """(participant, statement) whose cell is not the last vote of ``votes.csv``."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that was read."""

    name: str
    sha256: str
    size: int
    encoding: str
    rows: int


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that was left out because ``skip_bad_rows`` was asked for."""

    file: str
    line: int
    column: str
    value: str
    problem: str


@dataclass(frozen=True, slots=True)
class PolisExport:
    """One conversation as Polis exported it."""

    generation: Generation
    milliseconds: bool
    agree_is: int
    """What ``votes.csv`` wrote for an agreement: +1 or -1. The arrays here are always +1."""
    agree_evidence: tuple[int, int]
    """How many published counts speak for +1 and for -1."""
    summary: dict[str, str]
    comments: Comments
    votes: Votes
    participants: Participants | None
    comment_groups: tuple[tuple[str, ...], ...] | None
    """``comment-groups.csv`` verbatim, header first, if there was one."""
    files: tuple[SourceFile, ...]
    rejects: tuple[Reject, ...] = field(default=())

    def timestamps_in_ms(self, timestamp: Int64) -> Int64:
        """``timestamp`` (any shape) in milliseconds since 1970, whatever the file's unit."""
        return timestamp if self.milliseconds else timestamp * 1000

    @property
    def moderated_out(self) -> Int64:
        """Ids of the statements that moderation took out."""
        return self.comments.id[self.comments.moderated < 0]

    @property
    def meta(self) -> Int64:
        """Ids of the statements about the conversation itself."""
        return self.comments.id[self.comments.is_meta]

    @property
    def author_count(self) -> int:
        """Distinct authors of comments, where the file names them."""
        return len(np.unique(self.comments.author[self.comments.author >= 0]))


def last_votes(votes: Votes) -> npt.NDArray[np.int64]:
    """Rows that count: the last per voter and comment, equal times going to the later row.

    Returns:
        Row numbers, shape (distinct pairs,), ordered by voter, then comment.
    """
    order = np.lexsort((votes.timestamp, votes.comment, votes.voter))
    voter, comment = votes.voter[order], votes.comment[order]
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (voter[1:] != voter[:-1]) | (comment[1:] != comment[:-1])
    return order[last]
