"""The themes engine: topics beside the peers, languages, stability, bytes, bad input, scale.

    ./run bench themes               # some 40 minutes; the peers are installed the first time
    ./run bench themes --short       # without the ten samples, and without scale: ten minutes
    ./run bench themes --million     # a million contributions too: an hour more

It runs ``theme_sib`` (our themes against people's topics, beside BERTopic and a pipeline in the
manner of kouchou-ai), ``theme_languages``, ``theme_stability`` (who keeps their theme when one in
twenty is new), ``theme_bytes`` (the same bundle on one core and two, from shuffled rows),
``theme_bad`` (files that nobody would send on purpose) and ``theme_scale`` (100,000 contributions
from a file to a report, stopped and gone on with). Each can be run by its own name, and says what
it measures at its head. ``vectors``, ``families``, ``moderation`` and ``drafts`` are apart.
"""

from __future__ import annotations

import sys

import theme_bad
import theme_bytes
import theme_languages
import theme_scale
import theme_sib
import theme_stability


def main(arguments: list[str]) -> int:
    """Print all tables; 1 if a goal of one was missed."""
    short = "--short" in arguments
    parts = {
        "Topics, beside the peers": lambda: theme_sib.main(["--short"] if short else []),
        "Languages": theme_languages.main,
        "Who keeps their theme": theme_stability.main,
        "The same bundle": lambda: theme_bytes.main([]),
        "Bad input": theme_bad.main,
    }
    if not short:
        given = [one for one in arguments if one == "--million"]
        parts["Scale"] = lambda: theme_scale.main(given)
    ended = 0
    for title, part in parts.items():
        print(f"\n## {title}\n", flush=True)
        ended |= part()
    return ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
