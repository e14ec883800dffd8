"""What a receiver said of a message stands, however often the message is sent once more, and whoever asks for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from hub.exchange import mailbox, messages, outbox
from hub.exchange.model import DeliveryRow, MessageDetail, Verdict
from hub.kernel.errors import Conflict
from hub.kernel.scope import EVERYONE, only
from hub.kernel.sentence import as_written
from hub.platform.database import Database
from tests.exchange.story import NOW, answer, receive_order

ACME = "acme-cardio"
MINE = only(ACME)
LATER = NOW + timedelta(hours=1)
OPPOSITE: dict[Verdict, Verdict] = {"approve": "refuse", "refuse": "approve"}

Ask = Callable[[Connection, str, str], object]
WAYS: dict[str, Ask] = {
    "a person sends it again": lambda conn, sent, order: outbox.resend(conn, sent, now=LATER, actor="person:kim"),
    "the order comes again": lambda conn, sent, order: outbox.resend_answers(conn, order, now=LATER),
    "the order comes again three times": lambda conn, sent, order: [
        outbox.resend_answers(conn, order, now=LATER) for _ in range(3)
    ],
    "a person and the order": lambda conn, sent, order: (
        outbox.resend(conn, sent, now=LATER, actor="person:kim"),
        outbox.resend_answers(conn, order, now=LATER),
    ),
    "again, received, and again": lambda conn, sent, order: (
        outbox.resend_answers(conn, order, now=LATER),
        mailbox.received(conn, MINE, ACME, sent, now=LATER),
        outbox.resend_answers(conn, order, now=LATER),
    ),
}


@pytest.mark.parametrize("verdict", ["approve", "refuse"])
@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_sending_again_lets_a_verdict_be_turned(database: Database, way: str, verdict: Verdict) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        sent = answer(conn, "PO-1", order)
        said = _say(conn, sent, verdict, reason="as agreed")
        assert said
        WAYS[way](conn, sent, order)
        assert [each.id for each in mailbox.waiting(conn, MINE, ACME).items] == [sent]
        with pytest.raises(Conflict, match=f"{verdict} was said"):
            _say(conn, sent, OPPOSITE[verdict], reason="changed my mind")
        assert (_delivery(conn, sent).verdict, _delivery(conn, sent).verdict_reason) == (verdict, "as agreed")
        assert mailbox.waiting(conn, MINE, ACME).items, "what was refused as a contradiction has received nothing"

    database.write_now(work)


@pytest.mark.parametrize("repeated", [None, "approve"])
def test_what_was_approved_and_sent_again_is_received_again_under_its_verdict(
    database: Database, repeated: Verdict | None
) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        sent = answer(conn, "PO-1", order)
        _say(conn, sent, "approve")
        outbox.resend_answers(conn, order, now=LATER)
        assert mailbox.received(conn, MINE, ACME, sent, now=LATER, verdict=repeated, reason="another reason")
        assert mailbox.waiting(conn, MINE, ACME).items == []
        shown = _delivery(conn, sent)
        assert (shown.verdict, shown.verdict_reason, shown.received_at) == ("approve", None, LATER)
        events = [each.event for each in _detail(conn, sent).timeline]
        assert events == ["approved", "resend-asked", "received"], "said once, it is told once"
        with pytest.raises(Conflict):
            _say(conn, sent, "refuse")

    database.write_now(work)


def test_each_receipt_is_kept(database: Database) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        sent = answer(conn, "PO-1", order)
        times = [NOW + timedelta(hours=n) for n in range(4)]
        for at in times:
            mailbox.fetched(conn, MINE, ACME, sent, now=at)
            mailbox.received(conn, MINE, ACME, sent, now=at)
            outbox.resend_answers(conn, order, now=at + timedelta(minutes=5))
        shown = _delivery(conn, sent)
        assert [(each.number, each.received_at, each.read_at) for each in shown.earlier] == [
            (number, at, at) for number, at in enumerate(times, start=1)
        ]
        assert {each.state for each in shown.earlier} == {"delivered"}
        assert (shown.state, shown.read_at, shown.received_at) == ("ready", None, None)

    database.write_now(work)


def test_what_has_come_to_nothing_yet_leaves_no_trace_of_a_delivery(database: Database) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        sent = answer(conn, "PO-1", order)
        for _ in range(3):
            outbox.resend(conn, sent, now=LATER, actor="person:kim")
        assert _delivery(conn, sent).earlier == []
        mailbox.fetched(conn, MINE, ACME, sent, now=LATER)
        outbox.resend(conn, sent, now=LATER, actor="person:kim")
        assert [(each.state, each.read_at) for each in _delivery(conn, sent).earlier] == [("ready", LATER)]

    database.write_now(work)


@pytest.mark.parametrize("ended", ["sent", "delivered", "failed"])
def test_how_a_folder_was_reached_before_is_kept(database: Database, ended: str) -> None:
    def work(conn: Connection) -> None:
        sent = answer(conn, "PO-1", receive_order(conn, "PO-1"), transport="folder")
        [due] = outbox.claim(conn, now=NOW)
        if ended == "failed":
            outbox.failed(conn, due, as_written("disk full"), now=NOW, final=True)
        else:
            outbox.delivered(conn, due, as_written("written"), now=NOW, confirmed=ended == "delivered")
        assert outbox.resend(conn, sent, now=LATER, actor="person:kim")
        shown = _delivery(conn, sent)
        [before] = shown.earlier
        assert (before.state, before.error) == (ended, as_written("disk full") if ended == "failed" else None)
        assert (shown.state, shown.error) == ("ready", None)
        assert [each.message for each in outbox.claim(conn, now=LATER)] == [sent]

    database.write_now(work)


def test_of_ten_verdicts_at_once_one_stands_also_while_it_is_sent_again(database: Database) -> None:
    order, sent = database.write_now(_one_answer)
    words: list[Verdict] = ["approve", "refuse"] * 5

    def say(verdict: Verdict) -> str:
        try:
            database.write_now(partial(_say, message=sent, verdict=verdict))
        except Conflict:
            return f"not {verdict}"
        database.write_now(lambda conn: outbox.resend_answers(conn, order, now=LATER))
        return verdict

    with ThreadPoolExecutor(10) as pool:
        came = list(pool.map(say, words))
    stands = database.read_now(lambda conn: _delivery(conn, sent)).verdict
    assert stands is not None
    assert sorted(came) == sorted([stands] * 5 + [f"not {OPPOSITE[stands]}"] * 5)
    told = [each.event for each in database.read_now(lambda conn: _detail(conn, sent)).timeline]
    assert sum(event in ("approved", "refused") for event in told) == 1


def test_sent_again_ten_times_at_once_each_earlier_delivery_has_its_number(database: Database) -> None:
    _order, sent = database.write_now(_one_answer)

    def once_more(_: int) -> None:
        database.write_now(partial(_say, message=sent, verdict=None))
        database.write_now(lambda conn: outbox.resend(conn, sent, now=LATER, actor="hub"))

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(once_more, range(10)))
    numbers = [each.number for each in database.read_now(lambda conn: _delivery(conn, sent)).earlier]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


def _one_answer(conn: Connection) -> tuple[str, str]:
    order = receive_order(conn, "PO-1")
    return order, answer(conn, "PO-1", order)


def _say(conn: Connection, message: str, verdict: Verdict | None, *, reason: str | None = None) -> bool:
    return mailbox.received(conn, MINE, ACME, message, now=NOW, verdict=verdict, reason=reason)


def _detail(conn: Connection, message: str) -> MessageDetail:
    found = messages.message_detail(conn, EVERYONE, message)
    assert found is not None
    return found


def _delivery(conn: Connection, message: str) -> DeliveryRow:
    found = _detail(conn, message).delivery
    assert found is not None
    return found
