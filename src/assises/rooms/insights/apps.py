"""The room as Django knows it."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Room of the insights."""

    name = "assises.rooms.insights"
    label = "insights"

    def ready(self) -> None:
        """Declare who may do what here, and listen to votes and words."""
        from assises.rooms.insights import rules, tasks  # noqa: F401
        from assises.rooms.insights.themes import queries  # noqa: F401
        from assises.rooms.insights.themes import tasks as themes  # noqa: F401
