"""The whole database as a thief would hold it: every row of every table, and ways to join them.

The thief has a dump and the source, and neither the secrets file nor a browser of anybody.
"""

from __future__ import annotations

import itertools
import re
import uuid
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connections

from assises.rooms.people.sessions import SessionStore

SHORTEST = 8
"""Characters from which an equal text, or an equal beginning, is no coincidence."""
_NUMBERS = re.compile(r"(?<![\w.])1\d{9}(?:\.\d+)?(?!\w)")


@dataclass(frozen=True)
class Row:
    """One row: its table, its place on the disk, its cells by column."""

    table: str
    place: int
    cells: Mapping[str, Any]

    def text(self) -> str:
        return " ".join(map(written, self.cells.values()))


@dataclass(frozen=True)
class Found:
    """A join that leads from persons to their voices."""

    how: str
    mine: str
    theirs: str
    persons: int


def dump() -> list[Row]:
    """Every row, in the order in which it stands on the disk, as ``pg_dump`` writes it."""
    rows = []
    with connections["owner"].cursor() as cursor:
        for table in sorted(connections["owner"].introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY ctid')
            columns = [column[0] for column in cursor.description]
            for place, cells in enumerate(cursor.fetchall()):
                rows.append(Row(table, place, _legible(dict(zip(columns, cells, strict=True)))))
    return rows


def written(cell: object) -> str:
    """A cell as text; bytes in hex, as in a dump."""
    return bytes(cell).hex() if isinstance(cell, memoryview | bytes) else str(cell)


def _legible(cells: dict[str, Any]) -> dict[str, Any]:
    # A session is signed, not sealed: whoever holds the table reads what is in it.
    if "session_data" in cells:
        cells["session_data"] = str(SessionStore().decode(cells["session_data"]))
    return cells


def rows_of(rows: Iterable[Row], marks: Mapping[str, Sequence[str]]) -> dict[str, list[Row]]:
    """By somebody's name: the rows in which one of their marks stands, and nobody else's."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        text = row.text()
        named = [who for who, known in marks.items() if any(mark in text for mark in known)]
        if len(named) == 1:
            found[named[0]].append(row)
    return found


# --- Joining --------------------------------------------------------------------------------------

Side = Mapping[str, Sequence[Row]]
"""The rows of each person, or of each voice."""
Keys = dict[tuple[str, str], dict[str, set[Hashable]]]
"""By table and column: what of it may be laid beside something else, by person or voice."""


def joins(people: Side, voices: Side, truth: Mapping[str, str]) -> Iterator[Found]:
    """Every pair of columns that leads from persons to their own voices, to two at most.

    ``truth``: whose voice is whose. A shared day or flag joins everybody with everybody, which says
    nothing. Where one coincidence cannot be excluded (small numbers, orders), four are asked for.
    """
    for how, most in (("text", 0), ("prefix", 0), ("second", 0), ("number", 3), ("order", 3)):
        mine, theirs = _keys(how, people), _keys(how, voices)
        for (a, left), (b, right) in itertools.product(mine.items(), theirs.items()):
            persons = _led(left, right, truth)
            if persons > most:
                yield Found(how, ".".join(a), ".".join(b), persons)


def _led(
    left: Mapping[str, set[Hashable]], right: Mapping[str, set[Hashable]], truth: Mapping[str, str]
) -> int:
    holders: dict[Hashable, set[str]] = defaultdict(set)
    for voice, keys in right.items():
        for key in keys:
            holders[key].add(voice)
    persons = 0
    for person, keys in left.items():
        found = set().union(*(holders[key] for key in keys if key in holders))
        persons += truth.get(person) in found and len(found) <= 2
    return persons


def _keys(how: str, side: Side) -> Keys:
    if how == "order":
        return _orders(side)
    found: Keys = defaultdict(lambda: defaultdict(set))
    for who, rows in side.items():
        for row in rows:
            for column, cell in row.cells.items():
                if cell is not None:
                    found[row.table, column][who].update(_parts(how, cell))
    return found


def _parts(how: str, cell: Any) -> Iterator[Hashable]:
    """What of a cell is compared."""
    text = written(cell).lower()
    words = re.findall(r"[\w@.+/=-]+", text)
    if how == "number":
        yield from (word for word in words if len(word) < SHORTEST and word.isdecimal())
    elif how == "second":
        yield from _seconds(cell, text)
    elif not isinstance(cell, datetime) and not text.replace("-", "").isdecimal():
        for word in words:
            bare = word.replace("-", "")
            if len(bare) >= SHORTEST:
                yield bare if how == "text" else bare[:SHORTEST]


def _seconds(cell: Any, text: str) -> Iterator[int]:
    """Instants of a cell: its own, those in JSON, those in ids that sort by time."""
    # A midnight stands for its day.
    seconds = [cell.timestamp()] if isinstance(cell, datetime) else []
    seconds += [float(number) for number in _NUMBERS.findall(text)]
    for found in re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", text):
        seconds.append((uuid.UUID(found).int >> 80) / 1000)
    yield from (int(second) for second in seconds if second % 86400)


def _orders(side: Side) -> Keys:
    """Who comes first, second, … by the disk, by numbers that count up, by instants; and by last.

    Random ids have no order that means anything.
    """
    seen: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for who, rows in side.items():
        for row in rows:
            seen[row.table, "(place)"][who].append(row.place)
            for column, cell in row.cells.items():
                if isinstance(cell, int) and not isinstance(cell, bool):
                    seen[row.table, column][who].append(cell)
                elif isinstance(cell, datetime):
                    seen[row.table, column][who].append(cell.astimezone(UTC).timestamp())
                elif isinstance(cell, uuid.UUID) and cell.version == 7:
                    seen[row.table, column][who].append(cell.int)
    found: Keys = {}
    for (table, column), values in seen.items():
        for name, pick in (("first", min), ("last", max)):
            ends = {who: pick(numbers) for who, numbers in values.items()}
            if len(set(ends.values())) == len(ends):  # a tie is no order
                ranked = sorted(ends, key=ends.__getitem__)
                found[table, f"{column} {name}"] = {
                    who: {(len(ranked), rank)} for rank, who in enumerate(ranked)
                }
    return found
