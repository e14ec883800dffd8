"""What syntaxes have in common whose body is one document: XML and JSON, and cXML with an envelope around it.

The document is opened whole, routed to one of the maps that the partner's file names under ``[sends]``, judged by that
map's schema and mapped. What goes out is the document alone. All that is known of a document its family knows
(``hub.formats.family``), the same that ``hub map`` asks; a syntax says which that is, and what its files are called.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from msgspec.structs import replace
from sqlalchemy import Connection

from hub.canonical.acknowledgement import AcknowledgedEnvelope, FunctionalAcknowledgement
from hub.canonical.stored import encode_document
from hub.exchange.controls import Numbers
from hub.exchange.model import DocumentRow, EnvelopeRow
from hub.exchange.partners import Partner
from hub.flow.acknowledged import take_unnamed_acknowledgement
from hub.flow.documents import Document, Envelope, Identity, JudgedDocument, NotRouted, Survey, is_test
from hub.flow.drafts import Content, DocumentAcknowledgements, Draft, Reply, Unsendable
from hub.flow.identities import known_again
from hub.flow.numbered import numbers_before_the_break, numbers_of, numbers_of_others, numbers_said
from hub.flow.routing import agreed_maps, route
from hub.flow.rules import Rules
from hub.flow.signing import DoorWords
from hub.flow.syntax import Framed, Opened, Take
from hub.flow.verdicts import ACKNOWLEDGEMENTS, in_fewer_words, verdict_on
from hub.flow.views import View
from hub.formats.body import Bytes
from hub.formats.family import BodyFamily, OpenedDocument
from hub.formats.schema import Schema
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.errors import Misconfigured, Unreadable
from hub.kernel.location import Location
from hub.kernel.outcome import Key
from hub.kernel.sentence import Phrase, Word, declared
from hub.kernel.spelling import as_written_among
from hub.kernel.struct import Struct
from hub.kernel.words import When
from hub.mapping.library import Map, MapLibrary
from hub.mapping.provenance import Origin
from hub.platform.configuration import Configuration

DOCUMENT = "document"
"""The kind of a reference that is what a map says a document is known by."""
NOTHING_AGREED, WRAPPED = "nothing-agreed", "wrapped"
BEGINNING_BYTES_MAX = 16 * 1024  # looked at of a body that breaks off: what people ask for stands at its head
KIND_CHARACTERS_MAX = 60  # as its column has it
_UNFIT_FOR_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")

log = structlog.get_logger("hub.flow.bodies")

declared(
    {
        "ENV-IDENTITY-TAKEN": Phrase(
            message="{reference} came before with other content, in message {first}",
            remedy="Send what is new under a number of its own; to replace the first, ask us what became of it",
        ),
        "MAP-NOT-ROUTED": Phrase(
            message="no map is named for the {syntax} document {found}",
            remedy="settle with the sender what it asks; to take such documents, name a map that reads them under "
            "[sends] of partners/{partner}/partner.toml, start the hub again (it reads partner files as it starts), "
            "and replay the message",
        ),
        f"MAP-NOT-ROUTED/{NOTHING_AGREED}": Phrase(
            message="nothing in {syntax} was agreed with this partner, and {found} came",
            remedy="ask the sender what is meant; a map under [sends] of partners/{partner}/partner.toml would take it",
        ),
        f"MAP-NOT-ROUTED/{WRAPPED}": Phrase(
            message="{document} stands within {found}, an envelope that nothing here opens",
            remedy="tell the sender to send {document} by itself, or take it out and hand it in for partner {partner}",
        ),
    }
)


class BodySyntax(DoorWords, ABC):
    """A syntax whose body is one document of its family."""

    family: BodyFamily
    keys: Mapping[str, str] = {DOCUMENT: "Known by"}
    identity_case: str | None = None  # of the sentence that says that what a document is known by is taken
    called_by: str | None = None
    rejects: Mapping[Severity, str] = {}
    handles: Mapping[str, Take] = {FunctionalAcknowledgement.__name__: take_unnamed_acknowledgement}
    content_type: str
    extension: str
    begins: re.Pattern[bytes]  # what somebody may have meant to be of it
    root: Location  # the whole of a document: an XPath, a JSON pointer
    answers = re.compile(r"(?i).*(response|acknowledge?ment)")
    """By name, documents that answer something of ours: two sides would answer each other for ever."""

    @property
    def name(self) -> str:
        """The name of its family."""
        return self.family.name

    @abstractmethod
    def page(self, body: bytes, schema: Schema | None, faulty: set[str], *, first: int) -> View:
        """Return a body for people from its place ``first`` on, by the names of ``schema``."""

    def message_spoken_of(self, conn: Connection, partner: str, theirs: FunctionalAcknowledgement) -> str | None:
        """Nothing that we send so is numbered."""
        return None

    def holds_many(self, body: bytes, most: int) -> bool:
        """A body is one document."""
        return False

    def open(self, body: Bytes, rules: Rules, partner: Partner, every: int = 0) -> Generator[None, None, Opened]:
        """Open the body, judge and map its document, in one step."""
        yield from ()
        try:
            received = self.document(bytes(body))
        except Unreadable as fault:
            begun = self.family.beginning(bytes(body[:BEGINNING_BYTES_MAX]))
            if begun is not None:
                said = numbers_before_the_break(begun, self.family, rules, partner)
                fault.numbers = [*said, *self.not_routed(begun, partner, []).numbers, *self.names(begun)]
            raise
        return OpenedBody(self, received, rules, partner)

    def is_agreed(self, partner: Partner) -> bool:
        """Maps alone say so."""
        return False

    def is_meant(self, start: bytes) -> bool:
        """It is told that it is none, in words of this syntax."""
        return self.begins.match(start) is not None

    def stands_in(self, body: Bytes) -> bool:
        """A body is one document: nothing of it is looked for behind anything else."""
        return False

    def faults(self, partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
        """What its maps need, they say themselves."""
        return iter(())

    def doubts(self, partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
        """Nothing more is agreed."""
        return iter(())

    def place(self, envelope: Envelope, document: Document) -> Location:
        """Return the root."""
        return self.root

    def restarts_after(self, partner: Partner) -> timedelta | None:
        """What a body is known by never runs out: whatever was agreed of numbers of X12, none begins anew."""
        return None

    def details(self, envelope: Envelope, document: Document) -> dict[str, str] | None:
        """Nothing stands around a body."""
        return None

    def numbers(self, envelope: Envelope, document: Document) -> list[Key]:
        """Nothing around a body numbers it."""
        return []

    def identity(self, partner: Partner, envelope: Envelope, document: Document) -> Identity | None:
        """Return which of the partner's identities its envelope names."""
        return self.sent_by(partner, envelope)

    def sent_by(self, partner: Partner, envelope: Envelope) -> Identity | None:
        """Nothing in a body says who sent it."""
        return None

    def envelope(self, received: OpenedDocument, partner: Partner) -> Envelope:
        """Return what stands around a document of the partner's: nothing, for the body is the document."""
        return Envelope(position=1)

    def known_by(self, envelope: Envelope, map_: Map, document: Struct) -> tuple[str, str] | None:
        """Return the kind and text of what a body is known by as the same again: what its map says, if that does."""
        reference = map_.identity(document)
        return None if reference is None else (DOCUMENT, reference)

    def spoken_of(self, envelope: Envelope) -> str | None:
        """Return by what an acknowledgement names the envelope it is about; None where the body is the document."""
        return None

    def names(self, received: OpenedDocument) -> list[tuple[str, str]]:
        """Return by what a document is asked for, whatever became of it, beside its own number: kind and value."""
        return []

    def not_routed(self, received: OpenedDocument, partner: Partner, maps: Sequence[Map]) -> NotRouted:
        """Say what was found, and which line of the partner's file would take it. No fault of the document's own."""
        return NotRouted(finding=self.unexpected(received, partner, maps), kind=received.kind)

    def unexpected(
        self, received: OpenedDocument, partner: Partner, maps: Sequence[Map], case: str | None = None, **words: Word
    ) -> Diagnostic:
        """Return the finding about a document that no map takes."""
        kinds = sorted({each.kind for each in maps})
        known = ", ".join(as_written_among(each, [received.kind]) for each in kinds)
        return Diagnostic(
            code="MAP-NOT-ROUTED",
            case=case if known else NOTHING_AGREED,
            severity=Severity.DOCUMENT,
            words={"syntax": self.family.called, "partner": partner.id} | words,
            location=received.place,
            found=as_written_among(received.kind, kinds),
            expected=known or None,
        )

    def with_number_judged(self, envelope: Envelope, entered: EnvelopeRow) -> Envelope:
        """Return the envelope as refused where another document came before under what this one is known by."""
        if entered.judgement != "conflict":
            return envelope
        finding = Diagnostic(
            code="ENV-IDENTITY-TAKEN",
            case=self.identity_case,
            severity=Severity.ENVELOPE,
            words={"reference": envelope.reference, "first": entered.first_message or "…"},
            location=self.root,
            found=envelope.reference,
        )
        return replace(envelope, findings=[*envelope.findings, finding])

    def judged(self, document: Document) -> JudgedDocument | None:
        """Return all that was found, in words, also by its map, or that none takes it."""
        is_acknowledgement = document.document == FunctionalAcknowledgement.__name__
        return JudgedDocument(
            envelope=document.envelope,
            group=document.group,
            kind=document.kind,
            number=document.number or (document.subject.value if document.subject else ""),
            findings=document.findings,
            subject=document.subject,
            is_answer=is_acknowledgement or self.answers.fullmatch(document.kind) is not None,
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
        """Return what is said of a document, where the partner's file names a map that says it in this syntax."""
        map_ = rules.outbound_map(partner.id, FunctionalAcknowledgement.__name__)
        of_this = [
            replace(each, findings=[*envelope.findings, *each.findings])  # what refuses the body refuses its document
            for each in judged
            if each.envelope == envelope.position
        ]
        if envelope.refused and not judged:  # nobody could open it: nothing is known of it but who sent it
            of_this = [
                JudgedDocument(envelope=1, group=0, kind=self.family.called, number="", findings=envelope.findings)
            ]
        if map_ is None or map_.family.name != self.name or not of_this:
            return Reply(acknowledgement="none")
        if any(each.is_answer or each.kind == map_.kind for each in of_this):
            return Reply(acknowledgement="none")
        local = now.astimezone(ZoneInfo(partner.time_zone))
        issued = When(on=local.date(), at=local.time().replace(microsecond=0, tzinfo=None))
        named = self.spoken_of(envelope)
        verdict = replace(
            verdict_on(of_this, self.root.at or ""),
            number=message,
            issued=issued,
            envelope=None if named is None else AcknowledgedEnvelope(reference=named),
        )
        acknowledgement = ACKNOWLEDGEMENTS[verdict.verdict]
        for fewer in in_fewer_words(verdict):
            try:
                content = self.render(rules, partner, map_, fewer)
            except Unsendable as fault:
                log.warning("acknowledgement cannot be written so", partner=partner.id, map=map_.name, fault=str(fault))
            else:
                about = [each.subject for each in of_this if each.subject is not None]
                to = self.sent_by(partner, envelope)
                of_documents = [DocumentAcknowledgements(contents=[content], to=to, keys=about)]
                return Reply(
                    acknowledgement=acknowledgement, test=is_test(envelope, partner), of_documents=of_documents
                )
        return Reply(acknowledgement="none")

    def render(self, rules: Rules, partner: Partner, map_: Map, document: Struct) -> Content:
        """Write the body, held against its schema."""
        return self.rendered(map_, document)

    def rendered(self, map_: Map, document: Struct, *, bare: bool = False) -> Content:
        """Write a document by ``map_``; ``bare`` leaves to ``frame`` what stands around it."""
        rendered = map_.render(document)
        if rendered.root is None:
            raise Unsendable(rendered.findings)
        written = self.family.write(rendered.root, map_.schema, bare=bare)
        findings = [*rendered.findings, *written.findings]
        if written.body is None or any(each.severity.is_reject for each in findings):
            raise Unsendable(findings)
        return Content(
            kind=map_.kind[:KIND_CHARACTERS_MAX],
            release="",
            body=written.body,
            document=type(document).__name__,
            canonical=encode_document(document),
            map_name=map_.name,
            map_digest=map_.digest,
            schema_digest=map_.schema.digest,
            findings=findings,
        )

    def dress(self, partner: Partner) -> object:
        """There is but one way."""
        return None

    def frame(self, partner: Partner, draft: Draft, numbers: Numbers, message: str, now: datetime) -> Framed:
        """Return the body as it is: it takes no number."""
        [content] = draft.contents
        called = _UNFIT_FOR_A_NAME.sub("-", content.kind).strip("-.")
        return Framed(
            body=content.body,
            content_type=self.content_type,
            file_name=f"{called}-{message}.{self.extension}",
            kind=content.kind,
        )

    def origins(self, row: DocumentRow, body: bytes, rules: Rules, map_: Map) -> list[Origin]:
        """Return the place of every canonical field, by path and line."""
        root = self.family.check(self.document(body), map_.schema).root
        applied = map_.apply(root, provenance=True)
        return applied.provenance.origins if applied.provenance else []

    def senders(self, body: bytes, rules: Rules) -> list[str]:
        """Return the partners with whom its schema was agreed: nothing else in a body says who sent it."""
        received = self.document(body)
        return [each.id for each in rules.partners.all() if self._is_agreed(received, rules, each)]

    def _is_agreed(self, received: OpenedDocument, rules: Rules, partner: Partner) -> bool:
        """Say whether a document is of a schema agreed with the partner: by its name, or because it is right by it."""
        with suppress(Misconfigured):
            map_ = route(received, self.family, agreed_maps(rules, partner, self.name))
            if map_ is not None:
                named = received.kind.endswith(map_.kind)
                return named or not worst(self.family.check(received, map_.schema).findings).is_reject
        return False

    def release(self, received: OpenedDocument) -> str:
        """A body of a partner's own schema has no edition."""
        return ""

    def view(
        self, row: DocumentRow | None, body: bytes, rules: Rules, faulty: set[str], *, first: int, cut: bool
    ) -> View:
        """Return the document as it was written, by the names of the schema that judged it."""
        return self.page(body, self._schema_of(row, rules), faulty, first=first)

    def _schema_of(self, row: DocumentRow | None, rules: Rules) -> Schema | None:
        """Return the schema that judged a document: of its map; of a rejected one, if it is still agreed."""
        if row is None:
            return None
        with suppress(Misconfigured):  # the map or the partner has gone since
            if row.map_name is not None:
                return rules.maps.map(row.map_name).schema
            agreed = agreed_maps(rules, rules.partner(row.partner), self.name)
            return next((each.schema for each in agreed if each.schema.digest == row.schema_digest), None)
        return None

    def warm_up(self, rules: Rules, partner: Partner, map_: Map) -> None:
        """Compile the schema of the map."""
        self.family.make_ready(map_.schema)

    def document(self, body: bytes) -> OpenedDocument:
        """Return the one document of a body. Raises ``Unreadable``."""
        return next(each for each in self.family.documents(body) if isinstance(each, OpenedDocument))


class OpenedBody:
    """A body that has been opened: its one document is judged and mapped with it, for only then is it known by what."""

    def __init__(self, syntax: BodySyntax, received: OpenedDocument, rules: Rules, partner: Partner) -> None:
        self._syntax, self._received, self._rules, self._partner = syntax, received, rules, partner
        self._document, envelope = self._read()
        self.survey = Survey(syntax=syntax.name, envelopes=[envelope])

    def documents(self) -> Iterator[Document]:
        """Return the document, judged and mapped."""
        return iter([self._document])

    def _read(self) -> tuple[Document, Envelope]:
        """Judge and map the document. Of one with a fault only the number is kept: the rest would be guessed at."""
        received, syntax = self._received, self._syntax
        envelope = syntax.envelope(received, self._partner)
        document = Document(
            position=1,
            envelope=1,
            group=0,
            kind=received.kind[:KIND_CHARACTERS_MAX],
            number="",
            release="",
            findings=received.findings,
            stopped=envelope.refused,
            numbers=syntax.names(received),
        )
        maps = agreed_maps(self._rules, self._partner, syntax.name)
        map_ = route(received, syntax.family, maps)
        if map_ is None:
            found = syntax.not_routed(received, self._partner, maps)
            others = numbers_of_others(received, syntax.family, self._rules)
            numbers = [*found.numbers, *others, *document.numbers]
            return replace(
                document,
                kind=found.kind[:KIND_CHARACTERS_MAX],
                number=found.number,
                numbers=list(dict.fromkeys(numbers)),
                findings=[*received.findings, found.finding],
            ), envelope
        return self._judged(document, envelope, map_)

    def _judged(self, document: Document, envelope: Envelope, map_: Map) -> tuple[Document, Envelope]:
        received, family = self._received, self._syntax.family
        checked = family.check(received, map_.schema)
        document = replace(
            document,
            kind=map_.kind[:KIND_CHARACTERS_MAX],
            findings=[*document.findings, *checked.findings],
            schema_digest=map_.schema.digest,
        )
        applied = map_.apply(checked.root)
        findings = [*document.findings, *applied.findings]
        by = numbers_said if worst(findings).is_reject else numbers_of  # of a sound one its room says them
        document = replace(document, numbers=[*by(map_.document, applied.document), *document.numbers])
        if document.rejected:
            return document, envelope
        document = replace(document, findings=findings, map_name=map_.name, map_digest=map_.digest)
        if applied.document is None:
            return document, envelope
        document = replace(document, document=map_.document, canonical=encode_document(applied.document))
        known_by = self._syntax.known_by(envelope, map_, applied.document) if document.takes_effect else None
        if known_by is not None:
            test = is_test(envelope, self._partner)
            envelope = known_again(envelope, known_by, map_.content(received), test=test)
        return document, envelope
