"""A partner whose numbers restart: when an old number is a new one, and when it is a mistake."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, update

from hub.exchange import envelopes
from hub.exchange.model import EnvelopeRow
from hub.exchange.tables import message
from hub.platform.database import Database
from tests.exchange.story import NOW, envelope, incoming
from tests.stored import accept

NUMBER = 905
DAYS = timedelta(days=60)
OLD, NEW, NEWER = b"ISA before", b"ISA after", b"ISA after that"


def arrived(
    conn: Connection, content: bytes, *, days: int, restarts_after: timedelta | None = DAYS, refused: bool = False
) -> EnvelopeRow:
    """Return how ``content`` under the number is judged when it comes ``days`` after the first day."""
    message = accept(conn, incoming(content)).message_id
    row = replace(envelope(message, NUMBER, content), at=NOW + timedelta(days=days))
    return envelopes.enter(conn, row, refused=refused, restarts_after=restarts_after)


def told(row: EnvelopeRow) -> tuple[str, str | None]:
    return row.judgement, row.first_message


def test_a_number_that_restarted_is_taken_and_the_one_before_gives_way(database: Database) -> None:
    def work(conn: Connection) -> None:
        before = arrived(conn, OLD, days=0)
        after = arrived(conn, NEW, days=61)
        assert told(after) == ("first", before.message)
        assert envelopes.enter(conn, before).judgement == "superseded", "a replay keeps what it was"
        assert told(envelopes.enter(conn, after, restarts_after=DAYS)) == ("first", before.message)

    database.write_now(work)


@pytest.mark.parametrize(("days", "restarts_after"), [(60, DAYS), (1, DAYS), (5_000, None)])
def test_too_soon_or_where_nothing_was_agreed_it_is_a_conflict(
    database: Database, days: int, restarts_after: timedelta | None
) -> None:
    def work(conn: Connection) -> None:
        before = arrived(conn, OLD, days=0)
        assert told(arrived(conn, NEW, days=days, restarts_after=restarts_after)) == ("conflict", before.message)

    database.write_now(work)


def test_bytes_from_before_the_restart_are_still_known(database: Database) -> None:
    def work(conn: Connection) -> None:
        before = arrived(conn, OLD, days=0)
        arrived(conn, NEW, days=61)
        again = replace(before, position=2, at=NOW + timedelta(days=500), judgement="first")
        assert told(envelopes.enter(conn, again, restarts_after=DAYS)) == ("duplicate", before.message)

    database.write_now(work)


def test_of_two_that_take_the_number_the_second_is_a_conflict_and_after_its_time_takes_it(database: Database) -> None:
    def work(conn: Connection) -> None:
        arrived(conn, OLD, days=0)
        second = arrived(conn, NEW, days=61)
        assert told(arrived(conn, NEWER, days=61)) == ("conflict", second.message)
        assert told(arrived(conn, b"ISA last", days=200)) == ("first", second.message)

    database.write_now(work)


def test_what_is_refused_whole_takes_no_number_from_another(database: Database) -> None:
    def work(conn: Connection) -> None:
        before = arrived(conn, OLD, days=0)
        refused = arrived(conn, NEW, days=61, refused=True)
        assert told(refused) == ("refused", None)
        assert envelopes.enter(conn, before).judgement == "first"
        assert told(envelopes.enter(conn, refused, restarts_after=DAYS)) == ("first", before.message), "mended"

    database.write_now(work)


@pytest.mark.parametrize("days", [0, 59, 61, 5_000])
@pytest.mark.parametrize("restarts", [DAYS, None], ids=["numbers restart", "numbers never restart"])
def test_the_same_bytes_from_before_meanings_were_compared_are_the_same_interchange(
    database: Database, days: int, restarts: timedelta | None
) -> None:
    def work(conn: Connection) -> None:
        before = arrived(conn, OLD, days=0)  # its digest is of its bytes
        message = accept(conn, incoming(OLD + b"\n")).message_id
        row = replace(envelope(message, NUMBER), digest="meaning", at=NOW + timedelta(days=days))
        again = envelopes.enter(conn, row, restarts_after=restarts, digest_of_bytes=before.digest)
        assert told(again) == ("duplicate", before.message)

    database.write_now(work)


def test_a_digest_of_bytes_that_is_not_known_makes_nothing_the_same(database: Database) -> None:
    def work(conn: Connection) -> None:
        before = arrived(conn, OLD, days=0)
        for number, digest in enumerate(("", envelope("", NUMBER, NEW).digest)):
            message = accept(conn, incoming(NEW + bytes([65 + number]))).message_id
            row = replace(envelope(message, NUMBER), digest=f"meaning {number}")
            judged = envelopes.enter(conn, row, digest_of_bytes=digest)
            assert told(judged) == ("conflict", before.message)

    database.write_now(work)


def test_what_a_document_is_known_by_gives_way_once_all_of_it_was_refused_and_not_before(database: Database) -> None:
    def work(conn: Connection) -> None:
        before = arrived(conn, OLD, days=0)
        second = accept(conn, incoming(NEW)).message_id
        row = envelope(second, NUMBER, NEW)
        assert told(envelopes.enter(conn, row, of_a_document=True)) == ("conflict", before.message)
        assert not envelopes.replaced(conn, before.message)
        conn.execute(update(message).where(message.c.id == before.message).values(outcome="refused"))
        assert told(envelopes.enter(conn, row)) == ("conflict", before.message), "a transmission keeps its number"
        for _ in range(2):  # replayed, it keeps what it was judged last
            assert told(envelopes.enter(conn, row, of_a_document=True)) == ("first", before.message)
        assert envelopes.replaced(conn, before.message)
        third = envelope(accept(conn, incoming(NEWER)).message_id, NUMBER, OLD)
        assert told(envelopes.enter(conn, third, of_a_document=True)) == ("duplicate", before.message)

    database.write_now(work)
