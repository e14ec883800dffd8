"""People are let in by what they know, and nobody else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from hub.access import people
from hub.access.model import Person
from hub.kernel.errors import Conflict
from hub.kernel.identity import new_id
from hub.platform.database import Database

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def add(conn: Connection, login: str = "Kim@Example.com ") -> Person:
    return people.add_person(
        conn, person_id=new_id(), login=login, name="Kim", roles=["viewer"], now=NOW, actor="command"
    )


def test_a_new_person_has_no_password_and_one_link(database: Database) -> None:
    def work(conn: Connection) -> None:
        kim = add(conn)
        assert (kim.login, kim.has_password) == ("kim@example.com", False)
        first = people.make_link(conn, kim, now=NOW, actor="command")
        link = people.make_link(conn, kim, now=NOW, actor="command")
        assert people.find_link(conn, first, now=NOW) is None
        assert people.find_link(conn, link, now=NOW + people.LINK_LASTS) is None
        assert people.follow_link(conn, link, "$argon2id$…", now=NOW) is not None
        assert people.follow_link(conn, link, "$argon2id$other", now=NOW) is None
        found = people.credentials(conn, "KIM@example.com")
        assert found is not None
        assert (found.password, found.person.has_password) == ("$argon2id$…", True)
        assert link not in str(conn.execute(text("SELECT * FROM audit_entry")).all())

    database.write_now(work)


def test_a_login_is_given_once_and_a_role_must_be_one(database: Database) -> None:
    def again(conn: Connection) -> None:
        add(conn)
        add(conn, "kim@example.com")

    with pytest.raises(Conflict, match="already"):
        database.write_now(again)
    with pytest.raises(Conflict, match="no role"):
        database.write_now(
            lambda c: people.add_person(c, person_id=new_id(), login="x", name="x", roles=["god"], now=NOW, actor="x")
        )


def test_a_session_lasts_a_shift_and_ends_when_closed(database: Database) -> None:
    def work(conn: Connection) -> None:
        kim = add(conn)
        one, two = people.open_session(conn, kim, now=NOW), people.open_session(conn, kim, now=NOW)
        assert one.token != two.token
        found = people.find_session(conn, one.token, now=NOW)
        assert found is not None
        assert (found.person.login, found.csrf) == ("kim@example.com", one.session.csrf)
        assert people.find_session(conn, "guess", now=NOW) is None
        assert people.find_session(conn, one.token, now=NOW + people.SESSION_LASTS) is None
        people.close_session(conn, one.token)
        assert people.find_session(conn, one.token, now=NOW) is None
        assert people.find_session(conn, two.token, now=NOW) is not None
        assert one.token not in str(conn.execute(text("SELECT * FROM session")).all())
        assert people.sweep(conn, now=NOW + people.SESSION_LASTS) == 1

    database.write_now(work)


def test_a_new_password_and_a_disabled_account_end_every_session(database: Database) -> None:
    def work(conn: Connection) -> None:
        kim = add(conn)
        session = people.open_session(conn, kim, now=NOW)
        people.follow_link(conn, people.make_link(conn, kim, now=NOW, actor="x"), "$argon2id$…", now=NOW)
        assert people.find_session(conn, session.token, now=NOW) is None
        session = people.open_session(conn, kim, now=NOW)
        link = people.make_link(conn, kim, now=NOW, actor="x")
        assert people.disable_person(conn, kim.login, now=NOW, actor="x")
        assert people.find_session(conn, session.token, now=NOW) is None
        assert people.find_link(conn, link, now=NOW + timedelta(minutes=1)) is None

    database.write_now(work)


def test_language_and_zone_are_remembered(database: Database) -> None:
    def work(conn: Connection) -> None:
        kim = add(conn)
        people.choose(conn, kim, language="zh-Hans")
        people.choose(conn, kim, zone="Asia/Shanghai")
        [found] = people.list_people(conn)
        assert (found.language, found.zone) == ("zh-Hans", "Asia/Shanghai")

    database.write_now(work)
