"""Where the goods go, what is counted, what is priced: whatever an 850 says of it is weighed, or a person is called."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.business.orders.from_wire import ITEM, SHIP_TO, answered, order

WANTED = "DTM*002*20270305~"
ELSEWHERE = [
    "N1*ST*Galway*92*DC09~N3*2 B St~N4*Galway**H91*IE~",
    "N1*ST*Galway~N3*2 B St~N4*Galway**H91*IE~",
    "N1*ST*Acme DC Memphis*92*DC05~",
    "N1*Z7*Ward 3*92*W3~",
    "N1*UC*Clinic*92*C7~",
    "N1*CN*Carrier's yard*92*Y1~",
    "N1*BS*Acme HQ*92*HQ~",
    "N1*MA*Hospital*92*H1~",
    "N1*WH*Store room*92*S1~",
    "N1*DA*Dock 9*92*D9~",
    "N1*FW*Forwarder*92*F1~",
    "N1*87*Somebody*92*X1~",
    "N1*C1*Care of*92*CO~",
]
THE_SAME = [
    "N1*ST*Acme DC Memphis*92*DC04~",
    "N1*ST**92*DC04~",
    "N1*CN*Acme DC Memphis*92*DC04~",
    "N1*Z7*Acme DC Memphis*92*DC04~N3*100 Hub Way~N4*Memphis*TN*38118*US~",
    "N1*BT*Acme HQ*92*HQ~",
    "N1*SO*Acme HQ*92*HQ~",
    "N1*EN*Hospital*92*H1~",
    "N1*CA*Carrier*2*UPSN~",
    "N1*SF*MedCM*92*P1~",
    "N1*RI*Acme*92*R1~",
]


@pytest.mark.parametrize("party", ELSEWHERE)
def test_a_second_place_the_goods_could_go_to_holds_the_line_that_names_it(party: str) -> None:
    got = answered(order(head=WANTED, lines=f"PO1*1*{ITEM}{party}PO1*2*{ITEM}"))
    assert got.statuses == ["on-hold", "accepted"]
    assert got.codes & {"BUS-PLACE", "BUS-PLACE-UNKNOWN"}
    assert [ack[1] for ack in got.segments("ACK")] == ["IH", "IA"]


@pytest.mark.parametrize("party", ELSEWHERE)
def test_a_second_place_the_goods_could_go_to_holds_the_order_that_names_it(party: str) -> None:
    assert answered(order(head=WANTED, ship_to=SHIP_TO + party)).held


@pytest.mark.parametrize("party", THE_SAME)
def test_the_same_place_and_parties_that_no_goods_go_to_hold_nothing(party: str) -> None:
    assert answered(order(head=WANTED, line=party)).statuses == ["accepted"]
    assert answered(order(head=WANTED, ship_to=SHIP_TO + party)).statuses == ["accepted"]


@pytest.mark.parametrize(
    ("schedules", "status"),
    [
        ("SCH*250*EA*ST*DC04*002*20270305~", "accepted"),
        ("SCH*250*EA*ST*Acme DC Memphis*002*20270305~", "accepted"),
        ("SCH*100*EA*ST*DC04*002*20270305~SCH*150*EA*ST*DC04*002*20270405~", "accepted"),
        ("SCH*250*EA***002*20270305~", "accepted"),
        ("SCH*250*EA*ST*DC09*002*20270305~", "on-hold"),
        ("SCH*100*EA*ST*DC04*002*20270305~SCH*150*EA*ST*DC09*002*20270305~", "on-hold"),
        ("SCH*250*EA*Z7*W3*002*20270305~", "on-hold"),
        ("SCH*250*EA*CN*DC09*002*20270305~", "on-hold"),
        ("SCH*250*EA*BT*DC04*002*20270305~", "on-hold"),
        ("SCH*250*EA*87*DC04*002*20270305~", "on-hold"),
        ("N1*ST*Acme DC Memphis*92*DC04~SCH*250*EA***002*20270305~", "on-hold"),
    ],
)
def test_the_place_of_a_schedule_is_kept_and_weighed(schedules: str, status: str) -> None:
    got = answered(order(line=schedules))
    assert got.statuses == [status]
    parts = got.order.lines[0].schedules
    assert [part.place for part in parts] == [
        each.split("*")[4] or None for each in schedules.split("~") if "SCH" in each
    ][: len(parts)]


@pytest.mark.parametrize(
    ("foot", "held"),
    [
        ("CTT*1*250~", False),
        ("CTT*1~", False),
        ("CTT*01*000250~", False),
        ("CTT*1*250.0~", False),
        ("CTT*2*250~", True),
        ("CTT*2~", True),
        ("CTT*3*500~", True),
        ("CTT*0~", True),
        ("CTT*10~", True),
        ("CTT*1*999~", True),
        ("CTT*1*249~", True),
        ("CTT*1*250.5~", True),
        ("CTT*999999*250~", True),
        ("CTT*1*25.0~", True),
        ("CTT*1*-249~", True),
    ],
)
def test_a_count_or_sum_that_says_something_was_lost_calls_a_person(foot: str, held: bool) -> None:
    got = answered(order(head=WANTED, foot=foot))
    assert got.held is held
    if held:
        assert "may be lost" in got.reason("BUS-COUNT")
        assert got.segments("BAK")[0][2] == "AH"


@pytest.mark.parametrize(
    ("quantities", "stated", "differs"),
    [
        (["0.5"], "0.5", False),  # as most write it
        (["0.5"], "5", False),  # as the standard says: a hash total has no decimal point
        (["0.5", "1"], "1.5", False),
        (["0.5", "1"], "6", False),
        (["0.5", "1"], "15", True),
        (["-5", "7"], "2", False),
        (["-5", "7"], "12", False),  # and no sign
        (["-5"], "-5", False),
        (["-5"], "5", False),
        (["-5"], "4", True),
        (["99999999999", "100000002000"], "0000001999", False),  # what is too long loses its leftmost digits
        (["99999999999", "100000002000"], "1999", False),
        (["99999999999", "100000002000"], "2000", True),
        (["12345678901.5"], "3456789015", False),
        (["12345678901.5"], "345678901.5", False),
        (["1.10", "2"], "112", False),
        (["1.10", "2"], "113", True),
    ],
)
def test_a_hash_total_is_held_against_the_lines_by_the_standards_rule(
    quantities: list[str], stated: str, differs: bool
) -> None:
    lines = "".join(f"PO1*{n}*{each}*EA*1*PE*BP*AC-1002~" for n, each in enumerate(quantities, 1))
    got = answered(order(lines=lines, foot=f"CTT*{len(quantities)}*{stated}~"))
    assert ("BUS-COUNT" in got.codes) is differs


@pytest.mark.parametrize(
    ("quantities", "said"),
    [
        (["250"], "250"),
        (["250", "99999999999"], "249"),
        (["0.5"], "5"),
        (["-5"], "5"),
        (["-5", "7"], "12"),
        (["-.0018", ".18", "1.8", "18.01"], "1855"),
        (["9999999999"], "9999999999"),
        (["9999999999", "1"], "0"),
        (["999999999999999", "999999999999999"], "9999999998"),
        (["0.00000000000001", "999999999999999"], "0"),
        (["1234567.12345678"], "6712345678"),
    ],
)
def test_our_hash_total_is_the_standards_and_never_too_long(quantities: list[str], said: str) -> None:
    lines = "".join(f"PO1*{n}*{each}*EA*1*PE*BP*AC-1002~" for n, each in enumerate(quantities, 1))
    assert answered(order(lines=lines)).segments("CTT") == [["CTT", str(len(quantities)), said]]


BASES = {
    "": ("1.875", Decimal("468.75")),
    "CT": ("1.875", Decimal("468.75")),
    "PE": ("1.875", Decimal("468.75")),
    "TE": ("1.875", Decimal("468.75")),
    "QE": ("1.875", Decimal("468.75")),
    "UM": ("1.875", Decimal("468.75")),
    "HP": ("187.5", Decimal("468.75")),
    "PN": ("18.75", Decimal("468.75")),
    "PD": ("22.5", Decimal("468.75")),
    "TC": ("187.5", Decimal("468.75")),
    "QH": ("187.5", Decimal("468.75")),
    "TP": ("1875", Decimal("468.75")),
    "TM": ("1875", Decimal("468.75")),
    "QS": ("1875", Decimal("468.75")),
    "TT": ("18750", Decimal("468.75")),
    "HT": ("187500", Decimal("468.75")),
}


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("off", ["0", "0.01", "0.02", "-0.02", "1000", "-468"])
def test_the_total_of_the_order_is_checked_whatever_the_basis_of_its_prices(basis: str, off: str) -> None:
    amount, total = BASES[basis]
    line = ITEM.replace("1.875*PE", f"{amount}*{basis}")
    got = answered(order(head=WANTED, lines=f"PO1*1*{line}", foot=f"CTT*1~AMT*TT*{total + Decimal(off)}~"))
    assert ("BUS-TOTAL" in got.codes) is (abs(Decimal(off)) > Decimal("0.01"))
    assert got.statuses == ["accepted"]


@pytest.mark.parametrize(
    "lines",
    [
        f"PO1*1*{ITEM.replace('1.875*PE', '*')}",  # no price: the contract's is filled in
        f"PO1*1*{ITEM.replace('1.875*PE', '1.875*SR')}",  # a basis nobody knows
        f"PO1*1*{ITEM.replace('1.875*PE', '1.875*PP')}",  # by the pound
        f"PO1*1*{ITEM}SAC*C*F050***1000~",
        f"PO1*1*{ITEM}PO1*2*{ITEM.replace('1.875*PE', '*')}",
        f"PO1*1*{ITEM.replace('1.875*PE', '1.875*PM')}",
        f"PO1*1*{ITEM}CUR*BY*EUR~",
        f"PO1*1*{ITEM}PO1*2*{ITEM}SAC*A*C310***500~",
        f"PO1*1*{ITEM.replace('250*EA', '2*KG')}",
        f"PO1*1*{ITEM.replace('1.875*PE', '1.875*LE')}",
    ],
)
def test_a_total_that_does_not_follow_from_the_lines_is_not_called_wrong(lines: str) -> None:
    got = answered(order(head=WANTED, lines=lines, foot=f"CTT*{lines.count('PO1*')}~AMT*TT*99999~"))
    assert "BUS-TOTAL" not in got.codes


@pytest.mark.parametrize("currency", ["EUR", "CNY", "JPY", "GBP", "CHF", "CAD", "MXN", "SEK", "AUD", "INR"])
@pytest.mark.parametrize("whose", ["BY", "SE"])
def test_a_line_in_another_currency_than_its_order_is_refused_for_that_and_the_others_stand(
    currency: str, whose: str
) -> None:
    got = answered(order(head=WANTED, lines=f"PO1*1*{ITEM}CUR*{whose}*{currency}~PO1*2*{ITEM}"))
    assert got.statuses == ["rejected", "accepted"]
    assert f"line 1: ordered in '{currency}', the rest of the order in 'USD'" in got.reason("BUS-CURRENCY-MIXED")
    assert [ack[1] for ack in got.segments("ACK")] == ["IR", "IA"]


def test_a_line_that_repeats_the_currency_of_its_order_is_taken() -> None:
    assert answered(order(head=WANTED, line="CUR*BY*USD~")).statuses == ["accepted"]


NUMBERS = [
    (["", "1"], ["3", "1"]),
    (["1", ""], ["1", "2"]),
    (["", ""], ["1", "2"]),
    (["2", ""], ["2", "3"]),
    (["", "2"], ["1", "2"]),
    (["", "01"], ["3", "01"]),
    (["", "0001"], ["3", "0001"]),
    (["", "", "1"], ["4", "2", "1"]),
    (["", "", "1", "2"], ["5", "6", "1", "2"]),
    (["", "1", "3"], ["4", "1", "3"]),
    (["", "1", "4"], ["5", "1", "4"]),
    (["10", "", "20"], ["10", "2", "20"]),
    (["A-7", "", ""], ["A-7", "2", "3"]),
    (["", "1", "01", "A-7", "00000000000000000001"], ["6", "1", "01", "A-7", "00000000000000000001"]),
]


@pytest.mark.parametrize(
    ("said", "called"), NUMBERS, ids=["/".join(each or "-" for each in said) for said, _ in NUMBERS]
)
def test_a_line_without_a_number_gets_one_that_no_other_line_has(said: list[str], called: list[str]) -> None:
    got = answered(order(head=WANTED, lines="".join(f"PO1*{number}*{ITEM}" for number in said)))
    assert got.statuses == ["accepted"] * len(said)
    assert [line.number for line in got.order.lines] == called
    assert [each[1] for each in got.segments("PO1")] == called
    assert len(set(called)) == len(called)


@pytest.mark.parametrize("condition", ["P2", "P3", "P4", "SC", "SP", "BK", "SV", "FT", "SE", "IS", "Z", "F"])
def test_a_condition_of_how_to_ship_holds_the_order(condition: str) -> None:
    got = answered(order(head=f"CSH*{condition}~{WANTED}"))
    assert got.held
    assert "BUS-CONDITION" in got.codes


@pytest.mark.parametrize("condition", ["N", "Y", "B", "O", "NS", "SS"])
def test_a_condition_that_means_nothing_for_what_is_made_to_order_holds_nothing(condition: str) -> None:
    assert answered(order(head=f"CSH*{condition}~{WANTED}")).statuses == ["accepted"]
