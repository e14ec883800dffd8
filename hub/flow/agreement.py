"""What a partner agreed to, and the judgement of numbers. Pure: an interchange and a partner in, findings out.

The key or folder says who sent the bytes; the envelope says it again, and both must mean the same partner. An
interchange that names somebody else is refused whole, whoever signed for it. The comparison itself is
``hub.formats.x12.agreed``, the same for the shell.
"""

from __future__ import annotations

from msgspec.structs import replace

from hub.exchange.model import InterchangeRow
from hub.exchange.partner_x12 import EnvelopeId
from hub.exchange.partners import Partner
from hub.flow.reading import Opened
from hub.flow.rules import agreed_with
from hub.formats.x12.agreed import hold
from hub.formats.x12.survey import Group, Interchange
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location

NUMBER_TAKEN = "025"  # TA105: duplicate interchange control number


def hold_against_agreement(opened: Opened, partner: Partner) -> Opened:
    """Return the opened message with what is not as agreed among the findings of its envelopes."""
    agreed = agreed_with(partner)
    return opened.with_interchanges([hold(each, agreed) for each in opened.survey.interchanges])


def is_test(interchange: Interchange, partner: Partner) -> bool:
    """Say whether what the interchange holds is a test: unless it and the partner's file both say production.

    Nothing of a refused one is taken, so nothing has to be kept from harm: it is a test only where somebody says so.
    """
    if interchange.refused:
        return partner.in_test or interchange.header.usage == "T"
    return partner.in_test or interchange.header.usage != "P"


def identity_of(interchange: Interchange, group: Group | None, partner: Partner) -> EnvelopeId | None:
    """Return which of the partner's identities sent it, for what answers it; None where there is but one, or none such.

    A partner who names somebody else is answered at its first: never at an address that a message names.
    """
    if partner.x12 is None or len(partner.x12.theirs) == 1:
        return None
    header = interchange.header
    sender = group.header.sender if group else None
    return partner.x12.identity(header.sender_qualifier, header.sender_id, sender)


def with_number_judged(interchange: Interchange, entered: InterchangeRow) -> Interchange:
    """Return the interchange with what was found when its number was entered."""
    if entered.judgement == "conflict":
        return _number_taken(interchange, entered.first_message)
    if entered.judgement == "first" and entered.first_message:
        return _number_restarted(interchange, entered.first_message)
    return interchange


def _number_restarted(interchange: Interchange, before: str) -> Interchange:
    finding = Diagnostic(
        code="ENV-INTERCHANGE-NUMBER-RESTARTED",
        severity=Severity.NOTE,
        message=f"Interchange control number {interchange.header.control_number} came before and is taken as a new one",
        location=Location(interchange=interchange.header.control_number, tag="ISA", element=13),
        remedy=f"Nothing to do if the partner's numbers have restarted; before, message {before} had it",
        found=str(interchange.header.control_number),
    )
    return replace(interchange, findings=[*interchange.findings, finding])


def _number_taken(interchange: Interchange, first_message: str | None) -> Interchange:
    """Return the interchange as refused: its number came before, around other bytes."""
    finding = Diagnostic(
        code="ENV-INTERCHANGE-NUMBER-TAKEN",
        severity=Severity.INTERCHANGE,
        message=f"Interchange control number {interchange.header.control_number} came before with other content",
        location=Location(interchange=interchange.header.control_number, tag="ISA", element=13),
        remedy=f"Compare it with message {first_message}; if both are meant, send this one under a new number",
        standard=NUMBER_TAKEN,
        found=str(interchange.header.control_number),
    )
    return replace(interchange, findings=[*interchange.findings, finding])
