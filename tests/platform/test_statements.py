"""Statements of the hot path: many rows at once are written as they would be one by one."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Connection, MetaData, String, Table, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.platform.columns import LONG, Instant
from hub.platform.database import Database
from hub.platform.statements import BLOCK_ROWS, PARAMETERS_MAX, PreparedStatement, unless_there

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
COUNTS = (0, 1, 2, 7, 8, 33, 41, 75)  # blocks of every size, one of each and several, with a row left over and without

PART = Table(
    "part",
    MetaData(),
    Column("id", LONG, primary_key=True, autoincrement=True),
    Column("name", String(20), nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
INSERT = PreparedStatement(insert(PART))
INSERT_NEW = unless_there(PART)
MOVE = PreparedStatement(
    update(PART)
    .where(PART.c.name == bindparam("wanted"), PART.c.made_at < bindparam("moment", type_=Instant))
    .values(made_at=bindparam("moment", type_=Instant))
)

Given = dict[str, Any]


@pytest.fixture
def parts(database: Database) -> Database:
    """A database of either engine with an empty table of parts."""
    database.write_now(PART.create)
    return database


def rows(count: int, first: int = 0) -> list[Given]:
    """Return rows, each with a name of its own, in an order that is not the one of the names."""
    numbers = range(first, first + count)
    return [{"name": f"part {number * 37 % 101:03d}", "made_at": NOW + timedelta(minutes=number)} for number in numbers]


def as_stored(given: list[Given]) -> list[tuple[Any, ...]]:
    return [(row["name"], row["made_at"]) for row in given]


def stored(database: Database) -> list[tuple[Any, ...]]:
    """Return what stands, in the order of the ids."""
    wanted = select(PART.c.name, PART.c.made_at).order_by(PART.c.id)
    return database.read_now(lambda conn: [tuple(row) for row in conn.execute(wanted)])


def write(database: Database, statement: PreparedStatement, given: list[Given]) -> int:
    return database.write_now(lambda conn: statement.run_many(conn, given))


@pytest.mark.parametrize("count", COUNTS)
def test_each_of_many_rows_is_written_once_and_in_the_order_given(parts: Database, count: int) -> None:
    given = rows(count)
    write(parts, INSERT, given)
    assert stored(parts) == as_stored(given)
    ids = parts.read_now(lambda conn: conn.execute(select(func.max(PART.c.id))).scalar())
    assert ids == (count or None), "no id is left out"


@pytest.mark.parametrize("count", COUNTS)
def test_rows_that_are_there_already_are_left_alone_and_the_others_are_written(parts: Database, count: int) -> None:
    given, later = rows(count), NOW + timedelta(days=1)
    there = [row | {"made_at": later} for row in given[::3]]
    write(parts, INSERT, there)
    write(parts, INSERT_NEW, given)
    assert stored(parts) == as_stored(there) + as_stored([row for row in given if row not in given[::3]])


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("fault", ["a name that is there", "a name given twice", "no name"])
def test_a_row_that_cannot_be_stored_leaves_nothing_of_those_it_was_given_with(
    parts: Database, count: int, fault: str
) -> None:
    before = rows(3, first=90)
    write(parts, INSERT, before)
    given = rows(count)
    wrong = {
        "a name that is there": before[0],
        "a name given twice": rows(1)[0],
        "no name": rows(1)[0] | {"name": None},
    }
    given.insert(2 * count // 3, wrong[fault])
    if fault == "a name given twice" and count == 0:
        given *= 2
    with pytest.raises(IntegrityError):
        write(parts, INSERT, given)
    assert stored(parts) == as_stored(before)


def test_a_work_that_outlives_the_fault_keeps_what_it_wrote_around_it(parts: Database) -> None:
    """One of many rows is wrong; who catches that within a savepoint has all or nothing of them."""
    given = rows(41)

    def work(conn: Connection) -> None:
        INSERT.run_many(conn, given[:2])
        savepoint = conn.begin_nested()
        with pytest.raises(IntegrityError):
            INSERT.run_many(conn, [*given[2:40], given[0]])
        savepoint.rollback()
        INSERT.run_many(conn, given[40:])

    parts.write_now(work)
    assert stored(parts) == as_stored(given[:2] + given[40:])


@pytest.mark.parametrize("count", COUNTS)
def test_who_writes_many_rows_hears_how_many_were_written(parts: Database, count: int) -> None:
    assert write(parts, INSERT, rows(count)) == count


@pytest.mark.parametrize("count", COUNTS)
def test_who_writes_rows_unless_they_are_there_hears_how_many_were_new(parts: Database, count: int) -> None:
    given = rows(count)
    there = given[::3]
    write(parts, INSERT, there)
    assert write(parts, INSERT_NEW, given) == count - len(there)
    assert write(parts, INSERT_NEW, given) == 0
    more = rows(40, first=60)
    assert write(parts, INSERT_NEW, [*more, *more]) == 40 - max(0, count - 60), "nor is one new twice"


@pytest.mark.parametrize("count", COUNTS)
def test_who_changes_many_rows_hears_how_many_there_were_to_change(parts: Database, count: int) -> None:
    given, moment = rows(count), NOW + timedelta(days=1)
    write(parts, INSERT, given)
    nobody = [{"wanted": "no such part", "moment": moment}]
    asked = [{"wanted": row["name"], "moment": moment} for row in given] + nobody
    assert write(parts, MOVE, asked) == count
    assert write(parts, MOVE, asked) == 0, "they have been moved"
    assert stored(parts) == as_stored([row | {"made_at": moment} for row in given])


def test_a_statement_of_so_many_parameters_that_no_block_holds_them_writes_every_row(sqlite_database: Database) -> None:
    columns = 1_500  # 32 rows of them are more parameters than SQLite takes in one statement, 8 rows are not
    wide = Table("wide", MetaData(), *(Column(f"c{n}", LONG) for n in range(columns)))
    sqlite_database.write_now(wide.create)
    statement = PreparedStatement(insert(wide))
    given = [{f"c{n}": row for n in range(columns)} for row in range(max(BLOCK_ROWS) + 3)]

    def work(conn: Connection) -> int:
        driver: Any = conn.connection.driver_connection
        driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, PARAMETERS_MAX)  # as it is where nobody has raised it
        return statement.run_many(conn, given)

    assert sqlite_database.write_now(work) == len(given)
    found = sqlite_database.read_now(lambda conn: conn.execute(select(wide.c.c0, wide.c[f"c{columns - 1}"])).all())
    assert [tuple(row) for row in found] == [(n, n) for n in range(len(given))]
