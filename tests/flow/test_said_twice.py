"""What a document says twice, differently, where a map takes one: no machine of ours chooses between the two."""

from __future__ import annotations

import pytest

from hub.exchange.model import MessageDetail
from hub.kernel.diagnostics import Diagnostic, Severity
from tests.flow.at_work import AtWork, codes, findings
from tests.house import CHECKOUT


def sample(partner: str, name: str) -> bytes:
    return (CHECKOUT / "partners" / partner / "samples" / name).read_bytes()


UBL = sample("nordlys-implants", "order.xml")
CXML = sample("meridian-cath", "order.xml")
JSON = sample("helix-diagnostics", "order.json")
PROPERTY = (
    b"<cac:AdditionalItemProperty><cbc:Name>Revision</cbc:Name><cbc:Value>%b</cbc:Value></cac:AdditionalItemProperty>"
)
CONTRACT = b"<cac:Contract><cbc:ID>%b</cbc:ID></cac:Contract>"
EXTRINSIC = b'<Extrinsic name="%b">%b</Extrinsic>'


def before(body: bytes, place: bytes, more: bytes) -> bytes:
    assert place in body
    return body.replace(place, more + place, 1)


def twice(got: MessageDetail) -> list[Diagnostic]:
    return [each for each in findings(got) if each.code == "MAP-SAID-TWICE"]


REVISIONS = [
    ("nordlys-implants", before(UBL, b"      </cac:Item>", PROPERTY % b"E")),
    ("meridian-cath", before(CXML, b"        </ItemDetail>", EXTRINSIC % (b"Revision", b"D"))),
]


@pytest.mark.parametrize(("partner", "body"), REVISIONS)
def test_a_line_with_two_revisions_is_refused_in_every_syntax(hub: AtWork, partner: str, body: bytes) -> None:
    got = hub.send(body, partner)
    assert "BUS-REVISION-CONTRADICTS" in codes(got)
    [told] = twice(got)
    assert told.severity is Severity.WARNING
    assert (told.expected, told.found) in {("D", "E"), ("C", "D")}
    assert str(told.location).startswith("line ")
    assert got.message.outcome == "changed", "the other line stands"


def test_two_contracts_are_asked_about_in_ubl_as_in_x12(hub: AtWork) -> None:
    got = hub.send(before(UBL, b"  <cac:BuyerCustomerParty>", CONTRACT % b"RA-2026-32"), "nordlys-implants")
    assert "BUS-CONTRACT-TWICE" in codes(got)
    [told] = twice(got)
    assert (told.expected, told.found) == ("RA-2026-31", "RA-2026-32")


def test_whatever_else_is_said_twice_waits_for_a_person(hub: AtWork) -> None:
    got = hub.send(before(CXML, b"      </OrderRequestHeader>", EXTRINSIC % (b"Project", b"PX-32")), "meridian-cath")
    assert "BUS-SAID-TWICE" in codes(got)
    [told] = twice(got)
    assert (told.expected, told.found) == ("PX-31 steerable sheath", "PX-32")


def test_a_second_member_of_a_list_in_json_that_says_another_day_is_not_passed_over(hub: AtWork) -> None:
    day = b'{"type": "DELIVER", "value": "2027-01-11"}'
    got = hub.send(JSON.replace(day, day + b"," + day.replace(b"01-11", b"02-22"), 1), "helix-diagnostics")
    assert [each.code for each in findings(got) if each.severity > Severity.NOTE]


@pytest.mark.parametrize(
    ("place", "more"),
    [
        (b"      </Item>", b"<Revision>D</Revision>"),
        (b"  </Header>", b"<ContractNumber>FA-119</ContractNumber>"),
        (b"  </Header>", b"<RequestedDate>2027-02-22</RequestedDate>"),
    ],
)
def test_xml_of_a_partner_that_says_twice_what_there_is_one_of_is_never_taken_as_ordered(
    hub: AtWork, place: bytes, more: bytes
) -> None:
    got = hub.send(before(sample("summit-surgical", "order.xml"), place, more), "summit-surgical")
    assert [each.code for each in findings(got) if each.severity > Severity.NOTE]
    assert got.message.outcome != "accepted" or got.message.attention is not None


SAME = [
    ("nordlys-implants", before(UBL, b"      </cac:Item>", PROPERTY % b"D")),
    ("nordlys-implants", before(UBL, b"  <cac:BuyerCustomerParty>", CONTRACT % b"RA-2026-31")),
    ("meridian-cath", before(CXML, b"        </ItemDetail>", EXTRINSIC % (b"Revision", b"C"))),
]


@pytest.mark.parametrize(("partner", "body"), SAME)
def test_the_same_said_again_holds_nobody_up(hub: AtWork, partner: str, body: bytes) -> None:
    got = hub.send(body, partner)
    assert (got.message.outcome, got.message.attention) == ("accepted", None)
    assert [each for each in twice(got) if each.severity > Severity.NOTE] == []
