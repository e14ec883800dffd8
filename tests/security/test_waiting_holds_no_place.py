"""A request that waits for something slow keeps no other from being computed, and none waits without an end."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hub.platform.database import Database
from hub.security import passwords
from hub.web.attempts import PER_SITE, LoginGuesses
from hub.web.door.limits import ConnectionLimits
from hub.web.door.server import Loop
from hub.web.door.turn import Kind, Turn
from hub.web.door.turns import Turns
from hub.web.door.work import in_turn
from hub.web.hashing import WAITING_MAX
from hub.web.problems import Problem
from hub.web.reads import Reads
from tests.security.served import PATIENCE_SECONDS, Served, Visitor, request, rest_of, serving, status_of, until
from tests.stored import FrozenClock
from tests.web.small_hub import OTHER

LOOPS: list[Loop] = ["asyncio", "uvloop"]
LARGE = b"ISA*" + b"0123456789" * 1_200_000
TIGHT = ConnectionLimits(address_requests=1, requests=1, address_pressing=1, pressing=1, turn_seconds=0.3)


class Asked:
    """Requests of one set of turns, each of which does ``app`` between its begin and its end."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.turns = Turns(limits)
        self.tasks: list[asyncio.Task[None]] = []
        self.refused: list[str] = []
        self.at_once = self.most_at_once = 0

    def ask(self, address: str, app: Callable[[], Awaitable[object]], kind: Kind = Kind.OTHER) -> Turn:
        async def run(scope: Any, receive: Any, send: Any) -> None:
            await app()

        def begin() -> None:
            cycle: Any = SimpleNamespace(disconnected=False)
            work = in_turn(self.turns, turn, cycle, run, known_as=Kind.KEY, on_gone=lambda: None)
            self.tasks.append(asyncio.ensure_future(work({}, None, None)))

        turn = Turn(address, kind, begin, lambda: self.refused.append(address))
        self.turns.ask(turn)
        return turn

    async def end(self, *turns: Turn) -> None:
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for turn in turns:
            self.turns.left(turn)
        await asyncio.sleep(0.01)
        for lane in self.turns._lanes:
            assert (lane.under_way, lane.waiting, lane._busy, lane.has_again) == (0, 0, {}, False)


async def _event(go_on: asyncio.Event) -> None:
    await go_on.wait()


async def _polled(go_on: asyncio.Event) -> None:
    while not go_on.is_set():
        await asyncio.sleep(0.001)


