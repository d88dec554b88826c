"""Put words down, inside the act of whichever room they belong to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Max

from assises.lib.errors import Invalid
from assises.lib.ids import uuid7
from assises.rooms.texts.models import TAGS, Text, Version

_LINE_ENDS: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Letters and marks that show nothing: fillers of Hangul, and variants in which bytes can be hidden.
_UNSEEN: Final = {
    chr(c) for c in (0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0, *range(0xE0100, 0xE01F0))
}
# No script stacks more marks on a letter; what is higher is drawn over the lines of others.
_STACKED: Final = 4
# Of the controls and format signs, which are left out, these are kept: both joiners are spelling,
# in Persian and in emoji, and the signs of Arabic that stand around numbers and verses are seen.
_SPELLING: Final = frozenset("\n\t\u200c\u200d\u06dd\u0890\u0891\u08e2") | {
    chr(c) for c in range(0x0600, 0x0606)
}


@dataclass(frozen=True, slots=True)
class Words:
    """Words in one language, and who found them.

    Nobody has read them yet but their author: a second person says so by ``texts.review``.
    ``shown`` is their masked edition, where they hold personal data.
    """

    language: str
    words: str
    author: str
    shown: str | None = None


def clean(words: str, *, longest: int, field: str = "text", required: bool = True) -> str:
    """Words as they are kept: NFC, one kind of line end, nothing that hides or turns text around.

    Args:
        longest: the most code points accepted.

    Raises:
        Invalid: empty where something is required, too long, or not text at all.
    """
    try:
        words.encode("utf-8")
    except UnicodeEncodeError:
        raise _invalid("these are not letters that can be kept", field) from None
    kept = "".join(c for c in _LINE_ENDS.sub("\n", words) if _is_kept(c))
    # Last: a letter and its accent meet where something between them was left out.
    text = _unstacked(unicodedata.normalize("NFC", kept)).strip()
    if required and not any(c.isalnum() for c in text):
        raise _invalid("there is nothing to read in it", field)
    if len(text) > longest:
        raise _invalid(f"it is longer than {longest} characters ({len(text)})", field)
    return text


def _unstacked(text: str) -> str:
    """At most four marks upon a letter."""
    kept, marks = [], 0
    for c in text:
        marks = marks + 1 if unicodedata.combining(c) else 0
        if marks <= _STACKED:
            kept.append(c)
    return "".join(kept)


def write(originals: Words, translations: Iterable[Words] = (), *, at: datetime) -> UUID:
    """A new text with its original and its translations; returns its id."""
    return write_many([(originals, list(translations))], at=at)[0]


def write_many(
    texts: Iterable[tuple[Words, Iterable[Words]]], *, at: datetime, ids: Iterable[UUID] = ()
) -> list[UUID]:
    """Many new texts in two statements; ``ids`` for builders that must give the same ones twice."""
    listed = [(original, list(translations)) for original, translations in texts]
    given = list(ids) or [uuid7(at) for _ in listed]
    Text.objects.bulk_create(
        [Text(id=uid, original=o.language) for uid, (o, _) in zip(given, listed, strict=True)]
    )
    originals = Version.objects.bulk_create(
        [_version(uid, o, at) for uid, (o, _) in zip(given, listed, strict=True)]
    )
    Version.objects.bulk_create(
        [
            _version(version.text_id, words, at, translates=version)
            for version, (_, translations) in zip(originals, listed, strict=True)
            for words in translations
        ]
    )
    return given


def revise(text: UUID, words: Words, *, at: datetime) -> Version:
    """A new current version in a language; what it replaces stays, to be quoted and compared.

    Call it in the transaction of an act: of two who revise the same text, the second waits.
    """
    _lock(text)
    same = Version.objects.filter(text_id=text, language=words.language)
    number = (same.aggregate(most=Max("number"))["most"] or 0) + 1
    same.filter(current=True).update(current=False)
    original = (
        Version.objects.filter(text_id=text, current=True, translates=None)
        .exclude(language=words.language)
        .first()
    )
    version = _version(text, words, at, translates=original)
    version.number = number
    version.save(force_insert=True)
    return version


def write_in(
    languages: Mapping[str, str], *, author: str, at: datetime, longest: int, field: str
) -> UUID:
    """A text in several languages side by side: the first that says something is the original.

    Raises:
        Invalid: if no language says anything.
    """
    said = [
        Words(_tag(code), clean(words, longest=longest, field=f"{field}_{code}"), author)
        for code, words in languages.items()
        if words.strip()
    ]
    if not said:
        raise _invalid("say it in one language at least", f"{field}_{next(iter(languages), 'fr')}")
    if len({words.language for words in said}) != len(said):
        raise _invalid("it is said twice in one language", field)
    return write(said[0], said[1:], at=at)


def rewrite_in(
    text: UUID,
    languages: Mapping[str, str],
    *,
    author: str,
    at: datetime,
    longest: int,
    field: str,
) -> list[str]:
    """New versions where the words differ from the current ones; the tags that changed."""
    _lock(text)
    current = dict(
        Version.objects.filter(text_id=text, current=True).values_list("language", "words")
    )
    changed = []
    for code, words in languages.items():
        tag = _tag(code)
        cleaned = clean(words, longest=longest, field=f"{field}_{code}", required=False)
        if cleaned and cleaned != current.get(tag):
            revise(text, Words(tag, cleaned, author), at=at)
            changed.append(tag)
    return changed


def erase(texts: Iterable[UUID]) -> None:
    """Empty these texts in every version and language: their author took them back."""
    Version.objects.filter(text_id__in=list(texts)).update(words="", shown="", state="withdrawn")


def _version(
    text: UUID, words: Words, at: datetime, *, translates: Version | None = None
) -> Version:
    return Version(
        text_id=text,
        language=words.language,
        number=1,
        words=words.words,
        shown=words.shown,
        author=words.author,
        translates=translates,
        written_at=at,
    )


def _lock(text: UUID) -> None:
    Text.objects.select_for_update(no_key=True).filter(id=text).first()


def _tag(code: str) -> str:
    """A page's language as a tag of content: its Tamazight is written in Tifinagh."""
    tag = "zgh-Tfng" if code == "zgh" else code
    if tag not in TAGS:
        raise _invalid(f"there is no language {code!r} here", "language")
    return tag


def _is_kept(character: str) -> bool:
    if character in _SPELLING:
        return True
    return character not in _UNSEEN and unicodedata.category(character) not in {"Cc", "Cf", "Cn"}


def _invalid(problem: str, field: str) -> Invalid:
    return Invalid(problem, next_step="Correct it and send it again.", fields={field: problem})
