"""Every phase of a connection has a limit in bytes and in time, and whoever says nothing keeps nobody out."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hub.exchange.messages import list_messages
from hub.kernel.errors import Misconfigured
from hub.kernel.scope import EVERYONE
from hub.platform.database import Database
from hub.web.door.keeper import Activity, Keeper
from hub.web.door.limits import BACKLOG_MAX, DESCRIPTORS_RESERVED, ConnectionLimits, limits_for, room_for
from tests.security.served import PATIENCE_SECONDS, Served, request, rest_of, serving, status_of
from tests.stored import FrozenClock
from tests.web.samples import ORDER

QUICK = ConnectionLimits(head_seconds=0.3, idle_seconds=1, rate_seconds=0.4, linger_seconds=0.2, body_seconds=60.0)


@pytest.fixture
def served(tmp_path: Path, sqlite_database: Database, clock: FrozenClock) -> Iterator[Served]:
    with serving(tmp_path, sqlite_database, clock, ConnectionLimits()) as found:
        yield found


@pytest.fixture
def quick(tmp_path: Path, sqlite_database: Database, clock: FrozenClock) -> Iterator[Served]:
    with serving(tmp_path, sqlite_database, clock, QUICK) as found:
        yield found


@pytest.mark.parametrize(
    ("what", "head"),
    [
        ("a long target", f"GET /healthz?q={'a' * 20_000} HTTP/1.1\r\nHost: hub\r\n\r\n"),
        ("a long value", f"GET /healthz HTTP/1.1\r\nHost: hub\r\nX-A: {'a' * 20_000}\r\n\r\n"),
        ("a long name", f"GET /healthz HTTP/1.1\r\nHost: hub\r\n{'a' * 20_000}: b\r\n\r\n"),
        ("a long cookie", f"GET /messages HTTP/1.1\r\nHost: hub\r\nCookie: {'a=b; ' * 4_000}\r\n\r\n"),
        ("many values", "GET /healthz HTTP/1.1\r\nHost: hub\r\n" + "X-A: b\r\n" * 101 + "\r\n"),
        ("very many values", "GET /healthz HTTP/1.1\r\nHost: hub\r\n" + "X-A: b\r\n" * 100_000 + "\r\n"),
        ("values that add up", "GET /healthz HTTP/1.1\r\nHost: hub\r\n" + f"X-A: {'b' * 900}\r\n" * 20 + "\r\n"),
        ("a value without end", "GET /healthz HTTP/1.1\r\nHost: hub\r\nX-A: " + "b" * 3_000_000),
        ("a target without end", "GET /" + "b" * 3_000_000),
        ("empty lines without end", "\r\n" * 100_000),
        ("a long value of a posted body", f"POST /inbound/a HTTP/1.1\r\nHost: hub\r\nX-A: {'a' * 17_000}\r\n\r\n"),
    ],
)
def test_headers_beyond_16_kib_or_100_fields_are_refused_before_they_are_all_here(
    served: Served, what: str, head: str
) -> None:
    with served.line() as line:
        with contextlib.suppress(ConnectionError):  # it may be cut off while we are sending
            line.sendall(head.encode())
        answered = rest_of(line)
    # who goes on sending after the answer may lose it with the line, and is cut off all the same
    assert status_of(answered) in ((431,) if len(head) < 100_000 else (431, None))
    assert status_of(served.ask(request("GET", "/healthz"))) == 200


def test_a_second_request_with_such_headers_is_not_read_either(served: Served) -> None:
    answered = served.ask(request("GET", "/healthz", keep=True) + b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n")
    assert answered.count(b"HTTP/1.1 ") <= 2
    assert status_of(answered) in (200, 431)  # said, unless the first was still being answered


@pytest.mark.parametrize("size", [1, 100, 4_000, 16_000])
def test_headers_within_the_limit_are_taken_however_they_are_cut(served: Served, size: int) -> None:
    head = request("GET", "/healthz", *(f"X-{n}: {'v' * 150}" for n in range(80)))
    with served.line() as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(head), size):
            line.sendall(head[start : start + size])
        assert status_of(rest_of(line)) == 200


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (b"", None),
        (b"G", 408),
        (b"GET /healthz", 408),
        (b"GET /healthz HTTP/1.1\r\n", 408),
        (b"GET /healthz HTTP/1.1\r\nHost: hub\r\n", 408),
        (b"GET /healthz HTTP/1.1\r\nHost: hub\r\nX-A: ", 408),
        (b"GET /healthz HTTP/1.1\r\nHost: hub\r\nX-A: b\r\n", 408),
        (b"\r\n\r\n", 408),
        (b"POST /login HTTP/1.1\r\nHost: hub\r\nContent-Le", 408),
        (b"OPTIONS * HTTP/1.1\r\n", 408),
    ],
)
def test_headers_that_do_not_come_in_time_are_not_waited_for(quick: Served, start: bytes, status: int | None) -> None:
    assert status_of(quick.ask(start)) == status


def test_headers_that_trickle_are_not_waited_for_either(quick: Served) -> None:
    with quick.line() as line:
        line.settimeout(0.05)
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: hub\r\nX-A: ")
        for _ in range(2_000):
            try:
                line.sendall(b"b")
                if line.recv(10_000).startswith(b"HTTP/1.1 408"):
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
        raise AssertionError("it is waited for without end")


@pytest.mark.parametrize(
    "fields",
    [
        ("Content-Length: 3000",),
        ("Content-Length: 30000000",),
        ("Transfer-Encoding: chunked",),
        ("Content-Length: 3000", "Expect: 100-continue"),
    ],
)
@pytest.mark.parametrize("begun", [b"", b"9\r\nISA*00*  \r\n"])
def test_a_body_that_is_promised_and_does_not_come_is_answered_408(
    quick: Served, fields: tuple[str, ...], begun: bytes
) -> None:
    key = quick.key("acme-cardio")
    head = request("POST", "/inbound/acme-cardio", f"Authorization: Bearer {key}", *fields)
    assert status_of(quick.ask(head + begun)) == 408


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        ("/login", ("Content-Type: application/x-www-form-urlencoded",)),
        ("/language", ("Content-Type: application/x-www-form-urlencoded",)),
        ("/welcome", ("Content-Type: application/x-www-form-urlencoded",)),
    ],
)
def test_a_form_that_does_not_come_is_answered_408(quick: Served, target: str, fields: tuple[str, ...]) -> None:
    assert status_of(quick.ask(request("POST", target, *fields, "Content-Length: 500") + b"csrf=")) == 408


@pytest.mark.parametrize(
    "tail",
    [
        b"0\r\n" + b"X-Trailer: " + b"t" * 40_000,
        b"0\r\n" + b"X-T: t\r\n" * 2_000,
        b"5;" + b"e" * 40_000,
        b"0\r\nContent-Length: 5\r\nAuthorization: Bearer x\r\n" + b"X: y\r\n" * 500,
    ],
)
def test_what_stands_around_the_pieces_of_a_body_has_a_most_too(served: Served, tail: bytes) -> None:
    key = served.key("acme-cardio")
    head = request("POST", "/inbound/acme-cardio", f"Authorization: Bearer {key}", "Transfer-Encoding: chunked")
    assert status_of(served.ask(head + b"5\r\nISA*0\r\n" + tail)) in (400, 431)


def test_headers_after_a_body_change_nothing(served: Served) -> None:
    key = served.key("acme-cardio")
    head = request("POST", "/inbound/acme-cardio", f"Authorization: Bearer {key}", "Transfer-Encoding: chunked")
    body = b"%x\r\n" % len(ORDER) + ORDER + b"\r\n0\r\nX-File-Name: late.edi\r\n\r\n"
    assert status_of(served.ask(head + body)) == 202
    page = served.hub.database.read_now(lambda conn: list_messages(conn, EVERYONE))
    assert [row.file_name for row in page.items] == [None]


@pytest.mark.parametrize("size", [200_000, 5_000_000, 40_000_000])
def test_whoever_sends_a_body_nobody_asked_for_still_sees_the_answer(served: Served, size: int) -> None:
    with served.line() as line:
        line.sendall(request("POST", "/inbound/acme-cardio", f"Content-Length: {size}"))
        with contextlib.suppress(ConnectionError):
            for _ in range(size // 100_000):
                line.sendall(b"x" * 100_000)
        assert status_of(rest_of(line)) in ((401,) if size < 1_000_000 else (401, None))


def test_whoever_does_not_take_its_answer_is_let_go_of(quick: Served) -> None:
    key = f"Authorization: Bearer {quick.key('acme-cardio')}"
    body = b"ISA*" + b"0123456789" * 1_200_000
    taken = quick.ask(request("POST", "/inbound/acme-cardio", key, f"Content-Length: {len(body)}", body=body))
    status = json.loads(taken.partition(b"\r\n\r\n")[2])["status"]
    for keep in (False, True):
        with quick.line() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            line.sendall(request("GET", f"{status}/raw", key, keep=keep))
            _until(lambda: len(quick.server.keeper) == 1)
            _until(lambda: len(quick.server.keeper) == 0)
    assert quick.ask(request("GET", f"{status}/raw", key)).endswith(body)


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("target", ["/healthz", "/outbound/acme-cardio", "/messages"])
def test_whoever_has_said_all_it_wanted_still_hears_the_answer(served: Served, target: str, keep: bool) -> None:
    key = served.key("acme-cardio")
    with served.line() as line:
        line.sendall(request("GET", target, f"Authorization: Bearer {key}", keep=keep))
        line.shutdown(socket.SHUT_WR)
        assert status_of(rest_of(line)) in (200, 303)


def test_a_body_that_ends_too_early_is_taken_for_nothing(served: Served) -> None:
    key = served.key("acme-cardio")
    with served.line() as line:
        fields = (f"Authorization: Bearer {key}", f"Content-Length: {len(ORDER) + 1}")
        line.sendall(request("POST", "/inbound/acme-cardio", *fields) + ORDER)
        line.shutdown(socket.SHUT_WR)
        assert status_of(rest_of(line)) in (None, 400)
    assert served.hub.database.read_now(lambda conn: list_messages(conn, EVERYONE)).items == []


@pytest.mark.parametrize("count", [2, 5, 16])
def test_requests_sent_in_one_go_are_answered_in_their_order(served: Served, count: int) -> None:
    targets = ["/healthz", "/nothing"]
    sent = [request("GET", targets[n % 2], keep=n < count - 1) for n in range(count)]
    answered = served.ask(b"".join(sent)).split(b"HTTP/1.1 ")[1:]
    assert [int(each[:3]) for each in answered] == [200 if n % 2 == 0 else 404 for n in range(count)]


@pytest.mark.parametrize("count", [1, 2, 5, 16])
@pytest.mark.parametrize(
    ("garbage", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"POST /nothing HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: hub\r\nX-A: " + b"a" * 20_000 + b"\r\n\r\n", 431),
    ],
    ids=["no HTTP", "two hosts", "a body that breaks off", "long headers"],
)
@pytest.mark.parametrize("says_no_more", [False, True])
def test_what_was_asked_before_garbage_is_answered_and_the_garbage_behind_it(
    served: Served, count: int, garbage: bytes, status: int, says_no_more: bool
) -> None:
    with served.line() as line:
        line.sendall(request("GET", "/healthz", keep=True) * count + garbage)
        if says_no_more:
            line.shutdown(socket.SHUT_WR)
        answered = rest_of(line).split(b"HTTP/1.1 ")[1:]
    assert [int(each[:3]) for each in answered] == [200] * count + [status]
    assert b"connection: close" in answered[-1]


@pytest.mark.parametrize("count", [40, 400, 10_000])
def test_thousands_of_requests_in_one_go_do_not_pile_up(quick: Served, count: int) -> None:
    with quick.line() as line:
        with contextlib.suppress(ConnectionError):
            line.sendall(request("GET", "/nothing", keep=True) * count)
        assert len(rest_of(line).split(b"HTTP/1.1 ")) <= 40
    assert status_of(quick.ask(request("GET", "/healthz"))) == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET /healthz HTTP/1.1\r\n\r\n", 400),
        ("GET /healthz HTTP/1.0\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost:\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a:port\r\n\r\n", 400),
        ("GET http://evil.example/healthz HTTP/1.1\r\nHost: hub\r\n\r\n", 400),
        ("GET http://hub:81/healthz HTTP/1.1\r\nHost: hub\r\n\r\n", 400),
        ("GET http://a@hub/healthz HTTP/1.1\r\nHost: hub\r\n\r\n", 400),
        ("GET ftp://hub/healthz HTTP/1.1\r\nHost: hub\r\n\r\n", 400),
        ("GET http://hub HTTP/1.1\r\nHost: hub\r\n\r\n", 400),
        ("GET healthz HTTP/1.1\r\nHost: hub\r\n\r\n", 400),
        ("CONNECT hub:80 HTTP/1.1\r\nHost: hub:80\r\n\r\n", 400),
        ("GET * HTTP/1.1\r\nHost: hub\r\n\r\n", 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        ("GET /healthz HTTP/1.1\r\nHost: hub\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: hub\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        ("GET http://hub/healthz HTTP/1.1\r\nHost: HUB\r\nConnection: close\r\n\r\n", 200),
        ("GET http://hub:8000/healthz HTTP/1.1\r\nHost: hub:8000\r\nConnection: close\r\n\r\n", 200),
        ("GET http://[::1]:8000/healthz HTTP/1.1\r\nHost: [::1]:8000\r\nConnection: close\r\n\r\n", 200),
        ("GET /healthz HTTP/1.0\r\nHost: hub\r\n\r\n", 200),
        ("GET /healthz HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", 200),
        ("GET /healthz HTTP/1.1\r\nHost: hub\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", 200),
    ],
)
def test_a_request_names_one_host_and_asks_that_host_alone(served: Served, head: str, status: int) -> None:
    assert status_of(served.ask(head.encode("latin-1"))) == status


class TestManyConnections:
    """A hub that keeps twenty connections, five of an address that is no proxy's."""

    LIMITS = ConnectionLimits(connections=20, address_connections=5)

    @pytest.fixture
    def crowded(self, tmp_path: Path, sqlite_database: Database, clock: FrozenClock) -> Iterator[Served]:
        with serving(tmp_path, sqlite_database, clock, self.LIMITS) as found:
            yield found

    @pytest.mark.parametrize(
        "said",
        [
            b"",
            b"G",
            b"GET /healthz HTTP/1.1\r\n",
            b"GET /healthz HTTP/1.1\r\nHost: hub\r\nX: ",
            b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n",
            b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\nGET",
            b"POST /inbound/x HTTP/1.1\r\nHost: hub\r\nContent-Le",
            b"\r\n",
        ],
    )
    def test_whoever_holds_connections_open_keeps_nobody_out(self, crowded: Served, said: bytes) -> None:
        with ExitStack() as stack:
            for _ in range(60):
                line = stack.enter_context(crowded.line())
                line.sendall(said)
            assert status_of(crowded.ask(request("GET", "/healthz"))) == 200
            assert len(crowded.server.keeper) <= self.LIMITS.connections

    def test_one_address_takes_its_share_and_no_more(self, crowded: Served) -> None:
        with ExitStack() as stack:
            others = [stack.enter_context(crowded.line("127.0.0.3")) for _ in range(3)]
            for line in others:
                line.sendall(request("GET", "/healthz", keep=True))
                assert line.recv(10_000).startswith(b"HTTP/1.1 200")
            for _ in range(40):
                stack.enter_context(crowded.line("127.0.0.2"))
            for line in others:
                line.sendall(request("GET", "/healthz"))
                assert status_of(rest_of(line)) == 200


