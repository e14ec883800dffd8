"""Of many sets that were rejected the log says how many, and which was the first."""

from __future__ import annotations

import pytest

from tests.flow.at_work import AtWork
from tests.flow.wire import group, interchange, order, transaction


@pytest.mark.parametrize(("sets", "bad"), [(12, {3, 4, 5, 7, 9, 10, 12}), (2, {2}), (3, {1, 2, 3}), (60, {55})])
def test_a_message_of_many_says_how_many_were_rejected(hub: AtWork, sets: int, bad: set[int]) -> None:
    made = [
        transaction(order(f"N-{n}").replace("*100*EA", "*+1*EA" if n in bad else "*100*EA", 1), control=f"{n:04d}")
        for n in range(1, sets + 1)
    ]
    got = hub.send(interchange(group(*made)))
    said = f"Rejected: {len(bad)} of {sets} documents; first: document {min(bad):04d}, about N-{min(bad)}: PO102 "
    assert str(got.message.attention).startswith(said)


def test_of_one_set_it_is_plain_which(hub: AtWork) -> None:
    got = hub.send(interchange(group(transaction(order("N-1").replace("*100*EA", "*+1*EA", 1)))))
    assert str(got.message.attention).startswith("Rejected: PO102 ")
