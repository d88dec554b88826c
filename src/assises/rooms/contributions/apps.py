"""The room as Django knows it."""

from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    """Room of the contributions."""

    name = "assises.rooms.contributions"
    label = "contributions"

    def ready(self) -> None:
        """Declare who may do what here, and listen."""
        from assises.rooms.contributions import rules  # noqa: F401
