"""Whoever promises a request and does not complete it keeps nobody out: a promise is no work."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hub.platform.database import Database
from hub.web.door.keeper import Activity, Keeper
from hub.web.door.limits import ConnectionLimits
from tests.security.served import PATIENCE_SECONDS, Served, request, rest_of, serving, status_of
from tests.stored import FrozenClock

LIMITS = ConnectionLimits(connections=20, address_connections=8, promises=20, address_promises=20)
FORM = ("Content-Type: application/x-www-form-urlencoded", "Content-Length: 900")


@pytest.fixture
def crowded(tmp_path: Path, sqlite_database: Database, clock: FrozenClock) -> Iterator[Served]:
    """A hub that keeps twenty connections."""
    with serving(tmp_path, sqlite_database, clock, LIMITS) as found:
        yield found


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]])
@pytest.mark.parametrize(
    "half",
    [
        request("POST", "/login", *FORM, keep=True) + b"login=",
        request("POST", "/login", *FORM, keep=True),
        request("POST", "/welcome", *FORM, keep=True) + b"password=a",
        request("POST", "/language", *FORM, keep=True) + b"language=en",
        request("POST", "/login", "Transfer-Encoding: chunked", keep=True) + b"5\r\nlogin",
        request("POST", "/login", *FORM, "Expect: 100-continue", keep=True),
        request("POST", "/login", "Content-Type: multipart/form-data; boundary=x", "Content-Length: 900", keep=True)
        + b"--x",
        request("GET", "/healthz", "Content-Length: 9", keep=True),
        request("GET", "/healthz", keep=True) + request("POST", "/login", *FORM, keep=True) + b"login=",
        request("POST", "/nothing", "Content-Length: 9", keep=True),
        request("POST", "/inbound/acme-cardio", "Authorization: Bearer hub_no_such", "Content-Length: 9", keep=True),
    ],
)
def test_half_a_request_on_every_connection_shuts_nobody_out(
    crowded: Served, half: bytes, addresses: list[str]
) -> None:
    with ExitStack() as stack:
        for n in range(60):
            line = stack.enter_context(crowded.line(addresses[n % len(addresses)]))
            with contextlib.suppress(ConnectionError):
                line.sendall(half)
        for source in ("127.0.0.1", "127.0.0.9"):
            with crowded.line(source) as line:
                line.sendall(request("GET", "/healthz"))
                assert status_of(rest_of(line)) == 200
        assert len(crowded.server.keeper) <= LIMITS.connections


def test_a_body_of_somebody_known_outlasts_those_of_strangers(crowded: Served) -> None:
    key = f"Authorization: Bearer {crowded.key('acme-cardio')}"
    keeper = crowded.server.keeper
    with ExitStack() as stack:
        known = stack.enter_context(crowded.line("127.0.0.9"))
        known.sendall(request("POST", "/inbound/acme-cardio", key, "Content-Length: 9", "Expect: 100-continue"))
        assert known.recv(1_000).startswith(b"HTTP/1.1 100")  # it is past the gate
        known.sendall(b"ISA*")
        for _ in range(60):
            line = stack.enter_context(crowded.line())
            with contextlib.suppress(ConnectionError):
                line.sendall(request("POST", "/login", *FORM, keep=True) + b"login=")
        _until(lambda: len(keeper) == LIMITS.connections)
        known.sendall(b"00*  ")
        assert status_of(rest_of(known)) == 202


@pytest.mark.parametrize("target", ["/login", "/language", "/welcome", "/messages/x/again", "/nothing"])
def test_a_form_has_a_moment_for_all_of_its_body_however_steadily_it_comes(
    tmp_path: Path, sqlite_database: Database, clock: FrozenClock, target: str
) -> None:
    limits = ConnectionLimits(form_seconds=0.3, linger_seconds=0.2, body_rate=0)  # no pace is too slow here
    with serving(tmp_path, sqlite_database, clock, limits) as served, served.line() as line:
        line.sendall(request("POST", target, *FORM) + b"login=")
        assert status_of(rest_of(line)) in (408, 404, 405)


def test_strangers_promises_have_a_most_of_one_address_and_of_all() -> None:
    keeper = Keeper(
        ConnectionLimits(connections=100, address_connections=50, promises=10, address_promises=4), "10.0.0.1"
    )
    for n in range(20):
        _promise(keeper, f"10.0.1.{n // 10}")
    assert keeper.count(Activity.PROMISED) == 8
    for _ in range(20):
        _promise(keeper, "10.0.0.1")  # our proxy brings everybody: the most of all still holds
    assert keeper.count(Activity.PROMISED) == 10
    assert len(keeper) == 10


def test_whoever_has_become_known_meanwhile_is_no_stranger() -> None:
    keeper = Keeper(ConnectionLimits(connections=100, address_connections=50, promises=10, address_promises=4))
    known = [_promise(keeper, "10.0.1.1") for _ in range(4)]
    for each in known:
        each.is_known = True
    strangers = [_promise(keeper, "10.0.1.1") for _ in range(8)]
    assert not any(each.gone for each in known)
    assert [each.gone for each in strangers] == [True] * 4 + [False] * 4


def test_places_are_given_up_in_their_order_and_work_is_never_cut() -> None:
    keeper = Keeper(ConnectionLimits(connections=6, address_connections=6, promises=6, address_promises=6))
    guests = {stand: _guest(keeper, f"10.0.0.{stand}", stand) for stand in reversed(Activity)}
    gone = []
    for _ in range(5):
        assert keeper.admit(_Guest("10.0.9.9", Activity.AT_WORK))
        gone.append([stand for stand, each in guests.items() if each.gone])
    assert gone == [[0], [1, 0], [2, 1, 0], [3, 2, 1, 0], [4, 3, 2, 1, 0]]
    assert not keeper.admit(_Guest("10.0.9.9", Activity.AT_WORK))
    assert len(keeper) == 6


@pytest.mark.parametrize("count", [1, 2, 3, 7, 19])
def test_the_address_that_holds_the_most_gives_way_first(count: int) -> None:
    keeper = Keeper(ConnectionLimits(connections=20, address_connections=20))
    others = [_guest(keeper, f"10.0.1.{n}", Activity.SILENT) for n in range(20 - count)]
    many = [_guest(keeper, "10.0.0.1", Activity.SILENT) for _ in range(count)]
    assert keeper.admit(_Guest("10.0.9.9"))
    first = others[0] if count == 1 else many[0]
    assert [each for each in others + many if each.gone] == [first]
    for each in others + many:
        keeper.leave(each)
    assert len(keeper) == 1


class _Guest:
    """A connection that only remembers whether it has been let go of."""

    def __init__(self, address: str, stand: Activity = Activity.SILENT) -> None:
        self.address = address
        self.stand = stand
        self.is_known = self.gone = False

    def look(self, now: float) -> None: ...

    def give_way(self) -> None:
        self.gone = True


def _guest(keeper: Keeper, address: str, stand: Activity) -> _Guest:
    guest = _Guest(address)
    assert keeper.admit(guest)
    keeper.move(guest, stand)
    return guest


def _promise(keeper: Keeper, address: str) -> _Guest:
    return _guest(keeper, address, Activity.PROMISED)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