@pytest.mark.parametrize("descriptors", [160, 200, 256, 512, 1_024, 4_096, 65_536])
def test_files_for_the_rest_of_the_hub_are_left_however_many_connect(descriptors: int) -> None:
    room = room_for(descriptors, 1_000)
    assert room.connections + room.backlog + DESCRIPTORS_RESERVED <= descriptors
    assert room.connections >= 16
    assert room.backlog <= BACKLOG_MAX
    assert limits_for(room).address_connections < room.connections


@pytest.mark.parametrize("descriptors", [0, 20, 64, 128, 150])
def test_a_system_that_allows_too_few_files_is_named_at_the_start(descriptors: int) -> None:
    with pytest.raises(Misconfigured, match="open files"):
        room_for(descriptors)


@pytest.mark.parametrize(
    ("proxies", "address", "trusted"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("10.0.0.0/8", "10.9.8.7", True),
        ("10.0.0.0/8, ::1", "::1", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("*", "11.0.0.1", True),
        ("proxy.example", "11.0.0.1", False),
        ("", "127.0.0.1", False),
        ("127.0.0.1", "", True),
        ("2001:db8::/32", "2001:db8::1", True),
    ],
)
def test_the_share_of_an_address_binds_everybody_but_our_proxies(proxies: str, address: str, trusted: bool) -> None:
    keeper = Keeper(ConnectionLimits(connections=10, address_connections=1), proxies)
    assert [keeper.admit(_Busy(address)) for _ in range(3)] == [True, trusted, trusted]


class _Busy:
    """A connection whose request is under way."""

    is_known = False

    def __init__(self, address: str) -> None:
        self.address = address
        self.stand = Activity.AT_WORK

    def look(self, now: float) -> None: ...

    def give_way(self) -> None: ...


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
