"""What a partner is owed waits as a whole while the place it is to go to is at fault: full, closed, gone.

The fault is of the place and not of any answer: it is one row here, one entry and one call for a person at the oldest
answer, and costs no answer an attempt. A stopped lane is left out of every claim. When its time has come the place is
judged; found well, the oldest answer is tried alone (``try_out``), and only when that one is through do the others
follow (``go_on``), in their order. Found at fault, the lane waits longer, up to ``WAIT_MAX``, and for as long as it
takes: an answer is never given up for what its receiver's folder is.

``rounds`` is the fence: of two hubs that judge one lane the second changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Integer, bindparam, delete, exists, select, update

from hub.exchange.recording import note
from hub.exchange.storable import storable_said
from hub.exchange.tables import delivery, delivery_attempt, message, stopped_lane
from hub.kernel.sentence import Phrase, Wording, as_written, declared
from hub.kernel.struct import Struct
from hub.platform.columns import Instant
from hub.platform.statements import unless_there

WAIT_MIN = timedelta(seconds=5)  # as after the first failed attempt of one answer
WAIT_MAX = timedelta(minutes=1)  # who has mended a folder looks for its files; a look at one costs some microseconds
LEFT_BROKEN_OFF_MAX = 1_000  # attempts taken back in one round: those of a hundred hubs that were killed


WAITS = "lane/waits"
declared({WAITS: Phrase(message="what {partner} is owed waits until it can be put down again: {reason}")})


class Lane(Struct):
    """A partner's deliveries, stopped."""

    partner: str
    since: datetime
    rounds: int
    again_at: datetime
    reason: Wording
    message: str


def wait_after(rounds: int) -> timedelta:
    """Return how long a lane waits after so many rounds at fault.

    >>> [wait_after(n).total_seconds() for n in (1, 2, 3, 50)]
    [5.0, 10.0, 20.0, 60.0]
    """
    doubled: timedelta = WAIT_MIN * 2 ** min(rounds - 1, 16)
    return min(doubled, WAIT_MAX)


def stop(conn: Connection, partner: str, message_id: str, reason: Wording, *, now: datetime) -> bool:
    """Stop the partner's lane, found at fault with ``message_id``; False when it was stopped already.

    A person is called to that message, and called no more once the lane goes on.
    """
    row = {
        "partner": partner,
        "since": now,
        "rounds": 1,
        "again_at": now + wait_after(1),
        "reason": storable_said(reason),
        "message": message_id,
    }
    if _STOP.run(conn, row) == 0:
        return False
    note(conn, message_id, "deliveries-stopped", reason, at=now)
    conn.execute(_CALL, {"wanted": message_id, "why": _called(partner, reason)})
    return True


def lanes(conn: Connection) -> dict[str, Lane]:
    """Return what is stopped, by partner: no more rows than there are partners."""
    return {row.partner: Lane(**row._mapping) for row in conn.execute(_LANES)}


def lane_of(conn: Connection, partner: str) -> Lane | None:
    """Return the partner's lane if it is stopped."""
    row = conn.execute(_LANES.where(stopped_lane.c.partner == partner)).one_or_none()
    return None if row is None else Lane(**row._mapping)


def wait_on(conn: Connection, lane: Lane, reason: Wording, *, now: datetime) -> bool:
    """Let a lane wait that was judged and is at fault still; False when another has judged it meanwhile."""
    values = {
        "whose": lane.partner,
        "mine": lane.rounds,
        "again": now + wait_after(lane.rounds + 1),
        "why": storable_said(reason),
    }
    return conn.execute(_WAIT_ON, values).rowcount == 1


def try_out(conn: Connection, lane: Lane, *, until: datetime, now: datetime) -> Lane | None:
    """Take the lane for a trial that ends before ``until``; None when another has it.

    Attempts that broke off in a crash while the place was at fault are taken back: they tell nothing of their answers.
    """
    if conn.execute(_TRY, {"whose": lane.partner, "mine": lane.rounds, "again": until}).rowcount != 1:
        return None
    take_back(conn, lane.partner, now=now)
    return lane_of(conn, lane.partner)


