"""The audit record: who did what, when. Entries are added and never changed; the database refuses anything else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select

from hub.exchange.messages import visible
from hub.exchange.model import AuditEntry
from hub.exchange.tables import audit_entry
from hub.kernel.scope import Scope

PAGE_MAX = 200


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


def list_entries(conn: Connection, scope: Scope, *, before: int | None = None, limit: int = 50) -> list[AuditEntry]:
    """Return entries about the partners in scope, newest first; those about no partner only to who sees all."""
    wanted = select(audit_entry).where(visible(scope, audit_entry.c.partner)).order_by(audit_entry.c.number.desc())
    if before is not None:
        wanted = wanted.where(audit_entry.c.number < before)
    return [AuditEntry(**row._mapping) for row in conn.execute(wanted.limit(max(1, min(limit, PAGE_MAX))))]


_INSERT = insert(audit_entry)
