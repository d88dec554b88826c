"""Themes from vectors: exact, of planted clouds, and the same each time."""

from __future__ import annotations

import hashlib
import itertools
import subprocess
import sys

import numpy as np
import pytest

from assises.engines.themes.discovery import discover, steps
from assises.engines.themes.discovery.cutting import cut
from assises.engines.themes.discovery.graph import Graph, linked
from assises.engines.themes.discovery.parting import parted
from assises.engines.themes.discovery.placing import placed
from assises.engines.themes.discovery.steps import LENGTH, neighbours
from assises.engines.themes.discovery.ward import tree


def planted(count: int, each: int, seed: int = 1) -> np.ndarray:
    """Of each point, the number of its cloud."""
    return np.asarray(np.random.default_rng(seed).permutation(np.repeat(np.arange(count), each)))


def clouds(count: int, each: int, spread: float = 0.6, d: int = 32) -> np.ndarray:
    """Points around ``count`` centres, in no order."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(count, d))
    points = centres[planted(count, each)] + spread * random.normal(size=(count * each, d))
    return np.asarray(points, dtype=np.float32)


def test_similarities_are_the_same_whole_numbers_in_any_order_of_the_components() -> None:
    vectors = clouds(3, 50, d=512)
    order = np.random.default_rng(2).permutation(512)
    one = steps(vectors)
    assert np.array_equal(one, np.rint(one))
    assert (one.astype(np.int64) @ one.T.astype(np.int64)).max() < 1 << 24
    one = one.astype(np.float32)
    products = one @ one.T
    assert np.array_equal(products, one.astype(np.int64) @ one.T.astype(np.int64))
    assert np.array_equal(products, np.ascontiguousarray(one[:, order]) @ one[:, order].T)


def test_steps_lose_less_than_a_thousandth_of_a_cosine() -> None:
    vectors = clouds(3, 50, d=512).astype(np.float64)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    rounded = steps(vectors).astype(np.float64) / LENGTH
    assert np.abs(rounded @ rounded.T - unit @ unit.T).max() < 1e-3


def test_neighbours_are_those_of_a_full_sort_with_equals_by_place() -> None:
    whole = steps(np.random.default_rng(3).integers(-1, 2, size=(300, 4)).astype(np.float32))
    places, near = neighbours(whole, whole, 7, same=True)
    for i, row in enumerate(whole.astype(np.float32) @ whole.T.astype(np.float32)):
        order = [j for j in np.argsort(-row, kind="stable") if j != i][:7]
        assert places[i].tolist() == order
        assert np.array_equal(near[i] * np.float32(LENGTH * LENGTH), row[order])


def test_each_text_spreads_as_much_over_its_neighbours_as_the_others() -> None:
    whole = steps(clouds(2, 40))
    graph = linked(*neighbours(whole, whole, 60, same=True))
    full = np.zeros((80, 80))
    full[np.repeat(np.arange(80), np.diff(graph.begins)), graph.ends] = graph.weights
    assert np.array_equal(full, full.T)
    assert full.diagonal().max() == 0.0
    # At least what each reaches by itself, log2 of the scale, over the five scales.
    least = np.mean([np.log2(scale) for scale in (10, 20, 30, 45, 60)])
    assert (full.sum(axis=1) >= least - 1e-6).all()
    assert np.allclose(graph.degrees, full.sum(axis=1))


def ward_by_hand(points: np.ndarray) -> set[frozenset[int]]:
    parts = {frozenset([i]) for i in range(len(points))}
    seen = set()

    def spread(part: frozenset[int]) -> float:
        mine = points[sorted(part)]
        return float(((mine - mine.mean(axis=0)) ** 2).sum())

    while len(parts) > 1:
        one, other = min(
            itertools.combinations(sorted(parts, key=sorted), 2),
            key=lambda pair: spread(pair[0] | pair[1]) - spread(pair[0]) - spread(pair[1]),
        )
        parts -= {one, other}
        parts.add(one | other)
        seen.add(one | other)
    return seen


@pytest.mark.parametrize("seed", range(5))
def test_wards_tree_joins_what_adds_least_to_the_spread(seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(24, 3))
    members: list[frozenset[int]] = [frozenset([i]) for i in range(24)]
    for one, other in tree(points):
        members.append(members[one] | members[other])
    assert set(members[24:]) == ward_by_hand(points)


def modularity(full: np.ndarray, parts: np.ndarray) -> float:
    degrees, total = full.sum(axis=1), full.sum()
    same = parts[:, None] == parts[None, :]
    return float(((full - np.outer(degrees, degrees) / total) * same).sum() / total)


def every_cut(node: int, joins: np.ndarray) -> list[list[int]]:
    """Every way to cut a tree, each a list of nodes."""
    n = len(joins) + 1
    if node < n:
        return [[node]]
    sides = [every_cut(int(side), joins) for side in joins[node - n]]
    return [[node], *(one + other for one in sides[0] for other in sides[1])]


@pytest.mark.parametrize("seed", range(5))
def test_the_cut_has_the_most_modularity_of_all_cuts_of_the_tree(seed: int) -> None:
    random = np.random.default_rng(seed)
    points = random.normal(size=(9, 2))
    full = np.triu(random.random((9, 9)) * (random.random((9, 9)) < 0.6), 1)
    full[0, 1:] += 0.01
    full += full.T
    begins = np.concatenate([[0], np.cumsum((full > 0).sum(axis=1))])
    graph = Graph(begins, np.nonzero(full)[1].astype(np.int32), full[full > 0])
    joins = tree(points)
    members: list[list[int]] = [[i] for i in range(9)]
    for one, other in joins:
        members.append(members[one] + members[other])
    best = -1.0
    for nodes in every_cut(16, joins):
        parts = np.empty(9, dtype=int)
        for k, node in enumerate(nodes):
            parts[members[node]] = k
        best = max(best, modularity(full, parts))
    assert modularity(full, cut(graph, joins, 1)) == pytest.approx(best, abs=1e-12)


def test_planted_clouds_are_found_and_counted() -> None:
    for count in (2, 5, 9):
        parts = parted(steps(clouds(count, 80, spread=0.5)), 20)
        truth = planted(count, 80)
        assert {(a, b) for a, b in zip(parts, truth, strict=True)} == {
            (int(parts[truth == k][0]), k) for k in range(count)
        }


def test_what_took_no_part_is_placed_by_its_neighbours() -> None:
    vectors, truth = steps(clouds(4, 100, spread=0.5)), planted(4, 100)
    found = placed(vectors[200:], vectors[:200], truth[:200].astype(np.int32))
    assert (found.part == truth[200:]).all()
    assert found.sure.min() > 0.5


def test_a_text_like_no_other_is_unclassified_and_seen() -> None:
    vectors = np.concatenate([clouds(3, 100, spread=0.4), -clouds(3, 100).sum(axis=0)[None]])
    odd = np.zeros_like(vectors[:1])
    odd[0, np.argmin(np.abs(vectors).sum(axis=0))] = 1.0
    found = discover(steps(np.concatenate([vectors[:300], odd])))
    assert found.theme[300] == -1
    assert (found.theme[:300] >= 0).mean() > 0.98


def test_themes_lie_within_themes_and_parents_come_first() -> None:
    random = np.random.default_rng(5)
    centres = np.repeat(random.normal(size=(4, 48)), 5, axis=0) * 2.0
    centres = centres + random.normal(size=centres.shape)
    vectors = np.repeat(centres, 60, axis=0) + 0.3 * random.normal(size=(1200, 48))
    found = discover(steps(vectors), fewest=20)
    assert (found.level == 0).sum() >= 4
    assert (found.level == 1).any()
    for theme, above in enumerate(found.parent):
        assert above < theme
        assert found.level[theme] == (0 if above < 0 else found.level[above] + 1)
    # No theme crosses a planted cloud of either level.
    for theme in np.unique(found.theme[found.theme >= 0]):
        clouds_of = np.unique(np.flatnonzero(found.theme == theme) // 60)
        assert len(np.unique(clouds_of // 5)) == 1


@pytest.mark.parametrize("n", [0, 1, 2, 5, 11])
def test_few_texts_are_one_theme(n: int) -> None:
    found = discover(steps(clouds(1, 12)[:n]))
    assert found.theme.tolist() == [0] * n
    assert len(found.parent) == min(n, 1)


def test_texts_that_say_the_same_are_one_theme() -> None:
    found = discover(steps(np.ones((400, 16))))
    assert found.theme.min() >= 0
    assert len(found.theme) == 400


def test_a_vector_of_nothing_breaks_nothing() -> None:
    vectors = clouds(3, 60)
    vectors[7] = 0.0
    assert discover(steps(vectors)).theme.shape == (180,)


SAME = """
import hashlib, sys
import numpy as np
from tests.engines.themes.discovery.test_discovery import clouds
from assises.engines.themes.discovery import discover, steps
found = discover(steps(clouds(6, 150, spread=0.9, d=128)))
print(hashlib.sha256(found.theme.tobytes() + found.sure.tobytes()).hexdigest())
"""


def test_the_bytes_are_the_same_on_one_core_and_on_two() -> None:
    def run(threads: int) -> str:
        return subprocess.run(
            [sys.executable, "-c", SAME],
            env={"OPENBLAS_NUM_THREADS": str(threads), "PATH": "/usr/bin:/bin", "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    found = discover(steps(clouds(6, 150, spread=0.9, d=128)))
    here = hashlib.sha256(found.theme.tobytes() + found.sure.tobytes()).hexdigest()
    assert run(1).strip() == run(2).strip() == here


def test_more_levels_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="from 1 to 3"):
        discover(steps(clouds(2, 20)), levels=4)
