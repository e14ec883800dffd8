"""What the web asks of the hub that it shows. ``hub.bootstrap`` gives it; tests give a small one.

The web holds no business logic: it reads and writes through the queries of ``exchange`` and ``business``, each under
the caller's scope; only what needs more than a query is asked of the hub itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from prometheus_client import CollectorRegistry

from hub.access.shared_secrets import SecretRing
from hub.exchange.intake import Accepted, Incoming
from hub.exchange.model import DocumentRow
from hub.exchange.partners import Partner, Partners
from hub.flow.agreements import AgreedDocument
from hub.flow.views import View
from hub.kernel.clock import Clock
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.struct import Struct
from hub.platform.blobs import Blobs
from hub.platform.database import Database
from hub.platform.settings import Settings


class Link(Struct):
    """One canonical field and one place on the wire it came from, or went to."""

    path: str  # lines[0].quantity.value
    segment: int  # position in the transaction set, ST = 1
    tag: str
    element: int | None = None
    component: int | None = None
    rule: str | None = None  # file:line of the map
    at: str | None = None  # XPath or JSON pointer, where the wire has no segments
    line: int | None = None


class Check(Struct):
    """One thing ``/readyz`` looks at."""

    name: str
    ok: bool
    detail: str | None = None


class Hub(Protocol):
    """The services behind the pages and the API."""

    @property
    def settings(self) -> Settings: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def database(self) -> Database: ...

    @property
    def blobs(self) -> Blobs: ...

    @property
    def partners(self) -> Partners: ...

    @property
    def secrets(self) -> SecretRing:
        """Which secrets partners sign with."""
        ...

    @property
    def registry(self) -> CollectorRegistry: ...

    async def start(self) -> None:
        """Begin the work behind the intake: the runner, the deliveries, the watchers."""

    async def stop(self) -> None:
        """Let what is under way finish, then let go of everything."""

    def over_budget(self, partner: str) -> float | None:
        """Return for how many seconds nothing is taken from the partner; None: it is within its budget."""

    async def intake(self, incoming: Incoming) -> Accepted:
        """Make ``incoming`` durable, then return.

        Raises ``Conflict`` for an idempotency key that came with other bytes, ``Unavailable`` when nothing was stored.
        """
        ...

    def agreed(self, partner: Partner) -> list[AgreedDocument]:
        """Return which documents go which way with the partner, by which map and schema."""
        ...

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
        ...

    async def provenance(self, document: DocumentRow) -> list[Link]:
        """Return where on the wire each canonical field of ``document`` stands; nothing when no map read it."""
        ...

    async def checks(self) -> list[Check]:
        """Look at everything the hub needs to work."""
        ...
