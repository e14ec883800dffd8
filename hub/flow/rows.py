"""What was received or sent, as the rows of the message log that say so."""

from __future__ import annotations

from datetime import datetime

from hub.canonical.acknowledgement import FunctionalAcknowledgement
from hub.canonical.result import Result
from hub.exchange.model import Direction, DocumentRow, InterchangeRow, Validation
from hub.flow.reading import Document
from hub.formats.x12.headers import InterchangeHeader
from hub.kernel.diagnostics import Severity, worst

ACKNOWLEDGEMENT = FunctionalAcknowledgement.__name__


def document_row(document: Document, result: Result, message: str, partner: str, *, test: bool) -> DocumentRow:
    """Return the row of a document that was received, with what became of it."""
    header = document.group.header if document.group else None
    return DocumentRow(
        message=message,
        position=document.position,
        partner=partner,
        direction="in",
        kind=document.kind,
        interchange=document.interchange.position,
        document=document.document,
        release=document.release or None,
        functional_group=header.functional_group if header else None,
        group_control_number=header.control_number if header else None,
        set_control_number=document.control_number or None,
        order_number=result.subject.value if result.subject else document.order_number,
        test=test,
        validation=_validation(document, result),
        outcome=result.outcome,
        findings=document.findings + result.findings,
        canonical=document.canonical,
        map_name=document.map_name,
        map_digest=document.map_digest,
        guide_digest=document.guide_digest,
    )


def _validation(document: Document, result: Result) -> Validation:
    """Return the word for its syntax; an acknowledgement that finds fault with us is not shown as if all were well."""
    if document.document == ACKNOWLEDGEMENT and document.validation == "valid":
        return "warnings" if worst(result.findings) >= Severity.WARNING else "valid"
    return document.validation


def interchange_row(
    header: InterchangeHeader,
    *,
    message: str,
    position: int,
    partner: str,
    direction: Direction,
    digest: str,
    at: datetime,
) -> InterchangeRow:
    """Return the row of an interchange, received or sent; who enters a received one judges its number."""
    return InterchangeRow(
        message=message,
        position=position,
        partner=partner,
        direction=direction,
        sender_qualifier=header.sender_qualifier or "",
        sender=header.sender_id or "",
        receiver_qualifier=header.receiver_qualifier or "",
        receiver=header.receiver_id or "",
        control_number=header.control_number,
        usage=header.usage or "",
        digest=digest,
        judgement="first",
        at=at,
    )
