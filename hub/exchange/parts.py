"""The lists beneath one message, each page by page: documents, findings, envelopes, answers, timeline.

No list of a message is read whole, for a file of 1 MB holds a thousand documents and sixty thousand findings. Every
function takes where to go on (``cursor``, the ``next`` of the page before) and how many are wanted; the database cuts.
Whether the caller may see the message at all, ``find_message`` says: ask it first, in the same work. ``ValueError`` for
a cursor that is none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, true

from hub.canonical.acknowledgement import FunctionalAcknowledgement
from hub.exchange.duties import duty_of
from hub.exchange.messages import find_message, latest_delivery, stages_of
from hub.exchange.model import (
    DeliveryRow,
    DocumentRow,
    Duty,
    EnvelopeRow,
    MessageRow,
    PersonNote,
    StageTime,
    TimelineEntry,
)
from hub.exchange.tables import MESSAGE_ROW, answering, document, envelope, message, owed, timeline
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.pages import NUMBER_MAX, Cut, cut, number_of, page_size
from hub.kernel.scope import Scope
from hub.kernel.struct import Struct
from hub.platform.json_lists import json_list, page_of
from hub.platform.scoped import visible

FIRST = 50  # rows of each list that stand in the message's own answer
FINDINGS_EACH = 20  # of one document in a list of documents
FINDINGS_TOGETHER = 200  # of all documents on one page: some 100 kB, whatever they are

ACKNOWLEDGEMENT = FunctionalAcknowledgement.__name__

T = TypeVar("T")


class DocumentPart(Struct):
    """A document with the first of its findings and without its canonical form."""

    document: DocumentRow
    finding_count: int


class MessageHead(Struct):
    """One message with the first of everything beneath it. ``counts`` says how many there are of each."""

    message: MessageRow
    stages: list[StageTime]
    findings: list[Diagnostic]
    documents: list[DocumentPart]
    envelopes: list[EnvelopeRow]
    answers: list[MessageRow]
    duties: list[Duty]
    delivery: DeliveryRow | None
    counts: dict[str, int]


def message_head(conn: Connection, scope: Scope, message_id: str) -> MessageHead | None:
    """Return the message; None when there is none in scope."""
    row = find_message(conn, scope, message_id)
    if row is None:
        return None
    return MessageHead(
        message=row,
        stages=stages_of(conn, message_id),
        findings=findings_of_message(conn, message_id, limit=FINDINGS_EACH).items,
        documents=documents(conn, message_id, limit=FIRST).items,
        envelopes=envelopes(conn, message_id, limit=FIRST).items,
        answers=answers(conn, message_id, limit=FIRST).items,
        duties=acknowledgements(conn, message_id, limit=FIRST).items,
        delivery=latest_delivery(conn, message_id),
        counts=counts_of(conn, message_id),
    )


def counts_of(conn: Connection, message_id: str) -> dict[str, int]:
    """Return how many there are of everything beneath a message."""
    counted = {
        "findings": select(json_list(conn, message.c.findings).count).where(message.c.id == message_id),
        "documents": _count(document.c.message == message_id),
        "envelopes": _count(envelope.c.message == message_id),
        "answers": _count(and_(*answering(message_id))),
        "acknowledgements": _count(and_(*_awaited_of(message_id))),
        "timeline": _count(timeline.c.message == message_id),
    }
    row = conn.execute(select(*(asked.scalar_subquery().label(name) for name, asked in counted.items()))).one()
    return {name: int(value or 0) for name, value in row._mapping.items()}


def documents(
    conn: Connection, message_id: str, *, cursor: str | None = None, limit: int = FIRST, before: bool = False
) -> Cut[DocumentPart]:
    """Return documents with the first of their findings; ``before`` goes backwards from the cursor, last first."""
    after = number_of(cursor)
    heads = [column for column in document.c if column.name not in ("findings", "canonical")]
    size = page_size(limit)
    beyond = document.c.position < after if before else document.c.position > after
    asked = (
        select(*heads, json_list(conn, document.c.findings).count.label("finding_count"))
        .where(document.c.message == message_id, beyond)
        .order_by(document.c.position.desc() if before else document.c.position)
        .limit(size + 1)
    )
    rows = [dict(row._mapping) for row in conn.execute(asked)]
    found = _first_findings(conn, message_id, [row["position"] for row in rows[:size]])
    parts = [
        DocumentPart(
            finding_count=row.pop("finding_count"), document=DocumentRow(**row, findings=found.get(row["position"], []))
        )
        for row in rows
    ]
    return cut(parts, size, lambda part: part.document.position)


def findings_of_document(
    conn: Connection,
    message_id: str,
    position: int,
    *,
    cursor: str | None = None,
    limit: int,
    worst_first: bool = False,
) -> Cut[Diagnostic]:
    """Return findings of one document, as they stand or the worst first."""
    of_document = (document.c.message == message_id, document.c.position == position)
    return _elements(conn, document.c.findings, *of_document, cursor=cursor, limit=limit, worst_first=worst_first)


def findings_of_whole(conn: Connection, message_id: str, *, cursor: str | None = None, limit: int) -> Cut[Diagnostic]:
    """Return findings about the message; where it is one document and nothing is about the rest, those of the document.

    A body of XML or JSON is its document: what is found in it is found in the message.
    """
    counted = counts_of(conn, message_id)
    if counted["findings"] == 0 and counted["documents"] == 1:
        return findings_of_document(conn, message_id, 1, cursor=cursor, limit=limit)
    return findings_of_message(conn, message_id, cursor=cursor, limit=limit)


def findings_of_message(
    conn: Connection, message_id: str, *, cursor: str | None = None, limit: int, worst_first: bool = False
) -> Cut[Diagnostic]:
    """Return findings about the message's envelopes, or why it could not be read at all."""
    of_message = message.c.id == message_id
    return _elements(conn, message.c.findings, of_message, cursor=cursor, limit=limit, worst_first=worst_first)


