"""Which verticals a contribution belongs to, how likely that is, and why.

Learnt from texts that have their verticals: seeds, and later what people decided, which counts
more. A classifier (:mod:`.classifier`) is told the vector of a text, the pieces of its words and
the words of a list that were found in it (:mod:`.lexicon`). Its scores become chances
(:mod:`.chances`) by texts that were held out: those of a group (the same sentence in several
languages, one contribution) are held out together.

A text may have several verticals or none. From :attr:`Model.least` on a vertical is assigned; it is
:data:`PRECISION` at least, and such that of what it assigns to texts that were held out as many
were right. Below it a person decides, before whom the likeliest are put with the reasons.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assises.engines.themes.meaning.vectors import Float16, Float32, halved
from assises.engines.themes.verticals.chances import Chances, fitted, threshold
from assises.engines.themes.verticals.classifier import Classifier, Rows, cut, learnt, shuffled
from assises.engines.themes.verticals.lexicon import Hit, Lexicon, Words
from assises.engines.themes.verticals.likeness import nearest
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

VERSION: Final = "1"
"""Of the rules here and in the modules beside: what others learnt is another model."""
FOLDS: Final = 5
PRECISION: Final = 0.8
DECIDED: Final = 4.0
"""How much what a person decided counts beside a seed."""
_FEWEST: Final = 30
"""Decisions right or wrong without which no precision is told, and all is for a person."""
_SAID: Final = 0.3
"""How much a word of the list counts beside a vector of length 1."""
_SHOWN: Final = 3
"""Nearest examples, and verticals put before a person."""
_AT_ONCE: Final = 1024


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts that have their verticals."""

    ids: Sequence[str]
    texts: Sequence[str]
    tags: Sequence[str]
    vectors: Float16 | Float32
    """Shape (n, d), as an embedder gives them with language centred out; zeros where it reads
    nothing. Of texts that the embedder itself learnt from, those of one that did not learn from
    their group: else chances are too sure."""
    labels: Sequence[frozenset[str]]
    groups: Sequence[str]
    """What is held out together; texts of the group of the empty name are never held out."""
    weights: Sequence[float] = ()
    """How much each counts, above 0; 1 unless told, :data:`DECIDED` for what a person decided."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What is said of examples by what was learnt from the others."""

    rows: Int64
    """Which examples, shape (m,)."""
    scores: Float64
    """Shape (m, K), as the next three."""
    words: Float64
    chances: Float64
    """By a model of chances that was fitted on the other folds."""
    has: Bools
    assigned: Bools
    """From the least chance on that the other folds ask for."""


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt; make it with :func:`fit`."""

    labels: tuple[str, ...]
    classifier: Classifier
    chances: Chances
    least: float
    """Chance from which on a vertical is assigned; above 1 if none ever is."""
    lexicon: Lexicon
    ids: tuple[str, ...]
    groups: tuple[str, ...]
    vectors: Float16
    """Of the examples, in the order of ``ids``; shape (n, d)."""
    has: Bools
    """Shape (n, K)."""


@dataclass(frozen=True, slots=True)
class Near:
    """An example that a text is like."""

    id: str
    similarity: float
    """Cosine of the vectors."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A vertical of a text, and why."""

    label: str
    chance: float
    assigned: bool
    """Else a person decides."""
    nearest: tuple[Near, ...]
    """Examples of this vertical, of three groups at most, none where no vector is."""
    words: tuple[Hit, ...]
    """Words of this vertical that were found."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is to be thought of a text before a person decides."""

    chances: tuple[float, ...]
    """Of each vertical, in the order of the model."""
    proposals: tuple[Proposal, ...]
    """Those assigned, the likeliest first; if there is none, the likeliest three; none of a text
    without a letter."""

    @property
    def assigned(self) -> tuple[str, ...]:
        """The verticals that no person has to decide on."""
        return tuple(one.label for one in self.proposals if one.assigned)


def fold_of(group: str) -> int:
    """The fold in which a group is held out; by its name alone."""
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], "big") % FOLDS


