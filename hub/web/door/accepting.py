"""Connections as they are accepted: many in one turn of the event loop, and none made for who is over its share.

In: a listening socket. Out: a connection for each that comes, or a word and the end of it. The event loops differ here:
libuv takes one connection in each of its turns, so that while a turn takes 10 ms a hundred come in a second, and who
connects waits behind all of a stranger's. So the socket is read by ourselves, on either loop alike.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import Callable

from hub.web.door.keeper import Keeper
from hub.web.door.line import FULL, answer_of

AT_ONCE = 64  # accepted in one turn of the event loop: some milliseconds
SHORT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
SHORT_SECONDS = 1.0  # until it is tried again, when the system had nothing left for one more connection

_log = logging.getLogger(__name__)


class Acceptor:
    """Accepts from one socket, as ``asyncio.Server`` would."""

    def __init__(
        self, listening: socket.socket, backlog: int, keeper: Keeper, protocol: Callable[[], asyncio.BaseProtocol]
    ) -> None:
        self._listening = listening
        self._backlog = backlog
        self._keeper = keeper
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._making: set[asyncio.Task[None]] = set()
        self._is_open = False

    def open(self) -> None:
        """Listen, and accept from now on."""
        self._listening.setblocking(False)
        self._listening.listen(self._backlog)
        self._is_open = True
        self._watch()

    def close(self) -> None:
        """Accept no more. The socket stays whose it is."""
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._listening.fileno())

    async def wait_closed(self) -> None:
        """Return when what was accepted is a connection."""
        if self._making:
            await asyncio.wait(self._making)

    def _watch(self) -> None:
        if self._is_open:
            self._loop.add_reader(self._listening.fileno(), self._accept)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                line, peer = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as fault:
                if fault.errno not in SHORT:
                    raise
                self._wait(fault)
                return
            if self._keeper.has_room(str(peer[0]) if isinstance(peer, tuple) else ""):
                making = self._loop.create_task(self._make(line))
                self._making.add(making)
                making.add_done_callback(self._making.discard)
            else:
                self._turn_away(line)

    def _turn_away(self, line: socket.socket) -> None:
        self._keeper.turned_away += 1
        with line, contextlib.suppress(OSError):  # nobody waits for whoever does not take it
            line.setblocking(False)
            line.send(_FULL)

    async def _make(self, line: socket.socket) -> None:
        try:
            line.setblocking(False)
            await self._loop.connect_accepted_socket(self._protocol, line)
        except OSError as fault:  # it has gone meanwhile
            line.close()
            _log.debug("a connection ended as it began", extra={"fault": type(fault).__name__})

    def _wait(self, fault: OSError) -> None:
        _log.error(
            "no connection is accepted for a moment: the system has no room for one", extra={"fault": str(fault)}
        )
        self._loop.remove_reader(self._listening.fileno())
        self._loop.call_later(SHORT_SECONDS, self._watch)


_FULL = answer_of(FULL)
