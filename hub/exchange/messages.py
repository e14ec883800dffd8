"""The message log, as a caller may see it: the list, one message in full, and the search box.

Every question takes the caller's ``Scope`` and the database answers within it: what a caller may not see is not
found, and looks no different from what is not there.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, Select, String, and_, false, literal, or_, select, union_all, update

from hub.exchange import model
from hub.exchange.duties import dealt_with, duties_because_of
from hub.exchange.model import (
    AttemptRow,
    DeliveryRow,
    DocumentRow,
    EarlierDelivery,
    EnvelopeRow,
    Filters,
    MessageDetail,
    MessagePage,
    MessageRow,
    SearchHit,
    StageTime,
    TimelineEntry,
)
from hub.exchange.recording import fold, note
from hub.exchange.stopped import lane_of
from hub.exchange.storable import storable_text
from hub.exchange.tables import (
    MESSAGE_ROW,
    answering,
    delivery,
    delivery_attempt,
    document,
    earlier_delivery,
    envelope,
    message,
    search_key,
    timeline,
)
from hub.kernel.outcome import Key, Outcome
from hub.kernel.scope import Scope
from hub.platform.scoped import visible

PAGE_MAX = 200
PREFIX_LENGTH_MIN = 3  # shorter texts are searched whole: "1" begins half of all keys
LOOKED_AT_MAX = 10_000  # keys of one search, in the order of their index: some five milliseconds
BEARING_MAX = 500  # messages that bear a number: ten pages; more are looked up for nobody
BEGINNING_MAX = 500  # and keys that begin so
HITS_MAX = 50
ANSWERS_MAX = 100  # of one message; a file of a thousand orders has one answer per group
DOCUMENTS_MAX = 1_000  # shown of one message; ``documents`` continues
TIMELINE_MAX = 500
EARLIER_DELIVERIES_MAX = 20  # the last of them; each time the same bytes come again may make one
ENVELOPES_MAX = 1_000  # of one message; ``hub.exchange.parts`` continues
WORDS_BEFORE = re.compile(
    r"\A(?:(?:[^\W\d_]+(?:\s*[.:#]+\s*|\s+))+#?\s*(?=\S*\d)|#\s*(?=\S)|[^\W\d_]{2,3}(?=\d{3}))",
)
SIGNS_BEHIND = re.compile(r"[\s?,.;]+\Z")
"""What people say beside a number, in the search box as on the telephone: words without a digit, of whatever room."""
TRIES_MAX = 20  # the last of one delivery: a round of attempts has ten


def list_messages(
    conn: Connection, scope: Scope, filters: Filters | None = None, *, cursor: str | None = None, limit: int = 50
) -> MessagePage:
    """Return a page of the log: what needs attention first, then the rest; newest first in both.

    ``cursor`` is the ``next`` of the page before. Raises ``ValueError`` for one that is none.
    """
    filters = filters or Filters()
    limit = max(1, min(limit, PAGE_MAX))
    part, after = _read_cursor(cursor)
    wanted = _ROWS.where(visible(scope, message.c.partner), *_conditions(filters, scope)).order_by(message.c.id.desc())
    found: list[tuple[str, MessageRow]] = []
    for name, condition in _PARTS.items():
        if name < part or len(found) > limit:
            continue
        asked = wanted.where(condition).limit(limit + 1 - len(found))
        if name == part and after:
            asked = asked.where(message.c.id < after)
        found += [(name, _message(row)) for row in conn.execute(asked)]
    following = None
    if len(found) > limit:
        found = found[:limit]
        following = f"{found[-1][0]}.{found[-1][1].id}"
    return MessagePage(items=[row for _, row in found], next=following)


def find_message(conn: Connection, scope: Scope, message_id: str) -> MessageRow | None:
    """Return one line of the log; None when there is none in scope."""
    wanted = _ROWS.where(message.c.id == message_id, visible(scope, message.c.partner))
    row = conn.execute(wanted).one_or_none()
    return None if row is None else _message(row)


def message_detail(conn: Connection, scope: Scope, message_id: str) -> MessageDetail | None:
    """Return everything about one message but its bytes; None when there is none in scope."""
    row = find_message(conn, scope, message_id)
    if row is None:
        return None
    answers = _ROWS.where(*answering(message_id), visible(scope, message.c.partner)).order_by(message.c.id)
    return MessageDetail(
        message=row,
        findings=conn.execute(select(message.c.findings).where(message.c.id == message_id)).scalar() or [],
        envelopes=_envelopes(conn, message_id),
        documents=documents_of(conn, scope, message_id),
        stages=stages_of(conn, message_id),
        timeline=_timeline(conn, message_id),
        delivery=latest_delivery(conn, message_id),
        answers=[_message(answer) for answer in conn.execute(answers.limit(ANSWERS_MAX))],
        duties=duties_because_of(conn, message_id),
    )


def waiting_among(conn: Connection, scope: Scope, messages: Collection[str]) -> set[str]:
    """Return those of ``messages`` that wait for a person."""
    waits = message.c.id.in_(messages), message.c.attention.is_not(None), visible(scope, message.c.partner)
    return {found for (found,) in conn.execute(select(message.c.id).where(*waits))}


def documents_of(
    conn: Connection, scope: Scope, message_id: str, *, after: int = 0, limit: int = DOCUMENTS_MAX
) -> list[DocumentRow]:
    """Return the documents of a message from position ``after`` + 1 on, with findings and canonical JSON."""
    wanted = (
        select(document)
        .where(document.c.message == message_id, document.c.position > after, visible(scope, document.c.partner))
        .order_by(document.c.position)
        .limit(min(limit, DOCUMENTS_MAX))
    )
    return [DocumentRow(**row._mapping) for row in conn.execute(wanted)]


def stages_of(conn: Connection, message_id: str) -> list[StageTime]:
    """Return when the message reached each stage."""
    stages: list[StageTime] | None = conn.execute(select(message.c.stages).where(message.c.id == message_id)).scalar()
    return stages or []


def search(conn: Connection, scope: Scope, text: str, *, limit: int = HITS_MAX) -> list[SearchHit]:
    """Return the messages that bear ``text`` as a key: whole keys first, then those that begin so; newest first.

    Where nothing does, what people say beside a number is left out: "PO 4500098123?".
    """
    found = _search(conn, scope, text, limit=limit)
    number = number_meant(text)
    return found if found or number == text else _search(conn, scope, number, limit=limit)


def came_with(conn: Connection, scope: Scope, partner: str, number: Key, *, limit: int) -> list[MessageRow]:
    """Return what a partner sent that bears ``number`` whole, whatever became of it, newest first."""
    own, folded = search_key.c, fold(number.value)
    same = and_(own.folded == folded, own.kind == number.kind)
    bearing = _at_most(same, own.message.desc(), _narrowed(scope, partner), LOOKED_AT_MAX).subquery()
    wanted = (
        select(bearing.c.value, *MESSAGE_ROW)
        .join(message, message.c.id == bearing.c.message)
        .where(message.c.direction == "in")
        .order_by(message.c.id.desc())
    )
    rows = (dict(row._mapping) for row in conn.execute(wanted.limit(min(limit, HITS_MAX))))
    return [MessageRow(**row) for row in rows if fold(row.pop("value")) == folded]  # not one that ends so


def number_meant(text: str) -> str:
    """Return the number that a person means: without the word before it, and the stop behind it.

    >>> number_meant("PO# 4500098123?")
    '4500098123'
    """
    number = SIGNS_BEHIND.sub("", WORDS_BEFORE.sub("", text.strip(), count=1))
    return number or text


def _search(conn: Connection, scope: Scope, text: str, *, limit: int) -> list[SearchHit]:
    folded = fold(text)
    if not folded:
        return []
    limit = min(limit, HITS_MAX)
    hits: dict[str, SearchHit] = {}
    for found in _bearing(folded, scope, limit=limit):
        bearing = found.subquery()
        wanted = (
            select(bearing.c.kind, bearing.c.value, *MESSAGE_ROW)
            .join(message, message.c.id == bearing.c.message)
            .order_by(message.c.id.desc())
            .limit(limit)
        )
        for row in conn.execute(wanted):
            hit = dict(row._mapping)
            key = Key(kind=hit.pop("kind"), value=hit.pop("value"))
            hits.setdefault(hit["id"], SearchHit(key=key, message=MessageRow(**hit)))
    by_id = find_message(conn, scope, storable_text(text.strip()))
    if by_id is not None:
        hits.setdefault(by_id.id, SearchHit(key=Key(kind="message", value=by_id.id), message=by_id))
    return list(hits.values())[:limit]


def dismiss(conn: Connection, scope: Scope, message_id: str, *, actor: str, now: datetime) -> bool:
    """Take a message from the head of the log: a person has dealt with it. False when it was not there in scope."""
    changed = conn.execute(
        update(message)
        .where(message.c.id == message_id, message.c.attention.is_not(None), visible(scope, message.c.partner))
        .values(attention=None)
    )
    if changed.rowcount == 0:
        return False
    dealt_with(conn, message_id, now)
    note(conn, message_id, "dealt-with", None, at=now, actor=actor)
    return True


def _read_cursor(cursor: str | None) -> tuple[str, str]:
    if not cursor:
        return "a", ""
    part, _, after = cursor.partition(".")
    if part not in _PARTS or not after:
        raise ValueError(f"{cursor!r} is no cursor")
    return part, after


def _conditions(filters: Filters, scope: Scope) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.partner is not None:
        found.append(message.c.partner == filters.partner)
    if filters.direction is not None:
        found.append(message.c.direction == filters.direction)
    if filters.document is not None:
        found.append(or_(message.c.document == filters.document, message.c.wire == filters.document))
    if filters.status is not None:
        found.append(_status(filters.status))
    if filters.test is not None:
        found.append(message.c.test == filters.test)
    if filters.since is not None:
        found.append(message.c.received_at >= filters.since)
    if filters.until is not None:
        found.append(message.c.received_at < filters.until)
    if filters.q and fold(filters.q):
        narrowed = _narrowed(scope, filters.partner)
        meant = [filters.q] if number_meant(filters.q) == filters.q else [filters.q, number_meant(filters.q)]
        found.append(or_(*(_text(each, narrowed) for each in meant)))
    return found


def _status(word: str) -> ColumnElement[bool]:
    """Return the condition for a word of any of the statuses; a word of none finds nothing."""
    if word == "attention":
        return message.c.attention.is_not(None)
    alike = [message.c[column] == word for column, words in _STATUSES.items() if word in get_args(words)]
    return or_(false(), *alike)


def _narrowed(scope: Scope, partner: str | None) -> Scope:
    """Return the part of ``scope`` that the log was asked for: of a number that very many bear, those are looked at."""
    if partner is None:
        return scope
    return Scope(partners=frozenset({partner} if scope.allows(partner) else ()))


def _text(text: str, scope: Scope) -> ColumnElement[bool]:
    """Return the condition for a key or a message's id: one list of ids, which the database looks up one by one."""
    ids = [select(bearing.subquery().c.message) for bearing in _bearing(fold(text), scope, limit=BEARING_MAX)]
    return message.c.id.in_(union_all(*ids, select(literal(text.strip(), String))))


