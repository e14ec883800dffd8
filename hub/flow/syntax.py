"""What the flow asks of a syntax: one protocol. Who speaks which stands in the table ``syntaxes``.

A syntax opens what was received and judges it, says to its sender what became of it, renders what we owe, and puts the
envelope around it. What one document is, by a schema, its family knows (``hub.formats.family``): a syntax is built on
that and adds the message around it. Whoever has a file in hand and no message (``hub map``) asks the family. So does a
syntax of bodies; X12 asks ``hub.formats.x12.judgement``, which adds to the guide what was agreed.
Everything here is pure: rules and values in, values out.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from hub.business.room import Arrived
from hub.canonical.acknowledgement import FunctionalAcknowledgement
from hub.canonical.result import Result
from hub.exchange.controls import Numbers
from hub.exchange.model import DocumentRow, EnvelopeRow
from hub.exchange.partners import Partner
from hub.flow.documents import Document, Envelope, Identity, JudgedDocument, Survey
from hub.flow.drafts import Content, Draft, Reply
from hub.flow.rules import Rules
from hub.flow.signing import DoorAnswer, ShapedReceipt, ShownSecret, Signature
from hub.flow.views import View
from hub.formats.body import Bytes
from hub.formats.family import OpenedDocument
from hub.kernel.diagnostics import Severity
from hub.kernel.errors import Misconfigured
from hub.kernel.location import Location
from hub.kernel.outcome import Key
from hub.kernel.struct import Struct
from hub.mapping.library import Map, MapLibrary
from hub.mapping.provenance import Origin
from hub.platform.blobs import Blobs
from hub.platform.configuration import Configuration


class Opened(Protocol):
    """A message whose envelopes are known and whose documents can be read."""

    @property
    def survey(self) -> Survey: ...

    def documents(self) -> Iterator[Document]:
        """Read the documents one by one, those of a refused envelope or group too. Raises ``Misconfigured``."""


class DueAcknowledgement(Struct):
    """The acknowledgement that a receiver owes us."""

    kind: str
    reference: str  # what it will name
    due_within: timedelta


class Framed(Struct):
    """Bytes to be sent, and the numbers that they bear."""

    body: bytes
    content_type: str
    file_name: str
    kind: str  # how the wire names what it holds: 855
    envelope: Envelope | None = None  # None: the syntax has none that is numbered
    numbers: list[str] = []  # of the contents
    details: dict[str, str] | None = None  # what else it says of them, as rows of documents keep it
    keys: list[Key] = []  # all of these numbers: people search by them, as by that of the envelope
    awaits: DueAcknowledgement | None = None


class UnitOfWork(Protocol):
    """The transaction in which it is recorded."""

    conn: Connection
    rules: Rules
    blobs: Blobs
    now: datetime


Take = Callable[[UnitOfWork, Arrived], Result]
"""Records what a document says about messages of ours."""


class Syntax(Protocol):
    """One syntax, as the flow uses it."""

    @property
    def name(self) -> str: ...

    @property
    def keys(self) -> Mapping[str, str]:
        """Kinds of numbers by which its envelopes and documents are found, and what people call them."""

    @property
    def called_by(self) -> str | None:
        """The kind among them by which people call an envelope; None where systems alone know it by its numbers."""

    @property
    def rejects(self) -> Mapping[Severity, str]:
        """What falls with a finding, in words of its standard; nothing where it has none of its own."""

    @property
    def handles(self) -> Mapping[str, Take]:
        """By canonical name, documents that come in it and are about messages of ours; all others are a room's."""

    def message_spoken_of(self, conn: Connection, partner: str, theirs: FunctionalAcknowledgement) -> str | None:
        """Return our message that a partner's acknowledgement is about; None when it is about none that we sent."""

    def holds_many(self, body: bytes, most: int) -> bool:
        """Say whether the body may hold more than ``most`` documents; it is not opened for that."""

    def open(self, body: Bytes, rules: Rules, partner: Partner, every: int = 0) -> Generator[None, None, Opened]:
        """Open ``body`` and hold its envelopes against what was agreed; what is returned is opened.

        Where the body is one document, it is judged and mapped with it: only then is it known by what. A step of
        ``every`` of its events at a time; 0: all at once. Raises ``Unreadable`` when it is nothing we can take apart.
        """

    def place(self, envelope: Envelope, document: Document) -> Location:
        """Return where a document stands in its message."""

    def with_number_judged(self, envelope: Envelope, entered: EnvelopeRow) -> Envelope:
        """Return the envelope with what was found when its control reference was entered."""

    def restarts_after(self, partner: Partner) -> timedelta | None:
        """Return how long ago a reference must have come to come again with other content; None: it never may."""

    def details(self, envelope: Envelope, document: Document) -> dict[str, str] | None:
        """Return what else its envelope says of a document, by name, as its row keeps it."""

    def numbers(self, envelope: Envelope, document: Document) -> list[Key]:
        """Return by which numbers its envelope knows a document: people search by them."""

    def identity(self, partner: Partner, envelope: Envelope, document: Document) -> Identity | None:
        """Return which of the partner's identities sent a document, for what answers it; None: it has but one."""

    def judged(self, document: Document) -> JudgedDocument | None:
        """Return what an acknowledgement needs to know of a document; None where none speaks of it."""

    def acknowledge(
        self,
        rules: Rules,
        partner: Partner,
        envelope: Envelope,
        judged: Sequence[JudgedDocument],
        message: str,
        now: datetime,
    ) -> Reply:
        """Return what is said of an envelope; ``judged`` are of its message, those of its own among them.

        A wire that numbers and dates an acknowledgement takes that from the id of the ``message`` that it is
        about, and from ``now`` (UTC).
        """

    def render(self, rules: Rules, partner: Partner, map_: Map, document: Struct) -> Content:
        """Write a canonical document by ``map_`` and hold it against the partner's schema. Raises ``Unsendable``."""

    def dress(self, partner: Partner) -> object:
        """Return how a document for the partner is dressed where nothing is sent (``Family.write``)."""

    def frame(self, partner: Partner, draft: Draft, numbers: Numbers, message: str, now: datetime) -> Framed:
        """Put the envelope around a draft, and take the numbers it bears. A draft is clean: nothing fails here.

        ``message`` is the id that the message of ours has.
        """

    def origins(self, row: DocumentRow, body: bytes, rules: Rules, map_: Map) -> list[Origin]:
        """Return the origin of each canonical field of a stored document that ``map_`` reads. Raises ``Unreadable``."""

    def senders(self, body: bytes, rules: Rules) -> list[str]:
        """Return the partners who may have sent a body, by what it says itself. Raises ``Unreadable``."""

    def release(self, received: OpenedDocument) -> str:
        """Return the edition of the standard that a document says it keeps to; "" where none does."""

    def view(
        self, row: DocumentRow | None, body: bytes, rules: Rules, faulty: set[str], *, first: int, cut: bool
    ) -> View:
        """Return a body for people, whatever became of it: the document of ``row`` from its place ``first`` on.

        ``faulty`` are the places of findings; ``cut``: ``body`` is but the beginning.
        """

    def is_agreed(self, partner: Partner) -> bool:
        """Say whether a table of its own in the partner's file says that it is spoken; else maps alone do."""

    def is_meant(self, start: bytes) -> bool:
        """Say whether somebody may have meant a body that begins so to be of it, though no document of it does."""

    def stands_in(self, body: Bytes) -> bool:
        """Say whether something of it may stand in a body, behind what means nothing."""

    @property
    def signs(self) -> bool:
        """See ``DoorWords``."""

    def is_called(self, content_type: str) -> bool:
        """See ``DoorWords``."""

    def may_hide_behind(self, head: bytes) -> bool:
        """See ``DoorWords``."""

    def without_secrets(self, head: bytes) -> tuple[bytes, bool]:
        """See ``DoorWords``, which says it for all but those who have something to say."""

    def hides_a_secret(self, head: bytes) -> bool:
        """See ``DoorWords``."""

    def names_a_secret(self, said: str) -> bool:
        """See ``DoorWords``."""

    def shown_secret(self, head: bytes) -> ShownSecret | None:
        """See ``DoorWords``."""

    def behind(self, head: bytes) -> Callable[[bytes], bool] | None:
        """See ``DoorWords``."""

    def signature(self, head: bytes, partner: Partner | None) -> Signature | None:
        """See ``DoorWords``."""

    def receipt(self, said: DoorAnswer, payload: str, at: datetime) -> ShapedReceipt | None:
        """See ``DoorWords``."""

    def faults(self, partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
        """Yield what in the partner's file is not as this syntax needs it; of maps it is told with them."""

    def doubts(self, partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
        """Yield what there is sound, and hardly meant."""

    def warm_up(self, rules: Rules, partner: Partner, map_: Map) -> None:
        """Compile what judging documents of the map needs. Raises ``Misconfigured``."""
