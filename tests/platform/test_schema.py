"""The tables on disk are the tables in Python, on both engines, and the record cannot be changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from hub.access import audit
from hub.kernel.errors import Misconfigured
from hub.platform import schema
from hub.platform.database import Database
from hub.platform.migrations.__main__ import load_tables
from tests.stored import audited

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_the_migrations_lead_to_the_tables_as_declared(database: Database) -> None:
    load_tables()
    try:
        database.alone(lambda conn: command.check(schema.alembic_config(conn)))
    except CommandError as difference:
        pytest.fail(f"write a revision: python -m hub.platform.migrations '…' ({difference})")


def test_an_upgrade_twice_changes_nothing(database: Database) -> None:
    assert schema.upgrade(database) == schema.head()
    schema.verify(database)


def test_every_revision_can_be_taken_back(database: Database) -> None:
    def down(conn: Connection) -> None:
        command.downgrade(schema.alembic_config(conn), "base")

    database.alone(down)
    with pytest.raises(Misconfigured, match="hub db upgrade"):
        schema.verify(database)
    schema.upgrade(database)
    schema.verify(database)


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"])
def test_the_audit_record_refuses_change(database: Database, statement: str) -> None:
    def add(conn: Connection) -> None:
        audit.add_entry(conn, at=NOW, actor="person:kim", action="key-made", subject="k", partner="acme-cardio")

    database.write_now(add)
    with pytest.raises(DBAPIError, match="append-only"):
        database.write_now(lambda conn: conn.execute(text(statement)))
    [entry] = database.read_now(audited)
    assert entry.actor == "person:kim"


def test_the_audit_record_refuses_replacement(sqlite_database: Database) -> None:
    sqlite_database.write_now(lambda conn: audit.add_entry(conn, at=NOW, actor="a", action="b", subject="c"))
    replace = (
        "INSERT OR REPLACE INTO audit_entry SELECT number, at, 'x', action, subject, partner, detail FROM audit_entry"
    )
    with pytest.raises(DBAPIError, match="append-only"):
        sqlite_database.write_now(lambda conn: conn.execute(text(replace)))


def test_the_audit_record_refuses_to_be_emptied(postgresql_database: Database) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        postgresql_database.write_now(lambda conn: conn.execute(text("TRUNCATE audit_entry")))


def test_a_missing_trigger_stops_the_start(database: Database) -> None:
    name = "audit_entry_no_update" if database.sqlite_path else "audit_entry_append_only ON audit_entry"
    database.write_now(lambda conn: conn.execute(text(f"DROP TRIGGER {name}")))
    with pytest.raises(Misconfigured, match="triggers are missing: audit_entry_"):
        schema.verify(database)
    schema.upgrade(database)
    schema.verify(database)


@pytest.mark.parametrize(("revision", "remedy"), [("0000", "hub db upgrade"), ("9999", "newer hub")])
def test_another_revision_stops_the_start_and_names_the_remedy(
    sqlite_database: Database, revision: str, remedy: str
) -> None:
    sqlite_database.write_now(lambda conn: conn.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'")))
    with pytest.raises(Misconfigured, match=remedy):
        schema.verify(sqlite_database)


def test_an_empty_database_is_not_current(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/hub.db")
    with pytest.raises(Misconfigured, match="hub db upgrade"):
        schema.verify(database)
    schema.upgrade(database)
    schema.verify(database)
    database.close_now()
