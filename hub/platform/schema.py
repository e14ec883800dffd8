"""The tables as they should be: brought up to date, and checked before anything is served.

``upgrade`` runs the revisions and writes the triggers; ``verify`` refuses to start on anything else, with the remedy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from hub.kernel.errors import Misconfigured
from hub.platform.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"

APPEND_ONLY = ("audit_entry",)
"""Tables whose rows are never changed or deleted. Triggers stop accidents, not whoever owns the database."""


def head() -> str:
    """Return the newest revision this code brings: the number its file name starts with."""
    return max(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def current(conn: Connection) -> str | None:
    """Return the revision the database stands at; None when it is empty."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    revision: str | None = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def upgrade(database: Database) -> str:
    """Bring the tables up to date and write the triggers anew; return the revision reached."""

    def work(conn: Connection) -> None:
        if current(conn) != head():
            run_revisions(conn)
        conn.rollback()
        _write_triggers(conn)
        conn.commit()

    def run_revisions(conn: Connection) -> None:
        from alembic import command  # a third of a second that a start with nothing to do is spared

        conn.rollback()  # within a transaction the pragma does nothing
        with tables_may_be_dropped(conn):
            command.upgrade(alembic_config(conn), "head")
            conn.commit()

    database.alone(work)
    return head()


@contextmanager
def tables_may_be_dropped(conn: Connection) -> Iterator[None]:
    """Let a table that is written anew be dropped in between, though others refer to it by its name."""
    driver = conn.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        conn.rollback()
        driver.execute("PRAGMA foreign_keys = ON")


def verify(database: Database) -> None:
    """Raise ``Misconfigured`` when the tables are older or newer than this code, or a trigger is missing."""

    def work(conn: Connection) -> tuple[str | None, set[str]]:
        return current(conn), _wanted_triggers(conn) - _triggers(conn)

    found, missing = database.read_now(work)
    if found != head():
        newer = found is not None and found > head()
        raise Misconfigured.told(
            f"the database is at revision {found or 'none'}, this hub wants {head()}",
            remedy="install the newer hub that wrote it" if newer else "run: hub db upgrade",
        )
    if missing:
        raise Misconfigured.told(f"triggers are missing: {', '.join(sorted(missing))}", remedy="run: hub db upgrade")


def alembic_config(conn: Connection) -> Config:
    """Return Alembic's configuration, bound to ``conn``."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config


def _wanted_triggers(conn: Connection) -> set[str]:
    endings = ("no_update", "no_delete") if conn.dialect.name == "sqlite" else ("append_only",)
    return {f"{table}_{ending}" for table in APPEND_ONLY for ending in endings}


def _triggers(conn: Connection) -> set[str]:
    if conn.dialect.name == "sqlite":
        return set(conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    return set(conn.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).scalars())


def _write_triggers(conn: Connection) -> None:
    for table in APPEND_ONLY:
        for statement in _SQLITE if conn.dialect.name == "sqlite" else _POSTGRESQL:
            conn.exec_driver_sql(statement.replace("{table}", table))


_SQLITE = (
    "DROP TRIGGER IF EXISTS {table}_no_update",
    "DROP TRIGGER IF EXISTS {table}_no_delete",
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
    " BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
    " BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION hub_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    "DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
    "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION hub_append_only()",
)
