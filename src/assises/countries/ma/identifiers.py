"""Shapes of Moroccan identifiers, to be masked in what is published: wide on purpose.

They are shapes and not rules: a sum of money that looks like a card number is masked too, which
costs less than a card number that is not. :data:`PERSONAL` is what is masked before anyone reads;
:data:`SHAPES` says more of each kind, for a person who looks at what was found.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final

from assises.lib.masking import EMAIL, INTERNATIONAL_PHONE, Shape, iban, luhn, mod_97

_GAP: Final = "[ .\u00a0\u202f-]?"

PHONE: Final = re.compile(
    rf"(?<![\d+])(?:(?:\+|00)?212{_GAP}(?:\(0\){_GAP})?|0)[5-8](?:{_GAP}\d){{8}}(?!\d)"
)
"""Ten digits from 05 to 08, or the same behind 212."""

CARD: Final = re.compile(r"(?<![^\W_])(?!dh|MAD)[A-Z]{1,2}\d{5,6}(?![^\W_])", re.IGNORECASE)
"""A national identity card: one or two letters and five or six digits; not dirhams."""

RIB: Final = re.compile(r"(?<![\w+])\d{3}(?:[ .-]?\d){21}(?!\d)")
"""A bank account: bank (3 digits), town (3), account (16), key (2); the whole a multiple of 97, as
in the example that the IBAN registry gives for Morocco, MA64 0115 1900 0001 2050 0053 4921."""

_LENGTHS: Final = {
    "MA": 28, "FR": 27, "ES": 24, "IT": 27, "BE": 16, "NL": 18, "DE": 22, "GB": 22, "CH": 21,
    "PT": 25, "LU": 20, "MC": 27, "AT": 20, "IE": 22, "SE": 24, "NO": 15, "DK": 18, "FI": 18,
    "TN": 24, "MR": 27, "EG": 29, "SA": 24, "AE": 23, "QA": 29, "KW": 30, "TR": 26,
}  # fmt: skip
"""Letters and digits of an account number, in Morocco and where Moroccans live (IBAN registry)."""
_BY_LENGTH: Final = "|".join(
    rf"{code}\d{{2}}(?:[ .-]?[A-Z0-9]){{{size - 4}}}" for code, size in _LENGTHS.items()
)
IBAN: Final = re.compile(
    rf"(?<![^\W_])(?:{_BY_LENGTH}|[A-Z]{{2}}\d{{2}}[A-Z0-9]{{11,30}})(?![^\W_])", re.IGNORECASE
)
"""An account number of any country (ISO 13616), of the others only without spaces."""

CARD_NUMBER: Final = re.compile(r"(?<![\d+])[2-6]\d{3}(?:[ .-]?\d){9,15}(?!\d)")
"""A payment card: 13 to 19 digits; the first is that of banks, travel and merchandising (ISO/IEC
7812-1)."""

BUSINESS: Final = re.compile(r"(?<![\w+])\d{3}(?:[ .-]?\d){12}(?!\d)")
"""ICE, of companies and of people who work for themselves: company (9 digits), place (4), key (2);
a multiple of 97."""


CHECKED: Final = (
    Shape("bank", RIB, mod_97),
    Shape("bank", IBAN, iban),
    Shape("card_number", CARD_NUMBER, luhn),
    Shape("business", BUSINESS, mod_97),
)
"""With check digits: a number that only looks so is left alone."""

PERSONAL: Final = (PHONE, CARD, *CHECKED)

# What follows is for `themes.personal.find`, which says what it found and how surely.

_DATE: Final = r"(?!\d\d[./-]\d\d[./-](?:19|20)\d\d)"
_WIDE: Final = r"[ .()-]{0,2}"
_PHONE_WIDE: Final = re.compile(
    rf"(?<![\w+./-]){_DATE}(?:(?:\+|00)?212{_WIDE}(?:0{_WIDE})?|0{_WIDE})[5-8]"
    rf"(?:(?:{_WIDE}\d){{8}}|\d?(?:/\d\d){{4}})(?!\d)"
)
_CARD_CUE: Final = re.compile(
    r"(?<![^\W_])(?:cine?|cnie|carte|card|la ?carte?|lakarte?|identity|identite|بطاق\w*|"
    r"بلاكارط|لاكارط\w*)(?![^\W_])",
    re.IGNORECASE,
)
_CARD_GAP: Final = re.compile(r"(?<![^\W_])[A-Z]{1,2}[ .-]?\d{5,6}(?![^\W_])", re.IGNORECASE)
_NO_CARD: Final = re.compile(
    r"(?:articles?|mod[eè]les?|model|r[eé]f(?:[eé]rence)?|factures?|invoice|s[eé]rie|serial|lot|"
    r"vol|flight|tender|appel d.offres|norme|version|code|march[eé]|dossier|colis|plaque|"
    r"immatriculation|puits|ticket|"
    r"فاتورة|الفاتورة|مرجع|المرجع|سلسلة|طراز|ملف|الملف|قانون|مادة|المادة)"
    r"\W{0,3}(?:n[°o]|num[eé]ro|number|رقم|عدد)?\W{0,3}$",
    re.IGNORECASE,
)
_PASSPORT_CUE: Final = re.compile(
    r"pass?eports?|passports?|paspor|جواز|باسبور|الباسبور", re.IGNORECASE
)
_PASSPORT: Final = re.compile(r"(?<![^\W_])[A-Z]{1,2}[ .-]?\d{6,8}(?![^\W_])", re.IGNORECASE)
_SOCIAL_CUE: Final = re.compile(
    r"cnss|s[eé]curit[eé] sociale|social security|الضمان الاجتماعي|سينيسيس|صندوق الضمان",
    re.IGNORECASE,
)
_SOCIAL: Final = re.compile(r"(?<![\w+./-])\d(?:[ .-]?\d){7,9}(?![\d%])")

SHAPES: Final = (
    *CHECKED,
    Shape("email", EMAIL),
    Shape("phone", _PHONE_WIDE),
    Shape("phone", INTERNATIONAL_PHONE),
    Shape("passport", _PASSPORT, cue=_PASSPORT_CUE),
    Shape("social", _SOCIAL, cue=_SOCIAL_CUE),
    Shape("card", _CARD_GAP, cue=_CARD_CUE, not_after=_NO_CARD),
    Shape("card", CARD, not_after=_NO_CARD, sure=False),
)
"""Every kind. Numbers of passports and of the social security fund have no check digits that we
could confirm: they count only behind a word that says what they are."""


@cache
def first_names() -> frozenset[str]:
    """First names common in Morocco, in Latin and Arabic letters, in some of their spellings.

    Written for the project; a name that is missing is only found behind a stronger cue.
    """
    text = resources.files("assises.countries.ma").joinpath("first_names.txt").read_text("utf-8")
    return frozenset(text.split())
