"""Counts by theme: right where they are told, and nothing of few to be had from them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assises.flows.declared import TOLD
from assises.flows.themes.counting import theme_counts
from assises.formats.bundle import MISSING
from assises.formats.bundle.of_themes.recount import Checks, check_counts, paths_of

PARENTS = {"a": "", "b": "", "a1": "a", "a2": "a", "a21": "a2"}
VALUES = ["", "x", "y", "z"]


def path_of(theme: str) -> list[str]:
    return [*path_of(PARENTS[theme]), theme] if theme else []


def spread(cells: list[int]) -> tuple[list[str], list[str]]:
    """As many contributions in each theme and of each value as the cells say."""
    nodes = [(theme, value) for theme in ["", *PARENTS] for value in VALUES]
    pairs = [node for node, n in zip(nodes, cells, strict=True) for _ in range(n)]
    return [theme for theme, _ in pairs], [value for _, value in pairs]


CELLS = st.lists(st.sampled_from([0, 0, 1, 3, 9, 10, 12, 40]), min_size=24, max_size=24).filter(any)


def told(table: Any, attribute: str) -> dict[tuple[str, str], int]:
    rows = zip(table["theme_id"], table["attribute"], table["value"], table["n"], strict=True)
    return {(theme, value): int(n) for theme, name, value, n in rows if name == attribute}


def truth(themes: list[str], values: list[str]) -> Counter[tuple[str, str]]:
    return Counter(
        (above, value)
        for theme, value in zip(themes, values, strict=True)
        for above in ["", *path_of(theme)]
    )


def recounted(table: Any, themes: list[str]) -> list[str]:
    """What the bundle's recount.py says of the table."""
    checks = Checks()  # type: ignore[no-untyped-call]
    inside = truth(themes, [""] * len(themes))
    rows = [
        {"theme_id": t, "attribute": a, "value": v, "n": "" if n == MISSING else str(n)}
        for t, a, v, n in zip(*(table[c] for c in ("theme_id", "attribute", "value", "n")),
                              strict=True)
    ]  # fmt: skip
    tree = [{"theme_id": t, "parent_id": p, "n": inside[t, ""]} for t, p in PARENTS.items()]
    paths = paths_of(checks, tree)  # type: ignore[no-untyped-call]
    people = [{"theme_id": theme, "language": "fr"} for theme in themes]
    check_counts(checks, rows, people, tree, paths)  # type: ignore[no-untyped-call]
    return list(checks.broken)


@settings(max_examples=150, deadline=None)
@given(CELLS)
def test_counts_are_true_or_hidden_and_hold_before_recount(cells: list[int]) -> None:
    themes, values = spread(cells)
    table = theme_counts(themes, PARENTS, ["fr"] * len(themes), {"region": values})
    found, right = told(table, "region"), truth(themes, values)
    assert all(n in {MISSING, right[cell]} for cell, n in found.items())
    assert not any(0 < n < TOLD for n in found.values())
    if len(set(values)) > 1:
        assert len(found) == (len(PARENTS) + 1) * len(set(values))
    assert recounted(table, themes) == []
    spoken = told(table, "language")
    assert spoken == {(t, "fr"): n for t in ["", *PARENTS] if (n := right_of(themes, t))}


def right_of(themes: list[str], theme: str) -> int:
    return sum(theme in ["", *path_of(one)] for one in themes)


@settings(max_examples=100, deadline=None)
@given(CELLS)
def test_what_is_few_is_not_found_by_whoever_combines_all_sums(cells: list[int]) -> None:
    """Bounds of every hidden count, drawn together over all sums until nothing changes."""
    themes, values = spread(cells)
    table = theme_counts(themes, PARENTS, ["fr"] * len(themes), {"region": values})
    found, right = told(table, "region"), truth(themes, values)
    if not found:
        return
    own = Counter(zip(themes, values, strict=True))
    sizes = {theme: right_of(themes, theme) for theme in ["", *PARENTS]}
    known = sorted(set(values))
    above = {"", "a", "a2"}
    nodes = ["", *PARENTS, *(f"{theme}!" for theme in above if themes.count(theme))]
    size = sizes | {f"{theme}!": themes.count(theme) for theme in above}
    low = {(t, v): 0 for t in nodes for v in known}
    high = {(t, v): size[t] for t in nodes for v in known}
    for cell, n in found.items():
        if n != MISSING:
            low[cell] = high[cell] = n
    sums = [([(t, v) for v in known], None, size[t]) for t in nodes]
    for theme in above:
        parts = [t for t, p in PARENTS.items() if p == theme]
        parts += [f"{theme}!"] * (f"{theme}!" in nodes)
        sums += [([(t, v) for t in parts], (theme, v), 0) for v in known]
    changed = True
    while changed:
        changed = False
        for of, total, fixed in sums:
            least = fixed if total is None else low[total]
            most = fixed if total is None else high[total]
            lows, highs = sum(low[c] for c in of), sum(high[c] for c in of)
            bounds = {c: (least - highs + high[c], most - lows + low[c]) for c in of}
            if total is not None:
                bounds[total] = (lows, highs)
            for cell, (lowest, highest) in bounds.items():
                if lowest > low[cell] or highest < high[cell]:
                    low[cell], high[cell] = max(low[cell], lowest), min(high[cell], highest)
                    changed = True
    for cell, least in low.items():
        n = own[cell[0][:-1], cell[1]] if cell[0].endswith("!") else right[cell]
        assert least <= n <= high[cell]
        if 0 < n < TOLD:
            assert least < high[cell], cell


def test_large_counts_hide_nothing_and_the_order_of_rows_leaves_no_trace() -> None:
    themes, values = spread([40] * 24)
    tables = [
        theme_counts(
            [themes[at] for at in order],
            PARENTS,
            ["fr"] * 960,
            {"region": [values[at] for at in order]},
        )
        for order in (np.arange(960), np.random.default_rng(1).permutation(960))
    ]
    assert MISSING not in tables[0]["n"]
    assert tables[0]["value"] == tables[1]["value"]
    assert (tables[0]["n"] == tables[1]["n"]).all()


def test_what_everyone_declared_and_what_nobody_did_is_left_out() -> None:
    table = theme_counts(["a", ""], PARENTS, ["fr", "ar"], {"region": ["", ""]})
    assert set(table["attribute"]) == {"language"}
    assert theme_counts([], {}, [], {"region": []})["theme_id"] == []
