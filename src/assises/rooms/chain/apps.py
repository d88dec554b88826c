"""The room as Django knows it."""

from django.apps import AppConfig


class ChainConfig(AppConfig):
    """Room of the chain."""

    name = "assises.rooms.chain"
    label = "chain"

    def ready(self) -> None:
        """Declare who may do what here, and listen."""
        from assises.rooms.chain import rules  # noqa: F401
