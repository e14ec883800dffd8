"""A login tells nobody who exists, and nobody who guesses keeps the rightful person out; wrong API keys are slowed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import argon2
import httpx
import pytest
from litestar import Litestar
from sqlalchemy import Connection, text

from hub.access import people
from hub.access.keys import make_key
from hub.business.rooms import RIGHTS
from hub.kernel.identity import new_id
from hub.platform.database import Database
from hub.security import passwords
from hub.web.app import create_app
from hub.web.attempts import (
    GUESSES_SECONDS,
    PER_ADDRESS,
    PER_NAME,
    PER_NAME_AND_ADDRESS,
    TRACKED_MAX,
    WRONG_KEYS,
    WRONG_KEYS_SECONDS,
    Guesses,
    KeyGuesses,
    LoginGuesses,
)
from hub.web.networks import network_of
from tests.stored import FrozenClock
from tests.web.small_hub import SmallHub

SCOPES = RIGHTS.of_keys

pytestmark = pytest.mark.anyio

PASSWORD = "a sentence to remember"
STORED = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)  # weaker than ours: outdated


@pytest.fixture
def hub(tmp_path: Path, sqlite_database: Database, clock: FrozenClock) -> SmallHub:
    made = SmallHub(tmp_path, sqlite_database, clock)
    now = clock.now()

    def work(conn: Connection) -> None:
        for login in ("ada", "disabled", "invited"):
            person = people.add_person(
                conn, person_id=new_id(), login=login, name="Ada", roles=["viewer"], now=now, actor="test"
            )
            if login != "invited":
                people.follow_link(conn, people.make_link(conn, person, now=now, actor="test"), STORED, now=now)
        people.disable_person(conn, "disabled", now=now, actor="test")

    made.database.write_now(work)
    return made


@pytest.fixture
def app(hub: SmallHub) -> Litestar:
    return create_app(hub)


class Work:
    """What the hub did."""

    def __init__(self) -> None:
        self.hashes = self.reads = self.writes = 0

    def said(self) -> tuple[int, int, int]:
        found = (self.hashes, self.reads, self.writes)
        self.hashes = self.reads = self.writes = 0
        return found


@pytest.fixture
def work(hub: SmallHub, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Counts hashes made, and the database's reads and writes."""
    done = Work()
    verify, read, write = argon2.PasswordHasher.verify, hub.database.read, hub.database.write

    def counted(self: argon2.PasswordHasher, stored: str, password: str) -> bool:
        done.hashes += 1
        return verify(self, stored, password)  # type: ignore[arg-type]

    async def reading(*args: Any, **more: Any) -> Any:
        done.reads += 1
        return await read(*args, **more)

    async def writing(*args: Any, **more: Any) -> Any:
        done.writes += 1
        return await write(*args, **more)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    monkeypatch.setattr(hub.database, "read", reading)
    monkeypatch.setattr(hub.database, "write", writing)
    return done


