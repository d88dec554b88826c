"""Who may say, state and moderate."""

from assises.rooms.journal.permissions import Role, Scope, declare

_KEEPERS = {Role.ADMINISTRATOR: Scope.ANYWHERE, Role.SECRETARIAT: Scope.CONSULTATION}
_MODERATORS = _KEEPERS | {Role.MODERATOR: Scope.CONSULTATION}

declare(
    {
        "contributions.say": {Role.VOICE: Scope.CONSULTATION, Role.SYSTEM: Scope.ANYWHERE},
        "contributions.withdraw": {Role.VOICE: Scope.CONSULTATION},
        "contributions.retract": {Role.VOICE: Scope.CONSULTATION},
        "contributions.state": _KEEPERS
        | {
            Role.RAPPORTEUR: Scope.CONSULTATION,
            Role.VOICE: Scope.CONSULTATION,
            Role.SYSTEM: Scope.ANYWHERE,
        },
        "contributions.moderate": _MODERATORS,
        "contributions.read": dict.fromkeys(Role, Scope.ANYWHERE),
    }
)
