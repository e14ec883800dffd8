"""Orders on disk: what stands, and the queries of the order pages and the API.

In: a connection, and the caller's ``Scope`` wherever a partner's data is read. Out: the values of ``model``. What was
changed by another since it was read is a ``Conflict``; an order outside the scope is not found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec.structs import asdict, replace
from sqlalchemy import Connection, RowMapping, Select, bindparam, delete, func, insert, select, tuple_, union, update

from hub.business.orders.alike import called_with_release, known_as
from hub.business.orders.model import (
    Basis,
    DocumentRole,
    LineState,
    OrderEvent,
    OrderPage,
    OrderState,
    OrderStatus,
    OrderSummary,
    PromiseState,
    Source,
    Status,
    Verdict,
)
from hub.business.orders.rows import OrderRows, rows_of
from hub.business.orders.tables import order_document, order_event, order_line, order_promise, purchase_order
from hub.kernel.errors import Conflict
from hub.kernel.scope import Scope
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.kernel.words import Quantity
from hub.platform.statements import PreparedStatement, unless_there

PAGE_MAX = 200  # rows of a list; a screen shows fifty


class OrderFilter(Struct):
    """Which orders a list shows. What is not said does not matter."""

    partner: str | None = None
    number: str | None = None  # begins with
    status: OrderStatus | None = None
    test: bool | None = None
    item: str | None = None  # our number, on any of its lines
    placed_from: date | None = None
    placed_to: date | None = None  # inclusive


ALL = OrderFilter()


def known_order(
    conn: Connection, partner: str, number: str, release: str = "", test: bool = False
) -> OrderState | None:
    """Return what stands under (partner, number, release) among the real orders, or among the tests."""
    key = {"of_partner": partner, "of_number": number, "of_release": release, "of_test": test}
    if not _STANDS.returned(conn, key):
        return None  # the usual case, asked for less
    row = conn.execute(_BY_KEY, key).mappings().one_or_none()
    return _state(row, _lines(conn, row["id"])) if row else None


def key_of(partner: str, known_as: str, test: bool) -> str:
    """Return by what an order is known as one text: what ``versions`` is asked for."""
    return msgspec.json.encode((partner, known_as, test)).decode()


def order_alike(
    conn: Connection, partner: str, number: str, release: str, test: bool, before: str | None = None
) -> str | Wording | None:
    """Return what an order is called that stands and is another spelling of this one.

    One that was refused stands for nothing; with the id of an order as ``before`` only older ones are looked at.
    """
    order = purchase_order.c
    found = conn.execute(
        select(order.id, order.number, order.release)
        .where(order.partner == partner, order.known_as == known_as(number, release), order.test == test)
        .where(order.status != "refused")
        .order_by(order.id)
    )
    others = (
        row for row in found if (row.number, row.release) != (number, release) and (before is None or row.id < before)
    )
    other = next(others, None)
    if other is None:
        return None
    return called_with_release(other.number, other.release)


def versions(conn: Connection, keys: Collection[str]) -> Mapping[str, int]:
    """Return the versions of those orders that stand, in any spelling, by ``key_of`` them; one question for all."""
    if not keys:
        return {}
    wanted = [_KEYS.decode(key) for key in keys]
    found = conn.execute(select(*_KNOWN_BY, purchase_order.c.version).where(tuple_(*_KNOWN_BY).in_(wanted)))
    return {key_of(row.partner, row.known_as, row.test): row.version for row in found}


def insert_orders(conn: Connection, orders: Sequence[OrderRows], now: datetime) -> None:
    """Write new orders. Raises ``Conflict`` when the number of one is taken; the transaction is then of no use."""
    rows = [asdict(each.order) | {"received_at": now, "changed_at": now} for each in orders]
    if _INSERT_ORDER.run_many(conn, rows) < len(rows):
        raise Conflict("the number of a new order was taken meanwhile; decide again")
    _insert_lines(conn, orders)


def _insert_lines(conn: Connection, orders: Sequence[OrderRows]) -> None:
    _ADD_LINE.run_many(conn, [asdict(line) for rows in orders for line in rows.lines])
    _ADD_PROMISE.run_many(conn, [asdict(promise) for rows in orders for promise in rows.promises])


def replace_order(conn: Connection, state: OrderState, now: datetime) -> None:
    """Write ``state`` over the version before it; ``Conflict`` when that is not the one that stands."""
    rows = rows_of(state)
    seen = {"of_id": state.id, "seen_version": state.version - 1, "now": now}
    if conn.execute(_REPLACE, asdict(rows.order) | seen).rowcount == 0:
        raise Conflict(f"order {state.number} of {state.partner} was changed meanwhile; decide again")
    for table in (order_promise, order_line):
        conn.execute(delete(table).where(table.c.order_id == state.id))
    _insert_lines(conn, [rows])


def put_behind(conn: Connection, order_id: str, refused: Source, source: Source, now: datetime) -> None:
    """Keep the document of a refused order beside it, for another comes in its place and arrives now.

    Whatever the new one was to the order before, it is that no longer.
    """
    came = conn.execute(select(purchase_order.c.received_at).where(purchase_order.c.id == order_id)).scalar_one()
    own = order_document.c
    conn.execute(
        delete(order_document).where(
            own.order_id == order_id, own.message == source.message, own.position == source.position
        )
    )
    add_document(conn, order_id, DocumentRole.REFUSED, refused, came)
    conn.execute(update(purchase_order).where(purchase_order.c.id == order_id).values(received_at=now))


def was_replaced(conn: Connection, order_id: str, source: Source) -> bool:
    """Say whether a document was the order once, and another has come in its place."""
    own = order_document.c
    of_it = own.order_id == order_id, own.message == source.message, own.position == source.position
    return conn.execute(select(own.role).where(*of_it, own.role == DocumentRole.REFUSED)).first() is not None


def add_document(conn: Connection, order_id: str, role: DocumentRole, source: Source, at: datetime) -> bool:
    """Note a document beside the order's own, and say whether it is new; one noted before is left as it is."""
    return add_documents(conn, role, [(order_id, source)], at) > 0


