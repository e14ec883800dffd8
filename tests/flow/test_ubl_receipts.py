"""What a customer who speaks UBL is told of each document, where its partner file asks for it: ApplicationResponse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hub.exchange.model import MessageDetail
from hub.web.statuses import named_by
from tests.flow.at_work import AtWork, codes
from tests.flow.overlay import change
from tests.flow.peppol import broken
from tests.flow.test_ubl import NORDLYS, ORDER, answers, refuses, said, with_official
from tests.flow.wire import one_order

OpenOver = Callable[[Path], AtWork]
RECEIPT = "ApplicationResponse"
PLACES = "//cac:LineResponse/cac:LineReference/cbc:LineID/text()"
REASONS = "//cac:LineResponse/cac:Response/cac:Status/cbc:StatusReasonCode/text()"
TEXTS = "//cac:LineResponse/cac:Response/cbc:Description/text()"
MANY = ORDER.replace(b">400<", b">many<")
KILO = ORDER.replace(b'unitCode="EA">400', b'unitCode="KG">400')


def receipt(hub: AtWork, got: MessageDetail, shared: Path) -> bytes:
    """Return the one ApplicationResponse to a message; it is right by the standard's schema and by Peppol's rules."""
    [sent] = answers(hub, got.message.id, RECEIPT)
    assert refuses(shared, RECEIPT, sent.body) == ""
    assert broken(sent.body) == ([], [])
    return sent.body


def code_of(body: bytes) -> list[str]:
    return said(body, "cac:DocumentResponse/cac:Response/cbc:ResponseCode/text()")


def document_of(body: bytes) -> list[str]:
    return said(body, "cac:DocumentResponse/cac:DocumentReference/cbc:ID/text()")


def test_an_order_that_came_is_acknowledged_by_its_number_beside_its_answer(hub: AtWork, shared: Path) -> None:
    got = hub.send(ORDER, NORDLYS)
    told = receipt(hub, got, shared)
    assert got.message.acknowledgement == "accepted"
    assert (code_of(told), document_of(told), said(told, PLACES)) == (["AP"], ["NL-2026-10077"], [])
    assert said(told, "cbc:ID/text()") == [got.message.id]
    assert said(told, "cbc:IssueDate/text() | cbc:IssueTime/text()") == ["2026-11-20", "13:00:00"], "their wall clock"
    assert len(answers(hub, got.message.id)) == 1


def test_it_is_found_by_the_number_of_what_it_acknowledges(hub: AtWork) -> None:
    got = hub.send(ORDER, NORDLYS)
    [sent] = answers(hub, got.message.id, RECEIPT)
    assert [(key.kind, key.value) for key in named_by(hub.detail(sent.message).message)][:1] == [
        ("purchase-order", "NL-2026-10077")
    ]
    assert ("purchase-order", sent.message) in hub.found("NL-2026-10077")


def test_a_faulty_order_is_told_place_sentence_and_remedy(hub: AtWork, shared: Path) -> None:
    got = hub.send(MANY, NORDLYS)
    told = receipt(hub, got, shared)
    assert (got.message.validation, got.message.outcome, got.message.acknowledgement) == (
        "rejected",
        "refused",
        "rejected",
    )
    assert (code_of(told), document_of(told)) == (["RE"], ["NL-2026-10077"])
    assert said(told, PLACES) == ["/Order/cac:OrderLine[1]/cac:LineItem/cbc:Quantity"]
    assert said(told, REASONS) == ["SV"]
    [text] = said(told, TEXTS)
    assert "'many' is not a number like 12.50; write a number like 12.50 (GDE-VALUE-TYPE)" in text
    assert answers(hub, got.message.id) == [], "nothing of it took effect"


def test_an_order_that_no_map_of_ours_takes_is_told_that_it_came_and_where_it_is_at_fault(
    hub: AtWork, shared: Path
) -> None:
    got = hub.send(KILO, NORDLYS)
    told = receipt(hub, got, shared)
    assert (got.message.outcome, codes(got) >= {"MAP-CODE"}) == ("held", True)
    assert (code_of(told), said(told, REASONS)) == (["AB"], ["BV"])
    assert said(told, PLACES) == ["/Order/cac:OrderLine[1]/cac:LineItem/cbc:Quantity/@unitCode"]
    [text] = said(told, TEXTS)
    assert text == "'KG' is no code that was agreed with us; write an agreed code, or have it agreed (MAP-CODE)"


def test_bytes_that_nobody_can_open_are_refused_by_the_number_of_their_message(hub: AtWork, shared: Path) -> None:
    got = hub.send(ORDER[:900], NORDLYS)
    told = receipt(hub, got, shared)
    assert (code_of(told), document_of(told), said(told, PLACES)) == (["RE"], [got.message.id], ["/"])
    assert "(line 18, column 65); mend it where it is made" in said(told, TEXTS)[0]


def test_a_number_taken_by_another_order_is_refused_and_what_stands_is_not_touched(hub: AtWork, shared: Path) -> None:
    first = hub.send(ORDER, NORDLYS)
    told = receipt(hub, hub.send(ORDER.replace(b">400<", b">500<"), NORDLYS), shared)
    assert code_of(told) == ["RE"]
    assert first.message.id in said(told, TEXTS)[0]


def test_what_the_standards_own_schema_refuses_is_told_too(tmp_path: Path, hub_with: OpenOver, shared: Path) -> None:
    hub = hub_with(with_official(tmp_path, shared))
    foreign = ORDER.replace(b"  <cac:Anticipated", b"  <cbc:Colour>red</cbc:Colour><cac:Anticipated", 1)
    told = receipt(hub, hub.send(foreign, NORDLYS), shared)
    assert (code_of(told), said(told, REASONS)) == (["RE"], ["SV"])


def test_what_was_told_is_not_told_again_by_a_replay(hub: AtWork) -> None:
    got = hub.send(MANY, NORDLYS)
    hub.replay(got.message.id)
    assert len(answers(hub, got.message.id, RECEIPT)) == 1


def test_bytes_that_are_read_in_vain_again_and_again_were_refused_once_and_stay_so(hub: AtWork) -> None:
    message = hub.send(ORDER[:900], NORDLYS).message.id
    for _ in range(3):
        got = hub.replay(message).message
        assert (got.validation, got.outcome, got.acknowledgement) == ("unreadable", "quarantined", "rejected")
    assert len(answers(hub, message, RECEIPT)) == 1


def test_each_has_a_number_of_its_own(hub: AtWork) -> None:
    sent = [hub.send(ORDER.replace(b"10077", b"%d" % number), NORDLYS) for number in (1, 2, 3)]
    numbers = [said(each.body, "cbc:ID/text()")[0] for got in sent for each in answers(hub, got.message.id, RECEIPT)]
    assert len(set(numbers)) == len(numbers) == 3


def test_who_does_not_ask_is_told_nothing(tmp_path: Path, hub_with: OpenOver) -> None:
    asks = 'application-response = "nordlys-implants/application-response"'
    change(tmp_path / "config", f"partners/{NORDLYS}/partner.toml", asks, "")
    hub = hub_with(tmp_path / "config")
    good, bad = hub.send(ORDER, NORDLYS), hub.send(MANY, NORDLYS)
    assert answers(hub, good.message.id, RECEIPT) == answers(hub, bad.message.id, RECEIPT) == []
    assert (good.message.acknowledgement, bad.message.acknowledgement) == ("none", "none")


def test_nobody_elses_acknowledgement_changes(hub: AtWork) -> None:
    got = hub.send(one_order("1"))
    assert {each.kind for each in hub.answers(got.message.id)} == {"997", "855"}


def test_an_order_whose_number_is_taken_is_told_which_stands_and_no_answer_is_owed(hub: AtWork, shared: Path) -> None:
    first = hub.send(ORDER, NORDLYS)
    got = hub.send(ORDER.replace(b"10:42:00", b"11:42:00"), NORDLYS)
    told = receipt(hub, got, shared)
    assert (got.message.outcome, code_of(told), said(told, REASONS)) == ("duplicate", ["AB"], ["BV"])
    [text] = said(told, TEXTS)
    assert f"message {first.message.id}" in text
    assert "no further answer follows; if both are meant, send this one under an order number of its own" in text
    assert answers(hub, got.message.id) == []
    assert [each.state for each in got.duties if each.debtor == "us"] == []
