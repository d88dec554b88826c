"""Votes that lie in many parts: more than one memory holds, or on more than one machine.

Each part holds all the votes of some people. What an analysis asks of votes is asked of each part,
and the answers are put together: whole numbers are added, people are laid out in order of their
ids. So any number of parts, in any order, gives the same bytes as one matrix. An answer is let go
once it is added: only what grows with the people, not with the votes or the parts, stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from assises.engines.opinion.kernels import Float64, Int64
from assises.engines.opinion.matrix import VoteMatrix
from assises.lib.errors import InputError

_THREADED: Final = frozenset({"counts_by", "scatter", "covotes", "moments", "placed"})
"""Methods of :class:`VoteMatrix` that take ``threads``."""


class Workers(Protocol):
    """Whoever holds the parts: this process, or processes and machines elsewhere."""

    def call(
        self, method: str, arguments: Iterable[tuple[Any, ...]], *, threads: int | None = None
    ) -> Iterator[Any]:
        """Call a method of :class:`VoteMatrix` on each part with its own arguments; in order.

        What a part answers is made when it is asked for, so that not all need room at once.

        Args:
            method: its name.
            arguments: for each part.
            threads: how many at most for one part; a worker elsewhere keeps to its own number.
        """
        ...


def ask(part: VoteMatrix, method: str, given: tuple[Any, ...], threads: int | None) -> Any:
    """What a method of one part answers; ``threads`` goes to those that take it."""
    if method in _THREADED:
        return getattr(part, method)(*given, threads=threads)
    return getattr(part, method)(*given)


@dataclass(frozen=True, slots=True)
class Here:
    """Parts in this process, or brought in one after the other by functions that load them."""

    parts: Sequence[VoteMatrix | Callable[[], VoteMatrix]]

    def call(
        self, method: str, arguments: Iterable[tuple[Any, ...]], *, threads: int | None = None
    ) -> Iterator[Any]:
        """One part after the other: what is loaded is let go before the next."""
        for part, given in zip(self.parts, arguments, strict=True):
            yield ask(part if isinstance(part, VoteMatrix) else part(), method, given, threads)


@dataclass(frozen=True, slots=True)
class ShardedVotes:
    """Votes in parts, to be given to ``analyse`` like a :class:`VoteMatrix`."""

    participants: Int64
    """Ids, shape (P,), ascending."""
    statements: Int64
    """Ids, shape (S,), ascending; the same in each part."""
    votes_per_participant: Int64
    """Shape (P,)."""
    casts: int
    workers: Workers
    places: Sequence[Int64]
    """For each part, where its people are among all."""

    @classmethod
    def of(cls, workers: Workers, count: int) -> ShardedVotes:
        """The votes that ``count`` parts hold.

        Raises:
            InputError: if there is no part, a person is in two, or they are not on the same
                statements.
        """
        nothing: list[tuple[Any, ...]] = [()] * count
        if not count:
            raise InputError("there is no part", next_step="Give at least one.")
        heads = list(workers.call("head", nothing))
        statements = heads[0].statements
        for at, head in enumerate(heads):
            if not np.array_equal(head.statements, statements):
                raise InputError(
                    "the parts are not on the same statements",
                    value=f"part {at}",
                    next_step="Give each part the ids of all statements: universe=.",
                )
        people = np.concatenate([head.participants for head in heads])
        order = np.argsort(people, kind="stable")
        twice = np.flatnonzero(np.diff(people[order]) == 0)
        if len(twice):
            raise InputError(
                "someone is in two parts",
                column="participants",
                value=int(people[order][twice[0]]),
                next_step="Divide the votes by person: all votes of one are in one part.",
            )
        rank = np.empty(len(people), dtype=np.int64)
        rank[order] = np.arange(len(people))
        cuts = np.cumsum([len(head.participants) for head in heads])[:-1]
        cast = np.concatenate([head.votes_per_participant for head in heads])
        return cls(
            people[order],
            statements,
            cast[order],
            sum(head.casts for head in heads),
            workers,
            np.split(rank, cuts),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """(participants, statements)."""
        return len(self.participants), len(self.statements)

    def __len__(self) -> int:
        return int(self.votes_per_participant.sum())

    def index_of(self, ids: Any) -> Int64:
        """See :meth:`VoteMatrix.index_of`."""
        none = np.zeros(0, dtype=np.int64)
        cells = np.zeros(0, dtype=np.uint16)
        return VoteMatrix(none, self.statements, np.zeros(1, dtype=np.int64), cells, 0).index_of(
            ids
        )

    def counts_by(self, label: Int64, labels: int, *, threads: int | None = None) -> Int64:
        """See :meth:`VoteMatrix.counts_by`."""
        given = ((label[place], labels) for place in self.places)
        return _sum(self.workers.call("counts_by", given, threads=threads))

    def scatter(
        self, table: Float64, scale: float, bits: int = 0, *, threads: int | None = None
    ) -> Int64:
        """See :meth:`VoteMatrix.scatter`."""
        given = [(table, scale, bits)] * len(self.places)
        return _sum(self.workers.call("scatter", given, threads=threads))

    def covotes(self, *, threads: int | None = None) -> tuple[Int64, Int64]:
        """See :meth:`VoteMatrix.covotes`."""
        found = self.workers.call("covotes", [()] * len(self.places), threads=threads)
        both, mixed = (np.array(part) for part in next(found))
        for more, others in found:
            both += more
            mixed += others
        return both, mixed

    def moments(
        self, label: Int64, steps: Int64, labels: int, *, threads: int | None = None
    ) -> Int64:
        """See :meth:`VoteMatrix.moments`."""
        given = ((label[place], steps[place], labels) for place in self.places)
        return _sum(self.workers.call("moments", given, threads=threads))

    def gather(self, table: Float64) -> Float64:
        """See :meth:`VoteMatrix.gather`."""
        given = [(table,)] * len(self.places)
        return self._laid_out(self.workers.call("gather", given), 2)

    def placed(
        self,
        lean: Float64,
        table: Float64,
        precision: Float64,
        rounds: int,
        *,
        threads: int | None = None,
    ) -> Float64:
        """See :meth:`VoteMatrix.placed`."""
        given = [(lean, table, precision, rounds)] * len(self.places)
        return self._laid_out(self.workers.call("placed", given, threads=threads), table.shape[1])

    def some(self, parts: int) -> VoteMatrix:
        """See :meth:`VoteMatrix.some`."""
        found = list(self.workers.call("some", [(parts,)] * len(self.places)))
        return VoteMatrix.from_arrays(
            np.concatenate([part.participants[part.rows] for part in found]),
            np.concatenate([self.statements[part.columns] for part in found]),
            np.concatenate([part.values for part in found]),
            universe=self.statements,
        )

    def _laid_out(self, found: Iterator[Float64], wide: int) -> Float64:
        """By person, in order of the ids."""
        out = np.empty((len(self.participants), wide))
        for place, part in zip(self.places, found, strict=True):
            out[place] = part
        return out


def _sum(found: Iterator[Int64]) -> Int64:
    # A copy: what another process answered may not be written to.
    total = np.array(next(found))
    for part in found:
        total += part
    return total
