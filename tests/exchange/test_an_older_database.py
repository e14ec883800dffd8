"""A database that an earlier version has written goes on: what it knew is shown, what it waited for still comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from alembic import command
from sqlalchemy import Column, Connection, MetaData, Table, insert

from hub.exchange import acknowledgements, envelopes, messages
from hub.exchange.acknowledgements import DocumentVerdict
from hub.exchange.overdue import mark_overdue
from hub.kernel.scope import EVERYONE
from hub.kernel.sentence import as_written
from hub.platform import schema
from hub.platform.columns import Instant
from hub.platform.database import Database
from tests.exchange.story import NOW, answer, envelope, receive_order

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
        group = acknowledgements.sent_documents(conn, ACME, kinds=("997", "999"), reference="PR 41")
        assert group is not None
        verdicts = [DocumentVerdict(position=1, verdict="accepted", findings=[])]
        acknowledgements.acknowledge_documents(
            conn, ACME, group, "accepted", in_words=as_written("accepted"), documents=verdicts, by="their-997", now=NOW
        )
        shown = messages.message_detail(conn, EVERYONE, ours)
        assert shown is not None
        assert (shown.message.acknowledgement, shown.duties[0].done_by) == ("accepted", "their-997")

    database.write_now(work)


def test_what_is_owed_is_kept_when_an_upgrade_is_taken_back(database: Database) -> None:
    ours, _ = _written_before(database)
    _back_to(database, BEFORE)
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
    _back_to(database, BEFORE)
    rows = [_awaited(found[0], "997", "PR", 41, DUE), _awaited(found[1], "997", "PR", 42, DUE - timedelta(hours=2))]
    rows.append(_awaited(found[1], "TA1", "", 41, DUE) | {"state": "accepted", "acknowledged_by": "their-ta1"})
    database.write_now(lambda conn: conn.execute(insert(_expected(conn)), rows))
    schema.upgrade(database)
    return found[0], found[1]


def _back_to(database: Database, revision: str) -> None:
    """Take the tables back, as an upgrade goes forward: a table that is written anew is dropped in between."""

    def work(conn: Connection) -> None:
        with schema.tables_may_be_dropped(conn):
            command.downgrade(schema.alembic_config(conn), revision)
            conn.commit()

    database.alone(work)


def _awaited(message: str, kind: str, group: str, number: int, due: datetime) -> dict[str, Any]:
    return {
        "partner": ACME, "kind": kind, "functional_group": group, "control_number": number, "message": message,
        "due_at": due, "state": "awaited", "acknowledged_by": None,
    }  # fmt: skip


def _expected(conn: Connection) -> Table:
    return Table("expected_acknowledgement", MetaData(), Column("due_at", Instant), autoload_with=conn)


def test_envelopes_documents_and_causes_are_the_same_after_an_upgrade(database: Database) -> None:
    found: list[str] = []

    def story(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        envelopes.enter(conn, envelope(order, 7))
        ours = answer(conn, "PO-1", order)
        envelopes.enter_sent(conn, [msgspec.structs.replace(envelope(ours, 9), direction="out", usage="test")])
        found.extend((order, ours))

    def shown(conn: Connection) -> list[object]:
        return [messages.message_detail(conn, EVERYONE, each) for each in found]

    database.write_now(story)
    before = database.read_now(shown)
    _back_to(database, BEFORE)
    schema.upgrade(database)
    assert database.read_now(shown) == before
    again = database.write_now(lambda conn: envelopes.enter(conn, envelope(receive_order(conn, "PO-2"), 7)))
    assert (again.judgement, again.first_message) == ("duplicate", found[0]), "its number is still known"
