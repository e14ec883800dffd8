"""The doors by which a file from the field may come: over HTTP, and by folder. Each is a hub that serves, on one day.

The hub is the one that ``hub serve`` runs, with its process beside, its runner and its transports; only its clock
stands at the day on which the cases were written, so that what they order stays in the future.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import httpx
import uvicorn

from hub.access.keys import make_key
from hub.bootstrap import Hub, open_hub
from hub.business.orders.model import OrderSummary
from hub.business.orders.store import find_orders
from hub.business.rooms import RIGHTS
from hub.exchange import messages
from hub.exchange.model import Filters, MessageDetail
from hub.kernel.scope import EVERYONE
from hub.platform.settings import Settings
from hub.web.app import create_app
from tests.flow.overlay import change
from tests.flow.wire import Sent
from tests.stored import FrozenClock

SCOPES = RIGHTS.of_keys

ACME = "acme-cardio"
DAY = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
PATIENCE_SECONDS = 60.0
T = TypeVar("T")


class Door:
    """A hub that serves, and one way into it: given bodies, it returns the ids of their messages."""

    def __init__(self, hub: Hub, hand_in: Callable[[Sequence[bytes]], list[str]]) -> None:
        self.hub = hub
        self._hand_in = hand_in

    def send_all(self, bodies: Sequence[bytes]) -> list[MessageDetail]:
        """Hand in ``bodies`` one after the other as the partner does; wait until the hub has come to its end."""
        return [
            _patiently(lambda: self._finished(message), f"no end to message {message}")  # noqa: B023 - called at once
            for message in self._hand_in(bodies)
        ]

    def answers(self, detail: MessageDetail) -> list[Sent]:
        """Return what the hub wrote because of a message, in the order written."""
        return [self._sent(row.id) for row in sorted(detail.answers, key=lambda row: row.id)]

    def detail(self, message: str) -> MessageDetail:
        found = self.hub.database.read_now(lambda conn: messages.message_detail(conn, EVERYONE, message))
        assert found is not None
        return found

    def found(self, text: str) -> set[str]:
        """Return the ids of the messages that the search box finds."""
        return {
            hit.message.id for hit in self.hub.database.read_now(lambda conn: messages.search(conn, EVERYONE, text))
        }

    def orders(self, number: str) -> list[OrderSummary]:
        return self.hub.database.read_now(lambda conn: find_orders(conn, EVERYONE, ACME, number))

    def _finished(self, message: str) -> MessageDetail | None:
        detail = self.detail(message)
        return detail if detail.message.stage == "finished" or detail.message.outcome == "held" else None

    def _sent(self, message: str) -> Sent:
        row = self.detail(message).message
        return Sent(message, self.hub.database.read_now(lambda conn: self.hub.blobs.get(conn, row.sha256)))


def by_http(hub: Hub, url: str) -> Door:
    """Return the door of a partner's system that posts."""
    key = hub.database.write_now(lambda conn: make_key(conn, ACME, now=DAY, actor="test", scopes=SCOPES, label="cases"))

    def hand_in(bodies: Sequence[bytes]) -> list[str]:
        with httpx.Client(headers={"authorization": f"Bearer {key}"}, timeout=PATIENCE_SECONDS) as client:
            told = [client.post(f"{url}/inbound/{ACME}", content=body) for body in bodies]
        assert {each.status_code for each in told} <= {200, 202}
        return [str(each.json()["message"]) for each in told]

    return Door(hub, hand_in)


def by_folder(hub: Hub) -> Door:
    """Return the door of a partner's system that drops files."""
    inbox = hub.places.inbox(ACME)
    dropped = 0

    def hand_in(bodies: Sequence[bytes]) -> list[str]:
        nonlocal dropped
        names = [f"case-{dropped + at:03d}.edi" for at in range(len(bodies))]
        dropped += len(bodies)
        _drop_all(inbox, names, bodies)
        return [_patiently(lambda: _arrived(hub, name), f"{name} was not taken") for name in names]  # noqa: B023

    return Door(hub, hand_in)


def _drop_all(inbox: Path, names: Sequence[str], bodies: Sequence[bytes]) -> None:
    """Put files where they are taken, all in one instant: a sweep between two of them would take them in two turns.

    They seem to have lain there for an hour, each a second less than the one before: the oldest goes first.
    """
    filled, emptied = inbox.with_name("filled"), inbox.with_name("emptied")
    filled.mkdir()
    for at, (name, body) in enumerate(zip(names, bodies, strict=True)):
        (filled / name).write_bytes(body)
        written = time.time() - 3600 + at
        os.utime(filled / name, (written, written))
    inbox.rename(emptied)
    filled.rename(inbox)
    emptied.rmdir()


def _arrived(hub: Hub, name: str) -> str | None:
    wanted = Filters(direction="in", q=name)
    page = hub.database.read_now(lambda conn: messages.list_messages(conn, EVERYONE, wanted, limit=messages.PAGE_MAX))
    return next((row.id for row in page.items if row.file_name == name), None)


def _patiently(look: Callable[[], T | None], otherwise: str) -> T:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.01)
    raise AssertionError(otherwise)


@contextmanager
def served(data: Path, *, by: str) -> Iterator[Door]:
    """Serve a hub on ``data`` until the end, with the door ``by``: "http" or "folder"."""
    overlay = data / "configuration"
    if by == "folder":
        change(overlay, f"partners/{ACME}/partner.toml", 'kind = "mailbox" ', 'kind = "folder"  ')
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        settings = Settings(data=data / "data", config_path=str(overlay) if by == "folder" else None)
        hub = open_hub(settings, FrozenClock(DAY))
        server = uvicorn.Server(uvicorn.Config(create_app(hub), lifespan="on", log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        try:
            _patiently(lambda: server.started or None, "the hub did not start")
            yield by_http(hub, url) if by == "http" else by_folder(hub)
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)
