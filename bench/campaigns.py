"""Campaigns: what is claimed among innocents, what is found among lies, and how long it takes.

    ./run bench campaigns [RUNS] [FOLDER ...]

*Innocents* are conversations without any campaign: a claim there is false. *Lies* hide campaigns
of a given size and noise in an ordinary conversation: *found* is the share of runs in which a
claim names most of the campaign and mostly it, *members* the share of its people that is named.
Then the real conversations, as they are and with fifteen copies of a real ballot among them, and
the seconds for a million ballots. The people here answer by more than any model of ours knows:
several axes, their own bent to agree or to pass, statements that say the same thing twice, a rhythm
of day and night.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assises.engines.opinion import VoteMatrix
from assises.engines.opinion.campaigns import find_campaigns

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "polis"
DAY = 86_400_000
MINUTE = 60_000
DAYS = 14


@dataclass
class World:
    """A conversation being made: ballots one by one, with who is in which campaign."""

    rng: np.random.Generator
    chance: Callable[[int], Float64]
    """Probabilities of disagree, pass, agree for one more person of a kind, shape (S, 3)."""
    size: int
    people: list[tuple[Int64, Int64]] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    campaign: list[int] = field(default_factory=list)

    def honest(self, when: int, seen: Int64, kind: int = -1) -> None:
        """One more person who answers for themselves."""
        p = self.chance(kind)[seen]
        u = self.rng.random(len(seen))
        self.add(when, seen, (u > p[:, 0]).astype(np.int64) + (u > p[:, 0] + p[:, 1]) - 1)

    def copy(self, when: int, seen: Int64, script: Int64, noise: float, name: int) -> None:
        """One more ballot by a script; each answer is another one with probability ``noise``."""
        other = self.rng.integers(-1, 2, len(seen))
        vote = np.where(self.rng.random(len(seen)) < noise, other, script[seen])
        self.add(when, seen, vote, name)

    def add(self, when: int, seen: Int64, vote: Int64, name: int = -1) -> None:
        self.people.append((seen, vote))
        self.times.append(when)
        self.campaign.append(name)

    def some(self, count: int) -> Int64:
        """Statements as they are routed: any, at random."""
        return self.rng.choice(self.size, min(max(count, 1), self.size), replace=False)

    def length(self) -> int:
        """How many votes an ordinary person casts: half cast fewer than 18."""
        return int(np.clip(np.exp(self.rng.normal(2.9, 0.8)), 1, self.size))

    def hour(self) -> int:
        """An instant in the fortnight, more often by day."""
        while True:
            t = int(self.rng.integers(0, DAYS * DAY))
            if self.rng.random() < 0.55 - 0.45 * np.cos(2 * np.pi * t / DAY):
                return t

    def done(self) -> tuple[VoteMatrix, Int64, Int64]:
        """Votes, first times and the campaign of each (-1 for none), people in random order."""
        order = self.rng.permutation(len(self.people))
        rows = np.repeat(np.arange(len(order)), [len(self.people[i][0]) for i in order])
        votes = VoteMatrix.from_arrays(
            rows,
            np.concatenate([self.people[i][0] for i in order]),
            np.concatenate([self.people[i][1] for i in order]),
            universe=np.arange(self.size),
        )
        return votes, np.array(self.times)[order], np.array(self.campaign)[order]


def world(
    seed: int,
    *,
    people: int = 800,
    statements: int = 60,
    axes: int = 3,
    groups: int = 2,
    strength: float = 1.2,
    popular: float = 0.3,
    twins: float = 0.15,
) -> World:
    """An ordinary conversation.

    Args:
        seed: of everything.
        people: how many.
        statements: how many.
        axes: along which people differ, apart from their groups.
        groups: kinds of people, 0 for none.
        strength: spread of what the groups think, in logits.
        popular: mean logit of agreeing: above 1, most agree with most.
        twins: share of statements that say what another one says.
    """
    rng = np.random.default_rng([seed, 20_261])
    base = rng.normal(popular, 1.0, statements)
    loading = rng.normal(0, 0.6, (statements, axes))
    stand = rng.normal(0, strength, (max(groups, 1), statements)) * (groups > 0)
    twin = rng.random(statements) < twins
    source = rng.integers(0, statements, statements)
    base[twin], loading[twin], stand[:, twin] = (
        base[source[twin]],
        loading[source[twin]],
        stand[:, source[twin]],
    )
    passing = rng.normal(-2.0, 0.5, statements)
    weights = rng.dirichlet(np.full(max(groups, 1), 3.0))

    def chance(kind: int) -> Float64:
        g = kind if kind >= 0 else int(rng.choice(len(weights), p=weights))
        own = rng.normal(0, 1.0, axes)
        # Twins share the slip of mind too: what is personal to a statement is personal to both.
        slip = rng.normal(0, 0.7, statements)
        slip[twin] = slip[source[twin]]
        logit = base + stand[g] + loading @ own + rng.normal(0.2, 0.5) + slip
        skip = 1 / (1 + np.exp(-(passing + rng.normal(0, 0.8))))
        yes = 1 / (1 + np.exp(-logit))
        return np.stack([(1 - skip) * (1 - yes), skip, (1 - skip) * yes], axis=1)

    w = World(rng, chance, statements)
    for _ in range(people):
        w.honest(w.hour(), w.some(w.length()))
    return w


# -- innocents ------------------------------------------------------------------------------------


def short(seed: int) -> World:
    """Three hundred cast three votes, all in agreement, two hundred of them within an hour."""
    w, three = world(seed), np.arange(3)
    start = w.hour()
    for i in range(300):
        when = start + int(w.rng.integers(0, 60 * MINUTE)) if i < 200 else w.hour()
        w.add(when, three, np.ones(3, dtype=np.int64))
    return w


def workshop(seed: int) -> World:
    """Thirty people in a room answer the same twenty statements in ten minutes."""
    w = world(seed)
    start, seen = w.hour(), w.some(20)
    for _ in range(30):
        w.honest(start + int(w.rng.integers(0, 10 * MINUTE)), seen)
    return w


def like_minded_workshop(seed: int) -> World:
    """The same, and all are of one opinion group."""
    w = world(seed, strength=1.6)
    start, seen = w.hour(), w.some(20)
    for _ in range(30):
        w.honest(start + int(w.rng.integers(0, 10 * MINUTE)), seen, kind=0)
    return w


def strong_group(seed: int) -> World:
    """Groups of strong opinions: their members answer most things alike."""
    return world(seed, strength=2.6, axes=2)


def popular(seed: int) -> World:
    """Nearly everyone agrees with nearly everything."""
    return world(seed, popular=2.2, strength=0.6)


def radio(seed: int) -> World:
    """A link on the radio brings three hundred people of every kind in an hour."""
    w = world(seed)
    start, first = w.hour(), w.some(25)
    for _ in range(300):
        w.honest(start + int(w.rng.exponential(20) * MINUTE), first[: w.length()])
    return w


def radio_of_one_group(seed: int) -> World:
    """The radio of one opinion group brings two hundred of its people in an hour."""
    w = world(seed, strength=2.0)
    start = w.hour()
    for _ in range(200):
        w.honest(start + int(w.rng.exponential(20) * MINUTE), w.some(w.length()), kind=0)
    return w


def hidden_community(seed: int) -> World:
    """Five groups, and forty people whose views no axis of the others holds, in two evenings."""
    w = world(seed, groups=5, axes=4)
    own = w.rng.normal(0.3, 1.8, w.size)
    evenings = [w.hour(), w.hour()]
    for i in range(40):
        yes = 1 / (1 + np.exp(-(own + w.rng.normal(0, 1.0, w.size))))
        seen = w.some(w.length())
        vote = np.where(w.rng.random(len(seen)) < yes[seen], 1, -1)
        vote[w.rng.random(len(seen)) < 0.1] = 0
        w.add(evenings[i % 2] + int(w.rng.integers(0, 120 * MINUTE)), seen, vote)
    return w


def few_statements(
    seed: int, people: int = 2000, statements: int = 12, groups: int = 2, strength: float = 1.8
) -> World:
    """Everyone answers the same few statements: many ballots are equal by chance."""
    w = world(seed, people=0, statements=statements, groups=groups, strength=strength)
    for _ in range(people):
        w.honest(w.hour(), np.arange(statements))
    return w


def devout(seed: int, share: float = 0.3, together: bool = False) -> World:
    """A third hold one view of everything and each answers by it 19 times in 20."""
    w = world(seed, people=560)
    view, start = w.rng.choice([-1, 1, 1], w.size), w.hour()
    for _ in range(round(800 * share)):
        seen = w.some(w.length())
        vote = np.where(
            w.rng.random(len(seen)) < 0.95, view[seen], w.rng.integers(-1, 2, len(seen))
        )
        w.add(start + int(w.rng.exponential(60) * MINUTE) if together else w.hour(), seen, vote)
    return w


INNOCENTS: Mapping[str, Callable[[int], World]] = {
    "ordinary": world,
    "no groups": lambda seed: world(seed, groups=0),
    "short ballots, all agree": short,
    "workshop": workshop,
    "workshop of one group": like_minded_workshop,
    "strong groups": strong_group,
    "popular statements": popular,
    "radio": radio,
    "radio of one group": radio_of_one_group,
    "statements said twice": lambda seed: world(seed, twins=0.6),
    "few statements": few_statements,
    "six statements": lambda seed: few_statements(seed, people=5000, statements=6),
    "eight camps, the same 30 statements": lambda seed: few_statements(
        seed, statements=30, groups=8, strength=4.0
    ),
    "eight camps": lambda seed: world(seed, people=2000, groups=8, strength=4.0),
    "many people": lambda seed: world(seed, people=5000, strength=2.0),
    "a third of one mind": devout,
    "hidden community": hidden_community,
}

# A tenth of the people who think alike about all sixty statements, and nobody else does: ballots
# alone cannot tell them from a campaign in slow drip, nor from a burst if they come together.
OF_ONE_MIND: Mapping[str, Callable[[int], World]] = {
    "a tenth of one mind": lambda seed: devout(seed, 0.1),
    "a tenth of one mind, in a morning": lambda seed: devout(seed, 0.1, together=True),
}


# -- lies -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lie:
    """Campaigns hidden in an ordinary conversation."""

    size: int = 20
    noise: float = 0.0
    length: int = 20
    routed: float = 1.0
    """Share of the script's statements that each one answers, at random."""
    minutes: int = 120
    """How long it runs."""
    count: int = 1
    people: int = 800
    of_a_group: bool = False
    """The script is what one honest person of a group would answer; else any answers."""
    same: int = 0
    """Everyone answers the same so many statements; 0: 60 statements, routed."""

    def tell(self, seed: int) -> World:
        w = world(seed, people=self.people)
        if self.same:
            w = few_statements(seed, self.people, self.same)
        for name in range(self.count):
            start = int(w.rng.integers(0, max(1, DAYS * DAY - self.minutes * MINUTE)))
            script = w.rng.choice([-1, 1, 1], w.size)
            if self.of_a_group:
                p = w.chance(0)
                script = np.where(p[:, 2] > p[:, 0], 1, -1)
            asked = w.some(self.length)
            for _ in range(self.size):
                part = w.rng.permutation(asked)[: round(self.routed * len(asked))]
                when = start + int(w.rng.integers(0, self.minutes * MINUTE))
                w.copy(when, part, script, self.noise, name)
        return w


