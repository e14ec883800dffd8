"""PostgreSQL, for the scaled-out hub: each write its own transaction on a pool of connections.

Works stay plain functions: they run on the event loop in a greenlet that awaits the driver. A transaction that
PostgreSQL gives up (serialisation, deadlock) is run again a few times; a lost connection or an exhausted pool is
``Unavailable``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from hub.kernel.errors import Unavailable
from hub.platform import failpoints
from hub.platform.bells import Bells, Work

T = TypeVar("T")

CONNECTIONS = 16  # measured: asyncpg gains little beyond this from one process
BEHIND_CONNECTIONS = 8  # of them, at most, for works that nobody waits for: those may wait long for each other's rows
WAITING_WORKS_MAX = 4_000  # as on SQLite
TRIES_MAX = 5  # of one work after serialisation faults; then the caller decides
BACKOFF_SECONDS = 0.02
POOL_SECONDS = 10.0
RETRY_AFTER_SECONDS = 1.0
GIVEN_UP = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
LOST = ("08", "53", "57P")  # connection exceptions, insufficient resources, shutdown


class PostgresqlEngine:
    """Runs works on the database at ``url``."""

    def __init__(self, url: str, bells: Bells) -> None:
        self._url = "postgresql+asyncpg://" + url.partition("://")[2]
        self._bells = bells
        self._engine: AsyncEngine | None = None
        self._waiting = 0
        self._behind = asyncio.Semaphore(BEHIND_CONNECTIONS)
        self._fault: str | None = None

    async def write(self, work: Work[T], *, behind: bool = False) -> T:
        if self._waiting >= WAITING_WORKS_MAX:
            raise Unavailable("too many writes are waiting", retry_after_seconds=RETRY_AFTER_SECONDS)
        self._waiting += 1
        try:
            async with self._behind if behind else contextlib.nullcontext():
                result = await self._write_on(self._pool(), work)
                self._fault = None
                return result
        except Unavailable as fault:
            self._fault = str(fault)
            raise
        finally:
            self._waiting -= 1

    async def read(self, work: Work[T]) -> T:
        return await self._read_on(self._pool(), work)

    async def look(self, work: Work[T]) -> T:
        return await self.read(work)

    @property
    def fault(self) -> str | None:
        return self._fault

    def write_now(self, work: Work[T]) -> T:
        return self._alone(lambda engine: self._write_on(engine, work))

    def read_now(self, work: Work[T]) -> T:
        return self._alone(lambda engine: self._read_on(engine, work))

    def alone(self, work: Work[T]) -> T:
        async def run(engine: AsyncEngine) -> T:
            async with engine.connect() as conn:
                return await conn.run_sync(work)

        return self._alone(run)

    async def close(self) -> None:
        if self._engine:
            await self._engine.dispose()
            self._engine = None

    def close_now(self) -> None:
        """Nothing to do: commands open a connection for each work and close it."""

    def _pool(self) -> AsyncEngine:
        if self._engine is None:
            self._engine = create_async_engine(
                self._url, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=POOL_SECONDS
            )
        return self._engine

    async def _write_on(self, engine: AsyncEngine, work: Work[T]) -> T:
        for attempt in range(1, TRIES_MAX + 1):
            try:
                async with engine.connect() as conn:
                    async with conn.begin():
                        result = await conn.run_sync(work)
                        failpoints.reach("before-commit")
                    failpoints.reach("after-commit-before-answer")
                    await conn.run_sync(self._bells.sound)
                    return result
            except (DBAPIError, PoolTimeout, OSError) as fault:
                if _state(fault) not in GIVEN_UP:
                    raise _as_ours(fault) from fault
                last = fault
            await asyncio.sleep(BACKOFF_SECONDS * attempt)
        raise Unavailable("the database gave the transaction up again and again") from last

    async def _read_on(self, engine: AsyncEngine, work: Work[T]) -> T:
        try:
            async with engine.connect() as conn:
                await conn.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
                return await conn.run_sync(work)
        except (DBAPIError, PoolTimeout, OSError) as fault:
            raise _as_ours(fault) from fault

    def _alone(self, run: Callable[[AsyncEngine], Coroutine[Any, Any, T]]) -> T:
        async def within() -> T:
            engine = create_async_engine(self._url, poolclass=NullPool)
            try:
                return await run(engine)
            finally:
                await engine.dispose()

        return asyncio.run(within())


def _state(fault: Exception) -> str:
    """Return the SQLSTATE of ``fault``; "" where it has none."""
    return str(getattr(getattr(fault, "orig", None), "sqlstate", None) or "")


def _as_ours(fault: Exception) -> Exception:
    if isinstance(fault, DBAPIError) and not fault.connection_invalidated and not _state(fault).startswith(LOST):
        return fault
    return Unavailable(f"the database cannot be reached: {fault}", retry_after_seconds=RETRY_AFTER_SECONDS)
