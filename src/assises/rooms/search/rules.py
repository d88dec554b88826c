"""Who may search: everyone, in what is public."""

from assises.rooms.journal.permissions import Role, Scope, declare

declare({"search.find": dict.fromkeys(Role, Scope.ANYWHERE)})