def add_documents(conn: Connection, role: DocumentRole, sources: Sequence[tuple[str, Source]], at: datetime) -> int:
    """Note documents, each beside its order's own; return how many are new."""
    rows = [_document_row(order_id, role, source, at) for order_id, source in sources]
    return _INSERT_DOCUMENT.run_many(conn, rows)


def _document_row(order_id: str, role: DocumentRole, source: Source, at: datetime) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "message": source.message,
        "position": source.position,
        "role": role,
        "reference": source.reference,
        "at": at,
    }


def add_events(conn: Connection, events: Iterable[tuple[str, OrderEvent]], at: datetime) -> None:
    """Add to the orders' histories, each event to its order's; nothing is ever taken from them."""
    rows = [
        {
            "order_id": order_id,
            "at": at,
            "kind": event.kind,
            "text": event.text,
            "message": event.source.message,
            "position": event.source.position,
            "reference": event.source.reference,
        }
        for order_id, event in events
    ]
    _ADD_EVENT.run_many(conn, rows)


def first_answer(conn: Connection, order_id: str) -> Source | None:
    """Return the first document we answered the order with, as it stands: a refusal in whose place it came is none."""
    row = conn.execute(_FIRST_ANSWER, {"of_order": order_id}).mappings().first()
    return source_of(row) if row else None


def list_orders(
    conn: Connection, scope: Scope, wanted: OrderFilter = ALL, *, after: str | None = None, limit: int = 50
) -> OrderPage:
    """Return orders, newest first; ``after`` is the ``next`` of the page before. At most ``PAGE_MAX`` on a page."""
    size = max(1, min(limit, PAGE_MAX))
    query = _filtered(select(*SUMMARY), scope, wanted).order_by(purchase_order.c.id.desc()).limit(size + 1)
    if after:
        query = query.where(purchase_order.c.id < after)
    rows = conn.execute(query).mappings().all()
    items = [summary_of(row) for row in rows[:size]]
    return OrderPage(items=items, next=items[-1].id if len(rows) > size else None)


def find_orders(conn: Connection, scope: Scope, partner: str, number: str) -> list[OrderSummary]:
    """Return every order of that number, newest first: its releases, and tests beside real ones."""
    query = _filtered(select(*SUMMARY), scope, OrderFilter(partner=partner))
    query = query.where(purchase_order.c.number == number).order_by(purchase_order.c.id.desc()).limit(PAGE_MAX)
    return [summary_of(row) for row in conn.execute(query).mappings()]


def stands(conn: Connection, scope: Scope, partner: str, number: str) -> bool:
    """Return whether there is an order of that number: none was made of what nobody could read."""
    return bool(find_orders(conn, scope, partner, number))


def filed_under(conn: Connection, partner: str, number: str, messages: Collection[str]) -> set[str]:
    """Return those of ``messages`` that are documents of an order of that number: of any release, tests too."""
    order, filed = purchase_order.c, order_document.c
    of_number = order.partner == partner, order.number == number
    first = select(order.source_message).where(*of_number, order.source_message.in_(messages))
    later = select(filed.message).join(purchase_order, order.id == filed.order_id)
    found = union(first, later.where(*of_number, filed.message.in_(messages)))
    return {message for (message,) in conn.execute(found)}


