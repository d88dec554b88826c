"""Reading a file of contributions."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Final, NamedTuple

from assises.formats.contributions.attributes import Attributes
from assises.formats.contributions.layouts import Asked, Roles, Written, recognised
from assises.formats.contributions.markup import text_of
from assises.formats.contributions.model import Contributions, Translation
from assises.formats.contributions.respondents import of_respondents
from assises.formats.contributions.sources import Rows, rows_of
from assises.formats.contributions.tags import tag_of
from assises.formats.contributions.times import FORM, instant_of
from assises.formats.polis.model import Reject, SourceFile
from assises.lib.canonical import sha256_of_file
from assises.lib.csvio import Line, restore
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

MOST_CONTRIBUTIONS: Final = 10_000_000
LONGEST_ID: Final = 200
_SHOWN: Final = 8
"""Languages that a note names."""


@dataclass(slots=True)
class _Taken:
    """The columns while they are read, and what came up on the way."""

    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    composed: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    languages: list[str | None] = field(default_factory=list)
    times: list[datetime | None] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    translations: dict[int, tuple[Translation, ...]] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)
    """The place of each id that was given."""
    left_out: int = 0
    repeated: int = 0
    several: int = 0
    zoneless: int = 0
    foreign: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)


class _Row(NamedTuple):
    """One contribution, checked. No dataclass: a frozen one takes a microsecond to make."""

    id: str
    text: str
    title: str
    language: str | None
    time: datetime | None
    author: str
    translations: tuple[Translation, ...]


def read(
    path: str | PathLike[str],
    *,
    layout: str | None = None,
    text: str | None = None,
    id: str | None = None,  # noqa: A002  the name of the column, as of the others
    language: str | None = None,
    time: str | None = None,
    author: str | None = None,
    attributes: Sequence[str] | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    skip_bad_rows: bool = False,
    progress: Progress = SILENT,
) -> Contributions:
    """Read what people wrote: CSV, JSON, JSON lines or Parquet, in one of :data:`LAYOUTS`.

    Args:
        path: the file, or a folder that Polis exported (its ``comments.csv`` is read).
        layout: whose columns it has; by default found by their names.
        text: the column that holds the text, where its name does not say so.
        id, language, time, author: the columns that hold these; an empty name for "do not read".
        attributes: columns that tell kinds of contributions apart; by default those that the layout
            marks, and in a plain file region, college, channel and vertical.
        encoding: of the file; by default UTF-8, or what its first bytes say.
        separator: between cells of CSV; by default the one of which the first line has most.
        skip_bad_rows: leave refused rows out and list them in ``rejects``.
        progress: told of bytes read.

    Raises:
        InputError: with file, line, column, value and what to do: for columns that are missing or
            could be several things, a row of another length, an id that is missing, too long or
            stands twice, a time that is none, a text that holds what is no character, an attribute
            of too many values, and a file without contributions.
        EncodingError: for bytes that are not text.
    """
    path = _file_of(Path(path))
    progress.step("reading", path.stat().st_size if path.is_file() else None)
    asked = Asked(layout, text, id, language, time, author, attributes)
    rows = rows_of(
        path, encoding=encoding, separator=separator, wanted=text, advance=progress.advance
    )
    if not rows.names:
        raise InputError(
            "the file holds no contribution",
            file=path,
            next_step="Each is a row of CSV or Parquet, or an object of JSON.",
        )
    roles = recognised(str(path), rows.names, asked)
    reading = _Reading(path, rows, roles, skip_bad_rows)
    for line in rows.lines:
        reading.take(line)
    return reading.done()


def _file_of(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = sorted(p for p in path.iterdir() if p.is_file() and p.name.endswith("comments.csv"))
    if len(found) != 1:
        raise InputError(
            "this is a folder, and not one of a Polis export with one comments.csv",
            file=path,
            value=", ".join(p.name for p in found) or None,
            next_step="Name the file that holds the contributions.",
        )
    return found[0]


class _Reading:
    """Takes the rows of one file."""

    def __init__(self, path: Path, rows: Rows, roles: Roles, skip_bad_rows: bool) -> None:
        self.path, self.rows, self.roles, self.skip = path, rows, roles, skip_bad_rows
        self.taken = _Taken()
        self.attributes = Attributes(str(path), rows.names, roles)
        place = {name: at for at, name in enumerate(rows.names)}
        self._id, self._language, self._time, self._author = (
            place.get(name) if name else None
            for name in (roles.id, roles.language, roles.time, roles.author)
        )
        self._texts = [(place[w.column], w) for w in roles.text]
        self._titles = [(place[w.column], w) for w in roles.title]
        self._out = [(place[name], values) for name, values in roles.out.items()]
        self._tags: dict[str, str | None] = {}

    def take(self, line: Line) -> None:
        """Take one row, or note that it is refused."""
        try:
            row = self._row(line)
        except InputError as error:
            self._refused(error)
            return
        if row is None:
            return
        taken = self.taken
        self.attributes.take(line)
        if self.roles.id:
            taken.first[row.id] = len(taken.ids)
        if row.translations:
            taken.translations[len(taken.ids)] = row.translations
        taken.ids.append(row.id)
        taken.texts.append(row.text)
        taken.composed.append(
            row.text
            if row.text.isascii() or unicodedata.is_normalized("NFC", row.text)
            else unicodedata.normalize("NFC", row.text)
        )
        taken.titles.append(row.title)
        taken.languages.append(row.language)
        taken.times.append(row.time)
        taken.authors.append(row.author)
        if len(taken.ids) > MOST_CONTRIBUTIONS:
            raise InputError(
                f"there are more than {MOST_CONTRIBUTIONS:,} contributions",
                file=self.path,
                line=line.number,
                next_step="Divide the file.",
            )

    def _row(self, line: Line) -> _Row | None:
        """The contribution of a row; None where the source had taken it out or repeats it."""
        cells = line.cells
        if len(cells) != len(self.rows.names):
            raise self._wrong_length(line)
        if self._out and any(cells[at].strip().lower() in values for at, values in self._out):
            self.taken.left_out += 1
            return None
        text, chosen, others = self._written(line, self._texts)
        title, of_title, _ = self._written(line, self._titles) if self._titles else _NOTHING
        key = self._key(line, text)
        if key is None:
            return None
        declared = "" if self._language is None else cells[self._language].strip()
        return _Row(
            id=key,
            text=text,
            title=title,
            language=self._tag(declared or chosen.locale or of_title.locale or "", text),
            time=self._instant(line),
            author=self._pseudonym(line),
            translations=tuple(self._translation(w, t) for w, t in others) if others else (),
        )

    def _written(
        self, line: Line, columns: list[tuple[int, Written]]
    ) -> tuple[str, Written, list[tuple[Written, str]]]:
        """What the first filled column says, which it is, and what the others say."""
        filled = []
        for at, column in columns:
            cell = line.cells[at]
            if self.roles.rich:
                cell = text_of(restore(cell))
            if len(columns) == 1 or cell.strip():
                if "\0" in cell or (self.rows.escaped and _broken(cell)):
                    raise self._refuse(
                        line,
                        column.column,
                        "the text holds what is no character (NUL, or half of one)",
                        cell,
                        "Take it out.",
                    )
                filled.append((column, cell))
        if not filled:
            return _NOTHING
        (first, text), others = filled[0], filled[1:]
        if columns is self._texts and any(not w.machine for w, _ in others):
            self.taken.several += 1
        return text, first, others

    def _key(self, line: Line, text: str) -> str | None:
        """The id; None for a row that repeats another where the layout has it."""
        if self._id is None:
            return f"row-{line.number:06}"
        key = line.cells[self._id].strip()
        if not 0 < len(key) <= LONGEST_ID or not key.isprintable():
            raise self._refuse(
                line,
                self.roles.id,
                f"an id has 1 to {LONGEST_ID} characters that can be seen",
                key,
                "Number the rows, or leave the column out with --id ''.",
            )
        before = self.taken.first.get(key)
        if before is None:
            return key
        if self.roles.parts and self.taken.texts[before] == text:
            self.taken.repeated += 1
            return None
        raise self._refuse(
            line, self.roles.id, "the id stands above already", key, "Give each row its own."
        )

    def _translation(self, column: Written, text: str) -> Translation:
        locale = column.locale or ""
        return Translation(self._tag(locale, text) or locale, text, column.machine)

    def _tag(self, declared: str, text: str) -> str | None:
        if not declared:
            return None
        # Of Darija and Tamazight the letters decide, so that only the others are remembered.
        tag = self._tags.get(declared)
        if tag is None:
            tag = tag_of(declared, text)
            if tag in _ONE_SCRIPT:
                self._tags[declared] = tag
        if tag is None:
            self.taken.foreign[declared[:_LONGEST_TAG]] += 1
        return tag

    def _instant(self, line: Line) -> datetime | None:
        cell = "" if self._time is None else line.cells[self._time].strip()
        if not cell:
            return None
        try:
            moment, zoned = instant_of(cell)
        except (ValueError, OSError, OverflowError):
            raise self._refuse(
                line,
                self.roles.time,
                "this is not a time that can be read in one way only",
                cell,
                f"{FORM} Or leave the column out with --time ''.",
            ) from None
        self.taken.zoneless += not zoned
        return moment

    def _pseudonym(self, line: Line) -> str:
        name = "" if self._author is None else line.cells[self._author].strip()
        if not name:
            return ""
        return hashlib.blake2b(name.encode(errors="replace"), digest_size=8).hexdigest()

    def _wrong_length(self, line: Line) -> InputError:
        if not line.cells:
            return self._refuse(line, None, "this is not an object", None, "Write { and }.")
        return self._refuse(
            line,
            None,
            f"the row has {len(line.cells)} cells where the header has {len(self.rows.names)}",
            ",".join(line.cells),
            "Mend the row; a separator inside a text needs quotes around the text.",
        )

    def _refuse(
        self, line: Line, column: str | None, problem: str, value: object, next_step: str
    ) -> InputError:
        return InputError(
            problem,
            file=self.path,
            line=line.number,
            column=column,
            value=value,
            next_step=f"{next_step} Or leave such rows out with --skip-bad-rows.",
        )

    def _refused(self, error: InputError) -> None:
        if not self.skip:
            raise error
        self.taken.rejects.append(
            Reject(
                file=self.path.name,
                line=error.line or 0,
                column=str(error.column or ""),
                value=str(error.value or ""),
                problem=error.problem,
            )
        )

    def done(self) -> Contributions:
        """All of it, once the file is read."""
        taken, roles = self.taken, self.roles
        if not taken.ids:
            raise InputError(
                "no contribution could be read",
                file=self.path,
                value=f"{len(taken.rejects)} rows refused, {taken.left_out} taken out",
                next_step="Give a file with at least one below the names of its columns.",
            )
        beside: dict[str, list[str]] = {}
        notes: list[str] = []
        if roles.layout == "themefinder" and not roles.named:
            beside, notes = of_respondents(self.path, taken.ids)
        same = all(a is b for a, b in zip(taken.texts, taken.composed, strict=True))
        return Contributions(
            layout=roles.layout,
            columns=roles.said(),
            ids=taken.ids,
            texts=taken.texts,
            composed=taken.texts if same else taken.composed,
            titles=taken.titles if roles.title else None,
            languages=taken.languages,
            times=taken.times if roles.time else None,
            authors=taken.authors if roles.author else None,
            attributes=self.attributes.done() | beside,
            translations=taken.translations,
            source=SourceFile(
                name=self.path.name,
                sha256=sha256_of_file(self.path),
                size=self.path.stat().st_size,
                encoding=self.rows.encoding,
                rows=len(taken.ids) + taken.left_out + taken.repeated + len(taken.rejects),
            ),
            left_out=taken.left_out,
            repeated=taken.repeated,
            notes=(*self._notes(), *self.attributes.notes, *notes),
            rejects=tuple(taken.rejects),
        )

    def _notes(self) -> Iterator[str]:
        taken = self.taken
        if taken.foreign:
            most = ", ".join(f"{tag} ({n:,})" for tag, n in taken.foreign.most_common(_SHOWN))
            yield f"Declared languages that are none of ours, taken for not declared: {most}."
        if taken.zoneless:
            yield f"{taken.zoneless:,} times say no zone and are taken for UTC."
        if taken.several:
            yield (
                f"{taken.several:,} contributions are filled in several languages; the first "
                "column that is filled is taken for the original, the others for translations."
            )
        if self.roles.rich:
            yield "Texts are what rich text says: tags taken out, entities decoded."


_NOTHING: Final[tuple[str, Written, list[tuple[Written, str]]]] = ("", Written(""), [])
_ONE_SCRIPT: Final = frozenset({"fr", "en", "ar"})
_LONGEST_TAG: Final = 20


def _broken(text: str) -> bool:
    """Whether it holds half a character, as JSON can write one."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
