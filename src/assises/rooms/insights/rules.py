"""Who may read results, who computes them, and who shapes themes."""

from assises.rooms.journal.permissions import Role, Scope, declare

_EDITORS = {
    Role.ADMINISTRATOR: Scope.ANYWHERE,
    Role.SECRETARIAT: Scope.CONSULTATION,
    Role.RAPPORTEUR: Scope.CONSULTATION,
}

declare(
    {
        "insights.read": dict.fromkeys(Role, Scope.ANYWHERE),
        "insights.refresh": {
            Role.SYSTEM: Scope.ANYWHERE,
            Role.SECRETARIAT: Scope.CONSULTATION,
            Role.ADMINISTRATOR: Scope.ANYWHERE,
        },
        "insights.publish": {Role.SYSTEM: Scope.ANYWHERE},
        "insights.theme": {Role.SYSTEM: Scope.ANYWHERE},
        "insights.anew": _EDITORS,
        "insights.rename": _EDITORS,
        "insights.merge": _EDITORS,
        "insights.split": _EDITORS,
        "insights.move": _EDITORS,
        "insights.lock": _EDITORS,
        "insights.unlock": _EDITORS,
    }
)