def fit(
    examples: Examples, labels: Sequence[str], words: Words, progress: Progress = SILENT
) -> Model:
    """Learn from examples; their order changes nothing.

    Args:
        examples: of :data:`FOLDS` groups at least.
        labels: every vertical there is, in the order of the chances.
        words: of each vertical, by tag of a language, words that point to it.
        progress: is told of each fold, and may raise to stop.

    Raises:
        InputError: lengths that differ, a label or a weight that cannot be, an id given twice, or
            too few groups.
    """
    ready = _ready(examples, labels, words)
    held = _held_out(ready, progress)
    chances = fitted(held.scores, held.words, held.has)
    least = threshold(held.chances, held.has, PRECISION, _FEWEST)
    classifier = _learnt(ready, np.arange(len(ready.has)))
    progress.advance(1)
    order = ready.order
    return Model(
        tuple(labels), classifier, chances, least,
        Lexicon(words),
        tuple(examples.ids[at] for at in order), tuple(examples.groups[at] for at in order),
        halved(ready.vectors), ready.has,
    )  # fmt: skip


def held_out(
    examples: Examples, labels: Sequence[str], words: Words, progress: Progress = SILENT
) -> HeldOut:
    """What :func:`fit` would say of each example if it had not seen its group; same arguments."""
    return _held_out(_ready(examples, labels, words), progress)


