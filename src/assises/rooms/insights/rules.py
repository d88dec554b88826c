"""Who may read results, and who computes them."""

from assises.rooms.journal.permissions import Role, Scope, declare

declare(
    {
        "insights.read": dict.fromkeys(Role, Scope.ANYWHERE),
        "insights.refresh": {
            Role.SYSTEM: Scope.ANYWHERE,
            Role.SECRETARIAT: Scope.CONSULTATION,
            Role.ADMINISTRATOR: Scope.ANYWHERE,
        },
        "insights.publish": {Role.SYSTEM: Scope.ANYWHERE},
    }
)
