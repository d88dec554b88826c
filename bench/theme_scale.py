"""Many contributions from a file to a bundle with its report, in a process of its own.

    ./run bench theme_scale               # 100,000; then 20,000, killed and run again
    ./run bench theme_scale --million     # a million too: an hour
    ./run bench theme_scale 20000 ...     # so many

The contributions are those of ``theme_runs``, the vectors of the house's embedder, made anew. CPU
seconds count all threads; memory is the most that was resident during a step. *Stopped*: killed
(SIGKILL) when half of the vectors were kept, then run again: the bundle is that of a run that was
left alone.

Ends with 1 if 100,000 take more than 300 s of the clock or 3,000 MB, a million more than an hour,
or a run that was stopped gives another bundle.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import theme_runs
from theme_runs import Run

MOST = {100_000: 300.0, 1_000_000: 3600.0}
"""Seconds of the clock."""
MEGABYTES = 3000.0
STOPPED = 20_000


def measure(count: int, folder: Path) -> bool:
    """Print the steps of one run; whether the goals are met."""
    file, bundle = folder / f"said-{count}.csv", folder / f"{count}.bundle"
    theme_runs.write(file, count)
    done = theme_runs.run([file, "--out", bundle, "--keep", folder / f"kept-{count}"])
    size = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file()) / 1e6
    print(f"\n{count:,} contributions, {file.stat().st_size / 1e6:.0f} MB; bundle {size:.0f} MB\n")
    print("\n".join(line for line in done.said if "theme" in line or " fr " in f" {line}"))
    print("\n| step | CPU s | wall s | peak MB |\n|---|---:|---:|---:|")
    for step in [*done.parts, theme_runs.Step("**all**", done.cpu, done.wall, done.peak)]:
        print(f"| {step.name} | {step.cpu:.1f} | {step.wall:.1f} | {step.peak:,.0f} |")
    if done.status:
        print("\n".join(done.told), flush=True)
        return False
    sys.stdout.flush()
    quick = done.wall <= MOST.get(count, float("inf"))
    return quick and (done.peak <= MEGABYTES or count > 100_000)


def stopped(folder: Path) -> bool:
    """Print what a kill costs; whether the bundle is the same."""
    file = folder / "stopped.csv"
    theme_runs.write(file, STOPPED)
    whole, kept = folder / "kept-whole", folder / "kept"
    alone = theme_runs.run([file, "--out", folder / "alone.bundle", "--keep", whole])
    every = theme_runs.kept(whole)
    arguments: list[str | Path] = [file, "--out", folder / "again.bundle", "--keep", kept]
    killed = theme_runs.run(arguments, stop=lambda: theme_runs.kept(kept) * 2 >= every)
    left, torn = theme_runs.kept(kept), (folder / "again.bundle").exists()
    again = theme_runs.run(arguments)
    print(f"\n{STOPPED:,} contributions, killed when half of the vectors were kept\n")
    print("| run | ended with | CPU s | vectors kept | bundle |\n|---|---:|---:|---:|---|")
    for name, one, count, bundle in (
        ("left alone", alone, every, alone.bundle),
        ("killed", killed, left, "half written" if torn else "none"),
        ("run again", again, theme_runs.kept(kept), again.bundle),
    ):
        print(f"| {name} | {one.status} | {one.cpu:.1f} | {count:,} | {bundle} |", flush=True)
    return _same(alone, again) and not torn


def _same(one: Run, other: Run) -> bool:
    return bool(one.bundle) and one.bundle == other.bundle


def main(arguments: list[str]) -> int:
    """Print the tables; 1 if a goal was missed."""
    counts = [int(one) for one in arguments if one.isdecimal()] or [100_000]
    if "--million" in arguments:
        counts.append(1_000_000)
    good = True
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="assises-bench-") as folder:
            good &= measure(count, Path(folder))
    with tempfile.TemporaryDirectory(prefix="assises-bench-") as folder:
        good &= stopped(Path(folder))
    return int(not good)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
