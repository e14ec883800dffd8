"""Documents that change something take effect in order: after what came earlier, and after what they change.

What a document is about is known only once it is mapped. So one that changes something waits until every earlier
message of its partner is through, for one of them may hold what it changes, or a change before it; then those about one
subject go by the sequence they state, else as they came. One whose subject does not stand yet waits for it, and when
that has not come in time, for a person. New documents never wait.

To wait is a row beside the document. What waits no longer has its message processed again: the rest of that message is
recognised, as in any replay.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, exists, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.base import Executable

from hub.exchange.intake import PROCESS, PROCESS_LARGE
from hub.exchange.model import WaitsFor
from hub.exchange.recording import hold, note
from hub.exchange.replay import process_again
from hub.exchange.storable import storable, storable_text
from hub.exchange.tables import waiting
from hub.kernel.outcome import Key
from hub.kernel.sentence import Phrase, Wording, declared
from hub.kernel.struct import Struct
from hub.platform.jobs import job
from hub.platform.statements import PreparedStatement

LOOKED_AT_MAX = 1_000  # of one partner, oldest first: the others are behind them
OVERDUE_AT_ONCE = 200
SUBJECT_LENGTH_MAX = 120
NO_SEQUENCE = 0  # as they came


class Waiting(Struct):
    """A document that changes ``subject`` and may not take effect yet."""

    message: str
    position: int
    partner: str
    test: bool
    waits_for: WaitsFor
    subject: Key
    sequence: int  # as its sender counts the changes of the subject; NO_SEQUENCE where none is stated
    until: datetime  # then a person is called


def must_wait(conn: Connection, document: Waiting) -> bool:
    """Say whether anything goes before the document: an earlier message that is not through, or a change before it."""
    place = {"sequence": document.sequence, "message": document.message, "position": document.position}
    if conn.execute(_EARLIER, {"partner": document.partner, "message": document.message}).scalar():
        return True
    return bool(conn.execute(_BEFORE, {**_about(document.partner, document.subject, document.test), **place}).scalar())


def wait(conn: Connection, document: Waiting) -> None:
    """Put down that the document waits. Its time runs from the first wait, whatever it waits for since."""
    row = msgspec.structs.asdict(document) | {
        "subject_kind": document.subject.kind,
        "subject": document.subject.value,
    }
    _WAIT.run(conn, storable(waiting, row))


def waits_no_longer(conn: Connection, message: str, position: int) -> None:
    """Forget that a document waited: it takes effect, or a person has it."""
    _FORGET.run(conn, {"wanted": message, "at": position})


def message_is_through(conn: Connection, partner: str, *, now: datetime) -> None:
    """Take up documents of ``partner`` that waited for an earlier message, now that one is through."""
    if not _anything_waits(conn):
        return
    ready: set[str] = set()
    for row in conn.execute(_WAIT_FOR_EARLIER, {"partner": partner}):
        found = _waiting(row)
        if found.message not in ready and not must_wait(conn, found):
            ready.add(found.message)
    for message in sorted(ready):
        process_again(conn, message, now=now)


def subject_stands(conn: Connection, partner: str, subjects: Iterable[tuple[Key, bool]], *, now: datetime) -> None:
    """Take up the first document that waits about each of ``subjects``, which stand now or were changed.

    With each, whether it is a test's: tests and what is real wait for themselves.
    """
    if not _anything_waits(conn):
        return
    for subject, test in subjects:
        first = conn.execute(_FIRST, _about(partner, subject, test)).one_or_none()
        if first is not None:
            process_again(conn, first.message, now=now)


def _anything_waits(conn: Connection) -> bool:
    """Say whether anything waits at all: most of the time nothing does, and it is asked for every message."""
    return bool(_ANYTHING.returned(conn, {}))


def partners_waiting(conn: Connection) -> list[str]:
    """Return whose documents wait for earlier messages: what was missed is looked for now and then."""
    return list(conn.execute(_PARTNERS).scalars())


def call_for_overdue(conn: Connection, *, now: datetime) -> int:
    """Call a person to documents that have waited long enough, some at a time; return how many."""
    overdue = [_waiting(row) for row in conn.execute(_OVERDUE, {"now": now})]
    for each in overdue:
        why = Wording(key="waiting/not-come", words={"subject": each.subject.kind, "value": each.subject.value})
        hold(conn, each.message, why)
        note(conn, each.message, "waited-too-long", why, at=now)
        waits_no_longer(conn, each.message, each.position)
    return len(overdue)


def _about(partner: str, subject: Key, test: bool) -> dict[str, object]:
    value = storable_text(subject.value, SUBJECT_LENGTH_MAX)
    return {"partner": partner, "kind": subject.kind, "subject": value, "test": test}


def _waiting(row: Any) -> Waiting:
    values = row._asdict()
    subject = Key(kind=values.pop("subject_kind"), value=values.pop("subject"))
    return Waiting(**values, subject=subject)


_EARLIER = select(
    exists().where(
        job.c.kind.in_((PROCESS, PROCESS_LARGE)),
        job.c.owner == bindparam("partner"),
        job.c.state != literal_column("'dead'"),  # given up: a person has it, and nobody waits for that
        job.c.payload < bindparam("message"),  # ids are in the order in which messages came
    )
)
_OF_SUBJECT = (
    waiting.c.partner == bindparam("partner"),
    waiting.c.subject == bindparam("subject"),
    waiting.c.subject_kind == bindparam("kind"),
    waiting.c.test == bindparam("test"),
)
_ORDER = (waiting.c.sequence, waiting.c.message, waiting.c.position)
_BEFORE = select(
    exists().where(
        *_OF_SUBJECT,
        tuple_(*_ORDER) < tuple_(bindparam("sequence"), bindparam("message"), bindparam("position")),
    )
)
_FIRST = select(waiting).where(*_OF_SUBJECT).order_by(*_ORDER).limit(1)
_ANYTHING = PreparedStatement(select(waiting.c.position).limit(literal_column("1")))
_WAIT_FOR_EARLIER = (
    select(waiting)
    .where(waiting.c.partner == bindparam("partner"), waiting.c.waits_for == "earlier")
    .order_by(waiting.c.message, waiting.c.position)
    .limit(LOOKED_AT_MAX)
)
_PARTNERS = select(waiting.c.partner).where(waiting.c.waits_for == "earlier").distinct()
_OVERDUE = select(waiting).where(waiting.c.until <= bindparam("now")).order_by(waiting.c.until).limit(OVERDUE_AT_ONCE)
_FORGET = PreparedStatement(
    delete(waiting).where(waiting.c.message == bindparam("wanted"), waiting.c.position == bindparam("at"))
)


def _wait(dialect: str) -> Executable:
    made = (sqlite_insert if dialect == "sqlite" else postgresql_insert)(waiting)
    return made.on_conflict_do_update(
        index_elements=["message", "position"], set_={"waits_for": made.excluded.waits_for}
    )


_WAIT = PreparedStatement(_wait)


declared({"waiting/not-come": Phrase(message="It is about {subject} {value}, which has not come")})
