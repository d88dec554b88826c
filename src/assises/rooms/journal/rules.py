"""Who may read the journal."""

from assises.rooms.journal.permissions import Role, Scope, declare

declare(
    {
        "journal.read": {
            Role.ADMINISTRATOR: Scope.ANYWHERE,
            Role.SECRETARIAT: Scope.CONSULTATION,
            Role.REGULATOR: Scope.ANYWHERE,
        },
        # What the log holds is said to everyone, or it would bind nobody.
        "journal.log": dict.fromkeys(Role, Scope.ANYWHERE),
        "journal.seal": {Role.SYSTEM: Scope.ANYWHERE},
    }
)
