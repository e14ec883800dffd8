"""A 997 whose own frame is broken says nothing about ours: it is refused, a person looks, a whole one counts after."""

from __future__ import annotations

import pytest

from tests.flow.at_work import AtWork, assert_each_finding_helps, findings
from tests.flow.wire import acknowledgement, group, interchange, of_kind, one_order

FRAMES = {
    "counts one too few": ("ST*997*0001~", "SE*5*0001~"),
    "counts one too many": ("ST*997*0001~", "SE*7*0001~"),
    "counts none": ("ST*997*0001~", "SE*0*0001~"),
    "counts without end": ("ST*997*0001~", "SE*9999999999*0001~"),
    "counts no number": ("ST*997*0001~", "SE*six*0001~"),
    "counts nothing": ("ST*997*0001~", "SE**0001~"),
    "counts a minus": ("ST*997*0001~", "SE*-6*0001~"),
    "ends under another number": ("ST*997*0001~", "SE*6*0002~"),
    "ends under no number": ("ST*997*0001~", "SE*6~"),
    "begins under no number": ("ST*997~", "SE*6*0001~"),
    "begins under a number too long": ("ST*997*0123456789~", "SE*6*0123456789~"),
    "has no end": ("ST*997*0001~", ""),
    "begins twice": ("ST*997*0001~ST*997*0001~", "SE*6*0001~"),
}
UNTIDY = {
    "begins under a number too short": ("ST*997*1~", "SE*6*1~"),
    "ends once more after it was whole": ("ST*997*0001~", "SE*6*0001~SE*6*0001~"),
}


def broken(number: int, case: str) -> bytes:
    begin, end = (FRAMES | UNTIDY)[case]
    body = f"AK1*PR*{number}~AK2*855*0001~AK5*R*5~AK9*R*1*1*0~"
    return interchange(group(f"{begin}{body}{end}", number=901, functional="FA"), number=901)


@pytest.mark.parametrize("case", FRAMES)
def test_a_broken_997_says_nothing_about_our_answer_and_a_person_looks(hub: AtWork, case: str) -> None:
    order = hub.send(one_order("4500098123"))
    [ours] = of_kind(hub.answers(order.message.id), "855")
    assert ours.group is not None
    told = hub.send(broken(ours.group, case))
    assert told.message.outcome in ("refused", "held"), "it is seen that it did not count"
    assert told.message.why is not None
    assert findings(told)
    assert_each_finding_helps(told)
    assert hub.answers(told.message.id) == [], "an acknowledgement is never acknowledged, not even a broken one"
    waits = hub.detail(ours.message)
    assert waits.message.acknowledgement == "awaited", "a rejection that nobody can trust is none"
    assert waits.message.why is None
    assert [each.state for each in waits.duties] == ["awaited"]

    whole = hub.send(acknowledgement(ours.group, control=902))
    assert whole.message.outcome == "accepted"
    assert hub.detail(ours.message).message.acknowledgement == "accepted"


@pytest.mark.parametrize("case", UNTIDY)
def test_a_997_that_can_be_told_to_be_whole_counts_though_it_is_untidy(hub: AtWork, case: str) -> None:
    order = hub.send(one_order("4500098123"))
    [ours] = of_kind(hub.answers(order.message.id), "855")
    assert ours.group is not None
    told = hub.send(broken(ours.group, case))
    assert told.message.outcome == "accepted"
    assert findings(told), "it is said that it is untidy"
    assert hub.detail(ours.message).message.acknowledgement == "rejected"


@pytest.mark.parametrize("padding", ["06", "006", "0000000006", " 6", "6 "])
def test_a_count_that_is_right_however_it_is_written_counts(hub: AtWork, padding: str) -> None:
    order = hub.send(one_order("4500098123"))
    [ours] = of_kind(hub.answers(order.message.id), "855")
    body = f"AK1*PR*{ours.group}~AK2*855*0001~AK5*A~AK9*A*1*1*1~"
    set_ = f"ST*997*0001~{body}SE*{padding}*0001~"
    hub.send(interchange(group(set_, number=901, functional="FA"), number=901))
    assert hub.detail(ours.message).message.acknowledgement == "accepted"


def test_a_broken_997_keeps_no_whole_one_beside_it_from_counting(hub: AtWork) -> None:
    order = hub.send(one_order("4500098123"))
    [ours] = of_kind(hub.answers(order.message.id), "855")
    body = f"AK1*PR*{ours.group}~AK2*855*0001~AK5*{{}}~AK9*{{}}*1*1*{{}}~"
    bad = f"ST*997*0001~{body.format('R', 'R', 0)}SE*9*0001~"
    good = f"ST*997*0002~{body.format('A', 'A', 1)}SE*6*0002~"
    told = hub.send(interchange(group(bad, good, number=901, functional="FA"), number=901))
    assert {row.reference: row.outcome for row in told.documents} == {"0001": "refused", "0002": "accepted"}
    assert hub.detail(ours.message).message.acknowledgement == "accepted"
    assert told.message.why is not None
