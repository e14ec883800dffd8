"""Blanks of other widths and signs of no width, as they come along with what is copied: the answer goes out."""

from __future__ import annotations

import pytest

from tests.business.orders.from_wire import ITEM, answered, order

WANTED = "DTM*002*20270305~"
UNSEEN = ["\u00a0", "\u2007", "\u202f", "\u3000", "\u200b", "\u2060", "\ufeff", " \u00a0", "\u00a0 ", "\u200b\u200b"]
INSIDE = ["\u00a0", "\u2007", "\u202f", "\u3000", "\u200b", "\u200d", "\u2060", "\ufeff", "\u202e", "\u00ad"]


@pytest.mark.parametrize("unseen", UNSEEN)
def test_behind_a_value_they_mean_as_little_as_blanks(unseen: str) -> None:
    line = f"PO1*1*250*EA*1.875*PE*BP*AC-1002{unseen}*EC*A{unseen}*VP*CM-77-1002{unseen}~"
    got = answered(order(head=WANTED, lines=line))
    assert got.statuses == ["accepted"]
    assert got.segments("PO1")[0][7] == "AC-1002"


@pytest.mark.parametrize("unseen", UNSEEN)
def test_an_order_number_is_the_same_with_them_behind_it(unseen: str) -> None:
    body = order(head=WANTED).replace(b"4600000733*", f"4600000733{unseen}*".encode())
    got = answered(body)
    assert got.order.number == "4600000733"
    assert got.statuses == ["accepted"]


@pytest.mark.parametrize("unseen", INSIDE)
def test_an_item_number_that_holds_one_is_refused_with_the_sign_written_out_and_the_answer_is_written(
    unseen: str,
) -> None:
    got = answered(order(head=WANTED, lines=f"PO1*1*250*EA*1.875*PE*BP*AC-10{unseen}02~"))
    assert got.statuses == ["rejected"]
    code = ord(unseen)
    assert f"'AC-10\\{f'x{code:02x}' if code < 256 else f'u{code:04x}'}02'" in got.reason("BUS-ITEM-UNKNOWN")
    assert got.segments("PO1")[0][7] == f"AC-10{unseen}02"


@pytest.mark.parametrize("unseen", INSIDE)
def test_what_is_repeated_to_the_buyer_may_hold_them(unseen: str) -> None:
    got = answered(order(head=f"REF*CO*PRJ{unseen}7~{WANTED}", lines=f"PO1*1{unseen}A*{ITEM}"))
    assert got.statuses == ["accepted"]
    assert got.segments("PO1")[0][1] == f"1{unseen}A"


@pytest.mark.parametrize("unseen", ["\u00a0", "\u2007", "\u3000", "\u200b"])
def test_a_number_with_one_behind_it_is_as_faulty_as_one_with_a_blank(unseen: str) -> None:
    with pytest.raises(AssertionError, match="has a blank behind it"):
        answered(order(head=WANTED, lines=f"PO1*1*250{unseen}*EA*1.875*PE*BP*AC-1002~"))
