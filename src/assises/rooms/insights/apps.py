"""The room as Django knows it."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Room of the insights."""

    name = "assises.rooms.insights"
    label = "insights"

    def ready(self) -> None:
        """Declare who may do what here, and listen to the votes."""
        from assises.rooms.insights import rules, tasks  # noqa: F401
