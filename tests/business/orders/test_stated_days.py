"""A promise is held against every day the order states, read from the bytes of an 850 and told in the 855."""

from __future__ import annotations

from datetime import date

import pytest

from tests.business.orders.from_wire import EARLIEST, ITEM, WEEKENDS, answered, dates, order

KEPT = [
    ("the day of delivery", dates(("002", "20270305")), "2027-03-05", None),
    ("a day of delivery as a period format", "DTM*002****D8*20270305~", "2027-03-05", None),
    ("a period of delivery", "DTM*002****RD8*20270305-20270319~", "2027-03-19", None),
    ("the day of shipment", dates(("010", "20270305")), None, "2027-03-05"),
    ("a day of shipment as a period format", "DTM*010****D8*20270305~", None, "2027-03-05"),
    ("a period of shipment", "DTM*010****RD8*20270305-20270312~", None, "2027-03-12"),
    ("a day by which it is required", dates(("106", "20270305")), "2027-03-05", None),
    ("a delivery window", dates(("064", "20270301"), ("063", "20270305")), "2027-03-05", None),
    ("a delivery window that has begun", dates(("064", "20261101"), ("063", "20270305")), "2027-03-05", None),
    ("requested for delivery from and until", dates(("071", "20270301"), ("074", "20270304")), "2027-03-04", None),
    ("nothing but not before", dates(("064", "20270301")), "2027-03-01", None),
    ("a ship window", dates(("037", "20270301"), ("038", "20270312")), None, "2027-03-12"),
    (
        "a ship window and a day of cancellation",
        dates(("037", "20270301"), ("038", "20270312"), ("001", "20270319")),
        None,
        "2027-03-12",
    ),
    ("shipment not before", dates(("037", "20270301")), None, "2027-03-01"),
    ("a pickup", dates(("118", "20270305")), None, "2027-03-05"),
    ("delivery after shipment", dates(("010", "20270301"), ("002", "20270305")), "2027-03-05", "2027-03-01"),
    ("a ship window before delivery", dates(("037", "20270201"), ("002", "20270305")), "2027-03-05", "2027-03-05"),
    ("a day of cancellation long after", dates(("001", "20270401")), str(EARLIEST), None),
    ("two equal days", dates(("002", "20270305"), ("002", "20270305")), "2027-03-05", None),
    ("a whole day said as its beginning", "DTM*002*20270305*0000~", "2027-03-05", None),
    ("the day of the order itself beside it", dates(("004", "20261127"), ("002", "20270305")), "2027-03-05", None),
]


@pytest.mark.parametrize("level", ["head", "line"])
@pytest.mark.parametrize(("case", "said", "deliver", "ship"), KEPT, ids=[case for case, *_ in KEPT])
def test_a_promise_within_all_that_is_stated_is_as_ordered(
    level: str, case: str, said: str, deliver: str | None, ship: str | None
) -> None:
    got = answered(order(**{level: said}))
    (line,) = got.decision.lines
    (promise,) = line.state.promises
    assert (line.state.status, str(promise.deliver), str(promise.ship)) == ("accepted", str(deliver), str(ship))
    (ack,) = got.segments("ACK")
    day = (deliver or ship or "").replace("-", "")
    assert ack[1] == "IA"
    assert ack[4:6] == ["017", day] or got.segments("DTM")[-1][:3] == ["DTM", "068", day] or ack[4:6] == ["068", day]
    assert "no day asked for" not in str(got.decision.all_reasons)


LATER = [
    ("a day within the lead time", dates(("002", "20261210")), "delivery"),
    ("a shipment within the lead time", dates(("010", "20261210")), "shipment"),
    ("required within the lead time", dates(("106", "20261210")), "required-by"),
    ("a delivery window within the lead time", dates(("064", "20261205"), ("063", "20261210")), "deliver-not-after"),
    ("a ship window within the lead time", dates(("037", "20261205"), ("038", "20261210")), "ship-not-after"),
    ("a period within the lead time", "DTM*002****RD8*20261205-20261210~", "delivery"),
    ("a day before the first one allowed", dates(("002", "20270210"), ("064", "20270301")), "deliver-not-before"),
    ("a shipment before the first one allowed", dates(("010", "20270210"), ("037", "20270301")), "ship-not-before"),
    ("a scheduled delivery within the lead time", dates(("067", "20261210")), "delivery-scheduled"),
    ("a promised shipment within the lead time", dates(("079", "20261210")), "shipment-promised"),
]


