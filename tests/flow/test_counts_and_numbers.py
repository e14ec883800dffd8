"""What calls a person though it refuses nothing, and numbers that nobody can read are nobody's numbers."""

from __future__ import annotations

import pytest

from tests.flow.at_work import AtWork, codes
from tests.flow.wire import group, interchange, line, of_kind, one_order, order, transaction


@pytest.mark.parametrize("stated", ["2", "3", "02", "999999", "10"])
def test_a_count_that_says_a_line_is_missing_calls_a_person(hub: AtWork, stated: str) -> None:
    body = order("4500098123").replace("CTT*1~", f"CTT*{stated}~")
    got = hub.send(interchange(group(transaction(body))))
    assert "GDE-LINES-MISSING" in codes(got)
    assert got.message.why is not None
    (told,) = of_kind(hub.answers(got.message.id), "997")
    assert told.one("AK5") == ["AK5", "A"]


@pytest.mark.parametrize(("lines", "stated"), [(1, "1"), (2, "2"), (2, "1"), (3, "01")])
def test_a_count_that_misses_nothing_calls_nobody(hub: AtWork, lines: int, stated: str) -> None:
    many = "".join(line(10 * n) for n in range(1, lines + 1))
    body = order("4500098123", lines=many).replace(f"CTT*{lines}~", f"CTT*{stated}~")
    got = hub.send(interchange(group(transaction(body))))
    assert "GDE-LINES-MISSING" not in codes(got)
    (told,) = of_kind(hub.answers(got.message.id), "997")
    assert told.one("AK5") == ["AK5", "A"]


def test_a_number_nobody_can_read_is_not_number_zero(hub: AtWork) -> None:
    zero = hub.send(one_order("1", 0))
    odd = hub.send(one_order("2", 102).replace(b"000000102", b"00000A102"))
    assert zero.message.outcome == "accepted"
    assert codes(odd) == {"ENV-INTERCHANGE-NUMBER"}
    assert (odd.message.outcome, [row.outcome for row in odd.documents]) == ("refused", ["refused"])
    (told,) = hub.answers(odd.message.id)
    assert told.one("TA1")[4:] == ["R", "018"]
    assert ("interchange", odd.message.id) not in hub.found("0")


@pytest.mark.parametrize(
    ("sender", "receiver", "note"),
    [
        ("1 *123456789      ", "ZZ*MEDCM          ", "005"),
        ("ZZ*123456789      ", "ZZ*MEDCM          ", "005"),
        ("  *123456789      ", "ZZ*MEDCM          ", "005"),
        ("01*123456780      ", "ZZ*MEDCM          ", "006"),
        ("01*acme           ", "ZZ*MEDCM          ", "006"),
        ("01*123456789      ", "01*MEDCM          ", "007"),
        ("01*123456789      ", "zz*MEDCM          ", "007"),
        ("01*123456789      ", "ZZ*MEDCM2         ", "008"),
        ("01*123456789      ", "ZZ*medcm          ", "008"),
        ("ZZ*123456789      ", "01*OTHER          ", "005"),
    ],
)
def test_a_wrong_qualifier_is_told_apart_from_a_wrong_id(hub: AtWork, sender: str, receiver: str, note: str) -> None:
    got = hub.send(interchange(group(transaction(order("1"))), sender=sender, receiver=receiver))
    (told,) = hub.answers(got.message.id)
    assert told.one("TA1")[4:] == ["R", note]
    element = {"005": "(ISA05)", "006": "(ISA06)", "007": "(ISA07)", "008": "(ISA08)"}[note]
    assert element in str(got.message.why)
