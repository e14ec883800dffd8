"""What nobody keeps of a body is gone before a byte of it is written; the same bytes are known again all the same."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.kernel.errors import RefusedBody
from hub.platform.blobs import HEAD_BYTES, INLINE_BYTES_MAX, Blobs, Body, Redaction

HUSH = b"hush-0815"


def blotted(head: bytes, is_all: bool) -> bytes:
    if head.endswith(HUSH[:4]) and not is_all:
        raise RefusedBody("refused/no-end")
    return head.replace(HUSH, b"*" * len(HUSH))


def behind(head: bytes) -> Callable[[bytes], None]:
    before = [head[1 - len(HUSH) :]]

    def look(piece: bytes) -> None:
        window = before[0] + piece
        before[0] = window[1 - len(HUSH) :]
        if HUSH in window:
            raise RefusedBody("refused/behind")

    return look


def store(root: Path, key: bytes = b"a key") -> Blobs:
    return Blobs(root, Redaction(blotted=blotted, behind=behind, key=key))


def content(root: Path, body: Body) -> bytes:
    return body.content if body.content is not None else (root / body.sha256[:2] / body.sha256).read_bytes()


@pytest.mark.parametrize("more", [0, 70_000, INLINE_BYTES_MAX])
@pytest.mark.parametrize("to_disk", [False, True])
def test_no_byte_of_it_reaches_the_disk(tmp_path: Path, more: int, to_disk: bool) -> None:
    came = b"<a>" + HUSH + b"</a>" + b"x" * more
    with store(tmp_path).upload() as upload:
        for at in range(0, len(came), 5_000):
            upload.write(came[at : at + 5_000], to_disk=to_disk and at > HEAD_BYTES)
            assert all(HUSH not in each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
        body = upload.finish()
    assert content(tmp_path, body) == came.replace(HUSH, b"*********")
    assert body.size_bytes == len(came)


def test_the_same_bytes_are_the_same_and_others_are_not_though_the_same_is_kept(tmp_path: Path) -> None:
    blobs = store(tmp_path)
    first, again, other = (blobs.take_in(each) for each in (b"a" + HUSH, b"a" + HUSH, b"a*********"))
    assert first == again
    assert (first.sha256, first.content) == (other.sha256, other.content)
    assert other.came_as is None
    assert first.identity != other.identity


def test_what_it_is_known_by_tells_nobody_what_was_blotted_out(tmp_path: Path) -> None:
    one, other = store(tmp_path).take_in(HUSH), store(tmp_path, b"another key").take_in(HUSH)
    assert one.came_as != other.came_as
    assert one.sha256 == other.sha256


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([b"", b"x", HUSH, b"y" * 40_000, HUSH[:3], HUSH[3:]]), max_size=12))
def test_in_pieces_or_whole_it_is_the_same(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]) -> None:
    blobs = store(tmp_path_factory.mktemp("blobs"))

    def in_pieces() -> Body | None:
        with suppress(RefusedBody), blobs.upload() as upload:
            for piece in pieces:
                upload.write(piece)
            return upload.finish()
        return None

    def whole() -> Body | None:
        with suppress(RefusedBody):
            return blobs.take_in(b"".join(pieces))
        return None

    assert in_pieces() == whole()


def test_what_is_ours_is_kept_as_it_is(tmp_path: Path) -> None:
    assert store(tmp_path).keep(HUSH).content == HUSH


def test_of_what_cannot_be_kept_nothing_remains(tmp_path: Path) -> None:
    came = b"x" * (HEAD_BYTES - 4) + HUSH + os.urandom(INLINE_BYTES_MAX)
    with pytest.raises(RefusedBody):
        store(tmp_path).take_in(came)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize("pieces", [1, 7])
def test_what_nobody_keeps_behind_the_beginning_refuses_the_body_before_it_is_written(
    tmp_path: Path, pieces: int
) -> None:
    came = b"x" * 2 * INLINE_BYTES_MAX
    with store(tmp_path).upload() as upload:
        for _ in range(pieces):
            upload.write(came)
        with pytest.raises(RefusedBody):
            upload.write(HUSH)
    assert all(HUSH not in each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    with pytest.raises(RefusedBody):
        store(tmp_path).take_in(came + HUSH)
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]
