"""The room as Django knows it."""

from django.apps import AppConfig


class TextsConfig(AppConfig):
    """Room of the texts."""

    name = "assises.rooms.texts"
    label = "texts"

    def ready(self) -> None:
        """Declare who may do what here, and listen."""
        from assises.rooms.texts import rules  # noqa: F401
