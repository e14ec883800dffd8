"""The one place where parts are put together: which database, which clock, which runner, which ways in and out.

``open_hub`` gives a hub whose tables and configuration are read and checked; ``start`` sets it working. A hub that is
not started answers questions and takes messages in, which is what commands and tests need.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog
from msgspec.structs import asdict, replace
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection

from hub.access import keys, people
from hub.access.shared_secrets import SecretRing
from hub.business.rooms import ROOMS
from hub.exchange import budgets, outbox, stopped, waiting
from hub.exchange.budgets import Budgets, limit_of
from hub.exchange.intake import (
    PROCESS,
    PROCESS_LARGE,
    SAME_BYTES_WINDOW,
    Accepted,
    Incoming,
    accept_all,
    forget_recent,
    stored_amount,
)
from hub.exchange.messages import find_message
from hub.exchange.model import DocumentRow, RefusedFileRow
from hub.exchange.overdue import mark_overdue
from hub.exchange.partners import Partner, Partners
from hub.exchange.refused_files import put_refused_file
from hub.exchange.stopped import Lane
from hub.exchange.unfetched import call_for_unfetched
from hub.exchange.weights import Amount
from hub.flow.agreements import AgreedDocument, agreed_documents
from hub.flow.delivering import Deliverer, transports
from hub.flow.inbound import Processing
from hub.flow.large import LARGE_AT_ONCE, LargeInSubprocess
from hub.flow.origins import origins_of
from hub.flow.readers import ReadInSubprocess
from hub.flow.receiving import kept_content_type, kept_of_refused, nothing_behind, require_signed, without_secrets
from hub.flow.rules import Rules
from hub.flow.services import Services
from hub.flow.syntaxes import warm_up
from hub.flow.tasks import give_up
from hub.flow.viewing import view_of
from hub.flow.views import View
from hub.kernel.clock import Clock, SystemClock
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.errors import Misconfigured, Unavailable
from hub.kernel.identity import new_id
from hub.kernel.scope import EVERYONE
from hub.mapping.provenance import Origin
from hub.platform import jobs, schema
from hub.platform.at_rest import own_folder
from hub.platform.blobs import HEAD_BYTES, INLINE_BYTES_MAX, Blobs, Redaction
from hub.platform.coalesced import CoalescedWrites
from hub.platform.configuration import find_configuration
from hub.platform.database import Database, open_database
from hub.platform.ownership import Ownership
from hub.platform.runner import Runner
from hub.platform.server_key import server_key
from hub.platform.settings import Settings
from hub.platform.soundness import database_fault, storage_fault
from hub.platform.supervision import Loop
from hub.platform.telemetry import Metrics
from hub.transport import folder
from hub.transport.aside import RefusedFile
from hub.transport.hand import READABLE_AGAIN
from hub.transport.moving import move_in
from hub.transport.places import Places
from hub.web.hub import Check, Link

HOUSEKEEPING_SECONDS = 15.0  # clocks of acknowledgements are in minutes; gauges are scraped every 15 to 60 seconds
ORPHANS_EVERY = 240  # rounds: an hour
TAKEN_IN_AT_ONCE = 64  # messages of one write: what comes while the writer is busy for a tenth of a second
LINKS_REMEMBERED_FROM = 1_000  # places of one document; fewer are found again in milliseconds
LINKS_REMEMBERED_MAX = 2  # documents: 20,000 lines have 100,000 places, some 15 MB
ARRIVALS_WAITING_MAX = 4_000  # some seconds of intake; whoever comes then is better told "later"

log = structlog.get_logger("hub.bootstrap")


class Hub:
    """One hub: what the web shows, commands ask and transports feed."""

    def __init__(self, settings: Settings, clock: Clock, database: Database, rules: Rules) -> None:
        self.settings = settings
        self.clock = clock
        self.database = database
        self.rules = rules
        redaction = Redaction(blotted=without_secrets, behind=nothing_behind, key=server_key(settings.data))
        self.blobs = Blobs(settings.data / "blobs", redaction)
        self.secrets = SecretRing(database, clock)
        self.places = Places(settings.folders_root)
        self.metrics = Metrics()
        self.budgets = Budgets(self._budget_of)
        self.services = Services(rules, clock, database, self.blobs, self.budgets, self.metrics)
        worker = f"{socket.gethostname()}:{os.getpid()}"
        processing = Processing(self.services)
        self.runner = Runner(
            database,
            {PROCESS: processing.whole, PROCESS_LARGE: processing.in_portions},
            clock,
            worker=worker,
            aside={PROCESS_LARGE: LARGE_AT_ONCE},
            not_before=lambda: self.services.reader.ready(),
            on_dead=self._tell_of_dead_job,
            on_fault=self.metrics.count_loop_fault,
        )
        self._links: OrderedDict[tuple[str, int, str | None], list[Link]] = OrderedDict()
        self._arrivals: CoalescedWrites[Incoming, Accepted] = CoalescedWrites(
            database, accept_all, most=TAKEN_IN_AT_ONCE, waiting_max=ARRIVALS_WAITING_MAX
        )
        self._over: set[str] = set()  # partners over their budgets at the last look
        self._loops: list[Loop] = []
        self._rounds = 0
        self._given_up = 0  # jobs, at the last look
        self._lanes: dict[str, Lane] = {}  # stopped deliveries, at the last look
        self._watcher: folder.FolderWatcher | None = None
        self._ownership: Ownership | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def partners(self) -> Partners:
        return self.rules.partners

    @property
    def registry(self) -> CollectorRegistry:
        return self.metrics.registry

    def own(self) -> None:
        """Take the embedded database for this process alone, as whoever serves it must.

        Raises ``Misconfigured`` when another hub serves the data directory. PostgreSQL may serve many hubs.
        """
        if self.database.sqlite_path is not None and self._ownership is None:
            self._ownership = Ownership(self.database.sqlite_path.parent)

    async def start(self) -> None:
        """Begin the work behind the intake: the runner, the deliveries, the folders, the clocks."""
        self.own()
        if self._ownership is not None:
            await self.database.write(partial(_take_over, now=self.clock.now()))
            await asyncio.to_thread(self.blobs.sweep_uploads, time.time())  # whoever sent them has gone with our death
        await asyncio.to_thread(self._prepare_folders)
        watcher = self._watcher = folder.FolderWatcher(
            self.places,
            self._folders_taken,
            self.receive,
            limit_bytes=self.settings.body_bytes_max,
            clock=time.time,
            blots=kept_of_refused,
            tell_aside=self.file_refused,
        )
        if self.settings.redis_url:
            log.warning("HUB_REDIS_URL is set, and this version has no workers of their own: jobs run in this process")
        if self.settings.reader_process:
            self.services.reader = reader = ReadInSubprocess(
                self.settings.config_path,
                log_level=self.settings.log_level,
                account=self.settings.reader_account,
            )
            await reader.start()
            self.services.large = LargeInSubprocess(
                self.rules,
                self.settings.config_path,
                log_level=self.settings.log_level,
                account=self.settings.reader_account,
            )
        await asyncio.to_thread(warm_up, self.rules, ROOMS)
        self.runner.start()
        supervised = partial(Loop, on_fault=self.metrics.count_loop_fault)
        own = [
            supervised("deliveries", Deliverer(self.services, transports(self.places)).step),
            supervised("folders", watcher.sweep, every_seconds=folder.SWEEP_SECONDS),
            supervised("housekeeping", self._keep_house, every_seconds=HOUSEKEEPING_SECONDS),
        ]
        self._loops = [*self.runner.loops, *own]
        self._tasks = [asyncio.create_task(each.run()) for each in own]

    async def stop(self) -> None:
        """Let what is under way finish, then let go of everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.runner.stop()
        await self.services.reader.close()
        await self.services.large.close()
        await self.database.close()
        if self._ownership is not None:
            self._ownership.release()
            self._ownership = None

    async def intake(self, incoming: Incoming) -> Accepted:
        """Make ``incoming`` durable, then return; a message that came before gets its first answers again.

        Raises ``Conflict`` for an idempotency key that came with other bytes, ``Unavailable`` when nothing was stored.
        """
        partner = self.partners.get(incoming.partner)
        window = partner.same_bytes_window if partner else SAME_BYTES_WINDOW
        called = kept_content_type(incoming.content_type)
        accepted = await self._arrivals.ask(replace(incoming, content_type=called, same_bytes_window=window))
        self.budgets.count(incoming.partner, stored_amount(accepted, incoming.body.size_bytes), self.clock.now())
        answer = "duplicate" if accepted.duplicate else "accepted"
        self.metrics.received.labels(incoming.partner, incoming.transport, answer).inc()
        return accepted

    async def receive(
        self,
        partner: str,
        body: bytes,
        *,
        transport: str,
        file_name: str | None = None,
        content_type: str | None = None,
        idempotency_key: str | None = None,
    ) -> Accepted:
        """Take in a whole body. ``Unavailable`` over the budget, ``RefusedBody`` if it has to be signed and is not."""
        if (wait := self.over_budget(partner)) is not None:
            raise Unavailable(f"{partner} is over its budget", retry_after_seconds=wait)
        await require_signed(self.secrets, partner, self.partners.get(partner), body[:HEAD_BYTES])
        small = len(body) <= INLINE_BYTES_MAX  # hashed in less than a hop to a thread takes, and in the order given
        kept = self.blobs.take_in(body) if small else await asyncio.to_thread(self.blobs.take_in, body)
        return await self.intake(
            Incoming(
                id=new_id(),
                partner=partner,
                transport=transport,
                body=kept,
                received_at=self.clock.now(),
                content_type=content_type,
                file_name=file_name,
                idempotency_key=idempotency_key,
            )
        )

    async def file_refused(self, file: RefusedFile) -> None:
        """Put on record that a file is set aside. ``Unavailable`` when it cannot be written down now."""
        known = {name: getattr(file, name) for name in ("id", "partner", "name", "reason")}
        row = RefusedFileRow(**known, at=self.clock.now(), **asdict(file.kept))
        if await self.database.write(lambda conn: put_refused_file(conn, row)):
            self.metrics.count_set_aside(file.partner)

    def over_budget(self, partner: str) -> float | None:
        """Return for how many seconds nothing is taken from the partner: it has stored what it may in a day."""
        wait = self.budgets.wait(partner, self.clock.now())
        return None if wait is None else max(1.0, wait.total_seconds())

    def _budget_of(self, partner_id: str) -> Amount:
        return limit_of(self.partners.get(partner_id), self.settings)

    async def look_at_budgets(self) -> None:
        """Read what partners have stored, and log who is over its budget by now; ``checks`` says it as well."""
        now = self.clock.now()
        self.budgets.begin_reading()
        self.budgets.read(await self.database.read(partial(budgets.spent, now=now)))
        over = self.budgets.over(now)
        for partner in sorted(over - self._over):
            log.warning("partner over its budget: nothing more is taken from it", partner=partner)
        for partner in sorted(self._over - over):
            log.info("partner within its budget again", partner=partner)
        self._over = over

    def agreed(self, partner: Partner) -> list[AgreedDocument]:
        """Return which documents go which way with the partner, by which map and schema."""
        return agreed_documents(partner, self.rules)

    def view(
        self,
        body: bytes,
        document: DocumentRow | None,
        findings: Sequence[Diagnostic],
        *,
        first: int = 1,
        cut: bool = False,
    ) -> View:
        """Return ``body`` for people: ``document`` from its place ``first`` on; ``cut``: there is more of it."""
        return view_of(body, document, findings, self.rules, first=first, cut=cut)

    async def provenance(self, document: DocumentRow) -> list[Link]:
        """Return where on the wire each canonical field of ``document`` stands; nothing when no map read it.

        Read page by page, a long one is worked out once.
        """
        key = (document.message, document.position, document.map_digest)
        if key in self._links:
            self._links.move_to_end(key)
            return self._links[key]

        def body_of(conn: Connection) -> bytes:
            row = find_message(conn, EVERYONE, document.message)
            return self.blobs.get(conn, row.sha256) if row else b""

        body = await self.database.read(body_of)
        origins = await asyncio.to_thread(origins_of, document, body, self.rules)
        links = await asyncio.to_thread(_links, origins)
        if len(links) > LINKS_REMEMBERED_FROM:
            self._links[key] = links
            while len(self._links) > LINKS_REMEMBERED_MAX:
                self._links.popitem(last=False)
        return links

    async def checks(self) -> list[Check]:
        """Look at everything the hub needs to work."""
        at_fault = [f"{name}: {fault}" for name, fault in self.partners.faults.items()]
        at_fault += await asyncio.to_thread(self._folders_stopped)
        at_fault += [
            f"{each.partner}: what it is owed waits since {each.since:%Y-%m-%d %H:%M} UTC: {each.reason}"
            for each in self._lanes.values()
        ]
        given_up = f"{self._given_up} given up" if self._given_up else None
        over = ", ".join(sorted(self.budgets.over(self.clock.now())))
        faults = {
            "database": await database_fault(self.database),
            "storage": await storage_fault(
                self.settings.data, self.settings.folders_root if self._folder_partners() else None
            ),
            "reader": self.services.reader.fault or self.services.large.fault,
            **{each.name: each.fault for each in self._loops},
        }
        return [
            *(Check(name=name, ok=fault is None, detail=fault) for name, fault in faults.items()),
            # One partner's file or one message stops nobody else: it is said, and the hub goes on taking in.
            Check(name="partners", ok=True, detail="; ".join(at_fault) or None),
            Check(name="jobs given up", ok=True, detail=given_up),
            Check(name="budgets", ok=True, detail=f"nothing more is taken meanwhile from {over}" if over else None),
        ]

    def _folders_taken(self) -> list[str]:
        """Return whose folders are looked into: files of one that is over its budget are left lying."""
        over = self.budgets.over(self.clock.now())
        return [partner for partner in self._folder_partners() if partner not in over]

    def _folder_partners(self) -> list[str]:
        return [
            partner.id for partner in self.partners.all() if any(way.kind == "folder" for way in partner.transports)
        ]

    def _folders_stopped(self) -> list[str]:
        """Return what is in the way of partners' folders now, with what mends it."""
        found = []
        for partner in self._folder_partners():
            try:
                fault = self.places.fault_of(partner)
            except (Misconfigured, OSError) as every:  # of the root: it stops them all
                return [str(every)]
            if fault is not None:
                found.append(f"{partner}: {fault}; remedy: {self.places.remedy(partner, fault)}")
        unreadable = dict(self._watcher.unreadable) if self._watcher else {}
        return found + [f"{partner}: {each}; remedy: {READABLE_AGAIN}" for partner, each in unreadable.items()]

    def _prepare_folders(self) -> None:
        """Make the folders of partners, and move there what lies in those of an earlier version."""
        partners, old = self._folder_partners(), self.settings.data / "folders"
        if not partners and not old.is_dir():
            return
        self.places.prepare([])
        if old.is_dir():
            moved = move_in(old, self.places)
            log.warning(
                "the folders of partners have moved: let their accounts and transfers use the new place",
                before=str(old),
                now=str(self.places.root),
                moved=" ".join(moved.partners),
                left=" ".join(moved.left),
                closed_to_others=" ".join(moved.closed),
            )
        for partner, fault in self.places.prepare(partners).items():
            remedy = self.places.remedy(partner, fault)
            log.error("folder not usable", partner=partner, reason=str(fault), remedy=remedy)

    async def _keep_house(self) -> None:
        """Look at the clocks, count what waits, remove what nobody refers to."""
        round_, self._rounds = self._rounds, self._rounds + 1
        while await self.database.write(self._look_at_clocks, behind=True):
            pass
        await self.look_at_budgets()
        backlog = await self.database.read(jobs.backlog)
        self._given_up = backlog.dead
        self._lanes = await self.database.read(stopped.lanes)
        self.metrics.show_backlog(backlog)
        if round_ % ORPHANS_EVERY == 0:
            await self.database.write(partial(budgets.sweep, now=self.clock.now()))
            await self.database.read(self.blobs.sweep)
            await self.database.write(lambda conn: people.sweep(conn, now=self.clock.now()), behind=True)

    def _look_at_clocks(self, conn: Connection) -> bool:
        """See what is late, and forget what is no longer recent; return whether there may be more to forget."""
        now = self.clock.now()
        mark_overdue(conn, now=now)
        call_for_unfetched(conn, keys.partners_who_fetch(conn, now), now=now)
        self._look_at_waiting(conn, now)
        return forget_recent(conn, now=now)

    def _look_at_waiting(self, conn: Connection, now: datetime) -> None:
        """Call a person to what has waited for too long, and look for what two hubs at once may have missed."""
        waiting.call_for_overdue(conn, now=now)
        for partner in waiting.partners_waiting(conn):
            waiting.message_is_through(conn, partner, now=now)

    def _tell_of_dead_job(self, conn: Connection, job: jobs.Job, why: str) -> None:
        """Call a person to the message whose processing was given up: it will not go on by itself."""
        if job.kind not in (PROCESS, PROCESS_LARGE) or find_message(conn, EVERYONE, job.payload) is None:
            return
        give_up(job, why, conn, self.clock.now())
        waiting.message_is_through(conn, job.owner, now=self.clock.now())


def _links(origins: Sequence[Origin]) -> list[Link]:
    return [Link(**{name: getattr(each, name) for name in Link.__struct_fields__}) for each in origins]


def open_hub(settings: Settings, clock: Clock | None = None) -> Hub:
    """Return the hub of ``settings``: tables brought up to date (SQLite) or checked (PostgreSQL), configuration read.

    Raises ``Misconfigured`` when the database is not of this hub's revision or the configuration cannot be read; a
    partner whose own files are at fault is stopped alone.
    """
    own_folder(settings.data)
    database = open_database(settings.data, settings.database_url)
    try:
        if database.sqlite_path is not None:
            schema.upgrade(database)
        schema.verify(database)
        return Hub(settings, clock or SystemClock(), database, Rules(find_configuration(settings.config_path)))
    except BaseException:
        database.close_now()
        raise


def _take_over(conn: Connection, *, now: datetime) -> None:
    """Take up what a hub that was killed had in hand, without waiting for its leases: it held the data alone."""
    jobs.take_over(conn, now=now)
    outbox.take_over(conn, now=now)
