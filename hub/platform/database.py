"""The only truth: SQLite embedded, or PostgreSQL.

What enters is a *work*: a plain function on a SQLAlchemy Core connection. What leaves is its result, and only after
its commit. The database decides on which thread and in which transaction a work runs, so a work does no network I/O,
keeps no state outside the connection (PostgreSQL may run it twice after a deadlock) and never commits.
``Unavailable`` says that nothing, or nothing that can be relied on, was done: try again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import MetaData

from hub.kernel.errors import Misconfigured
from hub.platform.at_rest import own_folder, refuse_open
from hub.platform.bells import Bells, Work

T = TypeVar("T")

SQLITE_FILE = "hub.db"

metadata = MetaData(
    naming_convention={  # names that a migration can rely on, on both engines
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Engine(Protocol):
    """What SQLite and PostgreSQL each do in their own way."""

    async def write(self, work: Work[T], *, behind: bool = False) -> T: ...
    async def read(self, work: Work[T]) -> T: ...
    async def look(self, work: Work[T]) -> T: ...
    @property
    def fault(self) -> str | None: ...
    def write_now(self, work: Work[T]) -> T: ...
    def read_now(self, work: Work[T]) -> T: ...
    def alone(self, work: Work[T]) -> T: ...
    async def close(self) -> None: ...
    def close_now(self) -> None: ...


class Database:
    """Runs works. ``url`` is ``sqlite:///path/hub.db`` or ``postgresql://…``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.bells = Bells()
        self.sqlite_path: Path | None = None
        self._engine: Engine
        if url.startswith("sqlite:///"):
            from hub.platform.sqlite import SqliteEngine

            self.sqlite_path = Path(url.removeprefix("sqlite:///"))
            self._engine = SqliteEngine(self.sqlite_path, self.bells)
        elif url.startswith(("postgresql://", "postgres://", "postgresql+asyncpg://")):
            from hub.platform.postgresql import PostgresqlEngine

            self._engine = PostgresqlEngine(url, self.bells)
        else:
            raise Misconfigured.told(
                "HUB_DATABASE_URL names neither SQLite nor PostgreSQL",
                remedy="sqlite:///<path> or postgresql://user:password@host/name",
            )

    async def write(self, work: Work[T], *, behind: bool = False) -> T:
        """Run ``work`` in a transaction; return when it is durable. What it raises undoes it, and it alone.

        ``behind`` is for what nobody outside waits for: where works queue, it lets those go first that somebody does.
        """
        return await self._engine.write(work, behind=behind)

    async def read(self, work: Work[T]) -> T:
        """Run ``work`` on one consistent, read-only view of what is committed."""
        return await self._engine.read(work)

    async def look(self, work: Work[T]) -> T:
        """``read`` that relies on nothing remembered: SQLite opens its file anew. Raises what stands in the way."""
        return await self._engine.look(work)

    @property
    def fault(self) -> str | None:
        """What the last write ended with when it was the database that failed it; None when it went well."""
        return self._engine.fault

    def write_now(self, work: Work[T]) -> T:
        """``write`` for commands, which have no event loop."""
        return self._engine.write_now(work)

    def read_now(self, work: Work[T]) -> T:
        """``read`` for commands, which have no event loop."""
        return self._engine.read_now(work)

    def alone(self, work: Work[T]) -> T:
        """Run ``work`` on a connection of its own that controls its transactions: for migrations and backups."""
        return self._engine.alone(work)

    async def close(self) -> None:
        """Finish what was accepted, then let go of every connection."""
        await self._engine.close()

    def close_now(self) -> None:
        """``close`` for commands, which have no event loop."""
        self._engine.close_now()


def open_database(data: Path, url: str | None = None) -> Database:
    """Return the database at ``url``, or else the SQLite file in the data directory, which is made if need be.

    Raises ``Misconfigured`` when other accounts may enter the data directory: bodies lie there in either case.
    """
    if url:
        refuse_open(data)
        return Database(url)
    own_folder(data)
    return Database(f"sqlite:///{data / SQLITE_FILE}")
