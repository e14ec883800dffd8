"""A new room is one row and one file: what it takes is handled, and all that it owes to others goes out, or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.flow.rooms import ROOM_OF
from hub.platform import jobs
from tests.flow.at_work import AtWork
from tests.flow.overlay import from_north
from tests.flow.relays import EAST, ROW, SUPPLIER, TOLD, WEST, add_supplier_and_clinics
from tests.flow.wire import Sent, group, of_kind, transaction
from tests.house import CHECKOUT

ANSWER = (
    "BAK*00*AD*{order}*20261120~CUR*SE*USD~REF*VN*CM-77~"
    "PO1*10*100*EA*12.35**BP*AC-1001~ACK*IA*100*EA*017*20270315~CTT*1*100~"
)
DEATHS_MAX = 12  # commits of one message are its claim, its effect, and what is noted of it


def body(number: int = 1, order: int = 4500098123) -> bytes:
    """Return the supplier's answer to an order, in an interchange of that number."""
    answer = ANSWER.format(order=order)
    return from_north(group(transaction(answer, kind="855"), functional="PR", number=number), number=number)


@pytest.fixture
def hub(hub_with: Callable[[Path], AtWork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AtWork:
    add_supplier_and_clinics(tmp_path / "overlay")
    for document, room in ROW.items():
        monkeypatch.setitem(ROOM_OF, document, room)
    return hub_with(tmp_path / "overlay")


def told(hub: AtWork) -> dict[str, list[Sent]]:
    return {partner: of_kind(hub.sent(partner), "855") for partner in TOLD}


def test_without_the_row_nobody_handles_the_document(hub: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    for document in ROW:
        monkeypatch.delitem(ROOM_OF, document)
    got = hub.send(body(), SUPPLIER)
    assert got.message.outcome == "held"
    assert not any(told(hub).values())


def test_what_a_room_owes_to_three_partners_goes_to_each_in_its_own_words(hub: AtWork) -> None:
    got = hub.send(body(), SUPPLIER)
    assert (got.message.validation, got.message.outcome) == ("valid", "accepted")
    assert [each.kind for each in hub.sent(SUPPLIER)] == ["997"]
    sent = told(hub)
    assert [len(each) for each in sent.values()] == [1, 1, 1]
    assert {partner: each[0].one("ISA")[8].strip() for partner, each in sent.items()} == dict(
        zip(TOLD, ("123456789", "EASTCLINIC", "WESTCLINIC"), strict=True)
    )
    assert {each[0].one("BAK")[3] for each in sent.values()} == {"4500098123"}
    assert ["REF", "SO", "CM-77"] in sent[EAST][0].segments
    assert ["REF", "VN", "CM-77"] in sent[WEST][0].segments
    assert [each[0].number for each in sent.values()] == [1, 1, 1]
    for partner in TOLD:
        [row] = hub.log(direction="out", partner=partner)
        assert row.id in {each.id for each in got.answers}
        assert ("purchase-order", row.id) in hub.found("4500098123")


def test_what_one_of_them_cannot_be_written_calls_a_person_and_the_others_are_told(
    hub_with: Callable[[Path], AtWork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_supplier_and_clinics(tmp_path / "overlay")
    guide = tmp_path / "overlay" / f"partners/{WEST}/guides/855.toml"
    guide.parent.mkdir(parents=True)
    guide.write_text('extends = "x12/004010/855"\n[elements]\n"BAK03" = { maximum = 8 }\n')
    for document, room in ROW.items():
        monkeypatch.setitem(ROOM_OF, document, room)
    hub = hub_with(tmp_path / "overlay")
    got = hub.send(body(), SUPPLIER)
    assert [len(each) for each in told(hub).values()] == [1, 1, 0]
    assert got.message.attention is not None
    assert "could not be written" in got.message.attention


@pytest.mark.parametrize("point", ["before-commit", "after-commit-before-answer"])
def test_a_death_at_any_moment_leaves_all_of_it_or_nothing(hub: AtWork, point: str) -> None:
    """The process that works off a message ends at its first commit; that of the next message at its second; and so on
    until one comes to its end."""
    left = set()
    for commit in range(1, DEATHS_MAX):
        message = hub.take_in(body(commit), SUPPLIER)
        ended = worked_off_until(f"{point}:{commit}", hub)
        answers = len(of_kind(hub.answers(message), "855"))
        assert answers in (0, len(TOLD)), f"{point}:{commit}"
        assert bool(answers) == (hub.detail(message).message.outcome == "accepted")
        left.add(answers)
        hub.hub.database.write_now(lambda conn: jobs.take_over(conn, now=hub.clock.now()))
        hub.later(hours=1)
        hub.work()
        assert len(of_kind(hub.answers(message), "855")) == len(TOLD)
        if ended == 0:
            break
    assert ended == 0, "no message came to its end"
    assert left == {0, len(TOLD)}
    for sent in told(hub).values():
        assert [each.number for each in sent] == list(range(1, commit + 1))


def worked_off_until(failpoint: str, hub: AtWork) -> int:
    """Work off what waits in a process of its own that dies at the failpoint; return how it ended."""
    environment = {**os.environ, "HUB_FAILPOINT": failpoint, "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "tests.flow.relays", str(hub.data), str(hub.overlay)]
    command.append(hub.clock.now().isoformat())
    ended = subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
    return ended.returncode
