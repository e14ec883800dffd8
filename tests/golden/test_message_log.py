"""What the message log says of messages and of our answers to them, line for line: what pages and the API show.

Each story goes to a hub of its own whose clock stands. Golden files hold the details of its messages and of all that
we wrote because of them, without what is drawn or counted from bytes (ids, digests, sizes) and without canonical
documents but acknowledgements, for other tests hold their fields. What is said stands there as its sentence. What a
decision changes, ``pytest tests/golden --accept`` writes anew.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from hub.exchange.budgets import by_partner, spent_in_hour
from hub.exchange.weights import Amount
from hub.kernel.errors import Conflict
from hub.kernel.sentence import Wording
from tests.flow.at_work import AtWork
from tests.flow.dialects import HELIX, SUMMIT, add_helix, add_summit, json_order, xml_order
from tests.flow.overlay import NORTH, add_north, change, from_north, short_numbers
from tests.flow.wire import acknowledgement, group, interchange, one_order, order, transaction
from tests.stored import FrozenClock

LOG = Path(__file__).parent / "log"
DAY = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
LEFT_OUT = {"sha256", "digest", "size_bytes", "map_digest", "schema_digest"}
SAID = {"attention", "text", "detail", "error", "expected"}
DRAWN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|SO-[0-9]{6}-[0-9A-Z]{10}")
FAULTY = order("4500098124").replace("*100*EA*", "*many*EA*")


@pytest.fixture
def hub(tmp_path: Path, sqlite_template: Path) -> Iterator[AtWork]:
    overlay = tmp_path / "overlay"
    add_north(overlay)
    add_summit(overlay, acknowledged=True)
    add_helix(overlay, acknowledged=True)
    at_work = AtWork(tmp_path / "data", FrozenClock(DAY), sqlite_template, overlay)
    yield at_work
    at_work.close()


def an_order(hub: AtWork) -> None:
    hub.send(one_order("4500098123", wish=1), file_name="order.edi", content_type="text/plain")


def an_order_by_folder(hub: AtWork) -> None:
    """Taken from a folder, and its answers put into one."""
    hub.drop("order.edi", from_north(group(transaction(order("N-1"))), number=1), NORTH)
    hub.sweep()
    hub.later(minutes=1)
    hub.deliver()


def sets_of_which_some_are_refused(hub: AtWork) -> None:
    sets = [transaction(order("4500098123")), transaction(FAULTY, control="0002"), transaction(FAULTY, control="0003")]
    strange = group(transaction("BSN*00*1*20261120*1200~", kind="856"), functional="SH", number=102)
    hub.send(interchange(group(*sets), strange))


def an_interchange_that_is_not_ours(hub: AtWork) -> None:
    hub.send(interchange(group(transaction(order("1"))), receiver="ZZ*SOMEBODY       "))


def what_nobody_can_read(hub: AtWork) -> None:
    hub.send(b"hello")
    hub.send(b"{", HELIX)


def a_number_that_came_before(hub: AtWork) -> None:
    for body in (one_order("4500098123"), one_order("4500098123").replace(b"~", b"~\n"), one_order("4500098125")):
        hub.send(body)
        hub.later(minutes=1)


def a_test(hub: AtWork) -> None:
    hub.send(one_order("4500098123", usage="T"))


def what_a_partner_says_of_ours(hub: AtWork) -> None:
    """It accepts our 855, then rejects it, and speaks of a group that we never sent."""
    hub.send(one_order("4500098123"))
    hub.send(acknowledgement(1))
    hub.send(acknowledgement(1, verdict="R", control=901))
    hub.send(acknowledgement(4711, control=902))


def what_a_ta1_says_of_ours(hub: AtWork) -> None:
    hub.send(one_order("4500098123"))
    hub.send(interchange(number=903).replace(b"IEA*", b"TA1*000000001*261129*0900*R*024~IEA*"))


def what_nobody_acknowledged_and_what_is_sent_again(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"))
    hub.fetch_all()
    hub.later(days=2)
    hub.look_at_the_clock()
    hub.send(one_order("4500098123"))
    hub.replay(got.message.id)


def an_order_in_xml(hub: AtWork) -> None:
    for body in (xml_order("SU-1"), xml_order("SU-2", quantity="many"), xml_order("SU-1", quantity="9")):
        hub.send(body, SUMMIT)


def an_order_in_json(hub: AtWork) -> None:
    for body in (json_order("HX-1"), json_order("HX-2", items=[]), b'{"messageType": "forecast"}'):
        hub.send(body, HELIX)


def our_configuration_is_at_fault(hub: AtWork) -> None:
    """The order is held, a person is called again when its answer is overdue, and it goes on once that is mended."""
    assert hub.overlay is not None
    broken = change(hub.overlay, "partners/acme-cardio/prices.toml", "[[price]]", "[[price")
    hub.reopen()
    got = hub.send(one_order("4500098123"))
    hub.later(days=2)
    hub.look_at_the_clock()
    hub.work()
    broken.unlink()
    hub.reopen()
    hub.replay(got.message.id)


def a_group_that_is_refused(hub: AtWork) -> None:
    """For its count, beside one that is sound and one of which a set is faulty."""
    sets = [transaction(order("4500098124")), transaction(FAULTY, control="0002")]
    groups = (group(*sets, number=1), group(transaction(order("4500098126")), number=2, count=2))
    hub.send(interchange(*groups))


def several_interchanges(hub: AtWork) -> None:
    """One is sound, of one a group is refused for its count, one is refused whole, one bears what we do not take."""
    sound = one_order("4500098123", wish=1)
    counted = interchange(group(transaction(order("4500098124")), number=2, count=2), number=2, wish=1)
    refused = interchange(group(transaction(order("4500098125")), number=3), number=3, wish=1, count=7)
    strange = interchange(group(transaction(order("4500098126")), number=4, release="007010"), number=4)
    hub.send(sound + counted + b"between" + refused + strange)


def what_a_partner_notes_about_ours(hub: AtWork) -> None:
    """At a segment, at elements and a component of it, at a segment that we never sent, and at the group."""
    hub.send(one_order("4500098123"))
    notes = "AK3*BAK*2**8~AK4*4*373*8*20261120~AK4*3>1*324*7~AK4*10*328*1~AK3*FOB*4**2~AK3*CTT*99**3~"
    for number, verdict in enumerate((f"{notes}AK5*R*5~AK9*R*1*1*0*5~", f"{notes}AK5*E*5~AK9*E*1*1*1~"), start=900):
        body = transaction(f"AK1*PR*1~AK2*855*0001~{verdict}", kind="997")
        hub.send(interchange(group(body, number=number, functional="FA"), number=number))


def acknowledgements_that_are_odd(hub: AtWork) -> None:
    """TA1s that cannot be read or are about nothing, a set that we never sent, and one that contradicts itself."""
    hub.send(one_order("4500098123"))
    ta1s = "TA1*1*261129*0900*X*6~TA1*A*261129*0900*R*6~TA1*9*251129*0900*R*6~TA1*000000001*261129*0900*E*018~"
    hub.send(interchange(number=901).replace(b"IEA*", ta1s.encode() + b"IEA*"))
    for number, said in enumerate(("AK2*855*0002~AK5*R*5~AK9*A*2*2*1~", "AK9*A*1*1*0~", "AK9*E*3*3*3~"), start=902):
        body = transaction(f"AK1*PR*1~{said}", kind="997")
        hub.send(interchange(group(body, number=number, functional="FA"), number=number))
    hub.send(acknowledgement(2, functional="FA", verdict="R", control=910))


def an_answer_that_cannot_be_written(hub: AtWork) -> None:
    """The partner's guide takes shorter numbers in an answer; what would separate is written with another sign."""
    assert hub.overlay is not None
    short_numbers(hub.overlay)
    hub.reopen()
    hub.send(one_order("4500098123-7", wish=1))
    hub.send(one_order("45>1", 102).replace(b"*P*>~", b"*P*:~"))
    hub.later(days=2)
    hub.look_at_the_clock()


