"""What the web asks of the hub that it shows. ``hub.bootstrap`` gives it; tests give a small one.

The web holds no business logic: it reads through the queries of ``exchange`` and ``business``, and everything that
changes a message goes through the functions here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from prometheus_client import CollectorRegistry

from hub.exchange.model import DocumentRow
from hub.formats.x12.guide import Guide
from hub.kernel.clock import Clock
from hub.kernel.struct import Struct
from hub.platform.database import Database

MEBIBYTE = 1024 * 1024


class Submission(Struct):
    """A body a partner hands in over HTTP, exactly as it came."""

    partner: str
    body: bytes
    content_type: str | None = None
    file_name: str | None = None
    idempotency_key: str | None = None


class Receipt(Protocol):
    """What intake says once the bytes are durable."""

    @property
    def message_id(self) -> str: ...

    @property
    def duplicate(self) -> bool: ...


class Link(Struct):
    """One canonical field and one place on the wire it came from, or went to."""

    path: str  # lines[0].quantity.value
    segment: int  # position in the transaction set, ST = 1
    tag: str
    element: int | None = None
    component: int | None = None
    rule: str | None = None  # file:line of the map


class Check(Struct):
    """One thing ``/readyz`` looks at."""

    name: str
    ok: bool
    detail: str | None = None


class WebSettings(Struct):
    """What an operator may set for the web."""

    public_url: str = "http://127.0.0.1:8000"  # https makes cookies Secure
    body_bytes_max: int = 64 * MEBIBYTE  # one message; larger files come by SFTP or AS2
    partner_requests_max: int = 256  # one partner's bodies under way at a time: some group commits' worth
    partner_bytes_max: int = 128 * MEBIBYTE  # and their sum: two of the largest messages
    total_bytes_max: int = 512 * MEBIBYTE  # all partners' bodies in memory
    trusted_proxies: Sequence[str] = ()  # whose X-Forwarded-For is believed, and for the login limit only


class Guides(Protocol):
    """Names of segments and elements (``hub.formats.x12.guides``)."""

    def guide(self, release: str, set: str, partner: str | None = None) -> Guide | None: ...


class Hub(Protocol):
    """The services behind the pages and the API."""

    @property
    def web(self) -> WebSettings: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def database(self) -> Database: ...

    @property
    def guides(self) -> Guides: ...

    @property
    def registry(self) -> CollectorRegistry: ...

    async def start(self) -> None:
        """Begin the work behind the intake: the runner, the deliveries, the watchers."""

    async def stop(self) -> None:
        """Let what is under way finish, then let go of everything."""

    async def intake(self, submission: Submission) -> Receipt:
        """Make ``submission`` durable, then return.

        Raises ``Conflict`` for an idempotency key that came with other bytes, ``Unavailable`` when nothing was stored.
        """
        ...

    async def body(self, message: str) -> bytes:
        """Return the bytes of a message exactly as they came or were sent."""
        ...

    async def provenance(self, document: DocumentRow) -> list[Link]:
        """Return where on the wire each canonical field of ``document`` stands; nothing when no map read it."""
        ...

    async def replay(self, message: str, stage: str, actor: str, reason: str | None = None) -> None:
        """Process ``message`` again from ``stage``. Raises ``Conflict`` when its effects already stand."""

    async def resend(self, message: str, actor: str, reason: str | None = None) -> None:
        """Deliver an outbound ``message`` once more, the same bytes. Raises ``Conflict`` when it is under way."""

    async def checks(self) -> list[Check]:
        """Look at everything the hub needs to work."""
        ...

    def partner_names(self) -> dict[str, str]:
        """Return the name of every partner by id."""
        ...
