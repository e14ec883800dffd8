"""The judgement of interchange control numbers, in words. Pure: an envelope and its row in, findings out.

The key or folder says who sent the bytes; the envelope says it again, and both must mean the same partner. That, and
whatever else was agreed, is compared in ``hub.formats.x12.agreed``, the same for the shell.
"""

from __future__ import annotations

from msgspec.structs import replace

from hub.exchange.model import InterchangeRow
from hub.flow.documents import Envelope
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location

NUMBER_TAKEN = "025"  # TA105: duplicate interchange control number


def with_number_judged(envelope: Envelope, entered: InterchangeRow) -> Envelope:
    """Return the envelope with what was found when its number was entered."""
    if entered.judgement == "conflict":
        return _number_taken(envelope, entered.first_message)
    if entered.judgement == "first" and entered.first_message:
        return _number_restarted(envelope, entered.first_message)
    return envelope


def _number_restarted(envelope: Envelope, before: str) -> Envelope:
    control_number = envelope.reference
    finding = Diagnostic(
        code="ENV-INTERCHANGE-NUMBER-RESTARTED",
        severity=Severity.NOTE,
        message=f"Interchange control number {control_number} came before and is taken as a new one",
        location=Location(interchange=int(envelope.reference), tag="ISA", element=13),
        remedy=f"Nothing to do if the partner's numbers have restarted; before, message {before} had it",
        found=envelope.reference,
    )
    return replace(envelope, findings=[*envelope.findings, finding])


def _number_taken(envelope: Envelope, first_message: str | None) -> Envelope:
    """Return the envelope as refused: its number came before, around other bytes."""
    control_number = envelope.reference
    finding = Diagnostic(
        code="ENV-INTERCHANGE-NUMBER-TAKEN",
        severity=Severity.INTERCHANGE,
        message=f"Interchange control number {control_number} came before with other content",
        location=Location(interchange=int(envelope.reference), tag="ISA", element=13),
        remedy=f"Compare it with message {first_message}; if both are meant, send this one under a new number",
        standard=NUMBER_TAKEN,
        found=envelope.reference,
    )
    return replace(envelope, findings=[*envelope.findings, finding])
