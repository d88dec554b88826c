"""Who may vote."""

from assises.rooms.journal.permissions import Role, Scope, declare

declare(
    {
        "votes.cast": {Role.VOICE: Scope.CONSULTATION},
        "votes.withdraw": {Role.VOICE: Scope.CONSULTATION},
        "votes.load": {Role.SYSTEM: Scope.ANYWHERE},
        "votes.read": {Role.VOICE: Scope.CONSULTATION},
    }
)
