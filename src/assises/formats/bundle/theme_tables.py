"""Every table and column of a bundle of themes, and what it means.

What was declared beside a text (region, college, channel) is in no table by contribution, as who
declared what is in no bundle of opinion: it is only counted, by theme, and nothing is told of few.
"""

from __future__ import annotations

from typing import Final

from assises.formats.bundle.dictionary import Column, TableSpec

CLASSIFIED: Final = "classified"
UNCLASSIFIED: Final = "unclassified"
UNDECIDABLE: Final = "undecidable"
STATUSES: Final = (CLASSIFIED, UNCLASSIFIED, UNDECIDABLE)

LABELLED: Final = {
    tag: f"label_{tag.replace('-', '_').lower()}"
    for tag in ("fr", "ar", "en", "ary-Arab", "ary-Latn", "zgh-Tfng", "zgh-Latn")
}
"""The column of a theme's name in each language."""
LANGUAGE: Final = "language"
"""The attribute that every contribution shows: its counts hide nothing."""

_CONTRIBUTION: Final = Column(
    "contribution_id", "text", "Id of the contribution in the source, or made of its line."
)
_SURE: Final = Column("sure", "number", "How surely it is in that theme.", "fraction")
_COUNTED: Final = "contributions"

CONTRIBUTIONS: Final = TableSpec(
    "contributions",
    "one contribution of the source",
    "computed",
    ("contribution_id",),
    (
        _CONTRIBUTION,
        Column("language", "text", "Its language and script (fr, ar, ary-Latn, …); und for none."),
        Column("declared", "flag", "Whether the language was declared with it, not identified."),
        Column("mixed", "flag", "Whether it is of several languages."),
        Column(
            "status",
            "text",
            "classified: in a theme; unclassified: fits nowhere; undecidable: could not be read.",
        ),
        Column("theme_id", "text", "The deepest theme that it is in; empty unless classified."),
        Column("theme_path", "text", "The ids from the top down to that theme, joined by /."),
        _SURE,
        Column("family_id", "text", "Those that say the same in nearly the same letters, if any."),
        Column("ideas", "integer", "Ideas that it was cut into.", "ideas"),
        Column("text", "text", "As it may be published: masked.", optional=True),
    ),
)

THEMES: Final = TableSpec(
    "themes",
    "one theme",
    "computed",
    ("theme_id",),
    (
        Column("theme_id", "text", "Id of the theme; stays with its members when more arrive."),
        Column("parent_id", "text", "The theme that it is part of; empty at the top."),
        Column("level", "integer", "1 at the top, one more for each theme above it."),
        *(
            Column(name, "text", f"Its name in {tag}: words that people used.", optional=True)
            for tag, name in LABELLED.items()
        ),
        Column("named_by", "text", "words: found by the program; person: given by a person."),
        Column("locked", "flag", "Whether a person fixed it: the program leaves it as it is."),
        Column("n", "integer", "Contributions in it and in its parts.", _COUNTED),
        Column("ideas", "integer", "Ideas in it and in its parts.", "ideas"),
        Column(
            "stability",
            "number",
            "Share of its members that stay together when it is computed again otherwise.",
            "fraction",
            optional=True,
        ),
    ),
)

THEME_QUOTES: Final = TableSpec(
    "theme_quotes",
    "one contribution that is quoted for a theme",
    "computed",
    ("theme_id", "language", "place"),
    (
        Column("theme_id", "text", "The theme that it speaks for."),
        Column("language", "text", "The language that it is quoted for, and in."),
        Column("place", "integer", "1 for the first that is shown."),
        _CONTRIBUTION,
    ),
)

IDEAS: Final = TableSpec(
    "ideas",
    "one idea of a contribution",
    "computed",
    ("contribution_id", "begin"),
    (
        _CONTRIBUTION,
        Column(
            "begin",
            "integer",
            "Where it begins, in the text in form C before masking.",
            "code points",
        ),
        Column("end", "integer", "Where it ends, the first place behind it.", "code points"),
        Column("theme_id", "text", "The deepest theme that it is in; empty for none."),
        _SURE,
    ),
)

FAMILIES: Final = TableSpec(
    "families",
    "contributions that say the same in the same or nearly the same letters",
    "computed",
    ("family_id",),
    (
        Column("family_id", "text", "Id of the family."),
        Column("n", "integer", "Contributions in it.", _COUNTED),
        Column("exact", "integer", "Of these the same letters as the one shown.", _COUNTED),
        Column("shown", "text", "Id of the contribution that stands for it."),
        Column("first", "integer", "When the first came.", "milliseconds since 1970", True),
        Column("last", "integer", "When the last came.", "milliseconds since 1970", True),
        Column("densest", "number", "Share of them within the fullest hour.", "fraction", True),
    ),
)

PROPOSED_LINKS: Final = TableSpec(
    "proposed_links",
    "two contributions that may say the same, for a person to judge",
    "computed",
    ("contribution_id", "other_id"),
    (
        _CONTRIBUTION,
        Column("other_id", "text", "Id of the other one, which comes later in order of ids."),
        Column("kind", "text", "paraphrase: in one language; translation: in two."),
        Column("similarity", "number", "Cosine of their vectors, languages centred out."),
    ),
)

THEME_COUNTS: Final = TableSpec(
    "theme_counts",
    "contributions in a theme of which one thing was declared",
    "computed",
    ("theme_id", "attribute", "value"),
    (
        Column("theme_id", "text", "The theme, its parts included; empty for all contributions."),
        Column("attribute", "text", "What was declared, such as region; or language."),
        Column("value", "text", "What it was; empty for not declared."),
        Column(
            "n",
            "integer",
            "How many; empty where that would tell of fewer than ten. Languages hide nothing.",
            _COUNTED,
        ),
    ),
)

THEME_TABLES: Final = {
    spec.name: spec
    for spec in (
        CONTRIBUTIONS,
        THEMES,
        THEME_QUOTES,
        IDEAS,
        FAMILIES,
        PROPOSED_LINKS,
        THEME_COUNTS,
    )
}