def assign(
    model: Model,
    vectors: Float16 | Float32,
    tags: Sequence[str],
    texts: Sequence[str],
    progress: Progress = SILENT,
) -> list[Assignment]:
    """Verticals of texts; each depends on its text alone.

    Args:
        model: of :func:`fit`.
        vectors: by the embedder of the examples, shape (n, d).
        tags: language of each.
        texts: any; offsets of words are those of their form C.
        progress: is told of each text, and may raise to stop.

    Raises:
        InputError: lengths that differ.
    """
    if not len(vectors) == len(tags) == len(texts) or vectors.shape[1:] != model.vectors.shape[1:]:
        raise InputError(
            "texts, languages and vectors do not fit", value=[len(texts), len(tags), vectors.shape],
            next_step="Give one vector and one language a text, by the embedder of the examples.",
        )  # fmt: skip
    progress.step("verticals", len(texts))
    done: list[Assignment] = []
    for begin in range(0, len(texts), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        rows = halved(np.asarray(vectors[part], dtype=np.float32))
        hits = [model.lexicon.find(*pair) for pair in zip(texts[part], tags[part], strict=True)]
        found = _counted(hits, model.labels)
        pieces = cut(texts[part])
        scores = model.classifier.scores(rows, pieces, _SAID * np.log2(1.0 + found))
        said = np.diff(pieces.begins) > 0
        done += _assigned(model, model.chances.of(scores, found), hits, rows, said)
        progress.advance(len(hits))
    return done


def _assigned(
    model: Model, chances: Float64, hits: list[list[Hit]], vectors: Float16, said: Bools
) -> list[Assignment]:
    likely = np.argsort(-chances, axis=1, kind="stable")
    sure = (chances >= model.least).sum(axis=1)
    most = np.where(said, np.where(sure > 0, sure, _SHOWN), 0)
    shown = [row[:count].tolist() for row, count in zip(likely, most, strict=True)]
    near = nearest(vectors, model.vectors, model.has, model.groups, shown, _SHOWN)
    return [
        Assignment(
            tuple(chances[at].tolist()),
            tuple(
                Proposal(
                    model.labels[k],
                    float(chances[at, k]),
                    bool(chances[at, k] >= model.least),
                    tuple(Near(model.ids[one], alike) for one, alike in close),
                    tuple(hit for hit in hits[at] if hit.label == model.labels[k]),
                )
                for k, close in zip(shown[at], near[at], strict=True)
            ),
        )
        for at in range(len(chances))
    ]


@dataclass(frozen=True, slots=True)
class _Ready:
    """Examples in the order they are learnt in."""

    order: Int64
    vectors: Float32
    rows: Rows
    found: Float64
    has: Bools
    weights: Float64
    fold: Int64
    """-1 for what is never held out."""


def _ready(examples: Examples, labels: Sequence[str], words: Words) -> _Ready:
    _require(examples, labels)
    order = shuffled(
        [f"{group}\0{id_}" for group, id_ in zip(examples.groups, examples.ids, strict=True)]
    )
    texts = [examples.texts[at] for at in order]
    lexicon = Lexicon(words)
    hits = [lexicon.find(text, examples.tags[at]) for text, at in zip(texts, order, strict=True)]
    has = np.array([[label in examples.labels[at] for label in labels] for at in order], dtype=bool)
    fold = [fold_of(group) if group else -1 for group in examples.groups]
    weights = examples.weights or [1.0] * len(order)
    rounded = halved(np.asarray(examples.vectors, dtype=np.float32))[order]
    return _Ready(
        order, rounded.astype(np.float32), cut(texts), _counted(hits, labels), has,
        np.array(weights, dtype=np.float64)[order], np.array(fold, dtype=np.int64)[order],
    )  # fmt: skip


def _require(examples: Examples, labels: Sequence[str]) -> None:
    lengths = [len(examples.ids), len(examples.texts), len(examples.tags), len(examples.vectors),
               len(examples.labels), len(examples.groups)]  # fmt: skip
    lengths += [len(examples.weights)] if examples.weights else []
    known = set(labels)
    unknown = sorted({label for some in examples.labels for label in some} - known)
    wrong: tuple[str, object] | None = None
    if len(set(lengths)) != 1:
        wrong = ("examples have columns of different lengths", lengths)
    elif len(set(examples.ids)) != len(examples.ids):
        wrong = ("two examples have the same id", len(examples.ids) - len(set(examples.ids)))
    elif unknown or len(known) != len(labels):
        wrong = ("these labels are not among those there are", unknown[:5])
    elif not all(0.0 < weight < np.inf for weight in examples.weights):
        wrong = ("a weight must be above 0", None)
    elif len({fold_of(group) for group in examples.groups if group}) < FOLDS:
        wrong = ("these are too few groups to hold some out", len(set(examples.groups)))
    if wrong:
        raise InputError(
            wrong[0], value=wrong[1], next_step="Correct the examples; nothing is kept."
        )


def _counted(hits: list[list[Hit]], labels: Sequence[str]) -> Float64:
    """How many different words of each label were found, shape (n, K)."""
    place = {label: at for at, label in enumerate(labels)}
    out = np.zeros((len(hits), len(labels)))
    for row, some in zip(out, hits, strict=True):
        for label, _ in {(hit.label, hit.entry) for hit in some if hit.label in place}:
            row[place[label]] += 1.0
    return out


def _learnt(ready: _Ready, chosen: Int64) -> Classifier:
    said = _SAID * np.log2(1.0 + ready.found[chosen])
    return learnt(
        ready.vectors[chosen], ready.rows.of(chosen), said, ready.has[chosen], ready.weights[chosen]
    )


def _held_out(ready: _Ready, progress: Progress) -> HeldOut:
    progress.step("held out", FOLDS + 1)
    scores = np.zeros(ready.has.shape)
    for fold in range(FOLDS):
        asked = np.flatnonzero(ready.fold == fold)
        classifier = _learnt(ready, np.flatnonzero(ready.fold != fold))
        said = _SAID * np.log2(1.0 + ready.found[asked])
        scores[asked] = classifier.scores(ready.vectors[asked], ready.rows.of(asked), said)
        progress.advance(1)
    chances, assigned = np.zeros_like(scores), np.zeros(scores.shape, dtype=bool)
    for fold in range(FOLDS):
        asked = ready.fold == fold
        others = (ready.fold != fold) & (ready.fold >= 0)
        of = fitted(scores[others], ready.found[others], ready.has[others])
        least = threshold(
            of.of(scores[others], ready.found[others]), ready.has[others], PRECISION, _FEWEST
        )
        chances[asked] = of.of(scores[asked], ready.found[asked])
        assigned[asked] = chances[asked] >= least
    mine = np.flatnonzero(ready.fold >= 0)
    return HeldOut(
        ready.order[mine], scores[mine], ready.found[mine], chances[mine], ready.has[mine],
        assigned[mine],
    )  # fmt: skip