@pytest.mark.parametrize("level", ["head", "line"])
@pytest.mark.parametrize(("case", "said", "kind"), LATER, ids=[case for case, *_ in LATER])
def test_a_promise_later_than_asked_for_is_a_change_and_names_the_day_and_its_kind(
    level: str, case: str, said: str, kind: str
) -> None:
    got = answered(order(**{level: said}))
    assert got.statuses == ["date-rescheduled"]
    reasons = [reason.message for reason in got.decision.all_reasons if reason.code.startswith("BUS-DATE")]
    assert any(f"({kind})" in reason for reason in reasons), reasons
    assert got.segments("ACK")[0][1] == "DR"
    assert got.segments("BAK")[0][2] == "AC"


HELD = [
    ("cancelled before we can deliver", dates(("001", "20261220")), "BUS-DATE-CANCELLED"),
    ("cancelled before the day wanted", dates(("001", "20261215"), ("002", "20261210")), "BUS-DATE-CANCELLED"),
    ("cancelled if not delivered", dates(("061", "20261220"), ("010", "20261215")), "BUS-DATE-CANCELLED"),
    ("cancelled if not shipped", dates(("175", "20261220")), "BUS-DATE-CANCELLED"),
    ("cancelled before the day asked for", dates(("001", "20270301"), ("002", "20270305")), "BUS-DATE-CONFLICT"),
    ("not before a day after the last", dates(("064", "20270310"), ("063", "20270305")), "BUS-DATE-CONFLICT"),
    ("shipped after its delivery", dates(("010", "20270310"), ("002", "20270305")), "BUS-DATE-CONFLICT"),
    ("shipped not before its delivery", dates(("037", "20270310"), ("002", "20270305")), "BUS-DATE-CONFLICT"),
    ("asked for after the last day", dates(("002", "20270310"), ("106", "20270305")), "BUS-DATE-CONFLICT"),
    ("two days of delivery", dates(("002", "20270305"), ("002", "20270405")), "BUS-DATE-TWICE"),
    ("two days of cancellation", dates(("001", "20270305"), ("001", "20270405")), "BUS-DATE-TWICE"),
    ("two kinds of day of delivery", dates(("002", "20270305"), ("067", "20270405")), "BUS-DATE-TWICE"),
    ("two last days", dates(("063", "20270305"), ("063", "20270405")), "BUS-DATE-TWICE"),
    ("an hour", "DTM*002*20270305*0659~", "BUS-DATE-TIME"),
    ("an hour of a zone", "DTM*002*20270305*0659*GM~", "BUS-DATE-TIME"),
    ("midnight of another zone", "DTM*002*20270305*0000*UT~", "BUS-UNWEIGHED"),
    ("an hour of shipment", "DTM*010*20270305*1200~", "BUS-DATE-TIME"),
    ("an hour of a last day", "DTM*063*20270305*1200~", "BUS-DATE-TIME"),
    ("a week", dates(("077", "20270301")), "BUS-DATE-UNKNOWN"),
    ("a shipping week", dates(("087", "20270301")), "BUS-DATE-UNKNOWN"),
    ("an expected day", dates(("017", "20270301")), "BUS-DATE-UNKNOWN"),
    ("a kind we have no word for", dates(("999", "20270301")), "BUS-DATE-UNKNOWN"),
    ("an unknown kind beside a known one", dates(("002", "20270305"), ("196", "20270301")), "BUS-DATE-UNKNOWN"),
    ("a month", "DTM*002****CM*202703~", "BUS-UNWEIGHED"),
    ("a date and an hour in one", "DTM*002****DT*202703051200~", "BUS-UNWEIGHED"),
    ("free words", "DTM*106****UN*WHEN READY~", "BUS-UNWEIGHED"),
    ("a period of a last day", "DTM*063****RD8*20270301-20270305~", "BUS-DATE-UNKNOWN"),
    ("a period beside a day", "DTM*002*20270305***D8*20270306~", "BUS-UNWEIGHED"),
    ("an hour without a day", "DTM*002**0659~", "BUS-UNWEIGHED"),
]


