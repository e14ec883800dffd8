"""A real hub on a temporary data directory: what a partner hands in, and what a reader of the log then sees."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Row, select

from hub.bootstrap import Hub, open_hub
from hub.business.orders.model import OrderSummary
from hub.business.orders.pages import OrderHead
from hub.business.orders.store import find_orders, list_orders
from hub.exchange import mailbox, messages, replay
from hub.exchange.model import Filters, MessageDetail, MessageRow
from hub.exchange.overdue import mark_overdue
from hub.flow.delivering import Deliverer, transports
from hub.flow.receiving import kept_of_refused
from hub.flow.rules import Rules
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.scope import EVERYONE, Scope
from hub.platform import jobs
from hub.platform.at_rest import own_folder
from hub.platform.database import open_database
from hub.platform.settings import Settings
from hub.transport.folder import FolderWatcher
from hub.transport.hand import SETTLED_AFTER_SECONDS
from tests.flow.wire import Sent
from tests.stored import FrozenClock, order_of

ACME = "acme-cardio"
T = TypeVar("T")


class AtWork:
    """A hub whose work is done when a call returns: nothing runs in between, so nothing depends on time."""

    _rules: Rules | None = None

    def __init__(self, data: Path, clock: FrozenClock, template: Path, overlay: Path | None = None) -> None:
        own_folder(data)
        shutil.copy(template, data / "hub.db")
        self.data, self.clock, self.overlay = data, clock, overlay
        self._loop = asyncio.Runner()
        self.hub = self._open()

    @property
    def folders(self) -> Path:
        return self.hub.settings.folders_root

    def _open(self) -> Hub:
        """Open the hub; with our own configuration its rules are compiled once for all tests: they keep no state."""
        settings = Settings(data=self.data, config_path=str(self.overlay) if self.overlay else None)
        if self.overlay is None and AtWork._rules is not None:
            return Hub(settings, self.clock, open_database(self.data), AtWork._rules)
        opened = open_hub(settings, self.clock)
        if self.overlay is None:
            AtWork._rules = opened.rules
        return opened

    def reopen(self) -> None:
        """Start again, as after a change of the configuration or a crash."""
        self.wait(self.hub.database.close())
        self.hub = self._open()

    def close(self) -> None:
        self.wait(self.hub.database.close())
        self._loop.close()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run(work)

    def take_in(self, body: bytes, partner: str = ACME, **more: str) -> str:
        """Receive and no more; return the id of the message."""
        return self.wait(self.hub.receive(partner, body, transport="http", **more)).message_id

    def work(self) -> None:
        """Process what waits."""
        self.wait(self.hub.runner.drain())

    def send(self, body: bytes, partner: str = ACME, **more: str) -> MessageDetail:
        """Receive and process; return what the log shows."""
        message = self.take_in(body, partner, **more)
        self.work()
        return self.detail(message)

    def replay(self, message: str) -> MessageDetail:
        """Ask for a replay as a person does, and process it."""
        now = self.clock.now()
        asked = self.hub.database.write_now(
            lambda conn: replay.ask_replay(conn, EVERYONE, message, actor="person:ada", reason="mended", now=now)
        )
        assert asked
        self.work()
        return self.detail(message)

    def dealt_with(self, message: str) -> None:
        """Take the message from the head of the log, as a person does."""
        now = self.clock.now()
        assert self.hub.database.write_now(
            lambda conn: messages.dismiss(conn, EVERYONE, message, actor="person:ada", now=now)
        )

    def detail(self, message: str) -> MessageDetail:
        found = self.hub.database.read_now(lambda conn: messages.message_detail(conn, EVERYONE, message))
        assert found is not None
        return found

    def log(self, **filters: Any) -> list[MessageRow]:
        """Return the message log, what needs attention first."""
        wanted = Filters(**filters)
        return self.hub.database.read_now(
            lambda conn: messages.list_messages(conn, EVERYONE, wanted, limit=messages.PAGE_MAX).items
        )

    def found(self, text: str, scope: Scope = EVERYONE) -> set[tuple[str, str]]:
        """Return what the search box finds: kind of key and id of message."""
        hits = self.hub.database.read_now(lambda conn: messages.search(conn, scope, text))
        return {(hit.key.kind, hit.message.id) for hit in hits}

    def orders(self, partner: str = ACME, number: str | None = None) -> list[OrderSummary]:
        if number is not None:
            return self.hub.database.read_now(lambda conn: find_orders(conn, EVERYONE, partner, number))
        return self.hub.database.read_now(lambda conn: list_orders(conn, EVERYONE, limit=200).items)

    def order(self, number: str, partner: str = ACME, **which: Any) -> OrderHead:
        found = self.hub.database.read_now(lambda conn: order_of(conn, partner, number, **which))
        assert found is not None
        return found

    def answers(self, message: str) -> list[Sent]:
        """Return what we wrote because of one message, in the order written."""
        return [self._sent(row.id) for row in sorted(self.detail(message).answers, key=lambda row: row.id)]

    def sent(self, partner: str = ACME) -> list[Sent]:
        """Return all we ever wrote to the partner, in the order of its control numbers."""
        rows = self.log(direction="out", partner=partner)
        return sorted((self._sent(row.id) for row in rows), key=lambda each: each.number)

    def stored(self, message: str) -> bytes:
        """Return the bytes of a message as they are kept."""
        return self._sent(message).body

    def waiting(self, partner: str = ACME) -> list[str]:
        """Return the ids in the partner's mailbox."""
        page = self.hub.database.read_now(lambda conn: mailbox.waiting(conn, EVERYONE, partner, limit=200))
        return [item.id for item in page.items]

    def fetch_all(self, partner: str = ACME) -> list[str]:
        """Empty the mailbox as the partner's system does; return what was in it."""
        ids = self.waiting(partner)
        now = self.clock.now()
        for each in ids:
            self.hub.database.write_now(
                lambda conn, each=each: mailbox.received(conn, EVERYONE, partner, each, now=now)  # type: ignore[misc]
            )
        return ids

    def backlog(self) -> jobs.Backlog:
        return self.hub.database.read_now(jobs.backlog)

    def jobs(self) -> list[Row[Any]]:
        """Return what still waits to be done, with its attempts and why the last one failed."""
        return self.hub.database.read_now(lambda conn: list(conn.execute(select(jobs.job).order_by(jobs.job.c.id))))

    def look_at_the_clock(self) -> None:
        """Do the housekeeping that notices what is late."""
        now = self.clock.now()
        self.hub.database.write_now(lambda conn: mark_overdue(conn, now=now))

    def drop(self, name: str, body: bytes, partner: str) -> Path:
        """Put a file into the partner's folder, complete."""
        self.hub.places.prepare([partner])
        path = self.hub.places.inbox(partner) / name
        path.write_bytes(body)
        return path

    def sweep(self) -> int:
        """Take what lies in the folders, and process it."""
        watcher = FolderWatcher(
            self.hub.places,
            self.hub._folder_partners,
            self.hub.receive,
            limit_bytes=self.hub.settings.body_bytes_max,
            clock=lambda: 2_000_000_000 + SETTLED_AFTER_SECONDS,
            blots=kept_of_refused,
            tell_aside=self.hub.file_refused,
        )
        taken = self.wait(watcher.sweep())
        self.work()
        return taken

    def deliver(self) -> None:
        """Hand over what is due."""
        deliverer = Deliverer(self.hub.services, transports(self.hub.places))

        async def until_nothing_is_due() -> None:
            while await deliverer._deliver_due():
                pass

        self.wait(until_nothing_is_due())

    def fetched_folder(self, partner: str) -> list[Sent]:
        """Return what the partner finds in its folder, by name."""
        return [Sent(path.name, path.read_bytes()) for path in sorted(self.hub.places.outbox(partner).iterdir())]

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    def _sent(self, message: str) -> Sent:
        row = self.detail(message).message
        return Sent(message, self.hub.database.read_now(lambda conn: self.hub.blobs.get(conn, row.sha256)))


def findings(detail: MessageDetail) -> list[Diagnostic]:
    """Return all that was found about a message: its envelopes first, then its documents."""
    return [*detail.findings, *(finding for document in detail.documents for finding in document.findings)]


def codes(detail: MessageDetail) -> set[str]:
    return {finding.code for finding in findings(detail)}


def assert_each_finding_helps(detail: MessageDetail) -> None:
    """Every finding has a code, a place and a remedy."""
    for finding in findings(detail):
        assert finding.code, finding
        assert str(finding.location), finding
        assert finding.remedy, finding
