"""``assises load``: a Polis export into the running house, and what to say of it.

Nothing here needs Django before a command is given: the terminal imports it to start.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import django

from assises.fronts.cli.rejects import write_rejects
from assises.fronts.cli.terminal import counted
from assises.lib.errors import SetupError
from assises.lib.progress import SILENT, Progress

if TYPE_CHECKING:
    from assises.site.exports import LoadedExport


def load_command(
    folder: Path,
    *,
    title: str | None = None,
    source: str | None = None,
    licence: str | None = None,
    already_public: bool = False,
    strict: bool = False,
    language: str = "und",
    encoding: str | None = None,
    separator: str = ",",
    agree_is: int | None = None,
    skip_bad_rows: bool = False,
    progress: Progress = SILENT,
) -> list[str]:
    """Load it, and say in lines what became of it; see :func:`assises.site.exports.load_export`.

    Args:
        source: who published the votes before; shown with them.
        licence: under which licence; shown with them.
        already_public: publish here too what each person voted, by leave of that licence.

    Raises:
        SetupError: the house is not running.
        InputError: the files are refused, or are here under other terms; nothing was written.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assises.site.settings")
    django.setup()
    from assises.site.exports import load_export
    from assises.site.imported import Terms

    demand_running()
    loaded = load_export(
        folder,
        title=title,
        terms=Terms(source or "", licence or "", already_public),
        strict=strict,
        language=language,
        encoding=encoding,
        separator=separator,
        agree_is=agree_is,
        skip_bad_rows=skip_bad_rows,
        progress=progress,
    )
    return [*_lines(loaded), *_rejected(folder, loaded)]


def first_administrator(email: str) -> None:
    """Make the first administrator, who gives every other role.

    Raises:
        SetupError: the house is not running.
        Conflict: there is one already.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assises.site.settings")
    django.setup()
    from assises.rooms.people.acts.grant import create_first_administrator

    demand_running()
    create_first_administrator(email)


def demand_running() -> None:
    """Ask the database for something small before a large file is read.

    Raises:
        SetupError: it does not answer, or has no tables yet.
    """
    from django.db import DatabaseError

    from assises.rooms.consultations.models import Consultation

    try:
        Consultation.objects.exists()
    except DatabaseError as error:
        raise SetupError(
            "the house is not running",
            next_step="Start it in another terminal (./run), wait for its address, and try again.",
        ) from error


def _lines(loaded: LoadedExport) -> list[str]:
    from assises.rooms.consultations.queries import edition_of
    from assises.web.routes import address

    edition = edition_of(loaded.consultation, "fr")
    lines = [
        f"title   {edition.title.words}",
        f"read    /fr/editions/{address(edition.row.short, edition.title.words)}/",
    ]
    if loaded.already:
        return ["already the same files are here; nothing was changed", *lines]
    votes, people = counted(loaded.casts, "vote"), counted(loaded.people, "person", "people")
    lines.insert(0, f"loaded  {votes} of {people} on {counted(loaded.statements, 'statement')}")
    if not edition.row.votes_published:
        lines.append("note    what each person voted stays unpublished; the counts are public")
    if loaded.taken_out:
        lines.append(f"note    {_taken_out(loaded.taken_out, loaded.casts_on_them)}")
    if loaded.agree_is < 0:
        lines.append("note    the files write an agreement as -1; here it is 1")
    return lines


def _taken_out(statements: int, casts: int) -> str:
    told = f"{counted(statements, 'statement')} that moderation took out"
    shown = "is not shown" if statements == 1 else "are not shown"
    on = "it" if statements == 1 else "them"
    return f"{told} {shown}" + (f", nor the {counted(casts, 'vote')} on {on}" if casts else "")


def _rejected(folder: Path, loaded: LoadedExport) -> list[str]:
    if not loaded.rejects:
        return []
    path = write_rejects(Path.cwd() / folder.resolve().name, loaded.rejects)
    left_out = counted(len(loaded.rejects), "row was", "rows were")
    return [f"note    {left_out} left out; see {path}"]
