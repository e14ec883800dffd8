"""What a partner agreed to, held against the envelopes it sends. Pure: an interchange and a partner in, findings out.

The key or folder says who sent the bytes; the envelope says it again, and both must mean the same partner. An
interchange that names somebody else is refused whole, whoever signed for it.
"""

from __future__ import annotations

from msgspec.structs import replace

from hub.exchange.model import InterchangeRow
from hub.exchange.partners import Partner
from hub.flow.reading import Group, Interchange, Opened
from hub.formats.x12.guides import RELEASE
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location

SENDER_REFUSED, RECEIVER_REFUSED = "006", "008"  # TA105: invalid interchange sender id, receiver id
NUMBER_TAKEN = "025"  # TA105: duplicate interchange control number
VERSION_REFUSED = "2"  # AK905: functional group version not supported


def hold_against_agreement(opened: Opened, partner: Partner) -> Opened:
    """Return the opened message with what is not as agreed among the findings of its envelopes."""
    judged = [_against_agreement(each, partner) for each in opened.survey.interchanges]
    return opened.with_interchanges(judged)


def is_test(interchange: Interchange, partner: Partner) -> bool:
    """Say whether what the interchange holds is a test: unless it and the partner's file both say production."""
    return partner.in_test or interchange.header.usage != "P"


def findings_about_interchange(interchange: Interchange, partner: Partner) -> list[Diagnostic]:
    """Return what is not as agreed in ISA. A finding of severity INTERCHANGE refuses it."""
    if partner.envelope is None:
        return [_refusal(interchange, 6, SENDER_REFUSED, "No X12 envelope is agreed with this partner", None, None)]
    header, theirs, ours = interchange.header, partner.envelope.theirs, partner.envelope.ours
    found: list[Diagnostic] = []
    sender = f"{header.sender_qualifier}/{header.sender_id}"
    if (header.sender_qualifier, header.sender_id) != (theirs.qualifier, theirs.id):
        message = "The interchange names another sender than the partner who handed it in"
        found.append(_refusal(interchange, 6, SENDER_REFUSED, message, sender, f"{theirs.qualifier}/{theirs.id}"))
    receiver = f"{header.receiver_qualifier}/{header.receiver_id}"
    if (header.receiver_qualifier, header.receiver_id) != (ours.qualifier, ours.id):
        message = "The interchange is addressed to somebody else"
        found.append(_refusal(interchange, 8, RECEIVER_REFUSED, message, receiver, f"{ours.qualifier}/{ours.id}"))
    if header.usage is not None and header.usage != partner.usage:
        found.append(_other_usage(interchange, partner))
    return found


def findings_about_group(group: Group, interchange: Interchange, partner: Partner) -> list[Diagnostic]:
    """Return what is not as agreed in GS. A finding of severity GROUP refuses the group."""
    if partner.envelope is None:
        return []
    found: list[Diagnostic] = []
    agreed = {release[:6] for release in partner.envelope.releases}
    release = RELEASE.match(group.header.release)
    if release is None or release[0] not in agreed:
        listed = ", ".join(sorted(agreed))
        message = f"Release {group.header.release or '(none)'} is not agreed with this partner"
        found.append(_group_refusal(interchange, group, 8, VERSION_REFUSED, message, group.header.release, listed))
    if "group-sender-may-differ" in partner.leniency:
        return found
    for element, named, agreed_id in (
        (2, group.header.sender, partner.envelope.theirs.group_id),
        (3, group.header.receiver, partner.envelope.ours.group_id),
    ):
        if named != agreed_id:
            message = "The group names another party than was agreed"
            found.append(_group_refusal(interchange, group, element, None, message, named, agreed_id))
    return found


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


def _against_agreement(interchange: Interchange, partner: Partner) -> Interchange:
    groups = [
        replace(group, findings=group.findings + findings_about_group(group, interchange, partner))
        for group in interchange.groups
    ]
    found = findings_about_interchange(interchange, partner)
    return replace(interchange, findings=interchange.findings + found, groups=groups)


def _refusal(
    interchange: Interchange, element: int, standard: str, message: str, found: str | None, expected: str | None
) -> Diagnostic:
    return Diagnostic(
        code="ENV-SENDER-NOT-PARTNER" if element == 6 else "ENV-RECEIVER-NOT-US",
        severity=Severity.INTERCHANGE,
        message=message,
        location=Location(interchange=interchange.header.control_number, tag="ISA", element=element),
        remedy="Send it with the ids that were agreed, or ask for the partner's file to be changed",
        standard=standard,
        found=found,
        expected=expected,
    )


def _group_refusal(
    interchange: Interchange,
    group: Group,
    element: int,
    standard: str | None,
    message: str,
    found: str | None,
    expected: str,
) -> Diagnostic:
    return Diagnostic(
        code="ENV-RELEASE-NOT-AGREED" if element == 8 else "ENV-GROUP-PARTY",
        severity=Severity.GROUP,
        message=message,
        location=Location(
            interchange=interchange.header.control_number, group=group.header.control_number, tag="GS", element=element
        ),
        remedy="Send what was agreed, or ask for the partner's file to be changed",
        standard=standard,
        found=found,
        expected=expected,
    )


def _other_usage(interchange: Interchange, partner: Partner) -> Diagnostic:
    """A test from a partner in production, or the other way round: taken as test, and said so."""
    forgiven = "test-in-production" if partner.usage == "P" else "usage-may-differ"
    lenient = bool({forgiven, "usage-may-differ"} & set(partner.leniency))
    said = "a test" if interchange.header.usage == "T" else f"{interchange.header.usage}"
    return Diagnostic(
        code="ENV-USAGE-DIFFERS",
        severity=Severity.NOTE if lenient else Severity.WARNING,
        message=f"ISA15 says {said}, the partner's file says {partner.usage}; it is taken as a test",
        location=Location(interchange=interchange.header.control_number, tag="ISA", element=15),
        remedy="Put ISA15 right, or change usage in the partner's file once the partner goes live",
        found=interchange.header.usage,
        expected=partner.usage,
    )
