"""What an order says of its kind, contract, prices, packs, goods and day is weighed, or a person is called."""

from __future__ import annotations

import pytest

from tests.business.orders.from_wire import ITEM, answered, order
from tests.flow.wire import group, interchange, transaction

WANTED = "DTM*002*20270305~"


def of_kind(kind: str, *, head: str = WANTED, placed: str = "20261127", contract: str = "BPA-2026-017") -> bytes:
    """Return an order of the kind ``kind``, else as it should be."""
    begin = f"BEG*00*{kind}*4600000733**{placed}*{contract}~CUR*BY*USD~"
    return interchange(group(transaction(f"{begin}{head}N1*ST*Acme DC Memphis*92*DC04~PO1*1*{ITEM}CTT*1~")))


@pytest.mark.parametrize(
    "kind",
    [
        "AB",
        "BD",
        "BE",
        "BH",
        "BK",
        "BL",
        "BQ",
        "CA",
        "CC",
        "CF",
        "CN",
        "CP",
        "CR",
        "FH",
        "IN",
        "KA",
        "KB",
        "KC",
        "KO",
        "KT",
        "LS",
        "NO",
        "RA",
        "RC",
        "RN",
    ],
)
def test_a_kind_of_order_that_is_not_simply_made_and_delivered_is_held(kind: str) -> None:
    got = answered(of_kind(kind))
    assert got.held
    assert got.codes == {"BUS-KIND"}


@pytest.mark.parametrize(
    "kind",
    [
        "RR",
        "RT",
        "RW",
        "SO",
        "ST",
        "SW",
        "TC",
        "TM",
        "TR",
        "UD",
        "UE",
        "US",
        "WO",
        "ZZ",
        "JL",
        "KR",
        "AC",
        "AO",
        "KD",
        "KE",
        "KG",
        "KI",
        "KP",
        "KQ",
        "KS",
        "LB",
    ],
)
def test_nor_is_one_that_ends_renews_or_repairs_something(kind: str) -> None:
    assert answered(of_kind(kind)).codes == {"BUS-KIND"}


@pytest.mark.parametrize(
    "kind", ["SA", "NE", "KN", "RE", "RL", "RO", "EO", "OS", "DS", "DR", "CO", "PR", "NP", "NS", "SS", "SP"]
)
def test_an_order_to_be_made_is_made(kind: str) -> None:
    assert answered(of_kind(kind)).statuses == ["accepted"]


OTHER_CONTRACTS = [
    (f"REF*CT*QTE-2026-088~{WANTED}", ""),
    (f"REF*CT*UNKNOWN-1~{WANTED}", ""),
    (f"REF*PR*QTE-2026-088~{WANTED}", ""),
    (f"REF*AH*BPA-2026-021~{WANTED}", ""),
    (f"REF*BC*BPA-2023-004~{WANTED}", ""),
    (f"REF*CT*BPA-2026-017~REF*CT*BPA-2026-021~{WANTED}", ""),
    (WANTED, "REF*CT*QTE-2026-088~"),
    (WANTED, "REF*CT*BPA-2026-021~"),
    (WANTED, "REF*PR*QTE-2026-088~"),
    (WANTED, "REF*AH*BPA-2023-004~"),
]


@pytest.mark.parametrize(("head", "line"), OTHER_CONTRACTS)
def test_a_second_contract_wherever_it_is_named_is_asked_about(head: str, line: str) -> None:
    got = answered(order(head=head, line=line))
    assert got.held
    assert got.codes == {"BUS-CONTRACT-TWICE"}


@pytest.mark.parametrize("number", ["QTE-2026-088", "BPA-2026-021", "OTHER-9"])
def test_a_second_contract_among_the_numbers_of_a_line_is_asked_about(number: str) -> None:
    got = answered(order(head=WANTED, lines=f"PO1*1*{ITEM.rstrip('~')}*CR*{number}~"))
    assert got.codes == {"BUS-CONTRACT-TWICE"}


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (f"REF*CT*BPA-2026-017~{WANTED}", ""),
        (f"REF*CT*BPA-2026-017~REF*CT*BPA-2026-017~{WANTED}", ""),
        (f"REF*PR*THEIR-QUOTE-7~{WANTED}", ""),
        (f"REF*AH*THEIR-PAPER~{WANTED}", ""),
        (f"REF*BC*9000123~{WANTED}", ""),
        (f"REF*PR*BPA-2026-017~{WANTED}", ""),
        (WANTED, "REF*CT*BPA-2026-017~"),
        (WANTED, "REF*PR*Q7~"),
        (WANTED, "REF*AH*BPA-2026-017~"),
        (WANTED, "REF*CO*QTE-2026-088~"),
    ],
)
def test_the_same_contract_again_or_a_number_of_theirs_holds_nothing(head: str, line: str) -> None:
    assert answered(order(head=head, line=line)).statuses == ["accepted"]