def envelopes(conn: Connection, message_id: str, *, cursor: str | None = None, limit: int) -> Cut[EnvelopeRow]:
    """Return envelopes in the order of the message."""
    asked = select(envelope).where(envelope.c.message == message_id, envelope.c.position > number_of(cursor))
    return _rows(conn, asked.order_by(envelope.c.position), limit, _envelope, lambda row: row.position)


def answers(conn: Connection, message_id: str, *, cursor: str | None = None, limit: int) -> Cut[MessageRow]:
    """Return our messages that answer this one, oldest first."""
    asked = select(*MESSAGE_ROW).where(*answering(message_id), message.c.id > (cursor or ""))
    return _rows(conn, asked.order_by(message.c.id), limit, _message, lambda row: row.id)


def acknowledged_by(conn: Connection, message_id: str, *, limit: int) -> list[MessageRow]:
    """Return our messages that acknowledge this one and nothing else, oldest first."""
    of_message = (*answering(message_id), message.c.document == ACKNOWLEDGEMENT)
    asked = select(*MESSAGE_ROW).where(*of_message).order_by(message.c.id)
    return [_message(row) for row in conn.execute(asked.limit(page_size(limit))).mappings()]


def told_of(conn: Connection, scope: Scope, event: str, *, limit: int) -> list[MessageRow]:
    """Return our messages in scope that tell partners of an event, oldest first."""
    of_event = message.c.cause == event, message.c.cause_kind == "event"
    asked = select(*MESSAGE_ROW).where(*of_event, visible(scope, message.c.partner)).order_by(message.c.id)
    return [_message(row) for row in conn.execute(asked.limit(page_size(limit))).mappings()]


def is_told(conn: Connection, partner: str, event: str) -> bool:
    """Say whether a message of ours has told a partner of an event."""
    asked = select(message.c.id).where(
        message.c.cause == event, message.c.cause_kind == "event", message.c.partner == partner
    )
    return conn.execute(asked.limit(1)).first() is not None


def acknowledgements(conn: Connection, message_id: str, *, cursor: str | None = None, limit: int) -> Cut[Duty]:
    """Return what the partner owes us, or did, because of the message."""
    return _duties(conn, _awaited_of(message_id), cursor=cursor, limit=limit)


def duties(conn: Connection, message_id: str, *, cursor: str | None = None, limit: int) -> Cut[Duty]:
    """Return all that is owed, or was, because of the message, by the partner and by us."""
    return _duties(conn, (owed.c.cause == message_id,), cursor=cursor, limit=limit)


def happened(conn: Connection, message_id: str, *, cursor: str | None = None, limit: int) -> Cut[TimelineEntry]:
    """Return what happened to the message, oldest first."""
    own = timeline.c
    asked = select(own.id, own.at, own.event, own.text, own.actor).where(
        own.message == message_id, own.id > number_of(cursor, NUMBER_MAX)
    )
    return _by_id(conn, asked.order_by(own.id), limit, TimelineEntry)


def dealt_with_in(conn: Connection, messages: Collection[str]) -> dict[str, PersonNote]:
    """Return who took messages from the head of the log, by message; of each the last who did, with their remark."""
    own, found = timeline.c, dict[str, PersonNote]()
    asked = select(own.message, own.at, own.event, own.text, own.actor).where(
        own.message.in_(messages), own.event.in_(("dealt-with", "noted"))
    )
    for row in conn.execute(asked.order_by(own.id)):
        if row.event == "dealt-with":
            found[row.message] = PersonNote(at=row.at, by=row.actor.partition(":")[2] or row.actor)
        elif row.message in found and found[row.message].at == row.at:  # written down together
            found[row.message] = replace(found[row.message], remark=row.text)
    return found


