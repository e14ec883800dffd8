"""Whoever connects is accepted in the next turn of the event loop, however many do; floods cost little."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hub.platform.database import Database
from hub.web.door.accepting import AT_ONCE
from hub.web.door.keeper import Activity, Keeper
from hub.web.door.limits import ConnectionLimits
from hub.web.door.server import Loop
from tests.security.served import PATIENCE_SECONDS, Served, Visitor, request, rest_of, serving, status_of, until
from tests.stored import FrozenClock

LOOPS: list[Loop] = ["asyncio", "uvloop"]


@pytest.fixture(params=LOOPS)
def served(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_database: Database, clock: FrozenClock
) -> Iterator[Served]:
    with serving(
        tmp_path, sqlite_database, clock, ConnectionLimits(address_connections=3), loop=request.param
    ) as found:
        yield found


class Turning:
    """Holds the server's event loop, and then counts its turns until so many are connected."""

    def __init__(self, served: Served, connected: int) -> None:
        self._keeper = served.server.keeper
        self._loop = served.server._acceptors[0]._loop
        self._connected = connected
        self._held, self._let_go, self._done = threading.Event(), threading.Event(), threading.Event()
        self.turns = 0

    def hold(self) -> None:
        self._loop.call_soon_threadsafe(self._hold)
        assert self._held.wait(PATIENCE_SECONDS)

    def go_on(self) -> int:
        self._let_go.set()
        assert self._done.wait(PATIENCE_SECONDS)
        return self.turns

    def _hold(self) -> None:
        self._held.set()
        self._let_go.wait(PATIENCE_SECONDS)
        self._loop.call_soon(self._count)

    def _count(self) -> None:
        self.turns += 1
        if len(self._keeper) >= self._connected:
            self._done.set()
        else:
            self._loop.call_soon(self._count)


@pytest.mark.parametrize("count", [1, 10, 30, 60, 100])
def test_all_who_came_while_the_hub_was_busy_are_accepted_in_a_few_turns(served: Served, count: int) -> None:
    turning = Turning(served, count)
    turning.hold()
    with ExitStack() as stack:
        lines = [stack.enter_context(served.line()) for _ in range(count)]
        assert turning.go_on() <= 6 + 2 * (count // AT_ONCE)
        for line in lines[-3:]:
            line.sendall(request("GET", "/healthz"))
            assert status_of(rest_of(line)) == 200


@pytest.mark.parametrize("more", [1, 5, 40])
def test_an_address_that_has_all_of_its_share_at_work_is_turned_away_and_another_is_not(
    served: Served, slow_hashes: threading.Event, more: int
) -> None:
    visitor, keeper = Visitor(served), served.server.keeper
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(served.line("127.0.0.2")).sendall(visitor.guess())
        until(lambda: keeper.count(Activity.AT_WORK) == 3)
        before = keeper.turned_away
        for _ in range(more):
            answered = rest_of(stack.enter_context(served.line("127.0.0.2")))
            assert status_of(answered) == 503
            assert b"retry-after: " in answered
        assert keeper.turned_away == before + more
        with served.line("127.0.0.3") as other:
            other.sendall(request("GET", "/login"))
            assert status_of(rest_of(other)) == 200
        slow_hashes.set()


class _Guest:
    is_known = False

    def __init__(self, address: str, stand: Activity = Activity.SILENT) -> None:
        self.address, self.stand = address, stand
        self.gone = False

    def look(self, now: float) -> None: ...

    def give_way(self) -> None:
        self.gone = True


@pytest.mark.parametrize("stand", Activity)
@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_of_an_address_only_whoever_asks_for_nothing_gives_way_to_others_of_it(stand: Activity, address: str) -> None:
    keeper = Keeper(ConnectionLimits(connections=10, address_connections=2))
    guests = [_Guest(address, stand) for _ in range(2)]
    assert [keeper.admit(each) for each in guests] == [True, True]
    gives_way = stand not in (Activity.WAITING, Activity.AT_WORK)
    assert keeper.has_room(address) is gives_way
    assert keeper.admit(_Guest(address)) is gives_way
    assert [each.gone for each in guests] == [gives_way, False]


@pytest.mark.parametrize("most", [1, 3, 32])
def test_an_address_that_goes_on_connecting_is_turned_away_for_the_rest_of_the_second(most: int) -> None:
    keeper = Keeper(ConnectionLimits(connections=100, address_connections=2, address_newcomers=most))
    admitted = [keeper.admit(_Guest("192.0.2.1")) for _ in range(most + 10)]
    assert admitted == [True] * min(most + 2, most + 10) + [False] * 8
    assert keeper.admit(_Guest("192.0.2.2"))
    keeper.look(1.0)
    assert keeper.admit(_Guest("192.0.2.1"))


@pytest.mark.parametrize(
    ("addresses", "admitted"),
    [
        ([f"2001:db8:0:1::{n:x}" for n in range(9)], 3),  # one /64: one address
        ([f"2001:db8:0:1:{n:x}::1" for n in range(9)], 3),
        ([f"2001:db8:0:{n:x}::1" for n in range(9)], 6),  # one /48: two
        ([f"2001:db8:{n:x}::1" for n in range(9)], 9),  # as many subscribers
        (["::ffff:192.0.2.1"] * 9, 3),
        ([f"192.0.2.{n}" for n in range(9)], 9),
        ([f"fe80::1%eth{n}" for n in range(9)], 3),
    ],
)
def test_a_network_of_ipv6_has_the_share_of_an_address_and_a_site_of_two(addresses: list[str], admitted: int) -> None:
    keeper = Keeper(ConnectionLimits(connections=100, address_connections=3))
    assert sum(keeper.admit(_Guest(each, Activity.AT_WORK)) for each in addresses) == admitted
    assert len(keeper) == admitted


def test_whoever_comes_and_goes_leaves_nothing_counted() -> None:
    keeper = Keeper(ConnectionLimits(connections=100, address_connections=3))
    for n in range(50):
        guests = [_Guest(f"2001:db8:0:{n + m:x}::1") for m in range(4)] + [_Guest(f"192.0.2.{n}")]
        assert all(keeper.admit(each) for each in guests)
        for each in guests:
            keeper.move(each, Activity.ANSWERED)
            keeper.leave(each)
    assert len(keeper) == 0
    assert keeper._crowds == {}
    assert keeper._addresses == {}