@pytest.mark.parametrize("level", ["head", "line"])
@pytest.mark.parametrize(("case", "said", "code"), HELD, ids=[case for case, *_ in HELD])
def test_what_no_promise_can_keep_or_nobody_can_weigh_is_held_for_a_person(
    level: str, case: str, said: str, code: str
) -> None:
    got = answered(order(**{level: said}))
    assert got.held
    assert code in got.codes
    assert [ack[1] for ack in got.segments("ACK")] == ["IH"]
    assert got.segments("BAK")[0][2] == "AH"


WITHOUT_BEARING = [
    "003",
    "004",
    "008",
    "012",
    "013",
    "014",
    "015",
    "016",
    "092",
    "093",
    "097",
    "102",
    "103",
    "168",
    "171",
]


@pytest.mark.parametrize("qualifier", WITHOUT_BEARING)
def test_a_date_of_the_papers_or_the_money_holds_nothing(qualifier: str) -> None:
    got = answered(order(head=dates(("002", "20270305"), (qualifier, "20261120"))))
    assert (got.statuses, got.codes) == (["accepted"], set())
    alone = answered(order(head=dates((qualifier, "20261120"))))
    assert alone.statuses == ["accepted"]
    assert "no day asked for" not in alone.reason("BUS-DATE-FILLED")


def test_no_day_is_asked_for_only_where_there_is_no_date_at_all() -> None:
    assert "no day asked for" in answered(order()).reason("BUS-DATE-FILLED")


@pytest.mark.parametrize(
    ("head", "line", "promise"),
    [
        (dates(("002", "20270305")), dates(("002", "20270405")), ("2027-04-05", "None")),
        (dates(("002", "20270305")), dates(("064", "20270401"), ("063", "20270405")), ("2027-04-05", "None")),
        (dates(("063", "20270305")), dates(("063", "20270405")), ("2027-04-05", "None")),
        (dates(("001", "20270401")), dates(("002", "20270305")), ("2027-03-05", "None")),
        (dates(("037", "20270301")), dates(("010", "20270305")), ("None", "2027-03-05")),
        (dates(("002", "20270305")), "SCH*250*EA***002*20270405~", ("2027-04-05", "None")),
        (dates(("010", "20270305")), "SCH*250*EA***010*20270405~", ("None", "2027-04-05")),
        (dates(("010", "20270305")), "SCH*250*EA***002*20270405~", ("2027-04-05", "2027-03-05")),
        (dates(("063", "20270601")), "SCH*250*EA***106*20270405~", ("2027-04-05", "None")),
        (dates(("002", "20270305")), "SCH*250*EA***010*20270301*0000*002*20270305~", ("2027-03-05", "2027-03-01")),
    ],
)
def test_the_line_and_its_schedules_say_it_better_than_the_order(
    head: str, line: str, promise: tuple[str, str]
) -> None:
    got = answered(order(head=head, line=line))
    (made,) = got.decision.lines[0].state.promises
    assert got.statuses == ["accepted"], got.decision.all_reasons
    assert (str(made.deliver), str(made.ship)) == promise


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (dates(("001", "20270401")), dates(("002", "20270405"))),
        (dates(("063", "20270401")), dates(("002", "20270405"))),
        (dates(("064", "20270501")), dates(("063", "20270405"))),
        (dates(("038", "20270401")), dates(("037", "20270405"))),
        (dates(("001", "20270401")), "SCH*250*EA***002*20270405~"),
        (dates(("106", "20270401")), "SCH*250*EA***002*20270405~"),
        (dates(("001", "20270401")), "SCH*250*EA***010*20270405~"),
        (dates(("002", "20270401")), dates(("010", "20270405"))),
        (dates(("010", "20270310")), "SCH*250*EA***002*20270305~"),
        (dates(("010", "20270310")), "SCH*100*EA***002*20270305~SCH*150*EA***002*20270405~"),
        (dates(("068", "20270310")), "SCH*250*EA***106*20270305~"),
        (dates(("002", "20270305")), "SCH*250*EA***010*20270405~"),
        ("", dates(("010", "20270310")) + "SCH*250*EA***002*20270305~"),
        ("", dates(("002", "20270305")) + "SCH*250*EA***037*20270405~"),
        ("", "SCH*250*EA***010*20270410*0000*002*20270405~"),
        ("", "SCH*250*EA***002*20270405*0000*001*20270401~"),
    ],
)
def test_a_day_of_the_order_that_a_line_does_not_replace_binds_it(head: str, line: str) -> None:
    got = answered(order(head=head, line=line))
    assert got.held
    assert "BUS-DATE-CONFLICT" in got.codes


