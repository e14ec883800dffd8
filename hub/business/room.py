"""What a business room declares, and what it is handed: the one contract between the flow and every room.

A room handles documents: given what stands, it writes what follows and returns a ``Result``. What it can work out
before the transaction, from the document and its rules alone, it may offer as ``Prepared``: what would be written, and
what that rests on. In the transaction the flow asks for the versions of all that a group rests on at once; what still
stands is written for all of the group together, and anything else is handled on what stands then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, MutableSet, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from hub.canonical.result import Cause, Result
from hub.kernel.errors import HubError
from hub.kernel.outcome import Key
from hub.kernel.scope import Scope
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.kernel.words import Id
from hub.platform.configuration import Configuration
from hub.security.policy import Grant


class AgreedParty(Struct):
    """A number by which the partner's documents may name somebody in a role."""

    role: str  # buyer, seller, bill-to
    id: Id


class PartnerFacts(Struct):
    """What a room may know of a partner: who it is, its clock, its money, its calendar. Nothing of a dialect."""

    id: str
    time_zone: str  # IANA
    currency: str  # ISO 4217; of a document that names none
    weekdays: frozenset[int]  # ISO, Monday is 1: when its dock takes goods
    holidays: frozenset[date]
    parties: tuple[AgreedParty, ...]  # none for a role: whoever is named in it is held against nothing


class Arrived(Struct):
    """A canonical document that takes effect now."""

    document: Struct
    partner: PartnerFacts  # who sent it
    message: str
    position: int  # of the document in the message
    reference: str | None  # the number its sender gave the envelope, as text
    test: bool
    now: datetime  # UTC
    unsaid: Wording | None = None
    """Why what the document comes to cannot be written for whom it is owed. Then it is held for a person: the room puts
    it on record as that, owes nothing and says that nothing happened. Replayed, it is tried anew without."""

    @property
    def cause(self) -> Cause:
        """Why whatever follows from it happens."""
        return Cause(kind="message", id=self.message, position=self.position)


class Standing(Struct):
    """What something rests on: a record of the room, and its version; 0 where nothing stands."""

    id: str  # as the room names its records
    version: int = 0


class DocumentRef(Struct):
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


class Change(Struct):
    """What a document changes, and which of its sender's changes of that it is, where the document says so."""

    subject: Key
    sequence: int | None = None


class Pages(Struct):
    """Where people read what the room has. The texts are English, and words of the catalogues."""

    address: str  # of the list; below it stand /<partner>/<number> for each record
    label: str  # in the navigation
    one: str  # what leads from a document to the record it is about
    permission: str  # to read them
    stands: Callable[[Connection, Scope, str, str], bool]  # whether a partner has one of that number, in scope


Handle = Callable[[Connection, Arrived, Any, MutableSet[str]], Result]
"""Given the transaction, the document, the room's rules for its partner, and the ids of those of the room's records
that an answer of this transaction is already due for. The room takes out the record that it decides anew."""
ChangeOf = Callable[[Struct], Change]
"""Given a canonical document that changes something: what."""
Check = Callable[[Configuration, str], Sequence[HubError]]
"""Given the configuration and a partner: what is wrong in the room's own files of that partner."""


def no_rules(configuration: Configuration, partner: PartnerFacts) -> None:
    """The rules of a room that decides by the document alone."""


def says_no_numbers(document: Struct) -> Sequence[Key]:
    """Of a room whose documents people ask for by their own number alone."""
    return ()


def prepares_nothing(arrived: Arrived, rules: Any) -> None:
    """Of a room whose every decision depends on what stands."""


def no_versions(conn: Connection, ids: Collection[str]) -> Mapping[str, int]:
    """Of a room on whose records nothing prepared rests."""
    return {}


def notes_nothing(conn: Connection, sent: Sequence[tuple[str, str]], now: datetime) -> None:
    """Of a room whose records have no history."""


@dataclass(frozen=True)
class Room:
    """A business room: all that the rest of the hub knows of it. Pages and routes themselves stand in ``web``."""

    name: str
    handles: Mapping[str, Handle]  # by name of the canonical document
    documents: Mapping[str, str]  # canonical documents it takes or owes, and what people call them
    keys: Mapping[str, str] = field(default_factory=dict)  # kinds of numbers, the one people use first; and its name
    numbers: Callable[[Struct], Sequence[Key]] = says_no_numbers
    """By what else people ask for a document it handles, as the document says it: also one that takes no effect."""
    changes: Mapping[str, ChangeOf] = field(default_factory=dict)
    """By name of the canonical document, those that change what stands: they wait for what came before them, and where
    their handler says so for their subject (``Result.waits``). Those not named here are new, and never wait."""
    read_rules: Callable[[Configuration, PartnerFacts], Any] = no_rules  # raises ``Misconfigured``
    prepare: Callable[[Arrived, Any], Prepared | None] = prepares_nothing  # None: what follows depends on what stands
    writes: type[Struct] | None = None  # of what is prepared; a struct with a tag, for it travels between processes
    document_of: Callable[[Any], DocumentRef | None] = lambda writes: None  # which document prepared writes are of
    versions: Callable[[Connection, Collection[str]], Mapping[str, int]] = no_versions  # of what stands, no more
    write: Callable[[Connection, Sequence[Any], datetime], None] = notes_nothing
    """Writes what was prepared. ``Conflict``: something took its place meanwhile."""
    sent: Callable[[Connection, Sequence[tuple[str, str]], datetime], None] = notes_nothing
    """Notes of which record of its own (id) a message of ours (id) is."""
    grants: tuple[Grant, ...] = ()  # permissions, and who has them
    pages: Pages | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)  # by what they look at, as ``hub check`` names it
    asked_codes: frozenset[str] = frozenset()  # of findings that ask a person of ours; a partner is given no remedy
    when_held: str | None = None  # what a person does about a document that is held, in a sentence
    when_found: Mapping[str, str] = field(default_factory=dict)  # the same where a finding of this code holds it

    @property
    def subject_kind(self) -> str | None:
        """The kind of number that its documents are about: the one that people use first."""
        return next(iter(self.keys), None)

    def texts(self) -> Iterator[str]:
        """Yield every text of the declaration that people read, for the catalogues."""
        yield from self.documents.values()
        yield from self.keys.values()
        if self.pages is not None:
            yield from (self.pages.label, self.pages.one)
        if self.when_held is not None:
            yield self.when_held
        yield from self.when_found.values()
