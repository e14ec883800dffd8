"""``POST /inbound/{partner}``: a partner's system hands in a body.

In: any bytes of any content type, from the partner the key belongs to, or from the partner who has signed them. Out:
202 and the message's id, and only after the bytes are durable; 200 and the first id when its key, or a short while
ago its bytes, came before. Refused at once are only 400, 401, 404, 409, 413, 415, 429 and 503; everything else about
the body is said later, at ``status``. A syntax that has words of its own for an answer is answered in them.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from hub.exchange.intake import KEY_LENGTH_MAX, Accepted, Incoming
from hub.flow.receiving import is_called_signed, is_web_form, may_be_signed, names_a_secret, shown_secret
from hub.flow.signing import DoorAnswer
from hub.kernel.errors import Conflict, RefusedBody, Unavailable
from hub.kernel.identity import new_id
from hub.kernel.struct import Struct
from hub.platform.blobs import Body, Upload
from hub.web.admission import Admission, BodyProgress
from hub.web.api.arriving import RequestBody
from hub.web.api.describe import INTAKE_FAULTS, IntakeOperation
from hub.web.caller import ANYONE, caller_of
from hub.web.hub import Hub
from hub.web.own_words import in_its_syntax
from hub.web.policy import partners
from hub.web.problems import Problem, busy
from hub.web.signing import SignatureChecks

LENGTH_DIGITS_MAX = 18  # a number of so many digits is no length; of more than 4,300, none Python reads
_REFUSAL = "refusal of what was shown"  # in the state of a request that is looked at all the same
FORM = "application/x-www-form-urlencoded"
KEY_HEADER = "idempotency-key"
FILE_NAME_HEADER = "x-file-name"  # how the file is called on their side; shown, never used as a path


class Receipt(Struct):
    """The receipt: the message's id, and where its verdict will stand."""

    message: str
    status: str
    duplicate: bool = False


