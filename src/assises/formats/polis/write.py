"""Writing a conversation as Polis would have exported it, in either generation."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from assises.formats.polis.model import (
    Comments,
    Generation,
    Int64,
    PolisExport,
    Votes,
    last_votes,
)
from assises.lib.csvio import neutralise, write_rows

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

_COMMENT_HEADER = (
    "timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees", "moderated",
    "comment-body",
)  # fmt: skip
_VOTE_HEADER = ("timestamp", "datetime", "comment-id", "voter-id", "vote")
_OPTIONAL = ("is-meta", "is-seed", "group-informed-consensus")
_SUMMARY_FIRST = (
    "topic", "url", "views", "voters", "voters-in-conv", "commenters", "comments", "groups",
    "conversation-description",
)  # fmt: skip


def write(
    export: PolisExport,
    folder: Path,
    *,
    generation: Generation | None = None,
    groups: Mapping[int, int] | None = None,
    agree_is: int = 1,
    for_spreadsheet: bool = False,
) -> tuple[Path, ...]:
    """Write the files of one conversation into an existing folder.

    In its own generation every cell comes out as it was read, in the same row order. In the other
    one the columns are that generation's, times are converted (whole seconds in the second: its
    files hold no milliseconds) and ``datetime`` is written in UTC.

    Args:
        export: what to write.
        folder: where; files of the same names are replaced.
        generation: which column sets; by default the export's own.
        groups: participant to group number to publish instead of the export's own groups.
        agree_is: the sign of an agreement in ``votes.csv`` and in the cells.
        for_spreadsheet: neutralise formula cells. Off by default, since programs read these
            files and Polis itself writes texts as they are.

    Returns:
        The files written, in order.
    """
    writer = _Writer(export, folder, generation or export.generation, agree_is, for_spreadsheet)
    writer.summary()
    writer.comments()
    writer.votes()
    writer.participants(groups)
    return tuple(writer.written)


class _Writer:
    def __init__(
        self,
        export: PolisExport,
        folder: Path,
        generation: Generation,
        agree_is: int,
        for_spreadsheet: bool,
    ) -> None:
        self.export = export
        self.folder = folder
        self.generation = generation
        self.same = generation is export.generation
        self.sign = agree_is
        self.text = neutralise if for_spreadsheet else str
        self.written: list[Path] = []

    def summary(self) -> None:
        summary = dict(self.export.summary)
        if not self.same:
            if self.generation is Generation.SECOND:
                summary.pop("views", None)
            order = [key for key in _SUMMARY_FIRST if key in summary]
            summary = {key: summary[key] for key in (*order, *(summary.keys() - set(order)))}
        if not summary:
            return
        rows = [(key, self.text(value)) for key, value in summary.items()]
        header, *rest = rows
        self._file("summary.csv", header, rest)

    def comments(self) -> None:
        comments = self.export.comments
        columns = dict(comments.columns)
        if not self.same or not columns:
            columns = self._comment_columns(comments)
        if "comment-body" in columns:
            columns["comment-body"] = tuple(self.text(body) for body in comments.body)
        quoting = csv.QUOTE_MINIMAL
        rows = zip(*columns.values(), strict=True)
        self._file("comments.csv", tuple(columns), rows, quoting=quoting)

    def votes(self) -> None:
        votes = self.export.votes
        header = votes.columns if self.same and votes.columns else _VOTE_HEADER
        order = slice(None) if self.same else _last_stays_last(votes)
        columns: dict[str, Iterable[object]] = {
            "timestamp": self._times(votes.timestamp[order]),
            "comment-id": votes.comment[order].tolist(),
            "voter-id": votes.voter[order].tolist(),
            "vote": (votes.vote[order] * self.sign).tolist(),
            **votes.other,
        }
        if "datetime" in header:
            columns["datetime"] = (
                votes.datetime
                if self.same and votes.datetime is not None
                else self._datetimes(votes.timestamp[order])
            )
        rows = zip(*(columns[name] for name in header), strict=True)
        self._file("votes.csv", header, rows)

    def participants(self, groups: Mapping[int, int] | None) -> None:
        export = self.export
        rows = last_votes(export.votes)
        voters = export.votes.voter[rows]
        cells: dict[int, dict[int, int]] = {}
        for person, statement, vote in zip(
            voters.tolist(),
            export.votes.comment[rows].tolist(),
            (export.votes.vote[rows] * self.sign).tolist(),
            strict=True,
        ):
            cells.setdefault(person, {})[statement] = vote
        known = export.participants
        people = known.id.tolist() if known is not None else sorted(cells)
        statements = (
            known.statements if known is not None else tuple(sorted(export.comments.id.tolist()))
        )
        group_of = self._groups(groups)
        described = self._described(people, cells, group_of, keep=groups is None)
        table = (
            (
                *(column[at] for column in described.values()),
                *(cells.get(person, {}).get(statement, "") for statement in statements),
            )
            for at, person in enumerate(people)
        )
        first = self.generation is Generation.FIRST
        name = "participants-votes.csv" if first else "participant-votes.csv"
        self._file(name, (*described, *statements), table)
        if not first and group_of:
            self._comment_groups(group_of, cells)

    def _described(
        self,
        people: Sequence[int],
        cells: Mapping[int, Mapping[int, int]],
        group_of: Mapping[int, int],
        *,
        keep: bool,
    ) -> dict[str, Sequence[object]]:
        known = self.export.participants
        if known is not None and keep and self.same and self.sign == 1:
            return {**known.columns}
        written = Counter(self.export.comments.author.tolist())
        described: dict[str, Sequence[object]] = {"participant": people}
        if known is not None and "xid" in known.columns and self.generation is Generation.FIRST:
            described["xid"] = known.columns["xid"]
        described["group-id"] = [group_of.get(person, "") for person in people]
        described["n-comments"] = [written[person] for person in people]
        for name, wanted in (("n-votes", None), ("n-agree", self.sign), ("n-disagree", -self.sign)):
            described[name] = [
                sum(1 for vote in cells.get(person, {}).values() if wanted in (None, vote))
                for person in people
            ]
        return described

    def _groups(self, groups: Mapping[int, int] | None) -> dict[int, int]:
        if groups is not None:
            return {person: group for person, group in groups.items() if group >= 0}
        known = self.export.participants
        if known is None:
            return {}
        return {
            person: group
            for person, group in zip(known.id.tolist(), known.group.tolist(), strict=True)
            if group >= 0
        }

    def _comment_groups(
        self, group_of: Mapping[int, int], cells: Mapping[int, Mapping[int, int]]
    ) -> None:
        numbers = sorted(set(group_of.values()))
        tallies: dict[tuple[int, int], list[int]] = {}
        for person, votes in cells.items():
            for statement, vote in votes.items():
                if person not in group_of:
                    continue  # Polis counts the groups alone, in the totals too
                for key in ((-1, statement), (group_of[person], statement)):
                    tally = tallies.setdefault(key, [0, 0, 0])
                    tally[{self.sign: 0, -self.sign: 1}.get(vote, 2)] += 1
        header = [
            "comment-id", "comment", "total-votes", "total-agrees", "total-disagrees",
            "total-passes",
        ]  # fmt: skip
        for number in numbers:
            letter = _LETTERS[number] if number < len(_LETTERS) else str(number)
            header += [
                f"group-{letter}-{name}" for name in ("votes", "agrees", "disagrees", "passes")
            ]
        comments = self.export.comments
        order = np.argsort(comments.id, kind="stable").tolist()
        rows = (
            (
                int(comments.id[at]),
                self.text(comments.body[at]),
                *(
                    value
                    for number in (-1, *numbers)
                    for value in _with_total(tallies.get((number, int(comments.id[at]))))
                ),
            )
            for at in order
        )
        self._file("comment-groups.csv", header, rows)

    def _comment_columns(self, comments: Comments) -> dict[str, tuple[str, ...]]:
        made: dict[str, Iterable[object]] = {
            "timestamp": self._times(comments.timestamp),
            "datetime": self._datetimes(comments.timestamp),
            "comment-id": comments.id.tolist(),
            "author-id": comments.author.tolist(),
            "agrees": comments.agrees.tolist(),
            "disagrees": comments.disagrees.tolist(),
            "moderated": comments.moderated.tolist(),
        }
        if comments.agrees.min(initial=0) < 0:
            made["agrees"], made["disagrees"] = self._counts(comments)
        for name in _OPTIONAL:
            if name in comments.columns:
                made[name] = comments.columns[name]
        made["comment-body"] = comments.body
        return {name: tuple(str(cell) for cell in column) for name, column in made.items()}

    def _counts(self, comments: Comments) -> tuple[list[int], list[int]]:
        votes = self.export.votes
        up, down = (
            dict(
                zip(*np.unique(votes.comment[votes.vote == sign], return_counts=True), strict=True)
            )
            for sign in (1, -1)
        )
        ids = comments.id.tolist()
        return [int(up.get(i, 0)) for i in ids], [int(down.get(i, 0)) for i in ids]

    def _times(self, timestamp: Int64) -> list[int]:
        if self.same:
            times: list[int] = timestamp.tolist()
            return times
        ms = self.export.timestamps_in_ms(timestamp)
        converted: list[int] = (ms if self.generation is Generation.FIRST else ms // 1000).tolist()
        return converted

    def _datetimes(self, timestamp: Int64) -> list[str]:
        render = _first_datetime if self.generation is Generation.FIRST else _second_datetime
        return [render(ms) for ms in self.export.timestamps_in_ms(timestamp).tolist()]

    def _file(
        self,
        name: str,
        header: Sequence[object],
        rows: Iterable[Sequence[object]],
        *,
        quoting: int = csv.QUOTE_MINIMAL,
    ) -> None:
        path = self.folder / name
        with open(path, "w", encoding="utf-8", newline="") as file:
            write_rows(file, [str(cell) for cell in header], rows, quoting=quoting)
        self.written.append(path)


def _last_stays_last(votes: Votes) -> Int64:
    """An order of rows in which casts again within one second stand in the order of their times.

    Rows move only among the places of one voter and comment; shape (casts,).
    """
    rows = np.arange(len(votes))
    pair = (votes.timestamp // 1000, votes.comment, votes.voter)
    order = rows.copy()
    order[np.lexsort((rows, *pair))] = np.lexsort((rows, votes.timestamp, *pair))
    return order


def _with_total(tally: Sequence[int] | None) -> tuple[int, int, int, int]:
    agrees, disagrees, passes = tally or (0, 0, 0)
    return agrees + disagrees + passes, agrees, disagrees, passes


def _parts(ms: int) -> tuple[datetime, str, str]:
    at = datetime.fromtimestamp(ms // 1000, UTC)
    return at, _WEEKDAYS[at.weekday()], _MONTHS[at.month - 1]


def _first_datetime(ms: int) -> str:
    at, weekday, month = _parts(ms)
    return f"{weekday} {month} {at:%d %H:%M:%S} UTC {at.year}"


def _second_datetime(ms: int) -> str:
    at, weekday, month = _parts(ms)
    clock = f"{at:%H:%M:%S}"
    return f"{weekday} {month} {at:%d} {at.year} {clock} GMT+0000 (Coordinated Universal Time)"
