"""What an act of an office was asked, as far as everyone may read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from assises.rooms.contributions.models import WITHDRAWN, Statement
from assises.web.masked import masked

DECIDED: Final = "contributions.moderate"
# What these were asked is on public pages too. Texts are not among them: who wrote one may take it
# back; nor is the reason for which a contribution was hidden: it is kept for its author.
_PUBLIC: Final = frozenset(
    {
        "consultations.open",
        "consultations.close",
        "consultations.moderate",
        "consultations.publish_votes",
        "consultations.schedule",
        "insights.publish",
    }
)


def may_be_told(act: str, subjects: Sequence[str], body: Any) -> bool:
    """Whether a proof may carry what the act was asked."""
    return act in _PUBLIC or (act == DECIDED and _decided_on_a_statement(subjects, body))


def _decided_on_a_statement(subjects: Sequence[str], body: Any) -> bool:
    """A decision and its reason, unless it holds personal data or the words were taken back."""
    kind, _, uid = (subjects or [""])[0].partition(":")
    if kind != "statement" or not isinstance(body, dict) or masked(str(body.get("reason", ""))):
        return False
    return not Statement.objects.filter(uid=UUID(uid), moderation=WITHDRAWN).exists()


def public_reason(reason: str) -> str:
    """Why a statement was refused, as everyone reads it."""
    return masked(reason) or reason


def words_are_told(statement: Statement) -> bool:
    """Whether a refused statement's words are shown beside the reason.

    The house's own are. A participant's stay with them and with the office: it may be the words
    that name someone or insult them, and nobody has said that they do not.
    """
    return statement.voice is None
