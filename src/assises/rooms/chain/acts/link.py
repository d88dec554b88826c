"""Link two things by hand, and end such a link."""

from __future__ import annotations

from datetime import datetime

from assises.lib.errors import NotFound
from assises.rooms.chain.linking import Node
from assises.rooms.chain.linking import link as make
from assises.rooms.chain.linking import unlink as end
from assises.rooms.journal.acting import Place, acting
from assises.rooms.journal.permissions import Actor


def link(
    actor: Actor, place: Place, source: Node, target: Node, kind: str, *, key: str, at: datetime
) -> None:
    """``source`` led to ``target``; linking what is linked already changes nothing.

    Raises:
        Invalid: the chain has no such link.
    """
    with acting(
        "chain.link",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=_subjects(source, target),
        payload=_payload(source, target, kind),
    ) as writing:
        if not writing.repeated:
            make([(source, target)], kind, consultation=place.id, event=writing.event, at=at)


def unlink(
    actor: Actor, place: Place, source: Node, target: Node, kind: str, *, key: str, at: datetime
) -> None:
    """The link ends now; that it was there stays known.

    Raises:
        NotFound: there is no such link.
    """
    with acting(
        "chain.unlink",
        actor,
        place=place,
        key=key,
        at=at,
        subjects=_subjects(source, target),
        payload=_payload(source, target, kind),
    ) as writing:
        if writing.repeated:
            return
        if not end(source, target, kind, event=writing.event, at=at):
            raise NotFound("these two are not linked so", next_step="Look at the thread of each.")


def _subjects(source: Node, target: Node) -> list[str]:
    return [f"{source.kind}:{source.id}", f"{target.kind}:{target.id}"]


def _payload(source: Node, target: Node, kind: str) -> dict[str, str]:
    one, other = _subjects(source, target)
    return {"kind": kind, "source": one, "target": other}
