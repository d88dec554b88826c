"""Some sixty contributions on three matters, of the project's own sentences, read by a stand-in."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assises.flows.themes.content import How, content_of
from assises.flows.themes.keeping import Vectors
from assises.formats import contributions
from assises.formats.bundle import Content
from assises.formats.contributions import Contributions, Translation
from assises.lib.progress import SILENT, Progress

MATTERS = {"école": 24, "eau": 20, "médecin": 12}
"""A word of the French sentences, and how many of them are taken."""
SPOKEN = ("fr", "ar", "fr", "ary_latn", "en", "ar", "fr", "ary_arab")
TAGS = {"ary_latn": "ary-Latn", "ary_arab": "ary-Arab", "zgh_tfng": "zgh-Tfng"}
DIMENSIONS = 64
COPIES = 6
LONG = (
    "Le puits du douar est à sec depuis deux étés et l'eau arrive par camion une fois la semaine. "
    * 4
)
MARKED = "Écrivez-moi à {address} au sujet de l'eau <b>du douar</b>.".format(
    address="someone" + "@" + "example.org"
)
ALONE = ("Remettez un train de nuit vers le sud.", "Les horaires du stade sont trop courts.")
UNREAD = ("", "…", "Bonjour à tous.")
COLUMNS = ("id", "text", "language", "date", "region")


@cache
def rows() -> dict[str, list[dict[str, str]]]:
    """The sentences of each matter."""
    folder = resources.files("assises") / "demo" / "corpus"
    files = sorted(file.name for file in folder.iterdir() if re.fullmatch(r"v\d+\.csv", file.name))
    every = [
        row
        for name in files
        for row in csv.DictReader(io.StringIO((folder / name).read_text("utf-8"), newline=""))
    ]
    return {
        matter: [row for row in every if re.search(rf"\b{matter}\b", row["fr"].lower())][:most]
        for matter, most in MATTERS.items()
    }


class Reader:
    """Vectors by matter: near to others on the same one, far from the rest."""

    name = "stand-in 1"
    dimensions = DIMENSIONS
    reads = frozenset({"fr", "ar", "en", "ary-Arab", "ary-Latn"})

    def encode(
        self, texts: Sequence[str], tags: Sequence[str], progress: Progress = SILENT
    ) -> npt.NDArray[np.float32]:
        """Of what is on none of the matters, zeros, but for what is on another."""
        return np.array([_vector(text) for text in texts], dtype=np.float32)


def _vector(text: str) -> npt.NDArray[np.float64]:
    for matter, ones in rows().items():
        for at, row in enumerate(ones):
            if any(text and text in row[column] for column in {*SPOKEN}) or matter in text:
                part = f"{matter} {at % 2}" if matter == "école" else matter
                found = _random(matter) + 0.7 * _random(part) + 0.35 * _random(text)
                return np.asarray(found / np.linalg.norm(found))
    return _random(text) if text in ALONE else np.zeros(DIMENSIONS)


def _random(of: str) -> npt.NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(of.encode()).digest()[:8], "big")
    found = np.random.default_rng(seed).normal(size=DIMENSIONS)
    return np.asarray(found / np.linalg.norm(found))


def written() -> list[dict[str, str]]:
    """What people are supposed to have written."""
    made = []
    for ones in rows().values():
        for at, row in enumerate(ones):
            column = SPOKEN[at % len(SPOKEN)]
            made.append(
                {
                    "text": row[column],
                    "language": TAGS.get(column, column),
                    "region": "Souss" if at % 3 else "Oriental",
                }
            )
    again = next(row for row in made if row["language"] == "fr")
    made += [{**again, "region": "Souss"} for _ in range(COPIES - 1)]
    made += [
        {"text": row["zgh_tfng"], "language": "zgh-Tfng", "region": ""}
        for row in rows()["école"]
        if row["zgh_tfng"]
    ][:2]
    made += [
        {"text": text, "language": "", "region": ""} for text in (*UNREAD, *ALONE, MARKED, LONG)
    ]
    return [
        {"id": f"c{at:03}", "date": f"2025-07-01T{8 + at // 30:02}:{at % 60:02}:00Z", **row}
        for at, row in enumerate(made)
    ]


def given(folder: Path) -> Contributions:
    """The same as a file that was read, with translations of what is in Arabic."""
    path = folder / "simulation-written.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(written())
    read = contributions.read(path, attributes=["region"])
    english = {row["ar"]: row["en"] for ones in rows().values() for row in ones}
    return replace(
        read,
        translations={
            at: (Translation("en", english[text], machine=at % 2 == 0),)
            for at, text in enumerate(read.texts)
            if text in english
        },
    )


def content(folder: Path, languages: Sequence[str]) -> Content:
    """What a bundle of their themes holds."""
    how = How("L’eau, l’école & le <médecin>", simulation=True)
    return content_of(given(folder), Vectors(Reader(), folder / "kept"), languages, how)
