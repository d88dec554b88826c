"""What the command ``themes`` says to files that nobody would send on purpose; what it costs.

    ./run bench theme_bad

Each is a run of its own; *says* is the first line of the error, or what was found. The vectors'
folder is shared, so that only the first run teaches the embedder (it is not shown). Ends with 1 if
a run ends with another status than it should: 0 where there is something to read, 3 where a person
has to do something first, never 70, which is a defect.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import theme_runs

FRENCH = "Il faut un médecin de garde à Azilal, surtout l'hiver quand la route est coupée."
ARABIC = "نريد طبيبا مداوما في أزيلال، خاصة في الشتاء حين تنقطع الطريق."
MANY = 1_000_000


def _rows(texts: Iterator[str] | Sequence[str], prefix: str = "b") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with open(path, "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(("id", "text"))
            out.writerows((f"{prefix}{at}", text) for at, text in enumerate(texts))

    return write


def _bytes(data: bytes) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(data), None)[1]


def _long() -> str:
    sentences = [" ".join(one) for one in theme_runs.corpus()["fr"]["1"]]
    return (" ".join(sentences) + " ") * 10


def _sentences(count: int) -> list[str]:
    return [" ".join(one) for one in theme_runs.corpus()["fr"]["2"]][:count]


def cases() -> dict[str, tuple[Callable[[Path], None], int]]:
    """What is in the file, and the status that the run should end with."""
    override = [f"\u202e{text[:20]}\u202d{text[20:]}\u202c" for text in _sentences(40)]
    arabic = f"id;text\r\n1;{ARABIC}\r\n2;{ARABIC[:30]}\r\n".encode("windows-1256")
    return {
        "an empty file": (_bytes(b""), 3),
        "a head and no rows": (_bytes(b"id,text\n"), 3),
        "100 empty texts": (_rows([""] * 100), 0),
        "one text": (_rows([FRENCH]), 0),
        "one text of 50,000 characters": (_rows([_long()[:50_000]]), 0),
        "50,000 letters without a space": (_rows(["a" * 50_000]), 0),
        "a text of 50,000 characters among 100": (_rows([*_sentences(99), _long()[:50_000]]), 0),
        "100 of emoji only": (_rows(["👍🏽🇲🇦👩‍👩‍👧" * (1 + at % 7) for at in range(100)]), 0),
        "40 with right-to-left override": (_rows(override), 0),
        "a million identical rows": (_rows(FRENCH for _ in range(MANY)), 0),
        "windows-1256 without --encoding": (_bytes(arabic), 3),
        "UTF-16 without --encoding": (_bytes(f'id,text\n1,"{FRENCH}"\n'.encode("utf-16")), 0),
        "ids in Arabic letters": (_rows(_sentences(40), "رقم"), 0),
        "bytes of no text": (_bytes(bytes(range(256)) * 40), 3),
    }


def _says(done: theme_runs.Run) -> str:
    lines = [line for line in done.told if line.startswith("error")] or done.told
    if done.status == 0:
        lines = [line for line in done.said if " fit nowhere" in line]
    said = " ".join(lines[:1]).replace("|", "\\|")
    return said if len(said) < 260 else f"{said[:257]}..."


def main() -> int:
    """Print the table; 1 if a run ends as it should not."""
    print("| file | status | says | CPU s | wall s | peak MB |\n|---|---:|---|---:|---:|---:|")
    good = True
    with tempfile.TemporaryDirectory(prefix="assises-bench-") as name:
        folder = Path(name)
        kept = folder / "kept"
        _rows([FRENCH])(folder / "first.csv")
        theme_runs.run([folder / "first.csv", "--out", folder / "first", "--keep", kept])
        for at, (what, (write, status)) in enumerate(cases().items()):
            file = folder / f"bad-{at}.csv"
            write(file)
            done = theme_runs.run([file, "--out", folder / f"{at}.bundle", "--keep", kept])
            file.unlink()
            good &= done.status == status
            print(
                f"| {what} | {done.status} | {_says(done).replace(str(folder) + '/', '')} "
                f"| {done.cpu:.1f} | {done.wall:.1f} | {done.peak:,.0f} |",
                flush=True,
            )
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
