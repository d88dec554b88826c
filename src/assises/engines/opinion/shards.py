"""Votes that lie in many parts: more than one memory holds, or on more than one machine.

Each part holds all the votes of some people. What an analysis asks of votes is asked of each part,
and the answers are put together: whole numbers are added, people are laid out in order of their
ids. So any number of parts, in any order, gives the same bytes as one matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol

import numpy as np

from assises.engines.opinion.kernels import Float64, Int64
from assises.engines.opinion.matrix import VoteMatrix
from assises.lib.errors import InputError


class Workers(Protocol):
    """Whoever holds the parts: this process, threads, processes, machines."""

    def call(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call a method of :class:`VoteMatrix` on each part with its own arguments; in order."""
        ...


@dataclass(frozen=True, slots=True)
class Here:
    """Parts in this process, or brought in one after the other by functions that load them."""

    parts: Sequence[VoteMatrix | Callable[[], VoteMatrix]]

    def call(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """One part after the other: what is loaded is let go before the next."""
        return [
            getattr(part if isinstance(part, VoteMatrix) else part(), method)(*given)
            for part, given in zip(self.parts, arguments, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class ShardedVotes:
    """Votes in parts, to be given to ``analyse`` like a :class:`VoteMatrix`.

    How many threads a part is worth is for its worker to know; ``threads`` is not passed on.
    """

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
            InputError: if a person is in two parts, or the parts are not on the same statements.
        """
        nothing: list[tuple[Any, ...]] = [()] * count
        heads = workers.call("head", nothing)
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

    def counts_by(self, label: Int64, labels: int, *, threads: int | None = None) -> Int64:  # noqa: ARG002
        """See :meth:`VoteMatrix.counts_by`."""
        given = [(label[place], labels) for place in self.places]
        return self._added("counts_by", given)

    def scatter(self, table: Float64, scale: float, *, threads: int | None = None) -> Int64:  # noqa: ARG002
        """See :meth:`VoteMatrix.scatter`."""
        return self._added("scatter", [(table, scale)] * len(self.places))

    def covotes(self, *, threads: int | None = None) -> tuple[Int64, Int64]:  # noqa: ARG002
        """See :meth:`VoteMatrix.covotes`."""
        both, mixed = zip(*self.workers.call("covotes", [()] * len(self.places)), strict=True)
        return reduce(np.add, both), reduce(np.add, mixed)

    def gather(self, table: Float64) -> Float64:
        """See :meth:`VoteMatrix.gather`."""
        out = np.empty((len(self.participants), 2))
        found = self.workers.call("gather", [(table,)] * len(self.places))
        for place, part in zip(self.places, found, strict=True):
            out[place] = part
        return out

    def _added(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> Int64:
        total: Int64 = reduce(np.add, self.workers.call(method, arguments))
        return total
