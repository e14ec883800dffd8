"""What the reader says that a document comes to is taken for that document alone: it may be in a sender's hands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from hub.canonical.result import Cause, Due, OpenDuty
from hub.exchange.model import MessageDetail
from hub.flow.preparing import PreparedDocument
from hub.flow.readers import Reader
from hub.flow.reading import ReadMessage, ToRead
from tests.flow.at_work import ACME, AtWork
from tests.flow.wire import acknowledgement, of_kind, one_order

Forge = Callable[[PreparedDocument, str], PreparedDocument]


def _writes(prepared: PreparedDocument, **changed: object) -> PreparedDocument:
    rows = prepared.writes.rows
    forged = replace(prepared.writes, rows=replace(rows, order=replace(rows.order, **changed)))
    return replace(prepared, writes=forged)


def _drafts(prepared: PreparedDocument, **changed: object) -> PreparedDocument:
    return replace(prepared, drafts=[replace(draft, **changed) for draft in prepared.drafts])


def _result(prepared: PreparedDocument, **changed: object) -> PreparedDocument:
    return replace(prepared, result=replace(prepared.result, **changed))


FORGERIES: dict[str, Forge] = {
    "an order of another partner": lambda prepared, _: _writes(prepared, partner="north-spine"),
    "an order of another message": lambda prepared, other: _writes(prepared, source_message=other),
    "an order of another place": lambda prepared, _: _writes(prepared, source_position=2),
    "a test as real": lambda prepared, _: _writes(prepared, test=True),
    "an answer to another partner": lambda prepared, _: _drafts(prepared, partner="north-spine"),
    "an answer to another message": lambda prepared, other: _drafts(prepared, because=Cause(kind="message", id=other)),
    "an answer because of an event": lambda prepared, _: _drafts(prepared, because=Cause(kind="event", id="1")),
    "what happened, told to who does not listen": lambda prepared, _: _drafts(
        prepared, because=Cause(kind="event", id="order-accepted:1")
    ),
    "an answer marked as a test": lambda prepared, _: _drafts(prepared, test=True),
    "a message sent again": lambda prepared, other: _result(prepared, resend=[other]),
    "something due that is not written": lambda prepared, other: _result(
        prepared,
        due=[Due(partner="north-spine", document=prepared.writes, because=Cause(kind="message", id=other))],
    ),
    "something owed to another partner": lambda prepared, _: _result(
        prepared, open_duties=[OpenDuty(partner="north-spine", document="OrderAcknowledgement")]
    ),
    "what holds on another day": lambda prepared, _: replace(prepared, day=prepared.day.replace(year=2031)),
}


class Beside:
    """Stands in the place of the hub's own reader, and has it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def ready(self) -> None:
        await self._reader.ready()

    async def close(self) -> None:
        await self._reader.close()

    @property
    def fault(self) -> str | None:
        return self._reader.fault


class Forging(Beside):
    """Reads as the hub's own reader does, and says something else of what documents come to."""

    def __init__(self, reader: Reader, forge: Forge, other: str) -> None:
        super().__init__(reader)
        self._forge, self._other = forge, other

    async def read(self, wanted: ToRead) -> ReadMessage:
        reading = await self._reader.read(wanted)
        forged = {position: self._forge(each, self._other) for position, each in reading.prepared.items()}
        assert forged
        assert forged != reading.prepared
        return replace(reading, prepared=forged)


class Handing(Beside):
    """Reads as the hub's own reader does, and gives each message what was prepared for the last, less its answers."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        self._last: dict[int, PreparedDocument] = {}

    async def read(self, wanted: ToRead) -> ReadMessage:
        reading = await self._reader.read(wanted)
        handed, self._last = self._last, reading.prepared
        silent = {position: replace(each, drafts=[]) for position, each in handed.items()}
        return replace(reading, prepared=silent or reading.prepared)


def test_what_no_room_prepares_is_taken_by_nothing_that_was(hub: AtWork) -> None:
    hub.hub.services.reader = Handing(hub.hub.services.reader)
    first = hub.send(one_order("4500000001", 101))
    (answer,) = of_kind(hub.answers(first.message.id), "855")
    assert answer.group is not None
    told = hub.send(acknowledgement(answer.group))
    assert (told.message.outcome, told.message.attention) == ("accepted", None)
    assert hub.detail(answer.message).message.acknowledgement == "accepted"
    assert [row.number for row in hub.orders()] == ["4500000001"]


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_what_is_not_of_the_document_is_decided_anew(hub: AtWork, forge: Forge) -> None:
    other = hub.send(one_order("4500000001", 101)).message.id
    answer = of_kind(hub.answers(other), "855")[0].message
    hub.fetch_all()
    hub.hub.services.reader = Forging(hub.hub.services.reader, forge, answer)
    got: MessageDetail = hub.send(one_order("4500000002", 102))
    assert (got.message.outcome, got.message.test) == ("accepted", False)
    order = hub.order("4500000002")
    assert (order.summary.partner, order.summary.test, order.source.message) == (ACME, False, got.message.id)
    assert [row.partner for row in hub.orders()] == [ACME, ACME]
    assert sorted(each.kind for each in hub.answers(got.message.id)) == ["855", "997"]
    assert got.duties == []
    assert set(hub.waiting()) == {each.message for each in hub.answers(got.message.id)}, "nothing was sent again"