async def _timed(go_on: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await go_on.wait()


async def _task(go_on: asyncio.Event) -> None:
    await asyncio.create_task(go_on.wait())  # type: ignore[arg-type]


async def _gathered(go_on: asyncio.Event) -> None:
    await asyncio.gather(go_on.wait(), asyncio.sleep(0))


async def _threaded(go_on: asyncio.Event) -> None:
    released = threading.Event()
    asyncio.get_running_loop().create_task(_forward(go_on, released))
    await asyncio.to_thread(released.wait)


async def _forward(go_on: asyncio.Event, released: threading.Event) -> None:
    await go_on.wait()
    released.set()


async def _locked(go_on: asyncio.Event) -> None:
    lock = asyncio.Semaphore(0)
    asyncio.get_running_loop().create_task(go_on.wait()).add_done_callback(lambda _: lock.release())
    await lock.acquire()


async def _fails(go_on: asyncio.Event) -> None:
    await go_on.wait()
    raise Problem(503, "no", code="busy")


WAITS = [_event, _polled, _timed, _task, _gathered, _threaded, _locked, _fails]


@pytest.mark.anyio
@pytest.mark.parametrize("waits", WAITS, ids=lambda each: each.__name__.strip("_"))
@pytest.mark.parametrize("kind", [Kind.PROBE, Kind.KEY, Kind.PERSON, Kind.OTHER])
async def test_whatever_it_waits_for_the_next_is_computed_meanwhile(
    waits: Callable[[asyncio.Event], Awaitable[None]], kind: Kind
) -> None:
    limits = ConnectionLimits(requests=1, pressing=1, people=1, probes=1)
    asked, go_on, done = Asked(limits), asyncio.Event(), []

    async def quick() -> None:
        done.append(1)

    slow = [asked.ask(f"192.0.2.{n}", lambda: waits(go_on), kind) for n in range(5)]
    others = [asked.ask(f"198.51.100.{n}", quick, kind) for n in range(5)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(done) < 5:
            await asyncio.sleep(0.001)
        assert not go_on.is_set()
        go_on.set()
        await asked.end(*slow, *others)


@pytest.mark.anyio
@pytest.mark.parametrize("places", [1, 2, 4])
@pytest.mark.parametrize("count", [5, 50])
async def test_one_turn_of_the_event_loop_computes_no_more_than_there_are_places(places: int, count: int) -> None:
    asked, go_on = Asked(ConnectionLimits(requests=places)), asyncio.Event()
    computed: list[int] = []
    turn_of_loop = 0

    async def slices() -> None:
        computed.append(turn_of_loop)
        await go_on.wait()
        computed.append(turn_of_loop)

    turns = [asked.ask(f"192.0.2.{n}", slices) for n in range(count)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(computed) < 2 * count:
            turn_of_loop += 1
            if len(computed) == count:
                go_on.set()  # all of them may go on in the same turn, and must not
            await asyncio.sleep(0)
    assert max(computed.count(each) for each in computed) <= places
    await asked.end(*turns)


@pytest.mark.anyio
@pytest.mark.parametrize("when", ["while it waits", "before it goes on"])
async def test_what_is_cancelled_leaves_no_place_taken(when: str) -> None:
    asked, go_on = Asked(ConnectionLimits(requests=1)), asyncio.Event()
    turns = [asked.ask(f"192.0.2.{n}", go_on.wait) for n in range(5)]
    await asyncio.sleep(0.01)
    if when == "before it goes on":
        go_on.set()
        await asyncio.sleep(0)
    for task in asked.tasks:
        task.cancel()
    await asked.end(*turns)


class TestNobodyWaitsForEver:
    @pytest.mark.parametrize("kind", [Kind.PROBE, Kind.KEY, Kind.PERSON, Kind.OTHER])
    @pytest.mark.parametrize("most", [1, 10, 50])
    def test_of_too_many_that_wait_whoever_asks_most_is_refused(self, kind: Kind, most: int) -> None:
        refused: list[str] = []
        limits = ConnectionLimits(waiting=most, requests=1, pressing=1, people=1, probes=1)
        turns = Turns(limits, lambda do: None)
        own = Turn("192.0.2.9", kind, lambda: None, lambda: refused.append("own"))
        turns.ask(Turn("192.0.2.1", kind, lambda: None, lambda: None))
        for _ in range(most + 5):
            turns.ask(Turn("192.0.2.2", kind, lambda: None, lambda: refused.append("much")))
        assert refused == ["much"] * 5
        if most > 1:
            turns.ask(own)
            assert refused == ["much"] * 6
            assert own.is_waiting

    @pytest.mark.parametrize("kind", [Kind.PROBE, Kind.KEY, Kind.PERSON, Kind.OTHER])
    def test_whoever_has_waited_too_long_is_refused(self, kind: Kind) -> None:
        refused: list[int] = []
        turns = Turns(ConnectionLimits(turn_seconds=10, requests=1, pressing=1, people=1, probes=1), lambda do: None)
        for n in range(4):
            turns.ask(Turn(f"192.0.2.{n}", kind, lambda: None, lambda n=n: refused.append(n)))  # type: ignore[misc]
        turns.look(100.0)
        turns.look(109.0)
        assert refused == []
        turns.look(111.0)
        assert refused == [1, 2, 3]
        assert turns._lanes[kind].waiting == 0

    @pytest.mark.parametrize("others", [3, 20])
    @pytest.mark.parametrize("asked", [2, 7])
    def test_whoever_asked_least_lately_is_next(self, others: int, asked: int) -> None:
        begun: list[str] = []
        later: list[Callable[[], None]] = []
        turns = Turns(ConnectionLimits(requests=1, address_requests=1), later.append)

        def ask(address: str) -> None:
            def begin() -> None:
                begun.append(address)
                turns.worked(turn)
                turns.left(turn)

            turn = Turn(address, Kind.OTHER, begin, lambda: None)
            turns.ask(turn)

        for _ in range(asked):
            for n in range(others):
                ask(f"192.0.2.{n}")
                while later:
                    later.pop()()
        begun.clear()
        for n in range(others):
            ask(f"192.0.2.{n}")
        ask("198.51.100.1")
        while later:
            later.pop()()
        assert "198.51.100.1" in begun[:2]

    @pytest.mark.parametrize("nth", [1, 2, 9])
    def test_many_networks_of_one_site_are_no_newcomers_for_ever(self, nth: int) -> None:
        later: list[Callable[[], None]] = []
        turns = Turns(ConnectionLimits(requests=100), later.append)
        begun: list[str] = []
        for n in range(40):
            address = f"2001:db8:{nth}:{n:x}::1"
            turns.ask(Turn(address, Kind.OTHER, lambda: begun.append("one"), lambda: None))
        assert len(begun) == 16, "four for each of four addresses"


@pytest.mark.parametrize("networks", [1, 10, 500])
def test_one_subscriber_guesses_no_more_from_many_networks(networks: int) -> None:
    guesses = LoginGuesses(lambda: 0.0)
    tried = [guesses.begin(f"name {n}", f"2001:db8:0:{n % networks:x}::{n:x}") for n in range(500)]
    assert tried.count(0) == min(30 * networks, PER_SITE)
    assert guesses.begin("somebody", "2001:db8:1::1") == 0


@pytest.mark.anyio
@pytest.mark.parametrize("waiting", [1, 5])
async def test_whoever_waits_long_for_a_place_to_read_is_told_later_and_leaves_nothing(waiting: int) -> None:
    reads = Reads(1, waiting_seconds_max=0.05)
    async with reads.place("partner:a"):
        for _ in range(waiting):
            with pytest.raises(Problem, match="free") as told:
                async with reads.place("partner:b"):
                    raise AssertionError("there is no place")
            assert told.value.headers["retry-after"]
    assert reads.asked == 0
    async with reads.place("partner:b"):
        assert reads.asked == 1


@pytest.fixture(params=LOOPS)
def served(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_database: Database, clock: FrozenClock
) -> Iterator[Served]:
    with serving(tmp_path, sqlite_database, clock, ConnectionLimits(turn_seconds=0.5), loop=request.param) as found:
        yield found


@pytest.mark.parametrize("count", [10, 18])
@pytest.mark.parametrize("header", ["", "Authorization: x", "Authorization: Bearer hub_none"])
def test_logins_that_wait_for_their_hash_keep_no_page_waiting(
    served: Served, slow_hashes: threading.Event, count: int, header: str
) -> None:
    visitor = Visitor(served)
    key = f"Authorization: Bearer {served.key('acme-cardio')}"
    with ExitStack() as stack:
        lines = [stack.enter_context(served.line(f"127.0.1.{n + 1}")) for n in range(count)]
        for line in lines:
            line.sendall(visitor.guess(*([header] if header else [])))
        for target, fields, status in (
            ("/login", (), 200), ("/nothing", (), 404), ("/healthz", (), 200), ("/readyz", (), 200),
            ("/outbound/acme-cardio", (key,), 200), ("/api/v1/messages", (key,), 200),
        ):  # fmt: skip
            asked = request("GET", target, *fields)
            until(lambda: status_of(served.ask(asked)) == status)  # noqa: B023 - asked at once: guesses still compute
        assert not slow_hashes.is_set()
        slow_hashes.set()
        assert {status_of(rest_of(line)) for line in lines} == {403}


def test_beyond_a_few_logins_the_answer_is_later_while_others_are_still_hashed(
    served: Served, slow_hashes: threading.Event
) -> None:
    visitor = Visitor(served)
    most = passwords.CHECKS_AT_ONCE + WAITING_MAX
    with ExitStack() as stack:
        lines = [stack.enter_context(served.line(f"127.0.1.{n + 1}")) for n in range(most + 10)]
        for line in lines:
            line.sendall(visitor.guess())
        until(lambda: _turned_down(lines) == 10)
        slow_hashes.set()


@pytest.mark.parametrize("authorization", ["x", "Bearer hub_none_such", "Basic eDp5", "Bearer"])
@pytest.mark.parametrize("target", ["/outbound/acme-cardio", "/api/v1/messages", "/login", "/metrics"])
def test_a_key_that_was_not_found_right_goes_before_nobody(
    served: Served, slow_hashes: threading.Event, authorization: str, target: str
) -> None:
    key = f"Authorization: Bearer {served.key('acme-cardio')}"
    assert status_of(served.ask(request("GET", "/outbound/acme-cardio", key))) == 200
    visitor = Visitor(served)
    with ExitStack() as stack:
        for _ in range(4):  # all that one stranger's address may have under way
            stack.enter_context(served.line("127.0.0.2")).sendall(visitor.guess())
        with served.line("127.0.0.2") as line:
            line.sendall(request("GET", "/outbound/acme-cardio", key))
            assert status_of(rest_of(line)) == 200
        until(lambda: served.server.keeper.turns._lanes[Kind.OTHER]._busy.get("127.0.0.2") == 4)
        with served.line("127.0.0.2") as line:
            line.sendall(request("GET", target, f"Authorization: {authorization}"))
            answered = rest_of(line)
        assert status_of(answered) == 503
        assert b"retry-after: " in answered
        slow_hashes.set()


@pytest.mark.parametrize("addresses", [1, 10, 70])
def test_downloads_that_nobody_takes_keep_no_probe_and_nobody_else_waiting(
    tmp_path: Path, sqlite_database: Database, clock: FrozenClock, addresses: int
) -> None:
    with serving(tmp_path, sqlite_database, clock, ConnectionLimits()) as served:
        key = f"Authorization: Bearer {served.key('acme-cardio')}"
        other = f"Authorization: Bearer {served.key(OTHER)}"
        fields = (key, f"Content-Length: {len(LARGE)}")
        taken = served.ask(request("POST", "/inbound/acme-cardio", *fields, body=LARGE))
        target = json.loads(taken.partition(b"\r\n\r\n")[2])["status"] + "/raw"
        with ExitStack() as stack:
            for n in range(70):
                line = stack.enter_context(socket.socket())
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
                line.bind((f"127.0.2.{n % addresses + 1}", 0))
                line.connect(("127.0.0.1", served.port))
                line.sendall(request("GET", target, key))
            for path, shown in (
                ("/healthz", ()), ("/readyz", ()), ("/login", ()),
                ("/api/v1/messages", (other,)), (f"/outbound/{OTHER}", (other,)), ("/api/v1/messages", (key,)),
            ):  # fmt: skip
                assert status_of(served.ask(request("GET", path, *shown))) == 200, path
        state = served.server.server_state
        until(lambda: not state.connections and not state.tasks)  # a loop is not closed over what is still being sent


def _turned_down(lines: list[socket.socket]) -> int:
    found = 0
    for line in lines:
        line.settimeout(0.001)
        try:
            found += line.recv(9, socket.MSG_PEEK) == b"HTTP/1.1 " and line.recv(12, socket.MSG_PEEK)[9:] == b"503"
        except TimeoutError:
            continue
    return found
