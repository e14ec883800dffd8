"""The envelope of a cXML as that of the flow, held against what was agreed with its sender. Pure.

The key or folder says who sent the bytes; From says it again, and both must mean the same partner. To must mean us.
"""

from __future__ import annotations

from hashlib import sha256

from hub.exchange.model import Usage
from hub.exchange.partner_cxml import CxmlId, nobody_signs, signs_of
from hub.exchange.partners import Partner
from hub.flow.documents import Envelope, Identity
from hub.flow.identities import named
from hub.flow.outward_sentences import AGREED, said_to_partners
from hub.formats.cxml.header import Credential, CxmlHeader
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.marks import marked
from hub.kernel.sentence import Phrase, declared
from hub.kernel.spelling import FOUND_CHARACTERS_MAX, visible

PAYLOAD = "payload"
"""The kind of a payloadID, by which a cXML is entered and found."""
REFERENCE_CHARACTERS_MAX = 200  # as its column has it
PARTY_CHARACTERS_MAX = 75  # of a domain, and of an identity
REQUEST = "/cXML/Request"
FROM, TO = "/cXML/Header/From/Credential", "/cXML/Header/To/Credential"

_USAGES: dict[str, Usage] = {"": "production", "production": "production", "test": "test"}

declared(
    {
        "ENV-SENDER-NOT-PARTNER/cxml": Phrase(
            message="From is {found}, another than the partner who handed it in ('{expected}')",
            remedy="send the domain and identity that were agreed, or ask for the partner's file to be changed",
        ),
        "ENV-RECEIVER-NOT-US/cxml": Phrase(
            message="To is {found}, to us it would be '{expected}'",
            remedy="send the domain and identity that were agreed, or ask for the partner's file to be changed",
        ),
        "ENV-NOTHING-AGREED/cxml": Phrase(
            message="cXML was not agreed on with this partner",
            remedy="send what was agreed; on our side, [cxml] of the partner's file says who signs it",
        ),
        "ENV-USAGE-DIFFERS/cxml": Phrase(
            message="deploymentMode is {found}, the partner's file says '{expected}'; it is taken as a test",
            remedy="send test until both sides agree to go live, then change usage in the partner's file",
        ),
        "ENV-USAGE-DIFFERS/cxml-to-partner": Phrase(
            message="deploymentMode is {found}, '{expected}' was agreed; what is sent is taken as a test",
            remedy="send what was agreed, or tell us that you go live",
        ),
        "ENV-USAGE-DIFFERS/cxml-test": Phrase(
            message="deploymentMode is test: nothing is made of it",
            remedy="you need do nothing if a test was meant; else send it again with deploymentMode production",
        ),
        "ENV-USAGE/cxml": Phrase(
            message="deploymentMode is {found}, neither production nor test",
            remedy="send production or test: what may be either is not taken",
        ),
        "ENV-PAYLOAD-MISSING": Phrase(
            message="the cXML has no payloadID, by which it would be known again",
            remedy="give each cXML a payloadID of its own, and send the same one only with the same document",
        ),
    }
)
said_to_partners(
    {
        "ENV-NOTHING-AGREED/cxml": ("no cXML is agreed with you", "have your domain and identity agreed with us first"),
        "ENV-SENDER-NOT-PARTNER/cxml": ("From is {found}, '{expected}' was agreed with you", AGREED),
        "ENV-RECEIVER-NOT-US/cxml": ("To is {found}, to us it would be '{expected}'", AGREED),
    }
)
marked("calling", "ENV-USAGE-DIFFERS")


def agreed_cxml(partner: Partner) -> tuple[CxmlId, list[CxmlId]]:
    """Return who we are to the partner and who it is to us. Raises ``Misconfigured`` where nothing says so."""
    if partner.cxml is None:
        raise nobody_signs(f"partners/{partner.id}/partner.toml")
    return partner.cxml.ours, partner.cxml.theirs


def envelope_of(header: CxmlHeader, partner: Partner) -> Envelope:
    """Return the envelope of a cXML, with what is not as agreed."""
    table = partner.cxml
    signed = table.signed_by([(each.domain, each.identity) for each in header.senders]) if table else None
    addressed = next((each for each in header.receivers if table and _is(table.ours, each)), None)
    return Envelope(
        position=1,
        reference=_reference(header.payload.strip()),
        sender=named(signed) if signed else _named(header.senders),
        receiver=named(table.ours) if table and addressed else _named(header.receivers),
        usage=_USAGES.get(header.mode, "unclear"),
        findings=_findings(header, partner, signed=signed is not None, addressed=addressed is not None),
        details=header.payload.strip().encode(),
    )


def payload_of(envelope: Envelope) -> str | None:
    """Return the payloadID of a cXML that was opened, however long; of one that could not be, what was found of it."""
    return envelope.details.decode() or envelope.reference or None


def _findings(header: CxmlHeader, partner: Partner, *, signed: bool, addressed: bool) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    table = partner.cxml
    if table is None:
        return [_finding("ENV-NOTHING-AGREED", "cxml", Severity.ENVELOPE, FROM, _spelled(header.senders))]
    if not signed:
        due = " or ".join(named(each).spelled for each in table.theirs)[:FOUND_CHARACTERS_MAX]
        found.append(_finding("ENV-SENDER-NOT-PARTNER", "cxml", Severity.ENVELOPE, FROM, _spelled(header.senders), due))
    if not addressed:
        due = named(table.ours).spelled
        found.append(_finding("ENV-RECEIVER-NOT-US", "cxml", Severity.ENVELOPE, TO, _spelled(header.receivers), due))
    if not header.payload.strip():
        found.append(_finding("ENV-PAYLOAD-MISSING", None, Severity.WARNING, "/cXML", ""))
    return [*found, *_usage(header.mode, partner)]


def _usage(mode: str, partner: Partner) -> list[Diagnostic]:
    at, usage = f"{REQUEST}/@deploymentMode", _USAGES.get(mode)
    if usage is None:
        return [_finding("ENV-USAGE", "cxml", Severity.ENVELOPE, at, mode, " ".join(each for each in _USAGES if each))]
    if usage == "production" and partner.in_test:
        return [_finding("ENV-USAGE-DIFFERS", "cxml", Severity.WARNING, at, "production", "test")]
    if usage == "test" and not partner.in_test:
        return [_finding("ENV-USAGE-DIFFERS", "cxml-test", Severity.NOTE, at, "test")]
    return []


def _finding(code: str, case: str | None, severity: Severity, at: str, found: str, expected: str = "") -> Diagnostic:
    return Diagnostic(
        code=code,
        case=case,
        severity=severity,
        location=Location(at=at),
        found=found or None,
        expected=expected or None,
    )


def _is(ours: CxmlId, named: Credential) -> bool:
    return ours.signs == signs_of(named.domain, named.identity)


def _named(parties: list[Credential]) -> Identity:
    """Return the first name of a party that nobody of ours knows."""
    if not parties:
        return Identity()
    first = parties[0]
    return Identity(
        id=visible(first.identity)[:PARTY_CHARACTERS_MAX], qualifier=visible(first.domain)[:PARTY_CHARACTERS_MAX]
    )


def _spelled(parties: list[Credential]) -> str:
    return " or ".join(f"{each.domain}:{each.identity}" for each in parties)[:FOUND_CHARACTERS_MAX]


def _reference(payload: str) -> str:
    """Return a payloadID as envelopes are entered by it; of one too long its digest."""
    return payload if len(payload) < REFERENCE_CHARACTERS_MAX else sha256(payload.encode()).hexdigest()
