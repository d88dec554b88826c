"""From a file of people and a frame to what is said of those who are different by their own word.

Who declared what is in no bundle, so what rests on it cannot be computed again from one: whoever
has the file can (``assises verify BUNDLE --people FILE``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from assises.countries import ma
from assises.countries.ma.census import AGES, census
from assises.engines.opinion import OpinionMap, VoteMatrix
from assises.flows.across import across
from assises.flows.declared import Declared, Int64
from assises.flows.hanging import hanging
from assises.flows.weighed import Uncounted, weighed
from assises.formats.frame import read_frame
from assises.formats.people import People
from assises.lib.errors import InputError
from assises.lib.frames import ABROAD, Frame, unknown
from assises.lib.progress import SILENT, Progress
from assises.look.speech import LANGUAGES

KEYS: Final = ("across", "hangs", "names", "weighed")
"""What of ``results.json`` rests on what people declared; null where nobody said."""
MOROCCO: Final = "ma"
_MINORS: Final = ("15-17", *AGES[:3])
"""Ages that may be declared: the frame counts who is of 18 or more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who took part, and the population that they are held against."""

    people: People
    frame: Frame | None = None
    called: str | None = None
    """What the frame is called in the manifest: ``ma``, or the name of its file."""
    uncounted: Uncounted = field(default_factory=dict)

    def parameters(self) -> dict[str, Any]:
        """Their part of the manifest: that there was a file, and which frame; never who."""
        return {"people": {"frame": self.called}}


def asked_of(people: People, frame: str | None) -> Asked:
    """People and the frame of that name.

    Args:
        people: as they were read.
        frame: ``ma`` for Morocco at the census of 2024, the path of a file, or None.

    Raises:
        InputError: what :func:`.read_frame` refuses; where the people have none of the frame's
            variables; for a value that is none of its categories, with its line.
    """
    if frame is None:
        return Asked(people)
    if frame == MOROCCO:
        asked = Asked(people, census(), MOROCCO, {"age": _MINORS})
    else:
        asked = Asked(people, read_frame(frame), Path(frame).name)
    _check(asked)
    return asked


def _check(asked: Asked) -> None:
    people, frame = asked.people, asked.frame
    shared = [v for v in frame.variables if v in people.attributes] if frame else []
    if frame is not None and not shared:
        raise InputError(
            "no column is a variable of the frame",
            file=people.file,
            line=1,
            value=", ".join(people.attributes),
            next_step=f"Its variables are: {', '.join(frame.variables)}.",
        )
    for variable in shared:
        assert frame is not None  # noqa: S101 - nothing is shared with none
        known = frame.categories(variable)
        allowed = {*known, *asked.uncounted.get(variable, ()), ABROAD}
        attribute = people.attributes[variable]
        for value, line in zip(attribute.values, attribute.first, strict=True):
            if value not in allowed:
                raise unknown(value, known, file=people.file, line=line, column=variable)


def nothing_asked() -> dict[str, Any]:
    """What ``results.json`` says of people of whom nothing is known."""
    return dict.fromkeys(KEYS)


def people_results(
    matrix: VoteMatrix, opinion: OpinionMap, asked: Asked, progress: Progress = SILENT
) -> dict[str, Any]:
    """What rests on what people declared.

    Raises:
        InputError: where the frame cannot be met by these people.
    """
    progress.step("people")
    declared = declared_by(asked.people, matrix.participants)
    beside = across(matrix, declared, opinion.listed)
    hangs = hanging(matrix, opinion.group, opinion.listed, declared)
    return {
        "across": beside,
        "hangs": hangs,
        "names": _names(beside, hangs),
        "weighed": None
        if asked.frame is None
        else _weighed(matrix, declared, asked, asked.frame, opinion.listed),
    }


def declared_by(people: People, participants: Int64) -> dict[str, Declared]:
    """Attributes of the participants of a matrix, by name."""
    return {
        name: Declared(one.values, people.of(participants, name))
        for name, one in people.attributes.items()
    }


def strangers(people: People, participants: Int64) -> tuple[int, int]:
    """How many of these voted and are in the file, and how many of the file did not vote."""
    both = int(np.isin(people.participants, participants).sum())
    return both, len(people.participants) - both


def _weighed(
    matrix: VoteMatrix,
    declared: Mapping[str, Declared],
    asked: Asked,
    frame: Frame,
    listed: Int64,
) -> dict[str, Any] | None:
    try:
        return weighed(matrix, declared, frame, listed, asked.uncounted)
    except InputError as error:
        raise InputError(
            error.problem,
            file=asked.people.file,
            column=error.column,
            value=error.value,
            next_step=error.next_step,
        ) from error


def _names(
    beside: Mapping[str, Mapping[str, Any]], hangs: list[dict[str, Any]]
) -> dict[str, dict[str, dict[str, str]]]:
    """Names in each language of the values that are told and are codes of Morocco's."""
    told: dict[str, set[str]] = {}
    for attribute, one in beside.items():
        told.setdefault(attribute, set()).update(one["counted"])
    for one in hangs:
        told.setdefault(one["attribute"], set()).add(one["value"])
    known = {
        "college": {c.code: c.name for c in ma.colleges()},
        "region": {r.iso: r.name for r in ma.regions()},
    }
    names = {
        attribute: {
            code: {language: wording.best(language)[0] for language in LANGUAGES}
            for code, wording in sorted(of.items())
            if code in told.get(attribute, ())
        }
        for attribute, of in known.items()
    }
    return {attribute: of for attribute, of in names.items() if of}
