"""The languages of the house: words, plural forms, numbers and dates.

The words are gettext catalogues whose message ids are the English sentences. Babel knows how each
place writes numbers and dates (in Morocco, Arabic uses 0-9 and يوليوز for July); what it lacks
for Tamazight stands in that catalogue's header and is marked for review there.
"""

from __future__ import annotations

import gettext
import io
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Final

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from assises.lib.errors import InputError

LANGUAGES: Final = ("fr", "ar", "zgh", "en")
NAMES: Final = {"fr": "Français", "ar": "العربية", "zgh": "ⵜⴰⵎⴰⵣⵉⵖⵜ", "en": "English"}
_LOCALES: Final = {"fr": "fr_MA", "ar": "ar_MA", "zgh": "zgh", "en": "en_GB"}
_LEFT_TO_RIGHT: Final = "\u200e"
_TAGS: Final = {"fr": "fr", "ar": "ar", "zgh": "zgh-Tfng", "en": "en"}


@dataclass(frozen=True)
class Speech:
    """One language, ready to speak."""

    language: str
    locale: Locale
    catalogue: gettext.NullTranslations

    @property
    def tag(self) -> str:
        """BCP 47 tag for ``lang=``."""
        return _TAGS[self.language]

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``. Tifinagh is written from left to right."""
        return "rtl" if self.language == "ar" else "ltr"

    def say(self, message: str, **values: object) -> str:
        """The sentence in this language, ``{names}`` filled in."""
        return self.catalogue.gettext(message).format(**values)

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """The sentence in the plural form that ``number`` asks for; ``{n}`` is the number."""
        words = self.catalogue.ngettext(one, many, number)
        return words.format(n=self.number(number), **values)

    def number(self, value: float, digits: int | None = None) -> str:
        """A number as it is written here; ``digits`` decimals if given."""
        pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
        text = str(format_decimal(value, format=pattern, locale=self.locale))
        # Among Arabic letters a minus sign would drift to the wrong end of its number.
        return f"{_LEFT_TO_RIGHT}{text}" if value < 0 and self.direction == "rtl" else text

    def percent(self, share: float) -> str:
        """A fraction as whole percent."""
        # Nearly all is not all, and nearly none is not none.
        whole = min(max(share, 0.01), 0.99) if 0 < share < 1 else share
        text = str(format_percent(whole, locale=self.locale))
        return text.replace("\u00a0%", "\u202f%")

    def day(self, value: date) -> str:
        """A date in words: 18 juin 2014, 1er juillet 2025."""
        return self._first(str(format_date(value, format="long", locale=self.locale)))

    def moment(self, value: datetime, unit: str) -> str:
        """The label of a bin of time: an hour, a day, a week by its first day, a month, a year."""
        if unit == "year":
            return str(value.year)
        if unit == "month":
            return str(format_skeleton("yMMM", value, locale=self.locale))
        day = self._first(str(format_date(value, format="medium", locale=self.locale)))
        return f"{day} {value:%H}:00" if unit == "hour" else day

    def _first(self, day: str) -> str:
        # CLDR writes "1 juillet"; no French reader does.
        return f"1er {day[2:]}" if self.language == "fr" and day.startswith("1 ") else day


@cache
def speech(language: str) -> Speech:
    """The language of that code.

    Raises:
        InputError: for a language the house does not speak.
    """
    if language not in LANGUAGES:
        raise InputError(
            "there is no such language here",
            value=language,
            next_step=f"Use one of {', '.join(LANGUAGES)}.",
        )
    return Speech(language, Locale.parse(_LOCALES[language]), _catalogue(language))


def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    source = resources.files("assises.look.messages").joinpath(f"{language}.po")
    catalogue = read_po(io.BytesIO(source.read_bytes()), locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
