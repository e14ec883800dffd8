"""Whether what was prepared still holds: asked for a whole group at once, and again once somebody has decided anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from hub.business.room import Room
from hub.flow.documents import Document, is_test
from hub.flow.preparing import PreparedDocument, is_of, is_of_today
from hub.flow.progress import Unsettled
from hub.flow.rooms import ROOM_OF
from hub.flow.rules import Rules


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
        if not self._claimed.isdisjoint(keys):
            return False  # what it has kept to write is in no table yet
        if self._stale:
            self._ask(room, {standing.id for standing in prepared.rests_on})
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


class Claims:
    """Of the documents of one portion: which still come to what was prepared for them. Each is asked for once."""

    def __init__(self, standing: StandingVersions, unsettled: Unsettled, rules: Rules, now: datetime) -> None:
        self._standing, self._unsettled, self._rules, self._now = standing, unsettled, rules, now
        self._partner = rules.partner(unsettled.task.message.partner)
        self._known: dict[int, PreparedDocument | None] = {}  # by position

    def all_hold(self) -> bool:
        """Whether all of them do, before anything is written."""
        documents = [each for each in self._unsettled.portion.documents if each.takes_effect]
        held = [self.of(each, test=is_test(self._unsettled.envelope_of(each), self._partner)) for each in documents]
        return None not in held

    def of(self, document: Document, *, test: bool) -> PreparedDocument | None:
        """Return what was prepared, if it is of the document, of today, and rests on what stands; None if not."""
        if document.position not in self._known:
            self._known[document.position] = self._claimed(document, test)
        return self._known[document.position]

    def forget(self) -> None:
        """A room has decided on what stands: what is claimed after it is asked for again."""
        self._standing.forget()

    def _claimed(self, document: Document, test: bool) -> PreparedDocument | None:
        prepared, message = self._unsettled.portion.prepared.get(document.position), self._unsettled.task.message
        if prepared is None or not is_of(prepared, document, self._rules, message.id, message.partner, test=test):
            return None
        if not is_of_today(prepared, self._rules, message.partner, self._now):
            return None
        return prepared if self._standing.claim(ROOM_OF[document.document or ""], prepared) else None


def prepared_of(unsettled: Unsettled) -> list[tuple[Room, PreparedDocument]]:
    """Return what was prepared for the documents of a portion, each with the room that did."""
    portion = unsettled.portion
    found = ((each.document, portion.prepared.get(each.position)) for each in portion.documents)
    return [(ROOM_OF[name], prepared) for name, prepared in found if prepared is not None and name in ROOM_OF]
