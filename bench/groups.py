"""How well planted groups are found, what is said where there are none, and what others say.

    ./run bench groups              # every world, all contenders
    ./run bench groups small        # one world of each kind of 2,000 people, a third of 10,000
    ./run bench groups tiny         # worlds of 150 and 300 people
    ./run bench groups null [RUNS]  # worlds without structure: how often groups are claimed

*Planted worlds.* 1, 2, 3, 5 and 8 groups, the sizes as 1 to 1/2 to 1/3 ..., each at least 3 %;
100 to 300 statements; 5, 10 and 20 % of the votes, some people and some statements with many more
than others. *Classes*: each group has log-odds of its own on each statement, with a spread of 2, 1
or .5 (strong, medium, weak) around what is common to all. *Bents*: the same, and each person is
more or less ready to agree, and to pass, whatever is asked. *Ideal points*: people stand around
the centres of their groups in two or three dimensions, the nearest centres 6, 4 or 2.5 spreads of
a group apart; statements are planes. *Continuum*: one cloud of ideal points, in one or two
dimensions, normal or even: there is structure and no right number; what is claimed is reported.
*Camps*: two thirds agree with nearly everything, a third with nearly nothing, all worded alike.

*Told the truth* is who guesses each person's group from their votes and the chances that made them
(for ideal points: from the place that nobody sees); no method can be expected to do better.
*k-means* is scikit-learn's on the residuals of the sparse votes, ten starts, the number of groups
from 2 to 8 by mean silhouette: it cannot say 1. Once on two axes scaled for sparsity as in Polis,
once on eight axes as they are. *red-dwarf* is its own pipeline, where the votes are few enough; it
groups people with seven votes, and is compared on those. Figures are the share of worlds with the
right number of groups and the mean adjusted Rand index (Hubert and Arabie 1985), over everyone.

*No structure*: statements differ in their shares and people answer independently, *bare* or each
with a bent to agree and a bent to pass. The bound is the upper one of Clopper and Pearson (1934).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scale import _peers

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Columns = tuple[Int64, Int64, npt.NDArray[np.int8]]

GROUPS = (1, 2, 3, 5, 8)
PEOPLE = (2_000, 10_000, 100_000)
DENSITIES = (0.05, 0.10, 0.20)
STATEMENTS = (100, 200, 300)
APART = {"strong": 2.0, "medium": 1.0, "weak": 0.5}
CENTRES = {"strong": 6.0, "medium": 4.0, "weak": 2.5}
CLOUDS = {"one line": (1, False), "a plane": (2, False), "even, one line": (1, True)}
CAMPS = "camps"
LEAST_SHARE = 0.03
MOST_FOR_RED_DWARF = 60_000
ENOUGH_VOTES = 7
PLAIN = 0.5
"""Adjusted Rand index of who is told the truth from which groups count as there to be found."""


@dataclass(frozen=True)
class World:
    """Votes that we made, and who is of which group."""

    kind: str
    apart: str
    groups: int
    people: int
    density: float
    columns: Columns
    label: Int64
    """Group of each person, shape (people,)."""
    told: Int64
    """The group that who knows everything else would guess."""


@dataclass(frozen=True)
class Design:
    """One world to be made."""

    kind: str
    apart: str
    groups: int
    people: int
    density: float
    seed: int

    def make(self) -> World:
        """The world."""
        chance = np.random.default_rng(
            [self.seed, self.groups, self.people, round(100 * self.density), len(self.kind)]
        )
        statements = int(chance.choice(STATEMENTS))
        person, statement = _exposure(chance, self.people, statements, self.density)
        label = chance.choice(self.groups, self.people, p=_sizes(self.groups))
        maker = {
            "classes": _classes,
            "bents": _bents,
            "ideal points": _ideal_points,
            CAMPS: _camps,
        }
        make = maker.get(self.kind, _cloud)
        vote, told = make(self, chance, label, person, statement)
        return World(
            self.kind,
            self.apart,
            self.groups,
            self.people,
            self.density,
            (person, statement, vote),
            label,
            told,
        )


def _sizes(groups: int) -> Float64:
    sizes = 1.0 / np.arange(1, groups + 1)
    sizes = np.maximum(sizes / sizes.sum(), LEAST_SHARE)
    return np.asarray(sizes / sizes.sum())


def _exposure(
    chance: np.random.Generator, people: int, statements: int, density: float
) -> tuple[Int64, Int64]:
    """Who saw what: people and statements differ in how much; everyone saw something."""
    active = np.exp(chance.normal(0, 0.6, people))
    shown = np.exp(chance.normal(0, 0.5, statements))
    rate = density * np.outer(active / active.mean(), shown / shown.mean()).astype(np.float32)
    seen = chance.random(rate.shape, dtype=np.float32) < np.minimum(rate, 0.95)
    nothing = np.flatnonzero(~seen.any(axis=1))
    seen[nothing, chance.integers(0, statements, len(nothing))] = True
    person, statement = np.nonzero(seen)
    return person.astype(np.int64), statement.astype(np.int64)


def _said(
    chance: np.random.Generator, odds: Float64, passing: Float64 | float
) -> npt.NDArray[np.int8]:
    """Votes from log-odds of agreement and the chance of a pass."""
    agree = chance.random(len(odds)) < _logistic(odds)
    vote = np.where(chance.random(len(odds)) < passing, 0, np.where(agree, 1, -1))
    return vote.astype(np.int8)


def _logistic(x: Float64) -> Float64:
    return np.asarray(1 / (1 + np.exp(-x)))


Made = tuple[npt.NDArray[np.int8], Int64]


def _own_odds(of: Design, chance: np.random.Generator, statements: int) -> Float64:
    common = chance.normal(0.3, 0.8, statements)
    return np.asarray(common + chance.normal(0, APART[of.apart], (of.groups, statements)))


def _classes(
    of: Design, chance: np.random.Generator, label: Int64, person: Int64, statement: Int64
) -> Made:
    odds = _own_odds(of, chance, int(statement.max()) + 1)
    vote = _said(chance, odds[label[person], statement], 0.15)
    return vote, _guessed(odds, 0.0, person, statement, vote, len(label))


def _bents(
    of: Design, chance: np.random.Generator, label: Int64, person: Int64, statement: Int64
) -> Made:
    odds = _own_odds(of, chance, int(statement.max()) + 1)
    agreeing = chance.normal(0, 0.7, len(label))
    passing = _logistic(chance.normal(-2.0, 0.8, len(label)))
    vote = _said(chance, odds[label[person], statement] + agreeing[person], passing[person])
    return vote, _guessed(odds, agreeing[person], person, statement, vote, len(label))


def _guessed(
    odds: Float64,
    bent: Float64 | float,
    person: Int64,
    statement: Int64,
    vote: npt.NDArray[np.int8],
    people: int,
) -> Int64:
    """The likeliest group of each person by the chances that made the votes."""
    score = np.empty((people, len(odds)))
    for g, (own, share) in enumerate(zip(odds, _sizes(len(odds)), strict=True)):
        each = np.where(vote == 0, 0.0, -np.log1p(np.exp(-vote * (own[statement] + bent))))
        score[:, g] = np.log(share) + np.bincount(person, each, people)
    return np.asarray(score.argmax(axis=1), dtype=np.int64)


def _ideal_points(
    of: Design, chance: np.random.Generator, label: Int64, person: Int64, statement: Int64
) -> Made:
    dimensions = 2 if of.groups <= 3 else 3
    while True:  # centres in a cloud, none nearer to another than is asked
        centre = chance.normal(0, 1, (of.groups, dimensions))
        away = np.sqrt(((centre[:, None] - centre[None]) ** 2).sum(axis=2))
        nearest = float(away[np.triu_indices(of.groups, 1)].min()) if of.groups > 1 else 1.0
        if nearest > 0.6:
            break
    spread = nearest / CENTRES[of.apart]
    place = centre[label] + spread * chance.normal(0, 1, (len(label), dimensions))
    near = ((place[:, None] - centre[None]) ** 2).sum(axis=2) / (2 * spread**2)
    told = (np.log(_sizes(of.groups)) - near).argmax(axis=1)
    return _by_place(chance, place, person, statement), np.asarray(told, dtype=np.int64)


def _camps(
    of: Design, chance: np.random.Generator, label: Int64, person: Int64, statement: Int64
) -> Made:
    common = chance.normal(0, 0.4, int(statement.max()) + 1)
    odds = common + APART[of.apart] * np.array([[1.0], [-1.0]])
    lean = chance.normal(0, 0.3, len(label))
    vote = _said(chance, odds[label[person], statement] + lean[person], 0.1)
    return vote, _guessed(odds, lean[person], person, statement, vote, len(label))


def _cloud(
    of: Design, chance: np.random.Generator, label: Int64, person: Int64, statement: Int64
) -> Made:
    dimensions, even = CLOUDS[of.apart]
    shape = (len(label), dimensions)
    place = chance.uniform(-(3**0.5), 3**0.5, shape) if even else chance.normal(0, 1, shape)
    return _by_place(chance, place, person, statement), label


def _by_place(
    chance: np.random.Generator, place: Float64, person: Int64, statement: Int64
) -> npt.NDArray[np.int8]:
    statements = int(statement.max()) + 1
    plane = chance.normal(0, 1.5, (statements, place.shape[1]))
    odds = chance.normal(0.3, 0.8, statements)[statement]
    for axis in range(place.shape[1]):
        odds = odds + place[person, axis] * plane[statement, axis]
    return _said(chance, odds, 0.15)


def designs(*, small: bool = False) -> Iterator[Design]:
    """All worlds: three times each of 2,000 people, once of 10,000, and of 100,000 by turns.

    Args:
        small: once each of 2,000 people, and of 10,000 by turns.
    """
    for size in PEOPLE[:2] if small else PEOPLE:
        seeds = range(3) if size == 2_000 and not small else range(1)
        thin = size == (10_000 if small else 100_000)
        for kind in ("classes", "bents", "ideal points"):
            of_kind = [g for g in GROUPS if g > 1 or kind == "classes"]
            for at, groups in enumerate(of_kind):
                for turn, density in enumerate(DENSITIES):
                    for far, apart in enumerate(APART):
                        # One group has no distance; of the largest worlds, a third.
                        by_turns = thin and (at + turn + far) % 3
                        if by_turns or (groups == 1 and far):
                            continue
                        for seed in seeds:
                            yield Design(kind, apart, groups, size, density, seed)
        if size == PEOPLE[0]:
            for apart in ("strong", "medium"):
                for density in DENSITIES:
                    yield Design(CAMPS, apart, 2, size, density, 0)
        for cloud in CLOUDS:
            for density in DENSITIES[:: 2 if size < 100_000 else 3]:
                yield Design("continuum", cloud, 1, size, density, 0)


def tiny_designs() -> Iterator[Design]:
    """Worlds of the size of most conversations, two of each kind."""
    for size in (150, 300):
        for density in (0.10, 0.25):
            for seed in (31, 32):
                for apart in ("strong", "medium"):
                    for kind in ("classes", "bents", "ideal points"):
                        for groups in (2, 3):
                            yield Design(kind, apart, groups, size, density, seed)
                for cloud in ("one line", "a plane"):
                    yield Design("continuum", cloud, 1, size, density, seed)


# The contenders: a label for each person, -1 for whom it leaves out.


def ours(columns: Columns) -> Int64:
    """The engine as it comes."""
    from assises.engines.opinion import VoteMatrix
    from assises.engines.opinion.partition import find_groups

    return find_groups(VoteMatrix.from_arrays(*columns), threads=1).label


def k_means_on_two(columns: Columns) -> Int64:
    """k-means on the two axes of Polis, positions scaled for sparsity."""
    return _k_means(columns, 2, scaled=True)


def k_means_on_eight(columns: Columns) -> Int64:
    """k-means on eight axes as they are."""
    return _k_means(columns, 8, scaled=False)


def _k_means(columns: Columns, axes: int, *, scaled: bool) -> Int64:
    from scipy import sparse
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.metrics import silhouette_score

    person, statement, vote = columns
    shape = int(person.max()) + 1, int(statement.max()) + 1
    value = vote.astype(np.float64)
    seen = np.bincount(statement, minlength=shape[1])
    mean = np.bincount(statement, value, shape[1]) / np.maximum(seen, 1)
    z = sparse.csr_matrix((value - mean[statement], (person, statement)), shape=shape)
    points = TruncatedSVD(axes, random_state=0).fit_transform(z)
    if scaled:
        points *= np.sqrt(shape[1] / np.maximum(np.diff(z.indptr), 1))[:, None]
    tried = []
    for k in range(2, 9):
        label = KMeans(k, n_init=10, random_state=0).fit_predict(points)
        score = silhouette_score(points, label, sample_size=min(4_000, len(points)), random_state=0)
        tried.append((float(score), label))
    best = max(tried, key=lambda one: one[0])[1]
    return np.asarray(best, dtype=np.int64)


def red_dwarf(columns: Columns) -> Int64:
    """Its ``run_pipeline``, from the list of dictionaries that it asks for."""
    from reddwarf.implementations.base import run_pipeline

    names = "participant_id", "statement_id", "vote"
    votes = [
        dict(zip(names, row, strict=True))
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]
    of_people = run_pipeline(votes=votes, random_state=0).participants_df["cluster_id"]
    label = np.full(int(columns[0].max()) + 1, -1)
    known = of_people.dropna()
    label[known.index.to_numpy().astype(np.int64)] = known.to_numpy().astype(np.int64)
    return np.asarray(label, dtype=np.int64)


PEERS: dict[str, Callable[[Columns], Int64]] = {
    "k-means, 2 axes": k_means_on_two,
    "k-means, 8 axes": k_means_on_eight,
    "red-dwarf": red_dwarf,
}
OURS = "ours"
TOLD = "told the truth"


def serve() -> int:
    """Answer requests of a peer and a file of votes, one a line, until there are no more."""
    for line in sys.stdin:
        name, path = json.loads(line)
        with np.load(path) as held:
            columns = held["person"], held["statement"], held["vote"]
        begin = time.process_time()
        label = PEERS[name](columns)
        spent = time.process_time() - begin
        np.save(path + ".npy", label)
        print(json.dumps(spent), flush=True)
    return 0


class Server:
    """The peers, in their own Python."""

    def __init__(self, folder: Path) -> None:
        threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self.path = folder / "votes.npz"
        self.process: subprocess.Popen[str] = subprocess.Popen(
            (str(_peers()), __file__, "--serve"),
            env=os.environ | threads,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def give(self, columns: Columns) -> None:
        """The votes of the next world."""
        person, statement, vote = columns
        np.savez(self.path, person=person, statement=statement, vote=vote)

    def ask(self, name: str) -> tuple[Int64, float]:
        """The labels by a peer, and its CPU seconds."""
        asked, answer = self.process.stdin, self.process.stdout
        if asked is None or answer is None:
            raise RuntimeError("the peers were started without pipes")
        asked.write(json.dumps([name, str(self.path)]) + "\n")
        asked.flush()
        spent = json.loads(answer.readline())
        label: Int64 = np.load(f"{self.path}.npy")
        return label, float(spent)


# Judging.


@dataclass(frozen=True)
class Score:
    """What one contender said of one world."""

    design: Design
    name: str
    k: int
    ari: float
    seconds: float
    same_people: float | None = None
    """Our index over the people that red-dwarf grouped."""


def index(label: Int64, truth: Int64) -> float:
    """Adjusted Rand index over those with a label."""
    from assises.engines.opinion.matching import adjusted_rand_index

    has = label >= 0
    table = np.zeros((int(label.max()) + 1, int(truth.max()) + 1), dtype=np.int64)
    np.add.at(table, (label[has], truth[has]), 1)
    return adjusted_rand_index(table)


def judged(design: Design, server: Server) -> list[Score]:
    """Every contender on one world."""
    world = design.make()
    begin = time.process_time()
    label = ours(world.columns)
    spent = time.process_time() - begin
    out = [
        Score(design, TOLD, design.groups, index(world.told, world.label), 0.0),
        Score(design, OURS, _count(label), index(label, world.label), spent),
    ]
    server.give(world.columns)
    for name in PEERS:
        if name == "red-dwarf" and (design.seed > 0 or len(world.columns[0]) > MOST_FOR_RED_DWARF):
            continue
        theirs, spent = server.ask(name)
        same = None
        if (theirs < 0).any():
            same = index(np.where(theirs < 0, -1, label), world.label)
        out.append(Score(design, name, _count(theirs), index(theirs, world.label), spent, same))
    return out


def _count(label: Int64) -> int:
    return len(np.unique(label[label >= 0]))


@dataclass
class Table:
    """Scores by something of the design, with their means."""

    title: str
    of: Callable[[Design], str]
    rows: dict[str, list[list[Score]]] = field(default_factory=dict)

    def add(self, scores: list[Score]) -> None:
        """The scores of one world."""
        self.rows.setdefault(self.of(scores[0].design), []).append(scores)

    def show(self) -> None:
        """Print it."""
        names = (OURS, "k-means, 2 axes", "k-means, 8 axes")
        print(f"\n| {self.title} | worlds | {TOLD}, ARI | ", end="")
        print(" | ".join(f"{name}: k right | ARI" for name in names) + " |")
        print("|---|---:|---:|" + "---:|---:|" * len(names))
        for title, worlds in self.rows.items():
            cells = [f"{_mean([_of(w, TOLD).ari for w in worlds]):.2f}"]
            for name in names:
                of = [_of(w, name) for w in worlds]
                right = sum(score.k == score.design.groups for score in of)
                cells += [f"{right / len(of):.0%}", f"{_mean([s.ari for s in of]):.2f}"]
            print(f"| {title} | {len(worlds)} | " + " | ".join(cells) + " |")


def _of(world: Sequence[Score], name: str) -> Score:
    return next(score for score in world if score.name == name)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def compare(every: Sequence[Design]) -> int:
    """Print the tables; 1 if a peer has a better mean index where groups can be found."""
    done: list[list[Score]] = []
    with tempfile.TemporaryDirectory(prefix="assises-bench-") as folder:
        server = Server(Path(folder))
        ours(Design("classes", "strong", 2, 2_000, 0.2, 9).make().columns)  # compiles
        for at, design in enumerate(every):
            done.append(judged(design, server))
            said = ", ".join(f"{s.name} {s.k} ({s.ari:.2f}, {s.seconds:.1f} s)" for s in done[-1])
            print(f"{at + 1}/{len(every)} {design}: {said}", file=sys.stderr, flush=True)
    planted = [world for world in done if world[0].design.kind not in {"continuum", CAMPS}]
    tables = [
        Table("world", lambda d: f"{d.kind}, {d.apart if d.groups > 1 else 'one group'}"),
        Table("groups", lambda d: f"{d.groups}"),
        Table("people", lambda d: f"{d.people:,}"),
        Table("density", lambda d: f"{d.density:.0%}"),
    ]
    for table in tables:
        for world in planted:
            table.add(world)
        table.show()
    camps = Table("all yes against all no", lambda d: d.apart)
    for world in done:
        if world[0].design.kind == CAMPS:
            camps.add(world)
    if camps.rows:
        camps.show()
    _show_red_dwarf(planted)
    _show_continuum([world for world in done if world[0].design.kind == "continuum"])
    _show_seconds(done)
    return _verdict(tables[0])


def _show_red_dwarf(planted: Sequence[Sequence[Score]]) -> None:
    both = [w for w in planted if any(score.name == "red-dwarf" for score in w)]
    print(
        "\n| groups | worlds | ours: k right | ARI, of those it groups | red-dwarf: k right | ARI |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    for groups in GROUPS:
        worlds = [w for w in both if w[0].design.groups == groups]
        if not worlds:
            continue
        mine, theirs = [_of(w, OURS) for w in worlds], [_of(w, "red-dwarf") for w in worlds]
        same = [
            one.ari if other.same_people is None else other.same_people
            for one, other in zip(mine, theirs, strict=True)
        ]
        print(
            f"| {groups} | {len(worlds)} | {_right(mine)} | {_mean(same):.2f} "
            f"| {_right(theirs)} | {_mean([s.ari for s in theirs]):.2f} |"
        )


def _right(scores: Sequence[Score]) -> str:
    return f"{sum(s.k == s.design.groups for s in scores) / len(scores):.0%}"


def _show_continuum(worlds: Sequence[Sequence[Score]]) -> None:
    names = (OURS, *PEERS)
    print("\n| continuum | people | density | " + " | ".join(names) + " |")
    print("|---|---:|---:|" + "---:|" * len(names))
    for world in worlds:
        of = world[0].design
        said = {score.name: str(score.k) for score in world}
        cells = " | ".join(said.get(name, "") for name in names)
        print(f"| {of.apart} | {of.people:,} | {of.density:.0%} | {cells} |")


def _show_seconds(worlds: Sequence[Sequence[Score]]) -> None:
    names = (OURS, *PEERS)
    print("\n| CPU seconds, mean and most | " + " | ".join(names) + " |")
    print("|---|" + "---:|" * len(names))
    for people in sorted({w[0].design.people for w in worlds}):
        cells = []
        for name in names:
            spent = [
                s.seconds for w in worlds for s in w if s.name == name and s.design.people == people
            ]
            cells.append(f"{_mean(spent):.2f}, {max(spent):.2f}" if spent else "")
        print(f"| {people:,} people | " + " | ".join(cells) + " |")


def _verdict(table: Table) -> int:
    lost = []
    for title, worlds in table.rows.items():
        if _mean([_of(w, TOLD).ari for w in worlds]) < PLAIN:
            continue
        mine = _mean([_of(w, OURS).ari for w in worlds])
        lost += [
            f"{name} in {title}"
            for name in ("k-means, 2 axes", "k-means, 8 axes")
            if _mean([_of(w, name).ari for w in worlds]) > mine + 0.005
        ]
    print("\nBetter than ours: " + ("; ".join(lost) or "none where groups can be found") + ".")
    return 1 if lost else 0


# No structure.


def bare(chance: np.random.Generator) -> Columns:
    """Statements with shares of their own, and nothing about people."""
    return _structureless(chance, 0.0, 0.0)


def bent(chance: np.random.Generator) -> Columns:
    """The same, and each person with a bent to agree and a bent to pass."""
    return _structureless(chance, 0.7, 0.8)


def _structureless(chance: np.random.Generator, agreeing: float, passing: float) -> Columns:
    people, density = int(chance.integers(200, 601)), float(chance.uniform(0.2, 0.6))
    person, statement = _exposure(chance, people, 40, density)
    odds = chance.normal(0.3, 0.8, 40)[statement] + chance.normal(0, 1, people)[person] * agreeing
    skip = _logistic(
        chance.normal(-2.0, 0.5, 40)[statement] + chance.normal(0, 1, people)[person] * passing
    )
    return person, statement, _said(chance, odds, skip)


NULLS = {"bare": bare, "with bents": bent}


def without_structure(runs: int) -> int:
    """Print how often groups are claimed; 1 if the bound is above 7 %."""
    from assises.engines.opinion import VoteMatrix
    from assises.engines.opinion.beta import beta_quantile
    from assises.engines.opinion.partition import find_groups

    print("| no structure | runs | structure found | groups claimed | at most (97.5 %) | CPU s |")
    print("|---|---:|---:|---:|---:|---:|", flush=True)
    worst = 0.0
    for name, make in NULLS.items():
        found = claimed = 0
        begin = time.process_time()
        for run in range(runs):
            votes = VoteMatrix.from_arrays(*make(np.random.default_rng([run, 97])))
            said = find_groups(votes, seed=run, threads=1)
            found += said.structure.lines > 0
            claimed += said.groups > 1
            if run % 20 == 19:
                print(f"{name} {run + 1}: {found}, {claimed}", file=sys.stderr, flush=True)
        upper = float(beta_quantile(claimed + 1.0, float(runs - claimed), 0.975))
        worst = max(worst, upper)
        spent = (time.process_time() - begin) / runs
        print(
            f"| {name} | {runs:,} | {found} | {claimed} | {upper:.1%} | {spent:.2f} |", flush=True
        )
    return 1 if worst > 0.07 else 0


def main(arguments: list[str]) -> int:
    """Print the tables."""
    if arguments[:1] == ["--serve"]:
        return serve()
    if arguments[:1] == ["null"]:
        return without_structure(int(arguments[1]) if arguments[1:] else 1_000)
    if arguments[:1] == ["tiny"]:
        return compare(list(tiny_designs()))
    return compare(list(designs(small=arguments[:1] == ["small"])))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
