"""An order as it is read: its head with the first of everything, and each of its lists page by page.

An order of 20,000 lines, or one line of 20,000 schedules, is one order like any other: no list of it is ever read
whole. Every list takes where to go on (``cursor``); ``ValueError`` for one that is none. Whether the caller may see the
order, ``find_order`` or ``find_orders`` says: ask it first, in the same work.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar, get_args

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, RowMapping, case, func, select

from hub.business.orders.model import (
    DocumentRole,
    EventKind,
    HistoryEntry,
    LineState,
    OrderConditions,
    OrderDocument,
    OrderSummary,
    PromiseState,
    ScheduleState,
    Source,
)
from hub.business.orders.store import SUMMARY, lines_by_verdict, promise_of, source_of, source_of_order, summary_of
from hub.business.orders.tables import order_document, order_event, order_line, order_promise, purchase_order
from hub.canonical.shared import Requirement, Text
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.pages import NUMBER_MAX, Cut, cut, number_of, page_size
from hub.kernel.scope import Scope
from hub.kernel.struct import Struct
from hub.platform.json_lists import json_list, page_of, without

FIRST = 50  # rows of each list that stand in the order's own answer
OF_LINE = 10  # entries of each list of one line: what a person takes in at a glance
LINE_BYTES_MAX = 16 * 1024  # a line stored in more is taken apart by the database

T = TypeVar("T")
OrderPart = Literal["requirements", "notes", "reasons", "documents", "history"]
LinePartName = Literal["schedules", "promises", "requirements", "notes", "reasons"]
_IN_LINE: dict[str, Any] = {
    "schedules": ScheduleState,
    "requirements": Requirement,
    "notes": Text,
    "reasons": Diagnostic,
}
_IN_ORDER: dict[str, Any] = {"requirements": Requirement, "notes": Text, "reasons": Diagnostic}


class LinePart(Struct):
    """A line with the first of its lists; ``counts`` says how many there are of each."""

    line: LineState
    counts: dict[str, int]


class OrderHead(Struct):
    """An order with the first of everything beneath it."""

    summary: OrderSummary
    source: Source
    conditions: OrderConditions | None
    requirements: list[Requirement]
    notes: list[Text]
    reasons: list[Diagnostic]
    lines: list[LinePart]
    documents: list[OrderDocument]
    history: list[HistoryEntry]
    lines_next: str | None  # where the lines go on
    counts: dict[str, int]
    verdicts: dict[str, int]  # how many of its lines were refused, held and so on


def find_order(conn: Connection, scope: Scope, order_id: str) -> OrderSummary | None:
    """Return the order of this id; None when there is none in scope."""
    row = conn.execute(select(*SUMMARY).where(purchase_order.c.id == order_id)).mappings().one_or_none()
    return summary_of(row) if row and scope.allows(row["partner"]) else None


def order_head(conn: Connection, summary: OrderSummary, *, lines_from: str | None = None) -> OrderHead:
    """Return the order with the first of everything, its lines from the cursor ``lines_from`` on."""
    row = conn.execute(_SOURCE.where(purchase_order.c.id == summary.id)).mappings().one()
    counted = {name: json_list(conn, purchase_order.c[name]).count.label(name) for name in _IN_ORDER}
    counts = dict(conn.execute(select(*counted.values()).where(purchase_order.c.id == summary.id)).one()._mapping)
    shown = lines(conn, summary.id, cursor=lines_from, limit=FIRST)
    return OrderHead(
        summary=summary,
        source=source_of_order(row),
        conditions=row["conditions"],
        requirements=_of_order(conn, summary.id, "requirements").items,
        notes=_of_order(conn, summary.id, "notes").items,
        reasons=_of_order(conn, summary.id, "reasons").items,
        lines=shown.items,
        lines_next=shown.next,
        documents=documents(conn, summary, limit=FIRST).items,
        history=history(conn, summary.id, limit=FIRST).items,
        counts={
            **counts,
            "lines": summary.line_count,
            "documents": 1 + _counted(conn, order_document.c.order_id == summary.id),
            "history": _counted(conn, order_event.c.order_id == summary.id),
        },
        verdicts=lines_by_verdict(conn, [summary.id]).get(summary.id, {}),
    )


def part_of_order(
    conn: Connection, summary: OrderSummary, part: OrderPart, *, cursor: str | None = None, limit: int = FIRST
) -> Cut[Any]:
    """Return a page of one of the order's lists."""
    if part == "documents":
        return documents(conn, summary, cursor=cursor, limit=limit)
    if part == "history":
        return history(conn, summary.id, cursor=cursor, limit=limit)
    return _of_order(conn, summary.id, part, cursor=cursor, limit=limit)


def lines(conn: Connection, order_id: str, *, cursor: str | None = None, limit: int) -> Cut[LinePart]:
    """Return lines, each with the first of its lists."""
    size, after = page_size(limit), number_of(cursor)
    small = func.length(order_line.c.line) <= LINE_BYTES_MAX
    asked = (
        select(
            order_line.c.position,
            case((small, order_line.c.line), else_=None).label("whole"),
            case((small, None), else_=without(conn, order_line.c.line, *_IN_LINE)).label("bare"),
        )
        .where(order_line.c.order_id == order_id, order_line.c.position > after)
        .order_by(order_line.c.position)
        .limit(size + 1)
    )
    rows = conn.execute(asked).all()
    promises = _first_promises(conn, order_id, [row.position for row in rows])
    return cut((_line(conn, order_id, row, promises) for row in rows), size, lambda part: part.line.position)


