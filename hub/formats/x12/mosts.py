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
                raise _too_many("ENV-TOO-MANY-SETS", limits.sets, "transaction sets", event)
        elif isinstance(event, GroupStart):
            groups += 1
            if groups > limits.groups:
                raise _too_many("ENV-TOO-MANY-GROUPS", limits.groups, "functional groups", event)
        elif isinstance(event, InterchangeStart):
            interchanges += 1
            if interchanges > limits.interchanges:
                raise _too_many("ENV-TOO-MANY-INTERCHANGES", limits.interchanges, "interchanges", event)
        yield event


def _too_many(code: str, most: int, what: str, event: GroupStart | InterchangeStart | TransactionSet) -> Unreadable:
    message = f"the file holds more than {most} {what} and was not read; split it and send the parts one by one"
    return Unreadable(code, message, offset=event.offset)
