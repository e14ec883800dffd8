"""What is no message is kept to be looked at, the latest of it: a partner fills no disk with what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hub.transport import hand
from hub.transport.hand import Hand
from hub.transport.places import Places


def _aside(places: Places, sizes: list[int]) -> Path:
    places.prepare(["alpha"])
    aside = places.root / ".hub" / "refused" / "alpha"
    for number, size in enumerate(sizes):
        own = aside / f"{number:04d}"
        own.mkdir(parents=True)
        with (own / "big.edi").open("wb") as file:
            file.write(b"x" * size)
    return aside


@pytest.mark.parametrize(
    ("files", "size_bytes", "sizes", "kept"),
    [
        (3, 100, [], []),
        (3, 100, [1, 1, 1], [0, 1, 2]),
        (3, 100, [1, 1, 1, 1], [1, 2, 3]),
        (3, 100, [1] * 10, [7, 8, 9]),
        (1, 100, [1, 1], [1]),
        (3, 100, [50, 50], [0, 1]),
        (3, 100, [50, 51], [1]),
        (3, 100, [101], []),
        (3, 100, [1, 101], [0]),
        (3, 100, [0, 0, 100], [0, 1, 2]),
        (3, 100, [90, 20, 30, 40], [1, 2, 3]),
    ],
)
def test_the_latest_is_kept_by_number_and_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, size_bytes: int, sizes: list[int], kept: list[int]
) -> None:
    monkeypatch.setattr(hand, "FILES_REFUSED_MAX", files)
    monkeypatch.setattr(hand, "REFUSED_BYTES_MAX", size_bytes)
    places = Places(tmp_path / "folders")
    aside = _aside(places, sizes)
    assert Hand(places, "alpha").bound_refused() == len(sizes) - len(kept)
    left = sorted(path.name for path in aside.iterdir()) if aside.is_dir() else []
    assert left == [f"{number:04d}" for number in kept]


@pytest.mark.parametrize("kind", ["a link", "a pipe", "a full folder", "a link to a folder"])
def test_whatever_was_set_aside_is_removed_and_nothing_it_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(hand, "FILES_REFUSED_MAX", 0)
    victim = tmp_path / "theirs"
    victim.mkdir()
    (victim / "file").write_bytes(b"theirs")
    places = Places(tmp_path / "folders")
    odd = _aside(places, [1]) / "0000" / "odd"
    if kind == "a link":
        odd.symlink_to(victim / "file")
    elif kind == "a pipe":
        os.mkfifo(odd)
    elif kind == "a full folder":
        (odd / "more").mkdir(parents=True)
        (odd / "more" / "link").symlink_to(victim)
    else:
        odd.symlink_to(victim)
    assert Hand(places, "alpha").bound_refused() == 1
    assert not odd.parent.exists()
    assert (victim / "file").read_bytes() == b"theirs"
