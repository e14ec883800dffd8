"""Two documents of one number in one body: the second sees the first, whatever was decided in the body before them."""

from __future__ import annotations

import pytest

from tests.flow.at_work import AtWork
from tests.flow.wire import group, interchange, line, of_kind, one_order, order, transaction

BEFORE = {
    "a number that may be written otherwise": order("46550001"),
    "a number with zeros": order("00077"),
    "one that is corrected": order("PO-1", lines=line(1)),
    "a resend": order("PO-9"),
    "a cancellation": order("PO-9", purpose="01"),
    "an ordinary one": order("PO-3"),
}


@pytest.mark.parametrize("purpose", ["00", "07"])
@pytest.mark.parametrize("case", BEFORE)
def test_the_second_is_held_or_a_copy_and_nothing_else_of_the_body_is_harmed(
    hub: AtWork, case: str, purpose: str
) -> None:
    hub.send(one_order("PO-1", 1, lines=line(1, item="BP*NONE-9*EC*D")))
    hub.send(one_order("PO-9", 2))
    sets = [BEFORE[case], order("PO-2"), order("PO-2", purpose=purpose)]
    got = hub.send(interchange(group(*(transaction(each, control=f"{n:04d}") for n, each in enumerate(sets, 1)))))
    assert hub.order("PO-2").summary.status == "accepted"
    assert [row.outcome for row in got.documents[1:]] == ["accepted", "duplicate"]
    assert [each.kind for each in hub.answers(got.message.id)].count("997") == 1
    said = [each.one("BAK")[3] for each in of_kind(hub.sent(), "855")]
    assert said.count("PO-2") == 1
