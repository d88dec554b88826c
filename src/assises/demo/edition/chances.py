"""Chance that repeats: every draw of the simulated edition comes from here.

Only ``random.Random.random`` is drawn from: Python guarantees its sequence between versions.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")


def stream(seed: str, name: str) -> random.Random:
    """A sequence of its own for each part, so that a change in one leaves the others alone."""
    return random.Random(f"{name}:{seed}")


def named_uuid(seed: str, name: str) -> UUID:
    """A random-looking id (version 4) that is always the same for the same seed and name."""
    return UUID(bytes=hashlib.sha256(f"{seed}:{name}".encode()).digest()[:16], version=4)


def normal(chance: random.Random) -> float:
    """A standard normal draw (Box and Muller); ``random.gauss`` may change between versions."""
    return math.sqrt(-2 * math.log(1 - chance.random())) * math.cos(2 * math.pi * chance.random())


def among(chance: random.Random, weighted: Sequence[tuple[T, float]]) -> T:
    """One of the items, each as likely as its weight; weights of any sum."""
    sums = list(accumulate(weight for _, weight in weighted))
    draw = chance.random() * sums[-1]
    return next(item for (item, _), most in zip(weighted, sums, strict=True) if draw < most)


def shuffled(chance: random.Random, items: Sequence[T]) -> list[T]:
    """The items in an order of chance."""
    keyed = sorted((chance.random(), at) for at in range(len(items)))
    return [items[at] for _, at in keyed]
