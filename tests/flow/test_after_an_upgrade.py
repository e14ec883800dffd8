"""What an earlier version wrote is still understood: interchanges it knew by their bytes stay known."""

from __future__ import annotations

from hashlib import sha256

import pytest
from sqlalchemy import update

from hub.exchange.tables import interchange as interchange_table
from tests.flow.at_work import AtWork
from tests.flow.wire import one_order

FIRST = one_order("4500098123")


@pytest.mark.parametrize(
    ("again", "outcome"),
    [
        (FIRST + b"\r\n", "duplicate"),
        (b"\r\n" + FIRST, "duplicate"),
        (FIRST + one_order("4500098124", 102), "accepted"),  # the second is new
        (one_order("4500098124", 102) + FIRST, "accepted"),
        (one_order("4500098124"), "quarantined"),
        (FIRST.replace(b"*100*", b"*200*"), "quarantined"),
    ],
)
def test_the_same_bytes_are_a_duplicate_though_an_earlier_version_took_them_in(
    hub: AtWork, again: bytes, outcome: str
) -> None:
    first = hub.send(FIRST)
    as_before = update(interchange_table).where(interchange_table.c.message == first.message.id)
    hub.hub.database.write_now(lambda conn: conn.execute(as_before.values(digest=sha256(FIRST).hexdigest())))
    got = hub.send(again)
    assert [row.judgement for row in got.interchanges if row.control_number == 101] == [
        "conflict" if outcome == "quarantined" else "duplicate"
    ]
    assert outcome in {row.outcome for row in got.documents}
    assert [row.number for row in hub.orders()].count("4500098123") == 1
