"""A small world to talk about, and an embedder that hears only its words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from assises.lib.progress import SILENT, Progress

MATTERS = {
    "eau": ("eau", "robinet", "puits", "source", "citerne", "الماء", "البئر", "water", "well"),
    "ecole": ("école", "élève", "maître", "classe", "cahier", "المدرسة", "التلميذ", "school"),
    "route": ("route", "pont", "piste", "virage", "goudron", "الطريق", "القنطرة", "road"),
    "sante": ("médecin", "hôpital", "soin", "infirmière", "remède", "الطبيب", "doctor"),
}
BESIDE = (
    "notre village", "la commune", "ici", "chaque hiver", "depuis longtemps", "ma famille",
    "le quartier", "cette année", "au douar", "près du souk", "le matin", "les voisins",
)  # fmt: skip


def _way(word: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:4], "big")
    return np.random.default_rng(seed).normal(size=96)


class Hearing:
    """Near each other is what speaks of one matter."""

    name = "hearing/1"
    dimensions = 96
    reads = frozenset({"fr", "ar", "en", "ary-Arab", "ary-Latn"})

    def encode(
        self, texts: Sequence[str], tags: Sequence[str], progress: Progress = SILENT
    ) -> np.ndarray:
        """See the engine's Embedder."""
        del tags, progress
        rows = np.zeros((len(texts), self.dimensions))
        for at, text in enumerate(texts):
            for matter, words in MATTERS.items():
                rows[at] += 3 * _way(matter) * any(word in text for word in words)
            rows[at] += 0.9 * _way(text) * any(one.isalpha() for one in text)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def sentences(each: int = 40) -> tuple[list[str], list[str]]:
    """Sentences in French, and the matter of each."""
    texts, about = [], []
    for matter, words in MATTERS.items():
        for at in range(each):
            word = words[at % 5]
            where = BESIDE[at % 12]
            texts.append(f"Le {word} manque à {where}, {matter[0]} numéro {at} du {word}.")
            about.append(matter)
    return texts, about
