"""The same words in four languages side by side, and what to do when two people write them.

Each answer travels with the version that was shown. What its reader did not touch is left alone;
what they changed is taken if nobody else changed it meanwhile; otherwise both are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID

from assises.fronts.office import reading
from assises.fronts.office.forms import Faults
from assises.look.speech import LANGUAGES, NAMES, Speech
from assises.rooms.texts.models import Version
from assises.rooms.texts.queries import is_reviewed
from assises.rooms.texts.writing import clean
from assises.web.forms import whole_number

TAGS: Final = {"fr": "fr", "ar": "ar", "zgh": "zgh-Tfng", "en": "en"}
"""A page's language as content is tagged."""
LONG: Final = 300
"""From this limit on, words are written in a box of several lines."""
_NO_LIMIT: Final = 10**9

State = Literal["original", "reviewed", "older", "draft", "missing", "absent"]


@dataclass(frozen=True)
class Cell:
    """One text in one language.

    Attributes:
        seen: the version that is shown, 0 for none; it comes back with the form.
        state: ``reviewed``: a second person has read it; ``older``: its original has changed
            since; ``draft``: nobody but its author has read it; ``missing``: there is an original
            to translate; ``absent``: there is none yet.
        theirs: what someone else wrote meanwhile.
        fixed: may not be changed here.
        reviewable: someone else's translation, that this reader may be the second to read.
        told: by whom it was translated and reviewed, and when.
    """

    name: str
    language: str
    tag: str
    direction: str
    title: str
    words: str
    seen: int
    state: State
    fault: str = ""
    theirs: str = ""
    fixed: bool = False
    reviewable: bool = False
    told: str = ""


@dataclass(frozen=True)
class Row:
    """One text: its name, and a cell for each language in rows of two."""

    name: str
    label: str
    help: str
    limit: int
    cells: tuple[Cell, ...]

    @property
    def long(self) -> bool:
        """Whether it takes several lines."""
        return self.limit >= LONG

    @property
    def pairs(self) -> list[tuple[Cell, ...]]:
        """Two languages beside each other."""
        return [self.cells[at : at + 2] for at in range(0, len(self.cells), 2)]

    @property
    def filled(self) -> bool:
        """Whether something stands in it or is wrong with it."""
        return any(cell.words or cell.fault for cell in self.cells)


@dataclass
class Changes:
    """What a form changes of one text."""

    words: dict[str, str] = field(default_factory=dict)
    clashes: dict[str, str] = field(default_factory=dict)
    emptied: list[str] = field(default_factory=list)


def rows_of(
    s: Speech,
    texts: Sequence[tuple[str, str, str, int]],
    found: Mapping[str, reading.Versions],
    *,
    posted: Mapping[str, str] | None = None,
    faults: Faults | None = None,
    clashes: Mapping[str, Mapping[str, str]] | None = None,
    fixed: bool = False,
    reader: str = "",
    told: Mapping[int, str] | None = None,
) -> list[Row]:
    """The rows of a form; the reader's own language comes first.

    Args:
        texts: name, label, help and longest length of each.
        found: the current versions of each, by name.
        posted: what was typed, to be shown again.
        clashes: by name and language, what someone else wrote meanwhile.
        fixed: the original may not be changed here.
        reader: pseudonym of whoever may review what others translated.
        told: of each version, by its id, who wrote and who reviewed it.
    """
    return [
        Row(
            name,
            label,
            help_,
            limit,
            tuple(
                _cell(
                    name,
                    code,
                    found.get(name, {}),
                    posted,
                    faults or Faults(),
                    (clashes or {}).get(name, {}),
                    fixed=fixed,
                    reader=reader,
                    told=told or {},
                )
                for code in sorted(LANGUAGES, key=lambda code: code != s.language)
            ),
        )
        for name, label, help_, limit in texts
    ]


