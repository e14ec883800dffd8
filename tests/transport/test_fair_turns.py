"""Folder partners are served in fair turns: what one of them has dropped costs another a turn, and not more."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.kernel.errors import Unavailable
from hub.transport import folder
from hub.transport.hand import FileInHand
from hub.transport.piles import WaitingFiles
from hub.transport.places import Places

LATER = 4_000_000_000.0  # every file is settled then, and old


class Intake:
    """Notes in which order, and how many at a time, files are handed in."""

    def __init__(self, meanwhile: Callable[[str, bytes], object] = lambda partner, body: None) -> None:
        self.taken: list[tuple[str, str | None]] = []
        self.under_way = self.most = 0
        self.message_id, self.duplicate = "m", False
        self._meanwhile = meanwhile

    async def __call__(self, partner: str, body: bytes, *, file_name: str | None = None, **more: Any) -> Intake:
        self.taken.append((partner, file_name))
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self._meanwhile(partner, body)
        self.under_way -= 1
        return self


def folders(root: Path, *partners: str) -> Places:
    places = Places(root)
    assert places.prepare(partners) == {}
    return places


def drop(places: Places, partner: str, *names: str, body: bytes = b"ISA", first: int = 0) -> None:
    for number, name in enumerate(names, start=first):
        path = places.inbox(partner) / name
        path.write_bytes(body)
        os.utime(path, (1_000_000_000 + number, 1_000_000_000 + number))


def watcher(places: Places, partners: list[str], intake: Intake, *, limit: int = 10**9) -> folder.FolderWatcher:
    return folder.FolderWatcher(places, lambda: partners, intake, limit_bytes=limit, clock=lambda: LATER)


def held(partner: str, number: int) -> FileInHand:
    return FileInHand(partner=partner, own=f"{number:04d}", name=f"{number}.edi")


@pytest.mark.parametrize(
    ("piles", "most", "given"),
    [
        ({"a": 3}, 2, "aa"),
        ({"a": 3}, 5, "aaa"),
        ({"a": 3, "b": 1}, 2, "ab"),
        ({"a": 3, "b": 1}, 4, "abaa"),
        ({"a": 1, "b": 3}, 3, "abb"),
        ({"a": 100, "b": 1, "c": 2}, 5, "abcac"),
        ({"a": 100, "b": 100, "c": 1}, 3, "abc"),
        ({"a": 100, "b": 100, "c": 100}, 7, "abcabca"),
        ({"a": 0, "b": 2}, 2, "bb"),
        ({}, 3, ""),
        ({"a": 2, "b": 2, "c": 2, "d": 2}, 2, "ab"),
    ],
)
def test_one_file_of_each_partner_has_its_turn_before_the_second_of_any(
    piles: dict[str, int], most: int, given: str
) -> None:
    waiting = WaitingFiles()
    for partner, files in piles.items():
        waiting.add(partner, [held(partner, number) for number in range(files)])
    assert "".join(each.partner for each in waiting.next(most)) == given


@pytest.mark.parametrize("partners", [1, 2, 3, 5, 8, 13])
@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_nobody_is_passed_over_where_there_are_more_partners_than_go_at_once(partners: int, most: int) -> None:
    waiting = WaitingFiles()
    for number in range(partners):
        waiting.add(f"p{number}", [held(f"p{number}", each) for each in range(50)])
    given: dict[str, int] = {}
    for _ in range(partners):
        for each in waiting.next(most):
            given[each.partner] = given.get(each.partner, 0) + 1
    assert max(given.values()) - min(given.values()) <= 1
    assert len(given) == min(partners, partners * most)


@pytest.mark.parametrize("back", range(6))
def test_what_is_put_back_goes_next_and_in_its_order(back: int) -> None:
    waiting = WaitingFiles()
    waiting.add("a", [held("a", number) for number in range(6)])
    first = waiting.next(6)
    waiting.put_back(first[back:])
    assert first[:back] + waiting.next(9) == first


@pytest.mark.anyio
@pytest.mark.parametrize("rivals", [1, 2, 3, 5])
@pytest.mark.parametrize("pile", [70, 150, 300])
async def test_a_file_is_handed_in_with_the_first_however_many_others_have_dropped(
    tmp_path: Path, rivals: int, pile: int
) -> None:
    partners = [f"rival{number}" for number in range(rivals)]
    places = folders(tmp_path / "folders", *partners, "victim")
    for rival in partners:
        drop(places, rival, *(f"{number}.edi" for number in range(pile)))
    drop(places, "victim", "one.edi")
    intake = Intake()
    await watcher(places, [*partners, "victim"], intake).sweep()
    assert intake.taken.index(("victim", "one.edi")) <= rivals
    assert intake.most <= folder.FILES_AT_ONCE
    assert intake.most > 1, "those that come together are written together"


@pytest.mark.anyio
@pytest.mark.parametrize("after", [1, 5, 64, 100, 129])
async def test_what_is_dropped_while_others_piles_are_taken_does_not_wait_for_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(folder, "SWEEP_SECONDS", 0.0)  # everybody is looked at again at once
    places = folders(tmp_path / "folders", "rival", "victim")
    drop(places, "rival", *(f"{number}.edi" for number in range(240)))

    def meanwhile(partner: str, body: bytes) -> None:
        if len(intake.taken) >= after and not (places.inbox("victim") / "one.edi").exists() and not dropped:
            dropped.append(len(intake.taken))
            drop(places, "victim", "one.edi")

    dropped: list[int] = []
    intake = Intake(meanwhile)
    await watcher(places, ["rival", "victim"], intake).sweep()
    assert intake.taken.index(("victim", "one.edi")) - dropped[0] <= folder.FILES_AT_ONCE + 1
    assert len(intake.taken) == 241


@pytest.mark.anyio
@pytest.mark.parametrize("files", [1, 2, 10, 65, 200])
async def test_a_partners_files_are_handed_in_oldest_first(tmp_path: Path, files: int) -> None:
    places = folders(tmp_path / "folders", "alpha", "beta")
    names = [f"{(number * 37) % 211:04d}.edi" for number in range(files)]
    drop(places, "alpha", *names)
    drop(places, "beta", *names)
    intake = Intake()
    assert await watcher(places, ["alpha", "beta"], intake).sweep() == 2 * files
    for partner in ("alpha", "beta"):
        assert [name for whose, name in intake.taken if whose == partner] == names


@pytest.mark.anyio
@pytest.mark.parametrize("place", [0, 1, 3, 6])
@pytest.mark.parametrize("large", [1, 2, 3])
async def test_a_large_file_stands_before_no_small_one_of_another_and_keeps_its_place_among_its_own(
    tmp_path: Path, place: int, large: int
) -> None:
    """It is kept up until all small ones of others are through; a hub that waits for it would stand still here."""
    places = folders(tmp_path / "folders", "rival", "victim")
    names = [f"{number}.edi" for number in range(7 + large)]
    for number, name in enumerate(names):
        size = folder.LARGE_BYTES + 1 if place <= number < place + large else 10
        drop(places, "rival", name, body=b"x" * size, first=number)
    drop(places, "victim", *(f"{number}.edi" for number in range(90)))
    through = asyncio.Event()

    class Slow(Intake):
        async def __call__(self, partner: str, body: bytes, *, file_name: str | None = None, **more: Any) -> Intake:
            if len(body) > folder.LARGE_BYTES:
                async with asyncio.timeout(60):
                    await through.wait()
            await super().__call__(partner, body, file_name=file_name)
            if sum(whose == "victim" for whose, _ in self.taken) == 90:
                through.set()
            return self

    intake = Slow()
    assert await watcher(places, ["rival", "victim"], intake).sweep() == 97 + large
    assert [name for whose, name in intake.taken if whose == "rival"] == names


@pytest.mark.anyio
@pytest.mark.parametrize("size", [200_000, 262_144, 262_145, 1_000_000])
async def test_no_more_bytes_are_held_than_go_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(folder, "BYTES_AT_ONCE", 600_000)
    places = folders(tmp_path / "folders", "alpha", "beta", "gamma")
    for partner in ("alpha", "beta", "gamma"):
        drop(places, partner, *(f"{number}.edi" for number in range(5)), body=b"x" * size)
    intake = Intake()
    assert await watcher(places, ["alpha", "beta", "gamma"], intake).sweep() == 15
    assert intake.most * size <= 600_000 + size + size


@pytest.mark.anyio
@pytest.mark.parametrize("fault", [Unavailable("full"), ValueError("no"), OSError(5, "EIO"), KeyError("x")])
async def test_what_intake_cannot_bear_of_one_keeps_no_other_waiting_and_is_said_once(
    tmp_path: Path, fault: Exception
) -> None:
    places = folders(tmp_path / "folders", "rival", "victim")
    drop(places, "rival", *(f"{number}.edi" for number in range(150)))
    drop(places, "victim", *(f"{number}.edi" for number in range(80)))

    class Choking(Intake):
        async def __call__(self, partner: str, body: bytes, **more: Any) -> Intake:
            if partner == "rival":
                raise fault
            return await super().__call__(partner, body, **more)

    intake = Choking()
    watch = watcher(places, ["rival", "victim"], intake)
    with capture_logs() as told:
        assert await watch.sweep() == 80
        assert await watch.sweep() == 0
    assert len(told) == 1, "one line for a pile of a hundred and fifty"
    assert len(list((tmp_path / "folders" / ".hub" / "taking" / "rival").iterdir())) == 150
