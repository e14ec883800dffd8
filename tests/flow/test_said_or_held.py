"""What cannot be said to a customer is no promise: the order is held, and nobody is told of it until all are."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import Connection, text

from hub.bootstrap import Hub, open_hub
from hub.business.orders.store import list_orders
from hub.canonical.result import Cause, Due, Event, Result
from hub.exchange import mailbox, replay
from hub.exchange.intake import WHOLE_BYTES_MAX
from hub.exchange.model import MessageDetail
from hub.flow import rendering
from hub.flow.drafts import Unsendable
from hub.flow.rendering import Unsaid, withheld
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Defect
from hub.kernel.outcome import Key
from hub.kernel.scope import EVERYONE
from hub.platform import jobs, schema
from hub.platform.database import Database
from hub.platform.settings import Settings
from tests.flow.at_work import ACME, AtWork, assert_each_finding_helps, codes
from tests.flow.overlay import short_numbers
from tests.flow.relays import worked_off_until
from tests.flow.wire import group, interchange, line, of_kind, one_order, order, transaction
from tests.house import CHECKOUT
from tests.stored import FrozenClock

HubWith = Callable[[Path], AtWork]
PLANT = "plant-erp"
LONG = "4500098123-LONG"  # more than our guide takes in an answer, once it is narrowed
NORDLYS, MERIDIAN = "nordlys-implants", "meridian-cath"
UBL = (CHECKOUT / "partners" / NORDLYS / "samples" / "order.xml").read_bytes()
CXML = (CHECKOUT / "partners" / MERIDIAN / "samples" / "order.xml").read_bytes()
UNTELLABLE = line(10, item="BP*NO-SUCH-ITEM*EC*D")
DEATHS_MAX = 12


@pytest.fixture
def narrowed(hub_with: HubWith, tmp_path: Path) -> AtWork:
    """A hub that cannot write an answer to an order of a long number."""
    short_numbers(tmp_path / "overlay")
    return hub_with(tmp_path / "overlay")


def mend(hub: AtWork) -> None:
    assert hub.overlay is not None
    (hub.overlay / f"partners/{ACME}/guides/855.toml").unlink()
    hub.reopen()


def told(hub: AtWork) -> list[str]:
    """Return the numbers of the orders that the plant was told of."""
    ids = sorted(hub.waiting(PLANT))
    shas = [hub.detail(each).message.sha256 for each in ids]
    bodies = hub.hub.database.read_now(lambda conn: [hub.hub.blobs.get(conn, sha) for sha in shas])
    return [json.loads(each)["order"]["number"] for each in bodies]


def assert_held(hub: AtWork, got: MessageDetail, number: str = LONG) -> None:
    """Nobody is told, a person is asked, and the order is on record as one that is held."""
    assert got.message.outcome == "held"
    assert str(got.message.why).startswith("Held: the answer could not be written: ")
    assert {"BUS-UNSAID", "MAP-UNSENDABLE"} <= codes(got)
    assert_each_finding_helps(got)
    assert [each.kind for each in hub.answers(got.message.id)] == ["997"]
    assert (told(hub), of_kind(hub.sent(), "855")) == ([], [])
    head = hub.order(number)
    assert (head.summary.status, [each.role for each in head.documents]) == ("held", ["order"])
    assert [each.kind for each in head.history] == ["order-received", "order-held"]
    assert [(each.kind, each.state) for each in got.duties] == [("OrderAcknowledgement", "awaited")]


@pytest.mark.parametrize("beforehand", [True, False], ids=["prepared", "in the transaction"])
@pytest.mark.parametrize("lines", ["", UNTELLABLE], ids=["a promise", "a refusal"])
def test_an_order_whose_answer_cannot_be_written_is_held_and_said_to_all_once_it_can_be(
    narrowed: AtWork, monkeypatch: pytest.MonkeyPatch, beforehand: bool, lines: str
) -> None:
    hub = narrowed
    if not beforehand:
        monkeypatch.setattr("hub.flow.reading.prepare", lambda *given, **more: None)
    got = hub.send(one_order(LONG, **({"lines": lines} if lines else {})))
    assert_held(hub, got)
    assert_held(hub, hub.replay(got.message.id))
    mend(hub)
    for _ in range(2):
        mended = hub.replay(got.message.id)
        assert (mended.message.outcome, mended.message.why) == ("refused" if lines else "accepted", None)
        assert len(of_kind(hub.answers(got.message.id), "855")) == 1
        assert told(hub) == ([] if lines else [LONG])
        assert [each.state for each in mended.duties] == ["done"]
    assert len(hub.orders(ACME, LONG)) == 1


def test_of_orders_that_came_together_only_the_one_that_cannot_be_answered_waits(narrowed: AtWork) -> None:
    numbers = [f"45000981{n:02}" for n in range(6)]
    numbers[3] = LONG
    for place, number in enumerate(numbers):
        narrowed.take_in(one_order(number, 101 + place))
    narrowed.work()
    numbers.remove(LONG)
    assert sorted(told(narrowed)) == numbers
    assert sorted(each.one("BAK")[3] for each in of_kind(narrowed.sent(), "855")) == numbers
    assert narrowed.order(LONG).summary.status == "held"


def test_so_it_is_with_one_order_of_a_large_message(narrowed: AtWork) -> None:
    numbers = [f"4500{n:06d}" for n in range(120)]
    numbers[70] = LONG
    sets = [transaction(order(number), control=f"{place:04}") for place, number in enumerate(numbers, start=1)]
    body = interchange(group(*sets)).replace(b"~", b"~\n" + b" " * 80)
    assert len(body) > WHOLE_BYTES_MAX
    got = narrowed.send(body)
    assert [each.subject for each in got.documents if each.outcome == "held"] == [LONG]
    numbers.remove(LONG)
    assert sorted(told(narrowed)) == numbers
    mend(narrowed)
    narrowed.replay(got.message.id)
    assert sorted(told(narrowed)) == sorted([*numbers, LONG])
    assert len(of_kind(narrowed.sent(), "855")) == len(numbers) + 1


def test_a_copy_and_a_second_order_of_its_number_do_not_make_it_stand(narrowed: AtWork) -> None:
    got = narrowed.send(one_order(LONG))
    copy = narrowed.send(one_order(LONG, 102, purpose="07"))
    second = narrowed.send(one_order(LONG, 103, lines=line(10, quantity=200)))
    assert [each.message.outcome for each in (copy, second)] == ["duplicate", "duplicate"]
    assert all(each.message.why for each in (copy, second))
    assert (told(narrowed), of_kind(narrowed.sent(), "855")) == ([], [])
    mend(narrowed)
    assert narrowed.replay(got.message.id).message.outcome == "accepted"
    assert told(narrowed) == [LONG]


def test_an_order_that_stood_unanswered_before_is_not_told_again_and_a_person_is_asked(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an earlier hub left it: accepted, the plant told, and no answer on record."""
    got = hub.send(one_order("4500098123"))
    hub.hub.database.write_now(lambda conn: conn.execute(text("DELETE FROM order_document WHERE role = 'answer'")))

    def unsendable(*_: object) -> None:
        raise Unsendable([Diagnostic(code="GDE-TEST", severity=Severity.PART, told="no room for it")])

    with monkeypatch.context() as patch:
        patch.setattr(rendering, "render", unsendable)
        again = hub.replay(got.message.id)
    assert (again.message.outcome, hub.order("4500098123").summary.status) == ("accepted", "accepted")
    assert str(again.message.why) == "Held: the answer could not be written: no room for it"
    assert told(hub) == ["4500098123"]
    assert hub.replay(got.message.id).message.why is None
    assert told(hub) == ["4500098123"]


