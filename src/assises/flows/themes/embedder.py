"""The embedder of the house: the multilingual encoder, taught Darija by the project's sentences.

What was learnt is kept in a folder under the hash of what it was learnt from; it is made anew where
that is absent or damaged, which takes some fifteen seconds of one core.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import zipfile
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np

from assises.engines.themes.meaning.darija import SHARE, VERSION, Adapted, Adapter, fit
from assises.engines.themes.meaning.encoder import multilingual
from assises.engines.themes.meaning.vectors import Embedder
from assises.lib.errors import OutputError
from assises.lib.progress import SILENT, Progress

COLUMNS: Final = {
    "fr": "fr", "ar": "ar", "en": "en", "ary_arab": "ary-Arab", "ary_latn": "ary-Latn",
}  # fmt: skip
"""Tag of each column of the corpus."""


def corpus() -> dict[str, list[str]]:
    """The project's sentences by tag, the same ones in the same order."""
    folder = resources.files("assises") / "demo" / "corpus"
    found: dict[str, list[str]] = {tag: [] for tag in COLUMNS.values()}
    files = [file for file in folder.iterdir() if file.name[0] == "v" and file.name[-4:] == ".csv"]
    for file in sorted(files, key=lambda one: one.name):
        for row in csv.DictReader(io.StringIO(file.read_text("utf-8"), newline="")):
            for column, tag in COLUMNS.items():
                found[tag].append(row[column])
    return found


def embedder(
    folder: str | Path | None = None, *, threads: int | None = None, progress: Progress = SILENT
) -> Adapted:
    """The encoder with the Darija adapter.

    Args:
        folder: where the adapter is kept; without one it is fitted each time.
        threads: as many as this process may use by default.
        progress: is told of the fitting, and may raise to stop.

    Raises:
        SetupError: the weights of the encoder are not installed.
        OutputError: the folder cannot be written.
    """
    encoder, sentences = multilingual(threads), corpus()
    if folder is None:
        return Adapted(encoder, fit(encoder, sentences, progress))
    path = Path(folder) / f"darija-{_learnt_from(encoder, sentences)}.npz"
    adapter = _read(path)
    if adapter is None:
        adapter = fit(encoder, sentences, progress)
        _write(path, adapter)
    return Adapted(encoder, adapter)


def _learnt_from(encoder: Embedder, sentences: dict[str, list[str]]) -> str:
    said = [VERSION, repr(SHARE), encoder.name]
    for tag, texts in sorted(sentences.items()):
        said += [tag, *texts]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]


def _read(path: Path) -> Adapter | None:
    """What was learnt, or None if it is absent or not what it was."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            of = {key[6:]: arrays[key] for key in arrays.files if key.startswith("means-")}
            adapter = Adapter(arrays["weights"], arrays["rarity"], of)
            return adapter if str(arrays["digest"]) == adapter.digest else None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _write(path: Path, adapter: Adapter) -> None:
    of = {f"means-{tag}": mean for tag, mean in adapter.means.items()}
    arrays = {"weights": adapter.weights, "rarity": adapter.rarity, **of}
    draft = path.with_name(f".{path.stem}.{os.getpid()}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(draft, "wb") as file:
            np.savez(file, digest=np.array(adapter.digest), **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise OutputError(
            f"what was learnt cannot be kept: {error.strerror}",
            file=path,
            next_step="Make room or give another folder.",
        ) from error