def part_of_line(
    conn: Connection, order_id: str, line: int, part: LinePartName, *, cursor: str | None = None, limit: int
) -> Cut[Any]:
    """Return a page of one of the lists of one line."""
    if part == "promises":
        return _promises(conn, order_id, line, cursor=cursor, limit=limit)
    of_line = (order_line.c.order_id == order_id, order_line.c.position == line)
    return _elements(conn, order_line.c.line, *of_line, member=part, kind=_IN_LINE[part], cursor=cursor, limit=limit)


def documents(
    conn: Connection, summary: OrderSummary, *, cursor: str | None = None, limit: int = FIRST
) -> Cut[OrderDocument]:
    """Return the order's conversation: what it came with first, then the rest by number of row."""
    size, after = page_size(limit), number_of(cursor)
    found: list[OrderDocument] = []
    if after == 0:
        row = conn.execute(_SOURCE.where(purchase_order.c.id == summary.id)).mappings().one()
        found.append(OrderDocument(role=DocumentRole.ORDER, source=source_of_order(row), at=summary.received_at))
    own = order_document.c
    asked = select(order_document).where(own.order_id == summary.id).order_by(own.at, own.message, own.position)
    rows = conn.execute(asked.offset(max(after - 1, 0)).limit(size + 1)).mappings()
    found += [OrderDocument(role=DocumentRole(row["role"]), source=source_of(row), at=row["at"]) for row in rows]
    return _numbered(found, after, size)


def history(conn: Connection, order_id: str, *, cursor: str | None = None, limit: int = FIRST) -> Cut[HistoryEntry]:
    """Return what happened to the order, oldest first."""
    size, own = page_size(limit), order_event.c
    asked = select(order_event).where(own.order_id == order_id, own.id > number_of(cursor, NUMBER_MAX))
    rows = conn.execute(asked.order_by(own.id).limit(size + 1)).mappings()
    found = cut(((row["id"], _entry(row)) for row in rows), size, lambda each: each[0])
    return Cut(items=[entry for _, entry in found.items], next=found.next)


def _entry(row: RowMapping) -> HistoryEntry:
    return HistoryEntry(at=row["at"], kind=EventKind(row["kind"]), text=row["text"], source=source_of(row))


def _line(conn: Connection, order_id: str, row: Any, promises: dict[int, list[PromiseState]]) -> LinePart:
    """Return the line of a row: a small one is cut here, of a large one the database gives the first of each list."""
    said = promises.get(row.position, [])
    count = len(said)
    if count == OF_LINE:
        own = order_promise.c
        count = _counted(conn, (own.order_id == order_id) & (own.line_position == row.position))
    if row.whole is not None:
        line: LineState = row.whole
        counts = {name: len(getattr(line, name)) for name in _IN_LINE}
        first = {name: getattr(line, name)[:OF_LINE] for name in _IN_LINE}
    else:
        line = msgspec.json.decode(row.bare, type=LineState)
        of_line = (order_line.c.order_id == order_id, order_line.c.position == row.position)
        listed = [json_list(conn, order_line.c.line, name).count.label(name) for name in _IN_LINE]
        counts = dict(conn.execute(select(*listed).where(*of_line)).one()._mapping)
        first = {
            name: part_of_line(conn, order_id, row.position, name, limit=OF_LINE).items  # type: ignore[arg-type]  # a part by name
            for name in _IN_LINE
        }
    return LinePart(line=replace(line, **first, promises=said), counts={**counts, "promises": count})


def _first_promises(conn: Connection, order_id: str, positions: list[int]) -> dict[int, list[PromiseState]]:
    if not positions:
        return {}
    own, found = order_promise.c, dict[int, list[PromiseState]]()
    asked = select(order_promise).where(
        own.order_id == order_id, own.line_position.between(positions[0], positions[-1]), own.position <= OF_LINE
    )
    for row in conn.execute(asked.order_by(own.line_position, own.position)).mappings():
        found.setdefault(row["line_position"], []).append(promise_of(row))
    return found


def _promises(conn: Connection, order_id: str, line: int, *, cursor: str | None, limit: int) -> Cut[PromiseState]:
    size, own, after = page_size(limit), order_promise.c, number_of(cursor)
    asked = select(order_promise).where(own.order_id == order_id, own.line_position == line, own.position > after)
    rows = conn.execute(asked.order_by(own.position).limit(size + 1)).mappings()
    return _numbered([promise_of(row) for row in rows], after, size)


def _of_order(
    conn: Connection, order_id: str, part: str, *, cursor: str | None = None, limit: int = OF_LINE
) -> Cut[Any]:
    of_order = purchase_order.c.id == order_id
    return _elements(conn, purchase_order.c[part], of_order, kind=_IN_ORDER[part], cursor=cursor, limit=limit)


def _elements(
    conn: Connection,
    column: Any,
    *where: Any,
    kind: type[T],
    member: str | None = None,
    cursor: str | None,
    limit: int,
) -> Cut[T]:
    size, after = page_size(limit), number_of(cursor)
    return _numbered(page_of(conn, column, *where, member=member, kind=kind, after=after, limit=size + 1), after, size)


def _numbered(found: list[T], after: int, size: int) -> Cut[T]:
    """Cut a list whose rows are counted from 1; the first found is ``after`` + 1."""
    numbered = cut(enumerate(found, after + 1), size, lambda each: each[0])
    return Cut(items=[each for _, each in numbered.items], next=numbered.next)


def _counted(conn: Connection, where: Any) -> int:
    return conn.execute(select(func.count()).where(where)).scalar_one()


_SOURCE = select(
    purchase_order.c.source_message,
    purchase_order.c.source_position,
    purchase_order.c.source_reference,
    purchase_order.c.conditions,
)
ORDER_PARTS: tuple[str, ...] = get_args(OrderPart)
LINE_PARTS: tuple[str, ...] = get_args(LinePartName)