def test_a_contract_that_only_the_line_names_is_the_one_of_its_price() -> None:
    box = "PO1*1*60*BX*42*CT*BP*AC-1004*EC*F~"
    assert answered(_without_contract(f"{box}REF*CT*QTE-2026-088~")).statuses == ["accepted"]
    assert "BUS-PRICE-OFF-CONTRACT" in answered(_without_contract(f"{box}REF*CT*BPA-2026-017~")).codes
    assert answered(_without_contract(box)).codes == {"BUS-CONTRACT-UNCLEAR"}


def _without_contract(lines: str) -> bytes:
    begin = "BEG*00*SA*4600000733**20261127~CUR*BY*USD~"
    return interchange(group(transaction(f"{begin}{WANTED}N1*ST*Acme DC Memphis*92*DC04~{lines}CTT*1~")))


ASKS_FOR_GOODS = ["REF*LT*L-77~", "REF*BT*B-1~", "REF*SE*SN-9~", "REF*HC*H-5~", "REF*LT**the lot of last week~"]


@pytest.mark.parametrize("asked", ASKS_FOR_GOODS)
def test_goods_that_exist_already_are_not_promised(asked: str) -> None:
    for body in (order(head=WANTED, line=asked), order(head=f"{asked}{WANTED}")):
        got = answered(body)
        assert got.held
        assert got.codes == {"BUS-LOT"}


@pytest.mark.parametrize("asked", ["LT*L-77", "SN*SN-9", "HN*H-5"])
def test_nor_are_they_where_a_number_of_the_line_asks_for_them(asked: str) -> None:
    got = answered(order(head=WANTED, lines=f"PO1*1*{ITEM.rstrip('~')}*{asked}~"))
    assert got.codes == {"BUS-LOT"}
    assert asked[3:] in got.reason("BUS-LOT")


@pytest.mark.parametrize(
    "price",
    [
        "CTP**CON*1.90~",
        "CTP**CON*1.90*250*EA~",
        "CTP**NET*1.80~",
        "CTP**ACT*187.5~",
        "CTP**QTE*1.87~",
        "CTP**UCP*1.8751~",
        "CTP***1.90~",
        "CTP**PRP*1.5~",
        "CTP**CON*1.875*100*EA~CTP**CON*1.80*200*EA~",
        "CTP**CON*1.875~CTP**NET*1.70~",
        "CTP**CON*0~",
    ],
)
def test_a_second_price_that_would_be_paid_is_asked_about(price: str) -> None:
    got = answered(order(head=WANTED, line=price))
    assert got.held
    assert got.codes == {"BUS-PRICE-TWICE"}


@pytest.mark.parametrize(
    "price",
    [
        "CTP**CON*1.875~",
        "CTP**CON*1.8750*250*EA~",
        "CTP**MSR*9.90~",
        "CTP**RTL*9.90~",
        "CTP**RES*3~",
        "CTP**LPR*2.50~",
        "CTP**CAT*2.50~",
        "CTP**WHL*2~",
        "CTP**CON*1.875*100*EA~CTP**CON*1.70*1000*EA~",
        "CTP**CON*1.95*10*EA~CTP**CON*1.875*250*EA~",
    ],
)
def test_the_same_price_again_and_one_nobody_pays_to_us_hold_nothing(price: str) -> None:
    assert answered(order(head=WANTED, line=price)).statuses == ["accepted"]


def test_a_price_for_a_hundred_and_the_same_for_one_are_one_price() -> None:
    line = f"PO1*1*{ITEM.replace('1.875*PE', '187.5*HP')}CTP**CON*1.875~"
    assert answered(order(head=WANTED, lines=line)).statuses == ["accepted"]


def test_an_order_that_says_its_price_only_beside_the_line_is_not_answered_with_another() -> None:
    line = f"PO1*1*{ITEM.replace('1.875*PE', '*')}CTP**CON*1.90~"
    assert "BUS-PRICE-TWICE" in answered(order(head=WANTED, lines=line)).codes