def _bearing(folded: str, scope: Scope, *, limit: int) -> list[Select[Any]]:
    """Return the keys that are ``folded``, and those that begin so: a range, for LIKE would read ``%`` in a text.

    Of one that a million messages bear (set 0001), the newest are looked at, and of a beginning the highest numbers:
    whoever asks so has not said yet what is looked for, and a search never costs more than its most.
    """
    own = search_key.c
    found = [_at_most(own.folded == folded, own.message.desc(), scope, limit)]
    if len(folded) >= PREFIX_LENGTH_MIN:
        begins = own.folded.between(folded, folded + "\U0010ffff")
        found.append(_at_most(begins, own.folded.desc(), scope, min(limit, BEGINNING_MAX)))
    bare = folded.lstrip("0")  # a control number is kept without the zeros that fill it up on the wire
    if folded.isdecimal() and bare and bare != folded:
        found.append(_at_most(own.folded == bare, own.message.desc(), scope, limit))
    return found


def _at_most(where: ColumnElement[bool], order: ColumnElement[Any], scope: Scope, limit: int) -> Select[Any]:
    own = search_key.c
    looked_at = select(own.message, own.partner, own.kind, own.value).where(where).order_by(order).limit(LOOKED_AT_MAX)
    keys = looked_at.subquery()
    return select(keys.c.message, keys.c.kind, keys.c.value).where(visible(scope, keys.c.partner)).limit(limit)


