"""The Polis method on many votes: ours, red-dwarf and the honest baseline, same file, same run.

    ./run bench scale [FOLDER|tiny|mini|small|medium|large ...]

A folder holds the export of a conversation. Sizes are 2k people x 200 statements @ 12 %, 5k x 400 @
10 %, 10k x 500 @ 10 %, 100k x 1k @ 5 %, 1M x 2k @ 2 %. Every contender is a process of its own that
reads the same Parquet file of casts in random order, after a warm-up on a few votes (imports and
compilation are not counted).

*baseline* is what a competent user of scikit-learn writes: sparse residuals, TruncatedSVD, KMeans,
counts by group. KMeans begins once in the cheap one, which is what it does if not told, and ten
times in the other: it was the default up to 1.3 and is what someone writes who wants the same
groups again. TruncatedSVD is left at its default in both, five power iterations:
approximate axes, where ours leave at most 1e-9 of the largest eigenvalue. red-dwarf is given at
most half a million votes: beyond that it takes minutes, then all memory.

The peers are installed in ``.bench/peers`` from ``requirements-peers.lock``, the first time.
CPU seconds count all threads; memory is the peak above what the process held once it had the input.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".bench" / "peers"
SIZES = {
    "tiny": (2_000, 200, 0.12),
    "mini": (5_000, 400, 0.10),
    "small": (10_000, 500, 0.10),
    "medium": (100_000, 1_000, 0.05),
    "large": (1_000_000, 2_000, 0.02),
}
MOST_FOR_RED_DWARF = 600_000
RUNS = 5
SHORT = 5.0
"""The least of so many runs counts, for everyone; no other is begun after so many CPU seconds."""
Columns = tuple[Any, Any, Any]


def make(people: int, statements: int, density: float, path: Path) -> int:
    """Write casts of three groups in random order; how many there are."""
    chance = np.random.default_rng(people)
    count = int(statements * density)
    stride = statements // count
    first = chance.integers(0, statements, people)[:, None] + np.arange(count) * stride
    statement = (first + chance.integers(0, stride, (people, count))) % statements
    statement = chance.permutation(statements)[statement].ravel()
    person = np.arange(people).repeat(count)
    own = chance.normal(size=(3, statements))
    opinion = own[chance.integers(0, 3, people).repeat(count), statement]
    opinion += chance.normal(size=len(person))
    vote = (opinion > 0.4).astype(np.int8) - (opinion < -0.4).astype(np.int8)
    order = chance.permutation(len(person))
    pl.DataFrame(
        {"participant": person[order], "statement": statement[order], "vote": vote[order]}
    ).write_parquet(path)
    return len(person)


def write(what: str, path: Path) -> tuple[int, int, int]:
    """Write the casts of a size or of a folder; how many people, statements and votes."""
    if what in SIZES:
        people, statements, density = SIZES[what]
        return people, statements, make(people, statements, density, path)
    from assises.flows.tables import from_export, vote_matrix  # the peers have no such package
    from assises.formats import polis

    votes = vote_matrix(from_export(polis.read(Path(what))))
    order = np.random.default_rng(0).permutation(len(votes))
    columns: dict[str, Any] = {
        "participant": votes.rows,
        "statement": votes.columns,
        "vote": votes.values,
    }
    pl.DataFrame({name: column[order] for name, column in columns.items()}).write_parquet(path)
    return (*votes.shape, len(votes))


def read(path: Path) -> Columns:
    """The columns of the file, as everyone gets them."""
    frame = pl.read_parquet(path)
    return tuple(frame[name].to_numpy() for name in frame.columns)  # type: ignore[return-value]


def ours(columns: Columns) -> int:
    """``analyse(..., method="polis")``."""
    from assises.engines.opinion import VoteMatrix, analyse

    return len(analyse(VoteMatrix.from_arrays(*columns), "polis").centres)


def baseline(columns: Columns, starts: int = 1) -> int:
    """Sparse residuals, TruncatedSVD, KMeans with silhouettes on a sample, counts by group."""
    from scipy import sparse
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.metrics import silhouette_score

    person, statement, vote = columns
    shape = int(person.max()) + 1, int(statement.max()) + 1
    value = vote.astype(np.float64)
    seen = np.bincount(statement, minlength=shape[1])
    mean = np.bincount(statement, weights=value, minlength=shape[1]) / np.maximum(seen, 1)
    z = sparse.csr_matrix((value - mean[statement], (person, statement)), shape=shape)
    points = TruncatedSVD(2, random_state=0).fit_transform(z)
    points *= np.sqrt(shape[1] / np.maximum(np.diff(z.indptr), 1))[:, None]
    tried = []
    for k in range(2, 6):
        label = KMeans(k, n_init=starts, random_state=0).fit_predict(points)
        score = silhouette_score(points, label, sample_size=min(2_000, len(points)), random_state=0)
        tried.append((score, k, label))
    _, k, label = max(tried, key=lambda one: one[0])
    for answer in (-1, 0, 1):
        of = vote == answer
        np.bincount(label[person[of]] * shape[1] + statement[of], minlength=k * shape[1])
    return int(k)


def baseline_of_ten(columns: Columns) -> int:
    """The same with the best of ten starts of KMeans."""
    return baseline(columns, starts=10)


def red_dwarf(columns: Columns) -> int:
    """Its ``run_pipeline``, from the list of dictionaries that it asks for."""
    from reddwarf.implementations.base import run_pipeline

    names = "participant_id", "statement_id", "vote"
    votes = [
        dict(zip(names, row, strict=True))
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]
    return int(run_pipeline(votes=votes, random_state=0).participants_df["cluster_id"].nunique())


CONTENDERS: dict[str, Callable[[Columns], int]] = {
    "ours": ours,
    "baseline": baseline,
    "baseline, ten starts": baseline_of_ten,
    "red-dwarf": red_dwarf,
}


def contend(name: str, path: Path, warm: Path) -> None:
    """Run one contender here and print its figures."""
    work = CONTENDERS[name]
    work(read(warm))
    columns = read(path)
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    runs: list[tuple[float, float]] = []
    while len(runs) < RUNS and sum(cpu for cpu, _ in runs) < SHORT:
        cpu, wall = time.process_time(), time.perf_counter()
        groups = work(columns)
        runs.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpu, wall = min(runs)
    memory = _memory("VmHWM") - before
    print(json.dumps({"cpu": cpu, "wall": wall, "memory": memory, "groups": groups}))


def _memory(name: str) -> float:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def _peers() -> Path:
    python = PEERS / "bin" / "python"
    if not (PEERS / ".installed").exists():
        print("Installing the peers, once ...", file=sys.stderr, flush=True)
        venv.create(PEERS, with_pip=True, clear=True)
        lock = str(ROOT / "requirements-peers.lock")
        pip = (str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", lock)
        subprocess.run(pip, check=True)
        (PEERS / ".installed").touch()
    return python


def _measured(name: str, path: Path, warm: Path) -> dict[str, float]:
    python = sys.executable if name == "ours" else str(_peers())
    threads = {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    done = subprocess.run(
        (python, __file__, "--contender", name, str(path), str(warm)),
        env=os.environ | threads,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main(arguments: list[str]) -> int:
    """Print the table."""
    if arguments[:1] == ["--contender"]:
        contend(arguments[1], Path(arguments[2]), Path(arguments[3]))
        return 0
    sizes = arguments or list(SIZES)
    print("| people | statements | votes | contender | k | CPU s | of ours | wall s | MB above |")
    print("|---:|---:|---:|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="assises-bench-") as folder:
        # As many people as call for every loop that the large sizes use.
        warm = Path(folder) / "warm.parquet"
        make(25_000, 100, 0.1, warm)
        few = Path(folder) / "few.parquet"
        make(200, 40, 0.5, few)
        for size in sizes:
            path = Path(folder) / "votes.parquet"
            people, statements, votes = write(size, path)
            own = 0.0
            for name in CONTENDERS:
                if name == "red-dwarf" and votes > MOST_FOR_RED_DWARF:
                    continue
                found = _measured(name, path, few if name == "red-dwarf" else warm)
                own = found["cpu"] if name == "ours" else own
                print(
                    f"| {people:,} | {statements:,} | {votes:,} | {name} | {found['groups']:.0f} "
                    f"| {found['cpu']:.4f} | {found['cpu'] / own:.1f} | {found['wall']:.2f} "
                    f"| {found['memory']:.0f} |",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
