"""What we owe is delivered, at least once, and a person hears when it cannot be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from hub.exchange import mailbox, messages, outbox, stopped
from hub.exchange.model import MessageDetail
from hub.kernel.errors import Conflict
from hub.kernel.identity import new_id
from hub.kernel.scope import EVERYONE, only
from hub.kernel.sentence import as_written
from hub.platform import lanes
from hub.platform.database import Database
from hub.platform.lanes import Share
from tests.exchange.story import NOW, answer, receive_order

ACME, BOREALIS = "acme-cardio", "borealis-ortho"
MINE = only(ACME)


def detail(conn: Connection, message: str) -> MessageDetail:
    found = messages.message_detail(conn, EVERYONE, message)
    assert found is not None
    return found


def test_an_attempt_is_on_record_before_anything_is_sent(database: Database) -> None:
    def work(conn: Connection) -> None:
        sent = answer(conn, "PO-1", receive_order(conn, "PO-1"), transport="folder")
        assert outbox.next_due(conn) == NOW
        [due] = outbox.claim(conn, now=NOW)
        assert (due.message, due.attempt, due.transport) == (sent, 1, "folder")
        assert outbox.claim(conn, now=NOW) == []
        shown = detail(conn, sent).delivery
        assert shown is not None
        assert [(a.attempt, a.ok) for a in shown.tries] == [(1, None)]
        outbox.delivered(conn, due, as_written("written"), now=NOW)
        after = detail(conn, sent)
        assert after.delivery is not None
        assert (after.message.delivery, after.delivery.state, after.delivery.tries[0].ok) == ("sent", "sent", True)
        assert outbox.next_due(conn) is None

    database.write_now(work)


def test_after_a_crash_in_an_attempt_the_message_is_tried_again(database: Database) -> None:
    def work(conn: Connection) -> None:
        sent = answer(conn, "PO-1", receive_order(conn, "PO-1"), transport="folder")
        [lost] = outbox.claim(conn, now=NOW)
        later = NOW + outbox.ATTEMPT_LEASE
        [again] = outbox.claim(conn, now=later)
        assert (again.message, again.attempt) == (sent, 2)
        with pytest.raises(Conflict):
            outbox.delivered(conn, lost, as_written("late"), now=later)
        outbox.delivered(conn, again, as_written("ok"), now=later, confirmed=True)
        assert detail(conn, sent).message.delivery == "delivered"

    database.write_now(work)


def test_failures_follow_the_schedule_and_end_with_a_person(database: Database) -> None:
    def work(conn: Connection) -> None:
        sent = answer(conn, "PO-1", receive_order(conn, "PO-1"), transport="http")
        now = NOW
        for wait in outbox.ATTEMPT_WAITS:
            [due] = outbox.claim(conn, now=now)
            assert not outbox.failed(conn, due, as_written("503"), now=now)
            assert outbox.next_due(conn) == now + wait
            now += wait
        [due] = outbox.claim(conn, now=now)
        assert outbox.failed(conn, due, as_written("503"), now=now)
        shown = detail(conn, sent)
        assert shown.message.delivery == "failed"
        assert shown.message.why is not None
        assert now - NOW == timedelta(hours=75, minutes=35, seconds=5)
        tries = len(outbox.ATTEMPT_WAITS) + 1
        noted = [(each.event, str(each.text)) for each in shown.timeline]
        assert [each for each in noted if each[0] == "delivery-failed"] == [("delivery-failed", "503")] * tries
        assert shown.message.why == f"could not be delivered in {tries} attempts: 503"
        assert outbox.claim(conn, now=now + timedelta(days=30)) == []
        assert outbox.resend(conn, sent, now=now, actor="person:kim")
        assert [d.message for d in outbox.claim(conn, now=now)] == [sent]

    database.write_now(work)


def test_what_was_never_ours_to_deliver_is_not_sent_again(database: Database) -> None:
    def work(conn: Connection) -> None:
        received = receive_order(conn, "PO-1")
        for each in (received, new_id()):
            assert not outbox.resend(conn, each, now=NOW, actor="person:kim")
        assert "resend-asked" not in {entry.event for entry in detail(conn, received).timeline}

    database.write_now(work)


def test_a_mailbox_shows_what_waits_oldest_first_and_in_pages(database: Database) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        sent = [answer(conn, "PO-1", order) for _ in range(5)]
        answer(conn, "PO-1", order, transport="folder")
        page = mailbox.waiting(conn, MINE, ACME, limit=3)
        assert [item.id for item in page.items] == sent[:3]
        rest = mailbox.waiting(conn, MINE, ACME, cursor=page.next, limit=3)
        assert ([item.id for item in rest.items], rest.next) == (sent[3:], None)
        assert outbox.claim(conn, now=NOW)[0].transport == "folder"

    database.write_now(work)


def test_only_received_ends_the_waiting(database: Database) -> None:
    def work(conn: Connection) -> None:
        sent = answer(conn, "PO-1", receive_order(conn, "PO-1"))
        item = mailbox.fetched(conn, MINE, ACME, sent, now=NOW)
        assert item is not None
        assert item.id == sent
        [waits] = mailbox.waiting(conn, MINE, ACME).items
        assert waits.read_at == NOW
        assert mailbox.received(conn, MINE, ACME, sent, now=NOW)
        assert mailbox.received(conn, MINE, ACME, sent, now=NOW)
        assert mailbox.waiting(conn, MINE, ACME).items == []
        assert detail(conn, sent).message.delivery == "delivered"
        assert mailbox.find(conn, MINE, ACME, sent) is not None

    database.write_now(work)


def test_a_verdict_stands_and_a_refusal_calls_for_a_person(database: Database) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        good, bad = answer(conn, "PO-1", order), answer(conn, "PO-1", order)
        assert mailbox.received(conn, MINE, ACME, good, now=NOW)
        assert mailbox.received(conn, MINE, ACME, good, now=NOW, verdict="approve")
        assert mailbox.received(conn, MINE, ACME, good, now=NOW, verdict="approve")
        with pytest.raises(Conflict, match="approve was said"):
            mailbox.received(conn, MINE, ACME, good, now=NOW, verdict="refuse")
        mailbox.received(conn, MINE, ACME, bad, now=NOW, verdict="refuse", reason="price")
        assert detail(conn, good).message.why is None
        assert detail(conn, bad).message.why == "acme-cardio refuses it: price"

    database.write_now(work)


def test_a_partner_reaches_its_own_mailbox_alone(database: Database) -> None:
    def work(conn: Connection) -> None:
        theirs = answer(conn, "PO-1", receive_order(conn, "PO-1", BOREALIS), BOREALIS)
        for partner in (ACME, BOREALIS):  # under its own name, and under the other's
            assert mailbox.waiting(conn, MINE, partner).items == []
            assert mailbox.find(conn, MINE, partner, theirs) is None
            assert mailbox.fetched(conn, MINE, partner, theirs, now=NOW) is None
            assert not mailbox.received(conn, MINE, partner, theirs, now=NOW)
        [item] = mailbox.waiting(conn, only(BOREALIS), BOREALIS).items
        assert item.read_at is None

    database.write_now(work)


@pytest.mark.parametrize("count", [1, 49, 50, 51, 120])
def test_who_asks_again_and_again_gets_every_answer_in_turn(database: Database, count: int) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        sent = {answer(conn, "PO-1", order) for _ in range(count)}
        rounds = -(-count // outbox.RESENT_AT_ONCE)
        for _ in range(2):  # all of them, and all of them again
            brought: list[str] = []
            for _ in range(rounds):
                collect(conn)
                outbox.resend_answers(conn, order, now=NOW)
                brought += [item.id for item in mailbox.waiting(conn, MINE, ACME, limit=200).items]
            assert set(brought) == sent
        collect(conn)

    def collect(conn: Connection) -> None:
        for item in mailbox.waiting(conn, MINE, ACME, limit=200).items:
            mailbox.received(conn, MINE, ACME, item.id, now=NOW)

    database.write_now(work)


def test_who_had_an_answer_sent_again_stands_in_its_timeline(database: Database) -> None:
    """A person by name; the hub where the partner asks as if it had not come."""

    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        sent = answer(conn, "PO-1", order)
        mailbox.received(conn, MINE, ACME, sent, now=NOW)
        assert outbox.resend_answers(conn, order, now=NOW) == 1
        assert outbox.resend(conn, sent, now=NOW, actor="person:kim")
        asked = [entry.actor for entry in detail(conn, sent).timeline if entry.event == "resend-asked"]
        assert asked == ["hub", "person:kim"]

    database.write_now(work)


@pytest.mark.parametrize("failed_before", [1, 3, 9, 10])
def test_a_delivery_sent_anew_has_ten_attempts_of_its_own(database: Database, failed_before: int) -> None:
    def work(conn: Connection) -> None:
        sent = answer(conn, "PO-1", receive_order(conn, "PO-1"), transport="http")
        now = NOW
        for attempt in range(1, failed_before + 1):
            [due] = outbox.claim(conn, now=now)
            outbox.failed(conn, due, as_written("503"), now=now, final=attempt == failed_before)
            now += timedelta(days=1)
        assert outbox.resend(conn, sent, now=now, actor="person:kim")
        for attempt in range(1, 11):
            now += timedelta(days=2)
            [due] = outbox.claim(conn, now=now)
            assert outbox.failed(conn, due, as_written("503"), now=now) == (attempt == 10)
        assert "in 10 attempts" in str(detail(conn, sent).message.why)

    database.write_now(work)


def test_what_a_stopped_partner_is_owed_is_nothing_to_be_done_until_its_place_is_judged(database: Database) -> None:
    def work(conn: Connection) -> list[bool]:
        sent = answer(conn, "PO-1", receive_order(conn, "PO-1"), transport="folder")
        assert stopped.stop(conn, ACME, sent, as_written("no room"), now=NOW)
        judged_at = stopped.lanes(conn)[ACME].again_at
        due = [outbox.anything_due(conn, now=now) for now in (NOW, judged_at - timedelta(seconds=1), judged_at)]
        answer(conn, "PO-2", receive_order(conn, "PO-2", BOREALIS), BOREALIS, transport="folder")
        return [*due, outbox.anything_due(conn, now=NOW)]

    assert database.write_now(work) == [False, False, True, True]


def test_who_delivers_is_woken_by_what_is_to_be_delivered_and_by_no_mailbox(sqlite_database: Database) -> None:
    rung: list[str] = []
    sqlite_database.bells.listen(outbox.BELL, lambda: rung.append("rung"))

    def owe(conn: Connection, transport: str) -> str:
        return answer(conn, "PO-1", receive_order(conn, f"PO-{transport}"), transport=transport)

    sqlite_database.write_now(lambda conn: owe(conn, "mailbox"))
    assert rung == []
    sent = sqlite_database.write_now(lambda conn: owe(conn, "folder"))
    assert rung == ["rung"]
    assert sqlite_database.write_now(lambda conn: outbox.resend(conn, sent, now=NOW, actor="person:kim"))
    assert rung == ["rung"] * 2


def test_of_very_many_who_are_owed_something_those_behind_who_was_served_last_come_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "OWNERS_MAX", 2)
    partners = [f"partner-{n}" for n in range(5)]

    def work(conn: Connection) -> list[str]:
        for partner in partners:
            answer(conn, "PO-1", receive_order(conn, "PO-1", partner), partner, transport="folder")
        served = {"partner-0": Share(served=1), "partner-2": Share(served=2)}
        return [due.partner for due in outbox.claim(conn, now=NOW, limit=2, shares=served)]

    assert database.write_now(work) == ["partner-3", "partner-4"]


@pytest.mark.parametrize("times", [1, 10, 30])
def test_a_delivery_that_was_put_off_has_lost_no_attempt(database: Database, times: int) -> None:
    def work(conn: Connection) -> None:
        sent = answer(conn, "PO-1", receive_order(conn, "PO-1"), transport="http")
        now = NOW
        for _ in range(times):
            [due] = outbox.claim(conn, now=now)
            outbox.put_off(conn, due)
            outbox.put_off(conn, due)  # said twice, it is once
            now += outbox.ATTEMPT_LEASE
        [due] = outbox.claim(conn, now=now)
        assert due.attempt == 1
        assert not outbox.failed(conn, due, as_written("503"), now=now)
        assert outbox.next_due(conn) == now + outbox.ATTEMPT_WAITS[0]
        shown = detail(conn, sent).delivery
        assert shown is not None
        assert [(each.attempt, each.ok) for each in shown.tries] == [(1, False)]

    database.write_now(work)