def _message(row: Any) -> MessageRow:
    return MessageRow(**row._mapping)


def _envelopes(conn: Connection, message_id: str) -> list[EnvelopeRow]:
    wanted = select(envelope).where(envelope.c.message == message_id).order_by(envelope.c.position)
    wanted = wanted.limit(ENVELOPES_MAX)
    return [EnvelopeRow(**row._mapping) for row in conn.execute(wanted)]


def _timeline(conn: Connection, message_id: str) -> list[TimelineEntry]:
    wanted = (
        select(timeline.c.at, timeline.c.event, timeline.c.text, timeline.c.actor)
        .where(timeline.c.message == message_id)
        .order_by(timeline.c.id)
        .limit(TIMELINE_MAX)
    )
    return [TimelineEntry(**row._mapping) for row in conn.execute(wanted)]


def latest_delivery(conn: Connection, message_id: str) -> DeliveryRow | None:
    """Return how an outbound message gets to its receiver, with the last tries; None for an inbound one.

    One that waits because its partner's lane is stopped says so.
    """
    row = conn.execute(select(delivery).where(delivery.c.message == message_id)).one_or_none()
    if row is None:
        return None
    own = dict(row._mapping)
    waits = row.state == "ready" and row.next_attempt_at is not None
    if waits and (lane := lane_of(conn, row.partner)) is not None:
        own |= {"next_attempt_at": max(row.next_attempt_at, lane.again_at), "error": lane.reason}
    tries = (
        select(*(column for column in delivery_attempt.c if column.name != "message"))
        .where(delivery_attempt.c.message == message_id)
        .order_by(delivery_attempt.c.attempt.desc())
        .limit(TRIES_MAX)
    )
    earlier = (
        select(*(column for column in earlier_delivery.c if column.name != "message"))
        .where(earlier_delivery.c.message == message_id)
        .order_by(earlier_delivery.c.number.desc())
        .limit(EARLIER_DELIVERIES_MAX)
    )
    return DeliveryRow(
        **own,
        tries=[AttemptRow(**attempt._mapping) for attempt in conn.execute(tries)][::-1],
        earlier=[EarlierDelivery(**before._mapping) for before in conn.execute(earlier)][::-1],
    )


_ROWS: Select[Any] = select(*MESSAGE_ROW)
_PARTS: dict[str, ColumnElement[bool]] = {"a": message.c.attention.is_not(None), "b": message.c.attention.is_(None)}
_STATUSES = {
    "validation": model.Validation,
    "delivery": model.Delivery,
    "acknowledgement": model.Acknowledgement,
    "outcome": Outcome,
}
STATUS_WORDS = ("attention", *dict.fromkeys(word for words in _STATUSES.values() for word in get_args(words)))
"""Every word that ``Filters.status`` knows."""