LIES: Mapping[str, Lie] = {
    **{
        f"{size} copies, noise {noise:.0%}": Lie(size=size, noise=noise)
        for size in (5, 10, 20, 50)
        for noise in (0.0, 0.1, 0.2)
    },
    "20 copies of a group's view": Lie(of_a_group=True),
    "20 copies of it, noise 10%": Lie(of_a_group=True, noise=0.1),
    "20 copies of 10 votes": Lie(length=10),
    "20 copies of 10 votes, noise 10%": Lie(length=10, noise=0.1),
    "20 partial ballots, 70 %": Lie(length=30, routed=0.7),
    "20 partial ballots, 70 %, noise 10%": Lie(length=30, routed=0.7, noise=0.1),
    "20 partial ballots, 40 %": Lie(length=50, routed=0.4),
    "20 in slow drip": Lie(minutes=DAYS * 24 * 60),
    "20 in slow drip, noise 10%": Lie(minutes=DAYS * 24 * 60, noise=0.1),
    "3 campaigns of 15, noise 10%": Lie(size=15, noise=0.1, count=3),
    "250 copies among 800, noise 10%": Lie(size=250, noise=0.1),
    "20 copies, everyone on the same 12": Lie(people=2000, same=12),
    "20 copies, everyone on the same 30": Lie(people=2000, same=30, length=30),
    "20 copies, everyone on the same 30, noise 10%": Lie(
        people=2000, same=30, length=30, noise=0.1
    ),
    "250 in slow drip, noise 10%": Lie(size=250, noise=0.1, minutes=DAYS * 24 * 60),
}


