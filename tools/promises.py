"""Write docs/promises.md from the promises that the site shows.

python tools/promises.py
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "promises.md"
_HEAD: Final = """\
# The promises

What the Assises promise, and what in this software keeps it. The page `/en/promises` of any
installation says the same in four languages. `python tools/promises.py` writes this page from
[the list](../src/assises/fronts/portal/promises.py); `tests/whole/test_promises.py` walks every
link of it.

| promise | state | screen | object | tests |
|---|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assises.site.settings")
    from assises.fronts.portal.promises import promises
    from assises.look.speech import speech

    rows = []
    for one in promises(speech("en")):
        screen = f"`/en/{one.screen}`" if one.state != "not yet" else "not yet"
        objects = ", ".join(f"[{name}](../src/{name})" for name in one.objects) or "not yet"
        tests = ", ".join(f"[{Path(name).stem}](../{name})" for name in one.tests) or "not yet"
        cells = (f"**{one.title}.** {one.words}", one.state, screen, objects, tests)
        rows.append(f"| {' | '.join(cells)} |")
    return _HEAD + "\n".join(rows) + "\n"


def main() -> None:
    """Write it."""
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
