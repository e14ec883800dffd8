"""What a person of the field would not pass over in an order holds it, in cXML as in UBL; what bears on nothing does
not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.at_work import AtWork, codes, findings
from tests.flow.overlay import write
from tests.flow.test_the_plant_hears_what_the_customer_wishes import told
from tests.house import CHECKOUT

NORDLYS, MERIDIAN = "nordlys-implants", "meridian-cath"
UBL = (CHECKOUT / "partners" / NORDLYS / "samples" / "order.xml").read_bytes()
CXML = (CHECKOUT / "partners" / MERIDIAN / "samples" / "order.xml").read_bytes()
CBC, CAC = "<cbc:{0}>{1}</cbc:{0}>", "<cac:{0}>{1}</cac:{0}>"

PERCENT = (
    "<Modifications><Modification><AdditionalDeduction><DeductionPercent percent='5'/></AdditionalDeduction>"
    "</Modification></Modifications>"
)
COST = PERCENT.replace("AdditionalDeduction", "AdditionalCost").replace("DeductionPercent", "Percentage")
OF_A_CXML_ORDER = {  # what stands before its Extrinsic, or an attribute
    "a deduction of the total": PERCENT,
    "what shipping costs": "<Shipping><Money currency='USD'>40</Money></Shipping>",
    "a cost in per cent": COST,
    "a day after which it ends": "<Extrinsic name='cancelAfter'>2026-12-01</Extrinsic>",
    "that day, called otherwise": "<Extrinsic name='Cancel if not shipped by Date'>x</Extrinsic>",
    "a day of shipment": "<Extrinsic name='ship_before'>2026-12-01</Extrinsic>",
    "an attribute of that kind": ' cancelAfter="2026-12-01"',
    "until when it is good": ' expirationDate="2026-12-01T00:00:00"',
    "a period of delivery": "<DeliveryPeriod><Period startDate='2026-12-01' endDate='2026-12-05'/></DeliveryPeriod>",
    "who pays the freight": "<TermsOfDelivery><ShippingPaymentMethod value='Collect'/></TermsOfDelivery>",
    "quality": "<QualityInfo requiresQualityProcess='yes'/>",
    "another who is involved": "<BusinessPartner role='shipFrom'><Address addressID='9'><Name xml:lang='en'>Elsewhere"
    "</Name></Address></BusinessPartner>",
    "another place, as a number": "<Extrinsic name='shipTo'>Dock 9</Extrinsic>",
    "another place, called otherwise": "<Extrinsic name='Delivery place'>Kiruna</Extrinsic>",
    "that it is cancelled": "<Extrinsic name='Status'>CANCELLED</Extrinsic>",
    "only complete": "<Extrinsic name='Ship complete'>yes</Extrinsic>",
}
OF_A_CXML_LINE = {  # what stands before its Comments, or an attribute
    "what shipping costs": "<Shipping><Money currency='USD'>40</Money></Shipping>",
    "how much more is taken": "<Tolerances><QuantityTolerance><Value value='5'/></QuantityTolerance></Tolerances>",
    "danger": "<Hazard><Description xml:lang='en'>flammable</Description></Hazard>",
    "a lot": "<Batch><BuyerBatchID>B-7</BuyerBatchID></Batch>",
    "a package": "<Packaging><PackagingCode>BX</PackagingCode></Packaging>",
    "parts that the buyer supplies": "<SubcontractingComponent quantity='5'><ComponentID>X</ComponentID>"
    "</SubcontractingComponent>",
    "a release": "<ReleaseInfo releaseType='forecast' cumulativeReceivedQuantity='3'/>",
    "how it is sent": "<TransportInformation><ShippingInstructions><Description>by air</Description>"
    "</ShippingInstructions></TransportInformation>",
    "a lot, by a name of its own": "<Extrinsic name='Lot number'>L-77</Extrinsic>",
    "another device": "<Extrinsic name='UDI'>00850000000000</Extrinsic>",
    "another item": "<Extrinsic name='SupplierPartID'>ST-100-NI</Extrinsic>",
    "what the price is for": "<Extrinsic name='Price per'>100</Extrinsic>",
    "consigned": ' itemCategory="consignment"',
    "nothing more": ' isDeliveryCompleted="yes"',
    "a day of shipment": ' requestedShipmentDate="2027-01-02T00:00:00"',
}
OF_A_CXML_PRICE = {  # behind its Money, or behind its unit
    "a deduction of the price": ("6.25</Money>", PERCENT),
    "what it takes in our time": ("<UnitOfMeasure>EA</UnitOfMeasure>", "<LeadTime>5</LeadTime>"),
}
ALLOWANCE = "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>{}</cac:AllowanceCharge>"
OF_A_UBL_ORDER = {  # before cac:AnticipatedMonetaryTotal
    "an allowance": ALLOWANCE.format("<cbc:Amount currencyID='SEK'>5</cbc:Amount>"),
    "inspection": CBC.format("InspectionMethodCode", "100"),
    "where it goes": CAC.format("DestinationCountry", CBC.format("IdentificationCode", "DE")),
    "a charge": ALLOWANCE.format("<cbc:Amount currencyID='SEK'>5</cbc:Amount>").replace("false", "true"),
    "paid sooner": CAC.format("PaymentTerms", CBC.format("SettlementDiscountPercent", "3")),
    "paid later": CAC.format("PaymentTerms", CBC.format("PenaltySurchargePercent", "3")),
    "what another currency is worth": CAC.format("PricingExchangeRate", CBC.format("CalculationRate", "11.2")),
}
OF_THE_HEAD_OF_A_UBL_ORDER = {  # before something
    "another currency of prices": (
        "BUS-UNWEIGHED",
        CBC.format("PricingCurrencyCode", "EUR"),
        b"<cbc:CustomerReference",
    ),
    "more lines than came": ("BUS-COUNT", CBC.format("LineCountNumeric", "3"), b"<cac:Contract"),
}
OF_A_UBL_LINE = {  # in cac:LineItem, before cac:Price
    "an allowance in per cent": ALLOWANCE.format(
        "<cbc:MultiplierFactorNumeric>0.1</cbc:MultiplierFactorNumeric><cbc:Amount currencyID='SEK'>5</cbc:Amount>"
    ),
    "at least so many": "<cbc:MinimumQuantity unitCode='EA'>500</cbc:MinimumQuantity>",
    "so many at the least in one delivery": CAC.format("Delivery", "<cbc:MinimumQuantity>5</cbc:MinimumQuantity>"),
    "inspection": CBC.format("InspectionMethodCode", "100"),
    "free of charge": CBC.format("FreeOfChargeIndicator", "true"),
    "its own terms of delivery": CAC.format("DeliveryTerms", CBC.format("SpecialTerms", "to the ward")),
    "another place": CAC.format("Delivery", CAC.format("DeliveryAddress", CBC.format("CityName", "Kiruna"))),
    "what may be sent in its place": CAC.format("SellerProposedSubstituteLineItem", CBC.format("ID", "1")),
    "parts of it": CAC.format("SubLineItem", CBC.format("ID", "1.1")),
    "what is warranted": CBC.format("WarrantyInformation", "ten years"),
    "how long it may take": CAC.format(
        "Delivery", CAC.format("RequestedDeliveryPeriod", CBC.format("DurationMeasure", "30"))
    ),
}
OF_A_UBL_PRICE = {  # last in cac:Price
    "for how many it is": CBC.format("OrderableUnitFactorRate", "10"),
    "what another currency is worth": CAC.format("PricingExchangeRate", CBC.format("CalculationRate", "11.2")),
}
OF_A_UBL_ITEM = {  # in cac:Item, first
    "danger": CBC.format("HazardousRiskIndicator", "true"),
    "what is dangerous in it": CAC.format("HazardousItem", CBC.format("UNDGCode", "1993")),
    "a certificate": CAC.format("Certificate", CBC.format("ID", "EN 10204-3.1")),
    "how many in a pack": CBC.format("PackSizeNumeric", "7"),
    "what it is like": CAC.format("PhysicalAttribute", CBC.format("AttributeID", "Revision")),
    "how long it is": CAC.format("MeasurementDimension", CBC.format("Measure", "45")),
}


def assert_held(hub: AtWork, body: bytes, partner: str, *, whole: bool) -> None:
    got = hub.send(body, partner)
    [order] = hub.orders(partner)
    assert got.message.outcome == ("held" if whole else "changed"), [str(each) for each in findings(got)]
    assert got.message.why
    assert (order.status == "held") == whole


@pytest.mark.parametrize("case", OF_A_CXML_ORDER)
def test_of_a_cxml_order(hub: AtWork, case: str) -> None:
    said = OF_A_CXML_ORDER[case].encode()
    mark = b"<Extrinsic" if said.startswith(b"<") else b' orderType="regular"'
    assert_held(hub, CXML.replace(mark, said + mark, 1), MERIDIAN, whole=True)


@pytest.mark.parametrize("case", OF_A_CXML_LINE)
def test_of_a_cxml_line(hub: AtWork, case: str) -> None:
    said = OF_A_CXML_LINE[case].encode()
    mark = b"        <Comments" if said.startswith(b"<") else b' quantity="200"'
    assert_held(hub, CXML.replace(mark, said + mark, 1), MERIDIAN, whole=False)


@pytest.mark.parametrize("domain", ["shipToID", "storeID"])
def test_a_cxml_place_that_has_another_number_still(hub: AtWork, domain: str) -> None:
    said = f'<IdReference identifier="KIR-9" domain="{domain}"/></ShipTo>'
    assert_held(hub, CXML.replace(b"</ShipTo>", said.encode(), 1), MERIDIAN, whole=True)


def test_what_a_bill_to_is_called_elsewhere_holds_nothing(hub: AtWork) -> None:
    said = b'<IdReference identifier="AP-9" domain="billToID"/></BillTo>'
    assert hub.send(CXML.replace(b"</BillTo>", said), MERIDIAN).message.outcome == "accepted"


def test_a_part_of_a_cxml_item_number_that_no_item_of_ours_has(hub: AtWork) -> None:
    said = b"<SupplierPartAuxiliaryID>blue</SupplierPartAuxiliaryID><BuyerPartID>MC-20090"
    assert_held(hub, CXML.replace(b"<BuyerPartID>MC-20090", said, 1), MERIDIAN, whole=False)


BASIS = "<PriceBasisQuantity quantity='{}' conversionFactor='{}'><UnitOfMeasure>EA</UnitOfMeasure></PriceBasisQuantity>"
PER_HUNDRED = CXML.replace(b">6.25<", b">625.00<")


def priced_per(body: bytes, quantity: str, factor: str) -> bytes:
    unit, said = b"<UnitOfMeasure>EA</UnitOfMeasure>", BASIS.format(quantity, factor).encode()
    at = body.rindex(unit) + len(unit)
    return body[:at] + said + body[at:]


def test_a_cxml_price_is_for_as_many_as_it_says(hub: AtWork) -> None:
    got = hub.send(priced_per(PER_HUNDRED, "100", "1"), MERIDIAN)
    assert (got.message.outcome, "BUS-TOTAL" in codes(got)) == ("accepted", False), [
        str(each) for each in findings(got)
    ]


def test_a_cxml_price_for_so_many_that_is_not_the_contract_s_is_refused_as_it_was_said(hub: AtWork) -> None:
    got = hub.send(priced_per(CXML, "100", "1"), MERIDIAN)
    [off] = [each.message for each in findings(got) if each.code == "BUS-PRICE-OFF-CONTRACT"]
    assert "6.25 USD per 100 each" in off


def test_a_cxml_price_in_a_unit_of_its_own_is_a_person_s_to_read(hub: AtWork) -> None:
    got = hub.send(priced_per(PER_HUNDRED, "100", "12"), MERIDIAN)
    assert (got.message.outcome, "BUS-PRICE-BASIS" in codes(got)) == ("changed", True), codes(got)


def test_two_cxml_lines_of_one_number_are_told(hub: AtWork) -> None:
    got = hub.send(CXML.replace(b'lineNumber="2"', b'lineNumber="1"'), MERIDIAN)
    assert (got.message.outcome, "BUS-LINE-REPEATED" in codes(got)) == ("refused", True), codes(got)


def test_a_total_in_another_currency_than_the_lines_is_refused_as_mixed(hub: AtWork) -> None:
    got = hub.send(CXML.replace(b'<Money currency="USD">4930', b'<Money currency="EUR">4930'), MERIDIAN)
    assert (got.message.outcome, "BUS-CURRENCY-MIXED" in codes(got)) == ("refused", True), codes(got)
    assert all("EUR" in each.body.decode() for each in hub.answers(got.message.id) if b"Confirmation" in each.body)


@pytest.mark.parametrize("case", OF_A_CXML_PRICE)
def test_of_a_cxml_price(hub: AtWork, case: str) -> None:
    mark, said = (each.encode() for each in OF_A_CXML_PRICE[case])
    at = CXML.rindex(mark) + len(mark)
    assert_held(hub, CXML[:at] + said + CXML[at:], MERIDIAN, whole=False)


@pytest.mark.parametrize("case", OF_A_UBL_ORDER)
def test_of_a_ubl_order(hub: AtWork, case: str) -> None:
    mark = b"<cac:AnticipatedMonetaryTotal>"
    assert_held(hub, UBL.replace(mark, OF_A_UBL_ORDER[case].encode() + mark), NORDLYS, whole=True)


@pytest.mark.parametrize("case", OF_A_UBL_LINE)
def test_of_a_ubl_line(hub: AtWork, case: str) -> None:
    mark = b"<cac:Price>"
    at = UBL.rindex(mark)
    assert_held(hub, UBL[:at] + OF_A_UBL_LINE[case].encode() + UBL[at:], NORDLYS, whole=False)


@pytest.mark.parametrize(
    "substitute",
    ["SellerProposedSubstituteLineItem", "SellerSubstitutedLineItem", "BuyerProposedSubstituteLineItem"],
)
def test_of_what_a_ubl_line_is_to_be_or_was_substituted_by(hub: AtWork, substitute: str) -> None:
    item = CAC.format("Item", CAC.format("SellersItemIdentification", CBC.format("ID", "NL-8008")))
    mark = b"</cac:LineItem>"
    at = UBL.rindex(mark) + len(mark)
    said = CAC.format(substitute, CBC.format("ID", "1") + item)
    assert_held(hub, UBL[:at] + said.encode() + UBL[at:], NORDLYS, whole=False)


def test_of_what_a_ubl_revision_is_qualified_by(hub: AtWork) -> None:
    at = UBL.rindex(b"</cac:AdditionalItemProperty>")
    said = CBC.format("ValueQualifier", "or newer").encode()
    assert_held(hub, UBL[:at] + said + UBL[at:], NORDLYS, whole=False)


@pytest.mark.parametrize("case", OF_A_UBL_ITEM)
def test_of_a_ubl_item(hub: AtWork, case: str) -> None:
    at = UBL.rindex(b"<cac:Item>") + len(b"<cac:Item>")
    assert_held(hub, UBL[:at] + OF_A_UBL_ITEM[case].encode() + UBL[at:], NORDLYS, whole=False)


@pytest.mark.parametrize("case", OF_A_UBL_PRICE)
def test_of_a_ubl_price(hub: AtWork, case: str) -> None:
    at = UBL.rindex(b"</cac:Price>")
    assert_held(hub, UBL[:at] + OF_A_UBL_PRICE[case].encode() + UBL[at:], NORDLYS, whole=False)


@pytest.mark.parametrize("case", OF_THE_HEAD_OF_A_UBL_ORDER)
def test_of_the_head_of_a_ubl_order(hub: AtWork, case: str) -> None:
    code, said, mark = OF_THE_HEAD_OF_A_UBL_ORDER[case]
    got = hub.send(UBL.replace(mark, said.encode() + mark), NORDLYS)
    assert (got.message.outcome, code in codes(got)) == ("held", True), [str(each) for each in findings(got)]


def test_a_ubl_line_that_is_cancelled_is_held(hub: AtWork) -> None:
    mark = b'<cbc:Quantity unitCode="EA">10<'
    assert_held(hub, UBL.replace(mark, CBC.format("LineStatusCode", "Cancelled").encode() + mark), NORDLYS, whole=False)


def test_of_what_a_ubl_line_refers_to(hub: AtWork) -> None:
    said = CAC.format("OrderLineReference", CBC.format("LineID", "2") + CBC.format("LineStatusCode", "Cancelled"))
    at = UBL.rindex(b"</cac:OrderLine>")
    assert_held(hub, UBL[:at] + said.encode() + UBL[at:], NORDLYS, whole=False)


def test_a_time_that_deliveries_may_take_holds_a_ubl_order(hub: AtWork) -> None:
    said = CBC.format("DurationMeasure", "30").encode()
    got = hub.send(UBL.replace(b"<cbc:EndDate>2027-02-17</cbc:EndDate>", said, 1), NORDLYS)
    assert (got.message.outcome, "BUS-DATE-FILLED" in codes(got)) == ("held", False)


def test_where_a_ubl_item_has_to_come_from(hub: AtWork) -> None:
    mark = b"<cac:AdditionalItemProperty>"
    at = UBL.rindex(mark)
    said = CAC.format("OriginCountry", CBC.format("IdentificationCode", "SE")).encode()
    assert_held(hub, UBL[:at] + said + UBL[at:], NORDLYS, whole=False)


def test_the_latest_day_of_a_ubl_line_is_held_against_what_we_promise(hub: AtWork) -> None:
    at = UBL.rindex(b"<cac:Price>")
    said = CAC.format("Delivery", CBC.format("LatestDeliveryDate", "2026-12-01")).encode()
    got = hub.send(UBL[:at] + said + UBL[at:], NORDLYS)
    assert "BUS-DATE-LEAD-TIME" in codes(got), codes(got)


WITHOUT_BEARING = [
    "<Extrinsic name='Last update'>2026-11-01</Extrinsic>",
    "<Extrinsic name='Requester'>I. Lund</Extrinsic>",
    "<ControlKeys><OCInstruction value='requiredBeforeASN'><Lower><Tolerances><TimeTolerance limit='5'/></Tolerances>"
    "</Lower></OCInstruction></ControlKeys>",
    "<Tax><Money currency='USD'>9</Money><Description xml:lang='en'>VAT</Description><TaxDetail category='vat' "
    "percentageRate='5'><TaxAmount><Money currency='USD'>9</Money></TaxAmount></TaxDetail></Tax>",
    "<Followup><URL>https://example.org/f</URL></Followup>",
    "<TermsOfDelivery><TransportTerms value='DAP'>Worcester</TransportTerms></TermsOfDelivery>",
    "<PaymentTerm payInNumberOfDays='10'><Discount><DiscountPercent percent='2'/></Discount></PaymentTerm>",
]


@pytest.mark.parametrize("said", WITHOUT_BEARING)
def test_what_bears_on_no_promise_holds_nobody_up(hub: AtWork, said: str) -> None:
    got = hub.send(CXML.replace(b"<Extrinsic", said.encode() + b"<Extrinsic", 1), MERIDIAN)
    assert got.message.outcome == "accepted", [str(each) for each in findings(got)]


def test_what_they_agreed_to_be_of_no_bearing_a_partner_s_map_says_by_its_name(
    tmp_path: Path, hub_with: Callable[[Path], AtWork]
) -> None:
    said = b"<Extrinsic name='Approval date'>2026-11-01</Extrinsic>"
    map_ = (CHECKOUT / "mappings" / MERIDIAN / "order.toml").read_text()
    none = '\n[codes.unread]\n"Extrinsic[@name=Approval date]" = "none"\n'
    write(tmp_path, f"mappings/{MERIDIAN}/order.toml", map_ + none)
    got = hub_with(tmp_path).send(CXML.replace(b"<Extrinsic", said + b"<Extrinsic", 1), MERIDIAN)
    assert (got.message.outcome, "MAP-UNREAD" in codes(got)) == ("accepted", True)


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("<cbc:PayableAmount", '<cbc:AllowanceTotalAmount currencyID="SEK">500</cbc:AllowanceTotalAmount>'),
        (
            "<cac:AnticipatedMonetaryTotal>",
            "<cac:PaymentTerms><cbc:Note>5 % off within 8 days</cbc:Note></cac:PaymentTerms>",
        ),
        (
            "<cac:AnticipatedMonetaryTotal>",
            "<cac:DeliveryTerms><cbc:SpecialTerms>void after 2026-12-24</cbc:SpecialTerms></cac:DeliveryTerms>",
        ),
    ],
)
def test_terms_of_a_ubl_order_that_change_what_is_asked_for_hold_it(hub: AtWork, mark: str, said: str) -> None:
    assert_held(hub, UBL.replace(mark.encode(), said.encode() + mark.encode(), 1), NORDLYS, whole=True)


def test_a_ubl_line_of_which_nothing_may_come_late_is_held_where_it_would(hub: AtWork) -> None:
    mark, said = b"<cac:Delivery>\n        <cbc:Quantity", CBC.format("BackOrderAllowedIndicator", "false").encode()
    kept = UBL.replace(mark, said + mark, 1)
    got = hub.send(kept.replace(b"2027-01-20", b"2026-11-24", 1), NORDLYS)
    assert "BUS-BACKORDER" in codes(got), [str(each) for each in findings(got)]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("<cac:PaymentTerms><cbc:Note>{}</cbc:Note></cac:PaymentTerms>", "cash against documents"),
        ("<cac:DeliveryTerms><cbc:SpecialTerms>{}</cbc:SpecialTerms></cac:DeliveryTerms>", "to the ward, third floor"),
    ],
)
def test_terms_in_free_words_that_change_nothing_reach_the_plant_and_the_page_of_the_order(
    hub: AtWork, said: str, words: str
) -> None:
    mark = b"<cac:AnticipatedMonetaryTotal>"
    got = hub.send(UBL.replace(mark, said.format(words).encode() + mark, 1), NORDLYS)
    assert got.message.outcome == "accepted"
    [notice] = told(hub)
    assert words in str(notice)
    assert words in str(hub.order("NL-2026-10077", NORDLYS).conditions)


def test_a_ubl_line_to_come_at_once_and_in_two_deliveries_is_held(hub: AtWork) -> None:
    mark = b'<cac:Delivery>\n        <cbc:Quantity unitCode="EA">'
    said = CBC.format("PartialDeliveryIndicator", "false").encode()
    assert_held(hub, UBL.replace(mark, said + mark, 1), NORDLYS, whole=False)
