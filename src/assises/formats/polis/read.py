"""Reading a folder that Polis exported."""

from __future__ import annotations

import os
import re
from array import array
from pathlib import Path

import numpy as np

from assises.formats.polis.model import (
    COMMENT_COLUMNS,
    MILLISECONDS_FROM,
    VOTE_COLUMNS,
    Comments,
    Generation,
    Int8,
    Int64,
    PolisExport,
    Reject,
    SourceFile,
    Votes,
)
from assises.formats.polis.participants import read_participants
from assises.formats.polis.sign import detect
from assises.formats.polis.table import Options, TableReader
from assises.lib.csvio import Line, read_lines
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

_NAMES = {
    "votes": ("votes.csv",),
    "comments": ("comments.csv",),
    "participants": ("participants-votes.csv", "participant-votes.csv"),
    "summary": ("summary.csv",),
    "comment_groups": ("comment-groups.csv",),
}
_MINUTE = re.compile(r"^\d{4}-\d\d-\d\d-\d{4}-")
_TRUE = frozenset({"true", "t", "1", "yes"})
_FALSE = frozenset({"false", "f", "0", "no", ""})


def read(
    folder: str | Path,
    *,
    encoding: str | None = None,
    separator: str = ",",
    agree_is: int | None = None,
    skip_bad_rows: bool = False,
    progress: Progress = SILENT,
) -> PolisExport:
    """Read a Polis export of either generation.

    Args:
        folder: holds ``votes.csv`` and ``comments.csv``; ``participants-votes.csv`` (or
            ``participant-votes.csv``), ``summary.csv`` and ``comment-groups.csv`` if there are
            any. A common prefix such as ``2024-05-topic-votes.csv`` is allowed.
        encoding: of all its files; by default UTF-8, or UTF-16 where a byte order mark says so.
        separator: between two cells.
        agree_is: what ``votes.csv`` writes for an agreement, +1 or -1; by default it is found
            by holding the votes against the published counts.
        skip_bad_rows: leave refused rows of votes and comments out and list them in ``rejects``.
        progress: told of bytes read.

    Raises:
        InputError: for anything that does not fit, with file, line, column and value.
    """
    folder = Path(folder)
    paths = _find(folder)
    total = sum(path.stat().st_size for path in paths.values())
    progress.step("reading", total)
    options = Options(encoding, separator, skip_bad_rows, progress.advance)

    comments, from_comments = _read_comments(paths["comments"], options)
    votes, milliseconds, from_votes = _read_votes(paths["votes"], options, comments)
    files: list[SourceFile] = [from_comments.source(), from_votes.source()]
    rejects: list[Reject] = [*from_comments.rejects, *from_votes.rejects]

    participants = None
    counts = None
    if "participants" in paths:
        reading = read_participants(paths["participants"], options, votes)
        participants, counts = reading.participants, reading.counts
        files.append(reading.source)
        rejects.extend(reading.rejects)
    sign, evidence = detect(paths["votes"], votes, comments, counts, agree_is)
    if sign < 0:
        votes = Votes(
            votes.timestamp,
            votes.comment,
            votes.voter,
            (-votes.vote).astype(np.int8),
            votes.datetime,
            votes.columns,
            votes.other,
        )
    summary: dict[str, str] = {}
    groups = None
    if "summary" in paths:
        summary, source = _read_summary(paths["summary"], options)
        files.append(source)
    if "comment_groups" in paths:
        groups, source = _read_verbatim(paths["comment_groups"], options)
        files.append(source)
    first = milliseconds or paths.get("participants", Path()).name.endswith(
        "participants-votes.csv"
    )
    return PolisExport(
        generation=Generation.FIRST if first else Generation.SECOND,
        milliseconds=milliseconds,
        agree_is=sign,
        agree_evidence=evidence,
        summary=summary,
        comments=comments,
        votes=votes,
        participants=participants,
        comment_groups=groups,
        files=tuple(sorted(files, key=lambda file: file.name)),
        rejects=tuple(rejects),
    )


