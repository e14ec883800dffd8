"""What an order comes to is worked out where it is read, and holds only as long as nothing has changed since."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from hub.business.orders import filing, handlers
from hub.exchange import intake
from hub.flow import reading
from hub.flow.documents import Document
from hub.flow.preparing import PreparedDocument
from hub.flow.readers import Reader
from hub.flow.reading import ReadMessage, ToRead
from tests.flow.at_work import AtWork, codes
from tests.flow.overlay import NORTH, add_north, change, from_north, short_numbers
from tests.flow.wire import Sent, group, interchange, line, of_kind, one_order, order, transaction
from tests.house import CHECKOUT
from tests.stored import FrozenClock

SAMPLES = [path.read_bytes() for path in (CHECKOUT / "partners/acme-cardio/samples").glob("*.edi")]
IDS = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|SO-\d{6}-[0-9A-Z]{10}|\b(?:sha256|digest)='[0-9a-f]{64}'"
)
WAITS_SECONDS = 30.0

HubWith = Callable[[Path], AtWork]


@pytest.fixture
def other(tmp_path: Path, clock: FrozenClock, sqlite_template: Path) -> Iterator[AtWork]:
    """A second hub, to compare with."""
    at_work = AtWork(tmp_path / "other", clock, sqlite_template)
    yield at_work
    at_work.close()


@pytest.fixture
def prepares_nothing(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setattr(reading, "prepare", lambda *given, **more: None)


class Between:
    """Reads as the hub's own reader does, and lets something happen before what was read takes effect."""

    def __init__(self, hub: AtWork, happens: Callable[[ToRead], Awaitable[None]]) -> None:
        self._reader: Reader = hub.hub.services.reader
        self._happens = happens

    async def read(self, wanted: ToRead) -> ReadMessage:
        reading = await self._reader.read(wanted)
        await self._happens(wanted)
        return reading

    async def close(self) -> None:
        await self._reader.close()

    @property
    def fault(self) -> str | None:
        return self._reader.fault


def told(hub: AtWork, *messages: str) -> list[object]:
    """Return all that a person and the partner see of messages; an id is told by where it is first seen."""
    names: dict[str, str] = {}

    def named(what: object) -> str:
        text = what.decode() if isinstance(what, bytes) else repr(what)
        return IDS.sub(lambda found: names.setdefault(found[0], f"id-{len(names)}"), text)

    seen: list[object] = []
    for message in messages:
        detail = hub.detail(message)
        seen.append(named(detail))
        for row in sorted(detail.answers, key=lambda row: row.id):
            seen += [named(hub.detail(row.id)), named(hub._sent(row.id).body)]
        for number in sorted({row.subject for row in detail.documents if row.subject}):
            for one in hub.orders(detail.message.partner, number):
                page = hub.order(number, one.partner, test=one.test, release=one.release)
                noted = sorted(page.documents, key=lambda noted: (noted.role, noted.source.reference or ""))
                seen.append(named(replace(page, documents=noted)))
        seen += [sorted(kind for kind, _ in hub.found(key.value)) for key in detail.message.keys]
    return seen


def test_every_sample_order_is_answered_byte_for_byte_as_one_decided_on_the_spot(
    hub: AtWork, other: AtWork, prepares_nothing: Callable[[], None]
) -> None:
    """Some thirty: taken, changed, refused and held for many reasons; after the first, its duplicate and its copy."""
    bodies = sorted(SAMPLES, key=control_number)
    prepared = [hub.send(body).message.id for body in bodies]
    prepares_nothing()
    on_the_spot = [other.send(body).message.id for body in bodies]
    assert told(hub, *prepared) == told(other, *on_the_spot)
    outcomes = {hub.detail(message).message.outcome for message in prepared}
    assert outcomes == {"accepted", "changed", "refused", "held", "duplicate"}
    assert [each.number for each in hub.sent()] == [each.number for each in other.sent()]


def control_number(body: bytes) -> bytes:
    return body.split(b"*")[13]


