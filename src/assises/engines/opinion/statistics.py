"""What groups agree on and what sets them apart, by the formulas of the Polis server.

Counts carry a prior of one agreement and one disagreement, so that few votes say little. All
functions take arrays of counts and broadcast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from assises.engines.opinion.intervals import wilson_interval
from assises.engines.opinion.matrix import Float64, Int64

SIGNIFICANT: Final = 1.2816
"""The 90 % quantile of the normal distribution, one-sided; the server's threshold."""
LIST_LENGTH: Final = 5
META_PRIORITY: Final = 49.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Each group held against everyone else in the conversation. All arrays have shape (G, S)."""

    pa: Float64
    """Share of agreement, (na + 1) / (ns + 2); ns counts passes."""
    pd: Float64
    """Share of disagreement, likewise."""
    pat: Float64
    """z of the share of agreement against one half."""
    pdt: Float64
    """z of the share of disagreement against one half."""
    ra: Float64
    """How many times likelier the group agrees than the others."""
    rd: Float64
    """How many times likelier the group disagrees than the others."""
    rat: Float64
    """z of the two shares of agreement being equal."""
    rdt: Float64
    """z of the two shares of disagreement being equal."""

    @property
    def agree_side(self) -> np.ndarray:
        """Where the agreement is what sets the group apart, rather than the disagreement."""
        side: np.ndarray = self.rat > self.rdt
        return side

    @property
    def significant(self) -> np.ndarray:
        """Where both tests of one side pass."""
        found: np.ndarray = ((self.rat > SIGNIFICANT) & (self.pat > SIGNIFICANT)) | (
            (self.rdt > SIGNIFICANT) & (self.pdt > SIGNIFICANT)
        )
        return found

    @property
    def weight(self) -> Float64:
        """What ranks: r * r-test * p * p-test of the side that sets the group apart."""
        return np.where(
            self.agree_side,
            self.ra * self.rat * self.pa * self.pat,
            self.rd * self.rdt * self.pd * self.pdt,
        )


def share(successes: Int64 | Float64, trials: Int64 | Float64) -> Float64:
    """(successes + 1) / (trials + 2): Laplace's rule of succession."""
    return np.asarray((successes + 1.0) / (trials + 2.0))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 % :func:`~assises.engines.opinion.intervals.wilson_interval` of one share."""
    low, high = wilson_interval(successes, trials)
    return float(low), float(high)


def z_against_half(successes: Int64, trials: Int64) -> Float64:
    """One-proportion z with one more of each: 2 sqrt(n + 1) ((s + 1) / (n + 1) - 1/2)."""
    return np.asarray(2.0 * np.sqrt(trials + 1.0) * ((successes + 1.0) / (trials + 1.0) - 0.5))


def z_of_two(in_s: Int64, in_n: Int64, out_s: Int64, out_n: Int64) -> Float64:
    """Two-proportion z with pooled variance and one added to all four counts; 0 if degenerate."""
    s1, n1, s2, n2 = in_s + 1.0, in_n + 1.0, out_s + 1.0, out_n + 1.0
    pooled = (s1 + s2) / (n1 + n2)
    variance = pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)
    safe = np.where(variance > 0, variance, 1.0)
    return np.where(variance > 0, (s1 / n1 - s2 / n2) / np.sqrt(safe), 0.0)


def compare(counts: Int64) -> Comparison:
    """Each group against the rest.

    Args:
        counts: agreements, disagreements, passes by group and statement, shape (G, S, 3).
    """
    na, nd, ns = counts[..., 0], counts[..., 1], counts.sum(axis=-1)
    oa, od, on = na.sum(axis=0) - na, nd.sum(axis=0) - nd, ns.sum(axis=0) - ns
    pa, pd = share(na, ns), share(nd, ns)
    return Comparison(
        pa=pa,
        pd=pd,
        pat=z_against_half(na, ns),
        pdt=z_against_half(nd, ns),
        ra=pa / share(oa, on),
        rd=pd / share(od, on),
        rat=z_of_two(na, ns, oa, on),
        rdt=z_of_two(nd, ns, od, on),
    )


def representative(comparison: Comparison, counts: Int64, group: int, eligible: Int64) -> list[int]:
    """Statement indices that stand for a group: up to five, agreements before disagreements.

    The agreement that best speaks for the group comes first even if it fails the tests; then those
    that pass by weight. If none passes, the best agreement, else the one with the largest test.

    Args:
        comparison: of all groups.
        counts: agreements, disagreements, passes, shape (G, S, 3).
        group: which one.
        eligible: statement indices that may be listed, ascending.
    """
    side, weight = comparison.agree_side[group], comparison.weight[group]
    passes = comparison.significant[group]
    best_agree = _best_agreement(comparison, counts, group, eligible)
    sufficient: list[int] = eligible[passes[eligible]].tolist()
    if not sufficient:
        if best_agree is not None:
            return [best_agree]
        strongest = np.maximum(comparison.rat[group], comparison.rdt[group])[eligible]
        return [int(eligible[int(strongest.argmax())])] if len(eligible) else []
    ranked = sorted((s for s in sufficient if s != best_agree), key=lambda s: -float(weight[s]))
    head = [] if best_agree is None else [best_agree]
    chosen = (head + ranked)[:LIST_LENGTH]
    return [s for s in chosen if side[s]] + [s for s in chosen if not side[s]]


def _best_agreement(
    comparison: Comparison, counts: Int64, group: int, eligible: Int64
) -> int | None:
    # Lists: one number at a time costs less from them than from arrays.
    pa, pat = comparison.pa[group].tolist(), comparison.pat[group].tolist()
    ra, rat = comparison.ra[group].tolist(), comparison.rat[group].tolist()
    best: int | None = None
    for s in eligible[counts[group, eligible, :2].any(axis=1)].tolist():
        if best is None:
            better = pat[s] > SIGNIFICANT or (ra[s] > 1.0 and pa[s] > 0.5)
        elif ra[best] > 1.0:
            better = ra[s] * rat[s] * pa[s] * pat[s] > ra[best] * rat[best] * pa[best] * pat[best]
        else:
            better = pa[s] * pat[s] > pa[best] * pat[best]
        if better:
            best = s
    return best


def consensus(counts: Int64, eligible: Int64) -> tuple[list[int], list[int]]:
    """Statements on which most of all voters agree, and disagree: up to five each, best first.

    A statement qualifies when its smoothed share passes one half and the test says so too.

    Args:
        counts: over all voters, shape (S, 3).
        eligible: statement indices that may be listed, ascending.
    """
    n = counts.sum(axis=-1)
    lists = []
    for successes in (counts[:, 0], counts[:, 1]):
        p, z = share(successes, n), z_against_half(successes, n)
        passes = (p > 0.5) & (z > SIGNIFICANT)
        found: list[int] = eligible[passes[eligible]].tolist()
        lists.append(sorted(found, key=lambda s: -float(p[s] * z[s]))[:LIST_LENGTH])
    return lists[0], lists[1]


def group_informed_consensus(counts: Int64) -> Float64:
    """Product over the groups of the smoothed share of agreement, shape (S,).

    High only where every group agrees, however small it is.

    Args:
        counts: shape (G, S, 3).
    """
    return np.asarray(share(counts[..., 0], counts.sum(axis=-1)).prod(axis=0))


def divisiveness(counts: Int64) -> Float64:
    """Widest gap between the smoothed shares of agreement of two groups, shape (S,); 0 for one.

    Args:
        counts: shape (G, S, 3).
    """
    p = share(counts[..., 0], counts.sum(axis=-1))
    return np.asarray(p.max(axis=0) - p.min(axis=0))


def priority(counts: Int64, extremity: Float64, meta: Int64) -> Float64:
    """How much the server wants the next voter to see each statement, shape (S,).

    Args:
        counts: over the members of the groups, shape (S, 3).
        extremity: norm of the statement's position, shape (S,).
        meta: indices of statements about the conversation itself.
    """
    agrees, passes, seen = counts[:, 0], counts[:, 2], counts.sum(axis=-1)
    importance = (1.0 - share(passes, seen)) * (extremity + 1.0) * share(agrees, seen)
    weight = (importance * (1.0 + 8.0 * 2.0 ** (-seen / 5.0))) ** 2
    weight[meta] = META_PRIORITY
    return np.asarray(weight)
