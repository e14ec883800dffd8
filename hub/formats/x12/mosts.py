"""A message has a most of everything; one of more is refused unread, whatever stands in it.

In: the events of a message, as they are read. Out: the same. Raises ``Unreadable`` at the first that is one too many:
what is written for each of them would keep everybody else waiting, and nobody means so many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.formats.x12.events import Event, GroupStart, InterchangeStart, TransactionSet
from hub.formats.x12.limits import Limits
from hub.formats.x12.unreadable import unreadable


def within(events: Iterable[Event], limits: Limits) -> Iterator[Event]:
    """Yield ``events`` as long as there are no more of any kind than ``limits`` allow."""
    interchanges = groups = sets = 0
    for event in events:
        if isinstance(event, TransactionSet):
            sets += 1
            if sets > limits.sets:
                raise unreadable("ENV-TOO-MANY-SETS", offset=event.offset, most=limits.sets)
        elif isinstance(event, GroupStart):
            groups += 1
            if groups > limits.groups:
                raise unreadable("ENV-TOO-MANY-GROUPS", offset=event.offset, most=limits.groups)
        elif isinstance(event, InterchangeStart):
            interchanges += 1
            if interchanges > limits.interchanges:
                raise unreadable("ENV-TOO-MANY-INTERCHANGES", offset=event.offset, most=limits.interchanges)
        yield event
