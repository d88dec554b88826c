"""Who may do what, where: the table ``act x role x scope``. What is not in it is refused.

Each room declares its part in ``rules.py``; ``table()`` joins them, a test keeps the whole as
``docs/permissions.json``, and another walks every route with every role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from assises.lib.errors import NotAllowed


class Role(StrEnum):
    """What someone may be here."""

    VISITOR = "visitor"
    VOICE = "voice"
    RAPPORTEUR = "rapporteur"
    MODERATOR = "moderator"
    SECRETARIAT = "secretariat"
    ADMINISTRATOR = "administrator"
    REGULATOR = "regulator"
    OPERATOR = "operator"
    SYSTEM = "system"


class Scope(StrEnum):
    """How far a role reaches: everywhere, or in the consultation where it was given."""

    ANYWHERE = "anywhere"
    CONSULTATION = "consultation"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, for one consultation or (None) for the whole installation."""

    role: Role
    consultation: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the pseudonym that the journal keeps, and what it may be."""

    pseudonym: str
    grants: frozenset[Grant] = frozenset()

    def may(self, act: str, consultation: UUID | None = None) -> bool:
        """Whether the table lets this actor do it, there."""
        return any(_covers(grant, act, consultation) for grant in self.grants)


VISITOR = Actor("visitor", frozenset({Grant(Role.VISITOR)}))


def system(part: str) -> Actor:
    """A part of the software acting by itself: the sealer, the worker, a builder."""
    return Actor(f"system:{part}", frozenset({Grant(Role.SYSTEM)}))


_TABLE: dict[str, Mapping[Role, Scope]] = {}


def declare(rules: Mapping[str, Mapping[Role, Scope]]) -> None:
    """Add a room's part to the table. An act is declared once."""
    twice = _TABLE.keys() & rules.keys()
    if twice:
        raise ValueError(f"declared twice: {', '.join(sorted(twice))}")
    _TABLE.update(rules)


def table() -> dict[str, dict[str, str]]:
    """The whole table, sorted: act -> role -> scope."""
    return {
        act: {str(role): str(scope) for role, scope in sorted(roles.items())}
        for act, roles in sorted(_TABLE.items())
    }


def demand(actor: Actor, act: str, consultation: UUID | None = None) -> None:
    """Refuse what the table does not allow.

    Raises:
        NotAllowed: naming the act; KeyError never: an undeclared act is refused too.
    """
    if not actor.may(act, consultation):
        raise NotAllowed(
            f"{act} is not open to this role here",
            next_step="Enter with a role that may do it, or ask the secretariat for it.",
        )


def _covers(grant: Grant, act: str, consultation: UUID | None) -> bool:
    scope = _TABLE.get(act, {}).get(grant.role)
    if scope is None:
        return False
    if scope is Scope.ANYWHERE:
        return grant.consultation is None or grant.consultation == consultation
    return consultation is not None and grant.consultation in (None, consultation)
