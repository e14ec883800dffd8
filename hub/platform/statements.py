"""Statements of the hot path: compiled once per engine, then run with no more than the driver does.

SQLAlchemy spends 60 µs of CPU around a statement that SQLite runs in 5, and an order is some twenty statements. A
``PreparedStatement`` keeps what SQLAlchemy compiles (text, order and conversion of the parameters) and hands it to the
driver, on the caller's connection and in its transaction. For statements that return rows for people, use Core.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import Insert

BLOCK_ROWS = (32, 8, 2)  # rows of one statement: what is left over is at most three statements, then one
PARAMETERS_MAX = 32_766  # of one statement: SQLite from 3.32 on; PostgreSQL takes one more
_ONE_ROW = re.compile(r"(INSERT INTO [^?$]*VALUES )(\((?:\?|\$1)[^()]*\))([^?$]*)")  # as SQLAlchemy writes it
_PLACE = re.compile(r"\$(\d+)")

Row = Mapping[str, Any]
Parameters = tuple[Any, ...]


class PreparedStatement:
    """A statement of the hot path. ``statement`` may depend on the engine's name, for what only dialects can say."""

    __slots__ = ("_compiled", "_statement")

    def __init__(self, statement: Executable | Callable[[str], Executable]) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, tuple[str, ...]], _Compiled] = {}

    def run(self, conn: Connection, row: Row) -> int:
        """Run once; return how many rows it touched. Raises what SQLAlchemy would."""
        compiled = self._for(conn, row)
        touched: int = compiled.run(conn, compiled.parameters(row)).rowcount
        return touched

    def run_many(self, conn: Connection, rows: Sequence[Row]) -> int:
        """Run for each row, all rows having the keys of the first; return how many rows were touched."""
        if not rows:
            return 0
        if len(rows) == 1:
            return self.run(conn, rows[0])
        compiled = self._for(conn, rows[0])
        return compiled.run_many(conn, [compiled.parameters(row) for row in rows])

    def returned(self, conn: Connection, row: Row) -> list[tuple[Any, ...]]:
        """Run once; return its rows (SELECT, RETURNING) as the driver gives them: SQLite's instants as text."""
        compiled = self._for(conn, row)
        return [tuple(found) for found in compiled.run(conn, compiled.parameters(row)).fetchall()]

    def _for(self, conn: Connection, row: Row) -> _Compiled:
        key = (conn.dialect.name, tuple(row))
        compiled = self._compiled.get(key)
        if compiled is None:
            statement = self._statement(key[0]) if callable(self._statement) else self._statement
            columns = list(row) if isinstance(statement, Insert) else None
            compiled = self._compiled[key] = _Compiled(conn, statement, columns)
        return compiled


class _Compiled:
    """One statement in the words of one engine."""

    __slots__ = ("_blocks", "_conversions", "_literals", "_pick", "_text")

    def __init__(self, conn: Connection, statement: Any, columns: list[str] | None) -> None:
        compiled = statement.compile(dialect=conn.dialect, column_keys=columns)
        convert = compiled._bind_processors  # SQLAlchemy has no public name for what it runs on every value
        self._text = str(compiled)
        self._blocks = _blocks_of(self._text)
        names = compiled.positiontup
        self._pick = _picker(names)
        self._conversions = [(place, convert[name]) for place, name in enumerate(names) if name in convert]
        self._literals = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}

    def parameters(self, row: Row) -> Parameters:
        """Return the values in the order of the text, as the driver takes them."""
        picked = self._pick({**self._literals, **row} if self._literals else row)
        if not self._conversions:
            return picked
        values = list(picked)
        for place, convert in self._conversions:
            values[place] = convert(values[place])
        return tuple(values)

    def run(self, conn: Connection, parameters: Parameters) -> Any:
        return self._execute(conn, self._text, parameters)

    def run_many(self, conn: Connection, rows: list[Parameters]) -> int:
        touched: int = 0
        for size, text in self._blocks:
            while len(rows) >= size:
                block, rows = rows[:size], rows[size:]
                touched += self._execute(conn, text, tuple(chain.from_iterable(block))).rowcount
        for row in rows:
            touched += self._execute(conn, self._text, row).rowcount
        return touched

    def _execute(self, conn: Connection, text: str, parameters: Parameters) -> Any:
        driver = _sqlite(conn)
        if driver is None:
            return conn.exec_driver_sql(text, parameters)
        try:
            return driver.execute(text, parameters)
        except sqlite3.Error as fault:
            raise _as_sqlalchemy(fault, text) from fault


def _blocks_of(text: str) -> list[tuple[int, str]]:
    """Return, largest first, the statements that insert several rows at once; none for what is no plain insert.

    A statement costs SQLite the interpreter's lock, given up and taken again, and PostgreSQL a round trip.
    """
    found = _ONE_ROW.fullmatch(text)
    if found is None:
        return []
    before, row, after = found.groups()
    width = row.count("?") + row.count("$")
    return [
        (size, f"{before}{', '.join(_numbered(row, width * n) for n in range(size))}{after}")
        for size in BLOCK_ROWS
        if size * width <= PARAMETERS_MAX
    ]


def _numbered(row: str, after: int) -> str:
    """Return the row's places counted on from ``after``, where the engine numbers them."""
    return _PLACE.sub(lambda place: f"${int(place[1]) + after}", row)


def _picker(names: Sequence[str]) -> Callable[[Row], Parameters]:
    """Return what takes the values of ``names`` from a row, in their order."""
    if len(names) > 1:
        return itemgetter(*names)  # of one name it would return the bare value
    return lambda row: tuple([row[name] for name in names])


def unless_there(table: Table) -> PreparedStatement:
    """Return an insert that leaves a row alone which already stands under the same unique key."""

    def insert(dialect: str) -> Executable:
        made = sqlite_insert(table) if dialect == "sqlite" else postgresql_insert(table)
        return made.on_conflict_do_nothing()

    return PreparedStatement(insert)


def _sqlite(conn: Connection) -> sqlite3.Connection | None:
    """Return SQLite's own connection, inside a transaction SQLAlchemy knows of; None for any other engine."""
    if conn.dialect.name != "sqlite" or not conn.in_transaction():
        return None
    driver: sqlite3.Connection = conn.connection.driver_connection  # type: ignore[assignment]
    return driver


def _as_sqlalchemy(fault: sqlite3.Error, text: str) -> Exception:
    kind = IntegrityError if isinstance(fault, sqlite3.IntegrityError) else OperationalError
    return kind(text, None, fault)
