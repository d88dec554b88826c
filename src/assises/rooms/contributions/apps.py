"""The room as Django knows it."""

from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    """Room of the contributions."""

    name = "assises.rooms.contributions"
    label = "contributions"

    def ready(self) -> None:
        """Declare who may do what here, and how its things describe themselves on the chain."""
        from assises.rooms.contributions import queries, rules  # noqa: F401
