"""Who may write and review words."""

from assises.rooms.journal.permissions import Role, Scope, declare

_EDITORS = {
    Role.SECRETARIAT: Scope.CONSULTATION,
    Role.RAPPORTEUR: Scope.CONSULTATION,
    Role.ADMINISTRATOR: Scope.ANYWHERE,
}

declare({"texts.translate": _EDITORS, "texts.review": _EDITORS})
