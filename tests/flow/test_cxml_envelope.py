"""The header of a cXML held against what was agreed with its sender: each difference, with its place and its weight."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.canonical.order import OrderAcknowledgement, OrderRef
from hub.exchange.partner_cxml import CxmlId, CxmlTable
from hub.exchange.partners import Partner
from hub.flow.cxml.agreement import agreed_cxml, envelope_of, payload_of
from hub.flow.cxml.syntax import CxmlSyntax, payload_id
from hub.flow.documents import Envelope
from hub.flow.rules import Rules
from hub.formats.cxml.header import Credential, CxmlHeader
from hub.kernel.errors import Misconfigured
from hub.platform.configuration import find_configuration

RULES = Rules(find_configuration(None))
MERIDIAN = RULES.partner("meridian-cath")
HEADER = CxmlHeader(
    payload=" 17951.4711@buy.example ",
    senders=[Credential(domain="DUNS", identity="7"), Credential(domain="networkid", identity="AN01000421977")],
    receivers=[Credential(domain="DUNS", identity="8"), Credential(domain="NETWORKID", identity="AN01000098765")],
    mode="production",
)
FROM, TO = "/cXML/Header/From/Credential", "/cXML/Header/To/Credential"
MODE = "/cXML/Request/@deploymentMode"


def told(found: Envelope) -> list[tuple[str, str, str | None, str | None, str | None]]:
    return [(each.code, each.severity.name, each.location.at, each.found, each.expected) for each in found.findings]


def dividing(*identities: str) -> Partner:
    """Return the partner with several identities."""
    assert isinstance(MERIDIAN.cxml, CxmlTable)
    theirs = [CxmlId(domain="NetworkId", identity=each) for each in identities]
    return replace(MERIDIAN, cxml=replace(MERIDIAN.cxml, theirs=theirs))


def test_an_envelope_that_is_as_agreed_is_known_by_its_payload_and_by_both_names_as_agreed() -> None:
    found = envelope_of(HEADER, MERIDIAN)
    assert told(found) == []
    assert (found.position, found.reference, found.usage) == (1, "17951.4711@buy.example", "production")
    assert (found.sender.spelled, found.receiver.spelled) == ("NetworkId:AN01000421977", "NetworkId:AN01000098765")
    assert payload_of(found) == "17951.4711@buy.example"


def test_an_envelope_of_somebody_else_is_refused_with_who_it_names_and_who_it_should() -> None:
    stranger = [Credential(domain="Net", identity="A\u200b1"), Credential(domain="DUNS", identity="7")]
    found = envelope_of(replace(HEADER, senders=stranger), dividing("AN1", "AN2"))
    assert told(found) == [
        ("ENV-SENDER-NOT-PARTNER", "ENVELOPE", FROM, "Net:A\u200b1 or DUNS:7", "NetworkId:AN1 or NetworkId:AN2"),
    ]  # fmt: skip
    assert (found.sender.spelled, found.refused) == ("Net:A\\u200b1", True)


def test_an_envelope_to_somebody_else_is_refused_with_whom_it_names_and_whom_it_should() -> None:
    found = envelope_of(replace(HEADER, receivers=[Credential(domain="DUNS", identity="8")]), MERIDIAN)
    assert told(found) == [
        ("ENV-RECEIVER-NOT-US", "ENVELOPE", TO, "DUNS:8", "NetworkId:AN01000098765"),
    ]
    assert (found.receiver.spelled, found.sender.spelled) == ("DUNS:8", "NetworkId:AN01000421977")


def test_an_envelope_that_names_nobody_is_refused_on_both_sides() -> None:
    found = envelope_of(CxmlHeader(payload="p"), MERIDIAN)
    assert [each[0] for each in told(found)] == ["ENV-SENDER-NOT-PARTNER", "ENV-RECEIVER-NOT-US"]
    assert [each.found for each in found.findings] == [None, None]
    assert "another than the partner who handed it in ('NetworkId:AN01000421977')" in found.findings[0].message
    assert "to us it would be 'NetworkId:AN01000098765'" in found.findings[1].message
    assert (found.sender.spelled, found.receiver.spelled) == ("", "")


def test_where_no_cxml_was_agreed_the_envelope_is_refused_and_nothing_else_is_said_of_it() -> None:
    acme = RULES.partner("acme-cardio")
    found = envelope_of(replace(HEADER, mode="staging"), acme)
    assert told(found) == [
        ("ENV-NOTHING-AGREED", "ENVELOPE", FROM, "DUNS:7 or networkid:AN01000421977", None),
    ]
    assert (found.sender.spelled, found.receiver.spelled) == ("DUNS:7", "DUNS:8")
    with pytest.raises(Misconfigured, match="nothing says who signs cXML"):
        agreed_cxml(acme)


@pytest.mark.parametrize(
    ("mode", "ours", "usage", "expected"),
    [
        ("production", "P", "production", []),
        ("", "P", "production", []),
        ("test", "P", "test", [("ENV-USAGE-DIFFERS", "NOTE", MODE, "test", None)]),
        ("test", "T", "test", []),
        ("production", "T", "production", [("ENV-USAGE-DIFFERS", "WARNING", MODE, "production", "test")]),
        ("", "T", "production", [("ENV-USAGE-DIFFERS", "WARNING", MODE, "production", "test")]),
        ("Production", "P", "unclear", [("ENV-USAGE", "ENVELOPE", MODE, "Production", "production test")]),
        ("staging", "T", "unclear", [("ENV-USAGE", "ENVELOPE", MODE, "staging", "production test")]),
    ],
)
def test_test_or_not_is_held_against_what_the_partners_file_says(
    mode: str, ours: str, usage: str, expected: list[tuple[str, str, str, str, str | None]]
) -> None:
    found = envelope_of(replace(HEADER, mode=mode), replace(MERIDIAN, usage=ours))
    assert (found.usage, told(found)) == (usage, expected)


def test_a_test_is_told_that_nothing_is_made_of_it() -> None:
    [note] = envelope_of(replace(HEADER, mode="test"), MERIDIAN).findings
    assert note.message == "deploymentMode is test: nothing is made of it"
    [warning] = envelope_of(HEADER, replace(MERIDIAN, usage="T")).findings
    assert warning.message.startswith("deploymentMode is 'production', the partner's file says 'test'")


@pytest.mark.parametrize("payload", ["", "  \n"])
def test_without_a_payload_it_is_known_by_nothing_and_told(payload: str) -> None:
    found = envelope_of(replace(HEADER, payload=payload), MERIDIAN)
    assert told(found) == [("ENV-PAYLOAD-MISSING", "WARNING", "/cXML", None, None)]
    assert (found.reference, payload_of(found)) == ("", None)


def test_a_payload_too_long_for_its_column_is_known_by_its_digest_and_given_back_as_it_came() -> None:
    longest, longer = "p" * 199, "p" * 200
    assert envelope_of(replace(HEADER, payload=longest), MERIDIAN).reference == longest
    found, other = (envelope_of(replace(HEADER, payload=each), MERIDIAN) for each in (longer, longer + "q"))
    assert (len(found.reference), payload_of(found)) == (64, longer)
    assert found.reference != other.reference


def test_of_a_body_that_could_not_be_opened_what_was_found_of_its_payload_is_told_back() -> None:
    assert payload_of(Envelope(position=1, reference="p1")) == "p1"
    assert payload_of(Envelope(position=1)) is None


@pytest.mark.parametrize(
    ("identity", "at"),
    [
        ("AN01", "AN01"),
        ("us@hub.example", "us-hub.example"),
        ("-a b-", "a-b"),
        ("  ", "contract-hub"),
        ("...", "contract-hub"),
    ],
)
def test_a_payload_of_ours_is_an_id_at_us_without_signs_that_mean_something(identity: str, at: str) -> None:
    assert payload_id("m1", CxmlId(domain="NetworkId", identity=identity)) == f"m1@{at}"


def test_nothing_is_written_for_a_partner_of_whom_nobody_says_who_signs() -> None:
    confirmation = RULES.maps.map("cxml/confirmation")
    answer = OrderAcknowledgement(order=OrderRef(number="4711"), verdict="accepted")
    with pytest.raises(Misconfigured, match="cxml"):
        CxmlSyntax().render(RULES, replace(MERIDIAN, cxml=None), confirmation, answer)