def canonical_size(conn: Connection, scope: Scope, message_id: str, position: int) -> int | None:
    """Return how large a document's canonical form is; None when there is none in scope."""
    asked = select(func.length(document.c.canonical))
    return conn.execute(asked.where(*_document(scope, message_id, position))).scalar()


def canonical_piece(
    conn: Connection, scope: Scope, message_id: str, position: int, *, offset: int, length: int
) -> bytes:
    """Return a part of a document's canonical form; nothing beyond its end."""
    asked = select(func.substr(document.c.canonical, offset + 1, length))
    return bytes(conn.execute(asked.where(*_document(scope, message_id, position))).scalar() or b"")


def first_rejected(conn: Connection, message_id: str) -> int | None:
    """Return the position of the first document that could not be taken as it was."""
    asked = select(func.min(document.c.position)).where(
        document.c.message == message_id, document.c.validation.in_(("rejected", "unreadable"))
    )
    return conn.execute(asked).scalar()


def is_understood(conn: Connection, message_id: str) -> bool:
    """Return whether of any document of the message something was understood."""
    of_message = document.c.message == message_id, document.c.canonical.is_not(None)
    return conn.execute(select(document.c.position).where(*of_message).limit(1)).first() is not None


def _awaited_of(message_id: str) -> tuple[ColumnElement[bool], ...]:
    return owed.c.cause == message_id, owed.c.debtor == "partner"


def _duties(conn: Connection, which: tuple[ColumnElement[bool], ...], *, cursor: str | None, limit: int) -> Cut[Duty]:
    asked = select(owed).where(*which, owed.c.id > number_of(cursor, NUMBER_MAX)).order_by(owed.c.id)
    found = _rows(conn, asked, limit, lambda row: (row["id"], duty_of(row)), lambda each: each[0])
    return Cut(items=[each for _, each in found.items], next=found.next)


def _first_findings(conn: Connection, message_id: str, positions: list[int]) -> dict[int, list[Diagnostic]]:
    """Return the first findings of several documents, by position; together no more than a page can show."""
    if not positions:
        return {}
    listed = json_list(conn, document.c.findings)
    asked = (
        select(document.c.position, listed.value)
        .select_from(document.join(listed.rows, true()))
        .where(
            document.c.message == message_id,
            document.c.position.between(min(positions), max(positions)),
            listed.number <= FINDINGS_EACH,
        )
        .order_by(document.c.position, listed.number)
        .limit(FINDINGS_TOGETHER)
    )
    found: dict[int, list[Diagnostic]] = {}
    for position, value in conn.execute(asked):
        found.setdefault(position, []).append(_FINDING.decode(value))
    return found


def _elements(
    conn: Connection, column: Any, *where: Any, cursor: str | None, limit: int, worst_first: bool
) -> Cut[Diagnostic]:
    size, after = page_size(limit), number_of(cursor)
    found = page_of(conn, column, *where, kind=Diagnostic, after=after, limit=size + 1, worst_first=worst_first)
    numbered = cut(enumerate(found, after + 1), size, lambda each: each[0])
    return Cut(items=[finding for _, finding in numbered.items], next=numbered.next)


def _rows(
    conn: Connection, asked: Select[Any], limit: int, made: Callable[[Any], T], key: Callable[[T], object]
) -> Cut[T]:
    size = page_size(limit)
    return cut([made(row) for row in conn.execute(asked.limit(size + 1)).mappings()], size, key)


def _by_id(conn: Connection, asked: Select[Any], limit: int, kind: type[T]) -> Cut[T]:
    """Return a page of rows that have a number of their own, which the value made of them does not tell."""

    def numbered(row: Any) -> tuple[int, T]:
        said = dict(row)
        return said.pop("id"), kind(**said)

    found = _rows(conn, asked, limit, numbered, lambda each: each[0])
    return Cut(items=[each for _, each in found.items], next=found.next)


def _document(scope: Scope, message_id: str, position: int) -> tuple[ColumnElement[bool], ...]:
    return document.c.message == message_id, document.c.position == position, visible(scope, document.c.partner)


def _count(where: Any) -> Select[Any]:
    return select(func.count()).where(where)


def _envelope(row: Any) -> EnvelopeRow:
    return EnvelopeRow(**row)


def _message(row: Any) -> MessageRow:
    return MessageRow(**row)


_FINDING = msgspec.json.Decoder(Diagnostic)
