"""Who may make, change, open and read a consultation."""

from assises.rooms.journal.permissions import Role, Scope, declare

_MAKERS = {Role.ADMINISTRATOR: Scope.ANYWHERE, Role.SECRETARIAT: Scope.ANYWHERE}
_KEEPERS = {Role.ADMINISTRATOR: Scope.ANYWHERE, Role.SECRETARIAT: Scope.CONSULTATION}
_BUILDERS = {Role.SYSTEM: Scope.ANYWHERE}

declare(
    {
        "consultations.create": _MAKERS | _BUILDERS,
        "consultations.rewrite": _KEEPERS | _BUILDERS,
        "consultations.schedule": _KEEPERS | _BUILDERS,
        "consultations.confirm": {Role.ADMINISTRATOR: Scope.ANYWHERE},
        # Once they are out nobody takes them back: as for the reference itself.
        "consultations.publish_votes": {Role.ADMINISTRATOR: Scope.ANYWHERE},
        "consultations.open": _KEEPERS | _BUILDERS,
        "consultations.close": _KEEPERS | _BUILDERS,
        "consultations.moderate": _KEEPERS,
        "consultations.map": _KEEPERS | _BUILDERS,
        "consultations.read": dict.fromkeys(Role, Scope.ANYWHERE),
        "consultations.keep": _KEEPERS
        | {Role.MODERATOR: Scope.CONSULTATION, Role.RAPPORTEUR: Scope.CONSULTATION},
    }
)