@pytest.mark.parametrize(
    ("point", "mended"), [("before-commit", False), ("before-commit", True), ("after-commit-before-answer", True)]
)
def test_a_death_at_any_moment_leaves_it_held_or_said_to_all(narrowed: AtWork, point: str, mended: bool) -> None:
    """The process that works off a message ends at its first commit; that of the next message at its second; and so on
    until one comes to its end. Once held, another is killed likewise while it says all that is owed."""
    hub = narrowed
    for commit in range(1, DEATHS_MAX):
        number = f"{LONG}-{commit}"
        message = hub.take_in(one_order(number, 100 + commit)) if not mended else held_before_mending(hub, commit)
        ended = worked_off_until(f"{point}:{commit}", hub)
        assert_all_or_nobody(hub, message, number)
        hub.hub.database.write_now(lambda conn: jobs.take_over(conn, now=hub.clock.now()))
        hub.later(hours=1)
        hub.work()
        assert_all_or_nobody(hub, message, number)
        assert hub.detail(message).message.outcome == ("accepted" if mended else "held")
        assert len(of_kind(hub.answers(message), "855")) == mended
        if ended == 0:
            break
    assert ended == 0, "no message came to its end"


def held_before_mending(hub: AtWork, commit: int) -> str:
    """Hold an order, mend what kept its answer back, and ask for a replay that nobody has worked off yet."""
    assert hub.overlay is not None
    short_numbers(hub.overlay)
    hub.reopen()
    message = hub.send(one_order(f"{LONG}-{commit}", 100 + commit)).message.id
    mend(hub)
    asked = hub.hub.database.write_now(
        lambda conn: replay.ask_replay(conn, EVERYONE, message, actor="person:ada", reason=None, now=hub.clock.now())
    )
    assert asked
    return message


