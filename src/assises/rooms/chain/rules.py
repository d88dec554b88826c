"""Who may link and unlink by hand; most links are made by the acts that create their ends."""

from assises.rooms.journal.permissions import Role, Scope, declare

_EDITORS = {
    Role.SECRETARIAT: Scope.CONSULTATION,
    Role.RAPPORTEUR: Scope.CONSULTATION,
    Role.ADMINISTRATOR: Scope.ANYWHERE,
}

declare({"chain.link": _EDITORS, "chain.unlink": _EDITORS})
