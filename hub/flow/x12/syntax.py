"""X12 as the flow uses it."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.canonical.acknowledgement import FunctionalAcknowledgement
from hub.exchange.controls import Numbers
from hub.exchange.model import DocumentRow, EnvelopeRow
from hub.exchange.partners import Partner
from hub.flow.documents import Document, Envelope, Identity, JudgedDocument
from hub.flow.drafts import Content, Draft, Reply
from hub.flow.outward_sentences import said_to_partners
from hub.flow.rules import Rules
from hub.flow.signing import DoorWords
from hub.flow.syntax import Framed, Opened, Take
from hub.flow.views import View
from hub.flow.x12 import acknowledging, agreement, checking, framing, opening, origins, rendering, view
from hub.flow.x12.acknowledged import message_spoken_of, take_functional_acknowledgement
from hub.flow.x12.envelopes import GROUP, INTERCHANGE, SET, details_of, interchange_of, keys_of
from hub.flow.x12.guides import identity_of, x12_rules
from hub.flow.x12.outward_sentences import OF_ALL_CASES, TO_PARTNERS
from hub.formats.body import Bytes
from hub.formats.family import OpenedDocument
from hub.formats.x12.acknowledge import as_told
from hub.formats.x12.events import InterchangeStart, TransactionSet
from hub.formats.x12.reader import read
from hub.formats.x12.schema import FAMILY
from hub.kernel.diagnostics import Severity
from hub.kernel.errors import Misconfigured
from hub.kernel.location import Location
from hub.kernel.outcome import Key
from hub.kernel.struct import Struct
from hub.mapping.library import Map, MapLibrary
from hub.mapping.provenance import Origin
from hub.platform.configuration import Configuration

said_to_partners(TO_PARTNERS, OF_ALL_CASES)


class X12Syntax(DoorWords):
    """X12: interchanges of groups of sets, answered by TA1 and 997."""

    name = FAMILY
    keys: Mapping[str, str] = {INTERCHANGE: "Interchange", GROUP: "Group", SET: "Set"}
    called_by: str | None = INTERCHANGE
    rejects: Mapping[Severity, str] = {
        Severity.VALUE: "Element rejected",
        Severity.PART: "Segment rejected",
        Severity.DOCUMENT: "Document rejected",
        Severity.GROUP: "Group rejected",
        Severity.ENVELOPE: "Interchange rejected",
    }
    handles: Mapping[str, Take] = {FunctionalAcknowledgement.__name__: take_functional_acknowledgement}

    def message_spoken_of(self, conn: Connection, partner: str, theirs: FunctionalAcknowledgement) -> str | None:
        """Return the message with the group or the interchange that is named."""
        return message_spoken_of(conn, partner, theirs)

    def holds_many(self, body: bytes, most: int) -> bool:
        """Count what may begin a set, whatever separates, and wherever the first interchange begins."""
        return body.count(b"ST") > most

    def open(self, body: Bytes, rules: Rules, partner: Partner, every: int = 0) -> Generator[None, None, Opened]:
        """Survey the interchanges to their ends, and hold them against what was agreed."""
        return opening.open_interchanges(body, rules, partner, every)

    def is_agreed(self, partner: Partner) -> bool:
        """Its table says who signs."""
        return partner.x12 is not None

    def is_meant(self, start: bytes) -> bool:
        """What holds no ISA is nothing of X12, however it begins."""
        return False

    def stands_in(self, body: Bytes) -> bool:
        """Look for an ISA, wherever it may stand."""
        return body.find(b"ISA") >= 0

    def is_called(self, content_type: str) -> bool:
        """As RFC 1767 has it."""
        return content_type.startswith("application/edi")

    def place(self, envelope: Envelope, document: Document) -> Location:
        """Return interchange, group and set by their control numbers."""
        group = envelope.group(document.group)
        return Location(
            envelope=envelope.reference,
            group=group.reference if group else None,
            document=document.number or None,
        )

    def with_number_judged(self, envelope: Envelope, entered: EnvelopeRow) -> Envelope:
        """Return the envelope with what was found about ISA13."""
        return agreement.with_number_judged(envelope, entered)

    def restarts_after(self, partner: Partner) -> timedelta | None:
        """Return when ISA13 may begin anew, where that was agreed: it has nine digits."""
        return None if partner.x12 is None else partner.x12.numbers_restart_after(partner.leniency)

    def details(self, envelope: Envelope, document: Document) -> dict[str, str] | None:
        """Return GS01 and GS06, by which a group is acknowledged."""
        group = envelope.group(document.group)
        return details_of(group.kind, group.reference) if group else None

    def numbers(self, envelope: Envelope, document: Document) -> list[Key]:
        """Return GS06 and ST02."""
        group = envelope.group(document.group)
        return keys_of(group.reference if group else "", document.number)

    def identity(self, partner: Partner, envelope: Envelope, document: Document) -> Identity | None:
        """Return the identity by ISA06 and GS02."""
        interchange = interchange_of(envelope)
        group = next((each for each in interchange.groups if each.number == document.group), None)
        return identity_of(interchange, group, partner)

    def judged(self, document: Document) -> JudgedDocument | None:
        """Return what AK2 and AK5 will say, without sentences: of a file of faulty sets thousands are kept."""
        if not document.group:
            return None
        return JudgedDocument(
            envelope=document.envelope,
            group=document.group,
            kind=document.kind,
            number=document.number,
            findings=as_told(document.syntactic),
            version=document.version,
            subject=document.subject,
        )

    def acknowledge(
        self,
        rules: Rules,
        partner: Partner,
        envelope: Envelope,
        judged: Sequence[JudgedDocument],
        message: str,
        now: datetime,
    ) -> Reply:
        """Return the TA1 of an interchange, and a 997 for each of its groups."""
        return acknowledging.reply_to(rules, partner, envelope, judged)

    def render(self, rules: Rules, partner: Partner, map_: Map, document: Struct) -> Content:
        """Write what stands between ST and SE."""
        return rendering.render(rules, partner, map_, document)

    def dress(self, partner: Partner) -> object:
        """Return who signs, for whom, and the separators that were agreed."""
        return rendering.style_of(partner)

    def frame(self, partner: Partner, draft: Draft, numbers: Numbers, message: str, now: datetime) -> Framed:
        """Put sets into one group of one interchange, TA1s before it."""
        return framing.frame(partner, draft, numbers, now)

    def origins(self, row: DocumentRow, body: bytes, rules: Rules, map_: Map) -> list[Origin]:
        """Return the segment and element of every canonical field."""
        return origins.origins(row, body, rules, map_)

    def senders(self, body: bytes, rules: Rules) -> list[str]:
        """Return who signs the first interchange; a bare set is signed by nobody."""
        for event in read(body, bare=True):
            if isinstance(event, InterchangeStart):
                header = event.header
                signs = (header.sender_qualifier or "").strip(), (header.sender_id or "").strip()
                found = rules.partners.signed_by(FAMILY, signs)
                return [found.id] if found else []
            if isinstance(event, TransactionSet):
                break
        return []

    def release(self, received: OpenedDocument) -> str:
        """Return GS08 as sent."""
        event: TransactionSet = received.content
        return event.release

    def view(
        self, row: DocumentRow | None, body: bytes, rules: Rules, faulty: set[str], *, first: int, cut: bool
    ) -> View:
        """Return the segments of a set by the names of its guide, with the envelope around it."""
        return view.view(row, body, rules, faulty, first=first, cut=cut)

    def faults(self, partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
        """Look at sets, their maps and releases."""
        return checking.faults(partner, maps, configuration)

    def doubts(self, partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
        """Look at acknowledgements of ours, and releases that no map reads."""
        return checking.doubts(partner, maps, configuration)

    def warm_up(self, rules: Rules, partner: Partner, map_: Map) -> None:
        """Compile the guide, narrowed for the partner."""
        x12_rules(rules).validator(map_.schema.release, map_.kind, partner.id)
