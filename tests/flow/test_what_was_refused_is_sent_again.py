"""An order of which all was refused takes no number: sent again put right, it stands, is answered and is made."""

from __future__ import annotations

import re

import pytest

from tests.flow.at_work import ACME, AtWork, codes
from tests.flow.test_nothing_of_bearing_is_passed_over import CXML, MERIDIAN, NORDLYS, UBL
from tests.flow.wire import group, interchange, line, of_kind, one_order, order, transaction
from tests.house import CHECKOUT

SUMMIT, HELIX = "summit-surgical", "helix-diagnostics"
XML = (CHECKOUT / "partners" / SUMMIT / "samples" / "order.xml").read_bytes()
JSON = (CHECKOUT / "partners" / HELIX / "samples" / "order.json").read_bytes()


def x12(items: str, control: int) -> bytes:
    return one_order("PO-1", control, lines=line(1, item=items))


def xml_with(body: bytes, *pairs: tuple[bytes, bytes]) -> bytes:
    for old, new in pairs:
        assert old in body
        body = body.replace(old, new)
    return body


WRONG_UBL = xml_with(UBL, (b">NL-4450<", b">NL-X<"), (b">NL-8008<", b">NL-Y<"), (b">BP-8-TI<", b">BP-X<"))
WRONG_CXML = re.sub(rb"<(SupplierPartID|BuyerPartID)>[^<]+<", rb"<\1>NONE-9<", CXML)
WRONG_XML = re.sub(rb"<PartNumber>[^<]+<", b"<PartNumber>NONE-9<", XML)
WRONG_JSON = re.sub(rb'"partNo":\s*"[^"]+"', b'"partNo": "NONE-9"', JSON)
PAIRS = {
    "x12": (ACME, x12("BP*NONE-9*EC*D", 1), x12("BP*AC-1001*EC*D", 2)),
    "ubl": (NORDLYS, WRONG_UBL, UBL),
    "cxml": (MERIDIAN, WRONG_CXML, CXML.replace(b"1795165200.4711", b"1795165201.4712")),
    "xml": (SUMMIT, WRONG_XML, XML),
    "json": (HELIX, WRONG_JSON, JSON),
}


def told(hub: AtWork) -> int:
    return len(hub.log(direction="out", partner="plant-erp"))


@pytest.mark.parametrize("syntax", PAIRS)
def test_it_is_decided_answered_and_told_to_the_plant(hub: AtWork, syntax: str) -> None:
    partner, wrong, right = PAIRS[syntax]
    first = hub.send(wrong, partner)
    assert first.message.outcome == "refused", [str(code) for code in codes(first)]
    assert told(hub) == 0
    second = hub.send(right, partner)
    assert second.message.outcome in ("accepted", "changed"), codes(second)
    assert second.message.attention is None
    (stands,) = hub.orders(partner)
    assert (stands.status, stands.version) == (second.message.outcome, 2)
    assert told(hub) == 1
    assert len(hub.answers(second.message.id)) == len(hub.answers(first.message.id)) > 0


def test_its_answer_has_a_number_of_its_own_and_the_page_of_the_order_shows_both(hub: AtWork) -> None:
    first, second = hub.send(x12("BP*NONE-9*EC*D", 1)), hub.send(x12("BP*AC-1001*EC*D", 2))
    said = [answer.one("BAK") for answer in of_kind(hub.sent(), "855")]
    assert [each[2] for each in said] == ["RD", "AD"]
    head = hub.order("PO-1")
    answers = [of_kind(hub.answers(each.message.id), "855")[0].message for each in (first, second)]
    for number, answer in enumerate(answers, 1):
        assert hub.found(f"{head.summary.seller_order}-{number}") == {("answer", answer)}
    assert [(each.role, each.source.message) for each in head.documents if each.role in ("order", "refused")] == [
        ("order", second.message.id),
        ("refused", first.message.id),
    ]
    kinds = [each.kind for each in head.history]
    assert kinds == ["order-received", "order-refused", "order-received", "order-accepted"]


def test_what_is_refused_again_is_answered_again(hub: AtWork) -> None:
    for control in (1, 2, 3):
        assert hub.send(x12(f"BP*NONE-{control}*EC*D", control)).message.outcome == "refused"
    assert [each.one("BAK")[2] for each in of_kind(hub.sent(), "855")] == ["RD"] * 3
    assert hub.send(x12("BP*AC-1001*EC*D", 4)).message.outcome == "accepted"


