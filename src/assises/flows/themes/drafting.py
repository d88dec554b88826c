"""What a language model of the house drafts about themes, as far as code lets it stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from assises.engines.themes.drafting.draft_material import Contribution, Figure, Material, Quote
from assises.engines.themes.drafting.drafts import Draft, Status
from assises.engines.themes.result import Theme, ThemeMap
from assises.flows.themes.local import Local
from assises.flows.themes.model import Asked, draft_themes
from assises.lib.masking import Shape
from assises.lib.progress import SILENT, Progress

THEMES: Final = 30
"""Themes at the top that are drafted, the largest."""
GIVEN: Final = 120
"""Contributions of a theme that a model is given, the surest of it first."""
TOLD: Final = 10
"""Contributions below which a count by language is not given away."""


@dataclass(frozen=True, slots=True)
class Writer:
    """A language model that may draft."""

    server: Local
    name: str
    language: str
    """Of the drafts."""


def drafted(
    found: ThemeMap,
    public: Sequence[str],
    writer: Writer,
    patterns: Sequence[re.Pattern[str] | Shape],
    progress: Progress = SILENT,
) -> list[Asked]:
    """A draft of each of the largest themes at the top.

    Args:
        found: themes.
        public: texts as they may be published.
        writer: the model.
        patterns: a country's shapes of personal data.
    """
    tops = np.append([found.path(at)[0] for at in range(len(found.themes))], -1)[found.theme]
    themes = sorted(
        ((one, at) for at, one in enumerate(found.themes) if not one.parent),
        key=lambda pair: (-pair[0].n, pair[0].id),
    )[:THEMES]
    materials = [_material(found, public, one, np.flatnonzero(tops == at)) for one, at in themes]
    return draft_themes(
        materials,
        writer.server,
        writer.name,
        language=writer.language,
        patterns=patterns,
        progress=progress,
    )


def _material(
    found: ThemeMap, public: Sequence[str], theme: Theme, members: np.ndarray
) -> Material:
    surest = sorted(members.tolist(), key=lambda at: (-float(found.sure[at]), found.ids[at]))
    spoken = Counter(found.languages.tags[at] for at in members.tolist())
    return Material(
        theme.id,
        tuple(
            Contribution(found.ids[at], public[at], found.languages.tags[at])
            for at in surest[:GIVEN]
        ),
        (
            Figure("n", theme.n, len(found.ids)),
            *(
                Figure(f"language:{tag}", n, theme.n)
                for tag, n in sorted(spoken.items())
                if n >= TOLD
            ),
        ),
        names={one.tag: tuple(term.text for term in one.terms) for one in theme.names},
        central=tuple(Quote(found.ids[at], public[at]) for at in theme.quotes),
    )


def told(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """What the results say of the drafts: the clauses that stand, and why the others do not."""
    return [
        {
            "theme": one.theme,
            "mark": one.draft.mark,
            "language": one.draft.language,
            "refused": one.draft.refused,
            "clauses": _clauses(one.draft),
            "needs_a_reader": sum(c.status is Status.HELD for c in one.draft.clauses),
            "dropped": _dropped(one.draft),
        }
        for one in asked
    ]


def _clauses(draft: Draft) -> list[dict[str, Any]]:
    return [
        {
            "text": one.proposed.text,
            "kind": one.proposed.kind,
            "sources": sorted({source.id for source in one.sources}),
        }
        for one in draft.kept
    ]


def _dropped(draft: Draft) -> Mapping[str, int]:
    """How many clauses were dropped for each reason; a clause may have several."""
    reasons = Counter(
        finding.reason.value
        for one in draft.clauses
        if one.status is Status.DROPPED
        for finding in one.findings
        if finding.sure
    )
    return dict(sorted(reasons.items()))
