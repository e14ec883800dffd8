"""What everyone in the flow works with: the rules, the clock, the database, the store of bodies, the reader."""

from __future__ import annotations

from hub.exchange.budgets import Budgets
from hub.exchange.weights import Amount
from hub.flow.large import LargeHere, LargeReader
from hub.flow.readers import Reader, ReadHere
from hub.flow.rules import Rules
from hub.kernel.clock import Clock
from hub.platform.blobs import Blobs
from hub.platform.database import Database
from hub.platform.telemetry import Metrics


class Services:
    """The services of one hub. Made once, by ``hub.bootstrap``."""

    __slots__ = ("_budgets", "blobs", "clock", "database", "large", "metrics", "reader", "rules")

    def __init__(
        self,
        rules: Rules,
        clock: Clock,
        database: Database,
        blobs: Blobs,
        budgets: Budgets | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.rules = rules
        self.clock = clock
        self.database = database
        self.blobs = blobs
        self._budgets = budgets
        self.metrics = metrics or Metrics()
        self.reader: Reader = ReadHere(rules)  # a hub that serves has another read for it
        self.large: LargeReader = LargeHere(rules)  # and what is large as well

    def stored(self, partner: str, amount: Amount) -> None:
        """Tell at once what was stored of a partner, for its budget."""
        if self._budgets is not None:
            self._budgets.count(partner, amount, self.clock.now())