def what_our_map_does_not_understand(hub: AtWork) -> None:
    hub.send(interchange(group(transaction(order("4500098123").replace("*100*EA*12.35", "*100*FZ*12.35")))))


def numbers_that_begin_anew(hub: AtWork) -> None:
    assert hub.overlay is not None
    agreed = 'leniency  = ["test-in-production"'
    change(hub.overlay, "partners/acme-cardio/partner.toml", agreed, agreed + ', "number-may-restart"')
    hub.reopen()
    hub.send(one_order("4500098123"))
    hub.later(days=61)
    hub.send(one_order("4500098124"))


def what_is_handed_in_again(hub: AtWork) -> None:
    """With its key, without, and in other bytes under the same key."""
    body = one_order("4500098123")
    first = hub.send(body, idempotency_key="once").message.id
    hub.fetch_all()
    hub.later(minutes=1)
    assert hub.take_in(body, idempotency_key="once") == first
    hub.fetch_all()
    assert hub.take_in(body) == first
    with pytest.raises(Conflict, match=first):
        hub.take_in(body + b"\n", idempotency_key="once")
    hub.work()


def a_folder_that_is_at_fault_for_a_while(hub: AtWork) -> None:
    hub.drop("order.edi", from_north(group(transaction(order("N-1"))), number=1), NORTH)
    hub.sweep()
    out = hub.hub.places.outbox(NORTH)
    out.rmdir()
    out.write_text("a file")
    hub.deliver()
    hub.later(hours=1)
    hub.deliver()
    out.unlink()
    out.mkdir()
    hub.later(hours=12)
    hub.deliver()


