"""Every order that the standard allows, at the limits of its elements, gets an answer that our guide takes."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.flow.rendering import render
from hub.flow.x12.rendering import segments_of
from tests.business.orders.from_wire import Answered, answered, order, partner, rules
from tests.flow.wire import group, interchange, transaction

LETTERS = "ABab019 .-/,'&"
UNITS = ["EA", "CA", "KG"]


def text(least: int, most: int) -> st.SearchStrategy[str]:
    """A text of the shortest, the longest or some length, with no blank at its ends."""
    lengths = st.one_of(st.just(least), st.just(most), st.integers(least, most))
    return lengths.flatmap(lambda n: st.text(LETTERS, min_size=n, max_size=n)).map(
        lambda said: re.sub("^ | $", "x", said)
    )


def number(digits: int, *, signed: bool = True) -> st.SearchStrategy[str]:
    """A number of at most ``digits``, with or without a point and a sign."""

    def written(made: tuple[str, int, bool]) -> str:
        said, decimals, minus = made
        decimals = min(decimals, len(said))
        whole = said[: len(said) - decimals]
        return f"{'-' if minus and signed else ''}{whole}{'.' if decimals else ''}{said[len(whole) :]}"

    figures = st.one_of(
        st.sampled_from(["0", "1", "9" * digits, "1" + "0" * (digits - 1), "5000", "250"]),
        st.text("0123456789", min_size=1, max_size=digits),
    )
    return st.tuples(figures, st.sampled_from([0, 0, 0, 1, 2, digits - 1, digits]), st.booleans()).map(written)


DAYS = st.sampled_from(["20270305", "20261129", "19000101", "99991231", "20280229", "20270104"])
ITEMS = st.one_of(st.sampled_from(["AC-1001", "AC-1002", "AC-1004"]), text(1, 48))


@st.composite
def schedules(draw: st.DrawFn, *, most: int = 6) -> str:
    parts = draw(st.lists(st.tuples(number(15), st.sampled_from(UNITS), DAYS), max_size=most))
    return "".join(f"SCH*{many}*{unit}***002*{day}~" for many, unit, day in parts)


@st.composite
def lines(draw: st.DrawFn, serial: int) -> str:
    quantity, price = draw(st.one_of(number(15), st.just(""))), draw(st.one_of(number(17), st.just("")))
    unit = draw(st.sampled_from(UNITS)) if quantity else ""
    called = draw(st.one_of(st.just(str(serial)), text(1, 20), st.just("")))
    basis = draw(st.sampled_from(["PE", "CT", "TP", ""])) if price else ""
    ids = "".join(
        f"*{kind}*{draw(ITEMS)}" for kind in draw(st.sampled_from([["BP"], ["BP", "EC"], ["BP", "EC", "VP"]]))
    )
    made = f"PO1*{called}*{quantity}*{unit}*{price}*{basis}{ids}~"
    made += "".join(f"PID*F****{each}~" for each in draw(st.lists(text(1, 80), max_size=2)))
    made += "".join(f"REF*{kind}*{draw(text(1, 30))}~" for kind in draw(st.lists(st.sampled_from(["CO", "ACK", "ZZ"]))))
    made += "".join(f"DTM*002*{day}~" for day in draw(st.lists(DAYS, max_size=2)))
    made += "".join(f"MSG*{each}~" for each in draw(st.lists(text(1, 264), max_size=2)))
    return made + draw(schedules())


@st.composite
def legal(draw: st.DrawFn) -> bytes:
    """An 850 within the standard's lengths, from its bytes on."""
    made = [draw(lines(n)) for n in range(1, draw(st.sampled_from([1, 1, 2, 3, 12])) + 1)]
    head = "".join(f"REF*{kind}*{draw(text(1, 30))}~" for kind in draw(st.lists(st.sampled_from(["CO", "ZZ", "VR"]))))
    head += "".join(f"DTM*{draw(st.sampled_from(['002', '010', '004']))}*{day}~" for day in draw(st.lists(DAYS)))[:150]
    head = head[: head.rfind("~") + 1]
    head += "".join(f"N9*ZZ*QA-REQ~MSG*{each}~" for each in draw(st.lists(text(1, 264), max_size=2)))
    places = f"N1*BY*{draw(text(1, 60))}*92*{draw(text(2, 80))}~N1*ST*{draw(text(1, 60))}*92*{draw(text(2, 80))}~"
    begin = f"BEG*00*SA*{draw(text(1, 22))}*{draw(st.one_of(st.just(''), text(1, 30)))}*20261127*{draw(text(1, 30))}~"
    total = draw(st.one_of(st.just(""), number(10).map(lambda said: f"*{said}")))
    return interchange(group(transaction(f"{begin}CUR*BY*USD~{head}{places}{''.join(made)}CTT*{len(made)}{total}~")))


def written(got: Answered) -> str:
    """Return the 855 as text, which our guide has taken: ``render`` raises otherwise."""
    assert got.decision.answer is not None
    _, content = render(rules(), partner(), got.decision.answer)
    assert [each for each in content.findings if each.severity.is_reject] == []
    return "".join(line.rstrip("~") + "~" for line in segments_of(content.body).lines)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=legal())
def test_every_order_that_the_standard_allows_gets_an_answer_that_our_guide_takes(body: bytes) -> None:
    assert written(answered(body)).startswith("BAK*")


PO1 = "PO1*1***1.875*PE*BP*AC-1002*EC*A*VP*CM-77-1002~"
MOST = "999999999999999"


@pytest.mark.parametrize(
    "parts",
    [
        [MOST] * 2,
        [MOST] * 12,
        [MOST] * 200,
        ["0.00000000000001", MOST],
        ["0.00000000000001", "1234567.1234567"],
        ["5000"] * 104,
        ["5000"] * 105,
        ["5000"] * 200,
        ["-" + MOST] * 2,
        [MOST, "-" + MOST],
        [".000000000000001"] * 3,
        ["250", "0.3333333333333"],
    ],
    ids=lambda parts: f"{len(parts)} of {parts[0]}",
)
@pytest.mark.parametrize("unit", ["EA", "CA"])
def test_schedules_that_come_to_more_than_an_element_holds_are_answered(parts: list[str], unit: str) -> None:
    for line in (PO1, PO1.replace("1***", f"1*250*{unit}*")):
        sent = line + "".join(
            f"SCH*{each}*{unit}***002*2027{n % 12 + 1:02d}{n % 28 + 1:02d}~" for n, each in enumerate(parts)
        )
        said = written(answered(order(lines=sent)))
        for segment in said.split("~"):
            if segment.startswith("PO1*"):
                assert len(re.sub("[-.]", "", segment.split("*")[2])) <= 15


@pytest.mark.parametrize("count", [1, 2, 30, 300])
@pytest.mark.parametrize("value", [MOST, "0.5", "-5", "99999999999"])
def test_an_order_of_many_lines_of_any_size_is_answered(count: int, value: str) -> None:
    sent = "".join(f"PO1*{n}*{value}*EA*12.35*PE*BP*AC-1001*EC*D~" for n in range(1, count + 1))
    last = written(answered(order(lines=sent))).rstrip("~").split("~")[-1].split("*")
    added = sum(Decimal(value.replace(".", "").replace("-", "")) for _ in range(count))
    assert last == ["CTT", str(count), str(int(added) % 10**10)]