def take_back(conn: Connection, partner: str, *, now: datetime) -> None:
    """Take back what broke off of the partner's deliveries and is due again: each stands where it stood at first."""
    found = conn.execute(_BROKEN_OFF, {"whose": partner, "now": now, "most": LEFT_BROKEN_OFF_MAX}).scalars().all()
    for answer in found:
        conn.execute(_NO_ATTEMPT, {"wanted": answer})
        conn.execute(_FIRST_PLACE, {"wanted": answer})


def go_on(conn: Connection, lane: Lane, *, now: datetime) -> bool:
    """Let the lane go on: the place is well. False when another has judged it meanwhile."""
    if conn.execute(_GO_ON, {"whose": lane.partner, "mine": lane.rounds}).rowcount != 1:
        return False
    note(conn, lane.message, "deliveries-resumed", None, at=now)
    called: Wording | None = conn.execute(_CALLED, {"wanted": lane.message}).scalar()
    if called is not None and _is_ours(called, lane.partner):
        conn.execute(_CALL_NO_MORE, {"wanted": lane.message})
    return True


def _called(partner: str, reason: Wording) -> Wording:
    return storable_said(Wording(key=WAITS, words={"partner": partner, "reason": reason}))


def _is_ours(called: Wording, partner: str) -> bool:
    """Say whether a person was called because of the lane: by us, or by an earlier hub, which stored the sentence."""
    before = str(_called(partner, as_written("")))
    return called.key == WAITS or (called.key == as_written("").key and str(called).startswith(before))


def judge_now(conn: Connection, *, now: datetime) -> None:
    """Make every lane due to be judged: its folder may have been mended while no hub was there to look."""
    for partner in sorted(lanes(conn)):
        take_back(conn, partner, now=now)
    conn.execute(update(stopped_lane).values(again_at=now))


_STOP = unless_there(stopped_lane)
_LANES = select(stopped_lane).order_by(stopped_lane.c.again_at)
_MINE = (stopped_lane.c.partner == bindparam("whose"), stopped_lane.c.rounds == bindparam("mine"))
_WAIT_ON = (
    update(stopped_lane)
    .where(*_MINE)
    .values(rounds=stopped_lane.c.rounds + 1, again_at=bindparam("again", type_=Instant), reason=bindparam("why"))
)
_TRY = (
    update(stopped_lane)
    .where(*_MINE)
    .values(rounds=stopped_lane.c.rounds + 1, again_at=bindparam("again", type_=Instant))
)
_GO_ON = delete(stopped_lane).where(*_MINE)
_CALL = (
    update(message)
    .where(message.c.id == bindparam("wanted"), message.c.attention.is_(None))
    .values(attention=bindparam("why"))
)
_CALLED = select(message.c.attention).where(message.c.id == bindparam("wanted")).with_for_update()
_CALL_NO_MORE = update(message).where(message.c.id == bindparam("wanted")).values(attention=None)
_BROKEN_OFF = (
    select(delivery.c.message)
    .where(
        delivery.c.partner == bindparam("whose"),
        delivery.c.next_attempt_at <= bindparam("now", type_=Instant),
        exists().where(
            delivery_attempt.c.message == delivery.c.message,
            delivery_attempt.c.attempt == delivery.c.attempts,
            delivery_attempt.c.finished_at.is_(None),
        ),
    )
    .order_by(delivery.c.message)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True, of=delivery)
)
_NO_ATTEMPT = delete(delivery_attempt).where(
    delivery_attempt.c.message == bindparam("wanted"), delivery_attempt.c.finished_at.is_(None)
)
_FIRST_PLACE = (
    update(delivery)
    .where(delivery.c.message == bindparam("wanted"))
    .values(next_attempt_at=select(message.c.received_at).where(message.c.id == bindparam("wanted")).scalar_subquery())
)
