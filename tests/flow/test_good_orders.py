"""An order that is right: understood, recorded, answered."""

from __future__ import annotations

from tests.flow.at_work import AtWork, assert_each_finding_helps
from tests.flow.wire import group, interchange, line, of_kind, one_order, order, transaction


def test_an_order_is_acknowledged_recorded_and_answered(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"), file_name="acme-20261120.edi")

    assert (got.message.validation, got.message.outcome, got.message.acknowledgement) == (
        "valid",
        "accepted",
        "accepted",
    )
    assert (got.message.wire, got.message.document, got.message.documents) == ("850", "PurchaseOrder", 1)
    assert got.message.why is None
    assert not got.message.test
    assert [stage.stage for stage in got.stages] == ["received", "mapped", "finished"]
    assert_each_finding_helps(got)

    acknowledged, answered = sorted(hub.answers(got.message.id), key=lambda sent: sent.kind, reverse=True)
    assert acknowledged.kind == "997"
    assert acknowledged.one("AK1") == ["AK1", "PO", "101"]
    assert acknowledged.one("AK2") == ["AK2", "850", "0001"]
    assert acknowledged.one("AK5") == ["AK5", "A"]
    assert acknowledged.one("AK9") == ["AK9", "A", "1", "1", "1"]
    assert answered.kind == "855"
    assert answered.one("BAK")[2:4] == ["AD", "4500098123"]
    assert answered.one("ACK")[1:4] == ["IA", "100", "EA"]
    assert answered.one("ISA")[5:9] == ["ZZ", "MEDCM          ", "01", "123456789      "]

    known = hub.order("4500098123")
    assert known.summary.status == "accepted"
    assert known.source.message == got.message.id
    assert hub.waiting() == [each.message for each in hub.answers(got.message.id)]


def test_an_order_that_asks_for_no_answer_is_taken_with_its_997_alone_however_often_it_is_replayed(hub: AtWork) -> None:
    got = hub.send(_unasked(one_order("4500098123")))
    again = hub.replay(got.message.id)
    for shown in (got, again):
        assert (shown.message.outcome, shown.message.why) == ("accepted", None)
    assert [sent.kind for sent in hub.sent()] == ["997"]
    assert hub.order("4500098123").summary.status == "accepted"
    assert hub.order("4500098123").history[-1].text.endswith("not answered, as the buyer asks for no answer")


def test_a_change_is_told_to_a_buyer_who_asks_for_no_answer(hub: AtWork) -> None:
    got = hub.send(_unasked(one_order("4500098123", lines=line(10, due="20261201"))))
    assert got.message.outcome == "changed"
    assert [sent.kind for sent in hub.sent()] == ["855", "997"]


def _unasked(body: bytes) -> bytes:
    return body.replace(b"*BPA-2026-017~", b"*BPA-2026-017*NA~")


def test_every_number_of_an_order_leads_to_it_and_its_answer(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"), file_name="acme-20261120.edi").message.id
    answer = of_kind(hub.answers(got), "855")[0].message
    for text, kind in (
        ("4500098123", "purchase-order"),
        ("45000981", "purchase-order"),
        ("ac-1001", "item"),
        ("BPA-2026-017", "contract"),
        ("101", "interchange"),
        ("acme-20261120.edi", "file"),
    ):
        assert (kind, got) in hub.found(text), text
    assert ("purchase-order", answer) in hub.found("4500098123")
    seller_order = hub.order("4500098123").summary.seller_order
    assert seller_order is not None
    assert ("seller-order", answer) in hub.found(seller_order)


def test_two_interchanges_in_one_file_are_two_conversations(hub: AtWork) -> None:
    got = hub.send(one_order("4500098001", 101) + b"\r\n\r\n" + one_order("4500098002", 102))
    assert [(row.reference, row.judgement) for row in got.envelopes] == [("101", "first"), ("102", "first")]
    assert {row.number for row in hub.orders()} == {"4500098001", "4500098002"}
    answers = hub.answers(got.message.id)
    acknowledged = of_kind(answers, "997")
    assert [each.one("AK1")[2] for each in acknowledged] == ["101", "102"]
    assert [[ak2[1:] for ak2 in each.all("AK2")] for each in acknowledged] == [[["850", "0001"]]] * 2
    assert [each.one("AK9")[1:] for each in acknowledged] == [["A", "1", "1", "1"]] * 2
    assert [row.envelope for row in got.documents] == [1, 2]
    assert [each.one("BAK")[3] for each in of_kind(answers, "855")] == ["4500098001", "4500098002"]


def test_each_of_several_groups_has_its_acknowledgement(hub: AtWork) -> None:
    body = interchange(
        group(transaction(order("4500098001")), number=7), group(transaction(order("4500098002")), number=8)
    )
    got = hub.send(body)
    assert got.message.outcome == "accepted"
    (acknowledged,) = of_kind(hub.answers(got.message.id), "997")
    assert [ak1[2] for ak1 in acknowledged.all("AK1")] == ["7", "8"]
    assert [ak9[1:] for ak9 in acknowledged.all("AK9")] == [["A", "1", "1", "1"]] * 2
    assert [st[2] for st in acknowledged.all("ST")] == ["0001", "0002"]


def test_of_several_orders_in_a_group_the_faulty_one_alone_is_rejected(hub: AtWork) -> None:
    body = interchange(
        group(
            transaction(order("4500098001"), control="0001"),
            transaction(order("4500098002", lines="PO1*10*HUNDRED*EA*12.35*CT*BP*AC-1001*EC*D~"), control="0002"),
            transaction(order("4500098003"), control="0003"),
        )
    )
    got = hub.send(body)
    assert [row.validation for row in got.documents] == ["valid", "rejected", "valid"]
    assert [row.outcome for row in got.documents] == ["accepted", "refused", "accepted"]
    assert got.message.why is not None
    assert got.message.why.startswith("Rejected: ")
    assert got.message.acknowledgement == "partly"
    assert_each_finding_helps(got)

    answers = hub.answers(got.message.id)
    (acknowledged,) = of_kind(answers, "997")
    assert acknowledged.one("AK9")[1:] == ["P", "3", "3", "2"]
    assert [ak5[1] for ak5 in acknowledged.all("AK5")] == ["A", "R", "A"]
    assert acknowledged.one("AK3")[1:3] == ["PO1", "4"]
    assert acknowledged.one("AK4")[1:4] == ["2", "330", "6"]
    assert [each.one("BAK")[3] for each in of_kind(answers, "855")] == ["4500098001", "4500098003"]
    assert {row.number for row in hub.orders()} == {"4500098001", "4500098003"}


def test_an_order_the_factory_refuses_is_sound_and_refused_line_by_line(hub: AtWork) -> None:
    lines = line(10) + line(20, item="BP*AC-9999")
    got = hub.send(one_order("4500098123", lines=lines))
    assert (got.message.validation, got.message.outcome, got.message.acknowledgement) == (
        "valid",
        "changed",
        "accepted",
    )
    (answered,) = of_kind(hub.answers(got.message.id), "855")
    assert answered.one("BAK")[2] == "AC"
    assert [ack[1] for ack in answered.all("ACK")] == ["IA", "IR"]


def test_numbers_on_our_answers_run_from_one_without_a_gap(hub: AtWork) -> None:
    for n in range(4):
        hub.send(one_order(f"450009800{n}", 101 + n))
    sent = hub.sent()
    assert [each.number for each in sent] == list(range(1, 9))
    assert sorted(each.group or 0 for each in sent) == list(range(1, 9))


def test_a_message_without_documents_passes_all_stages(hub: AtWork) -> None:
    got = hub.send(interchange(number=7))
    assert [stage.stage for stage in got.stages] == ["received", "mapped", "finished"]
    assert (got.message.documents, got.documents) == (0, [])
