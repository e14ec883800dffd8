"""What a document that changes something must come after, and for how long it may wait. Pure."""

from __future__ import annotations

from datetime import timedelta

from hub.business.room import Arrived, Room
from hub.exchange.waiting import NO_SEQUENCE, Waiting

WAIT_MAX = timedelta(hours=4)
"""Then a person is called. Orders and their changes are sent by one system within minutes, and a working day has time
left to ask for what is missing."""


def as_it_would_wait(room: Room | None, arrived: Arrived) -> Waiting | None:
    """Return the document as it would wait for what comes before it; None for one that changes nothing."""
    change_of = room.changes.get(type(arrived.document).__name__) if room else None
    if change_of is None:
        return None
    change = change_of(arrived.document)
    return Waiting(
        message=arrived.message,
        position=arrived.position,
        partner=arrived.partner.id,
        test=arrived.test,
        waits_for="earlier",
        subject=change.subject,
        sequence=NO_SEQUENCE if change.sequence is None else change.sequence,
        until=arrived.now + WAIT_MAX,
    )
