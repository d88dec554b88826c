"""Personal data in a text: what was found, where, how surely, and by what.

Numbers and addresses of the network are found by their shapes, which the caller brings
(``countries``); names and street addresses by the words before them (:mod:`.cues`). A name is
never more than a proposal: a person says whether it is one. What has check digits is sure when they
are right and is not found when they are not.

What is found here is shown to a person who decides. What is masked before anyone has looked is
masked by ``lib.masking.mask``, which is wider and does not ask what a number is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from assises.engines.themes.characters import composed
from assises.engines.themes.moderation.cues import addresses, folded_names, names
from assises.lib.masking import CUE_REACH, Seen, Shape, covered, seen

__all__ = ["KINDS", "Finding", "find", "folded_names", "masked"]

KINDS: Final = (
    "bank", "card_number", "business", "email", "phone", "passport", "social", "card",
    "address", "name",
)  # fmt: skip
"""What can be found; where two overlap and are as sure, the earlier kind stays."""
DIGITS, CUE, SHAPE = "digits", "cue", "shape"
"""Why something was found: its check digits are right; a word before it says what it is (given
after a colon); it only looks so."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that may be personal data."""

    kind: str
    """One of :data:`KINDS`."""
    begin: int
    end: int
    """In code points of the text in form C."""
    sure: bool
    """False: a person has to say, always so for names and street addresses."""
    why: str
    """``digits``, ``shape``, or ``cue:`` and the word as it was written."""


def find(
    text: str, patterns: Iterable[Shape], known: frozenset[str] = frozenset()
) -> list[Finding]:
    """What may be personal data, in the order of the text; no two overlap.

    Args:
        text: any; offsets are those of its form C.
        patterns: shapes of identifiers, of a country (``countries.ma.identifiers.SHAPES``).
        known: first names, by :func:`folded_names`. Without them only words that a cue makes likely
            to be a name are found.
    """
    view = seen(composed(text))
    found: list[Finding] = []
    if "@" in view.text or any(one.isdigit() for one in view.text):
        for shape in patterns:
            found += _shaped(shape, view)
        found += [
            Finding("address", *view.span(begin, end), False, SHAPE)
            for begin, end in addresses(view.text)
        ]
    for begin, end, cue in names(view.text, known):
        found.append(Finding("name", *view.span(begin, end), False, f"{CUE}:{cue}"))
    return _apart(found)


def masked(text: str, findings: Iterable[Finding]) -> str:
    """The text in form C with each of ``findings`` replaced by a mark.

    Give it those that are sure and those that a person confirmed.
    """
    return covered(composed(text), ((one.begin, one.end) for one in findings))


def _shaped(shape: Shape, view: Seen) -> list[Finding]:
    found = []
    for begin, end in shape.spans(view.text):
        before = view.text[max(0, begin - CUE_REACH) : begin]
        why = _why(shape, before)
        if why is not None:
            found.append(Finding(shape.kind, *view.span(begin, end), shape.sure, why))
    return found


def _why(shape: Shape, before: str) -> str | None:
    """Why this counts; None if it does not."""
    if shape.not_after is not None and shape.not_after.search(before):
        return None
    if shape.cue is None:
        return SHAPE if shape.check is None else DIGITS
    cues = [cue.group() for cue in shape.cue.finditer(before)]
    return f"{CUE}:{cues[-1]}" if cues else None


def _apart(found: list[Finding]) -> list[Finding]:
    """Of those that overlap the sure one, then the one with check digits, then the longest."""
    kept: list[Finding] = []
    for one in sorted(found, key=_rank):
        if all(one.end <= other.begin or other.end <= one.begin for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.begin)


def _rank(one: Finding) -> tuple[bool, bool, int, int, int]:
    return not one.sure, one.why != DIGITS, one.begin - one.end, KINDS.index(one.kind), one.begin
