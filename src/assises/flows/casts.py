"""Votes of more casts than memory holds: a folder of Parquet files, to be given to ``analyse``.

    votes = divided("casts", "work", time="created")
    opinion = analyse(votes, "polis")

The same bytes as one :class:`VoteMatrix` of all casts. Memory: what one part takes, and some 100
bytes a person for the analysis; never the votes. Figures: docs/engines/shards.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion.ingest import ids_of
from assises.engines.opinion.shards import Here, ShardedVotes
from assises.formats.casts import (
    Arrays,
    Casts,
    Divided,
    Names,
    Source,
    Store,
    batches,
    find,
    replacing,
    sources_of,
)
from assises.formats.casts.dividing import MOST_PARTS
from assises.lib.canonical import sha256_hex
from assises.lib.errors import InputError
from assises.lib.progress import SILENT, Progress

CASTS_A_PART: Final = 1 << 22
"""Some 200 MB while a part is made, 8 MB once it is."""

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One part on disk; called, it is mapped into memory. It can be sent to another process."""

    store: Store
    at: int

    def __call__(self) -> VoteMatrix:
        """The part, its arrays mapped from the files.

        Raises:
            InputError: if the folder was taken away or made anew.
        """
        part = self.store.part(self.at)
        return VoteMatrix(
            part.participants, self.store.statements(), part.indptr, part.cells, part.casts
        )


def divided(folder: str | Path, work: str | Path, **given: Any) -> ShardedVotes:
    """The votes of a folder of Parquet files, in this process, a part at a time.

    Args:
        folder: see :func:`parts_of`.
        work: likewise.
        given: likewise.
    """
    parts = parts_of(folder, work, **given)
    return ShardedVotes.of(Here(parts), len(parts))


def parts_of(
    folder: str | Path,
    work: str | Path,
    *,
    participant: str = "participant",
    statement: str = "statement",
    vote: str = "vote",
    time: str | None = None,
    universe: npt.ArrayLike = (),
    parts: int | None = None,
    progress: Progress = SILENT,
) -> Sequence[StoredPart]:
    """The casts of a folder of Parquet files, divided by person into parts on disk.

    A row is a cast, in any order; the casts of one person may be in several files. Files are read
    in the order of their names: without times the later file and row count, and among equal times
    too. Parts that are there already are used again if the bytes and names of the files, and what
    is asked, are the same.

    Args:
        folder: of files that end in ``.parquet``, in it and in the folders within.
        work: the folder of parts to be made, or made before. While it is made there is room
            needed beside it, 17 bytes a cast and 25 with a time; then 2 bytes a vote (4 from
            16,384 statements on) and 16 a person.
        participant: name of the column of ids, whole numbers.
        statement: name of the column of ids, whole numbers.
        vote: name of the column of votes: 1, 0 or -1.
        time: name of a column that tells which vote of a pair is the last: whole numbers, floats
            or timestamps, of one kind in all files.
        universe: ids of statements to hold even if nobody voted on them.
        parts: how many; by default one for four million casts. Those without a person are left
            out.
        progress: told of bytes hashed, casts read and parts made; may raise to stop.

    Raises:
        InputError: naming file, row, column and value; nothing was written.
        OutputError: if something else is in the place of ``work``, or the disk is full.
    """
    names, work = Names(participant, statement, vote, time), Path(work)
    sources = sources_of(folder, names, progress=progress)
    count = _count(parts, sources)
    ids = np.unique(ids_of(universe, "universe")).astype(np.int64)
    described = {
        "columns": [participant, statement, vote, time],
        "files": [[source.name, source.size, source.sha256] for source in sources],
        "parts": count,
        "universe": sha256_hex(ids.tobytes()),
    }
    store = find(work, described)
    if store is None:
        with replacing(work, described) as draft:
            divide = Divided(draft.rest, count, timed=time is not None)
            progress.step("votes of the files", sum(source.rows for source in sources))
            for source in sources:
                for casts in batches(source, names):
                    divide.add(casts)
                    progress.advance(len(casts.votes))
            statements = np.union1d(divide.statements, ids)
            progress.step("parts", count)
            for casts in divide.taken():
                draft.add(_made(casts, statements))
                progress.advance(1)
            draft.finish(statements, described)
        store = find(work, described)
    if store is None:
        raise InputError(
            "the parts were made anew by someone else meanwhile",
            file=work,
            next_step="Give each work a folder of its own.",
        )
    return [StoredPart(store, at) for at in range(len(store))]


def _count(parts: int | None, sources: Sequence[Source]) -> int:
    casts = sum(source.rows for source in sources)
    count = min(MOST_PARTS, -(-casts // CASTS_A_PART)) if parts is None else parts
    if not 1 <= count <= MOST_PARTS:
        raise InputError(
            "there cannot be as many parts",
            column="parts",
            value=parts,
            next_step=f"Use 1 to {MOST_PARTS:,}.",
        )
    return count


def _made(casts: Casts, statements: Int64) -> Arrays:
    made = VoteMatrix.from_arrays(
        casts.participants,
        casts.statements,
        casts.votes,
        times=casts.times,
        universe=statements,
    )
    return Arrays(made.participants, made.indptr, made.cells, made.casts)
