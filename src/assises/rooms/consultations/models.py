"""Consultations, their phases and their verticals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models

from assises.rooms.journal.acting import OFFICIAL, SIMULATION

PHASES: Final = ("listen", "vote", "deliberate", "follow")
STATES: Final = ("draft", "open", "closed")
KINDS: Final = ("own", "simulated", "press", "import")


class Consultation(models.Model):
    """One process. Its words are texts; what governs it is set by acts and confirmed by someone.

    ``kind``: ``own`` held here, ``simulated`` labelled everywhere and logged apart, ``press`` what
    is published of one held elsewhere, ``import`` votes that came in a file.
    ``authority_reference`` is the authority's number for the notice; an ``own`` consultation cannot
    open before a named person has confirmed it. ``moderated``: statements are read by someone
    before they are shown. ``votes_published``: single votes leave the house, under pseudonyms that
    are fresh in each bundle; an ``own`` consultation needs the confirmed reference for that too.
    """

    id = models.UUIDField(primary_key=True)
    short = models.CharField(max_length=10, unique=True)
    kind = models.CharField(max_length=12, choices=[(k, k) for k in KINDS])
    state = models.CharField(max_length=8, choices=[(s, s) for s in STATES], default="draft")
    title = models.UUIDField()
    theme = models.UUIDField(null=True)
    summary = models.UUIDField(null=True)
    host = models.UUIDField(null=True)
    patronage = models.UUIDField(null=True)
    place = models.UUIDField(null=True)
    charter = models.UUIDField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    zone = models.CharField(max_length=40, default="Africa/Casablanca")
    country = models.CharField(max_length=2, default="MA")
    colleges = models.JSONField(default=list)
    moderated = models.BooleanField(default=True)
    votes_published = models.BooleanField(default=False)
    authority_reference = models.CharField(max_length=80, default="", blank=True)
    confirmed_by = models.CharField(max_length=64, default="", blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(kind="own", state="open", confirmed_by=""),
                name="consultations_open_confirmed",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="own", votes_published=True, confirmed_by=""),
                name="consultations_votes_confirmed",
            ),
        )

    @property
    def log(self) -> str:
        """A simulation never enters the log of what was really done."""
        return SIMULATION if self.kind == "simulated" else OFFICIAL

    @property
    def simulated(self) -> bool:
        """Whether everything here must say that nobody said it."""
        return self.kind == "simulated"

    def day_of(self, at: datetime) -> date:
        """The day of an instant where it is held."""
        return at.astimezone(ZoneInfo(self.zone)).date()


class Phase(models.Model):
    """From when to when one may listen, vote, deliberate, follow."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="phases")
    kind = models.CharField(max_length=12, choices=[(k, k) for k in PHASES])
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "kind"), name="consultations_phase_once"
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at=None) | models.Q(closes_at__gt=models.F("opens_at")),
                name="consultations_phase_forward",
            ),
        )


class Vertical(models.Model):
    """A sector of one consultation, from a versioned taxonomy."""

    id = models.UUIDField(primary_key=True)
    short = models.CharField(max_length=10, unique=True)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="verticals")
    taxonomy = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField()
    name = models.UUIDField()
    question = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("consultation", "code"), name="consultations_vertical_code"
            ),
        )


class VerticalMapping(models.Model):
    """A vertical of one edition stands, wholly or in part, for one of another; both ways."""

    one = models.ForeignKey(Vertical, models.CASCADE, related_name="+")
    other = models.ForeignKey(Vertical, models.CASCADE, related_name="+")
    source = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("one", "other"), name="consultations_mapping_once"),
        )


def place_of(uid: UUID) -> Consultation:
    """The consultation as a place to act in; raises ``DoesNotExist``."""
    return Consultation.objects.get(id=uid)
