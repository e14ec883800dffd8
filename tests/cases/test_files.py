"""Files from the field, handed in at each door: each is answered as is right, everywhere alike."""

from __future__ import annotations

import pytest

from tests.cases.conftest import ABOUT_OURS, FILES, AtDoor, name_of
from tests.cases.rows import ROWS, Row
from tests.cases.told import told_days

BY_NAME = {row.name: row for row in ROWS}
STEMS = {name_of(path): path.stem for path in sorted(FILES.glob("*.edi"))}
rows = pytest.mark.parametrize("row", ROWS, ids=[STEMS[row.name] for row in ROWS])


def test_every_file_has_its_right_answer() -> None:
    assert set(BY_NAME) | set(ABOUT_OURS) == set(STEMS)


@rows
def test_its_form_is_acknowledged_as_is_right(row: Row, at_door: AtDoor) -> None:
    if row.form is not None:
        assert at_door.came[row.name].form == list(row.form), at_door.came[row.name].said


@rows
def test_its_orders_are_answered_as_is_right(row: Row, at_door: AtDoor) -> None:
    if row.orders is not None:
        assert at_door.came[row.name].orders == list(row.orders), at_door.came[row.name].said


@rows
def test_it_is_taken_for_what_it_is(row: Row, at_door: AtDoor) -> None:
    came = at_door.came[row.name]
    if row.test is not None:
        assert came.detail.message.test == row.test
    if row.outcome is not None:
        assert came.detail.message.outcome == row.outcome


@rows
def test_a_person_is_called_when_one_is_needed(row: Row, at_door: AtDoor) -> None:
    came = at_door.came[row.name]
    if row.anyone is not None:
        assert came.called == row.anyone, came.said


@rows
def test_what_is_said_of_it_helps(row: Row, at_door: AtDoor) -> None:
    said = at_door.came[row.name].said
    assert [text for text in row.says if text not in said] == [], said
    assert [text for text in row.never if text in said] == [], said


@rows
def test_it_is_found_by_the_numbers_of_its_orders(row: Row, at_door: AtDoor) -> None:
    message = at_door.came[row.name].detail.message.id
    assert [number for number in row.found if message not in at_door.door.found(number)] == []


def test_an_acknowledgement_is_never_acknowledged(at_door: AtDoor) -> None:
    for name in ("01", "02", "03", *(name for name in STEMS if "997" in STEMS[name])):
        answers = at_door.came[name].answers
        assert [sent.kind for sent in answers if sent.kind != "TA1"] == [], STEMS[name]
    assert at_door.came["01"].answers == at_door.came["02"].answers == []


def test_no_day_is_promised_outside_of_what_the_order_states(at_door: AtDoor) -> None:
    """Of each order: the statuses of "as ordered" only with a day that it allows; anything else is said or held."""
    allowed = {  # order: the first and last day it allows at the dock, or as it leaves us
        "4600000645": ("20270305", "20270305"),
        "4600000646": ("20270304", "20270304"),  # 02:00 UT is still the day before in Chicago
        "4600000650": ("20270305", "20270305"),
        "4600000651": ("20270305", "20270319"),
        "4600000705": ("20270305", "20270305"),
        "4600000706": ("20270305", "20270305"),
        "4600000707": ("20270305", "20270305"),
        "4600000708": ("20270305", "20270305"),
        "4600000709": ("20270301", "20270312"),
        "4600000720": ("20261210", "20261210"),
        "4600000721": ("00000000", "20261220"),
    }
    for name in ("49", "68", "81"):
        came = at_door.came[name]
        for number, promises in told_days(came.answers).items():
            first, last = allowed[number]
            for status, _, day in promises:
                if status == "IA":
                    assert first <= day <= last, (number, status, day)
                elif status == "IH":
                    assert came.called, number
                else:
                    assert status in ("DR", "IC", "IR"), (number, status)


def test_an_order_is_not_promised_for_after_its_cancel_date(at_door: AtDoor) -> None:
    promised = told_days(at_door.came["81"].answers)
    assert [status for status, _, _ in promised["4600000720"]] in (["IH"], ["IR"])
    assert [status for status, _, _ in promised["4600000721"]] in (["IH"], ["IR"])


def test_every_place_of_delivery_is_kept_or_asked_about(at_door: AtDoor) -> None:
    came = at_door.came["86"]
    assert "DC09" in came.said
    assert {status for status, _, _ in told_days(came.answers)["4600000731"]} == {"IH"}


def test_a_line_without_a_number_gets_a_free_one_and_is_taken(at_door: AtDoor) -> None:
    (told,) = at_door.came["57"].orders
    number, _, lines = told.partition(": ")
    stated = [line.split()[0] for line in lines.split("; ")]
    assert number == "4600000677 AD"
    assert len(set(stated)) == len(stated) == 5
    assert {"1", "01", "A-7", "00000000000000000001"} < set(stated)
    assert all(line.endswith("IA 20270305") for line in lines.split("; "))


def test_dates_that_are_none_are_refused_and_named(at_door: AtDoor) -> None:
    came = at_door.came["48"]
    wrong = [segment for segment in came.form if segment.startswith("AK4*2*373")]
    assert [segment.split("*")[3] for segment in wrong[:6]] == ["4", "8", "8", "5", "5", "8"]
    assert came.orders[0] == "4600000630 AD: 1 IA 20270305"
    assert came.orders[-1] == "4600000639 RD: 1 IR"


def test_a_wrong_number_of_lines_is_told_with_a_reason_and_calls_a_person(at_door: AtDoor) -> None:
    form = at_door.came["51"].form
    for at, segment in enumerate(form):
        if segment.startswith("AK5*E"):
            assert segment.count("*") > 1 or form[at - 1].startswith(("AK3", "AK4")), form
    promised = told_days(at_door.came["51"].answers)
    assert [status for status, _, _ in promised["4600000660"]] == ["IA"]
    assert [status for status, _, _ in promised["4600000661"]] != ["IA"], "a line may be lost"


def test_a_total_that_the_lines_do_not_make_is_asked_about(at_door: AtDoor) -> None:
    came = at_door.came["87"]
    assert "BUS-TOTAL" in came.said


def test_a_text_in_windows_1252_arrives_as_it_was_written(at_door: AtDoor) -> None:
    (document,) = at_door.came["22"].detail.documents
    assert document.canonical is not None
    text = document.canonical.decode()
    assert "Don’t ship before…" in text
    assert "Hémostase – valve “body” 5 µm ® €" in text


def test_blanks_that_fill_up_an_element_reach_nobody(at_door: AtDoor) -> None:
    came = at_door.came["31"]
    assert all(" *" not in "*".join(segment) for sent in came.answers if sent.kind == "855" for segment in sent.segments
               if segment[0] not in ("ISA",))  # fmt: skip
    assert len(at_door.door.orders("4600000538")) == 1


def test_an_acknowledgement_of_form_is_valid_by_its_own_release(at_door: AtDoor) -> None:
    (group,) = [segment for segment in at_door.came["38"].form if segment.startswith("AK9*R")]
    assert set(group.split("*")[5:]) <= {"1", "2", "3", "4", "5", "6", "10", "11", "12", "13", "14", "15", "16", "17",
                                         "18", "23", "24", "25", "26"}  # element 716 in 004010  # fmt: skip
    assert "19" not in group.split("*")[5:], "19 is another fault in 004010"
    tags = [segment.split("*")[1] for segment in at_door.came["30"].form if segment.startswith("AK3")]
    assert all(2 <= len(tag) <= 3 for tag in tags), tags
