"""What is set aside is kept without its secrets, and no file of anybody else is written to."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.flow.receiving import kept_of_refused
from hub.kernel.errors import RefusedBody, Unavailable
from hub.platform.blobs import HEAD_BYTES
from hub.transport.aside import Blots, RefusedFile, TellAside, told_nobody
from hub.transport.folder import FolderWatcher
from hub.transport.places import Places

LATER = 4_000_000_000.0
HUSH = b"hush-0815"


def blots(head: bytes) -> tuple[bytes, bool]:
    return head.replace(HUSH, b"*********"), b"without end" in head


class NotSigned:
    """Takes nothing."""

    async def __call__(self, partner: str, body: bytes, **more: Any) -> NotSigned:
        raise RefusedBody("refused/wrong-secret")


async def swept(
    root: Path,
    name: str,
    body: bytes,
    *,
    limit_bytes: int = 200_000,
    finds: Blots = blots,
    tell_aside: TellAside = told_nobody,
) -> Path:
    """Drop a file and take it; return what was set aside."""
    places = Places(root)
    places.prepare(["alpha"])
    (places.inbox("alpha") / name).write_bytes(body)
    watcher = FolderWatcher(
        places,
        lambda: ["alpha"],
        NotSigned(),
        limit_bytes=limit_bytes,
        clock=lambda: LATER,
        blots=finds,
        tell_aside=tell_aside,
    )
    await watcher.sweep()
    assert list(places.inbox("alpha").iterdir()) == []
    [aside] = (root / ".hub" / "refused" / "alpha").glob("*/*")
    return aside


@pytest.mark.anyio
async def test_what_is_refused_is_set_aside_without_its_secret_and_the_log_says_why(tmp_path: Path) -> None:
    body = b"<a>" + HUSH + b"</a>" + b"x" * 2 * HEAD_BYTES
    with capture_logs() as lines:
        aside = await swept(tmp_path, "order.xml", body)
    assert aside.name == "order.xml"
    assert aside.read_bytes() == body.replace(HUSH, b"*********")
    assert aside.stat().st_mode & 0o077 == 0
    [told] = [line for line in lines if line["event"] == "file set aside"]
    assert (told["partner"], told["file_name"], told["reason"]) == ("alpha", "order.xml", "its secret is wrong")
    assert HUSH.decode() not in str(lines)


@pytest.mark.anyio
async def test_of_a_file_that_is_too_large_no_secret_is_kept_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.transport.aside.COPIED_BYTES_MAX", 100_000)
    aside = await swept(tmp_path, "large.xml", HUSH + b"x" * 150_000, limit_bytes=1000)
    assert aside.read_bytes() == b"*********" + b"x" * (HEAD_BYTES - 9)


@pytest.mark.anyio
async def test_of_a_secret_that_goes_on_nothing_behind_it_is_kept(tmp_path: Path) -> None:
    aside = await swept(tmp_path, "open.xml", b"without end" + HUSH + b"x" * 2 * HEAD_BYTES)
    assert aside.stat().st_size == HEAD_BYTES


@pytest.mark.anyio
async def test_a_file_without_a_secret_stays_the_file_it_was(tmp_path: Path) -> None:
    aside = await swept(tmp_path, "order.edi", b"ISA*00*")
    assert aside.read_bytes() == b"ISA*00*"


@pytest.mark.anyio
async def test_what_its_sender_still_holds_by_another_way_is_not_written_to(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.prepare(["alpha"])
    file = places.inbox("alpha") / "order.xml"
    file.write_bytes(HUSH)
    held = os.open(file, os.O_RDONLY)
    try:
        await swept(tmp_path, "order.xml", HUSH)
        assert os.pread(held, 100, 0) == HUSH
    finally:
        os.close(held)


@pytest.mark.anyio
@pytest.mark.parametrize("decoy", [b"", b"<!-- SharedSecret -->"])
async def test_of_a_cxml_whose_header_stands_behind_the_first_64_kib_only_those_are_kept(
    tmp_path: Path, decoy: bytes
) -> None:
    header = b"<Header><Sender><Credential><SharedSecret>" + HUSH + b"</SharedSecret>"
    body = b"<?xml version='1.0'?><cXML>" + decoy + b"<!--" + b"x" * 70_000 + b"-->" + header
    aside = await swept(tmp_path, "order.xml", body, finds=kept_of_refused)
    assert aside.stat().st_size == HEAD_BYTES
    assert HUSH not in aside.read_bytes()


@pytest.mark.anyio
async def test_of_another_syntax_all_is_kept_and_it_is_told_of_whom_something_was_set_aside(tmp_path: Path) -> None:
    told: list[RefusedFile] = []

    async def tell(file: RefusedFile) -> None:
        assert list((tmp_path / ".hub" / "refused" / "alpha").glob("*/*")) == [], "before it is set aside"
        told.append(file)

    body = b"ISA*00*" + b"x" * 70_000
    aside = await swept(tmp_path, "order.edi", body, finds=kept_of_refused, tell_aside=tell)
    assert aside.read_bytes() == body
    [file] = told
    assert (file.partner, file.name, str(file.reason)) == ("alpha", "order.edi", "its secret is wrong")
    assert (file.id, file.kept.sha256) == (aside.parent.name, hashlib.sha256(body).hexdigest())


@pytest.mark.anyio
async def test_what_cannot_be_put_on_record_stays_in_hand_and_is_set_aside_once_it_can_be(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.prepare(["alpha"])
    (places.inbox("alpha") / "order.xml").write_bytes(HUSH)
    told: list[str] = []

    async def tell(file: RefusedFile) -> None:
        told.append(file.id)
        if len(told) == 1:
            raise Unavailable("the disk is full")

    watcher = FolderWatcher(
        places, lambda: ["alpha"], NotSigned(), limit_bytes=200_000, clock=lambda: LATER, blots=blots, tell_aside=tell
    )
    await watcher.sweep()
    assert list((tmp_path / ".hub" / "refused").glob("alpha/*/*")) == []
    await watcher.sweep()
    [aside] = (tmp_path / ".hub" / "refused" / "alpha").glob("*/*")
    assert (aside.read_bytes(), told) == (b"*********", [aside.parent.name] * 2)
