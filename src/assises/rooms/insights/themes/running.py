"""Find the themes of one consultation, away from every request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from django.conf import settings

from assises.engines.themes.analyse import analyse
from assises.engines.themes.arranging import Before
from assises.engines.themes.meaning.vectors import Embedder, Float16
from assises.engines.themes.result import ThemeMap
from assises.flows.themes.embedder import embedder
from assises.flows.themes.keeping import Vectors
from assises.lib.errors import Conflict
from assises.lib.progress import SILENT, Progress
from assises.rooms.consultations.models import Consultation
from assises.rooms.insights.models import ThemeRun, Theming
from assises.rooms.insights.themes.placing import Found, place_all
from assises.rooms.insights.themes.reading import Start, read

LEVELS: Final = 2
"""Themes, and their parts; deeper only where a person splits."""
_LONGEST_STEP: Final = 40
_TRIES: Final = 5
_PART: Final = "s"
"""At the end of the key of what a person had parted: one part may be all that the theme was before
another was merged into it, and the engine would call both the same."""
_ONE: Final = threading.Lock()

Ask = Callable[[Sequence[str], Sequence[str], Progress], Float16]


@dataclass(frozen=True, slots=True)
class Reader:
    """What gives texts their meaning: an embedder, and where its vectors are kept."""

    embedder: Embedder
    vectors: Ask | None = None


@dataclass(frozen=True, slots=True)
class _Parted:
    """What came of the wish to part themes: by the key of each, those of its parts."""

    before: Before | None
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)


class _Told:
    """Writes each step down, so that a page can say how far it is."""

    def __init__(self, place: Consultation) -> None:
        self._rows = Theming.objects.filter(consultation=place)

    def step(self, name: str, total: int | None = None) -> None:  # noqa: ARG002
        """One row, once a step."""
        self._rows.update(step=name[:_LONGEST_STEP])

    def advance(self, amount: int) -> None:
        """Not told: a step lasts seconds."""


def find_now(place: Consultation, *, at: datetime, reader: Reader | None = None) -> ThemeRun | None:
    """Find themes and put every public contribution into one, or say why not.

    Args:
        place: whose contributions.
        at: the moment that rows and the journal bear.
        reader: the house's unless told.

    Returns:
        the run; None where nothing has ever been said. What people change meanwhile stands, and
        the run begins again.

    Raises:
        Conflict: they went on changing.
        SetupError: the weights of the encoder are not installed.
    """
    start = read(place)
    if not start.ids and start.before is None:
        return None
    rows = Theming.objects.filter(consultation=place)
    rows.update(begun_at=at, step="reading")
    try:
        for _ in range(_TRIES):
            run = _once(start, reader or house_reader(), at)
            if run is not None:
                return run
            start = read(place)
    finally:
        rows.update(begun_at=None, step="")
    raise Conflict("people change these themes at this moment", next_step="Begin again later.")


def _once(start: Start, reader: Reader, at: datetime) -> ThemeRun | None:
    begun, told = time.monotonic(), _Told(start.place)
    parted = _parted(start, reader, told)
    found = _analyse(start, reader, parted.before, told)
    told.step("writing")
    return place_all(start, Found(found, parted.parts, time.monotonic() - begun), at=at)


def house_reader() -> Reader:
    """The encoder of the house with its kept vectors; made once a process, some seconds the first
    time, and fifteen more where nothing was learnt in this folder yet."""
    with _ONE:
        return _house_reader(str(vectors_folder()))


@cache
def _house_reader(folder: str) -> Reader:
    of = embedder(folder, threads=1)
    return Reader(of, Vectors(of, folder).of)


def vectors_folder() -> Path:
    """Where vectors are kept; private: near ones say who wrote alike."""
    folder = Path(settings.DATA) / "vectors"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _analyse(start: Start, reader: Reader, before: Before | None, progress: Progress) -> ThemeMap:
    # The house's encoder has taken the middle of each language out already: where a language is too
    # rare to tell its own, nothing more is taken.
    nothing = np.zeros(reader.embedder.dimensions, dtype=np.float32)
    return analyse(
        start.texts,
        reader.embedder,
        ids=[uid.hex for uid in start.ids],
        declared=start.declared,
        authors=start.voices,
        vectors=reader.vectors,
        priors=dict.fromkeys(reader.embedder.reads, nothing),
        before=before,
        levels=LEVELS,
        progress=progress,
    )


def _parted(start: Start, reader: Reader, progress: Progress = SILENT) -> _Parted:
    """Part the themes that people want parted, and hold what comes of it as theirs."""
    before = start.before
    if before is None or not start.asked:
        return _Parted(before)
    paths, shaped, pinned = dict(before.paths), set(before.shaped), set(before.pinned)
    result: dict[str, tuple[str, ...]] = {}
    for key, places in sorted(start.asked.items()):
        inside = _only(start, places)
        found = _analyse(inside, reader, None, progress)
        tops = {theme.id: f"{theme.id}{_PART}" for theme in found.themes if not theme.parent}
        if len(tops) < 2:
            result[key] = ()
            continue
        result[key] = tuple(tops.values())
        shaped |= {key, *tops.values()}
        for at, uid in enumerate(inside.ids):
            pinned.add(uid.hex)
            if found.theme[at] >= 0:
                part = found.themes[found.path(int(found.theme[at]))[0]].id
                paths[uid.hex] = (*paths[uid.hex], tops[part])
    return _Parted(Before(paths, shaped, pinned, before.anew), result)


def _only(start: Start, places: Sequence[int]) -> Start:
    return replace(
        start,
        ids=tuple(start.ids[at] for at in places),
        texts=tuple(start.texts[at] for at in places),
        declared=tuple(start.declared[at] for at in places),
        voices=tuple(start.voices[at] for at in places),
    )
