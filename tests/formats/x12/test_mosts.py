"""A message has a most of everything: one of more is refused unread, at every door, and says what to do."""

from __future__ import annotations

import pytest

from hub.formats.x12.check import check
from hub.formats.x12.limits import (
    GROUPS_PER_MESSAGE_MAX,
    INTERCHANGES_PER_MESSAGE_MAX,
    LIMITS,
    SETS_PER_MESSAGE_MAX,
    Limits,
)
from hub.formats.x12.reader import read
from hub.kernel.errors import Unreadable

FEW = Limits(interchanges=3, groups=4, sets=5)


def isa(number: int) -> str:
    return (
        f"ISA*00*          *00*          *ZZ*ACME           *ZZ*MEDCM          *261120*0600*U*00401*{number:09d}*0*P*>~"
    )


def message(interchanges: int, groups: int, sets: int) -> bytes:
    """Return a message of so many, the groups and sets in the last of each."""
    text = "".join(f"{isa(n)}IEA*0*{n:09d}~" for n in range(1, interchanges))
    text += isa(interchanges)
    for n in range(1, groups + 1):
        own = sets if n == groups else 0
        text += f"GS*PO*A*B*20261120*0600*{n}*X*004010~"
        text += "".join(f"ST*850*{s:04d}~BEG~SE*3*{s:04d}~" for s in range(1, own + 1)) + f"GE*{own}*{n}~"
    return f"{text}IEA*{groups}*{interchanges:09d}~".encode()


SOUND = [(1, 1, 1), (3, 1, 1), (1, 4, 1), (1, 1, 5), (3, 4, 5)]
TOO_MANY = [
    ((4, 1, 1), "ENV-TOO-MANY-INTERCHANGES"),
    ((40, 1, 1), "ENV-TOO-MANY-INTERCHANGES"),
    ((1, 5, 1), "ENV-TOO-MANY-GROUPS"),
    ((3, 50, 0), "ENV-TOO-MANY-GROUPS"),
    ((1, 1, 6), "ENV-TOO-MANY-SETS"),
    ((3, 4, 60), "ENV-TOO-MANY-SETS"),
    ((4, 5, 6), "ENV-TOO-MANY-INTERCHANGES"),
]


@pytest.mark.parametrize("counts", SOUND)
def test_as_many_as_may_be_are_read(counts: tuple[int, int, int]) -> None:
    assert list(read(message(*counts), FEW))


@pytest.mark.parametrize(("counts", "code"), TOO_MANY)
def test_one_more_than_may_be_is_not_read(counts: tuple[int, int, int], code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        list(read(message(*counts), FEW))
    assert refused.value.code == code
    assert refused.value.offset > 0
    assert "split it" in refused.value.message


def test_sets_without_an_envelope_are_counted_too() -> None:
    with pytest.raises(Unreadable):
        list(read(b"ST*850*0001~BEG~SE*3*0001~" * 6, FEW, bare=True))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (message(INTERCHANGES_PER_MESSAGE_MAX + 1, 0, 0), "ENV-TOO-MANY-INTERCHANGES"),
        (message(1, GROUPS_PER_MESSAGE_MAX + 1, 0), "ENV-TOO-MANY-GROUPS"),
        (message(1, 1, 0).replace(b"GE*", b"ST*850*1~" * (SETS_PER_MESSAGE_MAX + 1) + b"GE*"), "ENV-TOO-MANY-SETS"),
    ],
    ids=["interchanges", "groups", "sets"],
)
def test_the_shell_says_so_too(body: bytes, code: str) -> None:
    report = check(body, lambda release, kind: None)
    assert report.verdict == "not-x12"
    [told] = report.findings
    assert told.code == code
    assert told.remedy
    assert str(told.location)
    assert len(report.sets) == 0


def test_what_a_message_may_hold_is_stated_once() -> None:
    assert (LIMITS.interchanges, LIMITS.groups, LIMITS.sets) == (
        INTERCHANGES_PER_MESSAGE_MAX,
        GROUPS_PER_MESSAGE_MAX,
        SETS_PER_MESSAGE_MAX,
    )
