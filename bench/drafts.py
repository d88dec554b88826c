"""How many lies of a language model stay, and how many honest clauses go.

    ./run bench drafts

Four sets of clauses over fictional contributions (``tests/engines/themes/lies``). The first was
written before the code, and the code until it was right on it. The second and the third were
written after it and looked at, and rules were made of what they showed: their first looks, which
``docs/engines/themes.md`` gives, are the honest figures of the rules as they then stood. The fourth
was written last. All by one hand, which knew the rules: whoever writes lies without knowing them
will find others.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.engines.themes.drafted import judged, materials, read

from assises.engines.themes.drafting.drafts import Status

SETS = (("", "material"), ("2", "material2"), ("3", "material"), ("4", "material2"))


def main() -> None:
    """Print a table of each set."""
    for name, over in SETS:
        themes = materials(over)
        lies = Counter(
            (row["expect"], judged(row, themes).status) for row in read(f"lies{name}")["clauses"]
        )
        honest = Counter(judged(row, themes).status for row in read(f"honest{name}")["clauses"])
        print(f"set {name or 1}")
        _line("honest", {status: honest[status] for status in Status})
        _line("lies", {one: sum(n for (_, s), n in lies.items() if s is one) for one in Status})
        for kind in sorted({kind for kind, _ in lies}):
            _line(f"  {kind}", {status: lies[kind, status] for status in Status})


def _line(name: str, counts: dict[Status, int]) -> None:
    total = sum(counts.values())
    told = ", ".join(f"{counts[status]} {status.value}" for status in Status)
    print(f"{name:<22} {total:>4}: {told}")


if __name__ == "__main__":
    main()
