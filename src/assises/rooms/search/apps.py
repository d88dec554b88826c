"""The room as Django knows it."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Room of the search."""

    name = "assises.rooms.search"
    label = "search"

    def ready(self) -> None:
        """Declare who may do what here, and listen."""
        from assises.rooms.search import rules  # noqa: F401