WEEKEND = [  # the dock takes nothing on 6 and 7 March 2027, a Saturday and a Sunday
    ("on a closed day", dates(("002", "20270306")), ("2027-03-06", None)),
    ("on a closed day and not before it", dates(("002", "20270306"), ("064", "20270306")), ("2027-03-06", None)),
    ("on a closed day and requested from it", dates(("002", "20270307"), ("071", "20270307")), ("2027-03-07", None)),
    ("on a closed day, from the day before", dates(("002", "20270307"), ("064", "20270306")), ("2027-03-07", None)),
    ("a window of one closed day", dates(("064", "20270306"), ("063", "20270306")), ("2027-03-06", None)),
    ("a window of two closed days", dates(("064", "20270306"), ("063", "20270307")), ("2027-03-07", None)),
    ("a period of two closed days", "DTM*002****RD8*20270306-20270307~", ("2027-03-07", None)),
    ("a closed day, cancelled the day after", dates(("064", "20270306"), ("001", "20270307")), ("2027-03-06", None)),
    ("a window that ends on a closed day", dates(("064", "20270305"), ("063", "20270306")), ("2027-03-05", None)),
    ("a window that ends on a Sunday", dates(("064", "20270303"), ("063", "20270307")), ("2027-03-05", None)),
    ("required by a closed day", dates(("106", "20270306")), ("2027-03-05", None)),
    ("requested until a closed day", dates(("074", "20270307")), ("2027-03-05", None)),
    ("a period that ends on a closed day", "DTM*002****RD8*20270301-20270307~", ("2027-03-05", None)),
    ("a ship window that ends on a closed day", dates(("037", "20270301"), ("038", "20270307")), (None, "2027-03-05")),
    ("a last day after that of cancellation", dates(("063", "20270310"), ("001", "20270307")), ("2027-03-05", None)),
    ("not before a closed day", dates(("064", "20270306")), ("2027-03-08", None)),
    ("shipped on a Sunday", dates(("064", "20270305"), ("010", "20270307")), ("2027-03-08", "2027-03-07")),
    ("shipped on a Saturday", dates(("064", "20270301"), ("010", "20270306")), ("2027-03-08", "2027-03-06")),
    ("shipped from a Sunday", dates(("064", "20270305"), ("037", "20270307")), ("2027-03-08", "2027-03-08")),
    ("shipped on the last day, closed", dates(("063", "20270307"), ("010", "20270307")), ("2027-03-07", "2027-03-07")),
    ("shipped late in a window", dates(("063", "20270308"), ("010", "20270306")), ("2027-03-08", "2027-03-06")),
]


@pytest.mark.parametrize("level", ["head", "line"])
@pytest.mark.parametrize(("case", "said", "promise"), WEEKEND, ids=[case for case, *_ in WEEKEND])
def test_a_day_we_choose_is_open_where_one_that_keeps_all_is_and_the_buyers_own_day_stands(
    level: str, case: str, said: str, promise: tuple[str | None, str | None]
) -> None:
    got = answered(order(**{level: said}), calendar=WEEKENDS)
    (made,) = got.decision.lines[0].state.promises
    assert (got.statuses, got.codes - {"BUS-DATE-WITHIN"}) == (["accepted"], set())
    assert tuple(day and str(day) for day in (made.deliver, made.ship)) == promise


