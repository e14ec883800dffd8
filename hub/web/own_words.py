"""What whoever hands in a message hears at once, where its syntax has words for that: a cXML is answered by a Response.

In: what the door says. Out: the answer in the syntax that the body begins in, as far as it has come; None where that is
answered as everybody is, or where who asks takes our JSON alone (Accept).
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response

from hub.flow.receiving import receipt
from hub.flow.signing import DoorAnswer
from hub.kernel.clock import Clock
from hub.kernel.identity import new_id

HEAD = "head of the message"
"""In the state of a request: the first bytes of the message that it brings."""

_JSON = frozenset({"application/json", "application/problem+json"})


def in_its_syntax(request: Request[Any, Any, Any], said: DoorAnswer) -> Response[bytes] | None:
    """Return ``said`` in the syntax of the message that the request brings."""
    head = request.scope["state"].get(HEAD)
    if not isinstance(head, bytes) or _takes_json_alone(request.headers.get("accept", "")):
        return None
    clock: Clock = request.app.state.hub.clock
    shaped = receipt(said, head, request.headers.get("content-type"), new_id(), clock.now())
    if shaped is None:
        return None
    return Response(
        shaped.body, status_code=shaped.status, media_type=shaped.content_type, headers={"cache-control": "no-store"}
    )


def _takes_json_alone(accept: str) -> bool:
    """Say whether every media type that is accepted is JSON."""
    named = [each.partition(";")[0].strip().lower() for each in accept.split(",") if each.strip()]
    return bool(named) and all(each in _JSON for each in named)
