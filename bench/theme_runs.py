"""Files of made-up contributions, and the command ``themes`` run on them and watched.

Not a measurement: ``theme_scale``, ``theme_bytes`` and ``theme_bad`` use it.

The model of the contributions: the beginning of one sentence of the project's corpus, the end of
another of the same vertical and language, and two words of a third in place of two of theirs, so
that nearly all differ; one in eight goes on with a whole sentence of the vertical, one in a hundred
is only a mark, one in a hundred copies one of twenty sentences. They say little that makes sense.
They cost what short contributions cost: 13 words on average, seven ways of writing mixed.
"""

from __future__ import annotations

import csv
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "src" / "assises" / "demo" / "corpus"
LANGUAGES = {
    "fr": ("fr", 0.34), "ar": ("ar", 0.2), "ary_arab": ("ary-Arab", 0.2),
    "ary_latn": ("ary-Latn", 0.17), "en": ("en", 0.04), "zgh_latn": ("zgh-Latn", 0.03),
    "zgh_tfng": ("zgh-Tfng", 0.02),
}  # fmt: skip
"""Column of the corpus: tag, share."""
COLUMNS = ("id", "text", "language", "region", "college")
MARKS = ("...", "👍👍", "?", "")
COLLEGES = ("citizen", "civil-society", "academia", "private-sector")
_TICK = 1 / os.sysconf("SC_CLK_TCK")
Sentences = dict[str, dict[str, list[list[str]]]]


def corpus() -> Sentences:
    """Words of each sentence, by column and vertical."""
    found: Sentences = {column: {} for column in LANGUAGES}
    for path in sorted(CORPUS.glob("v*.csv")):
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column, mine in found.items():
                    if row[column]:
                        mine.setdefault(row["vertical"], []).append(row[column].split())
    return found


def text(mine: list[list[str]], chance: random.Random) -> str:
    """One contribution, of the sentences of one vertical in one language."""
    head, tail, other = chance.choices(mine, k=3)
    share = chance.uniform(0.3, 0.7)
    words = head[: max(round(share * len(head)), 1)] + tail[round(share * len(tail)) :]
    for _ in range(2):
        words[chance.randrange(len(words))] = chance.choice(other)
    if chance.random() < 0.125:
        words += chance.choice(mine)
    return " ".join(words)


def write(path: Path, count: int, seed: int = 1) -> None:
    """A file of contributions; the same for the same arguments."""
    chance, sentences = random.Random(seed), corpus()
    verticals = sorted(sentences["fr"])
    campaign = [chance.choice(sentences["fr"][chance.choice(verticals)]) for _ in range(20)]
    drawn = chance.choices(list(LANGUAGES), [share for _, share in LANGUAGES.values()], k=count)
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for at, column in enumerate(drawn):
            said = text(sentences[column][chance.choice(sorted(sentences[column]))], chance)
            kind = chance.random()
            if kind < 0.02:
                said = chance.choice(MARKS) if kind < 0.01 else " ".join(chance.choice(campaign))
            tag = LANGUAGES[column][0] if kind >= 0.02 and chance.random() < 0.5 else ""
            region = f"MA-{chance.randint(1, 12):02d}"
            rows.writerow((f"c{at:07d}", said, tag, region, chance.choice(COLLEGES)))


@dataclass(slots=True)
class Step:
    """What one step of a run cost."""

    name: str
    cpu: float
    wall: float
    peak: float = 0.0
    """Most megabytes in memory while it ran."""


@dataclass(slots=True)
class Run:
    """What a run of the command said, and what it cost."""

    status: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    said: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """Standard error, without the steps."""
    steps: list[Step] = field(default_factory=list)

    @property
    def parts(self) -> list[Step]:
        """The steps, those of one name together, and all that teaches the embedder as one."""
        taught, found = True, dict[str, Step]()
        for step in self.steps:
            taught = taught and step.name != "languages"
            name = step.name
            if taught and name not in ("starting", "reading"):
                name = "learning Darija"
            own = found.setdefault(name, Step(name, 0, 0))
            own.cpu, own.wall = own.cpu + step.cpu, own.wall + step.wall
            own.peak = max(own.peak, step.peak)
        return list(found.values())

    @property
    def peak(self) -> float:
        """Most megabytes in memory."""
        return max(step.peak for step in self.steps)

    @property
    def bundle(self) -> str:
        """Id of the bundle that was written, empty if none was."""
        found = re.search(r"^bundle .*\(([\w-]+)\)$", "\n".join(self.said), re.MULTILINE)
        return found[1] if found else ""


