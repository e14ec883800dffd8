"""A database that an earlier version has written goes on: what it knew is shown, what it waited for still comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from alembic import command
from sqlalchemy import Column, Connection, MetaData, Table, insert

from hub.exchange import acknowledgements, messages
from hub.exchange.acknowledgements import SetWord
from hub.exchange.overdue import mark_overdue
from hub.kernel.scope import EVERYONE
from hub.platform import schema
from hub.platform.columns import Instant
from hub.platform.database import Database
from tests.exchange.story import NOW, answer, receive_order

ACME = "acme-cardio"
BEFORE = "0011"
DUE = NOW + timedelta(hours=24)


def test_acknowledgements_that_an_earlier_version_waits_for_are_matched_when_they_come(database: Database) -> None:
    ours, late = _written_before(database)

    def work(conn: Connection) -> None:
        shown = messages.message_detail(conn, EVERYONE, ours)
        assert shown is not None
        assert [(each.kind, each.reference, each.state) for each in shown.duties] == [("997", "PR 41", "awaited")]
        [missed] = mark_overdue(conn, now=DUE - timedelta(hours=1))
        assert (missed.because.id, missed.reference) == (late, "PR 42")
        group = acknowledgements.sent_group(conn, ACME, kinds=("997", "999"), functional_group="PR", control_number=41)
        assert group is not None
        said = [SetWord(position=1, verdict="accepted", findings=[])]
        acknowledgements.acknowledge_group(
            conn, ACME, group, "accepted", said="accepted", sets=said, by="their-997", now=NOW
        )
        shown = messages.message_detail(conn, EVERYONE, ours)
        assert shown is not None
        assert (shown.message.acknowledgement, shown.duties[0].done_by) == ("accepted", "their-997")

    database.write_now(work)


def test_what_is_owed_is_kept_when_an_upgrade_is_taken_back(database: Database) -> None:
    ours, _ = _written_before(database)
    database.alone(lambda conn: command.downgrade(schema.alembic_config(conn), BEFORE))
    rows = database.read_now(lambda conn: list(conn.execute(_expected(conn).select())))
    assert [(row.functional_group, row.control_number, row.state) for row in rows] == [
        ("PR", 41, "awaited"), ("PR", 42, "awaited"), ("", 41, "accepted"),
    ]  # fmt: skip
    assert rows[0].message == ours
    schema.upgrade(database)


def _written_before(database: Database) -> tuple[str, str]:
    """Take the tables back to what they were, write what was awaited then, and upgrade; return our two messages."""
    found: list[str] = []

    def story(conn: Connection) -> None:
        found.extend(answer(conn, f"PO-{n}", receive_order(conn, f"PO-{n}")) for n in (1, 2))

    database.write_now(story)
    database.alone(lambda conn: command.downgrade(schema.alembic_config(conn), BEFORE))
    rows = [_awaited(found[0], "997", "PR", 41, DUE), _awaited(found[1], "997", "PR", 42, DUE - timedelta(hours=2))]
    rows.append(_awaited(found[1], "TA1", "", 41, DUE) | {"state": "accepted", "acknowledged_by": "their-ta1"})
    database.write_now(lambda conn: conn.execute(insert(_expected(conn)), rows))
    schema.upgrade(database)
    return found[0], found[1]


def _awaited(message: str, kind: str, group: str, number: int, due: datetime) -> dict[str, Any]:
    return {
        "partner": ACME, "kind": kind, "functional_group": group, "control_number": number, "message": message,
        "due_at": due, "state": "awaited", "acknowledged_by": None,
    }  # fmt: skip


def _expected(conn: Connection) -> Table:
    return Table("expected_acknowledgement", MetaData(), Column("due_at", Instant), autoload_with=conn)
