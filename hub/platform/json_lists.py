"""Lists that stand as JSON in a text column, counted and cut by the database: what is not asked for is never read here.

In: the column, and where the value is an object the name of the list in it. Out: parts of a SELECT, the same on SQLite
(``json_each``) and PostgreSQL (``json_array_elements``). The elements of a list must be objects.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from sqlalchemy import JSON, ColumnElement, Connection, FromClause, Integer, Text, cast, func, select, true
from sqlalchemy.dialects.postgresql import JSONB, array

from hub.kernel.struct import Struct

T = TypeVar("T")


class JsonList(Struct):
    """One list as SQL: ``count`` of its elements, and ``rows`` with each one's ``number`` (from 1) and ``value``."""

    count: ColumnElement[int]
    rows: FromClause
    number: ColumnElement[int]
    value: ColumnElement[str]
    severity: ColumnElement[int]  # of an element that has one


def json_list(conn: Connection, column: ColumnElement[Any], member: str | None = None) -> JsonList:
    """Return the list in ``column``, or the one named ``member`` of the object in it; NULL is an empty one."""
    return _sqlite(column, member) if conn.dialect.name == "sqlite" else _postgresql(column, member)


def page_of(
    conn: Connection,
    column: ColumnElement[Any],
    *where: ColumnElement[bool],
    member: str | None = None,
    kind: type[T],
    after: int = 0,
    limit: int,
    worst_first: bool = False,
) -> list[T]:
    """Return the elements ``after`` + 1 on, of the rows that ``where`` picks; ``worst_first`` sorts by severity."""
    found = json_list(conn, column, member)
    order = [found.severity.desc(), found.number] if worst_first else [found.number]
    asked = (
        select(found.value)
        .select_from(column.table.join(found.rows, true()))
        .where(*where, found.number > after)
        .order_by(*order)
        .limit(limit)
    )
    return [msgspec.json.decode(value, type=kind) for value in conn.execute(asked).scalars()]


def without(conn: Connection, column: ColumnElement[Any], *members: str) -> ColumnElement[str]:
    """Return the object in ``column`` as text, without the lists of these names."""
    if conn.dialect.name == "sqlite":
        return func.json_remove(column, *(f"$.{name}" for name in members))
    return cast(cast(_shown(column), JSONB).op("-")(array(members, type_=Text)), Text)


def _shown(column: ColumnElement[Any]) -> ColumnElement[str]:
    """PostgreSQL's JSON functions refuse the escape of a NUL, which it cannot hold as text: here stands its sign."""
    return func.replace(column, "\\u0000", "\\u2400")


def _sqlite(column: ColumnElement[Any], member: str | None) -> JsonList:
    path = ["$"] if member is None else [f"$.{member}"]
    rows = func.json_each(column, *path).table_valued("key", "value", name="each")
    return JsonList(
        count=func.coalesce(func.json_array_length(column, *path), 0),
        rows=rows,
        number=cast(rows.c.key, Integer) + 1,
        value=cast(rows.c.value, Text),
        severity=func.json_extract(rows.c.value, "$.severity"),
    )


def _postgresql(column: ColumnElement[Any], member: str | None) -> JsonList:
    whole: ColumnElement[Any] = cast(_shown(column), JSON)
    if member is not None:
        whole = whole[member]
    rows = func.json_array_elements(whole).table_valued("value", with_ordinality="number", name="each")
    each = rows.render_derived()
    return JsonList(
        count=func.coalesce(func.json_array_length(whole), 0),
        rows=each,
        number=each.c.number,
        value=cast(each.c.value, Text),
        severity=cast(func.json_extract_path_text(each.c.value, "severity"), Integer),
    )
