"""What one transaction writes: for handlers the place where their effects go, for ``settling`` what is flushed when."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.business.room import Room
from hub.flow.drafts import Draft
from hub.flow.outgoing import Outgoing
from hub.flow.rules import Rules
from hub.kernel.clock import Clock
from hub.kernel.struct import Struct
from hub.platform.blobs import Blobs


class Effects:
    """The effects of one transaction, of one message or of a group of them.

    What was prepared is kept and written for all together: before anything is read that may rest on it, and at the
    end. What goes out is kept in ``outgoing`` and numbered at the end.
    """

    def __init__(self, conn: Connection, rules: Rules, blobs: Blobs, clock: Clock) -> None:
        self.conn, self.rules, self.blobs, self.now = conn, rules, blobs, clock.now()
        self.outgoing = Outgoing(conn, rules, blobs, clock, self.now)
        self.answering: set[str] = set()  # records of rooms for which something is due in this transaction
        self._prepared: dict[str, tuple[Room, list[Struct]]] = {}
        self._sent: dict[str, tuple[Room, list[tuple[str, str]]]] = {}

    def keep(self, room: Room, writes: Struct) -> None:
        """Write what a room has prepared, with whatever else there is of the kind."""
        self._prepared.setdefault(room.name, (room, []))[1].append(writes)

    def write_prepared(self) -> None:
        """Write what was kept so far."""
        prepared, self._prepared = self._prepared, {}
        for room, writes in prepared.values():
            room.write(self.conn, writes, self.now)

    def send(self, room: Room | None, draft: Draft) -> None:
        """Put a message of ours among those that go out; the room whose record it is of hears of it."""
        message = self.outgoing.put(draft)
        if room is not None and draft.record is not None:
            self.answering.add(draft.record)
            self._sent.setdefault(room.name, (room, []))[1].append((draft.record, message))

    def note_sent(self) -> None:
        """Tell each room which messages of ours are about its records. They must have been written."""
        for room, sent in self._sent.values():
            room.sent(self.conn, sent, self.now)
