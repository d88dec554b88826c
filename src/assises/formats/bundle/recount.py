#!/usr/bin/env python3
"""Recount the headline figures of this bundle from its CSV tables, trusting nobody.

    python3 recount.py [FOLDER]

Needs Python 3.8 or newer and nothing else: no installed package, no network. From
tables/votes.csv (who voted what, and when) and the group letters of tables/positions.csv it
counts again who agreed with what, overall and in each group, recomputes the shares, the consensus
over all voters and the consensus over the groups, and holds them against what the bundle
publishes. Positions and groups themselves are not recomputed here: `assises verify` does that.

Exit status: 0 everything holds, 1 something does not, 2 the folder cannot be read.
"""

import csv
import json
import math
import os
import sys

SIGNIFICANT = 1.2816
PRECISION = 1.5e-6
SHOWN = 20


def read(folder, table):
    path = os.path.join(folder, "tables", table + ".csv")
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def last_votes(rows):
    """The vote that counts: the latest of each person on each statement, else the later row."""
    last = {}
    for row in rows:
        key = (int(row["statement"]), int(row["participant"]))
        time, vote = int(row["time"]), int(row["vote"])
        if vote not in (-1, 0, 1):
            raise ValueError("votes.csv: statement %d, participant %d: vote %d" % (*key, vote))
        if key not in last or time >= last[key][0]:
            last[key] = (time, vote)
    return {key: vote for key, (time, vote) in last.items()}


def tally(votes, wanted):
    """[agrees, disagrees, passes] by statement of the people for whom wanted(person)."""
    counts = {}
    for (statement, person), vote in votes.items():
        if wanted(person):
            counts.setdefault(statement, [0, 0, 0])[{1: 0, -1: 1, 0: 2}[vote]] += 1
    return counts


def share(successes, trials):
    return (successes + 1) / (trials + 2)


def z_against_half(successes, trials):
    return 2 * math.sqrt(trials + 1) * ((successes + 1) / (trials + 1) - 0.5)


def consensus(counts, listed, side):
    found = []
    for statement in sorted(listed):
        c = counts.get(statement, [0, 0, 0])
        p, z = share(c[side], sum(c)), z_against_half(c[side], sum(c))
        if p > 0.5 and z > SIGNIFICANT:
            found.append((-p * z, statement))
    return [statement for _, statement in sorted(found)[:5]]


class Checks:
    """Counts what holds and keeps what does not."""

    def __init__(self):
        self.held = 0
        self.broken = []

    def equal(self, name, published, recounted):
        if published == recounted:
            self.held += 1
        else:
            self.broken.append("%s: published %s, recounted %s" % (name, published, recounted))

    def near(self, name, published, recounted):
        if abs(float(published) - recounted) <= PRECISION:
            self.held += 1
        else:
            self.broken.append("%s: published %s, recounted %.6f" % (name, published, recounted))


def check_counts(checks, where, published, counts):
    for name, at in (("agrees", 0), ("disagrees", 1), ("passes", 2)):
        checks.equal(where + ", " + name, int(published[name]), counts[at])


def recount(folder):
    with open(os.path.join(folder, "results.json"), encoding="utf-8") as file:
        results = json.load(file)
    rows = read(folder, "votes")
    people = {int(row["participant"]): row["group"] for row in read(folder, "positions")}
    votes = last_votes(rows)
    checks = Checks()

    everyone = tally(votes, lambda person: True)
    listed = set()
    for row in read(folder, "statement_results"):
        statement = int(row["statement"])
        counts = everyone.get(statement, [0, 0, 0])
        check_counts(checks, "statement %d" % statement, row, counts)
        if row["listed"] == "true":
            listed.add(statement)
            in_results = results["statements"].get(str(statement), {})
            if not in_results:
                checks.broken.append("statement %d is missing from results.json" % statement)
            else:
                check_counts(checks, "results.json, statement %d" % statement, in_results, counts)

    letters = sorted({letter for letter in people.values() if letter}, key=lambda x: (len(x), x))
    by_group = {x: tally(votes, lambda person, x=x: people.get(person) == x) for x in letters}
    for row in read(folder, "group_statements"):
        statement, letter = int(row["statement"]), row["group"]
        counts = by_group.get(letter, {}).get(statement, [0, 0, 0])
        where = "statement %d in group %s" % (statement, letter)
        check_counts(checks, where, row, counts)
        checks.near(where + ", agree_share", row["agree_share"], share(counts[0], sum(counts)))
        checks.near(where + ", disagree_share", row["disagree_share"], share(counts[1], sum(counts)))

    for row in read(folder, "statement_results"):
        statement = int(row["statement"])
        product = 1.0
        for letter in letters:
            counts = by_group[letter].get(statement, [0, 0, 0])
            product *= share(counts[0], sum(counts))
        checks.near(
            "statement %d, group-informed consensus" % statement,
            row["group_informed_consensus"],
            product,
        )

    published = results["counts"]
    checks.equal("votes cast", published["casts"], len(rows))
    checks.equal("votes that count", published["votes"], len(votes))
    checks.equal("participants", published["participants"], len({p for _, p in votes}))
    for name, sign in (("agrees", 1), ("disagrees", -1), ("passes", 0)):
        checks.equal(name + " in all", published[name], sum(v == sign for v in votes.values()))
    for group in results["groups"]:
        size = sum(letter == group["letter"] for letter in people.values())
        checks.equal("people in group " + group["letter"], group["people"], size)
    for name, side in (("agree", 0), ("disagree", 1)):
        checks.equal(
            "consensus, statements most people %s with" % name,
            [item["statement"] for item in results["consensus"][name]],
            consensus(everyone, listed, side),
        )
    return results, checks


def main(arguments):
    folder = arguments[1] if len(arguments) > 1 else os.path.dirname(os.path.abspath(__file__))
    try:
        results, checks = recount(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print("This bundle cannot be recounted: %s: %s" % (type(error).__name__, error))
        return 2
    label = "SIMULATION, " if results.get("simulation") else ""
    print("%s%s" % (label, results.get("title") or "untitled"))
    print("%d figures hold." % checks.held)
    if not checks.broken:
        print("Everything that can be recounted from the tables is as published.")
        return 0
    print("%d figures do NOT hold:" % len(checks.broken))
    for line in checks.broken[:SHOWN]:
        print("  " + line)
    if len(checks.broken) > SHOWN:
        print("  and %d more" % (len(checks.broken) - SHOWN))
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
