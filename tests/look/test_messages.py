"""Nothing is left unsaid in any language."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from assises.look.speech import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "src" / "assises" / "look" / "messages"
TRANSLATED = [language for language in LANGUAGES if language != "en"]
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@pytest.fixture(scope="module")
def said() -> Catalog:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import catalogues
    finally:
        sys.path.pop(0)
    return catalogues.template()


def catalogue(language: str) -> Catalog:
    data = (MESSAGES / f"{language}.po").read_bytes()
    return read_po(io.BytesIO(data), locale=language)


def strings(message: Any) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_of_the_code_is_translated_and_nothing_else(
    language: str, said: Catalog
) -> None:
    there = {m.id for m in catalogue(language) if m.id}
    assert there == {m.id for m in said if m.id}
    assert not [m.id for m in catalogue(language) if m.id and not all(strings(m))]


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_what_is_filled_in(language: str) -> None:
    for message in catalogue(language):
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = {name for one in ids for name in PLACEHOLDER.findall(one)}
        for text in strings(message):
            found = set(PLACEHOLDER.findall(text))
            assert found <= wanted, (message.id, text)
            # "one person", "two people" may say their number in a word.
            assert wanted - found <= ({"n"} if len(ids) > 1 else set()), (message.id, text)


def test_arabic_has_its_six_plural_forms() -> None:
    forms = {len(strings(m)) for m in catalogue("ar") if m.id and not isinstance(m.id, str)}
    assert forms == {6}


# What is typed or sent as it stands, in any language.
AS_IT_STANDS = re.compile(
    r"Authorization: Voice CODE|Content-Type: application/json|Content-Length|X-CSRFToken"
    r"|/api/v1/|recount\.py|ISO 3166|OpenAPI|API|JSON|UTF-8|SHA-256|KiB|Allow|Retry-After"
    r"|Linux|macOS|Python|“holds”"
)


def test_tamazight_is_written_in_tifinagh() -> None:
    latin = re.compile(r"[a-z]{3,}")
    allowed = {"assises", "polis", "wilson", "csv", "rand", "silhouette"}
    for message in catalogue("zgh"):
        if not message.id:
            continue
        for text in strings(message):
            words = latin.findall(AS_IT_STANDS.sub("", PLACEHOLDER.sub("", text)).casefold())
            assert not [word for word in words if word not in allowed], text


def test_french_keeps_its_typography() -> None:
    wrong = re.compile(r"[^\u202f\u00a0][;!?%]|[^\u202f\u00a0]:(?=\s|$)|'")
    for message in catalogue("fr"):
        if message.id:
            texts = [AS_IT_STANDS.sub("", text) for text in strings(message)]
            assert not [text for text in texts if wrong.search(text)], message.id
