"""A text in the languages of the house, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assises.lib.errors import InputError

NOT_KNOWN: Final = "not known"
"""How a missing date is written: said, not left out."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The same thing said in French, Arabic, English and, where someone could, Tamazight."""

    fr: str
    ar: str
    en: str
    zgh: str | None = None
    """Standard Moroccan Tamazight in Tifinagh; ``None`` where no sound text was found."""
    review: bool = False
    """Whether the Tamazight still waits for a native reader."""

    def best(self, language: str) -> tuple[str, str]:
        """The text for a reader of that language, and the language that it is really in.

        Where Tamazight is missing French stands in, so the page has to set ``lang`` from the
        second value and not from what the reader chose.

        Raises:
            InputError: for a language the house does not speak.
        """
        texts = {"fr": self.fr, "ar": self.ar, "zgh": self.zgh, "en": self.en}
        if language not in texts:
            raise InputError(
                "there is no such language here",
                value=language,
                next_step=f"Use one of {', '.join(texts)}.",
            )
        text = texts[language]
        return (self.fr, "fr") if text is None else (text, language)


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was read."""

    name: str
    """As it is cited in the reference that the data was made from."""
    date: str
    """ISO 8601 day, month or year of publication, or ``not known``."""
