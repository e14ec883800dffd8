"""Orders of UBL 2.1 from their bytes to our order response, and what the operator's own schema says to both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from hub.formats.xml.element import XmlElement, XmlSchema
from hub.formats.xml.library import XmlSchemas
from tests.flow.at_work import AtWork, codes, findings
from tests.flow.wire import Sent
from tests.house import CHECKOUT

NORDLYS = "nordlys-implants"
ORDER = (CHECKOUT / "partners" / NORDLYS / "samples" / "order.xml").read_bytes()
FOREIGN = ORDER.replace(b"  <cac:Anticipated", b"  <cbc:Colour>red</cbc:Colour><cac:Anticipated", 1)
SPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
OFFICIAL = "reference/xsd/ubl-2.1"
XSD = "{http://www.w3.org/2001/XMLSchema}"
KINDS = ["Order", "OrderResponse", "ApplicationResponse"]
OpenOver = Callable[[Path], AtWork]


def said(body: bytes, path: str) -> list[str]:
    found = etree.fromstring(body).xpath(path, namespaces=SPACES)
    assert isinstance(found, list)
    return [str(each) for each in found]


def answers(hub: AtWork, message: str, kind: str = "OrderResponse") -> list[Sent]:
    """Return what of a kind we wrote because of a message."""
    return [each for each in hub.answers(message) if etree.QName(etree.fromstring(each.body)).localname == kind]


def refuses(shared: Path, kind: str, body: bytes) -> str:
    """Return what the standard's own schema says against a document; "" for nothing."""
    xsd = etree.XMLSchema(etree.parse(str(shared / OFFICIAL / "maindoc" / f"UBL-{kind}-2.1.xsd")))
    return "" if xsd.validate(etree.fromstring(body)) else str(xsd.error_log)


def with_official(tmp_path: Path, shared: Path) -> Path:
    """Return a folder of configuration into which an operator has put the standard's own schemas."""
    folder = tmp_path / "config" / "schemas" / "xml" / "ubl" / "2.1"
    folder.mkdir(parents=True)
    (folder / "official").symlink_to(shared / OFFICIAL)
    return tmp_path / "config"


def test_an_order_is_answered_line_by_line_with_each_delivery(hub: AtWork, shared: Path) -> None:
    got = hub.send(ORDER, NORDLYS)
    assert (got.message.validation, got.message.outcome, got.message.attention) == ("valid", "accepted", None)
    [answer] = answers(hub, got.message.id)
    assert said(answer.body, "cbc:OrderResponseCode/text()") == ["AP"]
    assert said(answer.body, "cbc:CustomizationID/text()") == ["urn:fdc:peppol.eu:poacc:trns:order_response:3"]
    assert said(answer.body, "cbc:ProfileID/text()") == ["urn:fdc:peppol.eu:poacc:bis:ordering:3"]
    assert said(answer.body, "cac:OrderReference/cbc:ID/text()") == ["NL-2026-10077"]
    assert said(answer.body, "//cbc:LineStatusCode/text()") == ["5", "5", "5"]
    first = "cac:OrderLine[cac:OrderLineReference/cbc:LineID=1]/cac:LineItem"
    assert said(answer.body, f"{first}/cbc:Quantity/text()") == ["200", "200"]
    assert said(answer.body, f"{first}//cbc:EndDate/text()") == ["2027-01-20", "2027-02-17"]
    assert said(answer.body, "cac:BuyerCustomerParty/cac:Party/cbc:EndpointID/text()") == ["5560001234"]
    assert said(answer.body, "cac:SellerSupplierParty/cac:Party/cbc:EndpointID/text()") == ["4000001000005"]
    assert refuses(shared, "OrderResponse", answer.body) == ""


def test_a_part_that_may_come_until_a_closed_day_is_promised_for_the_last_open_day_before_it(hub: AtWork) -> None:
    """A period of delivery ends with its EndDate (UBL 2.1): another day in it keeps it, and a Sunday nobody unloads."""
    sunday, friday = b"2027-01-24", "2027-01-22"
    got = hub.send(ORDER.replace(b"2027-01-20", sunday), NORDLYS)
    [answer] = answers(hub, got.message.id)
    assert said(answer.body, "//cbc:LineStatusCode/text()") == ["5", "5", "5"]
    assert said(answer.body, "//cbc:EndDate/text()")[:2] == [friday, "2027-02-17"]
    assert "last day before it on which it is open" in " ".join(each.message for each in findings(got))


def test_a_line_we_do_not_make_is_refused_and_the_others_stand(hub: AtWork, shared: Path) -> None:
    got = hub.send(ORDER.replace(b"NL-8008", b"NL-9").replace(b">BP-8-TI<", b">BP-9<"), NORDLYS)
    [answer] = answers(hub, got.message.id)
    assert said(answer.body, "cbc:OrderResponseCode/text()") == ["CA"]
    assert said(answer.body, "//cbc:LineStatusCode/text()") == ["5", "5", "7"]
    assert said(answer.body, "cac:OrderLine[3]/cac:LineItem/cbc:Note/text()")
    assert refuses(shared, "OrderResponse", answer.body) == ""


def test_prefixes_comments_and_instructions_change_nothing(hub: AtWork) -> None:
    other = (
        ORDER.decode()
        .replace("xmlns=", "xmlns:o=").replace("<Order", "<o:Order").replace("</Order", "</o:Order")
        .replace("xmlns:cbc=", "xmlns=").replace("cbc:", "")
        .replace("cac:", "n:").replace("xmlns:cac", "xmlns:n")
        .replace("<ID>NL-2026", "<!-- ours --><?print now?><ID>NL-2026")
    )  # fmt: skip
    first, again = hub.send(ORDER, NORDLYS), hub.send(other.encode(), NORDLYS)
    assert b"cbc:" not in other.encode()
    assert (first.message.outcome, again.message.outcome) == ("accepted", "duplicate")
    assert len(hub.orders(NORDLYS, "NL-2026-10077")) == 1


