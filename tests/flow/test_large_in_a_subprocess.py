"""A large message is taken apart in a confined process: to the same end, step by step, and alone when it dies of it."""

from __future__ import annotations

import asyncio
import mmap
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from hub.flow import large_steps
from hub.flow.large import LargeHere, LargeInSubprocess, LargeReader
from hub.flow.large_steps import REMEMBERED_MAX, Step, StepResult, Steps
from hub.flow.reading import ReadMessage, ToRead
from hub.flow.rules import Rules
from hub.formats.body import Bytes
from hub.formats.x12.limits import SEGMENTS_PER_SET_MAX, SET_BYTES_MAX
from hub.kernel.errors import Defect, HubError, Misconfigured, Unavailable, Unreadable
from hub.platform.blobs import INLINE_BYTES_MAX
from hub.platform.configuration import find_configuration
from tests.conftest import NOW
from tests.flow.at_work import ACME, AtWork
from tests.flow.wire import acknowledgement, group, interchange, line, one_order, order, transaction

Portions = list[tuple[ReadMessage, list[int], bool]]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules(find_configuration(None))


def orders(count: int, lines: int = 1, *, number: int = 1, start: int = 0) -> bytes:
    many = "".join(line(10 * each) for each in range(1, lines + 1))
    numbered = range(start, start + count)
    sets = [transaction(order(f"45{each:08d}", lines=many), control=f"{each + 1:04}") for each in numbered]
    return interchange(group(*sets, number=number), number=number)


BODIES = {
    "one order": one_order("4500000001"),
    "many orders": orders(230),
    "one long order": orders(1, 400),
    "several interchanges": b"".join(one_order(f"45{n:08d}", n) for n in range(1, 130)),
    "an acknowledgement of ours": acknowledgement(4711),
    "TA1s alone": interchange(number=9).replace(b"IEA*", b"TA1*000000001*261120*0600*A*000~" * 30 + b"IEA*"),
    "an interchange without groups": interchange(number=9),
    "sets that are refused": orders(120).replace(b"PO1*10*100*EA", b"PO1*10*many*EA"),
    "a wrong count": orders(60).replace(b"GE*60*", b"GE*61*"),
    "cut in the middle": orders(100)[:9_000],
    "strangers between": b"hello " + orders(3) + b" bye",
    "of another sender": orders(5).replace(b"123456789", b"987654321"),
    "a set nobody handles": interchange(group(transaction("BSN*00*1*20261120*1200~", kind="856"), functional="SH")),
    "Windows letters": orders(4).replace(b"CTT*", b"N1*ST*Caf\xe9~CTT*"),
}
UNREADABLE = {
    "no interchange": b"hello",
    "nothing": b"",
    "binary": bytes(range(256)) * 300,
    "a picture": b"\x89PNG" * 99,
}


def wanted(partner: str = ACME) -> ToRead:
    return ToRead(message="m", partner=partner, body=b"", now=NOW)


async def read(reader: LargeReader, body: Bytes, at: Path | None = None, partner: str = ACME) -> Portions:
    """Return the portions: what was read, and of which documents something was prepared (ids are new each time)."""
    return [
        (replace(reading, prepared={}), sorted(reading.prepared), last)
        async for reading, last in reader.read(wanted(partner), body, at)
    ]


def beside(rules: Rules, work: Any) -> Any:
    """Return what ``work`` makes of a reader in a process beside."""

    async def story() -> Any:
        reader = LargeInSubprocess(rules, None, log_level="warning")
        try:
            return await work(reader)
        finally:
            await reader.close()

    return asyncio.run(story())


def test_what_is_read_beside_is_what_is_read_here(rules: Rules, tmp_path: Path) -> None:
    """All in one process, one after the other, each as bytes and as a file: nothing is left of the one before."""

    async def both(reader: LargeInSubprocess) -> None:
        for name, body in BODIES.items():
            here = await read(LargeHere(rules), body)
            assert await read(reader, body) == here, name
            file = tmp_path / "body"
            file.write_bytes(body)
            with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                as_file = await read(reader, mapped, file)
                assert as_file == await read(LargeHere(rules), mapped), name
            assert [last for _, _, last in here] == [False] * (len(here) - 1) + [True]

    beside(rules, both)


