"""Envelopes received and sent: every number is kept, and judged when it comes.

The same number with the same content is a ``duplicate`` (answer with the first outcome), with another a ``conflict``
(quarantine it and tell someone); what it means is compared, and its bytes only where not all of it was kept. Where the
partner's numbers may restart and the one before is old enough, there is no conflict: that one is ``superseded``, which
it stays, and this is the first. What was ``refused`` whole had no effect and takes no number: sent again and put right,
it is the first; and so is a document known by its own number, put right, where all of the one before was refused. The
judgement is made by the row's unique key inside the transaction that applies what it holds, so
two workers cannot both be first.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from hub.exchange.model import EnvelopeRow, Judgement
from hub.exchange.storable import storable
from hub.exchange.tables import envelope, message
from hub.kernel.errors import Defect
from hub.platform.statements import PreparedStatement, unless_there


def enter(
    conn: Connection,
    received: EnvelopeRow,
    *,
    refused: bool = False,
    numbered: bool = True,
    of_a_document: bool = False,
    restarts_after: timedelta | None = None,
    digest_of_bytes: str = "",
) -> EnvelopeRow:
    """Write an inbound envelope and return it with its judgement; entered again by a replay, it keeps its first.

    ``refused`` says that its envelope is at fault; a replay that finds it mended judges it anew, as it does a document
    that contradicted one of which nothing stands any more. A number that came
    longer than ``restarts_after`` ago may come again with other bytes; None: never. One that is not ``numbered``
    (nobody can read its number, and so it is refused) is compared with none. What is known by the number
    ``of_a_document`` gives way to another once it was refused. Of an envelope that came before its
    meaning was compared only ``digest_of_bytes`` is known: the same bytes are the same envelope as well.
    """
    same = (received.digest, digest_of_bytes or received.digest)
    row = storable(envelope, msgspec.structs.asdict(received)) | {"judgement": "first", "first_message": None}
    if not refused and _ENTER.run(conn, row) == 1:
        return msgspec.convert(row, EnvelopeRow)
    own = conn.execute(_OWN, {"wanted": received.message, "at_position": received.position}).one_or_none()
    again = partial(
        enter,
        conn,
        received,
        numbered=numbered,
        of_a_document=of_a_document,
        restarts_after=restarts_after,
        digest_of_bytes=digest_of_bytes,
    )
    if own is not None and (own.judgement == "refused" or (of_a_document and own.judgement == "conflict")):
        conn.execute(_FORGET, {"wanted": received.message, "at_position": received.position})
        return again(refused=refused)
    if own is not None:
        return EnvelopeRow(**own._mapping)
    if not numbered:
        return _insert(conn, row, "refused", None)
    number = {f"the_{name}": row[name] for name in _IDENTITY}
    first = conn.execute(_FIRST, number).one_or_none()
    if first is None and not refused:
        raise Defect(f"{received.kind} {received.reference} is neither new nor known")
    if first is None:
        return _insert(conn, row, "refused", None)
    if first.digest in same:
        return _insert(conn, row, "duplicate", first.message)
    former = conn.execute(_FORMER, {**number, "digests": same}).scalar()
    if former is not None:
        return _insert(conn, row, "duplicate", former)
    restarts = restarts_after is not None and received.at - first.at > restarts_after
    if not restarts and not (of_a_document and _came_to_nothing(conn, first.message)):
        return _insert(conn, row, "conflict", first.message)
    if refused:
        return _insert(conn, row, "refused", None)
    taken = _take_over(conn, row, first.message, first.position)
    return taken or again()


def replaced(conn: Connection, message: str) -> bool:
    """Say whether another envelope has come in the place of a message's."""
    return conn.execute(_REPLACED, {"wanted": message}).first() is not None


def enter_sent(conn: Connection, sent: list[EnvelopeRow]) -> None:
    """Write envelopes of ours."""
    _INSERT.run_many(conn, [storable(envelope, msgspec.structs.asdict(row)) for row in sent])


def _insert(conn: Connection, row: dict[str, object], judgement: Judgement, first: str | None) -> EnvelopeRow:
    judged = row | {"judgement": judgement, "first_message": first}
    _INSERT.run(conn, judged)
    return msgspec.convert(judged, EnvelopeRow)


def _came_to_nothing(conn: Connection, first: str) -> bool:
    """Say whether a message, which is one document, was refused."""
    return conn.execute(_OUTCOME, {"wanted": first}).scalar() == "refused"


def _take_over(conn: Connection, row: dict[str, object], before: str, position: int) -> EnvelopeRow | None:
    """Give ``row`` the number of the envelope ``before``; None when another has taken it meanwhile."""
    if conn.execute(_SUPERSEDE, {"wanted": before, "at_position": position}).rowcount != 1:
        return None
    taken = row | {"first_message": before}
    return msgspec.convert(taken, EnvelopeRow) if _ENTER.run(conn, taken) == 1 else None


_REPLACED = select(envelope.c.position).where(
    envelope.c.message == bindparam("wanted"), envelope.c.judgement == "superseded"
)
_OUTCOME = select(message.c.outcome).where(message.c.id == bindparam("wanted"))
_IDENTITY = ("partner", "kind", "reference", "sender", "receiver")
_ENTER = unless_there(envelope)
_INSERT = PreparedStatement(insert(envelope))
_OWN = select(envelope).where(
    envelope.c.message == bindparam("wanted"), envelope.c.position == bindparam("at_position")
)
_FORGET = delete(envelope).where(
    envelope.c.message == bindparam("wanted"), envelope.c.position == bindparam("at_position")
)
_OF_NUMBER = (
    *(envelope.c[name] == bindparam(f"the_{name}") for name in _IDENTITY),
    envelope.c.direction == "in",
)
_FIRST = select(envelope.c.message, envelope.c.position, envelope.c.digest, envelope.c.at).where(
    *_OF_NUMBER, envelope.c.judgement == "first"
)
_FORMER = (
    select(envelope.c.message)
    .where(
        *_OF_NUMBER,
        envelope.c.judgement == "superseded",
        envelope.c.digest.in_(bindparam("digests", expanding=True)),
    )
    .order_by(envelope.c.message)
)
_SUPERSEDE = (
    update(envelope)
    .where(
        envelope.c.message == bindparam("wanted"),
        envelope.c.position == bindparam("at_position"),
        envelope.c.judgement == "first",
    )
    .values(judgement="superseded")
)
