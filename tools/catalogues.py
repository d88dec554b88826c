"""Bring the message catalogues up to date with the sentences in the code.

    python tools/catalogues.py

Every sentence that a page says gets an entry in each catalogue (empty until someone translates
it: a test refuses empty ones) and entries that nothing says any more are dropped.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

SOURCE: Final = Path(__file__).resolve().parent.parent / "src" / "assises"
LOOK: Final = SOURCE / "look"
SPEAKING: Final = (
    "look",
    "web",
    "fronts/portal",
    "fronts/office",
    "rooms/notices",
    "rooms/contributions",
)
LANGUAGES: Final = ("fr", "ar", "zgh")
_HEADER: Final = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_KEYWORDS: Final[dict[str, Any]] = {"_": None, "say": None, "count": (1, 2)}


def sentences() -> Iterator[tuple[str | tuple[str, str], str]]:
    """Every message of the code with the file it stands in."""
    for path in sorted(p for folder in SPEAKING for p in (SOURCE / folder).rglob("*")):
        method = {".py": "python", ".j2": "jinja2.ext:babel_extract"}.get(path.suffix)
        if method is None:
            continue
        found = extract_from_file(method, path, keywords=_KEYWORDS)
        for _, message, _, _ in found:
            where = path.relative_to(SOURCE).as_posix()
            yield (tuple(message[:2]) if isinstance(message, tuple) else message), where  # type: ignore[misc]


def template() -> Catalog:
    """A catalogue with every message and no translation."""
    catalogue = Catalog(fuzzy=False)
    for message, where in sentences():
        if message not in ("", ("", "")):
            catalogue.add(message, locations=[(where, 0)])
    return catalogue


def main() -> None:
    """Update the three catalogues in place."""
    current = template()
    for language in LANGUAGES:
        path = LOOK / "messages" / f"{language}.po"
        catalogue = read_po(io.BytesIO(path.read_bytes()), locale=language)
        catalogue.update(current, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        out = io.BytesIO()
        header = _HEADER.format(language=language, plural=catalogue.plural_forms)
        out.write((_remarks(path) + header).encode())
        write_po(
            out, catalogue, width=98, sort_by_file=True, include_lineno=False, omit_header=True
        )
        path.write_bytes(out.getvalue())
        missing = sum(1 for m in catalogue if m.id and not m.string)
        print(f"{language}: {len(catalogue)} messages, {missing} untranslated")


def _remarks(path: Path) -> str:
    """The comments at the top of a catalogue: who reviews it, its glossary."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    return "".join(itertools.takewhile(lambda line: line.startswith("#"), lines))


if __name__ == "__main__":
    main()