@pytest.mark.parametrize(
    ("place", "code", "outcome"),
    [
        ("<cbc:PriceAmount", "BUS-PRICE-CURRENCY", "refused"),
        ("<cbc:LineExtensionAmount", "BUS-CURRENCY-MIXED", "refused"),
        ("<cbc:PayableAmount", "BUS-CURRENCY-MIXED", "refused"),
    ],
)
def test_an_amount_in_another_currency_is_told(hub: AtWork, place: str, code: str, outcome: str) -> None:
    body = ORDER.decode().replace(f'{place} currencyID="SEK"', f'{place} currencyID="NOK"')
    got = hub.send(body.encode(), NORDLYS)
    assert code in codes(got)
    assert got.message.outcome == outcome


def test_a_day_that_no_rule_reads_holds_its_line_even_where_our_schema_does_not_name_it(hub: AtWork) -> None:
    more = b"<cac:OrderedShipment><cac:Shipment><cbc:ID>1</cbc:ID><cac:Delivery><cbc:LatestDeliveryDate>2027-01-05"
    more += b"</cbc:LatestDeliveryDate></cac:Delivery></cac:Shipment></cac:OrderedShipment>"
    got = hub.send(ORDER.replace(b"      <cac:Price>", more + b"<cac:Price>", 1), NORDLYS)
    assert "MAP-UNWEIGHED" in codes(got)
    [place] = [str(each.location) for each in findings(got) if each.code == "MAP-UNWEIGHED"]
    assert place.endswith("/cac:OrderedShipment/cac:Shipment/cac:Delivery/cbc:LatestDeliveryDate")
    [answer] = answers(hub, got.message.id)
    assert said(answer.body, "//cac:OrderLineReference/cbc:LineID/text()") == ["2"], "the other is not decided"


def test_an_attribute_our_schema_does_not_name_is_told_and_holds_nobody_up(hub: AtWork) -> None:
    got = hub.send(ORDER.replace(b'schemeID="0007"', b'schemeID="0007" schemeAgencyID="6"'), NORDLYS)
    [unread] = [each for each in findings(got) if each.code == "MAP-UNREAD"]
    assert str(unread.location).endswith("cbc:EndpointID/@schemeAgencyID")
    assert got.message.outcome == "accepted"


def test_the_operators_own_schema_judges_in_addition(tmp_path: Path, hub_with: OpenOver, shared: Path) -> None:
    judged = hub_with(with_official(tmp_path, shared))
    sound = judged.send(ORDER, NORDLYS)
    assert (sound.message.validation, sound.message.outcome) == ("valid", "accepted")
    refused = judged.send(FOREIGN, NORDLYS)
    assert (refused.message.validation, codes(refused)) == ("rejected", {"GDE-SCHEMA"})


def test_without_it_what_our_schema_does_not_name_is_told_as_not_read(hub: AtWork) -> None:
    got = hub.send(FOREIGN, NORDLYS)
    assert got.message.outcome == "accepted"
    assert [each.found for each in findings(got) if each.code == "MAP-UNREAD"] == ["red"]


@pytest.mark.parametrize("name", ["order-test-bad-code.xml", "order-test-bad-model.xml", "order-test-bad-syntax.xml"])
def test_every_bad_order_of_others_gets_its_verdict(
    tmp_path: Path, hub_with: OpenOver, shared: Path, name: str
) -> None:
    [file] = (shared / "samples" / "ubl").rglob(name)
    got = hub_with(with_official(tmp_path, shared)).send(file.read_bytes(), NORDLYS)
    assert got.message.validation in ("rejected", "unreadable", "warnings")
    assert got.message.outcome in ("refused", "quarantined", "held")
    assert all(each.location and each.message for each in findings(got))


@pytest.mark.parametrize("kind", KINDS)
def test_our_excerpt_says_nothing_that_the_standard_does_not(shared: Path, kind: str) -> None:
    """Else a second of what we think comes once would be lost in an order that the standard's schema takes."""
    ours = XmlSchemas([CHECKOUT]).find(f"ubl/2.1/{kind}")
    assert isinstance(ours, XmlSchema)
    common = etree.parse(str(shared / OFFICIAL / "common" / "UBL-CommonAggregateComponents-2.1.xsd")).getroot()
    whole = etree.parse(str(shared / OFFICIAL / "maindoc" / f"UBL-{kind}-2.1.xsd")).getroot()
    checked = 0

    def children(name: str) -> dict[str, tuple[str, str]]:
        """Return what may stand in an element, in its order: how seldom, how often."""
        root = whole if name == kind else common
        [declared] = [each for each in root.iterchildren(f"{XSD}element") if each.get("name") == name]
        [type_] = [each for each in root.iterchildren(f"{XSD}complexType") if each.get("name") == declared.get("type")]
        found = type_.iterfind(f"{XSD}sequence/{XSD}element")
        return {each.get("ref") or "": (each.get("minOccurs", "1"), each.get("maxOccurs", "1")) for each in found}

    def hold(element: XmlElement) -> None:
        nonlocal checked
        allowed = children(element.name.rpartition(":")[2])
        order = [name for name in allowed if name in {child.name for child in element.children}]
        assert [child.name for child in element.children] == order
        for child in element.children:
            least, most = allowed[child.name]
            assert (str(child.minimum), str(child.maximum or "unbounded")) == (least, most), child.name
            checked += 1
            if child.children:
                hold(child)

    hold(ours.element)
    assert checked > 100
