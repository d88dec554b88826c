"""Parts of the votes in the memory of Ray's actors: processes here, or on other machines.

    with Cluster(parts) as workers:
        opinion = analyse(ShardedVotes.of(workers, len(parts)), "polis")

Needs the extra ``assises[cluster]``. An actor keeps its parts from the first question to the last;
only tables and sums travel. They are added here in the order of the parts, in whole numbers: the
bytes are those of one matrix, whatever the number of actors and whichever of them was started
again. Nothing is told to anyone: no dashboard, no usage statistics; without an address no process
listens on anything but the loopback, and who has not this run's token is turned away.
"""

from __future__ import annotations

import importlib
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from assises.engines.opinion.matrix import VoteMatrix
from assises.engines.opinion.shards import ask
from assises.lib.errors import InputError, SetupError

Part = VoteMatrix | Callable[[], VoteMatrix]

_AHEAD: Final = 2
"""Answers an actor may have ready before they are added: more would only take room."""
_AGAIN: Final = 2
"""Times an actor that died is started again, and what it was asked is asked again."""
_PATIENCE: Final = 20
_LOOPBACK: Final = "127.0.0.1"
_THEIRS: Final = ("RAY_", "PYTHONBREAKPOINT")
"""What Ray and we for it put into the environment; taken out again."""
_CLOSED: Final = "http://127.0.0.1:9"
_SILENT: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",
    # A cluster of `ray start` would report that it reports nothing.
    "RAY_USAGE_STATS_REPORT_URL": _CLOSED,
}
_NO_WAY_OUT: Final = {
    # Statistics off, Ray still asks the metadata service of three clouds where it runs, one of
    # them by name: what its processes would fetch, they ask of a door that is closed.
    "http_proxy": _CLOSED,
    "https_proxy": _CLOSED,
    "no_proxy": "127.0.0.1,localhost",
}
_ALONE: Final = {
    **_SILENT,
    # Else the processes of Ray listen on every address of the machine.
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    # Whoever may speak to Ray may run anything as us: others on this machine may not.
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
}
"""Of a session that no one else may enter; one token for as long as this process lives."""


@dataclass(frozen=True, slots=True)
class _Refused:
    """An InputError on its way home."""

    fields: dict[str, Any]


class Holder:
    """What one actor keeps: some of the parts, loaded when they are first asked."""

    def __init__(self, parts: Sequence[Part], threads: int) -> None:
        self._parts = list(parts)
        self._threads = threads

    def ask(self, at: int, method: str, given: tuple[Any, ...]) -> Any:
        """What a method of part ``at`` answers, or why it was refused."""
        try:
            part = self._parts[at]
            if not isinstance(part, VoteMatrix):
                part = self._parts[at] = part()
            elif not part.cells.flags.writeable:
                part = self._parts[at] = _own(part)
            return ask(part, method, tuple(_writable(one) for one in given), self._threads)
        except InputError as error:
            names = ("problem", "next_step", "file", "line", "column", "value")
            return _Refused({name: getattr(error, name) for name in names})


