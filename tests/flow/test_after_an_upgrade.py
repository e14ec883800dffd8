"""What an earlier version wrote is still understood: interchanges it knew by their bytes stay known."""

from __future__ import annotations

from hashlib import sha256

import pytest
from alembic import command
from sqlalchemy import Connection, update

from hub.exchange.tables import envelope as envelope_table
from hub.platform import schema
from tests.flow.at_work import AtWork
from tests.flow.wire import acknowledgement, of_kind, one_order

TABLES_OF_BEFORE = "0011"  # X12's words in every table
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
    as_before = update(envelope_table).where(envelope_table.c.message == first.message.id)
    hub.hub.database.write_now(lambda conn: conn.execute(as_before.values(digest=sha256(FIRST).hexdigest())))
    got = hub.send(again)
    assert [row.judgement for row in got.envelopes if row.reference == "101"] == [
        "conflict" if outcome == "quarantined" else "duplicate"
    ]
    assert outcome in {row.outcome for row in got.documents}
    assert [row.number for row in hub.orders()].count("4500098123") == 1


def test_a_database_of_before_goes_on(hub: AtWork) -> None:
    """What stood in the tables of before is shown, known again and answered as if they had always been these."""
    order = hub.send(FIRST)
    (ours,) = of_kind(hub.answers(order.message.id), "855")
    before = hub.detail(order.message.id), hub.detail(ours.message)
    found = {text: hub.found(text) for text in ("4500098123", "101", str(ours.number), "CM-77-1001")}
    _taken_back(hub)
    hub.reopen()

    assert (hub.detail(order.message.id), hub.detail(ours.message)) == before
    assert {text: hub.found(text) for text in found} == found
    late = hub.send(acknowledgement(ours.group or 0))
    assert late.message.why is None
    assert hub.detail(ours.message).message.acknowledgement == "accepted"
    assert hub.send(FIRST + b"\n").documents[0].outcome == "duplicate"
    assert hub.send(one_order("4500098124")).documents[0].outcome == "quarantined", "its number is taken"
    hub.send(one_order("4500098125", 103))
    numbers = [each.number for each in hub.sent()]
    assert numbers == [*range(1, len(numbers) + 1)], "no gap, and none twice"


def _taken_back(hub: AtWork) -> None:
    """Take the tables back to what they were, with all that stands in them, and upgrade them again."""

    def work(conn: Connection) -> None:
        with schema.tables_may_be_dropped(conn):
            command.downgrade(schema.alembic_config(conn), TABLES_OF_BEFORE)
            conn.commit()

    hub.hub.database.alone(work)
    schema.upgrade(hub.hub.database)


@pytest.mark.parametrize(("before", "now"), [("00123", "123"), ("123", "0123"), ("po-7", "PO-7")])
def test_an_order_of_before_the_upgrade_is_known_under_any_spelling_of_its_number(
    hub: AtWork, before: str, now: str
) -> None:
    hub.send(one_order(before))
    hub.hub.database.alone(lambda conn: command.downgrade(schema.alembic_config(conn), "0021"))
    hub.hub.database.alone(lambda conn: command.upgrade(schema.alembic_config(conn), "head"))
    assert hub.send(one_order(now, 102)).message.outcome == "held"