def assert_all_or_nobody(hub: AtWork, message: str, number: str) -> None:
    answered = bool(of_kind(hub.answers(message), "855"))
    assert told(hub).count(number) == answered
    assert (hub.detail(message).message.outcome == "accepted") == answered


def test_on_postgresql_it_is_the_same(empty_postgresql: str, tmp_path: Path, clock: FrozenClock) -> None:
    schema.upgrade(Database(empty_postgresql))
    overlay = tmp_path / "overlay"
    short_numbers(overlay)

    settings = Settings(data=tmp_path, database_url=empty_postgresql, config_path=str(overlay))

    def seen(hub: Hub) -> tuple[list[tuple[str, str]], list[int]]:
        """Return each order with its status, and how much waits for the customer and the plant."""

        def look(conn: Connection) -> tuple[list[tuple[str, str]], list[int]]:
            orders = sorted((each.number, each.status) for each in list_orders(conn, EVERYONE, limit=9).items)
            return orders, [len(mailbox.waiting(conn, EVERYONE, who, limit=9).items) for who in (ACME, PLANT)]

        return hub.database.read_now(look)

    async def taken(hub: Hub) -> str:
        first = await hub.receive(ACME, one_order(LONG), transport="http")
        await hub.receive(ACME, one_order("4500098124", 102), transport="http")
        await hub.runner.drain()
        await hub.database.close()
        return first.message_id

    async def replayed(hub: Hub) -> None:
        def ask(conn: Connection) -> None:
            replay.ask_replay(conn, EVERYONE, message, actor="person:ada", reason=None, now=clock.now())

        await hub.database.write(ask)
        await hub.runner.drain()
        await hub.database.close()

    message = asyncio.run(taken(open_hub(settings, clock)))
    assert seen(open_hub(settings, clock)) == ([(LONG, "held"), ("4500098124", "accepted")], [3, 1])
    (overlay / f"partners/{ACME}/guides/855.toml").unlink()
    for _ in range(2):
        asyncio.run(replayed(open_hub(settings, clock)))
        assert seen(open_hub(settings, clock)) == (
            [("4500098123-LONG", "accepted"), ("4500098124", "accepted")],
            [4, 2],
        )


