"""The search box finds a number as people say it: with the word before it and the stop behind it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from hub.exchange.messages import list_messages, number_meant, search
from hub.exchange.model import Filters
from hub.kernel.scope import EVERYONE
from hub.platform.database import Database
from tests.exchange.story import receive_order

SAID = [
    "PO 4500098123", "PO: 4500098123", "PO#4500098123", "po # 4500098123", "po:4500098123", "#4500098123",
    "# 4500098123", "order 4500098123", "Order number 4500098123", "order no. 4500098123", "PO number: 4500098123?",
    "purchase order 4500098123.", "interchange 4500098123", "ISA 4500098123", "group 4500098123;", "4500098123?",
    "4500098123,", " 4500098123. ", "PO 4500098123 ?", "PO 45000981", "PO4500098123", "their number: 4500098123",
    "ASN 4500098123", "invoice no 4500098123", "发票 4500098123",
]  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_a_number_is_found_as_it_is_said(database: Database, said: str) -> None:
    def work(conn: Connection) -> None:
        message = receive_order(conn, "4500098123")
        assert message in {hit.message.id for hit in search(conn, EVERYONE, said)}
        assert message in {row.id for row in list_messages(conn, EVERYONE, Filters(q=said)).items}

    database.write_now(work)


@pytest.mark.parametrize("number", ["PO 7", "PO#7", "order 7", "PO7", "POST-7", "ISA", "#", "7?", "GROUP", "order"])
def test_a_number_that_is_written_so_is_found_as_it_is(database: Database, number: str) -> None:
    def work(conn: Connection) -> None:
        message = receive_order(conn, number)
        assert [hit.message.id for hit in search(conn, EVERYONE, number)] == [message]

    database.write_now(work)


@pytest.mark.parametrize(
    "text", ["PO12", "POST-7", "ISA", "#", "?", "order", "ISABEL-7", "order seven", "PO_4711", "4711 PO"]
)
def test_nothing_is_taken_from_a_number_that_only_begins_so(text: str) -> None:
    assert number_meant(text) == text
