"""A body enters once, however often it is sent."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, text

from hub.exchange import intake, interchanges
from hub.exchange.messages import find_message
from hub.kernel.errors import Conflict
from hub.kernel.scope import EVERYONE
from hub.platform.blobs import Blobs
from hub.platform.database import Database
from tests.exchange.story import envelope, incoming
from tests.stored import accept


def test_a_body_is_known_with_its_bytes_and_its_job(database: Database, tmp_path: object) -> None:
    sent = incoming(b"ISA*00*")

    def work(conn: Connection) -> None:
        assert accept(conn, sent) == intake.Accepted(message_id=sent.id)
        assert Blobs(tmp_path).get(conn, sent.body.sha256) == b"ISA*00*"  # type: ignore[arg-type]
        assert conn.execute(text("SELECT kind, payload FROM job")).all() == [(intake.PROCESS, sent.id)]
        found = find_message(conn, EVERYONE, sent.id)
        assert found is not None
        assert (found.stage, found.validation, found.size_bytes) == ("received", "pending", 7)

    database.write_now(work)


def test_the_same_bytes_again_are_the_first_message(database: Database) -> None:
    first, again = incoming(b"same"), incoming(b"same", idempotency_key="k2")
    database.write_now(lambda conn: accept(conn, first))
    answer = database.write_now(lambda conn: accept(conn, again))
    assert answer == intake.Accepted(message_id=first.id, duplicate=True)
    found = database.read_now(lambda conn: find_message(conn, EVERYONE, first.id))
    assert found is not None
    assert found.repeats == 1
    assert database.read_now(lambda conn: conn.execute(text("SELECT count(*) FROM job")).scalar()) == 1


def test_the_same_bytes_from_another_partner_are_another_message(database: Database) -> None:
    first, other = incoming(b"same"), incoming(b"same", partner="borealis-ortho")
    database.write_now(lambda conn: accept(conn, first))
    assert not database.write_now(lambda conn: accept(conn, other)).duplicate


def test_an_idempotency_key_with_other_bytes_is_a_conflict_that_names_the_first(database: Database) -> None:
    first = incoming(b"one", idempotency_key="k1")
    database.write_now(lambda conn: accept(conn, first))
    assert database.write_now(lambda conn: accept(conn, incoming(b"one", idempotency_key="k1"))).duplicate
    with pytest.raises(Conflict, match=first.id):
        database.write_now(lambda conn: accept(conn, incoming(b"two", idempotency_key="k1")))
    other = incoming(b"two", partner="borealis-ortho", idempotency_key="k1")
    assert not database.write_now(lambda conn: accept(conn, other)).duplicate


def test_a_storm_of_the_same_body_is_one_message(database: Database) -> None:
    async def story() -> None:
        works = [incoming(b"storm") for _ in range(50)]
        answers = await asyncio.gather(
            *(database.write(lambda conn, sent=sent: accept(conn, sent)) for sent in works)  # type: ignore[misc]
        )
        assert len({answer.message_id for answer in answers}) == 1
        assert [answer.duplicate for answer in answers].count(False) == 1
        await database.close()

    asyncio.run(story())


def test_a_control_number_is_judged_when_it_comes(database: Database) -> None:
    first, same, other = incoming(b"1"), incoming(b"2"), incoming(b"3")

    def work(conn: Connection) -> None:
        for sent in (first, same, other):
            accept(conn, sent)
        assert interchanges.enter(conn, envelope(first.id, 905, b"ISA a")).judgement == "first"
        assert interchanges.enter(conn, envelope(first.id, 905, b"ISA a")).judgement == "first"  # a replay
        again = interchanges.enter(conn, envelope(same.id, 905, b"ISA a"))
        assert (again.judgement, again.first_message) == ("duplicate", first.id)
        clash = interchanges.enter(conn, envelope(other.id, 905, b"ISA b"))
        assert (clash.judgement, clash.first_message) == ("conflict", first.id)
        assert conn.execute(text("SELECT count(*) FROM interchange")).scalar() == 3

    database.write_now(work)
