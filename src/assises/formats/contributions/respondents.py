"""Who answered, where ThemeFinder keeps it: in a file beside the answers.

{"response_id": 7, "demographic_data": {"region": "Oriental"}}
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from assises.formats.contributions.attributes import Attributes
from assises.formats.contributions.layouts import DEMOGRAPHIC, Roles, themefinder_attributes
from assises.formats.contributions.sources import rows_of
from assises.lib.csvio import Line
from assises.lib.errors import InputError
from assises.lib.progress import SILENT

__all__ = ["of_respondents"]

_FILE: Final = "respondents.jsonl"
_ID: Final = "response_id"


def of_respondents(path: Path, ids: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """What those who answered declared, by attribute, one entry for each id, and notes.

    Args:
        path: the file of answers; respondents stand beside it, or one folder up.
        ids: of the answers.

    Raises:
        InputError: for a file of respondents that cannot be read, names one twice or has no ids.
    """
    file = next((f for f in (path.parent / _FILE, path.parent.parent / _FILE) if f.is_file()), None)
    if file is None:
        return {}, []
    rows = rows_of(file, encoding=None, separator=None, wanted=None, advance=SILENT.advance)
    if _ID not in rows.names:
        raise InputError(
            f"there is no {_ID}",
            file=file,
            value=", ".join(rows.names[:12]),
            next_step=f"Each line is an object with {_ID} and {DEMOGRAPHIC.rstrip('/')}.",
        )
    at = rows.names.index(_ID)
    lines: dict[str, Line] = {}
    for line in rows.lines:
        key = line.cells[at] if line.cells else ""
        if not key or key in lines:
            raise InputError(
                "the id stands above already" if key else "the respondent has no id",
                file=file,
                line=line.number,
                column=_ID,
                value=key,
                next_step="Give each respondent one line, with the id of the answer.",
            )
        lines[key] = line
    columns = themefinder_attributes(rows.names)
    roles = Roles("themefinder", (), attributes=columns)
    taking = Attributes(str(file), rows.names, roles)
    nothing = Line(0, [""] * len(rows.names))
    for key in ids:
        taking.take(lines.get(key, nothing))
    without = sum(key not in lines for key in ids)
    notes = [f"{without:,} answers have no line in {_FILE}."] if without else []
    return taking.done(), notes + taking.notes
