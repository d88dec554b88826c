"""From the current votes to a bundle and its projection, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import platform
import shutil
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import connection, transaction

from assises.engines.opinion.stability import CUTS
from assises.flows.opinion import How, compute, parameters_of
from assises.flows.tables import SUMMARY, Tables, integers, texts
from assises.formats import bundle
from assises.formats.bundle import MISSING, Content
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.models import WITHDRAWN, Statement
from assises.rooms.insights.across import across, hangs
from assises.rooms.insights.acts.publish import publish
from assises.rooms.insights.exposure import exposure
from assises.rooms.insights.hearing import take_attendance
from assises.rooms.insights.limits import FEWEST, KEPT
from assises.rooms.insights.models import Snapshot
from assises.rooms.insights.projecting import Input, project
from assises.rooms.insights.queries import published
from assises.rooms.insights.routing import forget_estimate, keep_estimate
from assises.rooms.insights.weighing import weighed
from assises.rooms.texts.queries import original, said
from assises.rooms.votes.queries import current_votes, last_cast

_HOUR: Final = 3_600_000
_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtext('insights.bundle'), hashtext(%s::text))"
SIMULATION: Final = "Simulation"
_MANY: Final = 200_000
"""Votes from which people and statements are cut in two once, not five times: the more there are,
the less one cut differs from another, and the longer it takes."""
_MODERATED: Final = {"waiting": 0, "accepted": 1, "refused": -1}


def compute_now(place: Consultation, *, at: datetime) -> Snapshot | None:
    """Compute, write the bundle, project it.

    None where there is not enough to compute; what was there before rested on votes that were taken
    back since, and goes too.
    """
    start = _read(place)
    take_attendance(place.id, at=at)
    if len(start.votes.voices) < FEWEST or len(np.unique(start.votes.number)) < FEWEST:
        _forget_older(place, until=start.last_cast)
        forget_estimate(place)
        return None
    names = _pseudonyms(start)
    inputs = _tables(start, names)
    how = how_for(len(start.votes.vote))
    computed, results = compute(inputs, how)
    listed = {s.number for s in start.statements if _is_shown(s) and not s.meta}
    tables = {**inputs, **computed}
    content = Content(
        tables=tables,
        results=results,
        parameters=parameters_of((), how),
        environment=_environment(),
    )
    with transaction.atomic():
        _alone(place)
        uid = bundle.write(folder_of(place.id, start.last_cast), content, replace=True)
        # Who declared what is not in the bundle, so that this is not either.
        shown = {
            **results,
            "across": across(place.id, start.votes, listed),
            "weighed": weighed(place, start.votes, listed),
            "hangs": hangs(place.id, start.votes, _groups(names, tables, results), listed),
            "exposure": exposure(place.id, start.votes, listed),
        }
        snapshot = project(start, names, tables, shown, uid, at)
        if snapshot.published:
            publish(snapshot, place, counts_of(place.id, start.last_cast), at=at)
    if snapshot.published:
        out = [s.number for s in start.statements if s.moderation == "refused"]
        keep_estimate(place, uid, start.votes, out)
    _forget_older(place)
    return snapshot


def how_for(votes: int) -> How:
    """How so many votes are computed; the bundle says it."""
    return How(cuts=CUTS if votes < _MANY else 1)


def bundles() -> Path:
    """Where the bundles are kept; private."""
    folder = Path(settings.DATA) / "bundles"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def folder_of(consultation: UUID, last_cast: int) -> Path:
    """Where the bundle of a snapshot stands."""
    return bundles() / str(consultation) / f"{last_cast}.bundle"


def counts_of(consultation: UUID, last_cast: int) -> Path:
    """Where the counts of a snapshot stand that everyone may see."""
    return folder_of(consultation, last_cast).with_suffix(".counts.json")


def _read(place: Consultation) -> Input:
    # In this order: no vote that comes meanwhile is on a statement that was not read, and one that
    # is counted beyond the last cast orders another computation all the same.
    with transaction.atomic():
        newest = last_cast(place.id)
        votes = current_votes(place.id)
        statements = list(
            Statement.objects.filter(consultation=place)
            .exclude(moderation=WITHDRAWN)
            .order_by("number")
        )
        return Input(place, statements, votes, newest)


def _alone(place: Consultation) -> None:
    """Of two who write the bundles of one consultation, the second waits."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, (place.id,))


def _forget_older(place: Consultation, *, until: int = -1) -> None:
    """Keep the newest few, and none up to the cast ``until``; the bundles go with the snapshots."""
    with transaction.atomic():
        _alone(place)
        rows = Snapshot.objects.filter(consultation=place)
        rows.filter(last_cast__lte=until).delete()
        newest = rows.order_by("-last_cast", "-computed_at").values_list("id", "last_cast")
        kept = dict(newest[:KEPT])
        shown = published(place.id)
        if shown is not None:
            kept[shown.id] = shown.last_cast
        rows.exclude(id__in=kept).delete()
        folders = {folder_of(place.id, number) for number in kept.values()}
        for folder in (bundles() / str(place.id)).glob("*.bundle"):
            if folder not in folders:
                shutil.rmtree(folder, ignore_errors=True)
                folder.with_suffix(".counts.json").unlink(missing_ok=True)


