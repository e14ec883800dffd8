"""What every receiving transport is given: hand over bytes, get back what became of them."""

from __future__ import annotations

from typing import Protocol


class ReceivedMessage(Protocol):
    """What intake says once the bytes are durable."""

    @property
    def message_id(self) -> str: ...

    @property
    def duplicate(self) -> bool: ...


class Receive(Protocol):
    """Take ``body`` from ``partner``; return only after the commit.

    Raises ``Unavailable`` when nothing was stored and the sender shall try again later, ``RefusedBody`` when not.
    """

    async def __call__(
        self,
        partner: str,
        body: bytes,
        *,
        transport: str,
        file_name: str | None = None,
        content_type: str | None = None,
        idempotency_key: str | None = None,
    ) -> ReceivedMessage: ...
