"""What a file of contributions holds, in columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assises.formats.polis.model import Reject, SourceFile


@dataclass(frozen=True, slots=True)
class Translation:
    """The same contribution in another language, as the source gives it."""

    tag: str
    """One of our tags, or the source's own where we have none."""
    text: str
    machine: bool
    """Whether the source says that a machine translated it."""


@dataclass(frozen=True, slots=True)
class Contributions:
    """What people wrote, in the order of the file; every list has one entry a contribution."""

    layout: str
    """Whose columns the file has, one of :data:`LAYOUTS`."""
    columns: dict[str, str]
    """What was read from which column: ``{"text": "response", …}``, to be told before anything."""
    ids: list[str]
    """As given, or ``row-000017`` made of the line (of an array or of Parquet: of the row)."""
    texts: list[str]
    """As written. Empty ones are kept."""
    composed: list[str]
    """In normalization form C, which offsets elsewhere speak of; the same list where all texts are
    in it already."""
    titles: list[str] | None
    languages: list[str | None]
    """As declared, in our tags; None where nothing was declared or it is none of ours."""
    times: list[datetime | None] | None
    """In UTC."""
    authors: list[str] | None
    """16 hexadecimal digits that tell authors apart; empty for none. They hide a name from a
    reader, not from someone who tries names one by one: never to be published."""
    attributes: dict[str, list[str]]
    """What was declared beside the text (region, college, channel), by name; empty for nothing."""
    translations: dict[int, tuple[Translation, ...]]
    """By the place of the contribution, for those that have any."""
    source: SourceFile
    left_out: int
    """Rows that the source itself had taken out (moderated out, withdrawn)."""
    repeated: int
    """Rows that say again what another row says, where the layout has a row for each part of a
    contribution."""
    notes: tuple[str, ...]
    """What whoever gave the file should know of how it was read, a sentence each."""
    rejects: tuple[Reject, ...]
    """Rows that were refused, where that was asked for."""

    def __len__(self) -> int:
        return len(self.ids)
