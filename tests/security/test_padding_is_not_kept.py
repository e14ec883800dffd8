"""What stands around and between interchanges is passed in constant memory, however much of it there is."""

from __future__ import annotations

import hashlib
import mmap
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.flow.rules import Rules
from hub.flow.syntaxes import open_message
from hub.formats.body import STRIDE_BYTES, Passing, sha256
from hub.formats.x12 import scan
from hub.formats.x12.hunt import hunt
from hub.formats.x12.limits import Limits
from hub.formats.x12.reader import read
from hub.formats.x12.scan import Window
from hub.kernel.errors import Unreadable
from hub.platform.configuration import find_configuration
from tests.formats.x12.interchanges import SOUND

SMALL = Limits(chunk_bytes=16 * 1024, segment_bytes=16 * 1024)
AMOUNT = 768 * 1024  # of padding: 48 chunks
HELD_BYTES_MAX = AMOUNT // 2  # some chunks, and what two small interchanges come to

FILLINGS = {
    "line feeds": b"\n",
    "line ends": b"\r\n",
    "blanks": b" ",
    "tabs": b"\t",
    "zeros": b"\0",
    "end marks": b"\x1a",
    "byte order marks": b"\xef\xbb\xbf",
    "all of them": b" \t\r\n\0\x1a\xef\xbb\xbf",
    "terminators": b"~",
    "terminators and line ends": b"~\r\n",
    "letters": b"A",
    "ISA, again and again": b"ISA*",
    "ISA, word by word": b"ISA ",
    "words that end in ISA": b"VISA*",
    "elements without end": b"*x",
    "signs of no meaning": b"\xff",
}


class Filled:
    """A file of a sound interchange, of ``AMOUNT`` bytes of filling, and of another: made while it is read."""

    def __init__(self, before: bytes, filling: bytes, after: bytes, amount: int = AMOUNT) -> None:
        self._parts = [before, after]
        self._filling, self._amount = filling, amount
        self._given = 0
        self._place = 0

    def read(self, size: int = -1) -> bytes:
        before, after = self._parts
        piece = before[self._place : self._place + size]
        if not piece and self._given < self._amount:
            rounds = max(1, min(size, self._amount - self._given) // len(self._filling))
            piece = self._filling * rounds
            self._given += len(piece)
            return piece
        if not piece:
            start = self._place - len(before)
            piece = after[start : start + size]
        self._place += len(piece)
        return piece


PLACES: dict[str, Callable[[bytes], tuple[bytes, bytes]]] = {
    "behind the last": lambda sound: (sound, b""),
    "between two": lambda sound: (sound, sound),
    "behind a terminator that is missing": lambda sound: (sound.rstrip(b"~\r\n"), b""),
    "within the envelope": lambda sound: (sound[: sound.index(b"GS*")], sound[sound.index(b"GS*") :]),
    "between sets": lambda sound: (sound[: sound.index(b"GE*")], sound[sound.index(b"GE*") :]),
    "instead of the end": lambda sound: (sound[: sound.index(b"IEA")], b""),
}


def peak_of(act: Callable[[], object]) -> int:
    """Return how many bytes were held at the most while ``act`` went on."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("filling", FILLINGS)
def test_what_fills_a_message_is_not_held_wherever_it_stands(filling: str, place: str) -> None:
    before, after = PLACES[place](SOUND)
    events = 0

    def pass_over() -> None:
        nonlocal events
        for _ in read(Filled(before, FILLINGS[filling], after), SMALL):  # type: ignore[arg-type]  # it reads as a file does
            events += 1

    assert peak_of(pass_over) < HELD_BYTES_MAX
    assert events


@pytest.mark.parametrize("filling", FILLINGS)
def test_a_window_stays_as_small_as_it_was_while_the_next_interchange_is_looked_for(
    filling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = 0
    fill = scan.Window.fill

    def filled(self: Window) -> bool:
        nonlocal longest
        more = fill(self)
        longest = max(longest, len(self.data))
        return more

    monkeypatch.setattr(scan.Window, "fill", filled)
    window = Window(Filled(b"", FILLINGS[filling], SOUND), 4096)  # type: ignore[arg-type]
    found, place = hunt(window, 0)
    assert found.isa is not None
    assert window.base + place >= AMOUNT - len(FILLINGS[filling])
    assert longest <= 3 * 4096 + 2048


@pytest.mark.parametrize("filling", FILLINGS)
def test_a_file_that_is_nothing_else_is_refused_in_constant_memory(filling: str) -> None:
    def refuse() -> None:
        with pytest.raises(Unreadable):
            list(read(Filled(b"", FILLINGS[filling], b""), SMALL))  # type: ignore[arg-type]

    assert peak_of(refuse) < HELD_BYTES_MAX


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 4097, STRIDE_BYTES, STRIDE_BYTES + 1, 3 * STRIDE_BYTES + 77])
@pytest.mark.parametrize("piece", [1000, 4096, 262_144])
def test_a_file_is_read_to_its_end_and_nothing_of_what_was_read_stays_mapped(
    tmp_path: Path, size: int, piece: int
) -> None:
    content = bytes(range(251)) * (size // 251 + 1)
    (tmp_path / "body").write_bytes(content[: size or 1])
    with (tmp_path / "body").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        for _ in range(2):
            passing, read_ = Passing(body), []
            while some := passing.read(piece):
                read_.append(some)
            assert b"".join(read_) == content[: size or 1]
            assert _mapped_kilobytes(tmp_path / "body") == 0


@pytest.mark.parametrize(("start", "end"), [(0, 0), (0, 10), (5, 4096), (4095, 4097), (1, 1_500_000), (999_999, 10**7)])
def test_the_digest_of_a_part_is_the_same_from_memory_and_from_a_file(tmp_path: Path, start: int, end: int) -> None:
    content = bytes(range(253)) * 8_000
    (tmp_path / "body").write_bytes(content)
    with (tmp_path / "body").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        assert sha256(body, start, end) == sha256(content, start, end)
        assert sha256(content, start, end) == hashlib.sha256(content[start:end]).hexdigest()


@pytest.mark.parametrize("filling", ["line ends", "zeros", "blanks", "letters"])
def test_of_a_large_message_at_work_almost_nothing_stays_mapped(tmp_path: Path, filling: str) -> None:
    """What large messages hold is bounded by how many are at work: what is mapped of them counts as well."""
    path = tmp_path / "body"
    path.write_bytes(SOUND + FILLINGS[filling] * (10 * AMOUNT // len(FILLINGS[filling])) + SOUND)
    most = 0

    def watch() -> None:
        nonlocal most
        most = max(most, _mapped_kilobytes(path))

    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        opened = open_message(body, Rules(find_configuration(None)), "acme-cardio", every=1, pause=watch)
        assert _mapped_kilobytes(path) <= 2048
    assert len(opened.survey.envelopes) == 2
    assert most <= 2048, "what the system maps around the page that was read"


def _mapped_kilobytes(path: Path) -> int:
    """Return how much of the file counts as memory of this process."""
    with open("/proc/self/smaps") as maps:
        lines = iter(maps)
        for line in lines:
            if line.rstrip().endswith(str(path)):
                return next(int(each.split()[1]) for each in lines if each.startswith("Rss:"))
    raise AssertionError("the file is not mapped")
