"""A hub small enough for a test: the real database, blobs, partners and guides, and no worker behind them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry

from hub.access.shared_secrets import SecretRing
from hub.exchange.intake import Accepted, Incoming
from hub.exchange.model import DocumentRow
from hub.exchange.partners import Partner, Partners
from hub.flow.agreements import AgreedDocument, agreed_documents
from hub.flow.receiving import nothing_behind, without_secrets
from hub.flow.rules import Rules
from hub.flow.viewing import view_of
from hub.flow.views import View
from hub.kernel.clock import Clock
from hub.kernel.diagnostics import Diagnostic
from hub.platform.blobs import Blobs, Redaction
from hub.platform.configuration import find_configuration
from hub.platform.database import Database
from hub.platform.settings import Settings
from hub.web.hub import Check, Link
from tests.stored import accept

OTHER = "borealis-test"  # a second tenant, so that there is somebody to keep things from


class SmallHub:
    """Fits ``hub.web.hub.Hub``."""

    def __init__(self, data: Path, database: Database, clock: Clock, settings: Settings | None = None) -> None:
        configuration = find_configuration(None)
        self.settings = settings or Settings(data=data)
        self.clock = clock
        self.database = database
        self.blobs = Blobs(
            data / "blobs", Redaction(blotted=without_secrets, behind=nothing_behind, key=b"key of a test")
        )
        self.secrets = SecretRing(database, clock)
        self.partners = Partners({name: _partner(name) for name in ("acme-cardio", OTHER)}, {})
        self.rules = Rules(configuration)
        self.registry = CollectorRegistry()
        self.links: Sequence[Link] = ()
        self.started = False
        self.well = True

    async def start(self) -> None:
        self.started = True

    async def stop(self) -> None:
        self.started = False

    waits: float | None = None

    def over_budget(self, partner: str) -> float | None:
        return self.waits

    async def intake(self, incoming: Incoming) -> Accepted:
        return await self.database.write(lambda conn: accept(conn, incoming))

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
        return view_of(body, document, findings, self.rules, first=first, cut=cut)

    async def provenance(self, document: DocumentRow) -> list[Link]:
        return list(self.links)

    async def checks(self) -> list[Check]:
        return [Check(name="database", ok=self.well, detail=None if self.well else "no answer")]


def _partner(name: str) -> Partner:
    return Partner(id=name, name=name.title(), kind="customer", usage="P", time_zone="America/Chicago", currency="USD")