@pytest.mark.parametrize(
    ("quantity", "unit", "price", "pack", "held"),
    [
        ("250", "EA", "1.875*PE", "25", False),
        ("250", "EA", "1.875*PE", "50", False),
        ("250", "EA", "1.875*PE", "1", False),
        ("250", "EA", "1.875*PE", "125*2*EA", False),
        ("250", "EA", "1.875*PE", "20", True),
        ("250", "EA", "1.875*PE", "24*1*EA", True),
        ("250", "EA", "1.875*PE", "144", True),
        ("250", "EA", "1.875*PE", "500", True),
        ("10", "BX", "46.875*", "25", False),
        ("10", "BX", "46.875*", "1", False),
        ("10", "BX", "46.875*", "20", True),
        ("10", "BX", "46.875*", "10", True),
    ],
)
def test_packs_that_do_not_make_the_quantity_are_asked_about(
    quantity: str, unit: str, price: str, pack: str, held: bool
) -> None:
    line = f"PO1*1*{quantity}*{unit}*{price}*BP*AC-1002*EC*A~PO4*{pack}~"
    got = answered(order(head=WANTED, lines=line))
    assert got.codes == ({"BUS-PACK"} if held else set())
    assert got.held is held


@pytest.mark.parametrize("condition", ["P2", "P3", "P4", "SC", "SP", "BK", "SV", "FT", "SE", "IS"])
def test_a_condition_of_how_to_ship_a_line_holds_it(condition: str) -> None:
    got = answered(order(head=WANTED, lines=f"PO1*1*{ITEM}IT8*{condition}~PO1*2*{ITEM}"))
    assert got.statuses == ["on-hold", "accepted"]
    assert got.codes == {"BUS-CONDITION"}


@pytest.mark.parametrize("condition", ["N", "Y", "B", "O", "NS", "SS"])
def test_a_condition_of_a_line_that_means_nothing_here_holds_nothing(condition: str) -> None:
    assert answered(order(head=WANTED, line=f"IT8*{condition}~")).statuses == ["accepted"]


@pytest.mark.parametrize("placed", ["20261201", "20261210", "20270101", "20270304", "20270306", "20271127", "20361127"])
def test_an_order_dated_ahead_of_today_is_asked_about(placed: str) -> None:
    got = answered(of_kind("SA", placed=placed))
    assert got.held
    assert got.codes == {"BUS-DATE-ORDER"}


@pytest.mark.parametrize("placed", ["20261130", "20261129", "20261128", "20260601"])
def test_an_order_of_today_of_before_and_of_tomorrow_elsewhere_is_taken(placed: str) -> None:
    assert answered(of_kind("SA", placed=placed)).statuses == ["accepted"]


@pytest.mark.parametrize("basis", ["PP", "PB", "PM", "NS", "EC", "PK", "PU", "SA", "DP", "PS", "PT", "NQ"])
def test_a_price_for_a_pound_a_year_or_nothing_we_can_turn_is_asked_about(basis: str) -> None:
    for amount in ("1.875", "1875", "46.875"):
        got = answered(order(head=WANTED, lines=f"PO1*1*{ITEM.replace('1.875*PE', f'{amount}*{basis}')}"))
        assert got.codes == {"BUS-PRICE-BASIS"}


LEADING = ["IN*AC-1002", "PI*AC-1002", "CB*AC-1002", "SK*AC-1002", "PN*AC-1002", "VN*CM-77-1002", "VC*CM-77-1002"]
LEADING += ["MG*CM-77-1002", "MN*CM-77-1002", "UP*703206980502", "EN*0703206980502", "UK*00703206980502"]


@pytest.mark.parametrize("number", LEADING)
def test_an_item_is_known_by_whichever_number_of_it_the_line_says(number: str) -> None:
    got = answered(order(head=WANTED, lines=f"PO1*1*250*EA*1.875*PE*{number}*EC*A~"))
    assert got.statuses == ["accepted"]
    assert got.decision.lines[0].state.item == "CM-77-1002"


