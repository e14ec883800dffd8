"""People who log in: added by a command, let in by a one-time link, then by password.

There is no default password. Of tokens only hashes are stored. Checking a password is slow on purpose and happens
outside these functions (``hub.security.passwords``): read the credentials, check, then open a session. A bad guess
writes nothing: it would tell who exists, and who guesses must not be able to lock anybody out.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hub.access import audit
from hub.access.model import Person, Session
from hub.access.tables import login_link, person, session
from hub.kernel.errors import Conflict
from hub.kernel.struct import Struct
from hub.security import policy, tokens
from hub.security.tokens import Random

SESSION_LASTS = timedelta(hours=12)  # a shift; then everybody logs in again
LINK_LASTS = timedelta(hours=24)
LOGIN_LENGTH_MAX = 120


class NewSession(Struct):
    """A login: ``token`` goes into the cookie and is not stored."""

    token: str
    session: Session


class Credentials(Struct):
    """What a login is checked against."""

    person: Person
    password: str | None  # argon2id; None until a link has been followed


def add_person(
    conn: Connection,
    *,
    person_id: str,
    login: str,
    name: str,
    roles: Sequence[str],
    now: datetime,
    actor: str,
    partners: Sequence[str] | None = None,
    language: str | None = None,
    zone: str | None = None,
) -> Person:
    """Add a person without a password. Raises ``Conflict`` for a login that is taken, or a role that is none."""
    login = fold_login(login)
    unknown = policy.unknown_roles(roles)
    if unknown:
        raise Conflict(f"there is no role {unknown[0]!r}; roles are {', '.join(policy.ROLES)}")
    if find_person(conn, login) is not None:
        raise Conflict(f"there is a {login} already")
    values: dict[str, object] = {"id": person_id, "login": login, "name": name, "roles": list(roles)}
    values |= {"partners": None if partners is None else list(partners), "language": language, "zone": zone}
    conn.execute(insert(person), {**values, "created_at": now})
    audit.add_entry(conn, at=now, actor=actor, action="person-added", subject=login, detail={"roles": ", ".join(roles)})
    added = find_person(conn, login)
    assert added is not None
    return added


def find_person(conn: Connection, login: str) -> Person | None:
    """Return the person with that login."""
    found = credentials(conn, login)
    return found.person if found else None


def list_people(conn: Connection) -> list[Person]:
    """Return everyone, by login."""
    return [_person(row) for row in conn.execute(select(person).order_by(person.c.login))]


def credentials(conn: Connection, login: str) -> Credentials | None:
    """Return what to check a password against; None when there is no such login."""
    row = conn.execute(select(person).where(person.c.login == fold_login(login))).one_or_none()
    return None if row is None else Credentials(person=_person(row), password=row.password)


def may_log_in(found: Person) -> bool:
    """Say whether the account is not disabled."""
    return found.disabled_at is None


def open_session(
    conn: Connection,
    found: Person,
    *,
    now: datetime,
    rehashed: str | None = None,
    random: Random = secrets.token_bytes,
) -> NewSession:
    """Open a session after a good password; a new token every time, so that none can be planted.

    ``rehashed`` is the password under today's settings, where it was stored under weaker ones.
    """
    token, csrf = tokens.new_token(random), tokens.new_token(random)
    values = {"digest": tokens.digest(token), "person": found.id, "csrf": csrf, "created_at": now}
    conn.execute(insert(session), {**values, "expires_at": now + SESSION_LASTS})
    if rehashed is not None:
        conn.execute(update(person).where(person.c.id == found.id).values(password=rehashed))
    audit.add_entry(conn, at=now, actor=f"person:{found.login}", action="logged-in", subject=found.login)
    opened = Session(person=found, csrf=csrf, created_at=now, expires_at=now + SESSION_LASTS)
    return NewSession(token=token, session=opened)


def find_session(conn: Connection, token: str, *, now: datetime) -> Session | None:
    """Return the session of a cookie while it lasts and its person may log in."""
    wanted = select(session.c.csrf, session.c.created_at.label("opened_at"), session.c.expires_at, *person.c).join(
        person, person.c.id == session.c.person
    )
    row = conn.execute(wanted.where(session.c.digest == tokens.digest(token), session.c.expires_at > now)).one_or_none()
    if row is None or row.disabled_at is not None:
        return None
    return Session(person=_person(row), csrf=row.csrf, created_at=row.opened_at, expires_at=row.expires_at)


def close_session(conn: Connection, token: str) -> None:
    """Log out."""
    conn.execute(delete(session).where(session.c.digest == tokens.digest(token)))


def make_link(
    conn: Connection, found: Person, *, now: datetime, actor: str, random: Random = secrets.token_bytes
) -> str:
    """Return the token of a link by which the person sets a password, once; earlier links end."""
    token = tokens.new_token(random)
    conn.execute(delete(login_link).where(login_link.c.person == found.id))
    values = {"digest": tokens.digest(token), "person": found.id, "created_at": now, "expires_at": now + LINK_LASTS}
    conn.execute(insert(login_link), values)
    audit.add_entry(conn, at=now, actor=actor, action="link-made", subject=found.login)
    return token


def find_link(conn: Connection, token: str, *, now: datetime) -> Person | None:
    """Return whose link it is while it lasts."""
    wanted = select(person).join(login_link, login_link.c.person == person.c.id)
    row = conn.execute(
        wanted.where(login_link.c.digest == tokens.digest(token), login_link.c.expires_at > now)
    ).one_or_none()
    return None if row is None or row.disabled_at is not None else _person(row)


def follow_link(conn: Connection, token: str, password_hash: str, *, now: datetime) -> Person | None:
    """Set the password and use up the link; all sessions of the person end. None when the link is none."""
    found = find_link(conn, token, now=now)
    if found is None:
        return None
    if conn.execute(delete(login_link).where(login_link.c.digest == tokens.digest(token))).rowcount != 1:
        return None  # used a moment ago by another request
    conn.execute(delete(session).where(session.c.person == found.id))
    conn.execute(update(person).where(person.c.id == found.id).values(password=password_hash))
    audit.add_entry(conn, at=now, actor=f"person:{found.login}", action="password-set", subject=found.login)
    return found


def disable_person(conn: Connection, login: str, *, now: datetime, actor: str) -> bool:
    """Let the person in no more, from now on; False when there is none."""
    found = find_person(conn, login)
    if found is None:
        return False
    conn.execute(update(person).where(person.c.id == found.id).values(disabled_at=now))
    conn.execute(delete(session).where(session.c.person == found.id))
    audit.add_entry(conn, at=now, actor=actor, action="person-disabled", subject=found.login)
    return True


def choose(conn: Connection, found: Person, *, language: str | None = None, zone: str | None = None) -> None:
    """Remember the language and the time zone a person reads in; None leaves what stands."""
    values = {name: value for name, value in (("language", language), ("zone", zone)) if value is not None}
    if values:
        conn.execute(update(person).where(person.c.id == found.id).values(**values))


def sweep(conn: Connection, *, now: datetime) -> int:
    """Remove sessions and links that have ended; return how many."""
    gone = [conn.execute(delete(table).where(table.c.expires_at <= now)).rowcount for table in (session, login_link)]
    return sum(gone)


def fold_login(login: str) -> str:
    """Return ``login`` as it is stored and compared."""
    return login.strip().lower()[:LOGIN_LENGTH_MAX]


def _person(row: Any) -> Person:
    values = {name: row._mapping[name] for name in Person.__struct_fields__ if name != "has_password"}
    return Person(**values, has_password=row.password is not None)
