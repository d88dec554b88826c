#!/usr/bin/env python3
# ruff: noqa: PTH100, PTH118, PTH120, T201, UP031
"""Recount the figures of this bundle of themes from its CSV tables, trusting nobody.

    python3 recount.py [FOLDER]

Needs Python 3.8 or newer and nothing else: no installed package, no network. From
tables/contributions.csv (which contribution is in which theme) it counts again how many are in
each theme, family and language, follows every theme up to the top, sees that every quotation is of
a contribution of its theme, and that no count tells of fewer than ten. Which contribution belongs
in which theme is not decided again here.

Exit status: 0 everything holds, 1 something does not, 2 the folder cannot be read.
"""

import csv
import json
import os
import sys

TOLD = 10
SHOWN = 20
ITSELF = " itself"
STATUSES = ("classified", "unclassified", "undecidable")
LARGEST_CELL = 1 << 24
# Whatever a file leads to that is not what a bundle holds.
UNREADABLE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    csv.Error,
)


def read(folder, table):
    path = os.path.join(folder, "tables", table + ".csv")
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Checks:
    """Counts what holds and keeps what does not."""

    def __init__(self):
        self.held = 0
        self.broken = []

    def equal(self, name, published, recounted):
        self.true(
            published == recounted,
            "%s: published %s, recounted %s" % (name, published, recounted),
        )

    def true(self, holds, what):
        if holds:
            self.held += 1
        else:
            self.broken.append(what)


def distinct(checks, name, keys):
    checks.equal("%s that stand twice" % name, len(keys) - len(set(keys)), 0)


def count(values):
    counts = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts


def paths_of(checks, themes):
    """The ids from the top down to each theme; a theme that leads nowhere or in a ring has none."""
    parents = {row["theme_id"]: row["parent_id"] for row in themes}
    paths = {}
    for theme, parent in parents.items():
        path, above = [theme], parent
        while above and above in parents and above not in path:
            path.insert(0, above)
            above = parents[above]
        checks.true(not above, "theme %s: the way up ends at %s" % (theme, above))
        if not above:
            paths[theme] = path
    return paths


def up(counts, paths):
    """Counts of each theme with those of its parts."""
    total = dict.fromkeys(paths, 0)
    for theme, n in counts.items():
        for above in paths.get(theme, []):
            total[above] += n
    return total


def check_contributions(checks, rows, paths, families):
    distinct(checks, "contributions", [row["contribution_id"] for row in rows])
    for row in rows:
        name, theme = "contribution %s" % row["contribution_id"], row["theme_id"]
        checks.true(row["status"] in STATUSES, "%s: status %s" % (name, row["status"]))
        checks.equal(name + ", in a theme", row["status"] == "classified", bool(theme))
        path = "/".join(paths.get(theme, ["no such theme"])) if theme else ""
        checks.equal(name + ", path", row["theme_path"], path)
        family = row["family_id"]
        checks.true(not family or family in families, "%s: no family %s" % (name, family))


def check_themes(checks, themes, paths, contributions, ideas):
    distinct(checks, "themes", [row["theme_id"] for row in themes])
    inside = up(count(row["theme_id"] for row in contributions), paths)
    cut = up(count(row["theme_id"] for row in ideas), paths)
    for row in themes:
        theme = row["theme_id"]
        if theme not in paths:
            continue
        name = "theme %s" % theme
        checks.equal(name + ", level", int(row["level"]), len(paths[theme]))
        checks.equal(name + ", contributions", int(row["n"]), inside[theme])
        checks.equal(name + ", ideas", int(row["ideas"]), cut[theme])


def check_ideas(checks, contributions, ideas, paths):
    expected = {row["contribution_id"]: int(row["ideas"]) for row in contributions}
    found = count(row["contribution_id"] for row in ideas)
    checks.equal("ideas of no contribution", sorted(found.keys() - expected.keys())[:SHOWN], [])
    for contribution, n in expected.items():
        checks.equal("contribution %s, ideas" % contribution, n, found.get(contribution, 0))
    last = {}
    for row in ideas:
        key, begin, end = row["contribution_id"], int(row["begin"]), int(row["end"])
        holds = last.get(key, 0) <= begin < end
        checks.true(holds, "contribution %s: idea %d to %d" % (key, begin, end))
        last[key] = end
        theme = row["theme_id"]
        checks.true(not theme or theme in paths, "contribution %s: no theme %s" % (key, theme))


