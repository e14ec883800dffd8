"""Alembic's entrance: runs the revisions on the connection that ``hub.platform.schema`` gives."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from hub.platform.columns import ExactDecimal, Instant, Json
from hub.platform.database import metadata


def render(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Write our column types into a revision as what they are on disk; a revision outlives the shape of a Struct."""
    if kind == "type" and isinstance(thing, Instant):
        return "columns.Instant()"
    if kind == "type" and isinstance(thing, (Json, ExactDecimal)):
        return "sa.Text()"
    return False


def run() -> None:
    """Run what the command asked for."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,  # SQLite alters a column by writing the table anew
        transactional_ddl=True,  # SQLite can; Alembic does not believe it by default
        render_item=render,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