def _find(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        problem = "this is a file, not a folder" if folder.exists() else "there is no such folder"
        raise InputError(problem, file=folder, next_step="Name the folder of a Polis export.")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise InputError(
            "you may not read the folder", file=folder, next_step="Ask its owner for the right to."
        )
    present = sorted(path for path in folder.iterdir() if path.is_file())
    found: dict[str, Path] = {}
    for kind, names in _NAMES.items():
        exact = [path for path in present if path.name in names]
        prefixed = [
            path
            for path in present
            if any(
                path.name.endswith(f"-{name}") or path.name.endswith(f"_{name}") for name in names
            )
            and not (kind == "votes" and _is_participants(path.name))
        ]
        choices = exact or prefixed
        if len(choices) > 1:
            raise InputError(
                f"two files could be the {kind.replace('_', ' ')}: "
                f"{choices[0].name} and {choices[1].name}",
                file=folder,
                next_step="Leave one conversation in the folder.",
            )
        if choices:
            found[kind] = choices[0]
    conversations = {_conversation(path.name): path.name for path in found.values()}
    if len(conversations) > 1:
        one, other, *_ = conversations.values()
        raise InputError(
            f"the files are of two conversations: {one} and {other}",
            file=folder,
            next_step="Leave one conversation in the folder.",
        )
    for kind in ("votes", "comments"):
        if kind not in found:
            here = ", ".join(path.name for path in present[:8]) or "nothing"
            raise InputError(
                f"the folder has no {kind}.csv",
                file=folder,
                value=here,
                next_step="Name the folder that holds votes.csv and comments.csv of one export.",
            )
    return found


def _conversation(name: str) -> str:
    """What stands before the Polis name, without the minute at which a report offered the file."""
    longest = max(
        (end for names in _NAMES.values() for end in names if name.endswith(end)), key=len
    )
    return _MINUTE.sub("", name.removesuffix(longest))


def _is_participants(name: str) -> bool:
    return any(name.endswith(other) for other in _NAMES["participants"])


def _read_comments(path: Path, options: Options) -> tuple[Comments, TableReader]:
    table = TableReader(path, options)
    table.open(COMMENT_COLUMNS)
    kept: list[Line] = []
    typed: dict[str, list[int]] = {name: [] for name in _COMMENT_NUMBERS}
    seen: set[int] = set()
    for line in table:
        try:
            values = _comment(table, line)
            if values["comment-id"] in seen:
                raise table.refuse(
                    line, "comment-id", "this comment id stands twice", "Remove one of the rows."
                )
        except InputError as error:
            table.keep_going(error)
            continue
        seen.add(values["comment-id"])
        kept.append(line)
        for name, value in values.items():
            typed[name].append(value)
    if not kept:
        raise InputError(
            "the file has a header and no comment",
            file=path,
            next_step="Export a conversation that has at least one statement.",
        )
    columns = {name: tuple(line.cells[at] for line in kept) for at, name in enumerate(table.header)}
    return (
        Comments(
            columns=columns,
            id=np.array(typed["comment-id"], dtype=np.int64),
            author=np.array(typed["author-id"], dtype=np.int64),
            timestamp=np.array(typed["timestamp"], dtype=np.int64),
            moderated=np.array(typed["moderated"], dtype=np.int8),
            is_meta=np.array(typed["is-meta"], dtype=bool),
            is_seed=np.array(typed["is-seed"], dtype=bool),
            agrees=np.array(typed["agrees"], dtype=np.int64),
            disagrees=np.array(typed["disagrees"], dtype=np.int64),
            body=columns["comment-body"],
        ),
        table,
    )


_COMMENT_NUMBERS = {
    "comment-id": 0,
    "author-id": -1,
    "timestamp": 0,
    "moderated": 1,
    "is-meta": 0,
    "is-seed": 0,
    "agrees": -1,
    "disagrees": -1,
}
"""The columns that are read as numbers, and what stands for a column that the file lacks."""


def _comment(table: TableReader, line: Line) -> dict[str, int]:
    values = dict(_COMMENT_NUMBERS)
    for name in values:
        at = table.at(name)
        if at is None:
            continue
        if name in ("is-meta", "is-seed"):
            values[name] = int(_flag(table, line, name))
        elif name in ("author-id", "timestamp") and not line.cells[at].strip():
            continue
        elif name == "timestamp":
            values[name] = table.time(line)
        else:
            values[name] = table.integer(
                line, name, among=(-1, 0, 1) if name == "moderated" else None
            )
    return values


def _flag(table: TableReader, line: Line, column: str) -> bool:
    cell = line.cells[table.header.index(column)].strip().lower()
    if cell in _TRUE:
        return True
    if cell in _FALSE:
        return False
    raise table.refuse(line, column, "this is neither true nor false", "Write true or false.")


def _read_votes(
    path: Path, options: Options, comments: Comments
) -> tuple[Votes, bool, TableReader]:
    table = TableReader(path, options)
    table.open(VOTE_COLUMNS)
    known = frozenset(comments.id.tolist())
    stamp, comment, voter, vote = array("q"), array("q"), array("q"), array("b")
    at_datetime = table.at("datetime")
    datetimes: list[str] | None = None if at_datetime is None else []
    others = {name: at for at, name in enumerate(table.header) if name not in _VOTE_CELLS}
    other: dict[str, list[str]] = {name: [] for name in others}
    milliseconds = _unit_of(comments)
    for line in table:
        try:
            time = table.time(line)
            of = table.integer(line, "comment-id")
            by = table.integer(line, "voter-id")
            value = table.integer(line, "vote", among=(-1, 0, 1))
            if of not in known:
                raise table.refuse(
                    line,
                    "comment-id",
                    "comments.csv has no such comment",
                    "Take both files from the same export.",
                )
            if milliseconds is None:
                milliseconds = time >= MILLISECONDS_FROM
            elif milliseconds != (time >= MILLISECONDS_FROM):
                raise table.refuse(
                    line,
                    "timestamp",
                    "the files mix seconds and milliseconds",
                    "Bring the column to one unit.",
                )
        except InputError as error:
            table.keep_going(error)
            continue
        stamp.append(time)
        comment.append(of)
        voter.append(by)
        vote.append(value)
        if datetimes is not None and at_datetime is not None:
            datetimes.append(line.cells[at_datetime])
        for name, at in others.items():
            other[name].append(line.cells[at])
    if not vote:
        raise InputError(
            "the file holds no vote that could be read",
            file=path,
            next_step="Export a conversation in which someone has voted.",
        )
    votes = Votes(
        timestamp=_int64(stamp),
        comment=_int64(comment),
        voter=_int64(voter),
        vote=_int8(vote),
        datetime=None if datetimes is None else tuple(datetimes),
        columns=table.header,
        other={name: tuple(cells) for name, cells in other.items()},
    )
    return votes, bool(milliseconds), table


_VOTE_CELLS = frozenset({*VOTE_COLUMNS, "datetime"})


def _unit_of(comments: Comments) -> bool | None:
    """Whether most comments are dated in milliseconds; None where no comment has a date."""
    dated = comments.timestamp[comments.timestamp > 0]
    if not len(dated):
        return None
    return bool(np.median(dated) >= MILLISECONDS_FROM)


def _int64(values: array[int]) -> Int64:
    return np.frombuffer(values, dtype=np.int64).copy()


def _int8(values: array[int]) -> Int8:
    return np.frombuffer(values, dtype=np.int8).copy()


def _read_summary(path: Path, options: Options) -> tuple[dict[str, str], SourceFile]:
    lines, source = _read_lines(path, options)
    summary: dict[str, str] = {}
    for line in lines:
        key = line.cells[0].strip()
        if key in summary:
            raise InputError(
                f"the key {key!r} stands twice",
                file=path,
                line=line.number,
                next_step="Remove one of the two lines.",
            )
        # An unquoted description with commas comes apart; joined again it is whole.
        summary[key] = options.separator.join(line.cells[1:])
    return summary, source


def _read_verbatim(path: Path, options: Options) -> tuple[tuple[tuple[str, ...], ...], SourceFile]:
    lines, source = _read_lines(path, options)
    return tuple(tuple(line.cells) for line in lines), source


def _read_lines(path: Path, options: Options) -> tuple[list[Line], SourceFile]:
    table = TableReader(path, options)
    lines = list(
        read_lines(
            path,
            encoding=options.encoding,
            separator=options.separator,
            advance=options.advance,
        )
    )
    table.rows = len(lines)
    return lines, table.source()
