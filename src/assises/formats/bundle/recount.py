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

Z95 = 1.959963984540054
FEWEST_SEEN = 5
PRECISION = 1.5e-6
SHOWN = 20
# Whatever a file leads to that is not what a bundle holds.
UNREADABLE = (
    OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError,
    csv.Error,
)


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


def per_voter(votes):
    counts = {}
    for _, person in votes:
        counts[person] = counts.get(person, 0) + 1
    return counts


def share(successes, trials):
    return (successes + 1) / (trials + 2)


def lower_bound(successes, trials):
    """Of the 95 % score interval of a share (Wilson 1927)."""
    if trials == 0:
        return 0.0
    z2, p = Z95 * Z95, successes / trials
    middle = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 * math.sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    return max(0.0, min(p, middle - half))


def consensus(counts, listed, side):
    """(how many, the five strongest): more than half even at the lower bound."""
    found = []
    for statement in listed:
        c = counts.get(statement, [0, 0, 0])
        low = lower_bound(c[side], sum(c))
        if low > 0.5:
            found.append((-round(low, 6), statement, c[side], sum(c)))
    return len(found), [item[1:] for item in sorted(found)[:5]]


def ranking(by_group, letters, listed, score, allowed):
    """Ten statements with the highest score among those allowed in every group."""
    found = []
    for statement in listed:
        counts = [by_group[x].get(statement, [0, 0, 0]) for x in letters]
        if all(allowed(c) for c in counts):
            found.append((-round(score([share(c[0], sum(c)) for c in counts]), 12), statement))
    return [statement for _, statement in sorted(found)[:10]]


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
    statements = read(folder, "statements")
    listed = {
        int(row["statement"])
        for row in statements
        if int(row["moderated"]) >= 0 and row["is_meta"] == "false"
    } & set(everyone)
    results_rows = read(folder, "statement_results")
    checks.equal(
        "statements in statement_results.csv",
        sorted(int(row["statement"]) for row in results_rows),
        sorted(everyone),
    )
    for row in results_rows:
        statement = int(row["statement"])
        counts = everyone.get(statement, [0, 0, 0])
        check_counts(checks, "statement %d" % statement, row, counts)
        checks.equal("statement %d, listed" % statement, row["listed"] == "true", statement in listed)
        if statement in listed:
            in_results = results["statements"].get(str(statement), {})
            if not in_results:
                checks.broken.append("statement %d is missing from results.json" % statement)
            else:
                check_counts(checks, "results.json, statement %d" % statement, in_results, counts)

    letters = sorted({letter for letter in people.values() if letter}, key=lambda x: (len(x), x))
    by_group = {x: tally(votes, lambda person, x=x: people.get(person) == x) for x in letters}
    group_rows = read(folder, "group_statements")
    checks.equal(
        "rows of group_statements.csv",
        sorted((row["group"], int(row["statement"])) for row in group_rows),
        sorted((x, statement) for x in letters for statement in everyone),
    )
    for row in group_rows:
        statement, letter = int(row["statement"]), row["group"]
        counts = by_group.get(letter, {}).get(statement, [0, 0, 0])
        where = "statement %d in group %s" % (statement, letter)
        check_counts(checks, where, row, counts)
        checks.near(where + ", agree_share", row["agree_share"], share(counts[0], sum(counts)))
        checks.near(where + ", disagree_share", row["disagree_share"], share(counts[1], sum(counts)))

    for row in results_rows:
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
    inside = sum(row["in_conversation"] == "true" for row in read(folder, "positions"))
    checks.equal("people in the conversation", published["in_conversation"], inside)
    checks.equal("people in groups", published["grouped"], sum(map(bool, people.values())))
    authors = {row["author"] for row in statements if row["author"]}
    checks.equal("authors", published["authors"], len(authors))
    checks.equal("statements", published["statements"], len(statements))
    per_person = sorted(per_voter(votes).values())
    median = per_person[(len(per_person) - 1) // 2]
    checks.equal(
        "median of statements voted on", results["participation"]["per_person"]["median"], median
    )
    for group in results["groups"]:
        letter = group["letter"]
        size = sum(x == letter for x in people.values())
        checks.equal("people in group " + letter, group["people"], size)
        for item in group["statements"]:
            c = by_group.get(letter, {}).get(item["statement"], [0, 0, 0])
            where = "statement %d for group %s" % (item["statement"], letter)
            checks.equal(where + ", who", item["successes"], c[0 if item["side"] == "agree" else 1])
            checks.equal(where + ", of", item["trials"], sum(c))
    for name, side in (("agree", 0), ("disagree", 1)):
        total, strongest = consensus(everyone, listed, side)
        found = results["consensus"][name]
        checks.equal("statements most people %s with" % name, found["total"], total)
        checks.equal(
            "the strongest of them (statement, who, of)",
            [(x["statement"], x["successes"], x["trials"]) for x in found["strongest"]],
            strongest,
        )
    if len(letters) > 1:
        for name, score, allowed in (
            ("agreed_in_every_group", math.prod, lambda c: sum(c) >= FEWEST_SEEN and 2 * c[0] > sum(c)),
            ("divisive", lambda p: max(p) - min(p), lambda c: sum(c) >= FEWEST_SEEN),
        ):
            checks.equal(
                name,
                [item["statement"] for item in results[name]],
                ranking(by_group, letters, listed, score, allowed),
            )
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
