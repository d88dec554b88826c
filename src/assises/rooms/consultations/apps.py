"""The room as Django knows it."""

from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    """Room of the consultations."""

    name = "assises.rooms.consultations"
    label = "consultations"

    def ready(self) -> None:
        """Declare who may do what here, and listen."""
        from assises.rooms.consultations import rules  # noqa: F401
