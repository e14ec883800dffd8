"""Probes tell nobody more than names, and the truth: a database that is no database any more is not well."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.exchange.partners import Partners
from hub.kernel.errors import Misconfigured
from hub.platform import soundness
from hub.platform.database import Database
from hub.platform.settings import load
from hub.platform.soundness import database_fault, storage_fault
from hub.web.hub import Check
from tests.flow.at_work import AtWork
from tests.security.asking import Asking, asking
from tests.stored import FrozenClock
from tests.web.samples import ORDER, receive

TOKEN = "a-token-of-a-monitoring-system"


@pytest.fixture
def asked(tmp_path: Path, database: Database, clock: FrozenClock) -> Iterator[Asking]:
    with asking(tmp_path, database, clock, metrics_token=TOKEN) as each:
        each.hub.well = False
        yield each


def fault_of(database: Database) -> str | None:
    async def look() -> str | None:
        try:
            return await database_fault(database)
        finally:
            if database.sqlite_path is None:
                await database.close()  # its connections belong to this event loop

    return asyncio.run(look())


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_nobody_reads_names_of_parts_and_whether_they_are_well(asked: Asking) -> None:
    told = asked.get("/readyz")
    assert told.status_code == 503
    assert told.json() == {"ok": False, "checks": [{"name": "database", "ok": False, "detail": None}]}


@pytest.mark.parametrize("who", ["nobody", "partner", "viewer", "finance", "wrong token", "empty token", "basic"])
def test_who_may_not_read_the_system_reads_no_details_and_no_numbers(asked: Asking, who: str) -> None:
    callers: dict[str, Callable[[], dict[str, str]]] = {
        "nobody": dict,
        "partner": asked.partner,
        "viewer": lambda: asked.person("viewer"),
        "finance": lambda: asked.person("finance"),
        "wrong token": lambda: bearer(TOKEN + "x"),
        "empty token": lambda: bearer(""),
        "basic": lambda: {"authorization": f"Basic {TOKEN}"},
    }
    caller = callers[who]()
    told = asked.get("/readyz", caller)
    assert told.status_code == 503
    assert "no answer" not in told.text
    assert asked.get("/metrics", caller).status_code in (401, 403)


@pytest.mark.parametrize("who", ["onboarding-engineer", "administrator", "token"])
def test_who_may_read_the_system_reads_what_is_wrong_and_the_numbers(asked: Asking, who: str) -> None:
    caller = bearer(TOKEN) if who == "token" else asked.person(who)
    assert asked.get("/readyz", caller).json()["checks"][0]["detail"] == "no answer"
    numbers = asked.get("/metrics", caller)
    assert numbers.status_code == 200
    assert numbers.headers["content-type"].startswith("text/plain")


def test_without_the_setting_no_token_is_the_right_one(tmp_path: Path, database: Database, clock: FrozenClock) -> None:
    with asking(tmp_path, database, clock) as each:
        for token in (TOKEN, "None", "", "null"):
            assert each.get("/metrics", bearer(token)).status_code == 401


def test_a_token_that_can_be_guessed_is_refused_at_the_start() -> None:
    with pytest.raises(Misconfigured, match="HUB_METRICS_TOKEN"):
        load({"HUB_METRICS_TOKEN": "short"})


def test_the_token_opens_nothing_else(asked: Asking) -> None:
    for url in ("/api/v1/messages", "/api/v1/orders", "/outbound/acme-cardio", "/partners"):
        assert asked.get(url, bearer(TOKEN)).status_code in (401, 303), url


def test_a_probe_is_answered_when_nobody_can_be_recognised(asked: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    person = asked.person()

    async def broken(*_: object) -> None:
        raise RuntimeError("database disk image is malformed")

    monkeypatch.setattr(asked.hub.database, "read", broken)
    told = asked.get("/readyz", person)
    assert (told.status_code, told.json()["checks"][0]["name"]) == (503, "database")


def test_a_sound_database_is_well(tmp_path: Path, database: Database, clock: FrozenClock) -> None:
    with asking(tmp_path, database, clock) as each:
        receive(each.hub, ORDER, clock.now(), "4500098123", 101)
        assert fault_of(database) is None


@pytest.mark.parametrize("done", ["a table is gone", "another revision"])
def test_a_database_that_is_not_the_hubs_is_not_well(database: Database, done: str) -> None:
    statement = {
        "a table is gone": "DROP TABLE timeline",
        "another revision": "UPDATE alembic_version SET version_num = '0000'",
    }[done]
    database.write_now(lambda conn: conn.execute(text(statement)))
    assert fault_of(database)


def _clobber(file: Path, how: str) -> None:
    size = file.stat().st_size
    if how == "an answer of ours written over it":
        file.write_bytes(b"ISA*00*          *00*" + b" " * 435)
    elif how == "emptied":
        os.truncate(file, 0)
    elif how == "gone":
        file.unlink()
    elif how == "cut in half":
        os.truncate(file, size // 2)
    elif how == "its pages overwritten":
        with file.open("r+b") as handle:
            handle.seek(4096)
            handle.write(b"\xff" * (size - 4096))
    elif how == "its head overwritten":
        with file.open("r+b") as handle:
            handle.write(b"\0" * 100)


@pytest.mark.parametrize(
    "how",
    [
        "an answer of ours written over it",
        "emptied",
        "gone",
        "cut in half",
        "its pages overwritten",
        "its head overwritten",
    ],
)
def test_a_file_that_is_no_database_any_more_is_not_well_also_while_readers_are_open(
    tmp_path: Path, sqlite_database: Database, clock: FrozenClock, how: str
) -> None:
    with asking(tmp_path, sqlite_database, clock) as each:
        receive(each.hub, ORDER, clock.now(), "4500098123", 101)
        assert each.get("/api/v1/messages", each.person()).status_code == 200
        assert fault_of(sqlite_database) is None
        file = sqlite_database.sqlite_path
        assert file is not None
        with closing(sqlite3.connect(file)) as beside:
            beside.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _clobber(file, how)
        assert fault_of(sqlite_database)


def test_a_write_that_the_file_failed_is_remembered_until_one_succeeds(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_database.write_now(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count = 1"))

    def fill(conn: object) -> None:
        conn.exec_driver_sql("CREATE TABLE heap (x)")  # type: ignore[attr-defined]
        conn.exec_driver_sql("INSERT INTO heap VALUES (zeroblob(50000000))")  # type: ignore[attr-defined]

    with pytest.raises(Exception, match="no room"):
        sqlite_database.write_now(fill)
    assert "the last write failed" in str(fault_of(sqlite_database))
    sqlite_database.write_now(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count = 1000000"))
    assert fault_of(sqlite_database) is None


def test_a_disk_that_is_nearly_full_is_not_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asyncio.run(storage_fault(tmp_path)) is None
    monkeypatch.setattr(soundness, "DISK_FREE_BYTES_MIN", 1 << 60)
    assert "are free" in str(asyncio.run(storage_fault(tmp_path)))


@pytest.mark.parametrize("where", ["data", "folders"])
@pytest.mark.parametrize(
    ("bound", "least", "said"),
    [
        ("DISK_FREE_BYTES_MIN", 1 << 60, "are free in"),
        ("FILES_FREE_MIN", 1 << 60, "more files can be made in"),
        ("DISK_FREE_BYTES_MIN", 0, None),
        ("FILES_FREE_MIN", 0, None),
    ],
)
def test_room_and_number_of_files_are_watched_where_data_and_folders_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, bound: str, least: int, said: str | None
) -> None:
    """The folders often lie on a file system of their own."""
    for name in ("data", "folders"):
        (tmp_path / name).mkdir()
    plenty = os.statvfs(tmp_path)
    look = os.statvfs

    def statvfs(path: Path) -> os.statvfs_result:
        few = list(plenty)[:10]
        few[6] = few[7] = 1 << 61 if path.name != where else 10_000  # files free
        few[5] = few[0]
        few[4] = 1 << 61 if path.name != where else 1 << 30  # blocks free
        return os.statvfs_result((*few, 0)) if path.name in ("data", "folders") else look(path)

    monkeypatch.setattr(os, "statvfs", statvfs)
    monkeypatch.setattr(soundness, bound, least)
    fault = asyncio.run(storage_fault(tmp_path / "data", tmp_path / "folders"))
    assert (fault is None) if said is None else (said in str(fault) and str(tmp_path / where) in str(fault))


def test_a_file_system_that_makes_room_for_files_as_it_goes_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_btrfs = os.statvfs_result((4096, 4096, 1 << 40, 1 << 40, 1 << 40, 0, 0, 0, 0, 255, 0))
    monkeypatch.setattr(os, "statvfs", lambda path: of_btrfs)
    assert asyncio.run(storage_fault(tmp_path)) is None


def test_data_that_was_moved_away_is_not_well_and_folders_not_made_yet_are(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert asyncio.run(storage_fault(tmp_path / "data", tmp_path / "folders")) is None
    (tmp_path / "data").rename(tmp_path / "moved")
    assert "is not there" in str(asyncio.run(storage_fault(tmp_path / "data", tmp_path / "folders")))


def test_the_running_hub_says_what_is_at_fault_and_stays_ready_for_all_others(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_fault = Partners({}, {"other-co": Misconfigured.told("unknown key", file="/srv/other-co.toml", line=6)})
    monkeypatch.setattr(hub.hub.rules, "partners", at_fault)  # the rules are shared by all tests
    checks: dict[str, Check] = {check.name: check for check in hub.wait(hub.hub.checks())}
    assert {"database", "storage", "reader", "partners", "jobs given up"} <= set(checks)
    assert all(check.ok for check in checks.values())
    assert "other-co" in str(checks["partners"].detail)
    asked = Asking(hub.hub)
    assert "other-co" not in asked.get("/readyz").text
    asked.end()
