"""Replay: a person asks for a message to be processed again.

It starts again at its first byte. Nothing is applied twice: the flow reruns what was refused, held or failed, and
recognises the rest.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from hub.exchange.intake import PROCESS, PROCESS_LARGE, enqueue
from hub.exchange.messages import find_message
from hub.exchange.recording import note
from hub.kernel.errors import Conflict
from hub.kernel.scope import Scope
from hub.platform import jobs


def ask_replay(
    conn: Connection, scope: Scope, message_id: str, *, actor: str, reason: str | None, now: datetime
) -> bool:
    """Queue the message again; False when there is none in scope, ``Conflict`` when it is not an inbound one."""
    row = find_message(conn, scope, message_id)
    if row is None:
        return False
    if row.direction != "in":
        raise Conflict("what we sent is sent again, not processed again: resend it")
    note(conn, message_id, "replay-asked", reason, at=now, actor=actor)
    if conn.execute(_WAITING, {"wanted": message_id}).first() is None:  # a message is never two jobs at once
        enqueue(conn, message_id, row.partner, row.size_bytes, now=now)
    return True


_WAITING = select(jobs.job.c.id).where(
    jobs.job.c.kind.in_((PROCESS, PROCESS_LARGE)), jobs.job.c.payload == bindparam("wanted"), jobs.job.c.state != "dead"
)