def test_what_nobody_can_read_is_told_as_it_is_here_and_keeps_nobody_waiting(rules: Rules) -> None:
    async def both(reader: LargeInSubprocess) -> None:
        for name, body in UNREADABLE.items():
            told: list[str] = []
            for each in (reader, LargeHere(rules)):
                with pytest.raises(Unreadable) as fault:
                    await read(each, body)
                told.append(str(fault.value))
            assert told[0] == told[1], name
        with pytest.raises(Misconfigured):
            await read(reader, BODIES["one order"], partner="nobody-we-know")
        assert len(await read(reader, BODIES["one order"])) == 1

    beside(rules, both)


@pytest.mark.parametrize("tag", ["PO1*1", "PO1*1*1*EA*1", "PO1"])
def test_a_set_of_far_too_many_loops_is_refused_by_their_count_before_it_is_cut(rules: Rules, tag: str) -> None:
    steps = Steps(rules, taken=lambda: -1)
    body = interchange(group(transaction(f"{tag}~" * 200_000)))
    said: object = steps.take([Step(name="m", partner=ACME, begins=True, body=body)])[0]
    while isinstance(said, StepResult) and not said.last:
        [said] = steps.take([Step(name="m", partner=ACME)])
    assert isinstance(said, StepResult)
    assert [each.code for each in said.documents[0].findings] == ["GDE-TOO-MANY-LOOPS"]


