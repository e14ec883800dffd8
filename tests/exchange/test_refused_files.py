"""Files that were set aside are on record until a person has seen to them, and no more of them than are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from hub.exchange import refused_files
from hub.exchange.model import RefusedFileRow
from hub.exchange.refused_files import count_waiting_files, deal_with_file, list_refused_files, put_refused_file
from hub.kernel.scope import EVERYONE, only
from hub.kernel.sentence import Wording
from hub.platform.database import Database
from tests.exchange.story import NOW

ACME, BOREALIS = "acme-cardio", "borealis-ortho"


def file(number: int, partner: str = ACME, name: str = "order.xml") -> RefusedFileRow:
    return RefusedFileRow(
        id=f"{number:036d}",
        partner=partner,
        name=name,
        at=NOW + timedelta(seconds=number),
        reason=Wording(key="refused/wrong-secret"),
        size_bytes=number,
        sha256="0" * 64,
    )


def test_a_file_waits_until_a_person_has_seen_to_it_and_the_first_is_on_record(database: Database) -> None:
    def work(conn: Connection) -> None:
        assert [put_refused_file(conn, file(number)) for number in (1, 2, 2)] == [True, True, False]
        assert [row.size_bytes for row in list_refused_files(conn, EVERYONE).items] == [2, 1]
        assert count_waiting_files(conn, EVERYONE, None, 10) == 2
        assert deal_with_file(conn, EVERYONE, file(1).id, actor="person:ada", now=NOW)
        assert deal_with_file(conn, EVERYONE, file(1).id, actor="person:bob", now=NOW)
        [seen] = [row for row in list_refused_files(conn, EVERYONE).items if row.dealt_with_at]
        assert (seen.id, seen.dealt_with_by) == (file(1).id, "person:ada")
        assert [row.id for row in list_refused_files(conn, EVERYONE, waiting=True).items] == [file(2).id]
        assert count_waiting_files(conn, EVERYONE, None, 10) == 1

    database.write_now(work)


def test_nobody_sees_or_deals_with_the_files_of_others(database: Database) -> None:
    def work(conn: Connection) -> None:
        put_refused_file(conn, file(1))
        put_refused_file(conn, file(2, BOREALIS))
        mine = only(BOREALIS)
        assert [row.partner for row in list_refused_files(conn, mine).items] == [BOREALIS]
        assert list_refused_files(conn, mine, partner=ACME).items == []
        assert count_waiting_files(conn, mine, None, 10) == 1
        assert not deal_with_file(conn, mine, file(1).id, actor="person:ada", now=NOW)
        assert count_waiting_files(conn, EVERYONE, ACME, 10) == 1

    database.write_now(work)


def test_of_each_partner_as_many_are_on_record_as_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused_files, "KEPT_MAX", 3)

    def work(conn: Connection) -> None:
        put_refused_file(conn, file(1, BOREALIS))
        for number in range(2, 8):
            put_refused_file(conn, file(number))
        assert [row.size_bytes for row in list_refused_files(conn, EVERYONE).items] == [7, 6, 5, 1]

    database.write_now(work)


def test_a_page_ends_and_says_where_to_go_on(database: Database) -> None:
    def work(conn: Connection) -> None:
        for number in range(1, 6):
            put_refused_file(conn, file(number))
        first = list_refused_files(conn, EVERYONE, limit=3)
        rest = list_refused_files(conn, EVERYONE, limit=3, cursor=first.next)
        assert [row.size_bytes for page in (first, rest) for row in page.items] == [5, 4, 3, 2, 1]
        assert rest.next is None

    database.write_now(work)


def test_a_name_that_no_column_takes_is_made_to_fit(database: Database) -> None:
    def work(conn: Connection) -> None:
        put_refused_file(conn, file(1, name="a\x00b\udcff" + "n" * 300))
        [row] = list_refused_files(conn, EVERYONE).items
        assert (row.name[:4], len(row.name)) == ("a␀b\ufffd", 255)

    database.write_now(work)