# -- judging --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What was claimed of one world."""

    claims: int
    found: int
    """Campaigns of which a claim names most, and mostly them."""
    members: list[float]
    """Share of the people of each found campaign that is named."""
    innocents: int
    """People in a claim who are in no campaign."""


def judge(w: World) -> Verdict:
    """Claims held against what is so."""
    votes, times, so = w.done()
    claims = find_campaigns(votes, first_times=times)
    members = []
    for name in np.unique(so[so >= 0]):
        size = int((so == name).sum())
        inside = [(int((so[c.members] == name).sum()), c.size) for c in claims]
        hit, named = max(inside, default=(0, 1))
        if hit * 2 > size and hit * 2 > named:
            members.append(hit / size)
    innocents = sum(int((so[c.members] < 0).sum()) for c in claims)
    return Verdict(len(claims), len(members), members, innocents)


def main(arguments: list[str]) -> int:
    """Print the tables."""
    runs = int(arguments[0]) if arguments else 40
    print(f"{runs} runs each; CPU seconds a run.\n")
    print("| innocents | claims | runs with one | CPU s |")
    print("|---|---:|---:|---:|")
    judge(LIES["20 copies, noise 0%"].tell(0))
    wrong = sum(_innocents(title, make, runs) for title, make in INNOCENTS.items())
    every = runs * len(INNOCENTS)
    print(f"| **all** | | {wrong} of {every:,}; at most {_upper(wrong, every):.1%} | |")
    for title, make in OF_ONE_MIND.items():
        _innocents(title, make, runs)
    print("\n| lies | found | members | innocents named in all |")
    print("|---|---:|---:|---:|")
    for title, lie in LIES.items():
        verdicts = [judge(lie.tell(5000 + seed)) for seed in range(runs)]
        found = sum(v.found for v in verdicts) / (runs * lie.count)
        members = [x for v in verdicts for x in v.members]
        share = f"{np.mean(members):.0%}" if members else ""
        named = sum(v.innocents for v in verdicts)
        print(f"| {title} | {found:.0%} | {share} | {named} |", flush=True)
    _real([Path(a) for a in arguments[1:]] or sorted(SHARED.glob("*")))
    _million()
    return 0


