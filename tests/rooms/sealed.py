"""What the tests of the sealer need: an edition where things happen, and a strict look at a log."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connections, transaction

from assises.engines.ledger import hash_leaf, verify_consistency, verify_inclusion
from assises.engines.ledger.checkpoint import Checkpoint
from assises.engines.ledger.log import Log
from assises.engines.ledger.tree import consistency_proof, inclusion_proof
from assises.lib.clock import now
from assises.rooms.consultations.acts.create import NewConsultation, create
from assises.rooms.consultations.acts.open import open_to_all
from assises.rooms.consultations.models import Consultation
from assises.rooms.contributions.acts.state import Stated, state
from assises.rooms.journal.acting import acting
from assises.rooms.journal.commitment import leaf_of
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Actor, Grant, Role, system
from assises.rooms.people.acts.enter import enter
from assises.rooms.people.handles import pseudonym_of_voice
from assises.rooms.votes.acts.cast import Answer, cast

BUILDER = system("tests")
_NUMBERS = itertools.count()


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs and keys of this test alone."""
    (tmp_path / "data").mkdir()
    (tmp_path / "secrets").mkdir()
    mine = replace(settings.ENVIRONMENT, data=tmp_path / "data", secret_folder=tmp_path / "secrets")
    monkeypatch.setattr(settings, "ENVIRONMENT", mine)


def fresh_key() -> str:
    """An idempotency key that was not used before in this run."""
    return f"key-{next(_NUMBERS)}"


def open_edition(kind: str = "import") -> Consultation:
    """An open edition with five statements: ``import`` writes to the official log."""
    uid = create(BUILDER, NewConsultation({"fr": "Essai"}, kind), key=fresh_key(), at=now())
    place = Consultation.objects.get(id=uid)
    open_to_all(BUILDER, place, key=fresh_key(), at=now())
    place.refresh_from_db()
    statements = [Stated(f"Énoncé numéro {i}", "fr", moderation="accepted") for i in range(5)]
    state(BUILDER, place, statements, key=fresh_key(), at=now())
    return place


def voice_of(place: Consultation) -> tuple[Actor, UUID]:
    """Someone new who may vote there."""
    voice = enter(place, f"secret {fresh_key()}", at=now())
    return Actor(pseudonym_of_voice(voice), frozenset({Grant(Role.VOICE, place.id)})), voice


def vote(place: Consultation, who: tuple[Actor, UUID], key: str = "") -> None:
    """One real act: a batch of one vote."""
    cast(who[0], place, who[1], [Answer(1, 1)], key=key or fresh_key(), at=now())


def happen(place: Consultation, count: int) -> None:
    """Events without rows of their own, in one transaction: quick, for logs of some size."""
    with transaction.atomic():
        for _ in range(count):
            with acting("votes.load", BUILDER, place=place, key=fresh_key(), at=now()):
                pass


def unsealed(name: str) -> int:
    """How many events of the log have no place in it."""
    return Event.objects.filter(log=name, leaf=None).count()


def assert_sealed(log: Log, name: str, *, all_of_them: bool = True) -> None:
    """Each leaf is one event and each event one leaf, streams have no gap, every proof holds."""
    events = list(Event.objects.filter(log=name, leaf__isnull=False).order_by("leaf"))
    assert [event.leaf for event in events] == list(range(log.size))
    if all_of_them:
        assert unsealed(name) == 0
    streams: defaultdict[str, list[int]] = defaultdict(list)
    reader = log.reader()
    entries = [e for i in range(-(-log.size // 256)) for e in reader.entries(i)]
    for leaf, (event, entry) in enumerate(zip(events, entries, strict=True)):
        assert event.sequence is not None
        assert entry == leaf_of(event.stream, event.sequence, bytes(event.commitment))
        streams[event.stream].append(event.sequence)
        assert verify_inclusion(
            leaf_hash=hash_leaf(entry),
            index=leaf,
            size=log.size,
            proof=inclusion_proof(leaf, log.size, reader.node_at),
            root=log.checkpoint.root,
        )
    for sequences in streams.values():
        assert sequences == list(range(len(sequences)))


def assert_each_begins_the_next(log: Log, seen: Sequence[Checkpoint]) -> None:
    """Nothing that was ever signed has changed since."""
    node_at = log.reader().node_at
    for old, new in itertools.pairwise([*seen, log.checkpoint]):
        assert verify_consistency(
            old_size=old.size,
            new_size=new.size,
            proof=consistency_proof(old.size, new.size, node_at),
            old_root=old.root,
            new_root=new.root,
        )


def let_go() -> None:
    """The end of a thread: its connections do not outlive it."""
    connections.close_all()
