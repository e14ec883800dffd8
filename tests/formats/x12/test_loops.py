"""A set in which a loop stands too often is refused at every door, at the first that is one too many."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hub.formats.x12 import judgement
from hub.formats.x12.check import check
from hub.formats.x12.guides import GuideLibrary
from tests.flow.at_work import AtWork, codes
from tests.flow.conftest import hub  # noqa: F401 - a fixture, asked for by its name
from tests.flow.wire import group, interchange, line, of_kind, order, transaction
from tests.house import CHECKOUT

MOST = 12


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judgement, "LOOPS_PER_SET_MAX", MOST)


def lines(count: int) -> str:
    return transaction(order("4500000001", lines="".join(line(n) for n in range(1, count + 1))))


def dates(count: int) -> str:
    """Return an order of one line with many schedule lines: they stand within the loop."""
    many = "PO1*1*100*EA*12.35*CT*BP*AC-1001*EC*D~" + "SCH*1*EA***002*20270315~" * count
    return transaction(order("4500000001", lines=many))


def told(count: int) -> str:
    sets = "".join(f"AK2*855*{n:04d}~AK5*A~" for n in range(1, count + 1))
    return transaction(f"AK1*PR*1~{sets}AK9*A*{count}*{count}*{count}~", kind="997")


@pytest.mark.parametrize(
    ("sets", "functional", "tag"),
    [
        (lines(MOST), "PO", None),
        (lines(MOST + 1), "PO", "PO1"),
        (lines(5 * MOST), "PO", "PO1"),
        (dates(3 * MOST), "PO", None),
        (told(MOST), "FA", None),
        (told(MOST + 1), "FA", "AK2"),
        (told(10 * MOST), "FA", "AK2"),
        (transaction("XX*1~" * 5 * MOST), "PO", None),
        (transaction("BEG~" + "N1*ST*X~" * 2 * MOST), "PO", "N1"),
        (transaction("PO1~" * 3 * MOST), "PO", "PO1"),
    ],
)
def test_a_loop_of_the_first_level_has_a_most(
    hub: AtWork,  # noqa: F811
    sets: str,
    functional: str,
    tag: str | None,
) -> None:
    body = interchange(group(sets, functional=functional))
    library = GuideLibrary([CHECKOUT])
    report = check(body, library.guide)
    found = [each for each in report.findings if each.code == "GDE-TOO-MANY-LOOPS"]
    got = hub.send(body)
    assert ("GDE-TOO-MANY-LOOPS" in codes(got)) == bool(found) == (tag is not None)
    if tag is not None:
        [fault] = found
        assert fault.location.tag == tag
        assert fault.location.segment is not None
        assert fault.remedy
        assert fault.expected == str(MOST)
        assert [row.outcome for row in got.documents] == ["refused"]
        assert hub.orders() == []
    if tag is not None and functional == "PO":
        [answer] = of_kind(hub.answers(got.message.id), "997")
        assert answer.one("AK5")[1:] == ["R", "5"]


def test_a_set_of_few_segments_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("counted")

    monkeypatch.setattr(judgement, "_too_many_loops", never)
    guide: Callable[..., object] = GuideLibrary([CHECKOUT]).guide
    assert check(interchange(group(transaction(order("4500000001")))), guide).sets  # type: ignore[arg-type]
