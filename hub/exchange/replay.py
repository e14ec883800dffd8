"""Replay: a person asks for a message to be processed again.

It starts again at its first byte. Nothing is applied twice: the flow reruns what was refused, held or failed, and
recognises the rest.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from hub.exchange.intake import PROCESS, PROCESS_LARGE, enqueue
from hub.exchange.messages import find_message
from hub.exchange.model import MessageRow
from hub.exchange.recording import note
from hub.exchange.tables import message
from hub.kernel.errors import Conflict
from hub.kernel.scope import EVERYONE, Scope
from hub.kernel.sentence import as_written
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
    note(conn, message_id, "replay-asked", as_written(reason) if reason else None, at=now, actor=actor)
    _queue(conn, message_id, row, now)
    return True


def process_again(conn: Connection, message_id: str, *, now: datetime) -> None:
    """Queue the message again because its time has come; what has taken effect takes none again."""
    row = find_message(conn, EVERYONE, message_id)
    if row is not None and row.direction == "in":
        note(conn, message_id, "replay-asked", None, at=now)
        _queue(conn, message_id, row, now)


def _queue(conn: Connection, message_id: str, row: MessageRow, now: datetime) -> None:
    """Write the job, or take up the one that was given up: it knows that it was tried before.

    A message is never two jobs at once: who asks for it at the same time waits here for the other.
    """
    conn.execute(_LOCK, {"wanted": message_id})
    states = {state: job for job, state in conn.execute(_JOBS, {"wanted": message_id})}
    given_up = states.pop("dead", None)
    if states:
        return
    if given_up is None or not jobs.revive(conn, given_up, now=now):
        enqueue(conn, message_id, row.partner, row.size_bytes, now=now)


_LOCK = select(message.c.id).where(message.c.id == bindparam("wanted")).with_for_update()
_JOBS = (
    select(jobs.job.c.id, jobs.job.c.state)
    .where(jobs.job.c.kind.in_((PROCESS, PROCESS_LARGE)), jobs.job.c.payload == bindparam("wanted"))
    .order_by(jobs.job.c.id)
)
