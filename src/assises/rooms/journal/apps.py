"""The room as Django knows it."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Room of the events."""

    name = "assises.rooms.journal"
    label = "journal"

    def ready(self) -> None:
        """Declare who may do what here."""
        from assises.rooms.journal import rules  # noqa: F401
