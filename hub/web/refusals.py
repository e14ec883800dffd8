"""From an exception to an answer: a problem document, a page, or the way to the login page.

In: whatever a route raised. Out: what the caller may know. A fault nobody foresaw gets an incident number; the log
holds the traceback under it.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException

from hub.flow.signing import DoorAnswer
from hub.kernel.errors import Conflict, RefusedBody, Unavailable
from hub.kernel.identity import new_id
from hub.web.languages import N_
from hub.web.own_words import in_its_syntax
from hub.web.policy import OPT, Policy
from hub.web.problems import MEDIA_TYPE, Problem, document, not_found

FAULTS_TOLD_MAX = 10  # of one request
DETAIL_CHARACTERS_MAX = 1_000
_KEPT_HEADERS = {"retry-after"}

log = structlog.get_logger(__name__)

PAGE_TEXTS = {
    401: (N_("Please log in"), N_("Your session has ended.")),
    403: (N_("Not for you"), N_("Your role does not allow this. Ask an administrator if it should.")),
    404: (N_("Not found"), N_("There is nothing here for you under this name.")),
    405: (N_("Not possible here"), N_("This page cannot be used in this way.")),
    409: (N_("It cannot be done now"), N_("It contradicts what was done before. Go back and look again.")),
    429: (N_("Too many attempts"), N_("Wait a minute, then try again.")),
    503: (N_("Not available now"), N_("Nothing was stored. Try again in a moment.")),
}
FALLBACK = (N_("Something went wrong"), N_("It is our fault, and it has been written down."))
WRONG_REQUEST = (N_("This request is wrong"), N_("Go back, reload the page, and try again."))


def refuse(request: Request[Any, Any, Any], fault: Exception) -> Response[Any]:
    """Return the answer for ``fault``."""
    incident = None
    problem = _problem(fault)
    if problem is None:
        incident = new_id()
        problem = Problem(500, "the fault is ours and has been written down", code="internal")
        # frames as text: a log that shows their variables would show cookies and payloads
        frames = "".join(traceback.format_exception(fault))
        log.error("request failed", incident=incident, path=request.url.path, traceback=frames)
    if not _wants_page(request):
        shaped = in_its_syntax(request, DoorAnswer(status=problem.status, text=_sentence(problem, incident)))
        if shaped is not None:
            shaped.headers.update({name: problem.headers[name] for name in _KEPT_HEADERS & problem.headers.keys()})
            return shaped
        return Response(
            document(problem, incident), status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers
        )
    if problem.status == 401:
        return to_login(request)
    return _page(request, problem, incident)


def _sentence(problem: Problem, incident: str | None) -> str:
    return f"{problem.detail} ({problem.code})" + (f", incident {incident}" if incident else "")


def _problem(fault: Exception) -> Problem | None:
    """Return what the caller may know; ``None`` for a fault nobody foresaw."""
    match fault:
        case Problem():
            return fault
        case Unavailable():
            wait = fault.retry_after_seconds
            return Problem(503, "nothing was stored; try again", code="unavailable", retry_after_seconds=wait)
        case RefusedBody():
            return Problem(400, str(fault), code="refused")
        case Conflict():
            return Problem(409, str(fault), code="conflict")
        case ValidationException():
            return Problem(400, _as_described(fault), code="bad-parameter")
        case HTTPException(status_code=404):
            return not_found()
        case HTTPException(status_code=status) if status < 500:
            return Problem(status, fault.detail, code=f"http-{status}", headers=fault.headers)
    return None


def _as_described(fault: ValidationException) -> str:
    """Return which part of a request is not as the interface describes it, and why."""
    found = [each for each in fault.extra or () if isinstance(each, Mapping)] if isinstance(fault.extra, list) else []
    said = [f"{each.get('key') or 'the body'}: {each.get('message')}" for each in found[:FAULTS_TOLD_MAX]]
    return "; ".join([*said, "the interface description says what may stand there: /schema"])[:DETAIL_CHARACTERS_MAX]


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    handler = request.scope.get("route_handler")
    policy = handler.opt.get(OPT) if handler is not None else None
    if isinstance(policy, Policy):
        return policy.face == "page"
    api = request.url.path.startswith(("/api/", "/inbound/", "/outbound/", "/static/"))
    return not api and "text/html" in request.headers.get("accept", "")


def to_login(request: Request[Any, Any, Any]) -> Response[Any]:
    """Return the way to the login page, and back to here afterwards. A fragment asks for a whole new page."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"/login?next={quote(path, safe='')}" if request.method == "GET" and path != "/" else "/login"
    if request.headers.get("hx-request"):
        return Response(b"", status_code=401, headers={"hx-redirect": target}, media_type=MediaType.HTML)
    return Response(b"", status_code=303, headers={"location": target}, media_type=MediaType.HTML)


def _page(request: Request[Any, Any, Any], problem: Problem, incident: str | None) -> Response[Any]:
    from hub.web.pages.page import answer

    title, text = PAGE_TEXTS.get(problem.status, FALLBACK if problem.status >= 500 else WRONG_REQUEST)
    return answer(
        request,
        "fault.html",
        status=problem.status,
        headers=problem.headers,
        code=problem.status,
        title=title,
        text=text,
        incident=incident,
    )
