"""Which statement a voice is asked next: drawn, with a probability that is known and kept.

A draw is a pure function of a key of the house, the consultation, who is asked, how many statements
they have answered, and the estimate that was in force when they gave the last answer: whoever loads
the page again is asked the same. Looking writes nothing, so the form carries the offer, signed; the
act of voting keeps it with the cast.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.conf import settings

from assises.engines.opinion import VoteMatrix, factors
from assises.engines.opinion.matrix import Float64, Int64
from assises.engines.opinion.routing import RoutingEstimate, chances, locate, next_statements
from assises.lib.canonical import published as rounded
from assises.lib.clock import now
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.queries import accepted_numbers
from assises.rooms.insights.models import Estimate
from assises.rooms.votes.acts.cast import Offer
from assises.rooms.votes.queries import CurrentVotes, answered

_AXES: Final = 2
"""As `bench/routing.py` measures; a bent to agree is one more."""
_LEAST_BENT: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Asking:
    """Where a voice is: what it may still be asked, and the statement drawn for it.

    ``number`` and ``offer`` are None where it has answered everything.
    """

    total: int
    left: int
    number: int | None
    offer: Offer | None


def next_for(consultation: UUID, voice: UUID | None, holder: str) -> Asking:
    """What is put before a voice next.

    Args:
        consultation: where.
        voice: None for someone who has not spoken yet.
        holder: names who is asked, to the house alone: the voice, or what their browser keeps.
    """
    votes, since = ({}, None) if voice is None else answered(consultation, voice)
    on = in_force(consultation, since)
    table = estimate_over(consultation, on, accepted_numbers(consultation), votes)
    seen = np.searchsorted(table.numbers, sorted(votes))
    accepts = table.known.accepted
    total, left = int(accepts.sum()), int(accepts.sum() - accepts[seen].sum())
    if not left:
        return Asking(total, 0, None, None)
    drawn = next_statements(
        table.known,
        seen,
        1,
        key=_mac("draw", str(consultation), holder),
        step=len(votes),
        at=locate(table.known, seen, [votes[number] for number in sorted(votes)]),
    )
    offer = Offer(len(votes), float(drawn.probabilities[0]), on)
    return Asking(total, left, int(table.numbers[drawn.statements[0]]), offer)


def odds(
    consultation: UUID, on: int | None, accepted: Iterable[int], votes: Mapping[int, int]
) -> dict[int, float]:
    """The chance of each statement at a draw, recomputed from the log alone.

    Args:
        consultation: where.
        on: the number of the estimate that the cast names.
        accepted: numbers of the statements that could be answered then.
        votes: what the voice had answered by then, by number.
    """
    table = estimate_over(consultation, on, accepted, votes)
    seen = np.searchsorted(table.numbers, sorted(votes))
    at = locate(table.known, seen, [votes[number] for number in sorted(votes)])
    found = chances(table.known, seen, at=at)
    return {int(number): float(p) for number, p in zip(table.numbers, found, strict=True) if p > 0}


def signed(consultation: UUID, holder: str, number: int, offer: Offer) -> str:
    """The offer as a form carries it: nobody without the key of the house can change it."""
    parts = _parts(offer)
    mac = _mac("offer", str(consultation), holder, str(number), *parts)
    return ".".join((*parts, mac.hex()))


def offer_in(consultation: UUID, holders: Iterable[str], number: int, text: str) -> Offer | None:
    """The offer that a form carries; None where it is not the house's for this statement and these.

    Args:
        consultation: where.
        holders: whom it may have been made for: the voice, or what their browser keeps.
        number: the statement that is answered.
        text: as :func:`signed` made it.
    """
    if not text.isascii():
        return None
    *parts, mac = text[:200].split(".")
    for holder in holders:
        right = _mac("offer", str(consultation), holder, str(number), *parts).hex()
        if hmac.compare_digest(right.encode(), mac.encode()):
            step, chance, on = parts
            return Offer(int(step), float.fromhex(chance.replace("_", ".")), int(on) or None)
    return None


def keep_estimate(
    place: Consultation, bundle: str, votes: CurrentVotes, out: Iterable[int]
) -> None:
    """From now on draws rest on these votes, those of the results that are published.

    Once for each bundle: the same votes say the same.

    Args:
        place: a consultation.
        bundle: the id of the results.
        votes: theirs.
        out: numbers of the statements that moderation refused, which tell nothing of people here.
    """
    newest = _newest(place.id)
    if newest is not None and newest.bundle == bundle:
        return
    matrix = VoteMatrix.from_arrays(votes.voice, votes.number, votes.vote)
    known = set(matrix.statements.tolist())
    model = factors.fit(matrix, dimensions=_AXES, left_out=[n for n in out if n in known])
    counts = _counts(matrix)
    rows = {
        str(number): [
            *counts[at].tolist(),
            rounded(float(model.statement_intercept[at])),
            *(rounded(float(value)) for value in model.loading[at]),
        ]
        for at, number in enumerate(matrix.statements.tolist())
    }
    bent = max(rounded(float(model.intercept_variance)), _LEAST_BENT)
    _put(place, bundle, {"bent": bent, "statements": rows})


def forget_estimate(place: Consultation) -> None:
    """From now on nothing is known: too few votes are left to compute anything."""
    newest = _newest(place.id)
    if newest is not None and newest.bundle:
        _put(place, "", {"bent": 0.0, "statements": {}})


def in_force(consultation: UUID, since: datetime | None = None) -> int | None:
    """The number of the newest estimate, or of the newest at that time; None before the first."""
    rows = Estimate.objects.filter(consultation=consultation)
    if since is not None:
        rows = rows.filter(made_at__lte=since)
    return rows.order_by("-made_at", "-id").values_list("id", flat=True).first()


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of the statements of one draw; ``numbers`` name its rows, ascending."""

    numbers: Int64
    known: RoutingEstimate