def test_a_room_that_tells_of_what_cannot_be_answered_is_stopped_loudly() -> None:
    document = Key(kind="a", value="b")
    due = Due(partner=ACME, document=document, because=Cause(kind="message", id="m"))
    why = Unsaid(due, [Diagnostic(code="GDE-TEST", severity=Severity.PART, told="no room for it")])
    for stubborn in (
        Result(outcome="held", due=[due]),
        Result(outcome="held", events=[Event(kind="order-accepted", document=document, record="r")]),
    ):
        with pytest.raises(Defect):
            withheld(stubborn, why)


# where dialects differ ------------------------------------------------------------------------------------------------


SHORT_LINE = (
    b'<cac:OrderLine><cac:LineItem><cbc:ID>%d</cbc:ID><cbc:Quantity unitCode="EA">%d0</cbc:Quantity><cac:Item>'
    b"<cbc:Name>" + b"Bone plate " * 20 + b"</cbc:Name>"
    b"<cac:BuyersItemIdentification><cbc:ID>NL-8008</cbc:ID></cac:BuyersItemIdentification>"
    b"<cac:AdditionalItemProperty><cbc:Name>Revision</cbc:Name><cbc:Value>B</cbc:Value></cac:AdditionalItemProperty>"
    b"</cac:Item></cac:LineItem></cac:OrderLine>\n"
)
QUANTITIES = ["1000000000000000", "12345678901234567", "123456789012345678", "0.1111111111111111", "2000.0000000000001"]


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("partner", [NORDLYS, MERIDIAN])
def test_a_quantity_longer_than_is_taken_is_refused_in_any_dialect_and_given_back_as_it_came(
    hub: AtWork, partner: str, quantity: str
) -> None:
    said = quantity.encode()
    if partner == MERIDIAN:
        body = re.sub(rb"<ScheduleLine.*?</ScheduleLine>", b"", CXML, flags=re.DOTALL)
        body = body.replace(b'quantity="200"', b'quantity="' + said + b'"')
    else:
        body = re.sub(rb'(<cbc:Quantity unitCode="EA">)400', rb"\g<1>" + said, UBL)
        assert body != UBL
    got = hub.send(body, partner)
    assert "BUS-QUANTITY-TOO-LONG" in codes(got)
    assert "MAP-UNSENDABLE" not in codes(got)
    [answer] = [each for each in hub.answers(got.message.id) if not is_receipt(each.body)]
    assert quantity in etree.tostring(etree.fromstring(answer.body), encoding="unicode")


@pytest.mark.parametrize("quantity", ["999999999999999", "0.000000000000001"])
def test_the_longest_quantity_that_is_taken_is_answered(hub: AtWork, quantity: str) -> None:
    got = hub.send(CXML.replace(b'quantity="200"', b'quantity="' + quantity.encode() + b'"'), MERIDIAN)
    assert "BUS-QUANTITY-TOO-LONG" not in codes(got)
    [answer] = [each for each in hub.answers(got.message.id) if not is_receipt(each.body)]
    assert quantity.encode() in answer.body


def is_receipt(body: bytes) -> bool:
    """Say whether a body tells only what became of ours: of UBL, or of cXML."""
    return b"ApplicationResponse" in body or b"StatusUpdateRequest" in body


def test_an_order_that_is_read_and_whose_answer_is_longer_than_any_body_may_be_is_held(hub: AtWork) -> None:
    """Of 10,001 lines, each of which is answered with more than it says."""
    total = re.compile(rb"<cac:AnticipatedMonetaryTotal>.*?</cac:AnticipatedMonetaryTotal>", re.DOTALL)
    head = total.sub(b"", UBL[: UBL.index(b"  <cac:OrderLine>")])
    body = head + b"".join(SHORT_LINE % (number, number) for number in range(1, 10_002)) + b"</Order>"
    got = hub.send(body, NORDLYS)
    assert got.message.outcome == "held", (got.message.why, codes(got))
    assert str(got.message.why).startswith("Held: the answer could not be written: ")
    assert (told(hub), [each.document for each in got.answers if each.document == "OrderAcknowledgement"]) == ([], [])
    assert hub.order("NL-2026-10077", NORDLYS).summary.status == "held"
