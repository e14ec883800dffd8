"""What a caller is told when the answer is no: problem documents (RFC 9457) for machines, pages for people.

Nothing of ours leaks: an unforeseen fault becomes an incident number, and the log holds the rest under that number.
"""

from __future__ import annotations

import msgspec

from hub.kernel.struct import Struct

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Conflict",
    413: "Body too large",
    415: "Unsupported media type",
    422: "Not understood",
    429: "Too many requests",
    431: "Headers too large",
    500: "Internal error",
    501: "Not implemented",
    503: "Not available now",
}


class Problem(Exception):
    """The answer is no. ``status`` is HTTP's; ``detail`` one sentence the caller may read; ``code`` a stable word."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        code: str,
        retry_after_seconds: float | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.code = code
        self.headers = dict(headers or {})
        if retry_after_seconds is not None:
            self.headers["retry-after"] = str(max(1, round(retry_after_seconds)))


class ProblemDocument(Struct):
    """A fault as ``application/problem+json`` (RFC 9457). ``code`` is stable, ``detail`` is for a person."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    incident: str | None = None  # quote it to the factory: it finds the entry in our log


def document(problem: Problem, incident: str | None = None) -> bytes:
    """Return ``problem`` as the bytes of a problem document."""
    return msgspec.json.encode(
        ProblemDocument(
            type=f"urn:contract-hub:problem:{problem.code}",
            title=TITLES.get(problem.status, "Fault"),
            status=problem.status,
            detail=problem.detail,
            code=problem.code,
            incident=incident,
        )
    )


def not_found() -> Problem:
    """The one answer for what is not there and for what is another's: nobody can tell them apart."""
    return Problem(404, "there is nothing here for you under this name", code="not-found")


def not_authenticated(detail: str = "send a valid API key as Authorization: Bearer hub_…") -> Problem:
    return Problem(401, detail, code="not-authenticated", headers={"www-authenticate": 'Bearer realm="contract-hub"'})


def not_allowed(permission: str) -> Problem:
    return Problem(403, f"this needs the permission {permission}", code="not-allowed")


def busy(detail: str, retry_after_seconds: float = 1.0) -> Problem:
    return Problem(429, detail, code="too-many-requests", retry_after_seconds=retry_after_seconds)
