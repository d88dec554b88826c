"""Languages as files declare them, in our tags."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["tag_of"]

_NAMES: Final = {
    "fr": ("fr", "fra", "fre", "french", "français", "francais", "الفرنسية"),
    "en": ("en", "eng", "english", "anglais", "الإنجليزية", "الانجليزية"),
    "ar": ("ar", "ara", "arb", "arabic", "arabe", "العربية"),
    "ary": ("ary", "darija", "الدارجة", "moroccan arabic", "arabe marocain", "arabe dialectal"),
    "ary-latn": ("arabizi",),
    "zgh": (
        "zgh", "ber", "tzm", "shi", "rif", "tamazight", "amazigh", "amazighe", "berber",
        "الأمازيغية", "الامازيغية", "ⵜⴰⵎⴰⵣⵉⵖⵜ",
    ),
}  # fmt: skip
_LANGUAGE: Final = {name: tag for tag, names in _NAMES.items() for name in names}
_SCRIPTED: Final = {
    "ary": {"arab": "ary-Arab", "latn": "ary-Latn"},
    "zgh": {"latn": "zgh-Latn", "tfng": "zgh-Tfng"},
}
_LETTERS: Final = {
    "arab": re.compile("[\u0620-\u064a\u066e-\u06d3]"),
    "latn": re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    "tfng": re.compile("[\u2d30-\u2d67]"),
}
_LOOKED_AT: Final = 1000
"""Characters of a text whose letters decide on its script."""


def tag_of(declared: str, text: str) -> str | None:
    """The tag of a declared language, or None where it is none of ours.

    Darija and Tamazight are written in two scripts; where the declaration does not say which, most
    letters of the text do.

    Args:
        declared: a code (ISO 639, a tag of BCP 47, a locale) or a name of the language.
        text: what is in it.
    """
    name = declared.strip().casefold().replace("_", "-")
    first, *rest = (_LANGUAGE.get(name) or name).split("-")
    language = _LANGUAGE.get(first)
    if language == "ary-latn":
        language, rest = "ary", ["latn"]
    scripts = _SCRIPTED.get(language or "")
    if scripts is None:
        return language
    said = next((part for part in rest if part in _LETTERS), None)
    return scripts.get(said or _script_of(text))


def _script_of(text: str) -> str:
    """The script of most letters; empty where there is none."""
    seen = text[:_LOOKED_AT]
    counts = {script: len(letters.findall(seen)) for script, letters in _LETTERS.items()}
    most = max(counts, key=lambda script: counts[script])
    return most if counts[most] else ""
