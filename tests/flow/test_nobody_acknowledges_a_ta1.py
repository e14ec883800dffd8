"""An interchange that only acknowledges is never acknowledged, and what it says counts whatever its trailer counts.

One that holds nothing says nothing of others: its header is acknowledged when it asks, as any other.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.formats.x12.answer import answer
from hub.formats.x12.check import check
from tests.flow.at_work import AtWork, codes
from tests.flow.overlay import change
from tests.flow.wire import acknowledgement, group, interchange, of_kind, one_order, order, transaction

TA1 = "TA1*000000001*261120*0600*R*006~"


def only(segments: str, *, wish: int = 0, count: int = 0, usage: str = "P") -> bytes:
    """Return an interchange without groups."""
    head, trailer, rest = interchange(number=900, wish=wish, count=count, usage=usage).partition(b"IEA*")
    return head + segments.encode() + trailer + rest


WAYS = {
    "right": {},
    "asks for a TA1": {"wish": 1},
    "counts the TA1 as a group": {"count": 1},
    "counts it and asks": {"count": 1, "wish": 1},
    "counts far too many": {"count": 99999, "wish": 1},
    "is a test": {"usage": "T", "wish": 1},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("times", [1, 3])
def test_a_ta1_alone_is_heard_and_never_answered(hub: AtWork, way: str, times: int) -> None:
    ours = _answered(hub)
    told = hub.send(only(TA1 * times, **WAYS[way]))  # type: ignore[arg-type]
    assert hub.answers(told.message.id) == []
    assert told.message.outcome == "accepted"
    assert hub.detail(ours).message.acknowledgement == "rejected"


@pytest.mark.parametrize("segments", ["", "ISB*1~", "ISB*1~ISE*1~"])
@pytest.mark.parametrize("usage", ["P", "T"])
@pytest.mark.parametrize(
    ("count", "wish", "verdict"),
    [(0, 1, ["A", "000"]), (0, 0, None), (1, 1, ["R", "021"]), (7, 0, ["R", "021"]), (99999, 1, ["R", "021"])],
)
def test_an_interchange_that_holds_nothing_is_answered_as_its_header_asks(
    hub: AtWork, segments: str, usage: str, count: int, wish: int, verdict: list[str] | None
) -> None:
    told = hub.send(only(segments, count=count, wish=wish, usage=usage))
    assert [each.one("TA1")[1:2] + each.one("TA1")[4:] for each in hub.answers(told.message.id)] == (
        [["000000900", *verdict]] if verdict else []
    )


@pytest.mark.parametrize("segments", ["TA3*1~", "TA3*1~" * 3, TA1 + "TA3*1~", "TA3*1~" + TA1, "ISB*1~" + TA1])
@pytest.mark.parametrize("count", [0, 1, 7])
@pytest.mark.parametrize("wish", [0, 1])
def test_what_only_tells_of_other_interchanges_is_never_answered(
    hub: AtWork, segments: str, count: int, wish: int
) -> None:
    assert hub.answers(hub.send(only(segments, count=count, wish=wish)).message.id) == []


@pytest.mark.parametrize("asks", ["always", "asked", "never"])
@pytest.mark.parametrize("wish", [0, 1])
def test_the_partner_s_file_says_whether_an_empty_interchange_is_acknowledged(
    hub_with: Callable[[Path], AtWork], tmp_path: Path, asks: str, wish: int
) -> None:
    change(tmp_path / "overlay", "partners/acme-cardio/partner.toml", '= "asked"', f'= "{asks}"')
    hub = hub_with(tmp_path / "overlay")
    told = hub.answers(hub.send(only("", wish=wish)).message.id)
    assert len(told) == (asks == "always" or (asks == "asked" and wish))


def test_our_answer_to_an_empty_interchange_is_never_answered_in_turn(hub: AtWork) -> None:
    (ours,) = hub.answers(hub.send(only("", wish=1)).message.id)
    report = check(ours.body, lambda release, kind: None)
    assert [answer(each, hub.clock.now()) for each in report.interchanges] == [None]


@pytest.mark.parametrize(
    ("wish", "count", "said"), [(1, 0, b"*A*000"), (1, 4, b"*R*021"), (0, 4, b"*R*021"), (0, 0, None)]
)
def test_the_shell_answers_an_empty_interchange_as_the_hub_does(
    hub: AtWork, wish: int, count: int, said: bytes | None
) -> None:
    report = check(only("", wish=wish, count=count), lambda release, kind: None)
    (ours,) = [answer(each, hub.clock.now()) for each in report.interchanges]
    assert (ours is None) is (said is None)
    assert ours is None or (said is not None and said in (ours.body or b""))


@pytest.mark.parametrize("place", [b"01*123456789", b"ZZ*MEDCM", b"000000900~", b"00401*0000009"])
def test_a_refused_interchange_of_ta1_is_not_answered_either(hub: AtWork, place: bytes) -> None:
    ours = _answered(hub)
    told = hub.send(only(TA1, wish=1).replace(place, place.replace(b"0", b"A").replace(b"M", b"N").replace(b"1", b"2")))
    assert hub.answers(told.message.id) == []
    heard = place == b"000000900~"  # of what is said at its end nothing hangs
    assert hub.detail(ours).message.acknowledgement == ("rejected" if heard else "awaited")


def test_a_ta1_before_groups_counts_although_the_trailer_counts_wrong(hub: AtWork) -> None:
    ours = _answered(hub)
    body = interchange(group(transaction(order("4500098124")), number=102), number=102, count=2).replace(
        b"GS*PO", TA1.encode() + b"GS*PO"
    )
    told = hub.send(body)
    assert told.message.outcome == "refused"
    (said,) = hub.answers(told.message.id)
    assert said.one("TA1")[4:] == ["R", "021"]
    assert hub.detail(ours).message.acknowledgement == "rejected"


def test_a_ta1_of_a_file_that_was_cut_short_is_not_believed(hub: AtWork) -> None:
    ours = _answered(hub)
    told = hub.send(only(TA1 * 2).partition(b"IEA")[0][:-10])
    assert "ENV-INTERCHANGE-NOT-CLOSED" in codes(told)
    assert hub.detail(ours).message.acknowledgement == "awaited"


def test_what_holds_groups_is_answered_as_it_asks(hub: AtWork) -> None:
    _answered(hub)
    (asked,) = hub.answers(hub.send(interchange(group(number=910, functional="FA"), number=910, wish=1)).message.id)
    assert (asked.kind, asked.one("TA1")[4]) == ("TA1", "A")


def test_a_set_without_its_group_is_still_refused_aloud(hub: AtWork) -> None:
    told = hub.send(interchange(transaction(order("4500098125")), number=911, count=0))
    (said,) = hub.answers(told.message.id)
    assert said.one("TA1")[4:] == ["R", "024"]


@pytest.mark.parametrize("name", ["01-ta1-alone-iea-0.edi", "02-ta1-alone-iea-1-asks-ta1.edi"])
def test_the_shell_answers_no_ta1_either(shared: Path, name: str, hub: AtWork) -> None:
    report = check((shared / "cases" / "x12" / name).read_bytes(), lambda release, kind: None)
    assert [answer(each, hub.clock.now()) for each in report.interchanges] == [None]


def test_our_answer_to_a_997_that_asks_for_a_ta1_is_a_ta1_alone(hub: AtWork) -> None:
    ours = _answered(hub)
    number = of_kind(hub.sent(), "855")[0].group
    assert number is not None
    told = hub.send(acknowledgement(number).replace(b"*0*P*>", b"*1*P*>"))
    assert [each.kind for each in hub.answers(told.message.id)] == ["TA1"]
    assert hub.detail(ours).message.acknowledgement == "accepted"


def _answered(hub: AtWork) -> str:
    """Send an order; return the id of our 855, which stands in interchange 1."""
    got = hub.send(one_order("4500098123"))
    (ours,) = of_kind(hub.answers(got.message.id), "855")
    return ours.message
