"""Masking: the public edition of a text in which someone left a number or an address.

The original is kept elsewhere; what is masked is shape, not meaning: a name cannot be found so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

MARK: Final = "▮▮▮"
"""Stands for what is masked, in any language and in either direction."""

# Each begins where no letter of it stands before: a long word without @ is read once, not at
# every letter anew.
EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
INTERNATIONAL_PHONE: Final = re.compile(
    r"(?<![\w+])(?:\+|00)[1-9](?:[ .\u00a0\u202f-]?\d){7,14}(?!\d)"
)
ANYWHERE: Final = (EMAIL, INTERNATIONAL_PHONE)
"""Shapes that are personal data in every country."""

_UNSEEN: Final = {"Cf", "Mn", "Me"}
_TATWEEL: Final = "\u0640"
_DASHES: Final = {"Pd": "-", "Zs": " "}
_FULL_WIDTH: Final = range(0xFF01, 0xFF5F)
_NOT_ALNUM: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind of identifier looks.

    Attributes:
        kind: what it is, in one word (``phone``, ``card``, ``bank`` …).
        pattern: sees what :func:`seen` gives.
        check: whether the letters and digits of a match, in capitals and without what stands
            between them, are such an identifier; None where there are no check digits.
        cue: a second pattern; the identifier counts only where a match of it ends within
            :data:`CUE_REACH` characters before. None: anywhere.
        not_after: where it matches up to the identifier, this is something else.
        sure: False where the shape alone tells little, and a person has to say.
    """

    kind: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    cue: re.Pattern[str] | None = None
    not_after: re.Pattern[str] | None = None
    sure: bool = True

    def spans(self, text: str) -> Iterable[tuple[int, int]]:
        """Where it stands in a text as :func:`seen` gives it, cues apart."""
        for found in self.pattern.finditer(text):
            if self.check is None or self._checks(found.group()):
                yield found.span()

    def _checks(self, found: str) -> bool:
        written = _NOT_ALNUM.sub("", found).upper()
        # Without regard to case, the sign of kelvin is a K to a pattern and no digit to a check.
        return self.check is not None and written.isascii() and self.check(written)


CUE_REACH: Final = 40
"""How far before an identifier the word may end that says what it is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as shapes see it, and the place of each of its characters in the text given."""

    text: str
    at: Sequence[int]

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """The same span in the text that was given."""
        return self.at[begin], self.at[end - 1] + 1


def seen(text: str) -> Seen:
    """``text`` without what the eye does not see, so that nothing hides in an identifier.

    Joiners, marks of direction, marks over letters and tatweel are left out; digits of every script
    are 0 to 9; every space is a space and every dash a hyphen; full-width signs are those of ASCII.
    """
    if text.isascii():
        return Seen(text, range(len(text)))
    letters, at = [], []
    for place, character in enumerate(text):
        shown = character if character.isascii() else _seen_as(character)
        if shown:
            letters.append(shown)
            at.append(place)
    return Seen("".join(letters), at)


def mod_97(digits: str) -> bool:
    """Whether the whole is a multiple of 97, letters as 10 to 35 (ISO/IEC 7064 MOD 97-10)."""
    return int("".join(str(int(one, 36)) for one in digits)) % 97 == 0


def iban(letters: str) -> bool:
    """Whether the check digits of an account number are right (ISO 13616: 1 modulo 97)."""
    turned = letters[4:] + letters[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % 97 == 1


def luhn(digits: str) -> bool:
    """Whether the last digit of a payment card is right (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, one in enumerate(reversed(digits)):
        value = int(one) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mask(text: str, patterns: Iterable[re.Pattern[str] | Shape] = ()) -> str:
    """``text`` with every match of ``patterns`` and of :data:`ANYWHERE` replaced by a mark.

    Args:
        patterns: a country's own shapes. They see the text twice, with what is invisible and
            without it (:func:`seen`), and what is found in either is masked.
    """
    every = (*ANYWHERE, *patterns)
    plain = "".join(_ascii_digit(character) for character in text)
    spans = [span for one in every for span in _spans(one, plain)]
    view = seen(text)
    if view.text != plain:
        spans += [view.span(*span) for one in every for span in _spans(one, view.text)]
    return covered(text, spans)


def covered(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with each span replaced by a mark; spans that overlap by one."""
    kept, end = [], 0
    for start, stop in sorted(spans):
        if start >= end:
            kept += [text[end:start], MARK]
        end = max(end, stop)
    return "".join(kept) + text[end:]


def _spans(one: re.Pattern[str] | Shape, text: str) -> Iterable[tuple[int, int]]:
    if isinstance(one, Shape):
        return one.spans(text)
    return (found.span() for found in one.finditer(text))


@cache
def _seen_as(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in _UNSEEN or character == _TATWEEL:
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if ord(character) in _FULL_WIDTH:
        return chr(ord(character) - 0xFEE0)
    return _DASHES.get(kind, character)


def _ascii_digit(character: str) -> str:
    """One character for one, so that what is found here stands at the same place there."""
    if character.isascii() or not character.isdecimal():
        return character
    return str(unicodedata.decimal(character))
