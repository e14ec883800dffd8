"""The log shows what a person looks for, and to each caller only what is his."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from hub.exchange import messages, recording, replay
from hub.exchange.model import Filters
from hub.kernel.errors import Conflict
from hub.kernel.outcome import Key
from hub.kernel.scope import EVERYONE, Scope, only
from hub.kernel.sentence import as_written
from hub.platform.database import Database
from tests.exchange.story import NOW, answer, incoming, receive_order
from tests.stored import accept

ACME, BOREALIS = "acme-cardio", "borealis-ortho"


def test_what_needs_attention_comes_first_and_pages_join_without_gap(database: Database) -> None:
    def work(conn: Connection) -> None:
        ids = [receive_order(conn, f"PO-{n}", attention="price" if n % 4 == 0 else None) for n in range(12)]
        expected = [i for n, i in reversed([*enumerate(ids)]) if n % 4 == 0]
        expected += [i for n, i in reversed([*enumerate(ids)]) if n % 4]
        for limit in (1, 2, 3, 5, 12, 50):
            seen: list[str] = []
            cursor = None
            while True:
                page = messages.list_messages(conn, EVERYONE, cursor=cursor, limit=limit)
                seen += [row.id for row in page.items]
                cursor = page.next
                if cursor is None:
                    break
            assert seen == expected

    database.write_now(work)


@pytest.mark.parametrize("cursor", ["x", "z.1", "a."])
def test_a_cursor_that_is_none_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(ValueError, match="no cursor"):
        database.read_now(lambda conn: messages.list_messages(conn, EVERYONE, cursor=cursor))


def test_each_filter_narrows_the_log(database: Database) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1", attention="unknown item")
        other = receive_order(conn, "PO-2", BOREALIS)
        sent = answer(conn, "PO-1", order)

        def listed(**filters: object) -> set[str]:
            page = messages.list_messages(conn, EVERYONE, Filters(**filters))  # type: ignore[arg-type]
            return {row.id for row in page.items}

        assert listed() == {order, other, sent}
        assert listed(partner=BOREALIS) == {other}
        assert listed(direction="out") == {sent}
        assert listed(document="855") == listed(document="OrderAcknowledgement") == {sent}
        assert listed(status="attention") == {order}
        assert listed(status="ready") == {sent}
        assert listed(status="accepted") == {order, other}
        assert listed(status="nonsense") == set()
        assert listed(test=True) == set()
        assert listed(since=NOW) == {order, other, sent}
        assert listed(until=NOW) == set()
        assert listed(since=NOW - timedelta(days=1), until=NOW + timedelta(days=1), q="po-1") == {order, sent}
        assert listed(q=other) == {other}
        assert listed(q="%") == set()

    database.write_now(work)


def test_a_message_is_found_by_the_name_of_its_file(database: Database) -> None:
    def work(conn: Connection) -> None:
        sent = incoming(b"x", file_name="Orders 2026.EDI")
        accept(conn, sent)
        recording.forget_keys(conn, sent.id)  # as processing does before it writes its keys
        page = messages.list_messages(conn, EVERYONE, Filters(q="orders 2026.edi"))
        assert [row.id for row in page.items] == [sent.id]
        assert [hit.key for hit in messages.search(conn, EVERYONE, "orders")] == [
            Key(kind="file", value="Orders 2026.EDI")
        ]

    database.write_now(work)


def test_search_finds_any_key_whole_before_beginning(database: Database) -> None:
    def work(conn: Connection) -> None:
        longer = receive_order(conn, "45000981234")
        order = receive_order(conn, "4500098123")
        sent = answer(conn, "4500098123", order)
        assert [hit.message.id for hit in messages.search(conn, EVERYONE, " 4500098123 ")] == [sent, order, longer]
        assert [hit.key.kind for hit in messages.search(conn, EVERYONE, "cm-77-1001")] == ["item", "item"]
        assert [hit.message.id for hit in messages.search(conn, EVERYONE, order)] == [order]
        assert messages.search(conn, EVERYONE, "  ") == []
        assert messages.search(conn, EVERYONE, "4") == []

    database.write_now(work)


def test_a_message_in_full_has_documents_answers_and_timeline(database: Database) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        sent = answer(conn, "PO-1", order)
        recording.note(conn, order, "seen", as_written("by a person"), at=NOW, actor="person:kim")
        detail = messages.message_detail(conn, EVERYONE, order)
        assert detail is not None
        assert [row.subject for row in detail.documents] == ["PO-1"]
        assert [row.id for row in detail.answers] == [sent]
        assert [stage.stage for stage in detail.stages] == ["received", "finished"]
        assert [entry.event for entry in detail.timeline] == ["seen"]
        assert Key(kind="purchase-order", value="PO-1") in detail.message.keys
        answered = messages.message_detail(conn, EVERYONE, sent)
        assert answered is not None
        assert answered.delivery is not None
        assert (answered.delivery.state, answered.message.answers) == ("ready", order)

    database.write_now(work)


def test_a_partner_sees_its_own_and_nothing_else(database: Database) -> None:
    def work(conn: Connection) -> None:
        mine, theirs = receive_order(conn, "PO-1"), receive_order(conn, "PO-1", BOREALIS)
        for scope, seen, hidden in ((only(ACME), mine, theirs), (only(BOREALIS), theirs, mine)):
            assert [row.id for row in messages.list_messages(conn, scope).items] == [seen]
            assert [row.id for row in messages.list_messages(conn, scope, Filters(q="PO-1")).items] == [seen]
            assert messages.list_messages(conn, scope, Filters(q=hidden)).items == []
            assert [hit.message.id for hit in messages.search(conn, scope, "PO-1")] == [seen]
            assert messages.search(conn, scope, hidden) == []
            assert messages.find_message(conn, scope, hidden) is None
            assert messages.message_detail(conn, scope, hidden) is None
            assert messages.documents_of(conn, scope, hidden) == []
            assert not messages.dismiss(conn, scope, hidden, actor="x", now=NOW)
            assert not replay.ask_replay(conn, scope, hidden, actor="x", reason=None, now=NOW)
        nobody = Scope(partners=frozenset())
        assert messages.list_messages(conn, nobody).items == []
        assert messages.search(conn, nobody, "PO-1") == []

    database.write_now(work)


def test_dealt_with_leaves_the_head_of_the_log(database: Database) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1", attention="unknown item")
        assert messages.dismiss(conn, EVERYONE, order, actor="person:kim", now=NOW)
        assert not messages.dismiss(conn, EVERYONE, order, actor="person:kim", now=NOW)
        found = messages.find_message(conn, EVERYONE, order)
        assert found is not None
        assert found.why is None

    database.write_now(work)


def test_only_what_came_in_is_processed_again(database: Database) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        sent = answer(conn, "PO-1", order)
        assert replay.ask_replay(conn, EVERYONE, order, actor="person:kim", reason="map mended", now=NOW)
        with pytest.raises(Conflict):
            replay.ask_replay(conn, EVERYONE, sent, actor="person:kim", reason=None, now=NOW)

    database.write_now(work)


def test_a_replay_replaces_what_the_first_run_wrote(database: Database) -> None:
    def work(conn: Connection) -> None:
        order = receive_order(conn, "PO-1")
        detail = messages.message_detail(conn, EVERYONE, order)
        assert detail is not None
        processed = recording.Processed(
            message=order, partner=ACME, stages=detail.stages, validation="rejected", outcome="refused"
        )
        recording.forget_keys(conn, order)
        recording.forget_documents(conn, order, after=0)
        recording.record(conn, processed)
        after = messages.message_detail(conn, EVERYONE, order)
        assert after is not None
        assert (after.documents, after.message.keys, after.message.outcome) == ([], [], "refused")
        assert messages.search(conn, EVERYONE, "PO-1") == []

    database.write_now(work)


def test_a_number_that_very_many_bear_finds_the_newest_and_no_more_than_is_looked_at(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "LOOKED_AT_MAX", 6)
    monkeypatch.setattr(messages, "BEGINNING_MAX", 4)

    def work(conn: Connection) -> None:
        ids = [receive_order(conn, f"PO-{n}") for n in range(10)]
        log = messages.list_messages(conn, EVERYONE, Filters(q="0001"))
        assert [row.id for row in log.items] == ids[:3:-1], "the six newest that bear set 0001"
        assert [hit.message.id for hit in messages.search(conn, EVERYONE, "0001")] == ids[:3:-1]
        begun = messages.list_messages(conn, EVERYONE, Filters(q="PO-"))
        assert [row.id for row in begun.items] == ids[:5:-1], "the four highest numbers that begin so"
        for number in (0, 5, 9):
            assert [row.id for row in messages.list_messages(conn, EVERYONE, Filters(q=f"PO-{number}")).items] == [
                ids[number]
            ]

    database.write_now(work)
