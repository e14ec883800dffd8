"""What the head of a request must be, before anybody looks at what it asks for (RFC 9112, 3.2).

In: method, target, version and headers as they came. Out: what is wrong with them, or ``None``. A request names one
host, and a target that names one too names the same; what decides who asks, what is meant or where the body ends stands
there once; and a body comes as it is or in chunks, which HTTP/1.0 knows nothing of. So no cache or proxy before us can
be told another story than we are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import httptools

from hub.web.problems import Problem

_HOST = re.compile(rb"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")

_ONCE = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"idempotency-key",
        b"origin",
        b"sec-fetch-site",
        b"transfer-encoding",
        b"x-csrf-token",
        b"x-file-name",
    }
)


def fault_of_head(
    method: bytes, target: bytes, headers: Sequence[tuple[bytes, bytes]], version: str = "1.1"
) -> Problem | None:
    """Return why the request is refused unread."""
    return _fault_of_target(method, target, headers) or _fault_of_fields(headers, version)


def _fault_of_fields(headers: Sequence[tuple[bytes, bytes]], version: str) -> Problem | None:
    found: set[bytes] = set()
    for name, value in headers:
        if name not in _ONCE:
            continue
        if name in found:
            return Problem(400, f"a request has one {name.decode().title()} header at most", code="bad-header")
        found.add(name)
        if name == b"transfer-encoding":
            if version == "1.0":
                return Problem(400, "HTTP/1.0 has no Transfer-Encoding", code="bad-header")
            if value.strip(b" \t").lower() != b"chunked":
                return Problem(501, "of transfer codings the hub takes chunked alone", code="unknown-coding")
    return None


def _fault_of_target(method: bytes, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> Problem | None:
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        return Problem(400, "a request names one host, in one Host header", code="bad-host")
    if target.startswith(b"/"):
        return None
    if target == b"*" and method == b"OPTIONS":
        return None
    return None if _authority(target) == hosts[0].lower() else _OTHER_TARGET


_OTHER_TARGET = Problem(
    400, "the target is a path, or an address of the very host in the Host header", code="bad-target"
)


def _authority(target: bytes) -> bytes | None:
    """Return ``host:port`` of an absolute target; ``None`` when it is no such thing."""
    try:
        parsed = httptools.parse_url(target)
    except httptools.HttpParserInvalidURLError:
        return None
    if parsed.schema not in (b"http", b"https") or not parsed.host or parsed.userinfo or not parsed.path:
        return None
    host: bytes = b"[" + parsed.host + b"]" if b":" in parsed.host else parsed.host
    return (host + (b":%d" % parsed.port if parsed.port else b"")).lower()
