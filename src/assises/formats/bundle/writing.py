"""Writing a bundle: whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Final

from assises.formats.bundle import tables as csv_tables
from assises.formats.bundle.dictionary import Table
from assises.formats.bundle.kinds import KINDS, OPINION, BundleKind
from assises.lib.canonical import canonical_json, sha256_of_file
from assises.lib.errors import OutputError
from assises.lib.ids import content_id

MANIFEST: Final = "manifest.json"
ENVIRONMENT: Final = "environment.json"
RESULTS: Final = "results.json"
RESULTS_SCHEMA: Final = "results.schema.json"
RECOUNT: Final = "recount.py"
OUTSIDE: Final = frozenset({MANIFEST, ENVIRONMENT})
"""Files that the manifest does not list: itself, and what differs from machine to machine."""
_EXPORTED: Final = frozenset(
    {
        "votes.csv",
        "comments.csv",
        "summary.csv",
        "participants-votes.csv",
        "participant-votes.csv",
        "comment-groups.csv",
    }
)


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that goes into a bundle."""

    tables: Mapping[str, Table]
    results: Mapping[str, Any]
    parameters: Mapping[str, Any]
    environment: Mapping[str, Any]
    pages: Mapping[str, str] = field(default_factory=dict)
    """Pages for people by file name: ``report.html`` and its translations."""
    kind: BundleKind = OPINION


def write(folder: Path, content: Content, *, replace: bool = False) -> str:
    """Write a bundle and return its id, which is a hash of the manifest.

    Everything is written beside ``folder`` first and renamed at the end: a stop in between
    leaves what was there before.

    Raises:
        OutputError: if ``folder`` exists and is not a bundle to be replaced.
    """
    with whole_folder(folder, replace=replace, replaceable=MANIFEST) as draft:
        for name, table in sorted(content.tables.items()):
            spec = content.kind.tables[name]
            path = draft / "tables" / f"{name}.csv"
            path.parent.mkdir(exist_ok=True)
            _text(path, csv_tables.to_csv(spec, table))
            csv_tables.to_parquet(spec, table, path.with_suffix(".parquet"))
        dictionary = csv_tables.dictionary_csv(content.tables, content.kind.tables)
        _text(draft / "tables" / "dictionary.csv", dictionary)
        _json(draft / RESULTS, content.results)
        for name, data in companions(content.kind).items():
            (draft / name).write_bytes(data)
        for name, page in content.pages.items():
            _text(draft / name, page)
        manifest = manifest_of(draft, content.parameters, content.kind)
        _json(draft / MANIFEST, manifest)
        _json(draft / ENVIRONMENT, content.environment)
    return str(manifest["id"])


def companions(kind: BundleKind = OPINION) -> dict[str, bytes]:
    """The files that are the same in every bundle of this kind and version."""
    package = resources.files(kind.package)
    return {name: package.joinpath(name).read_bytes() for name in (RESULTS_SCHEMA, RECOUNT)}


def manifest_of(
    folder: Path, parameters: Mapping[str, Any], kind: BundleKind = OPINION
) -> dict[str, Any]:
    """The manifest that the files now in ``folder`` deserve."""
    files = {
        path.relative_to(folder).as_posix(): {
            "sha256": sha256_of_file(path),
            "bytes": path.stat().st_size,
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).as_posix() not in OUTSIDE
    }
    body: dict[str, Any] = {"schema": kind.schema, "parameters": dict(parameters), "files": files}
    return {"id": content_id("bundle", body), **body}


def check_target(folder: Path, *, replace: bool, replaceable: str = MANIFEST) -> None:
    """Refuse a target before the work rather than after it.

    Raises:
        OutputError: if something is there that is not empty and may not be replaced.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / replaceable).is_file() or _foreign(folder, replaceable):
        raise OutputError(
            "something else is already there", file=folder, next_step="Choose another folder."
        )
    if not replace:
        raise OutputError(
            "something is already there",
            file=folder,
            next_step="Choose another folder, or add --replace.",
        )


def _foreign(folder: Path, replaceable: str) -> bool:
    """Whether the folder holds anything that we did not write."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if replaceable != MANIFEST:
        return bool(names - _EXPORTED)
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        return manifest["schema"] not in KINDS or bool(names - OUTSIDE - set(manifest["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        return True


@contextmanager
def whole_folder(folder: Path, *, replace: bool, replaceable: str) -> Iterator[Path]:
    """A draft folder that takes the place of ``folder`` when the block ends well.

    Args:
        folder: where the result goes.
        replace: allow an existing folder to be replaced.
        replaceable: only a folder that holds a file of this name is ever replaced.

    Raises:
        OutputError: if something is in the way.
    """
    check_target(folder, replace=replace, replaceable=replaceable)
    folder = folder.absolute()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(
            tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".draft", dir=folder.parent)
        )
    except OSError as error:
        raise OutputError(
            f"the folder cannot be made: {error.strerror}",
            file=folder,
            next_step="Choose a folder that you may write to.",
        ) from error
    try:
        yield draft
        draft.chmod(0o777 & ~_umask())
        if folder.exists():
            old = Path(
                tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".old", dir=folder.parent)
            )
            folder.replace(old / "was")
            draft.replace(folder)
            shutil.rmtree(old, ignore_errors=True)
        else:
            draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _text(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def _json(path: Path, value: Mapping[str, Any]) -> None:
    # Canonical form decides what is equal; the indented form is what people open.
    canonical = json.loads(canonical_json(value))
    _text(path, json.dumps(canonical, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
