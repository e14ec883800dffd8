"""The customers of the reference data who speak no X12: their samples are answered as their READMEs say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.flow.at_work import AtWork
from tests.house import CHECKOUT


@pytest.mark.parametrize(
    ("partner", "sample", "said"),
    [
        ("summit-surgical", "order.xml", b"SU-2026-004802"),
        ("helix-diagnostics", "order.json", b"HX-100-2240"),
        ("borealis-ortho", "order.edi", b"|BOREALISORTHO "),
    ],
)
def test_a_sample_is_accepted_as_ordered_and_acknowledged(hub: AtWork, partner: str, sample: str, said: bytes) -> None:
    got = hub.send(Path(CHECKOUT / "partners" / partner / "samples" / sample).read_bytes(), partner)
    assert (got.message.validation, got.message.outcome, got.message.why) == ("valid", "accepted", None)
    assert {finding.code for document in got.documents for finding in document.findings} == {"BUS-NOT-PLANNED"}
    answers = hub.answers(got.message.id)
    assert {row.document for row in got.answers} == {"FunctionalAcknowledgement", "OrderAcknowledgement"}
    assert all(said in each.body for each in answers)


def test_a_line_of_many_deliveries_is_answered_in_notes_that_the_dialect_has_room_for(hub: AtWork) -> None:
    days = [date(2027, 1, 18) + timedelta(days=n) for n in range(25)]
    parts = "".join(f'<Delivery><Quantity unit="EA">10</Quantity><Date>{day}</Date></Delivery>' for day in days)
    price = '<UnitPrice currency="EUR">41.20</UnitPrice>'
    order = Path(CHECKOUT / "partners" / "summit-surgical" / "samples" / "order.xml").read_text()
    got = hub.send(order.replace(price, price + parts).encode(), "summit-surgical")
    assert (got.message.outcome, got.message.attention) == ("accepted", None)
    answer = next(sent.body.decode() for sent in hub.answers(got.message.id) if b"<OrderResponse" in sent.body)
    notes = re.findall("<Note>([^<]*)</Note>", answer)
    assert [line for note in notes[:-1] for line in note.splitlines()] == [
        f"10 each on {day}: requested date, not yet planned" for day in days
    ]
    assert max(map(len, notes)) <= 500
