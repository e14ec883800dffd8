"""Documents that change something wait: for earlier messages, for changes before them, for what they change."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, delete, text

from hub.exchange import waiting
from hub.exchange.messages import find_message
from hub.exchange.waiting import NO_SEQUENCE, Waiting
from hub.kernel.outcome import Key
from hub.kernel.scope import EVERYONE
from hub.platform import jobs
from hub.platform.database import Database
from tests.exchange.story import NOW, incoming
from tests.stored import accept

ORDER = Key(kind="purchase-order", value="4500098123")
OTHER = Key(kind="purchase-order", value="4500098124")


def received(conn: Connection, count: int, partner: str = "acme-cardio") -> list[str]:
    """Take in messages; return their ids, in the order in which they came."""
    return [accept(conn, incoming(b"%s %d" % (partner.encode(), n), partner)).message_id for n in range(count)]


def through(conn: Connection, *messages: str) -> None:
    """Let the jobs of messages come to their ends."""
    for message in messages:
        conn.execute(delete(jobs.job).where(jobs.job.c.payload == message))


def change(message: str, *, subject: Key = ORDER, sequence: int = NO_SEQUENCE, position: int = 1) -> Waiting:
    return Waiting(
        message=message,
        position=position,
        partner="acme-cardio",
        test=False,
        waits_for="earlier",
        subject=subject,
        sequence=sequence,
        until=NOW + timedelta(hours=4),
    )


def at_work(conn: Connection) -> list[str]:
    return list(conn.execute(text("SELECT payload FROM job WHERE state <> 'dead' ORDER BY id")).scalars())


def test_a_change_waits_for_every_earlier_message_of_its_partner_and_for_no_later_one(database: Database) -> None:
    def work(conn: Connection) -> None:
        first, second, own, _later = received(conn, 4)
        assert waiting.must_wait(conn, change(own))
        through(conn, first)
        assert waiting.must_wait(conn, change(own))
        through(conn, second)
        assert not waiting.must_wait(conn, change(own))

    database.write_now(work)


def test_messages_of_another_partner_are_not_waited_for(database: Database) -> None:
    def work(conn: Connection) -> None:
        received(conn, 3, "borealis-ortho")
        (own,) = received(conn, 1)
        assert not waiting.must_wait(conn, change(own))

    database.write_now(work)


def test_a_message_that_was_given_up_is_not_waited_for(database: Database) -> None:
    def work(conn: Connection) -> None:
        first, own = received(conn, 2)
        conn.execute(text("UPDATE job SET state = 'dead' WHERE payload = :message"), {"message": first})
        assert not waiting.must_wait(conn, change(own))

    database.write_now(work)


@pytest.mark.parametrize("arrived", list(permutations(range(3))))
def test_changes_of_one_subject_go_by_their_sequence_however_they_came(
    database: Database, arrived: tuple[int, ...]
) -> None:
    def work(conn: Connection) -> list[int]:
        blocking, *messages = received(conn, 4)
        sequence_of = dict(zip(messages, arrived, strict=True))
        for message in messages:
            document = change(message, sequence=sequence_of[message])
            assert waiting.must_wait(conn, document)
            waiting.wait(conn, document)
        through(conn, *messages)
        waiting.message_is_through(conn, "acme-cardio", now=NOW)
        assert at_work(conn) == [blocking], "the first message is not through"
        through(conn, blocking)
        taken = []
        while len(taken) < len(messages):
            waiting.message_is_through(conn, "acme-cardio", now=NOW)
            (message,) = at_work(conn)
            taken.append(sequence_of[message])
            assert not waiting.must_wait(conn, change(message, sequence=sequence_of[message]))
            waiting.waits_no_longer(conn, message, 1)
            through(conn, message)
        return taken

    assert database.write_now(work) == [0, 1, 2]


def test_what_waits_for_its_subject_is_taken_up_when_that_stands_and_not_before(database: Database) -> None:
    def work(conn: Connection) -> None:
        (own,) = received(conn, 1)
        through(conn, own)
        waiting.wait(conn, replace(change(own), waits_for="subject"))
        for partner, subject, test in [
            ("acme-cardio", OTHER, False),
            ("borealis-ortho", ORDER, False),
            ("acme-cardio", ORDER, True),
            ("acme-cardio", Key(kind="lot", value=ORDER.value), False),
        ]:
            waiting.subject_stands(conn, partner, [(subject, test)], now=NOW)
            assert at_work(conn) == []
        waiting.subject_stands(conn, "acme-cardio", [(ORDER, False)], now=NOW)
        assert at_work(conn) == [own]

    database.write_now(work)


def test_who_waits_too_long_is_a_persons_and_its_clock_began_with_its_first_wait(database: Database) -> None:
    def work(conn: Connection) -> None:
        (own,) = received(conn, 1)
        through(conn, own)
        waiting.wait(conn, change(own))
        waiting.wait(conn, replace(change(own), waits_for="subject", until=NOW + timedelta(days=9)))
        assert waiting.call_for_overdue(conn, now=NOW + timedelta(hours=3)) == 0
        assert waiting.call_for_overdue(conn, now=NOW + timedelta(hours=4)) == 1
        found = find_message(conn, EVERYONE, own)
        assert found is not None
        assert found.outcome == "held"
        assert found.why == "It is about purchase-order 4500098123, which has not come"
        assert conn.execute(text("SELECT count(*) FROM waiting")).scalar() == 0

    database.write_now(work)


@pytest.mark.parametrize(
    "value",
    ["4500098123", " 45", "0", "N" * 120, "N" * 5_000, "a\x00b", "\udcff", "零件", "a'; --", "%_", "\u202e1", "\n"],
)
def test_whatever_a_subject_is_called_it_is_found_again(database: Database, value: str) -> None:
    subject = Key(kind="purchase-order", value=value)

    def work(conn: Connection) -> None:
        (own,) = received(conn, 1)
        through(conn, own)
        waiting.wait(conn, replace(change(own, subject=subject), waits_for="subject"))
        waiting.subject_stands(conn, "acme-cardio", [(subject, False)], now=NOW)
        assert at_work(conn) == [own]

    database.write_now(work)