def changes(
    posted: Mapping[str, str], name: str, text: UUID | None, current: reading.Versions
) -> Changes:
    """What was changed of one text, compared with what was shown and with what stands now."""
    found = Changes()
    for code in LANGUAGES:
        typed = posted.get(f"{name}_{code}")
        if typed is not None:
            _compare(found, code, tidy(typed), _seen(posted, name, code), text, current)
    return found


def reviews(
    posted: Mapping[str, str], name: str, current: reading.Versions, found: Changes, reader: str
) -> list[int]:
    """The versions of one text that the reader says to have read, and did not change."""
    return [
        version.pk
        for code, tag in TAGS.items()
        if (version := current.get(tag)) is not None
        and posted.get(f"read_{name}_{code}") == str(version.pk)
        and code not in found.words
        and _is_reviewable(version, reader)
    ]


def say_changes(s: Speech, name: str, found: Changes, faults: Faults) -> None:
    """Tell what of one text cannot be saved, beside the words concerned."""
    for code in found.emptied:
        faults.fields[f"{name}_{code}"] = s.say(
            "What was once written cannot be emptied. Write what should stand instead."
        )
    for code in found.clashes:
        faults.fields[f"{name}_{code}"] = s.say(
            "Someone else changed this while you were writing. Compare the two, keep what is right "
            "in the box, and save again."
        )
    if found.clashes:
        faults.status = 409
        faults.whole = s.say(
            "Nothing was saved: someone else changed the same words while you were writing."
        )


def tidy(typed: str) -> str:
    """Words as they would be kept, however long."""
    return clean(typed, longest=_NO_LIMIT, required=False)


def _compare(
    found: Changes,
    code: str,
    typed: str,
    seen: int,
    text: UUID | None,
    current: reading.Versions,
) -> None:
    version = current.get(TAGS[code])
    stands, uid = ("", 0) if version is None else (version.words, version.pk)
    if typed == stands:
        return
    if seen != uid:
        shown = reading.words_of_version(text, seen) if seen else ""
        if typed != shown:
            found.clashes[code] = stands
    elif typed:
        found.words[code] = typed
    else:
        found.emptied.append(code)


def _seen(posted: Mapping[str, str], name: str, code: str) -> int:
    return whole_number(posted.get(f"seen_{name}_{code}", "")) or 0


def _cell(
    name: str,
    code: str,
    versions: reading.Versions,
    posted: Mapping[str, str] | None,
    faults: Faults,
    clashes: Mapping[str, str],
    *,
    fixed: bool,
    reader: str,
    told: Mapping[int, str],
) -> Cell:
    version = versions.get(TAGS[code])
    stands = "" if version is None else version.words
    field_name = f"{name}_{code}"
    state = _state(version, versions)
    # After a clash the version that now stands counts as seen: to send again is to decide.
    return Cell(
        field_name,
        code,
        "zgh-Tfng" if code == "zgh" else code,
        "rtl" if code == "ar" else "ltr",
        NAMES[code],
        stands if posted is None else posted.get(field_name, stands),
        0 if version is None else version.pk,
        state,
        faults.of(field_name) or "",
        clashes.get(code, ""),
        fixed and state == "original",
        version is not None and _is_reviewable(version, reader),
        "" if version is None else told.get(version.pk, ""),
    )


def _is_reviewable(version: Version, reader: str) -> bool:
    """Nobody reviews their own words; a second person does so once."""
    translated = version.translates_id is not None
    unread = translated and not is_reviewed(version)
    return bool(reader) and unread and version.author != reader


def _state(version: Version | None, versions: reading.Versions) -> State:
    if version is None or version.state == "withdrawn":
        return "missing" if versions else "absent"
    if version.translates_id is None:
        return "original"
    original = next((v for v in versions.values() if v.translates_id is None), None)
    if original is not None and version.translates_id != original.pk:
        return "older"
    return "reviewed" if is_reviewed(version) else "draft"