def _pseudonyms(start: Input) -> list[int]:
    """A number for each voice, fresh with every bundle: two bundles cannot be laid side by side.

    The same votes and decisions give the same numbers, any others have others.
    """
    voices = start.votes.voices
    numbers = [0] * len(voices)
    keyed = _keyed(start, voices)
    for number, at in enumerate(sorted(range(len(voices)), key=keyed.__getitem__)):
        numbers[at] = number
    return numbers


def _keyed(start: Input, voices: list[UUID]) -> list[bytes]:
    """What each of these voices is sorted by: nobody without the key of the house can say it."""
    votes = start.votes
    facts = [(s.number, s.moderation, s.voice) for s in start.statements]
    content = hashlib.sha256(repr(facts).encode())
    content.update(b"".join(voice.bytes for voice in votes.voices))
    for array in (votes.voice, votes.number, votes.vote, votes.at):
        content.update(array.tobytes())
    key, salt = bytes.fromhex(settings.SECRETS.voice_key), content.hexdigest()
    return [
        hmac.new(key, f"bundle:{start.place.id}:{salt}:{v}".encode(), hashlib.sha256).digest()
        for v in voices
    ]


def _tables(start: Input, names: list[int]) -> Tables:
    words = original(s.words for s in start.statements)
    count = len(start.statements)
    facts = {
        "source": "assises",
        "generation": "second",
        "time_unit": "milliseconds",
        "agree_is": "+1",
        "agree_evidence_for": "0",
        "agree_evidence_against": "0",
        "rows_left_out": "0",
        "simulation": "true" if start.place.simulated else "false",
        # A statement is public with its words: a number for its author would join them to every
        # vote of theirs.
        "authors": "0",
        "published_cells": "0",
        "published_cells_unequal": "0",
        # Two consultations with the same votes are two bundles.
        "consultation": str(start.place.id),
        f"{SUMMARY}topic": _topic(start.place),
    }
    keys = sorted(facts)
    participant = np.array(names, dtype=np.int64)[start.votes.voice]
    order = np.lexsort((participant, start.votes.number))
    empty = np.empty(0, dtype=np.int64)
    return {
        "conversation": {"key": keys, "value": [facts[key] for key in keys]},
        "statements": {
            "statement": np.array([s.number for s in start.statements], dtype=np.int64),
            "text": [words[s.words].words if _is_shown(s) else "" for s in start.statements],
            "author": np.full(count, MISSING, dtype=np.int64),
            "time": np.array([_hour(s.made_at) for s in start.statements], dtype=np.int64),
            "moderated": np.array([_MODERATED[s.moderation] for s in start.statements]),
            "is_meta": np.array([s.meta for s in start.statements], dtype=bool),
            "is_seed": np.array([s.seed for s in start.statements], dtype=bool),
            "published_agrees": np.full(count, MISSING, dtype=np.int64),
            "published_disagrees": np.full(count, MISSING, dtype=np.int64),
        },
        "votes": {
            "statement": start.votes.number[order],
            "participant": participant[order],
            "vote": start.votes.vote[order].astype(np.int64),
            # By the hour: the second of a vote could be laid beside the second of a login.
            "time": start.votes.at[order] // _HOUR * _HOUR,
            "counted": np.ones(len(order), dtype=bool),
        },
        "participants": dict.fromkeys(
            (
                "participant",
                "published_group",
                "published_comments",
                "published_votes",
                "published_agrees",
                "published_disagrees",
            ),
            empty,
        ),
    }


def _groups(names: list[int], tables: Tables, results: dict[str, Any]) -> npt.NDArray[np.int64]:
    """The opinion group of each voice, -1 for none, shape (voices,)."""
    number = {g["letter"]: at for at, g in enumerate(results["groups"])}
    table = tables["positions"]
    group = np.array([number.get(name, -1) for name in texts(table, "group")], dtype=np.int64)
    return group[np.searchsorted(integers(table, "participant"), names)]


def _topic(place: Consultation) -> str:
    """The title; of a simulation the file itself says so, wherever it is carried."""
    title = said([place.title], "fr")[place.title].words
    named = not place.simulated or title.casefold().startswith(SIMULATION.casefold())
    return title if named else f"{SIMULATION} · {title}"


def _is_shown(statement: Statement) -> bool:
    """What moderation refused, or has not read yet, is counted and not published."""
    return statement.moderation == "accepted"


def _hour(at: datetime) -> int:
    return int(at.timestamp() * 1000) // _HOUR * _HOUR


def _environment() -> dict[str, Any]:
    return {
        "files": [],
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: metadata.version(name) for name in ("numpy", "polars", "django")},
    }
