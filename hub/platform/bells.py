"""What a transaction does and whom its commit wakes: the words that the database and its engines share.

A *work* runs on a connection; a *bell* it rings sounds once it is committed. Nothing here fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
Work = Callable[[Connection], T]


class Bells:
    """Wakes whoever waits for rows of a kind, once they are committed. A ring may be spurious, never missing."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Callable[[], None]]] = {}

    def listen(self, name: str, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each commit that rang ``name``, on any thread: it must be quick and thread-safe."""
        self._listeners.setdefault(name, []).append(listener)

    def unlisten(self, name: str, listener: Callable[[], None]) -> None:
        """Stop calling ``listener``."""
        self._listeners[name].remove(listener)

    def sound(self, conn: Connection) -> None:
        """Call the listeners of every bell rung in the transaction that has just been committed."""
        names: set[str] | None = conn.info.pop(_RUNG, None)
        for name in names or ():
            for listener in self._listeners.get(name, ()):
                listener()


def ring(conn: Connection, name: str) -> None:
    """Ask for bell ``name`` to sound when this transaction is committed."""
    conn.info.setdefault(_RUNG, set()).add(name)


_RUNG = "hub-bells"
