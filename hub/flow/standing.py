"""Whether what was prepared still holds: asked for a whole group at once, and again once somebody has decided anew."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from hub.business.room import Room
from hub.flow.preparing import PreparedDocument


class StandingVersions:
    """What stands of that on which prepared documents rest, as of one transaction.

    A record is claimed by the first document that rests on it: the next must see what that one has written.
    """

    def __init__(self, conn: Connection, prepared: Iterable[tuple[Room, PreparedDocument]]) -> None:
        self._conn = conn
        self._known: dict[tuple[str, str], int] = {}
        self._claimed: set[tuple[str, str]] = set()
        self._stale = False
        asked: dict[str, tuple[Room, set[str]]] = {}
        for room, each in prepared:
            asked.setdefault(room.name, (room, set()))[1].update(standing.id for standing in each.rests_on)
        for room, ids in asked.values():
            self._ask(room, ids)

    def claim(self, room: Room, prepared: PreparedDocument) -> bool:
        """Say whether all that ``prepared`` rests on is as it was and nobody's yet, and make it this document's."""
        keys = [(room.name, standing.id) for standing in prepared.rests_on]
        if self._stale:
            self._ask(room, {standing.id for standing in prepared.rests_on})
        elif not self._claimed.isdisjoint(keys):
            return False
        self._claimed.update(keys)
        return all(
            self._known.get(key, 0) == standing.version for key, standing in zip(keys, prepared.rests_on, strict=True)
        )

    def forget(self) -> None:
        """Somebody has decided on what stands, and may have changed it: from now on each is asked for again."""
        self._stale = True

    def _ask(self, room: Room, ids: set[str]) -> None:
        for id, version in room.versions(self._conn, ids).items():
            self._known[room.name, id] = version
