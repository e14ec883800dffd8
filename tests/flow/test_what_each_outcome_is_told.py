"""What a sender is told of a document, by what became of it: one table, and no syntax tells another story."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.exchange.model import MessageDetail
from tests.flow.at_work import AtWork, codes
from tests.flow.dialects import HELIX, SUMMIT, add_helix, add_summit, json_order, xml_order
from tests.flow.test_nothing_of_bearing_is_passed_over import CXML, MERIDIAN, NORDLYS, UBL
from tests.flow.test_ubl import said

OpenOver = Callable[[Path], AtWork]
TAKEN, WAITS, REFUSED = "accepted", "partly-accepted", "rejected"
UBL_CODES = {"AP": TAKEN, "AB": WAITS, "RE": REFUSED}
WORDS = {"accepted": TAKEN, "partly": WAITS, "rejected": REFUSED}
CXML_CODES = {"200": TAKEN, "201": WAITS, "406": REFUSED}


def put(body: bytes, *pairs: tuple[str, str]) -> bytes:
    for old, new in pairs:
        assert re.search(old.encode(), body), old
        body = re.sub(old.encode(), new.encode(), body)
    return body


ORDERS: dict[str, dict[str, bytes]] = {
    "ubl": {
        "as ordered": UBL,
        "a unit of nobody": put(UBL, ('unitCode="EA">200', 'unitCode="KG">200')),
        "a quantity that is none": put(UBL, ('unitCode="EA">400', 'unitCode="EA">many')),
        "every item unknown": put(UBL, (">NL-4450<", ">NL-X<"), (">NL-8008<", ">NL-Y<"), (">BP-8-TI<", ">BP-X<")),
        "the number taken": put(UBL, ("<cbc:IssueDate>2026-11-19", "<cbc:IssueDate>2026-11-18")),
    },
    "cxml": {
        "as ordered": CXML,
        "a unit of nobody": put(CXML, (">EA<", ">STK<")),
        "a quantity that is none": put(CXML, ('quantity="200"', 'quantity="many"')),
        "every item unknown": put(CXML, (r"<(SupplierPartID|BuyerPartID)>[^<]+<", r"<\1>NONE-9<")),
        "the number taken": put(CXML, ("1795165200.4711", "1795165201.4712")),
        "an instruction": put(CXML, ('type="new"', 'type="delete"'), ("1795165200.4711", "1795165201.4713")),
    },
    "xml": {
        "as ordered": xml_order(),
        "a quantity that is none": xml_order(quantity="many"),
        "every item unknown": put(xml_order(), ("SU-88-120", "SU-9")),
        "the number taken": put(xml_order(), ("09:12:00", "09:13:00")),
        "an instruction": put(xml_order(), (">NEW<", ">CANCEL<"), ("09:12:00", "09:13:00")),
    },
    "json": {
        "as ordered": json_order(),
        "a quantity that is none": put(json_order(), ('"amount": ?500', '"amount":"many"')),
        "every item unknown": put(json_order(), ("CRT-200", "CRT-9")),
        "the number taken": put(json_order(), ("08:15:30Z", "08:15:31Z")),
    },
}
PARTNERS = {"ubl": NORDLYS, "cxml": MERIDIAN, "xml": SUMMIT, "json": HELIX}
TOLD = {  # what is told at once, what became of the order, whether an answer to it goes out by itself
    "as ordered": (TAKEN, {"accepted", "changed"}, True),
    "a unit of nobody": (WAITS, {"held"}, False),
    "a quantity that is none": (REFUSED, {"refused"}, False),
    "every item unknown": (TAKEN, {"refused"}, True),
    "the number taken": (WAITS, {"duplicate"}, False),
    "an instruction": (WAITS, {"held"}, False),
}
CASES = [(syntax, case) for syntax, bodies in ORDERS.items() for case in bodies]


@pytest.fixture
def hub(tmp_path: Path, hub_with: OpenOver) -> AtWork:
    """All of them wish to be told what could be read."""
    add_helix(tmp_path / "config", acknowledged=True)
    add_summit(tmp_path / "config", acknowledged=True)
    return hub_with(tmp_path / "config")


def told(hub: AtWork, got: MessageDetail, syntax: str) -> tuple[list[str], int]:
    """Return the verdicts in what we wrote because of a message, and how many answers stand beside."""
    verdicts, answers = [], 0
    for sent in hub.answers(got.message.id):
        verdict = verdict_in(sent.body, syntax)
        verdicts += [verdict] if verdict else []
        answers += verdict is None
    return verdicts, answers


def verdict_in(body: bytes, syntax: str) -> str | None:
    if syntax == "json":
        read = json.loads(body)
        return WORDS[read["result"]] if read["messageType"] == "acknowledgement" else None
    if syntax == "ubl":
        found = said(body, "cac:DocumentResponse/cac:Response/cbc:ResponseCode/text()")
        return UBL_CODES[found[0]] if found else None
    if syntax == "cxml":
        found = said(body, "//StatusUpdateRequest/Status/@code")
        return CXML_CODES[found[0]] if found else None
    result = re.search(r"<Acknowledgement\b.*?<Result>(\w+)<", body.decode(), re.DOTALL)
    return WORDS[result[1].lower()] if result else None


@pytest.mark.parametrize(("syntax", "case"), CASES)
def test_what_is_told_is_what_became_of_it(hub: AtWork, syntax: str, case: str) -> None:
    if case in ("the number taken", "an instruction"):
        hub.send(ORDERS[syntax]["as ordered"], PARTNERS[syntax])
    got = hub.send(ORDERS[syntax][case], PARTNERS[syntax])
    verdict, outcomes, answered = TOLD[case]
    assert got.message.outcome in outcomes, codes(got)
    assert told(hub, got, syntax) == ([verdict], int(answered))
