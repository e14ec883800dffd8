"""What was received or sent, as the rows of the message log that say so."""

from __future__ import annotations

from datetime import datetime

from hub.canonical.acknowledgement import FunctionalAcknowledgement
from hub.canonical.result import Result
from hub.exchange.model import Direction, DocumentRow, EnvelopeRow, Validation
from hub.flow.documents import Document, Envelope
from hub.kernel.diagnostics import Severity, worst

ACKNOWLEDGEMENT = FunctionalAcknowledgement.__name__


def document_row(
    document: Document,
    envelope: Envelope,
    details: dict[str, str] | None,
    result: Result,
    message: str,
    partner: str,
    *,
    test: bool,
) -> DocumentRow:
    """Return the row of a document that was received in ``envelope``, with what became of it.

    ``details`` are what only its syntax understands of the envelope.
    """
    subject = result.subject or document.subject
    return DocumentRow(
        message=message,
        position=document.position,
        partner=partner,
        direction="in",
        kind=document.kind,
        envelope=document.envelope if envelope.kind else None,
        document=document.document,
        release=document.release or None,
        reference=document.number or None,
        subject_kind=subject.kind if subject else None,
        subject=subject.value if subject else None,
        details=details,
        test=test,
        validation=_validation(document, result),
        outcome=result.outcome,
        findings=document.findings + result.findings,
        canonical=document.canonical,
        map_name=document.map_name,
        map_digest=document.map_digest,
        schema_digest=document.schema_digest,
    )


def _validation(document: Document, result: Result) -> Validation:
    """Return the word for its syntax; an acknowledgement that finds fault with us is not shown as if all were well."""
    if document.document == ACKNOWLEDGEMENT and document.validation == "valid":
        return "warnings" if worst(result.findings) >= Severity.WARNING else "valid"
    return document.validation


def envelope_row(
    envelope: Envelope,
    *,
    message: str,
    partner: str,
    direction: Direction,
    digest: str,
    at: datetime,
) -> EnvelopeRow:
    """Return the row of an envelope, received or sent; who enters a received one judges its control reference."""
    return EnvelopeRow(
        message=message,
        position=envelope.position,
        partner=partner,
        direction=direction,
        kind=envelope.kind,
        reference=envelope.reference,
        sender=envelope.sender.spelled,
        receiver=envelope.receiver.spelled,
        usage=envelope.usage,
        digest=digest,
        judgement="first",
        at=at,
    )
