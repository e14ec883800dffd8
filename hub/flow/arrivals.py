"""What arrives at a handler, what it works with, and what it says became of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.business.orders.handlers import Filing, NewOrder
from hub.canonical.stored import decode_document
from hub.exchange.model import Key, Outcome
from hub.exchange.partners import Partner
from hub.flow.reading import Document
from hub.flow.rendering import Content, Unsendable, render
from hub.flow.rules import Rules
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.struct import Struct
from hub.platform.blobs import Blobs


class Handled(Struct):
    """What became of a document, and what we owe for it."""

    outcome: Outcome
    findings: list[Diagnostic] = []
    owed: list[Struct] = []  # canonical documents that are still to be written
    answers: list[Content] = []  # to be numbered and sent
    resend: list[str] = []  # messages of ours to be sent once more
    order_number: str | None = None
    order_id: str | None = None  # whose history notes that the answers answer it
    keys: list[Key] = []
    attention: str | None = None  # why a person should look

    def written(self, rules: Rules, partner: Partner) -> Handled:
        """Return the same with what is owed written; where it cannot be, the effect stands and a person is called."""
        try:
            contents = [render(rules, partner, document) for document in self.owed]
        except Unsendable as fault:
            return replace(self, owed=[]).unanswered(fault)
        return replace(self, owed=[], answers=contents)

    def unanswered(self, fault: Unsendable) -> Handled:
        """Return the same, and a person called: what we owe cannot be written."""
        why = f"The answer could not be written: {fault.findings[0].message}"
        return replace(self, findings=self.findings + fault.findings, attention=why)


class Foreseen(Struct):
    """What an order comes to if its number is free, as of a day: worked out before its transaction, and filed in it."""

    day: date  # the partner's
    test: bool
    order: NewOrder
    handled: Handled


class NotInCompany(Exception):
    """More is asked for than was foreseen, in company: ``messages`` must be settled alone, where it is known which."""

    def __init__(self, messages: Collection[str] = ()) -> None:
        super().__init__(*messages)
        self.messages = messages


class Workplace:
    """What handlers work with in one transaction: of one message, or ``in_company`` of several that were foreseen."""

    __slots__ = ("answering", "blobs", "conn", "filing", "in_company", "now", "rules")

    def __init__(self, conn: Connection, rules: Rules, blobs: Blobs, now: datetime, *, in_company: bool) -> None:
        self.conn, self.rules, self.now, self.in_company = conn, rules, now, in_company
        self.blobs = blobs
        self.filing = Filing(conn, now)
        self.answering: set[str] = set()  # orders whose answer is on its way, and on record when all is written


class Arrival(Struct):
    """A canonical document that takes effect now."""

    message: str
    position: int  # of the document in the message
    interchange_control_number: int
    partner: Partner
    name: str  # PurchaseOrder
    canonical: bytes  # as stored
    test: bool
    now: datetime
    foreseen: Foreseen | None = None

    @classmethod
    def of(
        cls,
        document: Document,
        message: str,
        partner: Partner,
        *,
        test: bool,
        now: datetime,
        foreseen: Foreseen | None = None,
    ) -> Arrival:
        """Return what arrives with a ``document`` that takes effect."""
        assert document.document is not None
        assert document.canonical is not None
        return cls(
            message=message,
            position=document.position,
            interchange_control_number=document.interchange.header.control_number,
            partner=partner,
            name=document.document,
            canonical=document.canonical,
            test=test,
            now=now,
            foreseen=foreseen,
        )

    def document(self) -> Struct:
        """Read the document."""
        return decode_document(self.name, self.canonical)
