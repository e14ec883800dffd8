"""The judgement of interchange control numbers, in words. Pure: an envelope and its row in, findings out.

Who may sign, and what else was agreed, stands in ``guides.agreed_with``, and is compared in ``hub.formats.x12.agreed``,
the same for the shell.
"""

from __future__ import annotations

from msgspec.structs import replace

from hub.exchange.model import EnvelopeRow
from hub.flow.documents import Envelope
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, declared

NUMBER_TAKEN = "025"  # TA105: duplicate interchange control number

declared(
    {
        "ENV-INTERCHANGE-NUMBER-RESTARTED": Phrase(
            message="Interchange control number {number} came before and is taken as a new one",
            remedy="Nothing to do if the partner's numbers have restarted; before, message {before} had it",
        ),
        "ENV-INTERCHANGE-NUMBER-TAKEN": Phrase(
            message="Interchange control number {number} came before with other content",
            remedy="Compare it with message {first}; if both are meant, send this one under a new number",
        ),
    }
)


def with_number_judged(envelope: Envelope, entered: EnvelopeRow) -> Envelope:
    """Return the envelope with what was found when its number was entered."""
    if entered.judgement == "conflict":
        return _number_taken(envelope, entered.first_message)
    if entered.judgement == "first" and entered.first_message:
        return _number_restarted(envelope, entered.first_message)
    return envelope


def _number_restarted(envelope: Envelope, before: str) -> Envelope:
    finding = Diagnostic(
        code="ENV-INTERCHANGE-NUMBER-RESTARTED",
        severity=Severity.NOTE,
        words={"number": envelope.reference, "before": before},
        location=Location(envelope=envelope.reference, tag="ISA", element=13),
        found=envelope.reference,
    )
    return replace(envelope, findings=[*envelope.findings, finding])


def _number_taken(envelope: Envelope, first_message: str | None) -> Envelope:
    """Return the envelope as refused: its number came before, around other bytes."""
    finding = Diagnostic(
        code="ENV-INTERCHANGE-NUMBER-TAKEN",
        severity=Severity.ENVELOPE,
        words={"number": envelope.reference, "first": first_message or "…"},
        location=Location(envelope=envelope.reference, tag="ISA", element=13),
        standard=NUMBER_TAKEN,
        found=envelope.reference,
    )
    return replace(envelope, findings=[*envelope.findings, finding])