@pytest.mark.parametrize(
    ("numbers", "code", "said"),
    [
        ("IN*AC-9999", "BUS-ITEM-UNKNOWN", "'AC-9999'"),
        ("VN*CM-1", "BUS-ITEM-UNKNOWN", "'CM-1'"),
        ("SK*AC-9999", "BUS-ITEM-MISSING", "'AC-9999' stands under 'stock-keeping-unit'"),
        ("MG*OTHER-1", "BUS-ITEM-MISSING", "'OTHER-1' stands under 'manufacturer-part'"),
        ("PD*Valve body", "BUS-ITEM-MISSING", "'Valve body' stands under 'part-description'"),
        ("BO*BLUE", "BUS-ITEM-MISSING", "'BLUE' stands under 'BO'"),
        ("IN*AC-1002*VN*CM-77-1003", "BUS-ITEM-CONTRADICTS", "'CM-77-1003'"),
        ("BP*AC-1002*MG*CM-77-1003", "BUS-ITEM-CONTRADICTS", "'CM-77-1003'"),
        ("IN*AC-1002*EN*0703206980519", "BUS-UDI-MISMATCH", "'0703206980519'"),
        ("EC*A", "BUS-ITEM-MISSING", "line 1"),
    ],
)
def test_a_line_that_names_no_item_or_two_is_refused_with_the_number_that_is_meant(
    numbers: str, code: str, said: str
) -> None:
    got = answered(order(head=WANTED, lines=f"PO1*1*250*EA*1.875*PE*{numbers}~"))
    assert got.statuses == ["rejected"]
    assert said in got.reason(code)


HELD_FOR_A_REVISION = ["ACJ", "SZ", "R2", "V0", "ZI", "7Q", "92", "C4", "YW", "MX", "PZ", "PV"]


@pytest.mark.parametrize("qualifier", HELD_FOR_A_REVISION)
def test_a_number_that_says_which_state_of_the_goods_is_meant_is_asked_about(qualifier: str) -> None:
    of_line = answered(order(head=WANTED, line=f"REF*{qualifier}*C~"))
    assert (of_line.held, of_line.codes) == (True, {"BUS-UNWEIGHED"})
    assert "says a revision" in of_line.reason("BUS-UNWEIGHED")
    of_all = answered(order(head=f"REF*{qualifier}*C~{WANTED}"))
    assert (of_all.held, of_all.codes) == (True, {"BUS-UNWEIGHED"})


@pytest.mark.parametrize("qualifier", ["YB", "R1"])
def test_a_revision_that_a_line_refers_to_is_held_against_the_one_it_orders(qualifier: str) -> None:
    assert answered(order(head=WANTED, line=f"REF*{qualifier}*A~")).statuses == ["accepted"]
    other = answered(order(head=WANTED, line=f"REF*{qualifier}*B~"))
    assert (other.statuses, other.codes) == (["rejected"], {"BUS-REVISION-CONTRADICTS"})
    alone = answered(order(head=WANTED, lines=f"PO1*1*{ITEM.replace('*EC*A', '')}REF*{qualifier}*A~"))
    assert (alone.statuses, alone.codes) == (["accepted"], set())


@pytest.mark.parametrize("qualifier", ["YB", "R1", "ACK"])
def test_a_revision_that_an_order_refers_to_as_a_whole_is_asked_about(qualifier: str) -> None:
    """Nobody can tell which of its lines it means."""
    got = answered(order(head=f"REF*{qualifier}*A~{WANTED}"))
    assert (got.held, got.codes) == (True, {"BUS-UNWEIGHED"})


@pytest.mark.parametrize("qualifier", ["PP", "DG", "QC", "IF", "S1", "2G", "DP"])
def test_a_number_that_says_nothing_of_the_goods_holds_nothing(qualifier: str) -> None:
    assert answered(order(head=WANTED, line=f"REF*{qualifier}*C~")).statuses == ["accepted"]
    assert answered(order(head=f"REF*{qualifier}*C~{WANTED}")).statuses == ["accepted"]


@pytest.mark.parametrize("said", ["REV C", "rev. C", "Revision B", "DWG REV 4"])
def test_a_revision_under_a_qualifier_that_nobody_agreed_on_is_asked_about(said: str) -> None:
    number = answered(order(head=WANTED, lines=f"PO1*1*{ITEM.rstrip('~')}*ZZ*{said}~"))
    assert (number.held, number.codes) == (True, {"BUS-UNWEIGHED"})
    reference = answered(order(head=WANTED, line=f"REF*ZZ*{said}~"))
    assert (reference.held, reference.codes) == (True, {"BUS-UNWEIGHED"})
    assert answered(order(head=WANTED, line="REF*ZZ*REVIEWED 7~")).statuses == ["accepted"]


@pytest.mark.parametrize(("basis", "said"), [("HP", "1.875 USD per 100 each"), ("TP", "1.875 USD per 1000 each")])
def test_a_price_for_so_many_is_told_as_that(basis: str, said: str) -> None:
    got = answered(order(head=WANTED, lines=f"PO1*1*{ITEM.replace('*PE*', f'*{basis}*')}"))
    assert got.statuses == ["rejected"]
    assert f"ordered at {said}, contract" in got.reason("BUS-PRICE-OFF-CONTRACT")