LONG = {
    "the most segments": ("SCH*40*EA***002*20270330~" * (SEGMENTS_PER_SET_MAX - 40), "GDE-LOOP-TOO-OFTEN"),
    "one segment too many": ("REF*QC*1~" * SEGMENTS_PER_SET_MAX, "SYN-SET-TOO-LONG"),
    "the most bytes, in elements": (f"REF{'*ab' * 500}~" * (SET_BYTES_MAX // 1504 - 2), "GDE-TOO-MANY-ELEMENTS"),
    "more bytes": (f"REF{'*ab' * 500}~" * (SET_BYTES_MAX // 1504 + 400), "SYN-SET-TOO-LONG"),
}


def test_the_longest_sets_are_refused_with_their_findings_and_the_process_lives(rules: Rules, tmp_path: Path) -> None:
    async def story(reader: LargeInSubprocess) -> None:
        await reader._subprocess.ready()
        child = reader._subprocess._child
        for name, (flood, code) in LONG.items():
            file = tmp_path / "body"
            file.write_bytes(one_order("4500000001").replace(b"CTT*", flood.encode() + b"CTT*"))
            with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                [(reading, prepared, last)] = await read(reader, mapped, file)
            assert (prepared, last) == ([], True)
            [document] = reading.documents
            assert document.rejected, name
            assert code in {each.code for each in document.findings}, name
        assert len(await read(reader, BODIES["many orders"])) > 1
        assert reader._subprocess._child is child

    beside(rules, story)


async def _first(portions: AsyncIterator[tuple[ReadMessage, bool]]) -> tuple[ReadMessage, bool]:
    return await anext(portions)


def test_a_process_that_dies_costs_the_message_it_was_at_an_attempt_and_the_others_none(rules: Rules) -> None:
    async def story(reader: LargeInSubprocess) -> list[object]:
        waiting = reader.read(wanted(), BODIES["many orders"], None)
        assert not (await _first(waiting))[1]
        child = reader._subprocess._child
        assert child is not None
        os.kill(child._process.pid, signal.SIGSTOP)
        at_it = asyncio.create_task(read(reader, BODIES["one order"]))
        await asyncio.sleep(0.2)
        os.kill(child._process.pid, signal.SIGKILL)
        told: list[object] = list(await asyncio.gather(at_it, return_exceptions=True))
        try:
            await _first(waiting)
        except HubError as fault:
            told.append(fault)
        anew = await read(reader, BODIES["many orders"])
        return [*told, sum(len(each.documents) for each, _, _ in anew)]

    died, waited, again = beside(rules, story)
    assert isinstance(died, Defect)
    assert isinstance(waited, Unavailable)
    assert again == 230


def test_messages_go_step_by_step_in_turns(rules: Rules) -> None:
    ended: list[str] = []

    async def story(reader: LargeInSubprocess) -> None:
        async def one(name: str, body: bytes) -> None:
            await read(reader, body)
            ended.append(name)

        await reader._subprocess.ready()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(one("long", orders(600, 5)))
            await asyncio.sleep(0)
            tasks.create_task(one("short", orders(2)))

    beside(rules, story)
    assert ended == ["short", "long"]


def test_the_messages_that_are_remembered_have_a_most_and_one_that_is_forgotten_is_begun_anew(rules: Rules) -> None:
    steps = Steps(rules, taken=lambda: -1)
    names = [f"m{number}" for number in range(REMEMBERED_MAX + 1)]
    begun = steps.take([Step(name=name, partner=ACME, begins=True, body=orders(3)) for name in names])
    assert all(isinstance(each, StepResult) for each in begun)
    forgotten, kept = steps.take([Step(name=name, partner=ACME) for name in names[:2]])
    assert isinstance(forgotten, Unavailable)
    assert isinstance(kept, StepResult)
    assert steps.take([Step(name="never begun", partner=ACME)])[0].__class__ is Unavailable


@pytest.mark.parametrize("size", ["in a row", "a file"])
def test_a_hub_that_has_it_read_beside_comes_to_the_same(hub: AtWork, size: str) -> None:
    body = orders(210) + (b"\r\n" * INLINE_BYTES_MAX if size == "a file" else b"\r\n" * 40_000)
    hub.hub.services.large = LargeInSubprocess(hub.hub.rules, None, log_level="warning")
    got = hub.send(body)
    assert (got.message.outcome, got.message.documents) == ("accepted", 210)
    assert {each.outcome for each in got.documents} == {"accepted"}
    assert len(got.documents) == 210
    hub.wait(hub.hub.services.large.close())


def test_of_a_message_that_is_a_file_the_file_is_handed_over_and_no_bytes_are_sent(
    rules: Rules, tmp_path: Path
) -> None:
    file = tmp_path / "body"
    file.write_bytes(BODIES["many orders"])

    async def story(reader: LargeInSubprocess) -> int:
        in_memory = memoryview(BODIES["one order"])
        portions = await read(reader, in_memory, file)  # type: ignore[arg-type]  # what is looked at is told apart
        return sum(len(reading.documents) for reading, _, _ in portions)

    assert beside(rules, story) == 230


def test_while_something_large_is_read_others_have_their_turns_sooner_and_afterwards_as_usual(rules: Rules) -> None:
    usual, reader = sys.getswitchinterval(), LargeHere(rules)

    async def story() -> list[float]:
        return list(await asyncio.gather(*(reader.run(sys.getswitchinterval) for _ in range(3))))

    for _ in range(2):
        assert max(asyncio.run(story())) < usual
        assert sys.getswitchinterval() == usual


def test_a_link_in_the_place_of_the_file_is_not_followed(rules: Rules, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(BODIES["many orders"])
    link = tmp_path / "body"
    link.symlink_to("elsewhere")

    async def story(reader: LargeInSubprocess) -> None:
        with pytest.raises(OSError, match="symbolic link"):
            await read(reader, memoryview(b""), link)  # type: ignore[arg-type]  # as above

    beside(rules, story)


def test_a_bug_of_ours_is_told_of_its_message_and_keeps_no_other_from_being_read(
    rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Steps(rules, lambda: -1)
    (begun,) = steps.take([Step(name="sound", partner=ACME, begins=True, body=orders(3))])
    with monkeypatch.context() as broken:
        broken.setattr(large_steps, "syntax_of", None)
        (fault,) = steps.take([Step(name="unlucky", partner=ACME, begins=True, body=orders(3))])
    assert isinstance(fault, Defect)
    assert "TypeError" in str(fault)
    (following,) = steps.take([Step(name="sound", partner=ACME)])
    assert isinstance(begun, StepResult)
    assert isinstance(following, StepResult)
    (gone,) = steps.take([Step(name="unlucky", partner=ACME)])
    assert isinstance(gone, Unavailable)


def test_the_file_of_a_message_is_let_go_of_once_it_is_mapped(rules: Rules, tmp_path: Path) -> None:
    file = tmp_path / "body"
    file.write_bytes(orders(3))
    given: list[int] = []

    def taken() -> int:
        given.append(os.open(file, os.O_RDONLY))
        return given[-1]

    Steps(rules, taken).take([Step(name="of a file", partner=ACME, begins=True)])
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(given[0])