class _Intake(HTTPRouteHandler):
    """The busiest route. The framework gives each guard a copy of the route, made anew for every request: a tenth of
    what HTTP costs an order, and ours only looks at it.

    Whoever is refused by what the request shows may bring a message that shows more, or one whose syntax has words of
    its own for a refusal: so the beginning of what may be such a message is looked at first.
    """

    async def authorize_connection(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        try:
            for guard in self.resolve_guards():
                if (asked := guard(connection, self)) is not None:
                    await asked
        except Problem as refusal:
            if not may_be_signed(connection.headers.get("content-type")):
                raise
            connection.scope["user"] = ANYONE
            connection.scope["state"][_REFUSAL] = refusal


@_Intake(
    "/inbound/{partner:str}",
    http_method="POST",
    opt=partners("inbound:send"),
    status_code=202,
    operation_class=IntakeOperation,
    request_max_body_size=None,  # the settings say how much, and the route counts
    responses=INTAKE_FAULTS,
    tags=["Inbound"],
)
async def receive(request: Request[Any, Any, Any], partner: FromPath[str]) -> Response[bytes]:
    """Hand in a message. The answer comes after the bytes are durable; the verdict stands at ``status``."""
    arriving = RequestBody(request)
    try:
        accepted = await _take_in(request, partner, arriving)
    except (Problem, Conflict, Unavailable, RefusedBody) as refusal:
        called = request.headers.get("content-type")
        too_large = isinstance(refusal, Problem) and refusal.status == 413  # by what it states: read where it must be
        if is_called_signed(called) if too_large else may_be_signed(called):
            await arriving.remember_beginning()
        raise
    status = f"/api/v1/messages/{accepted.message_id}"
    code = 200 if accepted.duplicate else 202
    may_look = caller_of(request).may("message:read")  # who signs has no key that would open it
    said = DoorAnswer(
        status=code, message=accepted.message_id, link=status if may_look else None, duplicate=accepted.duplicate
    )
    if (told := in_its_syntax(request, said)) is not None:
        return told
    taken = Receipt(message=accepted.message_id, status=status, duplicate=accepted.duplicate)
    return Response(
        msgspec.json.encode(taken), status_code=code, media_type=MediaType.JSON, headers={"location": status}
    )


async def _take_in(request: Request[Any, Any, Any], partner: str, arriving: RequestBody) -> Accepted:
    """Make the message durable, once it is known whose it is. Raises ``Problem``, ``Conflict`` and ``Unavailable``."""
    hub: Hub = request.app.state.hub
    admission: Admission = request.app.state.admission
    signers: SignatureChecks = request.app.state.signers
    limit = hub.settings.body_bytes_max
    refusal = request.scope["state"].get(_REFUSAL)
    if refusal is not None:
        if refusal.status != 401 or request.headers.get("authorization"):
            raise refusal
        request.scope["user"] = await signers.sign_in(request, partner, await arriving.look())
    key = _idempotency_key(request)
    if any(names_a_secret(request.headers.get(each, "")) for each in (KEY_HEADER, FILE_NAME_HEADER)):
        raise Problem(400, "a header names a secret, and is kept: leave the secret out of it", code="bad-header")
    _refuse_compressed(request)
    _require_stated_size(request, limit)
    if (wait := hub.over_budget(partner)) is not None:
        raise busy("what may be stored of yours in a day has been stored; your messages wait with you", wait)
    with admission.place(partner) as place, hub.blobs.upload() as upload:
        head = await arriving.look()
        beside = [said for each in (KEY_HEADER, FILE_NAME_HEADER) if (said := request.headers.get(each))]
        if beside and (shown := shown_secret(head)) is not None and any(map(shown.is_said, beside)):
            text = "the Idempotency-Key or X-File-Name holds the secret of the body: give it another"
            raise Problem(400, text, code="bad-header")
        if refusal is None:
            await signers.require(request, partner, head)
        await _read(arriving, upload, place, limit)
        _refuse_form(request.headers.get("content-type"), head)
        return await hub.intake(
            Incoming(
                id=new_id(),
                partner=partner,
                transport="http",
                body=await _finish(upload),
                received_at=hub.clock.now(),
                content_type=request.headers.get("content-type"),
                file_name=request.headers.get(FILE_NAME_HEADER),
                idempotency_key=key,
            )
        )


def _idempotency_key(request: Request[Any, Any, Any]) -> str | None:
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return None
    if not key or len(key) > KEY_LENGTH_MAX or not key.isprintable():
        raise Problem(400, f"an Idempotency-Key is 1 to {KEY_LENGTH_MAX} printable characters", code="bad-header")
    return key


def _refuse_compressed(request: Request[Any, Any, Any]) -> None:
    """Refuse a body that is not as it is meant: nothing here opens it, or sees what of it nobody keeps."""
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        problem = "the body is compressed (Content-Encoding): send the document as it is, without Content-Encoding"
        raise Problem(415, problem, code="compressed")


def _refuse_form(called: str | None, head: bytes) -> None:
    """Refuse what a form sends where it is one: a tool that calls every body a form is taken at its bytes."""
    if (called or "").partition(";")[0].strip().lower() == FORM and is_web_form(head):
        problem = (
            "the body is that of a web form (application/x-www-form-urlencoded): send the document itself as the body,"
            " as text/xml, application/xml, application/json or application/edi-x12"
        )
        raise Problem(415, problem, code="form")


def _require_stated_size(request: Request[Any, Any, Any], limit: int) -> None:
    """Refuse a body that says it is too large, before anything of it is read. What it says counts for nothing else."""
    stated = request.headers.get("content-length")
    if stated is None:
        return
    if not stated.isascii() or not stated.isdigit():
        raise Problem(400, "Content-Length is not a number", code="bad-header")
    if len(stated) > LENGTH_DIGITS_MAX or int(stated) > limit:
        raise too_large(limit)


async def _read(arriving: RequestBody, upload: Upload, place: BodyProgress, limit: int) -> None:
    """Take the body piece by piece; a large one goes to disk as it comes, off the event loop."""
    async for piece in arriving.pieces():
        if upload.size_bytes + len(piece) > limit:
            raise too_large(limit)
        if place.take(len(piece)):
            upload.write(piece)
        else:
            await asyncio.to_thread(upload.write, piece, to_disk=True)
    if not upload.size_bytes:
        raise Problem(400, "the body is empty", code="empty-body")


async def _finish(upload: Upload) -> Body:
    """Return the body; syncing a file to disk takes a thread of its own."""
    return await asyncio.to_thread(upload.finish) if upload.on_disk else upload.finish()


def too_large(limit: int) -> Problem:
    return Problem(413, f"a message over HTTP is at most {limit} bytes", code="too-large")