def from_address(app: Litestar, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://hub")


async def log_in(client: httpx.AsyncClient, login: str, password: str) -> httpx.Response:
    page = await client.get("/login")
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token
    return await client.post("/login", data={"csrf": token[1], "login": login, "password": password})


@pytest.mark.parametrize("login", ["ada", "nobody", "disabled", "invited", "ADA ", "", "x" * 500, "中"])
@pytest.mark.parametrize("password", ["wrong", "", "x" * 1_000, "x" * 1_001, "y" * 20_000, "\u4e2d" * 2_000])
async def test_a_refused_login_does_the_same_work_whoever_it_is_and_however_long_the_password(
    app: Litestar, work: Work, login: str, password: str
) -> None:
    async with from_address(app, "10.0.0.1") as client:
        await client.get("/login")
        work.said()
        answered = await log_in(client, login, password)
        assert answered.status_code == 403
        assert work.said() == (1, 1, 0)


@pytest.mark.parametrize("login", ["disabled", "invited"])
async def test_the_right_password_of_somebody_who_may_not_log_in_is_any_wrong_one(
    app: Litestar, work: Work, login: str
) -> None:
    async with from_address(app, "10.0.0.1") as client:
        refused = await log_in(client, login, PASSWORD)
        nobody = await log_in(client, "nobody", PASSWORD)
        assert refused.status_code == nobody.status_code == 403
        assert refused.text.replace(login, "nobody") == nobody.text
        assert work.said() == (2, 2, 0)


@pytest.mark.parametrize("login", ["ada", "nobody", "disabled"])
async def test_who_has_guessed_too_often_is_told_so_without_any_work(app: Litestar, work: Work, login: str) -> None:
    async with from_address(app, "10.0.0.1") as client:
        for _ in range(PER_NAME_AND_ADDRESS):
            assert (await log_in(client, login, "wrong")).status_code == 403
        work.said()
        stopped = await log_in(client, login, PASSWORD)
        assert stopped.status_code == 429
        assert 0 < int(stopped.headers["retry-after"]) <= GUESSES_SECONDS
        assert work.said() == (0, 0, 0)


async def test_however_often_somebody_guesses_the_person_gets_in_from_elsewhere(app: Litestar) -> None:
    async with from_address(app, "10.0.0.1") as guesser, from_address(app, "10.0.0.2") as ada:
        for _ in range(40):
            assert (await log_in(guesser, "ada", "wrong")).status_code in (403, 429)
        assert (await log_in(ada, "ada", PASSWORD)).status_code == 303


async def test_a_right_password_is_no_guess(app: Litestar) -> None:
    async with from_address(app, "10.0.0.1") as client:
        for _ in range(PER_ADDRESS + 5):
            client.cookies.clear()
            assert (await log_in(client, "ada", PASSWORD)).status_code == 303


async def test_a_password_kept_under_weaker_settings_is_kept_anew_at_the_next_login(
    app: Litestar, hub: SmallHub
) -> None:
    assert passwords.is_outdated(STORED)
    async with from_address(app, "10.0.0.1") as client:
        assert (await log_in(client, "ada", PASSWORD)).status_code == 303
    kept = hub.database.read_now(lambda conn: people.credentials(conn, "ada"))
    assert kept is not None
    assert kept.password is not None
    assert not passwords.is_outdated(kept.password)
    assert passwords.verify(kept.password, PASSWORD)


class TestGuesses:
    """The limits themselves, at a clock of their own."""

    now = 0.0

    def limits(self) -> LoginGuesses:
        return LoginGuesses(lambda: self.now)

    @pytest.mark.parametrize("addresses", [1, 3, 20, 99, 150])
    def test_from_wherever_a_name_is_guessed_at_one_guess_from_elsewhere_is_left(self, addresses: int) -> None:
        limits = self.limits()
        made = 0
        for n in range(addresses):
            while not limits.begin("ada", f"10.1.{n // 250}.{n % 250}"):
                made += 1
        assert made <= PER_NAME + PER_NAME_AND_ADDRESS + addresses
        assert limits.begin("ada", "192.0.2.1") == 0

    def test_who_is_kept_out_spends_nobody_elses_allowance(self) -> None:
        limits = self.limits()
        for n in range(1_000):
            limits.begin(f"name-{n}", "10.0.0.1")
        assert sum(1 for n in range(1_000) if limits._names._times.get(f"name-{n}")) == PER_ADDRESS
        for _ in range(1_000):
            limits.begin("ada", "10.0.0.2")
        assert len(limits._names._times["ada"]) == PER_NAME_AND_ADDRESS

    def test_many_at_once_are_no_way_around(self) -> None:
        limits = self.limits()
        begun = [limits.begin("ada", "10.0.0.1") for _ in range(200)]  # none of them is answered yet
        assert begun.count(0) == PER_NAME_AND_ADDRESS

    def test_after_a_quarter_of_an_hour_it_may_be_tried_again(self) -> None:
        limits = self.limits()
        while not (wait := limits.begin("ada", "10.0.0.1")):
            pass
        assert wait == GUESSES_SECONDS
        self.now += GUESSES_SECONDS + 1
        assert limits.begin("ada", "10.0.0.1") == 0

    def test_what_is_remembered_is_bounded(self) -> None:
        guesses = Guesses(3, 10.0, lambda: self.now)
        for n in range(TRACKED_MAX + 100):
            for _ in range(5):
                guesses.add(str(n))
        assert len(guesses._times) == TRACKED_MAX
        assert max(len(times) for times in guesses._times.values()) == 3
        assert guesses.wait_seconds("0") == 0

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("10.0.0.1", "10.0.0.2", False),
            ("2001:db8::1", "2001:db8::2", True),
            ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", True),
            ("2001:db8::1", "2001:db8:0:1::1", False),
            ("::ffff:10.0.0.1", "10.0.0.1", True),
            ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
            ("fe80::1%eth0", "fe80::2", True),
            ("", "10.0.0.1", False),
            ("unknown", "other", False),
            ("::1", "::2", True),
        ],
    )
    def test_all_addresses_of_one_network_are_one_guesser(self, one: str, other: str, same: bool) -> None:
        assert (network_of(one) == network_of(other)) == same

    async def test_wrong_keys_slow_their_own_address_and_no_other(self) -> None:
        guesses = KeyGuesses(lambda: self.now)
        for _ in range(WRONG_KEYS):
            assert guesses.wait_seconds("10.0.0.1") == 0
            guesses.was_wrong("10.0.0.1")
        assert 0 < guesses.wait_seconds("10.0.0.1") <= WRONG_KEYS_SECONDS
        assert guesses.wait_seconds("10.0.0.2") == 0
        self.now += WRONG_KEYS_SECONDS + 1
        assert guesses.wait_seconds("10.0.0.1") == 0


@pytest.mark.parametrize("wrong", ["Bearer nonsense", f"Bearer hub_{'a' * 8}_{'0' * 43}", "Basic YTpi", "Bearer"])
async def test_many_wrong_keys_are_told_to_wait_and_a_right_one_never_is(
    app: Litestar, hub: SmallHub, clock: FrozenClock, wrong: str
) -> None:
    key = hub.database.write_now(
        lambda conn: make_key(conn, "acme-cardio", now=clock.now(), actor="test", scopes=SCOPES)
    )
    async with from_address(app, "10.0.0.1") as client:
        answers = [
            (await client.get("/outbound/acme-cardio", headers={"authorization": wrong})).status_code
            for _ in range(WRONG_KEYS + 5)
        ]
        assert answers == [401] * WRONG_KEYS + [429] * 5
        for _ in range(3):
            right = await client.get("/outbound/acme-cardio", headers={"authorization": f"Bearer {key}"})
            assert right.status_code == 200
    async with from_address(app, "10.0.0.2") as other:
        assert (await other.get("/outbound/acme-cardio", headers={"authorization": wrong})).status_code == 401


async def test_a_refused_login_leaves_no_trace_in_the_database(app: Litestar, hub: SmallHub) -> None:
    def rows(conn: Connection) -> list[Any]:
        return [conn.execute(text(f"SELECT * FROM {table}")).all() for table in ("person", "session", "audit_entry")]

    before = hub.database.read_now(rows)
    async with from_address(app, "10.0.0.1") as client:
        for login in ("ada", "nobody", "disabled"):
            await log_in(client, login, "wrong")
    assert hub.database.read_now(rows) == before
