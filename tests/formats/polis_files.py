"""Small Polis exports for tests, written without the code that is tested."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assises.formats import polis
from assises.formats.polis import Generation, PolisExport
from assises.lib.errors import InputError

COMMENTS = """\
timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body
1403067224363,Wed Jun 18 11:53:44 WIB 2014,0,10,2,1,1,Water should be free.
1403067224364,Wed Jun 18 11:53:44 WIB 2014,1,11,1,0,0,"Roads first, then rails."
1403067224365,Wed Jun 18 11:53:44 WIB 2014,2,10,0,1,-1,Nothing at all.
"""
VOTES = """\
timestamp,datetime,comment-id,voter-id,vote
1403067300000,Wed Jun 18 11:55:00 WIB 2014,0,10,1
1403067300001,Wed Jun 18 11:55:00 WIB 2014,0,11,1
1403067300002,Wed Jun 18 11:55:00 WIB 2014,0,12,-1
1403067300003,Wed Jun 18 11:55:00 WIB 2014,1,11,1
1403067300004,Wed Jun 18 11:55:00 WIB 2014,1,12,0
1403067300005,Wed Jun 18 11:55:00 WIB 2014,2,10,-1
"""
PARTICIPANTS = """\
participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1,2
10,0,2,2,1,1,1,,-1
11,1,1,2,2,0,1,1,
12,,0,2,0,1,-1,0,
"""
SUMMARY = """\
topic,Water and roads
url,https://pol.is/2water
views,7
voters,3
voters-in-conv,3
commenters,2
comments,3
groups,2
conversation-description,"What first, and why?"
"""

Row = Sequence[object]


def export_in(
    folder: Path,
    *,
    votes: str | bytes | None = VOTES,
    comments: str | bytes | None = COMMENTS,
    participants: str | bytes | None = None,
    summary: str | bytes | None = None,
) -> Path:
    """Write an export of the first generation; a file that is None is left out."""
    folder.mkdir(exist_ok=True)
    for name, content in (
        ("votes.csv", votes),
        ("comments.csv", comments),
        ("participants-votes.csv", participants),
        ("summary.csv", summary),
    ):
        if content is not None:
            data = content if isinstance(content, bytes) else content.encode()
            (folder / name).write_bytes(data)
    return folder


def votes_of(*rows: tuple[int, int, int, int]) -> str:
    """``votes.csv`` of rows (timestamp, comment, voter, vote)."""
    return table(("timestamp", "comment-id", "voter-id", "vote"), rows)


def plain_comments(*ids: int) -> str:
    """``comments.csv`` with the two columns that are needed, and so no evidence of the sign."""
    return table(("comment-id", "comment-body"), [(i, f"statement {i}") for i in ids])


def table(header: Sequence[object], rows: Iterable[Row]) -> str:
    """Rows as CSV with LF ends, quoted where they must be."""
    return "".join(",".join(map(_cell, row)) + "\n" for row in (header, *rows))


def _cell(value: object) -> str:
    text = str(value)
    if any(c in text for c in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder, with its bytes and the time it was last written."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def refusal(folder: Path, **options: object) -> InputError:
    """The refusal of an export; nothing may have been touched, and a next step is named."""
    around = folder.parent
    before = tree(around)
    with pytest.raises(InputError) as caught:
        polis.read(folder, **options)  # type: ignore[arg-type]
    assert tree(around) == before
    assert caught.value.next_step in str(caught.value)
    assert len(caught.value.next_step) > 10
    return caught.value


@dataclass(frozen=True)
class Statement:
    id: int
    body: str = "A statement."
    author: int = 0
    moderated: int = 1
    time: int = 1_500_000_000_000


@dataclass(frozen=True)
class Cast:
    time: int
    statement: int
    voter: int
    vote: int


@dataclass(frozen=True)
class Conversation:
    """A conversation; times are milliseconds and are cut to seconds in the second generation."""

    statements: Sequence[Statement]
    casts: Sequence[Cast]
    groups: dict[int, int] = field(default_factory=dict)
    topic: str = "A topic"
    description: str = "A description"

    def write(self, folder: Path, generation: Generation) -> Path:
        """Its files, as a Polis of that generation would have exported them."""
        first = generation is Generation.FIRST
        unit = 1 if first else 1000
        shown = "Wed Jun 18 11:53:44 WIB 2014" if first else "Wed Jun 18 2014 11:53:44 GMT+0000"
        files = {
            "summary.csv": self._summary(first),
            "comments.csv": table(
                (
                    "timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees",
                    "moderated", "comment-body",
                ),
                [
                    (
                        s.time // unit, shown, s.id, s.author, self._cast(s.id, 1),
                        self._cast(s.id, -1), s.moderated, s.body,
                    )
                    for s in self.statements
                ],
            ),
            "votes.csv": table(
                ("timestamp", "datetime", "comment-id", "voter-id", "vote"),
                [(c.time // unit, shown, c.statement, c.voter, c.vote) for c in self.casts],
            ),
            "participants-votes.csv" if first else "participant-votes.csv": self._people(unit),
        }  # fmt: skip
        if not first and self.groups:
            files["comment-groups.csv"] = self._comment_groups(unit)
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content.encode())
        return folder

    def last(self, unit: int = 1) -> dict[int, dict[int, int]]:
        """The vote that counts, by voter and statement."""
        last: dict[tuple[int, int], Cast] = {}
        for cast in self.casts:
            key = (cast.voter, cast.statement)
            if key not in last or cast.time // unit >= last[key].time // unit:
                last[key] = cast
        cells: dict[int, dict[int, int]] = {voter: {} for voter in sorted({k[0] for k in last})}
        for (voter, statement), cast in last.items():
            cells[voter][statement] = cast.vote
        return cells

    def _summary(self, first: bool) -> str:
        rows = [("topic", self.topic), ("url", "https://pol.is/2demo"), ("views", 9), ("voters", 3)]
        rows.append(("conversation-description", self.description))
        head, *rest = [row for row in rows if first or row[0] != "views"]
        return table(head, rest)

    def _cast(self, statement: int, vote: int) -> int:
        return sum(1 for c in self.casts if c.statement == statement and c.vote == vote)

    def _people(self, unit: int) -> str:
        ids = sorted(s.id for s in self.statements)
        rows = []
        for voter, cells in self.last(unit).items():
            votes = list(cells.values())
            written = sum(1 for s in self.statements if s.author == voter)
            counts = (written, len(votes), votes.count(1), votes.count(-1))
            rows.append(
                (voter, self.groups.get(voter, ""), *counts, *(cells.get(i, "") for i in ids))
            )
        names = ("participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree")
        return table((*names, *ids), rows)

    def _comment_groups(self, unit: int) -> str:
        cells = self.last(unit)
        numbers = sorted({group for voter, group in self.groups.items()})
        header = ["comment-id", "comment"]
        header += [f"total-{name}" for name in ("votes", "agrees", "disagrees", "passes")]
        for number in numbers:
            letter = "abcdefghijklmnopqrstuvwxyz"[number]
            header += [
                f"group-{letter}-{name}" for name in ("votes", "agrees", "disagrees", "passes")
            ]
        rows = []
        for statement in sorted(self.statements, key=lambda s: s.id):
            row: list[object] = [statement.id, statement.body]
            groups = [self._tally(statement.id, group, cells) for group in numbers]
            row += [sum(column) for column in zip(*groups, strict=True)]
            row += [count for tally in groups for count in tally]
            rows.append(row)
        return table(header, rows)

    def _tally(
        self, statement: int, group: int, cells: dict[int, dict[int, int]]
    ) -> tuple[int, int, int, int]:
        votes = [
            mine[statement]
            for voter, mine in cells.items()
            if statement in mine and self.groups.get(voter) == group
        ]
        return len(votes), votes.count(1), votes.count(-1), votes.count(0)


def votes_in_words(export: PolisExport) -> list[tuple[int, int, int]]:
    """(statement, voter, vote) of every cast in the order of the file."""
    votes = export.votes
    return list(zip(votes.comment.tolist(), votes.voter.tolist(), votes.vote.tolist(), strict=True))
