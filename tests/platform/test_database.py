"""What a work may rely on, on both engines; and what group commit promises on SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading

import pytest
from sqlalchemy import Connection, text

from hub.kernel.errors import Defect, Misconfigured, Unavailable
from hub.platform import sqlite
from hub.platform.bells import ring
from hub.platform.database import Database
from tests.conftest import NOW
from tests.stored import enqueue


def add(payload: str, fail: bool = False) -> object:
    def work(conn: Connection) -> str:
        enqueue(conn, "test", payload, now=NOW)
        if fail:
            raise ValueError(payload)
        return payload

    return work


def payloads(conn: Connection) -> list[str]:
    return list(conn.execute(text("SELECT payload FROM job ORDER BY id")).scalars())


def test_a_write_is_seen_by_the_next_read(database: Database) -> None:
    async def story() -> None:
        assert await database.write(add("one")) == "one"
        assert await database.read(payloads) == ["one"]
        await database.close()

    asyncio.run(story())


def test_a_work_that_raises_is_undone_alone(database: Database) -> None:
    async def story() -> None:
        works = [database.write(add(str(n), fail=n % 3 == 0)) for n in range(60)]
        results = await asyncio.gather(*works, return_exceptions=True)
        assert [isinstance(result, ValueError) for result in results] == [n % 3 == 0 for n in range(60)]
        assert set(await database.read(payloads)) == {str(n) for n in range(60) if n % 3}
        await database.close()

    asyncio.run(story())


def test_a_statement_that_fails_leaves_its_neighbours(database: Database) -> None:
    def broken(conn: Connection) -> None:
        enqueue(conn, "test", "half", now=NOW)
        conn.execute(text("INSERT INTO job (id) VALUES (1)"))

    async def story() -> None:
        works = [database.write(add("before")), database.write(broken), database.write(add("after"))]
        results = await asyncio.gather(*works, return_exceptions=True)
        assert [isinstance(result, Exception) for result in results] == [False, True, False]
        assert sorted(await database.read(payloads)) == ["after", "before"]
        await database.close()

    asyncio.run(story())


def test_commands_write_and_read_without_an_event_loop(database: Database) -> None:
    assert database.write_now(add("one")) == "one"
    assert database.read_now(payloads) == ["one"]


def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        database.read_now(add("no"))
    assert database.read_now(payloads) == []


def test_a_bell_sounds_after_its_commit_and_not_for_what_was_undone(database: Database) -> None:
    heard: list[list[str]] = []

    async def story() -> None:
        database.bells.listen("test", lambda: heard.append(["rung"]))

        def work(conn: Connection) -> None:
            ring(conn, "test")

        await database.write(work)
        await database.write(add("silent"))
        await database.close()

    asyncio.run(story())
    assert heard == [["rung"]]


def test_nothing_is_told_before_its_commit(sqlite_database: Database) -> None:
    """Hold the group open in its second work: a reader sees nothing, and the first work's future is not done."""
    inside, go_on = threading.Event(), threading.Event()

    def slow(conn: Connection) -> None:
        inside.set()
        assert go_on.wait(10)

    async def story() -> None:
        first = asyncio.ensure_future(sqlite_database.write(add("one")))
        second = asyncio.ensure_future(sqlite_database.write(slow))
        await asyncio.get_running_loop().run_in_executor(None, inside.wait, 10)
        seen = await sqlite_database.read(payloads)
        assert first.done() == (seen == ["one"])  # told only if a reader can see it
        go_on.set()
        await asyncio.gather(first, second)
        assert await sqlite_database.read(payloads) == ["one"]

    asyncio.run(story())


def test_works_that_wait_together_share_one_commit(sqlite_database: Database) -> None:
    commits: list[int] = []

    async def story() -> None:
        sqlite_database.bells.listen("jobs", lambda: commits.append(1))
        await asyncio.gather(*(sqlite_database.write(add(str(n))) for n in range(200)))

    asyncio.run(story())
    assert len(commits) < 100
    assert sqlite_database.read_now(payloads) == [str(n) for n in range(200)]


