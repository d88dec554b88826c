"""The room as Django knows it."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Room of the notices."""

    name = "assises.rooms.notices"
    label = "notices"

    def ready(self) -> None:
        """Declare who may do what here, and listen."""
        from assises.rooms.notices import listening, rules  # noqa: F401