class Cluster:
    """Workers for :class:`~assises.engines.opinion.shards.ShardedVotes`; close it after use."""

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        actors: int | None = None,
        threads: int = 1,
        address: str | None = None,
    ) -> None:
        """Start the actors and deal the parts to them in turn.

        Args:
            parts: votes, or functions that load them; a function is sent to its actor, so what it
                reads must be there at the same place on each machine.
            actors: how many at most, by default one for each ``threads`` free processors.
            threads: of one actor.
            address: of a running Ray cluster; by default one is started here, on the loopback,
                and ended by :meth:`close`. A session of Ray that runs already is used and kept.

        Raises:
            InputError: if there is no part.
            SetupError: if Ray is not installed, or the cluster cannot be reached or is busy.
        """
        if not parts:
            raise InputError("there is no part", next_step="Give at least one.")
        self._session = _Session(address, actors, threads)
        try:
            ray = self._session.ray
            free = _free(ray, threads) // threads
            count = min(len(parts), free, free if actors is None else max(1, actors))
            kind = ray.remote(Holder).options(
                num_cpus=threads, max_restarts=_AGAIN, max_task_retries=_AGAIN
            )
            self._actors = [kind.remote(parts[at::count], threads) for at in range(count)]
        except BaseException:
            self._session.end()
            raise
        self._count = len(parts)

    def call(
        self, method: str, arguments: Iterable[tuple[Any, ...]], *, threads: int | None = None
    ) -> Iterator[Any]:
        """Ask each part, several at once; the answers come in the order of the parts.

        Args:
            method: of :class:`VoteMatrix`.
            arguments: for each part.
            threads: not used: an actor keeps to those it was given.

        Raises:
            InputError: what a part was refused for.
            SetupError: if an actor is gone and could not be started again.
        """
        del threads
        waiting: deque[Any] = deque()
        for at, given in zip(range(self._count), arguments, strict=True):
            actor = self._actors[at % len(self._actors)]
            waiting.append(actor.ask.remote(at // len(self._actors), method, given))
            if len(waiting) > _AHEAD * len(self._actors):
                yield self._answer(waiting.popleft())
        while waiting:
            yield self._answer(waiting.popleft())

    def close(self) -> None:
        """End the actors, and the session if it was started here."""
        for actor in self._actors:
            self._session.ray.kill(actor)
        self._actors = []
        self._session.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _answer(self, reference: Any) -> Any:
        try:
            found = self._session.ray.get(reference)
        except self._session.ray.exceptions.RayError as error:
            raise SetupError(
                f"a worker of the cluster did not answer ({str(error)[:200]})",
                next_step="See that its machine runs, then start the analysis again.",
            ) from error
        if isinstance(found, _Refused):
            raise InputError(**found.fields)
        return found


class _Session:
    """Ray while it is needed; what was started for it is ended and taken away."""

    def __init__(self, address: str | None, actors: int | None, threads: int) -> None:
        self._before = dict(os.environ)
        self._folder = ""
        running = sys.modules.get("ray")
        self._ours = running is None or not running.is_initialized()
        self.ray: Any = running
        if not self._ours:
            return
        try:
            if address is None:
                os.environ.update(_ALONE)
                self.ray = _alone()
                cpus = len(os.sched_getaffinity(0))
                self._start(max(cpus, threads * (actors or 1)))
            else:
                os.environ.update(_SILENT)
                self.ray = _imported()
                self._join(address)
        except BaseException:
            self.end()
            raise

    def _start(self, cpus: int) -> None:
        # In a folder of its own: its logs and sockets go with it.
        self._folder = tempfile.mkdtemp(prefix="ray-")
        os.environ.update(_NO_WAY_OUT)
        try:
            self.ray.init(
                address="local",
                num_cpus=cpus,
                include_dashboard=False,
                log_to_driver=False,
                logging_level="error",
                _node_ip_address=_LOOPBACK,
                _temp_dir=self._folder,
            )
        finally:
            self._restore(tuple(_NO_WAY_OUT))
        if self.ray.util.get_node_ip_address() != _LOOPBACK:
            raise _known_before()

    def _join(self, address: str) -> None:
        try:
            self.ray.init(address=address, log_to_driver=False, logging_level="error")
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise SetupError(
                f"there is no Ray cluster that lets us in at {address}",
                next_step="Start one with `ray start --head`, and see that the token is the same.",
            ) from error

    def end(self) -> None:
        if self._ours:
            self._ours = False  # a session that is begun later is not ours to end
            if self.ray is not None:
                self.ray.shutdown()
            self._restore()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _restore(self, names: tuple[str, ...] = _THEIRS) -> None:
        for name in [name for name in os.environ if name.startswith(names)]:
            if name not in self._before:
                del os.environ[name]
            else:
                os.environ[name] = self._before[name]


def _imported() -> Any:
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise SetupError(
            "Ray is not installed",
            next_step="Install it: pip install 'assises[cluster]'.",
        ) from error


@cache
def _alone() -> Any:
    """Ray, imported where it reads that it is alone: it reads so when imported and never again."""
    if sys.modules.get("ray") is not None:
        raise _known_before()
    return _imported()


def _known_before() -> SetupError:
    return SetupError(
        "Ray was imported before, and would listen on the network",
        next_step="Make the cluster before anything imports ray, or start Ray yourself.",
    )


def _free(ray: Any, needed: int) -> int:
    """Processors that no one has taken; an actor would wait for one for ever."""
    for _ in range(_PATIENCE):
        free = int(ray.available_resources().get("CPU", 0))
        if free >= needed:
            return free
        time.sleep(0.5)  # what was given back a moment ago is not known everywhere yet
    raise SetupError(
        f"the cluster has not {needed} processors free",
        next_step="End what else runs in it, or add a machine.",
    )


def _own(part: VoteMatrix) -> VoteMatrix:
    """A copy: what came by the common memory may not be written to, and would stay there too."""
    return VoteMatrix(
        part.participants.copy(),
        part.statements.copy(),
        part.indptr.copy(),
        part.cells.copy(),
        part.casts,
    )


def _writable(given: Any) -> Any:
    # The loops are compiled for arrays that may be written to; tables are small.
    return given.copy() if isinstance(given, np.ndarray) and not given.flags.writeable else given
