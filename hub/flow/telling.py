"""Who hears of what happened: partners whose files say so under ``[[tells]]``. Pure: a result in, what is due out.

A room says what happened and knows nobody who listens. What is told each time is due in the transaction in which it
happened, as an answer is: told once, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.canonical.result import Cause, Due, EventKind, Result
from hub.flow.rules import Rules


def due_to_listeners(rules: Rules, result: Result) -> Iterator[Due]:
    """Yield what is due to listeners."""
    for event in result.events:
        for partner in told_of(rules, event.kind, test=event.test):
            yield Due(
                partner=partner,
                document=event.document,
                because=Cause(kind="event", id=f"{event.kind}:{event.record}"),
                subject=result.subject,
                keys=event.keys,
            )


def told_of(rules: Rules, event: EventKind, *, test: bool) -> tuple[str, ...]:
    """Return the partners that are told of an event. A test happened to nobody."""
    return () if test else rules.listeners(event)
