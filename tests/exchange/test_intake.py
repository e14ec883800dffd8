"""A body enters once, however often it is sent."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, text

from hub.exchange import envelopes, intake
from hub.exchange.messages import find_message
from hub.kernel.errors import Conflict
from hub.kernel.scope import EVERYONE
from hub.platform.blobs import Blobs
from hub.platform.database import Database
from tests.exchange.story import NOW, envelope, incoming
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
        assert envelopes.enter(conn, envelope(first.id, 905, b"ISA a")).judgement == "first"
        assert envelopes.enter(conn, envelope(first.id, 905, b"ISA a")).judgement == "first"  # a replay
        again = envelopes.enter(conn, envelope(same.id, 905, b"ISA a"))
        assert (again.judgement, again.first_message) == ("duplicate", first.id)
        clash = envelopes.enter(conn, envelope(other.id, 905, b"ISA b"))
        assert (clash.judgement, clash.first_message) == ("conflict", first.id)
        assert conn.execute(text("SELECT count(*) FROM envelope")).scalar() == 3

    database.write_now(work)


@pytest.mark.parametrize(
    ("minutes_later", "same"),
    [(0, True), (1, True), (9, True), (9.99, True), (10, False), (11, False), (60, False), (1_440, False)],
)
def test_the_same_bytes_are_the_same_message_for_ten_minutes(
    database: Database, minutes_later: float, same: bool
) -> None:
    first, again = incoming(b"stock"), at(incoming(b"stock"), minutes_later)
    database.write_now(lambda conn: accept(conn, first))
    answer = database.write_now(lambda conn: accept(conn, again))
    assert answer == intake.Accepted(message_id=first.id if same else again.id, duplicate=same)


def test_a_window_is_counted_from_the_first_message_and_not_from_its_repeats(database: Database) -> None:
    sent = [at(incoming(b"stock"), minutes) for minutes in (0, 6, 12, 18)]
    answers = [database.write_now(lambda conn, each=each: accept(conn, each)) for each in sent]  # type: ignore[misc]  # of a lambda
    assert [answer.message_id for answer in answers] == [sent[0].id, sent[0].id, sent[2].id, sent[2].id]


def test_where_the_partner_has_no_window_every_body_is_a_message(database: Database) -> None:
    sent = [replace(incoming(b"beat"), same_bytes_window=timedelta()) for _ in range(3)]
    answers = database.write_now(lambda conn: intake.accept_all(conn, sent))
    assert [answer.message_id for answer in answers if isinstance(answer, intake.Accepted)] == [e.id for e in sent]


def test_a_key_stands_for_its_bytes_long_after_the_window(database: Database) -> None:
    first, again = incoming(b"one", idempotency_key="k"), at(incoming(b"one", idempotency_key="k"), 10_000)
    bare = at(incoming(b"one"), 10_001)
    database.write_now(lambda conn: accept(conn, first))
    assert database.write_now(lambda conn: accept(conn, again)).message_id == first.id
    assert database.write_now(lambda conn: accept(conn, bare)).message_id == first.id, "it came again a minute ago"


def test_bytes_of_a_refused_key_are_taken_from_whoever_sends_them_without(database: Database) -> None:
    database.write_now(lambda conn: accept(conn, incoming(b"one", idempotency_key="k")))
    refused, bare, later = incoming(b"two", idempotency_key="k"), incoming(b"two"), incoming(b"two")
    answers = database.write_now(lambda conn: intake.accept_all(conn, [refused, bare]))
    assert isinstance(answers[0], Conflict)
    assert answers[1] == intake.Accepted(message_id=bare.id)
    assert database.write_now(lambda conn: accept(conn, later)).message_id == bare.id
    jobs = database.read_now(lambda conn: conn.execute(text("SELECT count(*) FROM job")).scalar())
    assert jobs == 2


def test_several_of_the_same_bytes_in_one_write_are_one_message(database: Database) -> None:
    sent = [incoming(b"burst") for _ in range(40)] + [incoming(b"another")]
    answers = database.write_now(lambda conn: intake.accept_all(conn, sent))
    assert {answer.message_id for answer in answers if isinstance(answer, intake.Accepted)} == {
        sent[0].id,
        sent[-1].id,
    }


def test_bodies_are_forgotten_in_portions_once_they_are_not_recent(database: Database) -> None:
    sent = [incoming(b"%d" % number) for number in range(30)]
    database.write_now(lambda conn: intake.accept_all(conn, sent))

    def known(conn: Connection) -> object:
        return conn.execute(text("SELECT count(*) FROM recent_body")).scalar()

    assert not database.write_now(lambda conn: intake.forget_recent(conn, now=NOW + timedelta(minutes=9)))
    assert database.read_now(known) == 30
    assert not database.write_now(lambda conn: intake.forget_recent(conn, now=NOW + timedelta(minutes=10)))
    assert database.read_now(known) == 0


def at(sent: intake.Incoming, minutes_later: float) -> intake.Incoming:
    return replace(sent, received_at=NOW + timedelta(minutes=minutes_later))


def test_bytes_of_which_not_all_are_kept_are_known_by_what_came(database: Database) -> None:
    """Two bodies that differ in a secret alone are kept alike, and are two messages."""
    first = incoming(b"kept", idempotency_key="k1")
    one = replace(first, body=replace(first.body, came_as="a" * 64))
    other = replace(incoming(b"kept"), body=replace(first.body, came_as="b" * 64))
    again = replace(incoming(b"kept"), body=one.body)
    database.write_now(lambda conn: accept(conn, one))
    assert not database.write_now(lambda conn: accept(conn, other)).duplicate
    assert database.write_now(lambda conn: accept(conn, again)).message_id == one.id
    assert not database.write_now(lambda conn: accept(conn, incoming(b"kept"))).duplicate
    conflicting = replace(other, id=incoming().id, idempotency_key="k1")
    with pytest.raises(Conflict, match=one.id):
        database.write_now(lambda conn: accept(conn, conflicting))
    keyed = replace(again, id=incoming().id, idempotency_key="k1")
    assert database.write_now(lambda conn: accept(conn, keyed)).message_id == one.id
