"""Verticals of contributions: a country's list and words, the project's sentences, what people say.

The sentences are seeds, and so are the name and the question of each vertical; contributions on
which a person decided are learnt from beside them and count more. What was learnt is kept in a
folder under the hash of all it was learnt from; it is made anew where that is absent or damaged,
which takes some forty seconds of one core.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.countries import Vertical
from assises.engines.themes import verticals as engine
from assises.engines.themes.meaning import darija
from assises.engines.themes.meaning.encoder import multilingual
from assises.engines.themes.meaning.vectors import Embedder, Float32
from assises.engines.themes.verticals.chances import Chances
from assises.engines.themes.verticals.classifier import Classifier
from assises.engines.themes.verticals.lexicon import Lexicon
from assises.flows.themes.embedder import COLUMNS
from assises.flows.themes.embedder import embedder as taught
from assises.lib.canonical import canonical_json, sha256_hex
from assises.lib.errors import OutputError
from assises.lib.progress import SILENT, Progress

__all__ = ["Decided", "Verticals", "seeds", "verticals"]

_COLUMNS: Final = {**COLUMNS, "zgh_tfng": "zgh-Tfng", "zgh_latn": "zgh-Latn"}
_NAMED: Final = {"fr": "fr", "ar": "ar", "en": "en", "zgh": "zgh-Tfng"}
"""Tag of each language that verticals are named in."""
Arrays = dict[str, npt.NDArray[np.generic]]
Lists = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Decided:
    """A contribution whose verticals a person decided."""

    id: str
    text: str
    tag: str
    verticals: frozenset[str]
    """Codes; none if it belongs to none."""


class Verticals:
    """What was learnt, and the embedder it was learnt with; make it with :func:`verticals`."""

    def __init__(self, embedder: Embedder, model: engine.Model) -> None:
        """Of an embedder and what was learnt from its vectors."""
        self.embedder, self.model = embedder, model

    def of(
        self, texts: Sequence[str], tags: Sequence[str], progress: Progress = SILENT
    ) -> list[engine.Assignment]:
        """Verticals of texts, with how likely each is and why.

        Args:
            texts: as written.
            tags: the language of each.
            progress: is told of each text, and may raise to stop.
        """
        vectors = _read(self.embedder, texts, tags, progress)
        return engine.assign(self.model, vectors, tags, texts, progress)


def verticals(
    named: Sequence[Vertical],
    words: Lists,
    *,
    decided: Sequence[Decided] = (),
    folder: str | Path | None = None,
    threads: int | None = None,
    progress: Progress = SILENT,
) -> Verticals:
    """Learn the verticals of a country, or read what was learnt.

    Args:
        named: those there are; the project's sentences say by number which they belong to.
        words: of each, by tag of a language, words that point to it.
        decided: contributions on which a person decided.
        folder: where what was learnt is kept; without one it is learnt each time.
        threads: as many as this process may use by default.
        progress: is told of each step, and may raise to stop.

    Raises:
        InputError: a decision names a vertical that is not, or two have the same id.
        SetupError: the weights of the encoder are not installed.
        OutputError: the folder cannot be written.
    """
    embedder = taught(folder, threads=threads, progress=progress)
    labels = [one.code for one in named]
    rows = _sentences(named)
    path = None
    if folder is not None:
        said = [embedder.name, words, [_plain(one) for one in (*rows, *_titles(named), *decided)]]
        key = sha256_hex(canonical_json([engine.VERSION, labels, said]))[:32]
        path = Path(folder) / f"verticals-{key}.npz"
        if (model := _kept(path, labels, words)) is not None:
            return Verticals(embedder, model)
    examples = seeds(named, threads=threads, progress=progress)
    more = [*_titles(named), *decided]
    examples = replace(
        examples,
        ids=[*examples.ids, *(one.id for one in more)],
        texts=[*examples.texts, *(one.text for one in more)],
        tags=[*examples.tags, *(one.tag for one in more)],
        vectors=np.concatenate(
            [
                np.asarray(examples.vectors, dtype=np.float32),
                _read(embedder, [one.text for one in more], [one.tag for one in more], progress),
            ]
        ),
        labels=[*examples.labels, *(one.verticals for one in more)],
        # What names a vertical is no contribution, and nothing is measured on it.
        groups=[*examples.groups, *("" for _ in _titles(named)), *(one.id for one in decided)],
        weights=[1.0] * (len(more) - len(decided) + len(examples.ids))
        + [engine.DECIDED] * len(decided),
    )
    model = engine.fit(examples, labels, words, progress)
    if path is not None:
        _keep(path, model)
    return Verticals(embedder, model)


def seeds(
    named: Sequence[Vertical], *, threads: int | None = None, progress: Progress = SILENT
) -> engine.Examples:
    """The project's sentences, each with a vector of an adapter that has not learnt from it.

    Args:
        named: the verticals, by the numbers of which the sentences are marked.
        threads: as many as this process may use by default.
        progress: is told of each text, and may raise to stop.

    Raises:
        SetupError: the weights of the encoder are not installed.
    """
    rows = _sentences(named)
    encoder = multilingual(threads)
    known = _Known(encoder, [one.text for one in rows], [one.tag for one in rows], progress)
    groups = [one.id.partition(":")[0] for one in rows]
    vectors = np.zeros((len(rows), encoder.dimensions), dtype=np.float32)
    for fold in range(engine.FOLDS):
        learnt: dict[str, list[str]] = {tag: [] for tag in COLUMNS.values()}
        asked = []
        for at, (one, group) in enumerate(zip(rows, groups, strict=True)):
            if engine.fold_of(group) == fold:
                asked.append(at)
            elif one.tag in learnt:
                learnt[one.tag].append(one.text)
        adapted = darija.Adapted(known, darija.fit(known, learnt, progress))
        texts, tags = [rows[at].text for at in asked], [rows[at].tag for at in asked]
        vectors[asked] = _read(adapted, texts, tags, progress)
    return engine.Examples(
        [one.id for one in rows],
        [one.text for one in rows],
        [one.tag for one in rows],
        vectors,
        [one.verticals for one in rows],
        groups,
    )


class _Known:
    """An embedder that was asked already."""

    def __init__(
        self, embedder: Embedder, texts: Sequence[str], tags: Sequence[str], progress: Progress
    ) -> None:
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self.reads = embedder.reads
        found = _read(embedder, texts, tags, progress)
        self._vectors = dict(zip(zip(texts, tags, strict=True), found, strict=True))

    def encode(
        self, texts: Sequence[str], tags: Sequence[str], progress: Progress = SILENT
    ) -> Float32:
        """See :class:`.vectors.Embedder`; of the texts that were given alone."""
        progress.advance(0)
        return np.stack([self._vectors[pair] for pair in zip(texts, tags, strict=True)])


def _read(
    embedder: Embedder, texts: Sequence[str], tags: Sequence[str], progress: Progress
) -> Float32:
    """Vectors, zeros for the languages that the embedder does not read."""
    out = np.zeros((len(texts), embedder.dimensions), dtype=np.float32)
    mine = [at for at, tag in enumerate(tags) if tag in embedder.reads]
    if mine:
        out[mine] = embedder.encode([texts[at] for at in mine], [tags[at] for at in mine], progress)
    return out


def _sentences(named: Sequence[Vertical]) -> list[Decided]:
    """Every sentence of the corpus in every language, in the same order each time."""
    code = {one.number: one.code for one in named}
    folder = resources.files("assises") / "demo" / "corpus"
    files = [file for file in folder.iterdir() if file.name[0] == "v" and file.name[-4:] == ".csv"]
    found = []
    for file in sorted(files, key=lambda one: one.name):
        for row in csv.DictReader(io.StringIO(file.read_text("utf-8"), newline="")):
            belongs = code.get(int(row["vertical"]))
            for column, tag in _COLUMNS.items():
                if row[column] and belongs is not None:
                    found.append(
                        Decided(f"{row['id']}:{tag}", row[column], tag, frozenset({belongs}))
                    )
    return found


def _titles(named: Sequence[Vertical]) -> list[Decided]:
    found = []
    for one in named:
        for part, wording in (("name", one.name), ("question", one.question)):
            for language, tag in _NAMED.items():
                text = getattr(wording, language)
                if text:
                    id_ = f"{part}:{one.code}:{tag}"
                    found.append(Decided(id_, text, tag, frozenset({one.code})))
    return found


def _plain(one: Decided) -> list[object]:
    # Canonical JSON holds no half of a surrogate pair; what people send may.
    text = one.text.encode("utf-8", "surrogatepass").hex()
    return [one.id, text, one.tag, sorted(one.verticals)]


def _arrays(model: engine.Model) -> Arrays:
    return {
        "dense": model.classifier.dense,
        "pieces": model.classifier.pieces,
        "rarity": model.classifier.rarity,
        "first": model.chances.first,
        "second": model.chances.second,
        "least": np.array(model.least),
        "ids": np.array(model.ids),
        "groups": np.array(model.groups),
        "vectors": model.vectors,
        "has": model.has,
    }


def _digest(arrays: Arrays) -> str:
    parts = [
        f"{name}{array.dtype.str}{array.shape}".encode() + array.tobytes()
        for name, array in sorted(arrays.items())
    ]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _kept(path: Path, labels: Sequence[str], words: Lists) -> engine.Model | None:
    """What was learnt, or None if it is absent or not what it was."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
        if str(arrays.pop("digest")) != _digest(arrays):
            return None
        return engine.Model(
            tuple(labels),
            Classifier(arrays["dense"], arrays["pieces"], arrays["rarity"]),
            Chances(arrays["first"], arrays["second"]),
            float(arrays["least"]),
            Lexicon(words),
            tuple(arrays["ids"].tolist()),
            tuple(arrays["groups"].tolist()),
            arrays["vectors"],
            arrays["has"],
        )
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _keep(path: Path, model: engine.Model) -> None:
    arrays = _arrays(model)
    draft = path.with_name(f".{path.stem}.{os.getpid()}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(draft, "wb") as file:
            np.savez(file, digest=np.array(_digest(arrays)), **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise OutputError(
            f"what was learnt cannot be kept: {error.strerror}",
            file=path,
            next_step="Make room or give another folder.",
        ) from error