def _innocents(title: str, make: Callable[[int], World], runs: int) -> int:
    worlds = [make(100 + seed) for seed in range(runs)]
    begin = time.process_time()
    claims = [judge(w).claims for w in worlds]
    spent = (time.process_time() - begin) / runs
    wrong = sum(c > 0 for c in claims)
    print(f"| {title} | {sum(claims)} | {wrong / runs:.1%} | {spent:.3f} |", flush=True)
    return wrong


def _upper(wrong: int, runs: int) -> float:
    """Upper 97.5 % bound of a rate (Clopper and Pearson 1934), by bisection."""
    low, high = wrong / runs, 1.0
    for _ in range(60):
        p = (low + high) / 2
        below = sum(math.comb(runs, k) * p**k * (1 - p) ** (runs - k) for k in range(wrong + 1))
        low, high = (p, high) if below > 0.025 else (low, p)
    return high


def _real(folders: list[Path], trials: int = 10) -> None:
    """What is claimed of real conversations, and of the same with copies of a real ballot in it."""
    print("\n| conversation | people | claims | 15 copies of a ballot | noise 10% | innocents |")
    print("|---|---:|---|---:|---:|---:|")
    for folder in folders:
        votes, times = _conversation(folder)
        said = "; ".join(
            f"{c.size} of {c.arrivals} arrivals, {c.kept:.0%} of {len(c.statements)}"
            for c in find_campaigns(votes, first_times=times)
        )
        cells, innocents = [], 0
        for noise in (0.0, 0.1):
            verdicts = [judge(_copied(votes, times, noise, seed)) for seed in range(trials)]
            cells.append(f"{sum(v.found for v in verdicts) / trials:.0%}")
            innocents += sum(v.innocents for v in verdicts)
        print(
            f"| {folder.name[:28]} | {votes.shape[0]:,} | {said or 'none'} |"
            f" {' | '.join(cells)} | {innocents} |",
            flush=True,
        )


