"""What a message comes to: the worst of its documents, in the words of the message log. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from hub.canonical.result import Result
from hub.exchange.intake import InboundMessage
from hub.exchange.model import (
    ACKNOWLEDGEMENTS_BY_GRAVITY,
    Acknowledgement,
    DocumentRow,
    Judgement,
    StageTime,
    Validation,
)
from hub.exchange.recording import KEYS_SHOWN_MAX, Processed
from hub.flow.documents import Document, Envelope, JudgedDocument, Survey
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.location import Location
from hub.kernel.marks import is_marked
from hub.kernel.outcome import Key, Outcome
from hub.kernel.sentence import Phrase, Word, Wording, declared
from hub.kernel.struct import Struct

VALIDATIONS: tuple[Validation, ...] = ("pending", "valid", "warnings", "rejected", "unreadable")
OUTCOMES: tuple[Outcome, ...] = ("none", "accepted", "changed", "duplicate", "refused", "held", "quarantined")

ENVELOPE_FINDINGS_MAX = 500  # of one message, as they stand in its row; nobody reads a five hundred and first
MEANT = "meant"
"""The case of a warning that calls a person, where its sender meant it so: then it calls nobody."""

REJECTED = "call/rejected"
WIRE_LENGTH_MAX = 60  # a file of many kinds shows the first of them


class Called(Struct):
    """Why a document calls a person. Of several documents the gravest is told, and the first of those."""

    grave: tuple[int, int]  # what was rejected before what is held, held before what merely deserves a look
    why: Wording
    number: str  # its own, or its place among the documents
    subject: str | None  # what it is about, as it says

    def named(self, why: Wording) -> Wording:
        """Return ``why`` with the document it is of, as a person finds it among several."""
        words: dict[str, Word] = {"number": self.number, "why": why}
        if not self.subject:
            return Wording(key="call/document", words=words)
        return Wording(key="call/document-about", words={**words, "subject": self.subject})


class Settled(Struct):
    """A document, what became of it, and its row."""

    document: Document
    result: Result
    row: DocumentRow
    numbers: list[Key]  # by which its envelope knows it
    judged: JudgedDocument | None  # what an acknowledgement says of it, if any does
    place: Callable[[], Location]  # where it stands, asked where that is to be told


class Summary(Struct):
    """A message so far."""

    documents: int = 0
    validation: Validation = "pending"
    outcome: Outcome = "none"
    wires: list[str] = []  # 850, each once
    names: list[str] = []  # PurchaseOrder, each once
    test: bool = False
    attention: Wording | None = None  # of the whole message, once all of it is known
    called: Called | None = None  # the gravest of those that call a person
    calling: int = 0  # documents that call a person
    rejected: int = 0  # documents
    keys: list[Key] = []  # the first of them
    judged: list[JudgedDocument] = []  # what acknowledgements will say

    def after(self, portion: Sequence[Settled], keys: Sequence[Key]) -> Summary:
        """Return the summary with a portion's documents and search keys in it."""
        rows = [each.row for each in portion]
        calls = [call for each in portion if (call := _call(each))]
        known = [self.called] if self.called else []
        return Summary(
            documents=self.documents + len(rows),
            validation=max((self.validation, *(row.validation for row in rows)), key=VALIDATIONS.index),
            outcome=max((self.outcome, *(row.outcome for row in rows)), key=OUTCOMES.index),
            wires=list(dict.fromkeys([*self.wires, *(row.kind for row in rows)])),
            names=list(dict.fromkeys([*self.names, *(row.document for row in rows if row.document)])),
            test=self.test or any(row.test for row in rows),
            called=max([*known, *calls], key=lambda call: call.grave, default=None),
            calling=self.calling + len(calls),
            rejected=self.rejected + sum(each.document.rejected for each in portion),
            keys=[*self.keys, *keys][:KEYS_SHOWN_MAX],
            judged=[*self.judged, *(each.judged for each in portion if each.judged)],
        )

    @property
    def asked(self) -> Wording | None:
        """Why a person should look at the documents: of several the gravest, by its numbers, and how many more."""
        called, counted = self.called, 1
        if called is None or self.documents < 2:
            return called.why if called else None
        asked = called.named(called.why)
        fault = called.why.words["message"] if called.why.key == REJECTED else None
        if isinstance(fault, Wording):
            first, counted = called.named(fault), self.rejected
            words: dict[str, Word] = {"rejected": self.rejected, "documents": self.documents, "first": first}
            asked = Wording(key="call/first-rejected", words=words)
        more = self.calling - counted
        return Wording(key="call/more", words={"asked": asked, "more": more}) if more > 0 else asked

    def with_envelopes(self, envelopes: Sequence[Envelope], judgements: Sequence[Judgement]) -> Summary:
        """Return the summary with what was found about the envelopes in it, and how their references were judged.

        A reference under which something else took effect before quarantines.
        """
        findings = envelope_findings(envelopes)
        refused = [finding for finding in findings if finding.severity >= Severity.GROUP]
        outcome: Outcome = "quarantined" if "conflict" in judgements else "refused" if refused else "none"
        return replace(
            self,
            validation=max(self.validation, validation_of(findings), key=VALIDATIONS.index),
            outcome=max(self.outcome, outcome, key=OUTCOMES.index),
            attention=_refused(refused[0]) if refused else self.asked or _question_of(findings),
        )

    def processed(
        self,
        message: InboundMessage,
        stages: list[StageTime],
        acknowledgements: Sequence[Acknowledgement],
        survey: Survey,
        envelopes: Sequence[Envelope],
    ) -> Processed:
        """Return the row of the message log; ``acknowledgements`` are ours of it."""
        return Processed(
            message=message.id,
            partner=message.partner,
            stages=stages,
            validation=self.validation,
            outcome=self.outcome,
            acknowledgement=max(
                acknowledgements, key=ACKNOWLEDGEMENTS_BY_GRAVITY.index, default=message.acknowledgement
            ),
            syntax=survey.syntax,
            wire=", ".join(self.wires)[:WIRE_LENGTH_MAX] or None,
            document=self.names[0] if len(self.names) == 1 else None,
            test=self.test,
            attention=self.attention,
            keys=self.keys,
            documents=self.documents,
            findings=shown(survey.stray + envelope_findings(envelopes)),
        )