@pytest.mark.parametrize(
    ("said", "status", "day"),
    [
        (dates(("002", "20270102")), "accepted", "2027-01-02"),  # the lead time ends on a Saturday …
        (dates(("064", "20270102"), ("063", "20270103")), "accepted", "2027-01-03"),
        (dates(("002", "20270101")), "date-rescheduled", "2027-01-04"),  # … and what is late comes on an open day,
        (dates(("002", "20270101"), ("001", "20270103")), "date-rescheduled", "2027-01-02"),  # if not too late then
        (dates(("063", "20270101")), "date-rescheduled", "2027-01-04"),
        ("", "accepted", "2027-01-04"),
    ],
)
def test_a_lead_time_that_ends_on_a_closed_day_moves_only_what_we_choose(said: str, status: str, day: str) -> None:
    got = answered(order(head=said), today=date(2026, 11, 28), calendar=WEEKENDS)
    (made,) = got.decision.lines[0].state.promises
    assert (got.statuses, str(made.deliver)) == ([status], day)


@pytest.mark.parametrize(
    "schedule",
    [
        "SCH*250*EA***002*20270405*0659~",
        "SCH*250*EA***077*20270405~",
        "SCH*250*EA***999*20270405~",
        "SCH*250*EA***002*20270405**999*20270406~",
        "SCH*250*EA***002*20270405**010*20270401*1200~",
        "SCH*250*EA***002*20270405**002*20270406~",
        "SCH*100*EA***002*20270405~SCH*150*EA***039*20270405~",
        "SCH*250*EA***017*20270405~",
        "SCH*250*EA***177*20270405~",
        "SCH*250*EA***152*20270405~",
    ],
)
def test_a_schedule_whose_day_nobody_can_weigh_holds_its_line(schedule: str) -> None:
    assert answered(order(line=schedule)).held


def test_a_line_that_is_held_for_its_day_does_not_hold_the_others() -> None:
    got = answered(order(lines=f"PO1*1*{ITEM}DTM*999*20270305~PO1*2*{ITEM}DTM*002*20270305~"))
    assert got.statuses == ["on-hold", "accepted"]


@pytest.mark.parametrize(
    "said",
    [
        "LDT*AF*10*DA~",
        "N9*ZZ*OTHER~DTM*002*20270305~",
        "TD5**2*UPSN*M***ZZ*DOCK 7~",
        "TD5**2*UPSN*M******CD*5~",
        "CTP**CON*1.875~",
        "CSH******~".replace("CSH******", "CSH*N****20270305"),
        "SAC*C*F050***100****EA*10~",
        "AMT*1*100~",
        "PAM*01*5*EA~",
        "QTY*38*10~",
    ],
)
def test_what_says_a_date_a_place_a_number_or_a_price_and_is_read_by_no_rule_is_told_where_it_stands(said: str) -> None:
    tag = said.split("*", 1)[0]
    if tag == "QTY":
        got = answered(order(line=f"DTM*002*20270305~{said}"))
    elif tag in ("N9", "AMT"):
        got = answered(order(head=f"DTM*002*20270305~{said}"))
    else:
        before = tag in ("CTP", "CSH", "SAC", "PAM")
        got = answered(order(head=f"{said}DTM*002*20270305~" if before else f"DTM*002*20270305~{said}"))
    assert got.held, got.codes
    assert any(finding.code == "MAP-UNWEIGHED" for finding in got.findings) or "BUS-ALLOWANCE" in got.codes


def test_a_day_moved_from_a_closed_last_day_of_a_window_says_why() -> None:
    got = answered(order(head=dates(("064", "20270301"), ("063", "20270306"))), calendar=WEEKENDS)
    [promise] = got.decision.lines[0].state.promises
    assert (str(promise.deliver), promise.basis) == ("2027-03-05", "open-day")
    assert "on which your dock is open" in str(promise.reason)
    assert "until 2027-03-06 (deliver-not-after), on which the dock is closed" in got.reason("BUS-DATE-WITHIN")


def test_a_day_of_shipment_that_cannot_be_kept_is_told_though_that_of_delivery_is() -> None:
    got = answered(order(head=dates(("002", "20270305"), ("038", "20261220"))))
    [line] = got.decision.lines
    [part] = line.state.promises
    assert (part.status, str(part.deliver)) == ("date-rescheduled", "2027-03-05")
    assert part.reason
    assert "2026-12-20 (ship-not-after)" in part.reason
    assert "the lead time is" in part.reason
