"""The client side of the hub's HTTP interface: hand in a file, poll the mailbox, read a status.

What partners write in their own language; ours is used by ``hub send`` and ``hub demo``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx

from hub.kernel.errors import Unavailable

TIMEOUT_SECONDS = 30.0  # a durable answer takes milliseconds; half a minute covers a loaded machine


class Refused(Exception):
    """The hub answered, and the answer is no. ``status`` is HTTP's, ``detail`` the problem's own words."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status
        self.detail = detail


class HubClient:
    """Speaks to one hub as one partner. ``url`` is the hub's address, ``key`` the partner's API key.

    Without a key it can only ask whether the hub is ready.
    """

    def __init__(self, url: str, key: str | None = None) -> None:
        self._client = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> HubClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(
        self, partner: str, body: bytes, *, file_name: str | None = None, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """Hand in ``body`` as ``partner``; return the hub's receipt: message, status, duplicate.

        By ``file_name`` people find it; what no header can hold of it is written as in addresses (RFC 3986).
        """
        headers = {"content-type": "application/octet-stream", "accept": "application/json"}  # also where it is cXML
        if file_name:
            headers["x-file-name"] = "".join(
                sign if sign.isascii() and sign.isprintable() else quote(sign, errors="replace") for sign in file_name
            )
        if idempotency_key:
            headers["idempotency-key"] = idempotency_key
        return self._json("POST", f"/inbound/{partner}", content=body, headers=headers)

    def message(self, message_id: str) -> dict[str, Any]:
        """Return where the message stands."""
        return self._json("GET", f"/api/v1/messages/{message_id}")

    def ready(self) -> None:
        """Return when the hub answers that it is ready; raise ``Unavailable`` or ``Refused`` otherwise."""
        self._call("GET", "/readyz")

    def orders(self, partner: str, number: str) -> bool:
        """Say whether the hub knows an order of this number."""
        try:
            self._call("GET", f"/api/v1/orders/{partner}/{number}")
        except Refused as refused:
            if refused.status == 404:
                return False
            raise
        return True

    def mailbox(self, partner: str) -> Iterator[dict[str, Any]]:
        """Yield what waits for ``partner``, oldest first, page after page."""
        cursor: str | None = None
        while True:
            page = self._json("GET", f"/outbound/{partner}", params={"cursor": cursor} if cursor else {})
            yield from page["items"]
            cursor = page.get("next")
            if cursor is None:
                return

    def fetch(self, partner: str, message_id: str) -> bytes:
        """Return the bytes of one waiting message."""
        return self._call("GET", f"/outbound/{partner}/{message_id}").content

    def received(self, partner: str, message_id: str) -> None:
        """Tell the hub that the message has arrived."""
        self._call("POST", f"/outbound/{partner}/{message_id}/received")

    def _json(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._call(method, path, **more).json()
        return answer

    def _call(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            response = self._client.request(method, path, **more)
        except httpx.TransportError as fault:
            raise Unavailable(f"no hub answers at {self._client.base_url}: {fault}") from fault
        if response.is_error or response.is_redirect:
            raise Refused(response.status_code, _detail(response))
        return response


def _detail(response: httpx.Response) -> str:
    """Return the problem's own sentence, or the reason phrase when the body is no problem document."""
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        problem = response.json()
        return str(problem.get("detail") or problem.get("title"))
    return response.reason_phrase
