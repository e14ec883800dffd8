"""What tests store and look up one at a time, by the ways in that the hub has for several; and a clock that stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Row, select

from hub.access.tables import audit_entry
from hub.business.orders.pages import OrderHead, order_head
from hub.business.orders.store import find_orders
from hub.exchange.intake import Accepted, Incoming, accept_all
from hub.exchange.model import Key
from hub.exchange.recording import kept_keys, put_kept_keys
from hub.kernel.scope import EVERYONE, Scope
from hub.platform.jobs import NewJob, enqueue_all


class FrozenClock:
    """A clock that stands until told otherwise."""

    def __init__(self, instant: datetime) -> None:
        if instant.tzinfo is None:
            raise ValueError("an instant needs a zone")
        self._instant = instant.astimezone(UTC)

    def now(self) -> datetime:
        return self._instant

    def advance(self, by: timedelta) -> None:
        self._instant += by


def accept(conn: Connection, incoming: Incoming) -> Accepted:
    """Take one message in; raises the ``Conflict`` that comes of it."""
    [accepted] = accept_all(conn, [incoming])
    if isinstance(accepted, Exception):
        raise accepted
    return accepted


def enqueue(
    conn: Connection,
    kind: str,
    payload: str,
    *,
    now: datetime,
    owner: str = "",
    ordering_key: str | None = None,
    run_at: datetime | None = None,
) -> None:
    """Write one job, due at ``run_at`` or at once."""
    enqueue_all(
        conn, [NewJob(kind=kind, payload=payload, due_at=run_at or now, owner=owner, ordering_key=ordering_key)]
    )


def put_keys(conn: Connection, partner: str, message: str, keys: Sequence[Key]) -> list[Key]:
    """Write the search keys of one message; return those that are kept."""
    kept = kept_keys(keys)
    put_kept_keys(conn, [(partner, message, kept)])
    return kept


def audited(conn: Connection) -> Sequence[Row[tuple[object, ...]]]:
    """Return the entries of the audit record, newest first."""
    return conn.execute(select(audit_entry).order_by(audit_entry.c.number.desc())).all()


def order_of(
    conn: Connection,
    partner: str,
    number: str,
    release: str | None = None,
    *,
    test: bool | None = None,
    scope: Scope = EVERYONE,
) -> OrderHead | None:
    """Return the one order that is meant, as its page shows it; the real one where a test has the same number."""
    found = [
        each
        for each in find_orders(conn, scope, partner, number)
        if release in (None, each.release) and test in (None, each.test)
    ]
    meant = [each for each in found if not each.test] or found
    return order_head(conn, meant[0]) if len(meant) == 1 else None
