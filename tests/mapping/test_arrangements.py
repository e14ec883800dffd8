"""Documents laid out for a wire whose lines are cut otherwise than ours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from hub.canonical.order import AnsweredLine, OrderAcknowledgement, Promise
from hub.canonical.shared import OrderRef, Text
from hub.kernel.errors import Misconfigured
from hub.kernel.words import Quantity, When
from hub.mapping.arrangements import by_part
from tests.mapping.small import given

DAY, LATER = When(on=date(2027, 1, 18)), When(on=date(2027, 2, 15))


def pieces(count: int) -> Quantity:
    return Quantity(value=Decimal(count), unit="each")


SPLIT = AnsweredLine(
    number="10",
    quantity=pieces(12),
    status="accepted-with-changes",
    promises=[
        Promise(status="accepted", quantity=pieces(8), deliver=DAY),
        Promise(status="date-rescheduled", quantity=pieces(4), deliver=LATER, reason="the furnace is full until then"),
    ],
    notes=[Text(text="4 each on 2027-02-15: the furnace is full until then")],
)
ANSWER = OrderAcknowledgement(order=OrderRef(number="4711"), verdict="accepted-with-changes", lines=[SPLIT])


def arranged(answer: OrderAcknowledgement) -> OrderAcknowledgement:
    found, _ = by_part(answer)
    assert isinstance(found, OrderAcknowledgement)
    assert by_part(found) == (found, []), "a second turn changes nothing"
    return found


def test_each_part_of_a_line_is_a_line_with_its_own_number_quantity_day_and_reason() -> None:
    first, second = arranged(ANSWER).lines
    assert (first.number, first.answer_line, second.number, second.answer_line) == ("10", "1", "10", "2")
    assert (first.quantity, second.quantity) == (pieces(8), pieces(4))
    assert [each.deliver for line in (first, second) for each in line.promises] == [DAY, LATER]
    assert first.notes == []
    assert second.notes == [Text(text="the furnace is full until then")]


def test_a_line_in_one_part_keeps_all_that_is_said_of_it_as_one_note() -> None:
    line = replace(SPLIT, promises=SPLIT.promises[:1], notes=[Text(text="first"), Text(text="second")])
    [found] = arranged(replace(ANSWER, lines=[line])).lines
    assert found.notes == [Text(text="first\nsecond")]


def test_where_nothing_but_the_day_it_leaves_us_is_promised_that_is_said_in_words() -> None:
    line = replace(SPLIT, promises=[Promise(quantity=pieces(12), ship=DAY)], notes=[])
    [found] = arranged(replace(ANSWER, lines=[line])).lines
    assert found.promises == []
    assert found.notes == [Text(text="leaves our dock on 2027-01-18")]


def test_a_refused_part_of_a_changed_line_is_said_to_be_refused() -> None:
    line = replace(SPLIT, promises=[SPLIT.promises[0], replace(SPLIT.promises[1], status="rejected")])
    assert [each.status for each in arranged(replace(ANSWER, lines=[line])).lines] == [
        "accepted-with-changes",
        "rejected",
    ]


def test_a_line_that_waits_is_left_out_and_told_and_so_are_all_of_an_order_that_waits() -> None:
    waits = replace(SPLIT, status="on-hold", promises=[Promise(status="on-hold", quantity=pieces(12))])
    found, told = by_part(replace(ANSWER, lines=[waits, SPLIT]))
    assert isinstance(found, OrderAcknowledgement)
    assert [(each.number, each.answer_line) for each in found.lines] == [("10", "1"), ("10", "2")]
    assert [(each.code, each.location.path) for each in told] == [("MAP-LEFT-OUT", "lines[0]")]
    whole, told = by_part(replace(ANSWER, verdict="held", lines=[waits]))
    assert isinstance(whole, OrderAcknowledgement)
    assert (whole.lines, [each.code for each in told]) == ([], ["MAP-LEFT-OUT"])


def test_a_map_that_names_an_arrangement_its_document_has_not_is_at_fault_by_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"small\.toml:4.*no arranged 'by-part'"):
        given(tmp_path, 'arranged = "by-part"\n[fields]\nkind = "BEG01"\n')
