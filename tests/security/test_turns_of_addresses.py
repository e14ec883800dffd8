"""One address asks as much as it likes, and takes no more than its turns; what is not taken from us is not made."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hub.platform.database import Database
from hub.web.door.keeper import Activity, Keeper
from hub.web.door.limits import ConnectionLimits
from hub.web.door.turn import Kind, Turn, kind_of
from hub.web.door.turns import Turns
from tests.security.served import PATIENCE_SECONDS, Served, request, rest_of, serving, status_of
from tests.stored import FrozenClock
from tests.web.samples import ORDER

BUSY = "127.0.0.2"
LARGE = b"ISA*" + b"0123456789" * 1_200_000  # more than the system keeps for a line


@pytest.fixture
def served(tmp_path: Path, sqlite_database: Database, clock: FrozenClock) -> Iterator[Served]:
    with serving(tmp_path, sqlite_database, clock, ConnectionLimits()) as found:
        yield found


class TestWhoComesNext:
    """By construction: every request is begun by hand and ends by hand."""

    LIMITS = ConnectionLimits(
        address_requests=2, requests=3, address_pressing=2, pressing=3, address_probes=2, probes=3, waiting=1_000
    )

    @pytest.fixture
    def begun(self) -> list[Turn]:
        return []

    def _ask(self, turns: Turns, begun: list[Turn], address: str, kind: Kind = Kind.OTHER) -> Turn:
        turn = Turn(address, kind, lambda: begun.append(turn), lambda: None)
        turns.ask(turn)
        return turn

    @pytest.mark.parametrize("kind", [Kind.PROBE, Kind.KEY, Kind.OTHER])
    @pytest.mark.parametrize("count", [1, 2, 3, 10, 120])
    def test_an_address_has_no_more_than_its_share_under_way(self, begun: list[Turn], count: int, kind: Kind) -> None:
        turns = Turns(self.LIMITS, at_once)
        asked = [self._ask(turns, begun, "a", kind) for _ in range(count)]
        seen = 0
        while seen < len(begun):
            assert len(begun) - seen == min(2, count - seen)
            _end(turns, begun[seen])
            seen += 1
        assert begun == asked

    def test_whoever_asks_once_comes_before_the_rest_of_whoever_asks_much(self, begun: list[Turn]) -> None:
        turns = Turns(self.LIMITS, at_once)
        for _ in range(120):
            self._ask(turns, begun, "a")
        others = [self._ask(turns, begun, each) for each in "bcd"]
        assert [each.network for each in begun] == ["a", "a", "b"]
        for _ in range(4):
            _end(turns, begun[0])
            begun.pop(0)
        assert all(each.has_begun for each in others)

    def test_probes_and_keys_wait_for_no_stranger(self, begun: list[Turn]) -> None:
        limits = ConnectionLimits(
            address_requests=1, requests=1, address_pressing=1, pressing=1, address_probes=1, probes=1
        )
        turns = Turns(limits, at_once)
        for address in "abc":
            self._ask(turns, begun, address)
        for kind in (Kind.KEY, Kind.PROBE):
            self._ask(turns, begun, "a", kind)
        assert [(each.network, each.kind) for each in begun] == [("a", Kind.OTHER), ("a", Kind.KEY), ("a", Kind.PROBE)]

    def test_a_place_is_free_only_when_the_work_is_done_and_the_answer_has_left(self, begun: list[Turn]) -> None:
        turns = Turns(ConnectionLimits(address_requests=1, requests=9), at_once)
        first, second, third = (self._ask(turns, begun, "a") for _ in range(3))
        turns.worked(first)
        assert begun == [first]
        turns.left(first)
        assert begun == [first, second]
        turns.left(second)  # whoever asked has gone, and the work goes on
        assert begun == [first, second]
        turns.worked(second)
        assert begun == [first, second, third]

    def test_an_answer_that_is_taken_slowly_keeps_no_other_address_waiting(self, begun: list[Turn]) -> None:
        turns = Turns(ConnectionLimits(address_requests=1, requests=1), at_once)
        slow = self._ask(turns, begun, "a")
        other = self._ask(turns, begun, "b")
        assert begun == [slow]
        turns.pause(slow)
        assert begun == [slow, other]

    def test_whoever_goes_away_while_waiting_is_forgotten(self, begun: list[Turn]) -> None:
        turns = Turns(ConnectionLimits(address_requests=1, requests=1), at_once)
        first, second, third = (self._ask(turns, begun, "a") for _ in range(3))
        turns.left(second)
        turns.left(second)
        _end(turns, first)
        assert begun == [first, third]

    @pytest.mark.parametrize(
        ("path", "shows", "expected"),
        [
            ("/healthz", "", Kind.PROBE),
            ("/readyz", "key", Kind.PROBE),
            ("/login", "key", Kind.OTHER),
            ("/login", "session", Kind.OTHER),
            ("/welcome", "session", Kind.OTHER),
            ("/", "key", Kind.OTHER),
            ("/", "session", Kind.PERSON),
            ("/schema/openapi.json", "key", Kind.OTHER),
            ("/healthz/x", "key", Kind.OTHER),
            ("/outbound/a", "key", Kind.KEY),
            ("/outbound/a", "", Kind.OTHER),
            ("/api/v1/orders", "key", Kind.KEY),
            ("/api/v1/orders", "session", Kind.PERSON),
            ("/api/v1/orders", "", Kind.OTHER),
            ("/inbound/a", "key", Kind.KEY),
            ("/messages", "key", Kind.OTHER),
            ("/messages", "session", Kind.PERSON),
            ("/messages", "", Kind.OTHER),
        ],
    )
    def test_only_what_was_found_right_goes_before_strangers_and_only_where_it_is_used(
        self, path: str, shows: str, expected: Kind
    ) -> None:
        assert kind_of(path, knows_key=shows == "key", knows_session=shows == "session") is expected


@pytest.mark.parametrize(
    ("address", "said", "expected"),
    [
        ("10.0.0.1", b"192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", b"198.51.100.1, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", b"192.0.2.1, 10.0.0.1", "192.0.2.1"),
        ("10.0.0.1", b"", "10.0.0.1"),
        ("10.0.0.1", b" , ", "10.0.0.1"),
        ("192.0.2.9", b"192.0.2.1", "192.0.2.9"),
        ("10.0.0.1", b"2001:db8::1", "2001:db8::1"),
    ],
)
def test_behind_our_proxy_the_turns_are_of_whoever_it_names(address: str, said: bytes, expected: str) -> None:
    assert Keeper(ConnectionLimits(), "10.0.0.0/24").caller_of(address, [(b"x-forwarded-for", said)]) == expected


@pytest.mark.parametrize("target", ["/login", "/schema/openapi.json", "/schema", "/nothing"])
def test_120_connections_of_one_address_get_turns_and_another_is_answered_meanwhile(
    served: Served, target: str
) -> None:
    key = f"Authorization: Bearer {served.key('acme-cardio')}"
    with ExitStack() as stack:
        lines = [stack.enter_context(served.line(BUSY)) for _ in range(120)]
        for line in lines:
            line.sendall(request("GET", target, keep=True) * 2)
        assert status_of(served.ask(request("GET", "/healthz"))) == 200
        fields = (key, f"Content-Length: {len(ORDER)}")
        assert status_of(served.ask(request("POST", "/inbound/acme-cardio", *fields, body=ORDER))) == 202
        for line in lines:
            line.shutdown(socket.SHUT_WR)
            assert rest_of(line).count(b"HTTP/1.1 ") in (1, 2)


@pytest.mark.parametrize("target", ["/schema/openapi.json", "/schema", "/login", "/healthz"])
@pytest.mark.parametrize("source", ["127.0.0.1", BUSY])
def test_whoever_does_not_read_holds_its_own_turns_and_no_others(served: Served, target: str, source: str) -> None:
    keeper = served.server.keeper
    with ExitStack() as stack:
        for _ in range(40):
            line = stack.enter_context(_narrow(served, source))
            line.sendall(request("GET", target, keep=True) * 12)
        for address in ("127.0.0.8", "127.0.0.9"):
            with served.line(address) as other:
                other.sendall(request("GET", "/login"))
                assert status_of(rest_of(other)) == 200
        assert keeper._unsent_bytes <= keeper.limits.unsent_bytes


@pytest.mark.parametrize("count", [1, 3])
def test_the_next_request_begins_only_when_the_answer_before_it_has_left(served: Served, count: int) -> None:
    keeper = served.server.keeper
    key = f"Authorization: Bearer {served.key('acme-cardio')}"
    target = _large_message(served, key)
    with _narrow(served, BUSY) as line:
        line.sendall(request("GET", target, key, keep=True) * count + request("GET", "/healthz"))
        _until(lambda: keeper._unsent_bytes > 0)
        assert keeper._unsent_bytes < 1_000_000
        answered = rest_of(line)
    assert answered.count(b"HTTP/1.1 200") == count + 1
    assert answered.count(LARGE) == count
    assert keeper._unsent_bytes == 0


def test_of_too_many_answers_not_taken_the_oldest_is_let_go_of() -> None:
    keeper = Keeper(ConnectionLimits(unsent_bytes=100))
    guests = [_Guest(f"10.0.0.{n}") for n in range(4)]
    for guest in guests:
        assert keeper.admit(guest)
        keeper.unsent(guest, 40)
    assert [each.gone for each in guests] == [True, True, False, False]
    keeper.sent(guests[2])
    keeper.unsent(guests[2], 60)
    assert not guests[3].gone


def test_half_forms_hold_no_turn(served: Served) -> None:
    form = ("Content-Type: application/x-www-form-urlencoded", "Content-Length: 30")
    with ExitStack() as stack:
        for n in range(40):
            line = stack.enter_context(served.line(BUSY))
            line.sendall(request("POST", "/login", *form, *(["Expect: 100-continue"] if n % 2 else [])) + b"login=")
        _until(lambda: served.server.keeper.count(Activity.PROMISED) == 40)
        with served.line(BUSY) as other:
            other.sendall(request("GET", "/login"))
            assert status_of(rest_of(other)) == 200
        line.sendall(b"a" * 24)
        assert status_of(rest_of(line)) == 403


def test_whoever_leaves_during_an_answer_leaves_no_traceback(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    key = f"Authorization: Bearer {served.key('acme-cardio')}"
    target = _large_message(served, key)
    with caplog.at_level(logging.DEBUG):
        for _ in range(5):
            with _narrow(served, BUSY) as line:
                line.sendall(request("GET", target, key))
                assert line.recv(100).startswith(b"HTTP/1.1 200")
        _until(lambda: len(served.server.keeper) == 0)
        assert served.ask(request("GET", target, key)).endswith(LARGE)
    assert [each for each in caplog.records if each.levelno >= logging.WARNING or each.exc_info] == []


def at_once(what: Callable[[], None]) -> None:
    """The next turn of the event loop, which is now."""
    what()


class _Guest:
    """A connection that only remembers whether it has been let go of."""

    stand = Activity.AT_WORK
    is_known = gone = False

    def __init__(self, address: str) -> None:
        self.address = address

    def look(self, now: float) -> None: ...

    def give_way(self) -> None:
        self.gone = True


def _narrow(served: Served, source: str) -> socket.socket:
    """Return a connection that takes little until it is read."""
    line = socket.socket()
    line.settimeout(PATIENCE_SECONDS)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    line.bind((source, 0))
    line.connect(("127.0.0.1", served.port))
    return line


def _large_message(served: Served, key: str) -> str:
    """Hand in a large message; return where its bytes can be fetched."""
    fields = (key, f"Content-Length: {len(LARGE)}")
    taken = served.ask(request("POST", "/inbound/acme-cardio", *fields, body=LARGE))
    return str(json.loads(taken.partition(b"\r\n\r\n")[2])["status"]) + "/raw"


def _end(turns: Turns, turn: Turn) -> None:
    turns.worked(turn)
    turns.left(turn)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