def estimate_over(
    consultation: UUID, on: int | None, accepted: Iterable[int], votes: Iterable[int]
) -> Table:
    """The estimate for the statements that may be answered, and those that were.

    Of a statement that came after it nothing is known: it takes part in the lottery in which all
    are alike and in the one of what is least known, where it has the most.
    """
    open_to = np.fromiter(accepted, dtype=np.int64)
    numbers = np.union1d(open_to, np.fromiter(votes, dtype=np.int64))
    kept = _kept(consultation, on)
    counts = np.zeros((len(numbers), 3), dtype=np.int64)
    intercept = np.zeros(len(numbers))
    loadings = np.zeros((len(numbers), kept.loadings.shape[1]))
    here = np.flatnonzero(np.isin(numbers, kept.numbers, assume_unique=True))
    there = np.searchsorted(kept.numbers, numbers[here])
    counts[here] = kept.counts[there]
    intercept[here], loadings[here] = kept.intercept[there], kept.loadings[there]
    accepts = np.zeros(len(numbers), dtype=np.bool_)
    accepts[np.searchsorted(numbers, open_to)] = True
    return Table(numbers, RoutingEstimate(counts, accepts, intercept, loadings, kept.spread))


@dataclass(frozen=True, slots=True)
class _Kept:
    """An estimate as it was kept, in arrays; rows in ascending order of the numbers."""

    numbers: Int64
    counts: Int64
    intercept: Float64
    loadings: Float64
    spread: Float64


@lru_cache(maxsize=32)
def _kept(consultation: UUID, on: int | None) -> _Kept:
    # An estimate never changes, so that what was read once need not be read again.
    known: dict[str, Any] = {"bent": 0.0, "statements": {}}
    if on is not None:
        known = Estimate.objects.get(id=on, consultation=consultation).known
    rows, bent = known["statements"], known["bent"]
    numbers = np.array(sorted(map(int, rows)), dtype=np.int64)
    if not len(numbers):
        none = RoutingEstimate.cold(np.zeros((0, 3), dtype=np.int64))
        return _Kept(numbers, none.counts, none.intercept, none.loadings, none.spread)
    table = np.array([rows[str(number)] for number in numbers.tolist()], dtype=np.float64)
    model = RoutingEstimate.of_factors(
        table[:, :3].astype(np.int64), table[:, 3], table[:, 4:], bent
    )
    return _Kept(numbers, model.counts, model.intercept, model.loadings, model.spread)


def _counts(matrix: VoteMatrix) -> Int64:
    """Agreements, disagreements, passes, shape (S, 3)."""
    size = len(matrix.statements)
    columns = [np.bincount(matrix.columns[matrix.values == v], minlength=size) for v in (1, -1, 0)]
    return np.stack(columns, axis=1).astype(np.int64)


def _newest(consultation: UUID) -> Estimate | None:
    rows = Estimate.objects.filter(consultation=consultation)
    return rows.order_by("-made_at", "-id").first()


def _put(place: Consultation, bundle: str, known: dict[str, Any]) -> None:
    # The moment of writing and not of reading the votes: who answers in between keeps the estimate
    # that their page was made with.
    Estimate.objects.create(consultation=place, made_at=now(), bundle=bundle, known=known)


def _parts(offer: Offer) -> tuple[str, str, str]:
    # The chance to the last bit; dots part the fields.
    return str(offer.step), float(offer.chance).hex().replace(".", "_"), str(offer.on or 0)


def _mac(what: str, *parts: str) -> bytes:
    # Each part carries its length: no two lists of parts give the same message.
    message = b"routing" + b"".join(
        f"{len(part.encode())}:".encode() + part.encode() for part in (what, *parts)
    )
    key = bytes.fromhex(settings.SECRETS.voice_key)
    return hmac.new(key, message, hashlib.sha256).digest()
