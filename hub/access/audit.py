"""The audit record: who did what, when. Entries are added and never changed; the database refuses anything else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert

from hub.access.tables import audit_entry


def add_entry(
    conn: Connection,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    partner: str | None = None,
    detail: Mapping[str, str] | None = None,
) -> None:
    """Add an entry, in the transaction of what it tells of. No secret and no payload belongs into ``detail``."""
    values = {"at": at, "actor": actor, "action": action, "subject": subject, "partner": partner}
    conn.execute(_INSERT, {**values, "detail": dict(detail or {})})


_INSERT = insert(audit_entry)
