"""Bodies exactly as they came, under the SHA-256 of their bytes; but for secrets, of which none is kept.

Up to ``INLINE_BYTES_MAX`` a body stands in the database; a larger one is a file in ``<data>/blobs``, written under a
temporary name, fsynced, renamed and its folder fsynced *before* the row that names it commits. A crash between the
two leaves a file without a row, which ``sweep`` removes. Names never come from outside.

The first ``HEAD_BYTES`` of a body that comes in are looked at before a byte of it is written anywhere: what
``Redaction`` knows as a secret is blotted out in memory; one that begins behind them refuses the body. What is blotted
is known by two digests: of what is kept, and, under a key of the server's own, of what came. A digest of what came
alone would let whoever holds what is kept try one secret after another.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import mmap
import os
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from sqlalchemy import Column, Connection, LargeBinary, String, Table, bindparam, select

from hub.kernel.errors import Defect, Unavailable
from hub.kernel.identity import new_id
from hub.kernel.struct import Struct
from hub.platform import failpoints
from hub.platform.columns import LONG
from hub.platform.database import metadata
from hub.platform.shortage import told_as_unavailable
from hub.platform.statements import unless_there

INLINE_BYTES_MAX = 256 * 1024  # above this a file reads faster than a row, and the log file of the database stays small
HEAD_BYTES = 64 * 1024  # of a body that comes in, held until it has been looked at; no more of it is in memory anyway
ORPHAN_SECONDS = 3_600  # no upload (the door gives it half an hour) and no transaction lasts an hour
SWEEP_FILES_MAX = 10_000  # of one sweep: it shares the disk with intake
CHUNK_BYTES = 1024 * 1024
GONE_SECONDS = 5.0  # whoever has moved the data directory puts it back, or stops the hub
INCOMING = "incoming"
TEMPORARY = ".part"

blob = Table(
    "blob",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size_bytes", LONG, nullable=False),
    Column("content", LargeBinary),  # NULL: in the file named after the hash
)


class Body(Struct):
    """Bytes that are safe to refer to from a row."""

    sha256: str
    size_bytes: int
    content: bytes | None = None  # None: already a file
    came_as: str | None = None  # digest of the bytes as they came, where not all of them are kept

    @property
    def identity(self) -> str:
        """By which the same bytes are known when they come again."""
        return self.came_as or self.sha256


class Redaction(Struct):
    """What of bodies that come in nobody keeps."""

    blotted: Callable[[bytes, bool], bytes]
    """Given the head of a body, and whether that is all: the same, as long, without its secrets. ``RefusedBody``."""
    behind: Callable[[bytes], Callable[[bytes], None]]
    """Given the head, what looks at each piece behind it: ``RefusedBody`` where there is what nobody keeps."""
    key: bytes  # of the digests of what came


class Blobs:
    """The store under ``root`` (made when first needed) and in table ``blob``."""

    def __init__(self, root: Path, redaction: Redaction | None = None) -> None:
        """``redaction`` is for who takes bodies in."""
        self._root = root
        self._redaction = redaction
        self._swept_to = root

    def take_in(self, content: bytes) -> Body:
        """Do what ``keep`` does for bytes that came in. Raises ``RefusedBody`` when their secret has no end."""
        with self.upload() as upload:
            upload.write(content)
            return upload.finish()

    def keep(self, content: bytes) -> Body:
        """Make ``content``, which is ours, ready for ``put``: a large one is on disk when this returns."""
        if len(content) <= INLINE_BYTES_MAX:
            return Body(sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content), content=content)
        with Upload(self._root) as upload:
            upload.write(content)
            return upload.finish()

    def upload(self) -> Upload:
        """Return a receiver for a body that comes in, in pieces; memory stays within ``INLINE_BYTES_MAX``."""
        return Upload(self._root, self._redaction)

    def get(self, conn: Connection, sha256: str) -> bytes:
        """Return the bytes. Raises ``Defect`` when they are nowhere: a row never points to nothing."""
        return b"".join(self.stream(conn, sha256))

    def stream(self, conn: Connection, sha256: str) -> Iterator[bytes]:
        """Yield the bytes in pieces."""
        row = conn.execute(_FIND, {"wanted": sha256}).one_or_none()
        if row is None:
            raise Defect(f"no body {sha256}")
        if row.content is not None:
            yield row.content
            return
        with told_as_unavailable():
            file = self.path(sha256).open("rb")
        with file:
            while piece := file.read(CHUNK_BYTES):
                yield piece

    def look_into(self, sha256: str) -> mmap.mmap:
        """Return the bytes of a body that is a file, where they lie: memory holds what is being looked at."""
        with self.path(sha256).open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def inline(self, conn: Connection, sha256: str) -> bytes | None:
        """Return the bytes when they stand in a row; None when they are the file at ``path``."""
        row = conn.execute(_FIND, {"wanted": sha256}).one_or_none()
        if row is None:
            raise Defect(f"no body {sha256}")
        return bytes(row.content) if row.content is not None else None

    def path(self, sha256: str) -> Path:
        """Return where a body of this hash stands if it is a file."""
        return _path(self._root, sha256)

    def sweep(self, conn: Connection, *, now: float | None = None) -> int:
        """Remove files that no row names and abandoned pieces, an hour old or older; return how many."""
        before = (time.time() if now is None else now) - ORPHAN_SECONDS
        removed = self.sweep_uploads(before)
        found = sorted(self._root.glob("[0-9a-f][0-9a-f]/*"))
        start = bisect_right(found, self._swept_to)  # each sweep goes on where the last one ended
        for file in (found[start:] + found[:start])[:SWEEP_FILES_MAX]:
            self._swept_to = file
            with contextlib.suppress(FileNotFoundError):  # renamed or removed since we looked
                if file.stat().st_mtime > before:
                    continue
                if conn.execute(_FIND, {"wanted": file.name}).one_or_none() is None:
                    file.unlink()
                    removed += 1
        return removed

    def sweep_uploads(self, before: float) -> int:
        """Remove what is left of bodies whose last piece came earlier than ``before``; return how many."""
        folder, removed = self._root / INCOMING, 0
        for file in list(folder.iterdir()) if folder.is_dir() else []:
            with contextlib.suppress(FileNotFoundError):
                if file.suffix == TEMPORARY and file.stat().st_mtime <= before:
                    file.unlink()
                    removed += 1
        return removed


class Upload:
    """A body that arrives in pieces. Used in a ``with``: left without ``finish``, nothing remains of it."""

    def __init__(self, root: Path, redaction: Redaction | None = None) -> None:
        self._root = root
        self._redaction = redaction  # None: there is nothing to look for, or it has been looked for
        self._hash = hashlib.sha256()
        self._came_as: hmac.HMAC | None = None
        self._behind: Callable[[bytes], None] | None = None
        self._pieces: list[bytes] = []
        self._file: Path | None = None
        self.size_bytes = 0

    @property
    def on_disk(self) -> bool:
        """Whether what has come so far is a file: then writing and finishing take a thread of their own."""
        return self._file is not None

    def write(self, piece: bytes, *, to_disk: bool = False) -> None:
        """Take the next piece; ``to_disk`` where memory is short, else only a body too large for a row goes there.

        Raises ``Unavailable`` when there is no room for it, ``RefusedBody`` when it cannot be kept at all.
        """
        if self._behind is not None:
            self._behind(piece)
        self._pieces.append(piece)
        self.size_bytes += len(piece)
        if self._redaction is None:
            self._hash.update(piece)
            if self._came_as is not None:
                self._came_as.update(piece)
        elif self.size_bytes >= HEAD_BYTES:
            self._look(self._redaction, is_all=False)
        else:
            return
        if to_disk or self.size_bytes > INLINE_BYTES_MAX:
            with told_as_unavailable():
                self._spill()

    def finish(self) -> Body:
        """Return the body; a large one is durable under its final name. Raises ``Unavailable`` as ``write`` does."""
        if self._redaction is not None:
            self._look(self._redaction, is_all=True)
        sha256 = self._hash.hexdigest()
        came_as = self._came_as.hexdigest() if self._came_as is not None else None
        if self._file is None:
            content = b"".join(self._pieces)
            return Body(sha256=sha256, size_bytes=self.size_bytes, content=content, came_as=came_as)
        with told_as_unavailable():
            return self._settle(sha256, came_as, self._file)

    def _look(self, redaction: Redaction, *, is_all: bool) -> None:
        """Blot out of what has come, before any of it is written, what nobody keeps."""
        came = b"".join(self._pieces)
        self._redaction = None
        head = redaction.blotted(came[:HEAD_BYTES], is_all)
        if not is_all:
            self._behind = redaction.behind(came[:HEAD_BYTES])
            self._behind(came[HEAD_BYTES:])
        kept = came if head == came[:HEAD_BYTES] else head + came[HEAD_BYTES:]
        if kept is not came:
            self._came_as = hmac.new(redaction.key, came, hashlib.sha256)
        self._pieces = [kept]
        self._hash.update(kept)

    def _settle(self, sha256: str, came_as: str | None, file: Path) -> Body:
        failpoints.reach("before-blob-rename")
        final = _path(self._root, sha256)
        final.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as written:
            os.fsync(written.fileno())
        file.rename(final)  # over an equal file, whose age it renews: the sweeper leaves it an hour
        self._file = None
        _sync_folder(final.parent)
        _sync_folder(self._root)
        failpoints.reach("after-blob-write")
        return Body(sha256=sha256, size_bytes=self.size_bytes, came_as=came_as)

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _spill(self) -> None:
        if self._file is None:
            folder = self._root / INCOMING
            if not self._root.parent.is_dir():  # moved away: made anew it would be taken for the hub's data
                raise Unavailable("the data directory is not where it was", retry_after_seconds=GONE_SECONDS)
            folder.mkdir(parents=True, exist_ok=True)
            self._file = folder / f"{new_id()}{TEMPORARY}"
        with self._file.open("ab") as file:
            file.writelines(self._pieces)
        self._pieces.clear()


def put(conn: Connection, *bodies: Body) -> None:
    """Write the rows that make ``bodies`` known. The same bytes twice are one row."""
    rows = [{"sha256": body.sha256, "size_bytes": body.size_bytes, "content": body.content} for body in bodies]
    _INSERT.run_many(conn, rows)


def _path(root: Path, sha256: str) -> Path:
    return root / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_INSERT = unless_there(blob)
_FIND = select(blob.c.content).where(blob.c.sha256 == bindparam("wanted"))
