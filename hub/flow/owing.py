"""What we owe and cannot give yet, as the duty that is kept until it is done."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.canonical.result import Cause, OpenDuty
from hub.exchange.duties import ANSWER
from hub.exchange.model import Duty
from hub.flow.documents import Document
from hub.flow.rows import ACKNOWLEDGEMENT
from hub.flow.rules import Rules
from hub.kernel.outcome import Key

UNKNOWN_DUE_MINUTES = 24 * 60  # where the partner's own file is what cannot be read


def answer_duty(owed: OpenDuty, message: str, position: int, subject: Key | None, minutes: int, now: datetime) -> Duty:
    """Return the duty to give a document because of one that came, within so many minutes."""
    because = Cause(kind="message", id=message, position=position)
    return Duty(
        partner=owed.partner,
        debtor="us",
        kind=owed.document,
        reference=subject.value[:REFERENCE_LENGTH_MAX] if subject else "",
        because=because,
        due_at=now + timedelta(minutes=minutes),
        state="awaited",
    )


def owed_for(document: Document, rules: Rules, partner: str) -> list[OpenDuty]:
    """Return what we owe for a document that nobody understands: an answer, unless it is one itself."""
    if document.map_name is None or rules.maps.map(document.map_name).document == ACKNOWLEDGEMENT:
        return []
    return [OpenDuty(partner=partner, document=ANSWER)]


def whole_duty(message: str, partner: str, minutes: int, now: datetime) -> Duty:
    """Return the duty to answer a message of which nobody knows yet what it holds."""
    return Duty(
        partner=partner,
        debtor="us",
        kind=ANSWER,
        because=Cause(kind="message", id=message),
        due_at=now + timedelta(minutes=minutes),
        state="awaited",
    )


REFERENCE_LENGTH_MAX = 120  # as its column has it
