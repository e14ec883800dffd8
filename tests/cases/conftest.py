"""Every file handed in once at each door: what came of it is looked at by many tests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.exchange.model import MessageDetail
from tests.cases.doors import Door, served
from tests.cases.told import called, said, told_form, told_orders
from tests.flow.wire import Sent, of_kind, one_order

FILES = Path(__file__).parent / "x12"
ABOUT_OURS = ("03", "70", "72", "75", "76", "77", "78")
"""Files that acknowledge a number of ours; each gets that of an answer of its own."""

FIRST_NUMBER = 700_001  # of the orders that are sent to have answers to acknowledge


@dataclass(frozen=True)
class Came:
    """What came of one file: what was written because of it, and what our people see."""

    detail: MessageDetail
    answers: list[Sent]
    about: str | None = None  # the message of ours that it acknowledges

    @property
    def form(self) -> list[str]:
        return told_form(self.answers)

    @property
    def orders(self) -> list[str]:
        return told_orders(self.answers)

    @property
    def said(self) -> str:
        return said(self.detail)

    @property
    def called(self) -> bool:
        return called(self.detail)


@dataclass(frozen=True)
class AtDoor:
    """A door, and what came of every file by the beginning of its name."""

    door: Door
    came: Mapping[str, Came]


def name_of(path: Path) -> str:
    """Return by what a file is called in the rows: "41c" of 41c-release-4010.edi."""
    return path.stem.partition("-")[0]


@pytest.fixture(scope="package", params=["http", "folder"])
def at_door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtDoor]:
    """A hub in this process: it ends with these files, for other tests put parts of their own in place of the hub's."""
    with served(tmp_path_factory.mktemp("cases"), by=request.param) as door:
        came: dict[str, Came] = {}
        files = sorted(FILES.glob("*.edi"))
        plain = [path for path in files if name_of(path) not in ABOUT_OURS]
        for path, detail in zip(plain, door.send_all([path.read_bytes() for path in plain]), strict=True):
            came[name_of(path)] = Came(detail, door.answers(detail))
        orders = [one_order(f"P-{name}", FIRST_NUMBER + at) for at, name in enumerate(ABOUT_OURS)]
        ours = [of_kind(door.answers(detail), "855")[0] for detail in door.send_all(orders)]
        about = [path for path in files if name_of(path) in ABOUT_OURS]
        bodies = [_about(path.read_text(), each) for path, each in zip(about, ours, strict=True)]
        for path, each, detail in zip(about, ours, door.send_all(bodies), strict=True):
            came[name_of(path)] = Came(detail, door.answers(detail), each.message)
        yield AtDoor(door, came)


def _about(text: str, ours: Sent) -> bytes:
    """Return the acknowledgement with the numbers of our answer in it, padded as they were."""
    group, number = ours.group, ours.number
    text = re.sub(r"AK1\*PR\*(0*)\d+", lambda found: f"AK1*PR*{group:0{9 if found[1] else 1}d}", text)
    return re.sub(r"TA1\*\d+\*\d+", f"TA1*{number}*261129", text).encode()
