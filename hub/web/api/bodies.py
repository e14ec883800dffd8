"""Bodies and canonical documents on their way out: in pieces, each fetched when the one before has left.

So a caller who reads slowly, or not at all, holds one piece in memory and not a hundred megabytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from litestar import MediaType, Response
from litestar.response import Stream

from hub.exchange import parts
from hub.kernel.errors import Unavailable
from hub.kernel.scope import Scope
from hub.web.hub import Hub
from hub.web.problems import not_found

PIECE_BYTES = 256 * 1024
BINARY = "application/octet-stream"


async def body_answer(
    hub: Hub, message: str, sha256: str, size_bytes: int, *, media_type: str = BINARY, name: str | None = None
) -> Response[bytes] | Stream:
    """Return the bytes of a message as a download that no browser runs or renders, whatever they are.

    It is called by ``name``, which is ours and says what it holds; else by the id of the message.
    """
    headers = {"content-disposition": f'attachment; filename="{name or message}"', "etag": f'"{sha256}"'}
    content = await hub.database.read(lambda conn: hub.blobs.inline(conn, sha256))
    if content is not None:
        return Response(content, media_type=media_type, headers=headers)
    return Stream(
        _of_file(hub.blobs.path(sha256)), media_type=media_type, headers={**headers, "content-length": str(size_bytes)}
    )


async def canonical_answer(hub: Hub, scope: Scope, message: str, position: int) -> Response[bytes] | Stream:
    """Return one document in the canonical model; 404 when there is none in scope, or nothing was understood of it."""
    size = await hub.database.read(lambda conn: parts.canonical_size(conn, scope, message, position))
    if size is None:
        raise not_found()

    async def piece(offset: int) -> bytes:
        return await hub.database.read(
            lambda conn: parts.canonical_piece(conn, scope, message, position, offset=offset, length=PIECE_BYTES)
        )

    first = await piece(0)
    if len(first) == size:
        return Response(first, media_type=MediaType.JSON)

    async def pieces() -> AsyncIterator[bytes]:
        sent = 0
        while sent < size:
            following = first if sent == 0 else await piece(sent)
            if not following:  # a replay has understood it anew meanwhile
                raise Unavailable("the document was replaced while it was read", retry_after_seconds=1)
            sent += len(following)
            yield following

    return Stream(pieces(), media_type=MediaType.JSON, headers={"content-length": str(size)})


async def _of_file(path: Path) -> AsyncIterator[bytes]:
    file = path.open("rb")  # here, not in a thread: whoever leaves meanwhile would leave it open
    try:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece
    finally:
        file.close()  # at once: who left in the middle must not leave a descriptor, and no thread is waited for
