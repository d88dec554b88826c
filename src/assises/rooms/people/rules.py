"""Who may enter, speak, and give roles."""

from assises.rooms.journal.permissions import Role, Scope, declare

_ANYONE = {Role.VISITOR: Scope.ANYWHERE}
_BUILDERS = {Role.SYSTEM: Scope.ANYWHERE}
_ADMINISTRATOR = {Role.ADMINISTRATOR: Scope.ANYWHERE} | _BUILDERS
_SECRETARIAT = _ADMINISTRATOR | {Role.SECRETARIAT: Scope.CONSULTATION}

declare(
    {
        "people.enter": {
            Role.VISITOR: Scope.ANYWHERE,
            Role.VOICE: Scope.CONSULTATION,
            Role.SYSTEM: Scope.ANYWHERE,
        },
        "people.describe": {Role.VOICE: Scope.CONSULTATION},
        "people.depart": {Role.VOICE: Scope.CONSULTATION},
        # The doors: before them one is a visitor, and an account is one too until it proves more.
        "people.enter_by_letter": _ANYONE,
        "people.leave": _ANYONE,
        "people.second_factor": _ANYONE,
        "people.enter_as": _ANYONE,  # and only in a demonstration, on its own machine
        # Written for those who hold an office, and for nobody else.
        "people.logged_in": _BUILDERS,
        "people.logged_out": _BUILDERS,
        "people.login_failed": _BUILDERS,
        "people.second_factor_set": _BUILDERS,
        "people.second_factor_removed": _BUILDERS,
        "people.recovery_codes_made": _BUILDERS,
        # A secretariat gives and takes the roles of its own work; every other role asks for more.
        "people.grant": _SECRETARIAT,
        "people.revoke": _SECRETARIAT,
        "people.grant_any": _ADMINISTRATOR,
        "people.roles": _SECRETARIAT,
        "people.found": _SECRETARIAT,
        "people.mandate": _SECRETARIAT,
        "people.end_mandate": _SECRETARIAT,
    }
)
