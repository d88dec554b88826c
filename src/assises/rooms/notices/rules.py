"""Who may read which notices: each their own."""

from assises.rooms.journal.permissions import Role, Scope, declare

# Every account is a visitor too. Whose notices they are is asked by the act itself: a role that
# reaches into one consultation only must not hide from its holder what the house has to say.
_ANYONE = {Role.VISITOR: Scope.ANYWHERE}

declare(
    {
        "notices.read": _ANYONE,
        "notices.mailbox": _ANYONE,  # and only in a demonstration, on its own machine
        "notices.tell": {Role.SYSTEM: Scope.ANYWHERE, Role.SECRETARIAT: Scope.CONSULTATION},
    }
)
