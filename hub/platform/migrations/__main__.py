"""Writes the next revision. For the engineer who changes a table; the running hub never comes here."""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection

import hub
from hub.platform import schema
from hub.platform.database import Database


def load_tables() -> None:
    """Import every module that declares tables: ``store.py`` and ``tables.py`` of the rooms, and the platform's own."""
    root = Path(hub.__file__).parent
    for file in sorted([*root.rglob("store.py"), *root.rglob("tables.py")]):
        import_module(".".join(("hub", *file.relative_to(root).with_suffix("").parts)))
    import_module("hub.platform.blobs")
    import_module("hub.platform.jobs")


def revise(message: str) -> None:
    """Write the revision that leads from the newest one to the tables as declared."""
    from alembic import command

    load_tables()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        number = 1
        if list((schema.MIGRATIONS / "versions").glob("[0-9]*.py")):
            schema.upgrade(database)
            number = int(schema.head()) + 1

        def work(conn: Connection) -> None:
            command.revision(schema.alembic_config(conn), message, autogenerate=True, rev_id=f"{number:04}")

        database.alone(work)
        database.close_now()


if __name__ == "__main__":
    revise(" ".join(sys.argv[1:]) or sys.exit("say what changes"))