STORIES: dict[str, Callable[[AtWork], None]] = {
    each.__name__.replace("_", " "): each
    for each in (
        an_order,
        an_order_by_folder,
        sets_of_which_some_are_refused,
        an_interchange_that_is_not_ours,
        what_nobody_can_read,
        a_number_that_came_before,
        a_test,
        what_a_partner_says_of_ours,
        what_a_ta1_says_of_ours,
        what_nobody_acknowledged_and_what_is_sent_again,
        an_order_in_xml,
        an_order_in_json,
        our_configuration_is_at_fault,
        a_group_that_is_refused,
        several_interchanges,
        what_a_partner_notes_about_ours,
        acknowledgements_that_are_odd,
        an_answer_that_cannot_be_written,
        what_our_map_does_not_understand,
        numbers_that_begin_anew,
        what_is_handed_in_again,
        a_folder_that_is_at_fault_for_a_while,
    )
}


def shown(hub: AtWork) -> str:
    """Return all that is shown of every message in the order they were written, a row a line; "#1" is drawn."""
    lines: list[str] = []
    for message in sorted(row.id for row in hub.log()):
        detail = plain(msgspec.to_builtins(hub.detail(message)))
        rows = ((name, row) for name, part in detail.items() for row in (part if isinstance(part, list) else [part]))
        lines += [f"{name}: {json.dumps(row, sort_keys=True, ensure_ascii=False)}" for name, row in rows]
        lines.append("")
    for partner, stored in sorted(spent(hub).items()):
        lines.append(f"stored for {partner}: {stored.bytes} bytes, {stored.rows} rows")
    text = "\n".join(lines).replace(str(hub.overlay), "overlay")
    drawn = list(dict.fromkeys(DRAWN.findall(text)))
    return DRAWN.sub(lambda found: f"#{drawn.index(found[0]) + 1}", text)


def spent(hub: AtWork) -> dict[str, Amount]:
    """Return what was counted for the budget of each partner."""
    rows = hub.hub.database.read_now(lambda conn: conn.execute(select(spent_in_hour)).all())
    return by_partner((row.partner, Amount(bytes=row.bytes, rows=row.rows)) for row in rows)


def plain(value: Any) -> Any:
    """Return a value without what is counted from bytes; of a canonical document only that there is one."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    said = {name: plain(each) for name, each in value.items() if name not in LEFT_OUT}
    said |= {name: str(msgspec.convert(value[name], Wording)) for name in SAID if isinstance(value.get(name), dict)}
    if "canonical" in value:
        whole = json.loads(base64.b64decode(value["canonical"]))
        said["canonical"] = whole if value["document"] == "FunctionalAcknowledgement" else "…"
    return said


@pytest.mark.parametrize("story", STORIES)
def test_the_log_says_what_it_said(story: str, hub: AtWork, accept: bool) -> None:
    STORIES[story](hub)
    came, golden = shown(hub), LOG / f"{story.replace(' ', '-')}.txt"
    if accept:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(came, encoding="utf-8")
    assert came == golden.read_text(encoding="utf-8")


def test_every_golden_file_has_its_story() -> None:
    assert {path.stem for path in LOG.glob("*.txt")} == {story.replace(" ", "-") for story in STORIES}
