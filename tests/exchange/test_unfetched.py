"""Of what waits in a mailbox that nobody can open a person is told, and once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from hub.access.keys import make_key, partners_who_fetch, revoke_key
from hub.exchange import mailbox, messages
from hub.exchange.unfetched import call_for_unfetched
from hub.kernel.scope import EVERYONE
from hub.platform.database import Database
from tests.exchange.story import NOW, answer, receive_order

ACME, BOREALIS = "acme-cardio", "borealis-ortho"
RIGHTS = ["inbound:send", "mailbox:read", "mailbox:receive"]


def called(conn: Connection) -> list[str]:
    return call_for_unfetched(conn, partners_who_fetch(conn, NOW), now=NOW)


def put(conn: Connection, number: str, transport: str = "mailbox") -> str:
    return answer(conn, number, receive_order(conn, number), transport=transport)


def why(conn: Connection, message: str) -> str | None:
    found = messages.message_detail(conn, EVERYONE, message)
    assert found is not None
    return None if found.message.attention is None else str(found.message.attention)


def test_an_answer_put_where_nobody_has_a_key_calls_a_person_and_says_what_helps(database: Database) -> None:
    def work(conn: Connection) -> None:
        sent = put(conn, "PO-1")
        assert called(conn) == [sent]
        told = "no key opens the mailbox of acme-cardio: make one, or name another way out in its file"
        assert why(conn, sent) == told
        found = messages.message_detail(conn, EVERYONE, sent)
        assert found is not None
        assert [each.event for each in found.timeline] == ["nobody-fetches"]

    database.write_now(work)


def test_whoever_has_a_key_that_opens_it_is_awaited(database: Database) -> None:
    def work(conn: Connection) -> None:
        put(conn, "PO-1")
        make_key(conn, ACME, now=NOW, actor="test", scopes=RIGHTS)
        assert called(conn) == []

    database.write_now(work)


def test_a_key_that_has_run_out_is_revoked_or_only_sends_opens_nothing(database: Database) -> None:
    def work(conn: Connection) -> None:
        put(conn, "PO-1")
        old = make_key(conn, ACME, now=NOW - timedelta(days=2), actor="test", scopes=RIGHTS, expires_at=NOW)
        make_key(conn, ACME, now=NOW, actor="test", scopes=["inbound:send"])
        assert len(called(conn)) == 1
        assert partners_who_fetch(conn, NOW - timedelta(days=1)) == {ACME}
        assert revoke_key(conn, EVERYONE, old.split("_")[1], now=NOW, actor="test")
        assert partners_who_fetch(conn, NOW - timedelta(days=1)) == set()

    database.write_now(work)


def test_one_call_stands_for_all_that_waits_until_it_is_dealt_with(database: Database) -> None:
    def work(conn: Connection) -> None:
        put(conn, "PO-1")
        second = put(conn, "PO-2")
        assert called(conn) == [second]
        put(conn, "PO-3")
        assert called(conn) == []
        assert messages.dismiss(conn, EVERYONE, second, actor="test", now=NOW)
        third = called(conn)
        assert len(third) == 1
        assert messages.dismiss(conn, EVERYONE, third[0], actor="test", now=NOW)
        assert called(conn) == [], "nothing new was put there"

    database.write_now(work)


def test_what_leaves_by_folder_or_was_received_calls_nobody(database: Database) -> None:
    def work(conn: Connection) -> None:
        put(conn, "PO-1", "folder")
        taken = put(conn, "PO-2")
        assert mailbox.received(conn, EVERYONE, ACME, taken, now=NOW)
        assert called(conn) == []

    database.write_now(work)


def test_each_partner_has_a_call_of_its_own(database: Database) -> None:
    def work(conn: Connection) -> None:
        put(conn, "PO-1")
        assert len(called(conn)) == 1
        answer(conn, "PO-9", receive_order(conn, "PO-9", partner=BOREALIS), partner=BOREALIS)
        assert len(called(conn)) == 1

    database.write_now(work)
