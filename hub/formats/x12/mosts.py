"""A message has a most of everything; one of more is refused unread, whatever stands in it.

In: the events of a message, as they are read. Out: the same. Raises ``Unreadable`` at the first that is one too many:
what is written for each of them would keep everybody else waiting, and nobody means so many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.formats.x12.events import Event, GroupStart, InterchangeStart, TransactionSet
from hub.formats.x12.limits import Limits
from hub.kernel.errors import Unreadable


def within(events: Iterable[Event], limits: Limits) -> Iterator[Event]:
    """Yield ``events`` as long as there are no more of any kind than ``limits`` allow."""
    interchanges = groups = sets = 0
    for event in events:
        if isinstance(event, TransactionSet):
            sets += 1
            if sets > limits.sets:
                said = f"the file holds more than {limits.sets} transaction sets and was not read; {SPLIT}"
                raise Unreadable("ENV-TOO-MANY-SETS", said, offset=event.offset)
        elif isinstance(event, GroupStart):
            groups += 1
            if groups > limits.groups:
                said = f"the file holds more than {limits.groups} functional groups and was not read; {SPLIT}"
                raise Unreadable("ENV-TOO-MANY-GROUPS", said, offset=event.offset)
        elif isinstance(event, InterchangeStart):
            interchanges += 1
            if interchanges > limits.interchanges:
                said = f"the file holds more than {limits.interchanges} interchanges and was not read; {SPLIT}"
                raise Unreadable("ENV-TOO-MANY-INTERCHANGES", said, offset=event.offset)
        yield event


SPLIT = "split it and send the parts one by one"