@pytest.mark.parametrize("usage", ["P", "T"])
def test_a_new_order_is_decided_once_where_it_is_read(hub: AtWork, usage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this, what the other tests here compare might be one and the same way."""
    monkeypatch.setattr(handlers, "take_order", _must_not)
    monkeypatch.setattr(filing, "load", _must_not)
    got = hub.send(one_order("4500098123", usage=usage))
    assert got.message.outcome == "accepted"
    assert sorted(each.kind for each in hub.answers(got.message.id)) == ["855", "997"]


def test_new_orders_that_wait_together_are_decided_once_as_well(hub: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "take_order", _must_not)
    monkeypatch.setattr(filing, "load", _must_not)
    messages = [hub.take_in(one_order(f"450009812{n}", n)) for n in (1, 2, 3)]
    hub.work()
    assert [hub.detail(each).message.outcome for each in messages] == ["accepted"] * 3


def _must_not(*_: object, **__: object) -> None:
    raise AssertionError("decided in its transaction")


@pytest.mark.parametrize("beside", [0, 1], ids=["alone", "beside another"])
def test_an_order_read_before_midnight_and_settled_after_it_is_decided_on_the_new_day(
    hub: AtWork, other: AtWork, beside: int
) -> None:
    """A hundred take thirty days, so what can be had first is another day from one day to the next."""
    soon = line(10, due="20261201")
    hub.later(days=3, hours=17, minutes=59)  # Monday, 23:59 at the partner's
    yesterday = other.send(one_order("4500098122", 100, lines=soon))

    async def midnight_passes(wanted: ToRead) -> None:
        hub.later(minutes=2 / (1 + beside))

    hub.hub.services.reader = Between(hub, midnight_passes)
    messages = [hub.take_in(one_order(f"450009812{3 + n}", 101 + n, lines=soon)) for n in range(1 + beside)]
    hub.work()
    today = other.send(one_order("4500098123", 101, lines=soon))

    (wanted,) = of_kind(other.answers(today.message.id), "855")
    (before,) = of_kind(other.answers(yesterday.message.id), "855")
    for n, message in enumerate(messages):
        (answer,) = of_kind(hub.answers(message), "855")
        assert said(answer, f"450009812{3 + n}") == said(wanted, "4500098123")
        assert said(answer, f"450009812{3 + n}") != said(before, "4500098122")
        assert hub.order(f"450009812{3 + n}").lines == other.order("4500098123").lines


def said(answer: Sent, number: str) -> list[list[str]]:
    """Return what an 855 says between ST and SE, but for the number of the order and ours for it."""
    text = "~".join("*".join(segment) for segment in answer.segments[3:-3])
    return [segment.split("*") for segment in IDS.sub("ours", text).replace(number, "theirs").split("~")]


def test_a_number_taken_between_reading_and_settling_is_held_with_both_shown(hub: AtWork) -> None:
    first = hub.take_in(one_order("4500098123", 101))
    second = hub.take_in(one_order("4500098123", 102))

    async def the_second_overtakes(wanted: ToRead) -> None:
        async with asyncio.timeout(WAITS_SECONDS):
            while wanted.message == first and hub.detail(second).message.stage != "finished":
                await asyncio.sleep(0.005)

    hub.hub.services.reader = Between(hub, the_second_overtakes)
    hub.work()
    assert hub.detail(second).message.outcome == "accepted"
    held_beside(hub, first, second)


def held_beside(hub: AtWork, held: str, taken: str) -> None:
    """One message is the order 4500098123 and is answered, the other waits for a person who sees both."""
    detail = hub.detail(held)
    assert (detail.message.outcome, detail.message.acknowledgement) == ("duplicate", "accepted")
    assert taken in str(detail.message.why)
    assert held in str(detail.message.why)
    assert [row.number for row in hub.orders()] == ["4500098123"]
    page = hub.order("4500098123")
    assert page.source.message == taken
    assert {taken, held} <= {document.source.message for document in page.documents}
    assert [each.kind for each in hub.answers(held)] == ["997"]
    assert sorted(each.kind for each in hub.answers(taken)) == ["855", "997"]
    assert sorted(each.number for each in hub.sent()) == [1, 2, 3]


def test_two_orders_of_one_number_that_wait_together_are_one_order(hub: AtWork) -> None:
    messages = {hub.take_in(one_order("4500098123", control)) for control in (101, 102)}
    hub.work()
    (taken,) = [message for message in messages if hub.detail(message).message.outcome == "accepted"]
    (held,) = messages - {taken}
    held_beside(hub, held, taken)


def test_an_order_that_was_foreseen_sees_one_of_its_number_before_it_that_was_not(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    foresee = reading.prepare

    def all_but_the_first(document: Document, *given: Any, **more: Any) -> PreparedDocument | None:
        return None if document.position == 1 else foresee(document, *given, **more)

    monkeypatch.setattr(reading, "prepare", all_but_the_first)
    got = hub.send(interchange(group(*(transaction(order("4500000001"), control=f"{n:04d}") for n in (1, 2)))))
    assert [each.outcome for each in got.documents] == ["accepted", "duplicate"]
    assert [each.kind for each in hub.answers(got.message.id)] == ["855", "997"]


def test_a_copy_that_waits_together_with_its_original_gets_the_first_answer_again(hub: AtWork, other: AtWork) -> None:
    bodies = [one_order("4500098123", 101), one_order("4500098123", 102, purpose="07")]
    together = [hub.take_in(body) for body in bodies]
    hub.work()
    apart = [other.send(body).message.id for body in bodies]
    assert told(hub, *together) == told(other, *apart)

    copy = together[1]
    assert hub.detail(copy).message.outcome == "duplicate"
    assert hub.detail(copy).message.why is None
    assert [each.kind for each in hub.answers(copy)] == ["997"]
    (answer,) = of_kind(hub.sent(), "855")
    assert answer.message in hub.waiting()
    assert "resend-asked" in {entry.event for entry in hub.detail(answer.message).timeline}


def test_an_order_whose_answer_cannot_be_written_is_held_and_a_person_is_called(
    hub_with: HubWith, tmp_path: Path
) -> None:
    """Its number is longer than the guide takes; it waits together with two that can be answered."""
    short_numbers(tmp_path / "overlay")
    hub = hub_with(tmp_path / "overlay")
    unwritable = one_order("4500098123-7", 102)
    bodies = [one_order("4500098122", 101), unwritable, one_order("4500098124", 103)]
    before, got, after = [hub.take_in(body) for body in bodies]
    hub.work()
    assert hub.detail(got).message.outcome == "held"
    assert str(hub.detail(got).message.why).startswith("Held: the answer could not be written: ")
    assert hub.order("4500098123-7").summary.status == "held"
    assert [each.kind for each in hub.answers(got)] == ["997"]
    for message in (before, after):
        assert hub.detail(message).message.why is None
        assert sorted(each.kind for each in hub.answers(message)) == ["855", "997"]
    assert [each.number for each in hub.sent()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("foresight", [True, False])
@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("partner.toml", '855 = "acme-cardio/855"', "", "no map writes OrderAcknowledgement"),
        ("partner.toml", '855 = "acme-cardio/855"', '855 = "acme-cardio/856"', "acme-cardio/856"),
    ],
    ids=["none", "one that does not exist"],
)
def test_a_partner_whose_answers_no_map_writes_is_held_and_its_neighbour_is_not(
    hub_with: HubWith,
    tmp_path: Path,
    name: str,
    old: str,
    new: str,
    why: str,
    foresight: bool,
    prepares_nothing: Callable[[], None],
) -> None:
    overlay = tmp_path / "overlay"
    add_north(overlay)
    broken = change(overlay, f"partners/acme-cardio/{name}", old, new)
    hub = hub_with(overlay)
    if not foresight:
        prepares_nothing()
    held = hub.take_in(one_order("4500098123"))
    theirs = hub.take_in(from_north(group(transaction(order("N-1"))), number=1), NORTH)
    hub.work()
    assert hub.detail(held).message.outcome == "held"
    assert why in str(hub.detail(held).message.why)
    assert hub.sent() == []
    assert [row.number for row in hub.orders()] == ["N-1"]
    assert hub.detail(theirs).message.outcome == "accepted"

    broken.unlink()
    hub.reopen()
    mended = hub.replay(held)
    assert (mended.message.outcome, mended.message.why) == ("accepted", None)
    assert [each.number for each in hub.sent()] == [1, 2]


def test_a_test_order_foreseen_beside_the_real_one_of_its_number_stays_a_test(hub: AtWork) -> None:
    real, test = hub.take_in(one_order("4500098123", 101)), hub.take_in(one_order("4500098123", 102, usage="T"))
    hub.work()
    assert {row.test for row in hub.orders()} == {True, False}
    for message, is_test in ((real, False), (test, True)):
        got = hub.detail(message)
        assert (got.message.outcome, got.message.test) == ("accepted", is_test)
        assert [row.test for row in got.documents] == [is_test]
        assert hub.order("4500098123", test=is_test).source.message == message
        assert [each.test for each in hub.answers(message)] == [is_test, is_test]
        assert ("ENV-USAGE-DIFFERS" in codes(got)) == is_test


def test_an_order_of_a_partner_in_test_is_foreseen_as_a_test(hub_with: HubWith, tmp_path: Path) -> None:
    add_north(tmp_path / "overlay", usage="T")
    hub = hub_with(tmp_path / "overlay")
    messages = [
        hub.take_in(from_north(group(transaction(order(f"N-{n}"))), number=n), NORTH, file_name=f"{n}") for n in (1, 2)
    ]
    hub.work()
    assert [hub.detail(message).message.test for message in messages] == [True, True]
    assert [row.test for row in hub.orders()] == [True, True]
    assert all(each.test for each in hub.sent(NORTH))


def test_a_large_message_gives_the_same_orders_and_answers_as_a_small_one(
    hub: AtWork, other: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes, once over the limit above which a message is read in portions, and once below it."""
    kinds = [line(10), line(10, quantity="60", due="20261201"), line(10, item="BP*AC-9999"), line(10, quantity="7")]
    filling = "".join(line(n) for n in range(20, 400, 10))
    sets = [
        transaction(order(f"45000{n:05d}", lines=kinds[n % len(kinds)] + filling), control=f"{n:04d}")
        for n in range(1, 31)
    ]
    sets.append(transaction(order("4500000001"), control="0031"))  # a number for the second time
    body = interchange(group(*sets))
    assert len(body) > intake.WHOLE_BYTES_MAX
    large = hub.send(body)
    monkeypatch.setattr(intake, "WHOLE_BYTES_MAX", len(body))
    small = other.send(body)
    assert large.message.documents == 31
    assert {row.outcome for row in large.documents} == {"accepted", "changed", "duplicate"}
    assert told(hub, large.message.id) == told(other, small.message.id)
