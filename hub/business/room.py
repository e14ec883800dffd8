"""What a business room declares, and what it is handed: the one contract between the flow and every room.

A room handles documents: given what stands, it writes what follows and returns a ``Result``. What it can work out
before the transaction, from the document and its rules alone, it may offer as ``Prepared``: what would be written, and
what that rests on. In the transaction the flow asks for the versions of all that a group rests on at once; what still
stands is written for all of the group together, and anything else is handled on what stands then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from hub.canonical.result import Cause, Result
from hub.kernel.struct import Struct
from hub.platform.configuration import Configuration


class PartnerFacts(Struct):
    """What a room may know of a partner: who it is, its clock, its money, its calendar. Nothing of a dialect."""

    id: str
    time_zone: str  # IANA
    currency: str  # ISO 4217; of a document that names none
    weekdays: frozenset[int] = frozenset(range(1, 8))  # ISO, Monday is 1: when its dock takes goods
    holidays: frozenset[date] = frozenset()


class Arrived(Struct):
    """A canonical document that takes effect now."""

    document: Struct
    partner: PartnerFacts  # who sent it
    message: str
    position: int  # of the document in the message
    reference: str | None  # the number its sender gave the envelope, as text
    test: bool
    now: datetime  # UTC

    @property
    def cause(self) -> Cause:
        """Why whatever follows from it happens."""
        return Cause(kind="message", id=self.message, position=self.position)


class Standing(Struct):
    """What something rests on: a record of the room, and its version; 0 where nothing stands."""

    id: str  # as the room names its records
    version: int = 0


class Origin(Struct):
    """Which document prepared writes are of."""

    partner: str
    message: str
    position: int
    test: bool


class Prepared(Struct):
    """What a document comes to, as long as what it rests on stands."""

    rests_on: list[Standing]
    day: date  # at the partner's: on another the same document may come to something else
    writes: Struct
    result: Result


Handle = Callable[[Connection, Arrived, Any, Collection[str]], Result]
"""Given the transaction, the document, the room's rules for its partner, and the ids of those of the room's records
that an answer of this transaction is already due for."""


@dataclass(frozen=True)
class Room:
    """A business room, as the flow knows it."""

    name: str
    handles: Mapping[str, Handle]  # by name of the canonical document
    read_rules: Callable[[Configuration, PartnerFacts], Any]  # raises ``Misconfigured``
    prepare: Callable[[Arrived, Any], Prepared | None]  # None: what follows depends on what stands
    origin: Callable[[Any], Origin]  # of what was prepared
    versions: Callable[[Connection, Collection[str]], Mapping[str, int]]  # of what stands; the rest is left out
    write: Callable[[Connection, Sequence[Any], datetime], None]  # ``Conflict``: something took their place meanwhile
    sent: Callable[[Connection, Sequence[tuple[str, str]], datetime], None]  # record and message of ours, each
