"""Who may read which notices: each their own."""

from assises.rooms.journal.permissions import Role, Scope, declare

_STAFF = (
    Role.RAPPORTEUR,
    Role.MODERATOR,
    Role.SECRETARIAT,
    Role.ADMINISTRATOR,
    Role.REGULATOR,
    Role.OPERATOR,
)

declare(
    {
        "notices.read": dict.fromkeys(_STAFF, Scope.ANYWHERE),
        "notices.tell": {Role.SYSTEM: Scope.ANYWHERE, Role.SECRETARIAT: Scope.CONSULTATION},
    }
)
