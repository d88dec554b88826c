"""What the fronts read of texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from assises.rooms.texts.models import Version

# The page's own language as content is tagged. Where a text lacks it, the original speaks: a
# neighbouring language would be a second guess at what someone said.
_OWN: Final = {"fr": "fr", "ar": "ar", "zgh": "zgh-Tfng", "en": "en"}


@dataclass(frozen=True, slots=True)
class Said:
    """Words as a page shows them.

    ``translated`` is true where these are not the speaker's own; ``reviewed`` whether someone
    other than their author has read them; ``original`` the language they were first said in.
    """

    words: str
    language: str
    original: str
    translated: bool
    reviewed: bool
    version: int

    @property
    def unread(self) -> bool:
        """A translation that nobody but its author has read."""
        return self.translated and not self.reviewed

    @property
    def tag(self) -> str:
        """BCP 47, for ``lang=``."""
        return self.language

    @property
    def direction(self) -> str:
        """Of the letters, not of the page."""
        return "rtl" if self.language in {"ar", "ary-Arab"} else "ltr"


def said(texts: Iterable[UUID | None], language: str) -> dict[UUID, Said]:
    """The current words of each text for a page in ``language``; the original where it has none."""
    found: defaultdict[UUID, dict[str, Version]] = defaultdict(dict)
    wanted = {uid for uid in texts if uid is not None}
    for version in Version.objects.filter(text_id__in=wanted, current=True).exclude(
        state="withdrawn"
    ):
        found[version.text_id][version.language] = version
    return {uid: _said(versions, language) for uid, versions in found.items()}


def original(texts: Iterable[UUID]) -> dict[UUID, Said]:
    """The words as they were first said."""
    versions = Version.objects.filter(text_id__in=set(texts), current=True, translates=None)
    return {v.text_id: _shown(v, v.language) for v in versions}


def in_every_language(text: UUID) -> dict[str, Said]:
    """All current versions, by language tag, the original first."""
    versions = Version.objects.filter(text_id=text, current=True).order_by("id")
    first = next((v.language for v in versions if v.translates_id is None), "und")
    return {v.language: _shown(v, first) for v in versions}


def is_reviewed(version: Version) -> bool:
    """Whether someone other than its author is known to have read it."""
    return version.state == "reviewed" and version.reviewer not in ("", version.author)


def _said(versions: dict[str, Version], language: str) -> Said:
    first = next((v for v in versions.values() if v.translates_id is None), None)
    original = first or next(iter(versions.values()))
    return _shown(versions.get(_OWN.get(language, language), original), original.language)


def _shown(version: Version, original: str) -> Said:
    return Said(
        version.words if version.shown is None else version.shown,
        version.language,
        original,
        version.translates_id is not None,
        is_reviewed(version),
        version.pk,
    )