def lines_by_verdict(conn: Connection, order_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Return by order how many of its lines were refused, held and so on."""
    line, found = order_line.c, dict[str, dict[str, int]]()
    asked = select(line.order_id, line.verdict, func.count()).where(line.order_id.in_(order_ids))
    for order_id, verdict, count in conn.execute(asked.group_by(line.order_id, line.verdict)):
        found.setdefault(order_id, {})[verdict] = count
    return found


def asking_about(conn: Connection, order_ids: Collection[str]) -> list[tuple[str, str]]:
    """Return what came about orders for a person to see to, instructions and second orders: (order, message)."""
    own = order_document.c
    roles = (DocumentRole.INSTRUCTION, DocumentRole.DUPLICATE)
    asked = select(own.order_id, own.message).where(own.order_id.in_(order_ids), own.role.in_(roles))
    return [(order_id, message) for order_id, message in conn.execute(asked)]


def _filtered(query: Select[Any], scope: Scope, wanted: OrderFilter) -> Select[Any]:
    order = purchase_order.c
    if scope.partners is not None:
        query = query.where(order.partner.in_(sorted(scope.partners)))
    for column, value in ((order.partner, wanted.partner), (order.status, wanted.status), (order.test, wanted.test)):
        if value is not None:
            query = query.where(column == value)
    if wanted.number:
        query = query.where(order.number.startswith(wanted.number, autoescape=True))
    if wanted.placed_from:
        query = query.where(order.placed >= wanted.placed_from)
    if wanted.placed_to:
        query = query.where(order.placed <= wanted.placed_to)
    if wanted.item:
        query = query.where(order.id.in_(select(order_line.c.order_id).where(order_line.c.item == wanted.item)))
    return query


def _lines(conn: Connection, order_id: str) -> list[LineState]:
    promises: dict[int, list[PromiseState]] = {}
    for row in conn.execute(_PROMISES, {"of_order": order_id}).mappings():
        promises.setdefault(row["line_position"], []).append(promise_of(row))
    return [
        replace(row["line"], promises=promises.get(row["position"], []))
        for row in conn.execute(_LINES, {"of_order": order_id}).mappings()
    ]


def promise_of(row: RowMapping) -> PromiseState:
    return PromiseState(
        status=Status(row["status"]),
        quantity=None if row["quantity"] is None else Quantity(value=row["quantity"], unit=row["unit"]),
        deliver=row["deliver"],
        ship=row["ship"],
        basis=Basis(row["basis"]) if row["basis"] else None,
        reason=row["reason"],
    )


def _state(row: RowMapping, lines: list[LineState]) -> OrderState:
    return OrderState(
        **_head(row),
        digest=row["digest"],
        source=source_of_order(row),
        conditions=row["conditions"],
        requirements=row["requirements"],
        notes=row["notes"],
        reasons=row["reasons"],
        lines=lines,
    )


def summary_of(row: RowMapping) -> OrderSummary:
    return OrderSummary(
        **_head(row),
        line_count=row["line_count"],
        received_at=row["received_at"],
        changed_at=row["changed_at"],
    )


def _head(row: RowMapping) -> dict[str, Any]:
    """Return what an order's state and its line in the list both say."""
    return {
        **{name: row[name] for name in _PLAIN_HEAD},
        "status": row["status"],
        "verdict": Verdict(row["verdict"]),
    }


_PLAIN_HEAD = (
    "id", "partner", "number", "release", "test", "version", "seller_order", "placed", "contract", "currency"
)  # fmt: skip


def source_of(row: RowMapping) -> Source:
    return Source(message=row["message"], position=row["position"], reference=row["reference"])


def source_of_order(row: RowMapping) -> Source:
    number = row["source_reference"]
    return Source(message=row["source_message"], position=row["source_position"], reference=number)


_KEY = (
    purchase_order.c.partner == bindparam("of_partner"),
    purchase_order.c.number == bindparam("of_number"),
    purchase_order.c.release == bindparam("of_release"),
    purchase_order.c.test == bindparam("of_test"),
)
_KNOWN_BY = (purchase_order.c.partner, purchase_order.c.known_as, purchase_order.c.test)
_KEYS = msgspec.json.Decoder(tuple[str, str, bool])
_STANDS = PreparedStatement(select(purchase_order.c.id).where(*_KEY))
_BY_KEY = select(purchase_order).where(*_KEY)
_REPLACE = (
    update(purchase_order)
    .where(purchase_order.c.id == bindparam("of_id"), purchase_order.c.version == bindparam("seen_version"))
    .values(
        {
            column.name: bindparam("now" if column.name == "changed_at" else column.name)
            for column in purchase_order.c
            if column.name not in ("id", "received_at")
        }
    )
)
_INSERT_ORDER = unless_there(purchase_order)
_INSERT_DOCUMENT = unless_there(order_document)
_ADD_LINE = PreparedStatement(insert(order_line))
_ADD_PROMISE = PreparedStatement(insert(order_promise))
_ADD_EVENT = PreparedStatement(insert(order_event))
_LINES = (
    select(order_line.c.position, order_line.c.line)
    .where(order_line.c.order_id == bindparam("of_order"))
    .order_by(order_line.c.position)
)
_PROMISES = (
    select(order_promise)
    .where(order_promise.c.order_id == bindparam("of_order"))
    .order_by(order_promise.c.line_position, order_promise.c.position)
)
_FIRST_ANSWER = (
    select(order_document)
    .join(purchase_order, purchase_order.c.id == order_document.c.order_id)
    .where(order_document.c.order_id == bindparam("of_order"), order_document.c.role == DocumentRole.ANSWER)
    .where(order_document.c.at >= purchase_order.c.changed_at)
    .order_by(order_document.c.at, order_document.c.message.desc())  # of one moment, a refusal before it was replaced
    .limit(1)
)
_READ_APART = ("known_as", "conditions", "requirements", "notes", "reasons", "digest")
SUMMARY = [column for column in purchase_order.c if column.name not in _READ_APART]
