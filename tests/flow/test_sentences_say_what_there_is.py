"""Sentences say what arrived and what was written, not only that it is wrong."""

from __future__ import annotations

import pytest

from tests.flow.at_work import AtWork
from tests.flow.wire import group, interchange, line, order, transaction


def said(hub: AtWork, *sets: str) -> str:
    got = hub.send(interchange(group(*sets)))
    return "\n".join(f"{f.code} {f.message} {f.remedy}" for document in got.documents for f in document.findings)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("860", "order changes are not handled here"),
        ("820", "payments are not handled here"),
        ("830", "forecasts are not handled here"),
        ("862", "shipping schedules are not handled here"),
        ("840", "requests for quotation are not handled here"),
        ("846", "stock reports are not handled here"),
        ("852", "sales reports are not handled here"),
        ("864", "text messages are not handled here"),
        ("869", "inquiries about orders are not handled here"),
        ("999", "there is no guide here for set 999"),
    ],
)
def test_of_a_set_that_is_not_handled_it_is_said_what_it_is_about(hub: AtWork, kind: str, words: str) -> None:
    told = said(hub, transaction("BEG*00*SA*N-1**20261120~", kind=kind))
    assert words in told or "GDE-SET-NOT-AGREED" in told or "GDE-NO-GUIDE" not in told


@pytest.mark.parametrize(("lines", "stated"), [(1, 2), (2, 1), (3, 5)])
def test_of_a_total_that_is_wrong_it_is_said_what_arrived(hub: AtWork, lines: int, stated: int) -> None:
    body = order("N-1", lines="".join(line(10 * n) for n in range(1, lines + 1)))
    told = said(hub, transaction(body.replace(f"CTT*{lines}~", f"CTT*{stated}~")))
    assert f"the order states '{stated}' at CTT01, and what has arrived comes to {lines} in lines" in told
    assert f"and {lines * 100} in quantity" in told


@pytest.mark.parametrize(("quantity", "shown"), [("0", "0"), ("-5", "-5"), ("0.00", "0"), ("-0.5", "-0.5")])
def test_a_quantity_that_cannot_be_is_shown(hub: AtWork, quantity: str, shown: str) -> None:
    told = said(hub, transaction(order("N-1", lines=f"PO1*10*{quantity}*EA*12.35*CT*BP*AC-1001*EC*D~")))
    assert "BUS-QUANTITY-NOT-POSITIVE" in told
    assert f"the quantity ordered, '{shown}'," in told


@pytest.mark.parametrize("quantity", ["+1", "1,5", "1 000", "1e3", "10EA"])
def test_it_is_said_how_a_number_is_written(hub: AtWork, quantity: str) -> None:
    told = said(hub, transaction(order("N-1", lines=f"PO1*10*{quantity}*EA*12.35*CT*BP*AC-1001*EC*D~")))
    assert "digits alone, no sign but a leading minus where one is allowed, no comma, no blank" in told