def test_a_work_behind_lets_others_pass_but_not_for_ever(sqlite_database: Database) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(conn: Connection) -> None:
        inside.set()
        assert go_on.wait(10)

    async def story() -> None:
        holding = asyncio.ensure_future(sqlite_database.write(slow))
        await asyncio.get_running_loop().run_in_executor(None, inside.wait, 10)
        behind = [asyncio.ensure_future(sqlite_database.write(add(f"behind {n}"), behind=True)) for n in range(3)]
        await asyncio.sleep(0)
        others = [asyncio.ensure_future(sqlite_database.write(add(f"waited for {n}"))) for n in range(9)]
        await asyncio.sleep(0)
        go_on.set()
        await sqlite_database.close()
        await asyncio.gather(holding, *behind, *others)

    asyncio.run(story())
    done = sqlite_database.alone(payloads)
    assert [payload for payload in done if payload.startswith("waited")] == [f"waited for {n}" for n in range(9)]
    assert [payload for payload in done if payload.startswith("behind")] == [f"behind {n}" for n in range(3)]
    passed = sqlite.AHEAD_IN_A_ROW_MAX
    assert done.index("behind 0") in (passed - 1, passed), "the work that held the writer may count as one that passed"
    assert done.index("behind 1") == done.index("behind 0") + passed + 1


def test_when_commit_fails_the_whole_group_hears_unavailable(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reach(name: str) -> None:
        if name == "before-commit":
            raise sqlite3.OperationalError("disk I/O error")

    async def story() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(sqlite.failpoints, "reach", reach)
            works = [sqlite_database.write(add(str(n))) for n in range(5)]
            results = await asyncio.gather(*works, return_exceptions=True)
            assert all(isinstance(result, Unavailable) for result in results)
        assert await sqlite_database.write(add("later")) == "later"
        assert await sqlite_database.read(payloads) == ["later"]

    asyncio.run(story())


def test_a_full_queue_refuses_and_says_when_to_come_back(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "QUEUE_WORKS_MAX", 3)
    begun, go_on = threading.Event(), threading.Event()

    def hold(conn: Connection) -> bool:
        begun.set()
        return go_on.wait(60)

    async def story() -> None:
        first = asyncio.ensure_future(sqlite_database.write(hold))
        await asyncio.to_thread(begun.wait, 60)  # the writer has it in hand, and no place in the queue is taken
        waiting = [asyncio.ensure_future(sqlite_database.write(add(str(n)))) for n in range(5)]
        await asyncio.sleep(0)
        refused = [task for task in waiting if task.done()]
        assert len(refused) == 2
        refusal = refused[0].exception()
        assert isinstance(refusal, Unavailable)
        assert refusal.retry_after_seconds > 0
        refused[1].exception()
        go_on.set()
        await asyncio.gather(first, *(task for task in waiting if task not in refused))

    asyncio.run(story())


def test_a_work_that_ends_the_transaction_is_a_defect(sqlite_database: Database) -> None:
    with pytest.raises(Defect):
        sqlite_database.write_now(lambda conn: conn.commit())
    assert sqlite_database.write_now(add("one")) == "one"


def test_closing_finishes_what_was_accepted(sqlite_database: Database) -> None:
    async def story() -> list[object]:
        works = [asyncio.ensure_future(sqlite_database.write(add(str(n)))) for n in range(50)]
        await asyncio.sleep(0)
        await sqlite_database.close()
        return list(await asyncio.gather(*works))

    assert asyncio.run(story()) == [str(n) for n in range(50)]


def test_a_database_of_another_kind_is_refused() -> None:
    with pytest.raises(Misconfigured, match="neither SQLite nor PostgreSQL"):
        Database("mysql://localhost/hub")


def test_reading_where_no_database_is_names_the_remedy(tmp_path: object) -> None:
    with pytest.raises(Misconfigured, match="hub db upgrade"):
        Database(f"sqlite:///{tmp_path}/hub.db").read_now(payloads)


def test_a_look_at_the_file_leaves_its_locks_alone_and_a_command_that_ends_leaves_the_log(
    sqlite_database: Database,
) -> None:
    """SQLite removes the log with what it takes for the last connection; the hub's must still count."""
    path = sqlite_database.sqlite_path
    assert path is not None
    sqlite_database.write_now(lambda conn: conn.execute(text("CREATE TABLE seen (number INTEGER)")) and None)
    sqlite_database.read_now(lambda conn: conn.execute(text("SELECT 1")) and None)
    log = path.with_name(f"{path.name}-wal")
    before = log.stat().st_ino

    async def look() -> None:
        await sqlite_database.look(lambda conn: None)

    command = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM seen').fetchall(); c.close()"
    )
    for number in range(3):
        asyncio.run(look())
        subprocess.run([sys.executable, "-c", command, str(path)], check=True)
        assert log.stat().st_ino == before, "a command took the log away under a hub that serves"
        insert = text(f"INSERT INTO seen VALUES ({number})")
        sqlite_database.write_now(lambda conn, insert=insert: conn.execute(insert) and None)  # type: ignore[misc]
    assert sqlite_database.read_now(lambda conn: conn.execute(text("SELECT count(*) FROM seen")).scalar()) == 3