def check_families(checks, families, contributions):
    distinct(checks, "families", [row["family_id"] for row in families])
    family_of = {row["contribution_id"]: row["family_id"] for row in contributions}
    members = count(family for family in family_of.values() if family)
    for row in families:
        name = "family %s" % row["family_id"]
        n = members.get(row["family_id"], 0)
        checks.equal(name + ", contributions", int(row["n"]), n)
        checks.true(
            n >= 2 and 1 <= int(row["exact"]) <= n, "%s: %s of %d" % (name, row["exact"], n)
        )
        checks.equal(name + ", of the one shown", row["family_id"], family_of.get(row["shown"]))


def check_quotes(checks, quotes, contributions, paths):
    by_id = {row["contribution_id"]: row for row in contributions}
    for row in quotes:
        name = "theme %s quotes %s" % (row["theme_id"], row["contribution_id"])
        quoted = by_id.get(row["contribution_id"])
        checks.true(quoted is not None, name + ": no such contribution")
        if quoted is not None:
            within = paths.get(quoted["theme_id"], [])
            checks.true(row["theme_id"] in within, name + ": it is not in that theme")
            checks.equal(name + ", language", row["language"], quoted["language"])


def check_links(checks, links, contributions):
    known = {row["contribution_id"] for row in contributions}
    for row in links:
        one, other = row["contribution_id"], row["other_id"]
        holds = one in known and other in known and one != other
        checks.true(holds, "link of %s and %s: these are not two contributions" % (one, other))


def check_counts(checks, rows, contributions, themes, paths):
    """Languages are counted again. What was declared is in no table: there it is seen that no
    count tells of fewer than ten, by itself or by what is left beside others."""
    sizes = {row["theme_id"]: int(row["n"]) for row in themes}
    sizes[""] = len(contributions)
    own = count(row["theme_id"] for row in contributions)
    spoken = languages_of(contributions, paths)
    attributes = {}
    for row in rows:
        key = "%s of theme %s, %s" % (row["attribute"], row["theme_id"], row["value"])
        block = attributes.setdefault(row["attribute"], {}).setdefault(row["theme_id"], {})
        checks.true(row["value"] not in block, key + ": stands twice")
        checks.true(row["theme_id"] in sizes, key + ": no such theme")
        block[row["value"]] = int(row["n"]) if row["n"] else None
    for attribute, blocks in sorted(attributes.items()):
        if attribute == "language":
            told = {theme: {v: n for v, n in block.items() if n} for theme, block in blocks.items()}
            for theme in sorted(told.keys() | spoken.keys()):
                name = "language of theme %s" % (theme or "(all)")
                checks.equal(name, told.get(theme, {}), spoken.get(theme, {}))
        else:
            check_few(checks, attribute, blocks, sizes, own, paths)


def languages_of(contributions, paths):
    """How many are in each language, in each theme with its parts and (under "") in all."""
    spoken = {}
    pairs = count((row["theme_id"], row["language"]) for row in contributions)
    for (theme, language), n in pairs.items():
        for above in ["", *paths.get(theme, [])]:
            counts = spoken.setdefault(above, {})
            counts[language] = counts.get(language, 0) + n
    return spoken


def check_few(checks, attribute, blocks, sizes, own, paths):
    """One thing that was declared: of each theme, and of each value in a theme and its parts."""
    values = sorted(blocks.get("", {}))
    checks.equal("%s, themes counted" % attribute, sorted(blocks), sorted(sizes))
    parts = {}
    for theme, path in paths.items():
        parts.setdefault(path[-2] if len(path) > 1 else "", []).append(theme)
    cells = {(theme, v): n for theme, block in blocks.items() for v, n in block.items()}
    totals = {theme: sizes.get(theme, 0) for theme in blocks}
    sums = []
    for above, below in parts.items():
        nodes = list(below)
        if own.get(above, 0):
            # In the theme and in none of its parts: told nowhere, but left by what is told.
            nodes.append(above + ITSELF)
            totals[above + ITSELF] = own[above]
            cells.update({(above + ITSELF, v): None for v in values})
        sums += [([(theme, v) for theme in nodes], (above, v), 0) for v in values]
    sums += [([(theme, v) for v in values], None, n) for theme, n in totals.items()]
    missing = [cell for of, _, _ in sums for cell in of if cell not in cells]
    checks.equal("%s, counts that are missing" % attribute, missing[:SHOWN], [])
    if missing:
        return
    low, high = bounds(cells, sums)
    for (theme, value), least in low.items():
        most = high[theme, value]
        name = "%s %s, theme %s" % (attribute, value, theme or "(all)")
        checks.true(least <= most, "%s: no count fits the others" % name)
        few = 0 < least == most < TOLD
        checks.true(not few, "%s: it can be told that there are %d" % (name, least))
    for of, total, n in sums:
        theme, value = total or (of[0][0], "in all") if of else ("", "in all")
        name = "%s %s, theme %s" % (attribute, value, theme or "(all)")
        checks.true(not leaves_few(of, total, n, low, high), name + ": few are left beside others")


