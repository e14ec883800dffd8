"""What has arrived of a body counts, never what was promised; nobody's promise or bulk keeps another's order out."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hub.platform.blobs import INCOMING, INLINE_BYTES_MAX, Blobs
from hub.platform.database import Database
from hub.platform.settings import Settings
from hub.web.door.limits import ConnectionLimits
from tests.security.served import PATIENCE_SECONDS, Served, request, serving, status_of
from tests.stored import FrozenClock
from tests.web.samples import ORDER
from tests.web.small_hub import OTHER

MIB = 1024 * 1024
PARTNERS = ("acme-cardio", OTHER)


@pytest.fixture
def served(tmp_path: Path, sqlite_database: Database, clock: FrozenClock) -> Iterator[Served]:
    settings = Settings(data=tmp_path, body_bytes_max=20 * MIB, waiting_bytes_max=40 * MIB)
    with serving(tmp_path, sqlite_database, clock, ConnectionLimits(), settings) as found:
        yield found


def head(key: str, partner: str, *fields: str, keep: bool = False) -> bytes:
    return request("POST", f"/inbound/{partner}", f"Authorization: Bearer {key}", *fields, keep=keep)


def send(served: Served, key: str, partner: str, body: bytes) -> int | None:
    return status_of(served.ask(head(key, partner, f"Content-Length: {len(body)}") + body))


@pytest.mark.parametrize("promised", [64 * 1024, MIB, 19 * MIB, 20 * MIB])
@pytest.mark.parametrize("begun", [0, 1, 1_000])
def test_promises_alone_hold_nothing(served: Served, promised: int, begun: int) -> None:
    keys = {name: served.key(name) for name in PARTNERS}
    with ExitStack() as stack:
        for name, key in keys.items():
            for _ in range(20):
                line = stack.enter_context(served.line())
                line.sendall(head(key, name, f"Content-Length: {promised}", keep=True) + b"I" * begun)
        for n, name in enumerate(PARTNERS):
            assert send(served, keys[name], name, ORDER + b" " * n) == 202
            assert send(served, keys[name], name, b"ISA*" + b"x" * (2 * MIB) + b"%d" % n) == 202


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("hogs", [1, 3])
def test_bulk_of_one_partner_leaves_room_for_another_also_when_it_does_not_say_its_size(
    served: Served, chunked: bool, hogs: int
) -> None:
    key, victim = served.key(PARTNERS[0]), served.key(PARTNERS[1])
    fields = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {20 * MIB}"
    piece = b"x" * MIB
    framed = b"%x\r\n" % MIB + piece + b"\r\n" if chunked else piece
    with ExitStack() as stack:
        lines = [stack.enter_context(served.line()) for _ in range(hogs)]
        for line in lines:
            line.sendall(head(key, PARTNERS[0], fields, keep=True))
        refused = [_fill(line, framed, 19) for line in lines]
        on_disk = sum(file.stat().st_size for file in (served.hub.settings.data / "blobs" / INCOMING).iterdir())
        assert on_disk <= 20 * MIB + hogs * 64 * 1024
        assert set(refused) <= {None, 429}
        assert send(served, victim, PARTNERS[1], ORDER) == 202
        assert send(served, victim, PARTNERS[1], b"ISA*" + b"y" * (8 * MIB)) == 202
        assert send(served, key, PARTNERS[0], ORDER) == 202  # a small one of its own too


@pytest.mark.parametrize(
    "stated",
    ["20971521", "99999999", "1000000000000", "999999999999999999", "9223372036854775807", "18446744073709551615"],
)
def test_a_stated_length_beyond_the_limit_is_answered_413_before_anything_is_read(served: Served, stated: str) -> None:
    key = served.key(PARTNERS[0])
    assert status_of(served.ask(head(key, PARTNERS[0], f"Content-Length: {stated}"))) == 413


@pytest.mark.parametrize("stated", ["-1", "1.0", "0x10", "1e3", "+5", "5 5", "99999999999999999999", "nine", "", "٣"])
def test_a_length_that_is_none_is_answered_400(served: Served, stated: str) -> None:
    key = served.key(PARTNERS[0])
    assert status_of(served.ask(head(key, PARTNERS[0], f"Content-Length: {stated}"))) in (400, 413)


@pytest.mark.parametrize("size", [0, 1, 1_000, INLINE_BYTES_MAX, INLINE_BYTES_MAX + 1, 3 * MIB])
def test_of_a_body_that_breaks_off_nothing_remains(served: Served, size: int) -> None:
    key = served.key(PARTNERS[0])
    with served.line() as line:
        line.sendall(head(key, PARTNERS[0], f"Content-Length: {size + 1}", keep=True) + b"x" * size)
    incoming = served.hub.settings.data / "blobs" / INCOMING
    _until(lambda: len(served.server.keeper) == 0 and not (incoming.is_dir() and any(incoming.iterdir())))
    assert send(served, key, PARTNERS[0], ORDER) == 202


def test_a_start_removes_what_a_killed_hub_was_being_sent(tmp_path: Path) -> None:
    store = Blobs(tmp_path)
    with store.upload() as upload:
        upload.write(b"x" * (INLINE_BYTES_MAX + 1))
        [left] = (tmp_path / INCOMING).iterdir()
        assert store.sweep_uploads(left.stat().st_mtime - 1) == 0
        assert store.sweep_uploads(time.time() + 1) == 1
        assert not left.exists()


def test_sweeping_reaches_every_file_in_its_turn(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.platform.blobs.SWEEP_FILES_MAX", 3)
    store = Blobs(tmp_path)
    for n in range(10):
        store.keep(b"x" * (INLINE_BYTES_MAX + 1) + b"%d" % n)
    later = time.time() + 10_000
    removed = [sqlite_database.read_now(lambda conn: store.sweep(conn, now=later)) for _ in range(4)]
    assert removed == [3, 3, 3, 1]


def _fill(line: socket.socket, piece: bytes, times: int) -> int | None:
    """Send ``piece`` so often, or until the hub answers; return what it said."""
    line.settimeout(2.0)
    try:
        for _ in range(times):
            line.sendall(piece)
    except OSError:
        pass
    line.settimeout(0.5)
    try:
        return status_of(line.recv(10_000))
    except OSError:  # it is waiting for more, or has cut the line
        return None


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
