"""Databases for tests: SQLite in a temporary folder, and a real PostgreSQL started for the session.

``HUB_TEST_REQUIRE=all`` turns "there is no PostgreSQL here" from a named skip into a failure.
"""

from __future__ import annotations

import glob
import logging
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from hub.platform import schema
from hub.platform.database import Database
from tests.stored import FrozenClock

pytest_plugins = ["tests.house"]  # golden files, the shared material, and skips that are honest

# a loaded machine is no fault of the code: neither how long one input takes nor how long making it took is judged
settings.register_profile("hub", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hub")

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Undo what a command that serves does to the logs of its process: they would go to a stream that is closed."""
    level = logging.getLogger().level
    yield
    structlog.reset_defaults()
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, brought up to date once: a copy is cheaper than the migrations."""
    path = tmp_path_factory.mktemp("template") / "hub.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.close_now()
    return path


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    path = tmp_path / "hub.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close_now()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL of our own, without a database name."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(Path(path).parent.name))
    if not folders:
        missing("no PostgreSQL in /usr/lib/postgresql (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="hub-postgresql-"))
    port = _free_port()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    run = [] if os.geteuid() != 0 else ["runuser", "-u", "postgres", "--"]
    tools = Path(folders[-1])
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    start = [*run, tools / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start"]
    initialise = [*run, tools / "initdb", "-D", folder / "data", "-U", "hub", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initialise, check=True, capture_output=True, cwd=folder)
    subprocess.run(start, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    try:
        yield f"postgresql://hub@127.0.0.1:{port}"
    finally:
        stop = [*run, tools / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"]
        subprocess.run(stop, check=True, capture_output=True, cwd=folder)
        shutil.rmtree(folder)


@pytest.fixture
def empty_postgresql(postgresql_server: str) -> str:
    """The address of a new, empty database."""
    return _create(postgresql_server, "template1")


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """The name of a database brought up to date once."""
    url = _create(postgresql_server, "template1")
    schema.upgrade(Database(url))
    return url.rpartition("/")[2]


@pytest.fixture
def postgresql_database(postgresql_server: str, postgresql_template: str) -> Iterator[Database]:
    database = Database(_create(postgresql_server, postgresql_template))
    yield database
    database.close_now()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """The same test on both engines."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


def missing(reason: str) -> None:
    """Skip with ``reason``, or fail with it where every part is required."""
    if os.environ.get("HUB_TEST_REQUIRE") == "all":
        pytest.fail(reason)
    pytest.skip(reason)


_made = 0


def _create(server: str, template: str) -> str:
    global _made
    _made += 1
    name = f"hub_{os.getpid()}_{_made}"

    def work(conn: object) -> None:
        from sqlalchemy import Connection

        assert isinstance(conn, Connection)
        conn.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
            f"CREATE DATABASE {name} TEMPLATE {template}"
        )

    Database(f"{server}/postgres").alone(work)
    return f"{server}/{name}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
