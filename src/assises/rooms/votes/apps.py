"""The room as Django knows it."""

from django.apps import AppConfig


class VotesConfig(AppConfig):
    """Room of the votes."""

    name = "assises.rooms.votes"
    label = "votes"

    def ready(self) -> None:
        """Declare who may do what here, and listen."""
        from assises.rooms.votes import listening, rules  # noqa: F401
