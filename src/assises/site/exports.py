"""A Polis export becomes a consultation that can be read: statements, voices, casts, results.

Decision: everything but the results is one transaction, under a key made of the content of the
files. A stop in the middle leaves nothing; the same content a second time finds what is there.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import numpy as np
from django.db import transaction

from assises.formats import polis
from assises.formats.polis import PolisExport
from assises.formats.polis.model import Reject
from assises.lib.clock import now
from assises.lib.progress import SILENT, Progress
from assises.rooms.consultations.acts.create import NewConsultation, create
from assises.rooms.consultations.acts.open import close, open_to_all
from assises.rooms.consultations.models import Consultation, place_of
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.insights.computing import compute_now
from assises.rooms.insights.queries import newest
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import system
from assises.rooms.people.acts.enter_many import enter_many
from assises.rooms.votes.acts.load import load
from assises.site.imported import (
    Casts,
    Terms,
    Voices,
    check,
    demand_as_loaded,
    described,
    stated,
)

ACTOR: Final = system("load")


@dataclass(frozen=True, slots=True)
class LoadedExport:
    """What became of a folder.

    ``already``: the same content was here, and nothing was changed. ``people`` voted; ``casts``
    counts re-votes. ``agree_is`` is what the files write for an agreement. ``rejects`` are
    the rows that were left out because that was asked for. ``taken_out`` statements are refused,
    as moderation had them in the files, with ``casts_on_them``.
    """

    consultation: UUID
    already: bool
    statements: int
    people: int
    casts: int
    agree_is: int
    rejects: tuple[Reject, ...]
    taken_out: int
    casts_on_them: int


def load_export(
    folder: str | Path,
    *,
    title: str | None = None,
    terms: Terms | None = None,
    strict: bool = False,
    language: str = "und",
    encoding: str | None = None,
    separator: str = ",",
    agree_is: int | None = None,
    skip_bad_rows: bool = False,
    at: datetime | None = None,
    progress: Progress = SILENT,
) -> LoadedExport:
    """Read a Polis export and put it on the shelf, closed: it is read and nobody votes in it.

    Args:
        folder: as :func:`assises.formats.polis.read` takes it, and so are ``encoding``,
            ``separator``, ``agree_is`` and ``skip_bad_rows``.
        title: instead of the topic in the export's summary, or else the folder's name.
        terms: where the votes were published before. Without it they stay unpublished one by one.
        strict: the conversation showed only what a moderator had accepted: a statement that nobody
            had looked at waits. Without it such a statement is accepted, as Polis showed it.
        language: tag of the statements' language, ``und`` where nobody knows.

    Raises:
        InputError: for anything in the files that does not fit, and where the same content is here
            already and what is asked would change it; nothing is written.
    """
    path, given, moment = Path(folder), terms or Terms(), at or now()
    export = polis.read(
        path,
        encoding=encoding,
        separator=separator,
        agree_is=agree_is,
        skip_bad_rows=skip_bad_rows,
        progress=progress,
    )
    check(export, path, given, language)
    key = _key(export)
    with transaction.atomic():
        found = _found(key)
        if found is None:
            voices = Voices.of(export)
            wanted = described(export, path, title, given, language)
            put = stated(export, voices, language=language, strict=strict)
            place = _write(export, wanted, voices, put, key, moment, progress)
        else:
            place = place_of(found)
            demand_as_loaded(export, place, title, given, language, strict=strict)
    progress.step("results")
    if newest(place.id) is None:
        compute_now(place, at=moment)
    out = export.comments.id[export.comments.moderated < 0]
    return LoadedExport(
        place.id,
        found is not None,
        len(export.comments),
        len(np.unique(export.votes.voter)),
        len(export.votes),
        export.agree_is,
        export.rejects,
        len(out),
        int(np.isin(export.votes.comment, out).sum()),
    )


def _write(
    export: PolisExport,
    wanted: NewConsultation,
    voices: Voices,
    put: list[Stated],
    key: str,
    at: datetime,
    progress: Progress,
) -> Consultation:
    """Every act, in the order in which people would do them."""
    place = place_of(create(ACTOR, wanted, key=f"{key}:create", at=at))
    if place.state != "draft":
        return place  # somebody loaded the same files at the same moment, and was first
    # Open for no longer than this transaction: nobody but the file ever spoke or voted here.
    open_to_all(ACTOR, place, key=f"{key}:open", at=at)
    place.refresh_from_db()
    progress.step("people", len(voices.ids))
    enter_many(ACTOR, place, voices.entering(), key=f"{key}:enter", at=at)
    progress.step("statements", len(put))
    state(ACTOR, place, put, key=f"{key}:state", at=at)
    # They are gone through twice: once for the journal, once for the table.
    progress.step("votes", 2 * len(export.votes))
    load(ACTOR, place, Casts(export, voices, progress), key=f"{key}:votes", at=at)
    close(ACTOR, place, key=f"{key}:close", at=at)
    place.refresh_from_db()
    return place


def _key(export: PolisExport) -> str:
    """The same for the same bytes read in the same way, whatever the folder and the file names."""
    digest = hashlib.sha256(f"{export.agree_is:+d},{len(export.rejects)}\n".encode())
    for sha256 in sorted(file.sha256 for file in export.files):
        digest.update(f"{sha256}\n".encode())
    return f"polis:{digest.hexdigest()[:40]}"


def _found(key: str) -> UUID | None:
    """The consultation that was made under this key."""
    streams = Event.objects.filter(actor=ACTOR.pseudonym, key=f"{key}:create")
    stream = streams.values_list("stream", flat=True).first()
    return None if stream is None else UUID(stream.removeprefix("consultation:"))