def envelope_findings(envelopes: Sequence[Envelope]) -> list[Diagnostic]:
    """Return what was found about envelopes and their groups."""
    return [
        finding
        for each in envelopes
        for finding in (*each.findings, *(f for group in each.groups for f in group.findings))
    ]


def shown(findings: list[Diagnostic]) -> list[Diagnostic]:
    """Return as many of the findings about envelopes as a message shows, and one that says how many there are more."""
    if len(findings) <= ENVELOPE_FINDINGS_MAX:
        return findings
    more, next_ = len(findings) - ENVELOPE_FINDINGS_MAX, findings[ENVELOPE_FINDINGS_MAX]
    counted = Diagnostic(
        code="ENV-MORE-FINDINGS",
        severity=Severity.WARNING,
        words={"count": more},
        location=next_.location,
        found=str(more),
    )
    return [*findings[:ENVELOPE_FINDINGS_MAX], counted]


def validation_of(findings: Sequence[Diagnostic]) -> Validation:
    """Return the word for the worst of ``findings``."""
    found = worst(list(findings))
    return "rejected" if found.is_reject else "warnings" if found is Severity.WARNING else "valid"


def _call(settled: Settled) -> Called | None:
    """Say whether and why a person should look at the document, and how grave that is."""
    why = _attention(settled)
    if why is None:
        return None
    row = settled.row
    return Called(
        grave=(int(settled.document.rejected), OUTCOMES.index(row.outcome)),
        why=why,
        number=row.reference or str(row.position),
        subject=row.subject,
    )


def _attention(settled: Settled) -> Wording | None:
    """Say why a person should look at the document: the handler's question, or the first fault that rejects it."""
    if settled.result.attention:
        return settled.result.attention
    if not settled.document.rejected:
        return _question_of(settled.document.findings) if settled.document.takes_effect else None
    message = next(f.wording for f in settled.document.findings if f.severity.is_reject)
    return Wording(key=REJECTED, words={"message": message})


def _refused(finding: Diagnostic) -> Wording:
    return Wording(key="call/refused", words={"message": finding.wording})


def _question_of(findings: Sequence[Diagnostic]) -> Wording | None:
    """Return what a person should look at among what was found and refuses nothing."""
    return next((f.wording for f in findings if _calls_a_person(f)), None)


def _calls_a_person(found: Diagnostic) -> bool:
    """Whether a warning is of what only a person can settle; a note never is."""
    return found.severity is Severity.WARNING and is_marked("calling", found.code) and found.case != MEANT


declared(
    {
        "call/rejected": Phrase(message="Rejected: {message}"),
        "call/refused": Phrase(message="Refused: {message}"),
        "call/unreadable": Phrase(message="Could not be read: {message}"),
        "call/configuration": Phrase(message="Our configuration is at fault: {fault}"),
        "call/given-up": Phrase(message="Processing was given up after {tries} attempts: {reason}"),
        "call/document": Phrase(message="document {number}: {why}"),
        "call/document-about": Phrase(message="document {number}, about {subject}: {why}"),
        "call/first-rejected": Phrase(message="Rejected: {rejected} of {documents} documents; first: {first}"),
        "call/more": Phrase(message="{asked}; and {more} more need a person"),
        "ENV-MORE-FINDINGS": Phrase(
            message="{count} more faults of envelopes were found, and are not kept",
            remedy="Put right those that are shown, and send the message again",
        ),
    }
)