def run(
    arguments: Sequence[str | Path],
    *,
    cores: int | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Run:
    """Run ``assises themes`` in a process of its own.

    Args:
        arguments: of the command.
        cores: that it may use; all of this process's unless told.
        stop: asked ten times a second; once it says so, the process is killed.
    """
    command = [sys.executable, "-m", "assises", "themes", *map(str, arguments)]
    if cores is not None:
        some = sorted(os.sched_getaffinity(0))[:cores]
        command = ["taskset", "-c", ",".join(map(str, some)), *command]
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(cores),
        text=True,
        encoding="utf-8",
    ) as child:
        watched = _Watched(child, began)
        readers = [threading.Thread(target=work) for work in (watched.read, watched.listen)]
        for reader in readers:
            reader.start()
        killed = False
        while not watched.over():
            if stop() and not killed:
                child.kill()
                killed = True
            time.sleep(0.1)
        for reader in readers:
            reader.join()
    return watched.done()


def _environment(cores: int | None) -> Mapping[str, str]:
    limits = () if cores is None else ("OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
    found = os.environ | {name: str(cores) for name in limits}
    found.pop("POLARS_MAX_THREADS", None)
    return found


class _Watched:
    """A process, its cost and memory by step."""

    def __init__(self, child: subprocess.Popen[str], began: float) -> None:
        self.child, self.began = child, began
        self.run = Run(steps=[Step("starting", 0, 0)])
        self._at = (0.0, began)
        self._cpu = 0.0

    def over(self) -> bool:
        """Note memory and CPU seconds; whether the process has ended."""
        with suppress(OSError, StopIteration, IndexError, ValueError):
            self.run.steps[-1].peak = max(self.run.steps[-1].peak, self._memory())
            self._cpu = self._seconds()
        found, status, usage = os.wait4(self.child.pid, os.WNOHANG)
        if not found:
            return False
        self.child.returncode = self.run.status = os.waitstatus_to_exitcode(status)
        self._cpu = usage.ru_utime + usage.ru_stime
        return True

    def listen(self) -> None:
        """Standard output."""
        assert self.child.stdout is not None
        self.run.said = self.child.stdout.read().splitlines()

    def read(self) -> None:
        """Standard error: a line that ends with an ellipsis begins a step."""
        assert self.child.stderr is not None
        for line in self.child.stderr:
            if not line.endswith(" …\n"):
                self.run.told.append(line.rstrip("\n"))
                continue
            with suppress(OSError, StopIteration, IndexError, ValueError):
                self._next(line[:-3])

    def _next(self, name: str) -> None:
        before, now = self._at, (self._seconds(), time.perf_counter())
        step = self.run.steps[-1]
        step.cpu, step.wall = now[0] - before[0], now[1] - before[1]
        step.peak = max(step.peak, self._memory())
        # The kernel's highest mark begins anew, so that it tells of one step.
        Path(f"/proc/{self.child.pid}/clear_refs").write_text("5", "ascii")
        self._at = now
        self.run.steps.append(Step(name, 0, 0))

    def done(self) -> Run:
        """The run, once the process has ended."""
        wall = time.perf_counter()
        last = self.run.steps[-1]
        last.cpu, last.wall = self._cpu - self._at[0], wall - self._at[1]
        self.run.cpu, self.run.wall = self._cpu, wall - self.began
        return self.run

    def _memory(self) -> float:
        lines = Path(f"/proc/{self.child.pid}/status").read_text("ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024

    def _seconds(self) -> float:
        line = Path(f"/proc/{self.child.pid}/stat").read_text("utf-8")
        after = line[line.rindex(")") + 2 :].split()
        return (int(after[11]) + int(after[12])) * _TICK


def kept(folder: Path) -> int:
    """How many vectors are kept in a folder."""
    count = 0
    for path in folder.glob("*/*.vectors"):
        with suppress(OSError, ValueError), open(path, "rb") as file:
            count += int(json.loads(file.read(512))["count"])
    return count
