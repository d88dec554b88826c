"""The room as Django knows it."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Room of the people."""

    name = "assises.rooms.people"
    label = "people"

    def ready(self) -> None:
        """Declare who may do what here, and listen."""
        from assises.rooms.people import rules  # noqa: F401