def bounds(cells, sums):
    """The least and the most that each count can be, from those told and from what adds up.

    cells: each count, or None where it is hidden; sums: lists of counts, and the count that they
    add up to or, where that is None, the number. Bounds are drawn together until nothing changes.
    """
    limit = sum(n or 0 for _, total, n in sums if total is None)
    low = {cell: 0 if n is None else n for cell, n in cells.items()}
    high = {cell: limit if n is None else n for cell, n in cells.items()}
    changed = True
    while changed:
        changed = False
        for of, total, n in sums:
            least, most = (low[total], high[total]) if total else (n, n)
            lows, highs = sum(low[cell] for cell in of), sum(high[cell] for cell in of)
            drawn = [(c, least - highs + high[c], most - lows + low[c]) for c in of]
            if total:
                drawn.append((total, lows, highs))
            for cell, lowest, highest in drawn:
                if low[cell] > high[cell]:
                    return low, high
                if lowest > low[cell] or highest < high[cell]:
                    low[cell], high[cell] = max(low[cell], lowest), min(high[cell], highest)
                    changed = True
    return low, high


def leaves_few(of, total, n, low, high):
    """Whether counts that add up to a known one leave few to those that are not known.

    Where nothing of a theme is known but how many are in it, nothing is told of its values; and
    that a theme of fewer than ten leaves few is known of everything in it.
    """
    if not total and n < TOLD:
        return False
    known = [low[cell] for cell in of if low[cell] == high[cell]]
    if len(known) == len(of) or not (known or total):
        return False
    if total and low[total] < high[total]:
        return False
    return (low[total] if total else n) - sum(known) < TOLD


def recount(folder):
    with open(os.path.join(folder, "results.json"), encoding="utf-8") as file:
        results = json.load(file)
    csv.field_size_limit(LARGEST_CELL)
    contributions, themes = read(folder, "contributions"), read(folder, "themes")
    ideas, families = read(folder, "ideas"), read(folder, "families")
    checks = Checks()
    paths = paths_of(checks, themes)
    check_contributions(checks, contributions, paths, {row["family_id"] for row in families})
    check_themes(checks, themes, paths, contributions, ideas)
    check_ideas(checks, contributions, ideas, paths)
    check_families(checks, families, contributions)
    check_quotes(checks, read(folder, "theme_quotes"), contributions, paths)
    check_links(checks, read(folder, "proposed_links"), contributions)
    check_counts(checks, read(folder, "theme_counts"), contributions, themes, paths)
    statuses = count(row["status"] for row in contributions)
    recounted = {status: statuses.get(status, 0) for status in STATUSES}
    recounted.update(
        contributions=len(contributions),
        themes=len(themes),
        ideas=len(ideas),
        families=len(families),
        in_families=sum(bool(row["family_id"]) for row in contributions),
    )
    for name, n in recounted.items():
        checks.equal(name + " in all", results["counts"][name], n)
    languages = count(row["language"] for row in contributions)
    checks.equal("languages", results["languages"], languages)
    return results, checks


def main(arguments):
    if hasattr(sys.stdout, "reconfigure"):
        # A console that lacks a letter of the title still gets the answer.
        sys.stdout.reconfigure(errors="backslashreplace")
    folder = arguments[1] if len(arguments) > 1 else os.path.dirname(os.path.abspath(__file__))
    try:
        results, checks = recount(folder)
    except UNREADABLE as error:
        print("This bundle cannot be recounted: %s: %s" % (type(error).__name__, error))
        return 2
    label = "SIMULATION, " if results.get("simulation") else ""
    print("%s%s" % (label, results.get("title") or "untitled"))
    print("%d figures hold." % checks.held)
    if not checks.broken:
        print("Everything that this program recounts is as published.")
        return 0
    print("%d figures do NOT hold:" % len(checks.broken))
    for line in checks.broken[:SHOWN]:
        print("  " + line)
    if len(checks.broken) > SHOWN:
        print("  and %d more" % (len(checks.broken) - SHOWN))
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
