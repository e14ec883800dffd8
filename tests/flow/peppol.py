"""What Peppol BIS 3 asks of our answers beyond the schema, in our own words: the data model of the order response (T76)
and of the message level response (T71), the code lists and the rules of both. ``broken`` says which an answer breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

SPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
PREFIXES = {uri: prefix for prefix, uri in SPACES.items()}
ANY = 1_000_000

ITEM_MODEL = """
cbc:Name 1
cac:BuyersItemIdentification ?
cac:BuyersItemIdentification/cbc:ID 1
cac:SellersItemIdentification ?
cac:SellersItemIdentification/cbc:ID 1
cac:StandardItemIdentification ?
cac:StandardItemIdentification/cbc:ID 1
"""
PERIOD_MODEL = """
cac:PromisedDeliveryPeriod 1
cac:PromisedDeliveryPeriod/cbc:StartDate ?
cac:PromisedDeliveryPeriod/cbc:StartTime ?
cac:PromisedDeliveryPeriod/cbc:EndDate ?
cac:PromisedDeliveryPeriod/cbc:EndTime ?
"""
PARTY_MODEL = """
cbc:EndpointID 1
cac:PartyIdentification *
cac:PartyIdentification/cbc:ID 1
cac:PartyLegalEntity ?
cac:PartyLegalEntity/cbc:RegistrationName 1
"""


def beneath(path: str, model: str) -> str:
    return "\n".join(f"{path}/{line}" for line in model.split("\n") if line)


ORDER_RESPONSE = f"""
cbc:CustomizationID 1
cbc:ProfileID 1
cbc:ID 1
cbc:SalesOrderID ?
cbc:IssueDate 1
cbc:IssueTime ?
cbc:OrderResponseCode 1
cbc:Note ?
cbc:DocumentCurrencyCode 1
cbc:CustomerReference ?
cac:OrderReference 1
cac:OrderReference/cbc:ID 1
cac:SellerSupplierParty 1
cac:SellerSupplierParty/cac:Party 1
{beneath("cac:SellerSupplierParty/cac:Party", PARTY_MODEL)}
cac:BuyerCustomerParty 1
cac:BuyerCustomerParty/cac:Party 1
{beneath("cac:BuyerCustomerParty/cac:Party", PARTY_MODEL)}
cac:Delivery ?
{beneath("cac:Delivery", PERIOD_MODEL)}
cac:OrderLine *
cac:OrderLine/cac:LineItem 1
cac:OrderLine/cac:LineItem/cbc:ID 1
cac:OrderLine/cac:LineItem/cbc:Note ?
cac:OrderLine/cac:LineItem/cbc:LineStatusCode 1
cac:OrderLine/cac:LineItem/cbc:Quantity ?
cac:OrderLine/cac:LineItem/cbc:MaximumBackorderQuantity ?
cac:OrderLine/cac:LineItem/cac:Delivery ?
{beneath("cac:OrderLine/cac:LineItem/cac:Delivery", PERIOD_MODEL)}
cac:OrderLine/cac:LineItem/cac:Price ?
cac:OrderLine/cac:LineItem/cac:Price/cbc:PriceAmount 1
cac:OrderLine/cac:LineItem/cac:Price/cbc:BaseQuantity ?
cac:OrderLine/cac:LineItem/cac:Item 1
{beneath("cac:OrderLine/cac:LineItem/cac:Item", ITEM_MODEL)}
cac:OrderLine/cac:OrderLineReference 1
cac:OrderLine/cac:OrderLineReference/cbc:LineID 1
"""
MESSAGE_LEVEL_RESPONSE = """
cbc:CustomizationID 1
cbc:ProfileID 1
cbc:ID 1
cbc:IssueDate 1
cbc:IssueTime ?
cac:SenderParty 1
cac:SenderParty/cbc:EndpointID 1
cac:ReceiverParty 1
cac:ReceiverParty/cbc:EndpointID 1
cac:DocumentResponse 1
cac:DocumentResponse/cac:Response 1
cac:DocumentResponse/cac:Response/cbc:ResponseCode 1
cac:DocumentResponse/cac:Response/cbc:Description ?
cac:DocumentResponse/cac:DocumentReference 1
cac:DocumentResponse/cac:DocumentReference/cbc:ID 1
cac:DocumentResponse/cac:DocumentReference/cbc:DocumentTypeCode ?
cac:DocumentResponse/cac:DocumentReference/cbc:VersionID ?
cac:DocumentResponse/cac:LineResponse *
cac:DocumentResponse/cac:LineResponse/cac:LineReference 1
cac:DocumentResponse/cac:LineResponse/cac:LineReference/cbc:LineID 1
cac:DocumentResponse/cac:LineResponse/cac:Response 1
cac:DocumentResponse/cac:LineResponse/cac:Response/cbc:ResponseCode ?
cac:DocumentResponse/cac:LineResponse/cac:Response/cbc:Description 1
cac:DocumentResponse/cac:LineResponse/cac:Response/cac:Status 1
cac:DocumentResponse/cac:LineResponse/cac:Response/cac:Status/cbc:StatusReasonCode 1
"""
MODELS = {"OrderResponse": ORDER_RESPONSE, "ApplicationResponse": MESSAGE_LEVEL_RESPONSE}
SAID = {
    "OrderResponse": ("urn:fdc:peppol.eu:poacc:trns:order_response:3", "urn:fdc:peppol.eu:poacc:bis:ordering:3"),
    "ApplicationResponse": ("urn:fdc:peppol.eu:poacc:trns:mlr:3", "urn:fdc:peppol.eu:poacc:bis:mlr:3"),
}
TIMES = {"1": (1, 1), "?": (0, 1), "*": (0, ANY)}
ANSWERS = {"AB", "AP", "CA", "RE"}  # 4343, as T76 has it
LINES = {"1", "3", "5", "7", "42"}  # 1229, as Peppol has it
RECEIPTS = {"AB", "AP", "RE"}  # 4343, as T71 has it
REASONS = {"BV", "BW", "SV"}


def broken(body: bytes, ordered: int | None = None) -> tuple[list[str], list[str]]:
    """Return the rules that an answer breaks: those for which it is refused, and those it only should keep.

    ``ordered`` is how many lines the order has, where that is known.
    """
    root = etree.fromstring(body)
    kind = etree.QName(root).localname
    fatal = [*_model(root, kind), *_common(root), *(_said(root, kind))]
    if kind == "OrderResponse":
        return [*fatal, *_answer(root, ordered)], list(_should(root))
    return [*fatal, *_receipt(root)], []


def _model(root: etree._Element, kind: str) -> Iterator[str]:
    """Yield what stands otherwise than in the data model: what it does not name, too often, not at all."""
    times: dict[str, tuple[int, int]] = {}
    for line in MODELS[kind].split("\n"):
        if line:
            path, how = line.split()
            times[path] = TIMES[how]

    def walk(element: etree._Element, path: str) -> Iterator[str]:
        found: dict[str, int] = {}
        for child in element.iterchildren(etree.Element):
            name = etree.QName(child)
            below = f"{path}/{PREFIXES[name.namespace or '']}:{name.localname}".lstrip("/")
            found[below] = found.get(below, 0) + 1
            if below not in times:
                yield f"{below} is not of the data model"
            yield from walk(child, below)
        for below, (least, most) in times.items():
            if below.rpartition("/")[0] == path and not least <= found.get(below, 0) <= most:
                yield f"{below} stands {found.get(below, 0)} times"

    yield from walk(root, "")


def _common(root: etree._Element) -> Iterator[str]:
    """Yield what holds for all documents: nothing empty, days whole, numbers of parties that can be."""
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        text = (element.text or "").strip()
        if not len(element) and not text:
            yield f"{name} is empty"
        if any(not str(value).strip() for value in element.attrib.values()):
            yield f"an attribute of {name} is empty"
        if name.endswith("Date") and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            yield f"{name} is no day"
        if name == "EndpointID" and not element.get("schemeID"):
            yield "EndpointID has no schemeID"
        if name.endswith("Amount") and not element.get("currencyID"):
            yield f"{name} has no currency"
        if name.endswith("Quantity") and not element.get("unitCode"):
            yield f"{name} has no unit"
        if element.get("schemeID") == "0088" and not _is_gln(text):
            yield f"{text} is no GLN"
        if element.get("schemeID") == "0007" and not re.fullmatch(r"\d{10}", text):
            yield f"{text} is no Swedish organisation number"
    if any(name.endswith("schemaLocation") for name in root.attrib):
        yield "it says where its schema is"


def _said(root: etree._Element, kind: str) -> Iterator[str]:
    customization, profile = SAID[kind]
    if not texts(root, "cbc:CustomizationID")[0].startswith(customization):
        yield "another CustomizationID"
    if texts(root, "cbc:ProfileID") != [profile]:
        yield "another ProfileID"


def _answer(root: etree._Element, ordered: int | None) -> Iterator[str]:
    """Yield the rules R001 to R007 and R010 of T76 that it breaks, and what the codes of its lines come to."""
    for role in ("BuyerCustomerParty", "SellerSupplierParty"):
        if not texts(root, f"cac:{role}//cbc:RegistrationName") + texts(root, f"cac:{role}//cac:PartyIdentification/*"):
            yield f"R001/R002 {role} has neither a name nor a number"
    numbers = texts(root, "cac:OrderLine/cac:LineItem/cbc:ID")
    if len(set(numbers)) != len(numbers):
        yield "R003 two lines of the answer have one number"
    for period in found(root, "//cac:PromisedDeliveryPeriod"):
        start, end = texts(period, "cbc:StartDate"), texts(period, "cbc:EndDate")
        if start and end and end < start:
            yield "R004 a period ends before it begins"
    if set(texts(root, "//@currencyID")) - set(texts(root, "cbc:DocumentCurrencyCode")):
        yield "R005 an amount in another currency than the document"
    [code], lines = texts(root, "cbc:OrderResponseCode"), texts(root, "//cbc:LineStatusCode")
    if code not in ANSWERS or set(lines) - LINES:
        yield f"a code that is not of its list: {code} {lines}"
    if code == "CA" and not lines:
        yield "R007 accepted with changes, and no line says which"
    if code == "AB" and lines:
        yield "R010 no more than acknowledged, and yet it has lines"
    whole = len(set(texts(root, "cac:OrderLine/cac:OrderLineReference/cbc:LineID"))) == ordered
    for of_all, of_line in (("AP", "5"), ("RE", "7")):
        if (code == of_all and set(lines) - {of_line}) or (whole and set(lines) == {of_line} and code != of_all):
            yield f"{code} of the order, and its lines say {lines}"


def _should(root: etree._Element) -> Iterator[str]:
    [code] = texts(root, "cbc:OrderResponseCode")
    if code in ("AP", "RE") and found(root, "cac:OrderLine"):
        yield "R008/R009"


def _receipt(root: etree._Element) -> Iterator[str]:
    [code] = texts(root, "cac:DocumentResponse/cac:Response/cbc:ResponseCode")
    own = texts(root, "//cac:LineResponse/cac:Response/cbc:ResponseCode")
    reasons = texts(root, "//cbc:StatusReasonCode")
    if {code, *own} - RECEIPTS or set(reasons) - REASONS:
        yield f"a code that is not of its list: {code} {own} {reasons}"
    if code == "RE" and not own:
        yield "refused, and nothing says why"
    if code == "AP" and "RE" in own:
        yield "accepted, and a place refused"


def found(element: etree._Element, path: str) -> list[etree._Element]:
    got = element.xpath(path, namespaces=SPACES)
    assert isinstance(got, list)
    return got


def texts(element: etree._Element, path: str) -> list[str]:
    return [each if isinstance(each, str) else (each.text or "").strip() for each in found(element, path)]


def _is_gln(text: str) -> bool:
    if not re.fullmatch(r"\d{13}", text):
        return False
    total = sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(text[:12]))
    return (10 - total % 10) % 10 == int(text[12])
