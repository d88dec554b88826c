"""A voice speaks for itself, and nobody else speaks for it."""

from __future__ import annotations

from uuid import UUID

from assises.lib.errors import NotAllowed
from assises.rooms.journal.permissions import Actor, Role
from assises.rooms.people.handles import pseudonym_of_voice


def demand_own(actor: Actor, voice: UUID) -> None:
    """Refuse to everyone but a voice itself what is done in its name; builders make their own.

    Raises:
        NotAllowed: the actor is another voice, or an account, which the journal would then name
            beside the words of a voice.
    """
    if actor.pseudonym != pseudonym_of_voice(voice) and not builds(actor):
        raise NotAllowed("nobody acts in the name of another voice", next_step="Act with your own.")


def builds(actor: Actor) -> bool:
    """Whether it is a part of the software: an import, a simulation."""
    return any(grant.role is Role.SYSTEM for grant in actor.grants)


def is_voice(actor: Actor) -> bool:
    """Whether a voice acts, rather than an account or the software."""
    return actor.pseudonym.startswith("voice:")
