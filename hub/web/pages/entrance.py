"""The way in and out: login, first password by a one-time link, logout, language.

In: forms. Out: a session, or the same page with what is wrong. A login says the same, and does the same work, for a
wrong password, an endless one, a person who is let in no more and one who does not exist: one row is looked for, one
hash is made, nothing is written. Guesses are limited before (``hub.web.attempts``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery

from hub.access import people
from hub.access.model import Person
from hub.access.people import Credentials
from hub.security import passwords
from hub.web.attempts import LoginGuesses
from hub.web.caller import caller_of
from hub.web.hashing import HashTurns
from hub.web.hub import Hub
from hub.web.languages import LANGUAGE_COOKIE, N_, by_tag
from hub.web.pages.page import answer, form_of, is_ours, see_other
from hub.web.policy import anyone
from hub.web.policy import people as signed_in
from hub.web.problems import Problem, not_found
from hub.web.sessions import cookie_of, farewell, is_secure, token_of

LANGUAGE_COOKIE_SECONDS = 365 * 24 * 3600

WRONG = N_("Login name or password is wrong.")
TOO_MANY = N_("Too many attempts. Wait a quarter of an hour.")
NOT_ALIKE = N_("The two passwords differ.")
TOO_WEAK = N_("Take a longer or more varied password.")


class Entrance:
    """Limits of the login: guesses, and password checks at a time."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.guesses = LoginGuesses(monotonic)
        self.turns = HashTurns(monotonic)

    async def verify(self, request: Request[Any, Any, Any], stored: str | None, password: str) -> bool:
        async with self.turns.turn(_address(request), request.receive):
            return await asyncio.to_thread(passwords.verify, stored, password)

    async def hash(self, request: Request[Any, Any, Any], password: str) -> str:
        async with self.turns.turn(_address(request), request.receive):
            return await asyncio.to_thread(passwords.hash_password, password)


def _address(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""


@get("/login", opt=anyone("whoever logs in is not known yet", face="page"), include_in_schema=False)
async def login_page(request: Request[Any, Any, Any], next: FromQuery[str] = "/messages") -> Response[Any]:
    """The login page; whoever is logged in goes straight on."""
    target = next if is_ours(next) else "/messages"
    if caller_of(request).kind == "person":
        return see_other(target)
    return answer(request, "entrance/login.html", next=target, login="", fault=None)


@post("/login", opt=anyone("whoever logs in is not known yet", face="page"), include_in_schema=False)
async def log_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Check name and password; open a session and go on, or say that something was wrong, and never what."""
    entrance: Entrance = request.app.state.entrance
    entrance.turns.require_chance(_address(request))
    form = await form_of(request)
    name, password = form.get("login", ""), form.get("password", "")
    target = form.get("next", "")
    target = target if is_ours(target) else "/messages"
    who, address = people.fold_login(name), _address(request)
    wait = entrance.guesses.begin(who, address)
    if wait:
        headers = {"retry-after": str(wait)}
        return answer(
            request, "entrance/login.html", status=429, headers=headers, next=target, login=name, fault=TOO_MANY
        )
    try:
        found = await _check(request, who, password)
    except Problem:  # nothing was looked at, so nothing was guessed
        entrance.guesses.take_back(who, address)
        raise
    if found is None:
        return answer(request, "entrance/login.html", status=403, next=target, login=name, fault=WRONG)
    entrance.guesses.take_back(who, address)
    outdated = found.password is not None and passwords.is_outdated(found.password)
    return await _let_in(request, found.person, target, await entrance.hash(request, password) if outdated else None)


@post("/logout", opt=signed_in(), include_in_schema=False)
async def log_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """End the session here and in the browser."""
    hub: Hub = request.app.state.hub
    token = token_of(request)
    await hub.database.write(lambda conn: people.close_session(conn, token))
    response = see_other("/login?said=logged-out")
    response.set_cookie(farewell(secure=is_secure(request)))
    return response


@get("/welcome", opt=anyone("the link itself is the proof", face="page"), include_in_schema=False)
async def welcome_page(request: Request[Any, Any, Any], token: FromQuery[str] = "") -> Response[Any]:
    """Where a one-time link leads: set a password."""
    person = await _invited(request, token)
    return answer(
        request, "entrance/welcome.html", person=person, token=token, fault=None, length_min=passwords.LENGTH_MIN
    )


@post("/welcome", opt=anyone("the link itself is the proof", face="page"), include_in_schema=False)
async def welcome(request: Request[Any, Any, Any]) -> Response[Any]:
    """Set the password, use up the link, and log in."""
    form = await form_of(request)
    hub: Hub = request.app.state.hub
    entrance: Entrance = request.app.state.entrance
    token, password = form.get("token", ""), form.get("password", "")
    person = await _invited(request, token)
    fault = NOT_ALIKE if password != form.get("again") else TOO_WEAK if passwords.fault(password) else None
    if fault is None:
        stored = await entrance.hash(request, password)
        now = hub.clock.now()
        followed = await hub.database.write(lambda conn: people.follow_link(conn, token, stored, now=now))
        if followed is None:
            raise not_found()
        return await _let_in(request, followed, "/messages")
    return answer(
        request,
        "entrance/welcome.html",
        status=422,
        person=person,
        token=token,
        fault=fault,
        length_min=passwords.LENGTH_MIN,
    )


@post("/language", opt=anyone("a language is nobody's secret", face="page"), include_in_schema=False)
async def choose_language(request: Request[Any, Any, Any]) -> Response[Any]:
    """Remember the language, for this browser and for the person."""
    form = await form_of(request)
    hub: Hub = request.app.state.hub
    target = form.get("next", "")
    response = see_other(target if is_ours(target) else "/messages")
    language = by_tag(form.get("language"))
    if language is None:
        return response
    session = caller_of(request).session
    if session is not None:
        await hub.database.write(lambda conn: people.choose(conn, session.person, language=language.tag))
    response.set_cookie(
        Cookie(
            key=LANGUAGE_COOKIE,
            value=language.tag,
            path="/",
            max_age=LANGUAGE_COOKIE_SECONDS,
            secure=is_secure(request),
            httponly=True,
            samesite="lax",
        )
    )
    return response


async def _check(request: Request[Any, Any, Any], name: str, password: str) -> Credentials | None:
    """Return the person when the password is right and they may log in. Does the same work whoever it is."""
    hub: Hub = request.app.state.hub
    entrance: Entrance = request.app.state.entrance
    found = await hub.database.read(lambda conn: people.credentials(conn, name))
    matches = await entrance.verify(request, found.password if found else None, password)
    return found if found is not None and matches and people.may_log_in(found.person) else None


async def _let_in(
    request: Request[Any, Any, Any], person: Person, target: str, rehashed: str | None = None
) -> Response[Any]:
    hub: Hub = request.app.state.hub
    now = hub.clock.now()
    opened = await hub.database.write(lambda conn: people.open_session(conn, person, now=now, rehashed=rehashed))
    response = see_other(target)
    response.set_cookie(cookie_of(opened, secure=is_secure(request)))
    return response


async def _invited(request: Request[Any, Any, Any], token: str) -> Person:
    hub: Hub = request.app.state.hub
    now = hub.clock.now()
    person = await hub.database.read(lambda conn: people.find_link(conn, token, now=now))
    if person is None:
        raise not_found()
    return person