def _conversation(folder: Path) -> tuple[VoteMatrix, Int64]:
    from assises.flows.tables import from_export, integers, vote_matrix
    from assises.formats import polis

    tables = from_export(polis.read(folder))
    votes, cast = vote_matrix(tables), tables["votes"]
    at = np.searchsorted(votes.participants, integers(cast, "participant"))
    times = np.full(len(votes.participants), np.iinfo(np.int64).max)
    np.minimum.at(times, at, integers(cast, "time"))
    return votes, times


def _copied(votes: VoteMatrix, times: Int64, noise: float, seed: int) -> World:
    """Within half an hour, fifteen more cast what one person with 15 votes or more cast."""
    rng = np.random.default_rng([seed, 15])
    w = World(rng, lambda _: np.zeros((0, 3)), len(votes.statements))
    for i in range(len(votes.participants)):
        part = slice(votes.indptr[i], votes.indptr[i + 1])
        w.add(int(times[i]), votes.columns[part], votes.values[part].astype(np.int64))
    source = int(rng.choice(np.flatnonzero(votes.votes_per_participant >= 15)))
    seen, vote = w.people[source]
    script = np.zeros(w.size, dtype=np.int64)
    script[seen] = vote
    w.campaign[source] = 0
    start = int(rng.choice(times))
    for _ in range(15):
        w.copy(start + int(rng.integers(0, 30 * MINUTE)), seen, script, noise, 0)
    return w


def _million(people: int = 1_000_000, statements: int = 1000, each: int = 40) -> None:
    rng = np.random.default_rng(5)
    place = rng.normal(0, 1, people)
    load, base = rng.normal(0, 1, statements), rng.normal(0.3, 1, statements)
    # A column from each of 40 equal blocks: distinct and ascending within a person.
    wide = statements // each
    columns = np.arange(each) * wide + rng.integers(0, wide, (people, each))
    yes = rng.random((people, each)) < 1 / (
        1 + np.exp(-(base[columns] + load[columns] * place[:, None]))
    )
    codes = np.where(rng.random((people, each)) < 0.1, 1, 2 * yes)
    script = np.arange(each) * wide + 3
    members = 500_000 + np.arange(200)
    answers = np.where(rng.random(each) < 0.6, 2, 0)
    columns[members] = script
    codes[members] = np.where(rng.random((200, each)) < 0.1, 2 - answers, answers)
    votes = VoteMatrix(
        participants=np.arange(people),
        statements=np.arange(statements),
        indptr=np.arange(people + 1) * each,
        cells=((columns << 2) | codes).astype(np.uint16).ravel(),
        casts=people * each,
    )
    begin = time.process_time()
    claims = find_campaigns(votes, first_times=np.arange(people))
    spent = time.process_time() - begin
    inside = [int(np.isin(c.members, members).sum()) for c in claims]
    print(
        f"\n{people:,} ballots of {each}: {spent:.1f} CPU s, {len(claims)} claims of "
        f"{[c.size for c in claims]}, of the 200 {inside}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
