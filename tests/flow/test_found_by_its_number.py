"""What was refused is found by its number: in the search box, in the log and on its page, whatever the verdict."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from hub.exchange.model import MessageDetail
from hub.flow.x12.beginnings import numbers_in
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.reader import read
from hub.kernel.scope import Scope
from tests.flow.at_work import AtWork
from tests.flow.wire import acknowledgement, group, interchange, one_order, order, transaction
from tests.house import CHECKOUT

NUMBER = "4600000534"
ANSWER, RECEIPT = "OrderAcknowledgement", "FunctionalAcknowledgement"
CUSTOMERS = [
    "acme-cardio", "borealis-ortho", "helix-diagnostics", "meridian-cath", "nordlys-implants", "summit-surgical"
]  # fmt: skip
GOOD = one_order(NUMBER)


def alone(body: str, kind: str, functional: str) -> bytes:
    return interchange(group(transaction(body, kind=kind), functional=functional))


REFUSED = {
    "an element at fault": GOOD.replace(b"PO1*10*100*", b"PO1*10*1oo*"),
    "a wrong segment count": interchange(group(transaction(order(NUMBER), count=9))),
    "a wrong set number": GOOD.replace(b"SE*7*0001", b"SE*7*0002"),
    "cut short": GOOD[: GOOD.index(b"CTT")],
    "a group count at fault": interchange(group(transaction(order(NUMBER)), count=4)),
    "a release not agreed": interchange(group(transaction(order(NUMBER)), release="005010")),
    "a group of another kind": GOOD.replace(b"GS*PO*", b"GS*IN*"),
    "an interchange count at fault": interchange(group(transaction(order(NUMBER))), count=3),
    "another sender": interchange(group(transaction(order(NUMBER))), sender="01*999999999      "),
    "a usage that is none": one_order(NUMBER, usage="x"),
    "no group around it": interchange(transaction(order(NUMBER))),
    "a number with blanks behind it": GOOD.replace(NUMBER.encode(), f"{NUMBER}   ".encode()).replace(b"*EA*", b"*??*"),
    "a set too long to keep": interchange(
        group(transaction(order(NUMBER).replace("CTT", "MSG*" + "x" * 70_000 + "~CTT")))
    ),
    "a change order": alone(f"BCH*04*SA*{NUMBER}**1*20261120~", "860", "PC"),
    "an answer to a change": alone(f"BCA*00*AC*{NUMBER}**1*20261120~", "865", "CA"),
    "an 855 sent to us": alone(f"BAK*00*AC*{NUMBER}*20261120~PO1*1*1*EA~CTT*1~", "855", "PR"),
    "an invoice": alone(f"BIG*20261120*INV-7**{NUMBER}~", "810", "IN"),
    "a forecast": alone(f"BFR*00*R-1**DL*A*20261120**20261220***{NUMBER}~", "830", "PS"),
    "a shipping schedule": alone(f"BSS*00*R-1*20261120*DL*20261120*20261220****{NUMBER}~", "862", "SS"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_order_that_was_refused_is_found_by_its_number(hub: AtWork, name: str) -> None:
    got = hub.send(REFUSED[name])
    assert got.message.outcome == "refused"
    assert ("purchase-order", got.message.id) in hub.found(NUMBER)
    assert [row.subject for row in got.documents] == [NUMBER]
    assert ("purchase-order", NUMBER) in {(key.kind, key.value) for key in got.message.keys}
    assert hub.orders() == []


def test_a_quarantined_copy_and_a_duplicate_are_found_too(hub: AtWork) -> None:
    first = hub.send(one_order("1"))
    other = hub.send(one_order("2"))
    again = hub.send(b"\r\n" + one_order("1"))
    assert [each.message.outcome for each in (first, other, again)] == ["accepted", "quarantined", "duplicate"]
    assert {id for _, id in hub.found("2")} >= {other.message.id}
    assert {id for _, id in hub.found("1")} >= {first.message.id, again.message.id}


def test_what_the_map_refuses_is_found_by_its_number(hub: AtWork) -> None:
    got = hub.send(GOOD.replace(b"BPA-2026-017", b"BPA-2026-017*XX"))
    assert {row.subject for row in got.documents} == {NUMBER}


def test_every_set_of_a_message_is_found(hub: AtWork) -> None:
    sets = [transaction(order(f"N-{n}"), control=f"{n:04d}", count=9 if n % 2 else None) for n in range(1, 13)]
    got = hub.send(interchange(group(*sets)))
    assert all(("purchase-order", got.message.id) in hub.found(f"N-{n}") for n in range(1, 13))


@pytest.mark.parametrize(
    "number",
    ["45\x0000", "45\x1b[31m", "4" * 5_000, "<script>alert(1)</script>", "' OR 1=1 --", "\u65e5\u672c", "\x85", " 45"],
)
def test_a_number_that_is_unsafe_harms_nobody(hub: AtWork, number: str) -> None:
    got = hub.send(GOOD.replace(NUMBER.encode(), number.encode()))
    assert got.message.stage == "finished"
    assert all(len(key.value) <= 120 and key.value.isprintable() for key in got.message.keys)
    assert hub.send(one_order("OTHER", 102)).message.outcome == "accepted"


@pytest.mark.parametrize("body", [b"", b"nonsense", b"\x00" * 50, GOOD[:50], b"<xml>"])
def test_what_nobody_can_read_has_no_number_and_harms_nobody(hub: AtWork, body: bytes) -> None:
    got: MessageDetail = hub.send(body, file_name="order.edi") if body else hub.send(body)
    assert got.message.outcome == "quarantined"
    assert got.documents == []


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("BEG*00*SA*4600000534**20261120*BPA-2026-017", "BEG*00"),
        lambda text: text.replace("BEG*", "XYZ*"),
        lambda text: text.replace("BEG*00*SA*4600000534", "BEG*00*SA*"),
    ],
)
def test_where_no_number_stands_none_is_made_up(edit: Callable[[str], str]) -> None:
    [found] = [each for each in read(edit(GOOD.decode()).encode()) if isinstance(each, TransactionSet)]
    assert "purchase-order" not in dict(numbers_in(found))


def test_a_control_number_is_found_with_the_zeros_it_has_on_the_wire(hub: AtWork) -> None:
    got = hub.send(GOOD)
    written = GOOD[90:99].decode()
    assert written.startswith("0")
    assert ("interchange", got.message.id) in hub.found(written)
    assert hub.found(written) == hub.found(written.lstrip("0"))


def found_in(hub: AtWork, text: str) -> set[str]:
    return {message for _, message in hub.found(text)}


SAMPLES = {partner: next((CHECKOUT / "partners" / partner / "samples").glob("order.*")) for partner in CUSTOMERS}
BY_PARTY = {
    "acme-cardio": ["123456789", "DC04"],
    "borealis-ortho": ["MIS01"],
    "nordlys-implants": ["7350000000013", "7350000000020", "5560001234", "4000001000005"],
    "meridian-cath": ["WOR-2", "AP-1", "080114277", "AN01000421977"],
}


@pytest.mark.parametrize("partner", BY_PARTY)
def test_an_order_is_found_by_the_numbers_of_who_orders_and_where_it_goes(hub: AtWork, partner: str) -> None:
    got = hub.send(SAMPLES[partner].read_bytes(), partner)
    assert got.message.outcome in ("accepted", "changed")
    assert [each for each in BY_PARTY[partner] if got.message.id not in found_in(hub, each)] == []


def test_an_order_that_names_only_the_buyers_item_is_found_by_ours(hub: AtWork) -> None:
    theirs = SAMPLES["nordlys-implants"].read_bytes()
    alone = re.sub(rb"\s*<cac:SellersItemIdentification>.*?</cac:SellersItemIdentification>", b"", theirs, flags=re.S)
    assert b"FS-450-TI" not in alone
    got = hub.send(alone, "nordlys-implants")
    assert got.message.outcome == "accepted"
    assert ("item", got.message.id) in hub.found("FS-450-TI")


@pytest.mark.parametrize("partner", CUSTOMERS)
def test_our_answer_is_found_by_its_own_number(hub: AtWork, partner: str) -> None:
    got = hub.send(SAMPLES[partner].read_bytes(), partner)
    answers = [each for each in hub.answers(got.message.id) if hub.detail(each.message).message.document == ANSWER]
    [document] = hub.detail(answers[0].message).documents
    assert document.canonical is not None
    number = json.loads(document.canonical)["answer_number"]
    assert (number[:3], number[-2:]) == ("SO-", "-1")
    assert ("answer", answers[0].message) in hub.found(number)


CUT = {
    "summit-surgical": (700, ["SU-2026-004802", "FA-118", "SU-88-120"]),
    "nordlys-implants": (3_000, ["NL-2026-10077", "10077", "RA-2026-31", "7350000000013", "7350000000020"]),
    "meridian-cath": (3_000, ["MC-4500071", "080114277", "AN01000421977"]),
    "helix-diagnostics": (400, ["HX-100-2240"]),
}
"""By partner, how much of the order of the samples arrives, and by what it is found all the same."""


@pytest.mark.parametrize("partner", CUT)
def test_an_order_that_was_cut_short_is_found_by_the_numbers_that_stood_before_the_break(
    hub: AtWork, partner: str
) -> None:
    most, numbers = CUT[partner]
    got = hub.send(SAMPLES[partner].read_bytes()[:most], partner)
    assert (got.message.outcome, got.documents) == ("quarantined", [])
    assert [each for each in numbers if got.message.id not in found_in(hub, each)] == []
    assert numbers[0] in {key.value for key in got.message.keys if key.kind == "purchase-order"}
    assert hub.replay(got.message.id).message.keys == got.message.keys


@pytest.mark.parametrize("partner", CUT)
def test_of_an_order_that_is_cut_anywhere_no_half_of_a_number_is_kept(hub: AtWork, partner: str) -> None:
    whole = SAMPLES[partner].read_bytes()
    said = {value.decode() for value in re.findall(rb"[^\s\"<>]+(?: [^\s\"<>]+)*", whole)}
    for most in range(20, len(whole) - 20, 61):
        got = hub.send(whole[:most], partner)
        own = {key.value for key in got.message.keys if key.kind != "document"}
        assert (got.message.outcome, own - said) == ("quarantined", set()), most


@pytest.mark.parametrize(
    ("partner", "edit"),
    [
        ("summit-surgical", lambda body: body.replace(b"</Item>", b"</Itm>", 1)),
        ("summit-surgical", lambda body: body.replace(b'unit="EA"', b"unit=EA")),
        ("summit-surgical", lambda body: body + body.partition(b"?>")[2]),
        ("nordlys-implants", lambda body: body.replace("Hamnvägen".encode(), b"Hamnv\xe4gen")),
        ("nordlys-implants", lambda body: body.replace(b"<cac:OrderLine>", b"<cac:OrderLine>&nbsp;", 1)),
        ("meridian-cath", lambda body: body.replace(b"</ItemOut>", b"", 1)),
        ("helix-diagnostics", lambda body: body.replace(b'"items"', b"items")),
        ("helix-diagnostics", lambda body: body.replace(b'"items": [', b'"items": [NaN,')),
        ("helix-diagnostics", lambda body: body.rstrip()[:-1] + b', "currency": "EUR", "currency": "USD"}'),
    ],
    ids=["end tag", "attribute", "two", "encoding", "entity", "open element", "no quotes", "no number", "name twice"],
)
def test_an_order_that_is_broken_is_found_by_its_number(
    hub: AtWork, partner: str, edit: Callable[[bytes], bytes]
) -> None:
    got = hub.send(edit(SAMPLES[partner].read_bytes()), partner)
    assert got.message.outcome == "quarantined"
    assert ("purchase-order", got.message.id) in hub.found(CUT[partner][1][0])


@pytest.mark.parametrize(
    "body",
    [
        b"<a " + b"".join(b'a%d="" ' % n for n in range(3_000)),
        b"<a>" * 5_000,
        b"[" * 16_000,
        b'{"a":' * 3_000,
        b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 99 + b'">]><a>&b;',
        b'{"orderId": "HX-9", "x": "\x01',
        b"]}{",
        b'{"a"',
        b"<?xml ",
        b"<cXML payloadID=",
    ],
)
@pytest.mark.parametrize("partner", CUT)
def test_what_breaks_off_in_bad_faith_harms_nobody(hub: AtWork, partner: str, body: bytes) -> None:
    got = hub.send(body, partner)
    assert got.message.stage == "finished"
    assert "purchase-order" not in {key.kind for key in got.message.keys if key.value != "HX-9"}


@pytest.mark.parametrize(
    ("partner", "edit", "outcome"),
    [
        ("nordlys-implants", lambda body: body.replace(b'unitCode="EA"', b'unitCode="QQ"', 1), "held"),
        ("nordlys-implants", lambda body: body.replace(b">400<", b">4oo<"), "refused"),
        ("summit-surgical", lambda body: body.replace(b">250<", b">25o<"), "refused"),
        ("meridian-cath", lambda body: re.sub(rb'quantity="[0-9]+"', b'quantity="x"', body), "refused"),
    ],
)
def test_an_order_that_a_schema_or_a_map_refuses_is_found_by_all_it_says(
    hub: AtWork, partner: str, edit: Callable[[bytes], bytes], outcome: str
) -> None:
    got = hub.send(edit(SAMPLES[partner].read_bytes()), partner)
    assert got.message.outcome == outcome
    assert [each for each in CUT[partner][1] if got.message.id not in found_in(hub, each)] == []


@pytest.mark.parametrize("partner", CUSTOMERS)
def test_what_we_send_is_found_by_the_name_of_its_file(hub: AtWork, partner: str) -> None:
    ours = [each.message for each in hub.answers(hub.send(SAMPLES[partner].read_bytes(), partner).message.id)]
    names = {message: hub.detail(message).message.file_name for message in ours}
    assert len(names) >= 2
    assert [message for message, name in names.items() if ("file", message) not in hub.found(name or "")] == []
    assert {row.id for name in names.values() for row in hub.log(q=(name or "").lower())} >= set(names)
    assert not any(key.kind == "file" for message in names for key in hub.detail(message).message.keys)


@pytest.mark.parametrize(
    ("partner", "said"),
    [
        ("meridian-cath", "4500071"),
        ("meridian-cath", "mc-4500071"),
        ("nordlys-implants", "2026-10077"),
        ("nordlys-implants", "10077"),
        ("summit-surgical", "004802"),
        ("borealis-ortho", "77120"),
    ],
)
def test_an_order_is_found_without_the_letters_before_its_number(hub: AtWork, partner: str, said: str) -> None:
    got = hub.send(SAMPLES[partner].read_bytes(), partner)
    found = {message for kind, message in hub.found(said) if kind == "purchase-order"}
    assert {got.message.id, *(each.message for each in hub.answers(got.message.id))} <= found
    assert {row.id for row in hub.log(q=said)} >= found


@pytest.mark.parametrize(
    ("partner", "number"), [("nordlys-implants", "NL-2026-10077"), ("meridian-cath", "MC-4500071")]
)
def test_an_order_handed_in_under_the_key_of_somebody_else_is_found_by_its_number(
    hub: AtWork, partner: str, number: str
) -> None:
    got = hub.send(SAMPLES[partner].read_bytes(), "helix-diagnostics")
    assert got.message.outcome in ("held", "refused")
    assert ("purchase-order", got.message.id) in hub.found(number)
    assert [row.subject for row in got.documents] == [number]
    assert hub.found(number, Scope(partners=frozenset({"helix-diagnostics"})))
    assert hub.found(number, Scope(partners=frozenset({partner}))) == set()


@pytest.mark.parametrize("partner", CUSTOMERS)
def test_an_acknowledgement_is_found_by_the_order_it_is_about(hub: AtWork, partner: str) -> None:
    got = hub.send(SAMPLES[partner].read_bytes(), partner)
    [ours] = [each for each in hub.answers(got.message.id) if hub.detail(each.message).message.document == RECEIPT]
    [number] = {row.subject for row in got.documents}
    assert number is not None
    assert ("purchase-order", ours.message) in hub.found(number)


def test_what_a_partner_says_of_our_answer_is_found_by_the_order(hub: AtWork) -> None:
    hub.send(GOOD)
    taken = hub.send(acknowledgement(1))
    refused = hub.send(interchange(number=903).replace(b"IEA*", b"TA1*000000001*261120*0600*R*024~IEA*"))
    assert {taken.message.id, refused.message.id} <= found_in(hub, NUMBER)
