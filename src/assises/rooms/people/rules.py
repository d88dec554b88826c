"""Who may enter, speak, and give roles."""

from assises.rooms.journal.permissions import Role, Scope, declare

_ADMINISTRATOR = {Role.ADMINISTRATOR: Scope.ANYWHERE}
_SECRETARIAT = {Role.ADMINISTRATOR: Scope.ANYWHERE, Role.SECRETARIAT: Scope.CONSULTATION}

declare(
    {
        "people.enter": {
            Role.VISITOR: Scope.ANYWHERE,
            Role.VOICE: Scope.CONSULTATION,
            Role.SYSTEM: Scope.ANYWHERE,
        },
        "people.describe": {Role.VOICE: Scope.CONSULTATION},
        "people.grant": _SECRETARIAT,
        "people.revoke": _SECRETARIAT,
        "people.roles": _SECRETARIAT,
        "people.found": _SECRETARIAT,
        "people.mandate": _SECRETARIAT,
    }
)
