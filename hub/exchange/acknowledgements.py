"""Acknowledgements we wait for: matched when they come, overdue when they do not.

Matched by partner, kind, and the number acknowledged (GS06 with its GS01, or ISA13 for a TA1), so that nobody can
acknowledge another partner's message. An acknowledgement is never itself acknowledged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Integer, bindparam, insert, select, update

from hub.exchange.model import Acknowledgement, ExpectedAcknowledgement
from hub.exchange.recording import call_attention, note
from hub.exchange.tables import document, expected_acknowledgement, message
from hub.platform.columns import Instant
from hub.platform.statements import Prepared

OVERDUE_MAX = 500  # of one look at the clock; the rest comes with the next
_SEVERITY: tuple[Acknowledgement, ...] = ("none", "accepted", "awaited", "overdue", "partly", "rejected")
"""What a message shows when its groups fare differently: the last of these that any of them has."""


def expect(conn: Connection, *expected: ExpectedAcknowledgement) -> None:
    """Start the clocks for groups (or interchanges) that were sent."""
    _INSERT.run_many(conn, [msgspec.structs.asdict(each) for each in expected])


def match(
    conn: Connection,
    partner: str,
    *,
    kinds: tuple[str, ...],
    functional_group: str,
    control_number: int,
    verdict: Acknowledgement,
    sets: Mapping[str, Acknowledgement] | None = None,
    by: str,
    now: datetime,
) -> str | None:
    """Record what the partner says about our group; return the id of our message, None when we sent no such group.

    ``sets`` gives the verdict of single transaction sets by ST02. A rejection calls for a person. The newest message
    of that number is meant: numbers come round again.
    """
    values = {"whose": partner, "kinds": list(kinds), "group": functional_group, "number": control_number}
    row = conn.execute(_FIND, values).first()
    if row is None:
        return None
    conn.execute(_ANSWERED, {"wanted": row.id, "verdict": verdict, "by": by})
    scope = {"wanted": row.message, "number": control_number}
    conn.execute(_GROUP, {**scope, "verdict": verdict})
    for number, of_set in (sets or {}).items():
        conn.execute(_SET, {**scope, "set": number, "verdict": of_set})
    _show_worst(conn, row.message)
    note(conn, row.message, "acknowledged", f"{verdict} by {partner}", at=now, actor=f"partner:{partner}")
    if verdict in ("partly", "rejected"):
        call_attention(conn, row.message, f"{partner} {verdict} what we sent (acknowledgement {by})")
    return str(row.message)


def mark_overdue(conn: Connection, *, now: datetime) -> list[ExpectedAcknowledgement]:
    """Find what is late, mark it and call for a person; return it."""
    rows = conn.execute(_LATE, {"now": now, "most": OVERDUE_MAX}).all()
    for row in rows:
        conn.execute(_OVERDUE, {"wanted": row.id})
        _show_worst(conn, row.message)
        why = f"no {row.kind} for group {row.control_number} by {row.due_at:%Y-%m-%d %H:%M} UTC"
        call_attention(conn, row.message, why)
        note(conn, row.message, "acknowledgement-overdue", why, at=now)
    return [ExpectedAcknowledgement(**(_expected(row._mapping) | {"state": "overdue"})) for row in rows]


def expected_for(conn: Connection, message_id: str) -> list[ExpectedAcknowledgement]:
    """Return what we wait for, or waited for, because of one message."""
    rows = conn.execute(_OF_MESSAGE, {"wanted": message_id})
    return [ExpectedAcknowledgement(**_expected(row._mapping)) for row in rows]


def _show_worst(conn: Connection, message_id: str) -> None:
    states = conn.execute(_STATES, {"wanted": message_id}).scalars().all()
    worst = max(states, key=_SEVERITY.index)
    conn.execute(_MESSAGE, {"wanted": message_id, "verdict": worst})


def _expected(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != "id"}


_INSERT = Prepared(insert(expected_acknowledgement))
_FIND = (
    select(expected_acknowledgement.c.id, expected_acknowledgement.c.message)
    .where(
        expected_acknowledgement.c.partner == bindparam("whose"),
        expected_acknowledgement.c.control_number == bindparam("number"),
        expected_acknowledgement.c.functional_group == bindparam("group"),
        expected_acknowledgement.c.kind.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(expected_acknowledgement.c.id.desc())
    .limit(1)
)
_ANSWERED = (
    update(expected_acknowledgement)
    .where(expected_acknowledgement.c.id == bindparam("wanted"))
    .values(state=bindparam("verdict"), acknowledged_by=bindparam("by"))
)
_LATE = (
    select(expected_acknowledgement)
    .where(
        expected_acknowledgement.c.state == "awaited",
        expected_acknowledgement.c.due_at <= bindparam("now", type_=Instant),
    )
    .order_by(expected_acknowledgement.c.due_at)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)  # what is being answered at this moment is not late
)
_OVERDUE = (
    update(expected_acknowledgement)
    .where(expected_acknowledgement.c.id == bindparam("wanted"), expected_acknowledgement.c.state == "awaited")
    .values(state="overdue")
)
_OF_MESSAGE = (
    select(expected_acknowledgement)
    .where(expected_acknowledgement.c.message == bindparam("wanted"))
    .order_by(expected_acknowledgement.c.id)
)
_STATES = select(expected_acknowledgement.c.state).where(expected_acknowledgement.c.message == bindparam("wanted"))
_GROUP = (
    update(document)
    .where(document.c.message == bindparam("wanted"), document.c.group_control_number == bindparam("number"))
    .values(acknowledgement=bindparam("verdict"))
)
_SET = _GROUP.where(document.c.set_control_number == bindparam("set"))
_MESSAGE = update(message).where(message.c.id == bindparam("wanted")).values(acknowledgement=bindparam("verdict"))