def test_from_then_on_the_number_is_taken(hub: AtWork) -> None:
    hub.send(x12("BP*NONE-9*EC*D", 1))
    hub.send(x12("BP*AC-1001*EC*D", 2))
    third = hub.send(x12("BP*AC-1001*EC*E", 3))
    assert (third.message.outcome, codes(third)) == ("duplicate", {"BUS-ORDER-DUPLICATE"})
    assert hub.order("PO-1").summary.status == "accepted"


def test_a_copy_of_it_gets_its_answer_and_not_the_refusal(hub: AtWork) -> None:
    first, second = hub.send(x12("BP*NONE-9*EC*D", 1)), hub.send(x12("BP*AC-1001*EC*D", 2))
    refusal, answer = (of_kind(hub.answers(each.message.id), "855")[0].message for each in (first, second))
    hub.fetch_all()
    copy = hub.send(one_order("PO-1", 3, purpose="07", lines=line(1)))
    assert copy.message.outcome == "duplicate"
    assert answer in hub.waiting()
    assert refusal not in hub.waiting()


def test_the_refused_one_processed_again_takes_nothing_back(hub: AtWork) -> None:
    first = hub.send(x12("BP*NONE-9*EC*D", 1))
    hub.send(x12("BP*AC-1001*EC*D", 2))
    before = hub.order("PO-1")
    again = hub.replay(first.message.id)
    assert (again.message.outcome, again.message.attention) == ("refused", None)
    assert "BUS-ORDER-REPLACED" in codes(again)
    assert hub.order("PO-1") == before
    assert len(of_kind(hub.sent(), "855")) == 2


def test_both_in_one_interchange_are_decided_in_their_order(hub: AtWork) -> None:
    sets = [
        transaction(order("PO-1", lines=line(1, item="BP*NONE-9*EC*D")), control="0001"),
        transaction(order("PO-1", lines=line(1)), control="0002"),
    ]
    hub.send(interchange(group(*sets)))
    assert hub.order("PO-1").summary.status == "accepted"
    assert [each.one("BAK")[2] for each in of_kind(hub.sent(), "855")] == ["RD", "AD"]


def test_a_copy_of_a_corrected_one_that_wanted_no_answer_is_answered_though_the_refusal_goes_out_beside(
    hub: AtWork,
) -> None:
    unasked = [order("PO-1", purpose=each, lines=line(1)).replace("2026-017~", "2026-017*NA~") for each in ("00", "07")]
    orders = [order("PO-1", lines=line(1, item="BP*NONE-9*EC*D")), *unasked]
    hub.send(interchange(group(*(transaction(each, control=f"000{n}") for n, each in enumerate(orders, 1)))))
    assert [each.one("BAK")[2] for each in of_kind(hub.sent(), "855")] == ["RD", "AD"]


@pytest.mark.parametrize("syntax", ["ubl", "xml", "json"])
def test_a_late_retry_of_what_was_refused_does_not_repeat_the_refusal_over_the_acceptance(
    hub: AtWork, syntax: str
) -> None:
    partner, wrong, right = PAIRS[syntax]
    first = hub.send(wrong, partner)
    hub.send(right, partner)
    hub.fetch_all(partner)
    retried = hub.send(wrong + b"\n", partner)
    assert retried.message.outcome == "duplicate"
    assert {answer.message for answer in hub.answers(first.message.id)}.isdisjoint(hub.waiting(partner))
    (stands,) = hub.orders(partner)
    assert stands.status in ("accepted", "changed")


def test_an_order_written_otherwise_that_came_between_holds_the_corrected_one(hub: AtWork) -> None:
    """That the refused one takes no number does not make two orders of one."""
    for control, (number, item) in enumerate([("00123", "NONE-9"), ("123", "AC-1001"), ("00123", "AC-1001")], 1):
        last = hub.send(one_order(number, control, lines=line(1, item=f"BP*{item}*EC*D")))
    assert (last.message.outcome, "BUS-ORDER-ALIKE" in codes(last)) == ("held", True)
    assert told(hub) == 1
