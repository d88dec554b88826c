"""The kinds of bundles: which tables each has, and which files travel with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assises.formats.bundle.dictionary import TABLES, TableSpec
from assises.formats.bundle.theme_tables import THEME_TABLES


@dataclass(frozen=True, slots=True)
class BundleKind:
    """What a bundle may be of."""

    name: str
    schema: str
    """Stands in the manifest; its last number changes with what a reader must know."""
    tables: Mapping[str, TableSpec]
    """All of them are there, if only with their first line."""
    package: str
    """Holds its ``recount.py`` and its ``results.schema.json``."""


OPINION: Final = BundleKind("opinion", "assises/opinion-bundle/1", TABLES, "assises.formats.bundle")
THEMES: Final = BundleKind(
    "themes", "assises/themes-bundle/1", THEME_TABLES, "assises.formats.bundle.of_themes"
)
KINDS: Final = {kind.schema: kind for kind in (OPINION, THEMES)}
